/* What the opcodes of a pickle work on. */
#ifndef SNNFE_LIB_TORCH_PICKLE_INTERNAL_H
#define SNNFE_LIB_TORCH_PICKLE_INTERNAL_H

#include "network/torch_pickle.h"

typedef struct snnfe_pickle_dict {
    size_t first, last; /* 1 + index of an entry; 0 = none */
} snnfe_pickle_dict;

/* "its pickle, before byte N, `what`" */
snnfe_status snnfe_pickle_fail(const snnfe_pickle *pickle, const char *what);

/* Makes room for so many more rows. */
snnfe_status snnfe_pickle_room(const snnfe_pickle *pickle, snnfe_pickle_rows *rows, size_t more,
                               size_t row_size);
snnfe_pickle_value *snnfe_pickle_values(const snnfe_pickle_rows *rows);

snnfe_status snnfe_pickle_push(snnfe_pickle *pickle, snnfe_pickle_value value);
snnfe_status snnfe_pickle_push_kind(snnfe_pickle *pickle, snnfe_pickle_kind kind);
/* The uppermost value, which has to be there and no mark. */
snnfe_status snnfe_pickle_top(const snnfe_pickle *pickle, snnfe_pickle_value *value);
snnfe_status snnfe_pickle_pop(snnfe_pickle *pickle, snnfe_pickle_value *value);
/* How many values lie above the uppermost mark, which has to be there. */
snnfe_status snnfe_pickle_count_marked(const snnfe_pickle *pickle, size_t *n);

/* The next bytes, and the next bytes as a number, the least first. */
snnfe_status snnfe_pickle_take(snnfe_pickle *pickle, uint64_t n, const uint8_t **bytes);
snnfe_status snnfe_pickle_take_number(snnfe_pickle *pickle, unsigned size, uint64_t *number);

/* Does what an opcode says. */
snnfe_status snnfe_pickle_step(snnfe_pickle *pickle, uint8_t code);

#endif
