/* A decoder's state saved and taken up: the same bits, and nothing changed by a bad file. */
#include "own_signal.h"
#include "small.h"
#include "stream.h"

#include <math.h>

enum { STEPS = SMALL_STEPS, N = 6 * STEPS };

static snnfe_decoder_options options_of(void)
{
    static double mean[64], std[64];
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    for (int c = 0; c < 64; c++) {
        mean[c] = c;
        std[c] = 1 + 0.01 * c;
    }
    own_signal(&options.signal)->channel_mean_uv = mean;
    own_signal(&options.signal)->channel_std_uv = std;
    options.hop = 7;
    options.flat_samples = 6;
    options.n_pending = 5;
    return options;
}

static float *faulty_stream(void)
{
    float *samples = stream_noise(11, N);
    samples[13 * 64 + 4] = NAN;
    for (size_t i = 20; i < 50; i++)
        samples[i * 64 + 9] = 2;
    return samples;
}

static void assert_same_future(snnfe_decoder *a, snnfe_decoder *b, const float *samples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_ok(snnfe_decoder_push(a, SNNFE_NOT_NUMBERED, samples + i * 64, 1));
        assert_ok(snnfe_decoder_push(b, SNNFE_NOT_NUMBERED, samples + i * 64, 1));
        ck_assert_mem_eq(stream_info(a).grid, stream_info(b).grid, 110 * sizeof(float));
    }
    const snnfe_decoder_info x = stream_info(a), y = stream_info(b);
    ck_assert_mem_eq(&x, &y, offsetof(snnfe_decoder_info, channel_faults));
    while (stream_info(a).n_pending) {
        float p[2], q[2];
        const snnfe_decision d = stream_next(a, p), e = stream_next(b, q);
        ck_assert_mem_eq(&d, &e, sizeof d);
        ck_assert_mem_eq(p, q, sizeof p);
    }
}

/* Saved after any sample, also with decisions that wait. */
START_TEST(goes_on_to_the_same_bits)
{
    snnfe_network *network = small_network(), *copy = NULL;
    assert_ok(snnfe_network_clone(&copy, network));
    const snnfe_decoder_options options = options_of();
    float *samples = faulty_stream();
    const size_t at[] = {0, 1, 13, 26, 47, 90};
    for (size_t k = 0; k < sizeof at / sizeof at[0]; k++) {
        snnfe_decoder *a = NULL, *b = NULL;
        assert_ok(snnfe_decoder_create(&a, network, &options));
        assert_ok(snnfe_decoder_create(&b, copy, &options));
        assert_ok(snnfe_decoder_push(a, SNNFE_NOT_NUMBERED, samples, at[k]));
        assert_ok(snnfe_decoder_push(b, SNNFE_NOT_NUMBERED, samples + 64,
                                     33)); /* something else before */
        assert_ok(snnfe_decoder_save(a, support_path("state")));
        assert_ok(snnfe_decoder_restore(b, support_path("state")));
        ck_assert_mem_eq(stream_info(a).channel_faults, stream_info(b).channel_faults,
                         64 * sizeof(uint32_t));
        assert_same_future(a, b, samples + at[k] * 64, N - at[k]);
        float grid[110 * STEPS], other[110 * STEPS];
        assert_ok(snnfe_decoder_copy_window(a, N - STEPS, grid));
        assert_ok(snnfe_decoder_copy_window(b, N - STEPS, other));
        ck_assert_mem_eq(grid, other, sizeof grid);
        snnfe_decoder_free(a);
        snnfe_decoder_free(b);
    }
    free(samples);
    snnfe_network_free(network);
    snnfe_network_free(copy);
}
END_TEST

