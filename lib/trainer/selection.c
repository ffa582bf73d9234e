#include "selection.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/memory.h"

#include <string.h>

snnfe_status snnfe_selection_check_dataset(const char *call, const snnfe_dataset *dataset,
                                           const snnfe_network *network, snnfe_dataset_info *info)
{
    *info = (snnfe_dataset_info){.struct_size = sizeof *info};
    SNNFE_TRY(snnfe_dataset_get_info(dataset, info));
    const snnfe_network_options *o = &network->options;
    const struct {
        const char *name;
        uint32_t data, network;
    } sizes[] = {{"n_rows", info->n_rows, o->n_rows},
                 {"n_columns", info->n_columns, o->n_columns},
                 {"n_steps", info->n_steps, o->n_steps},
                 {"n_classes", info->n_classes, o->n_classes}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (sizes[i].data != sizes[i].network)
            return snnfe_fail(SNNFE_ERR_SHAPE, "%s: %s is %u in the data set, %u in the network",
                              call, sizes[i].name, (unsigned)sizes[i].data,
                              (unsigned)sizes[i].network);
    return SNNFE_OK;
}

snnfe_status snnfe_selection_check_indices(const char *call, const char *list,
                                           const int32_t *indices, size_t n, size_t n_trials)
{
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(snnfe_check_entry(call, list, i, indices[i], n_trials));
    return SNNFE_OK;
}

static int32_t position_of(const snnfe_selection *selection, size_t i)
{
    return selection->indices ? selection->indices[i] : (int32_t)i;
}

/* Cannot fail: indices were checked. */
static void copy_trial(const void *context, size_t index, float *grid)
{
    const snnfe_selection *selection = context;
    const int32_t position = position_of(selection, index);
    snnfe_dataset_copy_grid(selection->dataset, &position, 1, grid);
}

static size_t trial_of(const void *context, size_t index)
{
    return (size_t)position_of(context, index);
}

snnfe_trials snnfe_selection_trials(const snnfe_selection *selection)
{
    return (snnfe_trials){selection->n, copy_trial, trial_of, selection};
}

int32_t snnfe_selection_label(const snnfe_selection *selection, size_t i)
{
    return snnfe_dataset_about(selection->dataset).labels[position_of(selection, i)];
}

void snnfe_selection_windows(const snnfe_selection *selection, const float *logits,
                             size_t n_classes, snnfe_window *windows)
{
    const snnfe_dataset_info about = snnfe_dataset_about(selection->dataset);
    for (size_t i = 0; i < selection->n; i++) {
        const int32_t position = position_of(selection, i);
        windows[i] = (snnfe_window){about.trial_ids[position], logits + i * n_classes,
                                    about.labels[position]};
    }
}

static snnfe_status count(const snnfe_selection *selection, const float *logits, size_t n_classes,
                          snnfe_score *score)
{
    snnfe_window *windows = snnfe_alloc(selection->n, sizeof *windows);
    if (!windows)
        return SNNFE_ERR_MEMORY;
    snnfe_selection_windows(selection, logits, n_classes, windows);
    snnfe_score_windows(score, windows, selection->n, n_classes);
    snnfe_release(windows);
    return SNNFE_OK;
}

snnfe_status snnfe_selection_score(snnfe_engine *engine, const snnfe_network *network,
                                   const snnfe_selection *selection, const snnfe_sink *sink,
                                   float *logits, snnfe_score *score)
{
    const snnfe_trials trials = snnfe_selection_trials(selection);
    *score = (snnfe_score){0};
    if (selection->n == 0)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_engine_evaluate(engine, &trials, sink, "evaluate", logits, NULL));
    return count(selection, logits, network->options.n_classes, score);
}

uint64_t snnfe_selection_hash(uint64_t hash, const snnfe_selection *selection,
                              const snnfe_dataset_info *info)
{
    const size_t size = (size_t)info->n_channels * info->n_steps;
    for (size_t c = 0; c < info->n_channels; c++) {
        hash = snnfe_hash_word(hash, (uint32_t)info->signal->channel_rows[c]);
        hash = snnfe_hash_word(hash, (uint32_t)info->signal->channel_columns[c]);
    }
    hash = snnfe_hash_word(hash, selection->n);
    for (size_t i = 0; i < selection->n; i++) {
        const size_t position = (size_t)position_of(selection, i);
        hash = snnfe_hash_word(hash, position);
        hash = snnfe_hash_word(hash, (uint32_t)info->labels[position]);
        hash = snnfe_hash_word(hash, (uint32_t)info->subjects[position]);
        hash = snnfe_hash_word(hash, (uint32_t)info->runs[position]);
        hash = snnfe_hash_word(hash, (uint32_t)info->onsets[position]);
        const float *samples = info->trials + position * size;
        for (size_t k = 0; k < size; k++) {
            uint32_t bits;
            memcpy(&bits, &samples[k], sizeof bits);
            hash = snnfe_hash_word(hash, bits);
        }
    }
    return hash;
}
