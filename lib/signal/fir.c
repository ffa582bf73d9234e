/* Design of the band-pass (docs/spec.md 2.1). */
#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "signal/band.h"

#include <math.h>
#include <snnfe/signal.h>

#define PI 3.14159265358979323846
#define MAX_TAPS 1000001

typedef struct edge {
    double cutoff; /* middle of the transition, Hz */
    size_t n_taps; /* odd */
} edge;

static snnfe_status make_edge(edge *e, const char *name, double frequency, double width,
                              double cutoff, double rate)
{
    const double taps = 3.3 * rate / width;
    if (taps > MAX_TAPS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s %g Hz needs %.0f taps at %g Hz, more than %d",
                          name, frequency, taps, rate, MAX_TAPS);
    e->cutoff = cutoff;
    e->n_taps = (size_t)lround(taps) | 1;
    return SNNFE_OK;
}

/* Add sign * low-pass, centered in taps [n]: a Hamming-windowed sinc of unit gain at 0 Hz. */
static void add_low_pass(double *taps, size_t n, const edge *e, double rate, double sign,
                         double *scratch)
{
    const double half = (double)(e->n_taps - 1) / 2;
    double sum = 0;
    for (size_t i = 0; i < e->n_taps; i++) {
        const double x = (double)i - half;
        const double angle = 2 * PI * e->cutoff / rate * x;
        const double sinc = x < 0 || x > 0 ? sin(angle) / (PI * x) : 2 * e->cutoff / rate;
        const double phase = e->n_taps > 1 ? 2 * PI * (double)i / (double)(e->n_taps - 1) : PI;
        scratch[i] = sinc * (0.54 - 0.46 * cos(phase));
        sum += scratch[i];
    }
    double *first = taps + (n - e->n_taps) / 2;
    for (size_t i = 0; i < e->n_taps; i++)
        first[i] += sign * scratch[i] / sum;
}

static snnfe_status filter_design(double low_hz, double high_hz, double sampling_rate_hz,
                                  size_t *n_taps, double *taps)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_filter_design", "n_taps", n_taps));
    SNNFE_TRY(snnfe_band_check(low_hz, high_hz, sampling_rate_hz));
    const double nyquist = sampling_rate_hz / 2;
    edge low = {.n_taps = 1}, high = {.n_taps = 1};
    if (low_hz > 0) {
        const double width = fmin(fmax(0.25 * low_hz, 2), low_hz);
        SNNFE_TRY(
            make_edge(&low, "filter_low_hz", low_hz, width, low_hz - width / 2, sampling_rate_hz));
    }
    if (high_hz > 0) {
        const double width = fmin(fmax(0.25 * high_hz, 2), nyquist - high_hz);
        SNNFE_TRY(make_edge(&high, "filter_high_hz", high_hz, width, high_hz + width / 2,
                            sampling_rate_hz));
    }
    const size_t n = low.n_taps > high.n_taps ? low.n_taps : high.n_taps;
    if (!taps) {
        *n_taps = n;
        return SNNFE_OK;
    }
    if (*n_taps < n)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_filter_design: room for %zu taps, not %zu",
                          *n_taps, n);
    double *scratch = snnfe_alloc(n, sizeof *scratch);
    if (!scratch)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        taps[i] = 0;
    if (high_hz > 0)
        add_low_pass(taps, n, &high, sampling_rate_hz, 1, scratch);
    else
        taps[(n - 1) / 2] = 1;
    if (low_hz > 0)
        add_low_pass(taps, n, &low, sampling_rate_hz, -1, scratch);
    snnfe_release(scratch);
    *n_taps = n;
    return SNNFE_OK;
}

snnfe_status snnfe_filter_design(double low_hz, double high_hz, double sampling_rate_hz,
                                 size_t *n_taps, double *taps)
{
    SNNFE_RETURN_COMPUTED(filter_design(low_hz, high_hz, sampling_rate_hz, n_taps, taps));
}
