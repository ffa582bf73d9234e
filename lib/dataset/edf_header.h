/* The fixed part of an EDF file, checked field by field before EDFlib sees it. */
#ifndef SNNFE_LIB_EDF_HEADER_H
#define SNNFE_LIB_EDF_HEADER_H

#include "base/sink.h"

#include <stdbool.h>

#define SNNFE_EDF_MAX_SIGNALS 640 /* EDFlib's limit */

/* Where the samples lie: 16 bits each, little-endian, record after record. */
typedef struct snnfe_edf_layout {
    size_t header_size, record_size; /* bytes */
    size_t n_signals;                /* in EDFlib's order, without annotations */
    struct {
        double constant; /* physical value of a signal whose range is a single one, else NaN */
        size_t offset;   /* bytes from the start of a record */
    } signals[SNNFE_EDF_MAX_SIGNALS];
} snnfe_edf_layout;

/* Check the content of a whole EDF or EDF+ file and mend in place what EDFlib refuses without need:
   texts in the fields of annotation signals that EDF+ wants blank, and signals whose range is a
   single value. `path` is for messages. */
snnfe_status snnfe_edf_header_check(const char *path, uint8_t *content, size_t size,
                                    snnfe_edf_layout *layout);

#endif
