/* The run over all epochs: what it computes, what it refuses. */
#include "course.h"
#include "same_dataset.h"

#include <math.h>
#include <stdio.h>

START_TEST(threads_do_not_matter)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_trainer_options options = small_options();
    options.n_threads = 1;
    course one = course_run(&options, dataset);
    for (uint32_t n = 2; n <= 3; n++) {
        options.n_threads = n;
        course other = course_run(&options, dataset);
        ck_assert(small_same_values(one.network, other.network));
        small_assert_same_logs(one.trainer, other.trainer);
        course_free(&other);
    }
    snnfe_network *start = small_network();
    ck_assert(!small_same_values(one.network, start));
    snnfe_network_free(start);
    course_free(&one);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(seed_and_batch_size_matter)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_trainer_options options = small_options();
    course one = course_run(&options, dataset);
    options.seed++;
    course other = course_run(&options, dataset);
    ck_assert(!small_same_values(one.network, other.network));
    course_free(&other);
    options.seed--;
    options.batch_size = 5;
    other = course_run(&options, dataset);
    ck_assert(!small_same_values(one.network, other.network));
    course_free(&other);
    course_free(&one);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(training_learns)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    snnfe_trainer_options options = small_options();
    options.n_epochs = 60;
    options.schedule = SNNFE_SCHEDULE_CONSTANT;
    snnfe_trainer_data lists = small_lists();
    lists.n_validation = lists.n_test = 0;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
    snnfe_evaluation result = {.struct_size = sizeof result};
    snnfe_run_options run;
    assert_ok(snnfe_run_options_init(&run, sizeof run));
    run.allow_seen = 1;
    assert_ok(snnfe_evaluation_run(network, dataset, lists.train, lists.n_train, &run, &result,
                                   NULL, NULL));
    ck_assert_msg(result.loss < 0.4 && result.accuracy > 0.9, "loss %g, accuracy %g", result.loss,
                  result.accuracy);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

/* A row of the log says what an evaluation of the network says. */
START_TEST(log_agrees_with_evaluation)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_options options = small_options();
    const snnfe_trainer_data lists = small_lists();
    course c = course_run(&options, dataset);
    snnfe_trainer_record rows[3], points[6];
    double row_classes[3][2];
    size_t n = 3;
    assert_ok(snnfe_trainer_log(c.trainer, SNNFE_TRAINER_LOG_EPOCHS, rows, sizeof rows[0],
                                row_classes[0], &n));
    ck_assert_uint_eq(n, 3);
    ck_assert_uint_eq(small_log(c.trainer, SNNFE_TRAINER_LOG_SAMPLES, points, 6), 6);
    snnfe_evaluation result = {.struct_size = sizeof result};
    double classes[2];
    assert_ok(snnfe_evaluation_run(c.network, dataset, lists.validation, lists.n_validation, NULL,
                                   &result, NULL, classes));
    ck_assert_double_eq(rows[2].validation_accuracy, result.accuracy);
    ck_assert_double_eq(row_classes[2][0], classes[0]);
    ck_assert_double_eq(row_classes[2][1], classes[1]);
    assert_ok(snnfe_evaluation_run(c.network, dataset, lists.test, lists.n_test, NULL, &result,
                                   NULL, NULL));
    ck_assert_double_eq(rows[2].test_accuracy, result.accuracy);
    for (uint32_t i = 0; i < 6; i++) { /* 4 batches: after the first and the last */
        ck_assert_uint_eq(points[i].epoch, i / 2 + 1);
        ck_assert_uint_eq(points[i].batch, i % 2 ? 4 : 1);
        ck_assert_uint_eq(points[i].samples_seen, i / 2 * 14 + (i % 2 ? 14 : 4));
    }
    for (uint32_t i = 0; i < 3; i++) {
        ck_assert_uint_eq(rows[i].batch, 0);
        ck_assert_uint_eq(rows[i].samples_seen, 14 * (i + 1));
        ck_assert_double_eq(rows[i].train_loss, points[2 * i + 1].train_loss);
        ck_assert_double_eq(rows[i].validation_accuracy, points[2 * i + 1].validation_accuracy);
    }
    ck_assert_double_eq(rows[0].learning_rate, 1e-3);
    ck_assert_double_eq_tol(rows[1].learning_rate, 1e-5 + (1e-3 - 1e-5) * 0.75, 1e-12);
    course_free(&c);
    snnfe_dataset_free(dataset);
}
END_TEST

