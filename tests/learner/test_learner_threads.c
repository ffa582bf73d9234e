/* Decoders and learners on several threads; tests/threads.sh runs this under ThreadSanitizer. */
#include "learning.h"
#include "own_signal.h"
#include "stream.h"

#include <math.h>
#include <pthread.h>

/* Learning on one thread, decoding on another: every window is that of whole weights. */
typedef struct background {
    snnfe_learner *learner;
    const trials *trials;
    size_t n;
    _Atomic int done;
} background;

static void *learn_all(void *argument)
{
    background *b = argument;
    for (size_t i = 0; i < b->n; i++)
        if (snnfe_learner_adapt(b->learner, grid_of(b->trials, i),
                                b->trials->labels[i % SMALL_TRIALS], NULL) != SNNFE_OK)
            break;
    b->done = 1;
    return NULL;
}

START_TEST(learning_beside_decoding)
{
    trials t = make_trials(5);
    snnfe_network *network = small_network();
    snnfe_decoder_options plain = stream_plain_options();
    plain.hop = 5;
    snnfe_decoder *decoder = NULL;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &plain));
    const snnfe_learner_options options = fast_options();
    assert_ok(snnfe_learner_create(&learner, network, decoder, &options));
    float *samples = stream_noise(7, SMALL_STEPS);
    background b = {learner, &t, 200, 0};
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, learn_all, &b), 0);
    size_t n = 0;
    while (!b.done) {
        assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
        for (; stream_info(decoder).n_pending; n++) {
            float logits[2];
            stream_next(decoder, logits);
            ck_assert(isfinite(logits[0]) && isfinite(logits[1]));
        }
    }
    pthread_join(thread, NULL);
    const snnfe_learner_info info = info_of(learner);
    printf("%zu decisions, weights exchanged %u times\n", n, (unsigned)info.n_offered);
    ck_assert_uint_gt(info.n_offered, 10);
    ck_assert_uint_eq(info.n_trials, 200);
    free(samples);
    free(t.grids);
    snnfe_decoder_free(decoder);
    snnfe_learner_free(learner);
    snnfe_network_free(network);
}
END_TEST

/* A decoder and its learner on one thread of several, all of one network and device. */
enum { PAIRS = 4, PAIR_TRIALS = 30, DECISIONS = 4 * PAIR_TRIALS };

typedef struct pair {
    const snnfe_network *network;
    const snnfe_device *device;
    trials trials;
    float *samples; /* [SMALL_STEPS][64] */
    float logits[DECISIONS][2];
    size_t n_decisions;
    snnfe_network *learned;
    snnfe_status status; /* the first that is not SNNFE_OK */
} pair;

static void take(pair *p, snnfe_status status)
{
    if (p->status == SNNFE_OK)
        p->status = status;
}

static void decide(pair *p, snnfe_decoder *decoder)
{
    take(p, snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, p->samples, SMALL_STEPS));
    while (p->status == SNNFE_OK && stream_info(decoder).n_pending > 0 &&
           p->n_decisions < DECISIONS) {
        snnfe_decision decision = {.struct_size = sizeof decision};
        take(p, snnfe_decoder_next(decoder, &decision, p->logits[p->n_decisions++], NULL));
    }
}

static void *run_pair(void *argument)
{
    pair *p = argument;
    snnfe_decoder *decoder = NULL;
    snnfe_learner *learner = NULL;
    snnfe_decoder_options plain;
    snnfe_learner_options options;
    take(p, snnfe_decoder_options_init(&plain, sizeof plain));
    own_signal(&plain.signal)->filter_low_hz = 0, own_signal(&plain.signal)->filter_high_hz = 0;
    plain.hop = 10;
    take(p, snnfe_learner_options_init(&options, sizeof options));
    options.device = p->device;
    take(p, snnfe_decoder_create(&decoder, p->network, &plain));
    take(p, snnfe_learner_create(&learner, p->network, decoder, &options));
    for (size_t i = 0; p->status == SNNFE_OK && i < PAIR_TRIALS; i++) {
        decide(p, decoder);
        take(p, snnfe_learner_adapt(learner, grid_of(&p->trials, i),
                                    p->trials.labels[i % SMALL_TRIALS], NULL));
    }
    if (p->status == SNNFE_OK)
        take(p, snnfe_learner_copy_network(learner, &p->learned));
    snnfe_decoder_free(decoder);
    snnfe_learner_free(learner);
    return NULL;
}

