#include "dataset/dataset_plan.h"

#include "dataset/dataset_envelope.h"
#include "dataset/dataset_internal.h"

snnfe_status snnfe_dataset_plan_make(snnfe_dataset_plan *plan, const snnfe_dataset_options *options)
{
    SNNFE_TRY(snnfe_dataset_options_take(&plan->options, options));
    return snnfe_label_set_make(&plan->labels, &plan->options);
}

/* Channels that have a place may be absent; references would say nothing then. */
static void let_lack(snnfe_dataset_plan *plan)
{
    snnfe_channels *inputs = &plan->cleaning.inputs;
    double direction[3];
    for (size_t c = 0; c < plan->cleaning.layout.shape.n_outputs; c++)
        if (snnfe_positions_find(&plan->positions, inputs->names[c], direction))
            inputs->may_lack |= UINT64_C(1) << c;
}

snnfe_status snnfe_dataset_plan_channels(snnfe_dataset_plan *plan,
                                         const snnfe_electrode_source *source)
{
    const snnfe_dataset_options *o = &plan->options;
    const bool wanted = !o->channel_names && o->electrodes == SNNFE_ELECTRODES_FOUND;
    snnfe_channels found;
    if (wanted)
        SNNFE_TRY(source->find(source->context, &found));
    SNNFE_TRY(snnfe_montage_make(&plan->montage, o, &plan->positions, wanted ? &found : NULL));
    SNNFE_TRY(snnfe_cleaning_make(&plan->cleaning, &plan->montage, o));
    if (o->absent_electrodes == SNNFE_ABSENT_INTERPOLATED)
        let_lack(plan);
    return snnfe_envelope_plan(&plan->envelope, &plan->montage, &plan->n_steps, o);
}
