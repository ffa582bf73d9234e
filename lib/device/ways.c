/* Ways to program: their options, their table, and the pulses that they give (docs/spec.md 5). */
#include "base/check.h"
#include "base/options.h"
#include "base/philox.h"
#include "device/way.h"
#include "kernels/kernels.h"

#include <math.h>
#include <string.h>

static const char struct_name[] = "snnfe_programming_options";

static const snnfe_programming_options default_options = {
    .struct_size = sizeof(snnfe_programming_options),
    .most_pulses = 10,
    .period = 1,
    .fast_rate = 1,
    .transfer_rate = 0.1,
    .shift_pairs = 20,
    .tolerance = 0.02,
    .refresh = 0.9,
};

static const snnfe_way ways[] = {
    [SNNFE_PROGRAMMING_ACCUMULATE] = {.name = "accumulate",
                                      .step = snnfe_way_accumulate,
                                      .quantizes = true},
    [SNNFE_PROGRAMMING_STOCHASTIC] = {.name = "stochastic",
                                      .step = snnfe_way_stochastic,
                                      .quantizes = true},
    [SNNFE_PROGRAMMING_MIXED] = {.name = "mixed",
                                 .step = snnfe_way_mixed,
                                 .periodic = true,
                                 .quantizes = true},
    [SNNFE_PROGRAMMING_TIKI_TAKA] = {.name = "tiki_taka",
                                     .step = snnfe_way_tiki_taka,
                                     .state_names = {"fast", "zero"},
                                     .forget = snnfe_tiki_taka_forget,
                                     .second_cells = true,
                                     .periodic = true,
                                     .quantizes = true},
    [SNNFE_PROGRAMMING_TIKI_TAKA_2] = {.name = "tiki_taka_2",
                                       .step = snnfe_way_tiki_taka_2,
                                       .state_names = {"fast", "zero", "hidden"},
                                       .forget = snnfe_tiki_taka_forget,
                                       .second_cells = true,
                                       .periodic = true,
                                       .quantizes = true},
    [SNNFE_PROGRAMMING_VERIFY] = {.name = "verify",
                                  .step = snnfe_way_verify,
                                  .periodic = true,
                                  .reads = true},
    [SNNFE_PROGRAMMING_PAIRS] = {.name = "pairs",
                                 .step = snnfe_way_pairs,
                                 .state_names = {"plus", "minus"},
                                 .second_cells = true,
                                 .difference = true},
};
#define N_WAYS ((int32_t)(sizeof ways / sizeof ways[0]))

const snnfe_way *snnfe_way_of(const snnfe_programming_options *options)
{
    return &ways[options->method];
}

/* --- options -------------------------------------------------------------------------------- */

snnfe_status snnfe_programming_options_init(snnfe_programming_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

static snnfe_status check(const snnfe_programming_options *o)
{
    SNNFE_TRY(snnfe_check_choice(struct_name, ".method", o->method, N_WAYS,
                                 "a SNNFE_PROGRAMMING_* value"));
    SNNFE_TRY(snnfe_check_count(struct_name, ".most_pulses", o->most_pulses, 1, 1000));
    SNNFE_TRY(snnfe_check_count(struct_name, ".period", o->period, 1, 1000000));
    SNNFE_TRY(snnfe_check_count(struct_name, ".shift_pairs", o->shift_pairs, 0, 10000));
    SNNFE_TRY(snnfe_check_count(struct_name, ".reserved", o->reserved, 0, 0));
    SNNFE_TRY(snnfe_check_number(struct_name, ".fast_rate", o->fast_rate, 1e-6, 1000));
    SNNFE_TRY(snnfe_check_number(struct_name, ".transfer_rate", o->transfer_rate, 1e-6, 1));
    SNNFE_TRY(snnfe_check_number(struct_name, ".tolerance", o->tolerance, 1e-6, 1));
    return snnfe_check_number(struct_name, ".refresh", o->refresh, 0.1, 1);
}

#define IS_SET(member) SNNFE_IS_SET(o, &default_options, member)

/* Of the other ways' numbers none is set for nothing. */
static snnfe_status check_needs(const snnfe_programming_options *o)
{
    static const char fast[] = "method is TIKI_TAKA or TIKI_TAKA_2";
    const snnfe_way *way = snnfe_way_of(o);
    const bool has_fast_cells = way->forget != NULL;
    const snnfe_need needs[] = {
        {".most_pulses", IS_SET(most_pulses), o->method != SNNFE_PROGRAMMING_ACCUMULATE,
         "method is another than ACCUMULATE"},
        {".period", IS_SET(period), way->periodic,
         "method is MIXED, TIKI_TAKA, TIKI_TAKA_2 or VERIFY"},
        {".fast_rate", IS_SET(fast_rate), has_fast_cells, fast},
        {".transfer_rate", IS_SET(transfer_rate), has_fast_cells, fast},
        {".shift_pairs", IS_SET(shift_pairs), has_fast_cells, fast},
        {".tolerance", IS_SET(tolerance), way->reads, "method is VERIFY"},
        {".refresh", IS_SET(refresh), o->method == SNNFE_PROGRAMMING_PAIRS, "method is PAIRS"},
    };
    return snnfe_check_needs(struct_name, needs, sizeof needs / sizeof *needs);
}

snnfe_status snnfe_programming_options_take(snnfe_programming_options *adopted,
                                            const snnfe_programming_options *options,
                                            uint32_t levels)
{
    snnfe_programming_options o;
    SNNFE_TRY(snnfe_options_adopt(&o, &default_options, sizeof o, options, struct_name));
    SNNFE_TRY(check(&o));
    SNNFE_TRY(check_needs(&o));
    if (levels > 0 && !ways[o.method].quantizes)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s.method is \"%s\", whose weights are where their cells are: levels "
                          "(%u) must be 0",
                          struct_name, ways[o.method].name, (unsigned)levels);
    *adopted = o;
    return SNNFE_OK;
}

