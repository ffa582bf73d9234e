/* The thread pool: every task once, first failure by number, progress and cancelling. */
#include "base/file.h"
#include "base/floating.h"
#include "base/pool.h"
#include "base/status.h"
#include "base/threads.h"
#include "support.h"

#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

enum { N_TASKS = 500 };

typedef struct work {
    atomic_int runs[N_TASKS];
    atomic_int started;
    size_t fails_from, fails_to; /* tasks that fail */
    uint32_t n_workers;
    bool slow; /* tasks take so long that the others notice an end in time */
    /* The other workers' second half of the tasks waits until the caller has been told of ten ends.
     */
    const atomic_uint_least64_t *told;
} work;

static snnfe_status do_task(void *context, size_t task, uint32_t worker)
{
    work *w = context;
    atomic_fetch_add(&w->started, 1);
    atomic_fetch_add(&w->runs[task], 1);
    if (w->slow)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    while (w->told && worker > 0 && task >= N_TASKS / 2 && atomic_load(w->told) < 10)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    if (worker >= w->n_workers)
        return snnfe_fail(SNNFE_ERR_INTERNAL, "worker %u", (unsigned)worker);
    if (task >= w->fails_from && task < w->fails_to)
        return snnfe_fail(SNNFE_ERR_FORMAT, "task %zu failed", task);
    return SNNFE_OK;
}

/* As a host may have set it: upward, flush to zero, denormals are zero. */
static void set_mode(bool unusual)
{
    ck_assert_int_eq(fesetround(unusual ? FE_UPWARD : FE_TONEAREST), 0);
#if defined(__SSE__)
    _mm_setcsr(unusual ? _mm_getcsr() | 0x8040u : _mm_getcsr() & ~0x8040u);
#endif
}

static bool is_usual(void)
{
    volatile float tiny = 1e-38F;
    tiny /= 16;
    const float sixteenth = tiny;
    tiny *= 16;
    return fegetround() == FE_TONEAREST && sixteenth > 0 && tiny > 0;
}

static snnfe_status look_at_mode(void *context, size_t task, uint32_t worker)
{
    atomic_int *n_others = context;
    (void)task;
    if (worker > 0)
        atomic_fetch_add(n_others, 1);
    while (atomic_load(n_others) == 0) /* so that another worker gets a task */
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return worker == 0 || is_usual()
               ? SNNFE_OK
               : snnfe_fail(SNNFE_ERR_INTERNAL, "worker %u computes as the host", (unsigned)worker);
}

/* Wherever a pool is made, its threads do not inherit what the host has set. */
START_TEST(workers_compute_in_the_usual_mode)
{
    snnfe_pool *pool = NULL;
    atomic_int n_others = 0;
    set_mode(true);
    const snnfe_status made = snnfe_pool_create(&pool, 3);
    set_mode(false);
    assert_ok(made);
    assert_ok(snnfe_pool_run(pool, 60, look_at_mode, &n_others, NULL, NULL));
    ck_assert_int_gt(n_others, 0);
    snnfe_pool_free(pool);
}
END_TEST

/* Of a call, too, whose host gets its mode back whatever a callback made of it. */
START_TEST(calls_compute_in_the_usual_mode)
{
    for (int host = 0; host < 2; host++)
        for (int callback = 0; callback < 2; callback++) {
            snnfe_floating floating;
            set_mode(host);
            snnfe_floating_enter(&floating);
            const bool inside = is_usual();
            set_mode(callback);
            snnfe_floating_leave(&floating);
            const bool after = is_usual();
            set_mode(false);
            ck_assert(inside);
            ck_assert(after == (host == 0));
        }
}
END_TEST

START_TEST(every_task_runs_once)
{
    const uint32_t n_threads = (uint32_t)_i + 1;
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, n_threads));
    ck_assert_uint_eq(snnfe_pool_size(pool), n_threads);
    for (int round = 0; round < 50; round++) {
        work w = {.n_workers = n_threads};
        assert_ok(snnfe_pool_run(pool, N_TASKS, do_task, &w, NULL, "work"));
        for (int i = 0; i < N_TASKS; i++)
            ck_assert_int_eq(w.runs[i], 1);
    }
    assert_ok(snnfe_pool_run(pool, 0, do_task, NULL, NULL, "work"));
    snnfe_pool_free(pool);
}
END_TEST

