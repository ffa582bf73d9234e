/* The recordings of a BIDS tree and their sidecars. */
#ifndef SNNFE_LIB_BIDS_TREE_H
#define SNNFE_LIB_BIDS_TREE_H

#include "base/sink.h"
#include "recording/bids_name.h"

#include <snnfe/bids.h>

typedef struct snnfe_bids_recording {
    char *path;
    snnfe_bids_name name;
    int32_t subject, run;
} snnfe_bids_recording;

typedef struct snnfe_bids_tree {
    const char *root; /* the caller's */
    size_t n, capacity;
    snnfe_bids_recording *recordings; /* by path */
} snnfe_bids_tree;

/* The recordings that the options ask for, numbered; how, the log says. */
snnfe_status snnfe_bids_tree_read(snnfe_bids_tree *tree, const char *root,
                                  const snnfe_bids_options *options, const snnfe_sink *sink);
void snnfe_bids_tree_release(snnfe_bids_tree *tree);

/* The sidecar of a recording ("events", ".tsv"): the one in the nearest folder, of several there
   the one with the most entities. NULL if there is none; snnfe_release it. */
snnfe_status snnfe_bids_sidecar(const snnfe_bids_tree *tree, const snnfe_bids_recording *recording,
                                const char *suffix, const char *extension, char **path);

#endif
