/* Recordings played to the decoder. */
#include "live_source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_FILES 64

typedef struct player {
    size_t n_recordings, current;
    snnfe_recording *recordings[MAX_FILES];
    const cli_names *cues;
    double speed;
    snnfe_recording_info info; /* of the current one */
    size_t position;           /* next sample of the current one */
    size_t event;              /* next annotation of it */
    uint64_t number;           /* samples played */
    uint64_t skipped;          /* between recordings, so that the filter begins anew */
    struct timespec start;
    float sample[64];
} player;

static void close_player(void *state)
{
    player *p = state;
    for (size_t i = 0; i < p->n_recordings; i++)
        snnfe_recording_free(p->recordings[i]);
    free(p);
}

static bool begin_recording(player *p)
{
    p->info.struct_size = sizeof p->info;
    p->position = p->event = 0;
    return snnfe_recording_get_info(p->recordings[p->current], &p->info) == SNNFE_OK;
}

/* The class that an annotation stands for; -1 for none. */
static int32_t class_of(const cli_names *cues, const char *text)
{
    for (size_t i = 0; i < cues->n; i++)
        if (strcmp(cues->items[i], text) == 0)
            return (int32_t)i;
    return -1;
}

static bool next_cue(player *p, int32_t *label)
{
    while (p->event < p->info.n_events) {
        uint64_t onset = 0;
        const char *text = "";
        if (snnfe_recording_event(p->recordings[p->current], p->event, &onset, &text) != SNNFE_OK ||
            onset > p->position)
            return false;
        p->event++;
        *label = class_of(p->cues, text);
        if (*label >= 0)
            return true;
    }
    return false;
}

static void wait_until_due(const player *p)
{
    const double seconds = (double)p->number / p->info.sampling_rate_hz / p->speed;
    struct timespec due = p->start;
    due.tv_sec += (time_t)seconds;
    due.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
    if (due.tv_nsec >= 1000000000) {
        due.tv_sec++;
        due.tv_nsec -= 1000000000;
    }
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) == EINTR &&
           !cli_interrupted())
        ;
}

static live_event next_sample(void *state)
{
    player *p = state;
    live_event event = {.kind = LIVE_SAMPLES, .samples = p->sample, .n = 1, .label = -1};
    if (p->position == p->info.n_samples) {
        if (++p->current == p->n_recordings)
            return (live_event){.kind = LIVE_END};
        if (!begin_recording(p))
            return (live_event){.kind = LIVE_FAILED};
        p->skipped += (uint64_t)p->info.sampling_rate_hz;
    }
    if (next_cue(p, &event.label)) {
        event.kind = LIVE_CUE;
        return event;
    }
    if (p->speed > 0)
        wait_until_due(p);
    const float *signals = snnfe_recording_samples(p->recordings[p->current]);
    for (size_t c = 0; c < p->info.n_channels; c++)
        p->sample[c] = signals[c * p->info.n_samples + p->position];
    event.numbered = true;
    event.number = p->skipped + p->number++;
    p->position++;
    return event;
}

bool live_open_edf(live_source *source, const char *paths, const snnfe_dataset_options *options,
                   const cli_names *cues, double speed)
{
    player *p = calloc(1, sizeof *p);
    char *list = strdup(paths);
    bool opened = p && list;
    for (char *next = list, *path; opened && next; p->n_recordings++) {
        path = next;
        next = strchr(next, ',');
        if (next)
            *next++ = '\0';
        if (p->n_recordings == MAX_FILES) {
            cli_error("more than %d recordings", MAX_FILES);
            opened = false;
            break;
        }
        const snnfe_status status =
            snnfe_recording_open(&p->recordings[p->n_recordings], path, options);
        if (status != SNNFE_OK) {
            cli_failure(status);
            opened = false;
            break;
        }
    }
    free(list);
    if (!opened || !begin_recording(p)) {
        if (p)
            close_player(p);
        return false;
    }
    p->cues = cues;
    p->speed = speed;
    clock_gettime(CLOCK_MONOTONIC, &p->start);
    *source = (live_source){p, next_sample, close_player};
    return true;
}
