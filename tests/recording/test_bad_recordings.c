/* Damaged, foreign and incomplete recordings: each is refused with a message that names the file,
   the field and the value. */
#include "base/file.h"
#include "edf_file.h"
#include "support.h"

#include <snnfe/dataset.h>

#define N_SIGNALS 65

static snnfe_status open_path(const char *path, const snnfe_dataset_options *options)
{
    const int32_t subject = 1, run = 4;
    snnfe_dataset *dataset = NULL;
    const snnfe_status status =
        snnfe_dataset_open_files(&dataset, &path, &subject, &run, 1, options);
    ck_assert((dataset != NULL) == (status == SNNFE_OK));
    snnfe_dataset_free(dataset);
    return status;
}

START_TEST(usual_recording_opens)
{
    assert_ok(open_path(edf_write(&edf_usual, "usual.edf"), NULL));
}
END_TEST

START_TEST(header_fields_are_checked)
{
    static const struct {
        size_t offset, width;
        const char *text, *message;
    } cases[] = {
        {0, 8, "1", "is no EDF or BDF file"},
        {0, 8,
         "\xff"
         "BIOSEMI",
         "is truncated"}, /* samples of BDF are longer */
        {184, 8, "256", "header size is 256, not 16896"},
        {184, 8, "", "header size is \"\", not a number"},
        {236, 8, "-2", "number of records is -2"},
        {236, 8, "0", "number of records is 0"},
        {236, 8, "13", "is truncated"},
        {236, 8, "99999999", "number of records is 99999999"},
        {244, 8, "0", "duration of a record is 0"},
        {244, 8, "x", "duration of a record is \"x\""},
        {252, 4, "0", "number of signals is 0"},
        {252, 4, "9999", "number of signals is 9999"},
        {252, 4, "6", "header size is 16896, not 1792"},
        {256 + 104 * N_SIGNALS, 8, "low", "physical minimum of signal 1 is \"low\""},
        {256 + 104 * N_SIGNALS, 8, "nan", "physical minimum of signal 1 is \"nan\""},
        {256 + 120 * N_SIGNALS + 8, 8, "-40000", "digital minimum of signal 2 is -40000"},
        {256 + 120 * N_SIGNALS + 8, 8, "20000", "digital maximum of signal 2 is 10000, below"},
        {256 + 216 * N_SIGNALS + 16, 8, "0", "samples in a record of signal 3 is 0"},
        {256 + 216 * N_SIGNALS + 16, 8, "1.5", "samples in a record of signal 3 is 1.5"},
        {256 + 216 * N_SIGNALS + 16, 8, "5000001", "samples in a record of signal 3 is 5000001"},
        {256 + 16, 16, "C3\x7f", "label of signal 2 is \"C3\\x7f\", with a control character"},
        {256 + 16, 16, "C3\x07", "label of signal 2 is \"C3\\x07\", with a control character"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = edf_patched(cases[i].offset, cases[i].width, cases[i].text);
        assert_fails(open_path(path, NULL), SNNFE_ERR_FORMAT, cases[i].message);
        ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "patched.edf"));
    }
}
END_TEST

START_TEST(every_truncation_is_refused)
{
    size_t size = 0;
    uint8_t *content = edf_make(&edf_usual, &size);
    const char *path = support_path("short.edf");
    const size_t record = (size - 256 * (N_SIGNALS + 1)) / 12, last = size - record;
    for (size_t n = 0; n < last; n += n < 20000 ? 251 : 9973) {
        support_write(path, content, n);
        assert_fails(open_path(path, NULL), SNNFE_ERR_FORMAT, "short.edf");
    }
    support_write(path, content, last);
    assert_fails(open_path(path, NULL), SNNFE_ERR_FORMAT, "is truncated");
    snnfe_dataset_options strict;
    assert_ok(snnfe_dataset_options_init(&strict, sizeof strict));
    strict.strict = 1;
    for (size_t n = last + 1; n < size; n += 4999) {
        support_write(path, content, n);
        assert_fails(open_path(path, &strict), SNNFE_ERR_FORMAT, "is left out");
        assert_ok(open_path(path, NULL));
    }
    free(content);
}
END_TEST

START_TEST(foreign_files_are_refused)
{
    const char *path = support_path("foreign.edf");
    char text[600] = "subject,run,label\n1,4,left\n";
    support_write(path, text, sizeof text);
    assert_fails(open_path(path, NULL), SNNFE_ERR_FORMAT, "foreign.edf: is no EDF or BDF file");
    support_write(path, "", 0);
    assert_fails(open_path(path, NULL), SNNFE_ERR_FORMAT, "foreign.edf: is no EDF or BDF file");
    assert_fails(open_path(support_folder(), NULL), SNNFE_ERR_IO, support_folder());
    assert_fails(open_path(support_path("none.edf"), NULL), SNNFE_ERR_NOT_FOUND, "none.edf");
}
END_TEST

/* One wrong byte anywhere in the header or the annotations must not crash, whatever comes of it. */
START_TEST(any_damaged_byte_is_survived)
{
    size_t size = 0;
    uint8_t *content = edf_make(&edf_usual, &size);
    const char *path = support_path("damaged.edf");
    uint64_t state = support_seed();
    for (int i = 0; i < 300; i++) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        const size_t at = (size_t)(state >> 33) % (256 * (N_SIGNALS + 1) + 400);
        const uint8_t before = content[at];
        content[at] = (uint8_t)(state >> 20);
        support_write(path, content, size);
        (void)open_path(path, NULL);
        content[at] = before;
    }
    free(content);
}
END_TEST

