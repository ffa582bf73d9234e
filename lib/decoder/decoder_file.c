/* A decoder's state as a safetensors file.

   A file is read into a spare decoder first, so that nothing changes when it turns out to be bad.
   Lanes are listed array by array; saving, reading and taking over go through the same list. */
#include "base/memory.h"
#include "base/tensors.h"
#include "base/text.h"
#include "decoder/decoder_columns.h"

#include <string.h>

#define FORMAT "decoder 2"
#define TEXT_SIZE 64

/* --- what a file must agree with ------------------------------------------------------------ */

static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* Metadata that a state holds for: name, and its value as text. */
typedef struct condition {
    const char *name;
    char text[TEXT_SIZE];
} condition;

#define N_CONDITIONS 23

static void set_number(condition *c, const char *name, double value)
{
    c->name = name;
    snnfe_format(c->text, TEXT_SIZE, "%.17g", value);
}

static void set_hash(condition *c, const char *name, uint64_t hash)
{
    c->name = name;
    snnfe_format(c->text, TEXT_SIZE, "%016llx", (unsigned long long)hash);
}

static void list_conditions(const snnfe_decoder *d, const snnfe_network *network,
                            condition list[N_CONDITIONS])
{
    const snnfe_decoder_options *o = &d->options;
    const uint64_t start = UINT64_C(0xcbf29ce484222325);
    const size_t n = o->n_channels * sizeof(double);
    condition *c = list;
    set_number(c++, "windows", o->windows);
    set_number(c++, "hop", o->hop);
    set_number(c++, "n_running", o->n_running);
    set_number(c++, "n_pending", o->n_pending);
    set_number(c++, "n_history", o->n_history);
    set_number(c++, "n_channels", (double)o->n_channels);
    set_number(c++, "sampling_rate_hz", o->sampling_rate_hz);
    set_number(c++, "filter_low_hz", o->filter_low_hz);
    set_number(c++, "filter_high_hz", o->filter_high_hz);
    set_number(c++, "filter_order", o->filter_order);
    set_number(c++, "early_least", o->early_least);
    set_number(c++, "early_confidence", o->early_confidence);
    set_number(c++, "saturation_uv", o->saturation_uv);
    set_number(c++, "noisy_z", o->noisy_z);
    set_number(c++, "flat_samples", o->flat_samples);
    set_number(c++, "longest_gap", o->longest_gap);
    set_number(c++, "repair", o->repair);
    set_number(c++, "most_bad_channels", o->most_bad_channels);
    set_number(c++, "range_uv", o->range_uv);
    set_number(c++, "longest_repeat", o->longest_repeat);
    set_number(c++, "counter_bits", o->counter_bits);
    set_hash(c++, "channels",
             mix(mix(mix(start, d->intake.factor, n), d->intake.shift, n), d->place,
                 o->n_channels * sizeof *d->place));
    set_hash(c++, "network",
             mix(mix(start, network->values, network->n_values * sizeof(float)),
                 &network->options.threshold, sizeof(float)));
}

/* --- tensors -------------------------------------------------------------------------------- */

typedef struct entry {
    const char *name;
    snnfe_dtype dtype;
    uint32_t n_dims;
    uint64_t shape[2];
    void *data;
} entry;

#define N_ENTRIES 11

static void list_entries(snnfe_decoder *d, snnfe_columns *c, entry list[N_ENTRIES])
{
    const uint64_t channels = d->options.n_channels, pending = d->options.n_pending;
    const entry all[N_ENTRIES] = {
        {"decoder.filters", SNNFE_F64, 2, {channels, 2 * SNNFE_CAUSAL_SECTIONS}, c->filters},
        {"decoder.powers", SNNFE_F64, 1, {channels, 0}, c->powers},
        {"decoder.means", SNNFE_F64, 1, {channels, 0}, c->means},
        {"decoder.confidences", SNNFE_F64, 1, {pending, 0}, c->confidences},
        {"decoder.counts", SNNFE_I64, 1, {SNNFE_STATE_COUNTS, 0}, c->counts},
        {"decoder.channels", SNNFE_I64, 2, {channels, SNNFE_CHANNEL_NUMBERS}, c->channels},
        {"decoder.windows", SNNFE_I64, 2, {d->n_lanes, SNNFE_LANE_NUMBERS}, c->lanes},
        {"decoder.decisions", SNNFE_I64, 2, {pending, SNNFE_DECISION_NUMBERS}, c->decisions},
        {"decoder.last", SNNFE_F32, 1, {channels, 0}, c->last},
        {"decoder.values", SNNFE_F32, 1, {channels, 0}, d->intake.values},
        {"decoder.history", SNNFE_F32, 2, {d->options.n_history, channels}, d->history},
    };
    memcpy(list, all, sizeof all);
}

static snnfe_status add_lane(snnfe_tensor_list *file, const snnfe_lane *lane, size_t index)
{
    snnfe_lane_array list[SNNFE_MAX_LANE_ARRAYS];
    const size_t n = snnfe_lane_list(lane, index, list);
    for (size_t i = 0; i < n; i++) {
        const uint64_t count = list[i].count;
        SNNFE_TRY(
            snnfe_tensor_list_add(file, list[i].name, list[i].dtype, 1, &count, list[i].data));
    }
    return SNNFE_OK;
}

