/* snnfe-live: decodes a running stream of samples, and learns its user. */
#include "live_learning.h"
#include "live_source.h"
#include "live_timing.h"
#include "live_view.h"
#include "statistics_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROLLING 20 /* labelled decisions of the rolling accuracy */

typedef struct settings {
    const char *model, *input;
    const char *data, *statistics, *out, *course, *save_model, *state;
    bool plain, view, quiet;
    double speed, early, low_hz, high_hz;
    int64_t hop, early_least, order;
    int32_t windows, format;
    cli_names cues;
    live_learning_settings learning;
} settings;

typedef struct session {
    const settings *settings;
    snnfe_network *network;
    snnfe_dataset *dataset;
    snnfe_decoder *decoder;
    live_learning *learning;
    live_source source;
    cli_file out, course;
    live_timing timing;
    live_state view;
    int recent[ROLLING]; /* 1 = right */
    size_t n_decided, n_refused_cues;
    double step_sum; /* of all decisions */
} session;

/* --- decisions ------------------------------------------------------------------------------ */

static void count_decision(session *s, const snnfe_decision *d)
{
    live_state *v = &s->view;
    v->newest = *d;
    v->decided = true;
    s->n_decided++;
    s->step_sum += d->n_steps;
    if (d->label < 0 || d->rejected)
        return;
    s->recent[v->n_labelled++ % ROLLING] = d->decided == d->label;
    v->n_correct += d->decided == d->label;
    const size_t n = v->n_labelled < ROLLING ? v->n_labelled : ROLLING;
    size_t right = 0;
    for (size_t i = 0; i < n; i++)
        right += (size_t)s->recent[i];
    v->rolling = (double)right / (double)n;
}

static void print_decision(const session *s, const snnfe_decision *d)
{
    const live_state *v = &s->view;
    printf("window %llu  at %.2f s  %s  %.3f  %u steps", (unsigned long long)d->window,
           (double)d->first_sample / v->sampling_rate_hz, v->class_names[d->decided], d->confidence,
           (unsigned)d->n_steps);
    if (d->label >= 0)
        printf("  (%s: %s, rolling accuracy %.2f)", v->class_names[d->label],
               d->label == d->decided ? "right" : "wrong", v->rolling);
    if (d->faults)
        printf("  faults 0x%x, bad channels %u%s", (unsigned)d->faults, (unsigned)d->n_bad_channels,
               d->rejected ? ", rejected" : "");
    printf("\n");
}

static void write_decision(const session *s, const snnfe_decision *d, const float *logits)
{
    FILE *f = s->out.stream;
    fprintf(f, "%llu,%llu,%u,%d,%d,%.6f,%d,%d,%u,%u", (unsigned long long)d->window,
            (unsigned long long)d->first_sample, (unsigned)d->n_steps, (int)d->label,
            (int)d->decided, d->confidence, (int)d->early, (int)d->rejected, (unsigned)d->faults,
            (unsigned)d->n_bad_channels);
    for (uint32_t c = 0; c < s->view.n_classes; c++)
        fprintf(f, ",%.6f", (double)logits[c]);
    fprintf(f, "\n");
}

static snnfe_status take_decisions(session *s)
{
    while (snnfe_decoder_pending(s->decoder)) {
        snnfe_decision d = {.struct_size = sizeof d};
        float logits[LIVE_MAX_CLASSES];
        snnfe_status status = snnfe_decoder_next(s->decoder, &d, logits, NULL);
        if (status != SNNFE_OK)
            return status;
        count_decision(s, &d);
        if (s->out.stream)
            write_decision(s, &d, logits);
        if (!s->settings->view && !s->settings->quiet)
            print_decision(s, &d);
        /* An early decision's window is not whole yet. */
        if (!s->learning || d.label < 0 || d.rejected || d.early)
            continue;
        status = live_learning_take(s->learning, s->decoder, &d);
        if (status != SNNFE_OK)
            return status;
    }
    return SNNFE_OK;
}

