/* A decoder's state as a safetensors file.

   A file is read into a spare decoder first, so that nothing changes when it turns out to be bad.
 */
#include "base/check.h"
#include "base/fields.h"
#include "base/floating.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/kind.h"
#include "base/memory.h"
#include "decoder/decoder_internal.h"

#include <string.h>

#define FORMAT "decoder 4"
#define PREFIX_SIZE 64

/* --- what a file must agree with ------------------------------------------------------------ */

#define OPTION(member, type) SNNFE_FIELD(snnfe_decoder_options, member, type, 0, 0)

static const snnfe_field option_fields[] = {
    OPTION(windows, I32),       OPTION(hop, U32),
    OPTION(n_running, U32),     OPTION(n_pending, U32),
    OPTION(n_history, U32),

    OPTION(early_least, U32),   OPTION(early_confidence, F64),
    OPTION(saturation_uv, F64), OPTION(noisy_z, F64),
    OPTION(flat_samples, U32),  OPTION(longest_gap, U32),
    OPTION(repair, I32),        OPTION(most_bad_channels, I32),
    OPTION(range_uv, F64),      OPTION(longest_repeat, U32),
    OPTION(counter_bits, U32),
};
static const snnfe_record_type options_type =
    SNNFE_RECORD_TYPE("snnfe.", snnfe_decoder_options, option_fields);

#define SIGNAL(member, type) SNNFE_FIELD(snnfe_signal, member, type, 0, 0)

static const snnfe_field signal_fields[] = {
    SIGNAL(n_channels, U32),     SIGNAL(sampling_rate_hz, F64), SIGNAL(filter_low_hz, F64),
    SIGNAL(filter_high_hz, F64), SIGNAL(filter_order, U32),     SIGNAL(ocular, I32),
    SIGNAL(n_lags, U32),         SIGNAL(n_references, U32),     SIGNAL(alignment, I32),
    SIGNAL(notch_hz, F64),       SIGNAL(notch_width_hz, F64),
};
static const snnfe_record_type signal_type =
    SNNFE_RECORD_TYPE("snnfe.", snnfe_signal, signal_fields);

/* Hash of what is too long for metadata. */
typedef struct hashes {
    uint64_t channels, network;
} hashes;

static const snnfe_field hash_fields[] = {SNNFE_FIELD(hashes, channels, BITS, 0, 0),
                                          SNNFE_FIELD(hashes, network, BITS, 0, 0)};
static const snnfe_record_type hashes_type = SNNFE_RECORD_TYPE("snnfe.", hashes, hash_fields);

static hashes hashes_of(const snnfe_decoder *d, const snnfe_network *network)
{
    const size_t n = snnfe_decoder_width(d), n_placed = d->samples.signal.n_channels;
    uint64_t channels = snnfe_hash_bytes(SNNFE_HASH_START, d->intake.factor, n * sizeof(double));
    channels = snnfe_hash_bytes(channels, d->intake.shift, n * sizeof(double));
    for (size_t c = 0; c < n || c < n_placed; c++)
        channels = snnfe_hash_word(channels, d->place[c]);
    for (size_t r = 0; r < d->inputs.shape.n_references; r++)
        channels = snnfe_hash_word(channels, d->inputs.shape.references[r]);
    if (d->common.from != 0 || d->options.absent != 0) {
        channels = snnfe_hash_word(channels, d->common.from);
        channels = snnfe_hash_word(channels, d->common.to);
        channels = snnfe_hash_word(channels, d->options.absent);
    }
    if (d->bands.envelope.n_bands > 0) {
        channels = snnfe_hash_word(channels, d->bands.envelope.hash);
        channels = snnfe_hash_bytes(channels, d->bands.factor, n_placed * sizeof(double));
        channels = snnfe_hash_bytes(channels, d->bands.shift, n_placed * sizeof(double));
    }
    const uint64_t values = snnfe_hash_floats(SNNFE_HASH_START, network->values, network->n_values);
    return (hashes){channels, snnfe_hash_floats(values, &network->options.threshold, 1)};
}

/* --- what a file holds ---------------------------------------------------------------------- */

#define COUNT(structure, member) SNNFE_FIELD(structure, member, U64, 0, SNNFE_MOST_COUNT)

