/* Recordings that depart from EDF+ without harm: read with a word in the log, refused when they are
   to be taken strictly. Labels that two signals share; the samples' values. */
#include "base/format.h"
#include "edf_file.h"
#include "support.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <snnfe/recording.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_SIGNALS 65

static char log_text[8192];

static void keep(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    if (level == SNNFE_LOG_WARNING && strlen(log_text) + strlen(message) + 2 < sizeof log_text)
        strcat(strcat(log_text, message), "\n");
}

static snnfe_recording_options options_of(const char *const *names, size_t n)
{
    snnfe_recording_options o;
    assert_ok(snnfe_recording_options_init(&o, sizeof o));
    o.channel_names = names;
    o.n_channels = n;
    o.log = keep;
    return o;
}

static const char *const usual_names[] = {"C3", "C4"};

/* Opens it, and refuses it strictly with the same words. */
static snnfe_recording *read_with_note(const char *path, const char *note)
{
    snnfe_recording *r = NULL;
    snnfe_recording_options o = options_of(usual_names, 2);
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

static const float *samples_of(const snnfe_recording *recording)
{
    snnfe_recording_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_recording_get_info(recording, &info));
    return info.samples;
}

START_TEST(usual_recording_is_strict)
{
    snnfe_recording_options o = options_of(usual_names, 2);
    o.strict = 1;
    snnfe_recording *r = NULL;
    log_text[0] = '\0';
    assert_ok(snnfe_recording_open(&r, edf_write(&edf_usual, "usual.edf"), &o));
    ck_assert_str_eq(log_text, "");
    ck_assert_uint_eq(n_samples_of(r), 1920);
    /* As in every file of EEGMMIDB. */
    assert_ok(snnfe_recording_open(
        &r, edf_patched(edf_field(N_SIGNALS, 136, 80, 64), 80, "HP:0Hz LP:0Hz N:0Hz"), &o));
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
    snnfe_recording_options o = options_of(usual_names, 2);
    o.strict = 1;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_recording *r = NULL;
        log_text[0] = '\0';
        assert_ok(snnfe_recording_open(
            &r, edf_patched(cases[i].offset, cases[i].width, cases[i].text), &o));
        ck_assert_str_eq(log_text, "");
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
        const snnfe_recording_options o = options_of(usual_names, 2);
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
    const snnfe_recording_options o = options_of(usual_names, 2);
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
    const snnfe_recording_options o = options_of(usual_names, 2);
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
        const snnfe_recording_options o = options_of(usual_names, 2);
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
    snnfe_recording_options o = options_of(usual_names, 2);
    o.strict = 1;
    spec.begin_s = nearly;
    assert_ok(snnfe_recording_open(&r, edf_write(&spec, "nearly.edf"), &o));
    snnfe_recording_free(r);
    spec.begin_s = not_nearly;
    assert_fails(snnfe_recording_open(&r, edf_write(&spec, "gap.edf"), &o), SNNFE_ERR_UNSUPPORTED,
                 "record 6 begins at 4.99681 s, not at 5 s");
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
    snnfe_recording_options o = options_of(usual_names, 2);
    assert_fails(snnfe_recording_open(&r, path, &o), SNNFE_ERR_FORMAT,
                 "channel \"C3\" is there twice: signal 1 (\"C3\") and signal 3 (\"c3..\")");
    static const char *const third[] = {"c3#3", "#2"};
    o = options_of(third, 2);
    assert_ok(snnfe_recording_open(&r, path, &o));
    ck_assert_float_eq_tol(samples_of(r)[0], 20, 1e-3F);
    ck_assert_float_eq_tol(samples_of(r)[1920], 10, 1e-3F);
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

static void refuses(const snnfe_recording_options *o, const char *message)
{
    snnfe_recording *r = NULL;
    const char *path = edf_write(&edf_usual, "usual.edf");
    assert_fails(snnfe_recording_open(&r, path, o), SNNFE_ERR_ARGUMENT, message);
    ck_assert_ptr_null(r);
}

START_TEST(options_are_checked)
{
    static const char *const twice[] = {"C3", "c3."}, *const empty[] = {"C3", ".. "};
    static const char *const missing[] = {"C3", NULL};
    refuses(&(snnfe_recording_options){0}, "struct_size is 0");
    snnfe_recording_options o = options_of(twice, 2);
    refuses(&o, "snnfe_recording_options.channel_names has \"C3\" twice");
    o.channel_names = empty;
    refuses(&o, "snnfe_recording_options.channel_names[1] is empty");
    o.channel_names = missing;
    refuses(&o, "snnfe_recording_options.channel_names[1] is NULL");
    const char *const too_long[] = {"C3", "12345678901234567890123456789012"};
    o.channel_names = too_long;
    refuses(&o, "channel_names[1] has 32 bytes, not 1…31: \"12345678901234567890123456789012");
    o.channel_names = NULL;
    refuses(&o, "channel_names is NULL and n_channels 2");
    o = options_of(usual_names, 0);
    refuses(&o, "channel_names is given and n_channels 0");
    o.n_channels = 65;
    refuses(&o, "n_channels 65, not in 1…64");
    o = options_of(usual_names, 2);
    o.strict = 2;
    refuses(&o, "strict is 2");
    o.strict = 0;
    static const double rates[] = {-160, NAN, 1.1e6};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        o.sampling_rate_hz = rates[i];
        refuses(&o, "snnfe_recording_options.sampling_rate_hz is");
    }
    assert_fails(snnfe_recording_options_init(NULL, sizeof o), SNNFE_ERR_ARGUMENT, "");
}
END_TEST

