/* A small network and the trainer that trains it. */
#ifndef SNNFE_TESTS_COURSE_H
#define SNNFE_TESTS_COURSE_H

#include "small.h"

typedef struct course {
    snnfe_network *network;
    snnfe_trainer *trainer;
} course;

course course_create(const snnfe_trainer_options *options);
/* One that has run on the small lists. */
course course_run(const snnfe_trainer_options *options, const snnfe_dataset *dataset);
void course_free(course *c);

#endif
