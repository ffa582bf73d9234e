#include "pcg64.h"

#define POOL_WORDS 4
#define SEED_WORDS 8

/* --- seeding: NumPy's SeedSequence, after O'Neill's seed_seq_fe ----------------------------- */

static uint32_t hash_word(uint32_t value, uint32_t *constant)
{
    value ^= *constant;
    *constant *= 0x931E8875u;
    value *= *constant;
    return value ^ (value >> 16);
}

static uint32_t mix_words(uint32_t x, uint32_t y)
{
    const uint32_t mixed = 0xCA01F9DDu * x - 0x4973F715u * y;
    return mixed ^ (mixed >> 16);
}

/* Entropy is the one or two words of the seed; absent words count as zero. */
static void mix_pool(uint32_t pool[POOL_WORDS], uint64_t seed)
{
    uint32_t constant = 0x43B0D7E5u;
    for (int i = 0; i < POOL_WORDS; i++)
        pool[i] = hash_word(i < 2 ? (uint32_t)(seed >> 32 * i) : 0, &constant);
    for (int source = 0; source < POOL_WORDS; source++)
        for (int target = 0; target < POOL_WORDS; target++)
            if (source != target)
                pool[target] = mix_words(pool[target], hash_word(pool[source], &constant));
}

static void generate_seed(const uint32_t pool[POOL_WORDS], uint32_t words[SEED_WORDS])
{
    uint32_t constant = 0x8B51F9DDu;
    for (int i = 0; i < SEED_WORDS; i++) {
        uint32_t value = pool[i % POOL_WORDS] ^ constant;
        constant *= 0x58F38DEDu;
        value *= constant;
        words[i] = value ^ (value >> 16);
    }
}

/* --- the generator -------------------------------------------------------------------------- */

static snnfe_u128 add(snnfe_u128 a, snnfe_u128 b)
{
    const uint64_t low = a.low + b.low;
    return (snnfe_u128){.high = a.high + b.high + (low < a.low), .low = low};
}

/* The 128-bit product of two 64-bit numbers from four products of their halves. */
static snnfe_u128 multiply_words(uint64_t a, uint64_t b)
{
    const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    const uint64_t low = a0 * b0;
    const uint64_t middle = a1 * b0 + (low >> 32);
    const uint64_t cross = a0 * b1 + (uint32_t)middle;
    return (snnfe_u128){.high = a1 * b1 + (middle >> 32) + (cross >> 32),
                        .low = cross << 32 | (uint32_t)low};
}

static void advance(snnfe_pcg64 *generator)
{
    const snnfe_u128 multiplier = {.high = 2549297995355413924u, .low = 4865540595714422341u};
    const snnfe_u128 state = generator->state;
    snnfe_u128 product = multiply_words(state.low, multiplier.low);
    product.high += state.high * multiplier.low + state.low * multiplier.high;
    generator->state = add(product, generator->increment);
}

void snnfe_pcg64_seed(snnfe_pcg64 *generator, uint64_t seed)
{
    uint32_t pool[POOL_WORDS], words[SEED_WORDS];
    mix_pool(pool, seed);
    generate_seed(pool, words);
    uint64_t seeds[SEED_WORDS / 2];
    for (int i = 0; i < SEED_WORDS / 2; i++)
        seeds[i] = (uint64_t)words[2 * i + 1] << 32 | words[2 * i];
    const snnfe_u128 start = {.high = seeds[0], .low = seeds[1]};
    *generator = (snnfe_pcg64){
        .increment = {.high = seeds[2] << 1 | seeds[3] >> 63, .low = seeds[3] << 1 | 1}};
    advance(generator);
    generator->state = add(generator->state, start);
    advance(generator);
}

uint64_t snnfe_pcg64_u64(snnfe_pcg64 *generator)
{
    advance(generator);
    const uint64_t folded = generator->state.high ^ generator->state.low;
    const unsigned turn = (unsigned)(generator->state.high >> 58);
    return folded >> turn | folded << ((64 - turn) & 63);
}

uint32_t snnfe_pcg64_u32(snnfe_pcg64 *generator)
{
    if (generator->has_spare) {
        generator->has_spare = false;
        return generator->spare;
    }
    const uint64_t output = snnfe_pcg64_u64(generator);
    generator->spare = (uint32_t)(output >> 32);
    generator->has_spare = true;
    return (uint32_t)output;
}

/* As many trailing bits of a half as the largest value has, drawn again until small enough. */
uint32_t snnfe_pcg64_below(snnfe_pcg64 *generator, uint32_t bound)
{
    const uint32_t largest = bound - 1;
    uint32_t mask = largest;
    for (unsigned shift = 1; shift < 32; shift *= 2)
        mask |= mask >> shift;
    uint32_t value = 0;
    if (largest > 0)
        do
            value = snnfe_pcg64_u32(generator) & mask;
        while (value > largest);
    return value;
}

void snnfe_pcg64_shuffle(snnfe_pcg64 *generator, int32_t *items, size_t n)
{
    for (size_t i = n; i-- > 1;) {
        const size_t j = snnfe_pcg64_below(generator, (uint32_t)(i + 1));
        const int32_t item = items[i];
        items[i] = items[j];
        items[j] = item;
    }
}
