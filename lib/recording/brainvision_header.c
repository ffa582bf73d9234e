#include "recording/brainvision_header.h"

#include "base/format.h"
#include "base/memory.h"

#include <math.h>
#include <string.h>

#define MAX_CHANNELS 640

static const char common[] = "Common Infos", binary[] = "Binary Infos";

static const struct {
    const char *name;
    size_t bytes;
} numbers[SNNFE_BRAINVISION_N_NUMBERS] = {
    [SNNFE_BRAINVISION_INT_16] = {"INT_16", 2},
    [SNNFE_BRAINVISION_INT_32] = {"INT_32", 4},
    [SNNFE_BRAINVISION_FLOAT_32] = {"IEEE_FLOAT_32", 4},
};

size_t snnfe_brainvision_bytes(snnfe_brainvision_number number)
{
    return numbers[number].bytes;
}

/* --- keys with few values ------------------------------------------------------------------- */

/* The only value that is read, which is also what a missing key means. */
static snnfe_status demand(const snnfe_ini *ini, const char *section, const char *key,
                           const char *wanted)
{
    const char *value = snnfe_ini_value(ini, section, key);
    if (!value || snnfe_ini_same(value, wanted))
        return SNNFE_OK;
    char what[80];
    snnfe_format(what, sizeof what, "and only %s is read", wanted);
    return snnfe_ini_fail(ini, SNNFE_ERR_UNSUPPORTED, section, key, what);
}

static snnfe_status read_orientation(snnfe_brainvision *h)
{
    const char *value = snnfe_ini_value(&h->ini, common, "DataOrientation");
    h->vectorized = value && snnfe_ini_same(value, "VECTORIZED");
    if (value && (h->vectorized || snnfe_ini_same(value, "MULTIPLEXED")))
        return SNNFE_OK;
    return snnfe_ini_fail(&h->ini, SNNFE_ERR_FORMAT, common, "DataOrientation",
                          "not MULTIPLEXED or VECTORIZED");
}

static snnfe_status read_number_format(snnfe_brainvision *h)
{
    const char *value = snnfe_ini_value(&h->ini, binary, "BinaryFormat");
    for (int i = 0; value && i < SNNFE_BRAINVISION_N_NUMBERS; i++)
        if (snnfe_ini_same(value, numbers[i].name)) {
            h->number = (snnfe_brainvision_number)i;
            return SNNFE_OK;
        }
    return snnfe_ini_fail(&h->ini, value ? SNNFE_ERR_UNSUPPORTED : SNNFE_ERR_FORMAT, binary,
                          "BinaryFormat", "not INT_16, INT_32 or IEEE_FLOAT_32");
}

/* --- numbers -------------------------------------------------------------------------------- */

static snnfe_status whole_number(const snnfe_ini *ini, const char *key, uint64_t least,
                                 uint64_t most, uint64_t *number)
{
    const char *value = snnfe_ini_value(ini, common, key);
    if (value && snnfe_parse_uint64(value, number) && *number >= least && *number <= most)
        return SNNFE_OK;
    char what[80];
    snnfe_format(what, sizeof what, "not a whole number in %llu…%llu", (unsigned long long)least,
                 (unsigned long long)most);
    return snnfe_ini_fail(ini, SNNFE_ERR_FORMAT, common, key, what);
}

/* Headers hold the microseconds between samples, often rounded: a rate next to a whole number of
   Hz is that number. */
static snnfe_status read_rate(snnfe_brainvision *h)
{
    const char *value = snnfe_ini_value(&h->ini, common, "SamplingInterval");
    double interval_us = 0;
    if (!value || !snnfe_parse_double(value, &interval_us) || interval_us < 1 || interval_us > 1e9)
        return snnfe_ini_fail(&h->ini, SNNFE_ERR_FORMAT, common, "SamplingInterval",
                              "not a number of microseconds in 1…1e9");
    const double rate = 1e6 / interval_us, whole = round(rate);
    h->sampling_rate_hz = fabs(rate - whole) <= 1e-6 * rate ? whole : rate;
    return SNNFE_OK;
}

static snnfe_status read_points(snnfe_brainvision *h)
{
    h->has_points = snnfe_ini_value(&h->ini, common, "DataPoints") != NULL;
    if (!h->has_points)
        return SNNFE_OK;
    return whole_number(&h->ini, "DataPoints", 1, INT32_MAX, &h->n_points);
}

/* --- files beside the header ---------------------------------------------------------------- */

/* The name of a file in the header's folder; "$b" in it is the header's own name. */
static snnfe_status beside(const snnfe_brainvision *h, const char *key, char **path)
{
    const char *name = snnfe_ini_value(&h->ini, common, key), *header = h->ini.path;
    if (!name || strpbrk(name, "/\\"))
        return snnfe_ini_fail(&h->ini, SNNFE_ERR_FORMAT, common, key,
                              "not the name of a file in the same folder");
    const char *slash = strrchr(header, '/'), *base = slash ? slash + 1 : header;
    const char *dot = strrchr(base, '.'), *mark = strstr(name, "$b");
    snnfe_text text = {0};
    snnfe_text_append(&text, "%.*s%.*s", (int)(base - header), header,
                      mark ? (int)(mark - name) : (int)strlen(name), name);
    if (mark)
        snnfe_text_append(&text, "%.*s%s", dot ? (int)(dot - base) : (int)strlen(base), base,
                          mark + 2);
    if (text.failed) {
        snnfe_text_release(&text);
        return SNNFE_ERR_MEMORY;
    }
    *path = text.data;
    return SNNFE_OK;
}

