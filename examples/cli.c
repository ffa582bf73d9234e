#include "cli.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <sys/stat.h>
#include <unistd.h>

/* --- options ------------------------------------------------------------------------------- */

static void print_default(const cli_option *option)
{
    switch (option->kind) {
    case CLI_INTEGER:
        printf(" (default %lld)", (long long)*(const int64_t *)option->target);
        break;
    case CLI_NUMBER:
        printf(" (default %g)", *(const double *)option->target);
        break;
    case CLI_TEXT:
        if (*(const char *const *)option->target)
            printf(" (default %s)", *(const char *const *)option->target);
        break;
    case CLI_CHOICE:
        printf(" (default %s)", option->choices[*(const int32_t *)option->target]);
        break;
    case CLI_NAMES:
        if (((const cli_names *)option->target)->given)
            printf(" (default %s)", ((const cli_names *)option->target)->given);
        break;
    default:
        break;
    }
}

static void print_help(const cli_program *program)
{
    static const char *const values[] = {"", " N", " X", " TEXT", " LIST", " NAMES", " NAME"};
    printf("usage: %s [options]%s%s\n\n%s\n\noptions:\n", program->name,
           program->n_positionals ? " " : "", program->usage, program->about);
    for (size_t i = 0; i < program->n_options; i++) {
        const cli_option *option = &program->options[i];
        char head[80];
        snprintf(head, sizeof head, "--%s%s", option->name, values[option->kind]);
        printf("  %-32s %s", head, option->help);
        for (size_t c = 0; option->kind == CLI_CHOICE && option->choices[c]; c++)
            printf("%s%s", c ? ", " : ": ", option->choices[c]);
        print_default(option);
        printf("\n");
    }
    printf("  %-32s this text\n  %-32s version of the library\n", "--help", "--version");
}

static bool same_name(const char *given, size_t length, const char *name)
{
    if (strlen(name) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if ((given[i] == '-' ? '_' : given[i]) != name[i])
            return false;
    return true;
}

static bool parse_list(const char *text, cli_list *list)
{
    const char *p = text;
    list->n = 0;
    while (*p) {
        char *end = NULL;
        const long first = strtol(p, &end, 10);
        long last = first;
        if (end == p)
            return false;
        if (*end == '-') {
            p = end + 1;
            last = strtol(p, &end, 10);
            if (end == p)
                return false;
        }
        if (first < 0 || last < first || last - first >= (long)(CLI_LIST_SIZE - list->n) ||
            last > INT32_MAX || (*end != ',' && *end != '\0'))
            return false;
        for (long i = first; i <= last; i++)
            list->items[list->n++] = (int32_t)i;
        p = *end == ',' ? end + 1 : end;
    }
    return list->n > 0;
}

/* Names between commas; none may be empty. */
static bool parse_names(const char *text, cli_names *names)
{
    if ((size_t)snprintf(names->text, sizeof names->text, "%s", text) >= sizeof names->text)
        return false;
    names->given = text;
    names->n = 0;
    for (char *next = names->text; next;) {
        char *name = next, *comma = strchr(name, ',');
        next = comma ? comma + 1 : NULL;
        if (comma)
            *comma = '\0';
        if (!*name || names->n == CLI_NAMES_SIZE)
            return false;
        names->items[names->n++] = name;
    }
    return true;
}

/* Set an option from its text; the reason for a refusal goes into `why`. */
static bool set_value(const cli_option *option, const char *text, char *why, size_t size)
{
    char *end = NULL;
    errno = 0;
    if (option->kind == CLI_INTEGER || option->kind == CLI_NUMBER) {
        const double number = strtod(text, &end);
        const bool whole = option->kind == CLI_NUMBER ||
                           (number >= -9e15 && number <= 9e15 && number == floor(number));
        if (end == text || *end || !isfinite(number) || !whole || number < option->least ||
            number > option->most) {
            snprintf(why, size, "a%s number in %g…%g is needed",
                     option->kind == CLI_INTEGER ? " whole" : "", option->least, option->most);
            return false;
        }
        if (option->kind == CLI_INTEGER)
            *(int64_t *)option->target = (int64_t)number;
        else
            *(double *)option->target = number;
        return true;
    }
    if (option->kind == CLI_TEXT) {
        *(const char **)option->target = text;
        return true;
    }
    if (option->kind == CLI_LIST) {
        snprintf(why, size, "a list such as 1-10,15 is needed");
        return parse_list(text, option->target);
    }
    if (option->kind == CLI_NAMES) {
        snprintf(why, size, "names such as fc1,fc2 are needed");
        return parse_names(text, option->target);
    }
    for (int32_t c = 0; option->choices[c]; c++)
        if (strcmp(text, option->choices[c]) == 0) {
            *(int32_t *)option->target = c;
            return true;
        }
    snprintf(why, size, "see --help for the names");
    return false;
}

static int usage_error(const cli_program *program, const char *what, const char *about)
{
    fprintf(stderr, "%s: %s%s%s\ntry '%s --help'\n", program->name, what, about ? ": " : "",
            about ? about : "", program->name);
    return CLI_USAGE;
}

/* One `--name`, `--name=value` or `--name value`; moves *i past what it took. */
static int take_option(const cli_program *program, int argc, char **argv, int *i)
{
    const char *name = argv[*i] + 2, *value = strchr(name, '=');
    const size_t length = value ? (size_t)(value - name) : strlen(name);
    for (size_t o = 0; o < program->n_options; o++) {
        const cli_option *option = &program->options[o];
        if (!same_name(name, length, option->name))
            continue;
        if (option->kind == CLI_SWITCH) {
            if (value)
                return usage_error(program, argv[*i], "takes no value");
            *(bool *)option->target = true;
            return CLI_OK;
        }
        char what[256], why[128] = "";
        const char *text = value ? value + 1 : *i + 1 < argc ? argv[++*i] : NULL;
        snprintf(what, sizeof what, "--%s %s", option->name, text ? text : "");
        if (!text)
            return usage_error(program, what, "needs a value");
        return set_value(option, text, why, sizeof why) ? CLI_OK : usage_error(program, what, why);
    }
    return usage_error(program, argv[*i], "no such option");
}

bool cli_parse(const cli_program *program, int argc, char **argv, int *exit_code)
{
    size_t n = 0;
    *exit_code = CLI_OK;
    for (int i = 1; i < argc && *exit_code == CLI_OK; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(program);
            return false;
        }
        if (strcmp(argv[i], "--version") == 0) {
            printf("%s (libsnnfe %s)\n", program->name, snnfe_version_string());
            return false;
        }
        if (strncmp(argv[i], "--", 2) == 0)
            *exit_code = take_option(program, argc, argv, &i);
        else if (n < program->n_positionals)
            *program->positionals[n++] = argv[i];
        else
            *exit_code = usage_error(program, argv[i], "one argument too many");
    }
    if (*exit_code == CLI_OK && n < program->n_positionals)
        *exit_code = usage_error(program, "missing argument", program->usage);
    return *exit_code == CLI_OK;
}

