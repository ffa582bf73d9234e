#include "network/network_internal.h"

#include "base/check.h"
#include "base/floating.h"
#include "base/memory.h"
#include "base/options.h"
#include "network/packed.h"

#include <math.h>
#include <string.h>

static const snnfe_network_options default_options = {
    .struct_size = sizeof(snnfe_network_options),
    .n_rows = 10,
    .n_columns = 11,
    .n_steps = 160,
    .conv1_channels = 64,
    .conv2_channels = 128,
    .conv3_channels = 256,
    .n_hidden = 256,
    .n_classes = 2,
    .current_decay = 0.1F,
    .voltage_decay = 0.1F,
    .threshold = 0.1F,
    .surrogate_width = 0.3F,
    .surrogate_height = 0.3F,
    .adaptive_step = 0.01F,
    .adaptive_decay = 0.1F,
    .adaptive_floor = 0.01F,
    .dropout = 0.3F,
    .seed = 5,
    .column_range = 1,
};

snnfe_status snnfe_network_options_init(snnfe_network_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options,
                              "snnfe_network_options");
}

/* A network of the right sizes whose values are all zero. */
static snnfe_status allocate(snnfe_network **out, const snnfe_network_options *options)
{
    snnfe_shape shape;
    SNNFE_TRY(snnfe_shape_make(&shape, options));
    snnfe_network *network = snnfe_alloc(1, sizeof *network);
    if (!network)
        return SNNFE_ERR_MEMORY;
    network->options = *options;
    snnfe_status status = SNNFE_ERR_MEMORY;
    network->parameters = snnfe_alloc(SNNFE_N_PARAMETERS, sizeof *network->parameters);
    if (!network->parameters)
        goto failed;
    network->n_parameters = SNNFE_N_PARAMETERS;
    network->n_values = snnfe_parameters_fill(network->parameters, &shape);
    network->values = snnfe_alloc(network->n_values, sizeof(float));
    if (!network->values)
        goto failed;
    status = snnfe_packed_create(&network->packed, &shape);
    if (status != SNNFE_OK)
        goto failed;
    *out = network;
    return SNNFE_OK;

failed:
    snnfe_network_free(network);
    return status;
}

static void initialize_parameter(snnfe_network *network, size_t index, uint64_t seed)
{
    const snnfe_parameter *p = &network->parameters[index];
    snnfe_parameter_initialize(p, index, &network->options, seed, network->values + p->offset);
}

static snnfe_status network_create(snnfe_network **network, const snnfe_network_options *options)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_network_create", "network", network));
    *network = NULL;
    snnfe_network_options adopted;
    SNNFE_TRY(snnfe_options_adopt(&adopted, &default_options, sizeof adopted, options,
                                  "snnfe_network_options"));
    snnfe_network *made = NULL;
    SNNFE_TRY(allocate(&made, &adopted));
    for (size_t i = 0; i < made->n_parameters; i++)
        initialize_parameter(made, i, adopted.seed);
    snnfe_network_refresh(made, SNNFE_ALL_LAYERS);
    *network = made;
    return SNNFE_OK;
}

snnfe_status snnfe_network_create(snnfe_network **network, const snnfe_network_options *options)
{
    SNNFE_RETURN_COMPUTED(network_create(network, options));
}

static snnfe_status network_clone(snnfe_network **network, const snnfe_network *source)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_network_clone", "network", network));
    *network = NULL;
    SNNFE_TRY(snnfe_check_pointer("snnfe_network_clone", "source", source));
    snnfe_network *made = NULL;
    SNNFE_TRY(allocate(&made, &source->options));
    const snnfe_status status = snnfe_provenance_copy(&made->provenance, &source->provenance);
    if (status != SNNFE_OK) {
        snnfe_network_free(made);
        return status;
    }
    memcpy(made->values, source->values, source->n_values * sizeof(float));
    for (size_t i = 0; i < made->n_parameters; i++)
        made->parameters[i].frozen = source->parameters[i].frozen;
    snnfe_network_refresh(made, SNNFE_ALL_LAYERS);
    *network = made;
    return SNNFE_OK;
}

snnfe_status snnfe_network_clone(snnfe_network **network, const snnfe_network *source)
{
    SNNFE_RETURN_COMPUTED(network_clone(network, source));
}

void snnfe_network_free(snnfe_network *network)
{
    if (!network || snnfe_busy_defers_free(&network->busy))
        return;
    snnfe_packed_free(network->packed);
    snnfe_provenance_release(&network->provenance);
    snnfe_release(network->values);
    snnfe_release(network->parameters);
    snnfe_release(network);
}

snnfe_status snnfe_network_get_options(const snnfe_network *network, snnfe_network_options *options)
{
    static const char call[] = "snnfe_network_get_options";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_info_check(call, "options", options, sizeof *options));
    snnfe_info_give(options, &network->options, sizeof network->options);
    return SNNFE_OK;
}

size_t snnfe_network_parameter_count(const snnfe_network *network)
{
    return network ? network->n_parameters : 0;
}

size_t snnfe_network_value_count(const snnfe_network *network)
{
    return network ? network->n_values : 0;
}

