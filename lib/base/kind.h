/* Recognizes what a file is, for messages when it was given in place of another kind. */
#ifndef SNNFE_LIB_KIND_H
#define SNNFE_LIB_KIND_H

#include "status.h"

typedef enum snnfe_kind {
    SNNFE_KIND_UNKNOWN,
    SNNFE_KIND_FOLDER,
    SNNFE_KIND_DATASET,
    SNNFE_KIND_NETWORK,
    SNNFE_KIND_TRAINING, /* a trainer's checkpoint, which is a network too */
    SNNFE_KIND_LEARNER,  /* a learner's state, likewise */
    SNNFE_KIND_DECODER,
    SNNFE_KIND_CONTROL, /* what was learned for a spatial filter */
    SNNFE_KIND_DEVICE,
    SNNFE_KIND_PTH,
    SNNFE_KIND_RECORDING,
    SNNFE_KIND_MEASUREMENT /* of a device; no file is known to be one */
} snnfe_kind;

/* By the file's content. */
snnfe_kind snnfe_kind_of(const char *path);

/* After a file could not be read as `wanted`: if it is known to be something else, the message says
   what it is and what takes it; otherwise the message stays. Returns `status`. */
snnfe_status snnfe_fail_kind(snnfe_status status, const char *path, snnfe_kind wanted);

#endif
