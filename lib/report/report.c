/* What a network costs. */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "network/engine.h"
#include "network/packed.h"
#include "report/account.h"
#include "trainer/trainer.h"

#include <math.h>
#include <string.h>

static const char call[] = "snnfe_report_make";

static const char struct_name[] = "snnfe_report_options";

static const snnfe_report_options default_options = {
    .struct_size = sizeof(snnfe_report_options), .n_threads = 1, .batch_size = 64, .n_shards = 16};

snnfe_status snnfe_report_options_init(snnfe_report_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

/* --- parameters and operations -------------------------------------------------------------- */

static void count_parameters(const snnfe_network *network, snnfe_account *report)
{
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        snnfe_layer_report *layer = &report->rows[p->layer];
        uint64_t *count = p->kind == SNNFE_PARAMETER_WEIGHT ? &layer->n_synapses
                          : p->kind == SNNFE_PARAMETER_BIAS ? &layer->n_biases
                                                            : &layer->n_others;
        *count += p->count;
    }
    for (size_t layer = 0; layer < SNNFE_N_SPIKING; layer++) {
        const snnfe_layer_shape *shape = &network->packed->shape.layers[layer];
        report->rows[layer].n_neurons = shape->positions * shape->channels;
    }
}

static snnfe_status count_operations(const snnfe_network *network, const float *grid, size_t n,
                                     const snnfe_report_options *o, snnfe_account *report)
{
    snnfe_run_options run;
    SNNFE_TRY(snnfe_run_options_init(&run, sizeof run));
    run.n_threads = o->n_threads;
    snnfe_layer_activity *rows = snnfe_alloc(n * SNNFE_N_LAYERS, sizeof *rows);
    if (!rows)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = snnfe_network_activity(network, grid, n, &run, rows, sizeof *rows);
    const double n_steps = network->options.n_steps, trials = (double)n;
    for (size_t i = 0; status == SNNFE_OK && i < SNNFE_N_LAYERS; i++) {
        snnfe_layer_report *layer = &report->rows[i];
        const double neurons = (double)layer->n_neurons;
        double changes = 0;
        layer->synaptic_operations = layer->event_operations = layer->spikes = 0;
        layer->effective_macs = 0;
        for (size_t k = 0; k < n; k++) {
            const snnfe_layer_activity *a = &rows[k * SNNFE_N_LAYERS + i];
            layer->synaptic_operations += (double)a->synaptic_operations / trials;
            layer->event_operations += (double)a->event_operations / trials;
            layer->effective_macs += (double)a->effective_macs / trials;
            layer->spikes += (double)a->spikes / trials;
            changes += (double)a->changes / trials;
        }
        if (layer->n_neurons == 0)
            layer->spikes = (double)NAN;
        layer->spike_rate = layer->spikes / (neurons * n_steps);
        layer->change_rate =
            neurons > 0 && n_steps > 1 ? changes / (neurons * (n_steps - 1)) : (double)NAN;
    }
    snnfe_release(rows);
    return status;
}

/* The dense count needs no data: it is that of a trial of zeros. */
static snnfe_status count_dense(const snnfe_network *network, snnfe_account *report)
{
    const snnfe_shape *shape = &network->packed->shape;
    float *zeros = snnfe_alloc(shape->grid_positions * shape->n_steps, sizeof *zeros);
    if (!zeros)
        return SNNFE_ERR_MEMORY;
    snnfe_layer_activity activity[SNNFE_N_LAYERS];
    const snnfe_status status =
        snnfe_network_activity(network, zeros, 1, NULL, activity, sizeof activity[0]);
    for (size_t i = 0; status == SNNFE_OK && i < SNNFE_N_LAYERS; i++)
        report->rows[i].dense_macs = activity[i].dense_macs;
    snnfe_release(zeros);
    return status;
}

/* --- memory --------------------------------------------------------------------------------- */

static snnfe_status measure_network(const snnfe_network *network, uint64_t *bytes)
{
    size_t n = 0;
    snnfe_network *copy = NULL;
    snnfe_memory_meter(&n);
    const snnfe_status status = snnfe_network_clone(&copy, network);
    snnfe_memory_meter(NULL);
    snnfe_network_free(copy);
    *bytes = n;
    return status;
}

