/* One job of a sweep: its folder, its process, and whether it is done. */
#include "sweep.h"

#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ARGUMENTS (2 * (SWEEP_MAX_AXES + SWEEP_MAX_FIXED) + 16)

extern char **environ;

/* What a value in a folder's name may be made of. Commas and equals signs stand between values. */
static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";

#define READABLE 160 /* bytes of a name that are not its hash */

/* "thr=0.05,fold=1". A name that does not show all of its values exactly ends in a hash of them,
   which no plain name does: no two jobs share a folder. */
static void job_name(char name[512], const sweep_config *config, size_t job)
{
    size_t n = 0;
    uint64_t hash = SNNFE_HASH_START;
    bool exact = true;
    name[0] = '\0';
    for (size_t a = 0; a < config->n_axes; a++) {
        const char *value = sweep_value(config, job, a);
        hash = snnfe_hash_bytes(hash, config->axes[a].name, strlen(config->axes[a].name) + 1);
        hash = snnfe_hash_bytes(hash, value, strlen(value) + 1);
        exact = exact && *value && value[strspn(value, plain)] == '\0';
        if (n < READABLE)
            n += (size_t)snprintf(name + n, READABLE, "%s%s=%s", a ? "," : "", config->axes[a].name,
                                  value);
    }
    if (exact && n < READABLE)
        return;
    if (n >= READABLE)
        name[READABLE] = '\0';
    for (char *c = name; *c; c++)
        if (!strchr(plain, *c) && *c != ',' && *c != '=')
            *c = '_';
    snprintf(name + strlen(name), 20, "~%016llx", (unsigned long long)hash);
}

bool sweep_job_path(char path[4096], const sweep_place *place, size_t job, const char *name)
{
    char folder[512], relative[1024];
    job_name(folder, place->config, job);
    snprintf(relative, sizeof relative, "jobs/%s%s%s", folder, name ? "/" : "", name ? name : "");
    return cli_join(path, place->out, relative);
}

/* What made the job's results besides its options. */
static void write_circumstances(const sweep_place *place, FILE *stream)
{
    fprintf(stream, "snnfe-%s, libsnnfe %s, data %016llx\n", place->config->program, cli_version(),
            (unsigned long long)place->data_hash);
}

static void write_options(const sweep_place *place, size_t job, FILE *stream)
{
    const sweep_config *c = place->config;
    for (size_t i = 0; i < c->n_fixed; i++)
        fprintf(stream, "--%s=%s\n", c->fixed[i].name, c->fixed[i].value);
    for (size_t a = 0; a < c->n_axes; a++)
        fprintf(stream, "--%s=%s\n", c->axes[a].name, sweep_value(c, job, a));
}

typedef enum job_identity {
    JOB_NONE,         /* no job.txt */
    JOB_SAME,         /* results would be the same */
    JOB_OTHER_INPUT,  /* the options, on other data or by another program or version */
    JOB_OTHER_OPTIONS /* the folder is another job's */
} job_identity;

/* Whether `file` goes on with `size` bytes of `text`, which are read. */
static bool reads(FILE *file, const char *text, size_t size)
{
    bool same = true;
    for (size_t i = 0; i < size; i++)
        same = fgetc(file) == (unsigned char)text[i] && same;
    return same;
}

static job_identity compare(const sweep_place *place, size_t job, FILE *file)
{
    char *first = NULL, *options = NULL;
    size_t first_size = 0, options_size = 0;
    job_identity identity = JOB_NONE;
    FILE *a = open_memstream(&first, &first_size), *b = open_memstream(&options, &options_size);
    if (a && b) {
        write_circumstances(place, a);
        write_options(place, job, b);
    }
    const bool first_written = a && fclose(a) == 0, options_written = b && fclose(b) == 0;
    if (first_written && options_written) {
        char line[1024] = "";
        const bool same = fgets(line, sizeof line, file) && strcmp(line, first) == 0;
        const bool same_options = reads(file, options, options_size) && fgetc(file) == EOF;
        identity = !same_options ? JOB_OTHER_OPTIONS : same ? JOB_SAME : JOB_OTHER_INPUT;
    }
    free(first);
    free(options);
    return identity;
}

/* What job.txt says, compared with what the job is now. */
static job_identity identify(const sweep_place *place, size_t job)
{
    char path[4096];
    if (!sweep_job_path(path, place, job, "job.txt"))
        return JOB_NONE;
    FILE *file = fopen(path, "re");
    if (!file)
        return JOB_NONE;
    const job_identity identity = compare(place, job, file);
    fclose(file);
    return identity;
}

/* Whether the table of results ends as the run of the manifest beside it has to. */
static bool is_of_its_run(const char *table, const char *folder)
{
    char line[4096] = "", end[32];
    uint64_t run = 0;
    FILE *file = fopen(table, "re");
    if (!file)
        return false;
    while (fgets(line, sizeof line, file))
        ;
    fclose(file);
    const char *comma = strrchr(line, ',');
    const bool told = cli_read_run(folder, &run);
    snprintf(end, sizeof end, ",%016llx\n", (unsigned long long)run);
    return told && comma && strcmp(comma, end) == 0;
}

