/* Members of structs in files: one table drives saving, loading and checking. */
#ifndef SNNFE_LIB_FIELDS_H
#define SNNFE_LIB_FIELDS_H

#include "tensors.h"

#include <math.h>

/* What a member is in memory. Integers are I64 in files, the others F64. */
typedef enum snnfe_field_type {
    SNNFE_FIELD_BOOL,
    SNNFE_FIELD_I32,
    SNNFE_FIELD_U32,
    SNNFE_FIELD_U64,
    SNNFE_FIELD_BITS,  /* uint64_t that may be anything, such as a number that a source gave */
    SNNFE_FIELD_SIZE,  /* size_t */
    SNNFE_FIELD_F32,   /* finite */
    SNNFE_FIELD_F64,   /* finite */
    SNNFE_FIELD_MAYBE, /* double; NaN stands for unknown */
} snnfe_field_type;

typedef struct snnfe_field {
    const char *name;
    snnfe_field_type type;
    size_t offset; /* of the member */
    size_t count;  /* elements of the member, if it is an array; else 1 */
    double least, most;
} snnfe_field;

/* A member that is called in files as in the struct, and an array of `count` elements. */
#define SNNFE_FIELD(structure, member, type, least, most)                                          \
    {                                                                                              \
#member, SNNFE_FIELD_##type, offsetof(structure, member), 1, least, most                   \
    }
#define SNNFE_FIELDS(structure, member, type, count, least, most)                                  \
    {                                                                                              \
#member, SNNFE_FIELD_##type, offsetof(structure, member), count, least, most               \
    }

/* Largest count that files hold: doubles, too, hold all up to it. */
#define SNNFE_MOST_COUNT 0x1p53

/* A table of fields, and what their names begin with in a file: "decoder.". */
typedef struct snnfe_record_type {
    const char *prefix;
    const snnfe_field *fields;
    size_t n_fields;
    size_t size; /* of the struct, the distance between records */
} snnfe_record_type;

#define SNNFE_RECORD_TYPE(prefix, structure, fields)                                               \
    {                                                                                              \
        prefix, fields, sizeof(fields) / sizeof(fields)[0], sizeof(structure)                      \
    }

/* `n` records as columns: a tensor [n], or [n][count], for each field. */
snnfe_status snnfe_records_add(snnfe_tensor_list *list, const snnfe_record_type *type,
                               const void *records, size_t n);
/* The same back, into `records` [n]. A value outside its range is #SNNFE_ERR_FORMAT naming tensor,
   index, value and range. Members that are no fields stay. */
snnfe_status snnfe_records_read(snnfe_tensors *file, const snnfe_record_type *type, void *records,
                                size_t n);
/* Records in a file, by the first field's tensor; 0 if it is not there. */
size_t snnfe_records_count(const snnfe_tensors *file, const snnfe_record_type *type);

/* Conditions of a file: the fields of one record as metadata, and whether those of a file are the
   record's own (#SNNFE_ERR_SHAPE naming the field and both values). */
snnfe_status snnfe_record_add_metadata(snnfe_tensor_list *list, const snnfe_record_type *type,
                                       const void *record);
snnfe_status snnfe_record_expect_metadata(const snnfe_tensors *file, const snnfe_record_type *type,
                                          const void *record);
/* A record from metadata, checked. What the file does not have stays, or with `all` is
   #SNNFE_ERR_FORMAT. */
snnfe_status snnfe_record_read_metadata(const snnfe_tensors *file, const snnfe_record_type *type,
                                        bool all, void *record);

#endif