static const snnfe_field info_fields[] = {
    COUNT(snnfe_decoder_info, n_samples),
    COUNT(snnfe_decoder_info, n_windows),
    COUNT(snnfe_decoder_info, n_decisions),
    COUNT(snnfe_decoder_info, n_early),
    COUNT(snnfe_decoder_info, n_rejected),
    COUNT(snnfe_decoder_info, n_lost),
    COUNT(snnfe_decoder_info, n_skipped),
    COUNT(snnfe_decoder_info, n_dropped),
    COUNT(snnfe_decoder_info, n_repeated),
    COUNT(snnfe_decoder_info, n_sessions),
    COUNT(snnfe_decoder_info, n_restarts),
    COUNT(snnfe_decoder_info, session_first),
    SNNFE_FIELD(snnfe_decoder_info, n_bad_channels, U32, 0, SNNFE_MAX_CHANNELS),
};
static const snnfe_record_type info_type =
    SNNFE_RECORD_TYPE("decoder.info.", snnfe_decoder_info, info_fields);

/* BITS, since the source's numbers may have any value. */
static const snnfe_field decoder_fields[] = {
    COUNT(snnfe_decoder, history_from),
    SNNFE_FIELD(snnfe_decoder, n_pending, SIZE, 0, UINT32_MAX),
    SNNFE_FIELD(snnfe_decoder, session_base, BITS, 0, 0),
    SNNFE_FIELD(snnfe_decoder, numbering.newest, BITS, 0, 0),
    SNNFE_FIELD(snnfe_decoder, numbering.bits, U32, 0, 64),
    COUNT(snnfe_decoder, numbering.n_wraps),
    COUNT(snnfe_decoder, intake.n_nonfinite),
    COUNT(snnfe_decoder, intake.n_saturated),
};
static const snnfe_record_type decoder_type =
    SNNFE_RECORD_TYPE("decoder.", snnfe_decoder, decoder_fields);

static const snnfe_field channel_fields[] = {
    SNNFE_FIELDS(snnfe_channel_state, filter.s, F64, 2 * SNNFE_CAUSAL_SECTIONS, -HUGE_VAL,
                 HUGE_VAL),
    SNNFE_FIELD(snnfe_channel_state, power, F64, -HUGE_VAL, HUGE_VAL),
    SNNFE_FIELD(snnfe_channel_state, mean, F64, -HUGE_VAL, HUGE_VAL),
    SNNFE_FIELD(snnfe_channel_state, last, F32, -HUGE_VAL, HUGE_VAL),
    SNNFE_FIELD(snnfe_channel_state, constant, U32, 0, UINT32_MAX),
    SNNFE_FIELD(snnfe_channel_state, faults, U32, 0, UINT32_MAX),
    SNNFE_FIELD(snnfe_channel_state, settled, U32, 0, 1),
    SNNFE_FIELD(snnfe_channel_state, centered, U32, 0, 1),
    SNNFE_FIELD(snnfe_channel_state, saturated, U32, 0, UINT32_MAX),
};
static const snnfe_record_type channels_type =
    SNNFE_RECORD_TYPE("decoder.channel.", snnfe_channel_state, channel_fields);

static const snnfe_field window_fields[] = {
    SNNFE_FIELD(snnfe_window, lane.step, U32, 0, UINT32_MAX),
    SNNFE_FIELD(snnfe_window, label, I32, -1, INT32_MAX),
    COUNT(snnfe_window, number),
    COUNT(snnfe_window, first_sample),
    SNNFE_FIELD(snnfe_window, faults, U32, 0, UINT32_MAX),
    SNNFE_FIELD(snnfe_window, n_bad_channels, U32, 0, SNNFE_MAX_CHANNELS),
    SNNFE_FIELD(snnfe_window, faulty_channels, BITS, 0, 0),
};
static const snnfe_record_type windows_type =
    SNNFE_RECORD_TYPE("decoder.window.", snnfe_window, window_fields);

