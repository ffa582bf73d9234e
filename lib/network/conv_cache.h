/* Spikes of conv3 kept for trials that are run again while the layers up to conv3, which have no
   dropout, do not change: the layers above then start from these spikes. If tc1 does not change
   either, the sums of its drive can be kept as well, which takes thirty times the memory. */
#ifndef SNNFE_LIB_CONV_CACHE_H
#define SNNFE_LIB_CONV_CACHE_H

#include "network/trial.h"

#include <stdatomic.h>

/* First layer that runs for a trial whose spikes are kept. */
#define SNNFE_LAYER_AFTER_CONV SNNFE_LAYER_TC1

/* What is kept of a trial. */
typedef struct snnfe_kept_trial {
    uint64_t *spikes;  /* of conv3, [n_steps][words] */
    int32_t *tc1_sums; /* [n_steps][hidden], or NULL */
} snnfe_kept_trial;

typedef struct snnfe_conv_cache {
    _Atomic(snnfe_kept_trial *) *trials; /* [n]; NULL where not kept */
    size_t n;                            /* trials; 0 = nothing is kept */
    bool with_sums;
    uint64_t revision, tc1_revision; /* of the layers that this is of */
} snnfe_conv_cache;

/* Room for trials 0…n-1, none kept yet; what was kept before is released. */
snnfe_status snnfe_conv_cache_open(snnfe_conv_cache *cache, size_t n, bool with_sums);
void snnfe_conv_cache_close(snnfe_conv_cache *cache);
/* Forget everything if the layers have changed since. */
void snnfe_conv_cache_update(snnfe_conv_cache *cache, const snnfe_packed *packed);

/* Called from several threads at once. Take a trial's spikes; false if they are not kept. */
bool snnfe_conv_cache_take(const snnfe_conv_cache *cache, size_t index, snnfe_trial *trial);
/* Keep the spikes of a trial that has run; without memory it just runs again later. */
void snnfe_conv_cache_keep(snnfe_conv_cache *cache, size_t index, snnfe_trial *trial);

#endif