/* What is evaluated, and how often, does not touch training. */
START_TEST(evaluation_leaves_training_alone)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_trainer_options options = small_options();
    course with = course_run(&options, dataset);
    options.evaluations_per_epoch = 0;
    snnfe_trainer_data lists = small_lists();
    lists.validation = lists.test = NULL;
    lists.n_validation = lists.n_test = 0;
    course without = {small_network(), NULL};
    assert_ok(snnfe_trainer_create(&without.trainer, without.network, &options));
    assert_ok(snnfe_trainer_run(without.trainer, dataset, &lists));
    ck_assert(small_same_values(with.network, without.network));
    snnfe_trainer_record rows[3];
    double classes[3][2];
    size_t n = 3;
    ck_assert_uint_eq(small_log(without.trainer, SNNFE_TRAINER_LOG_SAMPLES, rows, 3), 0);
    assert_ok(snnfe_trainer_log(without.trainer, SNNFE_TRAINER_LOG_EPOCHS, rows, sizeof rows[0],
                                classes[0], &n));
    ck_assert_uint_eq(n, 3);
    ck_assert(isnan(rows[0].validation_accuracy) && isnan(classes[0][1]) &&
              isnan(rows[0].test_accuracy) && isfinite(rows[0].train_loss));
    course_free(&with);
    course_free(&without);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(frozen_parameters_stay)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_options options = small_options();
    const snnfe_trainer_data lists = small_lists();
    snnfe_network *network = small_network();
    assert_ok(snnfe_network_freeze(network, "*", 1));
    assert_ok(snnfe_network_freeze(network, "fc1", 0));
    assert_ok(snnfe_network_freeze(network, "snn.fc1.psp_func.bias", 1));
    float *before = small_values(network);
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
    float *after = small_values(network);
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        const bool same =
            memcmp(before + info.offset, after + info.offset, info.count * sizeof *before) == 0;
        ck_assert_msg(same == (info.frozen != 0), "%s", info.name);
    }
    free(before);
    free(after);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

/* With huge steps decays would fall below 0; after an epoch they do not. */
START_TEST(decays_are_clamped)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_trainer_options options = small_options();
    options.decay_learning_rate = 0.2;
    course c = course_run(&options, dataset);
    float *values = small_values(c.network);
    size_t n_least = 0;
    for (size_t i = 0; i < snnfe_network_parameter_count(c.network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(c.network, i, &info));
        for (size_t j = 0; info.kind == SNNFE_PARAMETER_DECAY && j < info.count; j++) {
            ck_assert(values[info.offset + j] >= 1e-7F);
            n_least += values[info.offset + j] <= 1e-7F;
        }
    }
    ck_assert_uint_gt(n_least, 0);
    free(values);
    course_free(&c);
    snnfe_dataset_free(dataset);
}
END_TEST

/* --- what is refused ----------------------------------------------------------------------- */

#define assert_data_refused(change, status, fragment)                                              \
    do {                                                                                           \
        snnfe_trainer_data d = small_lists();                                                      \
        change;                                                                                    \
        assert_fails(snnfe_trainer_run(trainer, dataset, &d), status, fragment);                   \
    } while (0)

START_TEST(bad_lists_are_refused)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_options options = small_options();
    snnfe_network *network = small_network(), *start = small_network();
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    static const int32_t negative[] = {1, -3}, large[] = {2, 24}, test[] = {23},
                         validation[] = {22};
    assert_data_refused(d.test = test; d.n_test = 1, SNNFE_ERR_OVERLAP, "train and test");
    assert_data_refused(d.validation = test; d.n_validation = 1, SNNFE_ERR_OVERLAP, "23");
    assert_data_refused(d.validation = validation;
                        d.n_validation = 1, SNNFE_ERR_OVERLAP, "validation and test");
    assert_data_refused(d.train = negative; d.n_train = 2, SNNFE_ERR_ARGUMENT, "train[1] is -3");
    assert_data_refused(d.test = large; d.n_test = 2, SNNFE_ERR_ARGUMENT, "test[1] is 24");
    assert_data_refused(d.n_train = 0, SNNFE_ERR_ARGUMENT, "n_train is 0");
    assert_data_refused(d.train = NULL, SNNFE_ERR_ARGUMENT, "train is NULL");
    assert_data_refused(d.validation = NULL, SNNFE_ERR_ARGUMENT, "validation is NULL");
    assert_data_refused(d.struct_size = 0, SNNFE_ERR_ARGUMENT, "snnfe_trainer_data");
    ck_assert(small_same_values(network, start));
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_network_free(start);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(data_of_another_size_is_refused)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network_options sizes = small_network_options();
    const snnfe_trainer_options options = small_options();
    const snnfe_trainer_data lists = small_lists();
    const char *const names[] = {"n_rows", "n_columns", "n_steps", "n_classes"};
    uint32_t *const fields[] = {&sizes.n_rows, &sizes.n_columns, &sizes.n_steps, &sizes.n_classes};
    for (int i = 0; i < 4; i++) {
        snnfe_network *network = NULL;
        snnfe_trainer *trainer = NULL;
        ++*fields[i];
        assert_ok(snnfe_network_create(&network, &sizes));
        --*fields[i];
        assert_ok(snnfe_trainer_create(&trainer, network, &options));
        assert_fails(snnfe_trainer_run(trainer, dataset, &lists), SNNFE_ERR_SHAPE, names[i]);
        assert_fails(snnfe_evaluation_run(network, dataset, NULL, 0, NULL, NULL, NULL, NULL),
                     SNNFE_ERR_SHAPE, names[i]);
        snnfe_trainer_free(trainer);
        snnfe_network_free(network);
    }
    snnfe_dataset_free(dataset);
}
END_TEST

