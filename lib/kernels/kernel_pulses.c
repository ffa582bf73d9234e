/* Kernels of programming pulses: random numbers, powers, and weights in their windows. */
#include "vector_math.h"

/* Philox, ten rounds on words of 32 bits in lanes of 64; what multiply_halves() does not look at is
   left as it is. */
static inline void philox(vword x[4], const uint32_t key[2])
{
    uint32_t k0 = key[0], k1 = key[1];
    for (int round = 0; round < 10; round++) {
        const vword a = multiply_halves(x[0], splat_w(0xD2511F53));
        const vword b = multiply_halves(x[2], splat_w(0xCD9E8D57));
        x[0] = (b >> 32) ^ x[1] ^ k0;
        x[2] = (a >> 32) ^ x[3] ^ k1;
        x[1] = b;
        x[3] = a;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    for (int i = 0; i < 4; i++)
        x[i] &= 0xFFFFFFFF;
}

static inline vdouble unit_interval(vword word)
{
    return (double_of(word) + 0.5) * 0x1p-32;
}

void KERNEL_NAME(normals)(snnfe_normals *draws, size_t n, bool third)
{
    for (size_t i = 0; i < n; i += DOUBLES) {
        vword x[4];
        vdouble cosine, sine;
        for (int c = 0; c < 4; c++)
            x[c] = load_w(draws->counters[c] + i);
        philox(x, draws->key);
        const vdouble radius = root(-2 * logarithm(unit_interval(x[0])));
        circle(unit_interval(x[1]), &cosine, &sine);
        store_d(draws->values[0] + i, radius * cosine);
        store_d(draws->values[1] + i, radius * sine);
        if (!third)
            continue;
        circle(unit_interval(x[3]), &cosine, &sine);
        store_d(draws->values[2] + i, root(-2 * logarithm(unit_interval(x[2]))) * cosine);
    }
}

void KERNEL_NAME(power_products)(const double *x, const double *a, const double *b, size_t n,
                                 double *out)
{
    for (size_t i = 0; i < n; i += DOUBLES) {
        const vdouble base = load_d(x + i);
        store_d(out + i,
                exponential(load_d(a + i) * logarithm(base) + load_d(b + i) * logarithm(1 - base)));
    }
}

void KERNEL_NAME(lognormal_factors)(const double *spread, const double *z, size_t n, double *out)
{
    for (size_t i = 0; i < n; i += DOUBLES) {
        const vdouble s = load_d(spread + i), variance = logarithm_1p(s * s);
        store_d(out + i, exponential(root(variance) * load_d(z + i) - variance / 2));
    }
}

void KERNEL_NAME(clamp_between)(float *weights, const float *low, const float *high, size_t n)
{
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        vfloat w, least, most;
        memcpy(&w, weights + i, sizeof w);
        memcpy(&least, low + i, sizeof least);
        memcpy(&most, high + i, sizeof most);
        const vmask above = greater(w, most), below = greater(least, w);
        if (bits_of(above | below) == 0) /* nearly always: nothing to write */
            continue;
        w = choose(above, most, choose(below, least, w));
        memcpy(weights + i, &w, sizeof w);
    }
    for (; i < n; i++)
        weights[i] = weights[i] > high[i] ? high[i] : weights[i] < low[i] ? low[i] : weights[i];
}
