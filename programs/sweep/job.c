/* One job of a sweep: its folder, its process, and whether it is done. */
#include "sweep.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ARGUMENTS (2 * (SWEEP_MAX_AXES + SWEEP_MAX_FIXED) + 16)

extern char **environ;

/* "thr=0.05,fold=1", with nothing in it that a folder's name cannot have. */
static void job_name(char name[512], const sweep_config *config, size_t job)
{
    size_t n = 0;
    name[0] = '\0';
    for (size_t a = 0; a < config->n_axes && n < 200; a++)
        n += (size_t)snprintf(name + n, 200, "%s%s=%s", a ? "," : "", config->axes[a].name,
                              sweep_value(config, job, a));
    for (char *c = name; *c; c++)
        if (*c == '/' || *c == '*' || *c == ' ')
            *c = '_';
    /* Long values were cut: the number keeps such jobs apart. */
    if (n >= 199)
        snprintf(name + 180, 40, "-%zu", job);
}

bool sweep_job_path(char path[4096], const sweep_place *place, size_t job, const char *name)
{
    char folder[512], relative[1024];
    job_name(folder, place->config, job);
    snprintf(relative, sizeof relative, "jobs/%s%s%s", folder, name ? "/" : "", name ? name : "");
    return cli_join(path, place->out, relative);
}

/* What distinguishes the job's results from those of another: program, options, data. */
static bool write_identity(const sweep_place *place, size_t job, FILE *stream)
{
    const sweep_config *c = place->config;
    fprintf(stream, "snnfe-%s, libsnnfe %s, data %016llx\n", c->program, cli_version(),
            (unsigned long long)place->data_hash);
    for (size_t i = 0; i < c->n_fixed; i++)
        fprintf(stream, "--%s=%s\n", c->fixed[i].name, c->fixed[i].value);
    for (size_t a = 0; a < c->n_axes; a++)
        fprintf(stream, "--%s=%s\n", c->axes[a].name, sweep_value(c, job, a));
    return !ferror(stream);
}

/* Whether job.txt is there and says what the job is now. */
static bool is_same_job(const sweep_place *place, size_t job)
{
    char path[4096];
    char *wanted = NULL;
    size_t size = 0;
    if (!sweep_job_path(path, place, job, "job.txt"))
        return false;
    FILE *memory = open_memstream(&wanted, &size), *file = fopen(path, "re");
    bool same = memory && file && write_identity(place, job, memory);
    same = memory && fclose(memory) == 0 && same;
    for (size_t i = 0; same && i < size; i++)
        same = fgetc(file) == (unsigned char)wanted[i];
    same = same && fgetc(file) == EOF;
    if (file)
        fclose(file);
    free(wanted);
    return same;
}

bool sweep_job_done(const sweep_place *place, size_t job)
{
    char path[4096];
    return sweep_job_path(path, place, job, "summary.csv") && access(path, R_OK) == 0 &&
           is_same_job(place, job);
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
    *going_on = is_same_job(place, job) && resumes(place->config);
    if (!sweep_job_path(path, place, job, NULL) || !cli_make_folder(path))
        return false;
    if (!sweep_job_path(path, place, job, "summary.csv"))
        return false;
    if (remove(path) != 0 && errno != ENOENT) {
        cli_error("%s: cannot remove: %s", path, strerror(errno));
        return false;
    }
    if (*going_on)
        return true;
    return sweep_job_path(path, place, job, "job.txt") && cli_open(&file, path) &&
           (write_identity(place, job, file.stream), cli_commit(&file));
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
static void last_line(char line[512], const char *path)
{
    char next[512];
    FILE *file = fopen(path, "re");
    line[0] = '\0';
    while (file && fgets(next, sizeof next, file))
        if (next[0] != '\n' && strncmp(next, "try '", 5) != 0)
            snprintf(line, 512, "%s", next);
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
}

bool sweep_job_ended(const sweep_place *place, size_t job, int status)
{
    char folder[4096], log[4096], line[512];
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
