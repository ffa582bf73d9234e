/* Handles that hold all there can be: references and alignment, dropout, other formats. */
#include "base/file.h"
#include "devices.h"
#include "faults.h"
#include "small.h"

#include <snnfe/control.h>
#include <snnfe/learner.h>

/* --- data sets ------------------------------------------------------------------------------- */

static snnfe_dataset *make_dataset(const world *w)
{
    static const char *const references[] = {"FC1", "FCz"};
    const int32_t subject = 1, run = 4;
    snnfe_dataset_options options = world_recording_options();
    snnfe_dataset *dataset = NULL;
    options.ocular = SNNFE_OCULAR_REGRESSION;
    options.reference_names = references;
    options.n_references = 2;
    assert_ok(snnfe_dataset_open_files(&dataset, &w->recording, &subject, &run, 1, &options));
    assert_ok(snnfe_dataset_align(dataset, NULL));
    return dataset;
}

static snnfe_status check_dataset(snnfe_dataset *source, snnfe_dataset *made, snnfe_status status)
{
    check_made(made, status);
    snnfe_dataset_free(made);
    snnfe_dataset_free(source);
    return status;
}

static snnfe_status call_dataset_save(world *w)
{
    snnfe_dataset *dataset = make_dataset(w);
    unlink(w->output);
    const snnfe_status status = ARMED(snnfe_dataset_save(dataset, w->output));
    check_saved(w->output, status);
    snnfe_dataset_free(dataset);
    return status;
}

static snnfe_status call_dataset_load(world *w)
{
    snnfe_dataset *source = make_dataset(w), *loaded = JUNK(snnfe_dataset);
    assert_ok(snnfe_dataset_save(source, w->output));
    const snnfe_status status = ARMED(snnfe_dataset_load(&loaded, w->output));
    return check_dataset(source, loaded, status);
}

static snnfe_status call_dataset_concatenate(world *w)
{
    snnfe_dataset *source = make_dataset(w), *joined = JUNK(snnfe_dataset);
    const snnfe_dataset *const parts[] = {source, source};
    const snnfe_status status = ARMED(snnfe_dataset_concatenate(&joined, parts, 2));
    return check_dataset(source, joined, status);
}

static snnfe_status call_dataset_subset(world *w)
{
    static const int32_t indices[] = {1, 0};
    snnfe_dataset *source = make_dataset(w), *subset = JUNK(snnfe_dataset);
    const snnfe_status status = ARMED(snnfe_dataset_subset(&subset, source, indices, 2));
    return check_dataset(source, subset, status);
}

/* --- networks -------------------------------------------------------------------------------- */

/* A network that knows such a signal. */
static snnfe_network *make_network(const world *w)
{
    snnfe_dataset *dataset = make_dataset(w);
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_network *network = NULL;
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    assert_ok(snnfe_network_clone(&network, w->network));
    assert_ok(snnfe_network_set_signal(network, info.signal));
    snnfe_dataset_free(dataset);
    return network;
}

static snnfe_status check_network(snnfe_network *source, snnfe_network *made, snnfe_status status)
{
    check_made(made, status);
    snnfe_network_free(made);
    snnfe_network_free(source);
    return status;
}

static snnfe_status call_network_set_signal(world *w)
{
    snnfe_signal signal = {.struct_size = sizeof signal};
    snnfe_network *source = make_network(w), *network = NULL;
    assert_ok(snnfe_network_get_signal(source, &signal));
    assert_ok(snnfe_network_clone(&network, w->network));
    const snnfe_status status = ARMED(snnfe_network_set_signal(network, &signal));
    snnfe_network_free(network);
    snnfe_network_free(source);
    return status;
}

static snnfe_status call_network_clone(world *w)
{
    snnfe_network *source = make_network(w), *clone = JUNK(snnfe_network);
    const snnfe_status status = ARMED(snnfe_network_clone(&clone, source));
    return check_network(source, clone, status);
}

static snnfe_status call_network_save(world *w)
{
    snnfe_network *network = make_network(w);
    unlink(w->output);
    const snnfe_status status = ARMED(snnfe_network_save(network, w->output));
    check_saved(w->output, status);
    snnfe_network_free(network);
    return status;
}

static snnfe_status call_network_load(world *w)
{
    snnfe_network *source = make_network(w), *loaded = JUNK(snnfe_network);
    assert_ok(snnfe_network_save(source, w->output));
    const snnfe_status status = ARMED(snnfe_network_load(&loaded, w->output));
    return check_network(source, loaded, status);
}

/* --- live ------------------------------------------------------------------------------------ */

/* Its signal comes from a network; samples have gone through it. */
static snnfe_decoder *make_decoder(const world *w)
{
    static float samples[64 * 30];
    snnfe_network *network = make_network(w);
    snnfe_signal signal = {.struct_size = sizeof signal};
    snnfe_decoder_options options;
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_network_get_signal(network, &signal));
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.signal = &signal;
    assert_ok(snnfe_decoder_create(&decoder, w->network, &options));
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        samples[i] = (float)(i * 31 % 43) - 21.0F;
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 30));
    snnfe_network_free(network);
    return decoder;
}

