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

/* Runs itself with SNNFE_ISA set: the choice is made once in a process. */
static uint64_t logits_hash(const char *isa)
{
    char command[4200];
    snprintf(command, sizeof command, "SNNFE_ISA=%s '%s' --hash", isa, support_program());
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    unsigned long long hash = 0;
    ck_assert_int_eq(fscanf(pipe, "%llx", &hash), 1);
    ck_assert_int_eq(pclose(pipe), 0);
    return hash;
}

START_TEST(instruction_sets_do_not_matter)
{
    const uint64_t expected = logits_hash("baseline");
    static const char *const names[] = {"avx2", "avx512"};
    for (size_t i = 0; i < 2; i++)
        if (snnfe_kernels_named(names[i]))
            ck_assert_uint_eq(logits_hash(names[i]), expected);
}
END_TEST

static int print_hash(void)
{
    snnfe_network_options o;
    snnfe_network_options_init(&o, sizeof o);
    snnfe_network *network = NULL;
    snnfe_network_create(&network, &o);
    float *grid = wave_grid(&o, 4);
    float logits[8];
    snnfe_layer_activity activity[4 * SNNFE_N_LAYERS];
    snnfe_network_evaluate(network, grid, 4, NULL, logits, NULL, NULL);
    snnfe_network_activity(network, grid, 4, NULL, activity);
    uint64_t hash = UINT64_C(14695981039346656037);
    const unsigned char *bytes = (const unsigned char *)logits;
    for (size_t i = 0; i < sizeof logits; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    bytes = (const unsigned char *)activity;
    for (size_t i = 0; i < sizeof activity; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    printf("%llx\n", (unsigned long long)hash);
    snnfe_release(grid);
    snnfe_network_free(network);
    return 0;
}

int main(int argc, char **argv)
{
    support_set_program(argv[0]);
    if (argc > 1 && strcmp(argv[1], "--hash") == 0)
        return print_hash();
    Suite *suite = suite_create("determinism");
    TCase *bits = tcase_create("bits");
    tcase_set_timeout(bits, 600);
    tcase_add_test(bits, threads_do_not_matter);
    tcase_add_test(bits, instruction_sets_do_not_matter);
    suite_add_tcase(suite, bits);
    return support_run(suite);
}
