#include "glances.h"

#include <snnfe/recording.h>
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
    snnfe_recording_info r = {.struct_size = sizeof r};
    assert_ok(snnfe_recording_options_init(&o, sizeof o));
    o.channel_names = info.channel_names;
    o.n_channels = info.n_channels;
    assert_ok(snnfe_recording_open(&recording, glances_path(), &o));
    assert_ok(snnfe_recording_get_info(recording, &r));
    float *rows = malloc(r.n_samples * info.n_channels * sizeof *rows);
    for (size_t t = 0; t < r.n_samples; t++)
        for (size_t c = 0; c < info.n_channels; c++)
            rows[t * info.n_channels + c] = r.samples[c * r.n_samples + t];
    *n = r.n_samples;
    snnfe_recording_free(recording);
    return rows;
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

snnfe_control *glances_control(const snnfe_decoder *decoder)
{
    snnfe_control *control = NULL;
    assert_ok(snnfe_control_create(&control, stream_info(decoder).signal, NULL));
    return control;
}