/* --- cells ---------------------------------------------------------------------------------- */

/* The change of the weight by a pulse. */
static double change_by(const snnfe_target *t, int32_t direction, float weight, float wanted)
{
    const snnfe_programming *p = t->programming;
    if (p->device->plain)
        return snnfe_target_plain_change(t, direction, weight, wanted);
    snnfe_pulses one;
    snnfe_pulses_begin(&one, p);
    snnfe_target_join(t, &one, direction, weight, wanted);
    snnfe_pulses_compute(&one);
    return 2 * p->bound * one.changes[0];
}

float snnfe_target_pulse(snnfe_target *t, int32_t direction, float weight, float wanted)
{
    const double change = change_by(t, direction, weight, wanted);
    snnfe_target_count(t, direction);
    return snnfe_target_moved(t, direction, weight, change);
}

float snnfe_target_pulses(snnfe_target *t, int32_t n, float weight)
{
    const float unit = snnfe_units_change(t->programming, n > 0 ? 1 : -1);
    weight = snnfe_target_clamp(t, weight);
    for (; n > 0; n--)
        weight = snnfe_target_pulse(t, SNNFE_LTP, weight, unit);
    for (; n < 0; n++)
        weight = snnfe_target_pulse(t, SNNFE_LTD, weight, unit);
    return weight;
}

/* --- trains --------------------------------------------------------------------------------- */

void snnfe_trains_add(snnfe_trains *trains, const snnfe_programming *p, const snnfe_programmed *d,
                      size_t i, bool second, snnfe_crossings *crossings, int32_t pulses,
                      float *held)
{
    snnfe_target_find(&trains->cells[trains->n], p, d, i, second, crossings);
    trains->pulses[trains->n] = pulses;
    trains->held[trains->n++] = held;
}

/* The next pulse of each cell that has one to come; how many have had one. */
static size_t give_round(snnfe_trains *t, snnfe_pulses *together)
{
    size_t pulsed[SNNFE_PULSES], n = 0;
    snnfe_pulses_begin(together, t->cells[0].programming);
    for (size_t k = 0; k < t->n; k++) {
        if (t->pulses[k] == 0)
            continue;
        const int32_t direction = t->pulses[k] > 0 ? SNNFE_LTP : SNNFE_LTD;
        const int32_t one = t->pulses[k] > 0 ? 1 : -1;
        pulsed[n++] = k;
        snnfe_target_join(&t->cells[k], together, direction, *t->held[k],
                          snnfe_units_change(t->cells[k].programming, one));
        t->pulses[k] -= one;
    }
    snnfe_pulses_compute(together);
    for (size_t j = 0; j < n; j++) {
        const size_t k = pulsed[j];
        snnfe_target *cell = &t->cells[k];
        snnfe_target_count(cell, together->directions[j]);
        *t->held[k] = snnfe_target_moved(cell, together->directions[j], *t->held[k],
                                         2 * cell->programming->bound * together->changes[j]);
    }
    return n;
}

