/* A thread pool whose workers sleep when idle. */
#ifndef SNNFE_LIB_POOL_H
#define SNNFE_LIB_POOL_H

#include "sink.h"

typedef struct snnfe_pool snnfe_pool;

/* `n_threads` workers, the calling thread among them; 0 stands for snnfe_default_threads(). */
snnfe_status snnfe_pool_create(snnfe_pool **pool, uint32_t n_threads);
void snnfe_pool_free(snnfe_pool *pool);
uint32_t snnfe_pool_size(const snnfe_pool *pool);

/* One task; `worker` is below the pool's size and differs for tasks that run at the same time. */
typedef snnfe_status (*snnfe_task_fn)(void *context, size_t task, uint32_t worker);

/* Run tasks 0…n_tasks-1, handed out in order to whichever worker is free; returns when all that
   were started are finished. After a failure no further task is started, and the failure of the
   lowest-numbered failed task is returned with its message (the caller's last error).
   Progress, if `sink` is given, is reported on the calling thread as phase `phase` with tasks as
   units; a wish to stop counts as a failure. Called from one thread at a time. A single task is run
   by the calling thread, as worker 0, and may use the pool itself. In a child of fork(), which has
   none of the pool's threads, the calling thread runs all tasks. */
snnfe_status snnfe_pool_run(snnfe_pool *pool, size_t n_tasks, snnfe_task_fn task, void *context,
                            const snnfe_sink *sink, const char *phase);

#endif
