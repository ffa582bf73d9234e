/* Which channel is which, and electrodes with an offset. */
#include "own_signal.h"
#include "same_dataset.h"
#include "small.h"
#include "stream.h"

#include <math.h>

enum { SECOND = 160 };

static snnfe_decoder_options filtered_options(void)
{
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    return options;
}

/* --- names ---------------------------------------------------------------------------------- */

static snnfe_decoder_options three_channels(void)
{
    static const char *const names[3] = {"C3", "Cz..", "c4"};
    static const int32_t rows[3] = {4, 4, 4}, columns[3] = {3, 5, 7};
    snnfe_decoder_options options = stream_plain_options();
    own_signal(&options.signal)->n_channels = 3;
    own_signal(&options.signal)->channel_names = names;
    own_signal(&options.signal)->channel_rows = rows;
    own_signal(&options.signal)->channel_columns = columns;
    return options;
}

START_TEST(channels_by_name)
{
    snnfe_network *network = small_network();
    snnfe_decoder_options options = three_channels();
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    ck_assert_str_eq(stream_info(decoder).channel_names[1], "CZ");
    const char *const source[] = {"Fz", "C 4.", "Status", "CZ", "c3"};
    size_t order[3] = {9, 9, 9};
    assert_ok(snnfe_decoder_match_channels(decoder, source, 5, order));
    ck_assert(order[0] == 4 && order[1] == 3 && order[2] == 1);
    size_t kept[3] = {9, 9, 9};
    assert_fails(snnfe_decoder_match_channels(decoder, source, 4, kept), SNNFE_ERR_NOT_FOUND,
                 "channel C3 is not among the source's 4");
    ck_assert_uint_eq(kept[1], 9);
    const char *const twice[] = {"C3", "Cz", "C4", "CZ."};
    assert_fails(snnfe_decoder_match_channels(decoder, twice, 4, kept), SNNFE_ERR_ARGUMENT,
                 "channel CZ is there twice");
    const char *const null[] = {"C3", NULL};
    assert_fails(snnfe_decoder_match_channels(decoder, null, 2, kept), SNNFE_ERR_ARGUMENT,
                 "names[1] is NULL");
    assert_fails(snnfe_decoder_match_channels(decoder, source, 0, kept), SNNFE_ERR_ARGUMENT,
                 "n_names is 0");
    assert_fails(snnfe_decoder_match_channels(NULL, source, 5, kept), SNNFE_ERR_ARGUMENT,
                 "decoder");
    assert_fails(snnfe_decoder_match_channels(decoder, NULL, 5, kept), SNNFE_ERR_ARGUMENT, "names");
    assert_fails(snnfe_decoder_match_channels(decoder, source, 5, NULL), SNNFE_ERR_ARGUMENT,
                 "order");
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
}
END_TEST

/* The 64 default channels have names, channels of other places have none unless they are given. */
START_TEST(channels_without_names)
{
    snnfe_network *network = small_network();
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, NULL));
    ck_assert_str_eq(stream_info(decoder).channel_names[0], "FC5");
    ck_assert_str_eq(stream_info(decoder).channel_names[63], "IZ");
    snnfe_decoder_free(decoder);
    snnfe_decoder_options options = three_channels();
    own_signal(&options.signal)->channel_names = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    ck_assert_ptr_null(stream_info(decoder).channel_names);
    const char *const source[] = {"C3", "CZ", "C4"};
    size_t order[3];
    assert_fails(snnfe_decoder_match_channels(decoder, source, 3, order), SNNFE_ERR_NOT_FOUND,
                 "channels have no names");
    snnfe_decoder_free(decoder);
    const char *const same[] = {"C3", "CZ", "c3"}, *const null[] = {"C3", NULL, "C4"};
    own_signal(&options.signal)->channel_names = same;
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_ARGUMENT,
                 "\"C3\" twice");
    own_signal(&options.signal)->channel_names = null;
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_ARGUMENT,
                 "channel_names[1] is NULL");
    const char *const lines[] = {"C3", "C\nZ", "C4"};
    own_signal(&options.signal)->channel_names = lines;
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_ARGUMENT,
                 "channel_names[1] is \"C\\x0aZ\", not one line of UTF-8");
    snnfe_network_free(network);
}
END_TEST

