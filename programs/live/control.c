#include "control.h"

#include "cli.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct live_control {
    snnfe_control *estimate;
    uint32_t use, n_lags;
    size_t n_values, n_window; /* of a sample; samples of a whole window */
    size_t room;               /* samples that there is room for */
    float *samples;
};

/* FILE.control; false: there is no room for the name. */
static bool name_file(char path[PATH_MAX], const char *state)
{
    const int n = snprintf(path, PATH_MAX, "%s.control", state);
    if (n > 0 && n < PATH_MAX)
        return true;
    cli_error("--state: the name is too long");
    return false;
}

snnfe_status live_control_save(const live_control *c, const char *state)
{
    char path[PATH_MAX];
    return name_file(path, state) ? snnfe_control_save(c->estimate, path) : SNNFE_ERR_IO;
}

static snnfe_status restore(live_control *c, const char *state)
{
    char path[PATH_MAX];
    if (!name_file(path, state))
        return SNNFE_ERR_IO;
    if (access(path, F_OK) != 0) {
        cli_error("%s is not there: what control has learned of the user begins again", path);
        return SNNFE_OK;
    }
    return snnfe_control_restore(c->estimate, path);
}

snnfe_status live_control_open(live_control **control, snnfe_decoder *decoder, const char *state)
{
    snnfe_decoder_info info = {.struct_size = sizeof info};
    snnfe_status status = snnfe_decoder_get_info(decoder, &info);
    if (status != SNNFE_OK)
        return status;
    const uint32_t use = (info.signal->ocular ? SNNFE_CONTROL_OCULAR : 0u) |
                         (info.signal->alignment ? SNNFE_CONTROL_ALIGNMENT : 0u);
    if (use == 0)
        return SNNFE_OK;
    live_control *c = calloc(1, sizeof *c);
    if (!c)
        return SNNFE_ERR_MEMORY;
    *control = c;
    c->use = use;
    c->n_lags = info.signal->n_lags;
    c->n_values = info.n_values;
    c->n_window = info.window_samples;
    status = snnfe_control_create(&c->estimate, info.signal, NULL);
    if (status == SNNFE_OK && state)
        status = restore(c, state);
    return status == SNNFE_OK && info.n_controls == 0
               ? snnfe_decoder_offer_control(decoder, c->estimate)
               : status;
}

void live_control_close(live_control *c)
{
    if (!c)
        return;
    snnfe_control_free(c->estimate);
    free(c->samples);
    free(c);
}

/* Room for `n` samples. */
static bool reserve(live_control *c, size_t n)
{
    if (n <= c->room)
        return true;
    float *samples = realloc(c->samples, n * c->n_values * sizeof *samples);
    if (!samples)
        return false;
    c->samples = samples;
    c->room = n;
    return true;
}

snnfe_status live_control_take(live_control *c, snnfe_decoder *decoder,
                               const snnfe_decision *decision)
{
    const size_t n = c->n_window + c->n_lags;
    if (decision->rejected || decision->early || decision->first_sample < c->n_lags)
        return SNNFE_OK;
    if (!reserve(c, n))
        return SNNFE_ERR_MEMORY;
    snnfe_status status =
        snnfe_decoder_copy_samples(decoder, decision->first_sample - c->n_lags, n, c->samples);
    if (status == SNNFE_ERR_NOT_FOUND) /* a session that began with the window has no past yet */
        return SNNFE_OK;
    if (status == SNNFE_OK)
        status = snnfe_control_add(c->estimate, c->use, c->samples, n);
    return status == SNNFE_OK ? snnfe_decoder_offer_control(decoder, c->estimate) : status;
}
