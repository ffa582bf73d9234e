#include "group.h"

#include "check.h"
#include "options.h"

snnfe_status snnfe_group_adopt(snnfe_group *adopted, const snnfe_group *given)
{
    static const char name[] = "snnfe_group";
    static const snnfe_group none = {.struct_size = sizeof none};
    SNNFE_TRY(snnfe_options_adopt(adopted, &none, sizeof none, given, name));
    if (adopted->n_ranks < 1 || adopted->rank >= adopted->n_ranks)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_group.rank is %u of n_ranks %u",
                          (unsigned)adopted->rank, (unsigned)adopted->n_ranks);
    if (!adopted->send)
        return snnfe_fail_null(name, ".send");
    if (!adopted->receive)
        return snnfe_fail_null(name, ".receive");
    return adopted->broadcast ? SNNFE_OK : snnfe_fail_null(name, ".broadcast");
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
