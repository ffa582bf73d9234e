/* Options and arguments that a trainer does not take. */
#include "small.h"

#include <math.h>

START_TEST(defaults_are_the_papers)
{
    snnfe_trainer_options o;
    assert_ok(snnfe_trainer_options_init(&o, sizeof o));
    ck_assert_uint_eq(o.struct_size, sizeof o);
    ck_assert_uint_eq(o.n_epochs, 20);
    ck_assert_uint_eq(o.batch_size, 64);
    ck_assert_double_eq(o.learning_rate, 1e-4);
    ck_assert_double_eq(o.least_learning_rate, 1e-5);
    ck_assert_double_eq(o.beta1, 0.9);
    ck_assert_double_eq(o.beta2, 0.999);
    ck_assert_double_eq(o.epsilon, 1e-8);
    ck_assert_int_eq(o.schedule, SNNFE_SCHEDULE_COSINE);
    ck_assert_uint_eq(o.seed, 5);
    ck_assert_uint_eq(o.evaluations_per_epoch, 10);
    assert_fails(snnfe_trainer_options_init(NULL, sizeof o), SNNFE_ERR_ARGUMENT,
                 "snnfe_trainer_options");
    assert_fails(snnfe_trainer_options_init(&o, 3), SNNFE_ERR_ARGUMENT, "size is 3");
}
END_TEST

/* One bad value at a time. */
#define assert_refused(change, fragment)                                                           \
    do {                                                                                           \
        snnfe_trainer_options o = small_options();                                                 \
        change;                                                                                    \
        snnfe_trainer *refused = (snnfe_trainer *)&o;                                              \
        assert_fails(snnfe_trainer_create(&refused, network, &o), SNNFE_ERR_ARGUMENT, fragment);   \
        ck_assert_ptr_null(refused);                                                               \
    } while (0)

START_TEST(bad_options_are_named)
{
    snnfe_network *network = small_network();
    assert_refused(o.n_epochs = 0, "n_epochs is 0, not in 1");
    assert_refused(o.n_epochs = 100001, "n_epochs is 100001");
    assert_refused(o.batch_size = 0, "batch_size is 0");
    assert_refused(o.batch_size = 65537, "batch_size is 65537");
    assert_refused(o.n_shards = 0, "n_shards is 0");
    assert_refused(o.n_shards = 1025, "n_shards is 1025");
    assert_refused(o.evaluations_per_epoch = 1001, "evaluations_per_epoch is 1001");
    assert_refused(o.n_threads = 5000, "n_threads is 5000");
    assert_refused(o.reserved = 1, "reserved is 1");
    assert_refused(o.schedule = 2, "schedule is 2");
    assert_refused(o.resume = -1, "resume is -1");
    assert_refused(o.learning_rate = -1e-3, "learning_rate is -0.001");
    assert_refused(o.learning_rate = (double)NAN, "learning_rate is nan");
    assert_refused(o.decay_learning_rate = (double)INFINITY, "decay_learning_rate is inf");
    assert_refused(o.time_weight_learning_rate = 1e300, "time_weight_learning_rate is 1e+300");
    assert_refused(o.least_learning_rate = -1, "least_learning_rate is -1");
    assert_refused(o.beta1 = 1, "beta1 is 1");
    assert_refused(o.beta2 = -0.1, "beta2 is -0.1");
    assert_refused(o.beta1 = -0.1, "beta1 is -0.1");
    assert_refused(o.beta2 = 1, "beta2 is 1");
    assert_refused(o.keep_best = 2, "keep_best is 2");
    assert_refused(o.log_start = 2, "log_start is 2");
    assert_refused(o.allow_seen = 2, "allow_seen is 2");
    assert_refused(o.allow_mismatch = -1, "allow_mismatch is -1");
    assert_refused(o.levels = 3, "levels is 3, not 0 or even and up to 65536");
    assert_refused(o.levels = 65538, "levels is 65538");
    assert_refused(o.threshold = 0, "threshold is 0");
    assert_refused(o.threshold_asymmetry = -1, "threshold_asymmetry is -1");
    assert_refused(o.ltp_energy_j = -1, "ltp_energy_j is -1");
    assert_refused(o.ltd_energy_j = (double)NAN, "ltd_energy_j is nan");
    assert_refused(o.endurance = -1, "endurance is -1");
    assert_refused(o.epsilon = 0, "epsilon is 0");
    assert_refused(o.epsilon = 1e-60, "epsilon is 1e-60");
    assert_refused(o.struct_size = 0, "struct_size is 0");
    assert_refused(o.threshold = 0.05, "threshold is set, but has no effect unless there is a dev");
    assert_refused(o.threshold_asymmetry = 2, "threshold_asymmetry is set");
    assert_refused(o.wear_log_path = "w.csv", "wear_log_path is set");
    assert_refused(o.ltp_energy_j = 1e-12, "ltp_energy_j is set");
    assert_refused(o.ltd_energy_j = 1e-12, "ltd_energy_j is set");
    assert_refused(o.endurance = 10, "endurance is set");
    assert_refused((o.schedule = SNNFE_SCHEDULE_CONSTANT, o.schedule_epochs = 3),
                   "schedule_epochs is set, but has no effect unless schedule is COSINE");
    assert_refused((o.schedule = SNNFE_SCHEDULE_CONSTANT, o.least_learning_rate = 1e-6),
                   "least_learning_rate is set, but has no effect unless schedule is COSINE");
    assert_refused(o.resume = 1, "resume is set, but has no effect unless there is a checkpoint_");
    snnfe_network_free(network);
}
END_TEST

