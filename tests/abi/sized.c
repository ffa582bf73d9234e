#include "sized.h"

#include "edf_file.h"
#include "support.h"

#include <snnfe/snnfe.h>

static snnfe_network *network, *described;
static snnfe_device *device;
static snnfe_dataset *dataset;
static snnfe_trainer *trainer;
static snnfe_recording *recording;
static snnfe_control *control;
static snnfe_decoder *decoder;

static snnfe_status use_dataset_options(const void *options)
{
    snnfe_dataset *opened = NULL;
    return snnfe_dataset_open(&opened, "/dev/null/nowhere", options);
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

static snnfe_status use_trainer_options(const void *options)
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

static snnfe_status use_wear_options(const void *options)
{
    snnfe_wear wear = {.struct_size = sizeof wear};
    return snnfe_trainer_wear(trainer, -1, options, &wear, NULL, 0);
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
    {"snnfe_recording_options", sizeof(snnfe_recording_options), INIT(recording),
     use_recording_options, SNNFE_ERR_IO},
    {"snnfe_synthetic_options", sizeof(snnfe_synthetic_options), INIT(synthetic),
     use_synthetic_options, SNNFE_ERR_IO},
    {"snnfe_network_options", sizeof(snnfe_network_options), INIT(network), use_network_options,
     SNNFE_OK},
    {"snnfe_run_options", sizeof(snnfe_run_options), INIT(run), use_run_options, SNNFE_OK},
    {"snnfe_device_options", sizeof(snnfe_device_options), INIT(device), use_device_options,
     SNNFE_OK},
    {"snnfe_device_step_options", sizeof(snnfe_device_step_options), INIT(device_step),
     use_step_options, SNNFE_OK},
    {"snnfe_trainer_options", sizeof(snnfe_trainer_options), INIT(trainer), use_trainer_options,
     SNNFE_OK},
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

/* --- filled by hand ------------------------------------------------------------------------- */

static const int32_t first_trial[1] = {0}, second_trial[1] = {1}, place[1] = {0};
static const double ones[1] = {1};
/* Enough for the 64 channels that a struct without its last member, the signal, stands for. */
static const float samples[4 * 64] = {0, 1, 2, 3};
static const int32_t labels[4] = {0, 1, 0, 1};

#define MAKE(type, ...)                                                                            \
    static void make_##type(void *given)                                                           \
    {                                                                                              \
        const snnfe_##type content = {.struct_size = sizeof content, __VA_ARGS__};                 \
        memcpy(given, &content, sizeof content);                                                   \
    }

static const snnfe_signal one_channel = {.struct_size = sizeof one_channel,
                                         .n_channels = 1,
                                         .channel_rows = place,
                                         .channel_columns = place};

MAKE(dataset_arrays, .n_steps = 1, .n_trials = 4, .trials = samples, .labels = labels,
     .signal = &one_channel)
MAKE(trainer_data, .train = first_trial, .n_train = 1, .validation = second_trial,
     .n_validation = 1)
MAKE(wear_options, .ltp_energy_j = 1e-12)
MAKE(signal, .n_channels = 1, .n_classes = 2, .sampling_rate_hz = 160, .channel_rows = place,
     .channel_columns = place, .channel_mean_uv = ones, .channel_std_uv = ones)
MAKE(origin, .fold = 1, .n_folds = 5)
MAKE(characterization, .n_cycles = 1, .amplitude = {0.1, 0.2}, .alpha = {1, 2}, .beta = {2, 1})
MAKE(report, .n_steps = 1)

static snnfe_status use_dataset_arrays(const void *arrays)
{
    snnfe_dataset *made = NULL;
    const snnfe_status status = snnfe_dataset_from_arrays(&made, arrays);
    snnfe_dataset_free(made);
    return status;
}

static snnfe_status use_trainer_data(const void *data)
{
    snnfe_trainer *made = NULL;
    assert_ok(snnfe_trainer_create(&made, network, NULL));
    const snnfe_status status = snnfe_trainer_run(made, dataset, data);
    snnfe_trainer_free(made);
    return status;
}

static snnfe_status use_signal(const void *signal)
{
    return snnfe_network_set_signal(network, signal);
}

static snnfe_status use_origin(const void *origin)
{
    return snnfe_network_set_origin(network, origin);
}

static snnfe_status use_characterization(const void *result)
{
    snnfe_device_options options;
    assert_ok(snnfe_device_options_init(&options, sizeof options));
    return snnfe_device_options_characterized(&options, result, 1);
}

static snnfe_status use_report(const void *report)
{
    static const snnfe_layer_report rows[SNNFE_N_LAYERS + 1];
    size_t length = 0;
    return snnfe_report_print(report, rows, sizeof rows[0], SNNFE_REPORT_JSON, NULL, 0, &length);
}

static snnfe_personalized personal_folds[2];

MAKE(personalization, .folds = personal_folds, .fold_size = sizeof personal_folds[0])

static snnfe_status use_personalization(const void *results)
{
    snnfe_trainer_options options;
    assert_ok(snnfe_trainer_options_init(&options, sizeof options));
    options.n_epochs = options.n_threads = 1;
    return snnfe_personalize(network, dataset, NULL, 0, 2, 5, &options, results);
}

static int32_t send_nothing(uint32_t rank, const void *data, size_t size, void *user_data)
{
    (void)rank, (void)data, (void)size, (void)user_data;
    return 0;
}

static int32_t receive_nothing(uint32_t rank, void *data, size_t size, void *user_data)
{
    (void)rank, (void)data, (void)size, (void)user_data;
    return 0;
}

MAKE(group, .n_ranks = 1, .send = send_nothing, .receive = receive_nothing,
     .broadcast = receive_nothing)

static snnfe_status use_group(const void *group)
{
    snnfe_trainer_options options;
    assert_ok(snnfe_trainer_options_init(&options, sizeof options));
    options.group = group;
    return use_trainer_options(&options);
}

static void *allocate(size_t size, void *user_data)
{
    (void)user_data;
    return malloc(size);
}

static void release(void *memory, void *user_data)
{
    (void)user_data;
    free(memory);
}

MAKE(allocator, .allocate = allocate, .release = release)

/* Only while nothing is allocated. */
static snnfe_status use_allocator(const void *allocator)
{
    sized_tear_down();
    const snnfe_status status = snnfe_set_allocator(allocator);
    assert_ok(snnfe_set_allocator(NULL));
    sized_set_up();
    return status;
}

#define END_OF(type, member) (offsetof(type, member) + sizeof(((type *)NULL)->member))
#define GIVEN(type, last)                                                                          \
    {                                                                                              \
        "snnfe_" #type, sizeof(snnfe_##type), END_OF(snnfe_##type, last), make_##type, use_##type  \
    }

const sized_given sized_given_list[] = {
    GIVEN(dataset_arrays, signal), GIVEN(trainer_data, n_train),
    GIVEN(wear_options, reserved), GIVEN(signal, channel_std_uv),
    GIVEN(origin, n_folds),        GIVEN(characterization, n_cycles),
    GIVEN(report, n_steps),        GIVEN(personalization, fold_size),
    GIVEN(group, broadcast),       GIVEN(allocator, release),
};
const size_t sized_n_given = sizeof sized_given_list / sizeof sized_given_list[0];

/* --- filled by calls ------------------------------------------------------------------------ */

static snnfe_status get_dataset_info(void *info)
{
    return snnfe_dataset_get_info(dataset, info);
}

static snnfe_status get_network_options(void *info)
{
    return snnfe_network_get_options(network, info);
}

static snnfe_status get_parameter(void *info)
{
    return snnfe_network_parameter(network, 0, info);
}

static snnfe_status get_device_options(void *info)
{
    return snnfe_device_get_options(device, info);
}

static snnfe_status get_evaluation(void *info)
{
    return snnfe_evaluation_run(network, dataset, NULL, 0, NULL, info, NULL, NULL);
}

static snnfe_status get_recording_info(void *info)
{
    return snnfe_recording_get_info(recording, info);
}

static snnfe_status get_signal(void *signal)
{
    return snnfe_network_get_signal(described, signal);
}

static snnfe_status get_origin(void *origin)
{
    return snnfe_network_get_origin(network, origin);
}

static snnfe_status get_report(void *report)
{
    return snnfe_report_make(network, NULL, 0, NULL, report, NULL, 0);
}

static snnfe_status get_wear(void *wear)
{
    return snnfe_trainer_wear(trainer, SNNFE_LAYER_FC2, NULL, wear, NULL, 0);
}

static snnfe_status get_decoder_info(void *info)
{
    return snnfe_decoder_get_info(decoder, info);
}

static snnfe_status get_decision(void *decision)
{
    const float quiet[64] = {0};
    snnfe_decoder *fresh = NULL;
    assert_ok(snnfe_decoder_create(&fresh, network, NULL));
    assert_ok(snnfe_decoder_push(fresh, SNNFE_NOT_NUMBERED, quiet, 1));
    const snnfe_status status = snnfe_decoder_next(fresh, decision, NULL, NULL);
    snnfe_decoder_free(fresh);
    return status;
}

static snnfe_status get_learner_info(void *info)
{
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, NULL));
    const snnfe_status status = snnfe_learner_get_info(learner, info);
    snnfe_learner_free(learner);
    return status;
}