bool sweep_job_done(const sweep_place *place, size_t job)
{
    char table[4096], folder[4096];
    return sweep_job_path(table, place, job, "summary.csv") &&
           sweep_job_path(folder, place, job, NULL) && is_of_its_run(table, folder) &&
           identify(place, job) == JOB_SAME;
}

static bool resumes(const sweep_config *config)
{
    return strcmp(config->program, "sstl") != 0;
}

/* The folder, with nothing in it of a job that was another one. */
static bool prepare_folder(const sweep_place *place, size_t job, bool *going_on)
{
    char path[4096];
    cli_file file;
    const job_identity identity = identify(place, job);
    *going_on = identity == JOB_SAME && resumes(place->config);
    if (!sweep_job_path(path, place, job, NULL) || !cli_make_folder(path))
        return false;
    if (identity == JOB_OTHER_OPTIONS) {
        cli_error("%s: holds results of other options (job.txt): another --out keeps both, or "
                  "remove it",
                  path);
        return false;
    }
    if (!sweep_job_path(path, place, job, "summary.csv"))
        return false;
    if (remove(path) != 0 && errno != ENOENT) {
        cli_error("%s: cannot remove: %s", path, strerror(errno));
        return false;
    }
    if (*going_on)
        return true;
    if (!sweep_job_path(path, place, job, "job.txt") || !cli_open(&file, path))
        return false;
    write_circumstances(place, file.stream);
    write_options(place, job, file.stream);
    return cli_commit(&file);
}

/* argv[0], then `--name=value` texts that the caller frees from index *first_owned on. */
static bool make_arguments(const sweep_place *place, size_t job, char *program, char *folder,
                           bool going_on, char **argv, size_t *first_owned)
{
    const sweep_config *c = place->config;
    static char out[] = "--out", threads[] = "--threads";
    static char resume[] = "--resume", overwrite[] = "--overwrite";
    static char number[24];
    size_t n = 0;
    bool complete = true;
    snprintf(number, sizeof number, "%lld", (long long)place->threads_per_job);
    argv[n++] = program;
    argv[n++] = (char *)(uintptr_t)place->data;
    argv[n++] = out;
    argv[n++] = folder;
    argv[n++] = threads;
    argv[n++] = number;
    argv[n++] = going_on ? resume : overwrite;
    *first_owned = n;
    for (size_t i = 0; i < c->n_fixed + c->n_axes; i++) {
        const bool fixed = i < c->n_fixed;
        const char *name = fixed ? c->fixed[i].name : c->axes[i - c->n_fixed].name;
        const char *value = fixed ? c->fixed[i].value : sweep_value(c, job, i - c->n_fixed);
        const size_t size = strlen(name) + strlen(value) + 4;
        argv[n] = malloc(size);
        complete = complete && argv[n];
        if (argv[n])
            snprintf(argv[n++], size, "--%s=%s", name, value);
    }
    argv[n] = NULL;
    return complete;
}

static int spawn(pid_t *pid, const char *program, const char *log, char **argv)
{
    char self[32];
    snprintf(self, sizeof self, "%ld", (long)getpid());
    if (setenv(CLI_SWEEP_VARIABLE, self, 1) != 0)
        return errno;
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (error == 0)
        error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log,
                                                 O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (error == 0)
        error = posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    if (error == 0)
        error = posix_spawn(pid, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

pid_t sweep_job_start(const sweep_place *place, size_t job)
{
    char program[4096], name[64], folder[4096], log[4096];
    char *argv[MAX_ARGUMENTS];
    size_t first_owned = 0;
    bool going_on = false;
    pid_t pid = -1;
    snprintf(name, sizeof name, "snnfe-%s", place->config->program);
    if (!prepare_folder(place, job, &going_on) || !cli_join(program, place->programs, name) ||
        !sweep_job_path(folder, place, job, NULL) || !sweep_job_path(log, place, job, "log.txt"))
        return -1;
    if (!make_arguments(place, job, program, folder, going_on, argv, &first_owned)) {
        cli_error("out of memory");
    } else {
        const int error = spawn(&pid, program, log, argv);
        if (error != 0) {
            cli_error("%s: cannot be started: %s", program, strerror(error));
            pid = -1;
        }
    }
    for (size_t i = first_owned; argv[i]; i++)
        free(argv[i]);
    return pid;
}

/* The last line of a log, which is the error; after a wrong option, where help is found comes
   later. */
static void last_line(char line[CLI_SHOWN_SIZE], const char *path)
{
    char next[CLI_SHOWN_SIZE];
    FILE *file = fopen(path, "re");
    line[0] = '\0';
    while (file && fgets(next, sizeof next, file))
        if (next[0] != '\n' && strncmp(next, "try '", 5) != 0)
            snprintf(line, CLI_SHOWN_SIZE, "%s", next);
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
}

bool sweep_job_ended(const sweep_place *place, size_t job, int status)
{
    char folder[4096], log[4096], line[CLI_SHOWN_SIZE];
    if (sweep_job_done(place, job) && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    if (!sweep_job_path(folder, place, job, NULL) || !sweep_job_path(log, place, job, "log.txt"))
        return false;
    last_line(line, log);
    if (WIFSIGNALED(status))
        cli_error("%s: ended by signal %d", folder, WTERMSIG(status));
    else
        cli_error("%s: exit code %d: %s", folder, WEXITSTATUS(status), line);
    return false;
}
