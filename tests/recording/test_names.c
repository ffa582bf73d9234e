/* Names of channels and of files in BIDS trees: what is one, what is not, and how long they may be.
 */
#include "base/format.h"
#include "recording/bids_name.h"
#include "recording/eegmmidb.h"
#include "recording/electrodes.h"
#include "support.h"

/* --- electrodes ------------------------------------------------------------------------------ */

/* The right half of the 10-05 system as it is published: its rows from front to back, each from the
   midline outwards. */
enum { ROWS = 19, MOST = 6 };
static const char *const published[ROWS][MOST] = {
    {"Fpz", "Fp2"},
    {"AFpz", "AFp2", "AFp4", "AFp6", "AFp8", "AFp10"},
    {"AFz", "AF2", "AF4", "AF6", "AF8", "AF10"},
    {"AFFz", "AFF2", "AFF4", "AFF6", "AFF8", "AFF10"},
    {"Fz", "F2", "F4", "F6", "F8", "F10"},
    {"FFCz", "FFC2", "FFC4", "FFC6", "FFT8", "FFT10"},
    {"FCz", "FC2", "FC4", "FC6", "FT8", "FT10"},
    {"FCCz", "FCC2", "FCC4", "FCC6", "FTT8", "FTT10"},
    {"Cz", "C2", "C4", "C6", "T8", "T10"},
    {"CCPz", "CCP2", "CCP4", "CCP6", "TTP8", "TTP10"},
    {"CPz", "CP2", "CP4", "CP6", "TP8", "TP10"},
    {"CPPz", "CPP2", "CPP4", "CPP6", "TPP8", "TPP10"},
    {"Pz", "P2", "P4", "P6", "P8", "P10"},
    {"PPOz", "PPO2", "PPO4", "PPO6", "PPO8", "PPO10"},
    {"POz", "PO2", "PO4", "PO6", "PO8", "PO10"},
    {"POOz", "POO2", "POO4", "POO6", "POO8", "POO10"},
    {"Oz", "O2"},
    {"OIz", "OI2"},
    {"Iz", "I2"},
};

static snnfe_electrode place_of(const char *label)
{
    snnfe_electrode at = {-1, 99};
    ck_assert_msg(snnfe_electrode_find(label, &at), "%s", label);
    return at;
}

/* The electrode to the left of one with an even number, and the one half a step nearer to the
   midline than either. */
static void check_neighbors(const char *right)
{
    char left[16], half[16];
    const size_t n = strcspn(right, "123456789");
    const int number = atoi(right + n);
    const snnfe_electrode at = place_of(right);
    snprintf(left, sizeof left, "%.*s%d", (int)n, right, number - 1);
    ck_assert_int_eq(place_of(left).row, at.row);
    ck_assert_int_eq(place_of(left).column, -at.column);
    for (int side = 0; side < 2; side++) {
        snprintf(half, sizeof half, "%.*s%dh", (int)n, right, number - side);
        ck_assert_int_eq(place_of(half).row, at.row);
        ck_assert_int_eq(2 * place_of(half).column,
                         (side ? -1 : 1) * at.column / (number / 2) * (number - 1));
    }
}

START_TEST(electrodes_of_a_row_lie_side_by_side)
{
    for (int32_t row = 0; row < ROWS; row++) {
        const snnfe_electrode middle = place_of(published[row][0]);
        ck_assert_int_eq(middle.row, row);
        ck_assert_int_eq(middle.column, 0);
        const int32_t step = place_of(published[row][1]).column;
        ck_assert_int_gt(step, 0);
        for (int32_t i = 1; i < MOST && published[row][i]; i++) {
            ck_assert_int_eq(place_of(published[row][i]).row, row);
            ck_assert_int_eq(place_of(published[row][i]).column, i * step);
            check_neighbors(published[row][i]);
        }
    }
}
END_TEST

/* Those of the ring around the head say how long a row is: eight eighths are from C1 to C3. */
START_TEST(electrodes_of_the_ring_have_their_places)
{
    static const struct {
        const char *label;
        int32_t column;
    } ring[] = {{"Fp1", -8},   {"AFp7", -16}, {"AF7", -16},  {"AFF7", -24}, {"F7", -32},
                {"FFT7", -32}, {"FT7", -32},  {"FTT7", -32}, {"T7", -32},   {"TTP7", -32},
                {"TP7", -32},  {"TPP7", -32}, {"P7", -32},   {"PPO7", -24}, {"PO7", -16},
                {"POO7", -16}, {"O1", -8},    {"OI1", -8},   {"I1", -8}};
    for (size_t i = 0; i < sizeof ring / sizeof ring[0]; i++)
        ck_assert_msg(place_of(ring[i].label).column == ring[i].column, "%s", ring[i].label);
}
END_TEST

