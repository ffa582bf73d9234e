#include "busy.h"

snnfe_status snnfe_busy_check(const snnfe_busy *busy, const char *call)
{
    if (!busy->call)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_STATE, "%s: called by a callback while %s uses the same handle",
                      call, busy->call);
}

snnfe_status snnfe_busy_enter(snnfe_busy *busy, const char *call)
{
    SNNFE_TRY(snnfe_busy_check(busy, call));
    busy->call = call;
    return SNNFE_OK;
}

bool snnfe_busy_leave(snnfe_busy *busy)
{
    busy->call = NULL;
    return busy->freed;
}

bool snnfe_busy_defers_free(snnfe_busy *busy)
{
    busy->freed = busy->call != NULL;
    return busy->freed;
}
