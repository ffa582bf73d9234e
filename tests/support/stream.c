#include "stream.h"
#include "own_signal.h"

#include "base/philox.h"

float *stream_noise(uint64_t seed, size_t n)
{
    float *samples = malloc(n * 64 * sizeof *samples);
    ck_assert_ptr_nonnull(samples);
    snnfe_stream stream = snnfe_stream_make(seed, SNNFE_STREAM_SYNTHETIC, 1);
    for (size_t i = 0; i < n * 64; i++)
        samples[i] = (float)snnfe_stream_normal(&stream);
    return samples;
}

snnfe_decoder_options stream_plain_options(void)
{
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    own_signal(&options.signal)->filter_low_hz = 0, own_signal(&options.signal)->filter_high_hz = 0;
    return options;
}

void stream_evaluate(const snnfe_network *network, const float *samples, float *logits)
{
    snnfe_network_options o = {.struct_size = sizeof o};
    assert_ok(snnfe_network_get_options(network, &o));
    /* Samples to a data set of one trial, and that to the grid. */
    float *trial = malloc(64 * (size_t)o.n_steps * sizeof *trial);
    for (size_t c = 0; c < 64; c++)
        for (size_t t = 0; t < o.n_steps; t++)
            trial[c * o.n_steps + t] = samples[t * 64 + c];
    const int32_t label = 0;
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_steps = o.n_steps,
                                         .n_trials = 1,
                                         .trials = trial,
                                         .labels = &label};
    snnfe_dataset *dataset = NULL;
    assert_ok(snnfe_dataset_from_arrays(&dataset, &arrays));
    float *grid = malloc((size_t)o.n_rows * o.n_columns * o.n_steps * sizeof *grid);
    assert_ok(snnfe_dataset_copy_grid(dataset, NULL, 1, grid));
    assert_ok(snnfe_network_evaluate(network, grid, 1, NULL, logits, NULL, NULL));
    snnfe_dataset_free(dataset);
    free(grid);
    free(trial);
}

snnfe_decision stream_next(snnfe_decoder *decoder, float *logits)
{
    snnfe_decision decision = {.struct_size = sizeof decision};
    assert_ok(snnfe_decoder_next(decoder, &decision, logits, NULL));
    return decision;
}

snnfe_decoder_info stream_info(const snnfe_decoder *decoder)
{
    snnfe_decoder_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_decoder_get_info(decoder, &info));
    return info;
}
