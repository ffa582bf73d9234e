/* Channels that a recording may lack, and the choice among those of one in memory. */
#include "base/memory.h"
#include "edf_file.h"
#include "recording/recording.h"
#include "support.h"

enum { N = 5 };

static snnfe_channels channels_of(const char *const *names, size_t n, uint64_t may_lack)
{
    snnfe_channels channels;
    assert_ok(snnfe_channels_take(&channels, names, n, "names"));
    channels.may_lack = may_lack;
    return channels;
}

/* --- in memory ------------------------------------------------------------------------------- */

/* A, B and C with samples from 10, 20 and 30 on. */
static snnfe_recording three(void)
{
    snnfe_recording r = {.n_channels = 3, .n_samples = N, .names = {"A", "B", "C"}};
    r.samples = snnfe_alloc_raw((size_t)3 * N, sizeof(float));
    ck_assert_ptr_nonnull(r.samples);
    for (int i = 0; i < 3 * N; i++)
        r.samples[i] = (float)(10 * (1 + i / N) + i % N);
    return r;
}

/* Channel `c` has samples from `first` on, or zeros. */
static void check_channel(const snnfe_recording *r, size_t c, float first)
{
    for (size_t t = 0; t < N; t++)
        ck_assert_float_eq(r->samples[c * N + t], first > 0 ? first + (float)t : 0);
}

START_TEST(channels_are_picked_in_their_order)
{
    static const char *const names[] = {"C", "A"};
    const snnfe_channels wanted = channels_of(names, 2, 0);
    snnfe_recording r = three();
    assert_ok(snnfe_recording_select(&r, "file", &wanted));
    ck_assert_uint_eq(r.n_channels, 2);
    ck_assert_uint_eq(r.absent, 0);
    ck_assert_str_eq(r.names[0], "C");
    ck_assert_str_eq(r.names[1], "A");
    check_channel(&r, 0, 30);
    check_channel(&r, 1, 10);
    snnfe_recording_release(&r);
}
END_TEST

START_TEST(absent_channels_are_zeros)
{
    static const char *const names[] = {"X", "B", "Y", "A"};
    snnfe_channels wanted = channels_of(names, 4, 7);
    snnfe_recording r = three();
    assert_ok(snnfe_recording_select(&r, "file", &wanted));
    ck_assert_uint_eq(r.n_channels, 4);
    ck_assert_uint_eq(r.absent, 5);
    check_channel(&r, 0, 0);
    check_channel(&r, 1, 20);
    check_channel(&r, 2, 0);
    check_channel(&r, 3, 10);
    snnfe_recording_release(&r);
    r = three();
    wanted.may_lack = 1;
    assert_fails(snnfe_recording_select(&r, "file", &wanted), SNNFE_ERR_NOT_FOUND,
                 "file: channel \"Y\" is missing; there are \"A\", \"B\", \"C\"");
    check_channel(&r, 2, 30);
    wanted = channels_of(names, 1, 1);
    assert_fails(snnfe_recording_select(&r, "file", &wanted), SNNFE_ERR_NOT_FOUND,
                 "file: channel \"X\" is missing");
    snnfe_recording_release(&r);
}
END_TEST

/* --- in files -------------------------------------------------------------------------------- */

static int16_t sample(size_t channel, size_t t)
{
    return (int16_t)(10 * ((int)channel + 1) + (int)t);
}

/* Of `n` samples and so many microvolts a step. */
static void check_file(const char *path, size_t n, float step)
{
    static const char *const names[] = {"Pz", "C4", "O1", "C3"};
    const snnfe_channels wanted = channels_of(names, 4, 15);
    snnfe_recording r = {0};
    assert_ok(snnfe_recording_read(path, &wanted, 0, true, &r));
    ck_assert_uint_eq(r.n_channels, 4);
    ck_assert_uint_eq(r.absent, 5);
    for (size_t t = 0; t < n; t++) {
        const float *at = r.samples + t;
        ck_assert_float_eq(at[0], 0);
        ck_assert_float_eq(at[2 * r.n_samples], 0);
        ck_assert_float_eq_tol(at[3 * r.n_samples], step * (float)sample(0, t), 1e-3F);
        ck_assert_float_eq_tol(at[r.n_samples], step * (float)sample(1, t), 1e-3F);
    }
    snnfe_recording_release(&r);
}

START_TEST(files_may_lack_channels)
{
    static const char *const labels[] = {"C3", "C4"};
    static const char head[] =
        "Brain Vision Data Exchange Header File Version 1.0\n[Common Infos]\nDataFile=b.eeg\n"
        "NumberOfChannels=2\nSamplingInterval=4000\nDataOrientation=MULTIPLEXED\n"
        "[Binary Infos]\nBinaryFormat=INT_16\n[Channel Infos]\nCh1=C3,,1,uV\nCh2=C4,,1,uV\n";
    edf_spec spec = edf_usual;
    spec.n_channels = 2;
    spec.labels = labels;
    spec.kind = "";
    spec.n_annotations = 0;
    spec.sample = sample;
    check_file(edf_write(&spec, "a.edf"), 160, 0.1F);
    int16_t data[2 * N];
    for (size_t i = 0; i < (size_t)2 * N; i++)
        data[i] = sample(i % 2, i / 2);
    support_write(support_path("b.vhdr"), head, strlen(head));
    support_write(support_path("b.eeg"), data, sizeof data);
    check_file(support_path("b.vhdr"), N, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("absent");
    TCase *all = tcase_create("all");
    tcase_add_test(all, channels_are_picked_in_their_order);
    tcase_add_test(all, absent_channels_are_zeros);
    tcase_add_test(all, files_may_lack_channels);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
