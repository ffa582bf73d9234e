/* snnfe-live: decodes a running stream of samples, and learns its user. */
#include "session.h"

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
    if (s->control)
        status = live_control_save(s->control, g->state);
    if (status != SNNFE_OK)
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
    live_rate_close(&s->rate);
    snnfe_decoder_free(s->decoder);
    live_learning_close(s->learning);
    snnfe_device_free(s->device);
    live_control_close(s->control);
    snnfe_network_free(s->network);
    snnfe_dataset_free(s->dataset);
}

/* However the stream ended, what was decided until then is kept. */
static bool keep_outputs(live_session *s)
{
    const bool out = !s->settings->out || cli_commit(&s->out);
    return (!s->settings->course || cli_commit(&s->course)) && out;
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
    if (s.n_decided > 0 || (good && status == SNNFE_OK))
        good = keep_outputs(&s) && good;
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
    if (live_is_recording(s->input) && (s->channels || s->unit || s->rate > 0))
        return "a recording tells its own channels, unit and rate: --channels, --unit and --rate "
               "are for "
               "streams";
    if (s->lsl_source_id && strncmp(s->input, "lsl:", 4) != 0)
        return "--lsl_source_id is for lsl:NAME";
    if (s->counter_bits != 0 && s->counter_bits < 8)
        return "--counter_bits is 0 or 8 to 64";
    if (s->counter_bits != 0 && s->resample)
        return "--resample counts samples that do not wrap, without --counter_bits";
    return NULL;
}

static int parse_and_run(live_settings *s, int argc, char **argv)
{
    cli_option options[LIVE_N_OPTIONS];
    const size_t n_options = live_add_options(options, s);
    static const cli_need needs[] = {{"low_hz", "statistics"},
                                     {"high_hz", "statistics"},
                                     {"filter_order", "statistics"},
                                     {"notch", "statistics"},
                                     {"notch_width", "statistics"},
                                     {"cues", "windows=cued"},
                                     {"hop", "windows=regular"},
                                     {"early_least", "early"},
                                     {"quiet", "!view"},
                                     {"save_model", "adapt"},
                                     {"seed", "adapt"},
                                     {NULL, NULL}};
    const cli_program program = {
        .name = "snnfe-live",
        .usage = "MODEL INPUT",
        .about =
            "Decodes a stream with the network MODEL (.safetensors, or .pth of PyTorch).\n"
            "INPUT is a recording (EDF, BDF or BrainVision's .vhdr, or several with commas "
            "between),\n"
            "- for standard input, tcp:HOST:PORT or listen:PORT for a socket, or lsl:NAME for a "
            "stream\n"
            "of the Lab Streaming Layer. docs/live.md describes the formats.",
        .options = options,
        .n_options = n_options,
        .positionals = {&s->model, &s->input},
        .n_positionals = 2,
        .needs = {needs, live_learning_needs, programming_needs}};
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

static live_settings defaults(void)
{
    snnfe_decoder_options o = {0};
    snnfe_decoder_options_init(&o, sizeof o);
    return (live_settings){.low_hz = -1,
                           .notch_hz = -1,
                           .high_hz = -1,
                           .early_least = o.early_least,
                           .windows = SNNFE_WINDOWS_CUED,
                           .saturation_uv = o.saturation_uv,
                           .range_uv = o.range_uv,
                           .noisy_z = o.noisy_z,
                           .flat_samples = o.flat_samples,
                           .longest_gap = o.longest_gap,
                           .repair = o.repair,
                           .most_bad_channels = -1,
                           .learning = live_learning_defaults()};
}

int main(int argc, char **argv)
{
    static live_settings s;
    s = defaults();
    return parse_and_run(&s, argc, argv);
}
