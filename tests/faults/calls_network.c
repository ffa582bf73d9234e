#include "faults.h"

#include "small.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static snnfe_status check_network(snnfe_network *network, snnfe_status status)
{
    check_made(network, status);
    snnfe_network_free(network);
    snnfe_network_free(NULL);
    return status;
}

static snnfe_status call_options(world *w)
{
    snnfe_network_options options;
    snnfe_run_options run;
    assert_ok(ARMED(snnfe_network_options_init(&options, sizeof options)));
    assert_ok(ARMED(snnfe_run_options_init(&run, sizeof run)));
    return ARMED(snnfe_network_get_options(w->network, &options));
}

static snnfe_status call_create(world *w)
{
    const snnfe_network_options options = small_network_options();
    snnfe_network *network = JUNK(snnfe_network);
    (void)w;
    const snnfe_status status = ARMED(snnfe_network_create(&network, &options));
    return check_network(network, status);
}

static snnfe_status call_clone(world *w)
{
    snnfe_network *network = JUNK(snnfe_network);
    const snnfe_status status = ARMED(snnfe_network_clone(&network, w->network));
    return check_network(network, status);
}

static snnfe_status call_save(world *w)
{
    unlink(w->output);
    const snnfe_status status = ARMED(snnfe_network_save(w->network, w->output));
    check_saved(w->output, status);
    return status;
}

static snnfe_status call_load(world *w)
{
    snnfe_network *network = JUNK(snnfe_network);
    const snnfe_status status = ARMED(snnfe_network_load(&network, w->network_file));
    return check_network(network, status);
}

static snnfe_status call_load_torch(world *w)
{
    snnfe_network *network = JUNK(snnfe_network);
    const snnfe_status status = ARMED(snnfe_network_load(&network, w->torch_file));
    return check_network(network, status);
}

static snnfe_status call_parameters(world *w)
{
    snnfe_parameter_info info = {.struct_size = sizeof info};
    size_t index = 0;
    faults_arm();
    ck_assert_uint_gt(snnfe_network_parameter_count(w->network), 0);
    ck_assert_uint_gt(snnfe_network_value_count(w->network), 0);
    assert_ok(snnfe_network_find(w->network, "snn.fc2.weight", &index));
    const snnfe_status status = faults_disarm(snnfe_network_parameter(w->network, index, &info));
    ck_assert(status != SNNFE_OK || strcmp(snnfe_layer_name(info.layer), "fc2") == 0);
    return status;
}

static snnfe_status call_get(world *w)
{
    float values[2 * 8];
    return ARMED(snnfe_network_get(w->network, "snn.fc2.weight", values, 16));
}

/* A call that changes a network: after a failure it is as it was, and the call can be repeated. */
static snnfe_status check_change(world *w, snnfe_status (*change)(snnfe_network *, const world *))
{
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_clone(&network, w->network));
    const snnfe_status status = ARMED(change(network, w));
    if (status != SNNFE_OK)
        ck_assert(small_same_values(network, w->network));
    assert_ok(change(network, w));
    snnfe_network_free(network);
    return status;
}

static snnfe_status set(snnfe_network *network, const world *w)
{
    static const float values[16] = {1, 2, 3};
    (void)w;
    return snnfe_network_set(network, "snn.fc2.weight", values, 16);
}

static snnfe_status freeze(snnfe_network *network, const world *w)
{
    (void)w;
    return snnfe_network_freeze(network, "fc1", 1);
}

static snnfe_status freeze_for_stage(snnfe_network *network, const world *w)
{
    (void)w;
    return snnfe_network_freeze_for_stage(network, SNNFE_STAGE_SSTL, NULL, 0);
}

static snnfe_status reinitialize(snnfe_network *network, const world *w)
{
    (void)w;
    return snnfe_network_reinitialize(network, "*", 77);
}

static snnfe_status transfer(snnfe_network *network, const world *w)
{
    return snnfe_network_transfer(network, w->device, 2, 4, 1, NULL, 0, NULL);
}

static snnfe_status age(snnfe_network *network, const world *w)
{
    return snnfe_network_age(network, w->device, 0, 1e4, 0);
}

static snnfe_status read_cells(snnfe_network *network, const world *w)
{
    return snnfe_network_read(network, w->device, 1);
}

static snnfe_status call_set(world *w)
{
    return check_change(w, set);
}

static snnfe_status call_freeze(world *w)
{
    return check_change(w, freeze);
}

static snnfe_status call_freeze_for_stage(world *w)
{
    return check_change(w, freeze_for_stage);
}

static snnfe_status call_reinitialize(world *w)
{
    return check_change(w, reinitialize);
}

static snnfe_status call_transfer(world *w)
{
    return check_change(w, transfer);
}

static snnfe_status call_age(world *w)
{
    return check_change(w, age);
}

static snnfe_status call_read(world *w)
{
    return check_change(w, read_cells);
}

/* --- running --------------------------------------------------------------------------------- */

#define TRIALS 3
#define GRID (10 * 11 * SMALL_STEPS)

static const float *trials(const world *w)
{
    static float grid[TRIALS * GRID];
    assert_ok(snnfe_dataset_copy_grid(w->dataset, NULL, TRIALS, grid));
    return grid;
}

static snnfe_run_options two_threads(void)
{
    snnfe_run_options options;
    assert_ok(snnfe_run_options_init(&options, sizeof options));
    options.n_threads = 2;
    options.n_shards = 2;
    return options;
}

static snnfe_status call_evaluate(world *w)
{
    const snnfe_run_options options = two_threads();
    const float *grid = trials(w);
    float logits[TRIALS * 2], probabilities[TRIALS * 2];
    int32_t classes[TRIALS];
    return ARMED(
        snnfe_network_evaluate(w->network, grid, TRIALS, &options, logits, classes, probabilities));
}

