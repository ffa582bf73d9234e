#include "decoder/numbering.h"

void snnfe_numbering_begin(snnfe_numbering *c)
{
    if (!c->given)
        c->bits = 0;
    c->newest = 0;
    c->resumed = false;
}

static uint64_t mask_of(uint32_t bits)
{
    return bits == 0 || bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

bool snnfe_numbering_holds(const snnfe_numbering *c, uint64_t number)
{
    return !c->given || number <= mask_of(c->bits);
}

/* Width of a counter that has just wrapped for the first time; 0 if none has. */
static uint32_t find_width(const snnfe_numbering *c, uint64_t expected, uint64_t number)
{
    static const uint32_t widths[] = {8, 16, 32};
    for (uint32_t i = 0; i < 3; i++) {
        const uint64_t mask = mask_of(widths[i]);
        const uint64_t missing = (number - expected) & mask;
        if (c->newest <= mask && number < c->newest && missing <= c->longest_bridge &&
            expected + missing > mask)
            return widths[i];
    }
    return 0;
}

/* How far behind a number may be to count as a repeated sample. With a narrow counter most of
   its span has to be left for gaps and new sessions. */
static uint64_t repeat_limit(const snnfe_numbering *c, uint64_t mask)
{
    return c->longest_repeat < mask / 4 ? c->longest_repeat : mask / 4;
}

static snnfe_number_kind judge(snnfe_numbering *c, uint64_t expected, uint64_t number,
                               uint64_t *distance)
{
    if (c->bits == 0 && number < expected)
        c->bits = find_width(c, expected, number);
    /* Numbers go beyond the width that was found, so what looked like a wrap was a new session. */
    if (!c->given && number > mask_of(c->bits)) {
        c->bits = 0;
        return SNNFE_NUMBER_RESTARTED;
    }
    const uint64_t mask = mask_of(c->bits);
    const uint64_t ahead = (number - expected) & mask, behind = (expected - number) & mask;
    *distance = ahead;
    if (ahead == 0)
        return SNNFE_NUMBER_FOLLOWS;
    if (ahead <= mask / 2)
        return ahead <= c->longest_jump ? SNNFE_NUMBER_AHEAD : SNNFE_NUMBER_RESTARTED;
    *distance = behind;
    return behind <= repeat_limit(c, mask) && !c->resumed ? SNNFE_NUMBER_BEHIND
                                                          : SNNFE_NUMBER_RESTARTED;
}

snnfe_number_kind snnfe_numbering_judge(snnfe_numbering *c, uint64_t expected, uint64_t number,
                                        uint64_t *distance)
{
    const snnfe_number_kind kind = judge(c, expected, number, distance);
    c->n_wraps +=
        (kind == SNNFE_NUMBER_FOLLOWS || kind == SNNFE_NUMBER_AHEAD) && number < c->newest;
    if (kind != SNNFE_NUMBER_BEHIND)
        c->newest = number;
    c->resumed = false;
    return kind;
}
