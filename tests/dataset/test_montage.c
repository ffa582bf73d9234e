/* Places of electrodes by their names, in the paper's grid and in others, and recordings of other
   caps. */
#include "edf_file.h"
#include "same_dataset.h"
#include "support.h"

#include <snnfe/dataset.h>
#include <snnfe/montage.h>

static void place_one(const char *name, uint32_t n_rows, uint32_t n_columns, int32_t place[2])
{
    assert_ok(snnfe_montage_place(&name, 1, n_rows, n_columns, &place[0], &place[1]));
}

/* docs/spec.md 2.3, row by row. */
START_TEST(eegmmidb_comes_to_the_places_of_the_paper)
{
    static const struct {
        int32_t row, column;
        const char *names[12];
    } rows[] = {
        {0, 4, {"Fp1.", "Fpz.", "Fp2."}},
        {1, 3, {"Af7.", "Af3.", "Afz.", "Af4.", "Af8."}},
        {2, 1, {"F7..", "F5..", "F3..", "F1..", "Fz..", "F2..", "F4..", "F6..", "F8.."}},
        {3, 1, {"Ft7.", "Fc5.", "Fc3.", "Fc1.", "Fcz.", "Fc2.", "Fc4.", "Fc6.", "Ft8."}},
        {4, 0, {"T9", "T7", "C5", "C3", "C1", "Cz", "C2", "C4", "C6", "T8", "T10"}},
        {5, 1, {"Tp7.", "Cp5.", "Cp3.", "Cp1.", "Cpz.", "Cp2.", "Cp4.", "Cp6.", "Tp8."}},
        {6, 1, {"P7..", "P5..", "P3..", "P1..", "Pz..", "P2..", "P4..", "P6..", "P8.."}},
        {7, 3, {"Po7.", "Po3.", "Poz.", "Po4.", "Po8."}},
        {8, 4, {"O1..", "Oz..", "O2.."}},
        {9, 5, {"Iz.."}},
    };
    size_t n = 0;
    for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++)
        for (int i = 0; rows[r].names[i]; i++, n++) {
            int32_t place[2];
            place_one(rows[r].names[i], 10, 11, place);
            ck_assert_msg(place[0] == rows[r].row && place[1] == rows[r].column + i,
                          "%s came to (%d, %d)", rows[r].names[i], (int)place[0], (int)place[1]);
        }
    ck_assert_uint_eq(n, 64);
    /* The data set's own table is the same. */
    snnfe_dataset *d = NULL;
    static const float trial[64] = {0};
    static const int32_t label = 0;
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = 1,
                                         .n_trials = 1,
                                         .trials = trial,
                                         .labels = &label};
    assert_ok(snnfe_dataset_from_arrays(&d, &arrays));
    const snnfe_signal *signal = dataset_info(d).signal;
    int32_t places[2][64];
    assert_ok(snnfe_montage_place(signal->channel_names, 64, 10, 11, places[0], places[1]));
    ck_assert_mem_eq(places[0], signal->channel_rows, sizeof places[0]);
    ck_assert_mem_eq(places[1], signal->channel_columns, sizeof places[1]);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(other_names_of_an_electrode_are_known)
{
    static const char *const same[][2] = {
        {"T3", "T7"},        {"T4", "T8"},           {"T5", "P7"},          {"t6", "P8"},
        {"EEG C3", "C3"},    {"EEG C3-Ref", "C3"},   {"EEG FP1-LE", "Fp1"}, {"C4-A1", "C4"},
        {"eeg-t3-a1", "T7"}, {"Cz_AVG", "Cz"},       {"EEG Pz-M1M2", "Pz"}, {"C3#9", "C3"},
        {"EEG:O1", "O1"},    {"EEG O2-A1+A2", "O2"},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        int32_t a[2], b[2];
        place_one(same[i][0], 19, 21, a);
        place_one(same[i][1], 19, 21, b);
        ck_assert_mem_eq(a, b, sizeof a);
    }
    static const char *const none[] = {
        "C3-C4", "EEG", "A1",  "M2", "EOG1",  "C7", "T1",           "F11",    "CZ1", "C3HH",
        "Fp3",   "C0",  "FT5", "Z",  "C3-P3", "#9", "C99999999999", "STATUS", "C03", "FC7"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        int32_t place[2];
        const snnfe_status status = snnfe_montage_place(&none[i], 1, 10, 11, place, place + 1);
        ck_assert_msg(status == SNNFE_ERR_NOT_FOUND, "%s: %s", none[i], snnfe_status_name(status));
    }
}
END_TEST

