/* The decoder handle. */
#ifndef SNNFE_LIB_DECODER_INTERNAL_H
#define SNNFE_LIB_DECODER_INTERNAL_H

#include "decoder/bands.h"
#include "decoder/intake.h"
#include "decoder/mixer.h"
#include "decoder/numbering.h"
#include "network/lane.h"
#include "network/provenance.h"

/* A window: the lane that computes it, and what is known of it. It runs while the lane has a
   network. */
typedef struct snnfe_window {
    snnfe_lane lane;
    int32_t label;
    uint64_t number, first_sample;
    uint32_t faults, n_bad_channels;
    uint64_t faulty_channels; /* bits */
} snnfe_window;

#define SNNFE_NOT_MEASURED UINT64_MAX

struct snnfe_decoder {
    snnfe_decoder_options options; /* with the values that defaults stand for; no pointers */
    snnfe_network_options network_options;
    _Atomic(const snnfe_network *) offered; /* in force for windows that begin */
    snnfe_intake intake;
    snnfe_bands bands;
    snnfe_numbering numbering;
    uint64_t session_base;         /* number of the session's first sample, as the source counts */
    snnfe_inputs inputs;           /* what a sample consists of, */
    snnfe_common_reference common; /* with electrodes behind that are only read for this */
    snnfe_patch patch;             /* made where splines repair */
    size_t place[SNNFE_MAX_CHANNELS];                /* of each channel in the grid */
    char names[SNNFE_MAX_CHANNELS][SNNFE_NAME_SIZE]; /* of what comes, plain; empty = none */
    const char *name_list[SNNFE_MAX_CHANNELS];       /* the names, for callers to borrow */
    snnfe_provenance samples;                        /* its signal is what the samples are */
    uint64_t window_samples;                         /* that a whole window lasts */
    size_t n_positions;
    uint32_t channel_faults[SNNFE_MAX_CHANNELS]; /* of the newest sample */
    float *grid;                                 /* [n_positions] the newest sample or step */
    uint64_t measured_at;                        /* of envelopes: the samples that were there, */
    const snnfe_mix *measured_with;              /* and the filter of the newest step */
    snnfe_mixer mixer;                           /* of no mixes without control */
    float *terms;                                /* [n_terms] of the newest sample, with control */
    float *older_grid;                           /* [n_positions] the same by an older filter */
    float *history;                              /* [n_history][n_values] ring by sample number */
    uint64_t history_from;                       /* oldest sample of the unbroken history */
    size_t n_windows;                            /* that can run at the same time */
    snnfe_window *windows;                       /* [n_windows] */
    size_t first_pending, n_pending;             /* ring of decisions */
    snnfe_decision *pending;                     /* [options.n_pending] */
    float *pending_logits;                       /* [options.n_pending][n_classes] */
    snnfe_decoder_info info;                     /* its counts */
};

/* Counts of a decoder before its first sample. */
snnfe_decoder_info snnfe_decoder_first_info(const snnfe_decoder *decoder, size_t n_bytes);

/* Adopt and check the caller's options, without what depends on the signal. */
snnfe_status snnfe_decoder_options_take(snnfe_decoder_options *adopted,
                                        const snnfe_decoder_options *options);
/* Fill in what defaults stand for, by the decoder's signal and the length of its windows. */
snnfe_status snnfe_decoder_options_complete(snnfe_decoder *decoder);

/* What a decoder takes where nothing else is said. */
extern const snnfe_signal snnfe_decoder_default_signal;

/* Adopt and check the caller's signal, and fill in what defaults stand for: the decoder's
   `samples`, the channels' names and places. */
snnfe_status snnfe_decoder_take_signal(snnfe_decoder *decoder, const snnfe_network *network,
                                       const snnfe_signal *signal);
/* Values of a sample that is pushed. */
static inline size_t snnfe_decoder_width(const snnfe_decoder *d)
{
    return d->inputs.shape.n_inputs + d->common.besides.n;
}

/* Whether samples go through a spatial filter. */
static inline bool snnfe_decoder_has_control(const snnfe_decoder *d)
{
    return d->mixer.mixes != NULL;
}

/* Put the newest sample, whose values the intake has, into the history and, unless steps are of
   envelopes, onto the grid, through the filter in force. */
void snnfe_decoder_show(snnfe_decoder *decoder);
/* The grid of the step that is due, through the filter that window `index` began with. */
const float *snnfe_decoder_grid_of(snnfe_decoder *decoder, size_t index);

/* Let all running windows make a step on the newest sample; those that agree share what is equal.
 */
void snnfe_windows_step(snnfe_decoder *decoder);
/* A window ends: one of those that share its state carries it on. */
void snnfe_windows_part(snnfe_decoder *decoder, snnfe_window *window);

/* The values of a sample in the history, and its terms from number `first_value` of them on. */
float *snnfe_decoder_row(const snnfe_decoder *decoder, uint64_t number);
void snnfe_decoder_gather_terms(const snnfe_decoder *decoder, uint64_t number, size_t first_value,
                                float *terms);
/* Put the signal's channels on a grid whose places are `step` apart. */
void snnfe_decoder_place(const snnfe_decoder *decoder, const float *values, float *grid,
                         size_t step);

/* Whether the newest sample completes a step of a window. */
bool snnfe_decoder_step_is_due(const snnfe_decoder *decoder, const snnfe_window *window);
/* The envelopes of the samples from `first` on, through a filter (NULL without control); and those
   of the newest samples, on the decoder's grid. */
void snnfe_decoder_measure(const snnfe_decoder *decoder, const snnfe_mix *with, uint64_t first,
                           float *envelopes);
void snnfe_decoder_measure_newest(snnfe_decoder *decoder, const snnfe_mix *with);

/* The filter in force, and older ones of running windows, in files of the decoder's state; nothing
   without control. */
snnfe_status snnfe_decoder_control_add(snnfe_tensor_list *file, const snnfe_decoder *decoder);
snnfe_status snnfe_decoder_control_read(snnfe_tensors *file, snnfe_decoder *decoder);
/* Those of another decoder of this kind, after its windows. */
void snnfe_decoder_control_take_over(snnfe_decoder *decoder, const snnfe_decoder *from);

/* SNNFE_ERR_SHAPE naming what differs if the network was trained on another signal, unless the
   options allow it. */
snnfe_status snnfe_decoder_check_signal(const char *call, const snnfe_decoder *decoder,
                                        const snnfe_network *network);

/* SNNFE_ERR_SHAPE unless the network has the configuration that the decoder was made for, and its
   signal. */
snnfe_status snnfe_decoder_check_network(const char *call, const snnfe_decoder *decoder,
                                         const snnfe_network *network);

#endif
