/* Pickles of PyTorch, read as data: opcodes build a graph of values, and nothing is called. */
#ifndef SNNFE_LIB_TORCH_PICKLE_H
#define SNNFE_LIB_TORCH_PICKLE_H

#include "base/status.h"

#include <stdbool.h>

typedef enum snnfe_pickle_kind {
    SNNFE_PICKLE_OTHER, /* None, truth values, floats, large integers: never looked at */
    SNNFE_PICKLE_MARK,  /* on the stack only */
    SNNFE_PICKLE_INTEGER,
    SNNFE_PICKLE_TEXT, /* `count` bytes of the pickle from `number` on */
    SNNFE_PICKLE_LIST, /* its items are dropped */
    SNNFE_PICKLE_TUPLE,
    SNNFE_PICKLE_DICT,
    SNNFE_PICKLE_TYPE,     /* of elements, or of a storage of such: `detail` is the type */
    SNNFE_PICKLE_UNTYPED,  /* the type of a storage of bytes */
    SNNFE_PICKLE_FUNCTION, /* `detail` is one of the following */
    SNNFE_PICKLE_CALL,     /* of function `detail` with the arguments of a tuple */
    SNNFE_PICKLE_STORAGE,  /* the tuple that says which */
} snnfe_pickle_kind;

typedef enum snnfe_pickle_function {
    SNNFE_PICKLE_ORDERED_DICT,
    SNNFE_PICKLE_TENSOR,       /* storage, offset, shape, stride, … */
    SNNFE_PICKLE_TYPED_TENSOR, /* the same; the seventh is the type of the elements */
    SNNFE_PICKLE_PARAMETER,    /* tensor, … */
} snnfe_pickle_function;

typedef struct snnfe_pickle_value {
    uint16_t kind, detail;
    uint32_t count; /* of a tuple: its items are `number` and the following of the pickle's items */
    int64_t number; /* of a dictionary: which */
} snnfe_pickle_value;

/* Rows that grow. */
typedef struct snnfe_pickle_rows {
    void *rows;
    size_t n, capacity;
} snnfe_pickle_rows;

typedef struct snnfe_pickle {
    const uint8_t *data; /* borrowed */
    size_t size, at;
    unsigned operand;                     /* of the opcode at hand */
    snnfe_pickle_rows stack, memo, items; /* values */
    snnfe_pickle_rows entries, dicts;
} snnfe_pickle;

/* Most rows of each kind: beyond, a pickle is refused. It takes memory in proportion to its size,
   and at the most 26 MiB, and half as much more while it grows. */
#define SNNFE_PICKLE_MAX_ROWS ((size_t)1 << 18)

/* Reads a whole pickle of protocol 2 to 5. `data` has to outlive it. Release it after a failure,
   too. */
snnfe_status snnfe_pickle_read(snnfe_pickle *pickle, const uint8_t *data, size_t size,
                               snnfe_pickle_value *root);
void snnfe_pickle_release(snnfe_pickle *pickle);

/* Item of a tuple, of a call's arguments or of a storage; OTHER beyond its end. */
snnfe_pickle_value snnfe_pickle_item(const snnfe_pickle *pickle, snnfe_pickle_value of, size_t i);

const char *snnfe_pickle_text(const snnfe_pickle *pickle, snnfe_pickle_value text);
bool snnfe_pickle_is(const snnfe_pickle *pickle, snnfe_pickle_value text, const char *wanted);

typedef struct snnfe_pickle_entry {
    snnfe_pickle_value key, value;
    size_t next; /* 1 + the next entry of the dictionary; 0 = it is the last */
} snnfe_pickle_entry;
/* Entries of a dictionary in the order in which they were set; NULL at the end. */
const snnfe_pickle_entry *snnfe_pickle_first(const snnfe_pickle *pickle, snnfe_pickle_value dict);
const snnfe_pickle_entry *snnfe_pickle_next(const snnfe_pickle *pickle,
                                            const snnfe_pickle_entry *entry);

#endif
