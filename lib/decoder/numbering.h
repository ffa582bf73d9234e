/* What a source's sample numbers say: the stream goes on, samples are missing or came twice, the
   counter wrapped, or the source began again. */
#ifndef SNNFE_LIB_NUMBERING_H
#define SNNFE_LIB_NUMBERING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum snnfe_number_kind {
    SNNFE_NUMBER_FOLLOWS,
    SNNFE_NUMBER_AHEAD,    /* samples are missing */
    SNNFE_NUMBER_BEHIND,   /* samples were there already */
    SNNFE_NUMBER_RESTARTED /* a new session */
} snnfe_number_kind;

/* Numbers are kept without the wraps of the source's counter: they only grow within a session. */
typedef struct snnfe_numbering {
    uint64_t
        longest_bridge; /* samples around a wrap that may be missing when a width is found out */
    uint64_t longest_repeat;
    uint64_t longest_jump; /* a number further ahead is no gap */
    bool given;            /* the width was given */
    uint32_t bits;         /* width of the counter in force; 0 = not known */
    uint64_t newest;       /* largest number so far that was no repetition, as the source gave it */
    bool resumed;          /* from a file: the source may have begun again since */
    uint64_t n_wraps;
} snnfe_numbering;

/* Before the first number of a session; a width that was found out is forgotten. */
void snnfe_numbering_begin(snnfe_numbering *numbering);

/* Judge a number where `expected` (without wraps) is the next one. `*distance` is how many samples
   it is ahead or behind. */
snnfe_number_kind snnfe_numbering_judge(snnfe_numbering *numbering, uint64_t expected,
                                        uint64_t number, uint64_t *distance);

/* Whether the given width can hold a number. */
bool snnfe_numbering_holds(const snnfe_numbering *numbering, uint64_t number);

#endif
