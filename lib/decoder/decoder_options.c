/* Options of a decoder. */
#include "base/check.h"
#include "base/options.h"
#include "dataset/dataset_internal.h"
#include "decoder/decoder_internal.h"

#include <math.h>
#include <string.h>

static const char struct_name[] = "snnfe_decoder_options";

static const snnfe_decoder_options default_options = {
    .struct_size = sizeof(snnfe_decoder_options),
    .n_pending = 64,
    .n_channels = SNNFE_MAX_CHANNELS,
    .sampling_rate_hz = 160,
    .filter_low_hz = 0.1,
    .filter_high_hz = 79,
    .filter_order = 2,
    .early_least = 1,
    .saturation_uv = 5000,
    .noisy_z = 20,
    .flat_samples = 80,
    .longest_gap = 16,
    .most_bad_channels = 16,
    .range_uv = 1e6,
};

snnfe_status snnfe_decoder_options_init(snnfe_decoder_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

snnfe_status snnfe_decoder_options_dataset(snnfe_decoder_options *options,
                                           const snnfe_dataset *dataset)
{
    static const char call[] = "snnfe_decoder_options_dataset";
    SNNFE_TRY(snnfe_check_pointer(call, "options", options));
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_decoder_options full;
    SNNFE_TRY(snnfe_dataset_get_info(dataset, &info));
    SNNFE_TRY(snnfe_options_adopt(&full, &default_options, sizeof full, options, struct_name));
    full.n_channels = info.n_channels;
    full.channel_rows = snnfe_dataset_channel_rows(dataset);
    full.channel_columns = snnfe_dataset_channel_columns(dataset);
    full.channel_names = dataset->channel_names;
    full.class_names = dataset->class_name_list;
    full.n_class_names = info.n_classes;
    full.channel_mean_uv = snnfe_dataset_channel_mean(dataset);
    full.channel_std_uv = snnfe_dataset_channel_std(dataset);
    full.sampling_rate_hz = info.sampling_rate_hz;
    full.filter_low_hz = info.filter_low_hz;
    full.filter_high_hz = info.filter_high_hz;
    if (info.filter_kind == SNNFE_FILTER_CAUSAL)
        full.filter_order = info.filter_order;
    full.most_bad_channels = info.n_channels / 4;
    snnfe_info_give(options, &full, sizeof full);
    return SNNFE_OK;
}

static snnfe_status take_names(const snnfe_decoder_options *o, snnfe_channels *channels)
{
    if (o->channel_names)
        return snnfe_channels_take(channels, o->channel_names, o->n_channels,
                                   "snnfe_decoder_options.channel_names");
    if (o->channel_rows)
        memset(channels->names, 0, sizeof channels->names);
    return SNNFE_OK;
}

static snnfe_status take_channels(const snnfe_network *network, const snnfe_decoder_options *o,
                                  int32_t *rows, int32_t *columns,
                                  char names[SNNFE_MAX_CHANNELS][SNNFE_NAME_SIZE])
{
    snnfe_montage montage;
    snnfe_montage_eegmmidb(&montage);
    if (!o->channel_rows != !o->channel_columns)
        return snnfe_fail_null(struct_name, o->channel_rows ? ".channel_columns" : ".channel_rows");
    if (!o->channel_rows && o->n_channels != montage.channels.n)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_decoder_options.n_channels is %zu: %zu channels without places",
                          o->n_channels, montage.channels.n);
    montage.channels.n = o->n_channels;
    montage.n_rows = network->options.n_rows;
    montage.n_columns = network->options.n_columns;
    for (size_t c = 0; o->channel_rows && c < o->n_channels; c++) {
        montage.rows[c] = o->channel_rows[c];
        montage.columns[c] = o->channel_columns[c];
    }
    if (snnfe_montage_check(&montage, "snnfe_decoder_options.channel_rows") != SNNFE_OK)
        return SNNFE_ERR_SHAPE;
    SNNFE_TRY(take_names(o, &montage.channels));
    memcpy(names, montage.channels.names, sizeof montage.channels.names);
    memcpy(rows, montage.rows, sizeof montage.rows);
    memcpy(columns, montage.columns, sizeof montage.columns);
    return SNNFE_OK;
}

static snnfe_status fill_defaults(const snnfe_network *network, snnfe_decoder_options *o)
{
    const uint32_t n_steps = network->options.n_steps;
    if (o->hop == 0)
        o->hop = n_steps;
    if (o->n_history == 0)
        o->n_history = 2 * n_steps;
    if (o->longest_repeat == 0)
        o->longest_repeat = (uint32_t)fmin(fmax(nearbyint(o->sampling_rate_hz), 1), 1e9);
    if (o->n_running == 0) {
        const uint32_t needed = (n_steps + o->hop - 1) / o->hop;
        o->n_running = o->windows == SNNFE_WINDOWS_CUED ? 2 : needed;
    }
    SNNFE_TRY(snnfe_check_count(struct_name, ".hop", o->hop, 1, UINT32_C(1) << 31));
    SNNFE_TRY(
        snnfe_check_count(struct_name, ".n_history", o->n_history, n_steps, UINT32_C(1) << 24));
    return snnfe_check_count(struct_name, ".n_running", o->n_running, 1, 1024);
}

snnfe_status snnfe_decoder_options_take(snnfe_decoder_options *o, const snnfe_network *network,
                                        const snnfe_decoder_options *options,
                                        int32_t rows[SNNFE_MAX_CHANNELS],
                                        int32_t columns[SNNFE_MAX_CHANNELS],
                                        char names[SNNFE_MAX_CHANNELS][SNNFE_NAME_SIZE])
{
    SNNFE_TRY(snnfe_options_adopt(o, &default_options, sizeof *o, options, struct_name));
    SNNFE_TRY(snnfe_check_integer(struct_name, ".windows", o->windows, 0, SNNFE_WINDOWS_CUED));
    SNNFE_TRY(snnfe_check_integer(struct_name, ".repair", o->repair, 0, SNNFE_REPAIR_NONE));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_pending", o->n_pending, 1, 65536));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_channels", o->n_channels, 1, SNNFE_MAX_CHANNELS));
    SNNFE_TRY(
        snnfe_check_count(struct_name, ".flat_samples", o->flat_samples, 2, UINT32_C(1) << 31));
    SNNFE_TRY(snnfe_check_count(struct_name, ".early_least", o->early_least, 1, UINT32_MAX));
    SNNFE_TRY(snnfe_check_positive(struct_name, ".saturation_uv", o->saturation_uv));
    SNNFE_TRY(snnfe_check_positive(struct_name, ".range_uv", o->range_uv));
    SNNFE_TRY(snnfe_check_positive(struct_name, ".noisy_z", o->noisy_z));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".allow_mismatch", o->allow_mismatch));
    if (o->counter_bits != 0)
        SNNFE_TRY(snnfe_check_count(struct_name, ".counter_bits", o->counter_bits, 8, 64));
    if (!(o->early_confidence <= 0 && o->early_confidence >= 0) &&
        !(o->early_confidence >= 0.5 && o->early_confidence <= 1))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_decoder_options.early_confidence is %g, not 0 or in 0.5…1",
                          o->early_confidence);
    SNNFE_TRY(take_channels(network, o, rows, columns, names));
    return fill_defaults(network, o);
}
