/* BDF and BrainVision: read whole, and refused where something is wrong, with file, key and value.
 */
#include "edf_file.h"
#include "recordings.h"

#include <math.h>

static snnfe_status open_channels(snnfe_recording **r, const char *path, const char *const *names,
                                  size_t n)
{
    snnfe_recording_options o = recording_options(names, n);
    o.sampling_rate_hz = 0;
    recording_notes[0] = '\0';
    *r = NULL;
    return snnfe_recording_open(r, path, &o);
}

static void is_refused(const char *path, const char *const *names, size_t n, snnfe_status status,
                       const char *words)
{
    snnfe_recording *r = NULL;
    ck_assert_int_eq(open_channels(&r, path, names, n), status);
    ck_assert_msg(strstr(snnfe_last_error(), words), "\"%s\" not in \"%s\"", words,
                  snnfe_last_error());
}

/* --- BDF ------------------------------------------------------------------------------------ */

enum { RATE = 16, SECONDS = 5 };

/* Two channels of 24 bits and a status channel; the last seconds are cut off after `size`. */
static int32_t bdf_value(size_t channel, size_t t)
{
    static const int32_t triggers[] = {7, 7, 0, 3, 3, 3, 5, 0};
    if (channel == 2) /* all bits above the triggers' are set */
        return (int32_t)(0x00FF0000U | (uint32_t)triggers[t / 10]) - 0x01000000;
    return (int32_t)(t * 99991 + channel * 1000003) % 8388607 * (channel == 0 ? 1 : -1);
}

static const char *bdf_unit = "uV";

static const char *write_bdf(const char *kind, size_t size_lost)
{
    enum { N = 3, HEADER = 256 * (N + 1), SIZE = HEADER + 3 * N * RATE * SECONDS };
    static const char *const labels[N] = {"A1", "C3", "Status"};
    static uint8_t content[SIZE];
    memset(content, ' ', sizeof content);
    memcpy(content,
           "\xff"
           "BIOSEMI",
           8);
    edf_put(content, 168, 8, "12.08.09");
    edf_put(content, 176, 8, "16.15.00");
    edf_put(content, 184, 8, "1024");
    edf_put(content, 192, 44, kind);
    edf_put(content, 236, 8, "5");
    edf_put(content, 244, 8, "1");
    edf_put(content, 252, 4, "3");
    for (size_t i = 0; i < N; i++) {
        edf_put(content, edf_field(N, 0, 16, i), 16, labels[i]);
        edf_put(content, edf_field(N, 96, 8, i), 8, i == 2 ? "Boolean" : bdf_unit);
        edf_put(content, edf_field(N, 104, 8, i), 8, i == 2 ? "-8388608" : "-262144");
        edf_put(content, edf_field(N, 112, 8, i), 8, i == 2 ? "8388607" : "262143");
        edf_put(content, edf_field(N, 120, 8, i), 8, "-8388608");
        edf_put(content, edf_field(N, 128, 8, i), 8, "8388607");
        edf_put(content, edf_field(N, 216, 8, i), 8, "16");
    }
    uint8_t *at = content + HEADER;
    for (size_t record = 0; record < SECONDS; record++)
        for (size_t i = 0; i < N; i++)
            for (size_t t = 0; t < RATE; t++, at += 3) {
                const uint32_t bits = (uint32_t)bdf_value(i, record * RATE + t);
                for (int b = 0; b < 3; b++)
                    at[b] = (uint8_t)(bits >> 8 * b);
            }
    support_write(support_path("a.bdf"), content, sizeof content - size_lost);
    return support_path("a.bdf");
}

START_TEST(all_24_bits_are_read)
{
    static const char *const names[] = {"C3", "A1"};
    snnfe_recording *r = NULL;
    assert_ok(open_channels(&r, write_bdf("24BIT", 0), names, 2));
    const snnfe_recording_info info = recording_info(r);
    ck_assert_uint_eq(info.n_samples, RATE * SECONDS);
    const double step = (262143. + 262144.) / (8388607. + 8388608.);
    for (size_t c = 0; c < 2; c++)
        for (size_t t = 0; t < info.n_samples; t++) {
            const double wanted = (bdf_value(1 - c, t) + 8388608.) * step - 262144;
            ck_assert_double_eq_tol((double)info.samples[c * info.n_samples + t], wanted,
                                    1e-6 * fabs(wanted) + 1e-6);
        }
    ck_assert_str_eq(recording_notes, "");
    snnfe_recording_free(r);
}
END_TEST

