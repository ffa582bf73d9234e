/* In what the signal at hand differs from the one a network was trained on. */
#ifndef SNNFE_LIB_SIGNAL_MATCH_H
#define SNNFE_LIB_SIGNAL_MATCH_H

#include <snnfe/signal.h>
#include <stdbool.h>

#define SNNFE_DIFFERENCE_SIZE 320

/* What differs, and both values. */
typedef struct snnfe_difference {
    char field[64];
    char given[SNNFE_DIFFERENCE_SIZE], known[SNNFE_DIFFERENCE_SIZE];
} snnfe_difference;

/* The first of rate, electrodes, classes, filter and control that differs; only what both know is
   compared. */
bool snnfe_signals_differ(const snnfe_signal *given, const snnfe_signal *known,
                          snnfe_difference *found);

/* The same for samples as they come: they cannot be filtered with zero phase, so that only the
   edges are compared where the network was trained on that. */
bool snnfe_live_signal_differs(const snnfe_signal *given, const snnfe_signal *known,
                               snnfe_difference *found);

/* A signal without names that only number ("channel 0", "class 1", as data sets from arrays have
   them): they say nothing. */
snnfe_signal snnfe_signal_said(const snnfe_signal *signal);

#endif
