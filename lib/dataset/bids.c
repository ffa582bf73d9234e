/* Data sets from BIDS trees: recordings with the events, channels and rates of their sidecars. */
#include "base/check.h"
#include "base/floating.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/options.h"
#include "dataset/bad_channels.h"
#include "dataset/bids_electrodes.h"
#include "dataset/bids_sidecars.h"
#include "dataset/bids_tree.h"
#include "dataset/dataset_build.h"
#include "dataset/dataset_internal.h"

#include <snnfe/bids.h>
#include <stdarg.h>
#include <string.h>

#define MAX_MISSING 5000 /* bytes of what says that a run is missing, with the tree's path */

static const char struct_name[] = "snnfe_bids_options";

static const snnfe_bids_options default_options = {.struct_size = sizeof(snnfe_bids_options)};

snnfe_status snnfe_bids_options_init(snnfe_bids_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

typedef struct bids_source {
    snnfe_bids_options bids;
    snnfe_bids_tree tree;
    size_t n_there; /* the list's first, which the tree has; what is missing comes after them */
    size_t *chosen; /* [n_there] places in the tree */
    snnfe_dataset_plan plan;
    snnfe_recording_list list;
} bids_source;

/* --- which recordings ----------------------------------------------------------------------- */

static snnfe_status check_subjects(const bids_source *s)
{
    const snnfe_dataset_options *o = &s->plan.options;
    for (size_t k = 0; k < o->n_subjects; k++) {
        bool there = false;
        for (size_t i = 0; i < s->tree.n; i++)
            there = there || s->tree.recordings[i].subject == o->subjects[k];
        if (!there)
            return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: has no recording of subject %d",
                              s->tree.root, (int)o->subjects[k]);
    }
    return SNNFE_OK;
}

static bool is_wanted(const bids_source *s, const snnfe_bids_recording *r)
{
    const snnfe_dataset_options *o = &s->plan.options;
    if (o->subjects && !snnfe_is_listed(o->subjects, o->n_subjects, r->subject))
        return false;
    if (snnfe_label_set_uses_run(&s->plan.labels, r->run))
        return true;
    return o->normalization == SNNFE_NORMALIZE_ALL &&
           (!o->statistics_runs ||
            snnfe_is_listed(o->statistics_runs, o->n_statistics_runs, r->run));
}

/* Whether the tree has a run of a subject, or, for subject 0, of any that is asked for. */
static bool has_run(const bids_source *s, int32_t subject, int32_t run)
{
    const snnfe_dataset_options *o = &s->plan.options;
    for (size_t i = 0; i < s->tree.n; i++) {
        const snnfe_bids_recording *r = &s->tree.recordings[i];
        const bool asked =
            subject ? r->subject == subject
                    : !o->subjects || snnfe_is_listed(o->subjects, o->n_subjects, r->subject);
        if (asked && r->run == run)
            return true;
    }
    return false;
}

/* What is missing has no path: it is listed by what it is. */
SNNFE_PRINTF(3, 4)
static snnfe_status list_as_missing(bids_source *s, int32_t subject, const char *format, ...)
{
    char name[MAX_MISSING];
    va_list arguments;
    va_start(arguments, format);
    const int length = snnfe_vformat(name, sizeof name, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof name)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%.100s…: path is too long", s->tree.root);
    return snnfe_recording_list_add(&s->list, name, subject, 0);
}

/* Runs that trials are cut from are a choice among those that there are, of any subject. */
static snnfe_status list_missing_runs(bids_source *s)
{
    const snnfe_dataset_options *o = &s->plan.options;
    for (size_t k = 0; o->runs && k < o->n_runs; k++)
        if (!has_run(s, 0, o->runs[k]))
            SNNFE_TRY(list_as_missing(s, s->list.subjects[0], "%s: run %d (runs)", s->tree.root,
                                      (int)o->runs[k]));
    return SNNFE_OK;
}

/* Runs for statistics are wanted of every subject. */
static snnfe_status list_missing_statistics(bids_source *s)
{
    const snnfe_dataset_options *o = &s->plan.options;
    if (o->normalization != SNNFE_NORMALIZE_ALL || !o->statistics_runs)
        return SNNFE_OK;
    for (size_t i = 0; i < s->tree.n; i++) {
        const int32_t subject = s->tree.recordings[i].subject;
        bool first = !o->subjects || snnfe_is_listed(o->subjects, o->n_subjects, subject);
        for (size_t k = 0; k < i; k++)
            first = first && s->tree.recordings[k].subject != subject;
        for (size_t k = 0; first && k < o->n_statistics_runs; k++)
            if (!has_run(s, subject, o->statistics_runs[k]))
                SNNFE_TRY(list_as_missing(s, subject, "%s: run %d of subject %d (statistics_runs)",
                                          s->tree.root, (int)o->statistics_runs[k], (int)subject));
    }
    return SNNFE_OK;
}

