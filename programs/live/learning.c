#include "learning.h"

#include <pthread.h>
#include <stdlib.h>

struct live_learning {
    const snnfe_device *device; /* NULL in floating point */
    snnfe_learner *learner;
    bool background;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* The rest is under the lock while there is a thread. */
    bool waiting, stop; /* a window waits or is being learned */
    float *grid;
    int32_t label;
    snnfe_status status; /* of the thread's first failure */
    uint64_t n_missed;
    snnfe_learner_info info;
};

live_learning_settings live_learning_defaults(void)
{
    snnfe_learner_options o = {0};
    snnfe_learner_options_init(&o, sizeof o);
    device_settings device = device_defaults();
    device.dut = NULL;
    return (live_learning_settings){.lr = o.learning_rate,
                                    .guard_fall = o.guard_fall,
                                    .replay = o.n_replay,
                                    .replay_steps = o.replay_steps,
                                    .levels = o.levels,
                                    .seed = (int64_t)o.seed,
                                    .device = device,
                                    .reading = -1};
}

size_t live_learning_add_options(cli_option *options, live_learning_settings *s)
{
    const cli_option own[] = {
        {"adapt", CLI_SWITCH, &s->adapt, 0, 0, NULL, "learn from every window with a label"},
        {"background", CLI_SWITCH, &s->background, 0, 0, NULL, "learn on a thread of its own"},
        {"floating_point", CLI_SWITCH, &s->floating_point, 0, 0, NULL,
         "learn without the device's pulses"},
        {"lr", CLI_NUMBER, &s->lr, 0, 1, NULL, "learning rate"},
        {"unfreeze_layers", CLI_NAMES, &s->layers, 0, 0, NULL,
         "layers that learn (default fc1,fc2)"},
        {"replay", CLI_INTEGER, &s->replay, 0, 65536, NULL, "trials that the replay buffer holds"},
        {"replay_steps", CLI_INTEGER, &s->replay_steps, 0, 1000, NULL,
         "trials replayed after each new one"},
        {"guard_fall", CLI_NUMBER, &s->guard_fall, 1e-6, 10, NULL,
         "fall of the running accuracy at which the best weights are put back; above 1 = never"},
        {"q", CLI_INTEGER, &s->levels, 0, 65536, NULL, "levels of a weight, even; 0 = continuous"},
        {"reading", CLI_INTEGER, &s->reading, -1, 9e15, NULL,
         "seed of a reading of the array, by which is decoded: with noise, converters and wire"},
    };
    size_t n = sizeof own / sizeof own[0];
    for (size_t i = 0; i < n; i++)
        options[i] = own[i];
    const size_t dut = n;
    n += device_add_options(options + n, &s->device);
    options[dut].help =
        "the network is in an array of this " DEVICE_DUT_HELP " (with --adapt default dut2)";
    return n + array_add_options(options + n, &s->time);
}

const cli_need live_learning_needs[] = {{"background", "adapt"},
                                        {"floating_point", "adapt"},
                                        {"lr", "adapt"},
                                        {"unfreeze_layers", "adapt"},
                                        {"replay", "adapt"},
                                        {"replay_steps", "adapt"},
                                        {"guard_fall", "adapt"},
                                        {"q", "adapt"},
                                        {"thr", "adapt"},
                                        {"thr_asym", "adapt"},
                                        {"A_scale", "adapt"},
                                        {"A_asym", "adapt"},
                                        {"rsd_c2c", "adapt"},
                                        {"sigma_add", "adapt"},
                                        {"sigma_mul", "adapt"},
                                        {"ltp_energy", "adapt"},
                                        {"ltd_energy", "adapt"},
                                        {"endurance", "adapt"},
                                        {"array", "adapt dut"},
                                        {"spread", "adapt"},
                                        {"bounds", "adapt dut"},
                                        {"age", "dut"},
                                        {"age_from", "age"},
                                        {"readings", "dut"},
                                        {"reading", "dut"},
                                        {"reading", "!adapt"},
                                        {"programming", "adapt"},
                                        {"most_pulses", "adapt"},
                                        {"period", "adapt"},
                                        {"fast_rate", "adapt"},
                                        {"transfer_rate", "adapt"},
                                        {"shift_pairs", "adapt"},
                                        {"tolerance", "adapt"},
                                        {"refresh", "adapt"},
                                        {"q", "!floating_point"},
                                        {"dut", "!floating_point"},
                                        {"thr", "!floating_point"},
                                        {"thr_asym", "!floating_point"},
                                        {"A_scale", "!floating_point"},
                                        {"A_asym", "!floating_point"},
                                        {"rsd_c2c", "!floating_point"},
                                        {"sigma_add", "!floating_point"},
                                        {"sigma_mul", "!floating_point"},
                                        {"ltp_energy", "!floating_point"},
                                        {"ltd_energy", "!floating_point"},
                                        {"endurance", "!floating_point"},
                                        {"array", "!floating_point"},
                                        {"spread", "!floating_point"},
                                        {"programming", "!floating_point"},
                                        {"most_pulses", "!floating_point"},
                                        {"period", "!floating_point"},
                                        {"fast_rate", "!floating_point"},
                                        {"transfer_rate", "!floating_point"},
                                        {"shift_pairs", "!floating_point"},
                                        {"tolerance", "!floating_point"},
                                        {"refresh", "!floating_point"},
                                        {NULL, NULL}};

