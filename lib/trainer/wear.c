/* What programming did to the synapses: pulses, their distribution, energy, life. */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"
#include "trainer/trainer_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void collect_cells(uint32_t *const counters[2], const snnfe_parameter *p, uint64_t *pulses,
                          size_t *n, uint64_t totals[2])
{
    for (size_t k = p->offset; counters[0] && k < p->offset + p->count; k++) {
        for (int d = 0; d < 2; d++)
            totals[d] += counters[d][k];
        pulses[(*n)++] = (uint64_t)counters[SNNFE_LTP][k] + counters[SNNFE_LTD][k];
    }
}

/* Pulses of both kinds that each cell of a layer (-1: of all) has had. */
static snnfe_status collect(const char *call, const snnfe_trainer *trainer, int32_t layer,
                            uint64_t **pulses, size_t *n, uint64_t totals[2])
{
    SNNFE_TRY(snnfe_check_pointer(call, "trainer", trainer));
    SNNFE_TRY(snnfe_check_integer(call, "layer", layer, -1, SNNFE_N_LAYERS - 1));
    const snnfe_programmer *programmer = &trainer->programmer;
    if (!programmer->device)
        return snnfe_fail(SNNFE_ERR_STATE, "%s: the trainer trains without a device", call);
    const snnfe_network *network = trainer->network;
    *pulses = snnfe_alloc(network->n_values, 2 * sizeof **pulses);
    if (!*pulses)
        return SNNFE_ERR_MEMORY;
    *n = 0;
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (p->kind != SNNFE_PARAMETER_WEIGHT || (layer >= 0 && p->layer != layer))
            continue;
        collect_cells(programmer->pulses, p, *pulses, n, totals);
        collect_cells(programmer->second_pulses, p, *pulses, n, totals);
    }
    return SNNFE_OK;
}