START_TEST(other_options_or_network)
{
    snnfe_network *network = small_network(), *other = small_network();
    float value = 0.2F;
    snnfe_parameter_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_network_parameter(other, 0, &info));
    float *values = small_values(other);
    values[info.offset] = value;
    assert_ok(snnfe_network_set(other, info.name, values + info.offset, info.count));
    free(values);
    float *samples = faulty_stream();
    snnfe_decoder_options options = options_of();
    snnfe_decoder *a = NULL, *b = NULL;
    assert_ok(snnfe_decoder_create(&a, network, &options));
    assert_ok(snnfe_decoder_push(a, SNNFE_NOT_NUMBERED, samples, 30));
    const char *path = support_path("state");
    assert_ok(snnfe_decoder_save(a, path));
    assert_ok(snnfe_decoder_create(&b, other, &options));
    assert_fails(snnfe_decoder_restore(b, path), SNNFE_ERR_SHAPE, "was saved with network");
    snnfe_decoder_free(b);
    options.hop = 9;
    assert_ok(snnfe_decoder_create(&b, network, &options));
    assert_fails(snnfe_decoder_restore(b, path), SNNFE_ERR_SHAPE, "was saved with hop 7, not 9");
    snnfe_decoder_free(b);
    options = options_of();
    own_signal(&options.signal)->channel_mean_uv = NULL;
    assert_ok(snnfe_decoder_create(&b, network, &options));
    assert_fails(snnfe_decoder_restore(b, path), SNNFE_ERR_SHAPE, "was saved with channels");
    snnfe_decoder_free(b);
    /* A window that runs with weights that were replaced cannot be saved. */
    assert_ok(snnfe_decoder_offer(a, other));
    assert_fails(snnfe_decoder_save(a, path), SNNFE_ERR_STATE, "that was replaced");
    assert_ok(snnfe_decoder_push(a, SNNFE_NOT_NUMBERED, samples, STEPS));
    assert_ok(snnfe_decoder_save(a, path));
    snnfe_decoder_free(a);
    free(samples);
    snnfe_network_free(network);
    snnfe_network_free(other);
}
END_TEST

/* Every cut of the file is refused, and the decoder goes on as if nothing had been. */
START_TEST(damaged_files)
{
    snnfe_network *network = small_network();
    const snnfe_decoder_options options = options_of();
    float *samples = faulty_stream();
    snnfe_decoder *a = NULL, *b = NULL;
    assert_ok(snnfe_decoder_create(&a, network, &options));
    assert_ok(snnfe_decoder_create(&b, network, &options));
    assert_ok(snnfe_decoder_push(a, SNNFE_NOT_NUMBERED, samples, 40));
    assert_ok(snnfe_decoder_save(a, support_path("state")));
    size_t size = 0;
    char *content = support_read(support_path("state"), &size);
    assert_ok(snnfe_decoder_push(a, SNNFE_NOT_NUMBERED, samples + 40 * 64, 5));
    assert_ok(snnfe_decoder_push(b, SNNFE_NOT_NUMBERED, samples, 45));
    const char *path = support_path("bad");
    for (size_t cut = 0; cut < size; cut += size / 50 + 1) {
        support_write(path, content, cut);
        ck_assert_int_ne(snnfe_decoder_restore(b, path), SNNFE_OK);
        ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "bad"));
    }
    /* A window that stands beyond its end. */
    char *found = NULL;
    static const char tensor[] = "\"decoder.window.lane.step\"";
    for (size_t i = 0; i + sizeof tensor < size && !found; i++)
        if (memcmp(content + i, tensor, sizeof tensor - 1) == 0)
            found = content + i;
    ck_assert_ptr_nonnull(found);
    unsigned long begin = 0, stop = 0;
    const char *offsets = strstr(found, "\"data_offsets\"");
    ck_assert_ptr_nonnull(offsets);
    offsets = strchr(offsets, '[');
    ck_assert_int_eq(sscanf(offsets, "[%lu,%lu]", &begin, &stop), 2);
    uint64_t header = 0;
    memcpy(&header, content, 8);
    content[8 + header + begin] = 99;
    support_write(path, content, size);
    assert_fails(snnfe_decoder_restore(b, path), SNNFE_ERR_FORMAT, "decoder.window.lane.step");
    assert_ok(snnfe_network_save(network, path));
    assert_fails(snnfe_decoder_restore(b, path), SNNFE_ERR_FORMAT,
                 "is a network, not a state of live decoding");
    assert_fails(snnfe_decoder_restore(b, support_path("none")), SNNFE_ERR_IO, "none");
    assert_fails(snnfe_decoder_save(b, support_path("none/state")), SNNFE_ERR_IO, "none");
    assert_fails(snnfe_decoder_save(b, NULL), SNNFE_ERR_ARGUMENT, "path is NULL");
    assert_fails(snnfe_decoder_restore(NULL, path), SNNFE_ERR_ARGUMENT, "decoder is NULL");
    assert_same_future(a, b, samples + 45 * 64, N - 45);
    free(content);
    free(samples);
    snnfe_decoder_free(a);
    snnfe_decoder_free(b);
    snnfe_network_free(network);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("decoder files");
    TCase *tests = tcase_create("files");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, goes_on_to_the_same_bits);
    tcase_add_test(tests, other_options_or_network);
    tcase_add_test(tests, damaged_files);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
