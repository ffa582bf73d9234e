/* Structs that begin with their size and grow over time: options and infos (docs/abi.md). */
#ifndef SNNFE_LIB_OPTIONS_H
#define SNNFE_LIB_OPTIONS_H

#include <snnfe/base.h>

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

/* Before a call does anything: is there a struct to fill, with its size set? `known` is the size
   that this library has of it. */
snnfe_status snnfe_info_check(const char *call, const char *name, const void *info, size_t known);

/* Fill a struct that was checked, as far as its own struct_size reaches; what this library does not
   know is zeroed. */
void snnfe_info_give(void *info, const void *full, size_t known);

/* Arrays of structs that the caller owns: `size` is what the caller's program has for one of them,
   the distance between them. */
snnfe_status snnfe_rows_check(const char *call, size_t size, size_t known);

/* Fill row `i` as far as `size` reaches; what this library does not know is zeroed. */
void snnfe_row_give(void *rows, size_t size, size_t i, const void *full, size_t known);

#endif
