#include "process_lock.h"

#include <pthread.h>

typedef struct counting_lock {
    pthread_mutex_t mutex; /* guards what follows; held only for a moment, and across fork() */
    pthread_cond_t changed;
    unsigned n_most, n_held;
    unsigned n_forks; /* threads that wait to fork: nobody else gets the lock before them */
} counting_lock;

#define FREE(n)                                                                                    \
    {                                                                                              \
        PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, n, 0, 0                               \
    }

static counting_lock locks[SNNFE_N_LOCKS] = {
    [SNNFE_LOCK_BLAS] = FREE(1),
    [SNNFE_LOCK_EDFLIB_PLACE] = FREE(SNNFE_EDFLIB_PLACES),
    [SNNFE_LOCK_EDFLIB] = FREE(1),
};
static pthread_once_t handlers = PTHREAD_ONCE_INIT;

/* In the order in which they are taken: a thread that holds one can still take those behind it. */
static void before_fork(void)
{
    for (int i = 0; i < SNNFE_N_LOCKS; i++) {
        (void)pthread_mutex_lock(&locks[i].mutex);
        locks[i].n_forks++;
        while (locks[i].n_held > 0)
            (void)pthread_cond_wait(&locks[i].changed, &locks[i].mutex);
    }
}

static void in_parent(void)
{
    for (int i = 0; i < SNNFE_N_LOCKS; i++) {
        locks[i].n_forks--;
        (void)pthread_cond_broadcast(&locks[i].changed);
        (void)pthread_mutex_unlock(&locks[i].mutex);
    }
}

/* Whoever waited in the parent is not there: a condition that knows of them could wait for them. */
static void in_child(void)
{
    for (int i = 0; i < SNNFE_N_LOCKS; i++) {
        locks[i].n_forks = 0;
        locks[i].changed = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
        (void)pthread_mutex_unlock(&locks[i].mutex);
    }
}

/* pthread_atfork() fails only when out of memory. Then a child may find a lock taken, as it
   would without handlers. */
static void add_handlers(void)
{
    (void)pthread_atfork(before_fork, in_parent, in_child);
}

void snnfe_process_lock_take(snnfe_process_lock which)
{
    counting_lock *lock = &locks[which];
    pthread_once(&handlers, add_handlers);
    (void)pthread_mutex_lock(&lock->mutex);
    while (lock->n_held == lock->n_most || lock->n_forks > 0)
        (void)pthread_cond_wait(&lock->changed, &lock->mutex);
    lock->n_held++;
    (void)pthread_mutex_unlock(&lock->mutex);
}

void snnfe_process_lock_release(snnfe_process_lock which)
{
    counting_lock *lock = &locks[which];
    (void)pthread_mutex_lock(&lock->mutex);
    lock->n_held--;
    (void)pthread_cond_broadcast(&lock->changed);
    (void)pthread_mutex_unlock(&lock->mutex);
}
