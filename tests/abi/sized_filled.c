/* Structs that calls fill, alone and in rows. */
#include "sized_internal.h"

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

static snnfe_status get_live_resampler_info(void *info)
{
    snnfe_live_resampler *resampler = NULL;
    assert_ok(snnfe_live_resampler_create(&resampler, 250, 160, 3));
    const snnfe_status status = snnfe_live_resampler_get_info(resampler, info);
    snnfe_live_resampler_free(resampler);
    return status;
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

/* Five times the same few pulses. */
snnfe_status sized_get_population(void *result)
{
    enum { SAMPLES = 40 };
    double voltage[SAMPLES], conductance[SAMPLES], at = 0.2;
    for (size_t i = 0; i < SAMPLES; i++) {
        voltage[i] = i / 10 % 2 ? 1 : -1;
        at += (i / 10 % 2 ? -0.3 : 0.3) * at * (1 - at);
        conductance[i] = 1 + at;
    }
    const double *const voltages[5] = {voltage, voltage, voltage, voltage, voltage};
    const double *const conductances[5] = {conductance, conductance, conductance, conductance,
                                           conductance};
    const size_t n[5] = {SAMPLES, SAMPLES, SAMPLES, SAMPLES, SAMPLES};
    return snnfe_population_characterize(voltages, conductances, n, 5, 0, 1, 2, result);
}

snnfe_status sized_get_characterization(void *result)
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
    FILLED(live_resampler_info, get_live_resampler_info),
    FILLED(network_options, get_network_options),
    FILLED(parameter_info, get_parameter),
    FILLED(signal, get_signal),
    FILLED(origin, get_origin),
    FILLED(device_options, get_device_options),
    FILLED(characterization, get_fit),
    FILLED(characterization, sized_get_characterization),
    FILLED(population, sized_get_population),
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
    snnfe_network *start = NULL;
    snnfe_trainer *made = NULL;
    snnfe_trainer_options options;
    assert_ok(snnfe_trainer_options_init(&options, sizeof options));
    options.n_epochs = 2;
    options.n_threads = 1;
    assert_ok(snnfe_network_clone(&start, network));
    assert_ok(snnfe_trainer_create(&made, start, &options));
    assert_ok(snnfe_trainer_run(made, dataset, &sized_parts));
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
    return sized_use_personalization(&results);
}

static snnfe_status get_personal_records(void *rows, size_t size)
{
    snnfe_personalized folds[2];
    const snnfe_personalization results = {.struct_size = sizeof results,
                                           .folds = folds,
                                           .fold_size = sizeof folds[0],
                                           .records = rows,
                                           .record_size = size};
    return sized_use_personalization(&results);
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
