#include "mt19937.h"

#define N SNNFE_MT19937_WORDS
#define M 397

static void seed_by_word(snnfe_mt19937 *generator, uint32_t word)
{
    uint32_t *state = generator->state;
    state[0] = word;
    for (uint32_t i = 1; i < N; i++)
        state[i] = 1812433253u * (state[i - 1] ^ (state[i - 1] >> 30)) + i;
    generator->position = N;
}

/* The authors' seeding from an array of words, here the one or two words of a 64-bit seed. */
void snnfe_mt19937_seed(snnfe_mt19937 *generator, uint64_t seed)
{
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    const uint32_t n_key = key[1] ? 2 : 1;
    uint32_t *state = generator->state;
    seed_by_word(generator, 19650218u);
    uint32_t i = 1, j = 0;
    for (uint32_t k = 0; k < N; k++) {
        state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1664525u)) + key[j] + j;
        j = (j + 1) % n_key;
        if (++i == N) {
            state[0] = state[N - 1];
            i = 1;
        }
    }
    for (uint32_t k = 1; k < N; k++) {
        state[i] = (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) * 1566083941u)) - i;
        if (++i == N) {
            state[0] = state[N - 1];
            i = 1;
        }
    }
    state[0] = 0x80000000u;
}

static void refill(snnfe_mt19937 *generator)
{
    uint32_t *state = generator->state;
    for (uint32_t i = 0; i < N; i++) {
        const uint32_t y = (state[i] & 0x80000000u) | (state[(i + 1) % N] & 0x7FFFFFFFu);
        state[i] = state[(i + M) % N] ^ (y >> 1) ^ (y & 1 ? 0x9908B0DFu : 0);
    }
    generator->position = 0;
}

uint32_t snnfe_mt19937_u32(snnfe_mt19937 *generator)
{
    if (generator->position == N)
        refill(generator);
    uint32_t y = generator->state[generator->position++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9D2C5680u;
    y ^= (y << 15) & 0xEFC60000u;
    return y ^ (y >> 18);
}

/* As many leading bits of a word as the bound has, drawn again until below the bound. */
uint32_t snnfe_mt19937_below(snnfe_mt19937 *generator, uint32_t bound)
{
    uint32_t n_bits = 0;
    for (uint32_t rest = bound; rest; rest >>= 1)
        n_bits++;
    uint32_t value;
    do
        value = snnfe_mt19937_u32(generator) >> (32 - n_bits);
    while (value >= bound);
    return value;
}

void snnfe_mt19937_shuffle(snnfe_mt19937 *generator, int32_t *items, size_t n)
{
    for (size_t i = n; i-- > 1;) {
        const size_t j = snnfe_mt19937_below(generator, (uint32_t)(i + 1));
        const int32_t item = items[i];
        items[i] = items[j];
        items[j] = item;
    }
}
