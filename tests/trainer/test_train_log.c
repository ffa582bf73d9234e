/* The CSV logs, and places where nothing can be written. */
#include "small.h"
#include "trainer/train_log.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

static const snnfe_trainer_record two_rows[] = {
    {1, 6, 384, 0.6931, 0.5, (double)NAN, 1e-4, 0, 0, 0, 0, 0.25, (double)NAN},
    {2, 12, 768, 0.5, (double)NAN, 0.8125, 9.94459753267812e-05, 12, 345, 1012, 1345, (double)NAN,
     0.875}};

START_TEST(columns_are_the_papers_and_those_of_trials)
{
    snnfe_record_list list = {.n_classes = 2};
    const double classes[2][2] = {{0.25, 0.75}, {(double)NAN, 1.0}};
    for (int i = 0; i < 2; i++)
        assert_ok(snnfe_record_list_add(&list, &two_rows[i], classes[i]));
    const char *path = support_path("columns.csv");
    assert_ok(snnfe_train_log_save_epochs(&list, "pretrain", 0x2a, path));
    char *text = support_read(path, NULL);
    ck_assert_str_eq(text, "Phase,Epoch,Train_Loss,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,"
                           "Test_Accuracy,learning_rate,Val_Trial_Accuracy,"
                           "Test_Trial_Accuracy,Run\n"
                           "pretrain,1,0.6931,0.5,0.25,0.75,,0.0001,0.25,,000000000000002a\n"
                           "pretrain,2,0.5,,,1,0.8125,9.944597533e-05,,0.875,000000000000002a\n");
    free(text);
    assert_ok(snnfe_train_log_save_samples(&list, "a \"b\", c", 0, path));
    text = support_read(path, NULL);
    ck_assert_str_eq(text, "Phase,Epoch,BatchIdx,SamplesSeen,Val_Accuracy,Class0_Accuracy,"
                           "Class1_Accuracy,Test_Accuracy,LTP_crossings,LTD_crossings,"
                           "Total_LTP_crossings,Total_LTD_crossings,Val_Trial_Accuracy,"
                           "Test_Trial_Accuracy,Run\n"
                           "\"a \"\"b\"\", c\",1,6,384,0.5,0.25,0.75,,0,0,0,0,0.25,,\n"
                           "\"a \"\"b\"\", c\",2,12,768,,,1,0.8125,12,345,1012,1345,,0.875,\n");
    free(text);
    snnfe_record_list_release(&list);
}
END_TEST

START_TEST(each_class_has_a_column)
{
    snnfe_record_list list = {.n_classes = 4};
    const double classes[2][4] = {{0.25, 0.75, 0, 1}, {(double)NAN, 1.0, 0.5, (double)NAN}};
    for (int i = 0; i < 2; i++)
        assert_ok(snnfe_record_list_add(&list, &two_rows[i], classes[i]));
    const char *path = support_path("classes.csv");
    assert_ok(snnfe_train_log_save_epochs(&list, "pretrain", 0x2a, path));
    char *text = support_read(path, NULL);
    ck_assert_str_eq(
        text, "Phase,Epoch,Train_Loss,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,"
              "Class2_Accuracy,Class3_Accuracy,Test_Accuracy,learning_rate,Val_Trial_Accuracy,"
              "Test_Trial_Accuracy,Run\n"
              "pretrain,1,0.6931,0.5,0.25,0.75,0,1,,0.0001,0.25,,000000000000002a\n"
              "pretrain,2,0.5,,,1,0.5,,0.8125,9.944597533e-05,,0.875,000000000000002a\n");
    free(text);
    snnfe_record_list_release(&list);
}
END_TEST

static size_t count_lines(const char *path)
{
    char *text = support_read(path, NULL);
    size_t n = 0;
    for (const char *c = text; *c; c++)
        n += *c == '\n';
    free(text);
    return n;
}

START_TEST(a_run_writes_its_logs)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    snnfe_trainer_options options = small_options();
    const snnfe_trainer_data lists = small_lists();
    options.epoch_log_path = support_path("epochs.csv");
    options.sample_log_path = support_path("samples.csv");
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
    ck_assert_uint_eq(count_lines(options.epoch_log_path), 1 + 3);
    ck_assert_uint_eq(count_lines(options.sample_log_path), 1 + 6);
    char *text = support_read(options.epoch_log_path, NULL);
    ck_assert_ptr_nonnull(strstr(text, "\npretrain,3,"));
    free(text);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}
END_TEST

static void assert_run(const char *path, const char *end)
{
    char *text = support_read(path, NULL);
    const size_t n = strlen(text), n_end = strlen(end);
    ck_assert(n > n_end && strcmp(text + n - n_end, end) == 0);
    free(text);
}

