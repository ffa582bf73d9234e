/* Where electrodes of BIDS trees are, by names and coordinates; what recordings inherit of sidecars
   above them. */
#include "dataset/sphere_fit.h"
#include "edf_file.h"
#include "logged.h"
#include "recording/positions.h"
#include "same_dataset.h"
#include "support.h"
#include "tree.h"

#include <math.h>
#include <snnfe/bids.h>
#include <snnfe/montage.h>

enum { N = 9 };
static int16_t ramp(size_t channel, size_t t)
{
    return (int16_t)(1000 * channel + t % 900);
}

static void put_recording(const char *root, const char *path, const char *const *labels)
{
    const edf_spec spec = {.n_channels = N,
                           .labels = labels,
                           .rate_hz = 160,
                           .n_records = 8,
                           .dimension = "uV",
                           .kind = "",
                           .sample = ramp};
    tree_put_edf(root, path, &spec);
}

static const char recording[] = "sub-1/eeg/sub-1_task-a_eeg.edf";
static const char table[] = "sub-1/eeg/sub-1_electrodes.tsv";
static const char frame[] = "sub-1/eeg/sub-1_coordsystem.json";
static const char captrak[] =
    "{\"EEGCoordinateSystem\": \"CapTrak\", \"EEGCoordinateUnits\": \"mm\"}";

