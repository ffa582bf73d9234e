/* The 21 real subjects that the published fold-1 networks were tested on. */
#ifndef SNNFE_TESTS_PUBLISHED_H
#define SNNFE_TESTS_PUBLISHED_H

#include "golden.h"

#include <snnfe/trainer.h>

enum { PUBLISHED_SUBJECTS = 21, PUBLISHED_FOLDS = 4, PUBLISHED_TRIALS = 945 };

/* Their recordings, unpacked from the archive and normalized by the statistics in `file`
   (subjects_s001_s021). */
snnfe_dataset *published_dataset(snnfe_tensors *file);

#endif