int cli_failure(snnfe_status status)
{
    if (status == SNNFE_ERR_CANCELLED && cli_interrupted()) {
        fprintf(stderr, "interrupted\n");
        return CLI_INTERRUPTED;
    }
    fprintf(stderr, "error: %s (%s)\n", snnfe_last_error(), snnfe_status_name(status));
    return CLI_FAILED;
}

int cli_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "error: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    return CLI_FAILED;
}

/* --- progress ------------------------------------------------------------------------------ */

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* A job of a sweep does not outlive it, however it ends: it is interrupted, and goes on later. */
static void end_with_sweep(void)
{
    const char *sweep = getenv(CLI_SWEEP_VARIABLE);
    if (!sweep)
        return;
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGINT);
#endif
    if (getppid() != (pid_t)strtol(sweep, NULL, 10))
        raise(SIGINT);
}

void cli_catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    end_with_sweep();
}

bool cli_interrupted(void)
{
    return interrupted != 0;
}

static void draw_bar(const snnfe_progress *p)
{
    enum { WIDTH = 30 };
    const int filled = (int)(p->done * WIDTH / p->total);
    fprintf(stderr, "\r%-9s [%.*s%*s] %3d %%", p->phase, filled, "##############################",
            WIDTH - filled, "", (int)(p->done * 100 / p->total));
    if (p->epoch)
        fprintf(stderr, "  epoch %u", (unsigned)p->epoch);
    if (!isnan(p->loss))
        fprintf(stderr, "  loss %.4f", p->loss);
    if (!isnan(p->accuracy))
        fprintf(stderr, "  validation %.1f %%", 100 * p->accuracy);
    fprintf(stderr, "\033[K%s", p->done == p->total ? "\n" : "");
}

/* Only tenths are worth a line in a log. */
static void write_line(const snnfe_progress *p)
{
    static uint64_t last_tenth;
    static const char *last_phase;
    const uint64_t tenth = p->done * 10 / p->total;
    if (last_phase && strcmp(last_phase, p->phase) == 0 && tenth == last_tenth)
        return;
    last_phase = strcmp(p->phase, "train") == 0 ? "train" : "other";
    if (tenth == last_tenth || tenth == 0)
        return;
    last_tenth = tenth;
    fprintf(stderr, "%s %d %%", p->phase, (int)(tenth * 10));
    if (p->epoch)
        fprintf(stderr, ", epoch %u", (unsigned)p->epoch);
    if (!isnan(p->loss))
        fprintf(stderr, ", loss %.4f", p->loss);
    if (!isnan(p->accuracy))
        fprintf(stderr, ", validation %.1f %%", 100 * p->accuracy);
    fprintf(stderr, "\n");
}

