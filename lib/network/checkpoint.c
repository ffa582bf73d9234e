#include "network/checkpoint.h"

#include "base/kind.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/text.h"
#include "network/parameters.h"
#include "network/torch_file.h"

#include <stddef.h>
#include <string.h>

/* Constants that shapes do not tell, as metadata. */
typedef struct constant {
    const char *key;
    size_t offset;
} constant;

static const constant constants[] = {
    {"snnfe.surrogate_width", offsetof(snnfe_network_options, surrogate_width)},
    {"snnfe.surrogate_height", offsetof(snnfe_network_options, surrogate_height)},
    {"snnfe.threshold", offsetof(snnfe_network_options, threshold)},
    {"snnfe.adaptive_step", offsetof(snnfe_network_options, adaptive_step)},
    {"snnfe.adaptive_decay", offsetof(snnfe_network_options, adaptive_decay)},
    {"snnfe.adaptive_floor", offsetof(snnfe_network_options, adaptive_floor)},
    {"snnfe.dropout", offsetof(snnfe_network_options, dropout)},
    {"snnfe.current_decay", offsetof(snnfe_network_options, current_decay)},
    {"snnfe.voltage_decay", offsetof(snnfe_network_options, voltage_decay)},
};
#define N_CONSTANTS (sizeof constants / sizeof constants[0])

static float *constant_in(snnfe_network_options *options, const constant *c)
{
    return (float *)(void *)((char *)options + c->offset);
}

static void shape_of(const snnfe_parameter *p, uint64_t shape[4])
{
    for (uint32_t d = 0; d < p->n_dims; d++)
        shape[d] = p->shape[d];
}

snnfe_status snnfe_network_add_to_list(const snnfe_network *network, snnfe_tensor_list *list)
{
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        uint64_t shape[4];
        shape_of(p, shape);
        SNNFE_TRY(snnfe_tensor_list_add(list, p->name, SNNFE_F32, p->n_dims, shape,
                                        network->values + p->offset));
    }
    snnfe_network_options options = network->options;
    char text[32];
    for (size_t i = 0; i < N_CONSTANTS; i++) {
        snnfe_format(text, sizeof text, "%.9g", (double)*constant_in(&options, &constants[i]));
        SNNFE_TRY(snnfe_tensor_list_add_metadata(list, constants[i].key, text));
    }
    snnfe_format(text, sizeof text, "%llu", (unsigned long long)options.seed);
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, "snnfe.seed", text));
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, "snnfe.format", "network 1"));
    return snnfe_provenance_add_to_list(&network->provenance, list);
}

snnfe_status snnfe_network_save(const snnfe_network *network, const char *path)
{
    if (!network || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_network_save: %s is NULL",
                          network ? "path" : "network");
    snnfe_tensor_list *list = NULL;
    SNNFE_TRY(snnfe_tensor_list_create(&list));
    snnfe_status status = snnfe_network_add_to_list(network, list);
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_save(list, path);
    snnfe_tensor_list_free(list);
    return status;
}

/* A parameter's shape in the file, for the sizes that follow from it. */
static snnfe_status shape_in_file(const snnfe_tensors *file, const char *name, uint32_t n_dims,
                                  const uint64_t **shape)
{
    const snnfe_tensor_info *info = snnfe_tensors_find(file, name);
    if (!info)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "tensor \"%s\" is missing", name);
    if (info->n_dims != n_dims)
        return snnfe_fail(SNNFE_ERR_SHAPE, "tensor \"%s\" has %u dimensions, not %u", name,
                          (unsigned)info->n_dims, (unsigned)n_dims);
    for (uint32_t d = 0; d < n_dims; d++)
        if (info->shape[d] == 0 || info->shape[d] > 1000000)
            return snnfe_fail(SNNFE_ERR_SHAPE, "tensor \"%s\": dimension %u is %llu", name,
                              (unsigned)d, (unsigned long long)info->shape[d]);
    *shape = info->shape;
    return SNNFE_OK;
}

static snnfe_status options_from_shapes(const snnfe_tensors *file, snnfe_network_options *options)
{
    const uint64_t *shape = NULL;
    SNNFE_TRY(shape_in_file(file, "snn.c1_vdecay", 4, &shape));
    options->conv1_channels = (uint32_t)shape[1];
    options->n_rows = (uint32_t)shape[2] + 2;
    options->n_columns = (uint32_t)shape[3] + 2;
    SNNFE_TRY(shape_in_file(file, "snn.c2_vdecay", 4, &shape));
    options->conv2_channels = (uint32_t)shape[1];
    SNNFE_TRY(shape_in_file(file, "snn.c3_vdecay", 4, &shape));
    options->conv3_channels = (uint32_t)shape[1];
    SNNFE_TRY(shape_in_file(file, "snn.ts_weights", 1, &shape));
    options->n_steps = (uint32_t)shape[0];
    SNNFE_TRY(shape_in_file(file, "snn.fc2.weight", 2, &shape));
    options->n_classes = (uint32_t)shape[0];
    options->n_hidden = (uint32_t)shape[1];
    return SNNFE_OK;
}

