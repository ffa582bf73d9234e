/* Opening a session of snnfe-live: network, data set, decoder, input and outputs. */
#include "session.h"
#include "stage/statistics_file.h"

#include <math.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static void set_fault_limits(const live_settings *g, snnfe_decoder_options *o)
{
    o->saturation_uv = g->saturation_uv;
    o->range_uv = g->range_uv;
    o->noisy_z = g->noisy_z;
    o->flat_samples = (uint32_t)g->flat_samples;
    o->longest_gap = (uint32_t)g->longest_gap;
    o->longest_repeat = (uint32_t)g->longest_repeat;
    o->counter_bits = (uint32_t)g->counter_bits;
    o->repair = g->repair;
    if (g->most_bad_channels >= 0)
        o->most_bad_channels = (int32_t)g->most_bad_channels;
}

/* The channels that the user says the input lacks. False: a message was printed. */
static bool set_absent(const live_settings *g, const snnfe_signal *signal, snnfe_decoder_options *o)
{
    for (size_t i = 0; i < g->absent.n; i++) {
        uint32_t c = 0;
        while (signal->channel_names && c < signal->n_channels &&
               strcasecmp(signal->channel_names[c], g->absent.items[i]) != 0)
            c++;
        if (!signal->channel_names || c == signal->n_channels)
            return !cli_error("--absent: the network has no channel \"%s\"", g->absent.items[i]);
        o->absent |= UINT64_C(1) << c;
    }
    return true;
}

/* The filter: as the user says, or as the network was trained. */
static void set_filter(const live_settings *g, const snnfe_signal *known, snnfe_signal *signal)
{
    const bool tells = known->n_channels > 0 && known->filter_kind != SNNFE_FILTER_UNKNOWN;
    if (tells) {
        signal->filter_low_hz = known->filter_low_hz;
        signal->filter_high_hz = known->filter_high_hz;
        signal->notch_hz = known->notch_hz;
        signal->notch_width_hz = known->notch_width_hz;
    }
    if (tells && known->filter_kind == SNNFE_FILTER_CAUSAL)
        signal->filter_order = known->filter_order;
    if (g->plain || g->low_hz >= 0)
        signal->filter_low_hz = g->plain ? 0 : g->low_hz;
    if (g->plain || g->high_hz >= 0)
        signal->filter_high_hz = g->plain ? 0 : g->high_hz;
    if (g->plain || g->notch_hz >= 0)
        signal->notch_hz = g->plain ? 0 : g->notch_hz;
    if (g->notch_width_hz > 0)
        signal->notch_width_hz = g->notch_width_hz;
    if (g->order > 0)
        signal->filter_order = (uint32_t)g->order;
}

/* Without a data set: channels, rate and filter of the signal that the network was trained on. */
static void set_by_network(const live_settings *g, const snnfe_signal *known, snnfe_signal *signal)
{
    if (known->n_channels > 0) {
        signal->n_channels = known->n_channels;
        signal->channel_rows = known->channel_rows;
        signal->channel_columns = known->channel_columns;
        signal->channel_names = known->channel_names;
        signal->sampling_rate_hz = known->sampling_rate_hz;
        memcpy(signal->rereference, known->rereference, sizeof signal->rereference);
    }
    set_filter(g, known, signal);
}

static snnfe_status set_decoder_options(live_session *s, const snnfe_signal *known,
                                        snnfe_decoder_options *o, snnfe_signal *signal,
                                        const channel_statistics *statistics)
{
    const live_settings *g = s->settings;
    snnfe_status status = snnfe_decoder_options_init(o, sizeof *o);
    if (status == SNNFE_OK && g->data)
        status = snnfe_dataset_load(&s->dataset, g->data);
    if (status != SNNFE_OK)
        return status;
    *signal = s->dataset ? *cli_dataset_info(s->dataset).signal : *o->signal;
    if (!s->dataset)
        set_by_network(g, known, signal);
    if (g->statistics) {
        signal->channel_mean_uv = statistics->mean_uv;
        signal->channel_std_uv = statistics->std_uv;
    }
    signal->struct_size = sizeof *signal;
    o->signal = signal;
    o->allow_mismatch = g->allow_mismatch;
    o->windows = g->windows;
    o->hop = (uint32_t)g->hop;
    o->early_confidence = g->early;
    o->early_least = (uint32_t)g->early_least;
    set_fault_limits(g, o);
    return SNNFE_OK;
}

