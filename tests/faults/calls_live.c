/* Recordings, live decoding, learning on line, reports. */
#include "faults.h"

#include "small.h"

#include <snnfe/learner.h>
#include <snnfe/recording.h>
#include <snnfe/report.h>

static snnfe_status call_instruction_set(world *w)
{
    (void)w;
    faults_arm();
    return faults_disarm(snnfe_set_instruction_set(snnfe_instruction_set()));
}

static snnfe_status call_causal_filter(world *w)
{
    float samples[2 * 50] = {1, 2, 3};
    (void)w;
    return ARMED(snnfe_causal_filter_apply(samples, 2, 50, 1, 30, 160, 2));
}

static snnfe_status call_notch_filter(world *w)
{
    float samples[2 * 50] = {1, 2, 3};
    (void)w;
    return ARMED(snnfe_notch_filter_apply(samples, 2, 50, 50, 2, 160, SNNFE_FILTER_ZERO_PHASE));
}

static snnfe_status call_live_resampler(world *w)
{
    static const float samples[2 * 50] = {1, 2, 3};
    float resampled[2 * 40];
    size_t n = 40;
    snnfe_live_resampler *resampler = NULL;
    snnfe_live_resampler_info info = {.struct_size = sizeof info};
    (void)w;
    const snnfe_status status = ARMED(snnfe_live_resampler_create(&resampler, 250, 160, 2));
    if (status != SNNFE_OK)
        return status;
    assert_ok(ARMED(snnfe_live_resampler_push(resampler, samples, 50, &n, resampled)));
    assert_ok(ARMED(snnfe_live_resampler_get_info(resampler, &info)));
    assert_ok(ARMED(snnfe_live_resampler_reset(resampler)));
    snnfe_live_resampler_free(resampler);
    return SNNFE_OK;
}

static snnfe_status call_recording(world *w)
{
    static const char *const names[] = {"FC5", "FC3", "FC1", "FCz"};
    snnfe_recording_options options;
    assert_ok(ARMED(snnfe_recording_options_init(&options, sizeof options)));
    options.channel_names = names;
    options.n_channels = 4;
    snnfe_recording *recording = JUNK(snnfe_recording);
    const snnfe_status status = ARMED(snnfe_recording_open(&recording, w->recording, &options));
    check_made(recording, status);
    if (status == SNNFE_OK) {
        snnfe_recording_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_recording_get_info(recording, &info));
        ck_assert_ptr_nonnull(info.samples);
        ck_assert_ptr_nonnull(info.event_texts[0]);
    }
    snnfe_recording_free(recording);
    snnfe_recording_free(NULL);
    return status;
}

/* --- decoder --------------------------------------------------------------------------------- */

static snnfe_decoder *make_decoder(const world *w)
{
    snnfe_decoder_options options;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    assert_ok(snnfe_decoder_create(&decoder, w->network, &options));
    return decoder;
}

static snnfe_status call_decoder_options(world *w)
{
    snnfe_decoder_options options;
    (void)w;
    return ARMED(snnfe_decoder_options_init(&options, sizeof options));
}

static snnfe_status call_decoder_create(world *w)
{
    snnfe_decoder_options options;
    snnfe_decoder *decoder = JUNK(snnfe_decoder);
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    const snnfe_status status = ARMED(snnfe_decoder_create(&decoder, w->network, &options));
    check_made(decoder, status);
    snnfe_decoder_free(decoder);
    snnfe_decoder_free(NULL);
    return status;
}

