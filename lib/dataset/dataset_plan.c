#include "dataset/dataset_plan.h"

#include "dataset/dataset_envelope.h"
#include "dataset/dataset_internal.h"

snnfe_status snnfe_dataset_plan_make(snnfe_dataset_plan *plan, const snnfe_dataset_options *options)
{
    SNNFE_TRY(snnfe_dataset_options_take(&plan->options, options));
    return snnfe_label_set_make(&plan->labels, &plan->options);
}

snnfe_status snnfe_dataset_plan_channels(snnfe_dataset_plan *plan,
                                         const snnfe_electrode_source *source)
{
    const snnfe_dataset_options *o = &plan->options;
    const bool wanted = !o->channel_names && o->electrodes == SNNFE_ELECTRODES_FOUND;
    snnfe_channels found;
    if (wanted)
        SNNFE_TRY(source->find(source->context, &found));
    SNNFE_TRY(snnfe_montage_make(&plan->montage, o, wanted ? &found : NULL));
    SNNFE_TRY(snnfe_cleaning_make(&plan->cleaning, &plan->montage, o));
    return snnfe_envelope_plan(&plan->envelope, &plan->montage, &plan->n_steps, o);
}
