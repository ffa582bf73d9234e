/* Devices of every kind: each with one thing that others have not, the last with everything. */
#ifndef SNNFE_TESTS_KINDS_H
#define SNNFE_TESTS_KINDS_H

#include <snnfe/device.h>
#include <stdbool.h>

typedef struct device_kind {
    const char *name;
    void (*set)(snnfe_device_options *o, snnfe_cells_options *c); /* NULL: as they are */
    bool noisy;                                                   /* a pulse may go the other way */
    bool saves;
} device_kind;

extern const device_kind device_kinds[];
extern const size_t n_device_kinds;

snnfe_device *device_of_kind(const device_kind *kind);

#endif
