/* A decoder's state in columns that a file can hold, and its lanes array by array. */
#ifndef SNNFE_LIB_DECODER_COLUMNS_H
#define SNNFE_LIB_DECODER_COLUMNS_H

#include "base/tensors.h"
#include "decoder/decoder_internal.h"

#define SNNFE_STATE_TEXT_SIZE 64

/* One array of a lane. */
typedef struct snnfe_lane_array {
    char name[SNNFE_STATE_TEXT_SIZE];
    snnfe_dtype dtype;
    size_t count;
    void *data;
} snnfe_lane_array;

#define SNNFE_MAX_LANE_ARRAYS 40

/* All arrays of lane `index`; returns their number. */
size_t snnfe_lane_list(const snnfe_lane *lane, size_t index,
                       snnfe_lane_array list[SNNFE_MAX_LANE_ARRAYS]);

#define SNNFE_STATE_COUNTS 24
#define SNNFE_LANE_NUMBERS 8
#define SNNFE_DECISION_NUMBERS 12
#define SNNFE_CHANNEL_NUMBERS 5

typedef struct snnfe_columns {
    int64_t counts[SNNFE_STATE_COUNTS];
    double filters[SNNFE_MAX_CHANNELS][2 * SNNFE_CAUSAL_SECTIONS];
    double powers[SNNFE_MAX_CHANNELS];
    double means[SNNFE_MAX_CHANNELS];
    float last[SNNFE_MAX_CHANNELS];
    /* constant, faults, settled, centred, saturated */
    int64_t channels[SNNFE_MAX_CHANNELS][SNNFE_CHANNEL_NUMBERS];
    int64_t (*lanes)[SNNFE_LANE_NUMBERS];         /* [n_lanes] */
    int64_t (*decisions)[SNNFE_DECISION_NUMBERS]; /* [n_pending] */
    double *confidences;                          /* [n_pending] */
} snnfe_columns;

snnfe_status snnfe_columns_create(snnfe_columns **columns, const snnfe_decoder *decoder);
void snnfe_columns_free(snnfe_columns *columns);

/* From a decoder, and to one; the reverse checks what it is given. Running windows go on with
   `network`. */
void snnfe_columns_gather(snnfe_decoder *decoder, snnfe_columns *columns);
snnfe_status snnfe_columns_scatter(snnfe_decoder *decoder, const snnfe_columns *columns,
                                   const snnfe_network *network);

#endif
