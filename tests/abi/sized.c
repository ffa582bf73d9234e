/* The handles, and options that have an initializer. */
#include "sized_internal.h"

#include "edf_file.h"

snnfe_network *network, *described;
snnfe_device *device;
snnfe_dataset *dataset;
snnfe_trainer *trainer;
snnfe_recording *recording;
snnfe_control *control;
snnfe_decoder *decoder;

static snnfe_status use_dataset_options(const void *options)
{
    snnfe_dataset *opened = NULL;
    return snnfe_dataset_open(&opened, "/dev/null/nowhere", options);
}

static snnfe_status use_bids_options(const void *options)
{
    static const char *const name = "go";
    static const int32_t label = 0;
    snnfe_dataset *opened = NULL;
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.label_set = SNNFE_LABELS_EVENTS;
    o.event_names = &name;
    o.event_labels = &label;
    o.n_event_names = 1;
    return snnfe_dataset_open_bids(&opened, "/dev/null/nowhere", options, &o);
}

static snnfe_status use_recording_options(const void *options)
{
    snnfe_recording *opened = NULL;
    return snnfe_recording_open(&opened, "/dev/null/nowhere", options);
}

static snnfe_status use_synthetic_options(const void *options)
{
    return snnfe_synthetic_write("/dev/null/nowhere", options);
}

static snnfe_status use_network_options(const void *options)
{
    snnfe_network *made = NULL;
    const snnfe_status status = snnfe_network_create(&made, options);
    snnfe_network_free(made);
    return status;
}

static snnfe_status use_run_options(const void *options)
{
    return snnfe_network_evaluate(network, NULL, 0, options, NULL, NULL, NULL);
}

static snnfe_status use_programming_options(const void *options)
{
    snnfe_device *made = NULL;
    snnfe_device_step_options o;
    float weight = 0, sum = 0;
    const float update = 0.01F;
    assert_ok(snnfe_device_create(&made, NULL));
    assert_ok(snnfe_device_step_options_init(&o, sizeof o));
    o.programming = options;
    const snnfe_status status =
        snnfe_device_step(made, &o, &weight, &sum, &update, 1, NULL, NULL, NULL, NULL);
    snnfe_device_free(made);
    return status;
}

static snnfe_status use_cells_options(const void *options)
{
    snnfe_device_options o;
    snnfe_device *made = NULL;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    o.cells = options;
    const snnfe_status status = snnfe_device_create(&made, &o);
    snnfe_device_free(made);
    return status;
}

static snnfe_status use_device_options(const void *options)
{
    snnfe_device *made = NULL;
    const snnfe_status status = snnfe_device_create(&made, options);
    snnfe_device_free(made);
    return status;
}

static snnfe_status use_step_options(const void *options)
{
    return snnfe_device_step(device, options, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL);
}

snnfe_status sized_use_trainer_options(const void *options)
{
    snnfe_trainer *made = NULL;
    const snnfe_status status = snnfe_trainer_create(&made, network, options);
    snnfe_trainer_free(made);
    return status;
}

static snnfe_status use_decoder_options(const void *options)
{
    snnfe_decoder *made = NULL;
    const snnfe_status status = snnfe_decoder_create(&made, network, options);
    snnfe_decoder_free(made);
    return status;
}

static snnfe_status use_learner_options(const void *options)
{
    snnfe_learner *made = NULL;
    const snnfe_status status = snnfe_learner_create(&made, network, NULL, options);
    snnfe_learner_free(made);
    return status;
}

static snnfe_status use_report_options(const void *options)
{
    snnfe_report report = {.struct_size = sizeof report};
    return snnfe_report_make(network, NULL, 0, options, &report, NULL, 0);
}

static snnfe_status use_alignment_options(const void *options)
{
    const int32_t both[] = {0, 1};
    snnfe_dataset *part = NULL;
    assert_ok(snnfe_dataset_subset(&part, dataset, both, 2));
    const snnfe_status status = snnfe_dataset_align(part, options);
    snnfe_dataset_free(part);
    return status;
}

static snnfe_signal aligned_signal(void)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    snnfe_signal signal = *info.signal;
    signal.struct_size = sizeof signal;
    signal.alignment = SNNFE_ALIGNMENT_EUCLIDEAN;
    return signal;
}

static snnfe_status use_control_options(const void *options)
{
    const snnfe_signal signal = aligned_signal();
    snnfe_control *made = NULL;
    const snnfe_status status = snnfe_control_create(&made, &signal, options);
    snnfe_control_free(made);
    return status;
}

typedef snnfe_status init_fn(void *options, size_t size);
#define INIT(noun) (init_fn *)(void (*)(void))snnfe_##noun##_options_init

