/* What pulses do: pulse responses, their noise, and pulses on plain arrays (docs/spec.md 5). */
#include "base/check.h"
#include "base/floating.h"
#include "base/philox.h"
#include "device/device_internal.h"
#include "kernels/kernels.h"

#include <math.h>

static double beta_response(const snnfe_pulse_form *form, const snnfe_cell *cell, int32_t direction,
                            double w)
{
    const double alpha = form->alpha[direction] * (double)cell->alpha[direction];
    const double beta = form->beta[direction] * (double)cell->beta[direction];
    return form->amplitude[direction] * pow(w, alpha - 1) * pow(1 - w, beta - 1);
}

/* Linear between the points, constant beyond them. */
static double table_response(const snnfe_pulse_form *form, int32_t direction, double w)
{
    const double *values = direction == SNNFE_LTP ? form->table_ltp : form->table_ltd;
    size_t low = 0, high = form->n_table - 1;
    if (w <= form->table_w[low])
        return values[low];
    if (w >= form->table_w[high])
        return values[high];
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (form->table_w[middle] <= w)
            low = middle;
        else
            high = middle;
    }
    const double share = (w - form->table_w[low]) / (form->table_w[high] - form->table_w[low]);
    return values[low] + share * (values[high] - values[low]);
}

double snnfe_response_value(const snnfe_device *device, const snnfe_cell *cell, uint32_t form,
                            int32_t direction, double w)
{
    const snnfe_device_options *o = &device->options;
    const double low = (double)cell->low, range = (double)cell->high - low;
    if (!(range > 0)) /* stuck */
        return 0;
    /* The response is that of the cell's own window, whose range is at most 1. */
    const double place = range < 1 ? (w - low) / range : w - low;
    const double clamped = snnfe_within(place, SNNFE_LEAST_CONDUCTANCE, SNNFE_MOST_CONDUCTANCE);
    const double factor = o->scale * (direction == SNNFE_LTD ? o->asymmetry : 1) *
                          (double)cell->amplitude[direction] * range;
    const snnfe_pulse_form *of = &device->forms[form];
    double value;
    if (form == 0 && o->response == SNNFE_RESPONSE_FUNCTION)
        value = o->function(direction, clamped, o->user_data);
    else if (of->n_table > 0)
        value = table_response(of, direction, clamped);
    else
        value = beta_response(of, cell, direction, clamped);
    return isfinite(value) ? factor * value : 0;
}

uint32_t snnfe_form_nearest(const snnfe_device *device, int32_t direction, double w, double wanted)
{
    uint32_t nearest = 0;
    double least = INFINITY;
    for (uint32_t f = 0; f <= device->options.n_forms; f++) {
        const double change = snnfe_response_value(device, &snnfe_nominal_cell, f, direction, w);
        if (fabs(change - wanted) < least) {
            least = fabs(change - wanted);
            nearest = f;
        }
    }
    return nearest;
}

double snnfe_pulses_energy(const snnfe_device *device, const uint64_t pulses[2],
                           const uint64_t of_forms[SNNFE_FORM_COUNTS], const double given[2])
{
    const bool is_given = given[0] > 0 || given[1] > 0;
    const double *own = is_given || !device ? given : device->options.energy_j;
    const bool own_known = own[0] > 0 || own[1] > 0;
    double energy = 0;
    for (int d = 0; d < 2; d++) {
        uint64_t n_own = pulses[d];
        for (size_t f = 0; f < SNNFE_MAX_FORMS; f++) {
            const uint64_t n = of_forms[(size_t)d * SNNFE_MAX_FORMS + f];
            if (n == 0)
                continue;
            if (!device || f >= device->options.n_forms)
                return (double)NAN;
            const double joules = device->options.forms[f].energy_j[d];
            if (!(joules > 0))
                continue;
            energy += (double)n * joules;
            n_own -= n < n_own ? n : n_own;
        }
        if (n_own > 0 && !own_known)
            return (double)NAN;
        energy += (double)n_own * own[d];
    }
    return energy;
}

double snnfe_endurance(const snnfe_device *device, double given)
{
    return given > 0 || !device ? given : device->cells.endurance;
}

/* --- pulses together ------------------------------------------------------------------------- */

