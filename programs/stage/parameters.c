/* Which parameters a stage trains. */
#include "stage.h"

#include <string.h>

const char *const *stage_layer_names(void)
{
    static const char *names[SNNFE_N_LAYERS + 3];
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++)
        names[layer] = snnfe_layer_name(layer);
    names[SNNFE_N_LAYERS] = "*";
    names[SNNFE_N_LAYERS + 1] = "snn.";
    return names;
}

size_t stage_add_ignored_options(cli_option *options)
{
    static const char *const names[] = {"dataset",  "RNN_density",  "wt_decay",
                                        "ts_decay", "neuron_decay", "patience"};
    const size_t n = sizeof names / sizeof names[0];
    for (size_t i = 0; i < n; i++)
        options[i] = (cli_option){
            names[i], CLI_IGNORED, NULL, 0, 0, NULL, "no effect, as in the published programs"};
    return n;
}

size_t stage_add_layer_options(cli_option *options, cli_names *layers, cli_names *frozen,
                               cli_names *reinitialized)
{
    const cli_option own[] = {
        {"unfreeze_layers", CLI_NAMES, layers, 0, 0, stage_layer_names(),
         "layers to train, after blanks or commas: conv1 conv2 conv3 tc1 r1 fc1 fc2, or * for all"},
        {"freeze_parameters", CLI_NAMES, frozen, 0, 0, stage_layer_names(),
         "layers or parameters that stay as they are, such as conv1 or snn.fc1.psp_func.bias (the "
         "published programs never use it)"},
        {"reinit_layers", CLI_NAMES, reinitialized, 0, 0, stage_layer_names(),
         "layers or parameters that start from new random values (the published programs never "
         "use it)"},
    };
    memcpy(options, own, sizeof own);
    return sizeof own / sizeof own[0];
}

bool stage_check_levels(const char *program, const char *option, int64_t levels)
{
    if (levels % 2 == 0)
        return true;
    fprintf(stderr,
            "%s: --%s %lld: an even number is needed (the published programs take %lld as %lld)\n",
            program, option, (long long)levels, (long long)levels, (long long)levels - 1);
    return false;
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
                                     const cli_names *frozen, const cli_names *reinitialized,
                                     bool train_decays, uint64_t seed)
{
    snnfe_status status = SNNFE_OK;
    for (size_t i = 0; status == SNNFE_OK && i < reinitialized->n; i++)
        status = snnfe_network_reinitialize(network, reinitialized->items[i], seed);
    if (status == SNNFE_OK)
        status = snnfe_network_freeze_for_stage(network, stage, layers->n ? layers->items : NULL,
                                                layers->n);
    if (status == SNNFE_OK)
        status = choose_decays(network, train_decays);
    for (size_t i = 0; status == SNNFE_OK && i < frozen->n; i++)
        status = snnfe_network_freeze(network, frozen->items[i], 1);
    return status;
}
