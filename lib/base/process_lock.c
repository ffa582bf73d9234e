#include "process_lock.h"

#include <pthread.h>

static pthread_mutex_t locks[SNNFE_N_LOCKS] = {PTHREAD_MUTEX_INITIALIZER,
                                               PTHREAD_MUTEX_INITIALIZER};
static pthread_once_t handlers = PTHREAD_ONCE_INIT;

static void take_all(void)
{
    for (int i = 0; i < SNNFE_N_LOCKS; i++)
        (void)pthread_mutex_lock(&locks[i]);
}

static void release_all(void)
{
    for (int i = 0; i < SNNFE_N_LOCKS; i++)
        (void)pthread_mutex_unlock(&locks[i]);
}

/* Without memory for the handlers a child may find a lock taken, as it would without them. */
static void add_handlers(void)
{
    (void)pthread_atfork(take_all, release_all, release_all);
}

void snnfe_process_lock_take(snnfe_process_lock which)
{
    pthread_once(&handlers, add_handlers);
    (void)pthread_mutex_lock(&locks[which]);
}

void snnfe_process_lock_release(snnfe_process_lock which)
{
    (void)pthread_mutex_unlock(&locks[which]);
}
