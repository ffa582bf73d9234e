/* snnfe-live: decodes a running stream of samples, and learns its user. */
#include "live_session.h"
#include "statistics_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- set-up --------------------------------------------------------------------------------- */

static snnfe_status set_decoder_options(live_session *s, snnfe_decoder_options *o,
                                        channel_statistics *statistics)
{
    const live_settings *g = s->settings;
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

static void name_classes(live_session *s, const snnfe_network_options *n)
{
    static char numbers[LIVE_MAX_CLASSES][24];
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

static bool open_source(live_session *s, double sampling_rate_hz)
{
    const live_settings *g = s->settings;
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

static snnfe_status open_network(live_session *s, snnfe_network_options *n)
{
    n->struct_size = sizeof *n;
    const snnfe_status status = snnfe_network_load(&s->network, s->settings->model);
    return status == SNNFE_OK ? snnfe_network_get_options(s->network, n) : status;
}

static bool open_output(live_session *s)
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

static bool open_course(live_session *s)
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
static bool open_session(live_session *s, snnfe_status *status)
{
    static channel_statistics statistics;
    const live_settings *g = s->settings;
    snnfe_network_options n = {0};
    snnfe_decoder_options o;
    if (g->statistics && !statistics_read(&statistics, g->statistics))
        return false;
    *status = open_network(s, &n);
    if (*status == SNNFE_OK)
        *status = set_decoder_options(s, &o, &statistics);
    if (*status == SNNFE_OK)
        *status = snnfe_decoder_create(&s->decoder, s->network, &o);
    const bool resumes = g->state && access(g->state, F_OK) == 0;
    if (*status == SNNFE_OK && resumes && !g->learning.adapt)
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
    if (s->learning && resumes)
        *status = live_learning_restore(s->learning, g->state);
    if (*status != SNNFE_OK)
        return true;
    return open_output(s) && open_course(s) && open_source(s, o.sampling_rate_hz);
}

static snnfe_status save(live_session *s)
{
    const live_settings *g = s->settings;
    snnfe_status status = SNNFE_OK;
    if (s->learning)
        live_learning_finish(s->learning);
    if (g->save_model)
        status = live_learning_save(s->learning, g->save_model);
    if (status != SNNFE_OK || !g->state)
        return status;
    return s->learning ? live_learning_save_state(s->learning, g->state)
                       : snnfe_decoder_save(s->decoder, g->state);
}

static void close_session(live_session *s)
{
    if (s->source.close)
        s->source.close(s->source.state);
    cli_drop(&s->out);
    cli_drop(&s->course);
    snnfe_decoder_free(s->decoder);
    live_learning_close(s->learning);
    snnfe_network_free(s->network);
    snnfe_dataset_free(s->dataset);
}

static int run(const live_settings *g)
{
    static live_session s;
    snnfe_status status = SNNFE_OK;
    s.settings = g;
    bool good = open_session(&s, &status);
    if (good && status == SNNFE_OK) {
        if (g->view)
            live_view_begin();
        good = live_follow(&s, &status);
        live_show(&s, true);
        if (g->view)
            live_view_end();
        if (status == SNNFE_OK)
            status = save(&s);
        if (good && status == SNNFE_OK)
            live_print_summary(&s);
    }
    if (good && status == SNNFE_OK)
        good = (!g->out || cli_commit(&s.out)) && (!g->course || cli_commit(&s.course));
    close_session(&s);
    if (status != SNNFE_OK)
        return cli_failure(status);
    return !good ? CLI_FAILED : cli_interrupted() ? CLI_INTERRUPTED : CLI_OK;
}

/* --- command line --------------------------------------------------------------------------- */

static const char *wrong_use(const live_settings *s)
{
    if (!s->data + !s->statistics + !s->plain != 2)
        return "give one of --data, --statistics and --plain";
    if (s->save_model && !s->learning.adapt)
        return "--save_model needs --adapt";
    return NULL;
}

static int parse_and_run(live_settings *s, int argc, char **argv)
{
    static const char *const window_choices[] = {"regular", "cued", NULL};
    static const char *const formats[] = {"text", "binary", NULL};
    cli_option options[21 + LIVE_LEARNING_N_OPTIONS] = {
        {"data", CLI_INPUT, (void *)&s->data, 0, 0, NULL,
         "data set of snnfe-preprocess whose statistics and filter apply"},
        {"statistics", CLI_INPUT, (void *)&s->statistics, 0, 0, NULL,
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
        {"out", CLI_OUTPUT, (void *)&s->out, 0, 0, NULL, "CSV of every decision"},
        {"course", CLI_OUTPUT, (void *)&s->course, 0, 0, NULL,
         "CSV of the probabilities after every sample of the oldest window"},
        {"state", CLI_OUTPUT, (void *)&s->state, 0, 0, NULL,
         "file of the decoder's state, with --adapt of the learner's: taken up if it is there, "
         "written at the end"},
        {"save_model", CLI_OUTPUT, (void *)&s->save_model, 0, 0, NULL,
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
    static live_settings s = {.speed = 0,
                              .low_hz = 0.1,
                              .high_hz = 79,
                              .order = 2,
                              .early_least = 1,
                              .windows = SNNFE_WINDOWS_CUED,
                              .cues = {"T1,T2", 2, {"T1", "T2"}, ""},
                              .learning = LIVE_LEARNING_DEFAULTS};
    return parse_and_run(&s, argc, argv);
}
