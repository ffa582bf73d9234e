#include "processor.h"

#include <cpuid.h>
#include <stdint.h>

#define BIT(n) (UINT32_C(1) << (n))

typedef struct {
    uint32_t a, b, c, d;
} answer;

static answer ask(uint32_t leaf)
{
    answer of = {0};
    __get_cpuid_count(leaf, 0, &of.a, &of.b, &of.c, &of.d);
    return of;
}

static bool has_all(uint32_t bits, uint32_t wanted)
{
    return (bits & wanted) == wanted;
}

/* Whether the system saves these registers when it switches threads. */
static bool system_saves(uint32_t wanted)
{
    const uint32_t osxsave = BIT(27);
    if (!has_all(ask(1).c, osxsave))
        return false;
    uint32_t low, high;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return has_all(low, wanted);
}

bool snnfe_processor_has_avx2(void)
{
    const uint32_t xmm_ymm = BIT(1) | BIT(2);
    const uint32_t fma = BIT(12), popcnt = BIT(23), avx = BIT(28);
    const uint32_t bmi = BIT(3), avx2 = BIT(5), bmi2 = BIT(8);
    return system_saves(xmm_ymm) && has_all(ask(1).c, fma | popcnt | avx) &&
           has_all(ask(7).b, bmi | avx2 | bmi2);
}

bool snnfe_processor_has_avx512(void)
{
    const uint32_t opmask_zmm = BIT(5) | BIT(6) | BIT(7);
    const uint32_t f = BIT(16), dq = BIT(17), bw = BIT(30), vl = BIT(31);
    const uint32_t vbmi2 = BIT(6);
    return snnfe_processor_has_avx2() && system_saves(opmask_zmm) &&
           has_all(ask(7).b, f | dq | bw | vl) && has_all(ask(7).c, vbmi2);
}
