/* BrainVision's headers, data and markers at the ends of what is allowed. */
#include "recording/brainvision_header.h"
#include "support.h"

#include <math.h>
#include <snnfe/recording.h>

static char notes[1000];

static void keep(int32_t level, const char *message, void *user_data)
{
    (void)level;
    (void)user_data;
    snprintf(notes, sizeof notes, "%s", message);
}

/* --- the header ------------------------------------------------------------------------------ */

/* A header with these lines in place of the usual ones of its keys. */
static const char *head_of(const char *count, const char *interval, const char *more,
                           const char *channels)
{
    static char head[4000];
    snprintf(head, sizeof head,
             "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\n"
             "DataFile=b.eeg\nNumberOfChannels=%s\nSamplingInterval=%s\n%s\n[Channel Infos]\n%s\n",
             count, interval, more, channels);
    return head;
}

#define USUAL "DataOrientation=MULTIPLEXED\n[Binary Infos]\nBinaryFormat=INT_16"

static snnfe_status parse(snnfe_brainvision *h, const char *head)
{
    return snnfe_brainvision_header_parse(h, "dir/b.vhdr", head, strlen(head));
}

static void refuses(const char *head, const char *words)
{
    snnfe_brainvision h;
    assert_fails(parse(&h, head), SNNFE_ERR_FORMAT, words);
    snnfe_brainvision_header_release(&h);
}

START_TEST(intervals_have_ends)
{
    static const struct {
        const char *interval;
        double rate_hz;
    } taken[] = {{"1", 1e6},
                 {"1e9", 1e-3},
                 {"3333.333", 300},
                 {"2000.001", 500},
                 {"2000.01", 1e6 / 2000.01},
                 {"4000", 250}};
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        snnfe_brainvision h;
        assert_ok(parse(&h, head_of("1", taken[i].interval, USUAL, "Ch1=C3")));
        ck_assert_double_eq(h.sampling_rate_hz, taken[i].rate_hz);
        snnfe_brainvision_header_release(&h);
    }
    static const char *const refused[] = {"0.999", "1000000001", "0", "-1", ""};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        refuses(head_of("1", refused[i], USUAL, "Ch1=C3"), "SamplingInterval");
}
END_TEST

START_TEST(channels_and_points_are_counted)
{
    static char channels[20000];
    size_t used = 0;
    for (int i = 1; i <= 640; i++)
        used += (size_t)snprintf(channels + used, sizeof channels - used, "Ch%d=x\n", i);
    static char head[30000];
    snprintf(head, sizeof head, "%s%s", head_of("640", "4000", USUAL, ""), channels);
    snnfe_brainvision h;
    assert_ok(parse(&h, head));
    ck_assert_uint_eq(h.n_channels, 640);
    ck_assert_str_eq(h.channels[639].label, "x");
    snnfe_brainvision_header_release(&h);
    refuses(head_of("641", "4000", USUAL, "Ch1=C3"), "NumberOfChannels is \"641\"");
    refuses(head_of("2", "4000", USUAL, "Ch0=C3\nCh1=C3\nCh2=C4"), "is \"Ch0\"");
    refuses(head_of("2", "4000", USUAL, "Cx1=C3"), "is \"Cx1\"");
    refuses(head_of("2", "4000", USUAL, "Xh1=C3"), "is \"Xh1\"");
    refuses(head_of("2", "4000", USUAL, "Ch1=C3"), "has no Ch2, of 2 channels");
    refuses(head_of("2", "4000", USUAL, "Ch2=C3"), "has no Ch1, of 2 channels");
    refuses(head_of("1", "4000", "DataPoints=0\n" USUAL, "Ch1=C3"), "DataPoints is \"0\"");
    refuses(head_of("1", "4000", "DataPoints=2147483648\n" USUAL, "Ch1=C3"), "DataPoints is");
    assert_ok(parse(&h, head_of("1", "4000", "DataPoints=2147483647\n" USUAL, "cH1=C3")));
    ck_assert(h.has_points && h.n_points == INT32_MAX);
    snnfe_brainvision_header_release(&h);
}
END_TEST