/* Left and right are mirror images in every grid, numbers go outwards, half steps lie between. */
START_TEST(grids_of_all_sizes_are_symmetrical)
{
    static const char *const rows[] = {"AFp", "AF", "AFF", "F", "P", "PPO", "PO", "POO"};
    for (uint32_t n = 10; n <= 40; n++)
        for (size_t r = 0; r < sizeof rows / sizeof rows[0]; r++) {
            int32_t previous[2] = {-1, (int32_t)n};
            for (int number = 1; number < 10; number += 2) {
                char left[16], right[16], middle[16];
                int32_t a[2], b[2], m[2];
                snprintf(left, sizeof left, "%s%d", rows[r], number);
                snprintf(right, sizeof right, "%s%d", rows[r], number + 1);
                snprintf(middle, sizeof middle, "%sz", rows[r]);
                place_one(left, n, n + 1, a);
                place_one(right, n, n + 1, b);
                place_one(middle, n, n + 1, m);
                ck_assert_int_eq(a[0], b[0]);
                ck_assert_int_eq(a[1] + b[1], (int)n);
                ck_assert_int_eq(a[0], m[0]);
                ck_assert(a[1] >= 0 && a[1] <= previous[1]);
                previous[1] = a[1];
            }
        }
    int32_t place[2];
    place_one("FCC3h", 19, 21, place);
    ck_assert(place[0] == 7 && place[1] == 7);
    place_one("TTP10h", 19, 21, place);
    ck_assert(place[0] == 9 && place[1] == 19);
}
END_TEST

START_TEST(what_has_no_place_of_its_own_is_named)
{
    static const char *const caps[][3] = {
        {"AF5", "AF7", "C3"}, {"T3", "T7", "Cz"}, {"C3", "EOG", "M1"}};
    int32_t rows[3], columns[3];
    assert_fails(snnfe_montage_place(caps[0], 3, 10, 11, rows, columns), SNNFE_ERR_ARGUMENT,
                 "channels \"AF5\" and \"AF7\" both come to row 1, column 3 of the 10x11 grid: "
                 "leave one of them out, or take a larger grid");
    assert_ok(snnfe_montage_place(caps[0], 3, 19, 21, rows, columns));
    assert_fails(snnfe_montage_place(caps[1], 3, 10, 11, rows, columns), SNNFE_ERR_ARGUMENT,
                 "channels \"T3\" and \"T7\" both come to");
    assert_fails(snnfe_montage_place(caps[2], 3, 10, 11, rows, columns), SNNFE_ERR_NOT_FOUND,
                 "no place in the grid for the channels \"EOG\", \"M1\"");
    assert_fails(snnfe_montage_place(NULL, 3, 10, 11, rows, columns), SNNFE_ERR_ARGUMENT,
                 "names is NULL");
    assert_fails(snnfe_montage_place(caps[0], 3, 10, 11, NULL, columns), SNNFE_ERR_ARGUMENT,
                 "rows is NULL");
    assert_fails(snnfe_montage_place(caps[0], 3, 10, 11, rows, NULL), SNNFE_ERR_ARGUMENT,
                 "columns is NULL");
    assert_fails(snnfe_montage_place(caps[0], 0, 10, 11, rows, columns), SNNFE_ERR_ARGUMENT,
                 "n is 0, not in 1…64");
    assert_fails(snnfe_montage_place(caps[0], 3, 65, 11, rows, columns), SNNFE_ERR_ARGUMENT,
                 "n_rows is 65, not in 1…64");
    assert_fails(snnfe_montage_place(caps[0], 3, 10, 0, rows, columns), SNNFE_ERR_ARGUMENT,
                 "n_columns is 0, not in 1…64");
}
END_TEST

START_TEST(the_grid_is_drawn)
{
    static const char *const names[] = {"C3", "C4", "FT10"};
    static const int32_t rows[] = {1, 1, 0}, columns[] = {0, 2, 2};
    snnfe_signal s = {.struct_size = sizeof s,
                      .n_channels = 3,
                      .channel_names = names,
                      .channel_rows = rows,
                      .channel_columns = columns};
    size_t size = 0;
    assert_ok(snnfe_montage_draw(&s, 2, 3, &size, NULL));
    static const char expected[] = "   .    . FT10\n  C3    .   C4\n";
    ck_assert_uint_eq(size, sizeof expected);
    char text[sizeof expected];
    size = sizeof text - 1;
    assert_fails(snnfe_montage_draw(&s, 2, 3, &size, text), SNNFE_ERR_ARGUMENT, "room for");
    size = sizeof text;
    assert_ok(snnfe_montage_draw(&s, 2, 3, &size, text));
    ck_assert_str_eq(text, expected);
    assert_fails(snnfe_montage_draw(NULL, 2, 3, &size, text), SNNFE_ERR_ARGUMENT, "n_channels");
    assert_fails(snnfe_montage_draw(&s, 2, 3, NULL, text), SNNFE_ERR_ARGUMENT, "size is NULL");
    snnfe_signal bad = s;
    bad.channel_rows = NULL;
    assert_fails(snnfe_montage_draw(&bad, 2, 3, &size, text), SNNFE_ERR_ARGUMENT,
                 "channel_rows is NULL");
    bad = s;
    bad.channel_columns = NULL;
    assert_fails(snnfe_montage_draw(&bad, 2, 3, &size, text), SNNFE_ERR_ARGUMENT,
                 "channel_columns is NULL");
    bad = s;
    bad.struct_size = 3;
    assert_fails(snnfe_montage_draw(&bad, 2, 3, &size, text), SNNFE_ERR_ARGUMENT,
                 "struct_size is 3");
    assert_fails(snnfe_montage_draw(&s, 2, 65, &size, text), SNNFE_ERR_ARGUMENT, "n_columns is 65");
    assert_fails(snnfe_montage_draw(&s, 2, 2, &size, text), SNNFE_ERR_ARGUMENT,
                 "channel 1 (C4) is at row 1, column 2, not in the 2x2 grid");
    s.channel_names = NULL;
    assert_fails(snnfe_montage_draw(&s, 2, 3, &size, text), SNNFE_ERR_ARGUMENT,
                 "channel_names is NULL");
}
END_TEST

