/* From runs and annotations to classes. */
#ifndef SNNFE_LIB_LABELS_H
#define SNNFE_LIB_LABELS_H

#include "base/status.h"

#include <snnfe/dataset.h>
#include <stdbool.h>

#define SNNFE_LABELS_LAST SNNFE_LABELS_BASELINES_LEFT_RIGHT_FISTS_FEET

typedef struct snnfe_label_set {
    const snnfe_dataset_options *options;
    uint32_t n_classes;
} snnfe_label_set;

/* Checks label set, runs and event names. */
snnfe_status snnfe_label_set_make(snnfe_label_set *set, const snnfe_dataset_options *options);

/* Whether trials are cut from a run. */
bool snnfe_label_set_uses_run(const snnfe_label_set *set, int32_t run);

/* For events without a class. */
enum {
    SNNFE_EVENT_ENDS = -1,   /* it ends the trial before it, nothing else */
    SNNFE_EVENT_IGNORED = -2 /* it does nothing */
};

/* Place of an event's name among the caller's event names, -1 if it is none of them. */
int64_t snnfe_label_set_name(const snnfe_label_set *set, const char *text);

/* Class of an event in a run, or one of the above. */
int32_t snnfe_label_set_class(const snnfe_label_set *set, int32_t run, const char *text);

/* Name of a class into `name`. */
void snnfe_label_set_class_name(const snnfe_label_set *set, int32_t label, char *name, size_t size);

#endif