CALLS_OF_FILES(decoder)

/* A learner of a network with dropout, which offers to a decoder and replays. */
static snnfe_status call_learner_create(world *w)
{
    static float trial[10 * 11 * SMALL_STEPS];
    snnfe_network_options network_options = small_network_options();
    snnfe_learner_options options;
    snnfe_decoder_options decoder_options;
    snnfe_network *network = NULL;
    snnfe_decoder *decoder = NULL;
    snnfe_learner *learner = JUNK(snnfe_learner);
    (void)w;
    network_options.dropout = 0.5;
    assert_ok(snnfe_network_create(&network, &network_options));
    assert_ok(snnfe_decoder_options_init(&decoder_options, sizeof decoder_options));
    assert_ok(snnfe_decoder_create(&decoder, network, &decoder_options));
    assert_ok(snnfe_learner_options_init(&options, sizeof options));
    options.n_replay = 2;
    const snnfe_status status = ARMED(snnfe_learner_create(&learner, network, decoder, &options));
    check_made(learner, status);
    for (int i = 0; status == SNNFE_OK && i < 2; i++)
        assert_ok(snnfe_learner_adapt(learner, trial, i, NULL));
    snnfe_learner_free(learner);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    return status;
}

/* --- other formats --------------------------------------------------------------------------- */

static snnfe_status write_bids(int32_t format)
{
    static const int32_t runs[] = {4};
    static const char *const names[] = {"C3", "C4"};
    snnfe_synthetic_options options;
    assert_ok(snnfe_synthetic_options_init(&options, sizeof options));
    options.n_subjects = options.trials_per_run = options.n_threads = 1;
    options.n_runs = 1;
    options.runs = runs;
    options.layout = SNNFE_LAYOUT_BIDS;
    options.format = format;
    options.channel_names = names;
    options.n_channels = 2;
    return ARMED(snnfe_synthetic_write(support_path("formats"), &options));
}

static snnfe_status call_write_brainvision(world *w)
{
    (void)w;
    return write_bids(SNNFE_FORMAT_BRAINVISION);
}

static snnfe_status call_write_bdf(world *w)
{
    (void)w;
    return write_bids(SNNFE_FORMAT_BDF);
}

static snnfe_status call_open_brainvision(world *w)
{
    static const char header[] = "Brain Vision Data Exchange Header File Version 1.0\n"
                                 "[Common Infos]\nDataFile=b.eeg\nMarkerFile=b.vmrk\n"
                                 "DataOrientation=MULTIPLEXED\nNumberOfChannels=2\n"
                                 "SamplingInterval=6250\n[Binary Infos]\nBinaryFormat=INT_16\n"
                                 "[Channel Infos]\nCh1=C3,,0.5,uV\nCh2=C4,,0.5,uV\n";
    static const char markers[] = "Brain Vision Data Exchange Marker File, Version 1.0\n"
                                  "[Marker Infos]\nMk1=Stimulus,S  2,5,1,0\n";
    static const char *const names[] = {"C4"};
    static const char data[64];
    snnfe_recording *recording = JUNK(snnfe_recording);
    snnfe_recording_options options;
    (void)w;
    support_write(support_path("b.vhdr"), header, sizeof header - 1);
    support_write(support_path("b.vmrk"), markers, sizeof markers - 1);
    support_write(support_path("b.eeg"), data, sizeof data);
    assert_ok(snnfe_recording_options_init(&options, sizeof options));
    options.channel_names = names;
    options.n_channels = 1;
    const snnfe_status status =
        ARMED(snnfe_recording_open(&recording, support_path("b.vhdr"), &options));
    check_made(recording, status);
    snnfe_recording_free(recording);
    return status;
}

/* --- options that need memory of their own ---------------------------------------------------- */

enum { ELECTRODES = 5 };

/* Envelopes of electrodes, one of which the recording lacks, with another reference, a notch, a
   causal filter and another rate. */
static snnfe_dataset_options every_option(void)
{
    static const char *const names[ELECTRODES] = {"FC5", "FC3", "FC1", "FCz", "C3"};
    static const double low[] = {8, 20}, high[] = {13, 30};
    snnfe_dataset_options o = world_recording_options();
    o.channel_names = names;
    o.channel_rows = o.channel_columns = NULL;
    o.n_channels = ELECTRODES;
    o.n_rows = 10;
    o.n_columns = 11;
    o.filter_low_hz = 4;
    o.filter_high_hz = 40;
    o.filter_kind = SNNFE_FILTER_CAUSAL;
    o.notch_hz = 50;
    o.sampling_rate_hz = 128;
    o.resample = 1;
    o.rereference = "average";
    o.absent_electrodes = SNNFE_ABSENT_INTERPOLATED;
    o.quality = SNNFE_QUALITY_MARK;
    o.band_low_hz = low;
    o.band_high_hz = high;
    o.n_bands = 2;
    return o;
}

