/* What is said of the events of a data set: counts, log and errors. */
#include "base/format.h"
#include "dataset/dataset_events.h"

size_t snnfe_event_counts_total(const snnfe_event_counts *counts)
{
    size_t total = 0;
    for (int i = 0; i < SNNFE_N_FATES; i++)
        total += counts->fates[i];
    return total;
}

void snnfe_event_counts_describe(const snnfe_event_counts *counts, char *text, size_t size)
{
    static const char *const fates[SNNFE_N_FATES] = {
        [SNNFE_EVENT_USED] = "used",
        [SNNFE_EVENT_OTHER] = "of other names",
        [SNNFE_EVENT_SHORT] = "too short",
        [SNNFE_EVENT_OUTSIDE] = "outside the recording",
        [SNNFE_EVENT_SHARED] = "at the sample of another event of a class"};
    size_t used = (size_t)snnfe_format(text, size, "%zu events", snnfe_event_counts_total(counts));
    for (int i = 0; i < SNNFE_N_FATES; i++)
        if (counts->fates[i] > 0)
            used += (size_t)snnfe_format(text + used, size - used, ", %zu %s", counts->fates[i],
                                         fates[i]);
    if (counts->fates[SNNFE_EVENT_SHORT] > 0)
        used +=
            (size_t)snnfe_format(text + used, size - used,
                                 " (the longest of these trials has %zu samples)", counts->longest);
    used += (size_t)snnfe_format(text + used, size - used, "; names: ");
    snnfe_event_tally_describe(&counts->tally, text + used, size - used);
}

void snnfe_events_tell(const snnfe_event_counts *counts, const snnfe_sink *sink,
                       snnfe_dataset_info *info)
{
    info->n_events = snnfe_event_counts_total(counts);
    info->n_events_used = counts->fates[SNNFE_EVENT_USED];
    info->n_events_other = counts->fates[SNNFE_EVENT_OTHER];
    info->n_events_short = counts->fates[SNNFE_EVENT_SHORT];
    info->n_events_outside = counts->fates[SNNFE_EVENT_OUTSIDE];
    info->n_events_shared = counts->fates[SNNFE_EVENT_SHARED];
    char text[SNNFE_MESSAGE_SIZE / 2];
    snnfe_event_counts_describe(counts, text, sizeof text);
    snnfe_sink_log(sink, SNNFE_LOG_INFO, "%s", text);
}

snnfe_status snnfe_trials_missing(const snnfe_dataset_options *o, const snnfe_event_counts *counts,
                                  const char *who)
{
    char events[SNNFE_MESSAGE_SIZE / 2];
    const unsigned end = o->window_start + o->window_length;
    snnfe_event_counts_describe(counts, events, sizeof events);
    return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                      "%s has no trial of the label set: %s; a window of samples %u…%u at %g Hz "
                      "needs a trial of more than %u samples and a window_limit above %u, which is "
                      "%u",
                      who, events, (unsigned)o->window_start, end - 1, o->sampling_rate_hz, end,
                      end, (unsigned)o->window_limit);
}

snnfe_status snnfe_event_names_check(const snnfe_label_set *set, const snnfe_event_counts *counts,
                                     const snnfe_sink *sink)
{
    const snnfe_dataset_options *o = set->options;
    char names[SNNFE_MESSAGE_SIZE / 2];
    if (o->label_set != SNNFE_LABELS_EVENTS)
        return SNNFE_OK;
    snnfe_event_tally_describe(&counts->tally, names, sizeof names);
    for (uint32_t i = 0; i < o->n_event_names; i++) {
        if (counts->named[i])
            continue;
        if (!o->allow_empty_classes)
            return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                              "event_names[%u], \"%s\", is in no recording that trials are cut "
                              "from; there are %s (allow_empty_classes lets it through)",
                              (unsigned)i, o->event_names[i], names);
        snnfe_sink_log(sink, SNNFE_LOG_WARNING, "event \"%s\" is in no recording; there are %s",
                       o->event_names[i], names);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_classes_check(const snnfe_dataset_options *o, const snnfe_event_counts *counts,
                                 const snnfe_dataset *d, const snnfe_sink *sink)
{
    bool present[SNNFE_MAX_CLASSES] = {false};
    char events[SNNFE_MESSAGE_SIZE / 2];
    for (size_t i = 0; i < d->info.n_trials; i++)
        present[d->labels[i]] = true;
    snnfe_event_counts_describe(counts, events, sizeof events);
    for (uint32_t k = 0; k < d->info.n_classes; k++) {
        if (present[k])
            continue;
        if (!o->allow_empty_classes)
            return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                              "class %u, \"%s\", has no trial: %s (allow_empty_classes lets it "
                              "through)",
                              (unsigned)k, d->class_names[k], events);
        snnfe_sink_log(sink, SNNFE_LOG_WARNING, "class %u, \"%s\", has no trial", (unsigned)k,
                       d->class_names[k]);
    }
    return SNNFE_OK;
}
