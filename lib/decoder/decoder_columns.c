#include "decoder/decoder_columns.h"

#include "base/memory.h"
#include "base/text.h"

#include <string.h>

/* --- lanes ---------------------------------------------------------------------------------- */

static void add_array(snnfe_lane_array *list, size_t *n, size_t lane, const char *what,
                      int32_t layer, snnfe_dtype dtype, size_t count, void *data)
{
    if (!data)
        return;
    snnfe_lane_array *a = &list[(*n)++];
    snnfe_format(a->name, SNNFE_STATE_TEXT_SIZE, "decoder.window.%zu.%s.%d", lane, what,
                 (int)layer);
    a->dtype = dtype;
    a->count = count;
    a->data = data;
}

size_t snnfe_lane_list(const snnfe_lane *lane, size_t index,
                       snnfe_lane_array list[SNNFE_MAX_LANE_ARRAYS])
{
    const snnfe_shape *shape = &lane->state->packed->shape;
    size_t n = 0;
    for (int32_t layer = 0; layer < SNNFE_N_LAYERS; layer++) {
        const snnfe_layer_state *s = &lane->state->layers[layer];
        const bool spiking = layer != SNNFE_LAYER_FC2;
        const size_t count =
            spiking ? shape->layers[layer].neurons : snnfe_layer_outputs(shape, layer);
        add_array(list, &n, index, "sums", layer, SNNFE_I32, count, s->sums);
        add_array(list, &n, index, "current", layer, SNNFE_F32, count, s->current);
        add_array(list, &n, index, "rest", layer, SNNFE_F32, count, s->rest);
        add_array(list, &n, index, "threshold", layer, SNNFE_F32, count, s->threshold);
        if (spiking)
            add_array(list, &n, index, "spikes", layer, SNNFE_I64,
                      SNNFE_LANE_ROWS * shape->layers[layer].words, lane->spikes[layer].rows);
    }
    add_array(list, &n, index, "logits", SNNFE_LAYER_FC2, SNNFE_F64, shape->n_classes,
              lane->state->logits);
    return n;
}

/* --- everything else, in columns that a file can hold ---------------------------------------- */

