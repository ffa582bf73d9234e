#include "faults.h"

static snnfe_status call_version(world *w)
{
    (void)w;
    faults_arm();
    const bool same = snnfe_version() / 10000 == SNNFE_VERSION_MAJOR;
    ck_assert(same && snnfe_default_threads() > 0);
    ck_assert_str_eq(snnfe_status_name(SNNFE_OK), "SNNFE_OK");
    ck_assert_ptr_nonnull(snnfe_last_error());
    return faults_disarm(SNNFE_OK);
}

/* Refused while memory is in use, as it is here. */
static snnfe_status call_set_allocator(world *w)
{
    (void)w;
    ck_assert_int_eq(ARMED(snnfe_set_allocator(NULL)), SNNFE_ERR_STATE);
    return SNNFE_OK;
}

static snnfe_status call_file_write(world *w)
{
    (void)w;
    return ARMED(snnfe_file_write(support_path("written"), "text", 4));
}

/* --- splits ---------------------------------------------------------------------------------- */

static const int32_t labels[] = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
static const uint64_t trials[] = {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 9, 4};
#define N (sizeof labels / sizeof labels[0])

static snnfe_status check_split(snnfe_split *split, snnfe_status status)
{
    const size_t n = split->n_train + split->n_validation;
    ck_assert_uint_eq(n, status == SNNFE_OK ? N : 0);
    ck_assert(status == SNNFE_OK || (!split->train && !split->validation));
    snnfe_split_release(split);
    snnfe_split_release(NULL);
    return status;
}

static snnfe_status call_groups(world *w)
{
    int32_t group[5];
    (void)w;
    return ARMED(snnfe_split_groups(5, 2, group));
}

static snnfe_status call_holdout(world *w)
{
    snnfe_split split = {0};
    (void)w;
    return check_split(&split, ARMED(snnfe_split_holdout(&split, labels, trials, N, 0.2,
                                                         SNNFE_GENERATOR_PAPER, 5)));
}

static snnfe_status call_leave_subjects_out(world *w)
{
    static const int32_t subjects[N] = {3, 1, 2}, left_out[] = {3, 1};
    snnfe_split split = {0};
    (void)w;
    return check_split(&split,
                       ARMED(snnfe_split_leave_subjects_out(&split, subjects, N, left_out, 2)));
}

static snnfe_status call_calibration(world *w)
{
    snnfe_split split = {0};
    (void)w;
    return check_split(&split, ARMED(snnfe_split_calibration(&split, labels, trials, N, 2)));
}

static snnfe_status check_folds(snnfe_split splits[3], snnfe_status status)
{
    for (int i = 0; i < 3; i++)
        check_split(&splits[i], status);
    return status;
}

static snnfe_status call_kfold(world *w)
{
    snnfe_split splits[3] = {{0}, {0}, {0}};
    (void)w;
    return check_folds(
        splits, ARMED(snnfe_split_kfold(splits, labels, trials, N, 3, SNNFE_GENERATOR_OWN, 5)));
}

static snnfe_status call_check_disjoint(world *w)
{
    static const int32_t a[] = {1, 5, 3}, b[] = {2, 4};
    (void)w;
    return ARMED(snnfe_split_check_disjoint(a, 3, b, 2));
}

const call base_calls[] = {
    {"snnfe_version", call_version},
    {"snnfe_default_threads", call_version},
    {"snnfe_status_name", call_version},
    {"snnfe_last_error", call_version},
    {"snnfe_set_allocator", call_set_allocator},
    {"snnfe_file_write", call_file_write},
    {"snnfe_split_groups", call_groups},
    {"snnfe_split_release", call_holdout},
    {"snnfe_split_holdout", call_holdout},
    {"snnfe_split_leave_subjects_out", call_leave_subjects_out},
    {"snnfe_split_calibration", call_calibration},
    {"snnfe_split_kfold", call_kfold},
    {"snnfe_split_check_disjoint", call_check_disjoint},
    {NULL, NULL},
};
