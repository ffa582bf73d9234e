/* snnfe-live: decodes a running stream of samples, and learns its user. */
#include "live_session.h"

#include <stdlib.h>
#include <string.h>

/* --- a session ------------------------------------------------------------------------------ */

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
    bool good = live_open_session(&s, &status);
    if (good && status == SNNFE_OK) {
        if (g->view)
            live_view_begin();
        good = live_follow(&s, &status);
        live_show(&s, true);
        if (g->view)
            live_view_end();
        if (status == SNNFE_OK)
            status = save(&s);
        if (good && status == SNNFE_OK && s.input.settled && !s.told_input)
            live_input_print(&s.input);
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
    if (live_is_edf(s->input) && (s->channels || s->unit || s->rate > 0))
        return "a recording tells its own channels, unit and rate: --channels, --unit and --rate "
               "are for "
               "streams";
    if (s->lsl_source_id && strncmp(s->input, "lsl:", 4) != 0)
        return "--lsl_source_id is for lsl:NAME";
    if (s->counter_bits != 0 && s->counter_bits < 8)
        return "--counter_bits is 0 or 8 to 64";
    return NULL;
}

static int parse_and_run(live_settings *s, int argc, char **argv)
{
    static const char *const window_choices[] = {"regular", "cued", NULL};
    static const char *const formats[] = {"text", "binary", NULL};
    static const char *const repairs[] = {"neighbours", "zero", "none", NULL};
    cli_option options[33 + LIVE_LEARNING_N_OPTIONS] = {
        {"data", CLI_INPUT, (void *)&s->data, 0, 0, NULL,
         "data set of snnfe-preprocess whose channels, rate, statistics, filter and classes apply"},
        {"statistics", CLI_INPUT, (void *)&s->statistics, 0, 0, NULL,
         "or the statistics that it wrote"},
        {"plain", CLI_SWITCH, &s->plain, 0, 0, NULL, "or samples that are filtered and normalised"},
        {"low_hz", CLI_NUMBER, &s->low_hz, 0, 1e5, NULL, "high-pass edge with --statistics"},
        {"high_hz", CLI_NUMBER, &s->high_hz, 0, 1e5, NULL, "low-pass edge with --statistics"},
        {"filter_order", CLI_INTEGER, &s->order, 1, 4, NULL, "of the causal filter's edges"},
        {"windows", CLI_CHOICE, &s->windows, 0, 0, window_choices, "when windows begin"},
        {"cues", CLI_NAMES, &s->cues, 0, 0, NULL,
         "annotations of a recording that begin a window: TEXT, whose place is the class, or "
         "TEXT=CLASS "
         "(default T1,T2 or the data set's event names)"},
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
        {"channels", CLI_TEXT, (void *)&s->channels, 0, 0, NULL,
         "names of a stream's channels in its order, such as C3,Cz,C4"},
        {"rate", CLI_NUMBER, &s->rate, 0, 1e6, NULL,
         "samples a second of a stream, to be checked; 0 = not known"},
        {"unit", CLI_TEXT, (void *)&s->unit, 0, 0, NULL, "of a stream: uV, mV or V (default uV)"},
        {"lsl_source_id", CLI_TEXT, (void *)&s->lsl_source_id, 0, 0, NULL,
         "which of several streams called NAME"},
        {"saturation_uv", CLI_NUMBER, &s->saturation_uv, 1e-6, 1e12, NULL,
         "distance from a channel's slow mean at which a value is saturated"},
        {"range_uv", CLI_NUMBER, &s->range_uv, 1e-6, 1e12, NULL,
         "range of the amplifier: values of this magnitude are saturated whatever the offset"},
        {"noisy_z", CLI_NUMBER, &s->noisy_z, 1e-6, 1e12, NULL,
         "root mean square over a second, in standard deviations, at which a channel is noisy"},
        {"flat_samples", CLI_INTEGER, &s->flat_samples, 2, 2147483648.0, NULL,
         "equal samples at which a channel is flat"},
        {"repair", CLI_CHOICE, &s->repair, 0, 0, repairs,
         "what stands in for a flat or noisy channel"},
        {"most_bad_channels", CLI_INTEGER, &s->most_bad_channels, -1, 64, NULL,
         "more flat or noisy channels reject a decision; -1 = a quarter of them"},
        {"longest_gap", CLI_INTEGER, &s->longest_gap, 0, 4294967295.0, NULL,
         "missing samples that are bridged"},
        {"longest_repeat", CLI_INTEGER, &s->longest_repeat, 0, 4294967295.0, NULL,
         "samples that a number may lie behind and be repeated; further a new session begins; 0 = "
         "a "
         "second"},
        {"counter_bits", CLI_INTEGER, &s->counter_bits, 0, 64, NULL,
         "width of the stream's sample counter; 0 = found out"},
        {"seed", CLI_INTEGER, &s->learning.seed, 0, 9e15, NULL, "of learning"},
    };
    size_t n_options = 33;
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
                              .saturation_uv = 5000,
                              .range_uv = 1e6,
                              .noisy_z = 20,
                              .flat_samples = 80,
                              .longest_gap = 16,
                              .most_bad_channels = -1,
                              .learning = LIVE_LEARNING_DEFAULTS};
    return parse_and_run(&s, argc, argv);
}
