/* Options and info structs of every older size; values that are written in files and programs. */
#include "support.h"

#include <snnfe/snnfe.h>

/* Codes are never reused, enumerators never renumbered. */
#define PINNED(name, value) _Static_assert((name) == (value), #name " has changed")
PINNED(SNNFE_OK, 0);
PINNED(SNNFE_ERR_ARGUMENT, 1);
PINNED(SNNFE_ERR_MEMORY, 2);
PINNED(SNNFE_ERR_IO, 3);
PINNED(SNNFE_ERR_FORMAT, 4);
PINNED(SNNFE_ERR_SHAPE, 5);
PINNED(SNNFE_ERR_NOT_FOUND, 6);
PINNED(SNNFE_ERR_STATE, 7);
PINNED(SNNFE_ERR_CANCELLED, 8);
PINNED(SNNFE_ERR_NONFINITE, 9);
PINNED(SNNFE_ERR_UNSUPPORTED, 10);
PINNED(SNNFE_ERR_OVERLAP, 11);
PINNED(SNNFE_ERR_INTERNAL, 12);
PINNED(SNNFE_LOG_DEBUG, 0);
PINNED(SNNFE_LOG_WARNING, 2);
PINNED(SNNFE_LABELS_LEFT_RIGHT, 0);
PINNED(SNNFE_LABELS_REST_FEET, 7);
PINNED(SNNFE_LABELS_EVENTS, 8);
PINNED(SNNFE_NORMALIZE_ALL, 0);
PINNED(SNNFE_NORMALIZE_SUBJECTS, 3);
PINNED(SNNFE_MISSING_SKIP, 1);
PINNED(SNNFE_LAYER_CONV1, 0);
PINNED(SNNFE_LAYER_FC2, 6);
PINNED(SNNFE_PARAMETER_WEIGHT, 0);
PINNED(SNNFE_PARAMETER_TIME_WEIGHT, 3);
PINNED(SNNFE_LTP, 0);
PINNED(SNNFE_LTD, 1);
PINNED(SNNFE_RESPONSE_BETA, 0);
PINNED(SNNFE_RESPONSE_TABLE, 1);
PINNED(SNNFE_RESPONSE_FUNCTION, 2);
PINNED(SNNFE_SCHEDULE_COSINE, 1);
PINNED(SNNFE_STAGE_PRETRAIN, 0);
PINNED(SNNFE_STAGE_ON_DEVICE, 1);
PINNED(SNNFE_STAGE_RETUNE, 2);
PINNED(SNNFE_STAGE_SSTL, 3);

#define MAX_SIZE 1024

static snnfe_network *network;
static snnfe_device *device;
static snnfe_dataset *dataset;

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
    return snnfe_report_make(network, NULL, 0, options, &report);
}

typedef snnfe_status init_fn(void *options, size_t size);
#define INIT(noun) (init_fn *)(void (*)(void))snnfe_##noun##_options_init

static const struct option_type {
    const char *name;
    size_t size;
    init_fn *init;
    snnfe_status (*use)(const void *options);
    snnfe_status expected;
} types[] = {
    {"dataset", sizeof(snnfe_dataset_options), INIT(dataset), use_dataset_options, SNNFE_ERR_IO},
    {"recording", sizeof(snnfe_recording_options), INIT(recording), use_recording_options,
     SNNFE_ERR_IO},
    {"synthetic", sizeof(snnfe_synthetic_options), INIT(synthetic), use_synthetic_options,
     SNNFE_ERR_IO},
    {"network", sizeof(snnfe_network_options), INIT(network), use_network_options, SNNFE_OK},
    {"run", sizeof(snnfe_run_options), INIT(run), use_run_options, SNNFE_OK},
    {"device", sizeof(snnfe_device_options), INIT(device), use_device_options, SNNFE_OK},
    {"device_step", sizeof(snnfe_device_step_options), INIT(device_step), use_step_options,
     SNNFE_OK},
    {"trainer", sizeof(snnfe_trainer_options), INIT(trainer), use_trainer_options, SNNFE_OK},
    {"decoder", sizeof(snnfe_decoder_options), INIT(decoder), use_decoder_options, SNNFE_OK},
    {"learner", sizeof(snnfe_learner_options), INIT(learner), use_learner_options, SNNFE_OK},
    {"report", sizeof(snnfe_report_options), INIT(report), use_report_options, SNNFE_OK},
};
#define N_TYPES (sizeof types / sizeof types[0])

static void set_up(void)
{
    snnfe_network_options options;
    assert_ok(snnfe_network_options_init(&options, sizeof options));
    options.conv1_channels = options.conv2_channels = options.conv3_channels = 1;
    options.n_hidden = 1;
    assert_ok(snnfe_network_create(&network, &options));
    assert_ok(snnfe_device_create(&device, NULL));
    const float epochs[2] = {0, 1};
    const int32_t labels[2] = {0, 1}, place = 0;
    const snnfe_dataset_arrays arrays = {.struct_size = sizeof arrays,
                                         .n_channels = 1,
                                         .n_steps = 1,
                                         .n_trials = 2,
                                         .trials = epochs,
                                         .labels = labels,
                                         .channel_rows = &place,
                                         .channel_columns = &place};
    assert_ok(snnfe_dataset_from_arrays(&dataset, &arrays));
}

