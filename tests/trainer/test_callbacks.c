/* What callbacks may do with the handle whose call is running: read it, and nothing else. */
#include "small.h"

#include <snnfe/learner.h>

/* One kind of meddling, done at each callback. */
typedef struct meddler {
    snnfe_network *network;
    snnfe_trainer *trainer;
    snnfe_dataset *dataset;
    char path[512]; /* a checkpoint */
    int n_calls;
    bool frees;
} meddler;

static const char busy[] = "called by a callback while snnfe_trainer_";

static void meddle_with_trainer(const meddler *m)
{
    static const int32_t labels[1] = {0};
    const snnfe_trainer_data lists = small_lists();
    float *grid = calloc((size_t)110 * SMALL_STEPS, sizeof *grid);
    assert_fails(snnfe_trainer_run(m->trainer, m->dataset, &lists), SNNFE_ERR_STATE, busy);
    assert_fails(snnfe_trainer_step(m->trainer, grid, labels, 1, NULL, NULL), SNNFE_ERR_STATE,
                 busy);
    assert_fails(snnfe_trainer_save(m->trainer, support_path("new")), SNNFE_ERR_STATE, busy);
    ck_assert(!small_exists(support_path("new")));
    assert_fails(snnfe_trainer_restore(m->trainer, m->path), SNNFE_ERR_STATE, busy);
    free(grid);
}

static void meddle_with_network(const meddler *m)
{
    static const uint64_t ids[1] = {1};
    static const int32_t subjects[1] = {1};
    const snnfe_origin origin = {.struct_size = sizeof origin};
    const snnfe_signal signal = {.struct_size = sizeof signal};
    snnfe_network *network = m->network;
    snnfe_parameter_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_network_parameter(network, 0, &info));
    float *zeros = calloc(info.count, sizeof *zeros);
    assert_fails(snnfe_network_set(network, info.name, zeros, info.count), SNNFE_ERR_STATE, busy);
    assert_fails(snnfe_network_freeze(network, "*", 1), SNNFE_ERR_STATE, busy);
    assert_fails(snnfe_network_reinitialize(network, "*", 1), SNNFE_ERR_STATE, busy);
    assert_fails(snnfe_network_freeze_for_stage(network, SNNFE_STAGE_SSTL, NULL, 0),
                 SNNFE_ERR_STATE, busy);
    assert_fails(snnfe_network_set_origin(network, &origin), SNNFE_ERR_STATE, busy);
    assert_fails(snnfe_network_set_signal(network, &signal), SNNFE_ERR_STATE, busy);
    assert_fails(snnfe_network_add_trials(network, SNNFE_TRIALS_TRAINED, ids, subjects, 1),
                 SNNFE_ERR_STATE, busy);
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    assert_fails(snnfe_network_transfer(network, device, 16, 0, 1, NULL, 0, NULL), SNNFE_ERR_STATE,
                 busy);
    assert_fails(snnfe_network_age(network, device, 0, 1, 0), SNNFE_ERR_STATE, busy);
    assert_fails(snnfe_network_read(network, device, 1), SNNFE_ERR_STATE, busy);
    snnfe_device_free(device);
    free(zeros);
}

/* Another trainer of the same network. */
static void meddle_by_another(const meddler *m)
{
    const snnfe_trainer_options options = small_options();
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer *other = NULL;
    assert_ok(snnfe_trainer_create(&other, m->network, &options));
    assert_fails(snnfe_trainer_run(other, m->dataset, &lists), SNNFE_ERR_STATE, busy);
    snnfe_trainer_free(other);
}

static void read_only(const meddler *m)
{
    snnfe_trainer_record rows[100];
    snnfe_network *clone = NULL;
    (void)small_log(m->trainer, SNNFE_TRAINER_LOG_EPOCHS, rows, 100);
    assert_ok(snnfe_network_clone(&clone, m->network));
    ck_assert(small_same_values(clone, m->network));
    snnfe_network_free(clone);
}

static void meddle(meddler *m)
{
    m->n_calls++;
    if (m->frees) { /* a second time is as good as once */
        snnfe_trainer_free(m->trainer);
        snnfe_network_free(m->network);
        return;
    }
    meddle_with_trainer(m);
    meddle_with_network(m);
    meddle_by_another(m);
    read_only(m);
}

static int32_t meddle_at_progress(const snnfe_progress *progress, void *user_data)
{
    (void)progress;
    meddle(user_data);
    return 0;
}

static void meddle_at_log(int32_t level, const char *message, void *user_data)
{
    (void)level;
    (void)message;
    meddle(user_data);
}