static snnfe_status options_from_metadata(const snnfe_tensors *file, snnfe_network_options *options)
{
    for (size_t i = 0; i < N_CONSTANTS; i++) {
        const char *text = snnfe_tensors_metadata(file, constants[i].key);
        double value = 0;
        if (!text)
            continue;
        if (!snnfe_parse_double(text, &value))
            return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" is \"%.40s\", not a number",
                              constants[i].key, text);
        *constant_in(options, &constants[i]) = (float)value;
    }
    const char *text = snnfe_tensors_metadata(file, "snnfe.seed");
    int64_t seed = 0;
    options->seed = text && snnfe_parse_int64(text, &seed) ? (uint64_t)seed : 0;
    return SNNFE_OK;
}

static snnfe_status check_names(const snnfe_parameter *table, const snnfe_tensors *file)
{
    for (size_t i = 0; i < snnfe_tensors_count(file); i++) {
        const char *name = snnfe_tensors_at(file, i)->name;
        bool known = strncmp(name, SNNFE_TRAINER_PREFIX, strlen(SNNFE_TRAINER_PREFIX)) == 0;
        for (size_t j = 0; !known && j < SNNFE_N_PARAMETERS; j++)
            known = strcmp(name, table[j].name) == 0;
        if (!known)
            return snnfe_fail(SNNFE_ERR_NOT_FOUND, "tensor \"%s\" is no parameter of this network",
                              name);
    }
    return SNNFE_OK;
}

/* Tensors into the flat array, shapes checked against `like`. */
static snnfe_status read_parameters(const snnfe_network *like, snnfe_tensors *file, float *values)
{
    for (size_t i = 0; i < like->n_parameters; i++) {
        const snnfe_parameter *p = &like->parameters[i];
        uint64_t shape[4];
        shape_of(p, shape);
        SNNFE_TRY(snnfe_tensors_read(file, p->name, SNNFE_F32, p->n_dims, shape, false,
                                     values + p->offset));
        SNNFE_TRY(snnfe_parameter_check(p, values + p->offset, SNNFE_LEAST_FILED_DECAY));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_network_read_values(const snnfe_network *like, snnfe_tensors *file,
                                       float *values)
{
    snnfe_network_options told = like->options;
    SNNFE_TRY(options_from_metadata(file, &told));
    snnfe_network_options own = like->options;
    for (size_t i = 0; i < N_CONSTANTS; i++) {
        const float theirs = *constant_in(&told, &constants[i]);
        const float ours = *constant_in(&own, &constants[i]);
        if (theirs < ours || theirs > ours)
            return snnfe_fail(SNNFE_ERR_SHAPE, "\"%s\" is %g in the file, %g in the network",
                              constants[i].key, (double)theirs, (double)ours);
    }
    SNNFE_TRY(check_names(like->parameters, file));
    return read_parameters(like, file, values);
}

/* The file holds all of the network that some of its shapes tell of, and nothing else: checked
   before memory is taken for it. */
static snnfe_status expect_parameters(const snnfe_tensors *file,
                                      const snnfe_network_options *options)
{
    snnfe_shape sizes;
    SNNFE_TRY(snnfe_shape_make(&sizes, options));
    snnfe_parameter table[SNNFE_N_PARAMETERS];
    snnfe_parameters_fill(table, &sizes);
    SNNFE_TRY(check_names(table, file));
    for (size_t i = 0; i < SNNFE_N_PARAMETERS; i++) {
        uint64_t shape[4];
        shape_of(&table[i], shape);
        const snnfe_tensor_info *info = NULL;
        SNNFE_TRY(
            snnfe_tensors_expect(file, table[i].name, SNNFE_F32, table[i].n_dims, shape, &info));
    }
    return SNNFE_OK;
}

static snnfe_status load_open(snnfe_network **network, snnfe_tensors *file)
{
    snnfe_network_options options;
    SNNFE_TRY(snnfe_network_options_init(&options, sizeof options));
    SNNFE_TRY(options_from_shapes(file, &options));
    SNNFE_TRY(options_from_metadata(file, &options));
    SNNFE_TRY(expect_parameters(file, &options));
    snnfe_network *made = NULL;
    SNNFE_TRY(snnfe_network_create(&made, &options));
    snnfe_status status = read_parameters(made, file, made->values);
    if (status == SNNFE_OK)
        status = snnfe_provenance_read(&made->provenance, file);
    if (status != SNNFE_OK) {
        snnfe_network_free(made);
        return status;
    }
    snnfe_network_refresh(made, SNNFE_ALL_LAYERS);
    *network = made;
    return SNNFE_OK;
}

snnfe_status snnfe_network_load(snnfe_network **network, const char *path)
{
    if (!network || !path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_network_load: %s is NULL",
                          network ? "path" : "network");
    *network = NULL;
    snnfe_tensors *file = NULL;
    snnfe_status status = snnfe_network_file_open(&file, path);
    if (status == SNNFE_OK)
        status = load_open(network, file);
    snnfe_tensors_close(file);
    if (status != SNNFE_OK)
        return snnfe_fail_kind(snnfe_fail_prefix(status, "%s", path), path, SNNFE_KIND_NETWORK);
    return SNNFE_OK;
}
