/* Locks of the process: as many hold one as may, and those that wait get it. */
#include "base/process_lock.h"
#include "support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { N_THREADS = SNNFE_EDFLIB_PLACES + 9 };

typedef struct holders {
    snnfe_process_lock which;
    atomic_int n, most;
    int together; /* so many are waited for */
} holders;

static void *hold(void *context)
{
    holders *h = context;
    snnfe_process_lock_take(h->which);
    const int n = atomic_fetch_add(&h->n, 1) + 1;
    for (int most = h->most; n > most && !atomic_compare_exchange_weak(&h->most, &most, n);)
        ;
    do
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    while (atomic_load(&h->most) < h->together);
    atomic_fetch_sub(&h->n, 1);
    snnfe_process_lock_release(h->which);
    return NULL;
}

START_TEST(locks_are_held_by_as_many_as_may)
{
    static const int most[SNNFE_N_LOCKS] = {[SNNFE_LOCK_BLAS] = 1,
                                            [SNNFE_LOCK_EDFLIB_PLACE] = SNNFE_EDFLIB_PLACES,
                                            [SNNFE_LOCK_EDFLIB] = 1};
    holders h = {.which = (snnfe_process_lock)_i, .together = most[_i] > 1 ? 2 : 1};
    pthread_t threads[N_THREADS];
    /* All wait for this thread, which holds all places. */
    for (int i = 0; i < most[_i]; i++)
        snnfe_process_lock_take(h.which);
    for (int i = 0; i < N_THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, hold, &h), 0);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    ck_assert_int_eq(h.most, 0);
    for (int i = 0; i < most[_i]; i++)
        snnfe_process_lock_release(h.which);
    for (int i = 0; i < N_THREADS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_int_le(h.most, most[_i]);
    ck_assert_int_ge(h.most, h.together);
    ck_assert_int_eq(h.n, 0);
}
END_TEST

static void take_and_release_all(void)
{
    for (int which = 0; which < SNNFE_N_LOCKS; which++)
        snnfe_process_lock_take((snnfe_process_lock)which);
    for (int which = 0; which < SNNFE_N_LOCKS; which++)
        snnfe_process_lock_release((snnfe_process_lock)which);
}

static void *hold_often(void *ending)
{
    while (!atomic_load((atomic_bool *)ending)) {
        for (int which = 0; which < SNNFE_N_LOCKS; which++)
            snnfe_process_lock_take((snnfe_process_lock)which);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        for (int which = 0; which < SNNFE_N_LOCKS; which++)
            snnfe_process_lock_release((snnfe_process_lock)which);
    }
    return NULL;
}

/* Whoever holds them: a child finds them free, and so does its parent afterwards. */
START_TEST(children_find_locks_free)
{
    atomic_bool ending = false;
    pthread_t other;
    take_and_release_all();
    ck_assert_int_eq(pthread_create(&other, NULL, hold_often, &ending), 0);
    for (int k = 0; k < 20; k++) {
        const pid_t child = fork();
        if (child == 0) {
            alarm(60);
            take_and_release_all();
            _exit(0);
        }
        int result = 0;
        ck_assert_int_eq(waitpid(child, &result, 0), child);
        ck_assert_int_eq(result, 0);
        take_and_release_all();
    }
    atomic_store(&ending, true);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
}
END_TEST

static void *hold_for_long(void *unused)
{
    (void)unused;
    snnfe_process_lock_take(SNNFE_LOCK_BLAS);
    nanosleep(&(struct timespec){.tv_nsec = 60000000}, NULL);
    snnfe_process_lock_release(SNNFE_LOCK_BLAS);
    return NULL;
}

static void *come_late(void *unused)
{
    (void)unused;
    nanosleep(&(struct timespec){.tv_nsec = 40000000}, NULL);
    take_and_release_all();
    return NULL;
}

/* A thread that came while another one waited to fork goes on after it. */
START_TEST(forks_let_others_go_on)
{
    pthread_t threads[2];
    alarm(60);
    ck_assert_int_eq(pthread_create(&threads[0], NULL, hold_for_long, NULL), 0);
    ck_assert_int_eq(pthread_create(&threads[1], NULL, come_late, NULL), 0);
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    const pid_t child = fork();
    if (child == 0)
        _exit(0);
    int result = 0;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    alarm(0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process_lock");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, locks_are_held_by_as_many_as_may, 0, SNNFE_N_LOCKS);
    tcase_add_test(all, children_find_locks_free);
    tcase_add_test(all, forks_let_others_go_on);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
