#include <snnfe/base.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

uint32_t snnfe_version(void)
{
    return SNNFE_VERSION_MAJOR * 10000 + SNNFE_VERSION_MINOR * 100 + SNNFE_VERSION_PATCH;
}

const char *snnfe_version_string(void)
{
    return TEXT(SNNFE_VERSION_MAJOR) "." TEXT(SNNFE_VERSION_MINOR) "." TEXT(SNNFE_VERSION_PATCH);
}
