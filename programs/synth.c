/* snnfe-synth: write a tree of synthetic recordings in the shape of EEGMMIDB, or a BIDS tree. */
#include "cli.h"

static const char *const formats[] = {"edf", "bdf", "brainvision", NULL};
static const char *const montages[] = {"eegmmidb", "1020", "motor", NULL};

/* The 10-20 system, and a cap over the motor cortex. */
static const char *const system_1020[] = {"Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8",
                                          "T7",  "C3",  "Cz", "C4", "T8", "P7", "P3",
                                          "Pz",  "P4",  "P8", "O1", "O2"};
static const char *const motor_cap[] = {"Fz",  "FC3", "FC1", "FCz", "FC2", "FC4", "C5",  "C3",
                                        "C1",  "Cz",  "C2",  "C4",  "C6",  "CP3", "CP1", "CPz",
                                        "CP2", "CP4", "P1",  "Pz",  "P2",  "POz"};

static void set_montage(snnfe_synthetic_options *o, int32_t montage)
{
    const char *const *const names[] = {NULL, system_1020, motor_cap};
    const size_t n[] = {0, sizeof system_1020 / sizeof system_1020[0],
                        sizeof motor_cap / sizeof motor_cap[0]};
    o->channel_names = names[montage];
    o->n_channels = n[montage];
}

int main(int argc, char **argv)
{
    snnfe_synthetic_options o;
    if (snnfe_synthetic_options_init(&o, sizeof o) != SNNFE_OK)
        return cli_failure(SNNFE_ERR_INTERNAL);
    const char *root = NULL;
    int64_t seed = (int64_t)o.seed, subjects = o.n_subjects, trials = o.trials_per_run, threads = 0;
    int64_t rate = o.sampling_rate_hz, sessions = o.n_sessions;
    int32_t montage = 0;
    bool bids = false;
    cli_list runs = {0};
    const cli_option options[] = {
        {"subjects", CLI_INTEGER, &subjects, 1, 109, NULL, "number of subjects"},
        {"runs", CLI_LIST, &runs, 0, 0, NULL, "runs to write, of 1-14 (default all)"},
        {"trials_per_run", CLI_INTEGER, &trials, 1, 15, NULL, "cued trials of a task run"},
        {"effect", CLI_NUMBER, &o.effect, 0, 1, NULL, "strength of the desynchronization, 0-1"},
        {"subject_spread", CLI_NUMBER, &o.subject_spread, 0, 1, NULL,
         "how much subjects differ, 0-1"},
        {"noise_uv", CLI_NUMBER, &o.noise_uv, 1e-3, 1000, NULL, "background, microvolts"},
        {"line_uv", CLI_NUMBER, &o.line_uv, 0, 1000, NULL, "line noise, microvolts"},
        {"line_hz", CLI_NUMBER, &o.line_hz, 1, 79, NULL, "its frequency"},
        {"blink_uv", CLI_NUMBER, &o.blink_uv, 0, 1000, NULL, "blinks, microvolts"},
        {"glance_uv", CLI_NUMBER, &o.glance_uv, 0, 1000, NULL,
         "eye movements to the side of the cue, microvolts at F7 and F8; 0 none"},
        {"glance_share", CLI_NUMBER, &o.glance_share, 0, 1, NULL,
         "share of the cues that are glanced at, 0-1"},
        {"bids", CLI_SWITCH, &bids, 0, 0, NULL, "a BIDS tree instead of one like EEGMMIDB"},
        {"montage", CLI_CHOICE, &montage, 0, 0, montages,
         "electrodes: EEGMMIDB's 64, the 19 of the 10-20 system, or 22 over the motor cortex"},
        {"rate", CLI_INTEGER, &rate, 100, 1000, NULL, "samples a second"},
        {"format", CLI_CHOICE, &o.format, 0, 0, formats, "of the recordings"},
        {"sessions", CLI_INTEGER, &sessions, 1, 9, NULL, "of each subject"},
        {"seed", CLI_INTEGER, &seed, 0, 9e15, NULL, "the same seed gives the same files"},
        {"threads", CLI_INTEGER, &threads, 0, 1024, NULL, "0 = all processors"},
    };
    static const cli_need needs[] = {
        {"glance_share", "glance_uv"}, {"montage", "bids"}, {"rate", "bids"}, {"format", "bids"},
        {"sessions", "bids"},          {NULL, NULL}};
    const cli_program program = {
        .name = "snnfe-synth",
        .usage = "OUT_DIR",
        .about = "Writes EDF+ recordings OUT_DIR/S001/S001R01.edf … with a motor-imagery effect in "
                 "them,\n"
                 "or with --bids OUT_DIR/sub-01/eeg/sub-01_task-imagery_run-4_eeg.edf … and their "
                 "sidecars.\n"
                 "They are synthetic: results from them say nothing about people.",
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .positionals = {&root},
        .n_positionals = 1,
        .needs = {needs}};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    o.n_subjects = (uint32_t)subjects;
    o.trials_per_run = (uint32_t)trials;
    o.seed = (uint64_t)seed;
    o.n_threads = (uint32_t)threads;
    o.layout = bids ? SNNFE_LAYOUT_BIDS : SNNFE_LAYOUT_EEGMMIDB;
    o.sampling_rate_hz = (uint32_t)rate;
    o.n_sessions = (uint32_t)sessions;
    set_montage(&o, montage);
    o.runs = runs.n ? runs.items : NULL;
    o.n_runs = runs.n;
    o.log = cli_log;
    o.progress = cli_progress;
    cli_catch_interrupt();
    if (!cli_make_folder(root) || !cli_lock(root, program.name, CLI_LOCK_ALONE))
        return CLI_FAILED;
    const snnfe_status status = snnfe_synthetic_write(root, &o);
    if (status != SNNFE_OK)
        return cli_failure(status);
    cli_end_progress();
    printf("%lld synthetic subject%s in %s\n", (long long)subjects, cli_s((uint64_t)subjects),
           cli_shown(root));
    return CLI_OK;
}