/* Whether the right half has these letters with the even number that is this or one more. */
static bool is_published(const char *letters, int number)
{
    char right[16];
    snprintf(right, sizeof right, "%s%d", letters, number + number % 2);
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = 1; i < MOST && published[row][i]; i++)
            if (strcmp(published[row][i], right) == 0)
                return true;
    return false;
}

/* T3…T6 are the old names of T7, T8, P7 and P8. */
static bool is_old_name(const char *letters, int number)
{
    return strcmp(letters, "T") == 0 && number >= 3 && number <= 6;
}

START_TEST(there_are_no_other_electrodes)
{
    for (size_t row = 0; row < ROWS; row++)
        for (size_t i = 0; i < MOST && published[row][i]; i++)
            for (int number = 0; number <= 12; number++)
                for (int half = 0; half < 2; half++) {
                    char letters[8], label[16];
                    snnfe_electrode at;
                    const size_t n = strcspn(published[row][i], "z0123456789");
                    snprintf(letters, sizeof letters, "%.*s", (int)n, published[row][i]);
                    snprintf(label, sizeof label, "%s%d%s", letters, number, half ? "h" : "");
                    if (!is_old_name(letters, number))
                        ck_assert_msg(snnfe_electrode_find(label, &at) ==
                                          is_published(letters, number),
                                      "%s", label);
                }
    static const char *const lateral[] = {"FFTz", "FTz", "FTTz", "Tz", "TTPz", "TPz", "TPPz"};
    for (size_t i = 0; i < sizeof lateral / sizeof lateral[0]; i++) {
        snnfe_electrode at;
        ck_assert_msg(!snnfe_electrode_find(lateral[i], &at), "%s", lateral[i]);
    }
}
END_TEST

START_TEST(labels_become_electrodes)
{
    static const char *const names[][2] = {
        {"EEG C3-Ref", "C3"}, {"eeg:c3", "C3"},       {"EEG_C3", "C3"}, {"EEG", "EEG"},
        {"EEG-", "EEG-"},     {"-REF", "-REF"},       {"_REF", "_REF"}, {"C3-C4", "C3-C4"},
        {"C3_LE", "C3"},      {"C3-LE_X", "C3-LE_X"}, {"T3", "T7"},     {"T4-AR", "T8"},
        {"T5", "P7"},         {"T6", "P8"},           {"T33", "T33"},   {"EOG", "EOG"},
    };
    static const char *const none[] = {"",    "C",    "C03", "C1000", "C1000000000000",
                                       "C3:", "C3HH", "C/",  "Cz1",   "ZZ",
                                       "3",   "h",    "FCh", "EEG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char name[SNNFE_NAME_SIZE];
        snnfe_electrode_name(names[i][0], name);
        ck_assert_str_eq(name, names[i][1]);
    }
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        snnfe_electrode at;
        ck_assert_msg(!snnfe_electrode_find(none[i], &at), "%s", none[i]);
    }
}
END_TEST

/* Every reference that names carry is taken off, and nothing like them. */
START_TEST(references_are_cut)
{
    static const char *const references[] = {"REF", "LE", "LER", "AVG",  "AV",   "AR",
                                             "CAR", "A1", "A2",  "M1",   "M2",   "A1A2",
                                             "A12", "LM", "RM",  "M1M2", "A1+A2"};
    static const char *const others[] = {"A", "A3", "REFS", "L", "M3", "1"};
    char label[32], name[SNNFE_NAME_SIZE];
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        snprintf(label, sizeof label, "Cz-%s", references[i]);
        snnfe_electrode_name(label, name);
        ck_assert_str_eq(name, "CZ");
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        snprintf(label, sizeof label, "CZ-%s", others[i]);
        snnfe_electrode_name(label, name);
        ck_assert_str_eq(name, label);
    }
}
END_TEST

