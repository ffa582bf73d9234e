#include "recording/edf_header.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <string.h>

#define MAX_SIGNALS 640

const snnfe_edf_field snnfe_edf_fields[SNNFE_EDF_N_FIELDS] = {
    [SNNFE_EDF_LABEL] = {"label", 0, 16},
    [SNNFE_EDF_TRANSDUCER] = {"transducer", 16, 80},
    [SNNFE_EDF_DIMENSION] = {"physical dimension", 96, 8},
    [SNNFE_EDF_PHYSICAL_MIN] = {"physical minimum", 104, 8},
    [SNNFE_EDF_PHYSICAL_MAX] = {"physical maximum", 112, 8},
    [SNNFE_EDF_DIGITAL_MIN] = {"digital minimum", 120, 8},
    [SNNFE_EDF_DIGITAL_MAX] = {"digital maximum", 128, 8},
    [SNNFE_EDF_PREFILTER] = {"prefilter", 136, 80},
    [SNNFE_EDF_SAMPLES] = {"samples in a record", 216, 8},
    [SNNFE_EDF_RESERVED] = {"reserved", 224, 32},
};

const char *snnfe_edf_format(const snnfe_edf_file *file)
{
    return file->bdf ? "BDF" : "EDF";
}

size_t snnfe_edf_field_place(const snnfe_edf_file *file, snnfe_edf_field_kind field, size_t signal)
{
    const snnfe_edf_field *f = &snnfe_edf_fields[field];
    return SNNFE_EDF_FIXED + f->offset * file->n_signals + signal * f->width;
}

static const uint8_t *signal_field(const snnfe_edf_file *file, snnfe_edf_field_kind field,
                                   size_t signal)
{
    return file->content + snnfe_edf_field_place(file, field, signal);
}

snnfe_status snnfe_edf_deviation(const snnfe_edf_file *file, const char *format, ...)
{
    char message[SNNFE_MESSAGE_SIZE / 2];
    va_list arguments;
    va_start(arguments, format);
    snnfe_vformat(message, sizeof message, format, arguments);
    va_end(arguments);
    if (file->strict)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %s (read all the same without `strict`)",
                          file->path, message);
    snnfe_text_append(file->notes, "%s: %s\n", file->path, message);
    return file->notes->failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
}

/* --- numbers ------------------------------------------------------------------------------- */

/* A number of at most eight characters; `fault` says in words what is wrong with it. */
static bool number(const uint8_t *source, size_t width, double least, double most, double *value,
                   char fault[80])
{
    char text[9], shown[4 * 8 + 1];
    size_t first = 0, end = width;
    while (end > 0 && (source[end - 1] == ' ' || source[end - 1] == '\0'))
        end--;
    while (first < end && source[first] == ' ')
        first++;
    memcpy(text, source + first, end - first);
    text[end - first] = '\0';
    snnfe_edf_shown(source, width, shown);
    if (strlen(text) < end - first || !snnfe_parse_double(text, value))
        snnfe_format(fault, 80, "\"%s\", not a number", shown);
    else if (*value < least || *value > most)
        snnfe_format(fault, 80, "%s, not in %.15g…%.15g", text, least, most);
    else
        return true;
    return false;
}

static bool whole_number(const uint8_t *source, size_t width, double least, double most,
                         double *value, char fault[80])
{
    if (!number(source, width, least, most, value, fault))
        return false;
    if (!((double)(long)*value < *value || (double)(long)*value > *value))
        return true;
    snnfe_format(fault, 80, "%.15g, not a whole number", *value);
    return false;
}

/* A number of the fixed part, from `offset` on. */
static snnfe_status fixed_number(const snnfe_edf_file *file, const char *name, size_t offset,
                                 size_t width, double least, double most, double *value)
{
    char fault[80];
    if (whole_number(file->content + offset, width, least, most, value, fault))
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %s is %s", file->path, name, fault);
}

/* --- signals ------------------------------------------------------------------------------- */

static bool read_range_number(const snnfe_edf_file *file, snnfe_edf_field_kind field, size_t signal,
                              bool whole, double *value)
{
    char fault[80];
    const snnfe_edf_field *f = &snnfe_edf_fields[field];
    const uint8_t *source = signal_field(file, field, signal);
    const double most = file->bdf ? 8388607 : 32767;
    if (whole ? whole_number(source, f->width, -most - 1, most, value, fault)
              : number(source, f->width, -1e9, 1e9, value, fault))
        return true;
    snnfe_edf_signal *s = &file->signals[signal];
    snnfe_format(s->range_fault, sizeof s->range_fault, "%s of signal %zu is %s (\"%s\")", f->name,
                 signal + 1, fault, s->label);
    return false;
}