/* --- recordings ----------------------------------------------------------------------------- */

static int16_t ramp(size_t channel, size_t t)
{
    return (int16_t)(1000 * channel + t % 500);
}

static const edf_annotation cues[] = {{0.5, "left"}, {2, "right"}, {4, "left"}};

static const char *write_cap(const char *const *labels, size_t n, const char *name)
{
    const edf_spec spec = {.n_channels = n,
                           .labels = labels,
                           .rate_hz = 160,
                           .n_records = 6,
                           .dimension = "uV",
                           .kind = "EDF+C",
                           .n_annotations = 3,
                           .annotations = cues,
                           .sample = ramp};
    return edf_write(&spec, name);
}

static snnfe_dataset_options cap_options(void)
{
    static const char *const names[] = {"left", "right"};
    snnfe_dataset_options o = edf_two_classes(names);
    o.normalization = SNNFE_NORMALIZE_NONE;
    o.electrodes = SNNFE_ELECTRODES_FOUND;
    return o;
}

static snnfe_status open_cap(snnfe_dataset **d, const char *path, const snnfe_dataset_options *o)
{
    const int32_t one = 1;
    return snnfe_dataset_open_files(d, &path, &one, &one, 1, o);
}

START_TEST(electrodes_of_a_recording_are_found)
{
    static const char *const labels[] = {"EEG T3-Ref", "EOG left", "EEG Cz-Ref", "ECG",
                                         "EEG T4-Ref"};
    const char *path = write_cap(labels, 5, "cap.edf");
    snnfe_dataset_options o = cap_options();
    snnfe_dataset *d = NULL;
    assert_ok(open_cap(&d, path, &o));
    const snnfe_signal *s = dataset_info(d).signal;
    ck_assert_uint_eq(s->n_channels, 3);
    ck_assert_str_eq(s->channel_names[0], "T7");
    ck_assert_str_eq(s->channel_names[2], "T8");
    ck_assert(s->channel_rows[0] == 4 && s->channel_columns[0] == 1);
    ck_assert(s->channel_rows[1] == 4 && s->channel_columns[1] == 5);
    ck_assert(s->channel_rows[2] == 4 && s->channel_columns[2] == 9);
    /* A unit is 0.1 uV; channels 0, 2 and 4 of the file. */
    const float *trial = dataset_info(d).trials;
    ck_assert_float_eq_tol(trial[0], 0.1F * 80, 0.05F);
    ck_assert_float_eq_tol(trial[160], 0.1F * (2000 + 80), 0.05F);
    ck_assert_float_eq_tol(trial[320], 0.1F * (4000 + 80), 0.05F);

    static const char *const wanted[] = {"C1", "T7", "EEGCZREF"};
    o.electrodes = SNNFE_ELECTRODES_EEGMMIDB;
    o.channel_names = wanted + 1;
    o.n_channels = 1;
    snnfe_dataset *one = NULL;
    assert_ok(open_cap(&one, path, &o));
    ck_assert_int_eq(dataset_info(one).signal->channel_columns[0], 1);
    ck_assert_float_eq(dataset_info(one).trials[0], trial[0]);
    snnfe_dataset_free(one);
    snnfe_dataset_free(d);
    o.channel_names = wanted;
    assert_fails(open_cap(&d, path, &o), SNNFE_ERR_NOT_FOUND, "channel \"C1\" is missing");
    o.channel_names = wanted + 2;
    assert_fails(open_cap(&d, path, &o), SNNFE_ERR_NOT_FOUND, "no place in the grid");
}
END_TEST

