/* Personalization over subjects and folds: independent of threads and of the other subjects, equal
   to a training by hand, and refused where it cannot be. */
#include "same_dataset.h"
#include "small.h"

#include <math.h>
#include <snnfe/split.h>
#include <string.h>

#define FOLDS 3
#define TASKS (2 * FOLDS)
#define EPOCHS 3

static snnfe_trainer_options sstl_options(const snnfe_device *device)
{
    snnfe_trainer_options o;
    assert_ok(snnfe_trainer_options_init(&o, sizeof o));
    assert_ok(snnfe_trainer_options_stage(&o, SNNFE_STAGE_SSTL));
    o.n_epochs = EPOCHS;
    o.learning_rate = 5e-3;
    o.device = device;
    return o;
}

static snnfe_network *frozen_network(void)
{
    snnfe_network *network = small_network();
    assert_ok(snnfe_network_freeze_for_stage(network, SNNFE_STAGE_SSTL, NULL, 0));
    return network;
}

typedef struct outcome {
    snnfe_personalized results[TASKS];
    double class_accuracy[TASKS][2][2];
    snnfe_trainer_record records[TASKS * EPOCHS];
    double record_class_accuracy[TASKS * EPOCHS][2];
    snnfe_network *networks[TASKS];
} outcome;

static snnfe_personalization all_of(outcome *o)
{
    snnfe_personalization to = small_results(o->results);
    to.class_accuracy = o->class_accuracy[0][0];
    to.records = o->records;
    to.record_size = sizeof o->records[0];
    to.record_class_accuracy = o->record_class_accuracy[0];
    to.networks = o->networks;
    return to;
}

static snnfe_status personalize(const snnfe_network *network, const snnfe_dataset *dataset,
                                const int32_t *subjects, size_t n_subjects,
                                const snnfe_trainer_options *options, outcome *o)
{
    const snnfe_personalization to = all_of(o);
    return snnfe_personalize(network, dataset, subjects, n_subjects, FOLDS, 5, options, &to);
}

static void release(outcome *o)
{
    for (size_t i = 0; i < TASKS; i++)
        snnfe_network_free(o->networks[i]);
}

START_TEST(threads_and_other_subjects_do_not_matter)
{
    static outcome one, three, alone;
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = frozen_network(), *untouched = frozen_network();
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    snnfe_trainer_options options = sstl_options(device);
    options.n_threads = 1;
    assert_ok(personalize(network, dataset, NULL, 0, &options, &one));
    options.n_threads = 3;
    assert_ok(personalize(network, dataset, NULL, 0, &options, &three));
    ck_assert(small_same_values(network, untouched));
    ck_assert_mem_eq(one.results, three.results, sizeof one.results);
    ck_assert_mem_eq(one.records, three.records, sizeof one.records);
    const int32_t last[] = {8};
    assert_ok(personalize(network, dataset, last, 1, &options, &alone));
    ck_assert_mem_eq(alone.results, one.results + FOLDS, FOLDS * sizeof one.results[0]);
    for (size_t i = 0; i < TASKS; i++) {
        ck_assert(small_same_values(one.networks[i], three.networks[i]));
        ck_assert(!small_same_values(one.networks[i], network));
        if (i < FOLDS)
            ck_assert(small_same_values(one.networks[FOLDS + i], alone.networks[i]));
    }
    release(&one);
    release(&three);
    release(&alone);
    snnfe_network_free(network);
    snnfe_network_free(untouched);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
}
END_TEST

static size_t n_trials_of(const snnfe_dataset *dataset, int32_t subject)
{
    size_t n = 0;
    for (size_t i = 0; i < SMALL_TRIALS; i++)
        n += dataset_info(dataset).subjects[i] == subject;
    return n;
}

