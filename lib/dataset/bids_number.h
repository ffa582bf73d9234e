/* Which recordings of a BIDS tree are used, and the numbers of their subjects and runs. */
#ifndef SNNFE_LIB_BIDS_NUMBER_H
#define SNNFE_LIB_BIDS_NUMBER_H

#include "dataset/bids_tree.h"

/* Drop the recordings that the options do not ask for. SNNFE_ERR_NOT_FOUND and SNNFE_ERR_ARGUMENT
   name the tasks and sessions that there are. */
snnfe_status snnfe_bids_select(snnfe_bids_tree *tree, const snnfe_bids_options *options);

/* SNNFE_ERR_FORMAT: a run that is no number from 1 to 99; SNNFE_ERR_UNSUPPORTED: two recordings of
   one subject and run. */
snnfe_status snnfe_bids_number(snnfe_bids_tree *tree, const snnfe_sink *sink);

#endif
