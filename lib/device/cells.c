/* Options of an array's cells: defaults, checks, copies. */
#include "base/check.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/options.h"
#include "device/cells_internal.h"

#include <math.h>

static const char struct_name[] = "snnfe_cells_options";

static const snnfe_cells_options default_options = {
    .struct_size = sizeof(snnfe_cells_options),
    .truncation = 3,
    .wakeup_start = 1,
    .fatigue_exponent = 1,
    .retention_s = 1,
    .retention_exponent = 1,
    .retention_rest = 0.5,
    .adc_high = 1,
    .imprint_s = 1,
    .history_pulses = 1,
    .column_range = 1,
};

snnfe_status snnfe_cells_options_init(snnfe_cells_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

typedef struct range {
    const char *name;
    double value, least, most;
} range;

static snnfe_status check_ranges(const range *ranges, size_t n)
{
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(snnfe_check_number(struct_name, ranges[i].name, ranges[i].value, ranges[i].least,
                                     ranges[i].most));
    return SNNFE_OK;
}

static snnfe_status check_spread(const snnfe_cells_options *o, bool beta_form)
{
    SNNFE_TRY(snnfe_check_choice(struct_name, ".distribution", o->distribution,
                                 SNNFE_SPREAD_LOGNORMAL + 1, "a SNNFE_SPREAD_* value"));
    SNNFE_TRY(snnfe_check_count(struct_name, ".array", o->array, 0, (UINT64_C(1) << 53) - 1));
    const range ranges[] = {
        {".spread_amplitude", o->spread_amplitude, 0, 10},
        {".spread_alpha", o->spread_alpha, 0, 10},
        {".spread_beta", o->spread_beta, 0, 10},
        {".spread_window", o->spread_window, 0, 10},
        {".correlation", o->correlation, -1, 1},
        {".truncation", o->truncation, 0.1, 10},
        {".stuck_low", o->stuck_low, 0, 1},
        {".stuck_high", o->stuck_high, 0, 1},
        {".stuck_anywhere", o->stuck_anywhere, 0, 1},
    };
    SNNFE_TRY(check_ranges(ranges, sizeof ranges / sizeof ranges[0]));
    const double stuck = o->stuck_low + o->stuck_high + o->stuck_anywhere;
    if (stuck > 1)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: stuck_low, stuck_high and stuck_anywhere are %g together, more than "
                          "1",
                          struct_name, stuck);
    if (!beta_form && (o->spread_alpha > 0 || o->spread_beta > 0))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s.%s is %g, but the device's response has no exponents", struct_name,
                          o->spread_alpha > 0 ? "spread_alpha" : "spread_beta",
                          o->spread_alpha > 0 ? o->spread_alpha : o->spread_beta);
    return SNNFE_OK;
}

static snnfe_status check_table(const snnfe_cells_options *o)
{
    if (o->n_aging == 0)
        return SNNFE_OK;
    if (!o->aging_pulses || !o->aging_factors || o->n_aging < 2 || o->n_aging > 1000000)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: a table needs aging_pulses, aging_factors and 2…1000000 points "
                          "(n_aging is %zu)",
                          struct_name, o->n_aging);
    for (size_t i = 0; i < o->n_aging; i++) {
        const double pulses = o->aging_pulses[i], factor = o->aging_factors[i];
        if (!isfinite(pulses) || pulses < 0 || (i > 0 && pulses <= o->aging_pulses[i - 1]))
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s.aging_pulses[%zu] is %g: points must ascend from 0 or above",
                              struct_name, i, pulses);
        if (!(factor >= 0 && factor <= 10))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.aging_factors[%zu] is %g, not in 0…10",
                              struct_name, i, factor);
    }
    return SNNFE_OK;
}

static snnfe_status check_aging(const snnfe_cells_options *o)
{
    const range ranges[] = {
        {".pulses_before", o->pulses_before, 0, 1e18},
        {".wakeup_pulses", o->wakeup_pulses, 0, 1e18},
        {".wakeup_start", o->wakeup_start, 0, 10},
        {".fatigue_pulses", o->fatigue_pulses, 0, 1e18},
        {".fatigue_exponent", o->fatigue_exponent, 0.01, 10},
        {".fatigue_end", o->fatigue_end, 0, 1},
        {".endurance", o->endurance, 0, 1e18},
        {".endurance_spread", o->endurance_spread, 0, 10},
    };
    SNNFE_TRY(check_ranges(ranges, sizeof ranges / sizeof ranges[0]));
    return check_table(o);
}

#define IS_SET(member) SNNFE_IS_SET(o, &default_options, member)

static snnfe_status check_retention(const snnfe_cells_options *o)
{
    SNNFE_TRY(snnfe_check_choice(struct_name, ".retention", o->retention,
                                 SNNFE_RETENTION_STRETCHED + 1, "a SNNFE_RETENTION_* value"));
    const range ranges[] = {
        {".retention_s", o->retention_s, 1e-12, 1e18},
        {".retention_exponent", o->retention_exponent, 0.001, 10},
        {".retention_spread", o->retention_spread, 0, 10},
        {".retention_rest", o->retention_rest, 0, 1},
    };
    SNNFE_TRY(check_ranges(ranges, sizeof ranges / sizeof ranges[0]));
    static const char law[] = "there is a law (retention)";
    const bool forgets = o->retention != SNNFE_RETENTION_NONE;
    const snnfe_need needs[] = {
        {".retention_s", IS_SET(retention_s), forgets, law},
        {".retention_exponent", IS_SET(retention_exponent), forgets, law},
        {".retention_spread", IS_SET(retention_spread), forgets, law},
        {".retention_rest", IS_SET(retention_rest), forgets, law},
    };
    return snnfe_check_needs(struct_name, needs, sizeof needs / sizeof *needs);
}

