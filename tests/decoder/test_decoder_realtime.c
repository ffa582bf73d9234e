/* What a real-time thread needs: after set-up no allocation, no lock, no system call, no drift. */
#include "own_signal.h"
#include "small.h"
#include "stream.h"

#include <dlfcn.h>
#include <malloc.h>
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

/* --- counters ------------------------------------------------------------------------------- */

static size_t n_allocations, n_releases, n_bytes;
static size_t n_locks;

static void *count_allocation(size_t size, void *user_data)
{
    (void)user_data;
    n_allocations++;
    n_bytes += size;
    return malloc(size);
}

static void count_release(void *memory, void *user_data)
{
    (void)user_data;
    n_releases++;
    free(memory);
}

/* Every lock of this process goes through here. */
int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    static int (*real)(pthread_mutex_t *);
    if (!real) {
        void *found = dlsym(RTLD_NEXT, "pthread_mutex_lock");
        memcpy(&real, &found, sizeof real);
    }
    n_locks++;
    return real(mutex);
}

static void set_counting_allocator(void)
{
    const snnfe_allocator allocator = {
        .struct_size = sizeof allocator, .allocate = count_allocation, .release = count_release};
    assert_ok(snnfe_set_allocator(&allocator));
}

/* --- what is run ---------------------------------------------------------------------------- */

/* With control (`_i` = 1) every sample goes through a spatial filter; `_i` = 2: envelopes besides.
 */
static snnfe_decoder_options busy_options(int controlled)
{
    static const char *const references[] = {"F7", "F8"};
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.hop = 9;
    options.early_confidence = 0.9;
    if (controlled) {
        snnfe_signal *signal = own_signal(&options.signal);
        signal->ocular = SNNFE_OCULAR_REGRESSION;
        signal->alignment = SNNFE_ALIGNMENT_EUCLIDEAN;
        signal->n_lags = 3;
        signal->n_references = 2;
        signal->reference_names = references;
    }
    if (controlled == 2) {
        snnfe_signal *signal = own_signal(&options.signal);
        signal->n_bands = 1;
        signal->band_low_hz[0] = 8;
        signal->band_high_hz[0] = 30;
        signal->envelope_window_s = 0.05;
        signal->envelope_hop_s = 0.01;
    }
    return options;
}

/* Everything that is marked real-time, faults among it. */
static void run_steps(snnfe_decoder *decoder, const snnfe_network *network, float *samples,
                      size_t n_samples, size_t n_steps)
{
    static float grid[110 * SMALL_STEPS], copies[2 * 64 * SMALL_STEPS];
    uint64_t number = 0, window = 0;
    for (size_t i = 0; i < n_steps; i++) {
        float *sample = samples + i % n_samples * 64;
        if (i % 1000 == 500)
            number += 3;
        if (i % 1000 == 700)
            number += 300;
        if (i % 1000 == 900)
            number -= 2;
        if (i % 1000 == 950)
            number = 0;
        if (i % 1500 == 300)
            snnfe_decoder_begin_session(decoder);
        if (i % 100 == 50)
            sample[i % 64] = (float)1e30;
        if (i % 100 > 80)
            sample[7] = 8000;
        snnfe_decoder_push(decoder, number++, sample, 1);
        snnfe_decoder_info info = {.struct_size = sizeof info};
        snnfe_decoder_get_info(decoder, &info);
        if (i % 50 == 0 && info.n_running < 3)
            snnfe_decoder_cue(decoder, 1, &window);
        if (i % 333 == 0) {
            snnfe_decoder_offer(decoder, network);
            snnfe_decoder_uses(decoder, network);
        }
        for (; info.n_pending > 0; info.n_pending--) {
            snnfe_decision decision = {.struct_size = sizeof decision};
            float logits[2], probabilities[2];
            snnfe_decoder_next(decoder, &decision, logits, probabilities);
        }
        uint32_t steps = 0;
        float so_far[2];
        snnfe_decoder_peek(decoder, &steps, so_far);
        if (i > 700 && i % 1000 == 600) {
            snnfe_decoder_copy_window(decoder, info.n_samples - info.window_samples, grid);
            snnfe_decoder_copy_samples(decoder, info.n_samples - SMALL_STEPS, SMALL_STEPS, copies);
        }
    }
}

/* --- tests ---------------------------------------------------------------------------------- */

