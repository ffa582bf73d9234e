/* Characterization: what a device's measured cycles say of it, and bad measurement files. */
#include "devices.h"

#include <math.h>
#include <snnfe/device.h>
#include <stdlib.h>
#include <time.h>

/* Cycles of 20 LTD and 20 LTP pulses of a known device, amplitudes varied by `spread`. */
static size_t measure(double spread, size_t n_cycles, double *voltage, double *conductance)
{
    double w = 0.99;
    size_t n = 0;
    for (size_t k = 0; k < n_cycles; k++) {
        snnfe_device_options o = device_defaults();
        o.scale = 1 + (k % 2 ? spread : -spread);
        snnfe_device *device = device_make(&o);
        for (int i = 0; i < 40; i++) {
            voltage[n] = i < 20 ? 1 : -1;
            conductance[n++] = 1e-7 * (1 + w);
            assert_ok(snnfe_device_pulse(device, i < 20 ? SNNFE_LTD : SNNFE_LTP, &w, 1, 0, 0));
        }
        snnfe_device_free(device);
    }
    return n;
}

START_TEST(known_responses_are_recovered)
{
    enum { N = 200 };
    double w[N], dw[N];
    snnfe_device_options o = device_defaults();
    assert_ok(snnfe_device_options_published(&o, "dut4"));
    snnfe_device *device = device_make(&o);
    for (int32_t d = 0; d < 2; d++) {
        for (int i = 0; i < N; i++)
            w[i] = 0.01 + 0.98 * i / (N - 1);
        assert_ok(snnfe_device_response(device, d, w, N, dw));
        for (int i = 0; i < N && d == SNNFE_LTD; i++)
            dw[i] = -dw[i];
        snnfe_characterization c = {.struct_size = sizeof c};
        assert_ok(snnfe_device_fit(d, w, dw, N, &c));
        ck_assert_double_eq_tol(c.amplitude[d], o.amplitude[d], 1e-6);
        ck_assert_double_eq_tol(c.alpha[d], o.alpha[d], 1e-6);
        ck_assert_double_eq_tol(c.beta[d], o.beta[d], 1e-6);
        ck_assert_double_eq_tol(c.r_squared[d], 1, 1e-9);
        ck_assert_uint_eq(c.n_points[d], N);
    }
    snnfe_device_free(device);
}
END_TEST

START_TEST(spread_is_estimated_over_the_cycles)
{
    static double voltage[4000], conductance[4000];
    snnfe_characterization c = {.struct_size = sizeof c};
    size_t n = measure(0, 20, voltage, conductance);
    assert_ok(snnfe_device_characterize(voltage, conductance, n, 3, &c, NULL));
    ck_assert_double_lt(c.rsd_c2c[SNNFE_LTP], 0.05);
    const double quiet = c.rsd_c2c[SNNFE_LTD];
    n = measure(0.3, 20, voltage, conductance);
    assert_ok(snnfe_device_characterize(voltage, conductance, n, 3, &c, NULL));
    ck_assert_uint_eq(c.n_cycles, 19);
    ck_assert_double_gt(c.rsd_c2c[SNNFE_LTD], quiet + 0.1);
    assert_fails(snnfe_device_characterize(voltage, conductance, 55, 1, &c, NULL),
                 SNNFE_ERR_NOT_FOUND, "there are 0 whole cycles");
    conductance[5] = -1;
    assert_fails(snnfe_device_characterize(voltage, conductance, n, 3, &c, NULL),
                 SNNFE_ERR_ARGUMENT, "conductance 5 is -1");
    conductance[5] = NAN;
    assert_fails(snnfe_device_characterize(voltage, conductance, n, 3, &c, NULL),
                 SNNFE_ERR_NONFINITE, "sample 5");
    for (size_t i = 0; i < n; i++)
        conductance[i] = 1e-7;
    assert_fails(snnfe_device_characterize(voltage, conductance, n, 3, &c, NULL), SNNFE_ERR_FORMAT,
                 "cycle 3: the conductance is 1e-07 throughout");
}
END_TEST

/* To within rounding, whichever way that goes. */
START_TEST(cycles_that_are_equal_do_not_spread)
{
    static double voltage[1000], conductance[1000];
    for (int share = 1; share <= 9; share += 2)
        for (size_t n_cycles = 2; n_cycles <= 20; n_cycles++) {
            snnfe_characterization c = {.struct_size = sizeof c};
            (void)measure(share / 10.0, 2, voltage, conductance);
            for (size_t i = 80; i < 40 * (n_cycles + 2); i++) {
                voltage[i] = voltage[i - 40];
                conductance[i] = conductance[i - 40];
            }
            assert_ok(snnfe_device_characterize(voltage + 40, conductance + 40, 40 * (n_cycles + 1),
                                                1, &c, NULL));
            ck_assert_uint_eq(c.n_cycles, n_cycles);
            for (int d = 0; d < 2; d++)
                ck_assert(c.rsd_c2c[d] >= 0 && c.rsd_c2c[d] < 1e-6);
        }
}
END_TEST

