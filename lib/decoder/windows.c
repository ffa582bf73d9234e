/* The steps of the windows that run. Those that get the same samples agree after some steps in the
   layers below r1, and one of them runs these layers for all. */
#include "decoder/decoder_internal.h"

/* Windows of envelopes whose steps fall on other samples never agree. */
static bool steps(const snnfe_decoder *d, const snnfe_window *w)
{
    return snnfe_lane_network(&w->lane) != NULL && snnfe_decoder_step_is_due(d, w);
}

static bool have_same_filter(const snnfe_decoder *d, size_t i, size_t j)
{
    return !snnfe_decoder_has_control(d) ||
           snnfe_mixer_of(&d->mixer, i) == snnfe_mixer_of(&d->mixer, j);
}

/* Those that follow one lane follow another one now. */
static void redirect(snnfe_decoder *d, const snnfe_lane *from, snnfe_lane *to)
{
    for (size_t i = 0; i < d->n_windows; i++)
        if (d->windows[i].lane.leader == from)
            d->windows[i].lane.leader = to;
}

/* Let window `index`, and those that follow it, follow an older one that it agrees with. */
static void find_leader(snnfe_decoder *d, size_t index)
{
    snnfe_window *w = &d->windows[index];
    for (size_t i = 0; i < d->n_windows && !w->lane.leader; i++) {
        snnfe_window *other = &d->windows[i];
        if (steps(d, other) && other->number < w->number && have_same_filter(d, i, index) &&
            snnfe_lane_follow(&w->lane, &other->lane))
            redirect(d, &w->lane, &other->lane);
    }
}

void snnfe_windows_step(snnfe_decoder *d)
{
    for (size_t i = 0; i < d->n_windows; i++)
        if (steps(d, &d->windows[i]) && !d->windows[i].lane.leader)
            snnfe_lane_step(&d->windows[i].lane, snnfe_decoder_grid_of(d, i));
    for (size_t i = 0; i < d->n_windows; i++)
        if (steps(d, &d->windows[i]) && d->windows[i].lane.leader)
            snnfe_lane_step(&d->windows[i].lane, NULL);
    for (size_t i = 0; i < d->n_windows; i++)
        if (steps(d, &d->windows[i]) && !d->windows[i].lane.leader)
            find_leader(d, i);
}

void snnfe_windows_part(snnfe_decoder *d, snnfe_window *w)
{
    for (size_t i = 0; i < d->n_windows; i++) {
        snnfe_lane *next = &d->windows[i].lane;
        if (next->leader == &w->lane) {
            snnfe_lane_succeed(next);
            redirect(d, &w->lane, next);
        }
    }
    w->lane.leader = NULL;
}