/* Logits of the waiting decisions, in their order. */
static snnfe_status add_logits(snnfe_tensor_list *file, const snnfe_decoder *d, float *logits)
{
    const size_t n_classes = d->network_options.n_classes, capacity = d->options.n_pending;
    for (size_t i = 0; i < d->n_pending; i++)
        memcpy(logits + i * n_classes,
               d->pending_logits + (d->first_pending + i) % capacity * n_classes,
               n_classes * sizeof *logits);
    const uint64_t shape[2] = {capacity, n_classes};
    return snnfe_tensor_list_add(file, "decoder.logits", SNNFE_F32, 2, shape, logits);
}

static snnfe_status fill_file(snnfe_tensor_list *file, snnfe_decoder *d, snnfe_columns *c,
                              const snnfe_network *network, float *logits)
{
    condition conditions[N_CONDITIONS];
    entry entries[N_ENTRIES];
    list_conditions(d, network, conditions);
    list_entries(d, c, entries);
    SNNFE_TRY(snnfe_tensor_list_add_metadata(file, "snnfe.format", FORMAT));
    for (size_t i = 0; i < N_CONDITIONS; i++) {
        char name[SNNFE_STATE_TEXT_SIZE];
        snnfe_format(name, SNNFE_STATE_TEXT_SIZE, "snnfe.%s", conditions[i].name);
        SNNFE_TRY(snnfe_tensor_list_add_metadata(file, name, conditions[i].text));
    }
    for (size_t i = 0; i < N_ENTRIES; i++)
        SNNFE_TRY(snnfe_tensor_list_add(file, entries[i].name, entries[i].dtype, entries[i].n_dims,
                                        entries[i].shape, entries[i].data));
    SNNFE_TRY(add_logits(file, d, logits));
    for (size_t i = 0; i < d->n_lanes; i++)
        if (snnfe_lane_network(&d->lanes[i]))
            SNNFE_TRY(add_lane(file, &d->lanes[i], i));
    return SNNFE_OK;
}