/* The beta form of all pulses. What is a power of a conductance goes through a kernel. */
static void beta_responses(snnfe_pulses *p)
{
    const snnfe_device_options *o = &p->device->options;
    const size_t n = p->n;
    double x[SNNFE_PULSES], a[SNNFE_PULSES], b[SNNFE_PULSES], factors[SNNFE_PULSES];
    for (size_t i = 0; i < n; i++) {
        const snnfe_cell *cell = p->cells[i];
        const int32_t d = p->directions[i];
        const snnfe_pulse_form *form = &p->device->forms[p->forms[i]];
        const double low = (double)cell->low, range = (double)cell->high - low;
        const double place = range > 0 ? (p->w[i] - low) / range : 0.5;
        x[i] = snnfe_within(place, SNNFE_LEAST_CONDUCTANCE, SNNFE_MOST_CONDUCTANCE);
        a[i] = form->alpha[d] * (double)cell->alpha[d] - 1;
        b[i] = form->beta[d] * (double)cell->beta[d] - 1;
        factors[i] = o->scale * (d == SNNFE_LTD ? o->asymmetry : 1) * (double)cell->amplitude[d] *
                     range * form->amplitude[d];
    }
    snnfe_kernels_get()->power_products(x, a, b, n, p->changes);
    for (size_t i = 0; i < n; i++)
        p->changes[i] *= factors[i];
}

static void find_responses(snnfe_pulses *p)
{
    if (p->device->all_beta) {
        beta_responses(p);
        return;
    }
    for (size_t i = 0; i < p->n; i++)
        p->changes[i] =
            snnfe_response_value(p->device, p->cells[i], p->forms[i], p->directions[i], p->w[i]);
}

/* Its age, imprint and history: the change then, and whether the cell moves at all. Of one that has
   failed nothing goes on. */
static double changed_by_past(const snnfe_pulses *p, size_t i, double change, bool *moves)
{
    const snnfe_device *device = p->device;
    const int32_t d = p->directions[i];
    *moves = p->cells[i]->low < p->cells[i]->high;
    if (device->ages) {
        const double pulses = device->cells.pulses_before + p->before[i];
        if (pulses >= (double)p->cells[i]->endurance) {
            *moves = false;
            return 0;
        }
        change *= p->before[i] < SNNFE_N_FACTORS ? device->factors[(size_t)p->before[i]]
                                                 : snnfe_aging_factor(&device->cells, pulses);
    }
    if (device->imprints)
        change *= d == SNNFE_LTP ? 1 + p->imprint[i] : 1 - p->imprint[i];
    if (device->remembers)
        change *= snnfe_history_factor(&device->cells, device->history_kept, d, p->history[i]);
    return change;
}

static void draw_normals(const snnfe_pulses *p, snnfe_normals *draws)
{
    draws->key[0] = (uint32_t)p->seed;
    draws->key[1] = (uint32_t)(p->seed >> 32);
    for (size_t i = 0; i < p->n; i++) {
        const uint32_t purpose = (uint32_t)SNNFE_STREAM_DEVICE * 2 + (uint32_t)p->directions[i];
        draws->counters[0][i] = p->synapses[i];
        draws->counters[1][i] = (uint32_t)p->number;
        draws->counters[2][i] = (uint32_t)(p->number >> 32) | purpose << 16;
        draws->counters[3][i] = UINT32_MAX - p->again[i];
    }
    snnfe_kernels_get()->normals(draws, p->n, p->device->options.sigma_mul > 0);
}

/* Factors on the amplitudes of single pulses: their spread may depend on where in its window the
   cell is. */
static void cycle_factors(const snnfe_pulses *p, const double *z, double *factors)
{
    const snnfe_device_options *o = &p->device->options;
    const bool by_state = o->rsd_c2c_state < 0 || o->rsd_c2c_state > 0;
    double spreads[SNNFE_PULSES];
    for (size_t i = 0; i < p->n; i++) {
        spreads[i] = o->rsd_c2c;
        if (!by_state)
            continue;
        const double low = (double)p->cells[i]->low, range = (double)p->cells[i]->high - low;
        const double place = range > 0 ? snnfe_within((p->w[i] - low) / range, 0, 1) : 0;
        spreads[i] = snnfe_within(o->rsd_c2c + o->rsd_c2c_state * place, 0, INFINITY);
    }
    if (o->c2c_distribution == SNNFE_SPREAD_LOGNORMAL)
        snnfe_kernels_get()->lognormal_factors(spreads, z, p->n, factors);
    else
        for (size_t i = 0; i < p->n; i++)
            factors[i] = 1 + spreads[i] * z[i];
}

