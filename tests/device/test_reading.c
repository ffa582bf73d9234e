/* What a reading of cells gives, against theory: noise, converters, the reference column, the wire.
 */
#include "device/device_internal.h"
#include "devices.h"

#include <math.h>
#include <snnfe/device.h>

#define N 40000
static const double error = 5 / 200.0; /* five standard errors of N draws */

START_TEST(read_noise_follows_the_state)
{
    snnfe_cells_options o = cells_defaults();
    o.read_noise = _i == 1 ? 0 : 0.01;
    o.read_noise_state = _i == 2 ? 0 : 0.05;
    snnfe_device *device = device_on_cells(&o);
    static float weights[N], again[N];
    for (int state = 0; state <= 2; state++) {
        const double w = state / 2.0, expected = o.read_noise + o.read_noise_state * w;
        double sum = 0, squares = 0;
        for (size_t i = 0; i < N; i++)
            weights[i] = again[i] = (float)(w - 0.5);
        assert_ok(snnfe_device_read(device, weights, N, N, 0.5, 5, support_seed()));
        assert_ok(snnfe_device_read(device, again, N, 1, 0.5, 5, support_seed() + 1));
        if (!(expected > 0)) { /* the lowest state is exact */
            ck_assert_mem_eq(weights, again, sizeof weights);
            continue;
        }
        ck_assert_mem_ne(weights, again, sizeof weights);
        for (size_t i = 0; i < N; i++) {
            const double d = (double)weights[i] + 0.5 - w;
            sum += d / N;
            squares += d * d / N;
        }
        ck_assert_double_eq_tol(sum, 0, error * expected);
        ck_assert_double_eq_tol(sqrt(squares) / expected, 1, error);
    }
    snnfe_device_free(device);
}
END_TEST

START_TEST(converters_have_codes_and_a_range)
{
    snnfe_cells_options o = cells_defaults();
    o.adc_bits = 3;
    o.adc_low = 0.1;
    o.adc_high = 0.8;
    snnfe_device *device = device_on_cells(&o);
    const double given[] = {0, 0.1, 0.149, 0.151, 0.42, 0.8, 0.9};
    const double read[] = {0.1, 0.1, 0.1, 0.2, 0.4, 0.8, 0.8};
    for (size_t i = 0; i < 7; i++) {
        float weight = (float)(given[i] - 0.5);
        assert_ok(snnfe_device_read(device, &weight, 1, 1, 0.5, 0, 1));
        ck_assert_double_eq_tol((double)weight + 0.5, read[i], 1e-6);
    }
    float pair[3] = {0};
    assert_fails(snnfe_device_read(device, pair, 3, 2, 0.5, 0, 1), SNNFE_ERR_ARGUMENT,
                 "3 weights are no columns of 2");
    assert_fails(snnfe_device_read(device, pair, 3, 0, 0.5, 0, 1), SNNFE_ERR_ARGUMENT,
                 "columns of 0");
    snnfe_device_free(device);
}
END_TEST

/* A reference cell is off for the whole row, by the array's draw, and not by the reading's seed. */
START_TEST(the_reference_column_has_a_spread)
{
    snnfe_cells_options o = cells_defaults();
    static float weights[N], again[N], other[N];
    const size_t column = N / 4;
    const double bound = 0.25;
    o.reference_spread = 0.05;
    snnfe_device *device = device_on_cells(&o);
    for (size_t i = 0; i < N; i++)
        weights[i] = again[i] = other[i] = (i / column) % 2 ? 0.1F : -0.05F;
    assert_ok(snnfe_device_read(device, weights, N, column, bound, 3, 1));
    assert_ok(snnfe_device_read(device, again, N, column, bound, 3, 2));
    ck_assert_mem_eq(weights, again, sizeof weights);
    double sum = 0, squares = 0;
    for (size_t row = 0; row < column; row++) {
        const double off = (double)weights[row] + 0.05;
        for (size_t c = 1; c < 4; c++)
            ck_assert_double_eq_tol((double)weights[c * column + row] - (c % 2 ? 0.1 : -0.05), off,
                                    1e-7);
        sum += off / (2 * bound) / (double)column;
        squares += off * off / (4 * bound * bound) / (double)column;
    }
    ck_assert_double_eq_tol(sum, 0, 2 * error * 0.05);
    ck_assert_double_eq_tol(sqrt(squares) / 0.05, 1, 2 * error);
    snnfe_device_free(device);
    o.array++;
    device = device_on_cells(&o);
    assert_ok(snnfe_device_read(device, other, N, column, bound, 3, 1));
    size_t same = 0;
    for (size_t row = 0; row < column; row++)
        same += weights[row] <= other[row] && weights[row] >= other[row];
    ck_assert_uint_lt(same, 10);
    snnfe_device_free(device);
}
END_TEST

