/* Cells of an array: their options, what is drawn for each, and what pulses and time do to them. */
#ifndef SNNFE_LIB_CELLS_INTERNAL_H
#define SNNFE_LIB_CELLS_INTERNAL_H

#include "base/status.h"

#include <snnfe/device.h>

#include <stdbool.h>

/* Adopt, check and copy what device options point to; without cells the defaults. `beta_form`: the
   exponents can differ. */
snnfe_status snnfe_cells_take(snnfe_cells_options *cells, const snnfe_cells_options *given,
                              bool beta_form);
void snnfe_cells_release(snnfe_cells_options *cells);

/* Does programming depend on the cell, or on the pulses that it has had? */
bool snnfe_cells_differ(const snnfe_cells_options *cells);
bool snnfe_cells_age(const snnfe_cells_options *cells);

/* Does a pulse depend on how long the cell has held its state, or on the pulses just before? */
bool snnfe_cells_imprint(const snnfe_cells_options *cells);
bool snnfe_cells_remember(const snnfe_cells_options *cells);

uint64_t snnfe_cells_hash(uint64_t hash, const snnfe_cells_options *cells);

/* A cell of the nominal device. */
extern const snnfe_cell snnfe_nominal_cell;

/* A factor of mean 1 and relative standard deviation `spread` from a normal number. */
double snnfe_lognormal_factor(double spread, double z);

/* The cell of one synapse. */
snnfe_cell snnfe_cell_draw(const snnfe_cells_options *cells, uint32_t synapse);

/* Factor on the amplitude after so many pulses. */
double snnfe_aging_factor(const snnfe_cells_options *cells, double pulses);

/* What a cell prefers that has held conductance `w`, -1 (LTD) … 1 (LTP). */
double snnfe_imprint_of(const snnfe_cells_options *cells, const snnfe_cell *cell, double w);

/* Factor on the amplitude of a pulse after the run `history`, of which it leaves the part `kept`;
   NULL: none is known. In line, as each of many pulses needs it. */
static inline double snnfe_history_factor(const snnfe_cells_options *cells, double kept,
                                          int32_t direction, float *history)
{
    const double sign = direction == SNNFE_LTP ? 1 : -1, run = history ? (double)*history : 0;
    if (history)
        *history = (float)(sign + (run - sign) * kept);
    return 1 + cells->history * (1 - sign * run) / 2;
}

#endif
