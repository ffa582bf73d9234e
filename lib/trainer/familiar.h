/* What a network knows of a data set: whether it was made for such a signal, and which of the
   trials trained it. */
#ifndef SNNFE_LIB_FAMILIAR_H
#define SNNFE_LIB_FAMILIAR_H

#include "trainer/selection.h"

/* SNNFE_ERR_SHAPE naming what differs, with both values, if the network was trained on another
   signal; with `allow` that is logged as a warning. Only what both know is compared. */
snnfe_status snnfe_familiar_check_signal(const char *call, const snnfe_network *network,
                                         const snnfe_dataset *dataset, bool allow,
                                         const snnfe_sink *sink);

/* Trials of a selection that trained the network. */
size_t snnfe_familiar_count(const snnfe_network *network, const snnfe_selection *selection);
/* Which of them, [selection->n] of 0 and 1. */
void snnfe_familiar_mark(const snnfe_network *network, const snnfe_selection *s, uint8_t *seen);

/* SNNFE_ERR_OVERLAP with number, subject and what to do, if there are any; with `allow` that is
   logged as a warning. `list` says what the trials are, such as "validation". */
snnfe_status snnfe_familiar_check_unseen(const char *call, const char *list,
                                         const snnfe_network *network,
                                         const snnfe_selection *selection, bool allow,
                                         const snnfe_sink *sink);

/* The same for trials that are going to train it: windows of them may be in the selection. */
snnfe_status snnfe_familiar_check_apart(const char *call, const char *list,
                                        const snnfe_selection *train,
                                        const snnfe_selection *selection, bool allow,
                                        const snnfe_sink *sink);

/* Write down that the network is trained on this signal and these trials. */
snnfe_status snnfe_familiar_record_signal(snnfe_network *network, const snnfe_dataset *dataset);
snnfe_status snnfe_familiar_record_trials(snnfe_network *network, int32_t use,
                                          const snnfe_selection *selection);

#endif
