#include "base/file.h"
#include "faults.h"

#include <stdlib.h>
#include <unistd.h>

static snnfe_status check_dataset(snnfe_dataset *dataset, snnfe_status status)
{
    check_made(dataset, status);
    snnfe_dataset_free(dataset);
    snnfe_dataset_free(NULL);
    return status;
}

static snnfe_status call_options_init(world *w)
{
    snnfe_dataset_options options;
    snnfe_synthetic_options synthetic;
    (void)w;
    assert_ok(ARMED(snnfe_synthetic_options_init(&synthetic, sizeof synthetic)));
    return ARMED(snnfe_dataset_options_init(&options, sizeof options));
}

static snnfe_status call_open(world *w)
{
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    const snnfe_dataset_options options = world_recording_options();
    const snnfe_status status = ARMED(snnfe_dataset_open(&dataset, w->tree, &options));
    return check_dataset(dataset, status);
}

static snnfe_status call_open_files(world *w)
{
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    const char *const paths[] = {w->recording, w->recording};
    const int32_t subjects[] = {1, 2}, runs[] = {4, 4};
    snnfe_dataset_options options = world_recording_options();
    options.n_threads = 2;
    const snnfe_status status =
        ARMED(snnfe_dataset_open_files(&dataset, paths, subjects, runs, 2, &options));
    return check_dataset(dataset, status);
}

/* The world's recording as a tree of one person. */
static const char *bids_tree(const world *w)
{
    static const char events[] = "onset\tduration\ttrial_type\n0\t1\tT1\n1.5\t1\tT2\n";
    static const char channels[] = "name\ttype\tunits\tstatus\nC3\tEEG\tuV\tbad\n";
    static const char folder[] = "bids/sub-1/eeg", name[] = "sub-1_task-x";
    char path[256];
    size_t size = 0;
    assert_ok(snnfe_folder_create(support_path(folder)));
    void *content = support_read(w->recording, &size);
    snprintf(path, sizeof path, "%s/%s_eeg.edf", folder, name);
    support_write(support_path(path), content, size);
    free(content);
    snprintf(path, sizeof path, "%s/%s_events.tsv", folder, name);
    support_write(support_path(path), events, sizeof events - 1);
    snprintf(path, sizeof path, "%s/%s_channels.tsv", folder, name);
    support_write(support_path(path), channels, sizeof channels - 1);
    snprintf(path, sizeof path, "%s/%s_eeg.json", folder, name);
    support_write(support_path(path), "{\"SamplingFrequency\": 160}", 26);
    support_write(support_path("bids/participants.tsv"), "participant_id\nsub-1\n", 21);
    return support_path("bids");
}

static snnfe_status call_open_bids(world *w)
{
    static const char *const names[] = {"T1", "T2"};
    static const int32_t labels[] = {0, 1};
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    const char *root = bids_tree(w);
    snnfe_bids_options bids;
    snnfe_dataset_options options = world_recording_options();
    assert_ok(snnfe_bids_options_init(&bids, sizeof bids));
    options.label_set = SNNFE_LABELS_EVENTS;
    options.event_names = names;
    options.event_labels = labels;
    options.n_event_names = 2;
    options.runs = options.statistics_runs = NULL;
    options.n_runs = options.n_statistics_runs = 0;
    options.allow_empty_classes = 1;
    const snnfe_status status = ARMED(snnfe_dataset_open_bids(&dataset, root, &bids, &options));
    return check_dataset(dataset, status);
}

static snnfe_status call_bids_options_init(world *w)
{
    snnfe_bids_options bids;
    (void)w;
    return ARMED(snnfe_bids_options_init(&bids, sizeof bids));
}

static snnfe_status call_from_arrays(world *w)
{
    static const float trials[2 * 2 * 3] = {1, 2, 3};
    static const int32_t labels[2] = {0, 1}, rows[2] = {0, 1}, columns[2] = {0, 1};
    const snnfe_dataset_arrays arrays = {
        .struct_size = sizeof arrays,
        .n_steps = 3,
        .n_trials = 2,
        .trials = trials,
        .labels = labels,
        .signal = &(const snnfe_signal){.struct_size = sizeof(snnfe_signal),
                                        .n_channels = 2,
                                        .channel_rows = rows,
                                        .channel_columns = columns}};
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    (void)w;
    const snnfe_status status = ARMED(snnfe_dataset_from_arrays(&dataset, &arrays));
    return check_dataset(dataset, status);
}

static snnfe_status call_getters(world *w)
{
    const snnfe_dataset *d = w->recorded;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    faults_arm();
    const snnfe_status status = snnfe_dataset_get_info(d, &info);
    ck_assert(info.trials && info.labels && info.subjects && info.runs && info.onsets);
    ck_assert(info.trial_ids && info.subject_list && info.signal->class_names[0]);
    return faults_disarm(status);
}

static snnfe_status call_copy_grid(world *w)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(w->recorded, &info));
    float *grid = malloc(sizeof *grid * info.n_rows * info.n_columns * info.n_steps);
    const snnfe_status status = ARMED(snnfe_dataset_copy_grid(w->recorded, NULL, 1, grid));
    free(grid);
    return status;
}

static snnfe_status call_normalize(world *w)
{
    static const int32_t subject = 1;
    return ARMED(snnfe_dataset_normalize(w->recorded, &subject, 1));
}

static snnfe_status call_subset(world *w)
{
    static const int32_t indices[] = {3, 1};
    snnfe_dataset *subset = JUNK(snnfe_dataset);
    const snnfe_status status = ARMED(snnfe_dataset_subset(&subset, w->dataset, indices, 2));
    return check_dataset(subset, status);
}

