/* Recordings that depart from EDF+ without harm: read with a word in the log, refused when they are
   to be taken strictly. */
#include "edf_file.h"
#include "recordings.h"

#include <math.h>

#define N_SIGNALS 65

static const char *const usual_names[] = {"C3", "C4"};

/* Opens it, and refuses it strictly with the same words. */
static snnfe_recording *read_with_note(const char *path, const char *note)
{
    snnfe_recording *r = NULL;
    snnfe_recording_options o = recording_options(usual_names, 2);
    recording_notes[0] = '\0';
    assert_ok(snnfe_recording_open(&r, path, &o));
    ck_assert_msg(strstr(recording_notes, note) != NULL, "\"%s\" not in \"%s\"", note,
                  recording_notes);
    ck_assert_ptr_nonnull(strstr(recording_notes, path));
    o.strict = 1;
    snnfe_recording *none = NULL;
    assert_fails(snnfe_recording_open(&none, path, &o), SNNFE_ERR_FORMAT, note);
    ck_assert_ptr_null(none);
    return r;
}

static size_t n_samples_of(snnfe_recording *r)
{
    const size_t n = recording_info(r).n_samples;
    snnfe_recording_free(r);
    return n;
}

START_TEST(usual_recording_is_strict)
{
    snnfe_recording_options o = recording_options(usual_names, 2);
    o.strict = 1;
    snnfe_recording *r = NULL;
    recording_notes[0] = '\0';
    assert_ok(snnfe_recording_open(&r, edf_write(&edf_usual, "usual.edf"), &o));
    ck_assert_str_eq(recording_notes, "");
    ck_assert_uint_eq(n_samples_of(r), 1920);
    /* As in every file of EEGMMIDB. */
    assert_ok(snnfe_recording_open(
        &r, edf_patched(edf_field(N_SIGNALS, 136, 80, 64), 80, "HP:0Hz LP:0Hz N:0Hz"), &o));
    ck_assert_str_eq(recording_notes, "");
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
        {168, 8, "00.12.24", "start date is \"00.12.24\""},
        {168, 8, "01.00.24", "start date is \"01.00.24\""},
        {168, 8, "01.13.24", "start date is \"01.13.24\""},
        {168, 8, "0/.12.24", "start date is \"0/.12.24\""},
        {168, 8, "0:.12.24", "start date is \"0:.12.24\""},
        {168, 8, "30.02.24", "start date is \"30.02.24\""},
        {176, 8, "23.60.00", "start time is \"23.60.00\""},
        {176, 8, "23.00.60", "start time is \"23.00.60\""},
        {176, 8, "", "start time is \"\", not a time (hh.mm.ss)"},
        {176, 8, "24.00.00", "start time is \"24.00.00\""},
        {8, 80, "", "patient is \"\", not of four parts"},
        {8, 80, "M\xfcller X X X", "patient is \"M\\xfcller X X X\", not ASCII text"},
        {8, 80, "X X X", "patient is \"X X X\", not of four parts"},
        {88, 80, "", "recording is \"\", not \"Startdate\""},
        {88, 80, "startdate 22-MAY-2019 X X X", "recording is \"startdate 22-MAY-2019 X X X\""},
        {88, 80, "Startdate 22-MAY-2019 X X", "not \"Startdate\" and four parts"},
        {88, 80, "Startdate 22-MAY-2019 \x7f X X X", "\\x7f X X X\", not ASCII text"},
        {88, 80, "Startdate 22-MAY-2019", "recording is \"Startdate 22-MAY-2019\""},
        {256 + 96 * N_SIGNALS, 8, "\xb5V",
         "labels, units or other texts of signals that are not ASCII: 1"},
        {256 + 96 * N_SIGNALS + 8 * 8, 8, "\xc2\xb5V", "that are not ASCII: "},
        {256, 16,
         "Temp \xb0"
         "C",
         "that are not ASCII: "},
        {256 + 104 * N_SIGNALS, 8, "low",
         "physical minimum of signal 1 is \"low\", not a number (\"Fc5.\"); it is not asked for"},
        {256 + 128 * N_SIGNALS, 8, "-20000", "digital maximum of signal 1 is -20000, below"},
        {256 + 120 * N_SIGNALS, 8, "1.5", "digital minimum of signal 1 is 1.5, not a whole"},
        {256 + 120 * N_SIGNALS, 8, "-1.5", "digital minimum of signal 1 is -1.5, not a whole"},
        {256 + 120 * N_SIGNALS, 8, "-32769", "digital minimum of signal 1 is -32769, not in"},
        {256 + 128 * N_SIGNALS, 8, "32768", "digital maximum of signal 1 is 32768, not in"},
        {256 + 104 * N_SIGNALS, 8, "-1.1e9", "physical minimum of signal 1 is -1.1e9, not in"},
        {256 + 112 * N_SIGNALS, 8, "1.1e9", "physical maximum of signal 1 is 1.1e9, not in"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_uint_eq(
            n_samples_of(read_with_note(edf_patched(cases[i].offset, cases[i].width, cases[i].text),
                                        cases[i].note)),
            1920);
}
END_TEST

/* Dates, times and numbers at the ends of what is allowed. */
START_TEST(fields_at_their_limits)
{
    static const struct {
        size_t offset, width;
        const char *text;
    } cases[] = {
        {168, 8, "01.01.00"},
        {168, 8, "31.12.99"},
        {168, 8, "29.02.23"},
        {168, 8, "30.11.23"},
        {176, 8, "00.00.00"},
        {176, 8, "23.59.59"},
        {8, 80, "  X X  X X~"},
        {88, 80, "Startdate X X X X"},
        {256 + 104 * N_SIGNALS, 8, "-1e9"},
        {256 + 112 * N_SIGNALS, 8, "1e9"},
        {256 + 120 * N_SIGNALS, 8, "-32768"},
        {256 + 128 * N_SIGNALS, 8, "32767"},
    };
    snnfe_recording_options o = recording_options(usual_names, 2);
    o.strict = 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_recording *r = NULL;
        recording_notes[0] = '\0';
        assert_ok(snnfe_recording_open(
            &r, edf_patched(cases[i].offset, cases[i].width, cases[i].text), &o));
        ck_assert_str_eq(recording_notes, "");
        snnfe_recording_free(r);
    }
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
        const snnfe_recording_options o = recording_options(usual_names, 2);
        assert_fails(snnfe_recording_open(&r, edf_patched(cases[i].offset, 8, cases[i].text), &o),
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
    ck_assert_uint_eq(
        n_samples_of(read_with_note(path, "bytes behind the last record that are not read: 777")),
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
    ck_assert_uint_eq(n_samples_of(read_with_note(path, "record 12 has 20879 of its 20880")), 1760);
    memcpy(content + 236, "-1      ", 8);
    support_write(path, content, 256 * (N_SIGNALS + 1) + 100);
    snnfe_recording *r = NULL;
    const snnfe_recording_options o = recording_options(usual_names, 2);
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
    const snnfe_recording_options o = recording_options(usual_names, 2);
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
        const snnfe_recording_options o = recording_options(usual_names, 2);
        assert_fails(snnfe_recording_open(&r, edf_write(&spec, "gaps.edf"), &o),
                     SNNFE_ERR_UNSUPPORTED,
                     "gaps.edf: is discontinuous: record 6 begins at 8 s, not at 5 s");
    }
}
END_TEST

/* Half a sample of a record's duration is rounding, more is a gap. */
static double nearly(size_t record)
{
    return (double)record + (record == 5 ? 0.49 / 160 : 0);
}

static double not_nearly(size_t record)
{
    return (double)record - (record == 5 ? 0.51 / 160 : 0);
}

START_TEST(records_may_begin_half_a_sample_off)
{
    edf_spec spec = edf_usual;
    snnfe_recording *r = NULL;
    snnfe_recording_options o = recording_options(usual_names, 2);
    o.strict = 1;
    spec.begin_s = nearly;
    assert_ok(snnfe_recording_open(&r, edf_write(&spec, "nearly.edf"), &o));
    snnfe_recording_free(r);
    spec.begin_s = not_nearly;
    assert_fails(snnfe_recording_open(&r, edf_write(&spec, "gap.edf"), &o), SNNFE_ERR_UNSUPPORTED,
                 "record 6 begins at 4.99681 s, not at 5 s");
}
END_TEST

START_TEST(kinds_of_edf_plus)
{
    static const char *const kinds[] = {"EDF+", "EDF+E", "EDF+ C"};
    snnfe_recording *r = NULL;
    const snnfe_recording_options o = recording_options(usual_names, 2);
    for (size_t i = 0; i < 3; i++) {
        char message[80];
        snprintf(message, sizeof message, "reserved field is \"%s\", not EDF+C or EDF+D", kinds[i]);
        assert_fails(snnfe_recording_open(&r, edf_patched(192, 44, kinds[i]), &o), SNNFE_ERR_FORMAT,
                     message);
    }
    edf_spec spec = edf_usual;
    spec.kind = ""; /* no annotation signal */
    size_t size = 0;
    uint8_t *content = edf_make(&spec, &size);
    edf_put(content, 192, 44, "EDF+C");
    const char *path = support_path("none.edf");
    support_write(path, content, size);
    free(content);
    ck_assert_uint_eq(n_samples_of(read_with_note(path, "12 of 12 records do not tell")), 1920);
}
END_TEST

static double late(size_t record)
{
    return 7.25 + (double)record;
}

/* EDFlib refuses EDF+ whose first record begins a second or more after the start time. */
START_TEST(first_record_begins_late)
{
    edf_spec spec = edf_usual;
    spec.begin_s = late;
    spec.n_annotations = 0;
    snnfe_recording *r = NULL;
    const snnfe_recording_options o = recording_options(usual_names, 2);
    recording_notes[0] = '\0';
    assert_ok(snnfe_recording_open(&r, edf_write(&spec, "late.edf"), &o));
    ck_assert_str_eq(recording_notes, "");
    ck_assert_uint_eq(n_samples_of(r), 1920);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edf_variants");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, usual_recording_is_strict);
    tcase_add_test(all, fields_that_nothing_depends_on);
    tcase_add_test(all, fields_at_their_limits);
    tcase_add_test(all, faults_that_matter_are_errors);
    tcase_add_test(all, records_are_counted_by_size);
    tcase_add_test(all, discontinuous_only_by_name);
    tcase_add_test(all, gaps_are_refused);
    tcase_add_test(all, records_may_begin_half_a_sample_off);
    tcase_add_test(all, kinds_of_edf_plus);
    tcase_add_test(all, first_record_begins_late);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