static const snnfe_field decision_fields[] = {
    SNNFE_FIELD(snnfe_decision, decided, I32, 0, INT32_MAX),
    SNNFE_FIELD(snnfe_decision, label, I32, -1, INT32_MAX),
    SNNFE_FIELD(snnfe_decision, n_steps, U32, 0, UINT32_MAX),
    COUNT(snnfe_decision, window),
    COUNT(snnfe_decision, first_sample),
    SNNFE_FIELD(snnfe_decision, confidence, F64, 0, 1),
    SNNFE_FIELD(snnfe_decision, faults, U32, 0, UINT32_MAX),
    SNNFE_FIELD(snnfe_decision, n_bad_channels, U32, 0, SNNFE_MAX_CHANNELS),
    SNNFE_FIELD(snnfe_decision, early, I32, 0, 1),
    SNNFE_FIELD(snnfe_decision, rejected, I32, 0, 1),
    COUNT(snnfe_decision, session),
    SNNFE_FIELD(snnfe_decision, source_sample, BITS, 0, 0),
    SNNFE_FIELD(snnfe_decision, faulty_channels, BITS, 0, 0),
};
static const snnfe_record_type decisions_type =
    SNNFE_RECORD_TYPE("decoder.decision.", snnfe_decision, decision_fields);

/* One for each band of envelopes. */
static const snnfe_field band_fields[] = {
    SNNFE_FIELDS(snnfe_band_state, inputs, F64, sizeof(snnfe_band_state) / sizeof(double),
                 -HUGE_VAL, HUGE_VAL),
};
static const snnfe_record_type bands_type =
    SNNFE_RECORD_TYPE("decoder.band.", snnfe_band_state, band_fields);
static const snnfe_field bands_fields[] = {SNNFE_FIELD(snnfe_bands, settled, U32, 0, 1)};
static const snnfe_record_type settled_type =
    SNNFE_RECORD_TYPE("decoder.bands.", snnfe_bands, bands_fields);

static const char grid_name[] = "decoder.step";              /* F32 [n_positions], of envelopes */
static const char running_name[] = "decoder.window.running"; /* U8 [n_windows] */
static const char values_name[] = "decoder.values";          /* F32 [n_inputs] */
static const char history_name[] = "decoder.history";        /* F32 [n_history][n_values] */
static const char logits_name[] = "decoder.logits";          /* F32 [n_pending][n_classes] */

static void lane_prefix(char prefix[PREFIX_SIZE], size_t window)
{
    snnfe_format(prefix, PREFIX_SIZE, "decoder.window.%zu.", window);
}

/* --- saving --------------------------------------------------------------------------------- */

static snnfe_status add_windows(snnfe_tensor_list *file, const snnfe_decoder *d)
{
    const uint64_t n = d->n_windows;
    uint8_t *running = snnfe_alloc(d->n_windows, 1);
    if (!running)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < d->n_windows; i++)
        running[i] = snnfe_lane_network(&d->windows[i].lane) != NULL;
    SNNFE_TRY(snnfe_tensor_list_add_owned(file, running_name, SNNFE_U8, 1, &n, running));
    SNNFE_TRY(snnfe_records_add(file, &windows_type, d->windows, d->n_windows));
    for (size_t i = 0; i < d->n_windows; i++) {
        char prefix[PREFIX_SIZE];
        lane_prefix(prefix, i);
        if (running[i])
            SNNFE_TRY(snnfe_lane_add(file, prefix, &d->windows[i].lane));
    }
    return SNNFE_OK;
}

/* The waiting decisions and their logits, the oldest first. */
static snnfe_status add_decisions(snnfe_tensor_list *file, const snnfe_decoder *d)
{
    const size_t n = d->n_pending, capacity = d->options.n_pending;
    const size_t n_classes = d->network_options.n_classes;
    snnfe_decision *decisions = snnfe_alloc(n, sizeof *decisions);
    float *logits = snnfe_alloc(n, n_classes * sizeof *logits);
    for (size_t i = 0; decisions && logits && i < n; i++) {
        const size_t place = (d->first_pending + i) % capacity;
        decisions[i] = d->pending[place];
        memcpy(logits + i * n_classes, d->pending_logits + place * n_classes,
               n_classes * sizeof *logits);
    }
    const uint64_t shape[2] = {n, n_classes};
    snnfe_status status = decisions && logits ? SNNFE_OK : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = snnfe_records_add(file, &decisions_type, decisions, n);
    snnfe_release(decisions);
    if (status != SNNFE_OK) {
        snnfe_release(logits);
        return status;
    }
    return snnfe_tensor_list_add_owned(file, logits_name, SNNFE_F32, 2, shape, logits);
}