static snnfe_status note_thread(void *context, size_t task, uint32_t worker)
{
    *(pthread_t *)context = pthread_self();
    return task == 0 && worker == 0 ? SNNFE_OK : snnfe_fail(SNNFE_ERR_INTERNAL, "another task");
}

/* A single task wakes nobody. */
START_TEST(one_task_is_run_by_the_caller)
{
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, 4));
    for (int round = 0; round < 200; round++) {
        pthread_t by;
        assert_ok(snnfe_pool_run(pool, 1, note_thread, &by, NULL, "work"));
        ck_assert(pthread_equal(by, pthread_self()));
    }
    snnfe_pool_free(pool);
}
END_TEST

static snnfe_status end_late(void *context, size_t task, uint32_t worker)
{
    (void)task;
    (void)worker;
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    atomic_fetch_add((atomic_int *)context, 1);
    return SNNFE_OK;
}

/* A call returns when the last task has ended, not when it was given out. */
START_TEST(calls_wait_for_their_tasks)
{
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, 4));
    for (int n = 2; n < 12; n++) {
        atomic_int n_ended = 0;
        assert_ok(snnfe_pool_run(pool, (size_t)n, end_late, &n_ended, NULL, "work"));
        ck_assert_int_eq(n_ended, n);
    }
    snnfe_pool_free(pool);
}
END_TEST

static atomic_int n_signals;

static void count_signal(int signal)
{
    (void)signal;
    atomic_fetch_add(&n_signals, 1);
}

/* A signal that this thread does not take waits for it: no worker takes it. */
START_TEST(signals_are_the_hosts)
{
    const struct sigaction action = {.sa_handler = count_signal};
    struct sigaction before;
    sigset_t usr1, pending;
    snnfe_pool *pool = NULL;
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    ck_assert_int_eq(sigaction(SIGUSR1, &action, &before), 0);
    assert_ok(snnfe_pool_create(&pool, 3));
    /* This thread takes signals as before. */
    ck_assert_int_eq(raise(SIGUSR1), 0);
    ck_assert_int_eq(n_signals, 1);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &usr1, NULL), 0);
    ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
    work w = {.n_workers = 3, .slow = true};
    assert_ok(snnfe_pool_run(pool, 20, do_task, &w, NULL, "work"));
    ck_assert_int_eq(n_signals, 1);
    ck_assert_int_eq(sigpending(&pending), 0);
    ck_assert_int_eq(sigismember(&pending, SIGUSR1), 1);
    ck_assert_int_eq(pthread_sigmask(SIG_UNBLOCK, &usr1, NULL), 0);
    ck_assert_int_eq(n_signals, 2);
    snnfe_pool_free(pool);
    ck_assert_int_eq(sigaction(SIGUSR1, &before, NULL), 0);
}
END_TEST

START_TEST(pools_have_a_largest_size)
{
    snnfe_pool *pool = NULL;
    assert_fails(snnfe_pool_create(&pool, 1025), SNNFE_ERR_ARGUMENT,
                 "n_threads is 1025, not in 0…1024");
    ck_assert_ptr_null(pool);
}
END_TEST

static atomic_int n_held, n_released;

static void *hold(size_t size, void *user_data)
{
    (void)user_data;
    atomic_fetch_add(&n_held, 1);
    return malloc(size);
}

static void let_go(void *memory, void *user_data)
{
    (void)user_data;
    atomic_fetch_add(&n_released, 1);
    free(memory);
}

/* Threads start when they like, so what they released would be missed now or later. */
START_TEST(no_thread_releases_what_the_pool_holds)
{
    const snnfe_allocator counted = {
        .struct_size = sizeof counted, .allocate = hold, .release = let_go};
    assert_ok(snnfe_set_allocator(&counted));
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, 8));
    static work w;
    w = (work){.fails_from = N_TASKS, .fails_to = N_TASKS, .n_workers = 8, .slow = true};
    assert_ok(snnfe_pool_run(pool, N_TASKS, do_task, &w, NULL, NULL));
    ck_assert_int_eq(atomic_load(&n_released), 0);
    snnfe_pool_free(pool);
    ck_assert_int_gt(atomic_load(&n_held), 0);
    ck_assert_int_eq(atomic_load(&n_released), atomic_load(&n_held));
    assert_ok(snnfe_set_allocator(NULL));
}
END_TEST

