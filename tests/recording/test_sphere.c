/* Directions of the 10-05 system's electrodes: where each row's circle lies, how electrodes lie on
   it, and which is next to a place; places by names and by coordinates. */
#include "base/memory.h"
#include "recording/positions.h"
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

/* --- the nearest ----------------------------------------------------------------------------- */

enum { MOST = 1000 };

/* All electrodes of the 10-05 system by their names; how many. */
static size_t list_electrodes(snnfe_electrode all[MOST], bool whole[MOST])
{
    static const char *const letters[] = {
        "Fp",  "AFp", "AF", "AFF", "F",   "FFC", "FFT", "FC",  "FT", "FCC", "FTT", "C",  "T",
        "CCP", "TTP", "CP", "TP",  "CPP", "TPP", "P",   "PPO", "PO", "POO", "O",   "OI", "I"};
    size_t n = 0;
    for (size_t r = 0; r < sizeof letters / sizeof letters[0]; r++)
        for (int number = 0; number <= 10; number++)
            for (int half = 0; half < 2; half++) {
                char label[16];
                snprintf(label, sizeof label, "%s%d%s", letters[r], number, half ? "h" : "");
                if (number == 0)
                    snprintf(label, sizeof label, "%sz%s", letters[r], half ? "h" : "");
                if (snnfe_electrode_find(label, &all[n]) && all[n].row >= 0)
                    whole[n++] = half == 0;
            }
    return n;
}

static double cosine_to(const double d[3], const snnfe_electrode *e)
{
    double p[3];
    snnfe_electrode_direction(e, p);
    return p[0] * d[0] + p[1] * d[1] + p[2] * d[2];
}

START_TEST(the_nearest_is_found)
{
    static snnfe_electrode all[MOST];
    static bool whole[MOST];
    const size_t n = list_electrodes(all, whole);
    ck_assert_uint_gt(n, 300);
    for (size_t i = 0; i < n; i++) {
        double d[3], best = -2;
        snnfe_electrode found = {-1, -1};
        snnfe_electrode_direction(&all[i], d);
        ck_assert_double_eq_tol(snnfe_electrode_nearest(d, true, &found), 1, 1e-12);
        ck_assert_double_eq_tol(cosine_to(d, &found), 1, 1e-12);
        /* Of the 10-10 system: no half rows, no half steps. */
        for (size_t k = 0; k < n; k++)
            if (whole[k] && all[k].row % 2 == 0)
                best = fmax(best, cosine_to(d, &all[k]));
        ck_assert_double_eq_tol(snnfe_electrode_nearest(d, false, &found), best, 1e-12);
        ck_assert_double_eq_tol(cosine_to(d, &found), best, 1e-12);
        ck_assert_int_eq(found.row % 2, 0);
    }
    /* From below, where there are none. */
    snnfe_electrode found = {-1, -1};
    const double down[3] = {0, 0, -1};
    ck_assert_double_lt(snnfe_electrode_nearest(down, true, &found), 0.5);
    ck_assert(found.row == 18 || found.column != 0);
}
END_TEST

/* --- positions ------------------------------------------------------------------------------- */

START_TEST(names_tell_before_coordinates)
{
    static const double left[3] = {-1, 0, 0}, front[3] = {0, 1, 0};
    static const struct {
        const char *label;
        char by_names, by_both, alone; /* c: C3's place; l: left; f: front; else none */
    } cases[] = {{"C3", 'c', 'c', 'f'},        {"c3..", 'c', 'c', 'f'},
                 {"C3#9", 'c', 'c', 'f'},      {"EEG C3-Ref#2", 'c', 'c', 'f'},
                 {"E5", '-', 'l', 'l'},        {"e5 #12", '-', 'l', 'l'},
                 {"EEG E5-LE", '-', 'l', 'l'}, {"E6", '-', '-', '-'},
                 {"M1", '-', '-', 'l'},        {"#5", '-', '-', '-'}};
    snnfe_electrode c3;
    double of_c3[3];
    snnfe_electrode_find("C3", &c3);
    snnfe_electrode_direction(&c3, of_c3);
    for (int way = 0; way < 3; way++) {
        snnfe_positions positions = {.alone = way == 2};
        if (way > 0) {
            positions.all = snnfe_alloc(3, sizeof *positions.all);
            snnfe_positions_add(&positions, "C3..", front);
            snnfe_positions_add(&positions, "e5", left);
            snnfe_positions_add(&positions, "M1", left);
            ck_assert_uint_eq(positions.n, 3);
        }
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            const char where = way == 0   ? cases[i].by_names
                               : way == 1 ? cases[i].by_both
                                          : cases[i].alone;
            const double *wanted = where == 'c' ? of_c3 : where == 'l' ? left : front;
            double d[3] = {0};
            snnfe_electrode e = {-7, -7}, nearest = {-7, -7};
            const bool found = snnfe_positions_find(&positions, cases[i].label, d);
            ck_assert_msg(found == (where != '-'), "%s, %d", cases[i].label, way);
            ck_assert(snnfe_positions_electrode(&positions, cases[i].label, true, &e) == found);
            if (!found)
                continue;
            ck_assert_mem_eq(d, wanted, sizeof d);
            snnfe_electrode_nearest(wanted, true, &nearest);
            ck_assert(e.row == nearest.row && e.column == nearest.column);
        }
        snnfe_positions_release(&positions);
        ck_assert(!positions.all && positions.n == 0);
    }
}
END_TEST

/* Half steps only where they are wanted. */
START_TEST(coordinates_lie_next_to_electrodes)
{
    snnfe_electrode half, e;
    double d[3];
    snnfe_positions positions = {.n = 0, .all = snnfe_alloc(1, sizeof *positions.all)};
    ck_assert(snnfe_electrode_find("FCC3h", &half));
    snnfe_electrode_direction(&half, d);
    snnfe_positions_add(&positions, "E1", d);
    ck_assert(snnfe_positions_electrode(&positions, "E1", true, &e));
    ck_assert(e.row == half.row && e.column == half.column);
    ck_assert(snnfe_positions_electrode(&positions, "E1", false, &e));
    ck_assert_int_eq(e.row % 2, 0);
    ck_assert_int_eq(e.column % 8, 0);
    snnfe_positions_release(&positions);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sphere");
    TCase *all = tcase_create("all");
    tcase_add_test(all, rows_begin_at_the_midline_and_reach_the_ring);
    tcase_add_test(all, electrodes_of_a_row_lie_on_a_circle);
    tcase_add_test(all, well_known_places);
    tcase_add_test(all, the_nearest_is_found);
    tcase_add_test(all, names_tell_before_coordinates);
    tcase_add_test(all, coordinates_lie_next_to_electrodes);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
