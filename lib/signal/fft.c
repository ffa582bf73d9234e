#include "signal/fft.h"

#include "base/memory.h"

#include <math.h>

#define PI 3.14159265358979323846

/* What is left of n without its factors 2, 3 and 5. */
static size_t without_small_factors(size_t n)
{
    static const size_t factors[] = {2, 3, 5};
    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++)
        while (n % factors[i] == 0)
            n /= factors[i];
    return n;
}

size_t snnfe_fft_length(size_t n)
{
    size_t blocks = (n + SNNFE_FFT_BLOCK - 1) / SNNFE_FFT_BLOCK;
    blocks += blocks == 0;
    while (without_small_factors(blocks) != 1)
        blocks++;
    return blocks * SNNFE_FFT_BLOCK;
}

/* A level's factors: of point p in part k the (p k)-th of radix * n roots of 1. Each p counts
   `repeat` times. */
static snnfe_status create_level(snnfe_fft_level *level, size_t radix, size_t n, size_t repeat)
{
    float *re = snnfe_alloc((radix - 1) * n, sizeof *re);
    float *im = snnfe_alloc((radix - 1) * n, sizeof *im);
    *level = (snnfe_fft_level){radix, n, re, im};
    if (!re || !im)
        return SNNFE_ERR_MEMORY;
    for (size_t k = 1; k < radix; k++)
        for (size_t i = 0; i < n; i++) {
            const size_t root = i / repeat * k, n_roots = radix * n / repeat;
            const double turns = (double)root / (double)n_roots;
            re[(k - 1) * n + i] = (float)cos(2 * PI * turns);
            im[(k - 1) * n + i] = (float)-sin(2 * PI * turns);
        }
    return SNNFE_OK;
}

static snnfe_status create_levels(snnfe_fft_plan *plan)
{
    for (size_t n = plan->length; n > SNNFE_FFT_BLOCK;) {
        const size_t blocks = n / SNNFE_FFT_BLOCK;
        const size_t radix = blocks % 4 == 0 ? 4 : blocks % 5 == 0 ? 5 : blocks % 3 == 0 ? 3 : 2;
        n /= radix;
        SNNFE_TRY(create_level(&plan->levels[plan->n_levels++], radix, n, 1));
    }
    SNNFE_TRY(create_level(&plan->block[0], 4, SNNFE_FFT_BLOCK / 4, 1));
    SNNFE_TRY(create_level(&plan->block[1], 4, SNNFE_FFT_SIDE, 1));
    SNNFE_TRY(create_level(&plan->block[2], 4, SNNFE_FFT_BLOCK / 4, SNNFE_FFT_SIDE));
    plan->block[3] = (snnfe_fft_level){.radix = 4, .n = SNNFE_FFT_SIDE};
    return SNNFE_OK;
}

snnfe_status snnfe_fft_plan_create(snnfe_fft_plan **plan, size_t length)
{
    snnfe_fft_plan *p = snnfe_alloc(1, sizeof *p);
    if (!p)
        return SNNFE_ERR_MEMORY;
    p->length = length;
    const snnfe_status status = create_levels(p);
    if (status == SNNFE_OK)
        *plan = p;
    else
        snnfe_fft_plan_free(p);
    return status;
}

static void release_levels(const snnfe_fft_level *levels, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        snnfe_release(levels[i].re);
        snnfe_release(levels[i].im);
    }
}

void snnfe_fft_plan_free(snnfe_fft_plan *plan)
{
    if (!plan)
        return;
    release_levels(plan->levels, plan->n_levels);
    release_levels(plan->block, 4);
    snnfe_release(plan);
}
