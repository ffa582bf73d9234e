/* Shares of a group's members. A NULL group is one member that has everything. */
#ifndef SNNFE_LIB_GROUP_H
#define SNNFE_LIB_GROUP_H

#include "status.h"

#include <snnfe/group.h>
#include <stdbool.h>

/* A copy of the caller's struct, checked: SNNFE_ERR_ARGUMENT names the field. */
snnfe_status snnfe_group_adopt(snnfe_group *adopted, const snnfe_group *given);

static inline bool snnfe_group_is_first(const snnfe_group *group)
{
    return !group || group->rank == 0;
}

/* Number of the first of `n` tasks that belongs to member `rank`. For rank = n_ranks it is n. */
size_t snnfe_group_begin_of(const snnfe_group *group, uint32_t rank, size_t n);
/* Those of this member. */
size_t snnfe_group_begin(const snnfe_group *group, size_t n);
size_t snnfe_group_end(const snnfe_group *group, size_t n);

/* Exchange, with the failure named. Empty messages are not sent. */
snnfe_status snnfe_group_send(const snnfe_group *group, uint32_t rank, const void *data,
                              size_t size);
snnfe_status snnfe_group_receive(const snnfe_group *group, uint32_t rank, void *data, size_t size);
snnfe_status snnfe_group_broadcast(const snnfe_group *group, uint32_t rank, void *data,
                                   size_t size);

#endif
