/* The fixed part of an EDF file, checked field by field before EDFlib sees it. */
#ifndef SNNFE_LIB_EDF_HEADER_H
#define SNNFE_LIB_EDF_HEADER_H

#include "base/sink.h"

#include <stdbool.h>

/* Check the content of a whole EDF or EDF+ file and mend in place what EDFlib refuses without need:
   texts in the fields of annotation signals that EDF+ wants blank, and signals whose range is a
   single value. `constant` [EDF signals in EDFlib's order, without annotations] tells the physical
   value of such signals, NaN for all others; it has room for 640. `path` is for messages. */
snnfe_status snnfe_edf_header_check(const char *path, uint8_t *content, size_t size,
                                    double *constant);

#endif
