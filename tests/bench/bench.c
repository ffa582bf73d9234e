/* Times what the library does, on the reference trials and published weights:

       bench [--threads N] [--repeat N] [--peak] [job…]

   A line a job: name, unit, median and least milliseconds of a unit, processor milliseconds of a
   unit, units a second and, with --peak, the share of the dense peak that dense arithmetic would
   need to be as fast. Tab-separated, so that scripts read it too. */
#include "bench.h"

#include <math.h>
#include <sys/resource.h>
#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double bench_wall(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

double bench_processor(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double quantile(const double *sorted, size_t n, double q)
{
    return sorted[(size_t)floor(q * (double)(n - 1) + 0.5)];
}

static void time_job(const bench_setup *setup, const bench_job *job, double peak)
{
    const uint32_t n_threads = job->n_threads ? job->n_threads : setup->n_threads;
    void *context = job->prepare(setup, n_threads);
    double *wall = malloc(setup->n_repeats * sizeof *wall);
    double *processor = malloc(setup->n_repeats * sizeof *processor);
    job->run(context);
    for (size_t i = 0; i < setup->n_repeats; i++) {
        const double wall_before = bench_wall(), processor_before = bench_processor();
        job->run(context);
        processor[i] = 1e3 * (bench_processor() - processor_before) / (double)job->n_units;
        wall[i] = 1e3 * (bench_wall() - wall_before) / (double)job->n_units;
    }
    job->discard(context);
    qsort(wall, setup->n_repeats, sizeof *wall, ascending);
    qsort(processor, setup->n_repeats, sizeof *processor, ascending);
    const double median = quantile(wall, setup->n_repeats, 0.5);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%s\t%s\t%u\t%.4f\t%.4f\t%.4f\t%.1f\t%ld", job->name, job->unit, (unsigned)n_threads,
           median, wall[0], quantile(processor, setup->n_repeats, 0.5), 1e3 / median,
           usage.ru_maxrss / 1024);
    if (peak > 0 && job->flop > 0)
        printf("\t%.2f", job->flop / (median * 1e-3) / (peak * 1e9));
    printf("\n");
    fflush(stdout);
    free(wall);
    free(processor);
}

/* Sorts them; returns the median. */
static double print_live(const char *name, double *seconds, size_t n)
{
    qsort(seconds, n, sizeof *seconds, ascending);
    printf("%s\tmicroseconds of a step: median %.1f, 99 %% %.1f, 99.9 %% %.1f, largest %.1f\n",
           name, 1e6 * quantile(seconds, n, 0.5), 1e6 * quantile(seconds, n, 0.99),
           1e6 * quantile(seconds, n, 0.999), 1e6 * seconds[n - 1]);
    return quantile(seconds, n, 0.5);
}

/* A lane's steps, and a decoder's with one window and with ten that overlap. */
static void time_live(const bench_setup *setup)
{
    const size_t n = BENCH_TRIALS * 160;
    double *seconds = malloc(n * sizeof *seconds), median[2];
    bench_live_steps(setup, seconds, n);
    bench_live_steps(setup, seconds, n);
    print_live("live", seconds, n);
    for (int ten = 0; ten < 2; ten++) {
        bench_live_samples(setup, ten ? 16 : 160, seconds, n);
        median[ten] = print_live(ten ? "windows10" : "windows1", seconds, n);
    }
    printf("windows10\t%.1f times one window\n", median[1] / median[0]);
    free(seconds);
}

/* A step with control costs at most 1.3 times one without; regression alone, and with most lags. */
static void time_control(const bench_setup *setup)
{
    const size_t n = BENCH_TRIALS * 160;
    double *without = malloc(n * sizeof *without), *with = malloc(n * sizeof *with);
    for (int32_t n_lags = 0; n_lags <= 32; n_lags += 32) {
        const char *name = n_lags == 0 ? "control" : "control32";
        bench_live_control(setup, n_lags, without, with, n);
        qsort(without, n, sizeof *without, ascending);
        const double median = print_live(name, with, n);
        printf("%s\t%.2f times without, of at most 1.3\n", name,
               median / quantile(without, n, 0.5));
    }
    free(without);
    free(with);
}

static bool is_wanted(const char *name, int n, char **names)
{
    for (int i = 0; i < n; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return n == 0;
}

static const bench_job *find_job(const char *name)
{
    for (size_t i = 0; i < bench_n_jobs; i++)
        if (strcmp(bench_jobs[i].name, name) == 0)
            return &bench_jobs[i];
    return NULL;
}

static int usage(void)
{
    fprintf(stderr, "usage: bench [--threads N] [--repeat N] [--peak] [job...]\njobs:");
    for (size_t i = 0; i < bench_n_jobs; i++)
        fprintf(stderr, " %s", bench_jobs[i].name);
    fprintf(stderr, " live control\n");
    return 2;
}

int main(int argc, char **argv)
{
    bench_setup setup = {.n_threads = snnfe_default_threads(), .n_repeats = 5};
    bool with_peak = false;
    int first = 1;
    for (; first < argc && strncmp(argv[first], "--", 2) == 0; first++) {
        const bool has_value = first + 1 < argc;
        if (strcmp(argv[first], "--peak") == 0)
            with_peak = true;
        else if (has_value && strcmp(argv[first], "--threads") == 0)
            setup.n_threads = (uint32_t)strtoul(argv[++first], NULL, 10);
        else if (has_value && strcmp(argv[first], "--repeat") == 0)
            setup.n_repeats = strtoul(argv[++first], NULL, 10);
        else
            return usage();
    }
    for (int i = first; i < argc; i++)
        if (!find_job(argv[i]) && strcmp(argv[i], "live") != 0 && strcmp(argv[i], "control") != 0)
            return usage();
    if (setup.n_threads == 0 || setup.n_repeats == 0)
        return usage();
    if (!support_have_shared())
        return 77;
    bench_load(&setup);
    /* A BLAS's own threads keep a processor busy for a while after they were started. */
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    const double peak = with_peak ? bench_dense_peak(setup.n_threads) : 0;
    if (with_peak)
        printf("# dense peak: %.1f GFLOP/s on %u threads\n", peak, (unsigned)setup.n_threads);
    printf("# job\tunit\tthreads\tmedian ms\tleast ms\tprocessor ms\tper second\tpeak MiB%s\n",
           with_peak ? "\tof dense peak" : "");
    for (size_t i = 0; i < bench_n_jobs; i++)
        if (is_wanted(bench_jobs[i].name, argc - first, argv + first))
            time_job(&setup, &bench_jobs[i], peak);
    if (is_wanted("live", argc - first, argv + first))
        time_live(&setup);
    if (is_wanted("control", argc - first, argv + first))
        time_control(&setup);
    bench_unload(&setup);
    return 0;
}
