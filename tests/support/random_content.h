/* Content of files that nobody would choose: names, numbers and signals by chance. */
#ifndef SNNFE_TESTS_RANDOM_CONTENT_H
#define SNNFE_TESTS_RANDOM_CONTENT_H

#include <snnfe/signal.h>
#include <stdbool.h>
#include <stddef.h>

enum { RANDOM_NAME_SIZE = 300, RANDOM_CHANNELS = 64, RANDOM_CLASSES = 6 };

/* A whole number in first…last. */
size_t random_count(uint64_t *random, size_t first, size_t last);
bool random_chance(uint64_t *random, double share);
/* Mostly of ordinary size, sometimes of any magnitude that a double or float has, 0 or -0. */
double random_double(uint64_t *random);
float random_float(uint64_t *random);

/* Fewer than `size` bytes of a name that has to be accepted: UTF-8, control characters but line
   breaks, quotes; or, if `bad`, one that must not: empty, two lines, not UTF-8, too long. */
void random_name(uint64_t *random, char name[RANDOM_NAME_SIZE], size_t size, bool bad);

/* A signal whose arrays live in it. */
typedef struct random_signal {
    snnfe_signal signal;
    size_t n_rows, n_columns;
    int32_t rows[RANDOM_CHANNELS], columns[RANDOM_CHANNELS];
    double mean[RANDOM_CHANNELS], std[RANDOM_CHANNELS];
    char texts[2 * RANDOM_CHANNELS + RANDOM_CLASSES][RANDOM_NAME_SIZE];
    const char *channels[RANDOM_CHANNELS], *references[RANDOM_CHANNELS], *classes[RANDOM_CLASSES];
} random_signal;

/* If `bad`, one of its names must be refused. */
void random_signal_make(random_signal *made, uint64_t *random, bool bad);

#endif
