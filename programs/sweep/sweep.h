/* A grid of jobs, each a run of one of the other programs in a folder of its own. */
#ifndef SNNFE_EXAMPLES_SWEEP_H
#define SNNFE_EXAMPLES_SWEEP_H

#include "cli.h"

#include <sys/types.h>

#define SWEEP_MAX_AXES 8
#define SWEEP_MAX_VALUES 1024
#define SWEEP_MAX_FIXED 64

/* An option that the jobs differ in. */
typedef struct sweep_axis {
    char *name;
    char **values; /* [n] */
    size_t n;
} sweep_axis;

/* An option that all jobs share. */
typedef struct sweep_fixed {
    char *name, *value;
} sweep_fixed;

typedef struct sweep_config {
    char *program; /* such as "train-on-device" */
    sweep_axis axes[SWEEP_MAX_AXES];
    size_t n_axes;
    sweep_fixed fixed[SWEEP_MAX_FIXED];
    size_t n_fixed;
    size_t n_jobs; /* product of the axes' sizes; the last axis runs fastest */
} sweep_config;

/* Read a configuration file. A failure is printed. Release it after a failure too. */
bool sweep_config_read(sweep_config *config, const char *path);
void sweep_config_release(sweep_config *config);
/* Set an option of all jobs, replacing the file's value. What cannot be set is printed, with where
   it was given. */
bool sweep_config_set(sweep_config *config, const char *place, const char *name, const char *value);
/* Value of axis `axis` in job `job`. */
const char *sweep_value(const sweep_config *config, size_t job, size_t axis);
/* Whether the axis only repeats a setting, so that results are averaged over it. */
bool sweep_repeats(const sweep_axis *axis);

/* Where and how the jobs run. */
typedef struct sweep_place {
    const sweep_config *config;
    const char *data, *out;
    char programs[4096];     /* folder of the programs */
    uint64_t data_hash;      /* a job that is done counts only if it was done on these data */
    int64_t threads_per_job; /* 0 = all processors */
} sweep_place;

/* Results of job `job` are there, made by the same program, options and data. */
bool sweep_job_done(const sweep_place *place, size_t job);
/* Start a job, going on from its checkpoint if it has one; -1 (printed) if it cannot be. */
pid_t sweep_job_start(const sweep_place *place, size_t job);
/* The job's process has ended with `status`: whether it left results; why not is printed. */
bool sweep_job_ended(const sweep_place *place, size_t job, int status);
/* Folder of a job, or a file in it. */
bool sweep_job_path(char path[4096], const sweep_place *place, size_t job, const char *name);

/* results.csv: the rows of all jobs that are done, after the options they differ in. */
bool sweep_write_results(const sweep_place *place);
/* Mean and standard deviation of the results for every setting. */
bool sweep_print_table(const sweep_place *place);

#endif