static const char *write_text(const char *text)
{
    const char *path = support_path("measurement.csv");
    support_write(path, text, strlen(text));
    return path;
}

START_TEST(bad_measurement_files_are_named)
{
    snnfe_characterization c = {.struct_size = sizeof c};
    assert_fails(snnfe_device_characterize_file(write_text("Chip:\tx\n\ncycle\tV\tR\n1\t2\t3\n"), 1,
                                                &c, NULL),
                 SNNFE_ERR_FORMAT, "has no line with the columns V_write and R_pos_ohm");
    assert_fails(
        snnfe_device_characterize_file(
            write_text("Chip:\tx\ncycle\tV_write\tR_pos_ohm\n1\t0.5\t1e6\n2\t0.6\n"), 1, &c, NULL),
        SNNFE_ERR_FORMAT, "measurement.csv: line 4: column R_pos_ohm is \"\"");
    assert_fails(snnfe_device_characterize_file(
                     write_text("cycle\tV_write\tR_pos_ohm\r\n1\t0,5\t1e6\r\n"), 1, &c, NULL),
                 SNNFE_ERR_FORMAT, "line 2: column V_write is \"0,5\"");
    assert_fails(snnfe_device_characterize_file(
                     write_text("cycle\tV_write\tR_pos_ohm\n1\t0.5\t-1\n"), 1, &c, NULL),
                 SNNFE_ERR_FORMAT, "column R_pos_ohm is -1, not above 0");
    assert_fails(
        snnfe_device_characterize_file(
            write_text("cycle\tV_write\tR_pos_ohm\n1\t0.5\t1e6\n1\t-0.5\t2e6\n"), 1, &c, NULL),
        SNNFE_ERR_NOT_FOUND, "measurement.csv: there are 0 whole cycles");
    assert_fails(snnfe_device_characterize_file(support_path("none.csv"), 1, &c, NULL),
                 SNNFE_ERR_IO, "none.csv");
}
END_TEST

/* Time in proportion to a file, whatever is in its lines. */
START_TEST(long_lines_take_no_long_time)
{
    static const char head[] = "cycle\tV_write\tR_pos_ohm\n";
    static const char fill[] = {'\t', ' ', ';', '1', '\0'};
    const size_t size = 4000000;
    char *text = malloc(size + 1);
    ck_assert_ptr_nonnull(text);
    for (size_t i = 0; i < sizeof fill; i++) {
        const char *path = support_path("long.csv");
        memset(text, fill[i], size);
        memcpy(text, head, i == 0 ? 0 : strlen(head));
        text[size] = '\n';
        support_write(path, text, size + 1);
        snnfe_characterization c = {.struct_size = sizeof c};
        const clock_t start = clock();
        ck_assert_int_ne(snnfe_device_characterize_file(path, 1, &c, NULL), SNNFE_OK);
        ck_assert_msg(clock() - start < 5 * CLOCKS_PER_SEC, "fill %zu takes too long", i);
    }
    free(text);
}
END_TEST

/* Eight whole cycles of 12 pulses; `value` stands in place of the resistance of row `row`. */
static const char *write_cycles(const char *head, int row, const char *value, const char *end)
{
    const char *path = support_path("cycles.csv");
    FILE *file = fopen(path, "w");
    fprintf(file, "%scycle\tV_write\tR_pos_ohm%s", head, end);
    for (int i = 0; i < 9 * 12; i++) {
        const int k = i % 12;
        fprintf(file, "%d\t%s\t", i / 12, k < 6 ? "-1" : "1");
        if (i == row || (i == row + 5 && row >= 90))
            fprintf(file, "%s%s", value, end);
        else
            fprintf(file, "%g%s", 1e6 / (k < 6 ? 1 + sqrt(k) : 3.3 - sqrt(k - 6)), end);
    }
    fclose(file);
    return path;
}

