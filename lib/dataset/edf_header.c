#include "dataset/edf_header.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

#define FIXED 256       /* bytes before the signals' fields, and of each signal's fields */
#define MAX_SIGNALS 640 /* EDFlib's limit */

/* Where the fields of signal i lie: fields are stored field by field, not signal by signal. */
typedef struct field {
    const char *name;
    size_t offset; /* of the first signal's, in units of one signal's 256 bytes */
    size_t width;
} field;

static const field label_field = {"label", 0, 16};
static const field transducer_field = {"transducer", 16, 80};
static const field dimension_field = {"physical dimension", 96, 8};
static const field physical_min_field = {"physical minimum", 104, 8};
static const field physical_max_field = {"physical maximum", 112, 8};
static const field digital_min_field = {"digital minimum", 120, 8};
static const field digital_max_field = {"digital maximum", 128, 8};
static const field prefilter_field = {"prefilter", 136, 80};
static const field samples_field = {"samples in a record", 216, 8};

typedef struct header {
    const char *path;
    char *content;
    size_t size;
    size_t n_signals;
    bool plus; /* EDF+: only there is an annotation signal told from data by its label */
} header;

static char *signal_field(const header *h, const field *f, size_t signal)
{
    return h->content + FIXED + f->offset * h->n_signals + signal * f->width;
}

/* Text without the blanks behind it. */
static void trimmed(const char *source, size_t width, char *text)
{
    while (width > 0 && source[width - 1] == ' ')
        width--;
    memcpy(text, source, width);
    text[width] = '\0';
}

/* Numbers are eight characters wide, but for the number of signals: four. */
static snnfe_status number(const header *h, const char *name, long signal, const char *source,
                           double least, double most, double *value)
{
    char text[9], where[32] = "";
    trimmed(source, source == h->content + 252 ? 4 : 8, text);
    if (signal >= 0)
        snnfe_format(where, sizeof where, " of signal %ld", signal + 1);
    if (!snnfe_parse_double(text, value))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %s%s is \"%s\", not a number", h->path, name,
                          where, text);
    if (*value < least || *value > most)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %s%s is %s, not in %.15g…%.15g", h->path, name,
                          where, text, least, most);
    return SNNFE_OK;
}

static snnfe_status whole_number(const header *h, const char *name, long signal, const char *source,
                                 double least, double most, long *value)
{
    double parsed = 0;
    SNNFE_TRY(number(h, name, signal, source, least, most, &parsed));
    *value = (long)parsed;
    if ((double)*value < parsed || (double)*value > parsed)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %s is %.15g, not a whole number", h->path, name,
                          parsed);
    return SNNFE_OK;
}

static bool is_annotation(const header *h, size_t signal)
{
    return h->plus && memcmp(signal_field(h, &label_field, signal), "EDF Annotations ", 16) == 0;
}

static void put(char *target, size_t width, const char *text)
{
    const size_t length = strlen(text);
    memset(target, ' ', width);
    memcpy(target, text, length < width ? length : width);
}

/* A range of one value makes EDFlib refuse the whole file; with any other range the digital values
   lose their meaning, but the physical value is known. */
static snnfe_status check_range(const header *h, size_t signal, double *constant)
{
    double physical_min = 0, physical_max = 0;
    long digital_min = 0, digital_max = 0;
    const long s = (long)signal;
    SNNFE_TRY(number(h, physical_min_field.name, s, signal_field(h, &physical_min_field, signal),
                     -1e9, 1e9, &physical_min));
    SNNFE_TRY(number(h, physical_max_field.name, s, signal_field(h, &physical_max_field, signal),
                     -1e9, 1e9, &physical_max));
    SNNFE_TRY(whole_number(h, digital_min_field.name, s,
                           signal_field(h, &digital_min_field, signal), -32768, 32767,
                           &digital_min));
    SNNFE_TRY(whole_number(h, digital_max_field.name, s,
                           signal_field(h, &digital_max_field, signal), -32768, 32767,
                           &digital_max));
    if (digital_max < digital_min)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: digital maximum of signal %zu is %ld, below its minimum %ld",
                          h->path, signal + 1, digital_max, digital_min);
    *constant = (double)NAN;
    const bool single = !(physical_min < physical_max || physical_min > physical_max);
    if (!single && digital_min < digital_max)
        return SNNFE_OK;
    *constant = physical_min;
    put(signal_field(h, &physical_min_field, signal), 8, "-1");
    put(signal_field(h, &physical_max_field, signal), 8, "1");
    put(signal_field(h, &digital_min_field, signal), 8, "-32768");
    put(signal_field(h, &digital_max_field, signal), 8, "32767");
    return SNNFE_OK;
}

