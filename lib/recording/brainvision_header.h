/* What a BrainVision header says, checked key by key. */
#ifndef SNNFE_LIB_BRAINVISION_HEADER_H
#define SNNFE_LIB_BRAINVISION_HEADER_H

#include "base/text.h"
#include "recording/ini.h"

typedef enum snnfe_brainvision_number {
    SNNFE_BRAINVISION_INT_16,
    SNNFE_BRAINVISION_INT_32,
    SNNFE_BRAINVISION_FLOAT_32,
    SNNFE_BRAINVISION_N_NUMBERS
} snnfe_brainvision_number;

typedef struct snnfe_brainvision_channel {
    const char *label, *unit; /* in the header's text */
    double resolution;        /* units of a step */
} snnfe_brainvision_channel;

typedef struct snnfe_brainvision {
    snnfe_ini ini;
    char *data_path, *marker_path; /* the second is NULL if the header names none */
    snnfe_brainvision_number number;
    bool vectorized;   /* channel by channel, not sample by sample */
    bool has_points;   /* the header says how many samples a channel has: */
    uint64_t n_points; /* so many */
    double sampling_rate_hz;
    size_t n_channels;
    snnfe_brainvision_channel *channels;
} snnfe_brainvision;

/* SNNFE_ERR_FORMAT, SNNFE_ERR_UNSUPPORTED (text, segments, other numbers, big-endian) name section,
   key and value. `path` outlives the header; release it after a failure, too. */
snnfe_status snnfe_brainvision_header_read(snnfe_brainvision *header, const char *path);
/* The same of a header in memory. */
snnfe_status snnfe_brainvision_header_parse(snnfe_brainvision *header, const char *path,
                                            const char *bytes, size_t size);
void snnfe_brainvision_header_release(snnfe_brainvision *header);

/* Bytes of a sample. */
size_t snnfe_brainvision_bytes(snnfe_brainvision_number number);

#endif