static snnfe_status list_recordings(bids_source *s)
{
    const snnfe_dataset_options *o = &s->plan.options;
    SNNFE_TRY(check_subjects(s));
    SNNFE_TRY(
        snnfe_recording_list_reserve(&s->list, s->tree.n * (1 + o->n_runs + o->n_statistics_runs)));
    s->chosen = snnfe_alloc(s->tree.n, sizeof *s->chosen);
    if (!s->chosen)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < s->tree.n; i++) {
        const snnfe_bids_recording *r = &s->tree.recordings[i];
        if (!is_wanted(s, r))
            continue;
        s->chosen[s->list.n] = i;
        SNNFE_TRY(snnfe_recording_list_add(&s->list, r->path, r->subject, r->run));
    }
    if (s->list.n == 0)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: has none of the runs asked for", s->tree.root);
    s->n_there = s->list.n;
    SNNFE_TRY(list_missing_runs(s));
    return list_missing_statistics(s);
}

/* --- reading -------------------------------------------------------------------------------- */

/* Electrodes that are only read for the common reference are left out of it, nothing else. */
static snnfe_status treat_bad_channels(const bids_source *s, const snnfe_bids_recording *r,
                                       snnfe_recording *recording)
{
    const bool replaces = s->bids.bad_channels == SNNFE_BAD_CHANNELS_INTERPOLATED;
    const snnfe_channels *channels = &s->plan.cleaning.inputs;
    uint64_t bad = 0, replaced = 0;
    SNNFE_TRY(snnfe_bids_find_bad(&s->tree, r, channels, replaces ? "is interpolated" : "is used",
                                  recording, &bad));
    recording->doubtful |= bad;
    for (size_t c = 0; replaces && c < s->plan.cleaning.layout.shape.n_inputs; c++)
        replaced |= bad & UINT64_C(1) << c;
    return snnfe_bad_channels_replace(recording, r->path, channels, &s->plan.positions, replaced);
}

static snnfe_status load_recording(void *context, size_t index, snnfe_recording *recording,
                                   bool *missing)
{
    const bids_source *s = context;
    const snnfe_dataset_options *o = &s->plan.options;
    if (index >= s->n_there) {
        *missing = true;
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: is missing", s->list.paths[index]);
    }
    const snnfe_bids_recording *r = &s->tree.recordings[s->chosen[index]];
    SNNFE_TRY(snnfe_recording_read(r->path, &s->plan.cleaning.inputs,
                                   o->resample ? 0 : o->sampling_rate_hz, o->strict != 0,
                                   recording));
    SNNFE_TRY(snnfe_bids_check_rate(&s->tree, r, recording));
    SNNFE_TRY(treat_bad_channels(s, r, recording));
    const char *column = s->bids.event_column ? s->bids.event_column : "trial_type";
    return snnfe_label_set_uses_run(&s->plan.labels, r->run)
               ? snnfe_bids_events(&s->tree, r, column, recording)
               : SNNFE_OK;
}

static snnfe_status find_electrodes(void *context, snnfe_channels *channels)
{
    const bids_source *s = context;
    const snnfe_bids_recording *first = &s->tree.recordings[s->chosen[0]];
    bool told = false;
    SNNFE_TRY(snnfe_bids_electrodes(&s->tree, first, &s->plan.positions, channels, &told));
    if (told)
        return SNNFE_OK;
    return snnfe_recording_electrodes(first->path, s->plan.options.strict != 0, &s->plan.positions,
                                      channels);
}

/* --- where electrodes are ------------------------------------------------------------------- */

/* Those of the first recording say where channels go; the tables of others, each once, are only
   compared with the names. */
