#include "network/provenance.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/options.h"
#include "network/network_internal.h"
#include "network/signal_match.h"
#include "signal/causal.h"
#include "signal/envelope.h"
#include "signal/inputs.h"
#include "signal/notch.h"
#include "signal/rereference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the signal ----------------------------------------------------------------------------- */

static void release_signal(snnfe_provenance *p)
{
    snnfe_release(p->places);
    snnfe_release(p->statistics);
    snnfe_release(p->covariance);
    snnfe_release(p->names);
    snnfe_release(p->text);
    p->signal = (snnfe_signal){0};
    p->places = NULL;
    p->statistics = NULL;
    p->covariance = NULL;
    p->names = NULL;
    p->text = NULL;
}

static snnfe_status check_names(const char *field, const char *const *names, size_t n, size_t size)
{
    for (size_t i = 0; names && i < n; i++)
        SNNFE_TRY(snnfe_name_check(field, i, names[i], size));
    return SNNFE_OK;
}

static snnfe_status check_signal(const snnfe_signal *s)
{
    static const char place[] = "snnfe_signal";
    SNNFE_TRY(snnfe_check_count(place, ".n_channels", s->n_channels, 1, SNNFE_MAX_CHANNELS));
    SNNFE_TRY(snnfe_check_count(place, ".n_classes", s->n_classes, 2, SNNFE_MAX_CLASSES));
    SNNFE_TRY(snnfe_check_positive(place, ".sampling_rate_hz", s->sampling_rate_hz));
    SNNFE_TRY(snnfe_check_number(place, ".sampling_rate_hz", s->sampling_rate_hz, 0, 1e6));
    SNNFE_TRY(snnfe_check_number(place, ".filter_low_hz", s->filter_low_hz, 0, 1e6));
    SNNFE_TRY(snnfe_check_number(place, ".filter_high_hz", s->filter_high_hz, 0, 1e6));
    SNNFE_TRY(snnfe_check_number(place, ".notch_hz", s->notch_hz, 0, 1e6));
    SNNFE_TRY(snnfe_notch_check(s->notch_hz, s->notch_width_hz, s->sampling_rate_hz));
    SNNFE_TRY(snnfe_check_choice(place, ".filter_kind", s->filter_kind, SNNFE_FILTER_UNKNOWN + 1,
                                 "a SNNFE_FILTER_* value"));
    SNNFE_TRY(
        snnfe_check_count(place, ".filter_order", s->filter_order, 0, SNNFE_CAUSAL_MAX_ORDER));
    SNNFE_TRY(snnfe_check_choice(place, ".normalization", s->normalization,
                                 SNNFE_NORMALIZE_SUBJECTS + 1, "a SNNFE_NORMALIZE_* value"));
    SNNFE_TRY(snnfe_check_switch(place, ".synthetic", s->synthetic));
    SNNFE_TRY(snnfe_check_pointer(place, ".channel_rows", s->channel_rows));
    SNNFE_TRY(snnfe_check_pointer(place, ".channel_columns", s->channel_columns));
    SNNFE_TRY(snnfe_check_pointer(place, ".channel_mean_uv", s->channel_mean_uv));
    SNNFE_TRY(snnfe_check_pointer(place, ".channel_std_uv", s->channel_std_uv));
    for (uint32_t c = 0; c < s->n_channels; c++)
        if (!isfinite(s->channel_mean_uv[c]) ||
            !(s->channel_std_uv[c] > 0 && isfinite(s->channel_std_uv[c])))
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_signal: channel %u has mean %g, standard deviation %g",
                              (unsigned)c, s->channel_mean_uv[c], s->channel_std_uv[c]);
    SNNFE_TRY(check_names("snnfe_signal.channel_names", s->channel_names, s->n_channels,
                          SNNFE_NAME_SIZE));
    SNNFE_TRY(check_names("snnfe_signal.class_names", s->class_names, s->n_classes,
                          SNNFE_CLASS_NAME_SIZE));
    SNNFE_TRY(snnfe_signal_check_envelope(s));
    SNNFE_TRY(snnfe_signal_check_control(s));
    return check_names("snnfe_signal.reference_names", s->reference_names, s->n_references,
                       SNNFE_NAME_SIZE);
}

