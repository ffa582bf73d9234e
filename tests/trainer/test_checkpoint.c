/* Checkpoints that do not fit or are damaged change nothing. */
#include "base/memory.h"
#include "base/tensors.h"
#include "damage.h"
#include "small.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* A trainer that went through one of its epochs, saved as `path`. */
static void make_checkpoint(const char *path, bool one_frozen)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    small_stop stop = {5, "train"};
    snnfe_trainer_options options = small_options();
    options.checkpoint_path = path;
    options.progress = small_stop_after;
    options.user_data = &stop;
    snnfe_network *network = small_network();
    if (one_frozen)
        assert_ok(snnfe_network_freeze(network, "fc1", 1));
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_fails(snnfe_trainer_run(trainer, dataset, &lists), SNNFE_ERR_CANCELLED, "train");
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}

static void assert_restore_fails(const char *path, const snnfe_trainer_options *options,
                                 snnfe_status status, const char *fragment)
{
    snnfe_network *network = small_network();
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, options));
    float *before = small_values(network);
    assert_fails(snnfe_trainer_restore(trainer, path), status, fragment);
    ck_assert_msg(strstr(snnfe_last_error(), path) != NULL, "no path in \"%s\"",
                  snnfe_last_error());
    float *after = small_values(network);
    ck_assert_mem_eq(before, after, snnfe_network_value_count(network) * sizeof *before);
    ck_assert_uint_eq(small_log(trainer, SNNFE_TRAINER_LOG_EPOCHS, NULL, 0), 0);
    free(before);
    free(after);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
}

START_TEST(round_trip)
{
    const char *path = support_path("round.safetensors"),
               *again = support_path("again.safetensors");
    make_checkpoint(path, false);
    const snnfe_trainer_options options = small_options();
    snnfe_network *network = small_network(), *loaded = NULL;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_restore(trainer, path));
    assert_ok(snnfe_trainer_save(trainer, again));
    snnfe_tensors *a = NULL, *b = NULL;
    assert_ok(snnfe_tensors_open(&a, path));
    assert_ok(snnfe_tensors_open(&b, again));
    ck_assert_uint_eq(snnfe_tensors_count(a), snnfe_tensors_count(b));
    for (size_t i = 0; i < snnfe_tensors_count(a); i++) {
        const snnfe_tensor_info *info = snnfe_tensors_at(a, i);
        const size_t size = snnfe_dtype_size(info->dtype);
        void *x = snnfe_alloc((size_t)info->count, size),
             *y = snnfe_alloc((size_t)info->count, size);
        assert_ok(
            snnfe_tensors_read(a, info->name, info->dtype, info->n_dims, info->shape, true, x));
        assert_ok(
            snnfe_tensors_read(b, info->name, info->dtype, info->n_dims, info->shape, true, y));
        ck_assert_msg(memcmp(x, y, (size_t)info->count * size) == 0, "%s", info->name);
        snnfe_release(x);
        snnfe_release(y);
    }
    ck_assert_str_eq(snnfe_tensors_metadata(a, "trainer.batch_size"), "4");
    ck_assert_str_eq(snnfe_tensors_metadata(a, "trainer.seed"), "5");
    /* A network is loaded from it, too. */
    assert_ok(snnfe_network_load(&loaded, path));
    ck_assert(small_same_values(loaded, network));
    snnfe_tensors_close(a);
    snnfe_tensors_close(b);
    snnfe_network_free(loaded);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
}
END_TEST

#define assert_option_refused(change, fragment)                                                    \
    do {                                                                                           \
        snnfe_trainer_options options = small_options();                                           \
        change;                                                                                    \
        assert_restore_fails(path, &options, SNNFE_ERR_SHAPE, fragment);                           \
    } while (0)

START_TEST(other_options_are_refused)
{
    const char *path = support_path("options.safetensors");
    make_checkpoint(path, false);
    assert_option_refused(options.n_epochs = 2, "was saved with n_epochs 3, more than 2");
    assert_option_refused(options.batch_size = 5, "was saved with batch_size 4, not 5");
    assert_option_refused(options.learning_rate = 2e-3,
                          "was saved with learning_rate 0.001, not 0.002");
    assert_option_refused(options.decay_learning_rate = 5e-4,
                          "was saved with decay_learning_rate ");
    assert_option_refused(options.time_weight_learning_rate = 0,
                          "was saved with time_weight_learning_rate");
    assert_option_refused(options.least_learning_rate = 0, "was saved with least_learning_rate ");
    assert_option_refused(options.beta1 = 0.8, "was saved with beta1 ");
    assert_option_refused(options.beta2 = 0.99, "was saved with beta2 ");
    assert_option_refused(options.epsilon = 1e-7, "was saved with epsilon ");
    assert_option_refused(options.schedule = SNNFE_SCHEDULE_CONSTANT, "was saved with ");
    assert_option_refused(options.schedule_epochs = 9, "was saved with schedule_epochs 3, not 9");
    assert_option_refused((options.n_epochs = 4, options.schedule_epochs = 4),
                          "was saved with schedule_epochs 3, not 4");
    assert_option_refused(options.seed = 6, "was saved with seed 5, not 6");
    assert_option_refused(options.n_shards = 3, "was saved with n_shards ");
    assert_option_refused(options.evaluations_per_epoch = 3,
                          "was saved with evaluations_per_epoch ");
    make_checkpoint(path, true);
    assert_option_refused(options.n_threads = 1, "\"snn.f1_vdecay\" is frozen in the checkpoint");
}
END_TEST