static int ascending(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* Nearest rank in sorted counts. */
static uint64_t percentile(const uint64_t *sorted, size_t n, double share)
{
    const size_t rank = (size_t)ceil(share * (double)n);
    return sorted[rank > 0 ? rank - 1 : 0];
}

static double per(double total, double count)
{
    return count > 0 ? total / count : 0;
}

/* Epochs begun count by the share of their trials that was trained on. */
static double epochs_done(const snnfe_trainer *trainer, double n_trials)
{
    return trainer->position.epoch +
           (trainer->n_train > 0 && trainer->position.batch > 0
                ? fmod(n_trials, (double)trainer->n_train) / (double)trainer->n_train
                : 0);
}

snnfe_wear_options snnfe_trainer_wear_options(const snnfe_trainer_options *options)
{
    return (snnfe_wear_options){.struct_size = sizeof(snnfe_wear_options),
                                .ltp_energy_j = options->ltp_energy_j,
                                .ltd_energy_j = options->ltd_energy_j,
                                .endurance = options->endurance};
}

snnfe_status snnfe_wear_options_check(const snnfe_wear_options *o, const char *place)
{
    SNNFE_TRY(snnfe_check_number(place, ".ltp_energy_j", o->ltp_energy_j, 0, HUGE_VAL));
    SNNFE_TRY(snnfe_check_number(place, ".ltd_energy_j", o->ltd_energy_j, 0, HUGE_VAL));
    return snnfe_check_number(place, ".endurance", o->endurance, 0, HUGE_VAL);
}

/* `pulses` are sorted; those beyond the last bin belong to it. */
static void fill_histogram(const uint64_t *pulses, size_t n, uint64_t *counts, size_t n_bins)
{
    memset(counts, 0, n_bins * sizeof *counts);
    for (size_t i = 0; i < n; i++)
        counts[pulses[i] < n_bins ? (size_t)pulses[i] : n_bins - 1]++;
}

/* Of pulses of a layer (-1: of all), some of which may have had other forms than the device's own.
 */
static double energy_of(const snnfe_trainer *trainer, int32_t layer, const uint64_t totals[2],
                        const snnfe_wear_options *o)
{
    const snnfe_programmer *programmer = &trainer->programmer;
    const double given[2] = {o->ltp_energy_j, o->ltd_energy_j};
    uint64_t of_forms[SNNFE_FORM_COUNTS] = {0};
    for (size_t i = 0; programmer->form_pulses && i < trainer->network->n_parameters; i++)
        if (layer < 0 || trainer->network->parameters[i].layer == layer)
            for (size_t k = 0; k < SNNFE_FORM_COUNTS; k++)
                of_forms[k] += programmer->form_pulses[i * SNNFE_FORM_COUNTS + k];
    const double energy = snnfe_pulses_energy(programmer->device, totals, of_forms, given);
    return isnan(energy) ? 0 : energy;
}

static snnfe_status trainer_wear(const snnfe_trainer *trainer, int32_t layer,
                                 const snnfe_wear_options *options, snnfe_wear *wear,
                                 uint64_t *counts, size_t n_bins)
{
    static const char call[] = "snnfe_trainer_wear";
    SNNFE_TRY(snnfe_info_check(call, "wear", wear, sizeof *wear));
    if (counts)
        SNNFE_TRY(snnfe_check_count(call, "n_bins", n_bins, 1, UINT64_MAX));
    SNNFE_TRY(snnfe_check_pointer(call, "trainer", trainer));
    const snnfe_wear_options own = snnfe_trainer_wear_options(&trainer->options);
    snnfe_wear_options o;
    SNNFE_TRY(snnfe_options_adopt(&o, &own, sizeof own, options, "snnfe_wear_options"));
    SNNFE_TRY(snnfe_wear_options_check(&o, "snnfe_wear_options"));
    uint64_t *pulses = NULL, totals[2] = {0, 0};
    size_t n = 0;
    SNNFE_TRY(collect(call, trainer, layer, &pulses, &n, totals));
    qsort(pulses, n, sizeof *pulses, ascending);
    size_t n_never = 0;
    while (n_never < n && pulses[n_never] == 0)
        n_never++;
    const double total = (double)(totals[0] + totals[1]);
    const double n_trials = (double)trainer->programmer.n_trials;
    const double endurance = snnfe_endurance(trainer->programmer.device, o.endurance);
    const snnfe_wear full = {.struct_size = sizeof full,
                             .layer = layer,
                             .n_synapses = trainer->programmer.second_pulses[0] ? n / 2 : n,
                             .ltp_pulses = totals[SNNFE_LTP],
                             .ltd_pulses = totals[SNNFE_LTD],
                             .largest = pulses[n - 1],
                             .median = percentile(pulses, n, 0.5),
                             .percentile_90 = percentile(pulses, n, 0.9),
                             .percentile_99 = percentile(pulses, n, 0.99),
                             .never_programmed = per((double)n_never, (double)n),
                             .pulses_per_epoch = per(total, epochs_done(trainer, n_trials)),
                             .pulses_per_trial = per(total, n_trials),
                             .energy_j = energy_of(trainer, layer, totals, &o),
                             .life_used = per((double)pulses[n - 1], endurance),
                             .mean_life_used = per(per(total, (double)n), endurance)};
    snnfe_info_give(wear, &full, sizeof full);
    if (counts)
        fill_histogram(pulses, n, counts, n_bins);
    snnfe_release(pulses);
    return SNNFE_OK;
}

snnfe_status snnfe_trainer_wear(const snnfe_trainer *trainer, int32_t layer,
                                const snnfe_wear_options *options, snnfe_wear *wear,
                                uint64_t *counts, size_t n_bins)
{
    SNNFE_RETURN_COMPUTED(trainer_wear(trainer, layer, options, wear, counts, n_bins));
}

snnfe_status snnfe_wear_log_save(const snnfe_trainer *trainer, const char *path)
{
    snnfe_text text = {0};
    snnfe_text_append(&text,
                      "Layer,Synapses,LTP_pulses,LTD_pulses,Largest,Median,Percentile_90,"
                      "Percentile_99,Never_programmed,Pulses_per_epoch,Pulses_per_trial,Energy_J,"
                      "Life_used,Mean_life_used,Run\n");
    snnfe_status status = SNNFE_OK;
    for (int32_t layer = -1; layer < SNNFE_N_LAYERS; layer++) {
        snnfe_wear w = {.struct_size = sizeof w};
        status = snnfe_trainer_wear(trainer, layer, NULL, &w, NULL, 0);
        if (status != SNNFE_OK)
            break;
        snnfe_text_append(
            &text, "%s,%llu,%llu,%llu,%llu,%llu,%llu,%llu,%.6g,%.6g,%.6g,%.6g,%.6g,%.6g",
            layer < 0 ? "all" : snnfe_layer_name(layer), (unsigned long long)w.n_synapses,
            (unsigned long long)w.ltp_pulses, (unsigned long long)w.ltd_pulses,
            (unsigned long long)w.largest, (unsigned long long)w.median,
            (unsigned long long)w.percentile_90, (unsigned long long)w.percentile_99,
            w.never_programmed, w.pulses_per_epoch, w.pulses_per_trial, w.energy_j, w.life_used,
            w.mean_life_used);
        snnfe_train_log_append_run(&text, trainer->network->provenance.origin.run_hash);
    }
    if (status == SNNFE_OK)
        status = snnfe_text_save(&text, path);
    snnfe_text_release(&text);
    return status;
}
