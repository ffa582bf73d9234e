#include "device/array.h"
#include "support.h"

#include <stdlib.h>

array *array_begin(snnfe_device *device, int32_t method)
{
    array *a = calloc(1, sizeof *a);
    ck_assert_ptr_nonnull(a);
    a->device = device;
    assert_ok(snnfe_device_step_options_init(&a->o, sizeof a->o));
    assert_ok(snnfe_programming_options_init(&a->way, sizeof a->way));
    a->way.method = method;
    a->o.seed = support_seed();
    a->o.bound = BOUND;
    return a;
}

void array_end(array *a)
{
    snnfe_device_free(a->device);
    free(a);
}

void array_step(array *a)
{
    a->o.programming = &a->way;
    a->o.states = a->states;
    a->o.second_pulses = a->second;
    a->o.histories = a->histories;
    assert_ok(snnfe_device_step(a->device, &a->o, a->weights, a->accumulators, a->updates, N,
                                a->pulses[0], a->pulses[1], &a->ltp, &a->ltd));
    a->o.step++;
}

void array_fill(float *values, float value)
{
    for (size_t i = 0; i < N; i++)
        values[i] = value;
}

double array_mean(const float *values)
{
    double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += (double)values[i];
    return sum / N;
}