START_TEST(wrong_sampling_rate_is_named)
{
    edf_spec spec = edf_usual;
    spec.rate_hz = 128;
    assert_fails(open_path(edf_write(&spec, "rate.edf"), NULL), SNNFE_ERR_FORMAT,
                 "sampling rate of channel \"Fc5.");
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "is 128 Hz, not 160 Hz"));
}
END_TEST

START_TEST(missing_channel_is_named)
{
    edf_spec spec = edf_usual;
    spec.n_channels = 40;
    assert_fails(open_path(edf_write(&spec, "channel.edf"), NULL), SNNFE_ERR_NOT_FOUND,
                 "channel.edf: channel \"T7\" is missing");
}
END_TEST

START_TEST(missing_annotations_are_named)
{
    edf_spec spec = edf_usual;
    spec.n_annotations = 0;
    assert_fails(open_path(edf_write(&spec, "silent.edf"), NULL), SNNFE_ERR_NOT_FOUND,
                 "silent.edf: has no annotation");
    spec.kind = "";
    assert_fails(open_path(edf_write(&spec, "plain.edf"), NULL), SNNFE_ERR_NOT_FOUND,
                 "plain.edf: has no annotation");
}
END_TEST

START_TEST(subject_without_trials_is_named)
{
    static const edf_annotation only_rest[] = {{0, "T0"}, {5, "T0"}};
    edf_spec spec = edf_usual;
    spec.annotations = only_rest;
    spec.n_annotations = 2;
    assert_fails(open_path(edf_write(&spec, "rest.edf"), NULL), SNNFE_ERR_NOT_FOUND,
                 "subject 1 has no trial");
}
END_TEST

START_TEST(unit_that_is_no_voltage_is_named)
{
    edf_spec spec = edf_usual;
    spec.dimension = "degC";
    assert_fails(open_path(edf_write(&spec, "unit.edf"), NULL), SNNFE_ERR_FORMAT,
                 "unit of channel \"Fc5.");
}
END_TEST

static int16_t flat_third(size_t channel, size_t t)
{
    return channel == 2 ? 5 : edf_usual.sample(channel, t);
}

START_TEST(constant_channel_is_named)
{
    edf_spec spec = edf_usual;
    spec.sample = flat_third;
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.filter_low_hz = o.filter_high_hz = 0;
    const char *path = edf_write(&spec, "flat.edf");
    assert_fails(open_path(path, &o), SNNFE_ERR_ARGUMENT, "\"FC1\"");
    o.normalization = SNNFE_NORMALIZE_NONE;
    assert_ok(open_path(path, &o));
}
END_TEST

START_TEST(folders_without_recordings_are_named)
{
    snnfe_dataset *dataset = NULL;
    const char *empty = support_path("empty");
    assert_ok(snnfe_folder_create(empty));
    assert_fails(snnfe_dataset_open(&dataset, empty, NULL), SNNFE_ERR_NOT_FOUND,
                 "empty: has no folder of a subject");
    assert_fails(snnfe_dataset_open(&dataset, support_path("nowhere"), NULL), SNNFE_ERR_NOT_FOUND,
                 "nowhere: cannot open folder");
    assert_ok(snnfe_folder_create(support_path("tree/S001")));
    assert_fails(snnfe_dataset_open(&dataset, support_path("tree"), NULL), SNNFE_ERR_NOT_FOUND,
                 "S001R04.edf: no such recording");
    ck_assert_ptr_null(dataset);
    /* A name that looks like a subject's, but is a file. */
    support_write(support_path("empty/S002"), "", 0);
    assert_fails(snnfe_dataset_open(&dataset, empty, NULL), SNNFE_ERR_NOT_FOUND, "S002R04.edf");
}
END_TEST

START_TEST(names_need_not_be_ascii)
{
    assert_ok(snnfe_folder_create(support_path("Müller-脳/S001")));
    char name[64];
    for (int run = 4; run <= 12; run += 4) {
        snprintf(name, sizeof name, "Müller-脳/S001/S001R%02d.edf", run);
        edf_write(&edf_usual, name);
    }
    snnfe_dataset *dataset = NULL;
    assert_ok(snnfe_dataset_open(&dataset, support_path("Müller-脳"), NULL));
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    ck_assert_uint_eq(info.n_trials, 6);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bad_recordings");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, usual_recording_opens);
    tcase_add_test(all, header_fields_are_checked);
    tcase_add_test(all, every_truncation_is_refused);
    tcase_add_test(all, foreign_files_are_refused);
    tcase_add_test(all, any_damaged_byte_is_survived);
    tcase_add_test(all, wrong_sampling_rate_is_named);
    tcase_add_test(all, missing_channel_is_named);
    tcase_add_test(all, missing_annotations_are_named);
    tcase_add_test(all, subject_without_trials_is_named);
    tcase_add_test(all, unit_that_is_no_voltage_is_named);
    tcase_add_test(all, constant_channel_is_named);
    tcase_add_test(all, folders_without_recordings_are_named);
    tcase_add_test(all, names_need_not_be_ascii);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