/* --- the thread ----------------------------------------------------------------------------- */

static snnfe_status learn(live_learning *l, const float *grid, int32_t label)
{
    const snnfe_status status = snnfe_learner_adapt(l->learner, grid, label, NULL);
    l->info.struct_size = sizeof l->info;
    return status == SNNFE_OK ? snnfe_learner_get_info(l->learner, &l->info) : status;
}

/* `waiting` stays set while a window is learned, so that nobody else touches learner and grid. */
static void *run(void *argument)
{
    live_learning *l = argument;
    pthread_mutex_lock(&l->lock);
    while (!l->stop) {
        if (!l->waiting) {
            pthread_cond_wait(&l->changed, &l->lock);
            continue;
        }
        pthread_mutex_unlock(&l->lock);
        snnfe_learner_info info = {.struct_size = sizeof info};
        snnfe_status status = snnfe_learner_adapt(l->learner, l->grid, l->label, NULL);
        if (status == SNNFE_OK)
            status = snnfe_learner_get_info(l->learner, &info);
        if (status != SNNFE_OK)
            cli_failure(status);
        pthread_mutex_lock(&l->lock);
        if (status == SNNFE_OK)
            l->info = info;
        else if (l->status == SNNFE_OK)
            l->status = status;
        l->waiting = false;
        pthread_cond_broadcast(&l->changed);
    }
    pthread_mutex_unlock(&l->lock);
    return NULL;
}

/* --- the handle ----------------------------------------------------------------------------- */

static snnfe_status create(live_learning *l, const live_learning_settings *s,
                           const snnfe_network *network, snnfe_decoder *decoder,
                           const snnfe_device *device)
{
    snnfe_network_options n = {.struct_size = sizeof n};
    snnfe_learner_options o;
    const snnfe_programming_options programming = programming_make(&s->device.programming);
    snnfe_status status = snnfe_network_get_options(network, &n);
    if (status == SNNFE_OK)
        status = snnfe_learner_options_init(&o, sizeof o);
    if (status != SNNFE_OK)
        return status;
    l->device = o.device = device;
    o.programming = &programming;
    o.learning_rate = s->lr;
    o.threshold = s->device.threshold;
    o.threshold_asymmetry = s->device.threshold_asymmetry;
    o.levels = (uint32_t)s->levels;
    o.n_replay = (uint32_t)s->replay;
    o.replay_steps = (uint32_t)s->replay_steps;
    o.guard_fall = s->guard_fall;
    o.seed = (uint64_t)s->seed;
    if (s->layers.n > 0) {
        o.layers = s->layers.items;
        o.n_layers = (uint32_t)s->layers.n;
    }
    l->grid = malloc((size_t)n.n_rows * n.n_columns * n.n_steps * sizeof *l->grid);
    if (!l->grid)
        return SNNFE_ERR_MEMORY;
    status = snnfe_learner_create(&l->learner, network, decoder, &o);
    l->info.struct_size = sizeof l->info;
    if (status == SNNFE_OK)
        status = snnfe_learner_get_info(l->learner, &l->info);
    if (status == SNNFE_OK && l->info.n_clamped > 0)
        fprintf(stderr,
                "learning: weights beyond what the device can hold, which the first step clamps: "
                "%llu\n",
                (unsigned long long)l->info.n_clamped);
    return status;
}

