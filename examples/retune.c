/* snnfe-retune: transfer trained networks to devices and re-tune them there. */
#include "stage.h"

int main(int argc, char **argv)
{
    static stage_settings s;
    s = stage_defaults(SNNFE_STAGE_RETUNE);
    s.out = "retune";
    s.models = "pretrain";
    s.levels = 2;
    s.x = 4;
    cli_option options[STAGE_MAX_OPTIONS];
    size_t n = stage_add_options(options, &s, "retuning_epochs", "retuning_batch_size");
    const cli_option own[] = {
        {"models", CLI_INPUT, (void *)&s.models, 0, 0, NULL,
         "folder of snnfe-pretrain: each fold starts from its network"},
        {"model", CLI_INPUT, (void *)&s.model, 0, 0, NULL,
         "one network that all folds start from, instead of --models"},
        {"q", CLI_INTEGER, &s.levels, 0, 65536, NULL,
         "even number of levels that the transfer knows, 0 = any value"},
        {"x", CLI_NUMBER, &s.x, 0, 1e9, NULL,
         "programming noise of the transfer: its standard deviation is the mean weight over x; 0 = "
         "none"},
    };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        options[n++] = own[i];
    n += device_add_options(options + n, &s.device);
    n += stage_add_layer_options(options + n, &s.layers, &s.frozen, &s.reinitialised);
    cli_program program = {
        .name = "snnfe-retune",
        .usage = "DATA",
        .about =
            "Transfers trained networks to devices (quantisation, programming noise) and trains\n"
            "their synapses there by programming pulses; the network with the best validation\n"
            "accuracy is kept. DATA is a file of snnfe-preprocess or a folder of recordings.",
        .options = options,
        .n_options = n};
    return stage_main(&program, &s, argc, argv);
}
