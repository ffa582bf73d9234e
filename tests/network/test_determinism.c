/* The same bits for any number of threads, any batch, and (inference) any instruction set. */
#include "base/memory.h"
#include "golden.h"
#include "kernels/kernels.h"
#include "network/engine.h"

#include <math.h>

enum { N = 21 };

static float *wave_grid(const snnfe_network_options *o, size_t n)
{
    const size_t size = (size_t)o->n_rows * o->n_columns * o->n_steps;
    float *grid = snnfe_alloc(n * size, sizeof(float));
    for (size_t i = 0; i < n * size; i++)
        grid[i] =
            1.5F * sinf((float)(i % 7919) * 0.61F) + 0.7F * sinf((float)(i % 104729) * 0.0913F);
    return grid;
}

static snnfe_network *small_network(snnfe_network_options *o)
{
    assert_ok(snnfe_network_options_init(o, sizeof *o));
    o->n_steps = 70;
    o->conv1_channels = 20;
    o->conv2_channels = 70;
    o->conv3_channels = 130;
    o->n_hidden = 100;
    o->n_classes = 4;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, o));
    return network;
}

START_TEST(threads_do_not_matter)
{
    snnfe_network_options o;
    snnfe_network *network = small_network(&o);
    float *grid = wave_grid(&o, N);
    const size_t n_values = snnfe_network_value_count(network);
    float logits[4][N * 4], *gradients[4];
    double losses[4];
    int32_t labels[N];
    uint8_t *masks = snnfe_alloc((size_t)N * 3 * o.n_hidden, 1);
    for (int i = 0; i < N; i++) {
        labels[i] = i % 4;
        assert_ok(
            snnfe_network_draw_masks(network, 3, (uint64_t)i, masks + (size_t)i * 3 * o.n_hidden));
    }
    for (uint32_t threads = 1; threads <= 3; threads++) {
        snnfe_run_options run;
        assert_ok(snnfe_run_options_init(&run, sizeof run));
        run.n_threads = threads;
        run.n_shards = 8;
        gradients[threads] = snnfe_alloc(n_values, sizeof(float));
        assert_ok(snnfe_network_evaluate(network, grid, N, &run, logits[threads], NULL, NULL));
        assert_ok(snnfe_network_gradient(network, grid, labels, N, masks, &run, &losses[threads],
                                         gradients[threads]));
    }
    for (int threads = 2; threads <= 3; threads++) {
        ck_assert_mem_eq(logits[threads], logits[1], sizeof logits[1]);
        ck_assert_mem_eq(gradients[threads], gradients[1], n_values * sizeof(float));
        ck_assert_double_eq(losses[threads], losses[1]);
    }
    /* A trial alone gives what it gives among others. */
    const size_t size = (size_t)o.n_rows * o.n_columns * o.n_steps;
    for (size_t i = 0; i < N; i++) {
        float alone[4];
        assert_ok(snnfe_network_evaluate(network, grid + i * size, 1, NULL, alone, NULL, NULL));
        ck_assert_mem_eq(alone, logits[1] + 4 * i, sizeof alone);
    }
    for (int threads = 1; threads <= 3; threads++)
        snnfe_release(gradients[threads]);
    snnfe_release(masks);
    snnfe_release(grid);
    snnfe_network_free(network);
}
END_TEST

static uint64_t add_bytes(uint64_t hash, const void *content, size_t size)
{
    const unsigned char *bytes = content;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t inference_hash(void)
{
    snnfe_network_options o;
    assert_ok(snnfe_network_options_init(&o, sizeof o));
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &o));
    float *grid = wave_grid(&o, 4);
    float logits[8];
    snnfe_layer_activity activity[4 * SNNFE_N_LAYERS];
    assert_ok(snnfe_network_evaluate(network, grid, 4, NULL, logits, NULL, NULL));
    assert_ok(
        snnfe_network_activity(network, grid, 4, NULL, activity, sizeof(snnfe_layer_activity)));
    snnfe_release(grid);
    snnfe_network_free(network);
    return add_bytes(add_bytes(UINT64_C(14695981039346656037), logits, sizeof logits), activity,
                     sizeof activity);
}

START_TEST(instruction_sets_do_not_matter)
{
    const char *first = snnfe_instruction_set();
    assert_ok(snnfe_set_instruction_set("baseline"));
    ck_assert_str_eq(snnfe_instruction_set(), "baseline");
    const uint64_t expected = inference_hash();
    static const char *const names[] = {"avx2", "avx512"};
    for (size_t i = 0; i < 2; i++) {
        if (!snnfe_kernels_named(names[i])) {
            assert_fails(snnfe_set_instruction_set(names[i]), SNNFE_ERR_UNSUPPORTED, names[i]);
            ck_assert_str_eq(snnfe_instruction_set(), "baseline");
            continue;
        }
        assert_ok(snnfe_set_instruction_set(names[i]));
        ck_assert_str_eq(snnfe_instruction_set(), names[i]);
        ck_assert_uint_eq(inference_hash(), expected);
        assert_ok(snnfe_set_instruction_set("baseline"));
    }
    assert_fails(snnfe_set_instruction_set("sse9"), SNNFE_ERR_ARGUMENT, "\"sse9\"");
    ck_assert_str_eq(snnfe_instruction_set(), "baseline");
    assert_ok(snnfe_set_instruction_set(NULL));
    ck_assert_str_eq(snnfe_instruction_set(), first);
}
END_TEST

