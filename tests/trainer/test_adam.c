/* Adam against a plain version in double precision. */
#include "base/memory.h"
#include "base/philox.h"
#include "support.h"
#include "trainer/adam.h"
#include "trainer/optimizer.h"

#include <math.h>

#define N 1003
#define STEPS 60

static void reference_step(double *values, const float *gradient, double *m, double *v, double rate,
                           int t)
{
    for (int i = 0; i < N; i++) {
        const double g = (double)gradient[i];
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g * g;
        const double m_hat = m[i] / (1 - pow(0.9, t)), v_hat = v[i] / (1 - pow(0.999, t));
        values[i] -= rate * m_hat / (sqrt(v_hat) + 1e-8);
    }
}

START_TEST(follows_the_reference)
{
    static float values[N], gradient[N], first[N], second[N];
    static double expected[N], m[N], v[N];
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, 1);
    for (int i = 0; i < N; i++)
        expected[i] = (double)(values[i] = (float)snnfe_stream_normal(&stream));
    for (int t = 1; t <= STEPS; t++) {
        for (int i = 0; i < N; i++)
            gradient[i] =
                i == 7 ? 0.0F : (float)(snnfe_stream_normal(&stream) * pow(10, i % 9 - 5) + 1e-4);
        const snnfe_adam_factors factors =
            snnfe_adam_factors_make(1e-3, 0.9, 0.999, 1e-8, (uint64_t)t);
        snnfe_kernels_get()->adam_update(values, gradient, first, second, N, &factors);
        reference_step(expected, gradient, m, v, 1e-3, t);
    }
    for (int i = 0; i < N; i++)
        ck_assert_msg(fabs((double)values[i] - expected[i]) <= 1e-6 * (1 + fabs(expected[i])),
                      "value %d is %.9g, not %.9g", i, (double)values[i], expected[i]);
}
END_TEST

START_TEST(first_step_has_the_size_of_the_rate)
{
    float values[3] = {0, 0, 0}, first[3] = {0}, second[3] = {0};
    const float gradient[3] = {5.0F, -1e-3F, 0.0F};
    const snnfe_adam_factors factors = snnfe_adam_factors_make(1e-2, 0.9, 0.999, 1e-8, 1);
    snnfe_kernels_get()->adam_update(values, gradient, first, second, 3, &factors);
    ck_assert_float_eq_tol(values[0], -1e-2F, 1e-7F);
    ck_assert_float_eq_tol(values[1], 1e-2F, 1e-6F);
    ck_assert_float_eq(values[2], 0.0F);
}
END_TEST

/* The optimizer's three groups, frozen parameters and its guard. */
START_TEST(groups_and_frozen_parameters)
{
    snnfe_network *network = NULL;
    snnfe_network_options options;
    assert_ok(snnfe_network_options_init(&options, sizeof options));
    options.conv1_channels = options.conv2_channels = options.conv3_channels = 3;
    options.n_hidden = 5;
    options.n_steps = 7;
    assert_ok(snnfe_network_create(&network, &options));
    assert_ok(snnfe_network_freeze(network, "conv2", 1));
    snnfe_programmer floating = {0};
    snnfe_pool *pool = NULL;
    assert_ok(snnfe_pool_create(&pool, 2));
    snnfe_optimizer optimizer;
    assert_ok(snnfe_optimizer_create(&optimizer, network, 0.9, 0.999, 1e-8));
    float *gradient = snnfe_alloc(network->n_values, sizeof(float));
    float *before = snnfe_duplicate(network->values, network->n_values, sizeof(float));
    for (size_t i = 0; i < network->n_values; i++)
        gradient[i] = 1.0F;
    const snnfe_rates rates = {1e-3, 1e-2, 1e-1};
    assert_ok(snnfe_optimizer_step(&optimizer, network, &floating, pool, &rates, gradient));
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        const float rate = p->frozen                                ? 0
                           : p->kind == SNNFE_PARAMETER_DECAY       ? 1e-2F
                           : p->kind == SNNFE_PARAMETER_TIME_WEIGHT ? 1e-1F
                                                                    : 1e-3F;
        ck_assert_int_eq(p->frozen, p->layer == SNNFE_LAYER_CONV2);
        ck_assert_int_eq(optimizer.steps[i], p->frozen ? 0 : 1);
        for (size_t j = p->offset; j < p->offset + p->count; j++) {
            ck_assert_float_le(fabsf(before[j] - network->values[j] - rate), rate * 1e-3F);
            ck_assert(p->frozen == (optimizer.first[j] <= 0));
        }
    }
    memcpy(before, network->values, network->n_values * sizeof(float));
    gradient[network->n_values - 1] = NAN;
    assert_fails(snnfe_optimizer_step(&optimizer, network, &floating, pool, &rates, gradient),
                 SNNFE_ERR_NONFINITE, "snn.fc2.weight");
    ck_assert_mem_eq(before, network->values, network->n_values * sizeof(float));
    ck_assert_int_eq(optimizer.steps[0], 1);

    /* Decays that fell below their least value are lifted, frozen ones are not. */
    for (size_t i = 0; i < network->n_parameters; i++)
        if (network->parameters[i].kind == SNNFE_PARAMETER_DECAY)
            network->values[network->parameters[i].offset] = -0.5F;
    snnfe_decays_clamp(network);
    for (size_t i = 0; i < network->n_parameters; i++)
        if (network->parameters[i].kind == SNNFE_PARAMETER_DECAY)
            ck_assert_float_eq(network->values[network->parameters[i].offset],
                               network->parameters[i].frozen ? -0.5F : 1e-7F);
    snnfe_release(gradient);
    snnfe_release(before);
    snnfe_optimizer_release(&optimizer);
    snnfe_pool_free(pool);
    snnfe_network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("adam");
    TCase *rule = tcase_create("rule");
    tcase_add_test(rule, follows_the_reference);
    tcase_add_test(rule, first_step_has_the_size_of_the_rate);
    tcase_add_test(rule, groups_and_frozen_parameters);
    suite_add_tcase(suite, rule);
    return support_run(suite);
}