static snnfe_status read_positions(bids_source *s, const snnfe_sink *sink)
{
    snnfe_status status = SNNFE_OK;
    char *last = NULL;
    for (size_t i = 0; status == SNNFE_OK && i < s->n_there; i++) {
        const snnfe_bids_recording *r = &s->tree.recordings[s->chosen[i]];
        char *table = NULL;
        status = snnfe_bids_nearest(&s->tree, r, "electrodes", ".tsv", &table);
        const bool same = table && last && strcmp(table, last) == 0;
        snnfe_positions others = {0}, *into = i == 0 ? &s->plan.positions : &others;
        if (status == SNNFE_OK && (i == 0 || (table && !same)))
            status = snnfe_bids_positions_read(into, &s->tree, r, s->bids.places, i > 0, sink);
        snnfe_positions_release(&others);
        snnfe_release(last);
        last = table;
    }
    snnfe_release(last);
    return status;
}

/* The notch's frequency by the sidecars, if the options leave it to them. */
static snnfe_status find_line(bids_source *s)
{
    double *line_hz = &s->plan.options.notch_hz;
    if (!snnfe_notch_is_auto(&s->plan.options))
        return SNNFE_OK;
    for (size_t i = 0; i < s->n_there; i++) {
        const snnfe_bids_recording *r = &s->tree.recordings[s->chosen[i]];
        double said = 0;
        SNNFE_TRY(snnfe_bids_line(&s->tree, r, &said));
        if (i > 0 && (said < *line_hz || said > *line_hz))
            return snnfe_fail(SNNFE_ERR_FORMAT,
                              "%s: \"PowerLineFrequency\" is %g Hz, that of %s %g Hz: name the "
                              "frequency of the notch",
                              r->path, said, s->list.paths[0], *line_hz);
        *line_hz = said;
    }
    return SNNFE_OK;
}

static snnfe_status open_tree(snnfe_dataset **dataset, bids_source *s, const char *root)
{
    const snnfe_dataset_options *o = &s->plan.options;
    const snnfe_sink sink = {o->log, o->progress, o->user_data};
    const snnfe_electrode_source electrodes = {find_electrodes, s};
    const snnfe_recording_source source = {load_recording, s};
    SNNFE_TRY(snnfe_bids_tree_read(&s->tree, root, &s->bids, &sink));
    SNNFE_TRY(snnfe_bids_participants(&s->tree, &sink));
    SNNFE_TRY(list_recordings(s));
    SNNFE_TRY(find_line(s));
    SNNFE_TRY(read_positions(s, &sink));
    SNNFE_TRY(snnfe_dataset_plan_channels(&s->plan, &electrodes));
    return snnfe_dataset_build(dataset, &s->plan, &source, &s->list);
}

static snnfe_status take_options(bids_source *s, const snnfe_bids_options *bids,
                                 const snnfe_dataset_options *options)
{
    SNNFE_TRY(snnfe_options_adopt(&s->bids, &default_options, sizeof s->bids, bids, struct_name));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".bad_channels", s->bids.bad_channels, 2,
                                 "USED or INTERPOLATED"));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".places", s->bids.places, 3,
                                 "CHECKED, NAMES or COORDINATES"));
    SNNFE_TRY(snnfe_check_array(struct_name, ".sessions", s->bids.sessions, s->bids.n_sessions));
    SNNFE_TRY(snnfe_dataset_plan_make(&s->plan, options));
    if (s->plan.options.label_set != SNNFE_LABELS_EVENTS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_options.label_set is %d: a BIDS tree needs EVENTS, with "
                          "event_names and event_labels",
                          (int)s->plan.options.label_set);
    if (!s->plan.options.channel_names && s->plan.options.normalization == SNNFE_NORMALIZE_GIVEN)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_dataset_options: statistics that are GIVEN need channel_names");
    s->plan.options.electrodes = SNNFE_ELECTRODES_FOUND;
    return SNNFE_OK;
}

static snnfe_status dataset_open_bids(snnfe_dataset **dataset, const char *root,
                                      const snnfe_bids_options *bids,
                                      const snnfe_dataset_options *options)
{
    static const char call[] = "snnfe_dataset_open_bids";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(call, "root", root));
    *dataset = NULL;
    bids_source s = {0};
    SNNFE_TRY(take_options(&s, bids, options));
    const snnfe_status status = open_tree(dataset, &s, root);
    snnfe_recording_list_release(&s.list);
    snnfe_positions_release(&s.plan.positions);
    snnfe_release(s.chosen);
    snnfe_bids_tree_release(&s.tree);
    return status;
}

snnfe_status snnfe_dataset_open_bids(snnfe_dataset **dataset, const char *root,
                                     const snnfe_bids_options *bids,
                                     const snnfe_dataset_options *options)
{
    SNNFE_RETURN_COMPUTED(dataset_open_bids(dataset, root, bids, options));
}