void snnfe_trains_give(snnfe_trains *t)
{
    if (t->n == 0)
        return;
    if (t->cells[0].programming->device->plain) {
        for (size_t k = 0; k < t->n; k++)
            if (t->pulses[k] != 0)
                *t->held[k] = snnfe_target_pulses(&t->cells[k], t->pulses[k], *t->held[k]);
        memset(t->pulses, 0, sizeof t->pulses);
        return;
    }
    for (size_t k = 0; k < t->n; k++)
        if (t->pulses[k] != 0)
            *t->held[k] = snnfe_target_clamp(&t->cells[k], *t->held[k]);
    snnfe_pulses together;
    while (give_round(t, &together) > 0)
        ;
}

/* --- numbers -------------------------------------------------------------------------------- */

bool snnfe_transfer_is_due(const snnfe_programming *p)
{
    return (p->step + 1) % p->way.period == 0;
}

/* Rounded down after `chance` was added, 0 <= chance <= 1. */
static int32_t units_of(const snnfe_programming *p, float change, double chance)
{
    const double unit = (double)(change > 0 ? p->ltp_unit : p->ltd_unit);
    const double n = fmin(floor(fabs((double)change) / unit + chance), (double)p->way.most_pulses);
    return change > 0 ? (int32_t)n : -(int32_t)n;
}

int32_t snnfe_whole_units(const snnfe_programming *p, float change)
{
    return units_of(p, change, 0);
}

float snnfe_units_change(const snnfe_programming *p, int32_t n)
{
    return (float)n * (n > 0 ? p->ltp_unit : p->ltd_unit);
}

static void draw(const snnfe_programming *p, enum snnfe_stream_purpose purpose, uint32_t number,
                 uint32_t k, uint32_t words[4])
{
    const uint32_t key[2] = {(uint32_t)p->seed, (uint32_t)(p->seed >> 32)};
    /* Twice the purpose, as numbers of pulses have it (pulses.c). */
    const uint32_t counter[4] = {number, (uint32_t)p->step,
                                 (uint32_t)(p->step >> 32) | (uint32_t)purpose << 17,
                                 UINT32_MAX - k};
    snnfe_philox_block(counter, key, words);
}

static double unit_interval(uint32_t word)
{
    return ((double)word + 0.5) / 4294967296.0;
}

int32_t snnfe_random_units(const snnfe_programming *p, float change, uint32_t number, uint32_t k)
{
    if (!(change < 0) && !(change > 0))
        return 0;
    uint32_t words[4];
    draw(p, SNNFE_STREAM_PROGRAMMING, number, k, words);
    return units_of(p, change, unit_interval(words[0]));
}

double snnfe_reading_noise(const snnfe_programming *p, uint32_t number, uint32_t k)
{
    uint32_t words[4];
    draw(p, SNNFE_STREAM_READ, number, k, words);
    const double two_pi = 6.283185307179586476925286766559;
    return sqrt(-2 * log(unit_interval(words[0]))) * cos(two_pi * unit_interval(words[1]));
}

/* --- a step --------------------------------------------------------------------------------- */

static void clamp(const snnfe_programming *p, const snnfe_programmed *d)
{
    if (p->cells.cells)
        snnfe_kernels_get()->clamp_between(d->weights, p->cells.low, p->cells.high, d->n);
    else
        snnfe_clamp_values(d->weights, d->n, (float)p->bound);
}

snnfe_crossings snnfe_program(const snnfe_programming *p, const snnfe_programmed *d)
{
    const snnfe_way *way = snnfe_way_of(&p->way);
    /* First, so that a pulse starts where the device can be: LTP never lowers a weight. */
    if (way->difference)
        snnfe_clamp_values(d->weights, d->n, (float)p->bound);
    else
        clamp(p, d);
    const snnfe_crossings crossings = way->step(p, d);
    if (p->level_step > 0) {
        snnfe_quantize_values(d->weights, d->n, p->level_step);
        if (p->cells.cells) /* levels, too, are where a cell can be */
            clamp(p, d);
    }
    return crossings;
}
