#include "dataset/common_reference.h"

#include "recording/electrodes.h"
#include "signal/rereference.h"

#include <string.h>

static bool same_electrode(const char *a, const char *b)
{
    char x[SNNFE_NAME_SIZE], y[SNNFE_NAME_SIZE];
    if (strcmp(a, b) == 0)
        return true;
    snnfe_electrode_name(a, x);
    snnfe_electrode_name(b, y);
    return strcmp(x, y) == 0;
}

bool snnfe_common_reference_names(const char *text, const char *name)
{
    char label[SNNFE_NAME_SIZE];
    while (!snnfe_rereference_is_average(text) && snnfe_rereference_next(&text, label))
        if (same_electrode(label, name))
            return true;
    return false;
}

/* Channels are electrodes, whatever they are called. */
static uint64_t electrodes_among(const snnfe_inputs *inputs, const char (*names)[SNNFE_NAME_SIZE])
{
    snnfe_electrode electrode;
    uint64_t bits = 0;
    for (size_t i = 0; i < inputs->shape.n_inputs; i++)
        if (i < inputs->shape.n_outputs || snnfe_electrode_find(names[i], &electrode))
            bits |= UINT64_C(1) << i;
    return bits;
}

/* The value that an electrode is; a new one behind the others if it is none. */
static snnfe_status value_of(snnfe_common_reference *common, const char *label,
                             const snnfe_inputs *inputs, const char (*names)[SNNFE_NAME_SIZE],
                             size_t *value)
{
    const size_t n = inputs->shape.n_inputs;
    for (*value = 0; *value < n; ++*value)
        if (same_electrode(label, names[*value]))
            return SNNFE_OK;
    *value = n + common->besides.n;
    if (*value == SNNFE_MAX_CHANNELS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "rereference: with \"%s\" there would be more than %d channels and "
                          "references",
                          label, SNNFE_MAX_CHANNELS);
    memcpy(common->besides.names[common->besides.n++], label, SNNFE_NAME_SIZE);
    return SNNFE_OK;
}

snnfe_status snnfe_common_reference_make(snnfe_common_reference *common, const char *text,
                                         const snnfe_inputs *inputs,
                                         const char (*names)[SNNFE_NAME_SIZE])
{
    char label[SNNFE_NAME_SIZE];
    *common = (snnfe_common_reference){0};
    if (text[0] == '\0')
        return SNNFE_OK;
    common->to = electrodes_among(inputs, names);
    if (snnfe_rereference_is_average(text))
        common->from = common->to;
    else
        while (snnfe_rereference_next(&text, label)) {
            size_t value = 0;
            SNNFE_TRY(value_of(common, label, inputs, names, &value));
            common->from |= UINT64_C(1) << value;
        }
    return SNNFE_OK;
}
