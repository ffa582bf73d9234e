#include "programming_settings.h"

#include <string.h>

static const char *const methods[] = {"accumulate",  "stochastic", "mixed", "tiki_taka",
                                      "tiki_taka_2", "verify",     "pairs", NULL};

programming_settings programming_defaults(void)
{
    snnfe_programming_options o = {0};
    snnfe_programming_options_init(&o, sizeof o);
    return (programming_settings){.method = o.method,
                                  .most_pulses = o.most_pulses,
                                  .period = o.period,
                                  .shift_pairs = o.shift_pairs,
                                  .fast_rate = o.fast_rate,
                                  .transfer_rate = o.transfer_rate,
                                  .tolerance = o.tolerance,
                                  .refresh = o.refresh};
}

size_t programming_add_options(cli_option *options, programming_settings *s)
{
    const cli_option own[PROGRAMMING_N_OPTIONS] = {
        {"programming", CLI_CHOICE, &s->method, 0, 0, methods, "how updates become pulses"},
        {"most_pulses", CLI_INTEGER, &s->most_pulses, 1, 1000, NULL, "pulses on a cell at once"},
        {"period", CLI_INTEGER, &s->period, 1, 1000000, NULL,
         "steps between transfers or verifications"},
        {"fast_rate", CLI_NUMBER, &s->fast_rate, 1e-6, 1000, NULL,
         "factor on the updates of fast cells"},
        {"transfer_rate", CLI_NUMBER, &s->transfer_rate, 1e-6, 1, NULL,
         "share of what a fast cell holds that goes on"},
        {"shift_pairs", CLI_INTEGER, &s->shift_pairs, 0, 10000, NULL,
         "pairs of pulses that find a fast cell's symmetry point"},
        {"tolerance", CLI_NUMBER, &s->tolerance, 1e-6, 1, NULL,
         "error that is let be, in units of the weights' range"},
        {"refresh", CLI_NUMBER, &s->refresh, 0.1, 1, NULL,
         "part of a cell's window at which a pair is refreshed"},
    };
    memcpy(options, own, sizeof own);
    return PROGRAMMING_N_OPTIONS;
}

const cli_need programming_needs[] = {
    {"most_pulses", "!programming=accumulate"},
    {"period",
     "programming=mixed programming=tiki_taka programming=tiki_taka_2 programming=verify"},
    {"fast_rate", "programming=tiki_taka programming=tiki_taka_2"},
    {"transfer_rate", "programming=tiki_taka programming=tiki_taka_2"},
    {"shift_pairs", "programming=tiki_taka programming=tiki_taka_2"},
    {"tolerance", "programming=verify"},
    {"refresh", "programming=pairs"},
    {"thr", "!programming=verify"},
    {"thr_asym", "!programming=verify"},
    {NULL, NULL}};

snnfe_programming_options programming_make(const programming_settings *s)
{
    snnfe_programming_options o = {0};
    snnfe_programming_options_init(&o, sizeof o);
    o.method = s->method;
    o.most_pulses = (uint32_t)s->most_pulses;
    o.period = (uint32_t)s->period;
    o.shift_pairs = (uint32_t)s->shift_pairs;
    o.fast_rate = s->fast_rate;
    o.transfer_rate = s->transfer_rate;
    o.tolerance = s->tolerance;
    o.refresh = s->refresh;
    return o;
}