/* What the data set was made for must be what the network takes. False: a message was printed. */
static bool check_dataset(const live_session *s, const snnfe_network_options *n)
{
    snnfe_dataset_info i = {.struct_size = sizeof i};
    const char *data = s->settings->data, *model = s->settings->model;
    if (!s->dataset || snnfe_dataset_get_info(s->dataset, &i) != SNNFE_OK)
        return true;
    if (i.n_rows != n->n_rows || i.n_columns != n->n_columns || i.n_steps != n->n_steps) {
        cli_error("%s: trials are %ux%ux%u, those of %s %ux%ux%u", data, (unsigned)i.n_rows,
                  (unsigned)i.n_columns, (unsigned)i.n_steps, model, (unsigned)n->n_rows,
                  (unsigned)n->n_columns, (unsigned)n->n_steps);
        return false;
    }
    if (i.n_classes != n->n_classes) {
        cli_error("%s: has %u classes, %s %u", data, (unsigned)i.n_classes, model,
                  (unsigned)n->n_classes);
        return false;
    }
    const snnfe_signal *signal = i.signal;
    if (signal->normalization == SNNFE_NORMALIZE_NONE)
        cli_error(
            "%s: has no statistics (normalization \"none\"): samples reach the network as they "
            "come, only filtered as the data set was (%g to %g Hz)",
            data, signal->filter_low_hz, signal->filter_high_hz);
    else if (signal->filter_kind != SNNFE_FILTER_CAUSAL &&
             signal->filter_low_hz + signal->filter_high_hz > 0)
        cli_error(
            "%s: its statistics are of recordings filtered with zero phase, the live filter is "
            "causal (snnfe-preprocess --filter causal)",
            data);
    return true;
}

/* The differences that --allow_mismatch let pass, and those that live decoding always has. */
static void tell_differences(const live_session *s, const snnfe_signal *known,
                             const snnfe_signal *signal)
{
    char text[768];
    if (snnfe_decoder_mismatch(s->decoder, s->network, text, sizeof text))
        cli_error("warning: %s", text);
    if (!s->dataset && known->n_channels > 0 && known->filter_kind == SNNFE_FILTER_ZERO_PHASE &&
        signal->filter_low_hz + signal->filter_high_hz > 0)
        cli_error("%s: was trained on recordings filtered with zero phase, the live filter is "
                  "causal (snnfe-preprocess --filter causal)",
                  s->settings->model);
}

static void name_classes(live_session *s, const snnfe_signal *known, const snnfe_network_options *n)
{
    static char numbers[SNNFE_MAX_CLASSES][24];
    const snnfe_signal *by = s->dataset ? cli_dataset_info(s->dataset).signal : known;
    for (uint32_t c = 0; c < n->n_classes; c++) {
        const char *name = by->class_names ? by->class_names[c] : NULL;
        snprintf(numbers[c], sizeof numbers[c], "class %u", (unsigned)c);
        s->view.class_names[c] = name ? name : numbers[c];
    }
}

bool live_is_recording(const char *input)
{
    static const char *const endings[] = {".edf", ".EDF", ".bdf", ".BDF", ".vhdr"};
    const char *dot = strrchr(input, '.');
    for (size_t i = 0; dot && i < sizeof endings / sizeof endings[0]; i++)
        if (strcmp(dot, endings[i]) == 0)
            return true;
    return false;
}