static snnfe_status measure_evaluation(const snnfe_network *network, uint32_t n_threads,
                                       uint64_t *bytes)
{
    size_t n = 0;
    snnfe_pool *pool = NULL;
    snnfe_engine *engine = NULL;
    snnfe_memory_meter(&n);
    snnfe_status status = snnfe_pool_create(&pool, n_threads);
    if (status == SNNFE_OK)
        status = snnfe_engine_create(&engine, network, pool, 0);
    snnfe_memory_meter(NULL);
    snnfe_engine_free(engine);
    snnfe_pool_free(pool);
    *bytes = n;
    return status;
}

/* A trainer takes part of its memory with the first batch; shards beyond its trials are not made.
 */
static snnfe_status train_once(snnfe_trainer *trainer, const snnfe_report_options *o)
{
    const size_t n = o->batch_size < o->n_shards ? o->batch_size : o->n_shards;
    int32_t *labels = snnfe_alloc(n, sizeof *labels);
    if (!labels)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = snnfe_trainer_warm_up(trainer, labels, n);
    snnfe_release(labels);
    return status;
}

static snnfe_status measure_training(const snnfe_network *network, const snnfe_report_options *o,
                                     uint64_t *bytes)
{
    snnfe_trainer_options t;
    snnfe_network *copy = NULL;
    snnfe_trainer *trainer = NULL;
    size_t n = 0;
    SNNFE_TRY(snnfe_trainer_options_init(&t, sizeof t));
    t.n_threads = o->n_threads;
    t.batch_size = o->batch_size;
    t.n_shards = o->n_shards;
    t.device = o->device;
    SNNFE_TRY(snnfe_network_clone(&copy, network));
    snnfe_memory_meter(&n);
    snnfe_status status = snnfe_trainer_create(&trainer, copy, &t);
    if (status == SNNFE_OK)
        status = train_once(trainer, o);
    snnfe_memory_meter(NULL);
    snnfe_trainer_free(trainer);
    snnfe_network_free(copy);
    *bytes = n;
    return status;
}

static snnfe_status measure_decoder(const snnfe_network *network,
                                    const snnfe_decoder_options *options, uint64_t *bytes)
{
    snnfe_decoder_info info = {.struct_size = sizeof info};
    snnfe_decoder *decoder = NULL;
    SNNFE_TRY(snnfe_decoder_create(&decoder, network, options));
    const snnfe_status status = snnfe_decoder_get_info(decoder, &info);
    snnfe_decoder_free(decoder);
    *bytes = info.n_bytes;
    return status;
}

static snnfe_status measure(const snnfe_network *network, const snnfe_report_options *o,
                            snnfe_account *report)
{
    SNNFE_TRY(measure_network(network, &report->head.parameter_bytes));
    SNNFE_TRY(measure_evaluation(network, o->n_threads, &report->head.evaluation_bytes));
    SNNFE_TRY(measure_training(network, o, &report->head.training_bytes));
    return measure_decoder(network, o->decoder, &report->head.live_bytes);
}

/* --- pulses --------------------------------------------------------------------------------- */

/* A checkpoint of another device than the one that is to tell what its pulses cost. */
static snnfe_status check_forms(const snnfe_report_options *o, const snnfe_layer_pulses *pulses)
{
    snnfe_device_options device = {.struct_size = sizeof device};
    if (!o->device)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_device_get_options(o->device, &device));
    for (size_t k = 0; k < SNNFE_FORM_COUNTS; k++)
        if (pulses->forms[k] > 0 && k % SNNFE_MAX_FORMS >= device.n_forms)
            return snnfe_fail(SNNFE_ERR_SHAPE,
                              "%s has pulses of form %zu, but the device has %zu forms",
                              o->checkpoint, k % SNNFE_MAX_FORMS, device.n_forms);
    return SNNFE_OK;
}

static snnfe_status count_pulses(const snnfe_network *network, const snnfe_report_options *o,
                                 snnfe_account *report)
{
    snnfe_layer_pulses pulses[SNNFE_N_LAYERS];
    const double given[2] = {o->ltp_energy_j, o->ltd_energy_j};
    const double endurance = snnfe_endurance(o->device, o->endurance);
    if (!o->checkpoint)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_trainer_file_pulses(o->checkpoint, network, pulses));
    report->head.pulses_known = 1;
    for (size_t i = 0; i < SNNFE_N_LAYERS; i++) {
        const snnfe_layer_pulses *p = &pulses[i];
        snnfe_layer_report *layer = &report->rows[i];
        SNNFE_TRY(check_forms(o, p));
        layer->ltp_pulses = p->n[SNNFE_LTP];
        layer->ltd_pulses = p->n[SNNFE_LTD];
        layer->largest = p->largest;
        layer->energy_j = snnfe_pulses_energy(o->device, p->n, p->forms, given);
        if (!(endurance > 0))
            continue;
        layer->life_used = (double)p->largest / endurance;
        layer->mean_life_used =
            (double)(p->n[SNNFE_LTP] + p->n[SNNFE_LTD]) / (double)p->n_cells / endurance;
    }
    return SNNFE_OK;
}

