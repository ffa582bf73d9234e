#include "network/checkpoint.h"

#include "base/check.h"
#include "base/fields.h"
#include "base/floating.h"
#include "base/format.h"
#include "base/kind.h"
#include "base/options.h"
#include "network/parameters.h"
#include "network/torch_file.h"

#include <float.h>
#include <string.h>

/* Constants that follow from no shape, as metadata. */
#define CONSTANT(member) SNNFE_FIELD(snnfe_network_options, member, F32, -FLT_MAX, FLT_MAX)

static const snnfe_field constant_fields[] = {
    CONSTANT(surrogate_width), CONSTANT(surrogate_height), CONSTANT(threshold),
    CONSTANT(adaptive_step),   CONSTANT(adaptive_decay),   CONSTANT(adaptive_floor),
    CONSTANT(dropout),         CONSTANT(current_decay),    CONSTANT(voltage_decay),
};
static const snnfe_record_type constants_type =
    SNNFE_RECORD_TYPE("snnfe.", snnfe_network_options, constant_fields);

/* In files of networks that have a converter only. */
static const snnfe_field converter_fields[] = {
    SNNFE_FIELD(snnfe_network_options, column_bits, U32, 0, 24),
    SNNFE_FIELD(snnfe_network_options, column_range, F32, 0, 1),
};
static const snnfe_record_type converter_type =
    SNNFE_RECORD_TYPE("snnfe.", snnfe_network_options, converter_fields);

/* What another network of the same constants need not share. */
static const snnfe_field seed_fields[] = {SNNFE_FIELD(snnfe_network_options, seed, BITS, 0, 0)};
static const snnfe_record_type seed_type =
    SNNFE_RECORD_TYPE("snnfe.", snnfe_network_options, seed_fields);

static void shape_of(const snnfe_parameter *p, uint64_t shape[4])
{
    for (uint32_t d = 0; d < p->n_dims; d++)
        shape[d] = p->shape[d];
}

/* --- flat arrays ---------------------------------------------------------------------------- */

#define NAME_SIZE (SNNFE_PARAMETER_NAME_SIZE + 32)
#define ELEMENT 4 /* bytes */

static const snnfe_flat_type parameters_type = {"", SNNFE_F32, false};

static bool is_in(const snnfe_flat_type *type, const snnfe_parameter *parameter)
{
    return !type->weights_only || parameter->kind == SNNFE_PARAMETER_WEIGHT;
}

