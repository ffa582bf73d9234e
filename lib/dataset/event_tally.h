/* Which event names recordings have, and how often, for messages. */
#ifndef SNNFE_LIB_EVENT_TALLY_H
#define SNNFE_LIB_EVENT_TALLY_H

#include "base/status.h"

#define SNNFE_TALLY_NAMES 24

/* The first names that come are counted by name, further ones together. */
typedef struct snnfe_event_tally {
    size_t n;
    char *names[SNNFE_TALLY_NAMES]; /* ascending */
    size_t counts[SNNFE_TALLY_NAMES];
    size_t n_others;
} snnfe_event_tally;

snnfe_status snnfe_event_tally_add(snnfe_event_tally *tally, const char *name, size_t count);
/* Add all of b to a. */
snnfe_status snnfe_event_tally_merge(snnfe_event_tally *a, const snnfe_event_tally *b);
void snnfe_event_tally_release(snnfe_event_tally *tally);

/* "T0" (15), "T1" (8), … into `text`; "none" if there is nothing. */
void snnfe_event_tally_describe(const snnfe_event_tally *tally, char *text, size_t size);

#endif