static size_t text_size(const char *const *names, size_t n)
{
    size_t size = 0;
    for (size_t i = 0; names && i < n; i++)
        size += strlen(names[i]) + 1;
    return size;
}

/* Copies names to *text, and moves *text behind them. */
static const char *const *copy_names(const char *const *names, size_t n, const char **copies,
                                     char **text)
{
    for (size_t i = 0; names && i < n; i++) {
        const size_t size = strlen(names[i]) + 1;
        memcpy(*text, names[i], size);
        copies[i] = *text;
        *text += size;
    }
    return names ? copies : NULL;
}

/* What a signal says of control; without regression it has no references. */
static snnfe_status copy_control(snnfe_provenance *p, const snnfe_signal *s, char *text)
{
    const size_t n = s->n_channels, n_references = p->signal.n_references;
    double *mean = p->statistics + 2 * n, *std = mean + n_references;
    for (size_t r = 0; r < n_references; r++) {
        mean[r] = s->reference_mean_uv ? s->reference_mean_uv[r] : 0;
        std[r] = s->reference_std_uv ? s->reference_std_uv[r] : 1;
    }
    p->signal.reference_mean_uv = n_references > 0 ? mean : NULL;
    p->signal.reference_std_uv = n_references > 0 ? std : NULL;
    p->signal.reference_names = n_references > 0 ? copy_names(s->reference_names, n_references,
                                                              p->names + n + s->n_classes, &text)
                                                 : NULL;
    if (!s->covariance)
        return SNNFE_OK;
    p->covariance = snnfe_duplicate(s->covariance, n * n, sizeof *p->covariance);
    p->signal.covariance = p->covariance;
    return p->covariance ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

static snnfe_status copy_signal(snnfe_provenance *p, const snnfe_signal *s)
{
    const size_t n = s->n_channels;
    const size_t n_references = s->ocular == SNNFE_OCULAR_NONE ? 0 : s->n_references;
    p->places = snnfe_alloc(2 * n, sizeof *p->places);
    p->statistics = snnfe_alloc(2 * (n + n_references), sizeof *p->statistics);
    p->names = snnfe_alloc(n + s->n_classes + n_references, sizeof(const char *));
    p->text = snnfe_alloc(text_size(s->channel_names, n) + text_size(s->class_names, s->n_classes) +
                              text_size(s->reference_names, n_references),
                          1);
    if (!p->places || !p->statistics || !p->names || !p->text)
        return SNNFE_ERR_MEMORY;
    memcpy(p->places, s->channel_rows, n * sizeof *p->places);
    memcpy(p->places + n, s->channel_columns, n * sizeof *p->places);
    memcpy(p->statistics, s->channel_mean_uv, n * sizeof *p->statistics);
    memcpy(p->statistics + n, s->channel_std_uv, n * sizeof *p->statistics);
    char *text = p->text;
    p->signal = *s;
    p->signal.struct_size = sizeof p->signal;
    p->signal.channel_rows = p->places;
    p->signal.channel_columns = p->places + n;
    p->signal.channel_mean_uv = p->statistics;
    p->signal.channel_std_uv = p->statistics + n;
    p->signal.channel_names = copy_names(s->channel_names, n, p->names, &text);
    p->signal.class_names = copy_names(s->class_names, s->n_classes, p->names + n, &text);
    p->signal.n_references = (uint32_t)n_references;
    p->signal.n_lags = n_references > 0 ? s->n_lags : 0;
    return copy_control(p, s, text);
}

snnfe_status snnfe_provenance_set_signal(snnfe_provenance *p, const snnfe_signal *signal)
{
    snnfe_provenance made = {0};
    if (signal && signal->n_channels > 0) {
        SNNFE_TRY(check_signal(signal));
        snnfe_signal said = snnfe_signal_said(signal);
        SNNFE_TRY(snnfe_rereference_take(said.rereference, signal->rereference,
                                         sizeof signal->rereference, "snnfe_signal.rereference"));
        const snnfe_status status = copy_signal(&made, &said);
        if (status != SNNFE_OK) {
            release_signal(&made);
            return status;
        }
    }
    release_signal(p);
    p->signal = made.signal;
    p->places = made.places;
    p->statistics = made.statistics;
    p->covariance = made.covariance;
    p->names = made.names;
    p->text = made.text;
    return SNNFE_OK;
}

/* --- trials --------------------------------------------------------------------------------- */

typedef struct trial {
    uint64_t id;
    int32_t subject;
} trial;

static int by_id(const void *a, const void *b)
{
    const trial *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return (x->subject > y->subject) - (x->subject < y->subject);
}

bool snnfe_trial_set_has(const snnfe_trial_set *set, uint64_t id)
{
    size_t low = 0, high = set->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (set->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < set->n && set->ids[low] == id;
}

static snnfe_status fill_set(snnfe_trial_set *set, const trial *all, size_t n)
{
    set->ids = snnfe_alloc(n, sizeof *set->ids);
    set->subjects = snnfe_alloc(n, sizeof *set->subjects);
    if (!set->ids || !set->subjects)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        if (set->n > 0 && set->ids[set->n - 1] == all[i].id)
            continue;
        set->ids[set->n] = all[i].id;
        set->subjects[set->n++] = all[i].subject;
    }
    return SNNFE_OK;
}

void snnfe_trial_set_release(snnfe_trial_set *set)
{
    snnfe_release(set->ids);
    snnfe_release(set->subjects);
    *set = (snnfe_trial_set){0};
}

snnfe_status snnfe_trial_set_add(snnfe_trial_set *set, const uint64_t *ids, const int32_t *subjects,
                                 size_t n)
{
    if (n == 0)
        return SNNFE_OK;
    if (n > SIZE_MAX - set->n)
        return snnfe_fail_memory(n, sizeof(trial));
    trial *all = snnfe_alloc(set->n + n, sizeof *all);
    if (!all)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < set->n; i++)
        all[i] = (trial){set->ids[i], set->subjects[i]};
    for (size_t i = 0; i < n; i++)
        all[set->n + i] = (trial){ids[i], subjects[i]};
    qsort(all, set->n + n, sizeof *all, by_id);
    snnfe_trial_set made = {0};
    const snnfe_status status = fill_set(&made, all, set->n + n);
    snnfe_release(all);
    if (status != SNNFE_OK) {
        snnfe_trial_set_release(&made);
        return status;
    }
    snnfe_trial_set_release(set);
    *set = made;
    return SNNFE_OK;
}

