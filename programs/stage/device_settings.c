#include "device_settings.h"

#include <math.h>
#include <string.h>

device_settings device_defaults(void)
{
    snnfe_trainer_options t = {0};
    snnfe_trainer_options_init(&t, sizeof t);
    return (device_settings){.dut = "dut2",
                             .scale = 1,
                             .asymmetry = 1,
                             .threshold = t.threshold,
                             .threshold_asymmetry = t.threshold_asymmetry,
                             .rsd_c2c = (double)NAN,
                             .sigma_add = (double)NAN,
                             .sigma_mul = (double)NAN,
                             .array = -1,
                             .spread = (double)NAN,
                             .bounds = {.whole = SNNFE_N_BOUNDS},
                             .programming = programming_defaults()};
}

size_t device_add_options(cli_option *options, device_settings *s)
{
    const cli_option own[] = {
        {"dut", CLI_TEXT, (void *)&s->dut, 0, 0, NULL, DEVICE_DUT_HELP},
        {"thr", CLI_NUMBER, &s->threshold, 1e-12, 1e6, NULL,
         "accumulated update that makes a pulse, in units of the weights' range"},
        {"thr_asym", CLI_NUMBER, &s->threshold_asymmetry, 1e-12, 1e6, NULL,
         "factor on it for depression"},
        {"A_scale", CLI_NUMBER, &s->scale, 0, 1e6, NULL, "factor on the change by a pulse"},
        {"A_asym", CLI_NUMBER, &s->asymmetry, 0, 1e6, NULL, "factor on the change by a depression"},
        {"rsd_c2c", CLI_NUMBER, &s->rsd_c2c, 0, 1e6, NULL,
         "relative standard deviation of the change, cycle to cycle (default the device's)"},
        {"sigma_add", CLI_NUMBER, &s->sigma_add, 0, 1e6, NULL,
         "standard deviation of noise that is added to a change (default the device's)"},
        {"sigma_mul", CLI_NUMBER, &s->sigma_mul, 0, 1e6, NULL,
         "standard deviation of noise that multiplies a change (default the device's)"},
        {"ltp_energy", CLI_NUMBER, &s->ltp_energy, 0, 1, NULL, DEVICE_LTP_ENERGY_HELP},
        {"ltd_energy", CLI_NUMBER, &s->ltd_energy, 0, 1, NULL, DEVICE_LTD_ENERGY_HELP},
        {"endurance", CLI_NUMBER, &s->endurance, 0, 1e18, NULL, DEVICE_ENDURANCE_HELP},
        {"array", CLI_INTEGER, &s->array, -1, 9e15, NULL, DEVICE_ARRAY_HELP},
        {"spread", CLI_NUMBER, &s->spread, 0, 10, NULL, DEVICE_SPREAD_HELP},
        {"bounds", CLI_NUMBERS, &s->bounds, 0, 1e12, NULL,
         "range -A…A of weights: A for all layers, or seven between commas, conv1 to fc2; 0 = "
         "1/sqrt(fan_in) (default the device's, else 1/sqrt(fan_in) as the paper rounds it)"},
    };
    const size_t n = sizeof own / sizeof own[0];
    memcpy(options, own, sizeof own);
    return n + programming_add_options(options + n, &s->programming);
}

static bool is_file(const char *name)
{
    const char *ending = strrchr(name, '.');
    return strchr(name, '/') || (ending && strcmp(ending, ".json") == 0);
}

static snnfe_status take_device(snnfe_device_options *options, snnfe_device **loaded,
                                const char *dut)
{
    if (!is_file(dut))
        return snnfe_device_options_published(options, dut);
    const snnfe_status status = snnfe_device_load(loaded, dut);
    return status == SNNFE_OK ? snnfe_device_get_options(*loaded, options) : status;
}

static void take_bounds(snnfe_device_options *options, const cli_numbers *bounds)
{
    for (size_t i = 0; bounds->n > 0 && i < SNNFE_N_BOUNDS; i++)
        options->bounds[i] = bounds->items[bounds->n == 1 ? 0 : i];
}

static void take(double *number, double given)
{
    if (!isnan(given))
        *number = given;
}

/* The device's cells, or perfect ones, with another array and spread. */
static snnfe_status take_cells(snnfe_device_options *options, snnfe_cells_options *cells,
                               const device_settings *s)
{
    if (s->array < 0 && isnan(s->spread))
        return SNNFE_OK;
    const snnfe_status status = snnfe_cells_options_init(cells, sizeof *cells);
    if (options->cells)
        *cells = *options->cells;
    if (s->array >= 0)
        cells->array = (uint64_t)s->array;
    take(&cells->spread_amplitude, s->spread);
    options->cells = cells;
    return status;
}

/* What the command line sets comes on top of what a file says. */
snnfe_status device_make(snnfe_device **device, const device_settings *s)
{
    snnfe_device *loaded = NULL;
    snnfe_device_options o;
    snnfe_cells_options cells;
    snnfe_status status = snnfe_device_options_init(&o, sizeof o);
    if (status == SNNFE_OK)
        status = take_device(&o, &loaded, s->dut);
    if (status == SNNFE_OK)
        status = take_cells(&o, &cells, s);
    if (status == SNNFE_OK) {
        o.scale *= s->scale;
        o.asymmetry *= s->asymmetry;
        take(&o.rsd_c2c, s->rsd_c2c);
        take(&o.sigma_add, s->sigma_add);
        take(&o.sigma_mul, s->sigma_mul);
        take_bounds(&o, &s->bounds);
        status = snnfe_device_create(device, &o);
    }
    snnfe_device_free(loaded);
    return status;
}

bool device_check_array(const device_settings *s, const snnfe_device *device)
{
    snnfe_device_options o = {.struct_size = sizeof o};
    if (s->array < 0 || !device || snnfe_device_get_options(device, &o) != SNNFE_OK)
        return true;
    const snnfe_cells_options *c = o.cells;
    if (c &&
        (c->spread_amplitude > 0 || c->spread_alpha > 0 || c->spread_beta > 0 ||
         c->spread_window > 0 || c->stuck_low > 0 || c->stuck_high > 0 || c->stuck_anywhere > 0 ||
         c->endurance_spread > 0 || c->retention_spread > 0 || c->reference_spread > 0))
        return true;
    return !cli_error("--array %lld: this device's cells are alike in every array (no "
                      "\"spread_amplitude\", other \"spread_*\", \"stuck_*\" or \"*_spread\")",
                      (long long)s->array);
}

snnfe_status device_transfer(snnfe_network *network, const snnfe_device *device, uint32_t levels,
                             double x, uint64_t seed, const cli_names *layers)
{
    uint64_t n_clamped = 0;
    const bool chosen = layers && layers->n > 0;
    const snnfe_status status =
        snnfe_network_transfer(network, device, levels, x, seed, chosen ? layers->items : NULL,
                               chosen ? layers->n : 0, &n_clamped);
    if (status == SNNFE_OK && n_clamped > 0)
        fprintf(stderr,
                "weights beyond the windows of their cells, which are at their ends: %llu\n",
                (unsigned long long)n_clamped);
    return status;
}

void device_set_trainer(snnfe_trainer_options *options, const device_settings *s,
                        const snnfe_device *device, snnfe_programming_options *programming)
{
    *programming = programming_make(&s->programming);
    options->programming = programming;
    options->device = device;
    options->threshold = s->threshold;
    options->threshold_asymmetry = s->threshold_asymmetry;
    options->ltp_energy_j = s->ltp_energy;
    options->ltd_energy_j = s->ltd_energy;
    options->endurance = s->endurance;
}