/* Probabilities of the window that has run longest, after every sample. */
static snnfe_status write_course(session *s)
{
    float probabilities[LIVE_MAX_CLASSES];
    uint32_t steps = 0;
    snnfe_decoder_info info = {.struct_size = sizeof info};
    snnfe_status status = snnfe_decoder_peek(s->decoder, &steps, probabilities);
    if (status == SNNFE_OK)
        status = snnfe_decoder_get_info(s->decoder, &info);
    if (status != SNNFE_OK || steps == 0)
        return status;
    fprintf(s->course.stream, "%llu,%u", (unsigned long long)(info.n_samples - steps),
            (unsigned)steps);
    for (uint32_t c = 0; c < s->view.n_classes; c++)
        fprintf(s->course.stream, ",%.6f", (double)probabilities[c]);
    fprintf(s->course.stream, "\n");
    return SNNFE_OK;
}

/* --- the stream ----------------------------------------------------------------------------- */

static snnfe_status push(session *s, const live_event *event, size_t i)
{
    const float *sample = event->samples + i * s->view.n_channels;
    uint32_t running = 0;
    snnfe_decoder_peek(s->decoder, &running, NULL);
    const double start = timing_now_us();
    snnfe_status status =
        event->numbered ? snnfe_decoder_push_numbered(s->decoder, event->number + i, sample, 1)
                        : snnfe_decoder_push(s->decoder, sample, 1);
    /* Samples between windows are next to nothing. */
    if (running > 0)
        timing_add(&s->timing, timing_now_us() - start);
    if (status == SNNFE_OK && s->course.stream)
        status = write_course(s);
    return status == SNNFE_OK ? take_decisions(s) : status;
}

static snnfe_status take_cue(session *s, int32_t label)
{
    const snnfe_status status = snnfe_decoder_cue(s->decoder, label, NULL);
    if (status != SNNFE_ERR_STATE)
        return status;
    s->n_refused_cues++;
    return SNNFE_OK;
}

static void show(session *s, bool now)
{
    if (!s->settings->view)
        return;
    if (s->learning)
        s->view.learner = live_learning_info(s->learning, NULL);
    live_view_draw(&s->view, s->decoder, now);
}

/* False if the source failed, which it has told. */
static bool follow(session *s, snnfe_status *status)
{
    while (*status == SNNFE_OK && !cli_interrupted()) {
        const live_event event = s->source.next(s->source.state);
        if (event.kind == LIVE_END)
            break;
        if (event.kind == LIVE_FAILED)
            return false;
        if (event.kind == LIVE_CUE)
            *status = take_cue(s, event.label);
        for (size_t i = 0; event.kind == LIVE_SAMPLES && *status == SNNFE_OK && i < event.n; i++)
            *status = push(s, &event, i);
        show(s, false);
    }
    return true;
}

static void print_learning(const session *s)
{
    uint64_t n_missed = 0;
    const snnfe_learner_info info = live_learning_info(s->learning, &n_missed);
    printf(
        "learned %llu trials (%llu right before), %llu steps, %llu LTP and %llu LTD pulses, best "
        "weights put back %llu times, %llu windows passed over\n",
        (unsigned long long)info.n_trials, (unsigned long long)info.n_correct,
        (unsigned long long)info.n_steps, (unsigned long long)info.ltp_pulses,
        (unsigned long long)info.ltd_pulses, (unsigned long long)info.n_rollbacks,
        (unsigned long long)n_missed);
}

static void print_summary(const session *s)
{
    snnfe_decoder_info info = {.struct_size = sizeof info};
    if (snnfe_decoder_get_info(s->decoder, &info) != SNNFE_OK)
        return;
    printf("%llu samples, %llu windows, %llu decisions (%llu early, %llu rejected)",
           (unsigned long long)info.n_samples, (unsigned long long)info.n_windows,
           (unsigned long long)info.n_decisions, (unsigned long long)info.n_early,
           (unsigned long long)info.n_rejected);
    if (s->n_decided > 0)
        printf(" after %.1f steps on average", s->step_sum / (double)s->n_decided);
    printf("\nfaults: %llu dropped, %llu repeated, %llu not numbers, %llu saturated; cues refused "
           "%zu\n",
           (unsigned long long)info.n_dropped, (unsigned long long)info.n_repeated,
           (unsigned long long)info.n_nonfinite, (unsigned long long)info.n_saturated,
           s->n_refused_cues);
    if (s->view.n_labelled > 0)
        printf("right: %zu of %zu (%.2f %%)\n", s->view.n_correct, s->view.n_labelled,
               100 * (double)s->view.n_correct / (double)s->view.n_labelled);
    if (s->learning)
        print_learning(s);
    if (s->timing.n > 0)
        printf(
            "time per sample of a window: median %.1f us, 99 %% %.1f, 99.9 %% %.1f, largest %.1f\n",
            timing_percentile(&s->timing, 0.5), timing_percentile(&s->timing, 0.99),
            timing_percentile(&s->timing, 0.999), s->timing.largest_us);
}