/* EEGMMIDB's 64 channels on the grid of the paper, from above. */
START_TEST(the_grid_has_its_channels)
{
    static const char *const grid[10][11] = {
        {"", "", "", "", "Fp1", "Fpz", "Fp2", "", "", "", ""},
        {"", "", "", "Af7", "Af3", "Afz", "Af4", "Af8", "", "", ""},
        {"", "F7", "F5", "F3", "F1", "Fz", "F2", "F4", "F6", "F8", ""},
        {"", "Ft7", "Fc5", "Fc3", "Fc1", "Fcz", "Fc2", "Fc4", "Fc6", "Ft8", ""},
        {"T9", "T7", "C5", "C3", "C1", "Cz", "C2", "C4", "C6", "T8", "T10"},
        {"", "Tp7", "Cp5", "Cp3", "Cp1", "Cpz", "Cp2", "Cp4", "Cp6", "Tp8", ""},
        {"", "P7", "P5", "P3", "P1", "Pz", "P2", "P4", "P6", "P8", ""},
        {"", "", "", "Po7", "Po3", "Poz", "Po4", "Po8", "", "", ""},
        {"", "", "", "", "O1", "Oz", "O2", "", "", "", ""},
        {"", "", "", "", "", "Iz", "", "", "", "", ""},
    };
    int32_t rows_of[SNNFE_MAX_CHANNELS], columns_of[SNNFE_MAX_CHANNELS];
    snnfe_eegmmidb_places(rows_of, columns_of);
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++) {
        ck_assert(rows_of[c] >= 0 && rows_of[c] < 10 && columns_of[c] >= 0 && columns_of[c] < 11);
        const char *label = snnfe_eegmmidb_label(c), *there = grid[rows_of[c]][columns_of[c]];
        ck_assert_msg(there[0] != '\0' && snnfe_same_label(label, there), "%s at %s", label, there);
        ck_assert_uint_eq(strlen(label), 4); /* as in the files, filled up with dots */
    }
}
END_TEST

/* --- channels -------------------------------------------------------------------------------- */

START_TEST(labels_become_plain_names)
{
    char name[SNNFE_NAME_SIZE], label[80];
    snnfe_channel_name_plain(" a.z`{ AZ@[.", name);
    ck_assert_str_eq(name, "A.Z`{AZ@["); /* dots within a label count */
    memset(label, 'x', sizeof label);
    label[SNNFE_NAME_SIZE - 1] = '\0';
    snnfe_channel_name_plain(label, name);
    ck_assert_uint_eq(strlen(name), SNNFE_NAME_SIZE - 1);
    label[SNNFE_NAME_SIZE - 1] = 'x';
    label[SNNFE_NAME_SIZE] = '\0';
    snnfe_channel_name_plain(label, name);
    ck_assert_uint_eq(strlen(name), SNNFE_NAME_SIZE - 1);
    /* A character that does not fit in whole is left out, one that does stays. */
    memcpy(label + SNNFE_NAME_SIZE - 2, "\xc3\xa9", 3);
    snnfe_channel_name_plain(label, name);
    ck_assert_uint_eq(strlen(name), SNNFE_NAME_SIZE - 2);
    memcpy(label + SNNFE_NAME_SIZE - 3, "\xc3\xa9", 3);
    snnfe_channel_name_plain(label, name);
    ck_assert_uint_eq(strlen(name), SNNFE_NAME_SIZE - 1);
    ck_assert_str_eq(name + SNNFE_NAME_SIZE - 3, "\xc3\xa9");
    /* Of what is no text at all nothing stays. */
    memset(label, 0xff, sizeof label);
    snnfe_channel_name_plain(label, name);
    ck_assert_str_eq(name, "");
}
END_TEST

static const char *label_of(const void *context, size_t index)
{
    return ((const char *const *)context)[index];
}

START_TEST(channels_are_found)
{
    static const char *const labels[] = {"Fp1", NULL, "EEG C3-Ref", "c4..", "T3", "T7"};
    const snnfe_channel_list list = {"list", 6, label_of, labels};
    static const struct {
        const char *wanted;
        size_t index;
    } found[] = {{"FP1", 0}, {"C3", 2},        {"C4", 3}, {"C3#3", 2}, {"#4", 3},
                 {"T3", 4},  {"EEGC3-REF", 2}, {"T7", 5}, {"#6", 5},   {"T7#6", 5}};
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        size_t index = 99;
        assert_ok(snnfe_channel_find(&list, found[i].wanted, &index));
        ck_assert_uint_eq(index, found[i].index);
    }
    size_t index = 0;
    assert_fails(snnfe_channel_find(&list, "#2", &index), SNNFE_ERR_NOT_FOUND, "2 is no signal");
    assert_fails(snnfe_channel_find(&list, "#7", &index), SNNFE_ERR_NOT_FOUND, "7 is no signal");
    assert_fails(snnfe_channel_find(&list, "C4#3", &index), SNNFE_ERR_NOT_FOUND,
                 "signal 3 is \"EEG C3-Ref\"");
    assert_fails(snnfe_channel_find(&list, "P7", &index), SNNFE_ERR_NOT_FOUND,
                 "channel \"P7\" is missing; there are \"Fp1\", \"EEG C3-Ref\", \"c4..\"");
    assert_fails(
        snnfe_channel_find(&(snnfe_channel_list){"list", 0, label_of, labels}, "C3", &index),
        SNNFE_ERR_NOT_FOUND, "there are none");
    static const char *const doubled[] = {"EEG C3", "C3-Ref"};
    assert_fails(
        snnfe_channel_find(&(snnfe_channel_list){"list", 2, label_of, doubled}, "C3", &index),
        SNNFE_ERR_FORMAT,
        "signal 1 (\"EEG C3\") and signal 2 (\"C3-Ref\"); name it \"C3#1\" or \"C3#2\"");
}
END_TEST

