/* snnfe-sweep: a grid over options of another program, jobs side by side, one table of results. */
#include "sweep.h"

#include "stage/ranks.h"
#ifdef SNNFE_HAVE_MPI
#include "ranks.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_SIDE_BY_SIDE 256

typedef struct settings {
    const char *called, *config, *data, *out, *model, *models, *programs;
    cli_names set;
    int64_t jobs, threads;
    bool mpi;
    double patience;
} settings;

/* --- running ------------------------------------------------------------------------------- */

typedef struct running {
    pid_t pid;
    size_t job;
} running;

static void stop_all(const running *jobs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        kill(jobs[i].pid, SIGINT);
}

/* Wait for any of the jobs. They are told to stop when the sweep is, and end in their own time. */
static size_t wait_for_one(const running *jobs, size_t n, int *status)
{
    bool told = false;
    for (;;) {
        if (cli_interrupted() && !told) {
            stop_all(jobs, n);
            told = true;
        }
        const pid_t pid = waitpid(-1, status, 0);
        for (size_t i = 0; pid > 0 && i < n; i++)
            if (jobs[i].pid == pid)
                return i;
    }
}

/* Every job that is not done yet. Returns how many of them failed. */
static size_t run_jobs(const sweep_place *place, size_t side_by_side)
{
    static running jobs[MAX_SIDE_BY_SIDE];
    size_t n_running = 0, n_failed = 0, n_done = 0, next = 0;
    const size_t n_jobs = place->config->n_jobs;
    while (next < n_jobs || n_running > 0) {
        if (next < n_jobs && n_running < side_by_side && !cli_interrupted()) {
            if (sweep_job_done(place, next)) {
                n_done++;
            } else {
                jobs[n_running] = (running){sweep_job_start(place, next), next};
                n_failed += jobs[n_running].pid < 0;
                n_running += jobs[n_running].pid > 0;
            }
            next++;
            continue;
        }
        if (n_running == 0)
            break;
        int status = 0;
        const size_t i = wait_for_one(jobs, n_running, &status);
        const bool good = sweep_job_ended(place, jobs[i].job, status);
        n_failed += !good;
        n_done += good;
        jobs[i] = jobs[--n_running];
        if (good && sweep_write_results(place))
            fprintf(stderr, "%zu of %zu jobs\n", n_done, n_jobs);
    }
    return n_failed;
}

/* --- arguments ----------------------------------------------------------------------------- */

static bool set_options(sweep_config *config, const settings *s)
{
    if ((s->model && !sweep_config_set(config, "--model", "model", s->model)) ||
        (s->models && !sweep_config_set(config, "--models", "models", s->models)))
        return false;
    for (size_t i = 0; i < s->set.n; i++) {
        char name[256];
        const char *given = s->set.items[i], *value = strchr(given, '=');
        if (!value || (size_t)(value - given) >= sizeof name) {
            cli_error("--set %s: not name=value", given);
            return false;
        }
        snprintf(name, sizeof name, "%.*s", (int)(value - given), given);
        if (!sweep_config_set(config, "--set", name, value + 1))
            return false;
    }
    return true;
}

/* The folder this program is in, unless another is given. */
static bool find_programs(char folder[4096], const settings *s)
{
    if (s->programs) {
        if (snprintf(folder, 4096, "%s", s->programs) < 4096)
            return true;
        cli_error("--programs %.100s…: path is too long", s->programs);
        return false;
    }
    if (!cli_own_path(folder, s->called)) {
        cli_error("where is snnfe-pretrain? say it with --programs");
        return false;
    }
    *strrchr(folder, '/') = '\0';
    return true;
}

static bool hash_data(uint64_t *hash, const settings *s)
{
    snnfe_dataset *dataset = NULL;
    const snnfe_status status = cli_open_data(&dataset, s->data, 0);
    if (status != SNNFE_OK)
        cli_failure(status);
    else
        *hash = cli_data_hash(dataset);
    snnfe_dataset_free(dataset);
    return status == SNNFE_OK;
}

static size_t run_anywhere(const settings *s, const sweep_place *place, size_t side_by_side)
{
#ifdef SNNFE_HAVE_MPI
    if (s->mpi)
        return sweep_run_on_ranks(place, s->patience);
#endif
    (void)s;
    return run_jobs(place, side_by_side);
}