static void read_range(const snnfe_edf_file *file, size_t signal)
{
    snnfe_edf_signal *s = &file->signals[signal];
    if (!read_range_number(file, SNNFE_EDF_PHYSICAL_MIN, signal, false, &s->physical_min) ||
        !read_range_number(file, SNNFE_EDF_PHYSICAL_MAX, signal, false, &s->physical_max) ||
        !read_range_number(file, SNNFE_EDF_DIGITAL_MIN, signal, true, &s->digital_min) ||
        !read_range_number(file, SNNFE_EDF_DIGITAL_MAX, signal, true, &s->digital_max))
        return;
    if (s->digital_max < s->digital_min)
        snnfe_format(s->range_fault, sizeof s->range_fault,
                     "digital maximum of signal %zu is %g, below its minimum %g (\"%s\")",
                     signal + 1, s->digital_max, s->digital_min, s->label);
}

/* `text` has room for twice the field's width and NUL; false if it was not ASCII. */
static bool read_text(const snnfe_edf_file *file, snnfe_edf_field_kind field, size_t signal,
                      char *text)
{
    const uint8_t *source = signal_field(file, field, signal);
    const size_t full = snnfe_edf_fields[field].width;
    size_t width = full, size = 0;
    while (width > 0 && (source[width - 1] == ' ' || source[width - 1] == '\0'))
        width--;
    snnfe_utf8_copy(text, (const char *)source, width, &size);
    bool ascii = true;
    for (size_t i = 0; i < full; i++)
        ascii = ascii && source[i] >= 32 && source[i] <= 126;
    return ascii;
}

static snnfe_status read_label(const snnfe_edf_file *file, size_t signal, size_t *n_foreign)
{
    char *label = file->signals[signal].label;
    *n_foreign += !read_text(file, SNNFE_EDF_LABEL, signal, label);
    for (const char *c = label; *c; c++)
        if ((uint8_t)*c < 32 || *c == 127) {
            char shown[4 * 16 + 1];
            snnfe_edf_shown(signal_field(file, SNNFE_EDF_LABEL, signal), 16, shown);
            return snnfe_fail(SNNFE_ERR_FORMAT,
                              "%s: label of signal %zu is \"%s\", with a control character",
                              file->path, signal + 1, shown);
        }
    return SNNFE_OK;
}

static snnfe_status read_signal(snnfe_edf_file *file, size_t signal, size_t *n_foreign)
{
    snnfe_edf_signal *s = &file->signals[signal];
    SNNFE_TRY(read_label(file, signal, n_foreign));
    char fault[80], unused[2 * 80 + 1];
    double n_samples = 0;
    if (!whole_number(signal_field(file, SNNFE_EDF_SAMPLES, signal), 8, 1, 5e6, &n_samples, fault))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %s of signal %zu is %s (\"%s\")", file->path,
                          snnfe_edf_fields[SNNFE_EDF_SAMPLES].name, signal + 1, fault, s->label);
    s->n_samples = (size_t)n_samples;
    s->offset = file->record_size;
    file->record_size += file->sample_bytes * s->n_samples;
    s->annotations =
        file->plus && memcmp(signal_field(file, SNNFE_EDF_LABEL, signal),
                             file->bdf ? "BDF Annotations " : "EDF Annotations ", 16) == 0;
    *n_foreign += !read_text(file, SNNFE_EDF_DIMENSION, signal, s->dimension);
    const snnfe_edf_field_kind texts[] = {SNNFE_EDF_TRANSDUCER, SNNFE_EDF_PREFILTER,
                                          SNNFE_EDF_RESERVED};
    for (size_t i = 0; i < 3; i++)
        *n_foreign += !read_text(file, texts[i], signal, unused);
    if (!s->annotations)
        read_range(file, signal);
    return SNNFE_OK;
}

static snnfe_status read_signals(snnfe_edf_file *file)
{
    file->signals = snnfe_alloc(file->n_signals, sizeof *file->signals);
    if (!file->signals)
        return SNNFE_ERR_MEMORY;
    size_t n_data = 0, n_foreign = 0;
    for (size_t i = 0; i < file->n_signals; i++) {
        SNNFE_TRY(read_signal(file, i, &n_foreign));
        n_data += !file->signals[i].annotations;
        if (file->record_size > file->size)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is truncated: %zu bytes, less than a record",
                              file->path, file->size);
    }
    if (n_data == 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has no signal besides annotations", file->path);
    if (n_foreign > 0)
        return snnfe_edf_deviation(
            file,
            "labels, units or other texts of signals that are not ASCII: %zu; "
            "what is not UTF-8 is taken as Latin-1",
            n_foreign);
    return SNNFE_OK;
}

