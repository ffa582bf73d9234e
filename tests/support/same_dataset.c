#include "same_dataset.h"

#include "support.h"

snnfe_dataset_info dataset_info(const snnfe_dataset *d)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(d, &info));
    return info;
}

/* All but the counts of events, which belong to recordings and not to the trials chosen. */
static snnfe_dataset_info comparable(const snnfe_dataset *d)
{
    snnfe_dataset_info info = dataset_info(d);
    info.n_events = info.n_events_used = info.n_events_other = 0;
    info.n_events_short = info.n_events_outside = info.n_events_shared = 0;
    return info;
}

bool same_dataset(const snnfe_dataset *a, const snnfe_dataset *b)
{
    const snnfe_dataset_info i = comparable(a), j = comparable(b);
    if (memcmp(&i, &j, sizeof i) != 0)
        return false;
    const size_t n = i.n_trials * sizeof(int32_t), channels = i.n_channels * sizeof(double);
    return memcmp(snnfe_dataset_trials(a), snnfe_dataset_trials(b),
                  i.n_trials * i.n_channels * i.n_steps * sizeof(float)) == 0 &&
           memcmp(snnfe_dataset_labels(a), snnfe_dataset_labels(b), n) == 0 &&
           memcmp(snnfe_dataset_subjects(a), snnfe_dataset_subjects(b), n) == 0 &&
           memcmp(snnfe_dataset_runs(a), snnfe_dataset_runs(b), n) == 0 &&
           memcmp(snnfe_dataset_onsets(a), snnfe_dataset_onsets(b), n) == 0 &&
           memcmp(snnfe_dataset_trial_ids(a), snnfe_dataset_trial_ids(b), 2 * n) == 0 &&
           memcmp(snnfe_dataset_channel_mean(a), snnfe_dataset_channel_mean(b), channels) == 0 &&
           memcmp(snnfe_dataset_channel_std(a), snnfe_dataset_channel_std(b), channels) == 0 &&
           strcmp(snnfe_dataset_class_name(a, 0), snnfe_dataset_class_name(b, 0)) == 0 &&
           strcmp(snnfe_dataset_channel_name(a, 0), snnfe_dataset_channel_name(b, 0)) == 0;
}