snnfe_status snnfe_flat_add(snnfe_tensor_list *list, const snnfe_flat_type *type,
                            const snnfe_network *network, const void *values)
{
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (!is_in(type, p))
            continue;
        char name[NAME_SIZE];
        uint64_t shape[4];
        snnfe_format(name, sizeof name, "%s%s", type->prefix, p->name);
        shape_of(p, shape);
        SNNFE_TRY(snnfe_tensor_list_add(list, name, type->dtype, p->n_dims, shape,
                                        (const char *)values + p->offset * ELEMENT));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_flat_read(snnfe_tensors *file, const snnfe_flat_type *type,
                             const snnfe_network *network, void *values)
{
    for (size_t i = 0; i < network->n_parameters; i++) {
        const snnfe_parameter *p = &network->parameters[i];
        if (!is_in(type, p))
            continue;
        char name[NAME_SIZE];
        uint64_t shape[4];
        snnfe_format(name, sizeof name, "%s%s", type->prefix, p->name);
        shape_of(p, shape);
        SNNFE_TRY(snnfe_tensors_read(file, name, type->dtype, p->n_dims, shape, false,
                                     (char *)values + p->offset * ELEMENT));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_network_check_values(const snnfe_network *like, const float *values)
{
    for (size_t i = 0; i < like->n_parameters; i++)
        SNNFE_TRY(snnfe_parameter_check(&like->parameters[i], values + like->parameters[i].offset,
                                        SNNFE_LEAST_FILED_DECAY));
    return SNNFE_OK;
}

/* --- writing -------------------------------------------------------------------------------- */

snnfe_status snnfe_network_add_to_list(const snnfe_network *network, snnfe_tensor_list *list)
{
    SNNFE_TRY(snnfe_flat_add(list, &parameters_type, network, network->values));
    SNNFE_TRY(snnfe_record_add_metadata(list, &constants_type, &network->options));
    SNNFE_TRY(snnfe_record_add_metadata(list, &seed_type, &network->options));
    if (network->options.column_bits > 0)
        SNNFE_TRY(snnfe_record_add_metadata(list, &converter_type, &network->options));
    SNNFE_TRY(snnfe_tensor_list_add_metadata(list, "snnfe.format", "network 1"));
    return snnfe_provenance_add_to_list(&network->provenance, list);
}

snnfe_status snnfe_network_save(const snnfe_network *network, const char *path)
{
    static const char call[] = "snnfe_network_save";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    snnfe_tensor_list *list = NULL;
    SNNFE_TRY(snnfe_tensor_list_create(&list));
    snnfe_status status = snnfe_network_add_to_list(network, list);
    if (status == SNNFE_OK)
        status = snnfe_tensor_list_save(list, path);
    snnfe_tensor_list_free(list);
    return status;
}

/* --- reading -------------------------------------------------------------------------------- */

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
    SNNFE_TRY(snnfe_flat_read(file, &parameters_type, like, values));
    return snnfe_network_check_values(like, values);
}

/* A file of a network without a converter does not say so. */
static snnfe_status expect_converter(const snnfe_tensors *file, const snnfe_network_options *own)
{
    if (own->column_bits > 0)
        return snnfe_record_expect_metadata(file, &converter_type, own);
    snnfe_network_options saved = {.column_bits = 0};
    SNNFE_TRY(snnfe_record_read_metadata(file, &converter_type, false, &saved));
    return saved.column_bits == 0
               ? SNNFE_OK
               : snnfe_fail(SNNFE_ERR_SHAPE, "was saved with column_bits %u, not 0",
                            (unsigned)saved.column_bits);
}

snnfe_status snnfe_network_read_values(const snnfe_network *like, snnfe_tensors *file,
                                       float *values)
{
    SNNFE_TRY(snnfe_record_expect_metadata(file, &constants_type, &like->options));
    SNNFE_TRY(expect_converter(file, &like->options));
    SNNFE_TRY(check_names(like->parameters, file));
    return read_parameters(like, file, values);
}

/* `options` come from the shapes of a few tensors. That the file holds every parameter of such a
   network, and nothing else, is checked before memory is allocated for it. */
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
    SNNFE_TRY(snnfe_record_read_metadata(file, &constants_type, false, &options));
    SNNFE_TRY(snnfe_record_read_metadata(file, &converter_type, false, &options));
    options.seed = 0;
    SNNFE_TRY(snnfe_record_read_metadata(file, &seed_type, false, &options));
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

static snnfe_status network_load(snnfe_network **network, const char *path)
{
    static const char call[] = "snnfe_network_load";
    SNNFE_TRY(snnfe_check_pointer(call, "network", network));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    *network = NULL;
    snnfe_tensors *file = NULL;
    snnfe_status status = snnfe_network_file_open(&file, path);
    if (status == SNNFE_OK)
        status = load_open(network, file);
    snnfe_tensors_close(file);
    if (status == SNNFE_ERR_ARGUMENT) /* what the file says is no argument of the caller's */
        status = SNNFE_ERR_FORMAT;
    if (status != SNNFE_OK)
        return snnfe_fail_kind(snnfe_fail_prefix(status, "%s", path), path, SNNFE_KIND_NETWORK);
    return SNNFE_OK;
}

snnfe_status snnfe_network_load(snnfe_network **network, const char *path)
{
    SNNFE_RETURN_COMPUTED(network_load(network, path));
}
