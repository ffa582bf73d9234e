/* Networks whose weights are in the cells of an array: time passes, and they are read. */
#include "base/check.h"
#include "base/floating.h"
#include "trainer/programmer.h"

/* One tensor of weights. */
typedef struct tensor {
    float *weights;
    size_t n, column; /* weights, and those of a neuron */
    double bound;
    uint64_t first;
} tensor;

static tensor tensor_of(const snnfe_network *network, const snnfe_device *device,
                        const snnfe_parameter *p)
{
    return (tensor){.weights = network->values + p->offset,
                    .n = p->count,
                    .column = p->count / p->shape[0],
                    .bound = snnfe_weight_bound(device, p),
                    .first = p->offset};
}

static snnfe_status network_age(snnfe_network *network, const snnfe_device *device, double from_s,
                                double to_s, uint64_t readings)
{
    static const char call[] = "snnfe_network_age";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_busy_check(&network->busy, call));
    SNNFE_TRY(snnfe_age_check(call, device, from_s, to_s, readings));
    for (size_t i = 0; i < network->n_parameters; i++) {
        if (network->parameters[i].kind != SNNFE_PARAMETER_WEIGHT)
            continue;
        const tensor t = tensor_of(network, device, &network->parameters[i]);
        snnfe_age_values(device, t.weights, t.n, t.bound, t.first, from_s, to_s, readings);
    }
    snnfe_network_refresh(network, SNNFE_ALL_LAYERS);
    return SNNFE_OK;
}

snnfe_status snnfe_network_age(snnfe_network *network, const snnfe_device *device, double from_s,
                               double to_s, uint64_t readings)
{
    SNNFE_RETURN_COMPUTED(network_age(network, device, from_s, to_s, readings));
}

static snnfe_status network_read(snnfe_network *network, const snnfe_device *device, uint64_t seed)
{
    static const char call[] = "snnfe_network_read";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_busy_check(&network->busy, call));
    SNNFE_TRY(snnfe_read_check(call, device, true));
    for (size_t i = 0; i < network->n_parameters; i++) {
        if (network->parameters[i].kind != SNNFE_PARAMETER_WEIGHT)
            continue;
        const tensor t = tensor_of(network, device, &network->parameters[i]);
        snnfe_read_values(device, t.weights, t.n, t.column, t.bound, t.first, seed);
    }
    network->options.column_bits = device->cells.column_bits;
    network->options.column_range = (float)device->cells.column_range;
    snnfe_network_refresh(network, SNNFE_ALL_LAYERS);
    return SNNFE_OK;
}

snnfe_status snnfe_network_read(snnfe_network *network, const snnfe_device *device, uint64_t seed)
{
    SNNFE_RETURN_COMPUTED(network_read(network, device, seed));
}
