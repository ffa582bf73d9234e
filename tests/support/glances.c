#include "glances.h"

#include "own_signal.h"
#include "recordings.h"
#include "same_dataset.h"

#include <math.h>
#include <snnfe/synthetic.h>

const char *glances_path(void)
{
    static char path[4200];
    if (!path[0]) {
        snnfe_synthetic_options o;
        assert_ok(snnfe_synthetic_options_init(&o, sizeof o));
        o.n_subjects = 1;
        o.trials_per_run = 6;
        o.glance_uv = 100;
        assert_ok(snnfe_synthetic_write(support_path("tree"), &o));
        snprintf(path, sizeof path, "%s/S001/S001R04.edf", support_path("tree"));
    }
    return path;
}

float *glances_rows(const snnfe_decoder *decoder, size_t *n)
{
    const snnfe_decoder_info info = stream_info(decoder);
    snnfe_recording_options o;
    snnfe_recording *recording = NULL;
    assert_ok(snnfe_recording_options_init(&o, sizeof o));
    o.channel_names = info.channel_names;
    o.n_channels = info.n_channels;
    assert_ok(snnfe_recording_open(&recording, glances_path(), &o));
    const snnfe_recording_info r = recording_info(recording);
    float *rows = malloc(r.n_samples * info.n_channels * sizeof *rows);
    for (size_t t = 0; t < r.n_samples; t++)
        for (size_t c = 0; c < info.n_channels; c++)
            rows[t * info.n_channels + c] = r.samples[c * r.n_samples + t];
    *n = r.n_samples;
    snnfe_recording_free(recording);
    return rows;
}

snnfe_dataset_options glances_options(uint32_t window)
{
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.filter_kind = SNNFE_FILTER_CAUSAL;
    o.window_length = window;
    o.window_limit = window + 1;
    return o;
}

snnfe_dataset_options glances_envelopes(const char *const *names, uint32_t n_names, uint32_t window)
{
    static const double low[] = {8, 20}, high[] = {13, 30};
    snnfe_dataset_options o = glances_options(window);
    o.filter_low_hz = 4;
    o.filter_high_hz = 40;
    o.channel_names = names;
    o.n_channels = n_names;
    o.band_low_hz = low;
    o.band_high_hz = high;
    o.n_bands = 2;
    return o;
}

snnfe_dataset *glances_open(const snnfe_dataset_options *options)
{
    const char *const paths[] = {glances_path()};
    const int32_t subject = 1, run = 4;
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_open_files(&d, paths, &subject, &run, 1, options));
    return d;
}

snnfe_decoder *glances_decoder(const snnfe_network *network, const snnfe_signal *signal,
                               uint32_t n_history)
{
    snnfe_decoder_options o;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    o.signal = signal;
    o.windows = SNNFE_WINDOWS_CUED;
    o.n_history = n_history;
    assert_ok(snnfe_decoder_create(&decoder, network, &o));
    return decoder;
}

const snnfe_signal *glances_align(snnfe_dataset *d, int32_t alignment)
{
    snnfe_alignment_options o;
    assert_ok(snnfe_alignment_options_init(&o, sizeof o));
    o.alignment = alignment;
    o.past = 1;
    if (alignment != SNNFE_ALIGNMENT_NONE)
        assert_ok(snnfe_dataset_align(d, &o));
    const snnfe_signal *signal = dataset_info(d).signal;
    own_signal(&signal)->covariance = NULL; /* it is this very subject's */
    return signal;
}

void glances_check_trial(const snnfe_decoder *decoder, const snnfe_dataset *d, int32_t trial,
                         size_t n_steps)
{
    const size_t n = GLANCES_POSITIONS * n_steps;
    float *seen = malloc(n * sizeof *seen), *expected = malloc(n * sizeof *expected);
    const uint64_t onset = (uint64_t)dataset_info(d).onsets[trial];
    assert_ok(snnfe_decoder_copy_window(decoder, onset, seen));
    assert_ok(snnfe_dataset_copy_grid(d, &trial, 1, expected));
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(fabs((double)seen[i] - (double)expected[i]) < 1e-3,
                      "trial %d, place %zu, step %zu: %g, in the data set %g", (int)trial,
                      i / n_steps, i % n_steps, (double)seen[i], (double)expected[i]);
    free(seen);
    free(expected);
}

snnfe_control *glances_control(const snnfe_decoder *decoder)
{
    snnfe_control *control = NULL;
    assert_ok(snnfe_control_create(&control, stream_info(decoder).signal, NULL));
    return control;
}
