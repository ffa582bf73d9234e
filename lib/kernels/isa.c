/* The public choice of an instruction set. */
#include "base/status.h"
#include "kernels/kernels.h"

#include <string.h>

const char *snnfe_instruction_set(void)
{
    return snnfe_kernels_get()->isa;
}

snnfe_status snnfe_set_instruction_set(const char *name)
{
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    const snnfe_kernels *kernels = name ? snnfe_kernels_named(name) : NULL;
    if (!name || kernels) {
        snnfe_kernels_choose(kernels);
        return SNNFE_OK;
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                              "snnfe_set_instruction_set: this machine or build lacks \"%s\"",
                              name);
    return snnfe_fail(SNNFE_ERR_ARGUMENT,
                      "snnfe_set_instruction_set: name is \"%s\", not \"avx512\", \"avx2\" or "
                      "\"baseline\"",
                      name);
}