static void add_noise(snnfe_pulses *p, const bool *moves)
{
    const snnfe_device_options *o = &p->device->options;
    snnfe_normals draws;
    double factors[SNNFE_PULSES];
    draw_normals(p, &draws);
    cycle_factors(p, draws.values[0], factors);
    for (size_t i = 0; i < p->n; i++) {
        if (!moves[i])
            continue;
        double change = p->changes[i] * factors[i];
        if (o->sigma_add > 0)
            change = snnfe_within(change + o->sigma_add * draws.values[1][i], -1, 1);
        if (o->sigma_mul > 0)
            change = snnfe_within(change * (1 + o->sigma_mul * draws.values[2][i]), -1, 1);
        p->changes[i] = change;
    }
}

void snnfe_pulses_compute(snnfe_pulses *p)
{
    bool moves[SNNFE_PULSES];
    find_responses(p);
    for (size_t i = 0; i < p->n; i++)
        p->changes[i] = changed_by_past(p, i, p->changes[i], &moves[i]);
    if (p->device->noisy)
        add_noise(p, moves);
}

snnfe_status snnfe_direction_check(const char *call, int32_t direction)
{
    return snnfe_check_choice(call, "direction", direction, 2, "SNNFE_LTP or SNNFE_LTD");
}

snnfe_status snnfe_conductance_check(const char *call, size_t index, double w)
{
    if (!(w >= 0 && w <= 1))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: conductance %zu is %g, not in 0…1", call, index,
                          w);
    return SNNFE_OK;
}

static snnfe_status device_response(const snnfe_device *device, int32_t direction, const double *w,
                                    size_t n, double *dw)
{
    static const char call[] = "snnfe_device_response";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_check_array(call, "w", w, n));
    SNNFE_TRY(snnfe_check_array(call, "dw", dw, n));
    SNNFE_TRY(snnfe_direction_check(call, direction));
    const snnfe_span spans[] = {{"w", w, n * sizeof *w, false}, {"dw", dw, n * sizeof *dw, true}};
    SNNFE_TRY(snnfe_check_apart(call, spans, 2));
    for (size_t i = 0; i < n; i++)
        if (!isfinite(w[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE, "%s: conductance %zu is %g", call, i, w[i]);
    for (size_t i = 0; i < n; i++)
        dw[i] = snnfe_response_value(device, &snnfe_nominal_cell, 0, direction, w[i]);
    return SNNFE_OK;
}

snnfe_status snnfe_device_response(const snnfe_device *device, int32_t direction, const double *w,
                                   size_t n, double *dw)
{
    SNNFE_RETURN_COMPUTED(device_response(device, direction, w, n, dw));
}

static snnfe_cell cell_of(const snnfe_device *device, uint32_t synapse)
{
    return device->differ ? snnfe_cell_draw(&device->cells, synapse) : snnfe_nominal_cell;
}

static double moved(const snnfe_cell *cell, int32_t direction, double w, double change)
{
    const double to = direction == SNNFE_LTP ? w + change : w - change;
    return fmin(fmax(to, (double)cell->low), (double)cell->high);
}

/* Of a device of which nothing but the pulse response counts. */
static void pulse_plain(const snnfe_device *device, int32_t direction, double *w, size_t n)
{
    const snnfe_cell *cell = &snnfe_nominal_cell;
    for (size_t i = 0; i < n; i++)
        w[i] = moved(cell, direction, w[i], snnfe_response_value(device, cell, 0, direction, w[i]));
}

/* Pulses of one number on synapse `first` and those after it, `n` <= SNNFE_PULSES. */
static void pulse_some(snnfe_pulses *p, uint32_t first, int32_t direction, double *w, size_t n)
{
    snnfe_cell cells[SNNFE_PULSES];
    p->n = n;
    for (size_t i = 0; i < n; i++) {
        cells[i] = cell_of(p->device, first + (uint32_t)i);
        p->cells[i] = &cells[i];
        p->before[i] = (double)p->number;
        p->imprint[i] = snnfe_imprint_of(&p->device->cells, &cells[i], w[i]);
        p->history[i] = NULL;
        p->synapses[i] = first + (uint32_t)i;
        p->directions[i] = direction;
        p->again[i] = p->forms[i] = 0;
        p->w[i] = w[i];
    }
    snnfe_pulses_compute(p);
    for (size_t i = 0; i < n; i++)
        w[i] = moved(&cells[i], direction, w[i], p->changes[i]);
}

static void pulse_all(const snnfe_device *device, int32_t direction, double *w, size_t n,
                      uint64_t seed, uint64_t number)
{
    if (device->plain) {
        pulse_plain(device, direction, w, n);
        return;
    }
    snnfe_pulses p = {.device = device, .seed = seed, .number = number};
    for (size_t begin = 0; begin < n; begin += SNNFE_PULSES) {
        const size_t left = n - begin;
        pulse_some(&p, (uint32_t)begin, direction, w + begin,
                   left < SNNFE_PULSES ? left : SNNFE_PULSES);
    }
}

static snnfe_status device_pulse(const snnfe_device *device, int32_t direction, double *w, size_t n,
                                 uint64_t seed, uint64_t pulse)
{
    static const char call[] = "snnfe_device_pulse";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_check_array(call, "w", w, n));
    if (n > UINT32_MAX || pulse >= SNNFE_MOST_DRAWS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %zu synapses, pulse %llu: too many", call, n,
                          (unsigned long long)pulse);
    SNNFE_TRY(snnfe_direction_check(call, direction));
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(snnfe_conductance_check(call, i, w[i]));
    pulse_all(device, direction, w, n, seed, pulse);
    return SNNFE_OK;
}

