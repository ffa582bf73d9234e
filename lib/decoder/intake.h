/* A sample's way from the electrodes to the network's grid: faults, filter, z-score, repair. */
#ifndef SNNFE_LIB_INTAKE_H
#define SNNFE_LIB_INTAKE_H

#include "dataset/common_reference.h"
#include "decoder/patch.h"
#include "recording/recording.h"
#include "signal/causal.h"
#include "signal/inputs.h"

#include <snnfe/decoder.h>

/* One channel's filter and condition. Saved and restored as bytes: no pointers, no padding. */
typedef struct snnfe_channel_state {
    snnfe_causal_state filter;
    double power;       /* mean square of the z-score over about a second */
    double mean;        /* slow one of good values, microvolts: the electrode's offset */
    float last;         /* good value, microvolts */
    uint32_t constant;  /* samples in a row with this value */
    uint32_t faults;    /* SNNFE_FAULT_* bits of the newest sample */
    uint32_t settled;   /* 0: the filter starts again with the next good value */
    uint32_t centered;  /* 0: the slow mean begins with the next value within the range */
    uint32_t saturated; /* samples in a row that were too far from the slow mean */
} snnfe_channel_state;

typedef struct snnfe_intake {
    size_t n_channels; /* that come: the inputs, then electrodes for the common reference only */
    size_t n_inputs;   /* channels, then references that are none */
    uint64_t from, to; /* what the common reference is made of and taken off, as bits */
    uint64_t absent;   /* channels that the source lacks, as bits */
    snnfe_causal filter;
    double saturation_uv, range_uv, noisy_power, power_rate, mean_rate;
    uint32_t flat_samples, second; /* samples */
    int32_t repair;
    double factor[SNNFE_MAX_CHANNELS], shift[SNNFE_MAX_CHANNELS]; /* value = x factor + shift */
    double unit[SNNFE_MAX_CHANNELS]; /* a value times this is a z-score; 1 unless of envelopes */
    uint64_t neighbors[SNNFE_MAX_CHANNELS]; /* channels next to each in the grid, as bits */
    snnfe_patch *patch;                     /* the decoder's; NULL unless splines repair */
    float filtered[SNNFE_MAX_CHANNELS];     /* of the newest sample, microvolts */
    snnfe_channel_state channels[SNNFE_MAX_CHANNELS];
    float values[SNNFE_MAX_CHANNELS]; /* of inputs at the newest sample, before control */
    uint64_t n_nonfinite, n_saturated;
} snnfe_intake;

/* What the newest sample was like. */
typedef struct snnfe_intake_report {
    uint32_t faults;         /* of any channel */
    uint32_t n_bad_channels; /* flat or noisy */
    uint64_t faulty;         /* channels that showed any fault of their own, bits */
} snnfe_intake_report;

/* Options and signal were checked. */
snnfe_status snnfe_intake_make(snnfe_intake *intake, const snnfe_decoder_options *options,
                               const snnfe_signal *signal, const snnfe_inputs *inputs,
                               const snnfe_common_reference *common, snnfe_patch *patch);

/* Before the first sample. */
void snnfe_intake_reset(snnfe_intake *intake);

/* After a gap: the filters start again, faults and mean stay. */
void snnfe_intake_break(snnfe_intake *intake);

/* Root mean square of the good channels' z-scores over about a second; NaN if none is good. */
double snnfe_intake_rms(const snnfe_intake *intake);

/* Take a sample [n_channels], or with NULL the last one again. */
snnfe_intake_report snnfe_intake_take(snnfe_intake *intake, const float *sample);

#endif