/* What a process of its own chooses when the environment names an instruction set. */
static void chosen_with(const char *isa, char name[32])
{
    char command[4200];
    snprintf(command, sizeof command, "SNNFE_ISA=%s '%s' --isa", isa, support_program());
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    ck_assert_int_eq(fscanf(pipe, "%31s", name), 1);
    ck_assert_int_eq(pclose(pipe), 0);
}

START_TEST(environment_chooses)
{
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    char best[32], chosen[32];
    chosen_with("sse9", best);
    for (size_t i = 0; i < 3; i++) {
        chosen_with(names[i], chosen);
        ck_assert_str_eq(chosen, snnfe_kernels_named(names[i]) ? names[i] : best);
    }
}
END_TEST

/* --- what is not run again, or not at all ---------------------------------------------------- */

typedef struct source {
    const float *grid;
    size_t size;
} source;

static void copy_trial(const void *context, size_t index, float *grid)
{
    const source *s = context;
    memcpy(grid, s->grid + index * s->size, s->size * sizeof(float));
}

static size_t same_key(const void *context, size_t index)
{
    (void)context;
    return index;
}

static void evaluate(snnfe_engine *engine, const snnfe_trials *trials, float *logits)
{
    assert_ok(snnfe_engine_evaluate(engine, trials, NULL, NULL, logits, NULL));
}

/* Without and with the sums of tc1. */
START_TEST(kept_spikes_do_not_matter)
{
    const bool with_sums = _i == 1;
    snnfe_network_options o;
    snnfe_network *network = small_network(&o);
    float *grid = wave_grid(&o, N), fresh[N * 4], kept[N * 4];
    const source s = {grid, (size_t)o.n_rows * o.n_columns * o.n_steps};
    const snnfe_trials trials = {N, copy_trial, same_key, &s};
    const snnfe_trials unknown = {N, copy_trial, NULL, &s};
    snnfe_pool *pool = NULL;
    snnfe_engine *engine = NULL;
    assert_ok(snnfe_pool_create(&pool, 2));
    assert_ok(snnfe_engine_create(&engine, network, pool, 0));
    assert_ok(snnfe_engine_keep(engine, N - 1, with_sums)); /* the last trial has no room */
    assert_ok(snnfe_engine_prepare(engine, &trials));
    evaluate(engine, &unknown, fresh);
    for (int i = 0; i < 2; i++) {
        evaluate(engine, &trials, kept);
        ck_assert_mem_eq(kept, fresh, sizeof fresh);
    }
    /* Kept spikes are in use: other samples change nothing but the last trial. */
    for (size_t i = 0; i < N * s.size; i++)
        grid[i] = -grid[i];
    evaluate(engine, &trials, kept);
    ck_assert_mem_eq(kept, fresh, (N - 1) * 4 * sizeof(float));
    ck_assert_mem_ne(kept + (N - 1) * 4, fresh + (N - 1) * 4, 4 * sizeof(float));
    /* They end with the parameters they are of. */
    float bias[20] = {0.1F};
    assert_ok(snnfe_network_set(network, "snn.conv1.psp_func.bias", bias, 20));
    evaluate(engine, &unknown, fresh);
    evaluate(engine, &trials, kept);
    ck_assert_mem_eq(kept, fresh, sizeof fresh);
    float tc1_bias[100] = {0.05F, -0.05F};
    assert_ok(
        snnfe_network_set(network, "snn.temp_conv1.psp_func_list.1.bias", tc1_bias, o.n_hidden));
    evaluate(engine, &unknown, fresh);
    for (int i = 0; i < 2; i++) {
        evaluate(engine, &trials, kept);
        ck_assert_mem_eq(kept, fresh, sizeof fresh);
    }
    snnfe_engine_free(engine);
    snnfe_pool_free(pool);
    snnfe_network_free(network);
    snnfe_release(grid);
}
END_TEST

/* Counting spikes runs neurons that pooling drops; nothing above may see them. */
START_TEST(dropped_neurons_do_not_matter)
{
    snnfe_network_options o;
    snnfe_network *network = small_network(&o);
    float *grid = wave_grid(&o, N), with[N * 4], without[N * 4];
    const source s = {grid, (size_t)o.n_rows * o.n_columns * o.n_steps};
    const snnfe_trials trials = {N, copy_trial, NULL, &s};
    snnfe_layer_activity activity[N][SNNFE_N_LAYERS];
    snnfe_pool *pool = NULL;
    snnfe_engine *engine = NULL;
    assert_ok(snnfe_pool_create(&pool, 1));
    assert_ok(snnfe_engine_create(&engine, network, pool, 0));
    evaluate(engine, &trials, without);
    assert_ok(snnfe_engine_evaluate(engine, &trials, NULL, NULL, with, activity[0]));
    ck_assert_mem_eq(with, without, sizeof with);
    evaluate(engine, &trials, without);
    ck_assert_mem_eq(with, without, sizeof with);
    snnfe_engine_free(engine);
    snnfe_pool_free(pool);
    snnfe_network_free(network);
    snnfe_release(grid);
}
END_TEST

int main(int argc, char **argv)
{
    support_set_program(argv[0]);
    if (argc > 1 && strcmp(argv[1], "--isa") == 0) {
        puts(snnfe_instruction_set());
        return 0;
    }
    Suite *suite = suite_create("determinism");
    TCase *bits = tcase_create("bits");
    tcase_set_timeout(bits, 600);
    tcase_add_test(bits, threads_do_not_matter);
    tcase_add_test(bits, instruction_sets_do_not_matter);
    tcase_add_test(bits, environment_chooses);
    tcase_add_loop_test(bits, kept_spikes_do_not_matter, 0, 2);
    tcase_add_test(bits, dropped_neurons_do_not_matter);
    suite_add_tcase(suite, bits);
    return support_run(suite);
}
