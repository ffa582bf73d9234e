#include "recording/brainvision_markers.h"

#include "base/format.h"
#include "recording/event_list.h"

#include <string.h>

/* Two fields and a position come first: "Stimulus,S  1,487,1,0". */
typedef struct marker {
    const char *type, *description;
    size_t type_size, description_size;
    uint64_t position; /* samples, from 1 */
} marker;

static snnfe_status bad_marker(const snnfe_ini *ini, const snnfe_ini_entry *e, const char *what)
{
    char quoted[SNNFE_QUOTE_SIZE];
    snnfe_quote(quoted, e->value, strlen(e->value));
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: line %zu: %.20s is \"%s\", %s", ini->path, e->line,
                      e->key, quoted, what);
}

static snnfe_status read_marker(const snnfe_ini *ini, const snnfe_ini_entry *e, marker *m)
{
    const char *first = strchr(e->value, ','), *second = first ? strchr(first + 1, ',') : NULL;
    if (!second)
        return bad_marker(ini, e, "not a type, a description and a position between commas");
    char position[24];
    const size_t n = strcspn(second + 1, ",");
    snnfe_format(position, sizeof position, "%.*s", (int)n, second + 1);
    *m = (marker){.type = e->value,
                  .type_size = (size_t)(first - e->value),
                  .description = first + 1,
                  .description_size = (size_t)(second - first - 1)};
    if (n >= sizeof position || !snnfe_parse_uint64(position, &m->position) || m->position < 1 ||
        m->position > INT32_MAX)
        return bad_marker(ini, e, "whose position is not a sample, counted from 1");
    return SNNFE_OK;
}

/* Commas of a text are "\1" in the file. */
static void append_text(snnfe_text *text, const char *from, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const bool comma = from[i] == '\\' && i + 1 < n && from[i + 1] == '1';
        snnfe_text_append(text, "%c", comma ? ',' : from[i]);
        i += comma;
    }
}

static snnfe_status add_marker(snnfe_event_list *list, const marker *m, double sampling_rate_hz)
{
    snnfe_text text = {0};
    append_text(&text, m->type, m->type_size);
    snnfe_text_append(&text, "/");
    append_text(&text, m->description, m->description_size);
    const double onset_s = (double)(m->position - 1) / sampling_rate_hz;
    const snnfe_status status =
        text.failed ? SNNFE_ERR_MEMORY : snnfe_event_list_add(list, onset_s, text.data, text.size);
    snnfe_text_release(&text);
    return status;
}

static bool begins_segment(const marker *m)
{
    return m->type_size == 11 && memcmp(m->type, "New Segment", 11) == 0;
}

static snnfe_status list_markers(const snnfe_ini *ini, double sampling_rate_hz,
                                 snnfe_event_list *list)
{
    for (size_t i = 0; i < ini->n; i++) {
        const snnfe_ini_entry *e = &ini->entries[i];
        marker m;
        if (!snnfe_ini_same(e->section, "Marker Infos"))
            continue;
        SNNFE_TRY(read_marker(ini, e, &m));
        if (begins_segment(&m) && m.position > 1)
            return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                              "%s: line %zu: is discontinuous: a new segment begins at sample %llu",
                              ini->path, e->line, (unsigned long long)m.position);
        if (!begins_segment(&m))
            SNNFE_TRY(add_marker(list, &m, sampling_rate_hz));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_brainvision_markers_take(const snnfe_ini *ini, double sampling_rate_hz,
                                            snnfe_recording *recording, size_t *n_doubled)
{
    snnfe_event_list list = {.path = ini->path};
    snnfe_status status = snnfe_ini_note_latin1(ini, &recording->notes);
    if (status == SNNFE_OK)
        status = list_markers(ini, sampling_rate_hz, &list);
    if (status == SNNFE_OK)
        status = snnfe_event_list_give(&list, 0, recording, n_doubled);
    snnfe_event_list_release(&list);
    return status;
}

snnfe_status snnfe_brainvision_markers_read(const char *path, double sampling_rate_hz,
                                            snnfe_recording *recording, size_t *n_doubled)
{
    snnfe_ini ini;
    SNNFE_TRY(snnfe_ini_read(&ini, path, "Marker"));
    const snnfe_status status =
        snnfe_brainvision_markers_take(&ini, sampling_rate_hz, recording, n_doubled);
    snnfe_ini_release(&ini);
    return status;
}
