/* A program outside the tree; also compiled as C++. Prints the decision on a trial of zeros. */
#include <snnfe/snnfe.h>

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    snnfe_network *network = NULL;
    int32_t decision = -1;
    float *grid = (float *)calloc(10 * 11 * 160, sizeof *grid);
    if (!grid || snnfe_network_create(&network, NULL) != SNNFE_OK ||
        snnfe_network_evaluate(network, grid, 1, NULL, NULL, &decision, NULL) != SNNFE_OK) {
        fprintf(stderr, "%s\n", snnfe_last_error());
        return 1;
    }
    snnfe_network_free(network);
    free(grid);
    const unsigned version = snnfe_version();
    printf("libsnnfe %u.%u.%u: class %d\n", version / 10000, version / 100 % 100, version % 100,
           (int)decision);
    return snnfe_version() / 100 == SNNFE_VERSION_MAJOR * 100 + SNNFE_VERSION_MINOR ? 0 : 1;
}
