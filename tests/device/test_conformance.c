/* What holds for every kind of device: conductances stay in the windows of their cells, pulses go
   their way, the same seed draws the same, files keep every bit, and steps are pulses. */
#include "device/kinds.h"
#include "support.h"

#include <math.h>
#include <snnfe/device.h>
#include <string.h>

#define N 2000

static void spread_out(double *w)
{
    for (size_t i = 0; i < N; i++)
        w[i] = (double)i / (N - 1);
}

/* After the first pulse, which puts a conductance into the window of its cell. */
START_TEST(pulses_stay_in_windows_and_go_their_way)
{
    const device_kind *k = &device_kinds[_i];
    snnfe_device *device = device_of_kind(k);
    static snnfe_cell cells[N];
    static double w[N], before[N];
    assert_ok(snnfe_device_cells(device, 0, N, cells, sizeof cells[0]));
    spread_out(w);
    for (uint64_t pulse = 0; pulse < 60; pulse++) {
        const int32_t direction = pulse / 7 % 2 ? SNNFE_LTD : SNNFE_LTP;
        memcpy(before, w, sizeof w);
        assert_ok(snnfe_device_pulse(device, direction, w, N, 1, pulse));
        for (size_t i = 0; i < N; i++) {
            ck_assert_msg(w[i] >= (double)cells[i].low && w[i] <= (double)cells[i].high,
                          "%s: %g is not in the window", k->name, w[i]);
            const double change = direction == SNNFE_LTP ? w[i] - before[i] : before[i] - w[i];
            ck_assert_msg(pulse == 0 || k->noisy || change >= 0, "%s: a pulse changes by %g",
                          k->name, change);
        }
    }
    snnfe_device_free(device);
}
END_TEST

START_TEST(seeds_and_files_keep_every_bit)
{
    const device_kind *k = &device_kinds[_i];
    snnfe_device *devices[2] = {device_of_kind(k), NULL};
    static double w[3][N];
    if (!k->saves) {
        devices[1] = device_of_kind(k);
    } else {
        assert_ok(snnfe_device_save(devices[0], support_path("device.json")));
        assert_ok(snnfe_device_load(&devices[1], support_path("device.json")));
    }
    for (int d = 0; d < 3; d++) {
        spread_out(w[d]);
        for (uint64_t pulse = 0; pulse < 20; pulse++)
            assert_ok(snnfe_device_pulse(devices[d % 2], pulse % 3 ? SNNFE_LTP : SNNFE_LTD, w[d], N,
                                         d == 2 ? 8 : 7, pulse));
    }
    ck_assert_mem_eq(w[0], w[1], sizeof w[0]);
    if (k->noisy || strcmp(k->name, "log-normal noise") == 0)
        ck_assert_mem_ne(w[0], w[2], sizeof w[0]);
    for (int d = 0; d < 2; d++)
        snnfe_device_free(devices[d]);
}
END_TEST

typedef struct arrays {
    float weights[N], sums[N], updates[N], runs[N], imprints[N];
    uint32_t ltp[N], ltd[N];
} arrays;

static void step(const snnfe_device *device, arrays *a, size_t begin, size_t n, uint64_t number)
{
    snnfe_device_step_options o;
    assert_ok(snnfe_device_step_options_init(&o, sizeof o));
    o.bound = 0.5;
    o.step = number;
    o.offset = begin;
    o.histories = a->runs + begin;
    o.imprints = a->imprints + begin;
    assert_ok(snnfe_device_step(device, &o, a->weights + begin, a->sums + begin, a->updates + begin,
                                n, a->ltp + begin, a->ltd + begin, NULL, NULL));
}

/* Steps on parts of an array are those on the whole, and stay in the windows. */
START_TEST(steps_do_not_depend_on_their_parts)
{
    snnfe_device *device = device_of_kind(&device_kinds[_i]);
    static snnfe_cell cells[N];
    static arrays whole, parts;
    memset(&whole, 0, sizeof whole);
    assert_ok(snnfe_device_cells(device, 0, N, cells, sizeof cells[0]));
    for (size_t i = 0; i < N; i++) {
        whole.weights[i] = (float)i / (N - 1) - 0.5F;
        whole.imprints[i] = sinf((float)i);
    }
    parts = whole;
    for (uint64_t number = 0; number < 20; number++) {
        for (size_t i = 0; i < N; i++)
            whole.updates[i] = parts.updates[i] = 0.03F * sinf((float)(i + 37 * number));
        step(device, &whole, 0, N, number);
        step(device, &parts, 1000, N - 1000, number);
        step(device, &parts, 0, 777, number);
        step(device, &parts, 777, 223, number);
        ck_assert_mem_eq(&whole, &parts, sizeof whole);
    }
    for (size_t i = 0; i < N; i++) {
        ck_assert(whole.weights[i] >= cells[i].low - 0.5F);
        ck_assert(whole.weights[i] <= cells[i].high - 0.5F);
    }
    snnfe_device_free(device);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("conformance");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, pulses_stay_in_windows_and_go_their_way, 0, (int)n_device_kinds);
    tcase_add_loop_test(all, seeds_and_files_keep_every_bit, 0, (int)n_device_kinds);
    tcase_add_loop_test(all, steps_do_not_depend_on_their_parts, 0, (int)n_device_kinds);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
