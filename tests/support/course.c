#include "course.h"

course course_create(const snnfe_trainer_options *options)
{
    course c = {small_network(), NULL};
    assert_ok(snnfe_trainer_create(&c.trainer, c.network, options));
    return c;
}

course course_run(const snnfe_trainer_options *options, const snnfe_dataset *dataset)
{
    const snnfe_trainer_data lists = small_lists();
    course c = course_create(options);
    assert_ok(snnfe_trainer_run(c.trainer, dataset, &lists));
    return c;
}

void course_free(course *c)
{
    snnfe_trainer_free(c->trainer);
    snnfe_network_free(c->network);
}