snnfe_status snnfe_columns_create(snnfe_columns **out, const snnfe_decoder *d)
{
    snnfe_columns *c = snnfe_alloc(1, sizeof *c);
    if (!c)
        return SNNFE_ERR_MEMORY;
    *out = c;
    c->lanes = snnfe_alloc(d->n_lanes, sizeof *c->lanes);
    c->decisions = snnfe_alloc(d->options.n_pending, sizeof *c->decisions);
    c->confidences = snnfe_alloc(d->options.n_pending, sizeof *c->confidences);
    return c->lanes && c->decisions && c->confidences ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

void snnfe_columns_free(snnfe_columns *c)
{
    if (!c)
        return;
    snnfe_release(c->lanes);
    snnfe_release(c->decisions);
    snnfe_release(c->confidences);
    snnfe_release(c);
}

/* The counts in the order of the file. */
static size_t list_counts(snnfe_decoder *d, uint64_t *list[SNNFE_STATE_COUNTS])
{
    snnfe_decoder_info *i = &d->info;
    uint64_t *const all[] = {
        &i->n_samples,  &i->n_windows,    &i->n_decisions,        &i->n_early,
        &i->n_rejected, &i->n_lost,       &i->n_skipped,          &i->n_dropped,
        &i->n_repeated, &d->history_from, &d->intake.n_nonfinite, &d->intake.n_saturated,
        &i->n_sessions, &i->n_restarts,   &i->session_first,      &d->numbering.n_wraps};
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        list[k] = all[k];
    return sizeof all / sizeof all[0];
}

static void gather_decision(const snnfe_decision *r, int64_t n[SNNFE_DECISION_NUMBERS])
{
    n[0] = r->decided;
    n[1] = r->label;
    n[2] = r->n_steps;
    n[3] = (int64_t)r->window;
    n[4] = (int64_t)r->first_sample;
    n[5] = r->faults;
    n[6] = r->n_bad_channels;
    n[7] = r->early;
    n[8] = r->rejected;
    n[9] = (int64_t)r->session;
    n[10] = (int64_t)r->source_sample;
    n[11] = (int64_t)r->faulty_channels;
}

static void scatter_decision(snnfe_decision *r, const int64_t n[SNNFE_DECISION_NUMBERS])
{
    *r = (snnfe_decision){.struct_size = sizeof *r,
                          .decided = (int32_t)n[0],
                          .label = (int32_t)n[1],
                          .n_steps = (uint32_t)n[2],
                          .window = (uint64_t)n[3],
                          .first_sample = (uint64_t)n[4],
                          .faults = (uint32_t)n[5],
                          .n_bad_channels = (uint32_t)n[6],
                          .early = (int32_t)n[7],
                          .rejected = (int32_t)n[8],
                          .session = (uint64_t)n[9],
                          .source_sample = (uint64_t)n[10],
                          .faulty_channels = (uint64_t)n[11]};
}

void snnfe_columns_gather(snnfe_decoder *d, snnfe_columns *c)
{
    uint64_t *counts[SNNFE_STATE_COUNTS];
    const size_t n_counts = list_counts(d, counts);
    for (size_t k = 0; k < n_counts; k++)
        c->counts[k] = (int64_t)*counts[k];
    c->counts[n_counts] = (int64_t)d->info.n_bad_channels;
    c->counts[n_counts + 1] = (int64_t)d->n_pending;
    c->counts[n_counts + 2] = d->numbering.bits;
    /* Any 64 bits: a source's numbers. */
    c->counts[n_counts + 3] = (int64_t)d->numbering.newest;
    c->counts[n_counts + 4] = (int64_t)d->session_base;
    for (size_t i = 0; i < d->options.n_channels; i++) {
        const snnfe_channel_state *s = &d->intake.channels[i];
        memcpy(c->filters[i], s->filter.s, sizeof c->filters[i]);
        c->powers[i] = s->power;
        c->means[i] = s->mean;
        c->last[i] = s->last;
        c->channels[i][0] = s->constant;
        c->channels[i][1] = s->faults;
        c->channels[i][2] = s->settled;
        c->channels[i][3] = s->centred;
        c->channels[i][4] = s->saturated;
    }
    for (size_t i = 0; i < d->n_lanes; i++) {
        const snnfe_lane *l = &d->lanes[i];
        const int64_t numbers[SNNFE_LANE_NUMBERS] = {snnfe_lane_network(l) != NULL,
                                                     l->step,
                                                     l->label,
                                                     (int64_t)l->window,
                                                     (int64_t)l->first_sample,
                                                     l->faults,
                                                     l->n_bad_channels,
                                                     (int64_t)l->faulty_channels};
        memcpy(c->lanes[i], numbers, sizeof numbers);
    }
    for (size_t i = 0; i < d->n_pending; i++) {
        const snnfe_decision *r = &d->pending[(d->first_pending + i) % d->options.n_pending];
        gather_decision(r, c->decisions[i]);
        c->confidences[i] = r->confidence;
    }
}

static snnfe_status check_range(const char *name, int64_t value, int64_t least, int64_t most)
{
    if (value < least || value > most)
        return snnfe_fail(SNNFE_ERR_FORMAT, "tensor \"%s\" holds %lld, not in %lld…%lld", name,
                          (long long)value, (long long)least, (long long)most);
    return SNNFE_OK;
}

static snnfe_status scatter_lanes(snnfe_decoder *d, const snnfe_columns *c,
                                  const snnfe_network *network)
{
    const uint32_t n_steps = network->options.n_steps;
    const int32_t n_classes = (int32_t)network->options.n_classes;
    static const char name[] = "decoder.windows";
    for (size_t i = 0; i < d->n_lanes; i++) {
        snnfe_lane *l = &d->lanes[i];
        const int64_t *n = c->lanes[i];
        SNNFE_TRY(check_range(name, n[0], 0, 1));
        SNNFE_TRY(check_range(name, n[1], 0, n_steps - (n[0] ? 1 : 0)));
        SNNFE_TRY(check_range(name, n[2], -1, n_classes - 1));
        l->step = (uint32_t)n[1];
        l->label = (int32_t)n[2];
        l->window = (uint64_t)n[3];
        l->first_sample = (uint64_t)n[4];
        l->faults = (uint32_t)n[5];
        l->n_bad_channels = (uint32_t)n[6];
        l->faulty_channels = (uint64_t)n[7];
        atomic_store(&l->network, n[0] ? network : NULL);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_columns_scatter(snnfe_decoder *d, const snnfe_columns *c,
                                   const snnfe_network *network)
{
    uint64_t *counts[SNNFE_STATE_COUNTS];
    const size_t n_counts = list_counts(d, counts);
    for (size_t k = 0; k < n_counts; k++) {
        SNNFE_TRY(check_range("decoder.counts", c->counts[k], 0, INT64_MAX));
        *counts[k] = (uint64_t)c->counts[k];
    }
    SNNFE_TRY(check_range("decoder.counts", c->counts[n_counts], 0, SNNFE_MAX_CHANNELS));
    SNNFE_TRY(check_range("decoder.counts", c->counts[n_counts + 1], 0, d->options.n_pending));
    SNNFE_TRY(check_range("decoder.counts", c->counts[n_counts + 2], 0, 64));
    SNNFE_TRY(check_range("decoder.counts", c->counts[n_counts - 2], 0, c->counts[0]));
    d->info.n_bad_channels = (uint32_t)c->counts[n_counts];
    d->numbering.bits = (uint32_t)c->counts[n_counts + 2];
    d->numbering.newest = (uint64_t)c->counts[n_counts + 3];
    d->session_base = (uint64_t)c->counts[n_counts + 4];
    d->n_pending = (size_t)c->counts[n_counts + 1];
    d->first_pending = 0;
    for (size_t i = 0; i < d->options.n_channels; i++) {
        snnfe_channel_state *s = &d->intake.channels[i];
        memcpy(s->filter.s, c->filters[i], sizeof c->filters[i]);
        s->power = c->powers[i];
        s->mean = c->means[i];
        s->last = c->last[i];
        s->constant = (uint32_t)c->channels[i][0];
        s->faults = (uint32_t)c->channels[i][1];
        s->settled = c->channels[i][2] != 0;
        s->centred = c->channels[i][3] != 0;
        s->saturated = (uint32_t)c->channels[i][4];
        d->channel_faults[i] = s->faults;
        d->grid[d->place[i]] = d->intake.values[i];
    }
    for (size_t i = 0; i < d->n_pending; i++) {
        SNNFE_TRY(check_range("decoder.decisions", c->decisions[i][0], 0,
                              (int64_t)network->options.n_classes - 1));
        scatter_decision(&d->pending[i], c->decisions[i]);
        d->pending[i].confidence = c->confidences[i];
    }
    return scatter_lanes(d, c, network);
}
