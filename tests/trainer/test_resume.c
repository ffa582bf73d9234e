/* Runs that were stopped or killed go on to the same bits. */
#include "course.h"

#include <math.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void assert_same_course(const course *a, const course *b)
{
    ck_assert(small_same_values(a->network, b->network));
    small_assert_same_logs(a->trainer, b->trainer);
}

static void assert_same_file(const char *a, const char *b)
{
    char *x = support_read(a, NULL), *y = support_read(b, NULL);
    ck_assert_str_eq(x, y);
    free(x);
    free(y);
}

static course reference_course(const snnfe_dataset *dataset, const char *name)
{
    snnfe_trainer_options options = small_options();
    char epoch_log[64], sample_log[64];
    snprintf(epoch_log, sizeof epoch_log, "%s_reference_epochs.csv", name);
    snprintf(sample_log, sizeof sample_log, "%s_reference_samples.csv", name);
    options.epoch_log_path = support_path(epoch_log);
    options.sample_log_path = support_path(sample_log);
    return course_run(&options, dataset);
}

static void remove_files(const snnfe_trainer_options *options)
{
    remove(options->epoch_log_path);
    remove(options->sample_log_path);
    remove(options->checkpoint_path);
}

static snnfe_trainer_options options_with_files(const char *name)
{
    static char names[3][64];
    snprintf(names[0], sizeof names[0], "%s_epochs.csv", name);
    snprintf(names[1], sizeof names[1], "%s_samples.csv", name);
    snprintf(names[2], sizeof names[2], "%s.safetensors", name);
    snnfe_trainer_options options = small_options();
    options.epoch_log_path = support_path(names[0]);
    options.sample_log_path = support_path(names[1]);
    options.checkpoint_path = support_path(names[2]);
    options.resume = 1;
    return options;
}

/* Stopped after every possible batch and taken up by a new trainer, as after a restart. */
START_TEST(stopped_and_taken_up_again)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    course reference = reference_course(dataset, "stop");
    snnfe_trainer_options options = options_with_files("stop");
    const char *epochs = support_path("stop_reference_epochs.csv");
    const char *samples = support_path("stop_reference_samples.csv");
    for (int batch = 1; batch <= 12; batch++) { /* 3 epochs of 4 batches */
        remove_files(&options);
        small_stop stop = {batch, "train"};
        options.progress = small_stop_after;
        options.user_data = &stop;
        course first = course_create(&options);
        assert_fails(snnfe_trainer_run(first.trainer, dataset, &lists), SNNFE_ERR_CANCELLED,
                     "train");
        course_free(&first);
        ck_assert_int_eq(small_exists(options.checkpoint_path), batch > 4);

        options.progress = NULL;
        options.n_threads = 1 + (uint32_t)batch % 3;
        course second = course_create(&options);
        assert_ok(snnfe_trainer_run(second.trainer, dataset, &lists));
        assert_same_course(&reference, &second);
        course_free(&second);
        assert_same_file(options.epoch_log_path, epochs);
        assert_same_file(options.sample_log_path, samples);
    }
    course_free(&reference);
    snnfe_dataset_free(dataset);
}
END_TEST

/* The same trainer goes on exactly where it stopped, also in the middle of an epoch or of an
   evaluation, without any file. */
START_TEST(stopped_and_continued)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    course reference = reference_course(dataset, "continue");
    small_stop stop;
    snnfe_trainer_options options = small_options();
    options.progress = small_stop_after;
    options.user_data = &stop;
    static const char *const phases[] = {"train", "evaluate"};
    for (int phase = 0; phase < 2; phase++) {
        options.n_threads = phase == 0 ? 2 : 1; /* one thread reports every trial it evaluates */
        course c = course_create(&options);
        snnfe_status status = SNNFE_ERR_CANCELLED;
        int n_stops = 0;
        while (status == SNNFE_ERR_CANCELLED) {
            /* An evaluation that is stopped starts again: let every second one pass. */
            stop = (small_stop){phase == 1 && n_stops % 2 ? 25 : 1, phases[phase]};
            status = snnfe_trainer_run(c.trainer, dataset, &lists);
            n_stops += status == SNNFE_ERR_CANCELLED;
            ck_assert_int_lt(n_stops, 100);
        }
        assert_ok(status);
        ck_assert_int_ge(n_stops, phase == 0 ? 12 : 2);
        assert_same_course(&reference, &c);
        course_free(&c);
    }
    course_free(&reference);
    snnfe_dataset_free(dataset);
}
END_TEST

