/* Structs that the caller fills by hand. */
#include "sized_internal.h"

#include <stdlib.h>

static const int32_t first_trial[1] = {0}, second_trial[1] = {1}, place[1] = {0};
static const double ones[1] = {1};
/* Enough for the 64 channels that a struct without its last member, the signal, stands for. */
static const float samples[4 * 64] = {0, 1, 2, 3};
static const int32_t labels[4] = {0, 1, 0, 1};

#define MAKE_FROM(type, content)                                                                   \
    static void make_##type(void *given)                                                           \
    {                                                                                              \
        memcpy(given, &(content), sizeof(content));                                                \
    }
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

const snnfe_dataset_arrays sized_arrays = {.struct_size = sizeof sized_arrays,
                                           .n_steps = 1,
                                           .n_trials = 4,
                                           .trials = samples,
                                           .labels = labels,
                                           .signal = &one_channel};
const snnfe_trainer_data sized_parts = {.struct_size = sizeof sized_parts,
                                        .train = first_trial,
                                        .validation = second_trial,
                                        .n_train = 1,
                                        .n_validation = 1};

MAKE_FROM(dataset_arrays, sized_arrays)
MAKE_FROM(trainer_data, sized_parts)
MAKE(wear_options, .ltp_energy_j = 1e-12)
MAKE(signal, .n_channels = 1, .n_classes = 2, .sampling_rate_hz = 160, .channel_rows = place,
     .channel_columns = place, .channel_mean_uv = ones, .channel_std_uv = ones)
MAKE(origin, .fold = 1, .n_folds = 5)
MAKE(characterization, .n_cycles = 1, .amplitude = {0.1, 0.2}, .alpha = {1, 2}, .beta = {2, 1})
MAKE(report, .n_steps = 1)

static snnfe_status use_wear_options(const void *options)
{
    snnfe_wear wear = {.struct_size = sizeof wear};
    return snnfe_trainer_wear(trainer, -1, options, &wear, NULL, 0);
}

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

snnfe_status sized_use_personalization(const void *results)
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
    return sized_use_trainer_options(&options);
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
#define GIVEN(type, last, use)                                                                     \
    {                                                                                              \
        "snnfe_" #type, sizeof(snnfe_##type), END_OF(snnfe_##type, last), make_##type, use         \
    }

const sized_given sized_given_list[] = {
    GIVEN(dataset_arrays, signal, use_dataset_arrays),
    GIVEN(trainer_data, n_train, use_trainer_data),
    GIVEN(wear_options, reserved, use_wear_options),
    GIVEN(signal, channel_std_uv, use_signal),
    GIVEN(origin, n_folds, use_origin),
    GIVEN(characterization, n_cycles, use_characterization),
    GIVEN(report, n_steps, use_report),
    GIVEN(personalization, fold_size, sized_use_personalization),
    GIVEN(group, broadcast, use_group),
    GIVEN(allocator, release, use_allocator),
};
const size_t sized_n_given = sizeof sized_given_list / sizeof sized_given_list[0];
