/* Events while a recording is read. */
#ifndef SNNFE_LIB_EVENT_LIST_H
#define SNNFE_LIB_EVENT_LIST_H

#include "recording/recording.h"

typedef struct snnfe_listed_event {
    double onset_s;
    size_t text; /* place in the texts */
} snnfe_listed_event;

typedef struct snnfe_event_list {
    const char *path; /* for messages; the caller's */
    size_t n, capacity;
    snnfe_listed_event *events;
    size_t text_size, text_capacity;
    char *texts;     /* each ends with NUL */
    size_t n_latin1; /* texts that were not UTF-8 */
} snnfe_event_list;

/* Add an event with a text of `size` bytes. SNNFE_ERR_FORMAT: more than a million. */
snnfe_status snnfe_event_list_add(snnfe_event_list *list, double onset_s, const char *text,
                                  size_t size);

/* Into the recording, ascending in time from `first_s` on, those at one time in the order of the
   list; the same text at the same time is one event, and `*n_doubled` counts what is left out. */
snnfe_status snnfe_event_list_give(snnfe_event_list *list, double first_s,
                                   snnfe_recording *recording, size_t *n_doubled);

void snnfe_event_list_release(snnfe_event_list *list);

#endif
