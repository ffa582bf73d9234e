/* snnfe-train-on-device: train through the device's pulses, cross-validated over groups of
   subjects. */
#include "stage.h"

int main(int argc, char **argv)
{
    static stage_settings s;
    s = stage_defaults(SNNFE_STAGE_ON_DEVICE);
    s.out = "on_device";
    cli_option options[STAGE_MAX_OPTIONS];
    size_t n = stage_add_options(options, &s, "pretrain_epochs", "pretraining_batch_size");
    n += device_add_options(options + n, &s.device);
    options[n++] = (cli_option){
        "q",
        CLI_INTEGER,
        &s.levels,
        0,
        65536,
        NULL,
        "levels of a weight after each pulse, as the paper counts them: q + 1 values, -A, 0, A "
        "for 2; even, 0 = any value"};
    n += stage_add_network_options(options + n, &s);
    n += stage_add_layer_options(options + n, &s.layers, &s.frozen, &s.reinitialized);
    cli_program program = {
        .name = "snnfe-train-on-device",
        .usage = "DATA",
        .about =
            "Trains the network from random weights, synapses by programming pulses of a device.\n"
            "DATA is a file of snnfe-preprocess or a folder of recordings. Each fold tests on a\n"
            "group of subjects that it was not trained on.",
        .options = options,
        .n_options = n,
        .needs = {stage_needs, programming_needs}};
    return stage_main(&program, &s, argc, argv);
}