/* Logs are of the run that writes them, also where it goes on from another one's checkpoint. */
START_TEST(logs_carry_the_run)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    const uint64_t runs[] = {0xa1, 0xb2, 0};
    const char *const ends[] = {",00000000000000a1\n", ",00000000000000b2\n",
                                ",00000000000000b2\n"};
    for (uint32_t i = 0; i < 3; i++) {
        snnfe_network *network = small_network();
        snnfe_trainer *trainer = NULL;
        snnfe_trainer_options options = small_options();
        snnfe_origin origin = {.struct_size = sizeof origin, .run_hash = runs[i]};
        options.n_epochs = i + 1;
        options.resume = 1;
        options.epoch_log_path = support_path("epochs.csv");
        options.sample_log_path = support_path("samples.csv");
        options.checkpoint_path = support_path("run.safetensors");
        assert_ok(snnfe_network_set_origin(network, &origin));
        assert_ok(snnfe_trainer_create(&trainer, network, &options));
        assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
        assert_run(options.epoch_log_path, ends[i]);
        assert_run(options.sample_log_path, ends[i]);
        ck_assert_uint_eq(count_lines(options.epoch_log_path), 1 + i + 1);
        snnfe_trainer_free(trainer);
        snnfe_network_free(network);
    }
    snnfe_dataset_free(dataset);
}
END_TEST

/* Tried before the first batch, so that no training is lost. */
START_TEST(missing_folders_are_found_at_once)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network(), *start = small_network();
    const snnfe_trainer_data lists = small_lists();
    const char *path = support_path("no/such/folder/file");
    for (int i = 0; i < 3; i++) {
        snnfe_trainer_options options = small_options();
        *(i == 0   ? &options.epoch_log_path
          : i == 1 ? &options.sample_log_path
                   : &options.checkpoint_path) = path;
        snnfe_trainer *trainer = NULL;
        assert_ok(snnfe_trainer_create(&trainer, network, &options));
        assert_fails(snnfe_trainer_run(trainer, dataset, &lists), SNNFE_ERR_IO, path);
        assert_fails(snnfe_trainer_save(trainer, path), SNNFE_ERR_IO, path);
        snnfe_trainer_free(trainer);
    }
    ck_assert(small_same_values(network, start));
    snnfe_network_free(network);
    snnfe_network_free(start);
    snnfe_dataset_free(dataset);
}
END_TEST

/* A limit on file sizes stands in for a full disk. */
static void limit_file_size(rlim_t size)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(a_full_disk_is_an_error_to_recover_from)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    snnfe_network *network = small_network(), *undisturbed = small_network();
    snnfe_trainer *trainer = NULL, *other = NULL;
    snnfe_trainer_options options = small_options();
    assert_ok(snnfe_trainer_create(&other, undisturbed, &options));
    assert_ok(snnfe_trainer_run(other, dataset, &lists));
    options.checkpoint_path = support_path("full.safetensors");
    options.epoch_log_path = support_path("full.csv");
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_trainer_save(trainer, options.checkpoint_path)); /* an older one */

    signal(SIGXFSZ, SIG_IGN);
    limit_file_size(1000);
    const snnfe_status status = snnfe_trainer_run(trainer, dataset, &lists);
    limit_file_size(RLIM_INFINITY);
    ck_assert_int_eq(status, SNNFE_ERR_IO);
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "full.safetensors"));
    snnfe_network *old = NULL;
    assert_ok(snnfe_network_load(&old, options.checkpoint_path)); /* is whole */

    /* With room again the run goes on where it was. */
    assert_ok(snnfe_trainer_run(trainer, dataset, &lists));
    ck_assert(small_same_values(network, undisturbed));
    small_assert_same_logs(trainer, other);
    ck_assert_uint_eq(count_lines(options.epoch_log_path), 1 + 3);
    snnfe_trainer_free(trainer);
    snnfe_trainer_free(other);
    snnfe_network_free(old);
    snnfe_network_free(network);
    snnfe_network_free(undisturbed);
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("train log");
    TCase *logs = tcase_create("logs");
    tcase_set_timeout(logs, 120);
    tcase_add_test(logs, columns_are_the_papers_and_those_of_trials);
    tcase_add_test(logs, each_class_has_a_column);
    tcase_add_test(logs, a_run_writes_its_logs);
    tcase_add_test(logs, logs_carry_the_run);
    tcase_add_test(logs, missing_folders_are_found_at_once);
    tcase_add_test(logs, a_full_disk_is_an_error_to_recover_from);
    suite_add_tcase(suite, logs);
    return support_run(suite);
}
