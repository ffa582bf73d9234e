/* Samples from a Lab Streaming Layer stream. */
#include "source.h"

#include <lsl_c.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GAP_S 3600.0
#define MAX_STREAMS 64
#define FIRST_WAIT_S 10 /* for the first stream of a name */
#define OTHERS_WAIT_S 1 /* for others of the same name */

typedef struct outlet {
    lsl_streaminfo info;
    lsl_inlet inlet;
    live_input *input;
    double last; /* time stamp of the sample before; 0 at the start */
    uint64_t number;
    bool restarted; /* the sample in `row` begins a new session */
    float row[LIVE_MAX_COLUMNS], sample[LIVE_MAX_CHANNELS];
} outlet;

static void close_outlet(void *state)
{
    outlet *o = state;
    if (o->inlet)
        lsl_destroy_inlet(o->inlet);
    if (o->info)
        lsl_destroy_streaminfo(o->info);
    free(o);
}

static live_event take_sample(outlet *o)
{
    live_input_take(o->input, o->row, o->sample);
    return (live_event){.kind = LIVE_SAMPLES,
                        .numbered = true,
                        .number = o->number++,
                        .samples = o->sample,
                        .n = 1,
                        .label = -1};
}

/* Time stamps show samples that never came, and a source that started again. */
static live_event next_pulled(void *state)
{
    outlet *o = state;
    int32_t problem = 0;
    if (o->restarted) {
        o->restarted = false;
        return take_sample(o);
    }
    const double stamp =
        lsl_pull_sample_f(o->inlet, o->row, (int32_t)o->input->n_columns, 0.1, &problem);
    if (problem == lsl_lost_error)
        return (live_event){.kind = LIVE_END};
    if (problem != lsl_no_error && problem != lsl_timeout_error) {
        cli_error("%s: cannot pull a sample (error %d)", o->input->name, (int)problem);
        return (live_event){.kind = LIVE_FAILED};
    }
    if (!(stamp > 0))
        return (live_event){.kind = LIVE_IDLE};
    const double rate = o->input->rate_hz;
    const double steps = o->last > 0 ? (stamp - o->last) * rate : 1;
    const bool begins = !(o->last > 0) || steps < -rate || steps > MAX_GAP_S * rate;
    o->last = stamp;
    if (begins) {
        o->number = 0;
        o->restarted = true;
        return (live_event){.kind = LIVE_SESSION};
    }
    if (steps > 1.5)
        o->number += (uint64_t)llround(steps) - 1;
    return take_sample(o);
}

/* --- finding the stream --------------------------------------------------------------------- */

static void print_stream(lsl_streaminfo info)
{
    fprintf(stderr, "  --lsl_source_id %s: %d channels, %g samples a second, type %s, on %s\n",
            cli_shown(*lsl_get_source_id(info) ? lsl_get_source_id(info) : lsl_get_uid(info)),
            (int)lsl_get_channel_count(info), lsl_get_nominal_srate(info),
            cli_shown(lsl_get_type(info)), cli_shown(lsl_get_hostname(info)));
}

static bool is_chosen(lsl_streaminfo info, const char *source_id)
{
    return !source_id || strcmp(lsl_get_source_id(info), source_id) == 0 ||
           strcmp(lsl_get_uid(info), source_id) == 0;
}

/* The only stream that is asked for, out of those of its name; the others are freed. */
static bool choose(outlet *o, lsl_streaminfo *found, int32_t n, const char *source_id)
{
    int32_t n_chosen = 0;
    for (int32_t i = 0; i < n; i++)
        n_chosen += is_chosen(found[i], source_id);
    if (n_chosen == 0)
        cli_error("%s: none of the streams of this name has the source id %s:", o->input->name,
                  source_id);
    else if (n_chosen > 1)
        cli_error("%s: %d streams have this name, choose one:", o->input->name, (int)n_chosen);
    for (int32_t i = 0; n_chosen != 1 && i < n; i++)
        print_stream(found[i]);
    for (int32_t i = 0; i < n; i++)
        if (n_chosen == 1 && is_chosen(found[i], source_id))
            o->info = found[i];
        else
            lsl_destroy_streaminfo(found[i]);
    return n_chosen == 1;
}

