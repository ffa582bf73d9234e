/* Arguments and members of structs: SNNFE_ERR_ARGUMENT and one wording for what is out of range.

   Each message names its place: of an argument `place` is the call and `name` its name
   ("snnfe_network_save: path is NULL"), of a member `place` is the struct and `name` begins with a
   dot ("snnfe_network_options.n_rows is 9, not in 10…64"). Without a place the name stands alone.
 */
#ifndef SNNFE_LIB_CHECK_H
#define SNNFE_LIB_CHECK_H

#include "status.h"

#include <stdbool.h>

snnfe_status snnfe_fail_null(const char *place, const char *name);

/* In line, so that compilers and analyzers see that the pointer is good afterwards. */
static inline snnfe_status snnfe_check_pointer(const char *place, const char *name,
                                               const void *pointer)
{
    if (pointer)
        return SNNFE_OK;
    (void)snnfe_fail_null(place, name);
    return SNNFE_ERR_ARGUMENT;
}

/* An array that may be NULL if it is empty. */
static inline snnfe_status snnfe_check_array(const char *place, const char *name, const void *array,
                                             size_t n)
{
    return n == 0 ? SNNFE_OK : snnfe_check_pointer(place, name, array);
}

/* An array of a call's. */
typedef struct snnfe_span {
    const char *name;
    const void *data; /* may be NULL */
    size_t size;      /* in bytes */
    bool written;
} snnfe_span;
/* Arrays that are written overlap no other of the call's. */
snnfe_status snnfe_check_apart(const char *call, const snnfe_span *spans, size_t n);

/* Both ends belong to a range. Without a largest value `most` is UINT64_MAX or HUGE_VAL; a number
   is never NaN nor infinite. */
snnfe_status snnfe_check_count(const char *place, const char *name, uint64_t value, uint64_t least,
                               uint64_t most);
snnfe_status snnfe_check_integer(const char *place, const char *name, int64_t value, int64_t least,
                                 int64_t most);
snnfe_status snnfe_check_number(const char *place, const char *name, double value, double least,
                                double most);
/* Above 0 and not infinite. */
snnfe_status snnfe_check_positive(const char *place, const char *name, double value);

/* 0 or 1. */
snnfe_status snnfe_check_switch(const char *place, const char *name, int32_t value);
/* 0…`n` − 1; `choices` says which these are: "ERROR or SKIP", "a SNNFE_STAGE_* value". */
snnfe_status snnfe_check_choice(const char *place, const char *name, int32_t value, int32_t n,
                                const char *choices);

/* A member that differs from its default (`is_set`), and whether it does anything beside the
   others; `unless` says what it needs: "quality is MARK or DROP". */
typedef struct snnfe_need {
    const char *name;
    bool is_set, has_effect;
    const char *unless;
} snnfe_need;
#define SNNFE_IS_SET(options, defaults, member) ((options)->member != (defaults)->member)
/* None of them is set for nothing. */
snnfe_status snnfe_check_needs(const char *place, const snnfe_need *needs, size_t n);

/* Entry `i` of a list of indices into `n` things. */
snnfe_status snnfe_check_entry(const char *place, const char *name, size_t i, int64_t value,
                               size_t n);

#endif
