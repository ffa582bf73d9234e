/* snnfe-report: what a network costs. */
#include "stage/device_settings.h"

#include <stdlib.h>
#include <string.h>

typedef struct settings {
    const char *model, *data, *checkpoint, *out;
    cli_list subjects;
    int64_t threads, batch_size;
    int32_t form;
    device_settings device; /* without `dut` none */
} settings;

static bool is_wanted(const settings *s, int32_t subject)
{
    for (size_t i = 0; i < s->subjects.n; i++)
        if (s->subjects.items[i] == subject)
            return true;
    return s->subjects.n == 0;
}

/* The trials to count on, in grid order; free() them. */
static snnfe_status read_trials(const settings *s, float **grid, size_t *n)
{
    snnfe_dataset *dataset = NULL;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_status status = cli_open_data(&dataset, s->data, (uint32_t)s->threads);
    if (status == SNNFE_OK)
        status = snnfe_dataset_get_info(dataset, &info);
    int32_t *indices = malloc(info.n_trials * sizeof *indices + 1);
    for (size_t i = 0; status == SNNFE_OK && indices && i < info.n_trials; i++)
        if (is_wanted(s, info.subjects[i]))
            indices[(*n)++] = (int32_t)i;
    *grid = malloc(*n * info.n_rows * info.n_columns * info.n_steps * sizeof **grid + 1);
    if (status == SNNFE_OK && (!indices || !*grid))
        status = SNNFE_ERR_MEMORY;
    if (status == SNNFE_OK)
        status = snnfe_dataset_copy_grid(dataset, indices, *n, *grid);
    free(indices);
    snnfe_dataset_free(dataset);
    return status;
}

/* The data must be of the network's shape. */
static bool fits(const settings *s, const snnfe_network *network)
{
    snnfe_network_options o = {.struct_size = sizeof o};
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_dataset *dataset = NULL;
    if (!s->data)
        return true;
    snnfe_status status = cli_open_data(&dataset, s->data, (uint32_t)s->threads);
    if (status == SNNFE_OK)
        status = snnfe_dataset_get_info(dataset, &info);
    if (status == SNNFE_OK)
        status = snnfe_network_get_options(network, &o);
    snnfe_dataset_free(dataset);
    if (status != SNNFE_OK) {
        cli_failure(status);
        return false;
    }
    if (o.n_rows == info.n_rows && o.n_columns == info.n_columns && o.n_steps == info.n_steps)
        return true;
    cli_error("%s: trials are %ux%ux%u, those of the network %ux%ux%u", s->data,
              (unsigned)info.n_rows, (unsigned)info.n_columns, (unsigned)info.n_steps,
              (unsigned)o.n_rows, (unsigned)o.n_columns, (unsigned)o.n_steps);
    return false;
}

static bool write_report(const settings *s, const char *text)
{
    if (!s->out)
        return fputs(text, stdout) >= 0;
    cli_file file;
    if (!cli_open(&file, s->out))
        return false;
    fputs(text, file.stream);
    return cli_commit(&file);
}

static snnfe_status make_text(const settings *s, const snnfe_network *network,
                              const snnfe_device *device, char **text)
{
    snnfe_report report = {.struct_size = sizeof report};
    snnfe_layer_report rows[SNNFE_N_LAYERS + 1];
    snnfe_report_options o;
    float *grid = NULL;
    size_t n = 0, length = 0;
    snnfe_status status = snnfe_report_options_init(&o, sizeof o);
    o.n_threads = (uint32_t)s->threads;
    o.batch_size = (uint32_t)s->batch_size;
    o.checkpoint = s->checkpoint;
    o.device = device;
    o.ltp_energy_j = s->device.ltp_energy;
    o.ltd_energy_j = s->device.ltd_energy;
    o.endurance = s->device.endurance;
    if (status == SNNFE_OK && s->data)
        status = read_trials(s, &grid, &n);
    if (status == SNNFE_OK)
        status = snnfe_report_make(network, n ? grid : NULL, n, &o, &report, rows, sizeof rows[0]);
    free(grid);
    if (status == SNNFE_OK)
        status = snnfe_report_print(&report, rows, sizeof rows[0], s->form, NULL, 0, &length);
    if (status != SNNFE_OK)
        return status;
    *text = malloc(length + 1);
    return *text
               ? snnfe_report_print(&report, rows, sizeof rows[0], s->form, *text, length + 1, NULL)
               : SNNFE_ERR_MEMORY;
}

static int run(const settings *s)
{
    snnfe_network *network = NULL;
    snnfe_device *device = NULL;
    char *text = NULL;
    int exit_code = CLI_FAILED;
    snnfe_status status = snnfe_network_load(&network, s->model);
    if (status == SNNFE_OK && !fits(s, network))
        goto done;
    if (status == SNNFE_OK && s->device.dut)
        status = device_make(&device, &s->device);
    if (status == SNNFE_OK)
        status = make_text(s, network, device, &text);
    if (status == SNNFE_OK && write_report(s, text))
        exit_code = CLI_OK;
done:
    free(text);
    snnfe_device_free(device);
    snnfe_network_free(network);
    return status == SNNFE_OK ? exit_code : cli_failure(status);
}

int main(int argc, char **argv)
{
    static const char *const forms[] = {"text", "json", "csv", NULL};
    settings s = {.threads = 1, .batch_size = 64, .device = device_defaults()};
    s.device.dut = NULL;
    const cli_option options[] = {
        {"data", CLI_INPUT, (void *)&s.data, 0, 0, NULL,
         "trials to count spikes and operations on: a file of snnfe-preprocess or a folder"},
        {"subjects", CLI_LIST, &s.subjects, 0, 0, NULL, "of them only these subjects'"},
        {"checkpoint", CLI_INPUT, (void *)&s.checkpoint, 0, 0, NULL,
         "checkpoint of a training through a device, for its pulses"},
        {"dut", CLI_TEXT, (void *)&s.device.dut, 0, 0, NULL,
         DEVICE_DUT_HELP "; for its training's memory, its pulses' energies, its endurance"},
        {"ltp_energy", CLI_NUMBER, &s.device.ltp_energy, 0, 1, NULL, DEVICE_LTP_ENERGY_HELP},
        {"ltd_energy", CLI_NUMBER, &s.device.ltd_energy, 0, 1, NULL, DEVICE_LTD_ENERGY_HELP},
        {"endurance", CLI_NUMBER, &s.device.endurance, 0, 1e18, NULL, DEVICE_ENDURANCE_HELP},
        {"batch_size", CLI_INTEGER, &s.batch_size, 1, 65536, NULL, "of training, for its memory"},
        {"threads", CLI_INTEGER, &s.threads, 1, 1024, NULL, "also for the memory"},
        {"form", CLI_CHOICE, &s.form, 0, 0, forms, "of the report"},
        {"out", CLI_OUTPUT, (void *)&s.out, 0, 0, NULL, "file to write; standard output if none"},
    };
    static const cli_need needs[] = {{"subjects", "data"},
                                     {"ltp_energy", "checkpoint"},
                                     {"ltd_energy", "checkpoint"},
                                     {"endurance", "checkpoint"},
                                     {NULL, NULL}};
    const cli_program program = {.name = "snnfe-report",
                                 .usage = "MODEL",
                                 .about = "Tells what the network MODEL costs: parameters, "
                                          "operations, spikes, memory, pulses,\n"
                                          "energy and wear.",
                                 .options = options,
                                 .n_options = sizeof options / sizeof options[0],
                                 .positionals = {&s.model},
                                 .n_positionals = 1,
                                 .needs = {needs}};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    cli_catch_interrupt();
    return run(&s);
}
