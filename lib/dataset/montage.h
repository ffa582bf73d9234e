/* Channels and their places in the grid. */
#ifndef SNNFE_LIB_MONTAGE_H
#define SNNFE_LIB_MONTAGE_H

#include "recording/recording.h"

#include <snnfe/dataset.h>

typedef struct snnfe_montage {
    size_t n_channels;
    uint32_t n_rows, n_columns;
    char names[SNNFE_MAX_CHANNELS][SNNFE_NAME_SIZE]; /* plain: upper case, no dots or blanks */
    int32_t rows[SNNFE_MAX_CHANNELS];
    int32_t columns[SNNFE_MAX_CHANNELS];
} snnfe_montage;

/* "Fc5." becomes "FC5". */
void snnfe_channel_name_plain(const char *label, char name[SNNFE_NAME_SIZE]);

/* The 64 channels of EEGMMIDB on the 10x11 grid (docs/spec.md 2.3). */
void snnfe_montage_eegmmidb(snnfe_montage *montage);

/* The caller's channels, or EEGMMIDB's when none are given. */
snnfe_status snnfe_montage_make(snnfe_montage *montage, const snnfe_dataset_options *options);

/* No name is empty, no two are the same. */
snnfe_status snnfe_montage_check_names(const snnfe_montage *montage);

/* Labels to look for a channel among; NULL for what is no channel. */
typedef struct snnfe_channel_list {
    const char *path; /* for messages */
    size_t n;
    const char *(*label)(const void *context, size_t index);
    const void *context;
} snnfe_channel_list;

/* The channel of a plain name. "C3#9" is the ninth signal, which has to be labeled C3, "#9" the
   ninth whatever its label. SNNFE_ERR_NOT_FOUND names what is there, SNNFE_ERR_FORMAT the signals
   that share the label. */
snnfe_status snnfe_channel_find(const snnfe_channel_list *list, const char *wanted, size_t *index);

/* Places within the grid, no two the same. */
snnfe_status snnfe_montage_check(const snnfe_montage *montage, const char *what);

#endif
