#include <snnfe/base.h>

uint32_t snnfe_version(void)
{
    return SNNFE_VERSION_MAJOR * 10000 + SNNFE_VERSION_MINOR * 100 + SNNFE_VERSION_PATCH;
}
