/* snnfe-preprocess: recordings to a saved data set. */
#include "statistics_file.h"

static const char *const label_sets[] = {
    "left_right",           "fists_feet",      "left_feet",
    "right_feet",           "left_right_feet", "left_right_fists_feet",
    "rest_left_right_feet", "rest_feet",       NULL};
static const char *const missing_names[] = {"error", "skip", NULL};
static const char *const normalisations[] = {"all", "given", "none", "subjects", NULL};
static const char *const filter_kinds[] = {"zero_phase", "causal", NULL};
static const char *const normalise_choices[] = {"all", "none", NULL};

static snnfe_status print_summary(const snnfe_dataset *dataset, const char *path)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    const snnfe_status status = snnfe_dataset_get_info(dataset, &info);
    if (status != SNNFE_OK)
        return status;
    cli_end_progress();
    printf("%zu epochs of %u channels x %u samples at %g Hz, %zu subjects%s\n", info.n_epochs,
           (unsigned)info.n_channels, (unsigned)info.n_steps, info.sampling_rate_hz,
           info.n_subjects, info.synthetic ? " (synthetic recordings)" : "");
    for (uint32_t k = 0; k < info.n_classes; k++) {
        size_t n = 0;
        for (size_t i = 0; i < info.n_epochs; i++)
            n += snnfe_dataset_labels(dataset)[i] == (int32_t)k;
        printf("  class %u, %s: %zu\n", (unsigned)k, snnfe_dataset_class_name(dataset, k), n);
    }
    printf("  %s filter %g-%g Hz, normalisation %s, %zu recordings missing\n",
           filter_kinds[info.filter_kind], info.filter_low_hz, info.filter_high_hz,
           normalisations[info.normalisation], info.n_missing);
    printf("saved as %s\n", path);
    return SNNFE_OK;
}

int main(int argc, char **argv)
{
    snnfe_dataset_options o;
    if (snnfe_dataset_options_init(&o, sizeof o) != SNNFE_OK)
        return cli_failure(SNNFE_ERR_INTERNAL);
    const char *root = NULL, *output = "data.safetensors";
    const char *statistics_path = NULL, *statistics_out = NULL;
    static channel_statistics statistics;
    cli_list subjects = {0}, runs = {0}, statistics_runs = {0};
    int64_t start = o.window_start, length = o.window_length, overlap = o.window_overlap;
    int64_t limit = o.window_limit, threads = 0;
    int64_t order = o.filter_order;
    int32_t normalise = 0;
    bool executed = false, overwrite = false;
    const cli_option options[] = {
        {"out", CLI_OUTPUT, (void *)&output, 0, 0, NULL, "file to write"},
        {"subjects", CLI_LIST, &subjects, 0, 0, NULL,
         "subjects to use (default all present but 88,89,92,100,104,106)"},
        {"runs", CLI_LIST, &runs, 0, 0, NULL, "runs to cut trials from (default the label set's)"},
        {"labels", CLI_CHOICE, &o.label_set, 0, 0, label_sets, "classes"},
        {"executed", CLI_SWITCH, &executed, 0, 0, NULL, "executed instead of imagined movements"},
        {"low_hz", CLI_NUMBER, &o.filter_low_hz, 0, 1e5, NULL, "high-pass edge, 0 = none"},
        {"high_hz", CLI_NUMBER, &o.filter_high_hz, 0, 1e5, NULL, "low-pass edge, 0 = none"},
        {"filter", CLI_CHOICE, &o.filter_kind, 0, 0, filter_kinds,
         "the paper's, or one without look-ahead as for live decoding"},
        {"filter_order", CLI_INTEGER, &order, 1, 4, NULL, "of the causal filter's edges"},
        {"normalise", CLI_CHOICE, &normalise, 0, 0, normalise_choices,
         "z-scores over all subjects, or microvolts"},
        {"statistics_runs", CLI_LIST, &statistics_runs, 0, 0, NULL,
         "runs that the z-scores' statistics are taken from (default all present)"},
        {"statistics", CLI_INPUT, (void *)&statistics_path, 0, 0, NULL,
         "CSV of --write_statistics: z-scores by these instead of the recordings' own"},
        {"write_statistics", CLI_OUTPUT, (void *)&statistics_out, 0, 0, NULL,
         "CSV for the means and standard deviations of the channels"},
        {"window_start", CLI_INTEGER, &start, 0, 1e8, NULL, "first sample after the cue"},
        {"window_length", CLI_INTEGER, &length, 1, 1e6, NULL, "samples of an epoch"},
        {"window_overlap", CLI_INTEGER, &overlap, 0, 1e6, NULL, "samples that epochs share"},
        {"window_limit", CLI_INTEGER, &limit, 1, 1e9, NULL, "epochs end before this sample"},
        {"missing", CLI_CHOICE, &o.missing, 0, 0, missing_names, "what to do about missing files"},
        {"overwrite", CLI_SWITCH, &overwrite, 0, 0, NULL, "write over a file that is there"},
        {"threads", CLI_INTEGER, &threads, 0, 1024, NULL, "0 = all processors"},
    };
    const cli_program program = {
        "snnfe-preprocess",
        "DATA_DIR",
        "Reads the recordings DATA_DIR/S001/S001R04.edf … (EEGMMIDB), filters, cuts and\n"
        "normalises them, and saves the epochs in one file.",
        options,
        sizeof options / sizeof options[0],
        {&root},
        1};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    if (!cli_may_write(output, overwrite, false))
        return CLI_FAILED;
    o.subjects = subjects.n ? subjects.items : NULL;
    o.n_subjects = subjects.n;
    o.runs = runs.n ? runs.items : NULL;
    o.n_runs = runs.n;
    o.statistics_runs = statistics_runs.n ? statistics_runs.items : NULL;
    o.n_statistics_runs = statistics_runs.n;
    o.window_start = (uint32_t)start;
    o.window_length = (uint32_t)length;
    o.window_overlap = (uint32_t)overlap;
    o.window_limit = (uint32_t)limit;
    o.filter_order = (uint32_t)order;
    o.executed = executed;
    o.normalisation = normalise == 0 ? SNNFE_NORMALISE_ALL : SNNFE_NORMALISE_NONE;
    if (statistics_path) {
        if (!statistics_read(&statistics, statistics_path))
            return CLI_FAILED;
        o.normalisation = SNNFE_NORMALISE_GIVEN;
        o.channel_mean_uv = statistics.mean_uv;
        o.channel_std_uv = statistics.std_uv;
    }
    o.n_threads = (uint32_t)threads;
    o.log = cli_log;
    o.progress = cli_progress;
    cli_catch_interrupt();

    snnfe_dataset *dataset = NULL;
    snnfe_status status = snnfe_dataset_open(&dataset, root, &o);
    if (status == SNNFE_OK)
        status = snnfe_dataset_save(dataset, output);
    if (status != SNNFE_OK)
        exit_code = cli_failure(status);
    else if (statistics_out && !statistics_write(dataset, statistics_out))
        exit_code = CLI_FAILED;
    else if (print_summary(dataset, output) != SNNFE_OK)
        exit_code = cli_failure(SNNFE_ERR_INTERNAL);
    snnfe_dataset_free(dataset);
    return exit_code;
}
