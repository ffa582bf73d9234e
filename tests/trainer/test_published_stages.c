/* Transfer and personalization of the published networks on real recordings, beside what was
   published. */
#include "published.h"

#include "base/memory.h"
#include "small.h"

#include <math.h>

enum { SUBJECTS = PUBLISHED_SUBJECTS, FOLDS = PUBLISHED_FOLDS };

/* Mean accuracies before and after, of subjects 1…21 with fc1 and fc2 at a rate of 6e-4: of the
   four folds' held-out trials, of subjects that the network had not seen, as here. */
static void read_published(double before[SUBJECTS], double after[SUBJECTS])
{
    char *text = support_read(
        support_shared("paper/postprocessing/subject_specific_transfer_learning_on_device.csv"),
        NULL);
    int n = 0;
    for (const char *line = strchr(text, '\n'); line; line = strchr(line + 1, '\n')) {
        int row, subject;
        double pre, pre_std, rate, threshold, fine;
        char layers[32];
        if (sscanf(line, " %d,%d,%lf,%lf,%31[^,],%lf,%lf,%lf", &row, &subject, &pre, &pre_std,
                   layers, &rate, &threshold, &fine) != 8 ||
            strcmp(layers, "fc1fc2") != 0 || fabs(rate - 6e-4) > 1e-9 || subject > SUBJECTS)
            continue;
        before[subject - 1] = pre;
        after[subject - 1] = fine;
        n++;
    }
    free(text);
    ck_assert_int_eq(n, SUBJECTS);
}

START_TEST(personal_training_gains_what_was_published)
{
    if (!support_have_shared())
        return;
    static snnfe_personalized results[SUBJECTS][FOLDS];
    const snnfe_personalization to = small_results(results[0]);
    double published_before[SUBJECTS], published_after[SUBJECTS];
    double before = 0, after = 0, their_before = 0, their_after = 0;
    snnfe_tensors *file = golden_open("subjects_s001_s021");
    snnfe_dataset *dataset = published_dataset(file);
    snnfe_network *network = golden_network("on_device_fold1");
    read_published(published_before, published_after);
    assert_ok(snnfe_network_freeze_for_stage(network, SNNFE_STAGE_SSTL, NULL, 0));
    assert_ok(snnfe_personalize(network, dataset, NULL, 0, FOLDS, 5, NULL, &to));
    printf("subject   before (published)   after (published)\n");
    for (int s = 0; s < SUBJECTS; s++) {
        double mean[2] = {0, 0};
        for (int f = 0; f < FOLDS; f++) {
            mean[0] += results[s][f].accuracy_before / FOLDS;
            mean[1] += results[s][f].accuracy_after / FOLDS;
            ck_assert_uint_gt(results[s][f].ltp_pulses + results[s][f].ltd_pulses, 10000);
        }
        printf("S%03d      %.3f (%.3f)        %.3f (%.3f)\n", s + 1, mean[0], published_before[s],
               mean[1], published_after[s]);
        before += mean[0] / SUBJECTS;
        after += mean[1] / SUBJECTS;
        their_before += published_before[s] / SUBJECTS;
        their_after += published_after[s] / SUBJECTS;
    }
    printf("mean      %.4f (%.4f)      %.4f (%.4f)\n", before, their_before, after, their_after);
    printf("gain      %+.4f (%+.4f)\n", after - before, their_after - their_before);
    /* Seeds of the training differ by 0.004 in the mean (standard deviation). */
    ck_assert_double_eq_tol(before, their_before, 0.01);
    ck_assert_double_eq_tol(after, their_after, 0.012);
    ck_assert_double_eq_tol(after - before, their_after - their_before, 0.016);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
    snnfe_tensors_close(file);
}
END_TEST

/* Published accuracy on the unseen (test) subjects right after a transfer of all layers with q = 2:
   mean and standard deviation over five folds with five draws of the noise each, in fractions. The
   other published tables have accuracies of held-out trials of the training's subjects, which are
   no measure for the subjects here. */
static void read_transferred(double x, double *mean, double *deviation)
{
    char *text = support_read(support_shared("paper/postprocessing/acc_vs_noise.csv"), NULL);
    bool found = false;
    for (const char *line = strchr(text, '\n'); line && !found; line = strchr(line + 1, '\n')) {
        int q;
        double noise;
        found = sscanf(line, " all,%d,%lf,%lf,%lf", &q, &noise, mean, deviation) == 4 && q == 2 &&
                fabs(noise - x) < 1e-9;
    }
    free(text);
    ck_assert_msg(found, "no row of q = 2, x = %g", x);
    *mean /= 100;
    *deviation /= 100;
}

START_TEST(transferred_networks_are_as_good_as_published)
{
    static const double noises[] = {4, 2};
    enum { SEEDS = 5 };
    if (!support_have_shared())
        return;
    snnfe_tensors *file = golden_open("subjects_s001_s021");
    snnfe_dataset *dataset = published_dataset(file);
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    for (size_t i = 0; i < sizeof noises / sizeof noises[0]; i++) {
        const double x = noises[i];
        double mean = 0, published, deviation;
        read_transferred(x, &published, &deviation);
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            snnfe_network *network = golden_network("float_fold1");
            snnfe_evaluation result = {.struct_size = sizeof result};
            assert_ok(snnfe_network_transfer(network, device, 2, x, seed, NULL, 0, NULL));
            assert_ok(snnfe_evaluation_run(network, dataset, NULL, 0, NULL, &result, NULL, NULL));
            printf("q = 2, x = %g, seed %d: %.4f\n", x, (int)seed, result.accuracy);
            mean += result.accuracy / SEEDS;
            snnfe_network_free(network);
        }
        printf("q = 2, x = %g, unseen subjects: mean %.4f (published %.4f +- %.4f)\n", x, mean,
               published, deviation);
        ck_assert_double_eq_tol(mean, published, 2 * deviation);
    }
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
    snnfe_tensors_close(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("published stages");
    TCase *real = tcase_create("real");
    tcase_set_timeout(real, 900);
    tcase_add_test(real, personal_training_gains_what_was_published);
    tcase_add_test(real, transferred_networks_are_as_good_as_published);
    suite_add_tcase(suite, real);
    return support_run(suite);
}