static snnfe_learner *make_learner(void)
{
    snnfe_learner_options options;
    assert_ok(snnfe_learner_options_init(&options, sizeof options));
    options.device = device;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
    return learner;
}

static snnfe_status get_adaptation(void *result)
{
    const float grid[10 * 11] = {1};
    snnfe_learner *learner = make_learner();
    const snnfe_status status = snnfe_learner_adapt(learner, grid, 1, result);
    snnfe_learner_free(learner);
    return status;
}

static snnfe_status get_learner_wear(void *wear)
{
    snnfe_learner *learner = make_learner();
    const snnfe_status status = snnfe_learner_wear(learner, -1, NULL, wear, NULL, 0);
    snnfe_learner_free(learner);
    return status;
}

/* The other direction's fields stay as they are, so they begin as zeros. */
static snnfe_status get_fit(void *result)
{
    static const double w[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8};
    static const double dw[] = {0.01, 0.02, 0.02, 0.03, 0.02, 0.02, 0.02, 0.01};
    uint32_t size = 0;
    if (result)
        memcpy(&size, result, sizeof size);
    if (size >= 8 && size <= SIZED_MAX)
        memset((char *)result + 4, 0, size - 4);
    return snnfe_device_fit(SNNFE_LTP, w, dw, 8, result);
}

