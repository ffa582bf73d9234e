#include "dataset/bids_number.h"

#include "base/format.h"
#include "base/memory.h"

#include <string.h>

#define SESSION_STEP 100 /* between the runs of two sessions */
#define MAX_SESSIONS 1000

/* --- selection ------------------------------------------------------------------------------ */

static const char *label_of(const snnfe_bids_tree *tree, size_t i, const char *key)
{
    return snnfe_bids_label(&tree->recordings[i].name, key);
}

static bool has_label(const snnfe_bids_tree *tree, size_t n, const char *key, const char *wanted)
{
    for (size_t i = 0; i < n; i++) {
        const char *label = label_of(tree, i, key);
        if (label && strcmp(label, wanted) == 0)
            return true;
    }
    return false;
}

/* Whether no recording before `i` has its label. */
static bool is_first(const snnfe_bids_tree *tree, size_t i, const char *key)
{
    const char *label = label_of(tree, i, key);
    return label && !has_label(tree, i, key, label);
}

static size_t count_labels(const snnfe_bids_tree *tree, const char *key)
{
    size_t n = 0;
    for (size_t i = 0; i < tree->n; i++)
        n += is_first(tree, i, key);
    return n;
}

/* A message with the labels that there are. */
static snnfe_status fail_labels(snnfe_status status, const snnfe_bids_tree *tree, const char *key,
                                const char *what, const char *wanted)
{
    char labels[400] = "";
    for (size_t i = 0; i < tree->n; i++)
        if (is_first(tree, i, key))
            snnfe_list_name(labels, sizeof labels, label_of(tree, i, key));
    return snnfe_fail(status, "%s: %s%s; the tree has %s", tree->root, what, wanted,
                      labels[0] ? labels : "none");
}

/* Keep the recordings whose label is one of `labels` [n]. */
static void keep_labels(snnfe_bids_tree *tree, const char *key, const char *const *labels, size_t n)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < tree->n; i++) {
        const char *label = label_of(tree, i, key);
        bool wanted = false;
        for (size_t k = 0; label && k < n; k++)
            wanted = wanted || strcmp(label, labels[k]) == 0;
        if (wanted)
            tree->recordings[n_kept++] = tree->recordings[i];
        else
            snnfe_release(tree->recordings[i].path);
    }
    tree->n = n_kept;
}

snnfe_status snnfe_bids_select(snnfe_bids_tree *tree, const snnfe_bids_options *o)
{
    if (!o->task && count_labels(tree, "task") > 1)
        return fail_labels(SNNFE_ERR_ARGUMENT, tree, "task", "which task is not said (task)", "");
    if (o->task && !has_label(tree, tree->n, "task", o->task))
        return fail_labels(SNNFE_ERR_NOT_FOUND, tree, "task", "has no recording of task ", o->task);
    if (o->task)
        keep_labels(tree, "task", &o->task, 1);
    for (size_t k = 0; k < o->n_sessions; k++) {
        if (!o->sessions[k])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_bids_options.sessions[%zu] is NULL", k);
        if (!has_label(tree, tree->n, "ses", o->sessions[k]))
            return fail_labels(SNNFE_ERR_NOT_FOUND, tree, "ses", "has no recording of session ",
                               o->sessions[k]);
    }
    if (o->n_sessions > 0)
        keep_labels(tree, "ses", o->sessions, o->n_sessions);
    return SNNFE_OK;
}

/* --- numbers -------------------------------------------------------------------------------- */

static bool whole(const char *label, int32_t most, int32_t *number)
{
    int64_t value = 0;
    if (!snnfe_parse_int64(label, &value) || value < 1 || value > most)
        return false;
    *number = (int32_t)value;
    return true;
}

/* Whether labels are numbers, and no two the same one ("1" and "01"). */
static bool all_numbers(snnfe_bids_tree *tree)
{
    for (size_t i = 0; i < tree->n; i++) {
        const char *label = label_of(tree, i, "sub");
        if (!whole(label, 999999, &tree->recordings[i].subject))
            return false;
        for (size_t k = 0; k < i; k++)
            if (tree->recordings[k].subject == tree->recordings[i].subject &&
                strcmp(label_of(tree, k, "sub"), label) != 0)
                return false;
    }
    return true;
}

