#include "dataset/bids_sidecars.h"

#include "base/file.h"
#include "base/memory.h"
#include "dataset/bids_json.h"
#include "recording/electrodes.h"
#include "recording/tsv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What was found and needs no error. */
static snnfe_status note(snnfe_recording *recording, const char *path, const char *what)
{
    snnfe_text_append(&recording->notes, "%s: %s\n", path, what);
    return recording->notes.failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
}

/* A table beside a recording; `*path` is NULL if there is none. The path outlives the table. */
static snnfe_status read_table(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                               const char *suffix, char **path, snnfe_tsv *tsv)
{
    *tsv = (snnfe_tsv){0};
    SNNFE_TRY(snnfe_bids_nearest(tree, r, suffix, ".tsv", path));
    return *path ? snnfe_tsv_read(tsv, *path) : SNNFE_OK;
}

static void release_table(char *path, snnfe_tsv *tsv)
{
    snnfe_tsv_release(tsv);
    snnfe_release(path);
}

/* --- events.tsv ----------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const snnfe_event *x = a, *y = b;
    if (x->onset_s < y->onset_s || x->onset_s > y->onset_s)
        return x->onset_s < y->onset_s ? -1 : 1;
    return (x->text > y->text) - (x->text < y->text); /* their order in the file */
}

/* Rows without a name, "n/a", are no events. */
static snnfe_status fill_events(const snnfe_tsv *tsv, size_t onset, size_t name,
                                snnfe_event *events, size_t *n)
{
    for (size_t row = 0; row < tsv->n_rows; row++) {
        SNNFE_TRY(snnfe_tsv_number(tsv, row, onset, &events[*n].onset_s));
        events[*n].text = snnfe_tsv_cell(tsv, row, name);
        *n += events[*n].text != NULL;
    }
    qsort(events, *n, sizeof *events, by_time);
    return SNNFE_OK;
}

/* Events whose names lie in the table's text, which the recording then owns. */
static snnfe_status take_events(snnfe_tsv *tsv, const char *column, snnfe_recording *recording)
{
    size_t onset = 0, duration = 0, name = 0, n = 0;
    SNNFE_TRY(snnfe_tsv_require(tsv, "onset", &onset));
    SNNFE_TRY(snnfe_tsv_require(tsv, "duration", &duration));
    SNNFE_TRY(snnfe_tsv_require(tsv, column, &name));
    snnfe_event *events = snnfe_alloc(tsv->n_rows, sizeof *events);
    if (!events)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = fill_events(tsv, onset, name, events, &n);
    if (status != SNNFE_OK) {
        snnfe_release(events);
        return status;
    }
    snnfe_release(recording->events);
    snnfe_release(recording->event_texts);
    recording->events = events;
    recording->n_events = n;
    recording->event_texts = tsv->text;
    tsv->text = NULL;
    return SNNFE_OK;
}

snnfe_status snnfe_bids_events(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                               const char *column, snnfe_recording *recording)
{
    char *path = NULL;
    snnfe_tsv tsv;
    snnfe_status status = read_table(tree, r, "events", &path, &tsv);
    if (status == SNNFE_OK && !path)
        status =
            snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: has no events.tsv beside it or above", r->path);
    if (status == SNNFE_OK)
        status = take_events(&tsv, column, recording);
    release_table(path, &tsv);
    return status;
}

/* --- channels.tsv --------------------------------------------------------------------------- */

typedef struct channel_table {
    snnfe_tsv tsv;
    size_t name, type;
} channel_table;

/* What BIDS demands of the table, so that a table of something else is noticed. */
static snnfe_status find_columns(channel_table *t)
{
    size_t units = 0;
    SNNFE_TRY(snnfe_tsv_require(&t->tsv, "name", &t->name));
    SNNFE_TRY(snnfe_tsv_require(&t->tsv, "type", &t->type));
    SNNFE_TRY(snnfe_tsv_require(&t->tsv, "units", &units));
    for (size_t row = 0; row < t->tsv.n_rows; row++)
        if (!snnfe_tsv_cell(&t->tsv, row, t->name))
            return snnfe_tsv_fail(&t->tsv, row, t->name, "no name of a channel");
    return SNNFE_OK;
}

/* The name in a row of type EEG, or NULL. */
static const char *eeg_label(const void *context, size_t row)
{
    const channel_table *t = context;
    const char *type = snnfe_tsv_cell(&t->tsv, row, t->type);
    return type && (strcmp(type, "EEG") == 0 || strcmp(type, "eeg") == 0)
               ? snnfe_tsv_cell(&t->tsv, row, t->name)
               : NULL;
}

snnfe_status snnfe_bids_electrodes(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                                   const snnfe_positions *positions, snnfe_channels *channels,
                                   bool *told)
{
    char *path = NULL;
    channel_table t = {0};
    snnfe_status status = read_table(tree, r, "channels", &path, &t.tsv);
    *told = path != NULL;
    if (status == SNNFE_OK && path)
        status = find_columns(&t);
    if (status == SNNFE_OK && path) {
        const snnfe_channel_list list = {path, t.tsv.n_rows, eeg_label, &t};
        status = snnfe_channels_electrodes(&list, positions, channels);
    }
    release_table(path, &t.tsv);
    return status;
}

/* The channels that are read of a label, as bits. */
static uint64_t channels_of(const snnfe_channels *channels, const char *label)
{
    char plain[SNNFE_NAME_SIZE], electrode[SNNFE_NAME_SIZE];
    uint64_t bits = 0;
    snnfe_channel_name_plain(label, plain);
    snnfe_electrode_name(label, electrode);
    for (size_t c = 0; c < channels->n; c++)
        if (strcmp(channels->names[c], plain) == 0 || strcmp(channels->names[c], electrode) == 0)
            bits |= UINT64_C(1) << c;
    return bits;
}