START_TEST(first_failure_is_reported)
{
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, 4));
    for (int round = 0; round < 10; round++) {
        work w = {.n_workers = 4, .slow = true, .fails_from = 40, .fails_to = 60};
        assert_fails(snnfe_pool_run(pool, N_TASKS, do_task, &w, NULL, "work"), SNNFE_ERR_FORMAT,
                     "task 40 failed");
        ck_assert_int_lt(w.started, N_TASKS);
    }
    work w = {.n_workers = 4};
    assert_ok(snnfe_pool_run(pool, N_TASKS, do_task, &w, NULL, "work"));
    snnfe_pool_free(pool);
}
END_TEST

typedef struct report {
    pthread_t caller;
    atomic_uint_least64_t last;
    uint64_t stop_at;
    int calls;
} report;

static int32_t on_progress(const snnfe_progress *progress, void *user_data)
{
    report *r = user_data;
    ck_assert(pthread_equal(r->caller, pthread_self()));
    ck_assert_str_eq(progress->phase, "work");
    ck_assert_uint_eq(progress->total, N_TASKS);
    ck_assert_uint_ge(progress->done, r->last);
    r->last = progress->done;
    r->calls++;
    return progress->done >= r->stop_at;
}

START_TEST(progress_comes_on_the_calling_thread)
{
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, 3));
    report r = {.caller = pthread_self(), .stop_at = UINT64_MAX};
    const snnfe_sink sink = {.progress = on_progress, .user_data = &r};
    /* Slow tasks: fast ones the other workers may have done before this thread gets any. */
    work w = {.n_workers = 3, .slow = true, .told = &r.last};
    assert_ok(snnfe_pool_run(pool, N_TASKS, do_task, &w, &sink, "work"));
    ck_assert_uint_eq(r.last, N_TASKS);
    ck_assert_int_gt(r.calls, 1);

    r = (report){.caller = pthread_self(), .stop_at = 10};
    work stopped = {.n_workers = 3, .slow = true, .told = &r.last};
    assert_fails(snnfe_pool_run(pool, N_TASKS, do_task, &stopped, &sink, "work"),
                 SNNFE_ERR_CANCELLED, "work");
    ck_assert_int_lt(stopped.started, N_TASKS);
    snnfe_pool_free(pool);
    snnfe_pool_free(NULL);
}
END_TEST

/* A pool of this thread alone reports after each task. */
START_TEST(every_end_of_a_task_is_reported)
{
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, 1));
    report r = {.caller = pthread_self(), .stop_at = UINT64_MAX};
    const snnfe_sink sink = {.progress = on_progress, .user_data = &r};
    work w = {.n_workers = 1};
    assert_ok(snnfe_pool_run(pool, N_TASKS, do_task, &w, &sink, "work"));
    ck_assert_int_eq(r.calls, N_TASKS);
    ck_assert_uint_eq(r.last, N_TASKS);
    snnfe_pool_free(pool);
}
END_TEST

/* Until the other thread has done the rest, this one is in its callback. */
typedef struct meeting {
    atomic_size_t begun, reported;
} meeting;

static snnfe_status meet(void *context, size_t task, uint32_t worker)
{
    meeting *m = context;
    (void)task;
    atomic_fetch_add(&m->begun, 1);
    while (worker > 0 && atomic_load(&m->reported) == 0)
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    while (worker == 0 && atomic_load(&m->begun) == 1)
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    return SNNFE_OK;
}

static int32_t on_meeting(const snnfe_progress *progress, void *user_data)
{
    meeting *m = user_data;
    atomic_store(&m->reported, progress->done);
    while (atomic_load(&m->begun) < progress->total)
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL); /* the last one ends */
    return 0;
}

START_TEST(ends_during_the_callback_are_reported)
{
    snnfe_pool *pool = NULL;
    meeting m = {0};
    const snnfe_sink sink = {.progress = on_meeting, .user_data = &m};
    assert_ok(snnfe_pool_create(&pool, 2));
    assert_ok(snnfe_pool_run(pool, 5, meet, &m, &sink, "work"));
    ck_assert_uint_eq(atomic_load(&m.reported), 5);
    snnfe_pool_free(pool);
}
END_TEST