START_TEST(triggers_are_events)
{
    static const char *const names[] = {"C3"};
    static const uint64_t onsets[] = {30, 60};
    snnfe_recording *r = NULL;
    assert_ok(open_channels(&r, write_bdf("24BIT", 0), names, 1));
    const snnfe_recording_info info = recording_info(r);
    ck_assert_uint_eq(info.n_events, 2); /* 7 was there from the start */
    ck_assert_mem_eq(info.event_onsets, onsets, sizeof onsets);
    ck_assert_str_eq(info.event_texts[0], "3");
    ck_assert_str_eq(info.event_texts[1], "5");
    snnfe_recording_free(r);
}
END_TEST

/* Of signals that were not calibrated. */
START_TEST(channels_without_a_unit_are_told)
{
    static const char *const names[] = {"C3", "A1"};
    snnfe_recording_options o = recording_options(names, 2);
    snnfe_recording *r = NULL;
    bdf_unit = "";
    assert_ok(open_channels(&r, write_bdf("24BIT", 0), names, 2));
    ck_assert_msg(strstr(recording_notes,
                         "a.bdf: channels without a unit, taken as microvolts: 2, the first "
                         "\"C3\""),
                  "%s", recording_notes);
    snnfe_recording_free(r);
    o.strict = 1;
    o.sampling_rate_hz = 0;
    assert_fails(snnfe_recording_open(&r, support_path("a.bdf"), &o), SNNFE_ERR_FORMAT,
                 "channels without a unit");
    bdf_unit = "uV";
}
END_TEST

START_TEST(wrong_bdf_is_refused)
{
    static const char *const c3[] = {"C3"}, *const status[] = {"Status"};
    snnfe_recording *r = NULL;
    is_refused(write_bdf("24BIT", 0), status, 1, SNNFE_ERR_FORMAT,
               "unit of channel \"Status\" is \"Boolean\", no voltage");
    is_refused(write_bdf("BDF+X", 0), c3, 1, SNNFE_ERR_FORMAT, "\"BDF+X\", not BDF+C or BDF+D");
    is_refused(write_bdf("24BIT", 3 * 3 * RATE * 2), c3, 1, SNNFE_ERR_FORMAT, "is truncated");
    assert_ok(open_channels(&r, write_bdf("24BIT", 5), c3, 1));
    ck_assert_uint_eq(recording_info(r).n_samples, RATE * (SECONDS - 1));
    ck_assert_msg(strstr(recording_notes, "record 5 has"), "%s", recording_notes);
    snnfe_recording_free(r);
}
END_TEST

/* --- BrainVision ---------------------------------------------------------------------------- */

static const char header[] = "Brain Vision Data Exchange Header File Version 1.0\r\n"
                             "; comment\r\n[Common Infos]\r\nCodepage=UTF-8\r\nDataFile=$b.eeg\r\n"
                             "MarkerFile=b.vmrk\r\nDataFormat=BINARY\r\n"
                             "DataOrientation=MULTIPLEXED\r\nNumberOfChannels=2\r\n"
                             "SamplingInterval=3333.333\r\n\r\n[Binary Infos]\r\n"
                             "BinaryFormat=INT_16\r\n[Channel Infos]\r\nCh1=C3,Cz,0.5,\xc2\xb5V\r\n"
                             "Ch2=T\\1x,,,degC\r\n[Comment]\r\nno key\r\n";
static const char markers[] = "Brain Vision Data Exchange Marker File, Version 1.0\n"
                              "[Marker Infos]\nMk1=New Segment,,1,1,0,2013\n"
                              "Mk2=Stimulus,S  2,5,1,0\nMk3=Stimulus,S  1,3,1,0\n"
                              "Mk4=Stimulus,S  1,3,1,0\n";

