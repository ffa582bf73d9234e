/* Channels of EDF files: which signals they are, by labels that may be shared, and their values;
   how EDFlib gets to read them. */
#include "base/format.h"
#include "edf_file.h"
#include "recordings.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_SIGNALS 65

static const char *const usual_names[] = {"C3", "C4"};

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
    snnfe_recording_options o = recording_options(usual_names, 2);
    assert_fails(snnfe_recording_open(&r, path, &o), SNNFE_ERR_FORMAT,
                 "channel \"C3\" is there twice: signal 1 (\"C3\") and signal 3 (\"c3..\")");
    static const char *const third[] = {"c3#3", "#2"};
    o = recording_options(third, 2);
    assert_ok(snnfe_recording_open(&r, path, &o));
    ck_assert_float_eq_tol(recording_info(r).samples[0], 20, 1e-3F);
    ck_assert_float_eq_tol(recording_info(r).samples[1920], 10, 1e-3F);
    snnfe_recording_free(r);
    static const char *const wrong[][1] = {{"C3#4"}, {"C3#5"}, {"C3#0"}, {"C3#x"}, {"#"}};
    static const char *const messages[] = {"signal 4 is \"C4\"", "5 is no signal", "0 is no signal",
                                           "\"C3#X\" is missing; there are \"C3\", \"EDF Ann",
                                           "\"#\" is missing"};
    for (size_t i = 0; i < 5; i++) {
        o = recording_options(wrong[i], 1);
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
    snnfe_recording_options o = recording_options(twice, 2);
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
    o = recording_options(usual_names, 0);
    refuses(&o, "channel_names is given and n_channels 0");
    o.n_channels = 65;
    refuses(&o, "n_channels 65, not in 1…64");
    o = recording_options(usual_names, 2);
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
        edf_put(content, fields[i].offset, fields[i].width, fields[i].text);
    const char *path = support_path("wild.edf");
    support_write(path, content, size);
    free(content);
    snnfe_recording *r = NULL;
    const snnfe_recording_options o = recording_options(usual_names, 2);
    recording_notes[0] = '\0';
    assert_ok(snnfe_recording_open(&r, path, &o));
    for (size_t c = 0; c < 2; c++)
        n_beyond += compare(recording_info(r).samples + 1920 * c, signals[c], ranges[c]);
    char note[80];
    snprintf(note, sizeof note,
             ": samples beyond the digital range of their channel, set to its end: %zu", n_beyond);
    ck_assert_msg(strstr(recording_notes, note) != NULL, "\"%s\" not in \"%s\"", note,
                  recording_notes);
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
    const snnfe_recording_options o = recording_options(names, 2);
    assert_ok(snnfe_recording_open(&r, edf_write(&spec, "names.edf"), &o));
    for (size_t c = 0; c < 2; c++)
        (void)compare(recording_info(r).samples + 1920 * c, 8, (range){-1000, 1000, -10000, 10000});
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
        const snnfe_recording_options o = recording_options(&cases[i].wanted, 1);
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

static const char *const c3[] = {"C3"};

/* The usual recording, with a field overwritten. */
static snnfe_status open_patched(snnfe_recording **r, size_t offset, size_t width, const char *text,
                                 double rate_hz)
{
    snnfe_recording_options o = recording_options(c3, 1);
    o.sampling_rate_hz = rate_hz;
    recording_notes[0] = '\0';
    return snnfe_recording_open(r, edf_patched(offset, width, text), &o);
}

START_TEST(synthetic_recordings_say_so)
{
    static const struct {
        size_t offset;
        const char *text;
        bool synthetic;
    } cases[] = {{88, "libsnnfe synthetic", true},       {88 + 62, "libsnnfe synthetic", true},
                 {88, "X X libsnnfe_synthetic X", true}, {88 + 63, "libsnnfe synthetic", false},
                 {88 - 1, "libsnnfe synthetic", false},  {88, "Libsnnfe synthetic", false},
                 {88, "libsnnfe-synthetic X", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_recording *r = NULL;
        assert_ok(open_patched(&r, cases[i].offset, 18, cases[i].text, 160));
        ck_assert_msg((recording_info(r).synthetic != 0) == cases[i].synthetic, "case %zu", i);
        snnfe_recording_free(r);
    }
}
END_TEST

/* A rate is right to a millionth; 0 stands for that of the file. */
START_TEST(rates_are_compared)
{
    static const struct {
        const char *duration;
        double rate_hz;
        const char *fault; /* NULL: none */
    } cases[] = {{"1.000001", 160, NULL},
                 {"1.000002", 160, "is 159.99968 Hz, not 160 Hz"},
                 {"0.999998", 160, "is 160.00032 Hz, not 160 Hz"},
                 {"0.999999", 160.0001, NULL},
                 {"0.5", 320, NULL},
                 {"0.5", 160, "sampling rate of channel \"C3..\" is 320 Hz, not 160 Hz"},
                 {"1000", 0.16, NULL},
                 {"1000", 0, NULL},
                 {"1000", 0.17, "is 0.16 Hz, not 0.17 Hz"},
                 {"2", 0, NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_recording *r = NULL;
        edf_spec spec = edf_usual;
        size_t size = 0;
        spec.kind = "";
        spec.n_records = 2;
        uint8_t *content = edf_make(&spec, &size);
        edf_put(content, 244, 8, cases[i].duration);
        support_write(support_path("rate.edf"), content, size);
        free(content);
        snnfe_recording_options o = recording_options(c3, 1);
        o.sampling_rate_hz = cases[i].rate_hz;
        const snnfe_status status = snnfe_recording_open(&r, support_path("rate.edf"), &o);
        if (cases[i].fault) {
            assert_fails(status, SNNFE_ERR_FORMAT, cases[i].fault);
            continue;
        }
        assert_ok(status);
        const double rate = cases[i].rate_hz > 0 ? cases[i].rate_hz : 160 / atof(cases[i].duration);
        ck_assert_double_eq_tol(recording_info(r).sampling_rate_hz, rate, 1e-12);
        ck_assert_uint_eq(recording_info(r).n_samples, 320);
        snnfe_recording_free(r);
    }
}
END_TEST

/* One value throughout, whatever the samples say: where one of the ranges is a single value. */
START_TEST(ranges_of_a_single_value)
{
    static const struct {
        size_t first;
        const char *text;
        float value;
        bool constant;
    } cases[] = {{112, "-1000", -1000, true},  {104, "1000", 1000, true},
                 {128, "-10000", -1000, true}, {120, "10000", -1000, true},
                 {112, "-1000.1", 0, false},   {128, "-9999", 0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_recording *r = NULL;
        char note[120];
        assert_ok(
            open_patched(&r, 256 + cases[i].first * N_SIGNALS + 8 * 8, 8, cases[i].text, 160));
        snprintf(note, sizeof note,
                 "range of channel \"C3..\" is a single value; it is read as %g uV throughout",
                 (double)cases[i].value);
        ck_assert_msg((strstr(recording_notes, note) != NULL) == cases[i].constant, "%s",
                      recording_notes);
        for (size_t t = 0; cases[i].constant && t < recording_info(r).n_samples; t++)
            ck_assert_float_eq(recording_info(r).samples[t], cases[i].value);
        snnfe_recording_free(r);
    }
}
END_TEST

/* --- EDFlib --------------------------------------------------------------------------------- */

START_TEST(records_larger_than_edflib_reads)
{
    edf_spec spec = edf_usual;
    spec.rate_hz = 90000;
    spec.n_records = 1;
    snnfe_recording *r = NULL;
    snnfe_recording_options o = recording_options(usual_names, 2);
    o.sampling_rate_hz = 90000;
    assert_fails(snnfe_recording_open(&r, edf_write(&spec, "large.edf"), &o), SNNFE_ERR_UNSUPPORTED,
                 "large.edf: a record has 11520400 bytes; EDFlib reads up to 10485760");
}
END_TEST

/* EDFlib's copy lies in a temporary file then, which does not stay, even as descriptor 0. */
START_TEST(no_files_in_memory)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_memfd_create, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {sizeof program / sizeof program[0], program};
    const snnfe_recording_options o = recording_options(usual_names, 2);
    const char *path = edf_write(&edf_usual, "usual.edf");
    const char *folder = support_path("copies");
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    const pid_t child = fork();
    if (child == 0) {
        snnfe_recording *r = NULL;
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0 ||
            setenv("TMPDIR", folder, 1) != 0 || close(STDIN_FILENO) != 0)
            _exit(100);
        if (snnfe_recording_open(&r, path, &o) != SNNFE_OK || support_count_files(folder) != 0)
            _exit(1);
        snnfe_recording_free(r); /* a tool that looks for lost memory changes the exit code */
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
    Suite *suite = suite_create("edf_channels");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, labels_that_two_signals_share);
    tcase_add_test(all, options_are_checked);
    tcase_add_test(all, samples_are_those_of_the_file);
    tcase_add_test(all, signals_under_two_names);
    tcase_add_test(all, dots_within_labels_count);
    tcase_add_test(all, synthetic_recordings_say_so);
    tcase_add_test(all, rates_are_compared);
    tcase_add_test(all, ranges_of_a_single_value);
    tcase_add_test(all, records_larger_than_edflib_reads);
    tcase_add_test(all, no_files_in_memory);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
