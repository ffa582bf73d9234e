/* Recordings that depart from EDF+ without harm: read with a word in the log, refused when they are
   to be taken strictly. And labels that two signals share. */
#include "edf_file.h"
#include "support.h"

#include <edflib.h>
#include <math.h>
#include <snnfe/recording.h>

#define N_SIGNALS 65

static char log_text[8192];

static void keep(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    if (level == SNNFE_LOG_WARNING && strlen(log_text) + strlen(message) + 2 < sizeof log_text)
        strcat(strcat(log_text, message), "\n");
}

static snnfe_dataset_options options_of(const char *const *names, size_t n)
{
    static const int32_t rows[] = {0, 1};
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.channel_names = names;
    o.channel_rows = o.channel_columns = rows;
    o.n_channels = n;
    o.log = keep;
    return o;
}

static const char *const usual_names[] = {"C3", "C4"};

/* Opens it, and refuses it strictly with the same words. */
static snnfe_recording *read_with_note(const char *path, const char *note)
{
    snnfe_recording *r = NULL;
    snnfe_dataset_options o = options_of(usual_names, 2);
    log_text[0] = '\0';
    assert_ok(snnfe_recording_open(&r, path, &o));
    ck_assert_msg(strstr(log_text, note) != NULL, "\"%s\" not in \"%s\"", note, log_text);
    ck_assert_ptr_nonnull(strstr(log_text, path));
    o.strict = 1;
    snnfe_recording *none = NULL;
    assert_fails(snnfe_recording_open(&none, path, &o), SNNFE_ERR_FORMAT, note);
    ck_assert_ptr_null(none);
    return r;
}

static size_t n_samples_of(snnfe_recording *r)
{
    snnfe_recording_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_recording_get_info(r, &info));
    snnfe_recording_free(r);
    return info.n_samples;
}

static const char *patched(size_t offset, size_t width, const char *text)
{
    size_t size = 0;
    uint8_t *content = edf_make(&edf_usual, &size);
    memset(content + offset, ' ', width);
    memcpy(content + offset, text, strlen(text));
    const char *path = support_path("variant.edf");
    support_write(path, content, size);
    free(content);
    return path;
}

START_TEST(usual_recording_is_strict)
{
    snnfe_dataset_options o = options_of(usual_names, 2);
    o.strict = 1;
    snnfe_recording *r = NULL;
    log_text[0] = '\0';
    assert_ok(snnfe_recording_open(&r, edf_write(&edf_usual, "usual.edf"), &o));
    ck_assert_str_eq(log_text, "");
    ck_assert_uint_eq(n_samples_of(r), 1920);
    /* As in every file of EEGMMIDB. */
    assert_ok(snnfe_recording_open(
        &r, patched(edf_field(N_SIGNALS, 136, 80, 64), 80, "HP:0Hz LP:0Hz N:0Hz"), &o));
    ck_assert_str_eq(log_text, "");
    snnfe_recording_free(r);
}
END_TEST

