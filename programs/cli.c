#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- options ------------------------------------------------------------------------------- */

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

/* Names between commas, or blanks where `blanks` part them, too; none may be empty. */
static bool parse_names(const char *text, cli_names *names, bool blanks)
{
    const char *const parting = blanks ? ", \t" : ",";
    if ((size_t)snprintf(names->text, sizeof names->text, "%s", text) >= sizeof names->text)
        return false;
    names->n = 0;
    for (char *next = names->text; next;) {
        char *name = next + (blanks ? strspn(next, " \t") : 0);
        char *end = name + strcspn(name, parting);
        if (end == name || names->n == CLI_NAMES_SIZE)
            return false;
        names->items[names->n++] = name;
        char *comma = end + (blanks ? strspn(end, " \t") : 0);
        next = *comma == ',' ? comma + 1 : *comma ? comma : NULL;
        *end = '\0';
    }
    size_t length = 0;
    for (size_t i = 0; i < names->n; i++)
        length += (size_t)snprintf(names->joined + length, sizeof names->joined - length, "%s%s",
                                   i ? "," : "", names->items[i]);
    names->given = names->joined;
    return true;
}

static bool parse_numbers(const char *text, cli_numbers *numbers, double least, double most)
{
    numbers->n = 0;
    for (const char *p = text;; p++) {
        char *end = NULL;
        const double number = strtod(p, &end);
        if (end == p || (*end != ',' && *end) || !(number >= least && number <= most) ||
            numbers->n == CLI_NUMBERS_SIZE)
            return false;
        numbers->items[numbers->n++] = number;
        p = end;
        if (!*p)
            return numbers->n == 1 || numbers->n == numbers->whole;
    }
}

static bool parse_boolean(const char *text, int64_t *value)
{
    static const char *const words[2][4] = {{"0", "False", "false", "no"},
                                            {"1", "True", "true", "yes"}};
    for (int64_t v = 0; v < 2; v++)
        for (size_t i = 0; i < 4; i++)
            if (strcmp(text, words[v][i]) == 0) {
                *value = v;
                return true;
            }
    return false;
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
    if (option->kind == CLI_TEXT || option->kind == CLI_INPUT || option->kind == CLI_OUTPUT) {
        *(const char **)option->target = text;
        return true;
    }
    if (option->kind == CLI_LIST) {
        snprintf(why, size, "a list such as 1-10,15 is needed");
        return parse_list(text, option->target);
    }
    if (option->kind == CLI_NAMES) {
        snprintf(why, size, "names such as fc1,fc2 are needed");
        return parse_names(text, option->target, option->choices != NULL);
    }
    if (option->kind == CLI_BOOLEAN) {
        snprintf(why, size, "True, False, 1 or 0 is needed");
        return parse_boolean(text, option->target);
    }
    if (option->kind == CLI_NUMBERS) {
        const cli_numbers *numbers = option->target;
        snprintf(why, size, "one number in %g…%g is needed, or %zu between commas", option->least,
                 option->most, numbers->whole);
        return parse_numbers(text, option->target, option->least, option->most);
    }
    if (option->kind == CLI_IGNORED) {
        fprintf(stderr, "note: --%s has no effect here, nor in the published programs\n",
                option->name);
        return true;
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
    fprintf(stderr, "%s: %s%s%s\ntry '%s --help'\n", program->name, cli_shown(what),
            about ? ": " : "", about ? cli_shown(about) : "", program->name);
    return CLI_USAGE;
}

/* Whether every one of the names in a word is one that may follow the others after a blank. */
static bool follows(const cli_option *option, const char *word)
{
    static cli_names names;
    char text[sizeof names.text];
    const int n = snprintf(text, sizeof text, "%s", word);
    if (n > 0 && (size_t)n < sizeof text && text[n - 1] == ',')
        text[n - 1] = '\0'; /* "fc1, fc2" */
    if (!parse_names(text, &names, true))
        return false;
    for (size_t i = 0; i < names.n; i++) {
        bool known = false;
        for (size_t c = 0; option->choices[c] && !known; c++) {
            const char *choice = option->choices[c];
            const size_t length = strlen(choice);
            known = strcmp(names.items[i], choice) == 0 ||
                    (choice[length - 1] == '.' && strncmp(names.items[i], choice, length) == 0);
        }
        if (!known)
            return false;
    }
    return true;
}

/* The names after the first, as the published programs take them: words of their own. */
static bool join_names(const cli_option *option, const char *first, int argc, char **argv, int *i,
                       char joined[1024])
{
    size_t length = (size_t)snprintf(joined, 1024, "%s", first);
    while (length < 1024 && *i + 1 < argc && follows(option, argv[*i + 1]))
        length += (size_t)snprintf(joined + length, 1024 - length, " %s", argv[++*i]);
    return length < 1024;
}

/* "no such option", with those whose names have the word that was given in them. */
static const char *no_such_option(const cli_program *program, const char *name, size_t length,
                                  char *text, size_t size)
{
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)(length < 63 ? length : 63), name);
    size_t end = (size_t)snprintf(text, size, "no such option");
    const char *before = "; there is --";
    for (size_t o = 0; o < program->n_options && length > 2 && end < size; o++)
        if (strstr(program->options[o].name, word)) {
            end +=
                (size_t)snprintf(text + end, size - end, "%s%s", before, program->options[o].name);
            before = ", --";
        }
    return text;
}