static snnfe_status check_signals(const header *h, double *constant, long *samples_of_record)
{
    size_t n_data = 0;
    long total = 0;
    for (size_t signal = 0; signal < h->n_signals; signal++) {
        long samples = 0;
        SNNFE_TRY(whole_number(h, samples_field.name, (long)signal,
                               signal_field(h, &samples_field, signal), 1, 5e6, &samples));
        total += samples;
        if (is_annotation(h, signal)) {
            put(signal_field(h, &transducer_field, signal), 80, "");
            put(signal_field(h, &dimension_field, signal), 8, "");
            put(signal_field(h, &prefilter_field, signal), 80, "");
            continue;
        }
        SNNFE_TRY(check_range(h, signal, &constant[n_data]));
        n_data++;
    }
    if (n_data == 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has no signal besides annotations", h->path);
    *samples_of_record = total;
    return SNNFE_OK;
}

static snnfe_status check_text(const header *h, size_t header_size)
{
    for (size_t i = 0; i < header_size; i++)
        if (h->content[i] < 32 || h->content[i] > 126)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: byte %zu of the header is 0x%02x, no text",
                              h->path, i, (unsigned)(unsigned char)h->content[i]);
    return SNNFE_OK;
}

snnfe_status snnfe_edf_header_check(const char *path, uint8_t *content, size_t size,
                                    double *constant)
{
    header h = {path, (char *)content, size, 0, false};
    if (size < FIXED || memcmp(content, "0       ", 8) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is no EDF file (version field)", path);
    h.plus = memcmp(content + 192, "EDF+", 4) == 0;
    if (memcmp(content + 192, "EDF+D", 5) == 0)
        return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                          "%s: is discontinuous (EDF+D): its gaps would be read as if there were "
                          "none",
                          path);
    long header_size = 0, n_signals = 0, n_records = 0, samples = 0;
    double duration = 0;
    SNNFE_TRY(
        whole_number(&h, "number of signals", -1, h.content + 252, 1, MAX_SIGNALS, &n_signals));
    h.n_signals = (size_t)n_signals;
    SNNFE_TRY(whole_number(&h, "header size", -1, h.content + 184, FIXED, 1e6, &header_size));
    if (header_size != FIXED * (n_signals + 1))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: header size is %ld, not %ld for %ld signals", path,
                          header_size, FIXED * (n_signals + 1), n_signals);
    if ((size_t)header_size > size)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is truncated: %zu bytes, header %ld", path, size,
                          header_size);
    SNNFE_TRY(check_text(&h, (size_t)header_size));
    SNNFE_TRY(whole_number(&h, "number of records", -1, h.content + 236, 1, 1e7, &n_records));
    SNNFE_TRY(number(&h, "duration of a record", -1, h.content + 244, 1e-3, 1e6, &duration));
    SNNFE_TRY(check_signals(&h, constant, &samples));
    const uint64_t expected = (uint64_t)header_size + 2 * (uint64_t)samples * (uint64_t)n_records;
    if (size < expected)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is truncated: %zu bytes, not %llu", path, size,
                          (unsigned long long)expected);
    if (size > expected)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has %zu bytes, more than the %llu described", path,
                          size, (unsigned long long)expected);
    return SNNFE_OK;
}