/* Names, places and what counts as too many bad channels come from the data set. */
START_TEST(channels_of_a_dataset)
{
    const int32_t rows[8] = {0, 1, 2, 3, 4, 5, 6, 7}, columns[8] = {0}, labels[2] = {0, 1};
    static float epochs[2 * 8 * SMALL_STEPS];
    const snnfe_dataset_arrays arrays = {
        .struct_size = sizeof arrays,
        .n_steps = SMALL_STEPS,
        .n_trials = 2,
        .trials = epochs,
        .labels = labels,
        .signal = &(const snnfe_signal){.struct_size = sizeof(snnfe_signal),
                                        .n_channels = 8,
                                        .channel_rows = rows,
                                        .channel_columns = columns}};
    snnfe_dataset *dataset = NULL;
    snnfe_network *network = small_network();
    snnfe_decoder *decoder = NULL;
    snnfe_decoder_options options = filtered_options();
    assert_ok(snnfe_dataset_from_arrays(&dataset, &arrays));
    options.signal = dataset_info(dataset).signal;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    snnfe_dataset_free(dataset);
    ck_assert_str_eq(stream_info(decoder).channel_names[7], "CHANNEL7");
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
}
END_TEST

/* --- offsets -------------------------------------------------------------------------------- */

typedef struct offset_case {
    double offset_uv, drift_uv_s;
} offset_case;

/* Electrodes of a DC-coupled amplifier, ten of them with offsets of either sign, one that drifts:
   after the filter they decide as electrodes without. */
START_TEST(dc_coupled_electrodes)
{
    enum { N = 60 * SECOND };
    snnfe_network *network = small_network();
    const snnfe_decoder_options options = filtered_options();
    snnfe_decoder *plain = NULL, *offset = NULL;
    assert_ok(snnfe_decoder_create(&plain, network, &options));
    assert_ok(snnfe_decoder_create(&offset, network, &options));
    float *samples = stream_noise(1, N);
    const offset_case cases[] = {{8000, 0}, {-8000, 0}, {300000, 0}, {-4999, 0}, {5001, 10}};
    double largest = 0;
    for (size_t i = 0; i < N; i++) {
        float moved[64];
        for (size_t c = 0; c < 64; c++) {
            const offset_case *o = &cases[c % 5];
            const double drift = o->drift_uv_s * (double)i / SECOND;
            moved[c] = samples[i * 64 + c];
            if (c < 10)
                moved[c] = (float)((double)moved[c] + o->offset_uv + drift);
        }
        assert_ok(snnfe_decoder_push(plain, SNNFE_NOT_NUMBERED, samples + i * 64, 1));
        assert_ok(snnfe_decoder_push(offset, SNNFE_NOT_NUMBERED, moved, 1));
        /* The channel that does not drift gives what it gives without offset, up to rounding. */
        const double difference = fabs((double)stream_info(plain).grid[3 * 11 + 2] -
                                       (double)stream_info(offset).grid[3 * 11 + 2]);
        largest = fmax(largest, difference);
    }
    const snnfe_decoder_info info = stream_info(offset);
    ck_assert_uint_eq(info.n_saturated, 0);
    ck_assert_uint_eq(info.n_bad_channels, 0);
    ck_assert_double_lt(largest, 0.02);
    snnfe_decoder_free(plain);
    snnfe_decoder_free(offset);
    snnfe_network_free(network);
    free(samples);
}
END_TEST

/* An offset that jumps is reported, and from the next second on the electrode counts again. */
START_TEST(offset_that_jumps)
{
    snnfe_network *network = small_network();
    const uint32_t flat_samples[] = {80, 100000};
    for (size_t k = 0; k < 2; k++) {
        snnfe_decoder_options options = filtered_options();
        options.flat_samples = flat_samples[k];
        snnfe_decoder *decoder = NULL;
        assert_ok(snnfe_decoder_create(&decoder, network, &options));
        float *samples = stream_noise(2, 20 * SECOND);
        size_t n_saturated = 0, last = 0;
        for (size_t i = 0; i < (size_t)20 * SECOND; i++) {
            samples[i * 64 + 5] += i < (size_t)5 * SECOND ? 0 : 8000;
            assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples + i * 64, 1));
            if (stream_info(decoder).channel_faults[5] & SNNFE_FAULT_SATURATED) {
                n_saturated++;
                last = i;
            }
            ck_assert_float_lt(fabsf(stream_info(decoder).grid[3 * 11 + 7]), 20);
        }
        ck_assert_uint_eq(n_saturated, SECOND);
        ck_assert_uint_eq(last, 6 * SECOND - 1);
        ck_assert_uint_eq(stream_info(decoder).channel_faults[5], 0);
        ck_assert_uint_eq(stream_info(decoder).n_saturated, SECOND);
        snnfe_decoder_free(decoder);
        free(samples);
    }
    snnfe_network_free(network);
}
END_TEST

