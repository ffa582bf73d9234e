/* The formulas of docs/scaling.md for memory against what the library asks for, at the most: a
   trainer with its first step, and the evaluation of trials. */
#include "network/network_internal.h"
#include "network/packed.h"
#include "support.h"

#include <math.h>
#include <snnfe/trainer.h>
#include <stdatomic.h>

#define MB 1e6

/* --- what the library holds ------------------------------------------------------------------ */

typedef struct holdings {
    atomic_size_t now, most;
} holdings;

#define BEFORE 64 /* bytes before a block, for its size */

static void *hold(size_t size, void *user_data)
{
    holdings *h = user_data;
    char *block = malloc(BEFORE + size);
    if (!block)
        return NULL;
    memcpy(block, &size, sizeof size);
    const size_t now = atomic_fetch_add(&h->now, size) + size;
    size_t most = atomic_load(&h->most);
    while (now > most && !atomic_compare_exchange_weak(&h->most, &most, now))
        continue;
    return block + BEFORE;
}

static void let_go(void *memory, void *user_data)
{
    holdings *h = user_data;
    size_t size = 0;
    memcpy(&size, (char *)memory - BEFORE, sizeof size);
    atomic_fetch_sub(&h->now, size);
    free((char *)memory - BEFORE);
}

static holdings held;

static void hold_all(void)
{
    const snnfe_allocator hook = {
        .struct_size = sizeof hook, .allocate = hold, .release = let_go, .user_data = &held};
    assert_ok(snnfe_set_allocator(&hook));
}

/* From here on most_since() counts. */
static size_t begin(void)
{
    atomic_store(&held.most, atomic_load(&held.now));
    return atomic_load(&held.now);
}

static double most_since(size_t before)
{
    return (double)(atomic_load(&held.most) - before);
}

/* --- the formulas ----------------------------------------------------------------------------- */

static const struct {
    uint32_t n_threads, n_trials, n_steps, conv2;
} cases[] = {{1, 16, 160, 128}, {2, 16, 160, 128}, {4, 16, 160, 128}, {2, 24, 40, 128},
             {2, 16, 320, 128}, {2, 16, 160, 64},  {2, 16, 40, 256},  {2, 4, 80, 128}};
#define MOST_TRIALS 24
#define N_CASES (sizeof cases / sizeof cases[0])

static snnfe_network *make_network(size_t i)
{
    snnfe_network_options options;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_options_init(&options, sizeof options));
    options.n_steps = cases[i].n_steps;
    options.conv2_channels = cases[i].conv2;
    assert_ok(snnfe_network_create(&network, &options));
    return network;
}

static double neurons_of(const snnfe_network *network)
{
    size_t n = 0;
    for (int32_t layer = 0; layer < SNNFE_N_SPIKING; layer++)
        n += network->packed->shape.layers[layer].neurons;
    return (double)n;
}

/* [n_trials][rows * columns * n_steps] of noise */
static float *make_trials(size_t i, int32_t *labels)
{
    const size_t size = (size_t)cases[i].n_trials * 110 * cases[i].n_steps;
    float *trials = malloc(size * sizeof *trials);
    uint64_t state = support_seed();
    for (size_t k = 0; k < size; k++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        trials[k] = (float)((double)(state >> 40) / (1 << 22) - 2);
    }
    for (size_t k = 0; k < cases[i].n_trials; k++)
        labels[k] = (int32_t)(k % 2);
    return trials;
}

static void assert_near(const char *what, size_t i, double measured, double formula,
                        double tolerance)
{
    ck_assert_msg(fabs(measured - formula) < tolerance * formula,
                  "%s, %u threads, %u trials of %u steps, %u channels of conv2: %.2f MB, by the "
                  "formula %.2f MB",
                  what, (unsigned)cases[i].n_threads, (unsigned)cases[i].n_trials,
                  (unsigned)cases[i].n_steps, (unsigned)cases[i].conv2, measured / MB,
                  formula / MB);
}

/* Of default options, with 16 shards. */
static double formula_of_training(const snnfe_network *network, size_t i)
{
    const double shards = cases[i].n_trials < 16 ? cases[i].n_trials : 16;
    const double neurons = neurons_of(network), steps = cases[i].n_steps;
    return (shards + 5) * 4 * (double)snnfe_network_value_count(network) +
           cases[i].n_threads * (0.3 * MB + 350 * neurons + steps * (4.25 * neurons + 14.4e3));
}

static double formula_of_evaluation(const snnfe_network *network, size_t i)
{
    return cases[i].n_threads * (1.3 * MB + 105 * neurons_of(network) + cases[i].n_steps * 1.8e3);
}

static void train(snnfe_network *network, const float *trials, const int32_t *labels, size_t i)
{
    snnfe_trainer_options options;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_options_init(&options, sizeof options));
    options.n_threads = cases[i].n_threads;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_step(trainer, trials, labels, cases[i].n_trials, NULL, NULL));
    snnfe_trainer_free(trainer);
}

static void evaluate(const snnfe_network *network, const float *trials, size_t i)
{
    snnfe_run_options options;
    float logits[MOST_TRIALS * 2];
    assert_ok(snnfe_run_options_init(&options, sizeof options));
    options.n_threads = cases[i].n_threads;
    assert_ok(
        snnfe_network_evaluate(network, trials, cases[i].n_trials, &options, logits, NULL, NULL));
}

START_TEST(memory_is_what_the_formulas_say)
{
    int32_t labels[MOST_TRIALS];
    hold_all();
    for (size_t i = 0; i < N_CASES; i++) {
        snnfe_network *network = make_network(i);
        float *trials = make_trials(i, labels);
        size_t before = begin();
        evaluate(network, trials, i);
        assert_near("evaluation", i, most_since(before), formula_of_evaluation(network, i), 0.06);
        before = begin();
        train(network, trials, labels, i);
        assert_near("training", i, most_since(before), formula_of_training(network, i), 0.02);
        snnfe_network_free(network);
        free(trials);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("footprint");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 240);
    tcase_add_test(all, memory_is_what_the_formulas_say);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
