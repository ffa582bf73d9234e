/* kill -9 at random moments: whatever a file's name says is there whole, and training that is taken
   up again ends at the same bits. */
#include "base/philox.h"
#include "same_dataset.h"
#include "small.h"

#include <dirent.h>
#include <signal.h>
#include <snnfe/learner.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* $SNNFE_KILLS asks for more than these few. */
static int kills(int usual)
{
    const char *text = getenv("SNNFE_KILLS");
    return text && *text ? atoi(text) : usual;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Runs `work` in a process that is killed after `seconds`; true if it had ended by itself. */
static bool ended_before(double seconds, void (*work)(void *), void *context)
{
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        work(context);
        _exit(0);
    }
    const struct timespec wait = {(time_t)seconds,
                                  (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&wait, NULL);
    kill(child, SIGKILL);
    int result = 0;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_msg(WIFEXITED(result) ? WEXITSTATUS(result) == 0 : WTERMSIG(result) == SIGKILL,
                  "the process ended with %#x", (unsigned)result);
    return WIFEXITED(result);
}

static double draw_seconds(snnfe_stream *stream, double most)
{
    return most * (double)snnfe_stream_u32(stream) / 4294967296.0;
}

/* --- training -------------------------------------------------------------------------------- */

typedef struct course {
    const snnfe_dataset *dataset;
    snnfe_trainer_options options;
    snnfe_network *network; /* after `finish` */
    snnfe_trainer *trainer;
} course;

static void finish(course *c)
{
    const snnfe_trainer_data lists = small_lists();
    c->network = small_network();
    assert_ok(snnfe_trainer_create(&c->trainer, c->network, &c->options));
    assert_ok(snnfe_trainer_run(c->trainer, c->dataset, &lists));
}

static void train(void *context)
{
    finish(context);
}

static void release_course(course *c)
{
    snnfe_trainer_free(c->trainer);
    snnfe_network_free(c->network);
}

static void check_checkpoint(const course *c)
{
    if (!small_exists(c->options.checkpoint_path))
        return;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_load(&network, c->options.checkpoint_path));
    snnfe_network_free(network);
}

/* Killed again and again until it ends by itself. */
START_TEST(training)
{
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, (uint64_t)_i);
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    snnfe_dataset *dataset = small_dataset(1);
    course reference = {.dataset = dataset, .options = small_options()};
    reference.options.device = _i ? device : NULL;
    reference.options.epoch_log_path = support_path("reference.csv");
    reference.options.n_threads = 1;
    const double begin = now();
    finish(&reference);
    const double duration = now() - begin;
    course c = {.dataset = dataset, .options = reference.options};
    c.options.epoch_log_path = support_path("epochs.csv");
    c.options.sample_log_path = support_path("samples.csv");
    c.options.checkpoint_path = support_path("checkpoint");
    c.options.resume = 1;
    char *expected = support_read(reference.options.epoch_log_path, NULL);
    int n_kills = 0, n_courses = 0;
    while (n_kills < kills(15)) {
        while (n_kills < kills(15) && !ended_before(draw_seconds(&stream, duration), train, &c)) {
            n_kills++;
            check_checkpoint(&c);
        }
        finish(&c);
        ck_assert(small_same_values(c.network, reference.network));
        release_course(&c);
        char *log = support_read(c.options.epoch_log_path, NULL);
        ck_assert_str_eq(log, expected);
        free(log);
        remove(c.options.checkpoint_path);
        n_courses++;
    }
    printf("training%s: %d kills in %d courses\n", _i ? " on a device" : "", n_kills, n_courses);
    free(expected);
    release_course(&reference);
    snnfe_dataset_free(dataset);
    snnfe_device_free(device);
}
END_TEST

/* --- caches ---------------------------------------------------------------------------------- */

typedef struct pair {
    const snnfe_dataset *even, *odd;
    const char *path;
} pair;

static void save_in_turn(void *context)
{
    const pair *p = context;
    for (;;) {
        assert_ok(snnfe_dataset_save(p->even, p->path));
        assert_ok(snnfe_dataset_save(p->odd, p->path));
    }
}

