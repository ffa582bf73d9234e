/* Limits that several rooms share, beside SNNFE_MAX_CLASSES. */
#ifndef SNNFE_LIB_LIMITS_H
#define SNNFE_LIB_LIMITS_H

#include <snnfe/base.h>

#define SNNFE_NAME_SIZE 32        /* bytes of a channel's name, the 0 at its end included */
#define SNNFE_CLASS_NAME_SIZE 256 /* bytes of a name, the 0 at its end included */
#define SNNFE_MAX_CHANNELS 64     /* of recordings, data sets and decoders */

#endif
