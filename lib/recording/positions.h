/* Where electrodes are whose names do not tell, by coordinates. */
#ifndef SNNFE_LIB_POSITIONS_H
#define SNNFE_LIB_POSITIONS_H

#include "recording/electrodes.h"

typedef struct snnfe_position {
    char name[SNNFE_NAME_SIZE]; /* as snnfe_electrode_name() gives it */
    double direction[3];        /* as snnfe_electrode_direction() has them */
} snnfe_position;

/* All zeros: names of the 10-05 system alone tell. */
typedef struct snnfe_positions {
    bool alone; /* coordinates alone tell, whatever the names */
    size_t n;
    snnfe_position *all;
} snnfe_positions;

/* Adds a position; the list has room. */
void snnfe_positions_add(snnfe_positions *positions, const char *label, const double direction[3]);
void snnfe_positions_release(snnfe_positions *positions);

/* Where a label sits: by its name, or else by its coordinates, which common references have no use
   of. False if neither tells. */
bool snnfe_positions_find(const snnfe_positions *positions, const char *label, double direction[3]);

/* The electrode of the 10-05 system that it is or, by coordinates, is next to: of the 10-10 system
   unless `halves`. "C3#9" sits where C3 does. */
bool snnfe_positions_electrode(const snnfe_positions *positions, const char *label, bool halves,
                               snnfe_electrode *electrode);

#endif