static snnfe_status check_lanes(const snnfe_decoder *d, const snnfe_network *network)
{
    for (size_t i = 0; i < d->n_lanes; i++) {
        const snnfe_network *own = snnfe_lane_network(&d->lanes[i]);
        if (own && own != network)
            return snnfe_fail(SNNFE_ERR_STATE,
                              "snnfe_decoder_save: window %llu runs with a network that was "
                              "replaced",
                              (unsigned long long)d->lanes[i].window);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_save(const snnfe_decoder *decoder, const char *path)
{
    if (!decoder || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_decoder_save: %s is NULL",
                          decoder ? "path" : "decoder");
    /* Only read, but lists point at what they may also fill. */
    snnfe_decoder *d = NULL;
    memcpy(&d, &decoder, sizeof(void *));
    const snnfe_network *network = atomic_load(&d->offered);
    SNNFE_TRY(check_lanes(d, network));
    snnfe_columns *c = NULL;
    snnfe_tensor_list *file = NULL;
    float *logits =
        snnfe_alloc(d->options.n_pending, d->network_options.n_classes * sizeof *logits);
    snnfe_status status = logits ? snnfe_columns_create(&c, d) : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_create(&file);
    if (status == SNNFE_OK) {
        snnfe_columns_gather(d, c);
        status = fill_file(file, d, c, network, logits);
    }
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_save(file, path);
    snnfe_tensor_list_free(file);
    snnfe_columns_free(c);
    snnfe_release(logits);
    return status;
}

/* --- restoring ------------------------------------------------------------------------------ */

static snnfe_status check_conditions(const snnfe_tensors *file, const snnfe_decoder *d,
                                     const snnfe_network *network)
{
    condition conditions[N_CONDITIONS];
    const char *format = snnfe_tensors_metadata(file, "snnfe.format");
    if (!format || strcmp(format, FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "is no decoder's state: metadata \"snnfe.format\" is \"%.40s\"",
                          format ? format : "");
    list_conditions(d, network, conditions);
    for (size_t i = 0; i < N_CONDITIONS; i++) {
        char name[SNNFE_STATE_TEXT_SIZE];
        snnfe_format(name, SNNFE_STATE_TEXT_SIZE, "snnfe.%s", conditions[i].name);
        const char *text = snnfe_tensors_metadata(file, name);
        if (!text || strcmp(text, conditions[i].text) != 0)
            return snnfe_fail(SNNFE_ERR_SHAPE, "was saved with %s %.40s, not %s",
                              conditions[i].name, text ? text : "(none)", conditions[i].text);
    }
    return SNNFE_OK;
}

static snnfe_status read_state(snnfe_tensors *file, snnfe_decoder *d, snnfe_columns *c,
                               const snnfe_network *network)
{
    entry entries[N_ENTRIES];
    list_entries(d, c, entries);
    for (size_t i = 0; i < N_ENTRIES; i++)
        SNNFE_TRY(snnfe_tensors_read(file, entries[i].name, entries[i].dtype, entries[i].n_dims,
                                     entries[i].shape, false, entries[i].data));
    const uint64_t shape[2] = {d->options.n_pending, network->options.n_classes};
    SNNFE_TRY(
        snnfe_tensors_read(file, "decoder.logits", SNNFE_F32, 2, shape, false, d->pending_logits));
    SNNFE_TRY(snnfe_columns_scatter(d, c, network));
    for (size_t i = 0; i < d->n_lanes; i++) {
        if (!snnfe_lane_network(&d->lanes[i]))
            continue;
        snnfe_lane_array list[SNNFE_MAX_LANE_ARRAYS];
        const size_t n = snnfe_lane_list(&d->lanes[i], i, list);
        for (size_t k = 0; k < n; k++) {
            const uint64_t count = list[k].count;
            SNNFE_TRY(snnfe_tensors_read(file, list[k].name, list[k].dtype, 1, &count, false,
                                         list[k].data));
        }
    }
    return SNNFE_OK;
}

/* A decoder like `d`, before its first sample. */
static snnfe_status create_spare(snnfe_decoder **spare, const snnfe_decoder *d,
                                 const snnfe_network *network)
{
    int32_t channel_rows[SNNFE_MAX_CHANNELS], channel_columns[SNNFE_MAX_CHANNELS];
    for (size_t c = 0; c < d->options.n_channels; c++) {
        channel_rows[c] = (int32_t)(d->place[c] / d->network_options.n_columns);
        channel_columns[c] = (int32_t)(d->place[c] % d->network_options.n_columns);
    }
    /* Names need not be known: what is read does not depend on them. */
    snnfe_decoder_options options = d->options;
    options.channel_rows = channel_rows;
    options.channel_columns = channel_columns;
    SNNFE_TRY(snnfe_decoder_create(spare, network, &options));
    memcpy((*spare)->intake.factor, d->intake.factor, sizeof d->intake.factor);
    memcpy((*spare)->intake.shift, d->intake.shift, sizeof d->intake.shift);
    return SNNFE_OK;
}

/* Lanes stay where they are: another thread may be asking which networks they use. */
static void take_lane(snnfe_lane *lane, const snnfe_lane *from)
{
    const snnfe_network *network = snnfe_lane_network(from);
    snnfe_lane_array to[SNNFE_MAX_LANE_ARRAYS], source[SNNFE_MAX_LANE_ARRAYS];
    atomic_store(&lane->network, network);
    if (!network)
        return;
    snnfe_lane_attach(lane, network);
    lane->step = from->step;
    lane->label = from->label;
    lane->window = from->window;
    lane->first_sample = from->first_sample;
    lane->faults = from->faults;
    lane->n_bad_channels = from->n_bad_channels;
    lane->faulty_channels = from->faulty_channels;
    const size_t n = snnfe_lane_list(lane, 0, to);
    snnfe_lane_list(from, 0, source);
    for (size_t i = 0; i < n; i++)
        memcpy(to[i].data, source[i].data, to[i].count * snnfe_dtype_size(to[i].dtype));
}

static void take_over(snnfe_decoder *d, const snnfe_decoder *from)
{
    const snnfe_decoder_options *o = &d->options;
    const size_t n_classes = d->network_options.n_classes;
    for (size_t i = 0; i < d->n_lanes; i++)
        take_lane(&d->lanes[i], &from->lanes[i]);
    d->intake = from->intake;
    d->info = from->info;
    d->history_from = from->history_from;
    d->numbering = from->numbering;
    d->numbering.resumed = true;
    d->session_base = from->session_base;
    d->first_pending = from->first_pending;
    d->n_pending = from->n_pending;
    memcpy(d->channel_faults, from->channel_faults, sizeof d->channel_faults);
    memcpy(d->grid, from->grid, d->n_positions * sizeof *d->grid);
    memcpy(d->history, from->history, o->n_history * o->n_channels * sizeof *d->history);
    memcpy(d->pending, from->pending, o->n_pending * sizeof *d->pending);
    memcpy(d->pending_logits, from->pending_logits,
           o->n_pending * n_classes * sizeof *d->pending_logits);
}

snnfe_status snnfe_decoder_restore(snnfe_decoder *d, const char *path)
{
    if (!d || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_decoder_restore: %s is NULL",
                          d ? "path" : "decoder");
    const snnfe_network *network = atomic_load(&d->offered);
    snnfe_tensors *file = NULL;
    snnfe_decoder *spare = NULL;
    snnfe_columns *c = NULL;
    SNNFE_TRY(snnfe_tensors_open(&file, path));
    snnfe_status status = check_conditions(file, d, network);
    if (status == SNNFE_OK)
        status = create_spare(&spare, d, network);
    if (status == SNNFE_OK)
        status = snnfe_columns_create(&c, d);
    if (status == SNNFE_OK)
        status = read_state(file, spare, c, network);
    if (status == SNNFE_OK)
        take_over(d, spare);
    snnfe_columns_free(c);
    snnfe_decoder_free(spare);
    snnfe_tensors_close(file);
    return status == SNNFE_OK ? status : snnfe_fail_prefix(status, "%s", path);
}
