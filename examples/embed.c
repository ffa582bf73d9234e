/* The least program that decides trials: load a network, make a data set, evaluate. */
#include <snnfe/snnfe.h>
#include <stdio.h>

static int fail(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, snnfe_last_error());
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s MODEL.safetensors DATA.safetensors\n", argv[0]);
        return 2;
    }
    snnfe_network *network = NULL;
    snnfe_dataset *dataset = NULL;
    int result = 1;
    if (snnfe_network_load(&network, argv[1]) != SNNFE_OK) {
        fail("network");
        goto done;
    }
    if (snnfe_dataset_load(&dataset, argv[2]) != SNNFE_OK) {
        fail("data set");
        goto done;
    }
    /* Without allow_seen, trials that trained the network are refused. */
    snnfe_evaluation evaluation = {.struct_size = sizeof evaluation};
    snnfe_run_options options;
    if (snnfe_run_options_init(&options, sizeof options) != SNNFE_OK) {
        fail("options");
        goto done;
    }
    options.allow_seen = 1;
    if (snnfe_evaluation_run(network, dataset, NULL, 0, &options, &evaluation, NULL, NULL) !=
        SNNFE_OK) {
        fail("evaluation");
        goto done;
    }
    printf("%zu of %zu trials right (%.1f %%)\n", evaluation.n_correct, evaluation.n,
           100 * evaluation.accuracy);
    if (evaluation.n_seen > 0)
        printf("%zu of them trained the network\n", evaluation.n_seen);
    result = fflush(stdout) == 0 ? 0 : 1;
done:
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
    return result;
}
