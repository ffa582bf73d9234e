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

/* "folder/name"; NULL without memory. */
char *snnfe_bids_joined(const char *folder, const char *name);

/* Call `what` for each entry of a folder that is not hidden. `always`: it has to be a folder;
   otherwise a file in its place is passed over. */
typedef snnfe_status snnfe_bids_visit(void *context, const char *folder, const char *name);
snnfe_status snnfe_bids_for_each(const char *folder, snnfe_bids_visit *what, void *context,
                                 bool always);

/* A sidecar of a recording. */
typedef struct snnfe_bids_sidecar {
    char *path;
    char space[SNNFE_BIDS_LABEL]; /* "" without such an entity */
    int level;                    /* folders above the recording's own */
    int n_entities;               /* without `space` */
} snnfe_bids_sidecar;

typedef struct snnfe_bids_sidecars {
    size_t n, capacity;
    snnfe_bids_sidecar *all;
} snnfe_bids_sidecars;

/* All sidecars of a recording ("events", ".tsv"), by BIDS's inheritance principle: from its own
   folder to the root, the nearest first, and of several in a folder that with the most entities
   first. SNNFE_ERR_FORMAT names two in a folder that nothing tells apart. Release them in any case.
 */
snnfe_status snnfe_bids_sidecars_find(snnfe_bids_sidecars *list, const snnfe_bids_tree *tree,
                                      const snnfe_bids_recording *recording, const char *suffix,
                                      const char *extension);
void snnfe_bids_sidecars_release(snnfe_bids_sidecars *list);

/* The first of them, which is what holds of a table: NULL if there is none; snnfe_release it. */
snnfe_status snnfe_bids_nearest(const snnfe_bids_tree *tree, const snnfe_bids_recording *recording,
                                const char *suffix, const char *extension, char **path);

#endif
