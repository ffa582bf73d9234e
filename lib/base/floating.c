#include "floating.h"

#if defined(__SSE2__) && defined(FE_TONEAREST)
#include <xmmintrin.h>

/* All of MXCSR but the exceptions' flags. */
#define MODE 0xFFC0U
#define USUAL_MODE 0x1F80U /* all exceptions masked, to nearest, no flush to zero */

/* The x87 unit has a rounding mode of its own, and C libraries round digits by it. */
static bool unusual(void)
{
    return (_mm_getcsr() & MODE) != USUAL_MODE || fegetround() != FE_TONEAREST;
}
#else
static bool unusual(void)
{
    return true;
}
#endif

void snnfe_floating_enter(snnfe_floating *floating)
{
    floating->unusual = unusual();
    if (!floating->unusual)
        return;
    fegetenv(&floating->host);
    fesetenv(FE_DFL_ENV);
}

void snnfe_floating_leave(const snnfe_floating *floating)
{
    if (floating->unusual)
        fesetenv(&floating->host);
    else
        snnfe_floating_set();
}

void snnfe_floating_set(void)
{
    if (unusual())
        fesetenv(FE_DFL_ENV);
}
