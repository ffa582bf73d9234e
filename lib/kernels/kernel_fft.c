/* Filtering by a Fourier transform. The transform of a signal comes in an order of its own, in
   which it is multiplied and transformed back, so that nothing has to be put in order. Part after
   part goes forth and back while it is in the first-level cache. Real and imaginary parts are
   arrays of their own: neighboring points are a vector. */
#include "fft.h"
#include "vector.h"

typedef struct points {
    vfloat re, im;
} points;

static inline points plus(points a, points b)
{
    return (points){a.re + b.re, a.im + b.im};
}

static inline points minus(points a, points b)
{
    return (points){a.re - b.re, a.im - b.im};
}

/* a - i b */
static inline points minus_i(points a, points b)
{
    return (points){a.re + b.im, a.im - b.re};
}

static inline points plus_i(points a, points b)
{
    return (points){a.re - b.im, a.im + b.re};
}

static inline points times(points a, float factor)
{
    return (points){a.re * splat(factor), a.im * splat(factor)};
}

static inline void transform2(points a[2])
{
    const points first = a[0];
    a[0] = plus(first, a[1]);
    a[1] = minus(first, a[1]);
}

static inline void transform3(points a[3])
{
    const float sine = 0.86602540378443864676F; /* of a third of a turn */
    const points sum = plus(a[1], a[2]), difference = times(minus(a[1], a[2]), sine);
    const points middle = minus(a[0], times(sum, 0.5F));
    a[0] = plus(a[0], sum);
    a[1] = minus_i(middle, difference);
    a[2] = plus_i(middle, difference);
}

static inline void transform4(points a[4])
{
    const points even = plus(a[0], a[2]), odd = plus(a[1], a[3]);
    const points even_rest = minus(a[0], a[2]), odd_rest = minus(a[1], a[3]);
    a[0] = plus(even, odd);
    a[1] = minus_i(even_rest, odd_rest);
    a[2] = minus(even, odd);
    a[3] = plus_i(even_rest, odd_rest);
}

static inline void transform5(points a[5])
{
    /* Of a fifth of a turn, and of two. */
    const float cosine1 = 0.30901699437494742410F, cosine2 = -0.80901699437494742410F;
    const float sine1 = 0.95105651629515357212F, sine2 = 0.58778525229247312917F;
    const points sum1 = plus(a[1], a[4]), sum2 = plus(a[2], a[3]);
    const points rest1 = minus(a[1], a[4]), rest2 = minus(a[2], a[3]);
    const points middle1 = plus(a[0], plus(times(sum1, cosine1), times(sum2, cosine2)));
    const points middle2 = plus(a[0], plus(times(sum1, cosine2), times(sum2, cosine1)));
    const points turned1 = plus(times(rest1, sine1), times(rest2, sine2));
    const points turned2 = minus(times(rest1, sine2), times(rest2, sine1));
    a[0] = plus(a[0], plus(sum1, sum2));
    a[1] = minus_i(middle1, turned1);
    a[2] = minus_i(middle2, turned2);
    a[3] = plus_i(middle2, turned2);
    a[4] = plus_i(middle1, turned1);
}

static inline void transform(size_t radix, points *a)
{
    if (radix == 2)
        transform2(a);
    else if (radix == 3)
        transform3(a);
    else if (radix == 4)
        transform4(a);
    else
        transform5(a);
}

/* Forth: transform, then multiply by the factors. Back: by their conjugates, then transform with
   real and imaginary parts exchanged, which is the inverse. */
