#include "trainer/familiar.h"

#include "base/check.h"
#include "base/memory.h"
#include "network/signal_match.h"

#include <snnfe/trainer.h>
#include <string.h>

/* --- the signal ----------------------------------------------------------------------------- */

snnfe_status snnfe_familiar_check_signal(const char *call, const snnfe_network *network,
                                         const snnfe_dataset *dataset, bool allow,
                                         const snnfe_sink *sink)
{
    const snnfe_signal *known = &network->provenance.signal;
    if (known->n_channels == 0)
        return SNNFE_OK;
    snnfe_difference found;
    if (!snnfe_signals_differ(snnfe_dataset_about(dataset).signal, known, &found))
        return SNNFE_OK;
    if (!allow)
        return snnfe_fail(SNNFE_ERR_SHAPE,
                          "%s: %s is %s in the data set, %s in what the network was trained on "
                          "(allow_mismatch goes on all the same)",
                          call, found.field, found.given, found.known);
    snnfe_sink_log(sink, SNNFE_LOG_WARNING,
                   "%s is %s in the data set, %s in what the network was trained on", found.field,
                   found.given, found.known);
    return SNNFE_OK;
}

snnfe_status snnfe_familiar_record_signal(snnfe_network *network, const snnfe_dataset *dataset)
{
    return snnfe_provenance_set_signal(&network->provenance, snnfe_dataset_about(dataset).signal);
}

/* --- trials --------------------------------------------------------------------------------- */

static size_t trial_at(const snnfe_selection *s, size_t i)
{
    return s->indices ? (size_t)s->indices[i] : i;
}

/* Trials of the set, and whose the first of them is. */
static size_t count_in(const snnfe_trial_set *set, const snnfe_selection *s, int32_t *subject)
{
    const uint64_t *ids = snnfe_dataset_about(s->dataset).trial_ids;
    size_t n = 0;
    for (size_t i = 0; set->n > 0 && i < s->n; i++) {
        const size_t trial = trial_at(s, i);
        if (snnfe_trial_set_has(set, ids[trial]) && n++ == 0)
            *subject = snnfe_dataset_about(s->dataset).subjects[trial];
    }
    return n;
}

static const snnfe_trial_set *trained_of(const snnfe_network *network)
{
    return &network->provenance.trials[SNNFE_TRIALS_TRAINED];
}

size_t snnfe_familiar_count(const snnfe_network *network, const snnfe_selection *selection)
{
    int32_t subject = 0;
    return count_in(trained_of(network), selection, &subject);
}

void snnfe_familiar_mark(const snnfe_network *network, const snnfe_selection *s, uint8_t *seen)
{
    const uint64_t *ids = snnfe_dataset_about(s->dataset).trial_ids;
    for (size_t i = 0; i < s->n; i++)
        seen[i] = snnfe_trial_set_has(trained_of(network), ids[trial_at(s, i)]);
}

static snnfe_status check_not_in(const snnfe_trial_set *set, const char *call, const char *list,
                                 const char *what, const snnfe_selection *selection, bool allow,
                                 const snnfe_sink *sink)
{
    int32_t subject = 0;
    const size_t n = count_in(set, selection, &subject);
    if (n == 0)
        return SNNFE_OK;
    if (!allow)
        return snnfe_fail(SNNFE_ERR_OVERLAP,
                          "%s: %zu of %zu %s trials, the first of subject %d, %s (allow_seen goes "
                          "on all the same)",
                          call, n, selection->n, list, (int)subject, what);
    snnfe_sink_log(sink, SNNFE_LOG_WARNING, "%zu of %zu %s trials, the first of subject %d, %s", n,
                   selection->n, list, (int)subject, what);
    return SNNFE_OK;
}

snnfe_status snnfe_familiar_check_unseen(const char *call, const char *list,
                                         const snnfe_network *network,
                                         const snnfe_selection *selection, bool allow,
                                         const snnfe_sink *sink)
{
    return check_not_in(trained_of(network), call, list, "trained the network", selection, allow,
                        sink);
}

/* Of the trials of a selection; subjects and ids are the caller's to release. */
static snnfe_status list_trials(const snnfe_selection *s, uint64_t **ids, int32_t **subjects)
{
    *ids = snnfe_alloc(s->n, sizeof **ids);
    *subjects = snnfe_alloc(s->n, sizeof **subjects);
    if (!*ids || !*subjects)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < s->n; i++) {
        (*ids)[i] = snnfe_dataset_about(s->dataset).trial_ids[trial_at(s, i)];
        (*subjects)[i] = snnfe_dataset_about(s->dataset).subjects[trial_at(s, i)];
    }
    return SNNFE_OK;
}

static snnfe_status add_trials(snnfe_trial_set *set, const snnfe_selection *s)
{
    uint64_t *ids = NULL;
    int32_t *subjects = NULL;
    snnfe_status status = list_trials(s, &ids, &subjects);
    if (status == SNNFE_OK)
        status = snnfe_trial_set_add(set, ids, subjects, s->n);
    snnfe_release(ids);
    snnfe_release(subjects);
    return status;
}

snnfe_status snnfe_familiar_check_apart(const char *call, const char *list,
                                        const snnfe_selection *train,
                                        const snnfe_selection *selection, bool allow,
                                        const snnfe_sink *sink)
{
    snnfe_trial_set set = {0};
    snnfe_status status = add_trials(&set, train);
    if (status == SNNFE_OK)
        status = check_not_in(&set, call, list, "have windows among those that train", selection,
                              allow, sink);
    snnfe_trial_set_release(&set);
    return status;
}

snnfe_status snnfe_familiar_record_trials(snnfe_network *network, int32_t use,
                                          const snnfe_selection *selection)
{
    return add_trials(&network->provenance.trials[use], selection);
}
