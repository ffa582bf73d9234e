/* Options structs that grow over time. */
#ifndef SNNFE_LIB_OPTIONS_H
#define SNNFE_LIB_OPTIONS_H

#include <snnfe/base.h>

/* SNNFE_ERR_ARGUMENT unless `value` is 0 or 1; `name` is struct and member. */
snnfe_status snnfe_check_switch(const char *name, int32_t value);

/* Fill `adopted` (`known` bytes, this library's size) with `defaults`, then with the caller's
   struct `given` as far as its own struct_size reaches. A smaller struct (older program) is
   accepted; a larger one only if its unknown tail is zero. `name` is the struct's name for
   messages. `given` may be NULL. */
snnfe_status snnfe_options_adopt(void *adopted, const void *defaults, size_t known,
                                 const void *given, const char *name);

/* Body of every `_options_init`: the first `size` bytes of `defaults`, struct_size set to `size`;
   bytes beyond `known` are zeroed. */
snnfe_status snnfe_options_fill(void *options, size_t size, const void *defaults, size_t known,
                                const char *name);

#endif
