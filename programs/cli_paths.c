/* Which of a command's paths are read and which are written, and where its program is. */
#include "cli.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool cli_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino &&
           (S_ISREG(x.st_mode) || S_ISDIR(x.st_mode));
}

static const char *path_of(const cli_option *option, cli_kind kind)
{
    return option->kind == kind ? *(const char *const *)option->target : NULL;
}

static bool refuse(const cli_option *output, const char *what)
{
    cli_error("--%s %s: is also %s", output->name, path_of(output, CLI_OUTPUT), what);
    return false;
}

/* Whether a file is that of a path, or one of several with commas between. */
static bool is_among(const char *path, const char *paths)
{
    if (cli_same_file(path, paths))
        return true;
    for (size_t n = 0; *paths; paths += n + (paths[n] == ',')) {
        char one[4096];
        n = strcspn(paths, ",");
        if (snprintf(one, sizeof one, "%.*s", (int)n, paths) < (int)sizeof one &&
            cli_same_file(path, one))
            return true;
    }
    return false;
}

static bool differs_from_inputs(const cli_program *program, const cli_option *output)
{
    const char *path = path_of(output, CLI_OUTPUT);
    for (size_t i = 0; i < program->n_positionals; i++)
        if (is_among(path, *program->positionals[i]))
            return refuse(output, "what is read");
    for (size_t i = 0; program->rest && i < program->rest->n; i++)
        if (cli_same_file(path, program->rest->items[i]))
            return refuse(output, "what is read");
    for (size_t i = 0; i < program->n_options; i++) {
        const char *input = path_of(&program->options[i], CLI_INPUT);
        char what[128];
        if (!input || !cli_same_file(path, input))
            continue;
        snprintf(what, sizeof what, "what is read for --%s", program->options[i].name);
        return refuse(output, what);
    }
    return true;
}

static bool differs_from_outputs(const cli_program *program, const cli_option *output)
{
    const char *path = path_of(output, CLI_OUTPUT);
    for (const cli_option *o = program->options; o < output; o++) {
        const char *other = path_of(o, CLI_OUTPUT);
        char what[128];
        /* Several outputs may go to one terminal or to /dev/null. */
        if (!other || strncmp(path, "/dev/", 5) == 0 ||
            !(strcmp(path, other) == 0 || cli_same_file(path, other)))
            continue;
        snprintf(what, sizeof what, "what --%s writes", o->name);
        return refuse(output, what);
    }
    return true;
}

bool cli_check_paths(const cli_program *program)
{
    for (size_t i = 0; i < program->n_options; i++) {
        const cli_option *o = &program->options[i];
        if (path_of(o, CLI_OUTPUT) &&
            !(differs_from_inputs(program, o) && differs_from_outputs(program, o)))
            return false;
    }
    return true;
}

bool cli_may_write(const char *path, bool overwrite, bool can_resume)
{
    struct stat info;
    if (overwrite || stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return true;
    cli_error("%s is there already: %s--overwrite writes it again", path,
              can_resume ? "--resume goes on from there, " : "");
    return false;
}

/* The path without links, as PATH_MAX limits it. */
static bool resolve(char path[4096], const char *name)
{
    char *resolved = realpath(name, NULL);
    const bool fits = resolved && snprintf(path, 4096, "%s", resolved) < 4096;
    free(resolved);
    return fits;
}

/* As a shell finds a command. */
static bool search(char path[4096], const char *name)
{
    for (const char *folders = getenv("PATH"); folders; folders = strchr(folders, ':')) {
        folders += *folders == ':';
        char candidate[4096];
        const int length = (int)strcspn(folders, ":");
        if (snprintf(candidate, sizeof candidate, "%.*s%s%s", length, folders, length ? "/" : "./",
                     name) < (int)sizeof candidate &&
            access(candidate, X_OK) == 0)
            return resolve(path, candidate);
    }
    return false;
}

bool cli_own_path(char path[4096], const char *called)
{
#ifdef SNNFE_LINUX
    if (resolve(path, "/proc/self/exe"))
        return true;
#endif
    return strchr(called, '/') ? resolve(path, called) : search(path, called);
}