snnfe_status snnfe_network_parameter(const snnfe_network *network, size_t index,
                                     snnfe_parameter_info *info)
{
    static const char call[] = "snnfe_network_parameter";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_info_check(call, "info", info, sizeof *info));
    SNNFE_TRY(snnfe_check_count(call, "index", index, 0, network->n_parameters - 1));
    const snnfe_parameter *p = &network->parameters[index];
    snnfe_parameter_info full = {.struct_size = sizeof full,
                                 .kind = p->kind,
                                 .layer = p->layer,
                                 .frozen = p->frozen,
                                 .n_dims = p->n_dims,
                                 .offset = p->offset,
                                 .count = p->count,
                                 .name = p->name};
    memcpy(full.shape, p->shape, sizeof full.shape);
    snnfe_info_give(info, &full, sizeof full);
    return SNNFE_OK;
}

static const snnfe_parameter *find(const snnfe_network *network, const char *name)
{
    for (size_t i = 0; i < network->n_parameters; i++)
        if (strcmp(network->parameters[i].name, name) == 0)
            return &network->parameters[i];
    snnfe_fail(SNNFE_ERR_NOT_FOUND, "no parameter is named \"%s\"", name);
    return NULL;
}

snnfe_status snnfe_network_find(const snnfe_network *network, const char *name, size_t *index)
{
    static const char call[] = "snnfe_network_find";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "name", name));
    SNNFE_TRY(snnfe_check_pointer(call, "index", index));
    const snnfe_parameter *p = find(network, name);
    if (!p)
        return SNNFE_ERR_NOT_FOUND;
    *index = (size_t)(p - network->parameters);
    return SNNFE_OK;
}

static snnfe_status check_access(const char *call, const snnfe_network *network, const char *name,
                                 const float *values, size_t count, const snnfe_parameter **found)
{
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "name", name));
    SNNFE_TRY(snnfe_check_pointer(call, "values", values));
    const snnfe_parameter *p = find(network, name);
    if (!p)
        return SNNFE_ERR_NOT_FOUND;
    if (count != p->count)
        return snnfe_fail(SNNFE_ERR_SHAPE, "%s: \"%s\" has %zu values, not %zu", call, name,
                          p->count, count);
    *found = p;
    return SNNFE_OK;
}

snnfe_status snnfe_network_get(const snnfe_network *network, const char *name, float *values,
                               size_t count)
{
    const snnfe_parameter *p = NULL;
    SNNFE_TRY(check_access("snnfe_network_get", network, name, values, count, &p));
    memcpy(values, network->values + p->offset, count * sizeof(float));
    return SNNFE_OK;
}

snnfe_status snnfe_parameter_check(const snnfe_parameter *p, const float *values, float least_decay)
{
    for (size_t i = 0; i < p->count; i++) {
        if (!isfinite(values[i]))
            return snnfe_fail(SNNFE_ERR_NONFINITE, "\"%s\": value %zu is %g", p->name, i,
                              (double)values[i]);
        if (p->kind == SNNFE_PARAMETER_DECAY && !(values[i] >= least_decay && values[i] <= 1e6F))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "\"%s\": value %zu is %g, not in %g…1e6", p->name,
                              i, (double)values[i], (double)least_decay);
    }
    return SNNFE_OK;
}

static snnfe_status network_set(snnfe_network *network, const char *name, const float *values,
                                size_t count)
{
    const snnfe_parameter *p = NULL;
    SNNFE_TRY(check_access("snnfe_network_set", network, name, values, count, &p));
    SNNFE_TRY(snnfe_busy_check(&network->busy, "snnfe_network_set"));
    SNNFE_TRY(snnfe_parameter_check(p, values, 0));
    memcpy(network->values + p->offset, values, count * sizeof(float));
    network->provenance.origin.incomplete = 1;
    snnfe_network_refresh(network, 1u << p->layer);
    return SNNFE_OK;
}

snnfe_status snnfe_network_set(snnfe_network *network, const char *name, const float *values,
                               size_t count)
{
    SNNFE_RETURN_COMPUTED(network_set(network, name, values, count));
}

typedef struct freeze_request {
    snnfe_network *network;
    bool frozen;
} freeze_request;

static void freeze_one(size_t index, void *context)
{
    const freeze_request *request = context;
    request->network->parameters[index].frozen = request->frozen;
}

snnfe_status snnfe_network_freeze(snnfe_network *network, const char *name, int32_t frozen)
{
    static const char call[] = "snnfe_network_freeze";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "name", name));
    SNNFE_TRY(snnfe_busy_check(&network->busy, call));
    freeze_request request = {network, frozen != 0};
    return snnfe_network_select(network, name, freeze_one, &request);
}

typedef struct reinitialize_request {
    snnfe_network *network;
    uint64_t seed;
} reinitialize_request;

static void reinitialize_one(size_t index, void *context)
{
    const reinitialize_request *request = context;
    initialize_parameter(request->network, index, request->seed);
}

static snnfe_status network_reinitialize(snnfe_network *network, const char *name, uint64_t seed)
{
    static const char call[] = "snnfe_network_reinitialize";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "name", name));
    SNNFE_TRY(snnfe_busy_check(&network->busy, call));
    reinitialize_request request = {network, seed};
    SNNFE_TRY(snnfe_network_select(network, name, reinitialize_one, &request));
    snnfe_network_refresh(network, SNNFE_ALL_LAYERS);
    return SNNFE_OK;
}

snnfe_status snnfe_network_reinitialize(snnfe_network *network, const char *name, uint64_t seed)
{
    SNNFE_RETURN_COMPUTED(network_reinitialize(network, name, seed));
}
