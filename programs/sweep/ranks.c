#include "ranks.h"

#include "stage/ranks.h"

#include <mpi.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>

#define TAG_TO_FIRST 10
#define TAG_TO_RANK 11
#define NO_JOB (-1L)
#define LEAVE_AT_ONCE (-2L) /* MPI would wait for a rank that is no more */
#define LOOK_NS 20000000L   /* between two looks */
#define SIGN_OF_LIFE_S 0.5

enum { READY, ALIVE, GOOD, FAILED };

typedef struct state {
    const sweep_place *place;
    double patience;
    long *queue; /* [n_jobs] ring of jobs that wait */
    size_t first, n_waiting;
    size_t n_jobs, n_done, n_failed;
    /* By rank: */
    long *job;      /* that it runs, NO_JOB */
    double *heard;  /* when it last said something */
    bool *idle;     /* it waits for a job */
    bool *given_up; /* it has been silent for too long, or has been sent home */
    pid_t own;      /* process of the first rank's job; 0 = none */
} state;

static bool lost;

bool sweep_lost_a_rank(void)
{
    return lost;
}

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void look_later(void)
{
    const struct timespec pause = {.tv_nsec = LOOK_NS};
    nanosleep(&pause, NULL);
}

/* --- other ranks ---------------------------------------------------------------------------- */

static void tell(long kind)
{
    MPI_Send(&kind, 1, MPI_LONG, 0, TAG_TO_FIRST, MPI_COMM_WORLD);
}

static bool run_one(const sweep_place *place, size_t job)
{
    double told = now_s();
    int status = 0;
    const pid_t pid = sweep_job_start(place, job);
    if (pid < 0)
        return false;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (now_s() - told > SIGN_OF_LIFE_S) {
            tell(ALIVE);
            told = now_s();
        }
        look_later();
    }
    return sweep_job_ended(place, job, status);
}

