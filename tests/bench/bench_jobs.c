/* The jobs that are timed. */
#include "bench.h"

#define BATCH 64
#define SUBJECT_TRIALS 34
#define SUBJECT_EPOCHS 5

typedef struct workload {
    const bench_setup *setup;
    uint32_t n_threads;
    snnfe_network *network;
    snnfe_device *device;
    snnfe_trainer *trainer;
    float *grid; /* [BATCH] trials */
    int32_t labels[BATCH];
    uint8_t *masks; /* [BATCH] */
    size_t next;    /* trial of the next single step */
} workload;

static void *create(const bench_setup *setup, uint32_t n_threads)
{
    workload *w = calloc(1, sizeof *w);
    w->setup = setup;
    w->n_threads = n_threads;
    w->network = bench_network();
    w->grid = malloc(BATCH * BENCH_SIZE * sizeof(float));
    w->masks = malloc(BATCH * SNNFE_N_MASKS * BENCH_HIDDEN);
    for (size_t i = 0; i < BATCH; i++) {
        memcpy(w->grid + i * BENCH_SIZE, setup->grid + i % BENCH_TRIALS * BENCH_SIZE,
               BENCH_SIZE * sizeof(float));
        w->labels[i] = setup->labels[i % BENCH_TRIALS];
        bench_expect(snnfe_network_draw_masks(w->network, 5, i,
                                              w->masks + i * SNNFE_N_MASKS * BENCH_HIDDEN));
    }
    return w;
}

static void discard(void *context)
{
    workload *w = context;
    snnfe_trainer_free(w->trainer);
    snnfe_device_free(w->device);
    snnfe_network_free(w->network);
    free(w->grid);
    free(w->masks);
    free(w);
}

static void evaluate(workload *w, size_t n)
{
    snnfe_run_options options;
    bench_expect(snnfe_run_options_init(&options, sizeof options));
    options.n_threads = w->n_threads;
    int32_t classes[BENCH_TRIALS];
    bench_expect(snnfe_network_evaluate(w->network, w->grid, n, &options, NULL, classes, NULL));
}

static void run_evaluation(void *context)
{
    evaluate(context, BENCH_TRIALS);
}

static void run_single_evaluation(void *context)
{
    evaluate(context, 1);
}

static void create_trainer(workload *w, int32_t stage, bool with_device)
{
    snnfe_trainer_options options;
    bench_expect(snnfe_trainer_options_init(&options, sizeof options));
    bench_expect(snnfe_trainer_options_stage(&options, stage));
    bench_expect(snnfe_network_freeze_for_stage(w->network, stage, NULL, 0));
    if (with_device)
        bench_expect(snnfe_device_create(&w->device, NULL));
    options.device = w->device;
    options.n_threads = w->n_threads;
    options.evaluations_per_epoch = 0;
    bench_expect(snnfe_trainer_create(&w->trainer, w->network, &options));
}

static void *prepare_training(const bench_setup *setup, uint32_t n_threads)
{
    workload *w = create(setup, n_threads);
    create_trainer(w, SNNFE_STAGE_PRETRAIN, false);
    return w;
}

static void *prepare_device_training(const bench_setup *setup, uint32_t n_threads)
{
    workload *w = create(setup, n_threads);
    create_trainer(w, SNNFE_STAGE_ON_DEVICE, true);
    return w;
}

static void run_training(void *context)
{
    workload *w = context;
    bench_expect(snnfe_trainer_step(w->trainer, w->grid, w->labels, BATCH, w->masks, NULL));
}

static void run_single_training(void *context)
{
    workload *w = context;
    bench_expect(snnfe_trainer_step(w->trainer, w->grid, w->labels, 1, w->masks, NULL));
}

static void *prepare_adaptation(const bench_setup *setup, uint32_t n_threads)
{
    workload *w = create(setup, n_threads);
    create_trainer(w, SNNFE_STAGE_SSTL, true);
    return w;
}

static void run_adaptation(void *context)
{
    workload *w = context;
    const size_t i = w->next++ % BENCH_TRIALS;
    bench_expect(snnfe_trainer_step(w->trainer, w->grid + i * BENCH_SIZE, w->labels + i, 1,
                                    w->masks + i * SNNFE_N_MASKS * BENCH_HIDDEN, NULL));
}

/* From a fresh copy of the published network, trainer included, as for a subject's fold. */
static void run_subject(void *context)
{
    workload *given = context, w = {.n_threads = given->n_threads};
    bench_expect(snnfe_network_clone(&w.network, given->network));
    create_trainer(&w, SNNFE_STAGE_SSTL, true);
    int32_t train[SUBJECT_TRIALS];
    for (int32_t i = 0; i < SUBJECT_TRIALS; i++)
        train[i] = i;
    const snnfe_trainer_data data = {
        .struct_size = sizeof data, .train = train, .n_train = SUBJECT_TRIALS};
    bench_expect(snnfe_trainer_run(w.trainer, given->setup->dataset, &data));
    snnfe_trainer_free(w.trainer);
    snnfe_device_free(w.device);
    snnfe_network_free(w.network);
}

/* Twelve runs of subject 1: read, filter, normalize, cut. */
static void run_reading(void *context)
{
    static const int32_t subject = 1, runs[] = {3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
    const workload *w = context;
    snnfe_dataset_options options;
    bench_expect(snnfe_dataset_options_init(&options, sizeof options));
    options.n_threads = w->n_threads;
    options.subjects = &subject;
    options.n_subjects = 1;
    options.statistics_runs = runs;
    options.n_statistics_runs = sizeof runs / sizeof runs[0];
    snnfe_dataset *dataset = NULL;
    bench_expect(snnfe_dataset_open(&dataset, support_shared("eegmmidb"), &options));
    snnfe_dataset_free(dataset);
}

const bench_job bench_jobs[] = {
    {"evaluate", "trial", BENCH_TRIALS, 0, BENCH_DENSE_FLOP, create, run_evaluation, discard},
    {"evaluate1", "trial", 1, 1, BENCH_DENSE_FLOP, create, run_single_evaluation, discard},
    {"train", "trial", BATCH, 0, BENCH_TRAINING_FLOP, prepare_training, run_training, discard},
    {"train-device", "trial", BATCH, 0, BENCH_TRAINING_FLOP, prepare_device_training, run_training,
     discard},
    {"train1", "trial", 1, 1, BENCH_TRAINING_FLOP, prepare_training, run_single_training, discard},
    {"adapt", "trial", 1, 0, 0, prepare_adaptation, run_adaptation, discard},
    {"subject", "subject", 1, 0, 0, create, run_subject, discard},
    {"read", "subject", 1, 0, 0, create, run_reading, discard},
};
const size_t bench_n_jobs = sizeof bench_jobs / sizeof bench_jobs[0];
