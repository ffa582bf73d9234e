#include "pool.h"

#include "floating.h"
#include "memory.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* One call of snnfe_pool_run; fields are guarded by the pool's lock. */
typedef struct job {
    snnfe_task_fn task;
    void *context;
    size_t n_tasks;
    size_t next; /* first task not handed out */
    size_t finished;
    uint32_t active; /* workers inside a task */
    snnfe_status status;
    size_t failed_task;
    char message[SNNFE_MESSAGE_SIZE];
} job;

/* A thread besides the caller. */
typedef struct worker {
    snnfe_pool *pool;
    pthread_t thread;
    uint32_t number; /* from 1 on: the caller is 0 */
} worker;

struct snnfe_pool {
    pid_t process; /* that the threads belong to: a child of fork() has none of them */
    uint32_t n_threads;
    uint32_t n_started;
    worker *workers;
    pthread_mutex_t lock;
    pthread_cond_t work; /* a job has tasks to hand out, or the pool ends */
    pthread_cond_t done; /* a task has ended */
    job *current;
    bool ending;
    /* Jobs that were given out, the end among them, and tasks that ended, modulo 2^32. */
    atomic_uint n_jobs, n_ended;
};

/* Waking a thread takes longer than many tasks do. Before a thread sleeps, it therefore looks for
   this long whether a count has changed. Yielding, it lets others run, which on a busy machine
   takes longer than that: then it looks once. */
#define LOOK_NS 300000

static int64_t nanoseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void look_for_change(pthread_mutex_t *lock, atomic_uint *count)
{
    const unsigned seen = atomic_load_explicit(count, memory_order_relaxed);
    pthread_mutex_unlock(lock);
    const int64_t end = nanoseconds() + LOOK_NS;
    do
        sched_yield();
    while (atomic_load_explicit(count, memory_order_relaxed) == seen && nanoseconds() < end);
    pthread_mutex_lock(lock);
}

/* Run one task without the lock and note its result with it. */
static void run_task(snnfe_pool *pool, job *j, uint32_t number)
{
    const size_t task = j->next++;
    j->active++;
    pthread_mutex_unlock(&pool->lock);
    const snnfe_status status = j->task(j->context, task, number);
    pthread_mutex_lock(&pool->lock);
    j->active--;
    j->finished++;
    atomic_fetch_add_explicit(&pool->n_ended, 1, memory_order_relaxed);
    if (status != SNNFE_OK && (j->status == SNNFE_OK || task < j->failed_task)) {
        j->status = status;
        j->failed_task = task;
        snnfe_error_get(j->message);
        j->next = j->n_tasks;
    }
    pthread_cond_signal(&pool->done);
}

