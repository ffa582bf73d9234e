/* JSON sidecars of BIDS recordings. */
#ifndef SNNFE_LIB_BIDS_JSON_H
#define SNNFE_LIB_BIDS_JSON_H

#include "base/status.h"

/* "SamplingFrequency" of an eeg.json. SNNFE_ERR_FORMAT names the file and the key. */
snnfe_status snnfe_bids_json_rate(const char *path, double *rate_hz);

/* "PowerLineFrequency", the same; "n/a" is none. */
snnfe_status snnfe_bids_json_line(const char *path, double *line_hz);

#endif
