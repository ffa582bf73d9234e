/* The device-aware step on plain arrays (docs/spec.md 5). */
#include "base/check.h"
#include "base/floating.h"
#include "base/options.h"
#include "device/way.h"

#include <math.h>

static const snnfe_device_step_options default_options = {
    .struct_size = sizeof(snnfe_device_step_options),
    .threshold = 0.025,
    .threshold_asymmetry = 1,
    .bound = 0.0625,
    .seed = 5,
};

snnfe_status snnfe_device_step_options_init(snnfe_device_step_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options,
                              "snnfe_device_step_options");
}

snnfe_programming snnfe_programming_make(const snnfe_device *device,
                                         const snnfe_device_step_options *o)
{
    const double range = 2 * o->bound;
    return (snnfe_programming){.device = device,
                               .bound = o->bound,
                               .ltp_unit = (float)(o->threshold * range),
                               .ltd_unit = (float)(o->threshold * o->threshold_asymmetry * range),
                               .level_step =
                                   o->levels ? (float)snnfe_level_step(o->bound, o->levels) : 0,
                               .history = o->histories,
                               .imprint = o->imprints,
                               .seed = o->seed,
                               .step = o->step};
}

static snnfe_status check_step(const char *call, const snnfe_device_step_options *o, size_t n)
{
    if (o->levels != 0)
        SNNFE_TRY(snnfe_levels_check(call, o->levels));
    SNNFE_TRY(snnfe_check_scale("snnfe_device_step_options", ".threshold", o->threshold));
    SNNFE_TRY(snnfe_check_scale("snnfe_device_step_options", ".threshold_asymmetry",
                                o->threshold_asymmetry));
    SNNFE_TRY(snnfe_check_scale("snnfe_device_step_options", ".bound", o->bound));
    if (o->step >= SNNFE_MOST_DRAWS || o->offset > UINT32_MAX || n > UINT32_MAX - o->offset)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: step %llu, offset %llu and %zu synapses: too many", call,
                          (unsigned long long)o->step, (unsigned long long)o->offset, n);
    return SNNFE_OK;
}

static snnfe_status check_units(const snnfe_device_step_options *o, const snnfe_way *way)
{
    const snnfe_need needs[] = {
        {".threshold", SNNFE_IS_SET(o, &default_options, threshold), !way->reads,
         SNNFE_UNLESS_UNITS},
        {".threshold_asymmetry", SNNFE_IS_SET(o, &default_options, threshold_asymmetry),
         !way->reads, SNNFE_UNLESS_UNITS},
    };
    return snnfe_check_needs("snnfe_device_step_options", needs, sizeof needs / sizeof *needs);
}

/* Runs and preferences of cells, -1…1. */
static snnfe_status check_memory(const char *call, const char *name, const float *values, size_t n)
{
    for (size_t i = 0; values && i < n; i++)
        if (!(fabsf(values[i]) <= 1))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %s[%zu] is %g, not in -1…1", call, name, i,
                              (double)values[i]);
    return SNNFE_OK;
}

/* What a step reads and writes, as the caller gave it. */
typedef struct given {
    float *weights, *accumulators;
    const float *updates;
    uint32_t *pulses[2];
    size_t n;
} given;

static snnfe_status check_cell(const char *call, size_t i, const snnfe_cell *cell)
{
    const struct {
        const char *name;
        float value, least, most;
    } numbers[] = {
        {"amplitude[0]", cell->amplitude[0], 0, 1e12F},
        {"amplitude[1]", cell->amplitude[1], 0, 1e12F},
        {"alpha[0]", cell->alpha[0], 0, 1e12F},
        {"alpha[1]", cell->alpha[1], 0, 1e12F},
        {"beta[0]", cell->beta[0], 0, 1e12F},
        {"beta[1]", cell->beta[1], 0, 1e12F},
        {"low", cell->low, 0, 1},
        {"high", cell->high, cell->low, 1},
        {"endurance", cell->endurance, 0, INFINITY},
    };
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++)
        if (!(numbers[k].value >= numbers[k].least && numbers[k].value <= numbers[k].most))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: drawn_cells[%zu].%s is %g, not in %g…%g",
                              call, i, numbers[k].name, (double)numbers[k].value,
                              (double)numbers[k].least, (double)numbers[k].most);
    return SNNFE_OK;
}

