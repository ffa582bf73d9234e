#include "array_settings.h"

#include <string.h>

size_t array_add_options(cli_option *options, array_settings *s)
{
    const cli_option own[ARRAY_N_OPTIONS] = {
        {"age", CLI_NUMBER, &s->to_s, 0, 1e18, NULL,
         "seconds since the network was programmed, in which cells lose what they hold"},
        {"age_from", CLI_NUMBER, &s->from_s, 0, 1e18, NULL,
         "seconds since then that the network given is of already"},
        {"readings", CLI_INTEGER, &s->readings, 0, 9e15, NULL,
         "how often cells were read in this time (read disturb)"},
    };
    memcpy(options, own, sizeof own);
    return ARRAY_N_OPTIONS;
}

bool array_check(const array_settings *s, const snnfe_device *device)
{
    snnfe_device_options o = {.struct_size = sizeof o};
    if (!device || snnfe_device_get_options(device, &o) != SNNFE_OK)
        return true;
    if (s->to_s > 0 && (!o.cells || o.cells->retention == SNNFE_RETENTION_NONE))
        return !cli_error("--age %g: this device's cells lose nothing with time (\"retention\")",
                          s->to_s);
    if (s->readings > 0 && !(o.cells && o.cells->read_disturb > 0))
        return !cli_error("--readings %lld: none disturbs this device's cells (\"read_disturb\")",
                          (long long)s->readings);
    return true;
}

bool array_check_reading(int64_t seed, const snnfe_device *device)
{
    snnfe_device_options o = {.struct_size = sizeof o};
    if (seed < 0 || !device || snnfe_device_get_options(device, &o) != SNNFE_OK)
        return true;
    const snnfe_cells_options *c = o.cells;
    if (c && (c->read_noise > 0 || c->read_noise_state > 0 || c->reference_spread > 0 ||
              c->wire > 0 || c->adc_bits > 0 || c->column_bits > 0))
        return true;
    return !cli_error(
        "--reading %lld: this device's cells are read as they are (no \"read_noise\", "
        "\"adc_bits\", \"column_bits\", \"wire\" or \"reference_spread\")",
        (long long)seed);
}

snnfe_status array_age(snnfe_network *network, const snnfe_device *device, const array_settings *s)
{
    return snnfe_network_age(network, device, s->from_s, s->to_s, (uint64_t)s->readings);
}
