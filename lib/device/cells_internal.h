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

uint64_t snnfe_cells_hash(uint64_t hash, const snnfe_cells_options *cells);

/* A cell of the nominal device. */
extern const snnfe_cell snnfe_nominal_cell;

/* The cell of one synapse. */
snnfe_cell snnfe_cell_draw(const snnfe_cells_options *cells, uint32_t synapse);

/* Factor on the amplitude after so many pulses. */
double snnfe_ageing_factor(const snnfe_cells_options *cells, double pulses);

#endif