/* A blocking receive would keep a processor busy. */
static long next_order(void)
{
    long job = NO_JOB;
    int there = 0;
    for (;;) {
        if (MPI_Iprobe(0, TAG_TO_RANK, MPI_COMM_WORLD, &there, MPI_STATUS_IGNORE) != MPI_SUCCESS)
            return NO_JOB;
        if (there)
            break;
        look_later();
    }
    MPI_Recv(&job, 1, MPI_LONG, 0, TAG_TO_RANK, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return job;
}

static void serve(const sweep_place *place)
{
    tell(READY);
    long job = next_order();
    for (; job >= 0; job = next_order())
        tell(run_one(place, (size_t)job) ? GOOD : FAILED);
    lost = job == LEAVE_AT_ONCE;
}

/* --- the first rank ------------------------------------------------------------------------- */

static void order(state *s, uint32_t rank, long job)
{
    s->idle[rank] = false;
    s->job[rank] = job;
    s->heard[rank] = now_s();
    MPI_Send(&job, 1, MPI_LONG, (int)rank, TAG_TO_RANK, MPI_COMM_WORLD);
}

static long take_job(state *s)
{
    if (s->n_waiting == 0 || cli_interrupted())
        return NO_JOB;
    const long job = s->queue[s->first];
    s->first = (s->first + 1) % s->n_jobs;
    s->n_waiting--;
    return job;
}

static void put_back(state *s, long job)
{
    s->queue[(s->first + s->n_waiting++) % s->n_jobs] = job;
}

static void end_job(state *s, uint32_t rank, bool good)
{
    s->job[rank] = NO_JOB;
    s->n_failed += !good;
    s->n_done += good;
    if (good && sweep_write_results(s->place))
        fprintf(stderr, "%zu of %zu jobs (rank %u)\n", s->n_done, s->n_jobs, (unsigned)rank);
}

static void listen_to_ranks(state *s)
{
    int there = 0;
    MPI_Status from;
    while (MPI_Iprobe(MPI_ANY_SOURCE, TAG_TO_FIRST, MPI_COMM_WORLD, &there, &from) == MPI_SUCCESS &&
           there) {
        long kind = ALIVE;
        const uint32_t rank = (uint32_t)from.MPI_SOURCE;
        MPI_Recv(&kind, 1, MPI_LONG, from.MPI_SOURCE, TAG_TO_FIRST, MPI_COMM_WORLD, &from);
        s->heard[rank] = now_s();
        if (kind == ALIVE || s->given_up[rank])
            continue;
        if (kind != READY && s->job[rank] != NO_JOB)
            end_job(s, rank, kind == GOOD);
        s->idle[rank] = true;
    }
}

/* Its job is not lost: it goes on from its checkpoint elsewhere. */
static void give_up_silent_ranks(state *s)
{
    for (uint32_t r = 1; r < ranks_group()->n_ranks; r++)
        if (s->job[r] != NO_JOB && now_s() - s->heard[r] > s->patience) {
            cli_error("rank %u has been silent for %g seconds: its job goes to another",
                      (unsigned)r, s->patience);
            put_back(s, s->job[r]);
            s->job[r] = NO_JOB;
            s->given_up[r] = lost = true;
        }
}

static void watch_own_job(state *s)
{
    int status = 0;
    if (s->own > 0 && cli_interrupted())
        kill(s->own, SIGINT);
    if (s->own > 0 && waitpid(s->own, &status, WNOHANG) == s->own) {
        const bool good = sweep_job_ended(s->place, (size_t)s->job[0], status);
        s->own = 0;
        end_job(s, 0, good);
    }
    if (s->own > 0)
        return;
    const long job = take_job(s);
    if (job == NO_JOB)
        return;
    s->job[0] = job;
    s->own = sweep_job_start(s->place, (size_t)job);
    if (s->own < 0) {
        s->own = 0;
        end_job(s, 0, false);
    }
}

static bool is_finished(const state *s)
{
    for (uint32_t r = 0; r < ranks_group()->n_ranks; r++)
        if (s->job[r] != NO_JOB)
            return false;
    return s->n_waiting == 0 || cli_interrupted();
}

static void lead(state *s)
{
    const uint32_t n_ranks = ranks_group()->n_ranks;
    while (!is_finished(s)) {
        listen_to_ranks(s);
        give_up_silent_ranks(s);
        for (uint32_t r = 1; r < n_ranks; r++)
            if (s->idle[r] && s->n_waiting > 0 && !cli_interrupted())
                order(s, r, take_job(s));
        watch_own_job(s);
        look_later();
    }
    /* Every rank reports before it ends, so that no order is sent to one that has ended. */
    for (uint32_t r = 1; r < n_ranks; r++)
        if (!s->given_up[r])
            order(s, r, lost ? LEAVE_AT_ONCE : NO_JOB);
}

static bool fill_queue(state *s)
{
    const uint32_t n_ranks = ranks_group()->n_ranks;
    s->queue = calloc(s->n_jobs, sizeof *s->queue);
    s->job = calloc(n_ranks, sizeof *s->job);
    s->heard = calloc(n_ranks, sizeof *s->heard);
    s->idle = calloc(n_ranks, sizeof *s->idle);
    s->given_up = calloc(n_ranks, sizeof *s->given_up);
    if (!s->queue || !s->job || !s->heard || !s->idle || !s->given_up)
        return false;
    for (uint32_t r = 0; r < n_ranks; r++)
        s->job[r] = NO_JOB;
    for (size_t job = 0; job < s->n_jobs; job++) {
        if (sweep_job_done(s->place, job))
            s->n_done++;
        else
            put_back(s, (long)job);
    }
    return true;
}

size_t sweep_run_on_ranks(const sweep_place *place, double patience)
{
    if (!ranks_is_first()) {
        serve(place);
        return 0;
    }
    state s = {.place = place, .patience = patience, .n_jobs = place->config->n_jobs};
    if (fill_queue(&s)) {
        lead(&s);
    } else {
        cli_error("out of memory");
        s.n_failed = s.n_jobs;
    }
    free(s.queue);
    free(s.job);
    free(s.heard);
    free(s.idle);
    free(s.given_up);
    return s.n_failed;
}