static snnfe_status check_drawn_cells(const char *call, const snnfe_cell *cells, size_t n)
{
    for (size_t i = 0; cells && i < n; i++)
        SNNFE_TRY(check_cell(call, i, &cells[i]));
    return SNNFE_OK;
}

/* What the device's cells need to know of each synapse is there. */
static snnfe_status check_cells_known(const char *call, const snnfe_device *device,
                                      const snnfe_device_step_options *o, bool second_cells,
                                      const given *g)
{
    if (device->ages && g->n > 0 && !(g->pulses[SNNFE_LTP] && g->pulses[SNNFE_LTD]))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %s is NULL, but the device's cells age", call,
                          g->pulses[SNNFE_LTP] ? "ltd_pulses" : "ltp_pulses");
    if (device->remembers && g->n > 0 && !o->histories)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: histories is NULL, but the device's cells have a history", call);
    SNNFE_TRY(check_memory(call, "histories", o->histories, second_cells ? 2 * g->n : g->n));
    return check_memory(call, "imprints", o->imprints, g->n);
}

/* What the way keeps is the caller's. */
static snnfe_status check_states(const char *call, const snnfe_device_step_options *o,
                                 const snnfe_way *way, size_t n)
{
    if (!way->second_cells)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_check_array(call, "states", o->states, n));
    SNNFE_TRY(snnfe_check_array(call, "second_pulses", o->second_pulses, n));
    if (o->offset + n > SNNFE_SECOND_CELLS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: synapse %llu has no second cell", call,
                          (unsigned long long)(o->offset + n - 1));
    for (int s = 0; s < SNNFE_WAY_STATES && way->state_names[s]; s++)
        SNNFE_TRY(snnfe_values_check(call, way->state_names[s], o->states + (size_t)s * n, n));
    return SNNFE_OK;
}

/* `drawn`: by the caller, or NULL. */
static snnfe_status make_cells(snnfe_array_cells *cells, const snnfe_device *device, uint64_t first,
                               size_t n, double bound, const float *imprints,
                               const snnfe_cell *drawn)
{
    SNNFE_TRY(snnfe_array_cells_create(cells, n));
    if (drawn)
        snnfe_array_cells_take(cells, drawn, n, bound, imprints);
    else
        snnfe_array_cells_draw(cells, device, first, n, bound, imprints);
    return SNNFE_OK;
}

static snnfe_status make_all_cells(snnfe_programming *p, const snnfe_device_step_options *o,
                                   size_t n)
{
    const snnfe_cell *drawn = o->drawn_cells;
    if (!p->device->differ && !drawn)
        return SNNFE_OK;
    SNNFE_TRY(make_cells(&p->cells, p->device, o->offset, n, o->bound, o->imprints, drawn));
    return snnfe_way_of(&p->way)->second_cells
               ? make_cells(&p->second_cells, p->device, o->offset + SNNFE_SECOND_CELLS, n,
                            o->bound, NULL, drawn ? drawn + n : NULL)
               : SNNFE_OK;
}

/* Second cells have states, pulses and, behind the others, histories of their own. */
static snnfe_status check_apart(const char *call, const snnfe_device_step_options *o, bool second,
                                const given *g)
{
    const size_t size = g->n * sizeof *g->weights;
    const snnfe_span spans[] = {
        {"weights", g->weights, size, true},
        {"accumulators", g->accumulators, size, true},
        {"updates", g->updates, size, false},
        {"ltp_pulses", g->pulses[SNNFE_LTP], size, true},
        {"ltd_pulses", g->pulses[SNNFE_LTD], size, true},
        {"histories", o->histories, second ? 2 * size : size, true},
        {"imprints", o->imprints, size, false},
        {"states", o->states, second ? SNNFE_WAY_STATES * size : 0, true},
        {"second_pulses", o->second_pulses, second ? 2 * size : 0, true},
        {"drawn_cells", o->drawn_cells, (second ? 2 : 1) * g->n * sizeof *o->drawn_cells, false},
    };
    return snnfe_check_apart(call, spans, sizeof spans / sizeof spans[0]);
}

