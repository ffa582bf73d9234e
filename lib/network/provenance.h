/* What a network was made for and what it has seen. */
#ifndef SNNFE_LIB_PROVENANCE_H
#define SNNFE_LIB_PROVENANCE_H

#include "base/tensors.h"

#include <snnfe/provenance.h>

/* Trials, each once. */
typedef struct snnfe_trial_set {
    size_t n;
    uint64_t *ids; /* ascending */
    int32_t *subjects;
} snnfe_trial_set;

typedef struct snnfe_provenance {
    snnfe_signal signal; /* its pointers lead into the blocks */
    int32_t *places;     /* rows, then columns */
    double *statistics;  /* means, then standard deviations; the same of references */
    double *covariance;  /* NULL = not known */
    const char **names;  /* of channels, of classes, of references, as far as they are known */
    char *text;          /* the names */
    snnfe_origin origin;
    snnfe_trial_set trials[SNNFE_N_TRIAL_USES];
} snnfe_provenance;

/* A copy into an empty one; release it after a failure too. */
snnfe_status snnfe_provenance_copy(snnfe_provenance *copy, const snnfe_provenance *source);
void snnfe_provenance_release(snnfe_provenance *provenance);

/* As the public functions for networks do, which also check for NULL handles. */
snnfe_status snnfe_provenance_set_signal(snnfe_provenance *provenance, const snnfe_signal *signal);
snnfe_status snnfe_trial_set_add(snnfe_trial_set *set, const uint64_t *ids, const int32_t *subjects,
                                 size_t n);
void snnfe_trial_set_release(snnfe_trial_set *set);
bool snnfe_trial_set_has(const snnfe_trial_set *set, uint64_t id);

/* Provenance as metadata of a network's file. It is read into an empty one, which becomes
   incomplete if the file has none. SNNFE_ERR_FORMAT names the key. */
snnfe_status snnfe_provenance_add_to_list(const snnfe_provenance *provenance,
                                          snnfe_tensor_list *list);
snnfe_status snnfe_provenance_read(snnfe_provenance *provenance, const snnfe_tensors *file);
/* False after reading a file without provenance. */
bool snnfe_provenance_tells(const snnfe_provenance *provenance);

#endif