static snnfe_status get_characterization(void *result)
{
    double voltage[100], conductance[100];
    for (int i = 0; i < 100; i++) {
        const int pulse = i % 40;
        voltage[i] = pulse < 20 ? -1 : 1;
        conductance[i] = pulse < 20 ? 1 + pulse * 0.05 : 2 - (pulse - 20) * 0.05;
    }
    return snnfe_device_characterize(voltage, conductance, 100, 1, result, NULL);
}

static snnfe_status get_control_info(void *info)
{
    return snnfe_control_get_info(control, info);
}

#define FILLED(type, get) FILLED_IF(type, get, false)
#define FILLED_IF(type, get, optional)                                                             \
    {                                                                                              \
        "snnfe_" #type, sizeof(snnfe_##type), optional, get                                        \
    }

const sized_filled sized_filled_list[] = {
    FILLED(dataset_info, get_dataset_info),
    FILLED(recording_info, get_recording_info),
    FILLED(network_options, get_network_options),
    FILLED(parameter_info, get_parameter),
    FILLED(signal, get_signal),
    FILLED(origin, get_origin),
    FILLED(device_options, get_device_options),
    FILLED(characterization, get_fit),
    FILLED(characterization, get_characterization),
    FILLED_IF(evaluation, get_evaluation, true),
    FILLED(wear, get_wear),
    FILLED(wear, get_learner_wear),
    FILLED(decoder_info, get_decoder_info),
    FILLED(decision, get_decision),
    FILLED(control_info, get_control_info),
    FILLED(learner_info, get_learner_info),
    FILLED_IF(adaptation, get_adaptation, true),
    FILLED(report, get_report),
};
const size_t sized_n_filled = sizeof sized_filled_list / sizeof sized_filled_list[0];