/* One `--name`, `--name=value` or `--name value`, noted in `given`; moves *i past what it took. */
static int take_option(const cli_program *program, int argc, char **argv, int *i, bool *given)
{
    const char *name = argv[*i] + 2, *value = strchr(name, '=');
    const size_t length = value ? (size_t)(value - name) : strlen(name);
    for (size_t o = 0; o < program->n_options; o++) {
        const cli_option *option = &program->options[o];
        if (!same_name(name, length, option->name))
            continue;
        given[o] = true;
        if (option->kind == CLI_SWITCH) {
            if (value)
                return usage_error(program, argv[*i], "takes no value");
            *(bool *)option->target = true;
            return CLI_OK;
        }
        char what[CLI_SHOWN_SIZE + 64], why[160] = "", joined[1024];
        const char *text = value ? value + 1 : *i + 1 < argc ? argv[++*i] : NULL;
        if (text && !value && option->kind == CLI_NAMES && option->choices) {
            if (!join_names(option, text, argc, argv, i, joined))
                return usage_error(program, argv[*i], "too many names");
            text = joined;
        }
        snprintf(what, sizeof what, "--%s %s", option->name, text ? cli_shown(text) : "");
        if (!text)
            return usage_error(program, what, "needs a value");
        return set_value(option, text, why, sizeof why) ? CLI_OK : usage_error(program, what, why);
    }
    char like[200];
    return usage_error(program, argv[*i], no_such_option(program, name, length, like, sizeof like));
}

const char *cli_version(void)
{
    static char text[32];
    const unsigned version = snnfe_version();
    snprintf(text, sizeof text, "%u.%u.%u", version / 10000, version / 100 % 100, version % 100);
    return text;
}

bool cli_parse(const cli_program *program, int argc, char **argv, int *exit_code)
{
    size_t n = 0;
    bool *given = calloc(program->n_options + 1, sizeof *given);
    cli_begin(argc, argv);
    cli_know_names(program);
    *exit_code = given ? CLI_OK : cli_error("out of memory");
    for (int i = 1; i < argc && *exit_code == CLI_OK; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            cli_print_help(program);
            goto ended;
        }
        if (strcmp(argv[i], "--version") == 0) {
            printf("%s (libsnnfe %s)\n", program->name, cli_version());
            goto ended;
        }
        if (strncmp(argv[i], "--", 2) == 0)
            *exit_code = take_option(program, argc, argv, &i, given);
        else if (n < program->n_positionals)
            *program->positionals[n++] = argv[i];
        else if (program->rest && program->rest->n < CLI_REST_SIZE)
            program->rest->items[program->rest->n++] = argv[i];
        else
            *exit_code = usage_error(program, argv[i], "one argument too many");
    }
    if (*exit_code == CLI_OK && n < program->n_positionals)
        *exit_code = usage_error(program, "missing argument", program->usage);
    if (*exit_code == CLI_OK && !(cli_check_needs(program, given) && cli_check_paths(program)))
        *exit_code = CLI_USAGE;
    free(given);
    return *exit_code == CLI_OK;
ended:
    free(given);
    return false;
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

snnfe_dataset_info cli_dataset_info(const snnfe_dataset *dataset)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_dataset_get_info(dataset, &info);
    return info;
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
    const snnfe_dataset_info info = cli_dataset_info(dataset);
    uint64_t hash = UINT64_C(14695981039346656037);
    hash = hash_bytes(hash, info.trials,
                      info.n_trials * info.n_channels * info.n_steps * sizeof(float));
    return hash_bytes(hash, info.labels, info.n_trials * sizeof(int32_t));
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