START_TEST(default_size_is_that_of_the_machine)
{
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, 0));
    ck_assert_uint_eq(snnfe_pool_size(pool), snnfe_default_threads());
    ck_assert_uint_ge(snnfe_default_threads(), 1);
    snnfe_pool_free(pool);
#ifdef CPU_COUNT
    /* Not of processors that this thread may not use. */
    cpu_set_t before, one;
    ck_assert_int_eq(sched_getaffinity(0, sizeof before, &before), 0);
    ck_assert_uint_le(snnfe_default_threads(), (uint32_t)CPU_COUNT(&before));
    for (size_t i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &before)) {
            CPU_ZERO(&one);
            CPU_SET(i, &one);
        }
    ck_assert_int_eq(sched_setaffinity(0, sizeof one, &one), 0);
    ck_assert_uint_eq(snnfe_default_threads(), 1);
    ck_assert_int_eq(sched_setaffinity(0, sizeof before, &before), 0);
#endif
}
END_TEST

static void put(const char *folder, const char *name, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    support_write(support_path(path), text, strlen(text));
}

static void check_quota(const char *folder, const char *what, long n, uint32_t wanted)
{
    const uint32_t n_threads = snnfe_threads_within(support_path(folder), n);
    ck_assert_msg(n_threads == wanted, "%s, %s: %u of %ld", folder, what, (unsigned)n_threads, n);
}

/* By files of both versions of control groups. */
START_TEST(threads_keep_within_quotas)
{
    static const struct {
        const char *quota, *period;
        long n;
        uint32_t wanted;
    } cases[] = {
        {"150000", "100000", 8, 2},
        {"200000", "100000", 8, 2},
        {"200001", "100000", 8, 3},
        {"1", "100000", 8, 1},
        {"800000", "100000", 8, 8},
        {"900000", "100000", 8, 8},
        {"1", "1", 8, 1},
        {"-1", "100000", 8, 8},
        {"0", "100000", 8, 8},
        {"100000", "0", 8, 8},
        {"max", "100000", 8, 8},
        {"100000", "often", 8, 8},
        {"500", "-100", 8, 8},
        {"", "100000", 8, 8},
        {"100000", "", 8, 8},
        {"max", "100000", 1024, 1024},
        {"max", "100000", 1025, 1024},
        {"max", "100000", 0, 1},
        {"max", "100000", -1, 1},
        {"max", "100000", 1, 1},
    };
    assert_ok(snnfe_folder_create(support_path("first/cpu")));
    assert_ok(snnfe_folder_create(support_path("second")));
    check_quota("none", "nothing", 5, 5);
    check_quota("first", "nothing", 5, 5);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char both[64];
        snprintf(both, sizeof both, "%s %s\n", cases[i].quota, cases[i].period);
        put("first", "cpu/cpu.cfs_quota_us", cases[i].quota);
        put("first", "cpu/cpu.cfs_period_us", cases[i].period);
        put("second", "cpu.max", both);
        check_quota("first", both, cases[i].n, cases[i].wanted);
        check_quota("second", both, cases[i].n, cases[i].wanted);
    }
    put("second", "cpu.max", "100000");
    check_quota("second", "one number", 8, 8);
    /* Of both the newer one holds. */
    put("first", "cpu.max", "100000 100000");
    check_quota("first", "both", 8, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, every_task_runs_once, 0, 4);
    tcase_add_test(all, one_task_is_run_by_the_caller);
    tcase_add_test(all, calls_wait_for_their_tasks);
    tcase_add_test(all, signals_are_the_hosts);
    tcase_add_test(all, pools_have_a_largest_size);
    tcase_add_test(all, no_thread_releases_what_the_pool_holds);
    tcase_add_test(all, first_failure_is_reported);
    tcase_add_test(all, progress_comes_on_the_calling_thread);
    tcase_add_test(all, workers_compute_in_the_usual_mode);
    tcase_add_test(all, calls_compute_in_the_usual_mode);
    tcase_add_test(all, every_end_of_a_task_is_reported);
    tcase_add_test(all, ends_during_the_callback_are_reported);
    tcase_add_test(all, default_size_is_that_of_the_machine);
    tcase_add_test(all, threads_keep_within_quotas);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