/* --- set-up --------------------------------------------------------------------------------- */

static snnfe_status set_decoder_options(session *s, snnfe_decoder_options *o,
                                        channel_statistics *statistics)
{
    const settings *g = s->settings;
    snnfe_status status = snnfe_decoder_options_init(o, sizeof *o);
    if (status == SNNFE_OK && g->data)
        status = snnfe_dataset_load(&s->dataset, g->data);
    if (status == SNNFE_OK && s->dataset)
        status = snnfe_decoder_options_dataset(o, s->dataset);
    if (status != SNNFE_OK)
        return status;
    if (!s->dataset) {
        o->filter_low_hz = g->plain ? 0 : g->low_hz;
        o->filter_high_hz = g->plain ? 0 : g->high_hz;
        o->filter_order = (uint32_t)g->order;
    }
    if (g->statistics) {
        o->channel_mean_uv = statistics->mean_uv;
        o->channel_std_uv = statistics->std_uv;
    }
    o->windows = g->windows;
    o->hop = (uint32_t)g->hop;
    o->early_confidence = g->early;
    o->early_least = (uint32_t)g->early_least;
    return SNNFE_OK;
}

static void name_classes(session *s, const snnfe_network_options *n)
{
    static char numbers[LIVE_MAX_CLASSES][16];
    for (uint32_t c = 0; c < n->n_classes; c++) {
        const char *name = s->dataset ? snnfe_dataset_class_name(s->dataset, c) : NULL;
        snprintf(numbers[c], sizeof numbers[c], "class %u", (unsigned)c);
        s->view.class_names[c] = name ? name : numbers[c];
    }
}

static bool is_edf(const char *input)
{
    const size_t n = strlen(input);
    return n > 4 && (strcmp(input + n - 4, ".edf") == 0 || strcmp(input + n - 4, ".EDF") == 0);
}

