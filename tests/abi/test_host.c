/* Whatever is called, the host finds its own settings as it left them. */
#include "../faults/faults.h"

#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>
#if defined(SNNFE_BLAS_OPENBLAS)
#include <cblas.h>
#endif

static void host_handler(int number)
{
    (void)number;
}

static void host_action(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)info;
    (void)context;
}

static int blas_threads(void)
{
#if defined(SNNFE_BLAS_OPENBLAS)
    return openblas_get_num_threads();
#else
    return 2;
#endif
}

typedef struct host {
    struct sigaction actions[NSIG];
    sigset_t mask;
    char locale[256];
    locale_t thread_locale;
    int rounding, traps, blas, descriptors;
    size_t threads;
    mode_t creation_mask;
    char folder[4096];
} host;

static void look(host *h)
{
    memset(h, 0, sizeof *h);
    for (int i = 1; i < NSIG; i++)
        sigaction(i, NULL, &h->actions[i]);
    pthread_sigmask(SIG_SETMASK, NULL, &h->mask);
    snprintf(h->locale, sizeof h->locale, "%s", setlocale(LC_ALL, NULL));
    h->thread_locale = uselocale((locale_t)0);
    h->rounding = fegetround();
    h->traps = fegetexcept();
    h->blas = blas_threads();
    h->threads = support_count_threads();
    h->descriptors = (int)support_count_files("/proc/self/fd");
    h->creation_mask = umask(022);
    umask(h->creation_mask);
    ck_assert_ptr_nonnull(getcwd(h->folder, sizeof h->folder));
}

static void check_same(const host *a, host *b, const char *name)
{
    ck_assert_msg(a->rounding == b->rounding, "%s changed the rounding mode", name);
    ck_assert_msg(a->traps == b->traps, "%s changed the floating-point traps", name);
    ck_assert_msg(strcmp(a->locale, b->locale) == 0, "%s changed the locale", name);
    ck_assert_msg(a->thread_locale == b->thread_locale, "%s changed the thread's locale", name);
    ck_assert_msg(a->threads == b->threads, "%s left %zu threads, not %zu", name, b->threads,
                  a->threads);
    ck_assert_msg(a->blas == b->blas, "%s left the BLAS %d threads, not %d", name, b->blas,
                  a->blas);
    ck_assert_msg(a->descriptors == b->descriptors, "%s left a file open", name);
    for (int i = 1; i < NSIG; i++)
        ck_assert_msg(a->actions[i].sa_sigaction == b->actions[i].sa_sigaction &&
                          a->actions[i].sa_flags == b->actions[i].sa_flags,
                      "%s changed the handler of signal %d", name, i);
    ck_assert_msg(memcmp(&a->mask, &b->mask, sizeof a->mask) == 0, "%s changed the mask", name);
    ck_assert_msg(a->creation_mask == b->creation_mask, "%s changed the umask", name);
    ck_assert_msg(strcmp(a->folder, b->folder) == 0, "%s changed the folder", name);
}

/* From here on a division by zero or an overflow in the library raises a signal. */
static void make_host_particular(void)
{
    signal(SIGINT, host_handler);
    signal(SIGTERM, host_handler);
    signal(SIGPIPE, SIG_IGN);
    const struct sigaction action = {.sa_sigaction = host_action, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR2);
    pthread_sigmask(SIG_BLOCK, &mask, NULL);
    setlocale(LC_ALL, "C.UTF-8");
    umask(027);
#if defined(SNNFE_BLAS_OPENBLAS)
    openblas_set_num_threads(2);
#endif
}

static const call *const tables[] = {base_calls,    control_calls, dataset_calls, device_calls,
                                     network_calls, trainer_calls, live_calls};

static void call_everything(int rounding, int traps, bool looks_at_flags)
{
    faults_install();
    world w = world_create();
    make_host_particular();
    int outputs[2] = {dup(1), dup(2)};
    char silence[4096]; /* support_path()'s memory is used again */
    snprintf(silence, sizeof silence, "%s", support_path("output-of-the-library"));
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
        for (const call *c = tables[t]; c->name; c++) {
            host before, after;
            fflush(NULL);
            ck_assert(freopen(silence, "w", stdout) && freopen(silence, "a", stderr));
            look(&before);
            srand(77); /* rand() is the host's too */
            const int expected = rand();
            srand(77);
            fesetround(rounding);
            feenableexcept(traps);
            feclearexcept(FE_ALL_EXCEPT);
            before.rounding = rounding;
            before.traps = traps;
            const snnfe_status status = c->run(&w);
            const int raised = fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW);
            const int drawn = rand();
            host during = {.rounding = fegetround(), .traps = fegetexcept()};
            fedisableexcept(FE_ALL_EXCEPT);
            fesetround(FE_TONEAREST);
            look(&after);
            after.rounding = during.rounding;
            after.traps = during.traps;
            fflush(NULL);
            dup2(outputs[0], 1);
            dup2(outputs[1], 2);
            ck_assert_msg(status == SNNFE_OK, "%s: %s", c->name, snnfe_last_error());
            ck_assert_msg(drawn == expected, "%s draws from rand()", c->name);
            ck_assert_msg(!raised || !looks_at_flags, "%s raised exceptions 0x%x", c->name,
                          (unsigned)raised);
            check_same(&before, &after, c->name);
            size_t size = 1;
            free(support_read(silence, &size));
            ck_assert_msg(size == 0, "%s wrote to the host's output", c->name);
        }
    close(outputs[0]);
    close(outputs[1]);
    world_free(&w);
    assert_ok(snnfe_set_allocator(NULL));
}

START_TEST(settings_are_left_alone)
{
    call_everything(FE_TONEAREST, 0, false);
}
END_TEST

START_TEST(rounding_is_left_alone)
{
    call_everything(FE_UPWARD, 0, false);
}
END_TEST

/* The library traps nothing where the host traps invalid operations, divisions by zero and
   overflows: the calls' flags tell that there is none of these. */
START_TEST(nothing_would_trap)
{
    call_everything(FE_TONEAREST, 0, true);
}
END_TEST

START_TEST(traps_are_left_alone)
{
    call_everything(FE_TONEAREST, FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW, false);
}
END_TEST

static void *run_all(void *argument)
{
    world *w = argument;
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
        for (const call *c = tables[t]; c->name; c++)
            ck_assert_msg(c->run(w) == SNNFE_OK, "%s: %s", c->name, snnfe_last_error());
    return NULL;
}

/* Sanitizers and lower levels of optimization need more stack than a release build. */
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define STACK ((size_t)128 * 1024)
#else
#define STACK ((size_t)1024 * 1024)
#endif

/* A host's thread with little stack: an overflow meets the guard page. */
START_TEST(stacks_of_128_kib_suffice)
{
    faults_install();
    world w = world_create();
    pthread_attr_t attributes;
    pthread_t thread;
    ck_assert_int_eq(pthread_attr_init(&attributes), 0);
    ck_assert_int_eq(pthread_attr_setstacksize(&attributes, STACK), 0);
    ck_assert_int_eq(pthread_create(&thread, &attributes, run_all, &w), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    pthread_attr_destroy(&attributes);
    world_free(&w);
    assert_ok(snnfe_set_allocator(NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("host");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, settings_are_left_alone);
    tcase_add_test(all, rounding_is_left_alone);
    tcase_add_test(all, nothing_would_trap);
    tcase_add_test(all, traps_are_left_alone);
    tcase_add_test(all, stacks_of_128_kib_suffice);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