bool live_learning_open(live_learning **learning, const live_learning_settings *settings,
                        const snnfe_network *network, snnfe_decoder *decoder,
                        const snnfe_device *device)
{
    live_learning *l = calloc(1, sizeof *l);
    if (!l) {
        cli_error("out of memory");
        return false;
    }
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->changed, NULL);
    const snnfe_status status = create(l, settings, network, decoder, device);
    if (status != SNNFE_OK) {
        cli_failure(status);
        live_learning_close(l);
        return false;
    }
    if (settings->background) {
        if (pthread_create(&l->thread, NULL, run, l) != 0) {
            cli_error("cannot start a thread");
            live_learning_close(l);
            return false;
        }
        l->background = true;
    }
    *learning = l;
    return true;
}

void live_learning_close(live_learning *l)
{
    if (!l)
        return;
    if (l->background) {
        pthread_mutex_lock(&l->lock);
        l->stop = true;
        pthread_cond_broadcast(&l->changed);
        pthread_mutex_unlock(&l->lock);
        pthread_join(l->thread, NULL);
    }
    pthread_cond_destroy(&l->changed);
    pthread_mutex_destroy(&l->lock);
    snnfe_learner_free(l->learner);
    free(l->grid);
    free(l);
}

snnfe_status live_learning_take(live_learning *l, const snnfe_decoder *decoder,
                                const snnfe_decision *decision)
{
    if (!l->background) {
        const snnfe_status status =
            snnfe_decoder_copy_window(decoder, decision->first_sample, l->grid);
        return status == SNNFE_OK ? learn(l, l->grid, decision->label) : status;
    }
    pthread_mutex_lock(&l->lock);
    snnfe_status status = l->status;
    if (l->waiting) {
        l->n_missed++;
    } else if (status == SNNFE_OK) {
        status = snnfe_decoder_copy_window(decoder, decision->first_sample, l->grid);
        l->label = decision->label;
        l->waiting = status == SNNFE_OK;
        pthread_cond_broadcast(&l->changed);
    }
    pthread_mutex_unlock(&l->lock);
    return status;
}

void live_learning_finish(live_learning *l)
{
    pthread_mutex_lock(&l->lock);
    while (l->waiting)
        pthread_cond_wait(&l->changed, &l->lock);
    pthread_mutex_unlock(&l->lock);
}

snnfe_learner_info live_learning_info(live_learning *l, uint64_t *n_missed)
{
    pthread_mutex_lock(&l->lock);
    const snnfe_learner_info info = l->info;
    if (n_missed)
        *n_missed = l->n_missed;
    pthread_mutex_unlock(&l->lock);
    return info;
}

snnfe_status live_learning_wear(live_learning *l, const live_learning_settings *settings,
                                snnfe_wear *wear)
{
    const snnfe_wear_options o = {.struct_size = sizeof o,
                                  .ltp_energy_j = settings->device.ltp_energy,
                                  .ltd_energy_j = settings->device.ltd_energy,
                                  .endurance = settings->device.endurance};
    *wear = (snnfe_wear){.struct_size = sizeof *wear};
    live_learning_finish(l);
    return l->device ? snnfe_learner_wear(l->learner, -1, &o, wear, NULL, 0) : SNNFE_OK;
}

snnfe_status live_learning_restore(live_learning *l, const char *path)
{
    const snnfe_status status = snnfe_learner_restore(l->learner, path);
    return status == SNNFE_OK ? snnfe_learner_get_info(l->learner, &l->info) : status;
}

snnfe_status live_learning_age(live_learning *l, const array_settings *time)
{
    return l->device
               ? snnfe_learner_age(l->learner, time->from_s, time->to_s, (uint64_t)time->readings)
               : SNNFE_OK;
}

snnfe_status live_learning_save_state(live_learning *l, const char *path)
{
    live_learning_finish(l);
    return snnfe_learner_save(l->learner, path);
}

snnfe_status live_learning_save(live_learning *l, const char *path)
{
    snnfe_network *network = NULL;
    live_learning_finish(l);
    snnfe_status status = snnfe_learner_copy_network(l->learner, &network);
    if (status == SNNFE_OK)
        status = snnfe_network_save(network, path);
    snnfe_network_free(network);
    return status;
}