START_TEST(missing_arguments_are_named)
{
    snnfe_network *network = small_network();
    snnfe_trainer *trainer = NULL;
    snnfe_trainer_record record;
    size_t n = 77;
    assert_fails(snnfe_trainer_create(NULL, network, NULL), SNNFE_ERR_ARGUMENT, "trainer is NULL");
    assert_fails(snnfe_trainer_create(&trainer, NULL, NULL), SNNFE_ERR_ARGUMENT, "network is NULL");
    const snnfe_trainer_options options = small_options();
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    const snnfe_trainer_data lists = small_lists();
    snnfe_dataset *dataset = small_dataset(1);
    assert_fails(snnfe_trainer_run(NULL, dataset, &lists), SNNFE_ERR_ARGUMENT, "trainer is NULL");
    assert_fails(snnfe_trainer_run(trainer, NULL, &lists), SNNFE_ERR_ARGUMENT, "dataset is NULL");
    assert_fails(snnfe_trainer_run(trainer, dataset, NULL), SNNFE_ERR_ARGUMENT, "data is NULL");
    float grid = 0;
    int32_t label = 0;
    assert_fails(snnfe_trainer_step(NULL, &grid, &label, 1, NULL, NULL), SNNFE_ERR_ARGUMENT,
                 "trainer is NULL");
    assert_fails(snnfe_trainer_step(trainer, NULL, &label, 1, NULL, NULL), SNNFE_ERR_ARGUMENT,
                 "grid is NULL");
    assert_fails(snnfe_trainer_step(trainer, &grid, NULL, 1, NULL, NULL), SNNFE_ERR_ARGUMENT,
                 "labels is NULL");
    assert_fails(snnfe_trainer_step(trainer, &grid, &label, 0, NULL, NULL), SNNFE_ERR_ARGUMENT,
                 "n is 0");
    label = 2;
    assert_fails(snnfe_trainer_step(trainer, &grid, &label, 1, NULL, NULL), SNNFE_ERR_ARGUMENT,
                 "label 0 is 2");
    assert_fails(snnfe_trainer_log(NULL, 0, &record, sizeof record, NULL, &n), SNNFE_ERR_ARGUMENT,
                 "trainer");
    assert_fails(snnfe_trainer_log(trainer, 2, &record, sizeof record, NULL, &n),
                 SNNFE_ERR_ARGUMENT, "which is 2");
    assert_fails(snnfe_trainer_log(trainer, 0, &record, 0, NULL, &n), SNNFE_ERR_ARGUMENT,
                 "the size of a struct is 0 bytes");
    assert_fails(snnfe_trainer_log(trainer, 1, &record, sizeof record, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "n is");
    assert_fails(snnfe_trainer_save(NULL, "x"), SNNFE_ERR_ARGUMENT, "trainer is NULL");
    assert_fails(snnfe_trainer_save(trainer, NULL), SNNFE_ERR_ARGUMENT, "path is NULL");
    assert_fails(snnfe_trainer_restore(NULL, "x"), SNNFE_ERR_ARGUMENT, "trainer is NULL");
    assert_fails(snnfe_trainer_restore(trainer, NULL), SNNFE_ERR_ARGUMENT, "path is NULL");
    ck_assert_uint_eq(n, 77);
    assert_ok(snnfe_trainer_log(trainer, 0, NULL, sizeof record, NULL, &n));
    ck_assert_uint_eq(n, 0);
    snnfe_trainer_free(trainer);
    snnfe_trainer_free(NULL);
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("trainer options");
    TCase *arguments = tcase_create("arguments");
    tcase_add_test(arguments, defaults_are_the_papers);
    tcase_add_test(arguments, bad_options_are_named);
    tcase_add_test(arguments, missing_arguments_are_named);
    suite_add_tcase(suite, arguments);
    return support_run(suite);
}
