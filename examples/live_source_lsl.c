/* Samples from a Lab Streaming Layer stream. */
#include "live_source.h"

#include <lsl_c.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_GAP_S 3600.0

typedef struct outlet {
    lsl_streaminfo info;
    lsl_inlet inlet;
    size_t n_channels;
    double rate, last; /* time stamp of the sample before; 0 at the start */
    uint64_t number;
    float sample[64];
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

/* Time stamps tell of samples that never came. */
static live_event next_pulled(void *state)
{
    outlet *o = state;
    int32_t problem = 0;
    const double stamp =
        lsl_pull_sample_f(o->inlet, o->sample, (int32_t)o->n_channels, 0.1, &problem);
    if (problem == lsl_lost_error)
        return (live_event){.kind = LIVE_END};
    if (problem != lsl_no_error && problem != lsl_timeout_error) {
        cli_error("lsl: cannot pull a sample (error %d)", (int)problem);
        return (live_event){.kind = LIVE_FAILED};
    }
    if (!(stamp > 0))
        return (live_event){.kind = LIVE_IDLE};
    const double steps = o->last > 0 ? (stamp - o->last) * o->rate : 1;
    if (steps > 1.5 && steps < MAX_GAP_S * o->rate)
        o->number += (uint64_t)llround(steps) - 1;
    o->last = stamp;
    return (live_event){.kind = LIVE_SAMPLES,
                        .numbered = true,
                        .number = o->number++,
                        .samples = o->sample,
                        .n = 1,
                        .label = -1};
}

static bool fits(const outlet *o, const char *name)
{
    const int32_t channels = lsl_get_channel_count(o->info);
    const double rate = lsl_get_nominal_srate(o->info);
    if (channels != (int32_t)o->n_channels) {
        cli_error("lsl:%s: has %d channels, not %zu", name, (int)channels, o->n_channels);
        return false;
    }
    if (fabs(rate - o->rate) > 1e-6 * o->rate) {
        cli_error("lsl:%s: has %g samples a second, not %g", name, rate, o->rate);
        return false;
    }
    return true;
}

static bool open_inlet(outlet *o, const char *name)
{
    int32_t problem = 0;
    if (lsl_resolve_byprop(&o->info, 1, "name", name, 1, 10) < 1) {
        cli_error("lsl:%s: no such stream within ten seconds", name);
        return false;
    }
    if (!fits(o, name))
        return false;
    o->inlet = lsl_create_inlet(o->info, 360, 0, 1);
    if (o->inlet)
        lsl_set_postprocessing(o->inlet, proc_clocksync | proc_dejitter | proc_monotonize);
    if (o->inlet)
        lsl_open_stream(o->inlet, 10, &problem);
    if (!o->inlet || problem != lsl_no_error) {
        cli_error("lsl:%s: cannot be opened (error %d)", name, (int)problem);
        return false;
    }
    return true;
}

bool live_open_lsl(live_source *source, const char *name, size_t n_channels,
                   double sampling_rate_hz)
{
    outlet *o = calloc(1, sizeof *o);
    if (!o) {
        cli_error("out of memory");
        return false;
    }
    o->n_channels = n_channels;
    o->rate = sampling_rate_hz;
    if (!open_inlet(o, name)) {
        close_outlet(o);
        return false;
    }
    *source = (live_source){o, next_pulled, close_outlet};
    return true;
}
