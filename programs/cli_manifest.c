/* What a program's results were made from and how, as JSON beside them. */
#include "cli.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

static json_t *list_value(const cli_list *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, json_integer(list->items[i]));
    return array;
}

static json_t *names_value(const cli_names *names)
{
    json_t *array = json_array();
    for (size_t i = 0; i < names->n; i++)
        json_array_append_new(array, json_string(names->items[i]));
    return array;
}

static json_t *numbers_value(const cli_numbers *numbers)
{
    json_t *array = json_array();
    for (size_t i = 0; i < numbers->n; i++)
        json_array_append_new(array, json_real(numbers->items[i]));
    return array;
}

static json_t *option_value(const cli_option *option)
{
    switch (option->kind) {
    case CLI_SWITCH:
        return json_boolean(*(const bool *)option->target);
    case CLI_INTEGER:
        return json_integer(*(const int64_t *)option->target);
    case CLI_NUMBER: {
        const double number = *(const double *)option->target;
        return isnan(number) ? json_null() : json_real(number);
    }
    case CLI_TEXT:
    case CLI_INPUT:
    case CLI_OUTPUT: {
        const char *text = *(const char *const *)option->target;
        return text ? json_string(text) : json_null();
    }
    case CLI_LIST:
        return list_value(option->target);
    case CLI_NAMES:
        return names_value(option->target);
    case CLI_BOOLEAN:
        return json_boolean(*(const int64_t *)option->target);
    case CLI_NUMBERS:
        return numbers_value(option->target);
    default:
        return json_string(option->choices[*(const int32_t *)option->target]);
    }
}

static json_t *data_value(const char *path, const snnfe_dataset *dataset)
{
    char hash[24];
    const snnfe_dataset_info info = cli_dataset_info(dataset);
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)cli_data_hash(dataset));
    return json_pack("{s:s, s:s, s:I, s:I, s:b}", "path", path, "hash", hash, "trials",
                     (json_int_t)info.n_trials, "subjects", (json_int_t)info.n_subjects,
                     "synthetic", (int)info.signal->synthetic);
}

bool cli_write_manifest(const cli_program *program, int argc, char **argv, const char *folder,
                        const char *data_path, const snnfe_dataset *dataset, uint64_t run)
{
    char path[4096], id[24];
    cli_file file;
    json_t *arguments = json_array(), *options = json_object();
    for (int i = 0; i < argc; i++)
        json_array_append_new(arguments, json_string(argv[i]));
    for (size_t i = 0; i < program->n_options; i++)
        if (program->options[i].kind != CLI_IGNORED)
            json_object_set_new(options, program->options[i].name,
                                option_value(&program->options[i]));
    snprintf(id, sizeof id, "%016llx", (unsigned long long)run);
    json_t *manifest =
        json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "program", program->name, "library",
                  cli_version(), "instruction_set", snnfe_instruction_set(), "run", id, "arguments",
                  arguments, "data", data_value(data_path, dataset), "options", options);
    bool written = manifest && cli_join(path, folder, "manifest.json") && cli_open(&file, path);
    if (!manifest)
        cli_error("%s: an argument is no UTF-8 text", program->name);
    if (written) {
        json_dumpf(manifest, file.stream, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        fputc('\n', file.stream);
        written = cli_commit(&file);
    }
    json_decref(manifest);
    return written;
}

bool cli_read_run(const char *folder, uint64_t *run)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/manifest.json", folder) >= (int)sizeof path)
        return false;
    json_t *manifest = json_load_file(path, 0, NULL);
    const char *id = json_string_value(json_object_get(manifest, "run"));
    char *end = NULL;
    *run = id ? strtoull(id, &end, 16) : 0;
    const bool told = id && end != id && *end == '\0';
    json_decref(manifest);
    return told;
}

void cli_write_run(FILE *stream, uint64_t run)
{
    fputc(',', stream);
    if (run)
        fprintf(stream, "%016llx", (unsigned long long)run);
    fputc('\n', stream);
}
