/* Faults of samples in words. */
#ifndef SNNFE_EXAMPLES_LIVE_FAULTS_H
#define SNNFE_EXAMPLES_LIVE_FAULTS_H

#include <stdint.h>

#define LIVE_N_CHANNEL_FAULTS 4 /* not a number, saturated, flat, noisy: the first bits */

/* "saturated, dropped" of the bits of SNNFE_FAULT_*. */
#define LIVE_FAULTS_SIZE 160
void live_name_faults(uint32_t faults, char text[LIVE_FAULTS_SIZE]);

#endif