START_TEST(pairs_side_by_side)
{
    snnfe_network *network = small_network();
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    static pair pairs[2][PAIRS]; /* alone, and side by side */
    pthread_t threads[PAIRS];
    for (uint64_t i = 0; i < PAIRS; i++) {
        pairs[0][i] = (pair){.network = network,
                             .device = device,
                             .trials = make_trials(20 + i),
                             .samples = stream_noise(30 + i, SMALL_STEPS)};
        pairs[1][i] = pairs[0][i];
        run_pair(&pairs[0][i]);
    }
    for (size_t i = 0; i < PAIRS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, run_pair, &pairs[1][i]), 0);
    for (size_t i = 0; i < PAIRS; i++) {
        const pair *alone = &pairs[0][i], *beside = &pairs[1][i];
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(alone->status, SNNFE_OK);
        ck_assert_int_eq(beside->status, SNNFE_OK);
        ck_assert_uint_gt(alone->n_decisions, PAIR_TRIALS);
        ck_assert_uint_eq(beside->n_decisions, alone->n_decisions);
        ck_assert_mem_eq(beside->logits, alone->logits, sizeof alone->logits);
        ck_assert(small_same_values(beside->learned, alone->learned));
        ck_assert(!small_same_values(beside->learned, network));
        free(alone->trials.grids);
        free(alone->samples);
        snnfe_network_free(alone->learned);
        snnfe_network_free(beside->learned);
    }
    snnfe_network_free(network);
    snnfe_device_free(device);
}
END_TEST

/* Another thread exchanges the network all the time: every decision is one of either network's. */
typedef struct exchange {
    snnfe_decoder *decoder;
    const snnfe_network *networks[2];
    _Atomic int stop;
} exchange;

static void *keep_exchanging(void *argument)
{
    exchange *e = argument;
    for (size_t i = 0; !e->stop; i++) {
        snnfe_decoder_offer(e->decoder, e->networks[i % 2]);
        snnfe_decoder_uses(e->decoder, e->networks[(i + 1) % 2]);
    }
    return NULL;
}

START_TEST(exchange_from_another_thread)
{
    enum { WINDOWS = 3000 };
    snnfe_network_options sizes = small_network_options();
    snnfe_network *a = small_network(), *b = NULL;
    sizes.seed = 77;
    assert_ok(snnfe_network_create(&b, &sizes));
    float *samples = stream_noise(5, SMALL_STEPS), of_a[2], of_b[2];
    stream_evaluate(a, samples, of_a);
    stream_evaluate(b, samples, of_b);
    ck_assert_mem_ne(of_a, of_b, sizeof of_a);
    const snnfe_decoder_options options = stream_plain_options();
    exchange e = {.networks = {a, b}};
    assert_ok(snnfe_decoder_create(&e.decoder, a, &options));
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, keep_exchanging, &e), 0);
    size_t n[2] = {0, 0};
    for (size_t w = 0; w < WINDOWS; w++) {
        float logits[2];
        assert_ok(snnfe_decoder_push(e.decoder, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
        stream_next(e.decoder, logits);
        const bool is_b = memcmp(logits, of_b, sizeof logits) == 0;
        ck_assert(is_b || memcmp(logits, of_a, sizeof logits) == 0);
        n[is_b]++;
    }
    e.stop = 1;
    pthread_join(thread, NULL);
    printf("windows of either network: %zu, %zu\n", n[0], n[1]);
    snnfe_decoder_free(e.decoder);
    snnfe_network_free(a);
    snnfe_network_free(b);
    free(samples);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("learners' threads");
    TCase *tests = tcase_create("threads");
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, learning_beside_decoding);
    tcase_add_test(tests, pairs_side_by_side);
    tcase_add_test(tests, exchange_from_another_thread);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
