/* A data set of synthetic recordings that never were files. */
#include "dataset/bad_channels.h"
#include "dataset/dataset_build.h"
#include "synthetic/synthetic_model.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/hash.h"
#include "base/memory.h"
#include "recording/eegmmidb.h"

#include <string.h>

typedef struct synthetic_source {
    const snnfe_synthetic_options *options;
    const snnfe_synthetic_subject *subjects; /* number 1 first */
    snnfe_dataset_plan plan;
    snnfe_recording_list list;
} synthetic_source;

static bool makes_run(const snnfe_synthetic_options *o, int32_t run)
{
    for (size_t i = 0; i < snnfe_synthetic_run_count(o); i++)
        if (snnfe_synthetic_run(o, i) == run)
            return true;
    return false;
}

static snnfe_status present_subjects(const snnfe_tree *tree, int32_t *subjects, size_t *n)
{
    const snnfe_synthetic_options *o = tree->context;
    for (uint32_t s = 1; s <= o->n_subjects; s++)
        subjects[(*n)++] = (int32_t)s;
    return SNNFE_OK;
}

static bool has_run(const snnfe_tree *tree, const char *path, int32_t run)
{
    (void)path;
    return makes_run(tree->context, run);
}

static snnfe_status load(void *context, size_t index, snnfe_recording *recording, bool *missing)
{
    const synthetic_source *source = context;
    const char *path = source->list.paths[index];
    const int32_t number = source->list.subjects[index], run = source->list.runs[index];
    if ((uint32_t)number > source->options->n_subjects || !makes_run(source->options, run)) {
        *missing = true;
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: no such recording", path);
    }
    SNNFE_TRY(
        snnfe_synthetic_record(recording, source->options, &source->subjects[number - 1], run));
    recording->hash = snnfe_hash_floats(SNNFE_HASH_START, recording->samples,
                                        recording->n_channels * recording->n_samples);
    const snnfe_channels *inputs = &source->plan.cleaning.inputs;
    SNNFE_TRY(snnfe_recording_select(recording, path, inputs));
    return snnfe_bad_channels_replace(recording, path, inputs, &source->plan.positions, 0);
}

static snnfe_status find_electrodes(void *context, snnfe_channels *channels)
{
    (void)context;
    snnfe_eegmmidb_channels(channels);
    return SNNFE_OK;
}

static snnfe_status build_from(snnfe_dataset **dataset, synthetic_source *source)
{
    const snnfe_tree tree = {"synthetic", present_subjects, has_run, source->options};
    const snnfe_recording_source recordings = {load, source};
    const snnfe_electrode_source electrodes = {find_electrodes, NULL};
    SNNFE_TRY(snnfe_recording_list_tree(&source->list, &tree, &source->plan.labels));
    SNNFE_TRY(snnfe_dataset_plan_channels(&source->plan, &electrodes));
    return snnfe_dataset_build(dataset, &source->plan, &recordings, &source->list);
}

static snnfe_status dataset_synthesize(snnfe_dataset **dataset,
                                       const snnfe_synthetic_options *recordings,
                                       const snnfe_dataset_options *options)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_dataset_synthesize", "dataset", dataset));
    *dataset = NULL;
    snnfe_synthetic_options r;
    synthetic_source source = {.options = &r};
    SNNFE_TRY(snnfe_synthetic_options_take(&r, recordings));
    SNNFE_TRY(snnfe_dataset_plan_make(&source.plan, options));
    if (r.layout != SNNFE_LAYOUT_EEGMMIDB)
        return snnfe_fail(
            SNNFE_ERR_ARGUMENT,
            "snnfe_synthetic_options.layout is BIDS, which is of files: without files "
            "it is EEGMMIDB");
    const double rate = source.plan.options.sampling_rate_hz;
    if (rate != SNNFE_SYNTHETIC_RATE &&
        !source.plan.options.resample) /* exact: it is a setting, not a result */
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "sampling_rate_hz is %g, but synthetic recordings have %d Hz", rate,
                          SNNFE_SYNTHETIC_RATE);
    snnfe_synthetic_subject *subjects = snnfe_alloc(r.n_subjects, sizeof *subjects);
    if (!subjects)
        return SNNFE_ERR_MEMORY;
    for (uint32_t s = 0; s < r.n_subjects; s++)
        snnfe_synthetic_subject_make(&subjects[s], &r, (int32_t)s + 1);
    source.subjects = subjects;
    const snnfe_status status = build_from(dataset, &source);
    snnfe_recording_list_release(&source.list);
    snnfe_release(subjects);
    return status;
}

snnfe_status snnfe_dataset_synthesize(snnfe_dataset **dataset,
                                      const snnfe_synthetic_options *recordings,
                                      const snnfe_dataset_options *options)
{
    SNNFE_RETURN_COMPUTED(dataset_synthesize(dataset, recordings, options));
}