START_TEST(codes_of_instruments_are_refused)
{
    static const char *const codes[] = {"9.9E37",  "9.91e+37",  "-9.9e37", "199.999E+99",
                                        "1.0E+38", "9.9999E37", "1e18",    "0",
                                        "-5e6",    "0.0"};
    static const char *const words[] = {"inf", "-Inf", "+INF", "NaN", "OL", "OVLD", "1e999", ""};
    snnfe_characterization c = {.struct_size = sizeof c};
    assert_ok(snnfe_device_characterize_file(write_cycles("", -1, "", "\n"), 4, &c, NULL));
    char place[64];
    /* In the fitted cycle, in another, and in the rest that is in none. */
    static const int rows[] = {50, 80, 2};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        for (size_t k = 0; k < 3; k++) {
            const char *path = write_cycles("", rows[k], codes[i], "\n");
            snprintf(place, sizeof place, "line %d: column R_pos_ohm is %s, ", rows[k] + 2,
                     codes[i]);
            assert_fails(snnfe_device_characterize_file(path, 4, &c, NULL), SNNFE_ERR_FORMAT,
                         place);
            ck_assert_ptr_null(strstr(snnfe_last_error(), "more such"));
        }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *path = write_cycles("", 50, words[i], "\n");
        assert_fails(snnfe_device_characterize_file(path, 4, &c, NULL), SNNFE_ERR_FORMAT,
                     "line 52");
    }
    const char *path = write_cycles("", 91, "9.9e37", "\n");
    assert_fails(snnfe_device_characterize_file(path, 4, &c, NULL), SNNFE_ERR_FORMAT,
                 "line 93: column R_pos_ohm is 9.9e37, an instrument's code for what it could not "
                 "measure (other such values: 1)");
    /* As arrays, from resistances that the caller has turned over. */
    static double voltage[200], conductance[200];
    for (int i = 0; i < 108; i++) {
        voltage[i] = i % 12 < 6 ? -1 : 1;
        conductance[i] = 1e-6 * (1 + i % 12);
    }
    conductance[7] = 1 / 9.9e37;
    assert_fails(snnfe_device_characterize(voltage, conductance, 108, 2, &c, NULL),
                 SNNFE_ERR_ARGUMENT, "sample 7");
    conductance[7] = 9.9e37;
    assert_fails(snnfe_device_characterize(voltage, conductance, 108, 2, &c, NULL),
                 SNNFE_ERR_ARGUMENT, "sample 7");
    conductance[7] = 1e-6;
    voltage[8] = 9.9e37;
    assert_fails(snnfe_device_characterize(voltage, conductance, 108, 2, &c, NULL),
                 SNNFE_ERR_ARGUMENT, "sample 8");
}
END_TEST

static double amplitude_of(const char *path)
{
    snnfe_characterization c = {.struct_size = sizeof c};
    assert_ok(snnfe_device_characterize_file(path, 4, &c, NULL));
    return c.amplitude[SNNFE_LTP];
}

START_TEST(texts_of_every_editor_are_read)
{
    const double plain = amplitude_of(write_cycles("", -1, "", "\n"));
    ck_assert_double_eq(amplitude_of(write_cycles("\xEF\xBB\xBF", -1, "", "\n")), plain);
    ck_assert_double_eq(amplitude_of(write_cycles("\xEF\xBB\xBF"
                                                  "Chip:\tx\n",
                                                  -1, "", "\r\n")),
                        plain);
    /* Lines without a number are none. */
    ck_assert_double_eq(amplitude_of(write_cycles("", -1, "", "\n \t\r\n\n\t\n")), plain);
    /* A name that is long, and lines of very many cells, which take no longer than others. */
    const size_t size = 4000000;
    char *head = malloc(size + 1);
    memset(head, '\t', size);
    memset(head, 'x', 100000);
    head[size / 2] = head[size - 1] = '\n';
    head[size] = '\0';
    ck_assert_double_eq(amplitude_of(write_cycles(head, -1, "", "\n")), plain);
    head[size - 1] = '\t';
    snnfe_characterization c = {.struct_size = sizeof c};
    const char *path = write_cycles(head, -1, "", "\n");
    assert_fails(snnfe_device_characterize_file(path, 4, &c, NULL), SNNFE_ERR_FORMAT, "line 3");
    free(head);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("characterization");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, known_responses_are_recovered);
    tcase_add_test(all, spread_is_estimated_over_the_cycles);
    tcase_add_test(all, cycles_that_are_equal_do_not_spread);
    tcase_add_test(all, bad_measurement_files_are_named);
    tcase_add_test(all, long_lines_take_no_long_time);
    tcase_add_test(all, codes_of_instruments_are_refused);
    tcase_add_test(all, texts_of_every_editor_are_read);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
