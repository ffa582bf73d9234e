/* Which recordings make up a data set, with their subjects and runs. */
#ifndef SNNFE_LIB_RECORDING_LIST_H
#define SNNFE_LIB_RECORDING_LIST_H

#include "dataset/labels.h"

#include <stdbool.h>

typedef struct snnfe_recording_list {
    size_t n;
    char **paths; /* or names, where there are no files */
    int32_t *subjects, *runs;
} snnfe_recording_list;

bool snnfe_is_listed(const int32_t *numbers, size_t n, int32_t number);

void snnfe_recording_list_release(snnfe_recording_list *list);
/* Room for `capacity` recordings in an empty list. */
snnfe_status snnfe_recording_list_reserve(snnfe_recording_list *list, size_t capacity);
snnfe_status snnfe_recording_list_add(snnfe_recording_list *list, const char *path, int32_t subject,
                                      int32_t run);

/* An EEGMMIDB tree: subjects 1…999 with runs 1…14. */
typedef struct snnfe_tree {
    const char *root;
    /* Fills subjects (at most SNNFE_LAST_SUBJECT of them, in any order); an error if there are
       none. */
    snnfe_status (*present_subjects)(const struct snnfe_tree *tree, int32_t *subjects, size_t *n);
    bool (*has_run)(const struct snnfe_tree *tree, const char *path, int32_t run);
    const void *context;
} snnfe_tree;

/* The recordings of a tree that the label set's options ask for, in order of subject and run. */
snnfe_status snnfe_recording_list_tree(snnfe_recording_list *list, const snnfe_tree *tree,
                                       const snnfe_label_set *labels);

#endif
