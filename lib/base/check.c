#include "check.h"

#include <math.h>

/* What stands between a place and a name. */
static const char *joint(const char *place, const char *name)
{
    return !place || name[0] == '.' ? "" : ": ";
}

/* The beginning of every message: place and name. */
#define PLACE_FORMAT "%s%s%s"
#define PLACE(place, name) (place) ? (place) : "", joint(place, name), (name)

snnfe_status snnfe_fail_null(const char *place, const char *name)
{
    return snnfe_fail(SNNFE_ERR_ARGUMENT, PLACE_FORMAT " is NULL", PLACE(place, name));
}

snnfe_status snnfe_check_count(const char *place, const char *name, uint64_t value, uint64_t least,
                               uint64_t most)
{
    if (value >= least && value <= most)
        return SNNFE_OK;
    if (most == UINT64_MAX)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, PLACE_FORMAT " is %llu, not at least %llu",
                          PLACE(place, name), (unsigned long long)value, (unsigned long long)least);
    return snnfe_fail(SNNFE_ERR_ARGUMENT, PLACE_FORMAT " is %llu, not in %llu…%llu",
                      PLACE(place, name), (unsigned long long)value, (unsigned long long)least,
                      (unsigned long long)most);
}

snnfe_status snnfe_check_integer(const char *place, const char *name, int64_t value, int64_t least,
                                 int64_t most)
{
    if (value >= least && value <= most)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_ARGUMENT, PLACE_FORMAT " is %lld, not in %lld…%lld",
                      PLACE(place, name), (long long)value, (long long)least, (long long)most);
}

snnfe_status snnfe_check_number(const char *place, const char *name, double value, double least,
                                double most)
{
    if (isfinite(value) && value >= least && value <= most)
        return SNNFE_OK;
    if (isinf(most))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, PLACE_FORMAT " is %g, not at least %g and finite",
                          PLACE(place, name), value, least);
    return snnfe_fail(SNNFE_ERR_ARGUMENT, PLACE_FORMAT " is %g, not in %g…%g", PLACE(place, name),
                      value, least, most);
}

snnfe_status snnfe_check_positive(const char *place, const char *name, double value)
{
    if (isfinite(value) && value > 0)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_ARGUMENT, PLACE_FORMAT " is %g, not above 0 and finite",
                      PLACE(place, name), value);
}

snnfe_status snnfe_check_switch(const char *place, const char *name, int32_t value)
{
    return snnfe_check_choice(place, name, value, 2, "0 or 1");
}

snnfe_status snnfe_check_choice(const char *place, const char *name, int32_t value, int32_t n,
                                const char *choices)
{
    if (value >= 0 && value < n)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_ARGUMENT, PLACE_FORMAT " is %d, not %s", PLACE(place, name),
                      (int)value, choices);
}

snnfe_status snnfe_check_entry(const char *place, const char *name, size_t i, int64_t value,
                               size_t n)
{
    if (value >= 0 && (uint64_t)value < n)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_ARGUMENT, PLACE_FORMAT "[%zu] is %lld, not below %zu",
                      PLACE(place, name), i, (long long)value, n);
}

snnfe_status snnfe_check_needs(const char *place, const snnfe_need *needs, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (needs[i].is_set && !needs[i].has_effect)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s%s is set, but has no effect unless %s", place,
                              needs[i].name, needs[i].unless);
    return SNNFE_OK;
}

static bool overlap(const snnfe_span *a, const snnfe_span *b)
{
    const uintptr_t x = (uintptr_t)a->data, y = (uintptr_t)b->data;
    return a->data && b->data && (a->written || b->written) &&
           (x <= y ? y - x < a->size && b->size > 0 : x - y < b->size && a->size > 0);
}

snnfe_status snnfe_check_apart(const char *call, const snnfe_span *spans, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = i + 1; k < n; k++)
            if (overlap(&spans[i], &spans[k]))
                return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: %s and %s overlap", call, spans[i].name,
                                  spans[k].name);
    return SNNFE_OK;
}