static snnfe_trainer_options meddling_options(meddler *m)
{
    snnfe_trainer_options options = small_options();
    options.progress = meddle_at_progress;
    options.log = meddle_at_log;
    options.user_data = m;
    return options;
}

static void meddler_start(meddler *m, const snnfe_trainer_options *options)
{
    m->network = small_network();
    m->dataset = small_dataset(1);
    snprintf(m->path, sizeof m->path, "%s", support_path("checkpoint"));
    assert_ok(snnfe_trainer_create(&m->trainer, m->network, options));
    assert_ok(snnfe_trainer_save(m->trainer, m->path));
}

static void meddler_end(const meddler *m)
{
    snnfe_trainer_free(m->trainer);
    snnfe_network_free(m->network);
    snnfe_dataset_free(m->dataset);
}

START_TEST(a_run_is_left_alone)
{
    const snnfe_trainer_data lists = small_lists();
    const snnfe_trainer_options plain = small_options();
    meddler m = {0}, undisturbed = {0};
    const snnfe_trainer_options options = meddling_options(&m);
    meddler_start(&m, &options);
    meddler_start(&undisturbed, &plain);
    assert_ok(snnfe_trainer_run(undisturbed.trainer, undisturbed.dataset, &lists));
    assert_ok(snnfe_trainer_run(m.trainer, m.dataset, &lists));
    ck_assert_int_gt(m.n_calls, 10);
    ck_assert(small_same_values(m.network, undisturbed.network));
    small_assert_same_logs(m.trainer, undisturbed.trainer);
    /* Afterwards everything is allowed again. */
    assert_ok(snnfe_trainer_restore(m.trainer, m.path));
    assert_ok(snnfe_trainer_run(m.trainer, m.dataset, &lists));
    ck_assert(small_same_values(m.network, undisturbed.network));
    assert_ok(snnfe_network_freeze(m.network, "*", 1));
    meddler_end(&m);
    meddler_end(&undisturbed);
}
END_TEST

/* A call that fails ends all the same. */
START_TEST(a_failed_call_is_over)
{
    meddler m = {0};
    const snnfe_trainer_data lists = small_lists();
    const snnfe_trainer_options options = small_options();
    meddler_start(&m, &options);
    assert_fails(snnfe_trainer_restore(m.trainer, support_path("none")), SNNFE_ERR_IO, "none");
    snnfe_trainer_data wrong = lists;
    wrong.n_train = 0;
    assert_fails(snnfe_trainer_run(m.trainer, m.dataset, &wrong), SNNFE_ERR_ARGUMENT, "n_train");
    assert_ok(snnfe_trainer_run(m.trainer, m.dataset, &lists));
    meddler_end(&m);
}
END_TEST

/* The run goes on to its end, on memory that is still there; a sanitizer sees that it is given
   back. */
START_TEST(freed_when_the_run_ends)
{
    meddler m = {.frees = true};
    const snnfe_trainer_data lists = small_lists();
    const snnfe_trainer_options options = meddling_options(&m);
    meddler_start(&m, &options);
    assert_ok(snnfe_trainer_run(m.trainer, m.dataset, &lists));
    ck_assert_int_gt(m.n_calls, 10);
    snnfe_dataset_free(m.dataset);
}
END_TEST

/* --- groups --------------------------------------------------------------------------------- */

static int32_t send_nothing(uint32_t rank, const void *data, size_t size, void *user_data)
{
    (void)rank;
    (void)data;
    (void)size;
    meddle(user_data);
    return 7;
}

static int32_t receive_nothing(uint32_t rank, void *data, size_t size, void *user_data)
{
    return send_nothing(rank, data, size, user_data);
}

START_TEST(messages_of_a_group_are_callbacks)
{
    meddler m = {0};
    const snnfe_trainer_data lists = small_lists();
    const snnfe_group group = {.struct_size = sizeof group,
                               .n_ranks = 2,
                               .send = send_nothing,
                               .receive = receive_nothing,
                               .broadcast = receive_nothing,
                               .user_data = &m};
    snnfe_trainer_options options = small_options();
    options.group = &group;
    meddler_start(&m, &options);
    assert_fails(snnfe_trainer_run(m.trainer, m.dataset, &lists), SNNFE_ERR_IO, "(7)");
    ck_assert_int_gt(m.n_calls, 0);
    meddler_end(&m);
}
END_TEST

/* --- learners, which call a device's function ------------------------------------------------ */

typedef struct pupil {
    snnfe_learner *learner;
    const char *path; /* of its state */
    const float *grid;
    int n_calls;
    bool frees;
} pupil;