/* --- the file ------------------------------------------------------------------------------ */

/* The version and the reserved field say which of the four formats it is. */
static snnfe_status read_kind(snnfe_edf_file *file)
{
    const uint8_t *h = file->content, *reserved = h + 192;
    file->bdf = file->size >= SNNFE_EDF_FIXED && memcmp(h,
                                                        "\xff"
                                                        "BIOSEMI",
                                                        8) == 0;
    if (file->size < SNNFE_EDF_FIXED || (!file->bdf && memcmp(h, "0       ", 8) != 0))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is no EDF or BDF file (version field)",
                          file->path);
    file->sample_bytes = file->bdf ? 3 : 2;
    const char *format = snnfe_edf_format(file);
    const bool marked = memcmp(reserved, format, 3) == 0 && reserved[3] == '+';
    file->discontinuous = marked && reserved[4] == 'D';
    file->plus = file->discontinuous || (marked && reserved[4] == 'C');
    if (!marked || file->plus)
        return SNNFE_OK;
    char shown[4 * 44 + 1];
    snnfe_edf_shown(reserved, 44, shown);
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: reserved field is \"%s\", not %s+C or %s+D",
                      file->path, shown, format, format);
}

static snnfe_status read_fixed(snnfe_edf_file *file, double *n_records)
{
    const uint8_t *h = file->content;
    SNNFE_TRY(read_kind(file));
    double n_signals = 0, header_size = 0;
    SNNFE_TRY(fixed_number(file, "number of signals", 252, 4, 1, MAX_SIGNALS, &n_signals));
    SNNFE_TRY(fixed_number(file, "header size", 184, 8, SNNFE_EDF_FIXED, 1e7, &header_size));
    file->n_signals = (size_t)n_signals;
    file->header_size = SNNFE_EDF_FIXED * (file->n_signals + 1);
    if ((size_t)header_size != file->header_size)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: header size is %.15g, not %zu for %zu signals",
                          file->path, header_size, file->header_size, file->n_signals);
    if (file->header_size > file->size)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is truncated: %zu bytes, header %zu", file->path,
                          file->size, file->header_size);
    SNNFE_TRY(fixed_number(file, "number of records", 236, 8, -1, 1e7, n_records));
    if ((int)*n_records == 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: number of records is 0", file->path);
    char fault[80];
    if (!number(h + 244, 8, 1e-3, 1e6, &file->record_s, fault))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: duration of a record is %s", file->path, fault);
    return SNNFE_OK;
}

/* Records that are there in full. A header that was never completed says -1; a recording that
   broke off may lack the end of its last record. */
static snnfe_status count_records(snnfe_edf_file *file, double said)
{
    const size_t bytes = file->size - file->header_size;
    const size_t whole = bytes / file->record_size, rest = bytes % file->record_size;
    const bool open = said < 0;
    file->n_records = open ? whole : (size_t)said;
    if (whole == 0 || whole + 1 < file->n_records || (whole < file->n_records && rest == 0))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is truncated: %zu bytes, not %llu", file->path,
                          file->size,
                          (unsigned long long)file->header_size +
                              (unsigned long long)file->record_size * (open ? 1 : file->n_records));
    if (open)
        SNNFE_TRY(snnfe_edf_deviation(file, "number of records is -1; by its size the file has %zu",
                                      whole));
    const bool partial = open ? rest > 0 : whole < file->n_records;
    if (partial) {
        file->n_records = whole;
        return snnfe_edf_deviation(file, "record %zu has %zu of its %zu bytes and is left out",
                                   whole + 1, rest, file->record_size);
    }
    const size_t behind = bytes - file->n_records * file->record_size;
    if (behind > 0)
        return snnfe_edf_deviation(
            file, "bytes behind the last record that are not read: %zu (a record has %zu)", behind,
            file->record_size);
    return SNNFE_OK;
}

snnfe_status snnfe_edf_header_read(snnfe_edf_file *file)
{
    double n_records = 0;
    SNNFE_TRY(read_fixed(file, &n_records));
    SNNFE_TRY(snnfe_edf_identity_check(file));
    SNNFE_TRY(read_signals(file));
    return count_records(file, n_records);
}

void snnfe_edf_header_release(snnfe_edf_file *file)
{
    snnfe_release(file->signals);
    file->signals = NULL;
}
