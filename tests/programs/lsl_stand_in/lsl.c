#include "lsl_c.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const electrodes[64] = {
    "Fc5", "Fc3", "Fc1", "Fcz", "Fc2", "Fc4", "Fc6", "C5",  "C3",  "C1",  "Cz",  "C2",  "C4",
    "C6",  "Cp5", "Cp3", "Cp1", "Cpz", "Cp2", "Cp4", "Cp6", "Fp1", "Fpz", "Fp2", "Af7", "Af3",
    "Afz", "Af4", "Af8", "F7",  "F5",  "F3",  "F1",  "Fz",  "F2",  "F4",  "F6",  "F8",  "Ft7",
    "Ft8", "T7",  "T8",  "T9",  "T10", "Tp7", "Tp8", "P7",  "P5",  "P3",  "P1",  "Pz",  "P2",
    "P4",  "P6",  "P8",  "Po7", "Po3", "Poz", "Po4", "Po8", "O1",  "Oz",  "O2",  "Iz"};

typedef struct stream {
    const char *name, *source_id, *unit;
    int32_t n_channels;
    double rate;
    bool named, reversed, texts, same, restarts, late;
    float scale;
} stream;

static const stream streams[] = {
    {.name = "test", .n_channels = 64, .rate = 160, .scale = 1},
    {.name = "named",
     .n_channels = 66,
     .rate = 160,
     .named = true,
     .reversed = true,
     .unit = "microvolts",
     .scale = 1},
    {.name = "volts",
     .n_channels = 66,
     .rate = 160,
     .named = true,
     .reversed = true,
     .unit = "V",
     .scale = 1e-6F},
    {.name = "restarts", .n_channels = 64, .rate = 160, .restarts = true, .scale = 1},
    {.name = "two", .source_id = "cap-a", .n_channels = 64, .rate = 160, .scale = 1},
    {.name = "two", .source_id = "cap-b", .n_channels = 8, .rate = 160, .late = true, .scale = 1},
    {.name = "twin", .source_id = "cap", .n_channels = 64, .rate = 160, .scale = 1},
    {.name = "twin", .source_id = "cap", .n_channels = 8, .rate = 160, .scale = 1},
    {.name = "narrow", .n_channels = 8, .rate = 160, .scale = 1},
    {.name = "strange",
     .n_channels = 66,
     .rate = 160,
     .named = true,
     .unit = "furlongs",
     .scale = 1},
    {.name = "same", .n_channels = 66, .rate = 160, .named = true, .same = true, .scale = 1},
    {.name = "slow", .n_channels = 64, .rate = 128, .scale = 1},
    {.name = "irregular", .n_channels = 64, .scale = 1},
    {.name = "texts", .n_channels = 1, .texts = true, .scale = 1},
};

/* An element of the description: the list of channels, or one of them. */
struct lsl_xml_ptr_struct_ {
    const stream *of;
    int32_t channel; /* -1 = the list */
};

struct lsl_streaminfo_struct_ {
    const stream *of;
    char uid[16];
    struct lsl_xml_ptr_struct_ element;
};

struct lsl_inlet_struct_ {
    const stream *of;
    int32_t pulled;
};

static lsl_streaminfo make_info(const stream *of)
{
    lsl_streaminfo info = calloc(1, sizeof *info);
    info->of = of;
    snprintf(info->uid, sizeof info->uid, "uid-%d", (int)(of - streams));
    return info;
}

int32_t lsl_resolve_byprop(lsl_streaminfo *buffer, uint32_t buffer_elements, const char *prop,
                           const char *value, int32_t minimum, double timeout)
{
    int32_t n = 0;
    (void)timeout;
    for (size_t i = 0; i < sizeof streams / sizeof streams[0]; i++)
        if (strcmp(prop, "name") == 0 && strcmp(value, streams[i].name) == 0 &&
            (uint32_t)n < buffer_elements && (!streams[i].late || minimum > 1))
            buffer[n++] = make_info(&streams[i]);
    return n;
}

int32_t lsl_get_channel_count(lsl_streaminfo info)
{
    return info->of->n_channels;
}

