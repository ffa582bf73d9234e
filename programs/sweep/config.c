/* The configuration file of a sweep:
   {"program": "train-on-device", "options": {"dut": "dut2"}, "grid": {"thr": [0.025, 0.05]}} */
#include "sweep.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const char *const programs[] = {"pretrain", "train-on-device", "retune", "sstl", NULL};
/* Set for every job by the sweep itself. */
static const char *const reserved[] = {"out", "threads", "resume", "overwrite", NULL};

static bool is_among(const char *name, const char *const *names)
{
    while (*names && strcmp(name, *names) != 0)
        names++;
    return *names != NULL;
}

/* An option's value as it is given on a command line; NULL if it is none. */
static char *value_text(const json_t *value)
{
    if (json_is_string(value))
        return strdup(json_string_value(value));
    if (json_is_number(value))
        return json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
    return NULL;
}

static bool refuse(const char *path, const char *what, const char *name)
{
    cli_error("%s: %s%s%s%s", path, name ? "\"" : "", name ? name : "", name ? "\" " : "", what);
    return false;
}

static bool check_name(const char *path, const char *name)
{
    if (!*name ||
        strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") !=
            strlen(name))
        return refuse(path, "is no option", name);
    return is_among(name, reserved) ? refuse(path, "is set by the sweep itself", name) : true;
}

static bool take_program(sweep_config *config, const char *path, const json_t *value)
{
    const char *name = json_string_value(value);
    if (!name || !is_among(name, programs))
        return refuse(path, "\"program\" must be pretrain, train-on-device, retune or sstl", NULL);
    config->program = strdup(name);
    return config->program != NULL;
}

static bool take_options(sweep_config *config, const char *path, json_t *options)
{
    const char *name;
    json_t *value;
    if (options && !json_is_object(options))
        return refuse(path, "must be an object of options and their values", "options");
    json_object_foreach (options, name, value) {
        char *text = value_text(value);
        if (!text)
            return refuse(path, "must be a number or a text", name);
        const bool set = sweep_config_set(config, path, name, text);
        free(text);
        if (!set)
            return false;
    }
    return true;
}

static bool take_axis(sweep_config *config, const char *path, const char *name, json_t *values)
{
    const size_t n = json_array_size(values);
    if (!check_name(path, name))
        return false;
    if (n == 0 || n > SWEEP_MAX_VALUES)
        return refuse(path, "must be an array of 1 to 1024 values", name);
    if (config->n_axes == SWEEP_MAX_AXES)
        return refuse(path, "is one option more than the eight that a grid may have", name);
    sweep_axis *axis = &config->axes[config->n_axes++];
    axis->name = strdup(name);
    axis->values = calloc(n, sizeof *axis->values);
    if (!axis->name || !axis->values)
        return refuse(path, "out of memory", NULL);
    for (; axis->n < n; axis->n++) {
        axis->values[axis->n] = value_text(json_array_get(values, axis->n));
        if (!axis->values[axis->n])
            return refuse(path, "has a value that is neither a number nor a text", name);
        for (size_t i = 0; i < axis->n; i++)
            if (strcmp(axis->values[i], axis->values[axis->n]) == 0) {
                axis->n++;
                return refuse(path, "has a value twice", name);
            }
    }
    if (config->n_jobs > 1000000 / n)
        return refuse(path, "more than a million jobs", NULL);
    config->n_jobs *= n;
    return true;
}

static bool take_root(sweep_config *config, const char *path, json_t *root)
{
    const char *name;
    json_t *value, *grid = json_object_get(root, "grid");
    if (!json_is_object(root) || !json_is_object(grid) || json_object_size(grid) == 0)
        return refuse(path, "must be an object with \"program\" and a \"grid\" of options", NULL);
    json_object_foreach (root, name, value)
        if (strcmp(name, "program") != 0 && strcmp(name, "options") != 0 &&
            strcmp(name, "grid") != 0)
            return refuse(path, "is not known here", name);
    config->n_jobs = 1;
    json_object_foreach (grid, name, value)
        if (!take_axis(config, path, name, value))
            return false;
    return take_program(config, path, json_object_get(root, "program")) &&
           take_options(config, path, json_object_get(root, "options"));
}

static json_t *load(const char *path)
{
    json_error_t error;
    FILE *file = cli_open_text(path);
    if (!file) {
        cli_error("%s: cannot read: %s", path, strerror(errno));
        return NULL;
    }
    json_t *root = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        cli_error("%s: line %d: %s", path, error.line, error.text);
    fclose(file);
    return root;
}

bool sweep_config_read(sweep_config *config, const char *path)
{
    *config = (sweep_config){0};
    json_t *root = load(path);
    if (!root)
        return false;
    const bool taken = take_root(config, path, root);
    json_decref(root);
    return taken;
}

void sweep_config_release(sweep_config *config)
{
    for (size_t a = 0; a < config->n_axes; a++) {
        for (size_t i = 0; i < config->axes[a].n; i++)
            free(config->axes[a].values[i]);
        free(config->axes[a].values);
        free(config->axes[a].name);
    }
    for (size_t i = 0; i < config->n_fixed; i++) {
        free(config->fixed[i].name);
        free(config->fixed[i].value);
    }
    free(config->program);
    *config = (sweep_config){0};
}

bool sweep_config_set(sweep_config *config, const char *place, const char *name, const char *value)
{
    if (!check_name(place, name))
        return false;
    for (size_t a = 0; a < config->n_axes; a++)
        if (strcmp(config->axes[a].name, name) == 0)
            return refuse(place, "is in the grid: it cannot be set for all jobs", name);
    size_t i = 0;
    while (i < config->n_fixed && strcmp(config->fixed[i].name, name) != 0)
        i++;
    if (i == SWEEP_MAX_FIXED)
        return refuse(place, "is one option too many", name);
    char *copy = strdup(value);
    if (!copy)
        return refuse(place, "out of memory", NULL);
    if (i < config->n_fixed) {
        free(config->fixed[i].value);
    } else {
        config->fixed[i].name = strdup(name);
        config->n_fixed++;
    }
    config->fixed[i].value = copy;
    return config->fixed[i].name != NULL;
}

const char *sweep_value(const sweep_config *config, size_t job, size_t axis)
{
    for (size_t a = config->n_axes - 1; a > axis; a--)
        job /= config->axes[a].n;
    return config->axes[axis].values[job % config->axes[axis].n];
}

bool sweep_repeats(const sweep_axis *axis)
{
    static const char *const names[] = {"fold",          "seed",     "training_seed",
                                        "transfer_seed", "subjects", NULL};
    return is_among(axis->name, names);
}
