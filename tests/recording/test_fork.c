/* Children of fork() that are born while other threads read, write and compute; more threads than
   EDFlib has places for files. */
#include "base/pool.h"
#include "base/process_lock.h"
#include "edf_file.h"
#include "support.h"

#include <edflib.h>
#include <pthread.h>
#include <snnfe/dataset.h>
#include <snnfe/recording.h>
#include <snnfe/synthetic.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_bool stop;
static const char *path;

static snnfe_synthetic_options small_tree(void)
{
    static const int32_t run = 1;
    snnfe_synthetic_options o;
    assert_ok(snnfe_synthetic_options_init(&o, sizeof o));
    o.n_subjects = 1;
    o.runs = &run;
    o.n_runs = 1;
    o.n_threads = 1;
    return o;
}

static void *read_on(void *unused)
{
    while (!stop) {
        snnfe_recording *r = NULL;
        (void)snnfe_recording_open(&r, path, NULL);
        snnfe_recording_free(r);
    }
    return unused;
}

static void *hold_locks(void *unused)
{
    for (int which = 0; !stop; which = (which + 1) % SNNFE_N_LOCKS) {
        snnfe_process_lock_take((snnfe_process_lock)which);
        snnfe_process_lock_release((snnfe_process_lock)which);
    }
    return unused;
}

/* What the child has to do; 0 if it could. */
static int child_work(const char *tree)
{
    snnfe_recording *r = NULL;
    const snnfe_synthetic_options o = small_tree();
    if (edflib_get_number_of_open_files() != 0)
        return 3;
    if (snnfe_recording_open(&r, path, NULL) != SNNFE_OK)
        return 1;
    snnfe_recording_free(r);
    for (int which = 0; which < SNNFE_N_LOCKS; which++) {
        snnfe_process_lock_take((snnfe_process_lock)which);
        snnfe_process_lock_release((snnfe_process_lock)which);
    }
    return tree && snnfe_synthetic_write(tree, &o) != SNNFE_OK ? 2 : 0;
}

static int exit_code_of(pid_t child)
{
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

START_TEST(children_find_no_lock_taken)
{
    pthread_t threads[3];
    path = edf_write(&edf_usual, "fork.edf");
    const char *tree = support_path("tree");
    atomic_store(&stop, false);
    pthread_create(&threads[0], NULL, read_on, NULL);
    pthread_create(&threads[1], NULL, hold_locks, NULL);
    pthread_create(&threads[2], NULL, hold_locks, NULL);
    int code = 0;
    for (int i = 0; i < 100 && code == 0; i++) {
        const pid_t child = fork();
        if (child == 0) {
            alarm(60);
            _exit(child_work(i == 50 ? tree : NULL));
        }
        code = exit_code_of(child);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(code, 0);
}
END_TEST

static snnfe_status count_task(void *context, size_t task, uint32_t worker)
{
    int *runs = context;
    runs[task]++;
    return worker == 0 ? SNNFE_OK : SNNFE_ERR_INTERNAL;
}

static int child_with_pool(snnfe_pool *pool)
{
    int runs[50] = {0};
    if (snnfe_pool_run(pool, 50, count_task, runs, NULL, NULL) != SNNFE_OK)
        return 1;
    for (int i = 0; i < 50; i++)
        if (runs[i] != 1)
            return 2;
    snnfe_pool_free(pool);
    return 0;
}

/* A handle's pool has no threads in the child: the child does the work alone. */
START_TEST(children_use_their_parents_pools)
{
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, 4));
    const pid_t child = fork();
    if (child == 0) {
        alarm(60);
        _exit(child_with_pool(pool));
    }
    ck_assert_int_eq(exit_code_of(child), 0);
    snnfe_pool_free(pool);
}
END_TEST

START_TEST(more_threads_than_edflib_has_files)
{
    enum { N = 150 };
    const char *paths[N];
    int32_t subjects[N], runs[N];
    path = edf_write(&edf_usual, "fork.edf");
    for (int i = 0; i < N; i++) {
        paths[i] = path;
        subjects[i] = i + 1;
        runs[i] = 4;
    }
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.filter_low_hz = o.filter_high_hz = 0;
    o.normalization = SNNFE_NORMALIZE_NONE;
    for (uint32_t n = 65; n <= 140; n += 75) {
        snnfe_dataset *d = NULL;
        o.n_threads = n;
        assert_ok(snnfe_dataset_open_files(&d, paths, subjects, runs, N, &o));
        snnfe_dataset_free(d);
    }
}
END_TEST

static atomic_int n_read;
static atomic_int waiting; /* the number of the thread that is about to wait */

static void *read_once(void *unused)
{
    snnfe_recording *r = NULL;
    atomic_store(&waiting, gettid());
    if (snnfe_recording_open(&r, path, NULL) == SNNFE_OK)
        atomic_fetch_add(&n_read, 1);
    snnfe_recording_free(r);
    return unused;
}

static void *fork_once(void *unused)
{
    atomic_store(&waiting, gettid());
    const pid_t child = fork();
    if (child == 0) {
        alarm(60);
        _exit(child_work(NULL));
    }
    return exit_code_of(child) == 0 ? unused : &n_read;
}

static void start_and_see_it_wait(pthread_t *thread, void *(*function)(void *))
{
    atomic_store(&waiting, 0);
    ck_assert_int_eq(pthread_create(thread, NULL, function, NULL), 0);
    while (atomic_load(&waiting) == 0 || !support_thread_sleeps(atomic_load(&waiting)))
        usleep(1000);
}

/* Without a free place readers wait; while one is held, fork() waits and lets nobody pass. */
START_TEST(readers_and_forks_queue)
{
    pthread_t readers[2], forker;
    path = edf_write(&edf_usual, "fork.edf");
    atomic_store(&n_read, 0);
    for (int i = 0; i < SNNFE_EDFLIB_PLACES; i++)
        snnfe_process_lock_take(SNNFE_LOCK_EDFLIB_PLACE);
    start_and_see_it_wait(&readers[0], read_once);
    ck_assert_int_eq(atomic_load(&n_read), 0);
    snnfe_process_lock_release(SNNFE_LOCK_EDFLIB_PLACE);
    pthread_join(readers[0], NULL);
    ck_assert_int_eq(atomic_load(&n_read), 1);
    start_and_see_it_wait(&forker, fork_once);
    start_and_see_it_wait(&readers[1], read_once);
    ck_assert_int_eq(atomic_load(&n_read), 1);
    for (int i = 1; i < SNNFE_EDFLIB_PLACES; i++)
        snnfe_process_lock_release(SNNFE_LOCK_EDFLIB_PLACE);
    void *failed = NULL;
    pthread_join(forker, &failed);
    pthread_join(readers[1], NULL);
    ck_assert_ptr_null(failed);
    ck_assert_int_eq(atomic_load(&n_read), 2);
}
END_TEST

/* The writer, too. */
START_TEST(many_threads_write)
{
    snnfe_synthetic_options o = small_tree();
    o.n_subjects = 70;
    o.n_threads = 70;
    assert_ok(snnfe_synthetic_write(support_path("many"), &o));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fork");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, children_find_no_lock_taken);
    tcase_add_test(all, children_use_their_parents_pools);
    tcase_add_test(all, more_threads_than_edflib_has_files);
    tcase_add_test(all, readers_and_forks_queue);
    tcase_add_test(all, many_threads_write);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
