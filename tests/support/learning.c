#include "learning.h"
#include "same_dataset.h"

trials make_trials(uint64_t seed)
{
    trials t = {.grids = malloc(sizeof(float) * SIZE * SMALL_TRIALS)};
    snnfe_dataset *dataset = small_dataset(seed);
    assert_ok(snnfe_dataset_copy_grid(dataset, NULL, SMALL_TRIALS, t.grids));
    memcpy(t.labels, dataset_info(dataset).labels, sizeof t.labels);
    snnfe_dataset_free(dataset);
    return t;
}

snnfe_learner_options fast_options(void)
{
    snnfe_learner_options options;
    assert_ok(snnfe_learner_options_init(&options, sizeof options));
    options.learning_rate = 1e-2;
    options.replay_steps = 3;
    return options;
}

snnfe_learner_info info_of(const snnfe_learner *learner)
{
    snnfe_learner_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_learner_get_info(learner, &info));
    return info;
}
