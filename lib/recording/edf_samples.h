/* Samples of a recording, by way of EDFlib. */
#ifndef SNNFE_LIB_EDF_SAMPLES_H
#define SNNFE_LIB_EDF_SAMPLES_H

#include "recording/edf_header.h"
#include "recording/recording.h"

/* A range of one value gives digital values no meaning, but the physical value is known. */
bool snnfe_edf_is_constant(const snnfe_edf_signal *signal);

/* The signals to be read, in the order asked for. */
typedef struct snnfe_edf_selection {
    size_t n;
    size_t signals[SNNFE_MAX_CHANNELS];
    double unit_uv[SNNFE_MAX_CHANNELS]; /* microvolts of one physical unit */
} snnfe_edf_selection;

typedef struct snnfe_edf_samples snnfe_edf_samples;

/* `file` has been read by snnfe_edf_header_read(), and outlives the samples. Allocate nothing
   between open and close: fork() waits until the samples are closed, and may already hold a lock
   that the allocator needs. SNNFE_ERR_FORMAT if EDFlib reads anything else out of the header than
   the check did. */
snnfe_status snnfe_edf_samples_open(snnfe_edf_samples **samples, const snnfe_edf_file *file,
                                    const snnfe_edf_selection *chosen);

/* Digital values of a chosen signal in one record; EDFlib sets those beyond the digital range to
   its end, and `n_beyond` grows by their number. They belong to `samples` and last until the next
   call. Quickest in the order of the file. */
snnfe_status snnfe_edf_samples_read(snnfe_edf_samples *samples, size_t record, size_t channel,
                                    const int **digital, size_t *n_beyond);

void snnfe_edf_samples_close(snnfe_edf_samples *samples);

#endif