/* A checkpoint made by hand in the middle of an epoch is taken up there. */
START_TEST(saved_within_an_epoch)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    course reference = reference_course(dataset, "within");
    small_stop stop = {6, "train"};
    snnfe_trainer_options options = small_options();
    options.progress = small_stop_after;
    options.user_data = &stop;
    course first = course_create(&options);
    assert_fails(snnfe_trainer_run(first.trainer, dataset, &lists), SNNFE_ERR_CANCELLED, "train");
    assert_ok(snnfe_trainer_save(first.trainer, support_path("within.safetensors")));
    options.progress = NULL;
    course second = course_create(&options);
    assert_ok(snnfe_trainer_restore(second.trainer, support_path("within.safetensors")));
    assert_same_course(&first, &second);
    assert_ok(snnfe_trainer_run(second.trainer, dataset, &lists));
    assert_same_course(&reference, &second);
    course_free(&first);
    course_free(&second);
    course_free(&reference);
    snnfe_dataset_free(dataset);
}
END_TEST

static int32_t die(const snnfe_progress *progress, void *user_data)
{
    (void)user_data;
    if (strcmp(progress->phase, "train") == 0 && progress->done > 30)
        _exit(3);
    return 0;
}

/* Killed without a chance to tidy up. */
START_TEST(killed_and_taken_up_again)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = options_with_files("kill");
    remove_files(&options);
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        options.progress = die;
        course c = course_create(&options);
        snnfe_trainer_run(c.trainer, dataset, &lists);
        _exit(4);
    }
    int result = 0;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert(WIFEXITED(result) && WEXITSTATUS(result) == 3);
    course reference = reference_course(dataset, "kill");
    course second = course_create(&options);
    assert_ok(snnfe_trainer_run(second.trainer, dataset, &lists));
    assert_same_course(&reference, &second);
    course_free(&second);
    course_free(&reference);
    snnfe_dataset_free(dataset);
}
END_TEST

static int32_t count_batches(const snnfe_progress *progress, void *user_data)
{
    *(int *)user_data += strcmp(progress->phase, "train") == 0;
    return 0;
}

START_TEST(finished_runs_return_at_once)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = options_with_files("finished");
    remove_files(&options);
    int n_batches = 0;
    options.progress = count_batches;
    options.user_data = &n_batches;
    course first = course_create(&options);
    assert_ok(snnfe_trainer_run(first.trainer, dataset, &lists));
    ck_assert_int_eq(n_batches, 12);
    assert_ok(snnfe_trainer_run(first.trainer, dataset, &lists));
    course second = course_create(&options);
    assert_ok(snnfe_trainer_run(second.trainer, dataset, &lists));
    ck_assert_int_eq(n_batches, 12);
    assert_same_course(&first, &second);
    course_free(&first);
    course_free(&second);
    snnfe_dataset_free(dataset);
}
END_TEST

/* Three epochs and then two more are five epochs, if the schedule's period is given. */
START_TEST(more_epochs_may_follow)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = options_with_files("more");
    remove_files(&options);
    options.schedule_epochs = 5;
    course three = course_create(&options);
    assert_ok(snnfe_trainer_run(three.trainer, dataset, &lists));
    options.n_epochs = 5;
    course more = course_create(&options);
    assert_ok(snnfe_trainer_run(more.trainer, dataset, &lists));
    remove_files(&options);
    course five = course_create(&options);
    assert_ok(snnfe_trainer_run(five.trainer, dataset, &lists));
    assert_same_course(&five, &more);
    course_free(&three);
    course_free(&more);
    course_free(&five);
    snnfe_dataset_free(dataset);
}
END_TEST

/* Without `resume` an old checkpoint is not read but replaced. */
START_TEST(resume_is_optional)
{
    snnfe_dataset *dataset = small_dataset(1);
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = options_with_files("optional");
    remove_files(&options);
    options.resume = 0;
    course first = course_create(&options);
    assert_ok(snnfe_trainer_run(first.trainer, dataset, &lists));
    options.seed = 77;
    int n_batches = 0;
    options.progress = count_batches;
    options.user_data = &n_batches;
    course second = course_create(&options);
    assert_ok(snnfe_trainer_run(second.trainer, dataset, &lists));
    ck_assert_int_eq(n_batches, 12);
    assert_ok(snnfe_trainer_restore(second.trainer, options.checkpoint_path));
    course_free(&first);
    course_free(&second);
    snnfe_dataset_free(dataset);
}
END_TEST

