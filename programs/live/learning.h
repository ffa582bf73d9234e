/* Personalization while snnfe-live decodes: at once, or on a thread of its own. */
#ifndef SNNFE_EXAMPLES_LIVE_LEARNING_H
#define SNNFE_EXAMPLES_LIVE_LEARNING_H

#include "stage/array_settings.h"
#include "stage/device_settings.h"

typedef struct live_learning_settings {
    bool adapt, background, floating_point;
    double lr, guard_fall;
    int64_t replay, replay_steps, levels, seed;
    cli_names layers;
    device_settings device; /* without `dut` the default one */
    array_settings time;    /* of the network, before the session */
    int64_t reading;        /* seed of what is decoded by; -1 = weights as they are */
} live_learning_settings;

live_learning_settings live_learning_defaults(void);

#define LIVE_LEARNING_N_OPTIONS (10 + DEVICE_N_OPTIONS + ARRAY_N_OPTIONS)
size_t live_learning_add_options(cli_option *options, live_learning_settings *settings);

/* What learns through a device, and what learns at all. */
extern const cli_need live_learning_needs[];

typedef struct live_learning live_learning;

/* A failure is printed. `device` is the caller's; NULL in floating point. */
bool live_learning_open(live_learning **learning, const live_learning_settings *settings,
                        const snnfe_network *network, snnfe_decoder *decoder,
                        const snnfe_device *device);
/* To be closed after the decoder was freed. Accepts NULL. */
void live_learning_close(live_learning *learning);

/* Learn a decided window whose label is known. In the background a window that comes while the one
   before is still being learned is passed over. */
snnfe_status live_learning_take(live_learning *learning, const snnfe_decoder *decoder,
                                const snnfe_decision *decision);

/* Wait for the background to have learned what it has. */
void live_learning_finish(live_learning *learning);

/* The learner's state after its newest trial, and the windows that were passed over. */
snnfe_learner_info live_learning_info(live_learning *learning, uint64_t *n_missed);

/* What it did to cells; zeros in floating point. */
snnfe_status live_learning_wear(live_learning *learning, const live_learning_settings *settings,
                                snnfe_wear *wear);

/* The learner's state: taken up before the first window, saved behind the last. */
snnfe_status live_learning_restore(live_learning *learning, const char *path);
/* Let the time pass between the session before and this one. */
snnfe_status live_learning_age(live_learning *learning, const array_settings *time);
snnfe_status live_learning_save_state(live_learning *learning, const char *path);

/* The network as it was learned. */
snnfe_status live_learning_save(live_learning *learning, const char *path);

#endif