START_TEST(caps_that_cannot_be_placed_are_refused)
{
    static const char *const none[] = {"A1", "ECG"}, *const twice[] = {"C3-A1", "C4", "EEG C3"};
    static const char *const close[] = {"AF7", "AF5"};
    static const double numbers[] = {1, 1};
    char names[65][8];
    const char *many[65];
    for (int i = 0; i < 65; i++) {
        static const char *const rows[] = {"F", "P", "AF", "PO", "AFF", "PPO", "AFp"};
        snprintf(names[i], sizeof names[i], "%s%d", rows[i / 10], i % 10 + 1);
        many[i] = names[i];
    }
    snnfe_dataset_options o = cap_options();
    snnfe_dataset *d = NULL;
    assert_fails(open_cap(&d, write_cap(none, 2, "none.edf"), &o), SNNFE_ERR_NOT_FOUND,
                 "none.edf: no label is an electrode of the 10-05 system");
    assert_fails(open_cap(&d, write_cap(twice, 3, "twice.edf"), &o), SNNFE_ERR_FORMAT,
                 "channel \"C3\" is there twice: signal 1 (\"C3-A1\") and signal 3 (\"EEG C3\"); "
                 "name it \"C3#1\" or \"C3#3\"");
    assert_fails(open_cap(&d, write_cap(many, 65, "many.edf"), &o), SNNFE_ERR_UNSUPPORTED,
                 "has 65 electrodes of the 10-05 system, more than 64");
    assert_fails(open_cap(&d, write_cap(close, 2, "close.edf"), &o), SNNFE_ERR_ARGUMENT,
                 "channels \"AF7\" and \"AF5\" both come to row 1, column 3");
    assert_fails(open_cap(&d, "absent.edf", &o), SNNFE_ERR_NOT_FOUND, "absent.edf");
    o.normalization = SNNFE_NORMALIZE_GIVEN;
    o.channel_mean_uv = o.channel_std_uv = numbers;
    assert_fails(open_cap(&d, "close.edf", &o), SNNFE_ERR_ARGUMENT, "need channel_names");
    o = cap_options();
    o.electrodes = 2;
    assert_fails(open_cap(&d, "close.edf", &o), SNNFE_ERR_ARGUMENT,
                 "electrodes is 2, not EEGMMIDB or FOUND");
    /* The names that the message offers. */
    static const char *const chosen[] = {"C3#3", "C4"};
    o = cap_options();
    o.electrodes = SNNFE_ELECTRODES_EEGMMIDB;
    o.channel_names = chosen;
    o.n_channels = 2;
    assert_ok(open_cap(&d, write_cap(twice, 3, "twice.edf"), &o));
    ck_assert_float_eq_tol(dataset_info(d).trials[0], 0.1F * (2000 + 80), 0.05F);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(arrays_are_placed_by_their_names)
{
    static const float trials[3] = {1, 2, 3};
    static const int32_t label = 0;
    static const char *const names[] = {"C4", "Cz", "FT10"}, *const unknown[] = {"C4", "one",
                                                                                 "two"};
    snnfe_signal s = {.struct_size = sizeof s, .n_channels = 3, .channel_names = names};
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = 1,
                                         .n_trials = 1,
                                         .trials = trials,
                                         .labels = &label,
                                         .signal = &s};
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_from_arrays(&d, &arrays));
    float grid[110];
    assert_ok(snnfe_dataset_copy_grid(d, NULL, 1, grid));
    ck_assert(grid[4 * 11 + 7] == 1 && grid[4 * 11 + 5] == 2 && grid[3 * 11 + 10] == 3);
    snnfe_dataset_free(d);
    s.channel_names = unknown;
    assert_fails(snnfe_dataset_from_arrays(&d, &arrays), SNNFE_ERR_NOT_FOUND, "\"ONE\", \"TWO\"");
    s.channel_names = NULL;
    assert_fails(snnfe_dataset_from_arrays(&d, &arrays), SNNFE_ERR_ARGUMENT,
                 "3 channels need channel_names, or channel_rows and channel_columns");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("montage");
    TCase *all = tcase_create("all");
    suite_add_tcase(suite, all);
    tcase_add_test(all, eegmmidb_comes_to_the_places_of_the_paper);
    tcase_add_test(all, other_names_of_an_electrode_are_known);
    tcase_add_test(all, grids_of_all_sizes_are_symmetrical);
    tcase_add_test(all, what_has_no_place_of_its_own_is_named);
    tcase_add_test(all, the_grid_is_drawn);
    tcase_add_test(all, electrodes_of_a_recording_are_found);
    tcase_add_test(all, caps_that_cannot_be_placed_are_refused);
    tcase_add_test(all, arrays_are_placed_by_their_names);
    return support_run(suite);
}
