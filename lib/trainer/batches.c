#include "batches.h"

#include "base/philox.h"

#include <string.h>

size_t snnfe_batches_count(size_t n, uint32_t size)
{
    return n / size + (n % size != 0);
}

bool snnfe_batches_is_point(size_t batch, size_t n_batches, uint32_t n_points)
{
    if (n_points <= 1 || n_batches == 1)
        return n_points > 0 && batch == n_batches;
    /* Point i lies i (n_batches - 1) / (n_points - 1) batches after the first: the first of the
       points that are not before this batch has to be before the next one. */
    const size_t gaps = n_points - 1, steps = n_batches - 1;
    const size_t i = ((batch - 1) * gaps + steps - 1) / steps;
    return i * steps < batch * gaps;
}

void snnfe_batches_order(const int32_t *train, size_t n, uint64_t seed, uint32_t epoch,
                         int32_t *order)
{
    memcpy(order, train, n * sizeof *order);
    snnfe_stream stream = snnfe_stream_make(seed, SNNFE_STREAM_BATCH_ORDER, epoch);
    snnfe_stream_shuffle(&stream, order, n);
}

snnfe_status snnfe_batches_draw_masks(const snnfe_network *network, uint64_t seed, uint64_t first,
                                      size_t n, uint8_t *masks)
{
    const size_t size = (size_t)SNNFE_N_MASKS * network->options.n_hidden;
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(snnfe_network_draw_masks(network, seed, first + i, masks + i * size));
    return SNNFE_OK;
}