/* --- all of it ------------------------------------------------------------------------------ */

void snnfe_provenance_release(snnfe_provenance *p)
{
    release_signal(p);
    for (size_t use = 0; use < SNNFE_N_TRIAL_USES; use++)
        snnfe_trial_set_release(&p->trials[use]);
    *p = (snnfe_provenance){0};
}

snnfe_status snnfe_provenance_copy(snnfe_provenance *copy, const snnfe_provenance *source)
{
    copy->origin = source->origin;
    if (source->signal.n_channels > 0)
        SNNFE_TRY(copy_signal(copy, &source->signal));
    for (size_t use = 0; use < SNNFE_N_TRIAL_USES; use++)
        SNNFE_TRY(snnfe_trial_set_add(&copy->trials[use], source->trials[use].ids,
                                      source->trials[use].subjects, source->trials[use].n));
    return SNNFE_OK;
}

/* --- of a network --------------------------------------------------------------------------- */

snnfe_status snnfe_network_get_signal(const snnfe_network *network, snnfe_signal *signal)
{
    static const char call[] = "snnfe_network_get_signal";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_info_check(call, "signal", signal, sizeof *signal));
    snnfe_info_give(signal, &network->provenance.signal, sizeof *signal);
    return SNNFE_OK;
}

/* What a signal tells of the trials' shape has to be the network's. */
static snnfe_status check_shape(const char *call, const snnfe_network_options *o,
                                const snnfe_signal *s)
{
    if (s->n_channels > 0 && s->n_classes != o->n_classes)
        return snnfe_fail(SNNFE_ERR_SHAPE, "%s: n_classes is %u in the signal, %u in the network",
                          call, (unsigned)s->n_classes, (unsigned)o->n_classes);
    for (uint32_t c = 0; c < s->n_channels; c++)
        if (s->channel_rows[c] < 0 || (uint32_t)s->channel_rows[c] >= o->n_rows ||
            s->channel_columns[c] < 0 || (uint32_t)s->channel_columns[c] >= o->n_columns)
            return snnfe_fail(SNNFE_ERR_SHAPE,
                              "%s: place (%d, %d) of channel %u is not in the network's %ux%u grid",
                              call, (int)s->channel_rows[c], (int)s->channel_columns[c],
                              (unsigned)c, (unsigned)o->n_rows, (unsigned)o->n_columns);
    return SNNFE_OK;
}

