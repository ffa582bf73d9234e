/* The learner handle. */
#ifndef SNNFE_LIB_LEARNER_INTERNAL_H
#define SNNFE_LIB_LEARNER_INTERNAL_H

#include "base/busy.h"
#include "decoder/decoder_internal.h"
#include "learner/guard.h"
#include "learner/replay.h"
#include "trainer/trainer.h"

#include <snnfe/learner.h>

struct snnfe_learner {
    snnfe_learner_options options; /* no pointers but the device */
    snnfe_decoder *decoder;        /* borrowed, or NULL */
    snnfe_network *network;        /* in training */
    snnfe_trainer *trainer;
    snnfe_network **copies; /* [options.n_networks] for the decoder */
    uint32_t changing;      /* layers that training changes, as bits */
    uint64_t outdated;      /* copies whose other layers have changed, too, as bits */
    snnfe_replay replay;
    snnfe_guard guard;
    uint8_t *masks; /* [SNNFE_N_MASKS][n_hidden]; NULL without dropout */
    bool unoffered; /* the network has changed since the decoder got it */
    snnfe_learner_info info;
    snnfe_busy busy; /* a device's function may call back */
};

/* A call that changes the learner has ended with `status`, which is returned. */
snnfe_status snnfe_learner_leave(snnfe_learner *learner, snnfe_status status);

/* If the network has changed since the decoder got it, the first copy that no window uses gets its
   values and goes to the decoder. Returns whether one did. */
bool snnfe_learner_offer(snnfe_learner *learner);
/* The same after any layer of the network may have changed. */
void snnfe_learner_renew(snnfe_learner *learner);

#endif
