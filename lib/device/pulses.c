/* What pulses do: pulse responses, their noise, and pulses on plain arrays (docs/spec.md 5). */
#include "base/check.h"
#include "base/floating.h"
#include "base/philox.h"
#include "device/device_internal.h"

#include <math.h>

static double beta_response(const snnfe_pulse_form *form, const snnfe_cell *cell, int32_t direction,
                            double w)
{
    const double alpha = form->alpha[direction] * (double)cell->alpha[direction];
    const double beta = form->beta[direction] * (double)cell->beta[direction];
    return form->amplitude[direction] * pow(w, alpha - 1) * pow(1 - w, beta - 1);
}

/* Linear between the points, constant beyond them. */
static double table_response(const snnfe_device_options *o, int32_t direction, double w)
{
    const double *values = direction == SNNFE_LTP ? o->table_ltp : o->table_ltd;
    size_t low = 0, high = o->n_table - 1;
    if (w <= o->table_w[low])
        return values[low];
    if (w >= o->table_w[high])
        return values[high];
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (o->table_w[middle] <= w)
            low = middle;
        else
            high = middle;
    }
    const double share = (w - o->table_w[low]) / (o->table_w[high] - o->table_w[low]);
    return values[low] + share * (values[high] - values[low]);
}

double snnfe_response_value(const snnfe_device *device, const snnfe_cell *cell, uint32_t form,
                            int32_t direction, double w)
{
    const snnfe_device_options *o = &device->options;
    const double low = (double)cell->low, range = (double)cell->high - low;
    if (!(range > 0)) /* stuck */
        return 0;
    const double place = (w - low) / range; /* the response is that of the cell's own window */
    const double clamped = fmin(fmax(place, SNNFE_LEAST_CONDUCTANCE), SNNFE_MOST_CONDUCTANCE);
    const double factor = o->scale * (direction == SNNFE_LTD ? o->asymmetry : 1) *
                          (double)cell->amplitude[direction] * range;
    double value;
    switch (form == 0 ? o->response : SNNFE_RESPONSE_BETA) {
    case SNNFE_RESPONSE_TABLE:
        value = table_response(o, direction, clamped);
        break;
    case SNNFE_RESPONSE_FUNCTION:
        value = o->function(direction, clamped, o->user_data);
        break;
    default:
        value = beta_response(&device->forms[form], cell, direction, clamped);
    }
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

/* Three normal numbers of one synapse, pulse and direction, by Box and Muller's formula; the third
   is 0 unless it is wanted. */
static void draw_noise(const snnfe_pulse *p, bool third, double noise[3])
{
    const uint32_t key[2] = {(uint32_t)p->seed, (uint32_t)(p->seed >> 32)};
    const uint32_t purpose = (uint32_t)SNNFE_STREAM_DEVICE * 2 + (uint32_t)p->direction;
    const uint32_t counter[4] = {p->synapse, (uint32_t)p->number,
                                 (uint32_t)(p->number >> 32) | purpose << 16,
                                 UINT32_MAX - p->again};
    uint32_t words[4];
    snnfe_philox_block(counter, key, words);
    noise[2] = 0;
    for (int pair = 0; pair < (third ? 2 : 1); pair++) {
        const double pi = 3.14159265358979323846;
        const double radius = sqrt(-2 * log(((double)words[2 * pair] + 0.5) / 4294967296.0));
        const double angle = 2 * pi * ((double)words[2 * pair + 1] + 0.5) / 4294967296.0;
        noise[2 * pair] = radius * cos(angle);
        if (pair == 0)
            noise[1] = radius * sin(angle);
    }
}

/* Factor on the amplitude of one pulse: its spread may depend on where in its window the cell is.
 */
static double cycle_factor(const snnfe_device_options *o, const snnfe_cell *cell, double w,
                           double z)
{
    double spread = o->rsd_c2c;
    if (o->rsd_c2c_state < 0 || o->rsd_c2c_state > 0) {
        const double low = (double)cell->low;
        const double place = fmin(fmax((w - low) / ((double)cell->high - low), 0), 1);
        spread = fmax(spread + o->rsd_c2c_state * place, 0);
    }
    return o->c2c_distribution == SNNFE_SPREAD_LOGNORMAL ? snnfe_lognormal_factor(spread, z)
                                                         : 1 + spread * z;
}

double snnfe_noisy_change(const snnfe_pulse *p, double w)
{
    const snnfe_device *device = p->device;
    const snnfe_device_options *o = &device->options;
    double change = snnfe_response_value(device, p->cell, p->form, p->direction, w);
    if (device->ages) {
        const double pulses = device->cells.pulses_before + p->pulses_before;
        if (pulses >= (double)p->cell->endurance) /* failed: no noise moves it, either */
            return 0;
        change *= p->pulses_before < SNNFE_N_FACTORS ? device->factors[(size_t)p->pulses_before]
                                                     : snnfe_ageing_factor(&device->cells, pulses);
    }
    if (device->imprints)
        change *= p->direction == SNNFE_LTP ? 1 + p->imprint : 1 - p->imprint;
    if (device->remembers)
        change *=
            snnfe_history_factor(&device->cells, device->history_kept, p->direction, p->history);
    if (!device->noisy || !(p->cell->low < p->cell->high))
        return change;
    double noise[3];
    draw_noise(p, o->sigma_mul > 0, noise);
    change *= cycle_factor(o, p->cell, w, noise[0]);
    if (o->sigma_add > 0)
        change = fmin(fmax(change + o->sigma_add * noise[1], -1), 1);
    if (o->sigma_mul > 0)
        change = fmin(fmax(change * (1 + o->sigma_mul * noise[2]), -1), 1);
    return change;
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

/* `held` is what the cell had held before its first pulse. */
static double after_pulse(snnfe_pulse pulse, double held, double w)
{
    const snnfe_cell cell = cell_of(pulse.device, pulse.synapse);
    pulse.cell = &cell;
    pulse.pulses_before = (double)pulse.number;
    pulse.imprint = snnfe_imprint_of(&pulse.device->cells, &cell, held);
    const double change = snnfe_noisy_change(&pulse, w);
    const double moved = pulse.direction == SNNFE_LTP ? w + change : w - change;
    return fmin(fmax(moved, (double)cell.low), (double)cell.high);
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
    for (size_t i = 0; i < n; i++)
        w[i] = after_pulse((snnfe_pulse){.device = device,
                                         .seed = seed,
                                         .number = pulse,
                                         .synapse = (uint32_t)i,
                                         .direction = direction},
                           w[i], w[i]);
    return SNNFE_OK;
}

snnfe_status snnfe_device_pulse(const snnfe_device *device, int32_t direction, double *w, size_t n,
                                uint64_t seed, uint64_t pulse)
{
    SNNFE_RETURN_COMPUTED(device_pulse(device, direction, w, n, seed, pulse));
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
    float history = 0;
    w[0] = w0;
    for (size_t i = 0; i < n_pulses; i++)
        w[i + 1] = after_pulse((snnfe_pulse){.device = device,
                                             .seed = seed,
                                             .number = i,
                                             .direction = directions[i],
                                             .history = &history},
                               w0, w[i]);
    return SNNFE_OK;
}

snnfe_status snnfe_device_pulse_train(const snnfe_device *device, const int32_t *directions,
                                      size_t n_pulses, double w0, uint64_t seed, double *w)
{
    SNNFE_RETURN_COMPUTED(device_pulse_train(device, directions, n_pulses, w0, seed, w));
}
