/* Options of a data set. */
#include "dataset/dataset_internal.h"
#include "dataset/quality.h"
#include "signal/notch.h"

#include "base/check.h"
#include "base/options.h"

static const char struct_name[] = "snnfe_dataset_options";

static const snnfe_dataset_options default_options = {
    .struct_size = sizeof(snnfe_dataset_options),
    .label_set = SNNFE_LABELS_LEFT_RIGHT,
    .filter_low_hz = 0.1,
    .filter_high_hz = 79,
    .sampling_rate_hz = 160,
    .window_length = 160,
    .window_limit = 161,
    .n_rows = 10,
    .n_columns = 11,
    .filter_order = 2,
    .envelope_window_s = 0.5,
    .envelope_hop_s = 0.25,
    .clip_samples = 5,
    .flat_uv = 0.5,
    .peak_uv = 800,
    .muscle_uv = 30,
    .notch_width_hz = SNNFE_NOTCH_WIDTH,
};

snnfe_status snnfe_dataset_options_init(snnfe_dataset_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

static snnfe_status check_choices(const snnfe_dataset_options *o)
{
    SNNFE_TRY(snnfe_check_switch(struct_name, ".executed", o->executed));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".normalization", o->normalization,
                                 SNNFE_NORMALIZE_NONE + 1, "ALL, GIVEN or NONE"));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".filter_kind", o->filter_kind,
                                 SNNFE_FILTER_CAUSAL + 1, "ZERO_PHASE or CAUSAL"));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".missing", o->missing, SNNFE_MISSING_SKIP + 1,
                                 "ERROR or SKIP"));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".strict", o->strict));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".allow_empty_classes", o->allow_empty_classes));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".electrodes", o->electrodes,
                                 SNNFE_ELECTRODES_FOUND + 1, "EEGMMIDB or FOUND"));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".resample", o->resample));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".absent_electrodes", o->absent_electrodes,
                                 SNNFE_ABSENT_INTERPOLATED + 1, "ERROR or INTERPOLATED"));
    SNNFE_TRY(snnfe_quality_options_check(o));
    return snnfe_check_choice(struct_name, ".other_events", o->other_events,
                              SNNFE_OTHERS_IGNORED + 1, "END or IGNORED");
}

/* What the frequency is that a tree says, is checked when it was read. */
static snnfe_status check_notch(const snnfe_dataset_options *o)
{
    SNNFE_TRY(snnfe_check_number(struct_name, ".notch_width_hz", o->notch_width_hz, 1e-6, 1e6));
    return snnfe_notch_is_auto(o)
               ? SNNFE_OK
               : snnfe_check_number(struct_name, ".notch_hz", o->notch_hz, 0, 1e6);
}

/* Statistics that are given are of channels that the caller knows. */
static snnfe_status check_statistics(const snnfe_dataset_options *o)
{
    if (o->normalization != SNNFE_NORMALIZE_GIVEN)
        return SNNFE_OK;
    if (!o->channel_names && o->electrodes == SNNFE_ELECTRODES_FOUND)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: statistics that are GIVEN need channel_names, not what is FOUND",
                          struct_name);
    SNNFE_TRY(snnfe_check_pointer(struct_name, ".channel_mean_uv", o->channel_mean_uv));
    return snnfe_check_pointer(struct_name, ".channel_std_uv", o->channel_std_uv);
}

#define IS_SET(member) SNNFE_IS_SET(o, &default_options, member)

/* What would be taken for done, and is not. */
static snnfe_status check_needs(const snnfe_dataset_options *o)
{
    static const char marked[] = "quality is MARK or DROP", given[] = "normalization is GIVEN",
                      regressed[] = "ocular is REGRESSION", events[] = "label_set is EVENTS",
                      banded[] = "there are bands (n_bands)";
    const bool looks = o->quality != SNNFE_QUALITY_KEEP, has_bands = o->n_bands > 0,
               regresses = o->ocular == SNNFE_OCULAR_REGRESSION,
               has_events = o->label_set == SNNFE_LABELS_EVENTS,
               takes = o->normalization == SNNFE_NORMALIZE_GIVEN;
    const snnfe_need needs[] = {
        {".clip_samples", IS_SET(clip_samples), looks, marked},
        {".flat_uv", IS_SET(flat_uv), looks, marked},
        {".peak_uv", IS_SET(peak_uv), looks, marked},
        {".muscle_uv", IS_SET(muscle_uv), looks, marked},
        {".filter_order", IS_SET(filter_order), o->filter_kind == SNNFE_FILTER_CAUSAL,
         "filter_kind is CAUSAL"},
        {".notch_width_hz", IS_SET(notch_width_hz), IS_SET(notch_hz),
         "there is a notch (notch_hz)"},
        {".n_lags", IS_SET(n_lags), regresses, regressed},
        {".keep_references", IS_SET(keep_references), regresses, regressed},
        {".reference_names", IS_SET(reference_names), regresses, regressed},
        {".envelope_window_s", IS_SET(envelope_window_s), has_bands, banded},
        {".envelope_hop_s", IS_SET(envelope_hop_s), has_bands, banded},
        {".channel_mean_uv", IS_SET(channel_mean_uv), takes, given},
        {".channel_std_uv", IS_SET(channel_std_uv), takes, given},
        {".electrodes", IS_SET(electrodes), !o->channel_names, "channel_names is NULL"},
        {".event_names", IS_SET(event_names), has_events, events},
        {".other_events", IS_SET(other_events), has_events, events},
        {".executed", IS_SET(executed), !has_events, "label_set is one of EEGMMIDB's"},
    };
    return snnfe_check_needs(struct_name, needs, sizeof needs / sizeof *needs);
}

snnfe_status snnfe_dataset_options_take(snnfe_dataset_options *adopted,
                                        const snnfe_dataset_options *options)
{
    SNNFE_TRY(
        snnfe_options_adopt(adopted, &default_options, sizeof *adopted, options, struct_name));
    const snnfe_dataset_options *o = adopted;
    SNNFE_TRY(check_choices(o));
    SNNFE_TRY(check_needs(o));
    SNNFE_TRY(snnfe_check_count(struct_name, ".window_start", o->window_start, 0, 100000000));
    SNNFE_TRY(snnfe_check_count(struct_name, ".window_length", o->window_length, 1, 1000000));
    SNNFE_TRY(snnfe_check_count(struct_name, ".window_overlap", o->window_overlap, 0,
                                o->window_length - 1));
    if (!(o->sampling_rate_hz > 0 && o->sampling_rate_hz < 1e6))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.sampling_rate_hz is %g, not in 0…1e6",
                          struct_name, o->sampling_rate_hz);
    SNNFE_TRY(check_notch(o));
    SNNFE_TRY(check_statistics(o));
    SNNFE_TRY(snnfe_check_array(struct_name, ".subjects", o->subjects, o->n_subjects));
    SNNFE_TRY(snnfe_check_array(struct_name, ".runs", o->runs, o->n_runs));
    SNNFE_TRY(snnfe_check_array(struct_name, ".band_low_hz", o->band_low_hz, o->n_bands));
    SNNFE_TRY(snnfe_check_array(struct_name, ".band_high_hz", o->band_high_hz, o->n_bands));
    return snnfe_check_array(struct_name, ".statistics_runs", o->statistics_runs,
                             o->n_statistics_runs);
}
