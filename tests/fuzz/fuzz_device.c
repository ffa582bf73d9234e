/* Device files: a device that opens can be used, saved, and opened again with the same numbers. */
#include "fuzz.h"

#include <math.h>
#include <stdlib.h>

enum { N = 3 };

static void step(const snnfe_device *device, int32_t method)
{
    float weights[N] = {-0.01F, 0, 0.05F}, sums[N] = {0}, updates[N] = {0.1F, -0.2F, 0.3F};
    float histories[2 * N] = {0}, states[SNNFE_WAY_STATES * N] = {0};
    const float imprints[N] = {-1, 0, 1};
    uint32_t ltp[N] = {0}, ltd[N] = {0}, second[2 * N] = {0};
    snnfe_programming_options way;
    snnfe_device_step_options options;
    fuzz_check(snnfe_programming_options_init(&way, sizeof way) == SNNFE_OK &&
                   snnfe_device_step_options_init(&options, sizeof options) == SNNFE_OK,
               "there are defaults");
    way.method = method;
    options.programming = &way;
    options.histories = histories;
    options.imprints = imprints;
    options.states = states;
    options.second_pulses = second;
    fuzz_check(snnfe_device_step(device, &options, weights, sums, updates, N, ltp, ltd, NULL,
                                 NULL) == SNNFE_OK,
               "a step can be made in every way");
    for (int i = 0; i < N; i++) {
        fuzz_check(fabsf(weights[i]) <= 0.0625F, "weights stay within their bound");
        fuzz_check(fabsf(histories[i]) <= 1, "histories stay in their range");
    }
}

static void use(const snnfe_device *device)
{
    double w[3] = {0, 0.5, 1};
    for (int32_t direction = SNNFE_LTP; direction <= SNNFE_LTD; direction++) {
        double dw[3];
        if (fuzz_ok(snnfe_device_response(device, direction, w, 3, dw)))
            for (int i = 0; i < 3; i++)
                fuzz_check(dw[i] >= 0, "changes are no negative numbers");
        if (fuzz_ok(snnfe_device_pulse(device, direction, w, 3, 1, 2)))
            for (int i = 0; i < 3; i++)
                fuzz_check(w[i] >= 0 && w[i] <= 1, "conductances stay in their range");
    }
    for (int32_t method = SNNFE_PROGRAMMING_ACCUMULATE; method <= SNNFE_PROGRAMMING_PAIRS; method++)
        step(device, method);
}

/* Zeros may differ in their sign: JSON's integers have none. */
static bool same(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] < b[i] || a[i] > b[i])
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_memory();
    snnfe_device *device = NULL, *again = NULL;
    if (!fuzz_ok(snnfe_device_load(&device, fuzz_file(data, size)))) {
        fuzz_check(device == NULL, "nothing is made by a failure");
        return 0;
    }
    use(device);
    if (fuzz_ok(snnfe_device_save(device, fuzz_output()))) {
        fuzz_check(snnfe_device_load(&again, fuzz_output()) == SNNFE_OK, "a saved device opens");
        snnfe_device_options a = {.struct_size = sizeof a}, b = {.struct_size = sizeof b};
        snnfe_device_get_options(device, &a);
        snnfe_device_get_options(again, &b);
        fuzz_check(same(a.amplitude, b.amplitude, 2) && same(a.bounds, b.bounds, SNNFE_N_BOUNDS) &&
                       a.n_table == b.n_table && same(a.table_ltd, b.table_ltd, a.n_table) &&
                       !a.cells == !b.cells && (!a.cells || a.cells->array == b.cells->array),
                   "a saved device is the same");
    }
    snnfe_device_free(again);
    snnfe_device_free(device);
    return 0;
}
