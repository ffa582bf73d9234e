/* What the members of a group that trains together send each other. */
#include "network/engine_internal.h"

#include <string.h>

snnfe_status snnfe_engine_share_logits(const snnfe_engine *engine, size_t n, float *logits)
{
    const snnfe_group *group = engine->group;
    const size_t n_classes = engine->network->options.n_classes;
    for (uint32_t rank = 0; rank < group->n_ranks; rank++) {
        const size_t first = snnfe_group_begin_of(group, rank, n);
        const size_t end = snnfe_group_begin_of(group, rank + 1, n);
        SNNFE_TRY(snnfe_group_broadcast(group, rank, logits + first * n_classes,
                                        (end - first) * n_classes * sizeof *logits));
    }
    return SNNFE_OK;
}

#define MESSAGE_VALUES 65536 /* of a gradient between two members, at least */

/* Parameters [first, *end) that go in one message: small ones together. */
static size_t message_of(const snnfe_network *network, size_t first, size_t *end)
{
    size_t count = 0;
    for (*end = first; *end < network->n_parameters && count < MESSAGE_VALUES; (*end)++)
        count += network->parameters[*end].count;
    return count;
}

/* Each sum goes from member to member, each of which adds its shards, so that the order of
   additions is that of a single process. While one member adds to a message, the next one adds
   to the message before. */
snnfe_status snnfe_engine_pass_gradient(const snnfe_batch *b)
{
    const snnfe_network *network = b->engine->network;
    const snnfe_group *group = b->engine->group;
    const uint32_t last = group->n_ranks - 1;
    for (size_t first = 0, end; first < network->n_parameters; first = end) {
        const size_t size = message_of(network, first, &end) * sizeof(float);
        float *values = b->gradient + network->parameters[first].offset;
        memset(values, 0, size);
        if (group->rank > 0)
            SNNFE_TRY(snnfe_group_receive(group, group->rank - 1, values, size));
        for (size_t i = first; i < end; i++)
            if (!network->parameters[i].frozen)
                snnfe_batch_add_shards(b, i, 0, 1, b->gradient + network->parameters[i].offset);
        if (group->rank < last)
            SNNFE_TRY(snnfe_group_send(group, group->rank + 1, values, size));
    }
    return snnfe_group_broadcast(group, last, b->gradient, network->n_values * sizeof(float));
}

snnfe_status snnfe_engine_share_losses(const snnfe_batch *b)
{
    const snnfe_group *group = b->engine->group;
    const size_t n = b->trials->n;
    for (uint32_t rank = 0; rank < group->n_ranks; rank++) {
        const size_t first = snnfe_group_begin_of(group, rank, b->n_shards) * n / b->n_shards;
        const size_t end = snnfe_group_begin_of(group, rank + 1, b->n_shards) * n / b->n_shards;
        SNNFE_TRY(snnfe_group_broadcast(group, rank, b->engine->losses + first,
                                        (end - first) * sizeof *b->engine->losses));
    }
    return SNNFE_OK;
}