/* Other trials, other lists, the same lists in another order of samples: all are other data. */
START_TEST(other_data_are_refused)
{
    snnfe_dataset *dataset = small_dataset(1), *other = small_dataset(2);
    snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = options_with_files("other");
    remove_files(&options);
    course first = course_create(&options);
    assert_ok(snnfe_trainer_run(first.trainer, dataset, &lists));
    options.n_epochs = 4;
    options.schedule_epochs = 3;
    course second = course_create(&options), start = course_create(&options);
    assert_fails(snnfe_trainer_run(second.trainer, other, &lists), SNNFE_ERR_SHAPE, "other data");
    lists.n_train--;
    assert_fails(snnfe_trainer_run(second.trainer, dataset, &lists), SNNFE_ERR_SHAPE,
                 "other.safetensors");
    lists.n_train++;
    lists.n_test--;
    assert_fails(snnfe_trainer_run(second.trainer, dataset, &lists), SNNFE_ERR_SHAPE, "other data");
    assert_same_course(&start, &second);
    assert_fails(snnfe_trainer_run(first.trainer, dataset, &lists), SNNFE_ERR_SHAPE,
                 "has begun on other data");
    lists.n_test++;
    assert_ok(snnfe_trainer_run(second.trainer, dataset, &lists));
    course_free(&first);
    course_free(&second);
    course_free(&start);
    snnfe_dataset_free(dataset);
    snnfe_dataset_free(other);
}
END_TEST

static void count_warnings(int32_t level, const char *message, void *user_data)
{
    size_t *n = user_data;
    *n += level == SNNFE_LOG_WARNING && strstr(message, "differs in the last bits") != NULL;
}

/* Two epochs, the second of them from the checkpoint of the first, with these kernels. */
static course resumed_with(const char *isa, const snnfe_dataset *dataset, uint32_t n_epochs,
                           size_t *n_warnings)
{
    snnfe_trainer_options options = options_with_files("isa");
    const snnfe_trainer_data lists = small_lists();
    remove_files(&options);
    options.schedule_epochs = 2;
    options.n_epochs = 1;
    assert_ok(snnfe_set_instruction_set(NULL));
    course first = course_create(&options);
    assert_ok(snnfe_trainer_run(first.trainer, dataset, &lists));
    assert_ok(snnfe_set_instruction_set(isa));
    options.n_epochs = n_epochs;
    options.log = count_warnings;
    options.user_data = n_warnings;
    course c = course_create(&options);
    assert_ok(snnfe_trainer_run(c.trainer, dataset, &lists));
    if (n_epochs == 1)
        assert_same_course(&first, &c);
    course_free(&first);
    return c;
}

/* The parameters trained so far are the same with all kernels; a warning says that what follows may
 * differ. */
START_TEST(other_instruction_sets_take_the_same_bits)
{
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    snnfe_dataset *dataset = small_dataset(1);
    const char *usual = snnfe_instruction_set();
    for (size_t i = 0; i < 3; i++) {
        if (snnfe_set_instruction_set(names[i]) != SNNFE_OK)
            continue;
        const size_t expected = strcmp(names[i], usual) != 0;
        size_t n_warnings = 0, n_more = 0;
        course none = resumed_with(names[i], dataset, 1, &n_warnings);
        course_free(&none);
        ck_assert_uint_eq(n_warnings, expected);
        course a = resumed_with(names[i], dataset, 2, &n_more);
        course b = resumed_with(names[i], dataset, 2, &n_more);
        assert_same_course(&a, &b);
        ck_assert_uint_eq(n_more, 2 * expected);
        course_free(&a);
        course_free(&b);
    }
    assert_ok(snnfe_set_instruction_set(NULL));
    snnfe_dataset_free(dataset);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("resume");
    TCase *runs = tcase_create("runs");
    tcase_set_timeout(runs, 200);
    tcase_add_test(runs, stopped_and_taken_up_again);
    tcase_add_test(runs, stopped_and_continued);
    tcase_add_test(runs, saved_within_an_epoch);
    tcase_add_test(runs, killed_and_taken_up_again);
    tcase_add_test(runs, finished_runs_return_at_once);
    tcase_add_test(runs, more_epochs_may_follow);
    tcase_add_test(runs, resume_is_optional);
    tcase_add_test(runs, other_instruction_sets_take_the_same_bits);
    tcase_add_test(runs, other_data_are_refused);
    suite_add_tcase(suite, runs);
    return support_run(suite);
}
