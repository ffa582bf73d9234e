/* The table of parameters: names, shapes and places in the flat arrays. */
#ifndef SNNFE_LIB_PARAMETERS_H
#define SNNFE_LIB_PARAMETERS_H

#include "network/network_internal.h"
#include "network/shape.h"

/* Positions of the parameters in the table: the order of the published checkpoints. */
enum snnfe_parameter_index {
    SNNFE_P_VOLTAGE_DECAY = 0,                                       /* + layer */
    SNNFE_P_CURRENT_DECAY = SNNFE_P_VOLTAGE_DECAY + SNNFE_N_SPIKING, /* + layer */
    SNNFE_P_TIME_WEIGHTS = SNNFE_P_CURRENT_DECAY + SNNFE_N_SPIKING,
    SNNFE_P_CONV1_WEIGHT,
    SNNFE_P_CONV1_BIAS,
    SNNFE_P_CONV2_WEIGHT,
    SNNFE_P_CONV2_BIAS,
    SNNFE_P_CONV3_WEIGHT,
    SNNFE_P_CONV3_BIAS,
    SNNFE_P_TC1_WEIGHT, /* weight, bias of tap 0, then of taps 1 and 2 */
    SNNFE_P_TC1_BIAS,
    SNNFE_P_R1_WEIGHT = SNNFE_P_TC1_WEIGHT + 6,
    SNNFE_P_R1_BIAS,
    SNNFE_P_FC1_WEIGHT,
    SNNFE_P_FC1_BIAS,
    SNNFE_P_FC2_WEIGHT,
    SNNFE_N_PARAMETERS
};

/* Fill `table` [SNNFE_N_PARAMETERS]; returns the number of values of all parameters. */
size_t snnfe_parameters_fill(snnfe_parameter *table, const snnfe_shape *shape);

/* Initial values of one parameter. */
void snnfe_parameter_initialize(const snnfe_parameter *parameter, size_t index,
                                const snnfe_network_options *options, uint64_t seed, float *values);

/* Values of parameter `index` inside the network. */
static inline const float *snnfe_values_of(const snnfe_network *network, size_t index)
{
    return network->values + network->parameters[index].offset;
}

#endif