snnfe_status snnfe_device_pulse(const snnfe_device *device, int32_t direction, double *w, size_t n,
                                uint64_t seed, uint64_t pulse)
{
    SNNFE_RETURN_COMPUTED(device_pulse(device, direction, w, n, seed, pulse));
}

/* Synapse 0 from `w0` on. */
static void follow_train(const snnfe_device *device, const int32_t *directions, size_t n_pulses,
                         double w0, uint64_t seed, double *w)
{
    const snnfe_cell cell = cell_of(device, 0);
    float history = 0;
    snnfe_pulses p;
    p.device = device;
    p.seed = seed;
    p.n = 1;
    p.cells[0] = &cell;
    p.imprint[0] = snnfe_imprint_of(&device->cells, &cell, w0);
    p.history[0] = &history;
    p.synapses[0] = p.again[0] = p.forms[0] = 0;
    w[0] = w0;
    for (size_t i = 0; i < n_pulses; i++) {
        p.number = i;
        p.before[0] = (double)i;
        p.directions[0] = directions[i];
        p.w[0] = w[i];
        if (device->plain)
            p.changes[0] = snnfe_response_value(device, &cell, 0, directions[i], w[i]);
        else
            snnfe_pulses_compute(&p);
        w[i + 1] = moved(&cell, directions[i], w[i], p.changes[0]);
    }
}

static snnfe_status device_pulse_train(const snnfe_device *device, const int32_t *directions,
                                       size_t n_pulses, double w0, uint64_t seed, double *w)
{
    static const char call[] = "snnfe_device_pulse_train";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_check_pointer(call, "w", w));
    SNNFE_TRY(snnfe_check_array(call, "directions", directions, n_pulses));
    SNNFE_TRY(snnfe_conductance_check(call, 0, w0));
    for (size_t i = 0; i < n_pulses; i++)
        SNNFE_TRY(snnfe_direction_check(call, directions[i]));
    const snnfe_span spans[] = {{"directions", directions, n_pulses * sizeof *directions, false},
                                {"w", w, (n_pulses + 1) * sizeof *w, true}};
    SNNFE_TRY(snnfe_check_apart(call, spans, 2));
    follow_train(device, directions, n_pulses, w0, seed, w);
    return SNNFE_OK;
}

snnfe_status snnfe_device_pulse_train(const snnfe_device *device, const int32_t *directions,
                                      size_t n_pulses, double w0, uint64_t seed, double *w)
{
    SNNFE_RETURN_COMPUTED(device_pulse_train(device, directions, n_pulses, w0, seed, w));
}