static void tear_down(void)
{
    snnfe_dataset_free(dataset);
    snnfe_device_free(device);
    snnfe_network_free(network);
}

/* The defaults fill no more than the size that was given, and a struct of that size works. */
START_TEST(older_sizes_are_accepted)
{
    const struct option_type *t = &types[_i];
    set_up();
    ck_assert_uint_le(t->size, MAX_SIZE / 2);
    _Alignas(16) unsigned char whole[MAX_SIZE], part[MAX_SIZE];
    assert_ok(t->init(whole, t->size));
    for (size_t size = 8; size <= t->size; size += 4) {
        memset(part, 0xa5, sizeof part);
        assert_ok(t->init(part, size));
        ck_assert_mem_eq(part + 4, whole + 4, size - 4);
        for (size_t i = size; i < sizeof part; i++)
            ck_assert_msg(part[i] == 0xa5, "%s of %zu bytes: byte %zu was written", t->name, size,
                          i);
        const snnfe_status status = t->use(part);
        ck_assert_msg(status == t->expected, "%s of %zu bytes: %s", t->name, size,
                      snnfe_last_error());
    }
    tear_down();
}
END_TEST

/* A newer program's struct is accepted while it only has zeros that this version does not know. */
START_TEST(newer_sizes_are_judged)
{
    const struct option_type *t = &types[_i];
    set_up();
    _Alignas(16) unsigned char newer[MAX_SIZE];
    assert_ok(t->init(newer, t->size + 64));
    ck_assert_int_eq(t->use(newer), t->expected);
    newer[t->size + 63] = 1;
    ck_assert_int_eq(t->use(newer), SNNFE_ERR_UNSUPPORTED);
    const uint32_t nonsense[] = {0, 7, UINT32_MAX};
    for (size_t i = 0; i < 3; i++) {
        memcpy(newer, &nonsense[i], sizeof nonsense[i]);
        ck_assert_int_eq(t->use(newer), SNNFE_ERR_ARGUMENT);
    }
    tear_down();
}
END_TEST

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
    snnfe_network_options options;
    assert_ok(snnfe_network_options_init(&options, sizeof options));
    options.conv1_channels = options.conv2_channels = options.conv3_channels = 1;
    options.n_hidden = options.n_steps = 1;
    snnfe_network *one_step = NULL;
    assert_ok(snnfe_network_create(&one_step, &options));
    const snnfe_status status =
        snnfe_evaluation_run(one_step, dataset, NULL, 0, NULL, info, NULL, NULL);
    snnfe_network_free(one_step);
    return status;
}

static snnfe_status get_decoder_info(void *info)
{
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, NULL));
    const snnfe_status status = snnfe_decoder_get_info(decoder, info);
    snnfe_decoder_free(decoder);
    return status;
}

static snnfe_status get_decoder_options(void *options)
{
    uint32_t size = 0;
    memcpy(&size, options, sizeof size);
    assert_ok(snnfe_decoder_options_init(options, size));
    return snnfe_decoder_options_dataset(options, dataset);
}

static snnfe_status get_learner_info(void *info)
{
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, NULL));
    const snnfe_status status = snnfe_learner_get_info(learner, info);
    snnfe_learner_free(learner);
    return status;
}

static const struct info_type {
    const char *name;
    size_t size;
    snnfe_status (*get)(void *info);
} infos[] = {
    {"dataset_info", sizeof(snnfe_dataset_info), get_dataset_info},
    {"network_options", sizeof(snnfe_network_options), get_network_options},
    {"parameter_info", sizeof(snnfe_parameter_info), get_parameter},
    {"device_options", sizeof(snnfe_device_options), get_device_options},
    {"evaluation", sizeof(snnfe_evaluation), get_evaluation},
    {"decoder_info", sizeof(snnfe_decoder_info), get_decoder_info},
    {"decoder_options", sizeof(snnfe_decoder_options), get_decoder_options},
    {"learner_info", sizeof(snnfe_learner_info), get_learner_info},
};
#define N_INFOS (sizeof infos / sizeof infos[0])

START_TEST(older_infos_are_not_overrun)
{
    const struct info_type *t = &infos[_i];
    set_up();
    _Alignas(16) unsigned char whole[MAX_SIZE] = {0}, part[MAX_SIZE];
    const uint32_t whole_size = (uint32_t)t->size;
    memcpy(whole, &whole_size, sizeof whole_size);
    assert_ok(t->get(whole));
    for (uint32_t size = 8; size < t->size; size += 4) {
        memset(part, 0xa5, sizeof part);
        memcpy(part, &size, sizeof size);
        ck_assert_msg(t->get(part) == SNNFE_OK, "%s of %u bytes: %s", t->name, (unsigned)size,
                      snnfe_last_error());
        ck_assert_mem_eq(part + 4, whole + 4, size - 4);
        for (size_t i = size; i < sizeof part; i++)
            ck_assert_msg(part[i] == 0xa5, "%s of %u bytes: byte %zu was written", t->name,
                          (unsigned)size, i);
    }
    tear_down();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("options");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_loop_test(all, older_sizes_are_accepted, 0, N_TYPES);
    tcase_add_loop_test(all, newer_sizes_are_judged, 0, N_TYPES);
    tcase_add_loop_test(all, older_infos_are_not_overrun, 0, N_INFOS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