static double disturb(int32_t direction, double w, void *user_data)
{
    (void)direction;
    (void)w;
    static const char fragment[] = "called by a callback while snnfe_learner_adapt";
    pupil *p = user_data;
    if (!p->learner) /* being made */
        return 0.01;
    p->n_calls++;
    if (p->frees) {
        snnfe_learner_free(p->learner);
        return 0.01;
    }
    assert_fails(snnfe_learner_adapt(p->learner, p->grid, 0, NULL), SNNFE_ERR_STATE, fragment);
    assert_fails(snnfe_learner_age(p->learner, 0, 1, 0), SNNFE_ERR_STATE, fragment);
    assert_fails(snnfe_learner_save(p->learner, p->path), SNNFE_ERR_STATE, fragment);
    assert_fails(snnfe_learner_restore(p->learner, p->path), SNNFE_ERR_STATE, fragment);
    return 0.01;
}

static void teach(bool frees)
{
    float *grid = malloc((size_t)110 * SMALL_STEPS * sizeof *grid);
    for (size_t i = 0; i < (size_t)110 * SMALL_STEPS; i++)
        grid[i] = (float)(i % 13) / 3 - 2;
    pupil p = {.path = support_path("state"), .grid = grid, .frees = frees};
    snnfe_device_options device_options;
    assert_ok(snnfe_device_options_init(&device_options, sizeof device_options));
    device_options.response = SNNFE_RESPONSE_FUNCTION;
    device_options.function = disturb;
    device_options.user_data = &p;
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, &device_options));
    snnfe_learner_options options;
    assert_ok(snnfe_learner_options_init(&options, sizeof options));
    options.device = device;
    options.learning_rate = 0.1;
    snnfe_network *network = small_network();
    snnfe_learner *learner = NULL;
    assert_ok(snnfe_learner_create(&learner, network, NULL, &options));
    assert_ok(snnfe_learner_save(learner, p.path));
    p.learner = learner;
    assert_ok(snnfe_learner_adapt(learner, grid, 1, NULL));
    ck_assert_int_gt(p.n_calls, 0);
    if (!frees) {
        assert_ok(snnfe_learner_restore(learner, p.path));
        snnfe_learner_free(learner);
    }
    snnfe_network_free(network);
    snnfe_device_free(device);
    free(grid);
}

START_TEST(a_learner_is_left_alone)
{
    teach(false);
}
END_TEST

START_TEST(a_learner_is_freed_when_it_has_learned)
{
    teach(true);
}
END_TEST

/* --- data sets that are being aligned --------------------------------------------------------- */

typedef struct alignment {
    snnfe_dataset *dataset;
    int n_calls;
    bool frees;
} alignment;

static int32_t disturb_alignment(const snnfe_progress *progress, void *user_data)
{
    (void)progress;
    static const char fragment[] = "called by a callback while snnfe_dataset_align";
    alignment *a = user_data;
    a->n_calls++;
    if (a->frees) {
        snnfe_dataset_free(a->dataset);
        return 0;
    }
    assert_fails(snnfe_dataset_align(a->dataset, NULL), SNNFE_ERR_STATE, fragment);
    assert_fails(snnfe_dataset_normalize(a->dataset, NULL, 0), SNNFE_ERR_STATE, fragment);
    return 0;
}

START_TEST(a_data_set_is_aligned_in_peace)
{
    for (int frees = 0; frees < 2; frees++) {
        alignment a = {.dataset = small_dataset(1), .frees = frees};
        snnfe_alignment_options options;
        assert_ok(snnfe_alignment_options_init(&options, sizeof options));
        options.progress = disturb_alignment;
        options.user_data = &a;
        assert_ok(snnfe_dataset_align(a.dataset, &options));
        ck_assert_int_gt(a.n_calls, 0);
        if (!frees) {
            assert_fails(snnfe_dataset_align(a.dataset, NULL), SNNFE_ERR_STATE, "aligned already");
            snnfe_dataset_free(a.dataset);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("callbacks");
    TCase *tests = tcase_create("callbacks");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, a_run_is_left_alone);
    tcase_add_test(tests, a_failed_call_is_over);
    tcase_add_test(tests, freed_when_the_run_ends);
    tcase_add_test(tests, messages_of_a_group_are_callbacks);
    tcase_add_test(tests, a_learner_is_left_alone);
    tcase_add_test(tests, a_learner_is_freed_when_it_has_learned);
    tcase_add_test(tests, a_data_set_is_aligned_in_peace);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