/* After set-up nothing is allocated: everything within one armed section. */
static snnfe_status call_decoder_stream(world *w)
{
    static float samples[SMALL_STEPS * 64];
    static float grid[10 * 11 * SMALL_STEPS];
    for (size_t i = 0; i < SMALL_STEPS * 64; i++)
        samples[i] = (float)(i * 37 % 101) / 10.0F - 5.0F;
    snnfe_decoder *decoder = make_decoder(w);
    snnfe_decision decision = {.struct_size = sizeof decision};
    snnfe_decoder_info info = {.struct_size = sizeof info};
    uint32_t n_steps = 0;
    float probabilities[2];
    faults_arm();
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, SMALL_STEPS));
    assert_ok(snnfe_decoder_next(decoder, &decision, NULL, probabilities));
    assert_ok(snnfe_decoder_get_info(decoder, &info));
    ck_assert_ptr_nonnull(info.channel_faults);
    ck_assert_ptr_nonnull(info.grid);
    size_t order[64];
    assert_ok(snnfe_decoder_match_channels(decoder, info.channel_names, 64, order));
    (void)snnfe_decoder_peek(decoder, &n_steps, probabilities);
    (void)snnfe_decoder_copy_window(decoder, 0, grid);
    (void)snnfe_decoder_cue(decoder, 1, NULL);
    assert_ok(snnfe_decoder_push(decoder, SMALL_STEPS, samples, 3));
    assert_ok(snnfe_decoder_drop(decoder, 2));
    assert_ok(snnfe_decoder_begin_session(decoder));
    assert_ok(snnfe_decoder_offer(decoder, w->network));
    (void)snnfe_decoder_uses(decoder, w->network);
    ck_assert_int_eq(snnfe_decoder_mismatch(decoder, w->network, NULL, 0), 0);
    assert_ok(snnfe_decoder_reset(decoder));
    ck_assert_uint_eq(faults_requests(), 0);
    faults_disarm(SNNFE_OK);
    snnfe_decoder_free(decoder);
    return SNNFE_OK;
}

CALLS_OF_FILES(decoder)

/* --- learner --------------------------------------------------------------------------------- */

static snnfe_learner *make_learner(const world *w)
{
    snnfe_learner_options options;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_options_init(&options, sizeof options));
    options.device = w->device;
    assert_ok(snnfe_learner_create(&learner, w->network, NULL, &options));
    return learner;
}

static snnfe_status call_learner_create(world *w)
{
    snnfe_learner_options options;
    snnfe_learner *learner = JUNK(snnfe_learner);
    assert_ok(ARMED(snnfe_learner_options_init(&options, sizeof options)));
    options.device = w->device;
    const snnfe_status status = ARMED(snnfe_learner_create(&learner, w->network, NULL, &options));
    check_made(learner, status);
    snnfe_learner_free(learner);
    snnfe_learner_free(NULL);
    return status;
}

static snnfe_status call_learner_adapt(world *w)
{
    static float grid[10 * 11 * SMALL_STEPS];
    assert_ok(snnfe_dataset_copy_grid(w->dataset, NULL, 1, grid));
    snnfe_learner *learner = make_learner(w);
    snnfe_adaptation result = {.struct_size = sizeof result};
    const snnfe_status status = ARMED(snnfe_learner_adapt(learner, grid, 0, &result));
    assert_ok(snnfe_learner_adapt(learner, grid, 0, &result));
    snnfe_learner_free(learner);
    return status;
}

static snnfe_status call_learner_network(world *w)
{
    snnfe_learner *learner = make_learner(w);
    snnfe_network *network = JUNK(snnfe_network);
    const snnfe_status status = ARMED(snnfe_learner_copy_network(learner, &network));
    if (status == SNNFE_OK)
        snnfe_network_free(network);
    snnfe_learner_free(learner);
    return status;
}

static snnfe_status call_learner_info(world *w)
{
    snnfe_learner *learner = make_learner(w);
    snnfe_learner_info info = {.struct_size = sizeof info};
    const snnfe_status status = ARMED(snnfe_learner_get_info(learner, &info));
    snnfe_learner_free(learner);
    return status;
}

static snnfe_status call_learner_wear(world *w)
{
    snnfe_learner *learner = make_learner(w);
    snnfe_wear wear = {.struct_size = sizeof wear};
    const snnfe_status status = ARMED(snnfe_learner_wear(learner, -1, NULL, &wear, NULL, 0));
    snnfe_learner_free(learner);
    return status;
}

static snnfe_status call_learner_age(world *w)
{
    snnfe_learner *learner = make_learner(w);
    const snnfe_status status = ARMED(snnfe_learner_age(learner, 0, 1e4, 10));
    snnfe_learner_free(learner);
    return status;
}