/* One of two data sets is always there, whole. */
START_TEST(caching)
{
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, 7);
    snnfe_dataset *even = small_dataset(1), *odd = small_dataset(2);
    pair p = {even, odd, support_path("cache")};
    assert_ok(snnfe_dataset_save(even, p.path));
    const size_t size = sizeof(float) * SMALL_TRIALS * 64 * SMALL_STEPS;
    int times[2] = {0, 0};
    for (int i = 0; i < kills(30); i++) {
        ck_assert(!ended_before(draw_seconds(&stream, 0.02), save_in_turn, &p));
        snnfe_dataset *loaded = NULL;
        assert_ok(snnfe_dataset_load(&loaded, p.path));
        const float *epochs = dataset_info(loaded).trials;
        const bool first = memcmp(epochs, dataset_info(even).trials, size) == 0;
        ck_assert(first || memcmp(epochs, dataset_info(odd).trials, size) == 0);
        times[first]++;
        snnfe_dataset_free(loaded);
    }
    printf("caching: %d kills, %d times the one data set, %d times the other\n", kills(30),
           times[1], times[0]);
    snnfe_dataset_free(even);
    snnfe_dataset_free(odd);
}
END_TEST

/* --- learners -------------------------------------------------------------------------------- */

#define LEARNED 12

typedef struct session {
    const snnfe_network *network;
    const snnfe_device *device;
    const float *grids; /* [SMALL_TRIALS][...] */
    const int32_t *labels;
    size_t size; /* of a trial */
    const char *path;
} session;

static uint64_t trials_learned(const snnfe_learner *learner)
{
    snnfe_learner_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_learner_get_info(learner, &info));
    return info.n_trials;
}

/* Goes on from the file if there is one, and saves after every trial. */
static void learn(void *context)
{
    const session *s = context;
    snnfe_learner_options options;
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_options_init(&options, sizeof options));
    options.device = s->device;
    options.n_replay = 4;
    assert_ok(snnfe_learner_create(&learner, s->network, NULL, &options));
    if (small_exists(s->path))
        assert_ok(snnfe_learner_restore(learner, s->path));
    for (size_t i = trials_learned(learner); i < LEARNED; i++) {
        const size_t trial = i % SMALL_TRIALS;
        assert_ok(snnfe_learner_adapt(learner, s->grids + trial * s->size, s->labels[trial], NULL));
        assert_ok(snnfe_learner_save(learner, s->path));
    }
    snnfe_learner_free(learner);
}

START_TEST(learning)
{
    snnfe_stream stream = snnfe_stream_make(support_seed(), SNNFE_STREAM_SYNTHETIC, 9);
    snnfe_network *network = small_network();
    snnfe_device *device = NULL;
    snnfe_dataset *dataset = small_dataset(3);
    assert_ok(snnfe_device_create(&device, NULL));
    session s = {network,
                 device,
                 NULL,
                 dataset_info(dataset).labels,
                 10 * 11 * SMALL_STEPS,
                 support_path("whole")};
    float *grids = malloc(sizeof(float) * SMALL_TRIALS * s.size);
    assert_ok(snnfe_dataset_copy_grid(dataset, NULL, SMALL_TRIALS, grids));
    s.grids = grids;
    const double begin = now();
    learn(&s);
    const double duration = now() - begin;
    size_t size = 0, size_now = 0;
    char *expected = support_read(s.path, &size);
    s.path = support_path("state");
    int n_kills = 0, n_courses = 0;
    while (n_kills < kills(20)) {
        while (n_kills < kills(20) && !ended_before(draw_seconds(&stream, duration), learn, &s))
            n_kills++;
        learn(&s);
        char *state = support_read(s.path, &size_now);
        ck_assert_uint_eq(size_now, size);
        ck_assert_mem_eq(state, expected, size);
        free(state);
        remove(s.path);
        n_courses++;
    }
    printf("learning: %d kills in %d courses\n", n_kills, n_courses);
    free(expected);
    free(grids);
    snnfe_dataset_free(dataset);
    snnfe_device_free(device);
    snnfe_network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kill");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 1100);
    tcase_add_loop_test(all, training, 0, 2);
    tcase_add_test(all, caching);
    tcase_add_test(all, learning);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