const sized_options sized_options_list[] = {
    {"snnfe_dataset_options", sizeof(snnfe_dataset_options), INIT(dataset), use_dataset_options,
     SNNFE_ERR_IO},
    {"snnfe_bids_options", sizeof(snnfe_bids_options), INIT(bids), use_bids_options, SNNFE_ERR_IO},
    {"snnfe_recording_options", sizeof(snnfe_recording_options), INIT(recording),
     use_recording_options, SNNFE_ERR_IO},
    {"snnfe_synthetic_options", sizeof(snnfe_synthetic_options), INIT(synthetic),
     use_synthetic_options, SNNFE_ERR_IO},
    {"snnfe_network_options", sizeof(snnfe_network_options), INIT(network), use_network_options,
     SNNFE_OK},
    {"snnfe_run_options", sizeof(snnfe_run_options), INIT(run), use_run_options, SNNFE_OK},
    {"snnfe_cells_options", sizeof(snnfe_cells_options), INIT(cells), use_cells_options, SNNFE_OK},
    {"snnfe_programming_options", sizeof(snnfe_programming_options), INIT(programming),
     use_programming_options, SNNFE_OK},
    {"snnfe_device_options", sizeof(snnfe_device_options), INIT(device), use_device_options,
     SNNFE_OK},
    {"snnfe_device_step_options", sizeof(snnfe_device_step_options), INIT(device_step),
     use_step_options, SNNFE_OK},
    {"snnfe_trainer_options", sizeof(snnfe_trainer_options), INIT(trainer),
     sized_use_trainer_options, SNNFE_OK},
    {"snnfe_decoder_options", sizeof(snnfe_decoder_options), INIT(decoder), use_decoder_options,
     SNNFE_OK},
    {"snnfe_learner_options", sizeof(snnfe_learner_options), INIT(learner), use_learner_options,
     SNNFE_OK},
    {"snnfe_alignment_options", sizeof(snnfe_alignment_options), INIT(alignment),
     use_alignment_options, SNNFE_OK},
    {"snnfe_control_options", sizeof(snnfe_control_options), INIT(control), use_control_options,
     SNNFE_OK},
    {"snnfe_report_options", sizeof(snnfe_report_options), INIT(report), use_report_options,
     SNNFE_OK},
};
const size_t sized_n_options = sizeof sized_options_list / sizeof sized_options_list[0];

/* --- changed by calls ----------------------------------------------------------------------- */

static snnfe_status choose_published(void *options)
{
    return snnfe_device_options_published(options, "dut3");
}

static snnfe_status choose_characterized(void *options)
{
    snnfe_characterization result = {.struct_size = sizeof result};
    assert_ok(sized_get_characterization(&result));
    return snnfe_device_options_characterized(options, &result, 1);
}

static snnfe_status choose_stage(void *options)
{
    return snnfe_trainer_options_stage(options, SNNFE_STAGE_RETUNE);
}

#define CHANGED(noun, change)                                                                      \
    {                                                                                              \
        "snnfe_" #noun "_options", sizeof(snnfe_##noun##_options), INIT(noun), change              \
    }

const sized_changed sized_changed_list[] = {
    CHANGED(device, choose_published),
    CHANGED(device, choose_characterized),
    CHANGED(trainer, choose_stage),
};
const size_t sized_n_changed = sizeof sized_changed_list / sizeof sized_changed_list[0];

/* --- the handles ---------------------------------------------------------------------------- */

void sized_set_up(void)
{
    snnfe_network_options options;
    assert_ok(snnfe_network_options_init(&options, sizeof options));
    options.conv1_channels = options.conv2_channels = options.conv3_channels = 1;
    options.n_hidden = options.n_steps = 1;
    assert_ok(snnfe_network_create(&network, &options));
    assert_ok(snnfe_device_create(&device, NULL));
    assert_ok(snnfe_dataset_from_arrays(&dataset, &sized_arrays));
    snnfe_trainer_options t;
    assert_ok(snnfe_trainer_options_init(&t, sizeof t));
    t.device = device;
    t.n_threads = 1;
    assert_ok(snnfe_trainer_create(&trainer, network, &t));
    assert_ok(snnfe_network_clone(&described, network));
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    assert_ok(snnfe_network_set_signal(described, info.signal));
    assert_ok(snnfe_decoder_create(&decoder, network, NULL));
    const snnfe_signal aligned = aligned_signal();
    assert_ok(snnfe_control_create(&control, &aligned, NULL));
    assert_ok(snnfe_recording_open(&recording, edf_write(&edf_usual, "usual.edf"), NULL));
}

void sized_tear_down(void)
{
    snnfe_decoder_free(decoder);
    snnfe_control_free(control);
    snnfe_recording_free(recording);
    snnfe_trainer_free(trainer);
    snnfe_dataset_free(dataset);
    snnfe_device_free(device);
    snnfe_network_free(described);
    snnfe_network_free(network);
}