static snnfe_status add_bands(snnfe_tensor_list *file, const snnfe_decoder *d)
{
    const uint64_t n_positions = d->n_positions;
    if (d->bands.envelope.n_bands == 0)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_records_add(file, &settled_type, &d->bands, 1));
    SNNFE_TRY(snnfe_records_add(file, &bands_type, d->bands.states, d->bands.envelope.n_bands));
    return snnfe_tensor_list_add(file, grid_name, SNNFE_F32, 1, &n_positions, d->grid);
}

static snnfe_status fill_file(snnfe_tensor_list *file, const snnfe_decoder *d,
                              const snnfe_network *network)
{
    const hashes h = hashes_of(d, network);
    const uint64_t n_inputs = d->inputs.shape.n_inputs;
    const uint64_t history[2] = {d->options.n_history, snnfe_bands_values(&d->bands)};
    SNNFE_TRY(snnfe_tensor_list_add_metadata(file, "snnfe.format", FORMAT));
    SNNFE_TRY(snnfe_record_add_metadata(file, &options_type, &d->options));
    SNNFE_TRY(snnfe_record_add_metadata(file, &signal_type, &d->samples.signal));
    SNNFE_TRY(snnfe_record_add_metadata(file, &hashes_type, &h));
    SNNFE_TRY(snnfe_records_add(file, &info_type, &d->info, 1));
    SNNFE_TRY(snnfe_records_add(file, &decoder_type, d, 1));
    SNNFE_TRY(snnfe_records_add(file, &channels_type, d->intake.channels, snnfe_decoder_width(d)));
    SNNFE_TRY(snnfe_tensor_list_add(file, values_name, SNNFE_F32, 1, &n_inputs, d->intake.values));
    SNNFE_TRY(snnfe_tensor_list_add(file, history_name, SNNFE_F32, 2, history, d->history));
    SNNFE_TRY(add_bands(file, d));
    SNNFE_TRY(add_decisions(file, d));
    SNNFE_TRY(snnfe_decoder_control_add(file, d));
    return add_windows(file, d);
}

