/**
 * @file group.h
 * @brief Processes (or threads) that train one network together: each computes some of a batch's
 *        partial sums, and all end with the same bits as one would alone.
 *
 * The library knows no transport: the caller hands in three functions, over MPI, sockets or shared
 * memory. All members make the same calls with the same arguments in the same order; a member that
 * fails returns an error, and it is the caller's to stop the others, which may be waiting for it.
 */
#ifndef SNNFE_GROUP_H
#define SNNFE_GROUP_H

#include <snnfe/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Sends `size` bytes to member `rank`. */
typedef int32_t (*snnfe_send_fn)(uint32_t rank, const void *data, size_t size, void *user_data);

/** Receives `size` bytes that member `rank` sends. */
typedef int32_t (*snnfe_receive_fn)(uint32_t rank, void *data, size_t size, void *user_data);

/** A member's view of the group. The functions are called on the thread that made the library call;
 *  they return 0, or another number if they failed. Messages between two members arrive in the
 * order in which they were sent. */
typedef struct snnfe_group {
    uint32_t struct_size;       /**< `sizeof(snnfe_group)` */
    uint32_t rank;              /**< number of this member, below n_ranks */
    uint32_t n_ranks;           /**< members, >= 1 */
    uint32_t reserved;          /**< 0 */
    snnfe_send_fn send;         /**< to another member */
    snnfe_receive_fn receive;   /**< from another member */
    snnfe_receive_fn broadcast; /**< member `rank` hands its `data` to all others; called by all */
    void *user_data;            /**< handed to all of them */
} snnfe_group;

#ifdef __cplusplus
}
#endif

#endif
