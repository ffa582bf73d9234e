/* Recordings as a caller opens them, with what is logged about them. */
#ifndef SNNFE_TESTS_RECORDINGS_H
#define SNNFE_TESTS_RECORDINGS_H

#include "support.h"

#include <snnfe/recording.h>

/* The warnings of recordings that were opened with recording_options(), a line each; tests empty
   it. */
extern char recording_notes[8192];

snnfe_recording_options recording_options(const char *const *names, size_t n);

snnfe_recording_info recording_info(const snnfe_recording *recording);

#endif
