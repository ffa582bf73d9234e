/* The reference that all electrodes are given: of which values of a sample it is made, and which it
   is taken off. */
#ifndef SNNFE_LIB_COMMON_REFERENCE_H
#define SNNFE_LIB_COMMON_REFERENCE_H

#include "recording/channels.h"
#include "signal/inputs.h"

#include <stdbool.h>

typedef struct snnfe_common_reference {
    uint64_t from;          /* values whose mean is taken off, as bits; 0 without re-referencing */
    uint64_t to;            /* values it is taken off */
    snnfe_channels besides; /* electrodes that are only read for it: they follow the inputs */
} snnfe_common_reference;

/* What a text as signals have it (snnfe_rereference_take()) makes of inputs with plain `names`
   (empty = not known): channels, and references of ocular control that are electrodes of the 10-05
   system. SNNFE_ERR_ARGUMENT: with the electrodes besides there are too many. */
snnfe_status snnfe_common_reference_make(snnfe_common_reference *common, const char *text,
                                         const snnfe_inputs *inputs,
                                         const char (*names)[SNNFE_NAME_SIZE]);

/* Whether the text names an electrode, by any of its names. */
bool snnfe_common_reference_names(const char *text, const char *name);

#endif
