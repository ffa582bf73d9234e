/* Stationary random signals, cheap enough for 64 channels of many recordings. */
#include "synthetic/synthetic_model.h"

#include <math.h>

#define PI 3.14159265358979323846
#define WARM_UP (8 * SNNFE_SYNTHETIC_RATE) /* samples until the start is forgotten */

/* One-pole low-passes of the same white noise, whose gains fall with the square root of their
   corner frequency, add up to a spectrum near 1/f from 0.2 Hz to half the sampling rate. */
void snnfe_synthetic_pink(float *out, size_t n, snnfe_stream *stream)
{
    enum { N_POLES = 4 };
    static const double corner_hz[N_POLES] = {0.2, 1, 5, 25};
    double pole[N_POLES], gain[N_POLES], state[N_POLES] = {0}, variance = 0;
    for (int i = 0; i < N_POLES; i++) {
        pole[i] = exp(-2 * PI * corner_hz[i] / SNNFE_SYNTHETIC_RATE);
        gain[i] = (1 - pole[i]) / sqrt(corner_hz[i]);
    }
    for (int i = 0; i < N_POLES; i++)
        for (int j = 0; j < N_POLES; j++)
            variance += gain[i] * gain[j] / (1 - pole[i] * pole[j]);
    const double scale = 1 / sqrt(variance);
    for (size_t t = 0; t < n + WARM_UP; t++) {
        const double white = scale * snnfe_stream_normal(stream);
        double sum = 0;
        for (int i = 0; i < N_POLES; i++) {
            state[i] = pole[i] * state[i] + gain[i] * white;
            sum += state[i];
        }
        if (t >= WARM_UP)
            out[t - WARM_UP] = (float)sum;
    }
}

/* A damped rotation driven by white noise in both coordinates; the first one is the rhythm. */
void snnfe_synthetic_rhythm(float *out, size_t n, double frequency_hz, double width_hz,
                            snnfe_stream *stream)
{
    const double damping = exp(-PI * width_hz / SNNFE_SYNTHETIC_RATE);
    const double angle = 2 * PI * frequency_hz / SNNFE_SYNTHETIC_RATE;
    const double c = damping * cos(angle), s = damping * sin(angle);
    const double drive = sqrt(1 - damping * damping);
    double x = snnfe_stream_normal(stream), y = snnfe_stream_normal(stream);
    for (size_t t = 0; t < n; t++) {
        out[t] = (float)x;
        const double turned = c * x - s * y;
        y = s * x + c * y + drive * snnfe_stream_normal(stream);
        x = turned + drive * snnfe_stream_normal(stream);
    }
}