/* From 1, in the order of the recordings, which is that of the labels. */
static void number_subjects(snnfe_bids_tree *tree, const snnfe_sink *sink)
{
    int32_t number = 0;
    for (size_t i = 0; i < tree->n; i++) {
        const char *label = label_of(tree, i, "sub");
        if (i == 0 || strcmp(label, label_of(tree, i - 1, "sub")) != 0) {
            number++;
            snnfe_sink_log(sink, SNNFE_LOG_INFO, "subject %d is sub-%s", (int)number, label);
        }
        tree->recordings[i].subject = number;
    }
}

/* The sessions of a tree, each by a recording that is of it. */
typedef struct sessions {
    size_t n;
    size_t recordings[MAX_SESSIONS];
} sessions;

static snnfe_status list_sessions(const snnfe_bids_tree *tree, sessions *list)
{
    list->n = 0;
    for (size_t i = 0; i < tree->n; i++) {
        if (!is_first(tree, i, "ses"))
            continue;
        if (list->n == MAX_SESSIONS)
            return snnfe_fail(SNNFE_ERR_UNSUPPORTED, "%s: has more than %d sessions", tree->root,
                              MAX_SESSIONS);
        list->recordings[list->n++] = i;
    }
    return SNNFE_OK;
}

/* Place of a session among all, in the order of texts. */
static int32_t rank_of(const snnfe_bids_tree *tree, const sessions *list, const char *session)
{
    int32_t rank = 0;
    for (size_t k = 0; k < list->n; k++)
        rank += strcmp(label_of(tree, list->recordings[k], "ses"), session) < 0;
    return rank;
}

static snnfe_status number_run(const snnfe_bids_tree *tree, const sessions *list,
                               snnfe_bids_recording *r)
{
    const char *run = snnfe_bids_label(&r->name, "run");
    const char *session = snnfe_bids_label(&r->name, "ses");
    r->run = 1;
    if (run && !whole(run, SESSION_STEP - 1, &r->run))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: run is \"%s\", not a number of 1…%d", r->path, run,
                          SESSION_STEP - 1);
    if (session)
        r->run += SESSION_STEP * rank_of(tree, list, session);
    return SNNFE_OK;
}

static snnfe_status check_distinct(const snnfe_bids_tree *tree, size_t i)
{
    const snnfe_bids_recording *r = &tree->recordings[i];
    for (size_t k = 0; k < i; k++)
        if (tree->recordings[k].subject == r->subject && tree->recordings[k].run == r->run)
            return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                              "%s and %s are both run %d of subject %d; what tells them apart is "
                              "neither task, session nor run",
                              tree->recordings[k].path, r->path, (int)r->run, (int)r->subject);
    return SNNFE_OK;
}

static void tell_sessions(const snnfe_bids_tree *tree, const sessions *list, const snnfe_sink *sink)
{
    for (size_t k = 0; k < list->n; k++) {
        const char *session = label_of(tree, list->recordings[k], "ses");
        const int first = SESSION_STEP * (int)rank_of(tree, list, session);
        snnfe_sink_log(sink, SNNFE_LOG_INFO, "runs %d…%d are those of ses-%s", first + 1,
                       first + SESSION_STEP - 1, session);
    }
}

snnfe_status snnfe_bids_number(snnfe_bids_tree *tree, const snnfe_sink *sink)
{
    sessions list;
    SNNFE_TRY(list_sessions(tree, &list));
    if (!all_numbers(tree))
        number_subjects(tree, sink);
    for (size_t i = 0; i < tree->n; i++) {
        SNNFE_TRY(number_run(tree, &list, &tree->recordings[i]));
        SNNFE_TRY(check_distinct(tree, i));
    }
    tell_sessions(tree, &list, sink);
    return SNNFE_OK;
}
