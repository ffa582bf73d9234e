/* Directions of the 10-05 system's electrodes: where each row's circle lies, and how electrodes lie
 * on it. */
#include "recording/electrodes.h"
#include "support.h"

#include <math.h>

#define PI 3.14159265358979323846
enum { ROWS = 19 };

static void at(int row, int column, double p[3])
{
    const snnfe_electrode electrode = {.row = row, .column = column};
    snnfe_electrode_direction(&electrode, p);
}

/* `polar` degrees from Cz, `azimuth` degrees from the front to the left. */
static void assert_at(const double p[3], double polar, double azimuth)
{
    const double t = polar * PI / 180, a = azimuth * PI / 180;
    ck_assert_double_eq_tol(p[0], -sin(t) * sin(a), 1e-12);
    ck_assert_double_eq_tol(p[1], sin(t) * cos(a), 1e-12);
    ck_assert_double_eq_tol(p[2], cos(t), 1e-12);
}

static double distance(const double a[3], const double b[3])
{
    return sqrt(pow(a[0] - b[0], 2) + pow(a[1] - b[1], 2) + pow(a[2] - b[2], 2));
}

/* Eighths of a step from the midline to the ring. */
static const int ring_columns[ROWS] = {8,  16, 16, 24, 32, 32, 32, 32, 32, 32,
                                       32, 32, 32, 24, 16, 16, 8,  8,  8};

START_TEST(rows_begin_at_the_midline_and_reach_the_ring)
{
    for (int row = 0; row < ROWS; row++) {
        double p[3];
        const double azimuth = 18 + 9 * fmin(row, 16), polar = 92 + 11.5 * fmax(row - 16, 0);
        at(row, 0, p);
        assert_at(p, 11.5 * (8 - row), 0);
        at(row, -ring_columns[row], p);
        assert_at(p, polar, azimuth);
        at(row, ring_columns[row], p);
        assert_at(p, polar, -azimuth);
    }
}
END_TEST

/* On one circle of the sphere, equally far from each other, mirrored at the midline. */
START_TEST(electrodes_of_a_row_lie_on_a_circle)
{
    for (int row = 0; row < ROWS; row++) {
        double middle[3], ring[3], first[3];
        at(row, 0, middle);
        at(row, ring_columns[row], ring);
        at(row, 2, first);
        for (int column = 0; column <= 40; column += 2) {
            double p[3], next[3], mirrored[3];
            at(row, column, p);
            at(row, column + 2, next);
            at(row, -column, mirrored);
            ck_assert_double_eq_tol(p[0] * p[0] + p[1] * p[1] + p[2] * p[2], 1, 1e-12);
            ck_assert_double_eq_tol(distance(p, next), distance(middle, first), 1e-12);
            ck_assert_double_eq_tol(p[0], -mirrored[0], 1e-12);
            ck_assert_double_eq_tol(p[1], mirrored[1], 1e-12);
            ck_assert_double_eq_tol(p[2], mirrored[2], 1e-12);
            /* The plane holds the direction from ear to ear. */
            const double along = (p[1] - middle[1]) * (ring[2] - middle[2]) -
                                 (p[2] - middle[2]) * (ring[1] - middle[1]);
            ck_assert_double_eq_tol(along, 0, 1e-12);
        }
    }
}
END_TEST

START_TEST(well_known_places)
{
    static const struct {
        const char *label;
        double polar, azimuth;
    } places[] = {{"Cz", 0, 0},     {"C3", 46, 90},  {"C4", 46, -90},  {"T7", 92, 90},
                  {"C1", 23, 90},   {"Fz", 46, 0},   {"Pz", 46, 180},  {"Fpz", 92, 0},
                  {"Oz", 92, 180},  {"Fp1", 92, 18}, {"O2", 92, -162}, {"F7", 92, 54},
                  {"P8", 92, -126}, {"Iz", 115, 180}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snnfe_electrode electrode;
        double p[3];
        ck_assert(snnfe_electrode_find(places[i].label, &electrode));
        snnfe_electrode_direction(&electrode, p);
        assert_at(p, places[i].polar, places[i].azimuth);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sphere");
    TCase *all = tcase_create("all");
    tcase_add_test(all, rows_begin_at_the_midline_and_reach_the_ring);
    tcase_add_test(all, electrodes_of_a_row_lie_on_a_circle);
    tcase_add_test(all, well_known_places);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