START_TEST(results_are_those_of_the_networks)
{
    static outcome o;
    const snnfe_personalization to = small_results(o.results);
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = frozen_network();
    snnfe_fold_accuracy before[TASKS];
    double classes[TASKS][2];
    snnfe_run_options insisting;
    assert_ok(snnfe_run_options_init(&insisting, sizeof insisting));
    insisting.allow_seen = 1;
    assert_ok(snnfe_personalize(network, dataset, NULL, 0, FOLDS, 5, NULL, &to));
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    const snnfe_trainer_options options = sstl_options(device);
    assert_ok(personalize(network, dataset, NULL, 0, &options, &o));
    assert_ok(snnfe_evaluation_by_subject(network, dataset, NULL, 0, FOLDS, 5, NULL, before,
                                          sizeof before[0], classes[0]));
    for (size_t i = 0; i < TASKS; i++) {
        const snnfe_personalized *r = &o.results[i];
        snnfe_fold_accuracy after[FOLDS];
        ck_assert_int_eq(r->subject, i < FOLDS ? 3 : 8);
        ck_assert_int_eq(r->fold, (int)(i % FOLDS) + 1);
        ck_assert_uint_eq(r->n_train + r->n_validation, n_trials_of(dataset, r->subject));
        ck_assert_double_eq(r->accuracy_before, before[i].accuracy);
        ck_assert_mem_eq(o.class_accuracy[i][0], classes[i], sizeof classes[i]);
        ck_assert_mem_eq(o.class_accuracy[i][1], o.record_class_accuracy[i * EPOCHS + EPOCHS - 1],
                         sizeof classes[i]);
        assert_fails(snnfe_evaluation_by_subject(o.networks[i], dataset, &r->subject, 1, FOLDS, 5,
                                                 NULL, after, sizeof after[0], NULL),
                     SNNFE_ERR_OVERLAP, "trained the network");
        assert_ok(snnfe_evaluation_by_subject(o.networks[i], dataset, &r->subject, 1, FOLDS, 5,
                                              &insisting, after, sizeof after[0], NULL));
        ck_assert_double_eq(r->accuracy_after, after[i % FOLDS].accuracy);
        for (size_t f = 0; f < FOLDS; f++) /* the other folds' trials trained this one's network */
            ck_assert_uint_eq(after[f].n_seen, f == i % FOLDS ? 0 : after[f].n);
        const snnfe_trainer_record *last = &o.records[i * EPOCHS + EPOCHS - 1];
        ck_assert_uint_eq(last->epoch, EPOCHS);
        ck_assert_double_eq(r->accuracy_after, last->validation_accuracy);
        ck_assert_uint_eq(r->ltp_crossings, last->total_ltp_crossings);
        ck_assert_uint_gt(r->ltp_pulses + r->ltd_pulses, 0);
        ck_assert_uint_le(r->ltp_pulses, r->ltp_crossings);
        ck_assert_uint_le(r->largest, r->ltp_pulses + r->ltd_pulses);
    }
    release(&o);
    snnfe_network_free(network);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
}
END_TEST

START_TEST(what_cannot_be_is_refused)
{
    static outcome o;
    const snnfe_personalization to = small_results(o.results);
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = frozen_network();
    const int32_t missing[] = {3, 4};
    assert_fails(snnfe_personalize(network, dataset, missing, 2, FOLDS, 5, NULL, &to),
                 SNNFE_ERR_NOT_FOUND, "subject 4");
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, 7, 5, NULL, &to), SNNFE_ERR_ARGUMENT,
                 "subject 3");
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, 1, 5, NULL, &to), SNNFE_ERR_ARGUMENT,
                 "n_folds is 1");
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, FOLDS, 5, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "results is NULL");
    snnfe_trainer_options options = sstl_options(NULL);
    options.epoch_log_path = "log.csv";
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, FOLDS, 5, &options, &to),
                 SNNFE_ERR_ARGUMENT, "epoch_log_path is \"log.csv\"");
    options = sstl_options(NULL);
    options.threshold = -1;
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, FOLDS, 5, &options, &to),
                 SNNFE_ERR_ARGUMENT, "threshold is -1");
    for (size_t i = 0; i < TASKS; i++)
        ck_assert_int_eq(o.results[i].fold, 0);
    small_stop stop = {.after = 2, .phase = "personalize"};
    options = sstl_options(NULL);
    options.progress = small_stop_after;
    options.user_data = &stop;
    snnfe_personalization with_networks = to;
    with_networks.networks = o.networks;
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, FOLDS, 5, &options, &with_networks),
                 SNNFE_ERR_CANCELLED, "");
    ck_assert_ptr_null(o.networks[0]);
    snnfe_personalization wrong = to;
    wrong.folds = NULL;
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, FOLDS, 5, NULL, &wrong),
                 SNNFE_ERR_ARGUMENT, "folds is NULL");
    wrong = to;
    wrong.fold_size = 0;
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, FOLDS, 5, NULL, &wrong),
                 SNNFE_ERR_ARGUMENT, "fold_size: the size of a struct is 0 bytes");
    wrong = to;
    wrong.records = o.records;
    assert_fails(snnfe_personalize(network, dataset, NULL, 0, FOLDS, 5, NULL, &wrong),
                 SNNFE_ERR_ARGUMENT, "record_size: the size of a struct is 0 bytes");
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("personalize");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, threads_and_other_subjects_do_not_matter);
    tcase_add_test(all, results_are_those_of_the_networks);
    tcase_add_test(all, what_cannot_be_is_refused);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
