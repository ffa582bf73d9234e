/* Twelve Adam steps against the reference trace. */
#include "base/memory.h"
#include "golden.h"

#include <math.h>
#include <snnfe/trainer.h>
#include <stdio.h>

#define STEPS 12
#define BATCH 8

typedef struct trace {
    int32_t *index; /* [STEPS][BATCH] */
    uint8_t *masks[3];
    double *loss;
} trace;

static trace trace_open(snnfe_tensors *file)
{
    return (trace){golden_tensor(file, "index", NULL),
                   {golden_tensor(file, "mask_tc1", NULL), golden_tensor(file, "mask_r1", NULL),
                    golden_tensor(file, "mask_fc1", NULL)},
                   golden_tensor(file, "loss", NULL)};
}

static void trace_close(trace *t)
{
    snnfe_release(t->index);
    for (int m = 0; m < 3; m++)
        snnfe_release(t->masks[m]);
    snnfe_release(t->loss);
}

static void take_batch(const trace *t, int step, const float *grid, const int32_t *labels,
                       float *batch, int32_t *batch_labels, uint8_t *masks)
{
    for (int i = 0; i < BATCH; i++) {
        const int trial = t->index[step * BATCH + i];
        memcpy(batch + (size_t)i * GOLDEN_SIZE, grid + (size_t)trial * GOLDEN_SIZE,
               GOLDEN_SIZE * sizeof(float));
        batch_labels[i] = labels[trial];
        for (int m = 0; m < 3; m++)
            memcpy(masks + (i * 3 + m) * GOLDEN_HIDDEN,
                   t->masks[m] + (step * BATCH + i) * GOLDEN_HIDDEN, GOLDEN_HIDDEN);
    }
}

/* |own change - reference's| / |reference's| over all parameters. */
static double error_of_change(const snnfe_network *start, const snnfe_network *end,
                              snnfe_tensors *file)
{
    double difference = 0, norm = 0;
    for (size_t p = 0; p < snnfe_network_parameter_count(end); p++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(end, p, &info));
        char name[96];
        snprintf(name, sizeof name, "final.%s", info.name);
        float *expected = golden_tensor(file, name, NULL);
        float *before = snnfe_alloc(info.count, sizeof(float));
        float *after = snnfe_alloc(info.count, sizeof(float));
        assert_ok(snnfe_network_get(start, info.name, before, info.count));
        assert_ok(snnfe_network_get(end, info.name, after, info.count));
        for (size_t i = 0; i < info.count; i++) {
            const double change = (double)expected[i] - (double)before[i];
            difference += pow((double)after[i] - (double)expected[i], 2);
            norm += change * change;
        }
        snnfe_release(expected);
        snnfe_release(before);
        snnfe_release(after);
    }
    return sqrt(difference / norm);
}

START_TEST(float_trace_agrees)
{
    if (!support_have_shared())
        return;
    int32_t labels[GOLDEN_TRIALS], batch_labels[BATCH];
    float *grid = golden_grid(labels);
    float *batch = snnfe_alloc(BATCH * GOLDEN_SIZE, sizeof(float));
    uint8_t masks[BATCH * 3 * GOLDEN_HIDDEN];
    snnfe_network *start = golden_network("init"), *network = golden_network("init");
    snnfe_tensors *file = golden_open("trace_float");
    trace t = trace_open(file);

    snnfe_trainer_options options;
    assert_ok(snnfe_trainer_options_init(&options, sizeof options));
    options.learning_rate = 1e-3;
    options.schedule = SNNFE_SCHEDULE_CONSTANT;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    for (int step = 0; step < STEPS; step++) {
        double loss = 0;
        take_batch(&t, step, grid, labels, batch, batch_labels, masks);
        assert_ok(snnfe_trainer_step(trainer, batch, batch_labels, BATCH, masks, &loss));
        if (getenv("SNNFE_TEST_VERBOSE"))
            printf("step %2d: loss %.6f, reference %.6f\n", step, loss, t.loss[step]);
        /* The first step comes before rounding is amplified. */
        ck_assert_msg(fabs(loss - t.loss[step]) <= (step == 0 ? 1e-4 : 0.06),
                      "step %d: loss is %.6f, not %.6f", step, loss, t.loss[step]);
    }
    const double error = error_of_change(start, network, file);
    if (getenv("SNNFE_TEST_VERBOSE"))
        printf("relative error of the change: %.3f\n", error);
    ck_assert_msg(error <= 0.5, "the change's relative error is %g", error);
    snnfe_trainer_free(trainer);
    trace_close(&t);
    snnfe_tensors_close(file);
    snnfe_network_free(start);
    snnfe_network_free(network);
    snnfe_release(batch);
    snnfe_release(grid);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden training");
    TCase *traces = tcase_create("traces");
    tcase_set_timeout(traces, 600);
    tcase_add_test(traces, float_trace_agrees);
    suite_add_tcase(suite, traces);
    return support_run(suite);
}