START_TEST(fields_of_channels_may_be_missing)
{
    snnfe_brainvision h;
    assert_ok(parse(
        &h, head_of("3", "4000", USUAL, "Ch1=a\\1b\\2,r\\1,2.5,m\\1V,rest\nCh2=c\nCh3=\\,,,")));
    ck_assert_str_eq(h.channels[0].label, "a,b\\2");
    ck_assert_double_eq(h.channels[0].resolution, 2.5);
    ck_assert_str_eq(h.channels[0].unit, "m,V");
    ck_assert_str_eq(h.channels[1].label, "c");
    ck_assert_double_eq(h.channels[1].resolution, 1);
    ck_assert_str_eq(h.channels[1].unit, "");
    ck_assert_str_eq(h.channels[2].label, "\\");
    ck_assert_double_eq(h.channels[2].resolution, 1);
    ck_assert_ptr_null(h.marker_path);
    ck_assert(!h.has_points && !h.vectorized);
    snnfe_brainvision_header_release(&h);
    refuses(head_of("1", "4000", USUAL, "Ch1=C3,,0,uV"), "is \"0\"");
}
END_TEST

/* "$b" is the header's own name, without the folder and what follows its last dot. */
START_TEST(files_lie_beside_the_header)
{
    static const struct {
        const char *path, *name, *data;
    } cases[] = {{"dir.x/b.vhdr", "$b.eeg", "dir.x/b.eeg"},
                 {"dir.x/b", "x$b.eeg", "dir.x/xb.eeg"},
                 {"b.c.vhdr", "$b.eeg", "b.c.eeg"},
                 {"/b.vhdr", "c.eeg", "/c.eeg"},
                 {"b.vhdr", "$", "$"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char head[600];
        snprintf(head, sizeof head,
                 "BrainVision Data Exchange Header File\n[Common Infos]\nDataFile=%s\n"
                 "MarkerFile=%s\nNumberOfChannels=1\nSamplingInterval=4000\n" USUAL
                 "\n[Channel Infos]\nCh1=C3\n",
                 cases[i].name, cases[i].name);
        snnfe_brainvision h;
        assert_ok(snnfe_brainvision_header_parse(&h, cases[i].path, head, strlen(head)));
        ck_assert_str_eq(h.data_path, cases[i].data);
        ck_assert_str_eq(h.marker_path, cases[i].data);
        snnfe_brainvision_header_release(&h);
    }
    for (int i = 0; i < 2; i++) {
        char head[4000];
        snprintf(head, sizeof head, "%s", head_of("1", "4000", USUAL, "Ch1=C3"));
        memcpy(strstr(head, "b.eeg"), i ? "b\\eeg" : "b/eeg", 5);
        refuses(head, "not the name of a file in the same folder");
    }
}
END_TEST

/* --- data ------------------------------------------------------------------------------------ */

/* Two channels, C3 and x, with this header; NULL if it is refused. */
static snnfe_recording *open_data(const char *more, const void *data, size_t size,
                                  const char *marks, bool strict)
{
    static const char *const names[] = {"X", "C3"};
    char full[400];
    snprintf(full, sizeof full, "%s%s", marks ? "MarkerFile=b.vmrk\n" : "", more);
    const char *head = head_of("2", "4000", full, "Ch1=C3,,0.5,mV\nCh2=x");
    support_write(support_path("b.vhdr"), head, strlen(head));
    support_write(support_path("b.eeg"), data, size);
    if (marks)
        support_write(support_path("b.vmrk"), marks, strlen(marks));
    snnfe_recording *r = NULL;
    snnfe_recording_options o;
    assert_ok(snnfe_recording_options_init(&o, sizeof o));
    o.channel_names = names;
    o.n_channels = 2;
    o.sampling_rate_hz = 0;
    o.log = keep;
    o.strict = strict;
    notes[0] = '\0';
    (void)snnfe_recording_open(&r, support_path("b.vhdr"), &o);
    return r;
}

static void check_samples(snnfe_recording *r, const float *wanted, size_t n)
{
    ck_assert_msg(r != NULL, "%s", snnfe_last_error());
    snnfe_recording_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_recording_get_info(r, &info));
    ck_assert_uint_eq(info.n_samples, n);
    ck_assert_mem_eq(info.samples, wanted, 2 * n * sizeof *wanted);
    snnfe_recording_free(r);
}

#define DATA(orientation, number)                                                                  \
    "DataOrientation=" orientation "\n[Binary Infos]\nBinaryFormat=" number

