#include "recording/event_list.h"

#include "base/memory.h"
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* A day of ten a second; they take some 100 bytes each while they are read. */
#define MOST_EVENTS 1000000

static snnfe_status make_room(snnfe_event_list *list, size_t size)
{
    if (list->n == list->capacity) {
        const size_t capacity = 2 * list->capacity + 64;
        snnfe_listed_event *grown =
            snnfe_realloc(list->events, list->capacity, capacity, sizeof *list->events);
        if (!grown)
            return SNNFE_ERR_MEMORY;
        list->events = grown;
        list->capacity = capacity;
    }
    if (list->text_capacity - list->text_size < 2 * size + 1) {
        const size_t capacity = 2 * list->text_capacity + 2 * size + 256;
        char *grown = snnfe_realloc(list->texts, list->text_capacity, capacity, 1);
        if (!grown)
            return SNNFE_ERR_MEMORY;
        list->texts = grown;
        list->text_capacity = capacity;
    }
    return SNNFE_OK;
}

snnfe_status snnfe_event_list_add(snnfe_event_list *list, double onset_s, const char *text,
                                  size_t size)
{
    if (list->n == MOST_EVENTS)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has more than %d annotations", list->path,
                          MOST_EVENTS);
    SNNFE_TRY(make_room(list, size));
    size_t length = 0;
    list->n_latin1 += !snnfe_utf8_copy(list->texts + list->text_size, text, size, &length);
    list->events[list->n++] = (snnfe_listed_event){onset_s, list->text_size};
    list->text_size += length + 1;
    return SNNFE_OK;
}

/* --- order ---------------------------------------------------------------------------------- */

static int by_place(const snnfe_event *x, const snnfe_event *y)
{
    return (x->text > y->text) - (x->text < y->text);
}

static int by_time(const snnfe_event *x, const snnfe_event *y)
{
    return (x->onset_s > y->onset_s) - (x->onset_s < y->onset_s);
}

static int by_time_and_text(const void *a, const void *b)
{
    const snnfe_event *x = a, *y = b;
    const int time = by_time(x, y), text = strcmp(x->text, y->text);
    return time ? time : text ? text : by_place(x, y);
}

static int by_time_and_place(const void *a, const void *b)
{
    const snnfe_event *x = a, *y = b;
    const int time = by_time(x, y);
    return time ? time : by_place(x, y);
}

/* Two signals or tables may hold the same cues. */
static size_t drop_doubled(snnfe_event *events, size_t n)
{
    size_t kept = 0;
    qsort(events, n, sizeof *events, by_time_and_text);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || by_time(&events[kept - 1], &events[i]) != 0 ||
            strcmp(events[kept - 1].text, events[i].text) != 0)
            events[kept++] = events[i];
    qsort(events, kept, sizeof *events, by_time_and_place);
    return kept;
}

snnfe_status snnfe_event_list_give(snnfe_event_list *list, double first_s,
                                   snnfe_recording *recording, size_t *n_doubled)
{
    recording->events = snnfe_alloc(list->n, sizeof *recording->events);
    if (!recording->events)
        return SNNFE_ERR_MEMORY;
    recording->event_texts = list->texts;
    list->texts = NULL;
    for (size_t i = 0; i < list->n; i++)
        recording->events[i] = (snnfe_event){list->events[i].onset_s - first_s,
                                             recording->event_texts + list->events[i].text};
    recording->n_events = list->n > 0 ? drop_doubled(recording->events, list->n) : 0;
    *n_doubled = list->n - recording->n_events;
    return SNNFE_OK;
}

void snnfe_event_list_release(snnfe_event_list *list)
{
    snnfe_release(list->events);
    snnfe_release(list->texts);
    *list = (snnfe_event_list){0};
}