/* A text with one part replaced; what is replaced has to be there. */
static const char *replaced(const char *text, const char *part, const char *by)
{
    static char result[2000];
    const char *at = strstr(text, part);
    ck_assert_ptr_nonnull(at);
    snprintf(result, sizeof result, "%.*s%s%s", (int)(at - text), text, by, at + strlen(part));
    return result;
}

static const char *write_brainvision(const char *head, const char *marks, size_t n_bytes)
{
    static uint8_t data[64];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)(i % 2 ? 0 : i);
    support_write(support_path("b.vhdr"), head, strlen(head));
    support_write(support_path("b.vmrk"), marks, strlen(marks));
    support_write(support_path("b.eeg"), data, n_bytes);
    return support_path("b.vhdr");
}

static const char *const c3[] = {"C3"};

START_TEST(brainvision_is_read)
{
    static const uint64_t onsets[] = {2, 4};
    snnfe_recording *r = NULL;
    assert_ok(open_channels(&r, write_brainvision(header, markers, 33), c3, 1));
    const snnfe_recording_info info = recording_info(r);
    ck_assert_uint_eq(info.n_samples, 8);
    ck_assert_double_eq(info.sampling_rate_hz, 300); /* the interval is rounded */
    for (size_t t = 0; t < 8; t++)
        ck_assert_float_eq(info.samples[t], 2 * (float)t);
    ck_assert_uint_eq(info.n_events, 2);
    ck_assert_mem_eq(info.event_onsets, onsets, sizeof onsets);
    ck_assert_str_eq(info.event_texts[0], "Stimulus/S  1");
    ck_assert_msg(strstr(recording_notes, "1 bytes of a last sample are left out"), "%s",
                  recording_notes);
    ck_assert_msg(strstr(recording_notes, "1 annotations stand there twice"), "%s",
                  recording_notes);
    snnfe_recording_free(r);
}
END_TEST

/* As Notepad saves it; and as old amplifiers do, on Windows. */
START_TEST(headers_in_other_encodings_are_read)
{
    snnfe_recording *r = NULL;
    char head[2000];
    snprintf(head, sizeof head, "\xef\xbb\xbf%s", header);
    assert_ok(open_channels(&r, write_brainvision(head, markers, 32), c3, 1));
    ck_assert_uint_eq(recording_info(r).n_samples, 8);
    snnfe_recording_free(r);
    snprintf(head, sizeof head, "%s", replaced(header, "\xc2\xb5V", "\xb5V"));
    const char *marks = replaced(markers, "S  2", "\xe4");
    assert_ok(open_channels(&r, write_brainvision(head, marks, 32), c3, 1));
    ck_assert_str_eq(recording_info(r).event_texts[1], "Stimulus/\xc3\xa4");
    ck_assert_msg(strstr(recording_notes, "b.vhdr: is not UTF-8 and is taken as Latin-1"), "%s",
                  recording_notes);
    ck_assert_msg(strstr(recording_notes, "b.vmrk: is not UTF-8"), "%s", recording_notes);
    snnfe_recording_free(r);
}
END_TEST

/* A channel behind the other: where it begins follows from how long one is. */
START_TEST(vectors_have_whole_lengths)
{
    const char *head = replaced(header, "MULTIPLEXED", "VECTORIZED");
    is_refused(write_brainvision(head, markers, 33), c3, 1, SNNFE_ERR_FORMAT,
               "is truncated: 33 bytes are no whole number of samples of 2 channels");
    head = replaced(header, "MULTIPLEXED", "VECTORIZED\r\nDataPoints=8");
    is_refused(write_brainvision(head, markers, 33), c3, 1, SNNFE_ERR_FORMAT,
               "b.eeg: has 1 bytes more than the header's DataPoints give");
    is_refused(write_brainvision(head, markers, 31), c3, 1, SNNFE_ERR_FORMAT,
               "is truncated: 31 bytes, and 8 samples of 2 channels have 4 bytes each");
}
END_TEST