static const char *after(const char *text, const char *prefix)
{
    const size_t n = strlen(prefix);
    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

/* What the input has to fit, and what the user says of it. */
static bool describe_input(live_session *s)
{
    const live_settings *g = s->settings;
    live_input *input = &s->input;
    input->decoder = s->decoder;
    input->told_by = g->data ? g->data : g->statistics ? g->statistics : g->model;
    input->n_channels = s->view.n_channels;
    input->sampling_rate_hz = s->view.sampling_rate_hz;
    input->resample = g->resample;
    input->n_classes = s->view.n_classes;
    input->name = g->input;
    input->names_given = g->channels != NULL;
    return (!g->channels || live_input_set_names(input, g->channels)) &&
           (!g->unit || live_input_set_unit(input, g->unit)) &&
           (!(g->rate > 0) || live_input_set_rate(input, g->rate));
}

static bool open_recordings(live_session *s)
{
    const live_settings *g = s->settings;
    const bool cued = g->windows == SNNFE_WINDOWS_CUED;
    return (!cued || live_cues_make(&s->cues, &g->cues, s->dataset, s->view.n_classes,
                                    s->view.class_names)) &&
           live_open_edf(&s->source, &s->input, cued ? &s->cues : NULL, s->view.class_names,
                         g->speed);
}

static bool open_lsl(live_session *s, const char *stream)
{
#ifdef LIVE_HAVE_LSL
    if (!live_open_lsl(&s->source, &s->input, stream, s->settings->lsl_source_id))
        return false;
    if (s->settings->windows == SNNFE_WINDOWS_REGULAR)
        return true;
    cli_error(
        "%s: a stream has no cues, so no window would begin: --windows regular decides without",
        s->settings->input);
    return false;
#else
    (void)stream;
    cli_error("%s: this program was built without the Lab Streaming Layer", s->settings->input);
    return false;
#endif
}

static bool open_source(live_session *s)
{
    const live_settings *g = s->settings;
    const char *stream = after(g->input, "lsl:"), *port = after(g->input, "listen:");
    int fd = -1;
    if (!describe_input(s))
        return false;
    if (stream)
        return open_lsl(s, stream);
    if (live_is_recording(g->input))
        return open_recordings(s);
    /* Names that do not fit are reported before anybody connects. */
    if (g->channels && !live_input_settle(&s->input, 0))
        return false;
    if (strcmp(g->input, "-") == 0)
        fd = STDIN_FILENO;
    else if (port)
        fd = live_listen(port);
    else if (after(g->input, "tcp:"))
        fd = live_connect(after(g->input, "tcp:"));
    else
        cli_error(
            "%s: not a .edf file (nor .bdf, .vhdr), -, tcp:HOST:PORT, listen:PORT or lsl:NAME",
            g->input);
    return fd >= 0 && live_open_stream(&s->source, &s->input, fd, g->format == 1);
}

static snnfe_status open_network(live_session *s, snnfe_network_options *n)
{
    n->struct_size = sizeof *n;
    const snnfe_status status = snnfe_network_load(&s->network, s->settings->model);
    return status == SNNFE_OK ? snnfe_network_get_options(s->network, n) : status;
}

static snnfe_status open_device(live_session *s)
{
    const live_learning_settings *l = &s->settings->learning;
    device_settings device = l->device;
    const bool pulses = l->adapt && !l->floating_point;
    if (!device.dut && !pulses)
        return SNNFE_OK;
    if (!device.dut)
        device.dut = device_defaults().dut;
    return device_make(&s->device, &device);
}

/* The network as it is in the array by now, and as it is read. */
static snnfe_status put_on_array(live_session *s)
{
    const live_learning_settings *l = &s->settings->learning;
    snnfe_status status = device_transfer(s->network, s->device, 0, 0, 0, NULL);
    if (status == SNNFE_OK)
        status = array_age(s->network, s->device, &l->time);
    if (status == SNNFE_OK && l->reading >= 0)
        status = snnfe_network_read(s->network, s->device, (uint64_t)l->reading);
    return status;
}

static bool open_output(live_session *s)
{
    if (!s->settings->out)
        return true;
    if (!cli_open(&s->out, s->settings->out))
        return false;
    fprintf(s->out.stream, "window,first_sample,n_steps,label,decision,confidence,early,rejected,"
                           "faults,bad_channels,session,source_sample");
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

static void begin_view(live_session *s, const snnfe_network_options *n, double sampling_rate_hz)
{
    s->n_samples = s->before.n_samples;
    s->view.n_channels = s->before.n_channels;
    s->view.n_rows = n->n_rows;
    s->view.n_columns = n->n_columns;
    s->view.n_steps = n->n_steps;
    s->view.n_classes = n->n_classes;
    s->view.sampling_rate_hz = sampling_rate_hz;
    s->view.rolling = (double)NAN;
    s->view.learning = s->settings->learning.adapt;
}

bool live_open_session(live_session *s, snnfe_status *status)
{
    static channel_statistics statistics;
    const live_settings *g = s->settings;
    snnfe_network_options n = {0};
    snnfe_decoder_options o;
    snnfe_signal signal, known = {.struct_size = sizeof known};
    const bool resumes = g->state && access(g->state, F_OK) == 0;
    *status = open_network(s, &n);
    if (*status == SNNFE_OK)
        *status = open_device(s);
    if (*status == SNNFE_OK && !(device_check_array(&g->learning.device, s->device) &&
                                 array_check(&g->learning.time, s->device) &&
                                 array_check_reading(g->learning.reading, s->device)))
        return false;
    if (*status == SNNFE_OK && g->learning.device.dut)
        *status = put_on_array(s);
    if (*status == SNNFE_OK)
        *status = snnfe_network_get_signal(s->network, &known);
    if (*status == SNNFE_OK && g->statistics &&
        !statistics_read(&statistics, g->statistics,
                         known.n_channels ? known.n_channels : STATISTICS_CHANNELS))
        return false;
    if (*status == SNNFE_OK)
        *status = set_decoder_options(s, &known, &o, &signal, &statistics);
    if (*status == SNNFE_OK && (!check_dataset(s, &n) || !set_absent(g, &signal, &o)))
        return false;
    s->input.absent = o.absent;
    if (*status == SNNFE_OK)
        *status = snnfe_decoder_create(&s->decoder, s->network, &o);
    if (*status == SNNFE_OK && resumes && !g->learning.adapt)
        *status = snnfe_decoder_restore(s->decoder, g->state);
    if (*status == SNNFE_OK)
        *status = live_control_open(&s->control, s->decoder, resumes ? g->state : NULL);
    s->before.struct_size = sizeof s->before;
    if (*status == SNNFE_OK)
        *status = snnfe_decoder_get_info(s->decoder, &s->before);
    if (*status != SNNFE_OK)
        return true;
    begin_view(s, &n, signal.sampling_rate_hz);
    name_classes(s, &known, &n);
    tell_differences(s, &known, &signal);
    if (g->learning.adapt &&
        !live_learning_open(&s->learning, &g->learning, s->network, s->decoder, s->device))
        return false;
    if (s->learning && resumes)
        *status = live_learning_restore(s->learning, g->state);
    if (s->learning && resumes && *status == SNNFE_OK)
        *status = live_learning_age(s->learning, &g->learning.time);
    if (*status != SNNFE_OK)
        return true;
    return open_output(s) && open_course(s) && open_source(s);
}