/* --- all ------------------------------------------------------------------------------------ */

static void sum_up(snnfe_account *report)
{
    snnfe_layer_report *t = &report->rows[SNNFE_N_LAYERS];
    double changes = 0;
    for (size_t i = 0; i < SNNFE_N_LAYERS; i++) {
        const snnfe_layer_report *l = &report->rows[i];
        t->n_neurons += l->n_neurons;
        t->n_synapses += l->n_synapses;
        t->n_biases += l->n_biases;
        t->n_others += l->n_others;
        t->dense_macs += l->dense_macs;
        t->synaptic_operations += l->synaptic_operations;
        t->event_operations += l->event_operations;
        t->effective_macs += l->effective_macs;
        t->ltp_pulses += l->ltp_pulses;
        t->ltd_pulses += l->ltd_pulses;
        t->energy_j += l->energy_j;
        t->largest = l->largest > t->largest ? l->largest : t->largest;
        if (isnan(l->life_used) || l->life_used > t->life_used)
            t->life_used = l->life_used;
        t->mean_life_used += l->mean_life_used * (double)l->n_synapses;
        if (l->n_neurons == 0)
            continue;
        t->spikes += l->spikes;
        changes += l->change_rate * (double)l->n_neurons;
    }
    t->spike_rate = t->spikes / ((double)t->n_neurons * report->head.n_steps);
    t->change_rate = changes / (double)t->n_neurons;
    t->mean_life_used /= (double)t->n_synapses;
}

static snnfe_status take_options(snnfe_report_options *o, const snnfe_report_options *options)
{
    SNNFE_TRY(snnfe_options_adopt(o, &default_options, sizeof *o, options, struct_name));
    SNNFE_TRY(snnfe_check_number(struct_name, ".ltp_energy_j", o->ltp_energy_j, 0, HUGE_VAL));
    SNNFE_TRY(snnfe_check_number(struct_name, ".ltd_energy_j", o->ltd_energy_j, 0, HUGE_VAL));
    return snnfe_check_number(struct_name, ".endurance", o->endurance, 0, HUGE_VAL);
}

static snnfe_status report_make(const snnfe_network *network, const float *grid, size_t n,
                                const snnfe_report_options *options, snnfe_report *report,
                                snnfe_layer_report *rows, size_t size)
{
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_array(call, "grid", grid, n));
    SNNFE_TRY(snnfe_info_check(call, "report", report, sizeof *report));
    if (rows)
        SNNFE_TRY(snnfe_rows_check(call, size, sizeof *rows));
    snnfe_report_options o;
    SNNFE_TRY(take_options(&o, options));
    snnfe_account made = {.head = {.struct_size = sizeof made.head,
                                   .n_steps = network->options.n_steps,
                                   .n_trials = n,
                                   .n_values = network->n_values}};
    for (size_t i = 0; i < SNNFE_N_LAYERS; i++) {
        snnfe_layer_report *l = &made.rows[i];
        l->synaptic_operations = l->event_operations = (double)NAN;
        l->spikes = l->spike_rate = l->change_rate = (double)NAN;
        l->effective_macs = l->energy_j = l->life_used = l->mean_life_used = (double)NAN;
    }
    count_parameters(network, &made);
    SNNFE_TRY(count_dense(network, &made));
    if (n > 0)
        SNNFE_TRY(count_operations(network, grid, n, &o, &made));
    SNNFE_TRY(measure(network, &o, &made));
    SNNFE_TRY(count_pulses(network, &o, &made));
    sum_up(&made);
    snnfe_info_give(report, &made.head, sizeof made.head);
    for (size_t i = 0; rows && i < SNNFE_REPORT_ROWS; i++)
        snnfe_row_give(rows, size, i, &made.rows[i], sizeof *rows);
    return SNNFE_OK;
}

snnfe_status snnfe_report_make(const snnfe_network *network, const float *grid, size_t n,
                               const snnfe_report_options *options, snnfe_report *report,
                               snnfe_layer_report *rows, size_t size)
{
    SNNFE_RETURN_COMPUTED(report_make(network, grid, n, options, report, rows, size));
}
