/* Which parameters a stage trains. */
#include "stage.h"

#include <string.h>

size_t stage_add_layer_options(cli_option *options, cli_names *layers, cli_names *frozen,
                               cli_names *reinitialised)
{
    const cli_option own[] = {
        {"unfreeze_layers", CLI_NAMES, layers, 0, 0, NULL,
         "layers to train: conv1, conv2, conv3, tc1, r1, fc1, fc2, or * for all"},
        {"freeze_parameters", CLI_NAMES, frozen, 0, 0, NULL,
         "layers or parameters that stay as they are, such as conv1 or snn.fc1.psp_func.bias"},
        {"reinit_layers", CLI_NAMES, reinitialised, 0, 0, NULL,
         "layers or parameters that start from new random values"},
    };
    memcpy(options, own, sizeof own);
    return sizeof own / sizeof own[0];
}

static snnfe_status choose_decays(snnfe_network *network, bool trained)
{
    const size_t n = snnfe_network_parameter_count(network);
    bool layer_trained[SNNFE_N_LAYERS] = {false};
    snnfe_status status = SNNFE_OK;
    for (int decays = 0; decays < 2; decays++)
        for (size_t i = 0; status == SNNFE_OK && i < n; i++) {
            snnfe_parameter_info p = {.struct_size = sizeof p};
            status = snnfe_network_parameter(network, i, &p);
            if (status == SNNFE_OK && p.kind == SNNFE_PARAMETER_WEIGHT && !p.frozen)
                layer_trained[p.layer] = true;
            if (status == SNNFE_OK && p.kind == SNNFE_PARAMETER_DECAY && decays)
                status = snnfe_network_freeze(network, p.name, !trained || !layer_trained[p.layer]);
        }
    return status;
}

snnfe_status stage_choose_parameters(snnfe_network *network, int32_t stage, const cli_names *layers,
                                     const cli_names *frozen, const cli_names *reinitialised,
                                     bool train_decays, uint64_t seed)
{
    snnfe_status status = SNNFE_OK;
    for (size_t i = 0; status == SNNFE_OK && i < reinitialised->n; i++)
        status = snnfe_network_reinitialise(network, reinitialised->items[i], seed);
    if (status == SNNFE_OK)
        status = snnfe_network_freeze_for_stage(network, stage, layers->n ? layers->items : NULL,
                                                layers->n);
    if (status == SNNFE_OK)
        status = choose_decays(network, train_decays);
    for (size_t i = 0; status == SNNFE_OK && i < frozen->n; i++)
        status = snnfe_network_freeze(network, frozen->items[i], 1);
    return status;
}
