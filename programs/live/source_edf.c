/* Recordings played to the decoder. */
#include "source.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MAX_FILES 64
#define MAX_KINDS 32 /* of annotations that are listed */

typedef struct player {
    size_t n_recordings, current;
    snnfe_recording *recordings[MAX_FILES];
    const live_input *input;
    const live_cues *cues; /* NULL = windows do not begin at cues */
    double speed;
    snnfe_recording_info info; /* of the current one */
    bool begun;                /* the current one's session is announced */
    size_t position;           /* next sample of the current one */
    size_t event;              /* next annotation of it */
    uint64_t n_played;
    struct timespec start;
    float sample[LIVE_MAX_CHANNELS];
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
    p->begun = false;
    return snnfe_recording_get_info(p->recordings[p->current], &p->info) == SNNFE_OK;
}

static bool next_cue(player *p, int32_t *label)
{
    while (p->cues && p->event < p->info.n_events) {
        if (p->info.event_onsets[p->event] > p->position)
            return false;
        *label = live_cues_class(p->cues, p->info.event_texts[p->event++]);
        if (*label >= 0)
            return true;
    }
    return false;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + (double)(now.tv_nsec - start->tv_nsec) * 1e-9;
}

/* As often as something wakes it: what counts is the time since the start. */
static void wait_until_due(const player *p)
{
    const double due = (double)p->n_played / p->info.sampling_rate_hz / p->speed;
    for (;;) {
        const double left = due - seconds_since(&p->start);
        if (left <= 0 || cli_interrupted())
            return;
        const struct timespec pause = {(time_t)left, (long)((left - floor(left)) * 1e9)};
        nanosleep(&pause, NULL);
    }
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
    }
    if (!p->begun) {
        p->begun = true;
        return (live_event){.kind = LIVE_SESSION};
    }
    if (next_cue(p, &event.label)) {
        event.kind = LIVE_CUE;
        return event;
    }
    if (p->speed > 0)
        wait_until_due(p);
    const float *signals = p->info.samples;
    for (size_t c = 0, from = 0; c < p->input->n_channels; c++)
        p->sample[c] =
            p->input->absent >> c & 1 ? 0 : signals[from++ * p->info.n_samples + p->position];
    event.numbered = true;
    event.number = p->position++;
    p->n_played++;
    return event;
}

/* --- opening -------------------------------------------------------------------------------- */

static snnfe_status open_recording(snnfe_recording **recording, const char *path,
                                   const live_input *input)
{
    snnfe_decoder_info decoder = {.struct_size = sizeof decoder};
    snnfe_recording_options o;
    snnfe_status status = snnfe_recording_options_init(&o, sizeof o);
    if (status == SNNFE_OK)
        status = snnfe_decoder_get_info(input->decoder, &decoder);
    if (status != SNNFE_OK)
        return status;
    const char *names[LIVE_MAX_CHANNELS];
    for (size_t c = 0; decoder.channel_names && c < input->n_channels; c++)
        if (!(input->absent >> c & 1))
            names[o.n_channels++] = decoder.channel_names[c];
    o.channel_names = decoder.channel_names ? names : NULL;
    o.sampling_rate_hz = input->resample ? 0 : input->sampling_rate_hz;
    o.log = cli_log;
    return snnfe_recording_open(recording, path, &o);
}

static double rate_of(const snnfe_recording *recording)
{
    snnfe_recording_info info = {.struct_size = sizeof info};
    return snnfe_recording_get_info(recording, &info) == SNNFE_OK ? info.sampling_rate_hz : 0;
}

static bool open_recordings(player *p, char *list, const live_input *input)
{
    for (char *next = list, *path; next; p->n_recordings++) {
        path = next;
        next = strchr(next, ',');
        if (next)
            *next++ = '\0';
        if (p->n_recordings == MAX_FILES) {
            cli_error("more than %d recordings", MAX_FILES);
            return false;
        }
        const snnfe_status status = open_recording(&p->recordings[p->n_recordings], path, input);
        if (status != SNNFE_OK) {
            cli_failure(status);
            return false;
        }
        if (fabs(rate_of(p->recordings[p->n_recordings]) - rate_of(p->recordings[0])) > 0) {
            cli_error("%s: has %g samples a second, the recording before it %g", path,
                      rate_of(p->recordings[p->n_recordings]), rate_of(p->recordings[0]));
            return false;
        }
    }
    return true;
}

/* --- annotations ---------------------------------------------------------------------------- */

typedef struct annotations {
    size_t n, n_cues, n_unlisted;
    const char *texts[MAX_KINDS];
    size_t counts[MAX_KINDS];
} annotations;

static void count_annotation(annotations *a, const live_cues *cues, const char *text)
{
    a->n_cues += live_cues_class(cues, text) >= 0;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->texts[i], text) == 0) {
            a->counts[i]++;
            return;
        }
    if (a->n == MAX_KINDS) {
        a->n_unlisted++;
        return;
    }
    a->texts[a->n] = text;
    a->counts[a->n++] = 1;
}

static annotations count_annotations(const player *p, const live_cues *cues)
{
    annotations a = {0};
    for (size_t i = 0; i < p->n_recordings; i++) {
        snnfe_recording_info info = {.struct_size = sizeof info};
        if (snnfe_recording_get_info(p->recordings[i], &info) != SNNFE_OK)
            continue;
        for (size_t e = 0; e < info.n_events; e++)
            count_annotation(&a, cues, info.event_texts[e]);
    }
    return a;
}

static void print_annotations(FILE *to, const annotations *a, const live_cues *cues,
                              const char *const *class_names)
{
    for (size_t i = 0; i < a->n; i++) {
        const int32_t class = live_cues_class(cues, a->texts[i]);
        fprintf(to, "%s\"%s\": %zu (%s)", i ? ", " : "", cli_shown(a->texts[i]), a->counts[i],
                class < 0 ? "no cue" : cli_shown(class_names[class]));
    }
    if (a->n == 0)
        fprintf(to, "none");
    if (a->n_unlisted > 0)
        fprintf(to, ", %zu others", a->n_unlisted);
    fprintf(to, "\n");
}

/* A recording that would decide nothing is refused. */
static bool tell_annotations(const player *p, const live_input *input,
                             const char *const *class_names)
{
    const annotations a = count_annotations(p, p->cues);
    if (a.n_cues > 0) {
        printf("annotations: ");
        print_annotations(stdout, &a, p->cues, class_names);
        return true;
    }
    cli_error("%s: no annotation is a cue, so no window would begin: --cues TEXT=CLASS names the "
              "annotations that are, --windows regular decides without",
              input->name);
    fprintf(stderr, "annotations: ");
    print_annotations(stderr, &a, p->cues, class_names);
    return false;
}

bool live_open_edf(live_source *source, live_input *input, const live_cues *cues,
                   const char *const *class_names, double speed)
{
    player *p = calloc(1, sizeof *p);
    char *list = strdup(input->name);
    const bool opened = p && list && open_recordings(p, list, input);
    free(list);
    if (p) {
        p->input = input;
        p->cues = cues;
    }
    if (!opened || !begin_recording(p) || (cues && !tell_annotations(p, input, class_names))) {
        if (p)
            close_player(p);
        return false;
    }
    p->speed = speed;
    clock_gettime(CLOCK_MONOTONIC, &p->start);
    live_input_found(input, p->info.sampling_rate_hz);
    *source = (live_source){p, next_sample, close_player};
    return true;
}