CALLS_OF_FILES(learner)

/* --- reports --------------------------------------------------------------------------------- */

static snnfe_status call_report(world *w)
{
    static float grid[10 * 11 * SMALL_STEPS];
    assert_ok(snnfe_dataset_copy_grid(w->dataset, NULL, 1, grid));
    snnfe_report_options options;
    snnfe_report report = {.struct_size = sizeof report};
    snnfe_layer_report rows[SNNFE_N_LAYERS + 1];
    assert_ok(ARMED(snnfe_report_options_init(&options, sizeof options)));
    options.n_threads = 1;
    options.device = w->device;
    options.checkpoint = w->trainer_file;
    return ARMED(snnfe_report_make(w->network, grid, 1, &options, &report, rows, sizeof rows[0]));
}

static snnfe_status call_report_print(world *w)
{
    snnfe_report report = {.struct_size = sizeof report};
    snnfe_layer_report rows[SNNFE_N_LAYERS + 1];
    char text[1 << 14];
    size_t length = 0;
    assert_ok(snnfe_report_make(w->network, NULL, 0, NULL, &report, rows, sizeof rows[0]));
    return ARMED(snnfe_report_print(&report, rows, sizeof rows[0], SNNFE_REPORT_TEXT, text,
                                    sizeof text, &length));
}

const call live_calls[] = {
    {"snnfe_instruction_set", call_instruction_set},
    {"snnfe_set_instruction_set", call_instruction_set},
    {"snnfe_causal_filter_apply", call_causal_filter},
    {"snnfe_notch_filter_apply", call_notch_filter},
    {"snnfe_live_resampler_create", call_live_resampler},
    {"snnfe_live_resampler_push", call_live_resampler},
    {"snnfe_live_resampler_get_info", call_live_resampler},
    {"snnfe_live_resampler_reset", call_live_resampler},
    {"snnfe_live_resampler_free", call_live_resampler},
    {"snnfe_recording_options_init", call_recording},
    {"snnfe_recording_open", call_recording},
    {"snnfe_recording_free", call_recording},
    {"snnfe_recording_get_info", call_recording},
    {"snnfe_decoder_options_init", call_decoder_options},
    {"snnfe_decoder_create", call_decoder_create},
    {"snnfe_decoder_free", call_decoder_create},
    {"snnfe_decoder_push", call_decoder_stream},
    {"snnfe_decoder_drop", call_decoder_stream},
    {"snnfe_decoder_begin_session", call_decoder_stream},
    {"snnfe_decoder_match_channels", call_decoder_stream},
    {"snnfe_decoder_mismatch", call_decoder_stream},
    {"snnfe_decoder_cue", call_decoder_stream},
    {"snnfe_decoder_next", call_decoder_stream},
    {"snnfe_decoder_get_info", call_decoder_stream},
    {"snnfe_decoder_peek", call_decoder_stream},
    {"snnfe_decoder_copy_window", call_decoder_stream},
    {"snnfe_decoder_offer", call_decoder_stream},
    {"snnfe_decoder_uses", call_decoder_stream},
    {"snnfe_decoder_reset", call_decoder_stream},
    {"snnfe_decoder_save", call_decoder_save},
    {"snnfe_decoder_restore", call_decoder_restore},
    {"snnfe_learner_options_init", call_learner_create},
    {"snnfe_learner_create", call_learner_create},
    {"snnfe_learner_free", call_learner_create},
    {"snnfe_learner_adapt", call_learner_adapt},
    {"snnfe_learner_get_info", call_learner_info},
    {"snnfe_learner_copy_network", call_learner_network},
    {"snnfe_learner_age", call_learner_age},
    {"snnfe_learner_wear", call_learner_wear},
    {"snnfe_learner_save", call_learner_save},
    {"snnfe_learner_restore", call_learner_restore},
    {"snnfe_report_options_init", call_report},
    {"snnfe_report_make", call_report},
    {"snnfe_report_print", call_report_print},
    {NULL, NULL},
};