static bool find_stream(outlet *o, const char *name, const char *source_id)
{
    lsl_streaminfo found[MAX_STREAMS];
    int32_t n = lsl_resolve_byprop(found, MAX_STREAMS, "name", name, 1, FIRST_WAIT_S);
    if (n < 1) {
        cli_error("%s: no such stream within ten seconds", o->input->name);
        return false;
    }
    /* The first answer is not the last: ask for more than there can be, until the time is over. */
    for (int32_t i = 0; i < n; i++)
        lsl_destroy_streaminfo(found[i]);
    n = lsl_resolve_byprop(found, MAX_STREAMS, "name", name, MAX_STREAMS, OTHERS_WAIT_S);
    if (n < 1) {
        cli_error("%s: the stream is gone again", o->input->name);
        return false;
    }
    return choose(o, found, n, source_id);
}

/* --- what it says of itself ------------------------------------------------------------------ */

static bool take_names(live_input *input, lsl_xml_ptr channels)
{
    char list[LIVE_MAX_NAMES] = "";
    size_t used = 0;
    for (lsl_xml_ptr c = lsl_child(channels, "channel"); !lsl_empty(c);
         c = lsl_next_sibling_n(c, "channel")) {
        const char *label = lsl_child_value_n(c, "label"), *unit = lsl_child_value_n(c, "unit");
        if (*unit && !live_input_set_unit(input, unit))
            return false;
        const int n = snprintf(list + used, sizeof list - used, "%s%s", used ? "," : "", label);
        if (n < 0 || (size_t)n >= sizeof list - used || strchr(label, ',')) {
            cli_error("%s: its channels' names are too long or have commas", input->name);
            return false;
        }
        used += (size_t)n;
        if (!*label)
            return true; /* without names: by number */
    }
    return used == 0 || input->names_given || live_input_set_names(input, list);
}

static bool fits(outlet *o)
{
    live_input *input = o->input;
    int32_t problem = 0;
    const int32_t channels = lsl_get_channel_count(o->info);
    if (lsl_get_channel_format(o->info) == cft_string) {
        cli_error("%s: has texts, not samples", input->name);
        return false;
    }
    if (channels < 1 || channels > LIVE_MAX_COLUMNS) {
        cli_error("%s: has %d channels, not 1 to %d", input->name, (int)channels, LIVE_MAX_COLUMNS);
        return false;
    }
    if (!live_input_set_rate(input, lsl_get_nominal_srate(o->info)))
        return false;
    lsl_streaminfo full = lsl_get_fullinfo(o->inlet, FIRST_WAIT_S, &problem);
    const bool good = full && problem == lsl_no_error
                          ? take_names(input, lsl_child(lsl_get_desc(full), "channels"))
                          : true;
    if (full)
        lsl_destroy_streaminfo(full);
    return good && live_input_settle(input, (size_t)channels);
}

static bool open_inlet(outlet *o)
{
    int32_t problem = 0;
    o->inlet = lsl_create_inlet(o->info, 360, 0, 1);
    if (o->inlet)
        lsl_set_postprocessing(o->inlet, proc_clocksync | proc_dejitter | proc_monotonize);
    if (o->inlet)
        lsl_open_stream(o->inlet, FIRST_WAIT_S, &problem);
    if (!o->inlet || problem != lsl_no_error) {
        cli_error("%s: cannot be opened (error %d)", o->input->name, (int)problem);
        return false;
    }
    return true;
}

bool live_open_lsl(live_source *source, live_input *input, const char *name, const char *source_id)
{
    outlet *o = calloc(1, sizeof *o);
    if (!o) {
        cli_error("out of memory");
        return false;
    }
    o->input = input;
    if (!find_stream(o, name, source_id) || !open_inlet(o) || !fits(o)) {
        close_outlet(o);
        return false;
    }
    *source = (live_source){o, next_pulled, close_outlet};
    return true;
}
