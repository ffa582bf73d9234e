#include "dataset/dataset_plan.h"

#include "dataset/dataset_internal.h"

snnfe_status snnfe_dataset_plan_make(snnfe_dataset_plan *plan, const snnfe_dataset_options *options)
{
    SNNFE_TRY(snnfe_dataset_options_take(&plan->options, options));
    SNNFE_TRY(snnfe_montage_make(&plan->montage, &plan->options));
    SNNFE_TRY(snnfe_cleaning_make(&plan->cleaning, &plan->montage, &plan->options));
    return snnfe_label_set_make(&plan->labels, &plan->options);
}