START_TEST(no_allocation_and_no_lock)
{
    set_counting_allocator();
    snnfe_network *network = small_network();
    const snnfe_decoder_options options = busy_options(_i);
    float *samples = stream_noise(1, 500);
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    run_steps(decoder, network, samples, 500, 10);
    const size_t heap = mallinfo2().uordblks;
    const size_t before = n_allocations, released = n_releases, locks = n_locks;
    run_steps(decoder, network, samples, 500, 20000);
    /* Counts are taken at once: the assertions lock too. */
    const size_t locks_after = n_locks;
    const size_t heap_after = mallinfo2().uordblks;
    ck_assert_uint_eq(locks_after, locks);
    ck_assert_uint_eq(heap_after, heap);
    ck_assert_uint_eq(n_allocations, before);
    ck_assert_uint_eq(n_releases, released);
    ck_assert_uint_gt(stream_info(decoder).n_decisions, 1000);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    free(samples);
    /* The counters count. */
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    const size_t locks_before = n_locks;
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
    ck_assert_uint_eq(n_locks, locks_before + 1);
    ck_assert_uint_gt(n_releases, released);
    assert_ok(snnfe_set_allocator(NULL));
}
END_TEST

START_TEST(stated_size_is_exact)
{
    set_counting_allocator();
    snnfe_network *network = small_network();
    for (uint32_t hop = 1; hop <= 20; hop += 6) {
        snnfe_decoder_options options = busy_options(_i);
        options.hop = hop;
        snnfe_decoder *decoder = NULL;
        const size_t before = n_bytes;
        assert_ok(snnfe_decoder_create(&decoder, network, &options));
        ck_assert_uint_eq(stream_info(decoder).n_bytes, n_bytes - before);
        snnfe_decoder_free(decoder);
    }
    snnfe_network_free(network);
    ck_assert_uint_eq(n_allocations, n_releases);
    assert_ok(snnfe_set_allocator(NULL));
}
END_TEST

#ifdef __linux__
/* In a child that the kernel ends at the first system call but exit. */
static int run_confined(void (*work)(void *), void *argument)
{
    const pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) != 0)
            _exit(77);
        work(argument);
        syscall(SYS_exit, 0);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_ne(status, 77 << 8);
    return status;
}

typedef struct confined {
    snnfe_decoder *decoder;
    snnfe_network *network;
    float *samples;
} confined;

static void confined_steps(void *argument)
{
    const confined *c = argument;
    run_steps(c->decoder, c->network, c->samples, 500, 20000);
}

static void confined_call(void *argument)
{
    (void)argument;
    syscall(SYS_getppid);
}

START_TEST(no_system_call)
{
    confined c = {.network = small_network(), .samples = stream_noise(2, 500)};
    const snnfe_decoder_options options = busy_options(_i);
    assert_ok(snnfe_decoder_create(&c.decoder, c.network, &options));
    /* Right after set-up, with nothing run before. */
    ck_assert_int_eq(run_confined(confined_steps, &c), 0);
    const int status = run_confined(confined_call, NULL);
    ck_assert(WIFSIGNALED(status));
    snnfe_decoder_free(c.decoder);
    snnfe_network_free(c.network);
    free(c.samples);
}
END_TEST
#endif

/* After a million steps a window still gives what it gave at the start, and what evaluation
   gives. */
START_TEST(a_million_steps)
{
    enum { N = 100 * SMALL_STEPS, ROUNDS = 500 };
    snnfe_network *network = small_network();
    float *samples = stream_noise(3, N);
    const snnfe_decoder_options options = stream_plain_options();
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    static float first[100][2];
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t w = 0; w < 100; w++) {
            float logits[2];
            assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED,
                                         samples + w * SMALL_STEPS * 64, SMALL_STEPS));
            stream_next(decoder, logits);
            if (round == 0) {
                stream_evaluate(network, samples + w * SMALL_STEPS * 64, first[w]);
                ck_assert_mem_eq(logits, first[w], sizeof logits);
            }
            ck_assert_mem_eq(logits, first[w], sizeof logits);
        }
    ck_assert_uint_eq(stream_info(decoder).n_samples, 1000000);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    free(samples);
}
END_TEST

/* The longest window that a network can have: its sums are exact to the end. */
START_TEST(the_longest_window)
{
    enum { N = 65533 };
    snnfe_network_options sizes = small_network_options();
    sizes.n_steps = N;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &sizes));
    float *samples = stream_noise(4, N), logits[2], expected[2];
    const snnfe_decoder_options options = stream_plain_options();
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, N));
    stream_next(decoder, logits);
    stream_evaluate(network, samples, expected);
    ck_assert_mem_eq(logits, expected, sizeof logits);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    free(samples);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("decoder in real time");
    TCase *tests = tcase_create("real time");
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, no_allocation_and_no_lock, 0, 3);
    tcase_add_loop_test(tests, stated_size_is_exact, 0, 3);
#ifdef __linux__
    tcase_add_loop_test(tests, no_system_call, 0, 3);
#endif
    tcase_add_test(tests, a_million_steps);
    tcase_add_test(tests, the_longest_window);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