static snnfe_status call_concatenate(world *w)
{
    const snnfe_dataset *const parts[] = {w->recorded, w->recorded};
    snnfe_dataset *joined = JUNK(snnfe_dataset);
    const snnfe_status status = ARMED(snnfe_dataset_concatenate(&joined, parts, 2));
    return check_dataset(joined, status);
}

static snnfe_status call_save(world *w)
{
    unlink(w->output);
    const snnfe_status status = ARMED(snnfe_dataset_save(w->recorded, w->output));
    check_saved(w->output, status);
    return status;
}

static snnfe_status call_load(world *w)
{
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    const snnfe_status status = ARMED(snnfe_dataset_load(&dataset, w->dataset_file));
    return check_dataset(dataset, status);
}

static snnfe_status call_filter_design(world *w)
{
    double taps[2000];
    size_t n = sizeof taps / sizeof taps[0];
    (void)w;
    return ARMED(snnfe_filter_design(2, 30, 160, &n, taps));
}

static snnfe_status call_filter_apply(world *w)
{
    static const double taps[3] = {0.25, 0.5, 0.25};
    float samples[2 * 50] = {1, 2, 3};
    (void)w;
    return ARMED(snnfe_filter_apply(samples, 2, 50, taps, 3));
}

static snnfe_status call_resample(world *w)
{
    static float samples[2 * 50] = {1, 2, 3}, resampled[2 * 80];
    size_t n = 80;
    (void)w;
    return ARMED(snnfe_resample(samples, 2, 50, 100, 160, &n, resampled));
}

static snnfe_status call_open_resampled(world *w)
{
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    snnfe_dataset_options options = world_recording_options();
    options.resample = 1;
    options.quality = SNNFE_QUALITY_MARK;
    options.sampling_rate_hz = 250;
    const snnfe_status status = ARMED(snnfe_dataset_open(&dataset, w->tree, &options));
    return check_dataset(dataset, status);
}

static snnfe_status call_montage_place(world *w)
{
    static const char *const names[] = {"C3", "Nowhere"};
    int32_t rows[2], columns[2];
    (void)w;
    assert_ok(snnfe_montage_place(names, 1, 10, 11, rows, columns));
    faults_arm();
    const snnfe_status status = snnfe_montage_place(names, 2, 10, 11, rows, columns);
    ck_assert(status == SNNFE_ERR_NOT_FOUND || status == SNNFE_ERR_MEMORY);
    return faults_disarm(status == SNNFE_ERR_NOT_FOUND ? SNNFE_OK : status);
}

static snnfe_status call_montage_draw(world *w)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(w->recorded, &info));
    static char text[4096];
    size_t size = sizeof text;
    return ARMED(snnfe_montage_draw(info.signal, info.n_rows, info.n_columns, &size, text));
}

static snnfe_status call_open_found(world *w)
{
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    snnfe_dataset_options options = world_recording_options();
    options.channel_names = NULL;
    options.channel_rows = options.channel_columns = NULL;
    options.n_channels = 0;
    options.electrodes = SNNFE_ELECTRODES_FOUND;
    options.n_rows = 10;
    options.n_columns = 11;
    const snnfe_status status = ARMED(snnfe_dataset_open(&dataset, w->tree, &options));
    return check_dataset(dataset, status);
}

static snnfe_synthetic_options few_recordings(void)
{
    static const int32_t runs[] = {4};
    snnfe_synthetic_options options;
    assert_ok(snnfe_synthetic_options_init(&options, sizeof options));
    options.n_subjects = 1;
    options.runs = runs;
    options.n_runs = 1;
    options.trials_per_run = 2;
    options.n_threads = 1;
    return options;
}

static snnfe_status call_synthetic_write(world *w)
{
    const snnfe_synthetic_options options = few_recordings();
    (void)w;
    return ARMED(snnfe_synthetic_write(support_path("synthetic"), &options));
}

static snnfe_status call_synthesize(world *w)
{
    const snnfe_synthetic_options recordings = few_recordings();
    const snnfe_dataset_options options = world_recording_options();
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    (void)w;
    const snnfe_status status = ARMED(snnfe_dataset_synthesize(&dataset, &recordings, &options));
    return check_dataset(dataset, status);
}

const call dataset_calls[] = {
    {"snnfe_dataset_options_init", call_options_init},
    {"snnfe_dataset_open", call_open},
    {"snnfe_dataset_open", call_open_found},
    {"snnfe_dataset_open", call_open_resampled},
    {"snnfe_dataset_open_files", call_open_files},
    {"snnfe_bids_options_init", call_bids_options_init},
    {"snnfe_dataset_open_bids", call_open_bids},
    {"snnfe_dataset_from_arrays", call_from_arrays},
    {"snnfe_dataset_free", call_load},
    {"snnfe_dataset_get_info", call_getters},
    {"snnfe_dataset_copy_grid", call_copy_grid},
    {"snnfe_dataset_normalize", call_normalize},
    {"snnfe_dataset_subset", call_subset},
    {"snnfe_dataset_concatenate", call_concatenate},
    {"snnfe_dataset_save", call_save},
    {"snnfe_dataset_load", call_load},
    {"snnfe_filter_design", call_filter_design},
    {"snnfe_filter_apply", call_filter_apply},
    {"snnfe_resample", call_resample},
    {"snnfe_montage_place", call_montage_place},
    {"snnfe_montage_draw", call_montage_draw},
    {"snnfe_synthetic_options_init", call_options_init},
    {"snnfe_synthetic_write", call_synthetic_write},
    {"snnfe_dataset_synthesize", call_synthesize},
    {NULL, NULL},
};
