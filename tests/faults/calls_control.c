/* Control: of data sets, of users, of decoders. */
#include "faults.h"

#include "small.h"

#include <snnfe/control.h>

enum { N = 40, INPUTS = 5 };

static float samples[N][INPUTS];

static void fill_samples(void)
{
    for (size_t t = 0; t < N; t++)
        for (size_t c = 0; c < INPUTS; c++)
            samples[t][c] = (float)((t * 37 + c * 101 + t * t * c) % 89) / 10.0F - 4.4F;
}

/* Four channels of which one is a reference, and one that is none. */
static snnfe_signal make_signal(const world *w)
{
    static const char *const references[] = {"FC1", "EOG"};
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(w->recorded, &info));
    snnfe_signal signal = *info.signal;
    signal.struct_size = sizeof signal;
    signal.ocular = SNNFE_OCULAR_REGRESSION;
    signal.alignment = SNNFE_ALIGNMENT_EUCLIDEAN;
    signal.n_references = 2;
    signal.reference_names = references;
    return signal;
}

static snnfe_control *make_control(const world *w)
{
    snnfe_control_options options;
    snnfe_control *control = NULL;
    const snnfe_signal signal = make_signal(w);
    assert_ok(snnfe_control_options_init(&options, sizeof options));
    options.least_samples = 1;
    assert_ok(snnfe_control_create(&control, &signal, &options));
    fill_samples();
    assert_ok(
        snnfe_control_add(control, SNNFE_CONTROL_OCULAR | SNNFE_CONTROL_ALIGNMENT, samples[0], N));
    return control;
}

static snnfe_status call_control_create(world *w)
{
    double covariance[16] = {1};
    snnfe_control_options options;
    snnfe_control *control = JUNK(snnfe_control);
    snnfe_signal signal = make_signal(w);
    signal.covariance = covariance;
    assert_ok(ARMED(snnfe_control_options_init(&options, sizeof options)));
    const snnfe_status status = ARMED(snnfe_control_create(&control, &signal, &options));
    check_made(control, status);
    snnfe_control_free(control);
    snnfe_control_free(NULL);
    return status;
}

static snnfe_status call_control_add(world *w)
{
    snnfe_control *control = make_control(w);
    const snnfe_status status = ARMED(snnfe_control_add(control, 3, samples[0], N));
    snnfe_control_free(control);
    return status;
}

static snnfe_status call_control_info(world *w)
{
    snnfe_control *control = make_control(w);
    snnfe_control_info info = {.struct_size = sizeof info};
    const snnfe_status status = ARMED(snnfe_control_get_info(control, &info));
    assert_ok(snnfe_control_get_info(control, &info));
    ck_assert_uint_eq(info.n_inputs, INPUTS);
    snnfe_control_free(control);
    return status;
}

CALLS_OF_FILES(control)

static snnfe_status call_decoder_control(world *w)
{
    snnfe_decoder_options options;
    snnfe_decoder *decoder = NULL;
    const snnfe_signal signal = make_signal(w);
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.signal = &signal;
    assert_ok(snnfe_decoder_create(&decoder, w->network, &options));
    snnfe_control *control = make_control(w);
    const snnfe_status status = ARMED(snnfe_decoder_offer_control(decoder, control));
    assert_ok(snnfe_decoder_offer_control(decoder, control));
    /* After set-up nothing is allocated. */
    static float grid[10 * 11 * SMALL_STEPS];
    faults_arm();
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples[0], N));
    assert_ok(snnfe_decoder_copy_samples(decoder, 0, N, samples[0]));
    assert_ok(snnfe_decoder_copy_window(decoder, 0, grid));
    ck_assert_uint_eq(faults_requests(), 0);
    faults_disarm(SNNFE_OK);
    snnfe_control_free(control);
    snnfe_decoder_free(decoder);
    return status;
}

static snnfe_status call_dataset_align(world *w)
{
    snnfe_alignment_options options;
    const int32_t all[] = {0, 1, 2, 3, 20, 21, 22, 23};
    snnfe_dataset *part = NULL;
    assert_ok(ARMED(snnfe_alignment_options_init(&options, sizeof options)));
    options.n_threads = 1;
    assert_ok(snnfe_dataset_subset(&part, w->dataset, all, 8));
    const snnfe_status status = ARMED(snnfe_dataset_align(part, &options));
    if (status != SNNFE_OK)
        assert_ok(snnfe_dataset_align(part, &options));
    snnfe_dataset_free(part);
    return status;
}

static snnfe_status call_dataset_clean(world *w)
{
    static const char *const references[] = {"FC1", "FCz"};
    snnfe_dataset_options options = world_recording_options();
    const int32_t subject = 1, run = 4;
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    options.ocular = SNNFE_OCULAR_REGRESSION;
    options.reference_names = references;
    options.n_references = 2;
    const snnfe_status status =
        ARMED(snnfe_dataset_open_files(&dataset, &w->recording, &subject, &run, 1, &options));
    check_made(dataset, status);
    snnfe_dataset_free(dataset);
    return status;
}

const call control_calls[] = {
    {"snnfe_control_options_init", call_control_create},
    {"snnfe_control_create", call_control_create},
    {"snnfe_control_free", call_control_create},
    {"snnfe_control_add", call_control_add},
    {"snnfe_control_get_info", call_control_info},
    {"snnfe_control_save", call_control_save},
    {"snnfe_control_restore", call_control_restore},
    {"snnfe_decoder_offer_control", call_decoder_control},
    {"snnfe_decoder_copy_samples", call_decoder_control},
    {"snnfe_alignment_options_init", call_dataset_align},
    {"snnfe_dataset_align", call_dataset_align},
    {"snnfe_dataset_open_files, with control", call_dataset_clean},
    {NULL, NULL},
};