/* An amplifier at its rail is saturated while its range says so, and flat in any case. */
START_TEST(amplifier_at_its_rail)
{
    snnfe_network *network = small_network();
    for (int known = 0; known < 2; known++) {
        snnfe_decoder_options options = filtered_options();
        if (known)
            options.range_uv = 187500;
        snnfe_decoder *decoder = NULL;
        assert_ok(snnfe_decoder_create(&decoder, network, &options));
        float *samples = stream_noise(3, 10 * SECOND);
        for (size_t i = 0; i < (size_t)10 * SECOND; i++) {
            if (i >= SECOND)
                samples[i * 64 + 9] = 187500;
            assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples + i * 64, 1));
            const uint32_t faults = stream_info(decoder).channel_faults[9];
            if (i >= (size_t)2 * SECOND)
                ck_assert_uint_ne(faults & SNNFE_FAULT_FLAT, 0);
            if (i >= SECOND && known)
                ck_assert_uint_ne(faults & SNNFE_FAULT_SATURATED, 0);
        }
        snnfe_decision newest = {0};
        while (stream_info(decoder).n_pending > 0)
            newest = stream_next(decoder, NULL);
        ck_assert_uint_eq(newest.faulty_channels, UINT64_C(1) << 9);
        snnfe_decoder_free(decoder);
        free(samples);
    }
    snnfe_network_free(network);
}
END_TEST

/* Without a high-pass filter an offset reaches the network: it counts. */
START_TEST(offset_without_high_pass)
{
    snnfe_network *network = small_network();
    snnfe_decoder_options options = filtered_options();
    own_signal(&options.signal)->filter_low_hz = 0;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    float *samples = stream_noise(4, 3 * SECOND);
    for (size_t i = 0; i < (size_t)3 * SECOND; i++)
        samples[i * 64 + 2] += 8000;
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 3 * SECOND));
    ck_assert_uint_eq(stream_info(decoder).n_saturated, 3 * SECOND);
    snnfe_decoder_free(decoder);
    options.saturation_uv = 9000;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 3 * SECOND));
    ck_assert_uint_eq(stream_info(decoder).n_saturated, 0);
    snnfe_decoder_free(decoder);
    options.range_uv = 0;
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_ARGUMENT,
                 "range_uv is 0, not above 0");
    snnfe_network_free(network);
    free(samples);
}
END_TEST

/* --- units ---------------------------------------------------------------------------------- */

/* Samples in the wrong unit are seen by their size. */
START_TEST(size_of_the_samples)
{
    snnfe_network *network = small_network();
    double std[64];
    for (size_t c = 0; c < 64; c++)
        std[c] = 20;
    const double scales[] = {1, 1e-3, 1e-6}, least[] = {0.5, 5e-4, 5e-7};
    float *samples = stream_noise(5, 5 * SECOND);
    for (size_t k = 0; k < 3; k++) {
        snnfe_decoder_options options = filtered_options();
        own_signal(&options.signal)->channel_std_uv = std;
        snnfe_decoder *decoder = NULL;
        assert_ok(snnfe_decoder_create(&decoder, network, &options));
        ck_assert(isnan(stream_info(decoder).rms_z));
        for (size_t i = 0; i < (size_t)5 * SECOND; i++) {
            float scaled[64];
            for (size_t c = 0; c < 64; c++)
                scaled[c] = (float)((double)samples[i * 64 + c] * 20 * scales[k]);
            assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, scaled, 1));
        }
        const double rms = stream_info(decoder).rms_z;
        ck_assert_double_gt(rms, least[k]);
        ck_assert_double_lt(rms, 3 * least[k]);
        assert_ok(snnfe_decoder_begin_session(decoder));
        ck_assert(isnan(stream_info(decoder).rms_z));
        snnfe_decoder_free(decoder);
    }
    snnfe_network_free(network);
    free(samples);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("decoder channels");
    TCase *tests = tcase_create("channels");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, channels_by_name);
    tcase_add_test(tests, channels_without_names);
    tcase_add_test(tests, channels_of_a_dataset);
    tcase_add_test(tests, dc_coupled_electrodes);
    tcase_add_test(tests, offset_that_jumps);
    tcase_add_test(tests, amplifier_at_its_rail);
    tcase_add_test(tests, offset_without_high_pass);
    tcase_add_test(tests, size_of_the_samples);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
