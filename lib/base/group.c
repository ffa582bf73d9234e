#include "group.h"

snnfe_status snnfe_group_check(const snnfe_group *group)
{
    if (!group)
        return SNNFE_OK;
    if (group->struct_size < sizeof *group)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_group.struct_size is %u, not %zu",
                          (unsigned)group->struct_size, sizeof *group);
    if (group->n_ranks < 1 || group->rank >= group->n_ranks)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_group.rank is %u of n_ranks %u",
                          (unsigned)group->rank, (unsigned)group->n_ranks);
    if (!group->send || !group->receive || !group->broadcast)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_group.%s is NULL",
                          !group->send      ? "send"
                          : !group->receive ? "receive"
                                            : "broadcast");
    return SNNFE_OK;
}

size_t snnfe_group_begin_of(const snnfe_group *group, uint32_t rank, size_t n)
{
    return group ? n * rank / group->n_ranks : n * rank;
}

size_t snnfe_group_begin(const snnfe_group *group, size_t n)
{
    return snnfe_group_begin_of(group, group ? group->rank : 0, n);
}

size_t snnfe_group_end(const snnfe_group *group, size_t n)
{
    return snnfe_group_begin_of(group, group ? group->rank + 1 : 1, n);
}

static snnfe_status exchanged(int32_t result, const char *what, uint32_t rank)
{
    if (result != 0)
        return snnfe_fail(SNNFE_ERR_IO, "%s rank %u failed (%d)", what, (unsigned)rank,
                          (int)result);
    return SNNFE_OK;
}

snnfe_status snnfe_group_send(const snnfe_group *group, uint32_t rank, const void *data,
                              size_t size)
{
    if (size == 0)
        return SNNFE_OK;
    return exchanged(group->send(rank, data, size, group->user_data), "sending to", rank);
}

snnfe_status snnfe_group_receive(const snnfe_group *group, uint32_t rank, void *data, size_t size)
{
    if (size == 0)
        return SNNFE_OK;
    return exchanged(group->receive(rank, data, size, group->user_data), "receiving from", rank);
}

snnfe_status snnfe_group_broadcast(const snnfe_group *group, uint32_t rank, void *data, size_t size)
{
    if (size == 0)
        return SNNFE_OK;
    return exchanged(group->broadcast(rank, data, size, group->user_data), "the broadcast of",
                     rank);
}