/* A step that is not finite is not taken. */
START_TEST(nonfinite_loss_stops)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_options options = small_options();
    const snnfe_trainer_data lists = small_lists();
    snnfe_network *network = small_network();
    float time_weights[SMALL_STEPS], readout[16];
    for (int i = 0; i < SMALL_STEPS; i++)
        time_weights[i] = i % 2 ? 3e38F : -3e38F;
    for (int i = 0; i < 16; i++)
        readout[i] = i % 2 ? 1e30F : -1e30F;
    assert_ok(snnfe_network_set(network, "snn.ts_weights", time_weights, SMALL_STEPS));
    assert_ok(snnfe_network_set(network, "snn.fc2.weight", readout, 16));
    float *before = small_values(network);
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_fails(snnfe_trainer_run(trainer, dataset, &lists), SNNFE_ERR_NONFINITE,
                 "epoch 1, batch 1");
    float *after = small_values(network);
    ck_assert_mem_eq(before, after, snnfe_network_value_count(network) * sizeof *before);
    free(before);
    free(after);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

/* --- reports ------------------------------------------------------------------------------- */

typedef struct reports {
    int n_train, n_evaluate;
    uint64_t done;
    uint32_t epoch;
    int n_messages;
    bool sound;
} reports;

static int32_t note_progress(const snnfe_progress *progress, void *user_data)
{
    reports *r = user_data;
    if (strcmp(progress->phase, "evaluate") == 0) {
        r->n_evaluate++;
        return 0;
    }
    r->n_train++;
    r->sound = r->sound && strcmp(progress->phase, "train") == 0 && progress->total == 42 &&
               progress->done > r->done && progress->epoch == (progress->done - 1) / 14 + 1 &&
               progress->loss > 0 && isnan(progress->accuracy) == (progress->done <= 4);
    r->done = progress->done;
    return 0;
}

static void note_message(int32_t level, const char *message, void *user_data)
{
    reports *r = user_data;
    r->n_messages += level == SNNFE_LOG_INFO && strstr(message, "Fold 1: epoch ") != NULL;
}

START_TEST(progress_is_reported)
{
    snnfe_dataset *dataset = small_dataset(1);
    reports r = {.sound = true};
    snnfe_trainer_options options = small_options();
    options.progress = note_progress;
    options.log = note_message;
    options.user_data = &r;
    options.phase = "Fold 1";
    course c = course_run(&options, dataset);
    ck_assert(r.sound);
    ck_assert_int_eq(r.n_train, 12);
    ck_assert_int_gt(r.n_evaluate, 0);
    ck_assert_uint_eq(r.done, 42);
    ck_assert_int_eq(r.n_messages, 3);
    course_free(&c);
    snnfe_dataset_free(dataset);
}
END_TEST

/* Steps of the caller's and a run's first batch follow the same rule. */
START_TEST(single_steps)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    const snnfe_trainer_options options = small_options();
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    float *grid = malloc((size_t)4 * 110 * SMALL_STEPS * sizeof *grid);
    assert_ok(snnfe_dataset_copy_grid(dataset, NULL, 4, grid));
    double first = 0, last = 0;
    for (int i = 0; i < 40; i++)
        assert_ok(snnfe_trainer_step(trainer, grid, dataset_info(dataset).labels, 4, NULL,
                                     i == 0 ? &first : &last));
    ck_assert_msg(last < first, "loss went from %g to %g", first, last);
    double expected = 0;
    assert_ok(snnfe_network_gradient(network, grid, dataset_info(dataset).labels, 4, NULL, NULL,
                                     &expected, NULL));
    assert_ok(snnfe_trainer_step(trainer, grid, dataset_info(dataset).labels, 4, NULL, &last));
    ck_assert_double_eq(last, expected);
    grid[5] = NAN;
    float *before = small_values(network);
    assert_fails(snnfe_trainer_step(trainer, grid, dataset_info(dataset).labels, 4, NULL, &last),
                 SNNFE_ERR_NONFINITE, "trial 0");
    float *after = small_values(network);
    ck_assert_mem_eq(before, after, snnfe_network_value_count(network) * sizeof *before);
    ck_assert_double_eq(last, expected);
    free(before);
    free(after);
    free(grid);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("training");
    TCase *results = tcase_create("results");
    tcase_set_timeout(results, 120);
    tcase_add_test(results, threads_do_not_matter);
    tcase_add_test(results, seed_and_batch_size_matter);
    tcase_add_test(results, training_learns);
    tcase_add_test(results, log_agrees_with_evaluation);
    tcase_add_test(results, evaluation_leaves_training_alone);
    tcase_add_test(results, frozen_parameters_stay);
    tcase_add_test(results, decays_are_clamped);
    tcase_add_test(results, single_steps);
    tcase_add_test(results, progress_is_reported);
    suite_add_tcase(suite, results);
    TCase *refusals = tcase_create("refusals");
    tcase_set_timeout(refusals, 120);
    tcase_add_test(refusals, bad_lists_are_refused);
    tcase_add_test(refusals, data_of_another_size_is_refused);
    tcase_add_test(refusals, nonfinite_loss_stops);
    suite_add_tcase(suite, refusals);
    return support_run(suite);
}
