#include "same_dataset.h"

#include "support.h"

#include <stddef.h>

snnfe_dataset_info dataset_info(const snnfe_dataset *d)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(d, &info));
    return info;
}

static bool same_texts(const char *const *a, const char *const *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(a[i], b[i]) != 0)
            return false;
    return true;
}

static bool same_signal(const snnfe_signal *a, const snnfe_signal *b)
{
    const size_t places = a->n_channels * sizeof(int32_t), numbers = a->n_channels * sizeof(double);
    return memcmp(a, b, offsetof(snnfe_signal, channel_rows)) == 0 &&
           memcmp(a->channel_rows, b->channel_rows, places) == 0 &&
           memcmp(a->channel_columns, b->channel_columns, places) == 0 &&
           memcmp(a->channel_mean_uv, b->channel_mean_uv, numbers) == 0 &&
           memcmp(a->channel_std_uv, b->channel_std_uv, numbers) == 0 &&
           memcmp(&a->n_bands, &b->n_bands, sizeof *a - offsetof(snnfe_signal, n_bands)) == 0 &&
           same_texts(a->channel_names, b->channel_names, a->n_channels) &&
           same_texts(a->class_names, b->class_names, a->n_classes);
}

/* All but the counts of events, which belong to recordings and not to the trials chosen. */
bool same_dataset(const snnfe_dataset *a, const snnfe_dataset *b)
{
    const snnfe_dataset_info i = dataset_info(a), j = dataset_info(b);
    if (memcmp(&i, &j, offsetof(snnfe_dataset_info, n_events)) != 0 ||
        !same_signal(i.signal, j.signal))
        return false;
    const size_t n = i.n_trials * sizeof(int32_t);
    return memcmp(i.trials, j.trials, n * i.n_channels * i.n_steps) == 0 &&
           memcmp(i.labels, j.labels, n) == 0 && memcmp(i.subjects, j.subjects, n) == 0 &&
           memcmp(i.runs, j.runs, n) == 0 && memcmp(i.defects, j.defects, n) == 0 &&
           memcmp(i.onsets, j.onsets, n) == 0 && memcmp(i.trial_ids, j.trial_ids, 2 * n) == 0 &&
           memcmp(i.subject_list, j.subject_list, i.n_subjects * sizeof(int32_t)) == 0;
}