static snnfe_status open_every_option(const world *w, snnfe_dataset **dataset)
{
    const int32_t subject = 1, run = 4;
    const snnfe_dataset_options options = every_option();
    return snnfe_dataset_open_files(dataset, &w->recording, &subject, &run, 1, &options);
}

static snnfe_status call_open_every_option(world *w)
{
    snnfe_dataset *dataset = JUNK(snnfe_dataset);
    const snnfe_status status = ARMED(open_every_option(w, &dataset));
    return check_dataset(NULL, dataset, status);
}

/* A decoder of that signal, which the source gives without its fifth electrode. */
static snnfe_status create_decoder_of_envelopes(const world *w, const snnfe_dataset *dataset,
                                                snnfe_decoder **decoder)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_decoder_options options;
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.signal = info.signal;
    options.absent = 1U << (ELECTRODES - 1);
    options.repair = SNNFE_REPAIR_SPLINES;
    return snnfe_decoder_create(decoder, w->network, &options);
}

static snnfe_decoder *make_envelopes(const world *w)
{
    snnfe_dataset *dataset = NULL;
    snnfe_decoder *decoder = NULL;
    assert_ok(open_every_option(w, &dataset));
    assert_ok(create_decoder_of_envelopes(w, dataset, &decoder));
    snnfe_dataset_free(dataset);
    return decoder;
}

static snnfe_status call_create_envelopes(world *w)
{
    snnfe_dataset *dataset = NULL;
    snnfe_decoder *decoder = JUNK(snnfe_decoder);
    assert_ok(open_every_option(w, &dataset));
    const snnfe_status status = ARMED(create_decoder_of_envelopes(w, dataset, &decoder));
    check_made(decoder, status);
    snnfe_decoder_free(decoder);
    snnfe_dataset_free(dataset);
    return status;
}

static snnfe_status call_restore_envelopes(world *w)
{
    snnfe_decoder *decoder = make_envelopes(w);
    assert_ok(snnfe_decoder_save(decoder, w->output));
    const snnfe_status status = ARMED(snnfe_decoder_restore(decoder, w->output));
    assert_ok(snnfe_decoder_restore(decoder, w->output));
    snnfe_decoder_free(decoder);
    return status;
}

/* Training through cells with every effect, by pairs of them. */
static snnfe_trainer *pairs_trainer(const snnfe_device *device, snnfe_network *network,
                                    snnfe_status *status)
{
    snnfe_trainer_options options = small_options();
    snnfe_programming_options way;
    snnfe_trainer *trainer = JUNK(snnfe_trainer);
    assert_ok(snnfe_programming_options_init(&way, sizeof way));
    way.method = SNNFE_PROGRAMMING_PAIRS;
    options.n_epochs = options.evaluations_per_epoch = options.n_threads = 1;
    options.device = device;
    options.programming = &way;
    options.keep_best = 1;
    *status = ARMED(snnfe_trainer_create(&trainer, network, &options));
    check_made(trainer, *status);
    return trainer;
}

static snnfe_status call_trainer_of_pairs(world *w)
{
    snnfe_device *device = device_with_every_effect();
    snnfe_network *network = NULL;
    snnfe_status status = SNNFE_OK;
    assert_ok(snnfe_network_clone(&network, w->network));
    snnfe_trainer *trainer = pairs_trainer(device, network, &status);
    if (trainer) {
        assert_ok(snnfe_trainer_save(trainer, w->output));
        status = ARMED(snnfe_trainer_restore(trainer, w->output));
        assert_ok(snnfe_trainer_restore(trainer, w->output));
    }
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_device_free(device);
    return status;
}

const call rich_calls[] = {
    {"snnfe_dataset_save, with control", call_dataset_save},
    {"snnfe_dataset_load, with control", call_dataset_load},
    {"snnfe_dataset_concatenate, with control", call_dataset_concatenate},
    {"snnfe_dataset_subset, with control", call_dataset_subset},
    {"snnfe_network_set_signal, with control", call_network_set_signal},
    {"snnfe_network_clone, with control", call_network_clone},
    {"snnfe_network_save, with control", call_network_save},
    {"snnfe_network_load, with control", call_network_load},
    {"snnfe_decoder_save, with control", call_decoder_save},
    {"snnfe_decoder_restore, with control", call_decoder_restore},
    {"snnfe_learner_create, with dropout", call_learner_create},
    {"snnfe_synthetic_write, BrainVision", call_write_brainvision},
    {"snnfe_synthetic_write, BDF", call_write_bdf},
    {"snnfe_recording_open, BrainVision", call_open_brainvision},
    {"snnfe_dataset_open_files, with every option", call_open_every_option},
    {"snnfe_decoder_create, of envelopes", call_create_envelopes},
    {"snnfe_decoder_restore, of envelopes", call_restore_envelopes},
    {"snnfe_trainer_restore, with pairs of cells", call_trainer_of_pairs},
    {NULL, NULL},
};
