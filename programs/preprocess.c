/* snnfe-preprocess: recordings to a saved data set. */
#include "preprocess_input.h"
#include "stage/statistics_file.h"

#include <stdlib.h>

static const char *const label_sets[] = {"left_right",
                                         "fists_feet",
                                         "left_feet",
                                         "right_feet",
                                         "left_right_feet",
                                         "left_right_fists_feet",
                                         "rest_left_right_feet",
                                         "rest_feet",
                                         "events",
                                         "baseline_feet",
                                         "baselines_left_right_fists_feet",
                                         NULL};
static const char *const others_names[] = {"end", "ignored", NULL};
static const char *const electrode_choices[] = {"eegmmidb", "found", NULL};
static const char *const missing_names[] = {"error", "skip", NULL};
static const char *const normalizations[] = {"all", "given", "none", "subjects", NULL};
static const char *const quality_choices[] = {"keep", "mark", "drop", NULL};
static const char *const absent_choices[] = {"error", "interpolated", NULL};
static const char *const place_choices[] = {"checked", "names", "coordinates", NULL};
static const char *const bad_choices[] = {"used", "interpolated", NULL};
static const char *const filter_kinds[] = {"zero_phase", "causal", NULL};
static const char *const normalize_choices[] = {"all", "none", NULL};
static const char *const ocular_choices[] = {"none", "regression", NULL};
static const char *const alignments[] = {"none", "standardize", "euclidean", NULL};

/* As the options ask for it. */
static snnfe_status align(snnfe_dataset *dataset, snnfe_alignment_options *o, uint32_t n_threads)
{
    if (o->alignment == SNNFE_ALIGNMENT_NONE)
        return SNNFE_OK;
    o->n_threads = n_threads;
    o->log = cli_log;
    o->progress = cli_progress;
    return snnfe_dataset_align(dataset, o);
}

static snnfe_status print_montage(const snnfe_dataset *dataset)
{
    const snnfe_dataset_info info = cli_dataset_info(dataset);
    size_t size = 0;
    snnfe_status status = snnfe_montage_draw(info.signal, info.n_rows, info.n_columns, &size, NULL);
    char *text = status == SNNFE_OK ? malloc(size) : NULL;
    if (status == SNNFE_OK)
        status = text ? snnfe_montage_draw(info.signal, info.n_rows, info.n_columns, &size, text)
                      : SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        fputs(text, stdout);
    free(text);
    return status;
}

/* A row for each trial, in the data set's order. False: a message was printed. */
static bool write_quality(const snnfe_dataset *dataset, const char *path)
{
    const snnfe_dataset_info info = cli_dataset_info(dataset);
    cli_file file;
    if (!cli_open(&file, path))
        return false;
    fprintf(file.stream, "subject,run,onset_sample,label,flat,clipped,loud,muscle\n");
    for (size_t i = 0; i < info.n_trials; i++)
        fprintf(file.stream, "%d,%d,%d,%d,%d,%d,%d,%d\n", (int)info.subjects[i], (int)info.runs[i],
                (int)info.onsets[i], (int)info.labels[i],
                (info.defects[i] & SNNFE_DEFECT_FLAT) != 0,
                (info.defects[i] & SNNFE_DEFECT_CLIPPED) != 0,
                (info.defects[i] & SNNFE_DEFECT_LOUD) != 0,
                (info.defects[i] & SNNFE_DEFECT_MUSCLE) != 0);
    return cli_commit(&file);
}

/* Of the trials that were kept, all together and by subject. */
static void print_marked(const snnfe_dataset_info *info)
{
    for (size_t s = 0; s < info->n_subjects; s++) {
        size_t n = 0, n_marked = 0;
        for (size_t i = 0; i < info->n_trials; i++) {
            const bool own = info->subjects[i] == info->subject_list[s];
            n += own;
            n_marked += own && info->defects[i] != 0;
        }
        if (n_marked > 0)
            printf("    subject %d: %zu of %zu trials are marked\n", (int)info->subject_list[s],
                   n_marked, n);
    }
}

static void print_notch(const snnfe_signal *signal)
{
    if (signal->notch_hz > 0)
        printf("  notch at %g Hz and its multiples, %g Hz wide\n", signal->notch_hz,
               signal->notch_width_hz);
}