static int run(const settings *s, const sweep_config *config)
{
    sweep_place place = {.config = config, .data = s->data, .out = s->out};
    const size_t wanted = s->jobs ? (size_t)s->jobs : snnfe_default_threads();
    const size_t side_by_side = wanted < config->n_jobs ? wanted : config->n_jobs;
    place.threads_per_job = s->threads ? s->threads : side_by_side > 1 || s->mpi ? 1 : 0;
    if (!find_programs(place.programs, s) || !hash_data(&place.data_hash, s) ||
        !cli_make_folder(s->out) ||
        (ranks_is_first() && !cli_lock(s->out, "snnfe-sweep", CLI_LOCK_SHARED_WITH_JOBS)))
        return cli_interrupted() ? CLI_INTERRUPTED : CLI_FAILED;
    const size_t n_failed = run_anywhere(s, &place, side_by_side);
    if (!ranks_is_first())
        return CLI_OK;
    if (!sweep_write_results(&place) || !sweep_print_table(&place))
        return CLI_FAILED;
    if (cli_interrupted())
        return cli_interruption("jobs that ended are saved; the same command goes on from here");
    return n_failed ? cli_error("%zu of %zu jobs failed", n_failed, config->n_jobs) : CLI_OK;
}

static bool join(const settings *s)
{
#ifdef SNNFE_HAVE_MPI
    return !s->mpi || ranks_join();
#else
    (void)s;
    return true;
#endif
}

static int leave(const settings *s, int exit_code)
{
#ifdef SNNFE_HAVE_MPI
    if (s->mpi && sweep_lost_a_rank()) {
        /* MPI would wait for it; everything is written. */
        _exit(cli_printed() ? exit_code : CLI_FAILED);
    }
    /* Jobs that failed are no reason to stop other ranks, which have ended theirs. */
    if (s->mpi && ranks_group())
        return ranks_leave(CLI_OK) == CLI_OK ? exit_code : CLI_FAILED;
#else
    (void)s;
#endif
    return exit_code;
}

int main(int argc, char **argv)
{
    static settings s = {.out = "sweep", .patience = 60};
    s.called = argc > 0 ? argv[0] : "";
    const cli_option options[] = {
        {"out", CLI_OUTPUT, (void *)&s.out, 0, 0, NULL, "folder for the jobs and results.csv"},
        {"jobs", CLI_INTEGER, &s.jobs, 0, MAX_SIDE_BY_SIDE, NULL,
         "jobs side by side, 0 = as many as processors"},
        {"threads", CLI_INTEGER, &s.threads, 0, 1024, NULL,
         "of each job, 0 = one, or all processors for a job alone"},
        {"model", CLI_INPUT, (void *)&s.model, 0, 0, NULL, "handed to every job"},
        {"models", CLI_INPUT, (void *)&s.models, 0, 0, NULL, "handed to every job"},
        {"set", CLI_NAMES, &s.set, 0, 0, NULL,
         "options of all jobs, such as pretrain_epochs=10,lr=2e-4, before those of CONFIG"},
        {"programs", CLI_TEXT, (void *)&s.programs, 0, 0, NULL,
         "folder of the other programs, if not this one's"},
#ifdef SNNFE_HAVE_MPI
        {"mpi", CLI_SWITCH, &s.mpi, 0, 0, NULL,
         "one job at a time on each of the processes that mpirun started"},
        {"patience", CLI_NUMBER, &s.patience, 1, 1e6, NULL,
         "seconds after which a silent process is given up"},
#endif
    };
#ifdef SNNFE_HAVE_MPI
    static const cli_need needs[] = {{"patience", "mpi"}, {NULL, NULL}};
#else
    static const cli_need needs[] = {{NULL, NULL}};
#endif
    const cli_program program = {
        .name = "snnfe-sweep",
        .usage = "CONFIG DATA",
        .about =
            "Runs snnfe-pretrain, -train-on-device, -retune or -sstl over a grid of their "
            "options.\n"
            "CONFIG is JSON: {\"program\": \"train-on-device\", \"options\": {\"q\": 4},\n"
            "\"grid\": {\"thr\": [0.025, 0.05], \"fold\": [1, 2, 3]}}. DATA is a file of\n"
            "snnfe-preprocess. Jobs that are done already are not run again, and jobs that were\n"
            "stopped go on from their checkpoints.",
        .options = options,
        .n_options = sizeof options / sizeof options[0],
        .positionals = {&s.config, &s.data},
        .n_positionals = 2,
        .needs = {needs}};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    cli_catch_interrupt();
    sweep_config config;
    exit_code = CLI_FAILED;
    if (!join(&s))
        return CLI_FAILED;
    if (sweep_config_read(&config, s.config) && set_options(&config, &s))
        exit_code = run(&s, &config);
    sweep_config_release(&config);
    return leave(&s, exit_code);
}