START_TEST(fields_that_nothing_depends_on)
{
    static const struct {
        size_t offset, width;
        const char *text, *note;
    } cases[] = {
        {168, 8, "", "start date is \"\", not a date (dd.mm.yy)"},
        {168, 8, "31.04.24", "start date is \"31.04.24\""},
        {168, 8, "16/09/24", "start date is \"16/09/24\""},
        {176, 8, "", "start time is \"\", not a time (hh.mm.ss)"},
        {176, 8, "24.00.00", "start time is \"24.00.00\""},
        {8, 80, "", "patient is \"\", not of four parts"},
        {8, 80, "M\xfcller X X X", "patient is \"M\\xfcller X X X\", not ASCII text"},
        {88, 80, "", "recording is \"\", not \"Startdate\""},
        {88, 80, "Startdate 22-MAY-2019", "recording is \"Startdate 22-MAY-2019\""},
        {256 + 96 * N_SIGNALS, 8, "\xb5V", "1 labels, units or other texts of signals are not"},
        {256 + 96 * N_SIGNALS + 8 * 8, 8, "\xc2\xb5V", "are not ASCII"},
        {256, 16,
         "Temp \xb0"
         "C",
         "are not ASCII"},
        {256 + 104 * N_SIGNALS, 8, "low",
         "physical minimum of signal 1 is \"low\", not a number (\"Fc5.\"); it is not asked for"},
        {256 + 128 * N_SIGNALS, 8, "-20000", "digital maximum of signal 1 is -20000, below"},
        {256 + 120 * N_SIGNALS, 8, "1.5", "digital minimum of signal 1 is 1.5, not a whole"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_uint_eq(
            n_samples_of(read_with_note(patched(cases[i].offset, cases[i].width, cases[i].text),
                                        cases[i].note)),
            1920);
}
END_TEST

/* The same faults in a channel that is asked for (signal 9 is C3). */
START_TEST(faults_that_matter_are_errors)
{
    static const struct {
        size_t offset;
        const char *text, *message;
    } cases[] = {
        {256 + 104 * N_SIGNALS + 8 * 8, "low", "physical minimum of signal 9 is \"low\""},
        {256 + 128 * N_SIGNALS + 8 * 8, "-20000", "digital maximum of signal 9 is -20000"},
        {256 + 96 * N_SIGNALS + 8 * 8,
         "\xb0"
         "C",
         "unit of channel \"C3..\" is \"°C\", no voltage"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_recording *r = NULL;
        const snnfe_dataset_options o = options_of(usual_names, 2);
        assert_fails(snnfe_recording_open(&r, patched(cases[i].offset, 8, cases[i].text), &o),
                     SNNFE_ERR_FORMAT, cases[i].message);
    }
}
END_TEST

START_TEST(records_are_counted_by_size)
{
    size_t size = 0;
    uint8_t *content = edf_make(&edf_usual, &size);
    uint8_t *longer = calloc(1, size + 777);
    memcpy(longer, content, size);
    const char *path = support_path("records.edf");
    support_write(path, longer, size + 777);
    ck_assert_uint_eq(n_samples_of(read_with_note(path, "777 bytes behind the last of 12 records")),
                      1920);
    memcpy(content + 236, "-1      ", 8);
    support_write(path, content, size);
    ck_assert_uint_eq(
        n_samples_of(read_with_note(path, "number of records is -1; by its size the file has 12")),
        1920);
    support_write(path, content, size - 1);
    ck_assert_uint_eq(n_samples_of(read_with_note(path, "by its size the file has 11")), 1760);
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "-1"));
    memcpy(content + 236, "12      ", 8);
    support_write(path, content, size - 1);
    ck_assert_uint_eq(n_samples_of(read_with_note(
                          path, "the record behind 11 whole ones has 20879 of its 20880")),
                      1760);
    memcpy(content + 236, "-1      ", 8);
    support_write(path, content, 256 * (N_SIGNALS + 1) + 100);
    snnfe_recording *r = NULL;
    const snnfe_dataset_options o = options_of(usual_names, 2);
    assert_fails(snnfe_recording_open(&r, path, &o), SNNFE_ERR_FORMAT, "is truncated");
    free(longer);
    free(content);
}
END_TEST

/* --- time ------------------------------------------------------------------------------------ */

static double gap(size_t record)
{
    return (double)record + (record >= 5 ? 3 : 0);
}

static double silent(size_t record)
{
    return record == 4 || record == 7 ? (double)NAN : (double)record;
}

START_TEST(discontinuous_only_by_name)
{
    edf_spec spec = edf_usual;
    spec.kind = "EDF+D";
    ck_assert_uint_eq(n_samples_of(read_with_note(edf_write(&spec, "d.edf"),
                                                  "is marked discontinuous (EDF+D), but its")),
                      1920);
    snnfe_recording *r = NULL;
    const snnfe_dataset_options o = options_of(usual_names, 2);
    spec.begin_s = silent;
    assert_fails(snnfe_recording_open(&r, edf_write(&spec, "d.edf"), &o), SNNFE_ERR_UNSUPPORTED,
                 "record 5 does not tell when it begins");
    spec.kind = "EDF+C";
    ck_assert_uint_eq(n_samples_of(read_with_note(edf_write(&spec, "c.edf"),
                                                  "2 of 12 records do not tell when they begin")),
                      1920);
}
END_TEST

/* Whatever the file calls itself. */
START_TEST(gaps_are_refused)
{
    static const char *const kinds[] = {"EDF+D", "EDF+C"};
    for (int i = 0; i < 2; i++) {
        edf_spec spec = edf_usual;
        spec.kind = kinds[i];
        spec.begin_s = gap;
        snnfe_recording *r = NULL;
        const snnfe_dataset_options o = options_of(usual_names, 2);
        assert_fails(snnfe_recording_open(&r, edf_write(&spec, "gaps.edf"), &o),
                     SNNFE_ERR_UNSUPPORTED,
                     "gaps.edf: is discontinuous: record 6 begins at 8 s, not at 5 s");
    }
}
END_TEST

/* --- channels -------------------------------------------------------------------------------- */

static int16_t own_value(size_t channel, size_t t)
{
    (void)t;
    return (int16_t)(100 * channel);
}

/* Without EDF+ a signal of that label is one of data. */
START_TEST(labels_that_two_signals_share)
{
    static const char *const labels[] = {"C3", "EDF Annotations", "c3..", "C4"};
    edf_spec spec = edf_usual;
    spec.kind = "";
    spec.n_channels = 4;
    spec.labels = labels;
    spec.sample = own_value;
    const char *path = edf_write(&spec, "shared.edf");
    snnfe_recording *r = NULL;
    snnfe_dataset_options o = options_of(usual_names, 2);
    assert_fails(snnfe_recording_open(&r, path, &o), SNNFE_ERR_FORMAT,
                 "channel \"C3\" is there twice: signal 1 (\"C3\") and signal 3 (\"c3..\")");
    static const char *const third[] = {"c3#3", "#2"};
    o = options_of(third, 2);
    assert_ok(snnfe_recording_open(&r, path, &o));
    ck_assert_float_eq_tol(snnfe_recording_samples(r)[0], 20, 1e-3F);
    ck_assert_float_eq_tol(snnfe_recording_samples(r)[1920], 10, 1e-3F);
    snnfe_recording_free(r);
    static const char *const wrong[][1] = {{"C3#4"}, {"C3#5"}, {"C3#0"}, {"C3#x"}, {"#"}};
    static const char *const messages[] = {"signal 4 is \"C4\"", "5 is no signal", "0 is no signal",
                                           "\"C3#X\" is missing; there are \"C3\", \"EDF Ann",
                                           "\"#\" is missing"};
    for (size_t i = 0; i < 5; i++) {
        o = options_of(wrong[i], 1);
        assert_fails(snnfe_recording_open(&r, path, &o), SNNFE_ERR_NOT_FOUND, messages[i]);
    }
}
END_TEST

/* --- another reader -------------------------------------------------------------------------- */

static int16_t wild(size_t channel, size_t t)
{
    return (int16_t)(uint16_t)(channel * 7919 + t * 104729);
}

/* EDFlib, too, sets what is beyond the digital range to its end, and reads the same microvolts and
 * events. */
START_TEST(edflib_agrees)
{
    edf_spec spec = edf_usual;
    spec.sample = wild;
    const char *path = edf_write(&spec, "agree.edf");
    static struct edf_hdr_struct header;
    ck_assert_int_eq(edfopen_file_readonly(path, &header, EDFLIB_READ_ALL_ANNOTATIONS), 0);
    snnfe_recording *r = NULL;
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.log = keep;
    log_text[0] = '\0';
    assert_ok(snnfe_recording_open(&r, path, &o));
    ck_assert_ptr_nonnull(strstr(log_text, "samples lie beyond the digital range"));
    double expected[1920];
    for (int c = 0; c < 64; c++) {
        ck_assert_int_eq(edfread_physical_samples(header.handle, c, 1920, expected), 1920);
        for (int i = 0; i < 1920; i++)
            ck_assert_double_eq_tol((double)snnfe_recording_samples(r)[c * 1920 + i], expected[i],
                                    1e-3);
    }
    for (int i = 0; i < 4; i++) {
        struct edf_annotation_struct annotation;
        const char *text = NULL;
        uint64_t onset = 0;
        ck_assert_int_eq(edf_get_annotation(header.handle, i, &annotation), 0);
        assert_ok(snnfe_recording_event(r, (size_t)i, &onset, &text));
        ck_assert_str_eq(text, annotation.annotation);
        ck_assert_uint_eq(onset, (uint64_t)(annotation.onset * 160 / EDFLIB_TIME_DIMENSION));
    }
    snnfe_recording_free(r);
    edfclose_file(header.handle);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edf_variants");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, usual_recording_is_strict);
    tcase_add_test(all, fields_that_nothing_depends_on);
    tcase_add_test(all, faults_that_matter_are_errors);
    tcase_add_test(all, records_are_counted_by_size);
    tcase_add_test(all, discontinuous_only_by_name);
    tcase_add_test(all, gaps_are_refused);
    tcase_add_test(all, labels_that_two_signals_share);
    tcase_add_test(all, edflib_agrees);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