static void print_envelopes(const snnfe_signal *signal)
{
    if (signal->n_bands == 0)
        return;
    printf("  envelopes of ");
    for (uint32_t b = 0; b < signal->n_bands; b++)
        printf("%s%g-%g", b ? ", " : "", signal->band_low_hz[b], signal->band_high_hz[b]);
    printf(" Hz in windows of %g s, one every %g s\n", signal->envelope_window_s,
           signal->envelope_hop_s);
}

static snnfe_status print_summary(const snnfe_dataset *dataset, const char *path)
{
    const snnfe_dataset_info info = cli_dataset_info(dataset);
    const snnfe_signal *signal = info.signal;
    cli_end_progress();
    printf("%zu trial%s of %u channel%s x %u samples at %g Hz, %zu subject%s%s\n", info.n_trials,
           cli_s(info.n_trials), (unsigned)info.n_channels, cli_s(info.n_channels),
           (unsigned)info.n_steps, signal->sampling_rate_hz, info.n_subjects,
           cli_s(info.n_subjects), signal->synthetic ? " (synthetic recordings)" : "");
    for (uint32_t k = 0; k < info.n_classes; k++) {
        size_t n = 0;
        for (size_t i = 0; i < info.n_trials; i++)
            n += info.labels[i] == (int32_t)k;
        printf("  class %u, %s: %zu\n", (unsigned)k, cli_shown(signal->class_names[k]), n);
    }
    printf("  %s filter %g-%g Hz, normalization %s, %zu recording%s missing\n",
           filter_kinds[signal->filter_kind], signal->filter_low_hz, signal->filter_high_hz,
           normalizations[signal->normalization], info.n_missing, cli_s(info.n_missing));
    print_notch(signal);
    if (info.n_resampled > 0)
        printf("  resampled to %g Hz: %zu recording%s\n", signal->sampling_rate_hz,
               info.n_resampled, cli_s(info.n_resampled));
    if (info.n_interpolated > 0)
        printf("  interpolated: %zu channel%s of recordings\n", info.n_interpolated,
               cli_s(info.n_interpolated));
    if (signal->rereference[0])
        printf("  reference %s\n", cli_shown(signal->rereference));
    if (info.n_bad > 0)
        printf("  bad trials: %zu (%zu flat, %zu clipped, %zu too loud, %zu full of muscle)\n",
               info.n_bad, info.n_flat, info.n_clipped, info.n_loud, info.n_muscle);
    print_marked(&info);
    printf("  ocular control %s (%u reference%s), alignment %s\n", ocular_choices[signal->ocular],
           (unsigned)signal->n_references, cli_s(signal->n_references),
           alignments[signal->alignment]);
    print_envelopes(signal);
    printf("  %zu event%s: %zu used, %zu of other names, %zu too short for a window, %zu outside "
           "their recording, %zu at the sample of another\n",
           info.n_events, cli_s(info.n_events), info.n_events_used, info.n_events_other,
           info.n_events_short, info.n_events_outside, info.n_events_shared);
    printf("saved as %s\n", cli_shown(path));
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
    int64_t order = o.filter_order, clip_samples = o.clip_samples;
    int32_t normalize = 0;
    snnfe_alignment_options alignment;
    if (snnfe_alignment_options_init(&alignment, sizeof alignment) != SNNFE_OK)
        return cli_failure(SNNFE_ERR_INTERNAL);
    alignment.alignment = SNNFE_ALIGNMENT_NONE;
    int64_t n_lags = o.n_lags;
    static cli_names references;
    bool keep_references = false, past = false;
    int64_t rows = o.n_rows, columns = o.n_columns;
    const char *channels_given = NULL, *events_given = NULL, *bands_given = NULL;
    const char *notch_given = NULL, *quality_out = NULL;
    static input_bands bands;
    static input_channels channels;
    static input_events events;
    bool executed = false, overwrite = false, strict = false, allow_empty = false;
    bool show_montage = false, resample = false;
    snnfe_bids_options bids;
    static cli_names sessions;
    if (snnfe_bids_options_init(&bids, sizeof bids) != SNNFE_OK)
        return cli_failure(SNNFE_ERR_INTERNAL);
    const cli_option options[] = {
        {"out", CLI_OUTPUT, (void *)&output, 0, 0, NULL, "file to write"},
        {"subjects", CLI_LIST, &subjects, 0, 0, NULL,
         "subjects to use (default all present but 88,89,92,100,104,106)"},
        {"runs", CLI_LIST, &runs, 0, 0, NULL, "runs to cut trials from (default the label set's)"},
        {"labels", CLI_CHOICE, &o.label_set, 0, 0, label_sets,
         "classes; rest is T0 of the fist runs, but run 1 in baseline_feet (as published) and runs "
         "1 and 2 in baselines_..."},
        {"events", CLI_TEXT, (void *)&events_given, 0, 0, NULL,
         "own classes: \"left hand=0,right hand=1,rest=end\", names of events and their classes; "
         "\"end\" only ends the trial before it; \"left,right\" are classes 0 and 1 (needs --runs "
         "for a tree of EEGMMIDB)"},
        {"task", CLI_TEXT, (void *)&bids.task, 0, 0, NULL, "of a BIDS tree, where it has several"},
        {"sessions", CLI_NAMES, &sessions, 0, 0, NULL, "of a BIDS tree (default all)"},
        {"event_column", CLI_TEXT, (void *)&bids.event_column, 0, 0, NULL,
         "of the events' names in a BIDS tree's events.tsv (default trial_type)"},
        {"bad_channels", CLI_CHOICE, &bids.bad_channels, 0, 0, bad_choices,
         "what is done about channels that a BIDS tree's channels.tsv marks as bad"},
        {"places", CLI_CHOICE, &bids.places, 0, 0, place_choices,
         "what says where electrodes of a BIDS tree are: names of the 10-05 system and coordinates "
         "for others, names alone, or the coordinates of electrodes.tsv alone"},
        {"absent_electrodes", CLI_CHOICE, &o.absent_electrodes, 0, 0, absent_choices,
         "what is done about channels that a recording lacks: spherical splines of the others"},
        {"rereference", CLI_TEXT, (void *)&o.rereference, 0, 0, NULL,
         "average, or electrodes such as M1,M2: the mean of these is taken off all others (default "
         "none)"},
        {"quality", CLI_CHOICE, &o.quality, 0, 0, quality_choices,
         "what is done about trials that are flat, clipped, too loud or full of muscle"},
        {"flat_uv", CLI_NUMBER, &o.flat_uv, 0, 1e6, NULL,
         "range of a channel below which a trial is flat, microvolts"},
        {"clip_samples", CLI_INTEGER, &clip_samples, 0, 1e6, NULL,
         "samples in a row at an end of the recording's range that make a trial clipped"},
        {"peak_uv", CLI_NUMBER, &o.peak_uv, 0, 1e6, NULL,
         "range above which it is too loud, microvolts"},
        {"muscle_uv", CLI_NUMBER, &o.muscle_uv, 0, 1e6, NULL,
         "root mean square above 30 Hz from which it is full of muscle, microvolts"},
        {"write_quality", CLI_OUTPUT, (void *)&quality_out, 0, 0, NULL,
         "CSV for what is wrong with each trial"},
        {"other_events", CLI_CHOICE, &o.other_events, 0, 0, others_names,
         "what events of other names do to the trial before them"},
        {"allow_empty_classes", CLI_SWITCH, &allow_empty, 0, 0, NULL,
         "a class may be without a trial and a name of --events without an event"},
        {"channels", CLI_TEXT, (void *)&channels_given, 0, 0, NULL,
         "channels to take: \"C3,Cz,A1=9/0\", with the row and column in the grid of those that "
         "are no electrode of the 10-05 system; \"C3#9\" is signal 9 where two are labeled C3"},
        {"electrodes", CLI_CHOICE, &o.electrodes, 0, 0, electrode_choices,
         "the 64 of EEGMMIDB, or all of the 10-05 system that the first "
         "recording has"},
        {"show_montage", CLI_SWITCH, &show_montage, 0, 0, NULL,
         "print where the channels sit in the grid"},
        {"rows", CLI_INTEGER, &rows, 1, 64, NULL, "of the grid"},
        {"columns", CLI_INTEGER, &columns, 1, 64, NULL, "of the grid"},
        {"rate_hz", CLI_NUMBER, &o.sampling_rate_hz, 1e-3, 999999, NULL,
         "sampling rate of the trials, and of every recording without --resample"},
        {"resample", CLI_SWITCH, &resample, 0, 0, NULL,
         "resample recordings of other rates to --rate_hz"},
        {"strict", CLI_SWITCH, &strict, 0, 0, NULL,
         "refuse files that depart from their format even where it hurts nobody"},
        {"executed", CLI_SWITCH, &executed, 0, 0, NULL, "executed instead of imagined movements"},
        {"low_hz", CLI_NUMBER, &o.filter_low_hz, 0, 1e5, NULL, "high-pass edge, 0 = none"},
        {"high_hz", CLI_NUMBER, &o.filter_high_hz, 0, 1e5, NULL, "low-pass edge, 0 = none"},
        {"filter", CLI_CHOICE, &o.filter_kind, 0, 0, filter_kinds,
         "the paper's, or one without look-ahead as for live decoding"},
        {"filter_order", CLI_INTEGER, &order, 1, 4, NULL, "of the causal filter's edges"},
        {"notch", CLI_TEXT, (void *)&notch_given, 0, 0, NULL,
         "take line noise out in front of that filter: its frequency, which goes with its "
         "multiples below half of --rate_hz; auto = as a BIDS tree's eeg.json says; none "
         "(default)"},
        {"notch_width", CLI_NUMBER, &o.notch_width_hz, 1e-6, 1e5, NULL, "of the notch, Hz"},
        {"ocular", CLI_CHOICE, &o.ocular, 0, 0, ocular_choices,
         "what is done about eye movements: take out of each recording what its references say"},
        {"references", CLI_NAMES, &references, 0, 0, NULL,
         "reference channels, such as EOG1,EOG2 (default the 12 frontal electrodes)"},
        {"lags", CLI_INTEGER, &n_lags, 0, 32, NULL,
         "samples that the references are looked back at"},
        {"keep_references", CLI_SWITCH, &keep_references, 0, 0, NULL,
         "references that are channels stay on the grid, as they are"},
        {"bands", CLI_TEXT, (void *)&bands_given, 0, 0, NULL,
         "envelopes instead of samples: log power in bands such as 8-13,13-20,20-30 Hz (needs "
         "--channels: channels times bands are at most 64)"},
        {"envelope_window", CLI_NUMBER, &o.envelope_window_s, 0, 60, NULL,
         "seconds that a power is the mean of"},
        {"envelope_hop", CLI_NUMBER, &o.envelope_hop_s, 0, 60, NULL,
         "seconds from one power to the next"},
        {"alignment", CLI_CHOICE, &alignment.alignment, 0, 0, alignments,
         "what makes subjects alike, without labels"},
        {"past", CLI_SWITCH, &past, 0, 0, NULL,
         "align each trial by the subject's earlier ones, as live, not by all"},
        {"prior_trials", CLI_NUMBER, &alignment.prior_trials, 0, 1e9, NULL,
         "trials that the other subjects' mean covariance counts as"},
        {"normalize", CLI_CHOICE, &normalize, 0, 0, normalize_choices,
         "z-scores over all subjects, or microvolts"},
        {"statistics_runs", CLI_LIST, &statistics_runs, 0, 0, NULL,
         "runs that the z-scores' statistics are taken from (default all present)"},
        {"statistics", CLI_INPUT, (void *)&statistics_path, 0, 0, NULL,
         "CSV of --write_statistics: z-scores by these instead of the recordings' own"},
        {"write_statistics", CLI_OUTPUT, (void *)&statistics_out, 0, 0, NULL,
         "CSV for the means and standard deviations of the channels"},
        {"window_start", CLI_INTEGER, &start, 0, 1e8, NULL, "first sample after the cue"},
        {"window_length", CLI_INTEGER, &length, 1, 1e6, NULL, "samples of a trial"},
        {"window_overlap", CLI_INTEGER, &overlap, 0, 1e6, NULL, "samples that trials share"},
        {"window_limit", CLI_INTEGER, &limit, 1, 1e9, NULL, "trials end before this sample"},
        {"missing", CLI_CHOICE, &o.missing, 0, 0, missing_names, "what to do about missing files"},
        {"overwrite", CLI_SWITCH, &overwrite, 0, 0, NULL, "write over a file that is there"},
        {"threads", CLI_INTEGER, &threads, 0, 1024, NULL, "0 = all processors"},
    };
    static const cli_need needs[] = {{"other_events", "events"},
                                     {"flat_uv", "quality=mark quality=drop"},
                                     {"clip_samples", "quality=mark quality=drop"},
                                     {"peak_uv", "quality=mark quality=drop"},
                                     {"muscle_uv", "quality=mark quality=drop"},
                                     {"write_quality", "quality=mark"},
                                     {"electrodes", "!channels"},
                                     {"executed", "!events"},
                                     {"filter_order", "filter=causal"},
                                     {"notch_width", "notch"},
                                     {"references", "ocular=regression"},
                                     {"lags", "ocular=regression"},
                                     {"keep_references", "references"},
                                     {"envelope_window", "bands"},
                                     {"envelope_hop", "bands"},
                                     {"past", "alignment=standardize alignment=euclidean"},
                                     {"prior_trials", "past"},
                                     {"normalize", "!statistics"},
                                     {"statistics_runs", "normalize=all"},
                                     {"statistics_runs", "!statistics"},
                                     {"write_statistics", "normalize=all"},
                                     {NULL, NULL}};
    const cli_program program = {.name = "snnfe-preprocess",
                                 .usage = "DATA_DIR|BIDS_DIR|LIST",
                                 .about =
                                     "Reads the recordings DATA_DIR/S001/S001R04.edf … (EEGMMIDB), "
                                     "those of a BIDS tree, or of a\n"
                                     "LIST (lines \"path,subject,run\", and these words first), "
                                     "filters, cuts and normalizes them, and "
                                     "saves\n"
                                     "the trials in one file.",
                                 .options = options,
                                 .n_options = sizeof options / sizeof options[0],
                                 .positionals = {&root},
                                 .n_positionals = 1,
                                 .needs = {needs}};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    if (!cli_lock(output, program.name, CLI_LOCK_ALONE) || !cli_may_write(output, overwrite, false))
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
    o.n_lags = (uint32_t)n_lags;
    o.keep_references = keep_references;
    o.reference_names = references.n ? references.items : NULL;
    o.n_references = references.n;
    alignment.past = past;
    o.executed = executed;
    o.strict = strict;
    o.resample = resample;
    o.allow_empty_classes = allow_empty;
    o.n_rows = (uint32_t)rows;
    o.n_columns = (uint32_t)columns;
    if (channels_given && !input_set_channels(&channels, channels_given, &o))
        return CLI_USAGE;
    if (bands_given && !input_set_bands(&bands, bands_given, &o))
        return CLI_USAGE;
    if (events_given && !input_set_events(&events, events_given, &o))
        return CLI_USAGE;
    if (notch_given && !input_set_notch(notch_given, &o))
        return CLI_USAGE;
    if (o.label_set == SNNFE_LABELS_EVENTS && !events_given) {
        cli_error("--labels events needs --events");
        return CLI_USAGE;
    }
    o.normalization = normalize == 0 ? SNNFE_NORMALIZE_ALL : SNNFE_NORMALIZE_NONE;
    if (statistics_path) {
        const size_t n_channels = o.n_channels ? o.n_channels : 64;
        if (!statistics_read(&statistics, statistics_path,
                             o.n_bands ? n_channels * o.n_bands : n_channels))
            return CLI_FAILED;
        o.normalization = SNNFE_NORMALIZE_GIVEN;
        o.channel_mean_uv = statistics.mean_uv;
        o.channel_std_uv = statistics.std_uv;
    }
    o.n_threads = (uint32_t)threads;
    o.log = cli_log;
    o.progress = cli_progress;
    cli_catch_interrupt();

    snnfe_dataset *dataset = NULL;
    o.clip_samples = (uint32_t)clip_samples;
    bids.sessions = sessions.n ? sessions.items : NULL;
    bids.n_sessions = sessions.n;
    exit_code = input_open(&dataset, root, &bids, &o);
    if (exit_code != CLI_OK)
        return exit_code;
    snnfe_status status = align(dataset, &alignment, o.n_threads);
    if (status == SNNFE_OK)
        status = snnfe_dataset_save(dataset, output);
    if (status != SNNFE_OK)
        exit_code = cli_failure(status);
    else if ((statistics_out && !statistics_write(dataset, statistics_out)) ||
             (quality_out && !write_quality(dataset, quality_out)))
        exit_code = CLI_FAILED;
    else if (print_summary(dataset, output) != SNNFE_OK ||
             (show_montage && print_montage(dataset) != SNNFE_OK))
        exit_code = cli_failure(SNNFE_ERR_INTERNAL);
    snnfe_dataset_free(dataset);
    return exit_code;
}
