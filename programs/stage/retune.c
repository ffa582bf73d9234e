/* snnfe-retune: transfer trained networks to devices and re-tune them there. */
#include "stage.h"

int main(int argc, char **argv)
{
    static stage_settings s;
    s = stage_defaults(SNNFE_STAGE_RETUNE);
    s.out = "retune";
    s.models = "pretrain";
    s.x = 4;
    cli_option options[STAGE_MAX_OPTIONS];
    size_t n = stage_add_options(options, &s, "retuning_epochs", "retuning_batch_size");
    const cli_option own[] = {
        {"models", CLI_INPUT, (void *)&s.models, 0, 0, NULL,
         "folder with model_foldK.safetensors or .pth: each fold starts from its network"},
        {"model", CLI_INPUT, (void *)&s.model, 0, 0, NULL,
         "one network (.safetensors, or .pth of PyTorch) that all folds start from, instead of "
         "--models"},
        {"q", CLI_INTEGER, &s.levels, 0, 65536, NULL,
         "levels of a weight after each pulse while re-tuning, as the paper counts them: q + 1 "
         "values, -A, 0, A for 2; even, 0 = any value"},
        {"transfer_q", CLI_INTEGER, &s.transfer_levels, 0, 65536, NULL,
         "levels of the transfer, counted likewise (published: always 2)"},
        {"transfer_layers", CLI_NAMES, &s.transferred, 0, 0, stage_layer_names(),
         "layers that are quantized and disturbed, after blanks or commas; all without it"},
        {"transfer_seed", CLI_INTEGER, &s.transfer_seed, -1, 9e15, NULL,
         "of the transfer's noise, in fold k plus k; -1 = --seed (published: 5 in every fold)"},
        {"x", CLI_NUMBER, &s.x, 0, 1e9, NULL,
         "programming noise of the transfer: its standard deviation is the mean weight over x; 0 = "
         "none"},
    };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        options[n++] = own[i];
    n += device_add_options(options + n, &s.device);
    n += array_add_options(options + n, &s.time);
    n += stage_add_layer_options(options + n, &s.layers, &s.frozen, &s.reinitialized);
    static const cli_need needs[] = {{"age_from", "age"}, {NULL, NULL}};
    cli_program program = {
        .name = "snnfe-retune",
        .usage = "DATA",
        .about =
            "Transfers trained networks to devices (quantization, programming noise) and trains\n"
            "their synapses there by programming pulses; the network with the best validation\n"
            "accuracy is kept. DATA is a file of snnfe-preprocess or a folder of recordings.",
        .options = options,
        .n_options = n,
        .needs = {needs, stage_needs, programming_needs}};
    return stage_main(&program, &s, argc, argv);
}