static snnfe_status check_given(const char *call, const snnfe_device *device,
                                const snnfe_device_step_options *o, const snnfe_way *way,
                                const given *g)
{
    SNNFE_TRY(check_states(call, o, way, g->n));
    SNNFE_TRY(check_apart(call, o, way->second_cells, g));
    SNNFE_TRY(snnfe_values_check(call, "weights", g->weights, g->n));
    SNNFE_TRY(snnfe_values_check(call, "accumulators", g->accumulators, g->n));
    SNNFE_TRY(snnfe_values_check(call, "updates", g->updates, g->n));
    for (size_t i = 0; i < g->n; i++)
        if (!isfinite(g->accumulators[i] + g->updates[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE, "%s: accumulators[%zu] + updates[%zu] overflows",
                              call, i, i);
    SNNFE_TRY(check_drawn_cells(call, o->drawn_cells, way->second_cells ? 2 * g->n : g->n));
    return check_cells_known(call, device, o, way->second_cells, g);
}

static snnfe_crossings program(const snnfe_programming *programming,
                               const snnfe_device_step_options *o, const given *g)
{
    const bool second_cells = snnfe_way_of(&programming->way)->second_cells;
    snnfe_programmed all = {.weights = g->weights,
                            .accumulators = g->accumulators,
                            .pulses = {g->pulses[0], g->pulses[1]},
                            .n = g->n,
                            .first = o->offset};
    for (int d = 0; second_cells && d < 2; d++)
        all.second_pulses[d] = o->second_pulses + (size_t)d * g->n;
    for (int s = 0; second_cells && s < SNNFE_WAY_STATES; s++)
        all.states[s] = o->states + (size_t)s * g->n;
    for (size_t i = 0; i < g->n; i++)
        g->accumulators[i] += g->updates[i];
    return snnfe_program(programming, &all);
}

static snnfe_status device_step(const snnfe_device *device,
                                const snnfe_device_step_options *options, const given *g,
                                uint64_t *ltp_crossings, uint64_t *ltd_crossings)
{
    static const char call[] = "snnfe_device_step";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    snnfe_device_step_options o;
    SNNFE_TRY(
        snnfe_options_adopt(&o, &default_options, sizeof o, options, "snnfe_device_step_options"));
    SNNFE_TRY(check_step(call, &o, g->n));
    snnfe_programming_options way_options;
    SNNFE_TRY(snnfe_programming_options_take(&way_options, o.programming, o.levels));
    const snnfe_way *way = snnfe_way_of(&way_options);
    SNNFE_TRY(check_units(&o, way));
    SNNFE_TRY(check_given(call, device, &o, way, g));
    snnfe_programming programming = snnfe_programming_make(device, &o);
    programming.way = way_options;
    if (o.histories)
        programming.second_history = o.histories + g->n; /* if there are second cells */
    snnfe_crossings crossings = {0, 0};
    const snnfe_status status = make_all_cells(&programming, &o, g->n);
    if (status == SNNFE_OK)
        crossings = program(&programming, &o, g);
    snnfe_array_cells_release(&programming.cells);
    snnfe_array_cells_release(&programming.second_cells);
    SNNFE_TRY(status);
    if (ltp_crossings)
        *ltp_crossings = crossings.ltp;
    if (ltd_crossings)
        *ltd_crossings = crossings.ltd;
    return SNNFE_OK;
}

snnfe_status snnfe_device_step(const snnfe_device *device, const snnfe_device_step_options *options,
                               float *weights, float *accumulators, const float *updates, size_t n,
                               uint32_t *ltp_pulses, uint32_t *ltd_pulses, uint64_t *ltp_crossings,
                               uint64_t *ltd_crossings)
{
    const given g = {weights, accumulators, updates, {ltp_pulses, ltd_pulses}, n};
    SNNFE_RETURN_COMPUTED(device_step(device, options, &g, ltp_crossings, ltd_crossings));
}