static const char *after(const char *text, const char *prefix)
{
    const size_t n = strlen(prefix);
    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

static bool open_source(session *s, double sampling_rate_hz)
{
    const settings *g = s->settings;
    const size_t channels = s->view.n_channels;
    const char *stream = after(g->input, "lsl:"), *port = after(g->input, "listen:");
    int fd = -1;
    if (stream) {
#ifdef LIVE_HAVE_LSL
        return live_open_lsl(&s->source, stream, channels, sampling_rate_hz);
#else
        (void)sampling_rate_hz;
        cli_error("%s: this program was built without the Lab Streaming Layer", g->input);
        return false;
#endif
    }
    if (is_edf(g->input)) {
        snnfe_dataset_options o;
        if (snnfe_dataset_options_init(&o, sizeof o) != SNNFE_OK)
            return false;
        return live_open_edf(&s->source, g->input, &o, &g->cues, g->speed);
    }
    if (strcmp(g->input, "-") == 0)
        fd = STDIN_FILENO;
    else if (port)
        fd = live_listen(port);
    else if (after(g->input, "tcp:"))
        fd = live_connect(after(g->input, "tcp:"));
    else
        cli_error("%s: not a .edf file, -, tcp:HOST:PORT, listen:PORT or lsl:NAME", g->input);
    return fd >= 0 &&
           live_open_stream(&s->source, fd, g->input, g->format == 1, channels, s->view.n_classes);
}

static snnfe_status open_network(session *s, snnfe_network_options *n)
{
    n->struct_size = sizeof *n;
    const snnfe_status status = snnfe_network_load(&s->network, s->settings->model);
    return status == SNNFE_OK ? snnfe_network_get_options(s->network, n) : status;
}

static bool open_output(session *s)
{
    if (!s->settings->out)
        return true;
    if (!cli_open(&s->out, s->settings->out))
        return false;
    fprintf(s->out.stream, "window,first_sample,n_steps,label,decision,confidence,early,rejected,"
                           "faults,bad_channels");
    for (uint32_t c = 0; c < s->view.n_classes; c++)
        fprintf(s->out.stream, ",logit%u", (unsigned)c);
    fprintf(s->out.stream, "\n");
    return true;
}

static bool open_course(session *s)
{
    if (!s->settings->course)
        return true;
    if (!cli_open(&s->course, s->settings->course))
        return false;
    fprintf(s->course.stream, "first_sample,step");
    for (uint32_t c = 0; c < s->view.n_classes; c++)
        fprintf(s->course.stream, ",probability%u", (unsigned)c);
    fprintf(s->course.stream, "\n");
    return true;
}

/* False: a message was printed. */
static bool open_session(session *s, snnfe_status *status)
{
    static channel_statistics statistics;
    const settings *g = s->settings;
    snnfe_network_options n = {0};
    snnfe_decoder_options o;
    if (g->statistics && !statistics_read(&statistics, g->statistics))
        return false;
    *status = open_network(s, &n);
    if (*status == SNNFE_OK)
        *status = set_decoder_options(s, &o, &statistics);
    if (*status == SNNFE_OK)
        *status = snnfe_decoder_create(&s->decoder, s->network, &o);
    if (*status == SNNFE_OK && g->state && access(g->state, F_OK) == 0)
        *status = snnfe_decoder_restore(s->decoder, g->state);
    if (*status != SNNFE_OK)
        return true;
    s->view.n_channels = (uint32_t)o.n_channels;
    s->view.n_rows = n.n_rows;
    s->view.n_columns = n.n_columns;
    s->view.n_steps = n.n_steps;
    s->view.n_classes = n.n_classes;
    s->view.sampling_rate_hz = o.sampling_rate_hz;
    s->view.rolling = (double)NAN;
    s->view.learning = g->learning.adapt;
    name_classes(s, &n);
    if (g->learning.adapt &&
        !live_learning_open(&s->learning, &g->learning, s->network, s->decoder))
        return false;
    return open_output(s) && open_course(s) && open_source(s, o.sampling_rate_hz);
}

static snnfe_status save(session *s)
{
    const settings *g = s->settings;
    snnfe_status status = SNNFE_OK;
    if (s->learning)
        live_learning_finish(s->learning);
    if (g->save_model)
        status = live_learning_save(s->learning, g->save_model);
    if (status == SNNFE_OK && g->state)
        status = snnfe_decoder_save(s->decoder, g->state);
    return status;
}

static void drop_file(cli_file *file)
{
    if (!file->stream)
        return;
    fclose(file->stream);
    remove(file->temporary);
}

static bool keep_file(cli_file *file)
{
    if (!file->stream)
        return true;
    const bool kept = cli_commit(file);
    file->stream = NULL;
    return kept;
}

static void close_session(session *s)
{
    if (s->source.close)
        s->source.close(s->source.state);
    drop_file(&s->out);
    drop_file(&s->course);
    snnfe_decoder_free(s->decoder);
    live_learning_close(s->learning);
    snnfe_network_free(s->network);
    snnfe_dataset_free(s->dataset);
}

static int run(const settings *g)
{
    static session s;
    snnfe_status status = SNNFE_OK;
    s.settings = g;
    bool good = open_session(&s, &status);
    if (good && status == SNNFE_OK) {
        if (g->view)
            live_view_begin();
        good = follow(&s, &status);
        show(&s, true);
        if (g->view)
            live_view_end();
        if (status == SNNFE_OK)
            status = save(&s);
        if (good && status == SNNFE_OK)
            print_summary(&s);
    }
    if (good && status == SNNFE_OK)
        good = keep_file(&s.out) && keep_file(&s.course);
    close_session(&s);
    if (status != SNNFE_OK)
        return cli_failure(status);
    return !good ? CLI_FAILED : cli_interrupted() ? CLI_INTERRUPTED : CLI_OK;
}

/* --- command line --------------------------------------------------------------------------- */

static const char *wrong_use(const settings *s)
{
    if (!s->data + !s->statistics + !s->plain != 2)
        return "give one of --data, --statistics and --plain";
    if (s->save_model && !s->learning.adapt)
        return "--save_model needs --adapt";
    if (s->state && s->learning.adapt)
        return "--state and --adapt do not go together: the state belongs to one network";
    return NULL;
}

static int parse_and_run(settings *s, int argc, char **argv)
{
    static const char *const window_choices[] = {"regular", "cued", NULL};
    static const char *const formats[] = {"text", "binary", NULL};
    cli_option options[21 + LIVE_LEARNING_N_OPTIONS] = {
        {"data", CLI_TEXT, (void *)&s->data, 0, 0, NULL,
         "data set of snnfe-preprocess whose statistics and filter apply"},
        {"statistics", CLI_TEXT, (void *)&s->statistics, 0, 0, NULL,
         "or the statistics that it wrote"},
        {"plain", CLI_SWITCH, &s->plain, 0, 0, NULL, "or samples that are filtered and normalised"},
        {"low_hz", CLI_NUMBER, &s->low_hz, 0, 1e5, NULL, "high-pass edge with --statistics"},
        {"high_hz", CLI_NUMBER, &s->high_hz, 0, 1e5, NULL, "low-pass edge with --statistics"},
        {"filter_order", CLI_INTEGER, &s->order, 1, 4, NULL, "of the causal filter's edges"},
        {"windows", CLI_CHOICE, &s->windows, 0, 0, window_choices, "when windows begin"},
        {"cues", CLI_NAMES, &s->cues, 0, 0, NULL,
         "annotations of a recording that begin a window; their places are the classes"},
        {"hop", CLI_INTEGER, &s->hop, 0, 2147483648.0, NULL,
         "samples between regular windows; 0 = end to end"},
        {"early", CLI_NUMBER, &s->early, 0, 1, NULL,
         "probability at which a window ends early; 0 = never"},
        {"early_least", CLI_INTEGER, &s->early_least, 1, 65533, NULL,
         "steps before an early decision"},
        {"speed", CLI_NUMBER, &s->speed, 0, 1e6, NULL,
         "of a recording: 1 = its own, 0 = as fast as possible"},
        {"format", CLI_CHOICE, &s->format, 0, 0, formats, "of - and sockets"},
        {"view", CLI_SWITCH, &s->view, 0, 0, NULL, "a picture instead of lines"},
        {"quiet", CLI_SWITCH, &s->quiet, 0, 0, NULL, "no line for each decision"},
        {"out", CLI_TEXT, (void *)&s->out, 0, 0, NULL, "CSV of every decision"},
        {"course", CLI_TEXT, (void *)&s->course, 0, 0, NULL,
         "CSV of the probabilities after every sample of the oldest window"},
        {"state", CLI_TEXT, (void *)&s->state, 0, 0, NULL,
         "file of the decoder's state: taken up if it is there, written at the end"},
        {"save_model", CLI_TEXT, (void *)&s->save_model, 0, 0, NULL,
         "file for the network as it was learned"},
        {"seed", CLI_INTEGER, &s->learning.seed, 0, 9e15, NULL, "of learning"},
    };
    size_t n_options = 20;
    n_options += live_learning_add_options(options + n_options, &s->learning);
    const cli_program program = {
        "snnfe-live",
        "MODEL INPUT",
        "Decodes a stream with the network MODEL. INPUT is a recording (FILE.edf, or several with\n"
        "commas between), - for standard input, tcp:HOST:PORT or listen:PORT for a socket, or\n"
        "lsl:NAME for a stream of the Lab Streaming Layer. docs/live.md describes the formats.",
        options,
        n_options,
        {&s->model, &s->input},
        2};
    int exit_code = CLI_OK;
    if (!cli_parse(&program, argc, argv, &exit_code))
        return exit_code;
    const char *problem = wrong_use(s);
    if (problem) {
        fprintf(stderr, "snnfe-live: %s\n", problem);
        return CLI_USAGE;
    }
    cli_catch_interrupt();
    return run(s);
}

int main(int argc, char **argv)
{
    static settings s = {.speed = 0,
                         .low_hz = 0.1,
                         .high_hz = 79,
                         .order = 2,
                         .early_least = 1,
                         .windows = SNNFE_WINDOWS_CUED,
                         .cues = {"T1,T2", 2, {"T1", "T2"}, ""},
                         .learning = LIVE_LEARNING_DEFAULTS};
    return parse_and_run(&s, argc, argv);
}
