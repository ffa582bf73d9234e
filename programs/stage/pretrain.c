/* snnfe-pretrain: train in floating point with cross-validation over groups of subjects. */
#include "stage.h"

int main(int argc, char **argv)
{
    static stage_settings s;
    s = stage_defaults(SNNFE_STAGE_PRETRAIN);
    s.out = "pretrain";
    cli_option options[STAGE_MAX_OPTIONS];
    size_t n = stage_add_options(options, &s, "pretrain_epochs", "pretraining_batch_size");
    n += stage_add_network_options(options + n, &s);
    n += stage_add_layer_options(options + n, &s.layers, &s.frozen, &s.reinitialized);
    cli_program program = {
        .name = "snnfe-pretrain",
        .usage = "DATA",
        .about =
            "Trains the network in floating point. DATA is a file of snnfe-preprocess or a folder\n"
            "of recordings. Each fold tests on a group of subjects that it was not trained on.",
        .options = options,
        .n_options = n,
        .needs = {stage_needs}};
    return stage_main(&program, &s, argc, argv);
}
