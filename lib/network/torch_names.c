#include "network/torch_names.h"

#include <string.h>

static const struct {
    const char *storage, *element, *name;
    uint32_t size;
} types[] = {
    [SNNFE_TORCH_FLOAT32] = {"torch FloatStorage", "torch float32", "float32", 4},
    [SNNFE_TORCH_FLOAT64] = {"torch DoubleStorage", "torch float64", "float64", 8},
    [SNNFE_TORCH_FLOAT16] = {"torch HalfStorage", "torch float16", "float16", 2},
    [SNNFE_TORCH_BFLOAT16] = {"torch BFloat16Storage", "torch bfloat16", "bfloat16", 2},
    [SNNFE_TORCH_OTHER_TYPES] = {"torch LongStorage", "torch int64", "int64", 8},
    {"torch IntStorage", "torch int32", "int32", 4},
    {"torch ShortStorage", "torch int16", "int16", 2},
    {"torch CharStorage", "torch int8", "int8", 1},
    {"torch ByteStorage", "torch uint8", "uint8", 1},
    {"torch BoolStorage", "torch bool", "bool", 1},
    {"torch ComplexFloatStorage", "torch complex64", "complex64", 8},
    {"torch ComplexDoubleStorage", "torch complex128", "complex128", 16},
    {"", "torch uint16", "uint16", 2},
    {"", "torch uint32", "uint32", 4},
    {"", "torch uint64", "uint64", 8},
    {"", "torch float8_e4m3fn", "float8_e4m3fn", 1},
    {"", "torch float8_e5m2", "float8_e5m2", 1},
};

static const struct {
    const char *name;
    uint16_t kind, detail;
} others[] = {
    {"collections OrderedDict", SNNFE_PICKLE_FUNCTION, SNNFE_PICKLE_ORDERED_DICT},
    {"torch._utils _rebuild_tensor_v2", SNNFE_PICKLE_FUNCTION, SNNFE_PICKLE_TENSOR},
    {"torch._utils _rebuild_tensor_v3", SNNFE_PICKLE_FUNCTION, SNNFE_PICKLE_TYPED_TENSOR},
    {"torch._utils _rebuild_parameter", SNNFE_PICKLE_FUNCTION, SNNFE_PICKLE_PARAMETER},
    {"torch._utils _rebuild_parameter_with_state", SNNFE_PICKLE_FUNCTION, SNNFE_PICKLE_PARAMETER},
    {"torch.storage UntypedStorage", SNNFE_PICKLE_UNTYPED, 0},
    {"torch UntypedStorage", SNNFE_PICKLE_UNTYPED, 0},
};

uint32_t snnfe_torch_type_size(uint32_t type)
{
    return types[type].size;
}

const char *snnfe_torch_type_name(uint32_t type)
{
    return types[type].name;
}

bool snnfe_torch_find_name(const char *name, snnfe_pickle_value *found)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(name, types[i].storage) == 0 || strcmp(name, types[i].element) == 0) {
            *found = (snnfe_pickle_value){.kind = SNNFE_PICKLE_TYPE, .detail = (uint16_t)i};
            return true;
        }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(name, others[i].name) == 0) {
            *found = (snnfe_pickle_value){.kind = others[i].kind, .detail = others[i].detail};
            return true;
        }
    return false;
}