/* Electrodes are where these are, 95 mm from a point 40 mm above the origin. */
static const char *const places[N] = {"C3", "Cz", "C4", "Fz", "Pz", "F3", "F4", "P3", "Oz"};
static const char *const numbers[N] = {"E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "M1"};
static const char *const mixed[N] = {"C3", "Cz", "C4", "Fz", "E5", "F3", "F4", "P3", "E9"};

/* A table of electrodes, of which the one at `odd` has other cells than its coordinates. With
   `turned` x is to the front and y to the left. */
static void put_table(const char *root, const char *path, const char *const *names, bool turned,
                      size_t odd, const char *cells)
{
    char text[2000] = "name\tx\ty\tz\timpedance\n";
    for (size_t i = 0; i < N; i++) {
        snnfe_electrode electrode;
        double d[3];
        ck_assert(snnfe_electrode_find(places[i], &electrode));
        snnfe_electrode_direction(&electrode, d);
        char *end = text + strlen(text);
        const size_t left = sizeof text - strlen(text);
        if (i == odd)
            snprintf(end, left, "%s\t%s\tn/a\n", names[i], cells);
        else
            snprintf(end, left, "%s\t%.4f\t%.4f\t%.4f\tn/a\n", names[i],
                     95 * (turned ? d[1] : d[0]), 95 * (turned ? -d[0] : d[1]), 95 * d[2] + 40);
    }
    tree_put_text(root, path, text);
}

static void put_tree(const char *root, const char *const *labels)
{
    put_recording(root, recording, labels);
    tree_put_text(root, "task-a_events.tsv",
                  "onset\tduration\ttrial_type\n1\t1\tleft\n3\t1\tright\n5\t1\tleft\n");
    tree_put_text(root, "task-a_eeg.json", "{\"SamplingFrequency\": 160}");
    put_table(root, table, labels, false, N, "");
    tree_put_text(root, frame, captrak);
}

static snnfe_dataset_options options(void)
{
    static const char *const names[2] = {"left", "right"};
    snnfe_dataset_options o = edf_two_classes(names);
    o.log = logged_collect;
    logged[0] = '\0';
    return o;
}

static snnfe_bids_options from(int32_t where)
{
    snnfe_bids_options b;
    assert_ok(snnfe_bids_options_init(&b, sizeof b));
    b.places = where;
    return b;
}

static snnfe_status open_tree(snnfe_dataset **d, const char *root, int32_t where)
{
    const snnfe_dataset_options o = options();
    const snnfe_bids_options b = from(where);
    return snnfe_dataset_open_bids(d, support_path(root), &b, &o);
}

/* With this text as its table of electrodes, the tree is refused. */
static void assert_refused(const char *root, int32_t where, const char *text, const char *message)
{
    snnfe_dataset *d = NULL;
    tree_put_text(root, table, text);
    assert_fails(open_tree(&d, root, where), SNNFE_ERR_FORMAT, message);
}

/* The channels that were opened are these, where the places of their names or of `places` are. */
static void assert_opened(const char *root, int32_t where, const char *const *names, size_t n)
{
    snnfe_dataset *d = NULL;
    assert_ok(open_tree(&d, root, where));
    const snnfe_dataset_info info = dataset_info(d);
    int32_t rows[N], columns[N];
    assert_ok(snnfe_montage_place(places, n, 10, 11, rows, columns));
    ck_assert_uint_eq(info.n_channels, n);
    for (size_t c = 0; c < n; c++) {
        char name[32];
        snnfe_electrode_name(names[c], name);
        ck_assert_str_eq(info.signal->channel_names[c], name);
        ck_assert_int_eq(info.signal->channel_rows[c], rows[c]);
        ck_assert_int_eq(info.signal->channel_columns[c], columns[c]);
    }
    snnfe_dataset_free(d);
}

START_TEST(coordinates_place_what_names_do_not)
{
    put_tree("mixed", mixed);
    assert_opened("mixed", SNNFE_PLACES_CHECKED, mixed, N);
    ck_assert_ptr_null(strstr(logged, "electrodes.tsv"));
    /* Without a known name, too; mastoids have no place unless coordinates alone tell. */
    put_tree("numbers", numbers);
    assert_opened("numbers", SNNFE_PLACES_CHECKED, numbers, N - 1);
    assert_opened("numbers", SNNFE_PLACES_COORDINATES, numbers, N);
    snnfe_dataset *d = NULL;
    assert_fails(open_tree(&d, "numbers", SNNFE_PLACES_NAMES), SNNFE_ERR_NOT_FOUND,
                 "no label is an electrode");
    /* Another frame, other units, and letters of another size. */
    put_table("numbers", table, numbers, true, N, "");
    tree_put_text("numbers", frame,
                  "{\"EEGCoordinateSystem\": \"eeglab\", \"EEGCoordinateUnits\": \"m\"}");
    assert_opened("numbers", SNNFE_PLACES_CHECKED, numbers, N - 1);
    was_logged("sub-1_coordsystem.json: \"EEGCoordinateUnits\" is \"m\", but the electrodes of");
    tree_put_text("numbers", frame, "{\"EEGCoordinateSystem\": \"CTF\"}");
    assert_opened("numbers", SNNFE_PLACES_CHECKED, numbers, N - 1);
    was_logged("\"EEGCoordinateUnits\" is missing, none of m, cm and mm");
}
END_TEST

START_TEST(names_are_compared_with_coordinates)
{
    snnfe_dataset *d = NULL;
    put_tree("compared", places);
    put_table("compared", table, places, false, 2, "-80\t0\t60"); /* C4 on the left */
    assert_opened("compared", SNNFE_PLACES_CHECKED, places, N);
    was_logged(
        "sub-1_electrodes.tsv: 1 of 9 electrodes are more than 30 degrees from the places of "
        "their names, \"C4\" (row 4)");
    was_logged("names hold");
    /* x and y have changed places: most are wrong. */
    put_table("compared", table, places, true, N, "");
    assert_fails(open_tree(&d, "compared", SNNFE_PLACES_CHECKED), SNNFE_ERR_FORMAT,
                 "of 9 electrodes are more than 30 degrees from the places of their names");
    assert_fails(open_tree(&d, "compared", SNNFE_PLACES_CHECKED), SNNFE_ERR_FORMAT,
                 "say whether names or coordinates hold (places)");
    assert_opened("compared", SNNFE_PLACES_NAMES, places, N);
    assert_fails(open_tree(&d, "compared", 3), SNNFE_ERR_ARGUMENT, "places is 3");
}
END_TEST

START_TEST(two_electrodes_at_a_place_are_named)
{
    snnfe_dataset *d = NULL;
    put_tree("shared", mixed);
    put_table("shared", table, mixed, false, 8, "-60\t0\t108"); /* E9 at C3 */
    assert_fails(open_tree(&d, "shared", SNNFE_PLACES_CHECKED), SNNFE_ERR_ARGUMENT,
                 "channels \"C3\" and \"E9\" both come to row 4, column 3");
}
END_TEST

START_TEST(wrong_tables_of_electrodes_are_named)
{
    snnfe_dataset *d = NULL;
    put_tree("wrong", mixed);
    put_table("wrong", table, mixed, false, 8, "1\tleft\t3");
    assert_fails(open_tree(&d, "wrong", SNNFE_PLACES_CHECKED), SNNFE_ERR_FORMAT,
                 "sub-1_electrodes.tsv: row 10, column \"y\": \"left\" is not a number");
    put_table("wrong", table, mixed, false, 8, "1\tnan\t3");
    assert_fails(open_tree(&d, "wrong", SNNFE_PLACES_CHECKED), SNNFE_ERR_FORMAT,
                 "row 10, column \"y\": \"nan\" is not a number");
    put_table("wrong", table, mixed, false, 8, "1\tn/a\t3");
    assert_opened("wrong", SNNFE_PLACES_CHECKED, mixed, N - 1);
    was_logged("row 10, column \"y\": electrode \"E9\" has no coordinates (n/a): it has no place");
    put_table("wrong", table, mixed, false, 8, "0\t0\t0");
    assert_opened("wrong", SNNFE_PLACES_CHECKED, mixed, N - 1);
    was_logged("row 10, column \"x\": electrode \"E9\" is in the origin, as if");
    put_table("wrong", table, mixed, false, 8, "0\t0\t-55");
    assert_opened("wrong", SNNFE_PLACES_CHECKED, mixed, N - 1);
    was_logged("electrode \"E9\" lies beyond the 10-05 system");
    put_table("wrong", table, mixed, false, 8, "1e200\t-1e300\t1e308");
    assert_opened("wrong", SNNFE_PLACES_CHECKED, mixed, N - 1);
    was_logged("row 10, column \"x\": electrode \"E9\" does not lie on the head's sphere");
    assert_refused("wrong", SNNFE_PLACES_CHECKED, "name\tx\ty\nC3\t1\t2\n",
                   "sub-1_electrodes.tsv: has no column \"z\"");
    assert_refused("wrong", SNNFE_PLACES_CHECKED, "name\tx\ty\tz\nC3\t1\t2\t3\nn/a\t1\t2\t3\n",
                   "row 3, column \"name\": \"n/a\" is no name of an electrode");
    assert_refused("wrong", SNNFE_PLACES_CHECKED, "name\tx\ty\tz\nC3\t1\t2\t3\nc3.\t1\t2\t3\n",
                   "rows 2 and 3 are both electrode \"c3.\"");
    assert_refused("wrong", SNNFE_PLACES_COORDINATES, "name\tx\ty\tz\nC3\t1\t2\t3\nE5\t3\t2\t3\n",
                   "no sphere goes through its 2 points");
}
END_TEST

START_TEST(wrong_frames_are_named)
{
    snnfe_dataset *d = NULL;
    put_tree("frames", numbers);
    tree_put_text("frames", frame, "{\"EEGCoordinateSystem\": \"Other\"}");
    assert_fails(open_tree(&d, "frames", SNNFE_PLACES_CHECKED), SNNFE_ERR_NOT_FOUND,
                 "no label is an electrode");
    was_logged("sub-1_coordsystem.json: \"EEGCoordinateSystem\" is \"Other\", none of CapTrak");
    assert_fails(open_tree(&d, "frames", SNNFE_PLACES_COORDINATES), SNNFE_ERR_UNSUPPORTED,
                 "sub-1_coordsystem.json: \"EEGCoordinateSystem\" is \"Other\", none of CapTrak");
    tree_put_text("frames", frame, "{\"EEGCoordinateUnits\": \"m\"}");
    assert_fails(open_tree(&d, "frames", SNNFE_PLACES_COORDINATES), SNNFE_ERR_UNSUPPORTED,
                 "\"EEGCoordinateSystem\" is missing, none of");
    tree_put_text("frames", frame, "{\"EEGCoordinateSystem\": 3}");
    assert_fails(open_tree(&d, "frames", SNNFE_PLACES_COORDINATES), SNNFE_ERR_UNSUPPORTED,
                 "\"EEGCoordinateSystem\" is no text, none of");
    tree_put_text("frames", frame, "[]");
    assert_fails(open_tree(&d, "frames", SNNFE_PLACES_COORDINATES), SNNFE_ERR_FORMAT,
                 "sub-1_coordsystem.json: is no JSON object");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", support_path("frames"), frame);
    ck_assert_int_eq(remove(path), 0);
    assert_fails(open_tree(&d, "frames", SNNFE_PLACES_COORDINATES), SNNFE_ERR_NOT_FOUND,
                 "sub-1_electrodes.tsv: has no coordsystem.json beside it or above");
    snprintf(path, sizeof path, "%s/%s", support_path("frames"), table);
    ck_assert_int_eq(remove(path), 0);
    assert_fails(open_tree(&d, "frames", SNNFE_PLACES_COORDINATES), SNNFE_ERR_NOT_FOUND,
                 "sub-1_task-a_eeg.edf: has no electrodes.tsv beside it or above");
}
END_TEST

/* A frame that is known is taken before one that is not, and a file without a space before all. */
START_TEST(one_of_several_spaces_is_read)
{
    put_recording("spaces", recording, numbers);
    tree_put_text("spaces", "task-a_events.tsv",
                  "onset\tduration\ttrial_type\n1\t1\tleft\n3\t1\tright\n");
    put_table("spaces", "sub-1/eeg/sub-1_space-MNI305_electrodes.tsv", numbers, true, N, "");
    tree_put_text("spaces", "sub-1/eeg/sub-1_space-MNI305_coordsystem.json",
                  "{\"EEGCoordinateSystem\": \"MNI305\"}");
    put_table("spaces", "sub-1/eeg/sub-1_space-EEGLABHJ_electrodes.tsv", numbers, true, N, "");
    tree_put_text("spaces", "sub-1/sub-1_space-EEGLABHJ_coordsystem.json",
                  "{\"EEGCoordinateSystem\": \"EEGLAB-HJ\", \"EEGCoordinateUnits\": \"mm\"}");
    assert_opened("spaces", SNNFE_PLACES_CHECKED, numbers, N - 1);
    was_logged("sub-1_space-EEGLABHJ_electrodes.tsv: is the one that is read of 2 electrodes.tsv");
    put_table("spaces", "sub-1/eeg/sub-1_space-AAA_electrodes.tsv", numbers, true, N, "");
    put_table("spaces", "sub-1/sub-1_electrodes.tsv", numbers, true, N, "");
    assert_opened("spaces", SNNFE_PLACES_CHECKED, numbers, N - 1);
    was_logged("sub-1_space-EEGLABHJ_electrodes.tsv: is the one that is read of 3 electrodes.tsv");
    put_table("spaces", table, numbers, false, N, "");
    tree_put_text("spaces", frame, captrak);
    assert_opened("spaces", SNNFE_PLACES_CHECKED, numbers, N - 1);
    was_logged("sub-1_electrodes.tsv: is the one that is read of 4 electrodes.tsv");
}
END_TEST

/* A table of rows as they are, with those of C3, Cz, C4, Fz and Pz at the end. */
static void put_rows(const char *root, const char *path, const char *rows, double scale)
{
    char *text = calloc(1, strlen(rows) + 1000);
    sprintf(text, "name\tx\ty\tz\n%s", rows);
    for (size_t i = 0; i < 5; i++) {
        snnfe_electrode electrode;
        double d[3];
        ck_assert(snnfe_electrode_find(places[i], &electrode));
        snnfe_electrode_direction(&electrode, d);
        sprintf(text + strlen(text), "%s\t%.4f\t%.4f\t%.4f\n", places[i], scale * d[0],
                scale * d[1], scale * d[2]);
    }
    tree_put_text(root, path, text);
    free(text);
}

START_TEST(units_are_compared_with_the_sphere)
{
    put_tree("units", places);
    put_rows("units", table, "", 0.5);
    assert_opened("units", SNNFE_PLACES_CHECKED, places, N);
    was_logged("\"EEGCoordinateUnits\" is \"mm\", but the electrodes of");
    was_logged("lie on a sphere of radius 0.5");
    put_rows("units", table, "", 9.5);
    tree_put_text("units", frame,
                  "{\"EEGCoordinateSystem\": \"CapTrak\", \"EEGCoordinateUnits\": \"cm\"}");
    assert_opened("units", SNNFE_PLACES_CHECKED, places, N);
    ck_assert_ptr_null(strstr(logged, "EEGCoordinateUnits"));
    tree_put_text("units", frame,
                  "{\"EEGCoordinateSystem\": \"CapTrak\", \"EEGCoordinateUnits\": \"inch\"}");
    assert_opened("units", SNNFE_PLACES_CHECKED, places, N);
    was_logged("\"EEGCoordinateUnits\" is \"inch\", none of m, cm and mm");
}
END_TEST

/* The first ten rows without a place are logged one by one, the others counted. References, and
   electrodes whose names give their place, are not among them. */
START_TEST(rows_without_a_place_are_counted)
{
    char rows[2000] = "M1\tn/a\tn/a\tn/a\nP3\tn/a\tn/a\tn/a\n";
    for (int i = 0; i < 13; i++)
        sprintf(rows + strlen(rows), "X%d\tn/a\tn/a\tn/a\n", i);
    put_tree("counted", places);
    put_rows("counted", table, rows, 95);
    assert_opened("counted", SNNFE_PLACES_CHECKED, places, N);
    was_logged("row 4, column \"x\": electrode \"X0\" has no coordinates (n/a)");
    was_logged("electrode \"X9\" has no coordinates");
    ck_assert_ptr_null(strstr(logged, "\"X10\""));
    ck_assert_ptr_null(strstr(logged, "\"M1\""));
    ck_assert_ptr_null(strstr(logged, "\"P3\""));
    was_logged("sub-1_electrodes.tsv: other rows without a place: 3");
}
END_TEST

START_TEST(tables_that_say_nothing)
{
    snnfe_dataset *d = NULL;
    char *rows = calloc(10000, 20);
    for (int i = 0; i < 9996; i++)
        sprintf(rows + strlen(rows), "X%d\t1\t2\t3\n", i);
    put_tree("nothing", places);
    put_rows("nothing", table, rows, 95);
    assert_fails(open_tree(&d, "nothing", SNNFE_PLACES_CHECKED), SNNFE_ERR_FORMAT,
                 "sub-1_electrodes.tsv: has 10001 rows, more than 10000");
    free(rows);
    assert_refused("nothing", SNNFE_PLACES_CHECKED, "name\tx\ty\tz\nC3\t1\t2\n",
                   "sub-1_electrodes.tsv: row 2 has 3 cells between tabs, not 4");
    assert_refused("nothing", SNNFE_PLACES_CHECKED, "label\tx\ty\tz\nC3\t1\t2\t3\n",
                   "sub-1_electrodes.tsv: has no column \"name\"");
    /* Too few for a sphere: names hold, unless coordinates alone are asked for. */
    tree_put_text("nothing", table, "name\tx\ty\tz\nC3\t1\t2\t3\nE5\t3\t2\t3\n");
    assert_opened("nothing", SNNFE_PLACES_CHECKED, places, N);
}
END_TEST

/* The log speaks of the first subject only; the tables of the others are still read and checked. */
START_TEST(other_subjects_tables_are_checked_quietly)
{
    static const char other[] = "sub-2/eeg/sub-2_electrodes.tsv";
    static const char space[] = "sub-2/eeg/sub-2_space-CapTrak_electrodes.tsv";
    snnfe_dataset *d = NULL;
    put_tree("others", places);
    put_recording("others", "sub-2/eeg/sub-2_task-a_eeg.edf", places);
    put_rows("others", other, "X1\tn/a\t1\t1\n", 0.5);
    put_rows("others", space, "", 0.5);
    tree_put_text("others", "sub-2/eeg/sub-2_coordsystem.json",
                  "{\"EEGCoordinateSystem\": \"Other\"}");
    assert_opened("others", SNNFE_PLACES_CHECKED, places, N);
    ck_assert_msg(!strstr(logged, "sub-2_coordsystem"), "%s", logged);
    assert_fails(open_tree(&d, "others", SNNFE_PLACES_COORDINATES), SNNFE_ERR_UNSUPPORTED,
                 "sub-2_coordsystem.json: \"EEGCoordinateSystem\" is \"Other\"");
    tree_put_text("others", "sub-2/eeg/sub-2_coordsystem.json", captrak);
    assert_opened("others", SNNFE_PLACES_CHECKED, places, N);
    ck_assert_msg(!strstr(logged, "sub-2_coordsystem"), "%s", logged);
    ck_assert_msg(!strstr(logged, "_electrodes.tsv"), "%s", logged);
}
END_TEST

/* --- inheritance ---------------------------------------------------------------------------- */

static void put_inherited(const char *root)
{
    put_recording(root, "sub-1/ses-x/eeg/sub-1_ses-x_task-a_eeg.edf", places);
    tree_put_text(root, "sub-1/ses-x/eeg/sub-1_ses-x_task-a_events.tsv",
                  "onset\tduration\ttrial_type\n1\t1\tleft\n3\t1\tright\n");
}

/* Each key is that of the nearest file that has it; a table is that of the nearest folder. */
START_TEST(sidecars_are_inherited_key_by_key)
{
    static const char near[] = "sub-1/ses-x/eeg/sub-1_ses-x_task-a_eeg.json";
    snnfe_dataset *d = NULL;
    put_inherited("levels");
    tree_put_text("levels", "task-a_eeg.json", "{\"SamplingFrequency\": 250, \"TaskName\": \"a\"}");
    assert_fails(open_tree(&d, "levels", SNNFE_PLACES_NAMES), SNNFE_ERR_FORMAT,
                 "levels/task-a_eeg.json: \"SamplingFrequency\" is 250");
    tree_put_text("levels", "sub-1/sub-1_task-a_eeg.json", "{\"SamplingFrequency\": 160}");
    tree_put_text("levels", near, "{\"EEGReference\": \"Cz\"}");
    assert_opened("levels", SNNFE_PLACES_NAMES, places, N);
    tree_put_text("levels", near, "{\"SamplingFrequency\": \"fast\"}");
    assert_fails(open_tree(&d, "levels", SNNFE_PLACES_NAMES), SNNFE_ERR_FORMAT,
                 "sub-1_ses-x_task-a_eeg.json: has no number \"SamplingFrequency\"");
    tree_put_text("levels", near, "{}");
    tree_put_text("levels", "task-a_eeg.json", "{");
    assert_fails(open_tree(&d, "levels", SNNFE_PLACES_NAMES), SNNFE_ERR_FORMAT,
                 "levels/task-a_eeg.json: line 1");
    tree_put_text("levels", "task-a_eeg.json", "{}");
    /* Two channels by the root's table, one by the subject's, three by the session's. */
    tree_put_text("levels", "channels.tsv", "name\ttype\tunits\nC3\tEEG\tuV\nCz\tEEG\tuV\n");
    assert_opened("levels", SNNFE_PLACES_NAMES, places, 2);
    tree_put_text("levels", "sub-1/sub-1_channels.tsv", "name\ttype\tunits\nC3\tEEG\tuV\n");
    assert_opened("levels", SNNFE_PLACES_NAMES, places, 1);
    tree_put_text("levels", "sub-1/ses-x/eeg/sub-1_ses-x_channels.tsv",
                  "name\ttype\tunits\nC3\tEEG\tuV\nCz\tEEG\tuV\nC4\tEEG\tuV\n");
    assert_opened("levels", SNNFE_PLACES_NAMES, places, 3);
    /* Of two in a folder the more precise one holds; if neither is, that is an error. */
    tree_put_text("levels", "sub-1/ses-x/eeg/sub-1_ses-x_task-a_channels.tsv",
                  "name\ttype\tunits\nC3\tEEG\tuV\nCz\tEEG\tuV\n");
    assert_opened("levels", SNNFE_PLACES_NAMES, places, 2);
    tree_put_text("levels", "sub-1/ses-x/eeg/sub-1_task-a_ses-x_channels.tsv",
                  "name\ttype\tunits\nC3\tEEG\tuV\nCz\tEEG\tuV\n");
    assert_fails(open_tree(&d, "levels", SNNFE_PLACES_NAMES), SNNFE_ERR_FORMAT,
                 "sub-1_task-a_ses-x_channels.tsv are both of the same recordings");
}
END_TEST

/* --- the sphere ----------------------------------------------------------------------------- */

static bool fits(snnfe_sphere *sphere, const double (*points)[3], size_t n, bool *left_out)
{
    bool found = false;
    assert_ok(snnfe_sphere_fit(sphere, points, n, left_out, &found));
    return found;
}

START_TEST(spheres_are_found_without_those_that_are_off)
{
    static const double odd[][3] = {{0, 0, 0}, {3, -2, 40}, {1e5, 0, 0}, {1e300, 1e308, -1e308}};
    double points[20][3];
    const double(*all)[3] = (const double(*)[3])points;
    bool left_out[20];
    snnfe_sphere sphere;
    for (size_t i = 0; i < 20; i++) {
        const double z = 1 - 1.1 * ((double)i + 0.5) / 20, around = 2.399963 * (double)i;
        points[i][0] = 3 + 90 * sqrt(1 - z * z) * cos(around);
        points[i][1] = -2 + 90 * sqrt(1 - z * z) * sin(around);
        points[i][2] = 40 + 90 * z;
    }
    ck_assert(fits(&sphere, all, 20, left_out));
    ck_assert_double_eq_tol(sphere.radius, 90, 1e-9);
    ck_assert_double_eq_tol(sphere.center[2], 40, 1e-9);
    for (size_t k = 0; k < sizeof odd / sizeof odd[0]; k++) {
        memcpy(points[7], odd[k], sizeof odd[k]);
        ck_assert(fits(&sphere, all, 20, left_out));
        for (size_t i = 0; i < 20; i++)
            ck_assert(left_out[i] == (i == 7));
        ck_assert_double_eq_tol(sphere.radius, 90, 1e-9);
        ck_assert_double_eq_tol(sphere.center[0], 3, 1e-9);
    }
    ck_assert(!fits(&sphere, all, 3, left_out));
    for (size_t i = 0; i < 20; i++)
        points[i][2] = 5;
    ck_assert(!fits(&sphere, all, 20, left_out));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("electrodes");
    TCase *all = tcase_create("all");
    suite_add_tcase(suite, all);
    tcase_add_test(all, coordinates_place_what_names_do_not);
    tcase_add_test(all, names_are_compared_with_coordinates);
    tcase_add_test(all, two_electrodes_at_a_place_are_named);
    tcase_add_test(all, wrong_tables_of_electrodes_are_named);
    tcase_add_test(all, wrong_frames_are_named);
    tcase_add_test(all, one_of_several_spaces_is_read);
    tcase_add_test(all, units_are_compared_with_the_sphere);
    tcase_add_test(all, rows_without_a_place_are_counted);
    tcase_add_test(all, tables_that_say_nothing);
    tcase_add_test(all, other_subjects_tables_are_checked_quietly);
    tcase_add_test(all, sidecars_are_inherited_key_by_key);
    tcase_add_test(all, spheres_are_found_without_those_that_are_off);
    return support_run(suite);
}