START_TEST(wrong_headers_are_refused)
{
    static const struct {
        const char *part, *by;
        snnfe_status status;
        const char *words;
    } wrong[] = {
        {"Header", "Header\\", SNNFE_ERR_FORMAT, "does not begin with"},
        {"BINARY", "ASCII", SNNFE_ERR_UNSUPPORTED,
         "b.vhdr: [Common Infos] DataFormat is \"ASCII\", and only BINARY is read"},
        {"MULTIPLEXED", "SIDEWAYS", SNNFE_ERR_FORMAT,
         "DataOrientation is \"SIDEWAYS\", not MULTIPLEXED or VECTORIZED"},
        {"NumberOfChannels=2", "NumberOfChannels=0", SNNFE_ERR_FORMAT,
         "NumberOfChannels is \"0\", not a whole number in 1…640"},
        {"NumberOfChannels=2", "NumberOfChannels=3", SNNFE_ERR_FORMAT,
         "[Channel Infos] has no Ch3, of 3 channels"},
        {"NumberOfChannels=2", "NumberOfChannels=1", SNNFE_ERR_FORMAT, "is \"Ch2\""},
        {"NumberOfChannels=2", "DataPoints=9\r\nNumberOfChannels=2", SNNFE_ERR_FORMAT,
         "b.eeg: is truncated: 32 bytes"},
        {"3333.333", "soon", SNNFE_ERR_FORMAT, "SamplingInterval is \"soon\", not a number"},
        {"SamplingInterval=3333.333", "", SNNFE_ERR_FORMAT,
         "[Common Infos] has no SamplingInterval"},
        {"INT_16", "UINT_16", SNNFE_ERR_UNSUPPORTED, "BinaryFormat is \"UINT_16\", not INT_16"},
        {"INT_16", "INT_16\r\nUseBigEndianOrder=YES", SNNFE_ERR_UNSUPPORTED,
         "UseBigEndianOrder is \"YES\""},
        {"DataOrientation=MULTIPLEXED", "", SNNFE_ERR_FORMAT,
         "[Common Infos] has no DataOrientation"},
        {"BinaryFormat=INT_16", "", SNNFE_ERR_FORMAT, "[Binary Infos] has no BinaryFormat"},
        {"NumberOfChannels=2", "", SNNFE_ERR_FORMAT, "[Common Infos] has no NumberOfChannels"},
        {"NumberOfChannels=2", "NumberOfChannels=two", SNNFE_ERR_FORMAT, "is \"two\", not a whole"},
        {"DataFile=$b.eeg", "", SNNFE_ERR_FORMAT, "[Common Infos] has no DataFile"},
        {"MarkerFile=b", "MarkerFile=x\\b", SNNFE_ERR_FORMAT, "MarkerFile is \"x\\b.vmrk\", not"},
        {"Ch2=T", "X2=T", SNNFE_ERR_FORMAT, "a number up to that of channels, is \"X2\""},
        {"Ch2=T", "Cx2=T", SNNFE_ERR_FORMAT, "a number up to that of channels, is \"Cx2\""},
        {"Ch2=T", "Chx=T", SNNFE_ERR_FORMAT, "a number up to that of channels, is \"Chx\""},
        {"Ch2=T", "Ch0=T", SNNFE_ERR_FORMAT, "a number up to that of channels, is \"Ch0\""},
        {"[Common", "a=b\r\n[Common", SNNFE_ERR_FORMAT, "\"a=b\" stands before the first section"},
        {"[Channel", "[\r\n[Channel", SNNFE_ERR_FORMAT, "\"[\" is no \"key=value\""},
        {"[Channel", "[a\r\n[Channel", SNNFE_ERR_FORMAT, "\"[a\" is no \"key=value\""},
        {"DataFile=$b.eeg", "DataFile=../b.eeg", SNNFE_ERR_FORMAT,
         "DataFile is \"../b.eeg\", not the name of a file in the same folder"},
        {"DataFile=$b.eeg", "DataFile=c.eeg", SNNFE_ERR_IO, "[Common Infos] DataFile"},
        {"MarkerFile=b.vmrk", "MarkerFile=c.vmrk", SNNFE_ERR_IO, "c.vmrk: cannot open"},
        {"0.5", "none", SNNFE_ERR_FORMAT, "the resolution, a number above 0, is \"none\""},
        {"0.5", "-1", SNNFE_ERR_FORMAT, "the resolution, a number above 0, is \"-1\""},
        {"\xc2\xb5V", "degC", SNNFE_ERR_FORMAT, "unit of channel \"C3\" is \"degC\", no voltage"},
        {"Ch1=C3", "Ch1=", SNNFE_ERR_FORMAT, "the name of a channel is \"\""},
        {"Ch2=T", "Ch1=T", SNNFE_ERR_FORMAT, "stands there twice"},
        {"[Channel", "nothing\r\n[Channel", SNNFE_ERR_FORMAT, "\"nothing\" is no \"key=value\""},
        {"Ch1=C3", "Ch1=P3", SNNFE_ERR_NOT_FOUND, "channel \"C3\" is missing; there are \"P3\""},
        {"Ch2=T\\1x", "Ch2=c3", SNNFE_ERR_FORMAT, "channel \"C3\" is there twice"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *head = replaced(header, wrong[i].part, wrong[i].by);
        is_refused(write_brainvision(head, markers, 32), c3, 1, wrong[i].status, wrong[i].words);
    }
}
END_TEST

START_TEST(files_that_are_no_text)
{
    enum { LINES = 2000001 };
    char *many = malloc(sizeof header + LINES);
    ck_assert_ptr_nonnull(many);
    memcpy(many, header, sizeof header - 1);
    memset(many + sizeof header - 1, '\n', LINES);
    many[sizeof header - 1 + LINES] = '\0';
    is_refused(write_brainvision(many, markers, 32), c3, 1, SNNFE_ERR_FORMAT,
               "b.vhdr: has more than 2000000 lines");
    support_write(support_path("b.vhdr"), header, sizeof header); /* with the 0 at its end */
    is_refused(support_path("b.vhdr"), c3, 1, SNNFE_ERR_FORMAT, "it has a byte that is 0");
    is_refused(write_brainvision(header, "", 32), c3, 1, SNNFE_ERR_FORMAT,
               "b.vmrk: does not begin with");
    free(many);
}
END_TEST

START_TEST(wrong_markers_are_refused)
{
    static const struct {
        const char *part, *by;
        snnfe_status status;
        const char *words;
    } wrong[] = {
        {"S  2,5,1,0", "S  2", SNNFE_ERR_FORMAT, "line 4: Mk2 is \"Stimulus,S  2\", not a type"},
        {"S  2,5,", "S  2,0,", SNNFE_ERR_FORMAT, "whose position is not a sample"},
        {"S  2,5,", "S  2,n/a,", SNNFE_ERR_FORMAT, "whose position is not a sample"},
        {"Mk2=Stimulus,S  2,5", "Mk2=New Segment,,5", SNNFE_ERR_UNSUPPORTED,
         "is discontinuous: a new segment begins at sample 5"},
        {"Marker File", "Header File", SNNFE_ERR_FORMAT, "Data Exchange Marker File"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        const char *marks = replaced(markers, wrong[i].part, wrong[i].by);
        is_refused(write_brainvision(header, marks, 32), c3, 1, wrong[i].status, wrong[i].words);
    }
    is_refused(write_brainvision(header, markers, 0), c3, 1, SNNFE_ERR_FORMAT, "is truncated");
}
END_TEST

START_TEST(floats_have_to_be_finite)
{
    static const float values[] = {1, 2, (float)INFINITY, 3};
    const char *head = replaced(header, "INT_16", "IEEE_FLOAT_32");
    write_brainvision(head, markers, 0);
    support_write(support_path("b.eeg"), values, sizeof values);
    is_refused(support_path("b.vhdr"), c3, 1, SNNFE_ERR_NONFINITE,
               "b.eeg: channel \"C3\", sample 2 is no finite number");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("formats");
    TCase *tests = tcase_create("all");
    tcase_add_test(tests, all_24_bits_are_read);
    tcase_add_test(tests, triggers_are_events);
    tcase_add_test(tests, channels_without_a_unit_are_told);
    tcase_add_test(tests, wrong_bdf_is_refused);
    tcase_add_test(tests, brainvision_is_read);
    tcase_add_test(tests, headers_in_other_encodings_are_read);
    tcase_add_test(tests, vectors_have_whole_lengths);
    tcase_add_test(tests, wrong_headers_are_refused);
    tcase_add_test(tests, files_that_are_no_text);
    tcase_add_test(tests, wrong_markers_are_refused);
    tcase_add_test(tests, floats_have_to_be_finite);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
