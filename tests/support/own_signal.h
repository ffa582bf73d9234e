/* Signals that tests change field by field. */
#ifndef SNNFE_TESTS_OWN_SIGNAL_H
#define SNNFE_TESTS_OWN_SIGNAL_H

#include <snnfe/signal.h>

/* Put a copy of the signal (zeros for NULL) in its place, and return it to be changed; static
   storage for 64 of them. */
snnfe_signal *own_signal(const snnfe_signal **place);

#endif