static bool silent;

void cli_be_silent(void)
{
    silent = true;
    if (!freopen("/dev/null", "w", stdout))
        cli_error("/dev/null: cannot write: %s", strerror(errno));
}

int32_t cli_progress(const snnfe_progress *progress, void *user_data)
{
    (void)user_data;
    if (progress->total > 0 && !silent) {
        if (isatty(STDERR_FILENO))
            draw_bar(progress);
        else if (strcmp(progress->phase, "evaluate") != 0)
            write_line(progress);
    }
    return interrupted;
}

void cli_log(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    if (level >= SNNFE_LOG_INFO && !silent)
        fprintf(stderr, "%s%s\n", level == SNNFE_LOG_WARNING ? "warning: " : "", message);
}

/* --- files --------------------------------------------------------------------------------- */

bool cli_open(cli_file *file, const char *path)
{
    snprintf(file->path, sizeof file->path, "%s", path);
    snprintf(file->temporary, sizeof file->temporary, "%s.tmp", path);
    file->stream = silent ? tmpfile() : fopen(file->temporary, "we");
    if (!file->stream)
        cli_error("%s: cannot write: %s", path, strerror(errno));
    return file->stream != NULL;
}

bool cli_commit(cli_file *file)
{
    if (silent)
        return fclose(file->stream) == 0;
    bool written = fflush(file->stream) == 0 && fsync(fileno(file->stream)) == 0;
    written = !ferror(file->stream) && written;
    written = fclose(file->stream) == 0 && written;
    written = written && rename(file->temporary, file->path) == 0;
    if (!written) {
        cli_error("%s: cannot write: %s", file->path, strerror(errno));
        remove(file->temporary);
    }
    return written;
}

bool cli_join(char path[4096], const char *folder, const char *name)
{
    const int n = snprintf(path, 4096, "%s/%s", folder, name);
    if (n < 0 || n >= 4096)
        cli_error("%.100s…: path is too long", folder);
    return n >= 0 && n < 4096;
}

bool cli_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool cli_make_folder(const char *path)
{
    char part[4096];
    snprintf(part, sizeof part, "%s", path);
    for (char *p = part + 1;; p++) {
        const char end = *p;
        if (end != '/' && end != '\0')
            continue;
        *p = '\0';
        if (mkdir(part, 0777) != 0 && !cli_is_folder(part)) {
            cli_error("%s: cannot create folder: %s", part, strerror(errno));
            return false;
        }
        *p = end;
        if (end == '\0')
            return true;
    }
}

snnfe_status cli_open_data(snnfe_dataset **dataset, const char *path, uint32_t n_threads)
{
    if (!cli_is_folder(path))
        return snnfe_dataset_load(dataset, path);
    snnfe_dataset_options options;
    snnfe_status status = snnfe_dataset_options_init(&options, sizeof options);
    if (status != SNNFE_OK)
        return status;
    options.n_threads = n_threads;
    options.log = cli_log;
    options.progress = cli_progress;
    return snnfe_dataset_open(dataset, path, &options);
}

static uint64_t hash_bytes(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

uint64_t cli_data_hash(const snnfe_dataset *dataset)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    if (snnfe_dataset_get_info(dataset, &info) != SNNFE_OK)
        return 0;
    uint64_t hash = UINT64_C(14695981039346656037);
    hash = hash_bytes(hash, snnfe_dataset_epochs(dataset),
                      info.n_epochs * info.n_channels * info.n_steps * sizeof(float));
    return hash_bytes(hash, snnfe_dataset_labels(dataset), info.n_epochs * sizeof(int32_t));
}

double cli_mean(const double *values, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += values[i];
    return n ? sum / (double)n : (double)NAN;
}

static double squares_about_mean(const double *values, size_t n)
{
    const double mean = cli_mean(values, n);
    double squares = 0;
    for (size_t i = 0; i < n; i++)
        squares += (values[i] - mean) * (values[i] - mean);
    return squares;
}

double cli_deviation(const double *values, size_t n)
{
    return n > 1 ? sqrt(squares_about_mean(values, n) / (double)(n - 1)) : 0;
}

double cli_population_deviation(const double *values, size_t n)
{
    return n > 0 ? sqrt(squares_about_mean(values, n) / (double)n) : 0;
}