static snnfe_status call_gradient(world *w)
{
    static const int32_t labels[TRIALS] = {0, 1, 0};
    const snnfe_run_options options = two_threads();
    const float *grid = trials(w);
    float *gradient = malloc(snnfe_network_value_count(w->network) * sizeof *gradient);
    double loss = -1;
    const snnfe_status status = ARMED(
        snnfe_network_gradient(w->network, grid, labels, TRIALS, NULL, &options, &loss, gradient));
    ck_assert((loss >= 0) == (status == SNNFE_OK));
    free(gradient);
    return status;
}

static snnfe_status call_draw_masks(world *w)
{
    uint8_t masks[3 * 8];
    return ARMED(snnfe_network_draw_masks(w->network, 1, 2, masks));
}

static snnfe_status call_activity(world *w)
{
    const snnfe_run_options options = two_threads();
    const float *grid = trials(w);
    snnfe_layer_activity activity[TRIALS * SNNFE_N_LAYERS];
    return ARMED(snnfe_network_activity(w->network, grid, TRIALS, &options, activity,
                                        sizeof(snnfe_layer_activity)));
}

/* A network with a past, which is copied, saved and loaded like its values. */
static snnfe_status call_provenance(world *w)
{
    static const uint64_t ids[2] = {7, 3};
    static const int32_t subjects[2] = {1, 1}, place[1] = {0};
    static const double mean[1] = {0}, std[1] = {1};
    static const char *const channels[] = {"Cz"}, *const classes[] = {"left", "right"};
    const snnfe_signal signal = {.struct_size = sizeof signal,
                                 .n_channels = 1,
                                 .n_classes = 2,
                                 .sampling_rate_hz = 160,
                                 .channel_rows = place,
                                 .channel_columns = place,
                                 .channel_mean_uv = mean,
                                 .channel_std_uv = std,
                                 .channel_names = channels,
                                 .class_names = classes};
    const uint64_t *found = NULL;
    size_t n = 0;
    snnfe_network *network = NULL, *copy = JUNK(snnfe_network), *loaded = JUNK(snnfe_network);
    assert_ok(snnfe_network_clone(&network, w->network));
    snnfe_status status = ARMED(snnfe_network_set_signal(network, &signal));
    if (status == SNNFE_OK)
        status = ARMED(snnfe_network_add_trials(network, SNNFE_TRIALS_TRAINED, ids, subjects, 2));
    assert_ok(snnfe_network_trials(network, SNNFE_TRIALS_TRAINED, &found, NULL, &n));
    ck_assert_uint_eq(n, status == SNNFE_OK ? 2 : 0);
    if (status == SNNFE_OK) {
        status = ARMED(snnfe_network_clone(&copy, network));
        check_made(copy, status);
        snnfe_network_free(copy);
    }
    if (status == SNNFE_OK)
        status = ARMED(snnfe_network_save(network, w->output));
    if (status == SNNFE_OK) {
        status = ARMED(snnfe_network_load(&loaded, w->output));
        check_made(loaded, status);
        snnfe_network_free(loaded);
    }
    snnfe_network_free(network);
    return status;
}

static snnfe_status call_origin(world *w)
{
    snnfe_network *network = NULL;
    snnfe_origin origin = {.struct_size = sizeof origin, .fold = 1, .n_folds = 2};
    snnfe_signal signal = {.struct_size = sizeof signal};
    const uint64_t *ids = NULL;
    size_t n = 0;
    assert_ok(snnfe_network_clone(&network, w->network));
    assert_ok(ARMED(snnfe_network_set_origin(network, &origin)));
    assert_ok(ARMED(snnfe_network_get_signal(network, &signal)));
    assert_ok(ARMED(snnfe_network_trials(network, SNNFE_TRIALS_TESTED, &ids, NULL, &n)));
    const snnfe_status status = ARMED(snnfe_network_get_origin(network, &origin));
    snnfe_network_free(network);
    return status;
}

const call network_calls[] = {
    {"snnfe_network_options_init", call_options},
    {"snnfe_run_options_init", call_options},
    {"snnfe_network_get_options", call_options},
    {"snnfe_network_create", call_create},
    {"snnfe_network_clone", call_clone},
    {"snnfe_network_free", call_create},
    {"snnfe_network_save", call_save},
    {"snnfe_network_load", call_load},
    {"snnfe_network_load", call_load_torch},
    {"snnfe_network_set_signal", call_provenance},
    {"snnfe_network_add_trials", call_provenance},
    {"snnfe_network_get_signal", call_origin},
    {"snnfe_network_trials", call_origin},
    {"snnfe_network_get_origin", call_origin},
    {"snnfe_network_set_origin", call_origin},
    {"snnfe_layer_name", call_parameters},
    {"snnfe_network_parameter_count", call_parameters},
    {"snnfe_network_value_count", call_parameters},
    {"snnfe_network_parameter", call_parameters},
    {"snnfe_network_find", call_parameters},
    {"snnfe_network_get", call_get},
    {"snnfe_network_set", call_set},
    {"snnfe_network_freeze", call_freeze},
    {"snnfe_network_freeze_for_stage", call_freeze_for_stage},
    {"snnfe_network_reinitialize", call_reinitialize},
    {"snnfe_network_transfer", call_transfer},
    {"snnfe_network_age", call_age},
    {"snnfe_network_read", call_read},
    {"snnfe_network_evaluate", call_evaluate},
    {"snnfe_network_gradient", call_gradient},
    {"snnfe_network_draw_masks", call_draw_masks},
    {"snnfe_network_activity", call_activity},
    {NULL, NULL},
};
