/* Triggers in the status channel of a BDF file. */
#ifndef SNNFE_LIB_BDF_STATUS_H
#define SNNFE_LIB_BDF_STATUS_H

#include "recording/edf_header.h"
#include "recording/recording.h"

/* BioSemi's amplifiers write what arrives at their trigger port into the low 16 bits of a channel
   called "Status". Each sample at which these bits become another number that is not 0 is an event,
   with the number as its text. What they are at the first sample is none: the port may have been
   left so. Files of BDF+ have annotations instead. */
snnfe_status snnfe_bdf_status_read(const snnfe_edf_file *file, snnfe_recording *recording);

#endif