static snnfe_status check_windows(const snnfe_decoder *d, const snnfe_network *network)
{
    for (size_t i = 0; i < d->n_windows; i++) {
        const snnfe_network *own = snnfe_lane_network(&d->windows[i].lane);
        if (own && own != network)
            return snnfe_fail(SNNFE_ERR_STATE,
                              "snnfe_decoder_save: window %llu runs with a network that was "
                              "replaced",
                              (unsigned long long)d->windows[i].number);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_decoder_save(const snnfe_decoder *d, const char *path)
{
    static const char call[] = "snnfe_decoder_save";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    const snnfe_network *network = atomic_load(&d->offered);
    SNNFE_TRY(check_windows(d, network));
    snnfe_tensor_list *file = NULL;
    SNNFE_TRY(snnfe_tensor_list_create(&file));
    snnfe_status status = fill_file(file, d, network);
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_save(file, path);
    snnfe_tensor_list_free(file);
    return status;
}

/* --- restoring ------------------------------------------------------------------------------ */

static snnfe_status check_conditions(const snnfe_tensors *file, const snnfe_decoder *d,
                                     const snnfe_network *network)
{
    const hashes h = hashes_of(d, network);
    const char *format = snnfe_tensors_metadata(file, "snnfe.format");
    if (!format || strcmp(format, FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "is no decoder's state: metadata \"snnfe.format\" is \"%.40s\"",
                          format ? format : "");
    SNNFE_TRY(snnfe_record_expect_metadata(file, &options_type, &d->options));
    SNNFE_TRY(snnfe_record_expect_metadata(file, &signal_type, &d->samples.signal));
    return snnfe_record_expect_metadata(file, &hashes_type, &h);
}

static snnfe_status check_window(const snnfe_window *w, size_t index, bool running,
                                 const snnfe_network *network)
{
    const uint32_t n_steps = network->options.n_steps;
    if (w->lane.step > n_steps - (running ? 1 : 0))
        return snnfe_fail(SNNFE_ERR_FORMAT, "decoder.window.lane.step[%zu] is %u, of %u steps",
                          index, (unsigned)w->lane.step, (unsigned)n_steps);
    if (w->label >= (int32_t)network->options.n_classes)
        return snnfe_fail(SNNFE_ERR_FORMAT, "decoder.window.label[%zu] is %d, of %u classes", index,
                          (int)w->label, (unsigned)network->options.n_classes);
    return SNNFE_OK;
}

static snnfe_status read_windows(snnfe_tensors *file, snnfe_decoder *d,
                                 const snnfe_network *network, uint8_t *running)
{
    const uint64_t n = d->n_windows;
    SNNFE_TRY(snnfe_tensors_read(file, running_name, SNNFE_U8, 1, &n, false, running));
    SNNFE_TRY(snnfe_records_read(file, &windows_type, d->windows, d->n_windows));
    for (size_t i = 0; i < d->n_windows; i++) {
        SNNFE_TRY(check_window(&d->windows[i], i, running[i] != 0, network));
        if (!running[i])
            continue;
        char prefix[PREFIX_SIZE];
        lane_prefix(prefix, i);
        atomic_store(&d->windows[i].lane.network, network);
        SNNFE_TRY(snnfe_lane_read(file, prefix, &d->windows[i].lane));
    }
    return SNNFE_OK;
}

static snnfe_status read_decisions(snnfe_tensors *file, snnfe_decoder *d,
                                   const snnfe_network *network)
{
    const uint64_t shape[2] = {d->n_pending, network->options.n_classes};
    if (d->n_pending > d->options.n_pending)
        return snnfe_fail(SNNFE_ERR_FORMAT, "decoder.n_pending is %zu, more than %u", d->n_pending,
                          (unsigned)d->options.n_pending);
    SNNFE_TRY(snnfe_records_read(file, &decisions_type, d->pending, d->n_pending));
    for (size_t i = 0; i < d->n_pending; i++) {
        d->pending[i].struct_size = sizeof d->pending[i];
        if (d->pending[i].decided >= (int32_t)network->options.n_classes)
            return snnfe_fail(SNNFE_ERR_FORMAT,
                              "decoder.decision.decided[%zu] is %d, of %u classes", i,
                              (int)d->pending[i].decided, (unsigned)network->options.n_classes);
    }
    return snnfe_tensors_read(file, logits_name, SNNFE_F32, 2, shape, false, d->pending_logits);
}

/* The newest sample, which follows from the channels' state; of envelopes the newest step. */
static snnfe_status read_newest(snnfe_tensors *file, snnfe_decoder *d)
{
    const uint64_t n_positions = d->n_positions;
    for (size_t c = 0; c < snnfe_decoder_width(d); c++)
        d->channel_faults[c] = d->intake.channels[c].faults;
    if (d->bands.envelope.n_bands == 0) {
        snnfe_decoder_place(d, d->intake.values, d->grid, 1);
        return SNNFE_OK;
    }
    SNNFE_TRY(snnfe_records_read(file, &settled_type, &d->bands, 1));
    SNNFE_TRY(snnfe_records_read(file, &bands_type, d->bands.states, d->bands.envelope.n_bands));
    return snnfe_tensors_read(file, grid_name, SNNFE_F32, 1, &n_positions, false, d->grid);
}

static snnfe_status read_state(snnfe_tensors *file, snnfe_decoder *d, const snnfe_network *network)
{
    const uint64_t n_inputs = d->inputs.shape.n_inputs;
    const uint64_t history[2] = {d->options.n_history, snnfe_bands_values(&d->bands)};
    SNNFE_TRY(snnfe_records_read(file, &info_type, &d->info, 1));
    SNNFE_TRY(snnfe_records_read(file, &decoder_type, d, 1));
    if (d->info.session_first > d->info.n_samples)
        return snnfe_fail(SNNFE_ERR_FORMAT, "decoder.info.session_first is %llu, of %llu samples",
                          (unsigned long long)d->info.session_first,
                          (unsigned long long)d->info.n_samples);
    SNNFE_TRY(snnfe_records_read(file, &channels_type, d->intake.channels, snnfe_decoder_width(d)));
    SNNFE_TRY(
        snnfe_tensors_read(file, values_name, SNNFE_F32, 1, &n_inputs, false, d->intake.values));
    SNNFE_TRY(snnfe_tensors_read(file, history_name, SNNFE_F32, 2, history, false, d->history));
    SNNFE_TRY(read_decisions(file, d, network));
    SNNFE_TRY(read_newest(file, d));
    SNNFE_TRY(snnfe_decoder_control_read(file, d));
    uint8_t *running = snnfe_alloc(d->n_windows, 1);
    const snnfe_status status =
        running ? read_windows(file, d, network, running) : SNNFE_ERR_MEMORY;
    snnfe_release(running);
    return status;
}

/* A decoder like `d`, before its first sample. */
static snnfe_status create_spare(snnfe_decoder **spare, const snnfe_decoder *d,
                                 const snnfe_network *network)
{
    snnfe_decoder_options options = d->options;
    options.signal = &d->samples.signal;
    options.allow_mismatch = 1; /* `d` was compared when it was made */
    return snnfe_decoder_create(spare, network, &options);
}

/* Windows stay where they are: another thread may be asking which networks they use. */
static void take_window(snnfe_window *w, const snnfe_window *from)
{
    const snnfe_network *network = snnfe_lane_network(&from->lane);
    atomic_store(&w->lane.network, network);
    if (!network)
        return;
    snnfe_lane_attach(&w->lane, network);
    snnfe_lane_copy(&w->lane, &from->lane);
    w->lane.step = from->lane.step;
    w->label = from->label;
    w->number = from->number;
    w->first_sample = from->first_sample;
    w->faults = from->faults;
    w->n_bad_channels = from->n_bad_channels;
    w->faulty_channels = from->faulty_channels;
}

static void take_over(snnfe_decoder *d, const snnfe_decoder *from)
{
    const snnfe_decoder_options *o = &d->options;
    const size_t n_classes = d->network_options.n_classes;
    for (size_t i = 0; i < d->n_windows; i++)
        take_window(&d->windows[i], &from->windows[i]);
    snnfe_decoder_control_take_over(d, from);
    d->intake = from->intake;
    d->intake.patch = from->intake.patch ? &d->patch : NULL;
    d->bands = from->bands;
    d->measured_at = SNNFE_NOT_MEASURED;
    d->info = from->info;
    d->history_from = from->history_from;
    d->numbering = from->numbering;
    d->numbering.resumed = true;
    d->session_base = from->session_base;
    d->first_pending = from->first_pending;
    d->n_pending = from->n_pending;
    memcpy(d->channel_faults, from->channel_faults, sizeof d->channel_faults);
    memcpy(d->grid, from->grid, d->n_positions * sizeof *d->grid);
    memcpy(d->history, from->history,
           o->n_history * snnfe_bands_values(&d->bands) * sizeof *d->history);
    memcpy(d->pending, from->pending, o->n_pending * sizeof *d->pending);
    memcpy(d->pending_logits, from->pending_logits,
           o->n_pending * n_classes * sizeof *d->pending_logits);
}

static snnfe_status decoder_restore(snnfe_decoder *d, const char *path)
{
    static const char call[] = "snnfe_decoder_restore";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    const snnfe_network *network = atomic_load(&d->offered);
    snnfe_tensors *file = NULL;
    snnfe_decoder *spare = NULL;
    snnfe_status status = snnfe_tensors_open(&file, path);
    if (status == SNNFE_OK)
        status = check_conditions(file, d, network);
    if (status == SNNFE_OK)
        status = create_spare(&spare, d, network);
    if (status == SNNFE_OK)
        status = read_state(file, spare, network);
    if (status == SNNFE_OK)
        take_over(d, spare);
    snnfe_decoder_free(spare);
    snnfe_tensors_close(file);
    return status == SNNFE_OK
               ? status
               : snnfe_fail_kind(snnfe_fail_prefix(status, "%s", path), path, SNNFE_KIND_DECODER);
}

snnfe_status snnfe_decoder_restore(snnfe_decoder *d, const char *path)
{
    SNNFE_RETURN_COMPUTED(decoder_restore(d, path));
}