/* --- files of BIDS trees --------------------------------------------------------------------- */

START_TEST(names_of_files_are_taken_apart)
{
    snnfe_bids_name name;
    ck_assert(snnfe_bids_name_parse(&name, "sub-01_ses-a-b_task-x_eeg.tar.gz"));
    ck_assert_int_eq(name.n, 3);
    ck_assert_str_eq(snnfe_bids_label(&name, "sub"), "01");
    ck_assert_str_eq(snnfe_bids_label(&name, "ses"), "a-b");
    ck_assert_str_eq(snnfe_bids_label(&name, "task"), "x");
    ck_assert_ptr_null(snnfe_bids_label(&name, "run"));
    ck_assert_str_eq(name.suffix, "eeg");
    ck_assert_str_eq(name.extension, ".tar.gz");
    static const char *const wrong[] = {
        "",     "eeg",          "_eeg.edf",    "sub-01_eeg",          "sub-01_.edf",
        ".edf", "sub-_eeg.edf", "-01_eeg.edf", "sub-01_task_eeg.edf", "sub_eeg.edf"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        ck_assert_msg(!snnfe_bids_name_parse(&name, wrong[i]), "%s", wrong[i]);
}
END_TEST

/* `n` times `c` between two texts. */
static const char *long_name(const char *before, char c, size_t n, const char *after)
{
    static char text[300];
    memset(text, c, sizeof text);
    memcpy(text, before, strlen(before));
    snprintf(text + strlen(before) + n, sizeof text - strlen(before) - n, "%s", after);
    return text;
}

START_TEST(names_of_files_have_ends)
{
    snnfe_bids_name name;
    static const char *const around[][2] = {
        {"sub-", "_eeg.edf"}, {"", "-01_eeg.edf"}, {"sub-01_", ".edf"}, {"sub-01_eeg.", ""}};
    for (size_t i = 0; i < 4; i++) {
        const size_t most = SNNFE_BIDS_LABEL - 1 - (i == 3); /* an extension has its dot */
        ck_assert(snnfe_bids_name_parse(&name, long_name(around[i][0], 'x', most, around[i][1])));
        ck_assert(
            !snnfe_bids_name_parse(&name, long_name(around[i][0], 'x', most + 1, around[i][1])));
    }
    char text[200] = "";
    for (int i = 0; i < SNNFE_BIDS_ENTITIES; i++)
        strcat(text, "a-1_");
    strcat(text, "eeg.edf");
    ck_assert(snnfe_bids_name_parse(&name, text));
    ck_assert_int_eq(name.n, SNNFE_BIDS_ENTITIES);
    memmove(text + 4, text, strlen(text) + 1);
    ck_assert(!snnfe_bids_name_parse(&name, text));
}
END_TEST

START_TEST(sidecars_apply_to_recordings_that_have_all_of_theirs)
{
    static const struct {
        const char *sidecar;
        bool applies;
    } cases[] = {{"eeg.json", true},
                 {"task-x_eeg.json", true},
                 {"sub-01_task-x_run-1_eeg.json", true},
                 {"sub-02_eeg.json", false},
                 {"sub-01_ses-1_eeg.json", false},
                 {"task-x_run-2_eeg.json", false}};
    snnfe_bids_name recording, sidecar;
    ck_assert(snnfe_bids_name_parse(&recording, "sub-01_task-x_run-1_eeg.edf"));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert(snnfe_bids_name_parse(&sidecar, cases[i].sidecar));
        ck_assert_msg(snnfe_bids_applies(&sidecar, &recording) == cases[i].applies, "%s",
                      cases[i].sidecar);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("names");
    TCase *all = tcase_create("all");
    tcase_add_test(all, electrodes_of_a_row_lie_side_by_side);
    tcase_add_test(all, electrodes_of_the_ring_have_their_places);
    tcase_add_test(all, there_are_no_other_electrodes);
    tcase_add_test(all, labels_become_electrodes);
    tcase_add_test(all, references_are_cut);
    tcase_add_test(all, the_grid_has_its_channels);
    tcase_add_test(all, labels_become_plain_names);
    tcase_add_test(all, channels_are_found);
    tcase_add_test(all, names_of_files_are_taken_apart);
    tcase_add_test(all, names_of_files_have_ends);
    tcase_add_test(all, sidecars_apply_to_recordings_that_have_all_of_theirs);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