START_TEST(numbers_of_each_kind_and_order)
{
    static const uint8_t shorts[] = {1, 0, 0, 0x80, 0xFF, 0xFF, 0xFF, 0x7F, 0, 1, 2, 0};
    static const float by_sample[] = {-32768, 32767, 2, 500, -500, 128000};
    static const float by_channel[] = {32767, 256, 2, 500, -16384000, -500};
    check_samples(open_data(DATA("MULTIPLEXED", "INT_16"), shorts, sizeof shorts, NULL, true),
                  by_sample, 3);
    check_samples(open_data(DATA("vectorized", "int_16"), shorts, sizeof shorts, NULL, true),
                  by_channel, 3);
    static const uint8_t words[] = {0, 0, 0, 0x80, 0xFF, 0xFF, 0xFF, 0xFF, 4, 3, 2, 1, 1, 0, 1, 0};
    static const float longs[] = {-1, 65537, -1073741824e3F, 8454530e3F};
    check_samples(open_data(DATA("MULTIPLEXED", "INT_32"), words, sizeof words, NULL, true), longs,
                  2);
    static const float values[] = {1.5F, -2.9e38F, 0.25F, 3e37F},
                       read[] = {-2.9e38F, 3e37F, 750, 125};
    check_samples(
        open_data(DATA("MULTIPLEXED", "IEEE_FLOAT_32"), values, sizeof values, NULL, true), read,
        2);
    static const float large[] = {1, 3.1e38F}, infinite[] = {7e35F, 1};
    ck_assert_ptr_null(
        open_data(DATA("MULTIPLEXED", "IEEE_FLOAT_32"), large, sizeof large, NULL, false));
    ck_assert_ptr_null(
        open_data(DATA("MULTIPLEXED", "IEEE_FLOAT_32"), infinite, sizeof infinite, NULL, false));
}
END_TEST

/* What is missing is refused; what is too much is left out with a word, or refused strictly. */
START_TEST(files_longer_and_shorter_than_said)
{
    static const struct {
        const char *more;
        size_t size, n;   /* samples read; 0 = refused */
        const char *note; /* NULL = nothing is wrong */
    } cases[] = {
        {DATA("MULTIPLEXED", "INT_16"), 12, 3, NULL},
        {DATA("MULTIPLEXED", "INT_16"), 4, 1, NULL},
        {DATA("MULTIPLEXED", "INT_16"), 3, 0,
         "is truncated: 3 bytes, and 1 samples of 2 channels have 4"},
        {DATA("MULTIPLEXED", "INT_16"), 11, 2, "3 bytes of a last sample are left out"},
        {DATA("VECTORIZED", "INT_16"), 11, 0, "is truncated: 11 bytes"},
        {"DataPoints=3\n" DATA("MULTIPLEXED", "INT_16"), 12, 3, NULL},
        {"DataPoints=3\n" DATA("MULTIPLEXED", "INT_16"), 11, 0,
         "11 bytes, and 3 samples of 2 channels have 4"},
        {"DataPoints=3\n" DATA("MULTIPLEXED", "INT_16"), 13, 3, "1 bytes behind the last sample"},
        {"DataPoints=2\n" DATA("MULTIPLEXED", "INT_16"), 12, 2, "4 bytes behind the last sample"},
        {"DataPoints=3\n" DATA("VECTORIZED", "INT_16"), 12, 3, NULL},
        {"DataPoints=2\n" DATA("VECTORIZED", "INT_16"), 12, 0, "has 4 bytes more than the header"},
        {"DataPoints=3\n" DATA("VECTORIZED", "INT_16"), 8, 0, "is truncated: 8 bytes"},
    };
    static const uint8_t data[16] = {0};
    static const float zeros[8] = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_recording *r = open_data(cases[i].more, data, cases[i].size, NULL, false);
        const char *said = cases[i].n == 0 ? snnfe_last_error() : notes;
        ck_assert_msg((r == NULL) == (cases[i].n == 0), "case %zu: %s", i, snnfe_last_error());
        if (cases[i].note)
            ck_assert_msg(strstr(said, cases[i].note), "case %zu: %s", i, said);
        else
            ck_assert_str_eq(notes, "");
        if (r)
            check_samples(r, zeros, cases[i].n);
        r = open_data(cases[i].more, data, cases[i].size, NULL, true);
        ck_assert_msg((r == NULL) == (cases[i].note != NULL), "case %zu strictly", i);
        snnfe_recording_free(r);
    }
}
END_TEST

