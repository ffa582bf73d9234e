/* Pulse responses, pulse trains, quantization and characterization against the reference vectors.
 */
#include "base/memory.h"
#include "golden.h"

#include <math.h>
#include <snnfe/device.h>

static snnfe_device *published(const char *name)
{
    snnfe_device_options o;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_device_options_published(&o, name));
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, &o));
    return device;
}

static double *reference(snnfe_tensors *file, const char *device, const char *what, size_t *n)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", device, what);
    return golden_tensor(file, name, n);
}

START_TEST(responses_and_trains_agree)
{
    if (!support_have_shared())
        return;
    static const char *const names[] = {"dut1", "dut2", "dut3", "dut4", "dut5"};
    const char *name = names[_i];
    snnfe_tensors *file = golden_open("device");
    snnfe_device *device = published(name);
    size_t n = 0;
    double *w = golden_tensor(file, "w", &n), *dw = snnfe_alloc(n, sizeof *dw);
    for (int32_t d = 0; d < 2; d++) {
        double *expected = reference(file, name, d == SNNFE_LTP ? "ltp" : "ltd", NULL);
        assert_ok(snnfe_device_response(device, d, w, n, dw));
        for (size_t i = 0; i < n; i++)
            ck_assert_double_eq_tol(dw[i], expected[i], 1e-12);
        snnfe_release(expected);
    }
    int32_t directions[40];
    double course[41];
    for (int i = 0; i < 40; i++)
        directions[i] = i < 20 ? SNNFE_LTP : SNNFE_LTD;
    double *expected = reference(file, name, "train20_20", NULL);
    assert_ok(snnfe_device_pulse_train(device, directions, 40, 0.01, 1, course));
    for (int i = 0; i <= 40; i++)
        ck_assert_double_eq_tol(course[i], expected[i], 1e-12);
    snnfe_release(expected);
    snnfe_release(w);
    snnfe_release(dw);
    snnfe_device_free(device);
    snnfe_tensors_close(file);
}
END_TEST

START_TEST(quantization_agrees)
{
    if (!support_have_shared())
        return;
    snnfe_tensors *file = golden_open("device");
    static const uint32_t levels[] = {2, 4, 8, 16, 32};
    for (size_t k = 0; k < 5; k++) {
        char name[64];
        size_t n = 0;
        snprintf(name, sizeof name, "quant.q%u_bound0.0625", (unsigned)levels[k]);
        float *x = golden_tensor(file, "quant.in", &n), *expected = golden_tensor(file, name, NULL);
        assert_ok(snnfe_quantize(x, n, 0.0625, levels[k]));
        for (size_t i = 0; i < n; i++)
            ck_assert_msg(x[i] <= expected[i] && x[i] >= expected[i],
                          "%s: value %zu is %.9g, not %.9g", name, i, (double)x[i],
                          (double)expected[i]);
        snnfe_release(x);
        snnfe_release(expected);
    }
    snnfe_tensors_close(file);
}
END_TEST

START_TEST(measurement_gives_the_published_device)
{
    if (!support_have_shared())
        return;
    const char *path =
        support_shared("paper/measurements/8300_2025-11-13_NASA-FTJ-04_ID05-29_LTP-LTD.csv");
    snnfe_characterization c = {.struct_size = sizeof c};
    snnfe_measured_points points = {0};
    assert_ok(snnfe_device_characterize_file(path, 4, &c, &points));
    snnfe_tensors *file = golden_open("device");
    for (int32_t d = 0; d < 2; d++) {
        const char *const suffix = d == SNNFE_LTP ? "LTP" : "LTD";
        char name[64];
        size_t n = 0;
        snprintf(name, sizeof name, "measured.W_%s", suffix);
        double *w = golden_tensor(file, name, &n);
        snprintf(name, sizeof name, "measured.dW_%s", suffix);
        double *dw = golden_tensor(file, name, NULL);
        double *fit = golden_tensor(file, d == SNNFE_LTP ? "fit.ltp" : "fit.ltd", NULL);
        ck_assert_uint_eq(points.n[d], n);
        for (size_t i = 0; i < n; i++) {
            ck_assert_double_eq_tol(points.w[d][i], w[i], 1e-12);
            ck_assert_double_eq_tol(points.dw[d][i], dw[i], 1e-12);
        }
        ck_assert_double_eq_tol(c.amplitude[d], fit[0], 1e-3);
        ck_assert_double_eq_tol(c.alpha[d], fit[1], 1e-3);
        ck_assert_double_eq_tol(c.beta[d], fit[2], 1e-3);
        ck_assert_double_gt(c.r_squared[d], 0.8);
        ck_assert_double_gt(c.rsd_c2c[d], 0);
        ck_assert_double_lt(c.rsd_c2c[d], 1);
        snnfe_release(w);
        snnfe_release(dw);
        snnfe_release(fit);
    }
    ck_assert_uint_eq(c.n_cycles, 9);
    snnfe_measured_points_release(&points);
    /* A ready device of it is dut2's. */
    snnfe_device_options o;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_device_options_characterized(&o, &c, 1));
    ck_assert_double_gt(o.rsd_c2c, 0);
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, &o));
    snnfe_device_free(device);
    snnfe_tensors_close(file);
    assert_fails(snnfe_device_characterize_file(path, 1000, &c, NULL), SNNFE_ERR_NOT_FOUND,
                 "but cycle 1000 is wanted");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("golden device");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, responses_and_trains_agree, 0, 5);
    tcase_add_test(all, quantization_agrees);
    tcase_add_test(all, measurement_gives_the_published_device);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
