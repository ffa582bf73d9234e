/* What the library's other rooms use of data sets. */
#ifndef SNNFE_LIB_DATASET_H
#define SNNFE_LIB_DATASET_H

#include <snnfe/dataset.h>

/* What snnfe_dataset_get_info() gives; cannot fail. */
snnfe_dataset_info snnfe_dataset_about(const snnfe_dataset *dataset);

#endif