/* A network that was read keeps a converter, which its checkpoints have. */
START_TEST(a_converter_is_not_dropped)
{
    const char *path = support_path("converter.safetensors");
    const snnfe_trainer_options options = small_options();
    snnfe_network_options with_converter = small_network_options();
    with_converter.column_bits = 6;
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_network_create(&network, &with_converter));
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_save(trainer, path));
    assert_ok(snnfe_trainer_restore(trainer, path));
    assert_restore_fails(path, &options, SNNFE_ERR_SHAPE, "was saved with column_bits 6, not 0");
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
}
END_TEST

START_TEST(other_networks_are_refused)
{
    const char *path = support_path("network.safetensors");
    make_checkpoint(path, false);
    const snnfe_trainer_options options = small_options();
    for (int i = 0; i < 3; i++) {
        snnfe_network_options sizes = small_network_options();
        if (i == 0)
            sizes.n_hidden = 9;
        if (i == 1)
            sizes.threshold = 0.2F;
        if (i == 2)
            sizes.dropout = 0.5F;
        static const char *const fragments[] = {"tensor", "threshold", "dropout"};
        snnfe_network *network = NULL;
        snnfe_trainer *trainer = NULL;
        assert_ok(snnfe_network_create(&network, &sizes));
        assert_ok(snnfe_trainer_create(&trainer, network, &options));
        float *before = small_values(network);
        assert_fails(snnfe_trainer_restore(trainer, path), SNNFE_ERR_SHAPE, fragments[i]);
        float *after = small_values(network);
        ck_assert_mem_eq(before, after, snnfe_network_value_count(network) * sizeof *before);
        free(before);
        free(after);
        snnfe_trainer_free(trainer);
        snnfe_network_free(network);
    }
}
END_TEST

/* --- damaged files ------------------------------------------------------------------------- */

START_TEST(damaged_values_are_refused)
{
    const char *path = support_path("whole.safetensors"), *bad = support_path("bad.safetensors");
    make_checkpoint(path, false);
    const snnfe_trainer_options options = small_options();
    const float nan_value = NAN, too_low = -2e6F;
    const double infinite = (double)INFINITY, unknown = (double)NAN, above_one = 1.5;
    const int64_t counts[] = {-1, 4, 2}, too_many = INT64_MAX;
    const struct {
        const char *tensor;
        const void *bytes;
        size_t size;
        snnfe_status status;
        const char *fragment;
    } cases[] = {
        {"trainer.adam_first.snn.fc2.weight", &nan_value, 4, SNNFE_ERR_NONFINITE, "nan"},
        {"trainer.adam_second.snn.fc2.weight", &nan_value, 4, SNNFE_ERR_NONFINITE, "nan"},
        {"trainer.adam_second.snn.fc2.weight", &too_low, 4, SNNFE_ERR_FORMAT, "below 0"},
        {"snn.conv2.psp_func.weight", &nan_value, 4, SNNFE_ERR_NONFINITE, "snn.conv2"},
        {"snn.c1_cdecay", &too_low, 4, SNNFE_ERR_FORMAT, "snn.c1_cdecay"},
        {"trainer.adam_steps", &counts[0], 8, SNNFE_ERR_FORMAT, "adam_steps"},
        {"trainer.adam_steps", &too_many, 8, SNNFE_ERR_FORMAT, "adam_steps"},
        {"trainer.position.epoch", &counts[0], 8, SNNFE_ERR_FORMAT, "epoch[0] is -1"},
        {"trainer.position.epoch", &counts[1], 8, SNNFE_ERR_FORMAT, "epoch is 4, of 3 epochs"},
        {"trainer.position.epoch", &counts[2], 8, SNNFE_ERR_FORMAT, "ends with row 1, not 2"},
        {"trainer.position.batch", &too_many, 8, SNNFE_ERR_FORMAT, "position.batch[0]"},
        {"trainer.position.loss_sum", &infinite, 8, SNNFE_ERR_NONFINITE, "loss_sum"},
        {"trainer.epoch_log.epoch", &counts[0], 8, SNNFE_ERR_FORMAT, "epoch_log.epoch[0]"},
        {"trainer.epoch_log.train_loss", &unknown, 8, SNNFE_ERR_FORMAT, "train_loss[0] is NaN"},
        {"trainer.epoch_log.train_loss", &infinite, 8, SNNFE_ERR_FORMAT, "train_loss[0] is inf"},
        {"trainer.epoch_log.class_accuracy", &above_one, 8, SNNFE_ERR_FORMAT, "is 1.5, not in 0"},
        {"trainer.sample_log.samples_seen", &counts[0], 8, SNNFE_ERR_FORMAT, "samples_seen[0]"},
        {"trainer.sample_log.test_accuracy", &above_one, 8, SNNFE_ERR_FORMAT, "test_accuracy[0]"},
        {"trainer.sample_log.learning_rate", &unknown, 8, SNNFE_ERR_NONFINITE, "learning_rate"},
        {"trainer.sample_log.total_ltd_crossings", &too_many, 8, SNNFE_ERR_FORMAT, "total_ltd"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        support_damage(path, bad, cases[i].tensor, cases[i].bytes, cases[i].size);
        assert_restore_fails(bad, &options, cases[i].status, cases[i].fragment);
    }
}
END_TEST

/* Decays are clamped at the end of an epoch; a large rate takes them far within one. */
START_TEST(decays_below_zero_are_kept)
{
    const char *path = support_path("whole.safetensors"), *low = support_path("low.safetensors");
    make_checkpoint(path, false);
    const float decay = -5.0F;
    support_damage(path, low, "snn.c1_cdecay", &decay, 4);
    const snnfe_trainer_options options = small_options();
    snnfe_network *network = small_network();
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_restore(trainer, low));
    assert_ok(snnfe_trainer_save(trainer, path));
    assert_ok(snnfe_trainer_restore(trainer, path));
    float *values = small_values(network);
    size_t n_kept = 0;
    for (size_t i = 0; i < snnfe_network_value_count(network); i++)
        n_kept += values[i] <= decay;
    ck_assert_uint_eq(n_kept, 1);
    free(values);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
}
END_TEST