double lsl_get_nominal_srate(lsl_streaminfo info)
{
    return info->of->rate;
}

lsl_channel_format_t lsl_get_channel_format(lsl_streaminfo info)
{
    return info->of->texts ? cft_string : cft_float32;
}

const char *lsl_get_source_id(lsl_streaminfo info)
{
    return info->of->source_id ? info->of->source_id : "";
}

const char *lsl_get_uid(lsl_streaminfo info)
{
    return info->uid;
}

const char *lsl_get_type(lsl_streaminfo info)
{
    (void)info;
    return "EEG";
}

const char *lsl_get_hostname(lsl_streaminfo info)
{
    (void)info;
    return "here";
}

lsl_xml_ptr lsl_get_desc(lsl_streaminfo info)
{
    info->element = (struct lsl_xml_ptr_struct_){info->of, -1};
    return &info->element;
}

void lsl_destroy_streaminfo(lsl_streaminfo info)
{
    free(info);
}

/* --- description ---------------------------------------------------------------------------- */

lsl_xml_ptr lsl_child(lsl_xml_ptr element, const char *name)
{
    if (strcmp(name, "channel") == 0)
        element->channel = element->of->named ? 0 : element->of->n_channels;
    return element;
}

lsl_xml_ptr lsl_next_sibling_n(lsl_xml_ptr element, const char *name)
{
    (void)name;
    element->channel++;
    return element;
}

/* Electrode that a channel is; two in front are none. */
static int32_t electrode_of(const stream *of, int32_t channel)
{
    return !of->named ? channel : of->reversed ? 65 - channel : channel - 2;
}

const char *lsl_child_value_n(lsl_xml_ptr element, const char *name)
{
    const int32_t electrode = electrode_of(element->of, element->channel);
    if (strcmp(name, "unit") == 0)
        return element->of->unit ? element->of->unit : "";
    if (element->of->same && element->channel == 0)
        return "FCZ.";
    return electrode < 0 || element->channel < 2 ? element->channel == 0 ? "Status" : "EOG"
                                                 : electrodes[electrode];
}

int32_t lsl_empty(lsl_xml_ptr element)
{
    return element->channel >= element->of->n_channels;
}

/* --- samples -------------------------------------------------------------------------------- */

lsl_inlet lsl_create_inlet(lsl_streaminfo info, int32_t max_buflen, int32_t max_chunklen,
                           int32_t recover)
{
    (void)max_buflen;
    (void)max_chunklen;
    (void)recover;
    lsl_inlet inlet = calloc(1, sizeof(struct lsl_inlet_struct_));
    inlet->of = info->of;
    return inlet;
}

lsl_streaminfo lsl_get_fullinfo(lsl_inlet inlet, double timeout, int32_t *ec)
{
    (void)timeout;
    *ec = lsl_no_error;
    return make_info(inlet->of);
}

int32_t lsl_set_postprocessing(lsl_inlet inlet, uint32_t flags)
{
    (void)inlet;
    return flags == 7 ? lsl_no_error : -3;
}

void lsl_open_stream(lsl_inlet inlet, double timeout, int32_t *ec)
{
    (void)inlet;
    (void)timeout;
    *ec = lsl_no_error;
}

double lsl_pull_sample_f(lsl_inlet inlet, float *buffer, int32_t buffer_elements, double timeout,
                         int32_t *ec)
{
    const stream *of = inlet->of;
    (void)timeout;
    if (inlet->pulled == 200 && !of->restarts)
        inlet->pulled += 5;
    if (inlet->pulled == 400) {
        *ec = lsl_lost_error;
        return 0;
    }
    const int32_t t = inlet->pulled++, shown = of->restarts && t >= 250 ? t - 250 : t;
    for (int32_t c = 0; c < buffer_elements; c++) {
        const int32_t electrode = electrode_of(of, c);
        buffer[c] = of->scale * ((float)((shown * 7919 + electrode * 104729 + 1000000) % 101) - 50);
    }
    *ec = lsl_no_error;
    return (of->restarts && t >= 250 ? 100 : 1000) + shown / 160.0;
}

void lsl_destroy_inlet(lsl_inlet inlet)
{
    free(inlet);
}