static snnfe_status find_bad_rows(const channel_table *t, const snnfe_channels *channels,
                                  const char *what, snnfe_recording *recording, uint64_t *bad)
{
    size_t column = 0;
    if (!snnfe_tsv_find(&t->tsv, "status", &column))
        return SNNFE_OK;
    for (size_t row = 0; row < t->tsv.n_rows; row++) {
        const char *state = snnfe_tsv_cell(&t->tsv, row, column);
        const char *label = snnfe_tsv_cell(&t->tsv, row, t->name);
        const uint64_t bits = channels_of(channels, label);
        if (!state || strcmp(state, "bad") != 0 || bits == 0)
            continue;
        *bad |= bits;
        snnfe_text_append(&recording->notes,
                          "%s: row %zu, column \"status\": channel \"%.40s\" is bad, and %s\n",
                          t->tsv.path, row + 2, label, what);
    }
    return recording->notes.failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
}

snnfe_status snnfe_bids_find_bad(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                                 const snnfe_channels *channels, const char *what,
                                 snnfe_recording *recording, uint64_t *bad)
{
    char *path = NULL;
    channel_table t = {0};
    *bad = 0;
    snnfe_status status = read_table(tree, r, "channels", &path, &t.tsv);
    if (status == SNNFE_OK && path)
        status = find_columns(&t);
    if (status == SNNFE_OK)
        status = path ? find_bad_rows(&t, channels, what, recording, bad)
                      : note(recording, r->path, "has no channels.tsv; its labels say what is EEG");
    release_table(path, &t.tsv);
    return status;
}

/* --- eeg.json ------------------------------------------------------------------------------- */

static snnfe_status compare_rates(const snnfe_bids_json *json, const snnfe_recording *r)
{
    const char *path = NULL;
    double said = 0;
    SNNFE_TRY(snnfe_bids_json_positive(json, "SamplingFrequency", &said, &path));
    if (fabs(said - r->recorded_hz) <= 1e-3 * r->recorded_hz)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_FORMAT,
                      "%s: \"SamplingFrequency\" is %.10g, but the recording has %.10g Hz", path,
                      said, r->recorded_hz);
}

snnfe_status snnfe_bids_check_rate(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                                   snnfe_recording *recording)
{
    snnfe_bids_json json;
    snnfe_status status = snnfe_bids_json_open(&json, tree, r, "eeg", "");
    if (status == SNNFE_OK)
        status = json.files.n > 0 ? compare_rates(&json, recording)
                                  : note(recording, r->path, "has no eeg.json beside it or above");
    snnfe_bids_json_close(&json);
    return status;
}

static snnfe_status find_line(const snnfe_bids_json *json, const snnfe_bids_recording *r,
                              double *line_hz)
{
    const char *path = NULL;
    if (json->files.n == 0)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                          "%s: has no eeg.json beside it or above: name the frequency of the notch",
                          r->path);
    const json_t *said = snnfe_bids_json_get(json, "PowerLineFrequency", &path);
    *line_hz = json_is_number(said) ? json_number_value(said) : 0;
    if (*line_hz > 0)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_FORMAT,
                      "%s: has no number \"PowerLineFrequency\" above 0 (\"n/a\" is none): name "
                      "the frequency of the notch",
                      path);
}

snnfe_status snnfe_bids_line(const snnfe_bids_tree *tree, const snnfe_bids_recording *r,
                             double *line_hz)
{
    snnfe_bids_json json;
    snnfe_status status = snnfe_bids_json_open(&json, tree, r, "eeg", "");
    if (status == SNNFE_OK)
        status = find_line(&json, r, line_hz);
    snnfe_bids_json_close(&json);
    return status;
}

/* --- participants.tsv ----------------------------------------------------------------------- */

static bool has_recording(const snnfe_bids_tree *tree, const char *participant)
{
    for (size_t i = 0; i < tree->n; i++)
        if (strcmp(snnfe_bids_label(&tree->recordings[i].name, "sub"), participant) == 0)
            return true;
    return false;
}

static snnfe_status compare_participants(const snnfe_bids_tree *tree, const snnfe_tsv *tsv,
                                         const snnfe_sink *sink)
{
    size_t column = 0;
    SNNFE_TRY(snnfe_tsv_require(tsv, "participant_id", &column));
    for (size_t row = 0; row < tsv->n_rows; row++) {
        const char *id = snnfe_tsv_cell(tsv, row, column);
        if (!id || strncmp(id, "sub-", 4) != 0)
            return snnfe_tsv_fail(tsv, row, column, "no participant, as sub-01 is one");
        if (!has_recording(tree, id + 4))
            snnfe_sink_log(sink, SNNFE_LOG_WARNING,
                           "%s: row %zu: %.60s has no recording that was asked for", tsv->path,
                           row + 2, id);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_bids_participants(const snnfe_bids_tree *tree, const snnfe_sink *sink)
{
    snnfe_text path = {0};
    snnfe_tsv tsv = {0};
    snnfe_text_append(&path, "%s/participants.tsv", tree->root);
    snnfe_status status = path.failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
    if (status == SNNFE_OK && snnfe_file_exists(path.data)) {
        status = snnfe_tsv_read(&tsv, path.data);
        if (status == SNNFE_OK)
            status = compare_participants(tree, &tsv, sink);
    }
    snnfe_tsv_release(&tsv);
    snnfe_text_release(&path);
    return status;
}
