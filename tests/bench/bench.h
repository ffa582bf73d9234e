/* Timing of the library's jobs on the reference trials and weights. */
#ifndef SNNFE_TESTS_BENCH_H
#define SNNFE_TESTS_BENCH_H

#include "support.h"

#include <snnfe/snnfe.h>

/* Sizes of the reference trials and weights. */
#define BENCH_TRIALS 45
#define BENCH_SIZE ((size_t)10 * 11 * 160)
#define BENCH_HIDDEN 256

/* Floating-point operations of a trial in dense arithmetic, and of a trial in training (forward,
   gradient into the spikes, gradient of the weights). */
#define BENCH_DENSE_FLOP 1.2036e9
#define BENCH_TRAINING_FLOP (3 * BENCH_DENSE_FLOP)

typedef struct bench_setup {
    uint32_t n_threads;
    size_t n_repeats;
    snnfe_dataset *dataset; /* the reference trials */
    float *grid;            /* [BENCH_TRIALS][BENCH_SIZE] */
    const int32_t *labels;  /* [BENCH_TRIALS] */
    const float *trials;    /* [BENCH_TRIALS][64][160] the same as channels */
} bench_setup;

/* One job: `prepare` makes what `run` times, `discard` frees it. */
typedef struct bench_job {
    const char *name;
    const char *unit; /* what a call of `run` does `n_units` of */
    size_t n_units;
    uint32_t n_threads; /* 0 = as set up */
    double flop;        /* of a unit in dense arithmetic; 0 = not comparable */
    void *(*prepare)(const bench_setup *setup, uint32_t n_threads);
    void (*run)(void *context);
    void (*discard)(void *context);
} bench_job;

extern const bench_job bench_jobs[];
extern const size_t bench_n_jobs;

/* A result nobody looks at still has to be right: ends the program otherwise. */
void bench_expect(snnfe_status status);

void bench_load(bench_setup *setup);
void bench_unload(bench_setup *setup);
/* The published network. */
snnfe_network *bench_network(void);

/* Seconds of wall-clock time, and of processor time of all threads of this process. */
double bench_wall(void);
double bench_processor(void);

/* Latency of single live steps: seconds of each of `n` steps on one thread. */
void bench_live_steps(const bench_setup *setup, double *seconds, size_t n);

/* The same of samples that a decoder takes, of which a window begins every `hop`. */
void bench_live_samples(const bench_setup *setup, uint32_t hop, double *seconds, size_t n);
/* The same of a decoder without control and one with it, by turns; regression looks back `n_lags`.
 */
void bench_live_control(const bench_setup *setup, int32_t n_lags, double *without, double *with,
                        size_t n);

/* GFLOP/s of single-precision matrix products in the cache, on `n_threads` threads: the dense peak.
 */
double bench_dense_peak(uint32_t n_threads);

#endif