static snnfe_status check_memory(const snnfe_cells_options *o)
{
    const range ranges[] = {
        {".imprint", o->imprint, 0, 1},
        {".imprint_s", o->imprint_s, 1e-12, 1e18},
        {".held_s", o->held_s, 0, 1e18},
        {".history", o->history, -1, 10},
        {".history_pulses", o->history_pulses, 0.01, 1e6},
    };
    return check_ranges(ranges, sizeof ranges / sizeof ranges[0]);
}

static snnfe_status check_reading(const snnfe_cells_options *o)
{
    const range ranges[] = {
        {".read_noise", o->read_noise, 0, 10},
        {".read_noise_state", o->read_noise_state, 0, 10},
        {".adc_low", o->adc_low, -10, 10},
        {".adc_high", o->adc_high, -10, 10},
        {".wire", o->wire, 0, 1},
        {".read_disturb", o->read_disturb, 0, 1},
        {".read_disturb_rest", o->read_disturb_rest, 0, 1},
        {".column_range", o->column_range, 1e-6, 1},
        {".reference_spread", o->reference_spread, 0, 1},
    };
    SNNFE_TRY(check_ranges(ranges, sizeof ranges / sizeof ranges[0]));
    SNNFE_TRY(snnfe_check_count(struct_name, ".adc_bits", o->adc_bits, 0, 24));
    if (o->column_bits != 0)
        SNNFE_TRY(snnfe_check_count(struct_name, ".column_bits", o->column_bits, 2, 24));
    if (!(o->adc_high - o->adc_low >= 1e-6))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.adc_high is %g, not above adc_low (%g)",
                          struct_name, o->adc_high, o->adc_low);
    SNNFE_TRY(snnfe_check_count(struct_name, ".reserved", o->reserved, 0, 0));
    SNNFE_TRY(snnfe_check_count(struct_name, ".reserved2", o->reserved2, 0, 0));
    return snnfe_check_count(struct_name, ".reserved3", o->reserved3, 0, 0);
}

snnfe_status snnfe_cells_take(snnfe_cells_options *cells, const snnfe_cells_options *given,
                              bool beta_form)
{
    snnfe_cells_options o;
    SNNFE_TRY(snnfe_options_adopt(&o, &default_options, sizeof o, given, struct_name));
    SNNFE_TRY(check_spread(&o, beta_form));
    SNNFE_TRY(check_aging(&o));
    SNNFE_TRY(check_retention(&o));
    SNNFE_TRY(check_memory(&o));
    SNNFE_TRY(check_reading(&o));
    o.struct_size = sizeof o;
    const double *const tables[2] = {o.aging_pulses, o.aging_factors};
    o.aging_pulses = o.aging_factors = NULL;
    *cells = o;
    if (o.n_aging == 0)
        return SNNFE_OK;
    cells->aging_pulses = snnfe_duplicate(tables[0], o.n_aging, sizeof(double));
    cells->aging_factors = snnfe_duplicate(tables[1], o.n_aging, sizeof(double));
    return cells->aging_pulses && cells->aging_factors ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

void snnfe_cells_release(snnfe_cells_options *cells)
{
    snnfe_release((void *)cells->aging_pulses);
    snnfe_release((void *)cells->aging_factors);
    cells->aging_pulses = cells->aging_factors = NULL;
}

bool snnfe_cells_differ(const snnfe_cells_options *o)
{
    return o->spread_amplitude > 0 || o->spread_alpha > 0 || o->spread_beta > 0 ||
           o->spread_window > 0 || o->stuck_low > 0 || o->stuck_high > 0 || o->stuck_anywhere > 0 ||
           o->endurance > 0;
}

bool snnfe_cells_age(const snnfe_cells_options *o)
{
    return o->wakeup_pulses > 0 || o->fatigue_pulses > 0 || o->n_aging > 0 || o->endurance > 0;
}

bool snnfe_cells_imprint(const snnfe_cells_options *o)
{
    return o->imprint > 0 && o->held_s > 0;
}

bool snnfe_cells_remember(const snnfe_cells_options *o)
{
    return o->history < 0 || o->history > 0;
}

/* Of what programming depends on: retention and reading do not change a training. */
uint64_t snnfe_cells_hash(uint64_t hash, const snnfe_cells_options *o)
{
    const double memory[] = {o->imprint, o->imprint_s, o->held_s, o->history, o->history_pulses};
    if (snnfe_cells_imprint(o) || snnfe_cells_remember(o))
        hash = snnfe_hash_bytes(hash, memory, sizeof memory);
    if (!snnfe_cells_differ(o) && !snnfe_cells_age(o))
        return hash;
    const double numbers[] = {o->spread_amplitude, o->spread_alpha,     o->spread_beta,
                              o->spread_window,    o->correlation,      o->truncation,
                              o->stuck_low,        o->stuck_high,       o->stuck_anywhere,
                              o->pulses_before,    o->wakeup_pulses,    o->wakeup_start,
                              o->fatigue_pulses,   o->fatigue_exponent, o->fatigue_end,
                              o->endurance,        o->endurance_spread};
    hash = snnfe_hash_word(hash, o->array);
    hash = snnfe_hash_word(hash, (uint64_t)o->distribution);
    hash = snnfe_hash_bytes(hash, numbers, sizeof numbers);
    if (o->n_aging == 0)
        return hash;
    hash = snnfe_hash_bytes(hash, o->aging_pulses, o->n_aging * sizeof(double));
    return snnfe_hash_bytes(hash, o->aging_factors, o->n_aging * sizeof(double));
}
