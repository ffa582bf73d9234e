/* A tiny network and data set that train in milliseconds. */
#ifndef SNNFE_TESTS_SMALL_H
#define SNNFE_TESTS_SMALL_H

#include "support.h"

#include <snnfe/trainer.h>

#define SMALL_TRIALS 24
#define SMALL_STEPS 20
#define SMALL_TRAIN 14
#define SMALL_VALIDATION 6
#define SMALL_TEST 4

/* 24 trials of two classes that differ in the sign of half the channels; subjects 3 and 8. */
snnfe_dataset *small_dataset(uint64_t seed);

/* conv 4/6/8, hidden 8, 20 steps. */
snnfe_network *small_network(void);
snnfe_network_options small_network_options(void);

/* Batches of 4, 3 trials, rate 1e-3, 2 points a trial, 2 threads. */
snnfe_trainer_options small_options(void);

/* 14 trials to train, 6 to validate, 4 to test. */
snnfe_trainer_data small_lists(void);

/* A copy of all parameters, to be freed by free(). */
float *small_values(const snnfe_network *network);
bool small_same_values(const snnfe_network *a, const snnfe_network *b);

/* Both logs of two trainers are the same, bit for bit (NaN equals NaN). */
void small_assert_same_logs(const snnfe_trainer *a, const snnfe_trainer *b);

/* A log of a trainer, `which` of SNNFE_TRAINER_LOG_*, into `rows` [room]; its rows, which fit. */
size_t small_log(const snnfe_trainer *trainer, int32_t which, snnfe_trainer_record *rows,
                 size_t room);

/* For snnfe_personalize(): nothing but the folds. */
snnfe_personalization small_results(snnfe_personalized *folds);

bool small_exists(const char *path);

/* A progress callback that stops after so many reports of phase "train". */
typedef struct small_stop {
    int after;
    const char *phase;
} small_stop;
int32_t small_stop_after(const snnfe_progress *progress, void *stop);

#endif
