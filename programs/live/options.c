/* Options of snnfe-live, in groups. */
#include "session.h"

static size_t append(cli_option *options, const cli_option *own, size_t n)
{
    for (size_t i = 0; i < n; i++)
        options[i] = own[i];
    return n;
}

/* What a decision is made by. */
static size_t add_decoding(cli_option *options, live_settings *s)
{
    static const char *const window_choices[] = {"regular", "cued", NULL};
    const cli_option own[] = {
        {"data", CLI_INPUT, (void *)&s->data, 0, 0, NULL,
         "data set of snnfe-preprocess whose channels, rate, statistics, filter and classes apply"},
        {"statistics", CLI_INPUT, (void *)&s->statistics, 0, 0, NULL,
         "or the statistics that it wrote, of the network's channels (of the 64 of EEGMMIDB if it "
         "does not tell)"},
        {"plain", CLI_SWITCH, &s->plain, 0, 0, NULL, "or samples that are filtered and normalized"},
        {"allow_mismatch", CLI_SWITCH, &s->allow_mismatch, 0, 0, NULL,
         "take a network that was trained on another signal (a warning is printed)"},
        {"low_hz", CLI_NUMBER, &s->low_hz, -1, 1e5, NULL,
         "high-pass edge; -1 = the network's, or else 0.1"},
        {"high_hz", CLI_NUMBER, &s->high_hz, -1, 1e5, NULL,
         "low-pass edge; -1 = the network's, or else 79"},
        {"filter_order", CLI_INTEGER, &s->order, 0, 4, NULL,
         "of the causal filter's edges; 0 = the network's, or else 2"},
        {"notch", CLI_NUMBER, &s->notch_hz, -1, 1e5, NULL,
         "take line noise of this frequency out, and its multiples; 0 = none; -1 = as the "
         "network's"},
        {"notch_width", CLI_NUMBER, &s->notch_width_hz, 0, 1e5, NULL,
         "of the notch; 0 = the network's, or else 2 Hz"},
        {"windows", CLI_CHOICE, &s->windows, 0, 0, window_choices, "when windows begin"},
        {"cues", CLI_NAMES, &s->cues, 0, 0, NULL,
         "annotations of a recording that begin a window: TEXT, whose place is the class, or "
         "TEXT=CLASS (default T1,T2 or the data set's event names)"},
        {"hop", CLI_INTEGER, &s->hop, 0, 2147483648.0, NULL,
         "samples between regular windows; 0 = end to end"},
        {"early", CLI_NUMBER, &s->early, 0, 1, NULL,
         "probability at which a window ends early; 0 = never"},
        {"early_least", CLI_INTEGER, &s->early_least, 1, 65533, NULL,
         "steps before an early decision"},
    };
    return append(options, own, sizeof own / sizeof own[0]);
}

/* What is known of the input. */
static size_t add_input(cli_option *options, live_settings *s)
{
    static const char *const formats[] = {"text", "binary", NULL};
    const cli_option own[] = {
        {"speed", CLI_NUMBER, &s->speed, 0, 1e6, NULL,
         "of a recording: 1 = its own, 0 = as fast as possible"},
        {"format", CLI_CHOICE, &s->format, 0, 0, formats, "of - and sockets"},
        {"channels", CLI_TEXT, (void *)&s->channels, 0, 0, NULL,
         "names of a stream's channels in its order, such as C3,Cz,C4"},
        {"resample", CLI_SWITCH, &s->resample, 0, 0, NULL,
         "bring an input of another rate to that of the network, some 80 ms later"},
        {"rate", CLI_NUMBER, &s->rate, 0, 1e6, NULL,
         "samples a second of a stream, to be checked; 0 = not known"},
        {"unit", CLI_TEXT, (void *)&s->unit, 0, 0, NULL, "of a stream: uV, mV or V (default uV)"},
        {"lsl_source_id", CLI_TEXT, (void *)&s->lsl_source_id, 0, 0, NULL,
         "which of several streams called NAME"},
    };
    return append(options, own, sizeof own / sizeof own[0]);
}

/* What counts as a fault, and what becomes of it. */
static size_t add_limits(cli_option *options, live_settings *s)
{
    static const char *const repairs[] = {"neighbors", "zero", "none", "splines", NULL};
    const cli_option own[] = {
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
        {"absent", CLI_NAMES, &s->absent, 0, 0, NULL,
         "channels that the input lacks: what --repair says stands in for them"},
        {"most_bad_channels", CLI_INTEGER, &s->most_bad_channels, -1, 64, NULL,
         "more flat or noisy channels reject a decision; -1 = a quarter of them"},
        {"longest_gap", CLI_INTEGER, &s->longest_gap, 0, 4294967295.0, NULL,
         "missing samples that are bridged"},
        {"longest_repeat", CLI_INTEGER, &s->longest_repeat, 0, 4294967295.0, NULL,
         "samples that a number may lie behind and be repeated; further a new session begins; 0 = "
         "a second"},
        {"counter_bits", CLI_INTEGER, &s->counter_bits, 0, 64, NULL,
         "width of the stream's sample counter; 0 = found out"},
    };
    return append(options, own, sizeof own / sizeof own[0]);
}

/* What is shown and kept. */
static size_t add_output(cli_option *options, live_settings *s)
{
    const cli_option own[] = {
        {"view", CLI_SWITCH, &s->view, 0, 0, NULL, "a picture instead of lines"},
        {"quiet", CLI_SWITCH, &s->quiet, 0, 0, NULL, "no line for each decision"},
        {"out", CLI_OUTPUT, (void *)&s->out, 0, 0, NULL, "CSV of every decision"},
        {"course", CLI_OUTPUT, (void *)&s->course, 0, 0, NULL,
         "CSV of the probabilities after every step of the oldest window"},
        {"state", CLI_OUTPUT, (void *)&s->state, 0, 0, NULL,
         "file of the decoder's state, with --adapt of the learner's, and FILE.control of what "
         "control has learned: taken up if it is there, written at the end"},
        {"save_model", CLI_OUTPUT, (void *)&s->save_model, 0, 0, NULL,
         "file for the network as it was learned"},
        {"seed", CLI_INTEGER, &s->learning.seed, 0, 9e15, NULL, "of learning"},
    };
    return append(options, own, sizeof own / sizeof own[0]);
}

size_t live_add_options(cli_option *options, live_settings *s)
{
    size_t n = add_decoding(options, s);
    n += add_input(options + n, s);
    n += add_limits(options + n, s);
    n += add_output(options + n, s);
    return n + live_learning_add_options(options + n, &s->learning);
}