static inline __attribute__((always_inline)) void
pass(const snnfe_fft_level *level, const size_t radix, bool back, float *re, float *im)
{
    const size_t n = level->n;
    for (size_t p = 0; p < n; p += LANES) {
        points a[5];
        for (size_t k = 0; k < radix; k++) {
            const size_t at = k * n + p;
            a[k] = (points){load_f(re + at), load_f(im + at)};
            if (back && k > 0 && level->re) {
                const vfloat c = load_f(level->re + at - n), s = load_f(level->im + at - n);
                a[k] = (points){a[k].re * c + a[k].im * s, a[k].im * c - a[k].re * s};
            }
            if (back)
                a[k] = (points){a[k].im, a[k].re};
        }
        transform(radix, a);
        for (size_t k = 0; k < radix; k++) {
            const size_t at = k * n + p;
            if (back)
                a[k] = (points){a[k].im, a[k].re};
            if (!back && k > 0 && level->re) {
                const vfloat c = load_f(level->re + at - n), s = load_f(level->im + at - n);
                a[k] = (points){a[k].re * c - a[k].im * s, a[k].im * c + a[k].re * s};
            }
            store_f(re + at, a[k].re);
            store_f(im + at, a[k].im);
        }
    }
}

static inline __attribute__((always_inline)) void pass_of(const snnfe_fft_level *level, bool back,
                                                          float *re, float *im)
{
    if (level->radix == 2)
        pass(level, 2, back, re, im);
    else if (level->radix == 3)
        pass(level, 3, back, re, im);
    else if (level->radix == 4)
        pass(level, 4, back, re, im);
    else
        pass(level, 5, back, re, im);
}

static void go_forth(const snnfe_fft_level *level, float *re, float *im)
{
    pass_of(level, false, re, im);
}

static void go_back(const snnfe_fft_level *level, float *re, float *im)
{
    pass_of(level, true, re, im);
}

static inline void transpose(const float *from, float *to)
{
    for (size_t row = 0; row < SNNFE_FFT_SIDE; row++)
        for (size_t column = 0; column < SNNFE_FFT_SIDE; column++)
            to[column * SNNFE_FFT_SIDE + row] = from[row * SNNFE_FFT_SIDE + column];
}

/* A block forth, times the response, and back; without a response forth only. */
static void filter_block(const snnfe_fft_plan *plan, float *re, float *im, const float *response)
{
    const snnfe_fft_level *levels = plan->block;
    const size_t part = levels[0].n;
    _Alignas(64) float tile[2][SNNFE_FFT_BLOCK];
    go_forth(&levels[0], re, im);
    for (size_t i = 0; i < SNNFE_FFT_BLOCK; i += part)
        go_forth(&levels[1], re + i, im + i);
    transpose(re, tile[0]);
    transpose(im, tile[1]);
    go_forth(&levels[2], tile[0], tile[1]);
    for (size_t i = 0; i < SNNFE_FFT_BLOCK; i += part)
        go_forth(&levels[3], tile[0] + i, tile[1] + i);
    if (!response) {
        memcpy(re, tile[0], sizeof tile[0]);
        memcpy(im, tile[1], sizeof tile[1]);
        return;
    }
    for (size_t i = 0; i < SNNFE_FFT_BLOCK; i += LANES) {
        store_f(tile[0] + i, load_f(tile[0] + i) * load_f(response + i));
        store_f(tile[1] + i, load_f(tile[1] + i) * load_f(response + i));
    }
    for (size_t i = 0; i < SNNFE_FFT_BLOCK; i += part)
        go_back(&levels[3], tile[0] + i, tile[1] + i);
    go_back(&levels[2], tile[0], tile[1]);
    transpose(tile[0], re);
    transpose(tile[1], im);
    for (size_t i = 0; i < SNNFE_FFT_BLOCK; i += part)
        go_back(&levels[1], re + i, im + i);
    go_back(&levels[0], re, im);
}

static void filter_part(const snnfe_fft_plan *plan, size_t level, float *re, float *im,
                        const float *response)
{
    if (level == plan->n_levels) {
        filter_block(plan, re, im, response);
        return;
    }
    const snnfe_fft_level *l = &plan->levels[level];
    go_forth(l, re, im);
    for (size_t i = 0; i < l->radix * l->n; i += l->n)
        filter_part(plan, level + 1, re + i, im + i, response ? response + i : NULL);
    if (response)
        go_back(l, re, im);
}

void KERNEL_NAME(fft_filter)(const snnfe_fft_plan *plan, float *re, float *im,
                             const float *response)
{
    filter_part(plan, 0, re, im, response);
}