/* Reference cells are drawn by their synapses' numbers. */
START_TEST(reference_cells_have_numbers)
{
    enum { ROWS = 6 };
    snnfe_cells_options o = cells_defaults();
    float whole[ROWS] = {0};
    o.reference_spread = 0.05;
    snnfe_device *device = device_on_cells(&o);
    assert_ok(snnfe_device_read(device, whole, ROWS, ROWS, 0.25, 20, 1));
    for (size_t row = 0; row < ROWS; row++) {
        float one = 0;
        assert_ok(snnfe_device_read(device, &one, 1, 1, 0.25, 20 + row, 1));
        ck_assert_float_eq(one, whole[row]);
    }
    snnfe_device_free(device);
}
END_TEST

/* Voltages along a column: relaxation of Kirchhoff's laws at each cell until nothing moves. */
static void relax(const double *w, double *share, int n, double wire)
{
    for (int i = 0; i < n; i++)
        share[i] = 1;
    for (int round = 0; round < 20000; round++)
        for (int i = 0; i < n; i++) {
            const double before = i > 0 ? share[i - 1] : 1;
            const double pieces = i < n - 1 ? 2 : 1, behind = i < n - 1 ? share[i + 1] : 0;
            share[i] = (before + behind) / (pieces + wire * w[i]);
        }
}

START_TEST(the_wire_takes_its_share)
{
    enum { COLUMN = 40 };
    static const double wires[] = {1e-4, 0.01, 1};
    for (int k = 0; k < 3; k++) {
        snnfe_cells_options o = cells_defaults();
        o.wire = wires[k];
        snnfe_device *device = device_on_cells(&o);
        float weights[2 * COLUMN], read[2 * COLUMN];
        for (int i = 0; i < 2 * COLUMN; i++)
            weights[i] = read[i] = (float)sin(i) * 0.5F;
        assert_ok(snnfe_device_read(device, read, 2 * COLUMN, COLUMN, 0.5, 0, 1));
        for (int c = 0; c < 2; c++) {
            double w[COLUMN], half[COLUMN], share[COLUMN], reference[COLUMN];
            for (int i = 0; i < COLUMN; i++) {
                w[i] = (double)weights[c * COLUMN + i] + 0.5;
                half[i] = 0.5;
            }
            relax(w, share, COLUMN, wires[k]);
            relax(half, reference, COLUMN, wires[k]);
            for (int i = 0; i < COLUMN; i++)
                ck_assert_double_eq_tol((double)read[c * COLUMN + i],
                                        w[i] * share[i] - 0.5 * reference[i], 1e-6);
        }
        snnfe_device_free(device);
    }
}
END_TEST

/* As a column of equal cells becomes long, its current tends to that of a line, whatever its
   length; nothing overflows. */
START_TEST(long_columns_end)
{
    enum { COLUMN = 20000 };
    static float weights[COLUMN];
    snnfe_cells_options o = cells_defaults();
    o.wire = 0.25;
    snnfe_device *device = device_on_cells(&o);
    for (int i = 0; i < COLUMN; i++)
        weights[i] = 0.5F;
    assert_ok(snnfe_device_read(device, weights, COLUMN, COLUMN, 0.5, 0, 1));
    double sum = 0;
    for (int i = 0; i < COLUMN; i++) {
        ck_assert(isfinite(weights[i]));
        sum += (double)weights[i];
    }
    /* s = w + s/(1 + r s), seen from behind the first piece of wire: s/(1 + r s) = s - w. */
    const double r = 0.25, line = (1 + sqrt(1 + 4 / r)) / 2 - 1;
    const double half = 0.5 * (1 + sqrt(1 + 8 / r)) / 2 - 0.5;
    ck_assert_double_eq_tol(sum, line - half, 1e-3);
    snnfe_device_free(device);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("reading");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_loop_test(all, read_noise_follows_the_state, 0, 3);
    tcase_add_test(all, converters_have_codes_and_a_range);
    tcase_add_test(all, the_reference_column_has_a_spread);
    tcase_add_test(all, reference_cells_have_numbers);
    tcase_add_test(all, the_wire_takes_its_share);
    tcase_add_test(all, long_columns_end);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