START_TEST(truncated_files_are_refused)
{
    const char *path = support_path("cut.safetensors");
    make_checkpoint(path, false);
    const snnfe_trainer_options options = small_options();
    FILE *file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    fclose(file);
    const long sizes[] = {size - 1, size / 2, 3000, 100, 8, 3, 0};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ck_assert_int_eq(truncate(path, sizes[i]), 0);
        assert_restore_fails(path, &options, SNNFE_ERR_FORMAT, "cut.safetensors");
    }
    ck_assert_int_eq(remove(path), 0);
    assert_restore_fails(path, &options, SNNFE_ERR_IO, "cut.safetensors");
}
END_TEST

/* A network's file has no trainer in it, and a trainer's may lack a part. */
START_TEST(incomplete_files_are_refused)
{
    const char *path = support_path("plain.safetensors");
    const snnfe_trainer_options options = small_options();
    snnfe_network *network = small_network();
    assert_ok(snnfe_network_save(network, path));
    assert_restore_fails(path, &options, SNNFE_ERR_FORMAT,
                         "is a network, not a training's checkpoint");
    snnfe_tensor_list *list = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    assert_ok(snnfe_tensor_list_add_metadata(list, "trainer.format", "trainer 9"));
    assert_ok(snnfe_tensor_list_save(list, path));
    assert_restore_fails(path, &options, SNNFE_ERR_FORMAT, "trainer 9");
    snnfe_tensor_list_free(list);
    assert_ok(snnfe_tensor_list_create(&list));
    assert_ok(snnfe_tensor_list_add_metadata(list, "trainer.format", "trainer 4"));
    assert_ok(snnfe_tensor_list_save(list, path));
    assert_restore_fails(path, &options, SNNFE_ERR_FORMAT, "trainer.n_epochs");
    snnfe_tensor_list_free(list);
    snnfe_network_free(network);
}
END_TEST

/* A damaged checkpoint stops a run that wants to resume, instead of starting again. */
START_TEST(runs_refuse_damaged_checkpoints)
{
    const char *path = support_path("run.safetensors");
    make_checkpoint(path, false);
    ck_assert_int_eq(truncate(path, 5000), 0);
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_trainer_options options = small_options();
    options.checkpoint_path = path;
    options.resume = 1;
    const snnfe_trainer_data lists = small_lists();
    snnfe_network *network = small_network(), *start = small_network();
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_fails(snnfe_trainer_run(trainer, dataset, &lists), SNNFE_ERR_FORMAT, "run.safetensors");
    ck_assert(small_same_values(network, start));
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_network_free(start);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *files = tcase_create("files");
    tcase_set_timeout(files, 120);
    tcase_add_test(files, round_trip);
    tcase_add_test(files, other_options_are_refused);
    tcase_add_test(files, other_networks_are_refused);
    tcase_add_test(files, a_converter_is_not_dropped);
    tcase_add_test(files, damaged_values_are_refused);
    tcase_add_test(files, truncated_files_are_refused);
    tcase_add_test(files, decays_below_zero_are_kept);
    tcase_add_test(files, incomplete_files_are_refused);
    tcase_add_test(files, runs_refuse_damaged_checkpoints);
    suite_add_tcase(suite, files);
    return support_run(suite);
}
