#include "edf_file.h"

#include "recording/eegmmidb.h"
#include "support.h"

#include <math.h>

/* Of 2 bytes, in each record; more if a list is longer. */
#define ANNOTATION_SAMPLES 200

static size_t annotation_samples(const edf_spec *spec)
{
    const size_t *sizes = spec->list_sizes, longer = sizes[sizes[1] > sizes[0]];
    return longer > 2 * ANNOTATION_SAMPLES ? ANNOTATION_SAMPLES + longer / 2 : ANNOTATION_SAMPLES;
}

static const edf_annotation usual_annotations[] = {{0, "T0"}, {2, "T1"}, {6, "T0"}, {8, "T2"}};

static int16_t noise(size_t channel, size_t t)
{
    const uint32_t x = (uint32_t)(channel * 2654435761U + t * 40503U) * 2246822519U;
    return (int16_t)((int32_t)(x >> 20) - 2048);
}

const edf_spec edf_usual = {
    .n_channels = 64,
    .rate_hz = 160,
    .n_records = 12,
    .dimension = "uV",
    .kind = "EDF+C",
    .n_annotations = 4,
    .annotations = usual_annotations,
    .sample = noise,
};

size_t edf_field(size_t n_signals, size_t first, size_t width, size_t signal)
{
    return 256 + first * n_signals + signal * width;
}

void edf_put(uint8_t *content, size_t offset, size_t width, const char *text)
{
    memset(content + offset, ' ', width);
    memcpy(content + offset, text, strlen(text));
}

static void put_number(uint8_t *content, size_t offset, size_t width, long value)
{
    char text[24];
    snprintf(text, sizeof text, "%ld", value);
    edf_put(content, offset, width, text);
}

static void put_main_header(uint8_t *content, const edf_spec *spec, size_t n_signals)
{
    edf_put(content, 0, 8, "0");
    edf_put(content, 8, 80, "X X X X");
    edf_put(content, 88, 80, "Startdate 12-AUG-2009 X X BCI2000");
    edf_put(content, 168, 8, "12.08.09");
    edf_put(content, 176, 8, "16.15.00");
    put_number(content, 184, 8, (long)(256 * (n_signals + 1)));
    edf_put(content, 192, 44, spec->kind);
    put_number(content, 236, 8, (long)spec->n_records);
    edf_put(content, 244, 8, "1");
    put_number(content, 252, 4, (long)n_signals);
}

static void put_signal(uint8_t *content, const edf_spec *spec, size_t n_signals, size_t signal)
{
    const bool notes = signal >= spec->n_channels;
    const char *label = notes          ? "EDF Annotations"
                        : spec->labels ? spec->labels[signal]
                                       : snnfe_eegmmidb_label(signal);
    edf_put(content, edf_field(n_signals, 0, 16, signal), 16, label);
    edf_put(content, edf_field(n_signals, 16, 80, signal), 80, "");
    edf_put(content, edf_field(n_signals, 96, 8, signal), 8, notes ? "" : spec->dimension);
    edf_put(content, edf_field(n_signals, 104, 8, signal), 8, notes ? "-1" : "-1000");
    edf_put(content, edf_field(n_signals, 112, 8, signal), 8, notes ? "1" : "1000");
    edf_put(content, edf_field(n_signals, 120, 8, signal), 8, notes ? "-32768" : "-10000");
    edf_put(content, edf_field(n_signals, 128, 8, signal), 8, notes ? "32767" : "10000");
    edf_put(content, edf_field(n_signals, 136, 80, signal), 80, "");
    put_number(content, edf_field(n_signals, 216, 8, signal), 8,
               notes ? (long)annotation_samples(spec) : (long)spec->rate_hz);
    edf_put(content, edf_field(n_signals, 224, 32, signal), 32, "");
}

static size_t count_annotation_signals(const edf_spec *spec)
{
    if (spec->kind[0] == '\0')
        return 0;
    return spec->list_sizes[1] > 0 ? 2 : 1;
}

/* Time-stamped annotation lists: the record's time, then (in the first) all annotations. */
static void put_annotations(uint8_t *record, const edf_spec *spec, size_t index, size_t signal)
{
    char *at = (char *)record;
    const double begin_s = spec->begin_s ? spec->begin_s(index) : (double)index;
    if (signal == 0 && !isnan(begin_s))
        at += sprintf(at, "%+g\x14\x14", begin_s) + 1;
    for (size_t i = 0; index == 0 && signal == 0 && i < spec->n_annotations; i++)
        at +=
            sprintf(at, "+%g\x14%s\x14", spec->annotations[i].onset_s, spec->annotations[i].text) +
            1;
    if (index == 0 && spec->list_sizes[signal] > 0)
        memcpy(at, spec->lists[signal], spec->list_sizes[signal]);
}

static uint8_t *put_channels(uint8_t *at, const edf_spec *spec, size_t record)
{
    for (size_t c = 0; c < spec->n_channels; c++)
        for (size_t i = 0; i < spec->rate_hz; i++, at += 2) {
            const uint16_t value = (uint16_t)spec->sample(c, record * spec->rate_hz + i);
            at[0] = (uint8_t)value;
            at[1] = (uint8_t)(value >> 8);
        }
    return at;
}

uint8_t *edf_make(const edf_spec *spec, size_t *size)
{
    const size_t n_samples = annotation_samples(spec);
    const size_t n_lists = count_annotation_signals(spec);
    const size_t n_signals = spec->n_channels + n_lists;
    const size_t header = 256 * (n_signals + 1);
    const size_t record = 2 * (spec->n_channels * spec->rate_hz + n_lists * n_samples);
    *size = header + spec->n_records * record;
    uint8_t *content = calloc(1, *size);
    ck_assert_ptr_nonnull(content);
    put_main_header(content, spec, n_signals);
    for (size_t s = 0; s < n_signals; s++)
        put_signal(content, spec, n_signals, s);
    for (size_t r = 0; r < spec->n_records; r++) {
        uint8_t *at = put_channels(content + header + r * record, spec, r);
        for (size_t s = 0; s < n_lists; s++)
            put_annotations(at + s * 2 * n_samples, spec, r, s);
    }
    return content;
}

const char *edf_write(const edf_spec *spec, const char *name)
{
    size_t size = 0;
    uint8_t *content = edf_make(spec, &size);
    const char *path = support_path(name);
    support_write(path, content, size);
    free(content);
    return path;
}

const char *edf_patched(size_t offset, size_t width, const char *text)
{
    size_t size = 0;
    uint8_t *content = edf_make(&edf_usual, &size);
    memset(content + offset, ' ', width);
    memcpy(content + offset, text, strlen(text));
    const char *path = support_path("patched.edf");
    support_write(path, content, size);
    free(content);
    return path;
}

snnfe_dataset_options edf_two_classes(const char *const names[2])
{
    static const int32_t classes[] = {0, 1};
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.label_set = SNNFE_LABELS_EVENTS;
    o.event_names = names;
    o.event_labels = classes;
    o.n_event_names = 2;
    o.filter_low_hz = o.filter_high_hz = 0;
    return o;
}