/* --- samples --------------------------------------------------------------------------------- */

/* The first signal stays 0, which is an empty list of annotations. */
static int16_t wild(size_t channel, size_t t)
{
    return channel == 0 ? 0 : (int16_t)(uint16_t)(channel * 7919 + t * 104729);
}

typedef struct range {
    double physical_min, physical_max, digital_min, digital_max;
} range;

/* Compares with what the file's bytes say; the number of samples beyond the digital range. */
static size_t compare(const float *samples, size_t signal, range x)
{
    size_t n_beyond = 0;
    for (size_t t = 0; t < 1920; t++) {
        const double digital = wild(signal, t);
        const double inside = fmin(fmax(digital, x.digital_min), x.digital_max);
        n_beyond += inside < digital || inside > digital;
        const double step = (x.physical_max - x.physical_min) / (x.digital_max - x.digital_min);
        ck_assert_float_eq(samples[t], (float)((inside - x.digital_min) * step + x.physical_min));
    }
    return n_beyond;
}

static void put_text(uint8_t *content, size_t offset, size_t width, const char *text)
{
    memset(content + offset, ' ', width);
    memcpy(content + offset, text, strlen(text));
}

/* Numbers as the header check takes them; a first signal that is no channel. */
START_TEST(samples_are_those_of_the_file)
{
    static const struct {
        size_t offset, width;
        const char *text;
    } fields[] = {
        {184, 8, " 16896.0"},
        {236, 8, " 12.0"},
        {252, 4, "65.0"},
        {256, 16, "EDF Annotations"},
        {256 + 120 * N_SIGNALS, 8, "-32768"},
        {256 + 104 * N_SIGNALS + 8 * 8, 8, "  -0.125"},
        {256 + 112 * N_SIGNALS + 8 * 8, 8, "12.5e+1"},
        {256 + 120 * N_SIGNALS + 8 * 8, 8, "  -9e3"},
        {256 + 128 * N_SIGNALS + 8 * 8, 8, "+8000.0"},
        {256 + 216 * N_SIGNALS + 8 * 8, 8, " 1.6e2"},
        {256 + 216 * N_SIGNALS + 8 * 63, 8, "160.0"},
        {256 + 104 * N_SIGNALS + 8 * 12, 8, "250.75"}, /* upside down */
        {256 + 112 * N_SIGNALS + 8 * 12, 8, "-.5"},
    };
    static const size_t signals[] = {8, 12};
    static const range ranges[] = {{-0.125, 125, -9000, 8000}, {250.75, -0.5, -10000, 10000}};
    edf_spec spec = edf_usual;
    spec.sample = wild;
    size_t size = 0, n_beyond = 0;
    uint8_t *content = edf_make(&spec, &size);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        put_text(content, fields[i].offset, fields[i].width, fields[i].text);
    const char *path = support_path("wild.edf");
    support_write(path, content, size);
    free(content);
    snnfe_recording *r = NULL;
    const snnfe_recording_options o = options_of(usual_names, 2);
    log_text[0] = '\0';
    assert_ok(snnfe_recording_open(&r, path, &o));
    for (size_t c = 0; c < 2; c++)
        n_beyond += compare(samples_of(r) + 1920 * c, signals[c], ranges[c]);
    char note[80];
    snprintf(note, sizeof note, ": %zu samples lie beyond the digital range", n_beyond);
    ck_assert_msg(strstr(log_text, note) != NULL, "\"%s\" not in \"%s\"", note, log_text);
    snnfe_recording_free(r);
}
END_TEST

