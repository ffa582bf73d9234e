/* Whole data sets compared bit by bit. */
#ifndef SNNFE_TESTS_SAME_DATASET_H
#define SNNFE_TESTS_SAME_DATASET_H

#include <snnfe/dataset.h>
#include <stdbool.h>

snnfe_dataset_info dataset_info(const snnfe_dataset *dataset);
bool same_dataset(const snnfe_dataset *a, const snnfe_dataset *b);

#endif