/* --- rows ----------------------------------------------------------------------------------- */

static snnfe_status get_records(void *rows, size_t size)
{
    snnfe_trainer_data data;
    snnfe_network *start = NULL;
    snnfe_trainer *made = NULL;
    snnfe_trainer_options options;
    make_trainer_data(&data);
    assert_ok(snnfe_trainer_options_init(&options, sizeof options));
    options.n_epochs = 2;
    options.n_threads = 1;
    assert_ok(snnfe_network_clone(&start, network));
    assert_ok(snnfe_trainer_create(&made, start, &options));
    assert_ok(snnfe_trainer_run(made, dataset, &data));
    size_t n = 2;
    const snnfe_status status =
        snnfe_trainer_log(made, SNNFE_TRAINER_LOG_EPOCHS, rows, size, NULL, &n);
    snnfe_trainer_free(made);
    snnfe_network_free(start);
    return status;
}

static snnfe_status get_folds(void *rows, size_t size)
{
    return snnfe_evaluation_by_subject(network, dataset, NULL, 0, 2, 5, NULL, rows, size, NULL);
}

static snnfe_status get_personalized(void *rows, size_t size)
{
    const snnfe_personalization results = {
        .struct_size = sizeof results, .folds = rows, .fold_size = size};
    return use_personalization(&results);
}

static snnfe_status get_personal_records(void *rows, size_t size)
{
    snnfe_personalized folds[2];
    const snnfe_personalization results = {.struct_size = sizeof results,
                                           .folds = folds,
                                           .fold_size = sizeof folds[0],
                                           .records = rows,
                                           .record_size = size};
    return use_personalization(&results);
}

static snnfe_status get_activity(void *rows, size_t size)
{
    const float grid[10 * 11] = {1};
    return snnfe_network_activity(network, grid, 1, NULL, rows, size);
}

static snnfe_status get_layer_reports(void *rows, size_t size)
{
    snnfe_report report = {.struct_size = sizeof report};
    return snnfe_report_make(network, NULL, 0, NULL, &report, rows, size);
}

#define ROWS(type, n, get)                                                                         \
    {                                                                                              \
        "snnfe_" #type, sizeof(snnfe_##type), n, get                                               \
    }

const sized_rows sized_rows_list[] = {
    ROWS(trainer_record, 2, get_records),
    ROWS(trainer_record, 2, get_personal_records),
    ROWS(fold_accuracy, 2, get_folds),
    ROWS(personalized, 2, get_personalized),
    ROWS(layer_activity, SNNFE_N_LAYERS, get_activity),
    ROWS(layer_report, SNNFE_N_LAYERS + 1, get_layer_reports),
};
const size_t sized_n_rows = sizeof sized_rows_list / sizeof sized_rows_list[0];

/* --- changed by calls ----------------------------------------------------------------------- */

static snnfe_status choose_published(void *options)
{
    return snnfe_device_options_published(options, "dut3");
}

static snnfe_status choose_characterized(void *options)
{
    snnfe_characterization result = {.struct_size = sizeof result};
    assert_ok(get_characterization(&result));
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
    snnfe_dataset_arrays arrays;
    make_dataset_arrays(&arrays);
    assert_ok(snnfe_dataset_from_arrays(&dataset, &arrays));
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