static void *work(void *argument)
{
    const worker *w = argument;
    snnfe_pool *pool = w->pool;
    snnfe_floating_set();
    pthread_mutex_lock(&pool->lock);
    bool looked = false;
    while (!pool->ending) {
        job *j = pool->current;
        if (j && j->next < j->n_tasks) {
            run_task(pool, j, w->number);
            looked = false;
        } else if (!looked) {
            look_for_change(&pool->lock, &pool->n_jobs);
            looked = true;
        } else {
            pthread_cond_wait(&pool->work, &pool->lock);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

/* Signals of the host program are handled by its own threads, so workers block them. */
static snnfe_status start_threads(snnfe_pool *pool)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    snnfe_status status = SNNFE_OK;
    for (uint32_t i = 1; status == SNNFE_OK && i < pool->n_threads; i++) {
        worker *w = &pool->workers[i - 1];
        w->pool = pool;
        w->number = i;
        const int error = pthread_create(&w->thread, NULL, work, w);
        if (error != 0)
            status = snnfe_fail(SNNFE_ERR_MEMORY, "cannot start worker thread %u of %u: %s",
                                (unsigned)i, (unsigned)pool->n_threads, strerror(error));
        else
            pool->n_started++;
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

snnfe_status snnfe_pool_create(snnfe_pool **out, uint32_t n_threads)
{
    const uint32_t n = n_threads ? n_threads : snnfe_default_threads();
    if (n > 1024)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "n_threads is %u, not in 0…1024", (unsigned)n);
    snnfe_pool *pool = snnfe_alloc(1, sizeof *pool);
    if (!pool)
        return SNNFE_ERR_MEMORY;
    pool->n_threads = n;
    pool->process = getpid();
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    pool->workers = snnfe_alloc(n, sizeof *pool->workers);
    const snnfe_status status = pool->workers ? start_threads(pool) : SNNFE_ERR_MEMORY;
    if (status != SNNFE_OK) {
        snnfe_pool_free(pool);
        return status;
    }
    *out = pool;
    return SNNFE_OK;
}

static void end_threads(snnfe_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    atomic_fetch_add_explicit(&pool->n_jobs, 1, memory_order_relaxed);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->n_started; i++)
        pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
}

void snnfe_pool_free(snnfe_pool *pool)
{
    if (!pool)
        return;
    if (pool->process == getpid())
        end_threads(pool);
    snnfe_release(pool->workers);
    snnfe_release(pool);
}

uint32_t snnfe_pool_size(const snnfe_pool *pool)
{
    return pool->n_threads;
}

/* The callback runs without the lock. If it asks to stop, that counts as a failure after those
   of all tasks. */
static void report(snnfe_pool *pool, job *j, const snnfe_sink *sink, const char *phase)
{
    if (!sink || !sink->progress || j->status != SNNFE_OK)
        return;
    const size_t finished = j->finished;
    pthread_mutex_unlock(&pool->lock);
    const snnfe_status status = snnfe_sink_progress(sink, phase, finished, j->n_tasks);
    pthread_mutex_lock(&pool->lock);
    if (status != SNNFE_OK && j->status == SNNFE_OK) {
        j->status = status;
        j->failed_task = j->n_tasks;
        snnfe_error_get(j->message);
        j->next = j->n_tasks;
    }
}

static snnfe_status run_alone(size_t n_tasks, snnfe_task_fn task, void *context,
                              const snnfe_sink *sink, const char *phase)
{
    for (size_t i = 0; i < n_tasks; i++) {
        SNNFE_TRY(task(context, i, 0));
        if (sink && sink->progress)
            SNNFE_TRY(snnfe_sink_progress(sink, phase, i + 1, n_tasks));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_pool_run(snnfe_pool *pool, size_t n_tasks, snnfe_task_fn task, void *context,
                            const snnfe_sink *sink, const char *phase)
{
    if (n_tasks == 1 || pool->process != getpid())
        return run_alone(n_tasks, task, context, sink, phase);
    job j = {.task = task, .context = context, .n_tasks = n_tasks, .failed_task = n_tasks};
    pthread_mutex_lock(&pool->lock);
    pool->current = &j;
    atomic_fetch_add_explicit(&pool->n_jobs, 1, memory_order_relaxed);
    pthread_cond_broadcast(&pool->work);
    size_t reported = 0;
    bool looked = false;
    while (j.next < j.n_tasks || j.active > 0) {
        if (j.next < j.n_tasks) {
            run_task(pool, &j, 0);
            looked = false;
        } else if (!looked) {
            look_for_change(&pool->lock, &pool->n_ended);
            looked = true;
        } else {
            pthread_cond_wait(&pool->done, &pool->lock);
        }
        if (j.finished > reported) {
            reported = j.finished;
            report(pool, &j, sink, phase);
        }
    }
    /* Tasks that ended while the callback ran. */
    if (j.finished > reported)
        report(pool, &j, sink, phase);
    pool->current = NULL;
    pthread_mutex_unlock(&pool->lock);
    if (j.status != SNNFE_OK)
        snnfe_error_set(j.message);
    return j.status;
}