/* The rate that is wanted is that of the header to a millionth, however slow it is. */
START_TEST(rates_are_compared)
{
    static const struct {
        const char *interval;
        double wanted, rate_hz; /* 0: refused */
    } cases[] = {{"4000", 0, 250},
                 {"4000", 250, 250},
                 {"4000", 250.0002, 250.0002},
                 {"4000", 250.0003, 0},
                 {"4000", 249.9998, 249.9998},
                 {"2e6", 0.5, 0.5},
                 {"2e6", 0.25, 0},
                 {"4000", 0.5, 0}};
    static const char *const names[] = {"C3"};
    static const uint8_t data[4] = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *head = head_of("1", cases[i].interval, USUAL, "Ch1=C3,,0.5,mV");
        snnfe_recording *r = NULL;
        snnfe_recording_options o;
        support_write(support_path("b.vhdr"), head, strlen(head));
        support_write(support_path("b.eeg"), data, sizeof data);
        assert_ok(snnfe_recording_options_init(&o, sizeof o));
        o.channel_names = names;
        o.n_channels = 1;
        o.sampling_rate_hz = cases[i].wanted;
        const snnfe_status status = snnfe_recording_open(&r, support_path("b.vhdr"), &o);
        if (cases[i].rate_hz > 0) {
            snnfe_recording_info info = {.struct_size = sizeof info};
            assert_ok(status);
            assert_ok(snnfe_recording_get_info(r, &info));
            ck_assert_double_eq(info.sampling_rate_hz, cases[i].rate_hz);
            ck_assert_int_eq(info.synthetic, 0);
        } else {
            assert_fails(status, SNNFE_ERR_FORMAT, "b.vhdr: sampling rate is ");
        }
        snnfe_recording_free(r);
    }
}
END_TEST

/* --- markers --------------------------------------------------------------------------------- */

static snnfe_recording *open_marks(const char *marks)
{
    static const uint8_t data[16] = {0};
    char text[600];
    snprintf(text, sizeof text,
             "Brain Vision Data Exchange Marker File\n[Common Infos]\nCodepage=UTF-8\n"
             "[Marker Infos]\n%s\n",
             marks);
    return open_data(USUAL, data, sizeof data, text, false);
}

/* In order of time, and at the same time in that of the file; the same again counts once. */
START_TEST(markers_keep_their_order)
{
    snnfe_recording *r = open_marks("Mk1=b,x,7\nMk2=a,x,7\nMk3=c,x,2\nMk4=b,x,7\nMk5=a,w,7");
    ck_assert_msg(r != NULL, "%s", snnfe_last_error());
    snnfe_recording_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_recording_get_info(r, &info));
    static const char *const texts[] = {"c/x", "b/x", "a/x", "a/w"};
    ck_assert_uint_eq(info.n_events, 4);
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(info.event_texts[i], texts[i]);
    ck_assert_msg(strstr(notes, "1 annotations stand there twice"), "%s", notes);
    snnfe_recording_free(r);
}
END_TEST

START_TEST(markers_have_positions_and_texts)
{
    snnfe_recording *r =
        open_marks("Mk1=New Segment,,1,1,0\nMk2=a\\1b,c\\1\\,1,1\nMk3=,,2147483647\n"
                   "Mk4=New segment,,3,1\nMk5=New Segments,x,4");
    ck_assert_msg(r != NULL, "%s", snnfe_last_error());
    snnfe_recording_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_recording_get_info(r, &info));
    ck_assert_uint_eq(info.n_events, 4);
    static const uint64_t onsets[] = {0, 2, 3, INT32_MAX - 1};
    static const char *const texts[] = {"a,b/c,\\", "New segment/", "New Segments/x", "/"};
    ck_assert_mem_eq(info.event_onsets, onsets, sizeof onsets);
    for (size_t i = 0; i < 4; i++)
        ck_assert_str_eq(info.event_texts[i], texts[i]);
    snnfe_recording_free(r);
    static const char *const refused[] = {"Mk1=a,b,2147483648",
                                          "Mk1=a,b,0",
                                          "Mk1=a,b,",
                                          "Mk1=a,b,-1",
                                          "Mk1=a",
                                          "Mk1=a,b,00000000000000000000001x",
                                          "Mk1=a,b,000000000000000000000001"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        ck_assert_ptr_null(open_marks(refused[i]));
        ck_assert_msg(strstr(snnfe_last_error(), "b.vmrk: line 5: Mk1 is"), "%s",
                      snnfe_last_error());
    }
    ck_assert_ptr_null(open_marks("Mk1=New Segment,,2,1,0"));
    ck_assert_msg(strstr(snnfe_last_error(), "a new segment begins at sample 2"), "%s",
                  snnfe_last_error());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("brainvision");
    TCase *all = tcase_create("all");
    tcase_add_test(all, intervals_have_ends);
    tcase_add_test(all, channels_and_points_are_counted);
    tcase_add_test(all, fields_of_channels_may_be_missing);
    tcase_add_test(all, files_lie_beside_the_header);
    tcase_add_test(all, numbers_of_each_kind_and_order);
    tcase_add_test(all, files_longer_and_shorter_than_said);
    tcase_add_test(all, rates_are_compared);
    tcase_add_test(all, markers_keep_their_order);
    tcase_add_test(all, markers_have_positions_and_texts);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