snnfe_status snnfe_network_set_signal(snnfe_network *network, const snnfe_signal *signal)
{
    static const snnfe_signal none = {.struct_size = sizeof none};
    static const char call[] = "snnfe_network_set_signal";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_busy_check(&network->busy, call));
    snnfe_signal adopted;
    SNNFE_TRY(snnfe_options_adopt(&adopted, &none, sizeof adopted, signal, "snnfe_signal"));
    if (adopted.n_channels > 0)
        SNNFE_TRY(check_signal(&adopted));
    SNNFE_TRY(check_shape(call, &network->options, &adopted));
    return snnfe_provenance_set_signal(&network->provenance, &adopted);
}

snnfe_status snnfe_network_get_origin(const snnfe_network *network, snnfe_origin *origin)
{
    static const char call[] = "snnfe_network_get_origin";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_info_check(call, "origin", origin, sizeof *origin));
    snnfe_info_give(origin, &network->provenance.origin, sizeof *origin);
    return SNNFE_OK;
}

snnfe_status snnfe_network_set_origin(snnfe_network *network, const snnfe_origin *origin)
{
    static const snnfe_origin none = {.struct_size = sizeof none};
    static const char call[] = "snnfe_network_set_origin";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "origin", origin));
    SNNFE_TRY(snnfe_busy_check(&network->busy, call));
    snnfe_origin adopted;
    SNNFE_TRY(snnfe_options_adopt(&adopted, &none, sizeof adopted, origin, "snnfe_origin"));
    if (adopted.fold > adopted.n_folds)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_origin.fold is %u of %u folds",
                          (unsigned)adopted.fold, (unsigned)adopted.n_folds);
    SNNFE_TRY(snnfe_check_switch("snnfe_origin", ".incomplete", adopted.incomplete));
    network->provenance.origin = adopted;
    return SNNFE_OK;
}

static snnfe_status check_use(const char *call, int32_t use)
{
    return snnfe_check_choice(call, "use", use, SNNFE_N_TRIAL_USES, "a SNNFE_TRIALS_* value");
}

snnfe_status snnfe_network_trials(const snnfe_network *network, int32_t use, const uint64_t **ids,
                                  const int32_t **subjects, size_t *n)
{
    static const char call[] = "snnfe_network_trials";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "ids", ids));
    SNNFE_TRY(snnfe_check_pointer(call, "n", n));
    SNNFE_TRY(check_use(call, use));
    const snnfe_trial_set *set = &network->provenance.trials[use];
    *ids = set->ids;
    if (subjects)
        *subjects = set->subjects;
    *n = set->n;
    return SNNFE_OK;
}

snnfe_status snnfe_network_add_trials(snnfe_network *network, int32_t use, const uint64_t *ids,
                                      const int32_t *subjects, size_t n)
{
    static const char call[] = "snnfe_network_add_trials";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_array(call, "ids", ids, n));
    SNNFE_TRY(snnfe_check_array(call, "subjects", subjects, n));
    SNNFE_TRY(snnfe_busy_check(&network->busy, call));
    SNNFE_TRY(check_use(call, use));
    return snnfe_trial_set_add(&network->provenance.trials[use], ids, subjects, n);
}