/* One signal under two names is read twice, not half of it each. */
START_TEST(signals_under_two_names)
{
    static const char *const names[] = {"C3", "#9"};
    edf_spec spec = edf_usual;
    spec.sample = wild;
    snnfe_recording *r = NULL;
    const snnfe_recording_options o = options_of(names, 2);
    assert_ok(snnfe_recording_open(&r, edf_write(&spec, "names.edf"), &o));
    for (size_t c = 0; c < 2; c++)
        (void)compare(samples_of(r) + 1920 * c, 8, (range){-1000, 1000, -10000, 10000});
    snnfe_recording_free(r);
}
END_TEST

/* A dot within a label tells it from another one; those at its end fill it up. */
START_TEST(dots_within_labels_count)
{
    static const struct {
        const char *label, *wanted;
        bool same;
    } cases[] = {{"EEG 1.1", "EEG 11", false}, {"EEG 1.1", "eeg1.1", true},
                 {"EEG 11", "EEG 1.1", false}, {"1.1..", "1.1", true},
                 {"C3.. ", "c3", true},        {"C3.", "C.3", false},
                 {"C 3", "C3...", true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char label[17];
        snprintf(label, sizeof label, "%-16s", cases[i].label);
        const snnfe_recording_options o = options_of(&cases[i].wanted, 1);
        snnfe_recording *r = NULL;
        const snnfe_status status =
            snnfe_recording_open(&r, edf_patched(256 + 8 * 16, 16, label), &o);
        if (cases[i].same)
            assert_ok(status);
        else
            assert_fails(status, SNNFE_ERR_NOT_FOUND, "is missing");
        ck_assert(snnfe_same_label(cases[i].label, cases[i].wanted) == cases[i].same);
        snnfe_recording_free(r);
    }
}
END_TEST

START_TEST(kinds_of_edf_plus)
{
    static const char *const kinds[] = {"EDF+", "EDF+E", "EDF+ C"};
    snnfe_recording *r = NULL;
    const snnfe_recording_options o = options_of(usual_names, 2);
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
    put_text(content, 192, 44, "EDF+C");
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
    const snnfe_recording_options o = options_of(usual_names, 2);
    log_text[0] = '\0';
    assert_ok(snnfe_recording_open(&r, edf_write(&spec, "late.edf"), &o));
    ck_assert_str_eq(log_text, "");
    ck_assert_uint_eq(n_samples_of(r), 1920);
}
END_TEST

START_TEST(records_larger_than_edflib_reads)
{
    edf_spec spec = edf_usual;
    spec.rate_hz = 90000;
    spec.n_records = 1;
    snnfe_recording *r = NULL;
    snnfe_recording_options o = options_of(usual_names, 2);
    o.sampling_rate_hz = 90000;
    assert_fails(snnfe_recording_open(&r, edf_write(&spec, "large.edf"), &o), SNNFE_ERR_UNSUPPORTED,
                 "large.edf: a record has 11520400 bytes; EDFlib reads up to 10485760");
}
END_TEST

/* EDFlib's copy lies in a temporary file then, which does not stay. */
START_TEST(no_files_in_memory)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_create, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {sizeof program / sizeof program[0], program};
    const snnfe_recording_options o = options_of(usual_names, 2);
    const char *path = edf_write(&edf_usual, "usual.edf");
    const char *folder = support_path("copies");
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    const pid_t child = fork();
    if (child == 0) {
        snnfe_recording *r = NULL;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0 ||
            setenv("TMPDIR", folder, 1) != 0)
            _exit(100);
        if (snnfe_recording_open(&r, path, &o) != SNNFE_OK || support_count_files(folder) != 0)
            _exit(1);
        const bool failed = rmdir(folder) == 0 &&
                            snnfe_recording_open(&r, path, &o) == SNNFE_ERR_IO &&
                            strstr(snnfe_last_error(), "usual.edf: cannot copy for reading");
        _exit(failed ? 0 : 2);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
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
    tcase_add_test(all, labels_that_two_signals_share);
    tcase_add_test(all, options_are_checked);
    tcase_add_test(all, samples_are_those_of_the_file);
    tcase_add_test(all, signals_under_two_names);
    tcase_add_test(all, dots_within_labels_count);
    tcase_add_test(all, kinds_of_edf_plus);
    tcase_add_test(all, first_record_begins_late);
    tcase_add_test(all, records_larger_than_edflib_reads);
    tcase_add_test(all, no_files_in_memory);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
