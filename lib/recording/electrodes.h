/* Electrodes of the 10-05 system: what they are called in recordings, and where they sit. */
#ifndef SNNFE_LIB_ELECTRODES_H
#define SNNFE_LIB_ELECTRODES_H

#include "recording/channels.h"

#include <stdbool.h>

/* Where an electrode sits in units that all of the 10-05 system has in whole numbers. */
typedef struct snnfe_electrode {
    int32_t row;    /* half rows from Fpz (0) to Iz (18); 8 is Cz's */
    int32_t column; /* eighths of the distance between C1 and C3, from the midline, left < 0 */
} snnfe_electrode;

/* What a label and its electrode have in common: plain, without an "EEG" before the name and a
   common reference behind it ("EEG C3-Ref" is C3), T3…T6 by their names of today. Bipolar
   derivations ("C3-C4") stay as they are. */
void snnfe_electrode_name(const char *label, char name[SNNFE_NAME_SIZE]);

/* Where an electrode sits on a unit sphere: x to the right, y to the front, z up to Cz. As on the
   spheres that caps are described by: the nasion, ears and inion lie 115 degrees from Cz, a fifth
   of the way to one of them is 23 degrees, and each row is a circle through its electrodes at the
   midline and on the ring through Fpz, T7, Oz and T8. */
void snnfe_electrode_direction(const snnfe_electrode *electrode, double direction[3]);

/* False if the label is no electrode of the 10-05 system. */
bool snnfe_electrode_find(const char *label, snnfe_electrode *electrode);

/* The electrode of the 10-10 system, or with `halves` of the 10-05 system, that is nearest to a
   direction (of length 1); the cosine of the angle between both. */
double snnfe_electrode_nearest(const double direction[3], bool halves, snnfe_electrode *electrode);

/* Whether a name (snnfe_electrode_name()) is that of a common reference: a mastoid, an earlobe, an
   average. */
bool snnfe_electrode_is_reference(const char *name);

#endif