static snnfe_status read_paths(snnfe_brainvision *h)
{
    SNNFE_TRY(beside(h, "DataFile", &h->data_path));
    if (!snnfe_ini_value(&h->ini, common, "MarkerFile"))
        return SNNFE_OK;
    return beside(h, "MarkerFile", &h->marker_path);
}

/* --- channels ------------------------------------------------------------------------------- */

/* Cut off a field at a comma; "\1" in it stands for a comma. */
static char *next_field(char **rest)
{
    char *field = *rest, *end = field + strcspn(field, ",");
    *rest = *end ? end + 1 : end;
    *end = '\0';
    char *to = field;
    for (const char *from = field; *from; from++)
        if (from[0] == '\\' && from[1] == '1') {
            *to++ = ',';
            from++;
        } else {
            *to++ = *from;
        }
    *to = '\0';
    return field;
}

static snnfe_status bad_channel(const snnfe_ini_entry *e, const snnfe_ini *ini, const char *value,
                                const char *what)
{
    char quoted[SNNFE_QUOTE_SIZE];
    snnfe_quote(quoted, value, strlen(value));
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: line %zu: [%s] %.20s: %s is \"%s\"", ini->path,
                      e->line, e->section, e->key, what, quoted);
}

/* "Ch1=C3,reference,resolution,unit". */
static snnfe_status read_channel(const snnfe_ini *ini, const snnfe_ini_entry *e, char *value,
                                 snnfe_brainvision_channel *channel)
{
    channel->label = next_field(&value);
    (void)next_field(&value); /* the reference: what is recorded is against it already */
    const char *resolution = next_field(&value);
    channel->unit = next_field(&value);
    channel->resolution = 1;
    if (channel->label[0] == '\0')
        return bad_channel(e, ini, channel->label, "the name of a channel");
    if (*resolution &&
        (!snnfe_parse_double(resolution, &channel->resolution) || !(channel->resolution > 0)))
        return bad_channel(e, ini, resolution, "the resolution, a number above 0,");
    return SNNFE_OK;
}

static snnfe_status read_channels(snnfe_brainvision *h)
{
    h->channels = snnfe_alloc(h->n_channels, sizeof *h->channels);
    if (!h->channels)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < h->ini.n; i++) {
        const snnfe_ini_entry *e = &h->ini.entries[i];
        uint64_t number = 0;
        if (!snnfe_ini_same(e->section, "Channel Infos"))
            continue;
        if ((e->key[0] != 'C' && e->key[0] != 'c') || (e->key[1] != 'h' && e->key[1] != 'H') ||
            !snnfe_parse_uint64(e->key + 2, &number) || number < 1 || number > h->n_channels)
            return bad_channel(e, &h->ini, e->key,
                               "the key, Ch and a number up to that of channels,");
        if (h->channels[number - 1].label)
            return bad_channel(e, &h->ini, e->value, "stands there twice; the second");
        char *value = h->ini.text + (e->value - h->ini.text);
        SNNFE_TRY(read_channel(&h->ini, e, value, &h->channels[number - 1]));
    }
    for (size_t c = 0; c < h->n_channels; c++)
        if (!h->channels[c].label)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: [Channel Infos] has no Ch%zu, of %zu channels",
                              h->ini.path, c + 1, h->n_channels);
    return SNNFE_OK;
}

/* --- the header ----------------------------------------------------------------------------- */

static snnfe_status read_all(snnfe_brainvision *h)
{
    uint64_t n_channels = 0;
    SNNFE_TRY(demand(&h->ini, common, "DataFormat", "BINARY"));
    SNNFE_TRY(demand(&h->ini, common, "DataType", "TIMEDOMAIN"));
    SNNFE_TRY(demand(&h->ini, common, "SegmentationType", "NOTSEGMENTED"));
    SNNFE_TRY(demand(&h->ini, binary, "UseBigEndianOrder", "NO"));
    SNNFE_TRY(whole_number(&h->ini, "NumberOfChannels", 1, MAX_CHANNELS, &n_channels));
    h->n_channels = (size_t)n_channels;
    SNNFE_TRY(read_orientation(h));
    SNNFE_TRY(read_number_format(h));
    SNNFE_TRY(read_rate(h));
    SNNFE_TRY(read_points(h));
    SNNFE_TRY(read_paths(h));
    return read_channels(h);
}

snnfe_status snnfe_brainvision_header_read(snnfe_brainvision *header, const char *path)
{
    *header = (snnfe_brainvision){0};
    SNNFE_TRY(snnfe_ini_read(&header->ini, path, "Header"));
    return read_all(header);
}

snnfe_status snnfe_brainvision_header_parse(snnfe_brainvision *header, const char *path,
                                            const char *bytes, size_t size)
{
    *header = (snnfe_brainvision){0};
    SNNFE_TRY(snnfe_ini_parse(&header->ini, path, "Header", bytes, size));
    return read_all(header);
}

void snnfe_brainvision_header_release(snnfe_brainvision *header)
{
    snnfe_release(header->channels);
    snnfe_release(header->data_path);
    snnfe_release(header->marker_path);
    snnfe_ini_release(&header->ini);
}
