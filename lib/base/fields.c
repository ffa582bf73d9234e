#include "fields.h"

#include "format.h"
#include "memory.h"

#include <inttypes.h>
#include <string.h>

#define NAME_SIZE 128
#define TEXT_SIZE 32

/* An element of a member, as it goes into a file. */
typedef union element {
    int64_t integer;
    double number;
} element;

static bool is_integer(snnfe_field_type type)
{
    return type < SNNFE_FIELD_F32;
}

static snnfe_dtype dtype_of(const snnfe_field *field)
{
    return is_integer(field->type) ? SNNFE_I64 : SNNFE_F64;
}

static void name_of(char name[NAME_SIZE], const snnfe_record_type *type, const snnfe_field *field)
{
    snnfe_format(name, NAME_SIZE, "%s%s", type->prefix, field->name);
}

#define GET(target, ctype)                                                                         \
    do {                                                                                           \
        ctype member;                                                                              \
        memcpy(&member, at, sizeof member);                                                        \
        target;                                                                                    \
    } while (0)

static element get(const snnfe_field *field, const void *record, size_t index)
{
    const char *at = (const char *)record + field->offset;
    element e = {0};
    switch (field->type) {
    case SNNFE_FIELD_BOOL:
        at += index * sizeof(bool);
        GET(e.integer = member, bool);
        break;
    case SNNFE_FIELD_I32:
        at += index * sizeof(int32_t);
        GET(e.integer = member, int32_t);
        break;
    case SNNFE_FIELD_U32:
        at += index * sizeof(uint32_t);
        GET(e.integer = member, uint32_t);
        break;
    case SNNFE_FIELD_U64:
    case SNNFE_FIELD_BITS:
        at += index * sizeof(uint64_t);
        GET(e.integer = (int64_t)member, uint64_t);
        break;
    case SNNFE_FIELD_SIZE:
        at += index * sizeof(size_t);
        GET(e.integer = (int64_t)member, size_t);
        break;
    case SNNFE_FIELD_F32:
        at += index * sizeof(float);
        GET(e.number = (double)member, float);
        break;
    case SNNFE_FIELD_F64:
    case SNNFE_FIELD_MAYBE:
        at += index * sizeof(double);
        GET(e.number = member, double);
        break;
    }
    return e;
}

#define SET(value, ctype)                                                                          \
    do {                                                                                           \
        const ctype member = (ctype)(value);                                                       \
        memcpy(at + index * sizeof member, &member, sizeof member);                                \
    } while (0)

static void set(const snnfe_field *field, void *record, size_t index, element e)
{
    char *at = (char *)record + field->offset;
    switch (field->type) {
    case SNNFE_FIELD_BOOL:
        SET(e.integer != 0, bool);
        break;
    case SNNFE_FIELD_I32:
        SET(e.integer, int32_t);
        break;
    case SNNFE_FIELD_U32:
        SET(e.integer, uint32_t);
        break;
    case SNNFE_FIELD_U64:
    case SNNFE_FIELD_BITS:
        SET(e.integer, uint64_t);
        break;
    case SNNFE_FIELD_SIZE:
        SET(e.integer, size_t);
        break;
    case SNNFE_FIELD_F32:
        SET(e.number, float);
        break;
    case SNNFE_FIELD_F64:
    case SNNFE_FIELD_MAYBE:
        SET(e.number, double);
        break;
    }
}

static snnfe_status check(const snnfe_field *field, const char *name, size_t index, element e)
{
    if (field->type == SNNFE_FIELD_BITS || (field->type == SNNFE_FIELD_MAYBE && isnan(e.number)))
        return SNNFE_OK;
    const double value = is_integer(field->type) ? (double)e.integer : e.number;
    if (value >= field->least && value <= field->most)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s[%zu] is %.17g, not in %g…%g", name, index, value,
                      field->least, field->most);
}

/* --- columns -------------------------------------------------------------------------------- */

snnfe_status snnfe_records_add(snnfe_tensor_list *list, const snnfe_record_type *type,
                               const void *records, size_t n)
{
    for (size_t f = 0; f < type->n_fields; f++) {
        const snnfe_field *field = &type->fields[f];
        char name[NAME_SIZE];
        name_of(name, type, field);
        element *column = snnfe_alloc(n * field->count, sizeof *column);
        if (!column)
            return SNNFE_ERR_MEMORY;
        for (size_t i = 0; i < n * field->count; i++)
            column[i] =
                get(field, (const char *)records + i / field->count * type->size, i % field->count);
        const uint64_t shape[2] = {n, field->count};
        SNNFE_TRY(snnfe_tensor_list_add_owned(list, name, dtype_of(field), field->count > 1 ? 2 : 1,
                                              shape, column));
    }
    return SNNFE_OK;
}

static snnfe_status read_column(snnfe_tensors *file, const snnfe_record_type *type,
                                const snnfe_field *field, void *records, size_t n, element *column)
{
    char name[NAME_SIZE];
    name_of(name, type, field);
    const uint64_t shape[2] = {n, field->count};
    SNNFE_TRY(snnfe_tensors_read(file, name, dtype_of(field), field->count > 1 ? 2 : 1, shape,
                                 field->type == SNNFE_FIELD_MAYBE, column));
    for (size_t i = 0; i < n * field->count; i++) {
        SNNFE_TRY(check(field, name, i, column[i]));
        set(field, (char *)records + i / field->count * type->size, i % field->count, column[i]);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_records_read(snnfe_tensors *file, const snnfe_record_type *type, void *records,
                                size_t n)
{
    size_t widest = 1;
    for (size_t f = 0; f < type->n_fields; f++)
        widest = type->fields[f].count > widest ? type->fields[f].count : widest;
    element *column = snnfe_alloc(n * widest, sizeof *column);
    snnfe_status status = column ? SNNFE_OK : SNNFE_ERR_MEMORY;
    for (size_t f = 0; status == SNNFE_OK && f < type->n_fields; f++)
        status = read_column(file, type, &type->fields[f], records, n, column);
    snnfe_release(column);
    return status;
}

size_t snnfe_records_count(const snnfe_tensors *file, const snnfe_record_type *type)
{
    char name[NAME_SIZE];
    name_of(name, type, &type->fields[0]);
    const snnfe_tensor_info *info = snnfe_tensors_find(file, name);
    return info && info->n_dims > 0 && info->shape[0] <= SIZE_MAX / type->size
               ? (size_t)info->shape[0]
               : 0;
}

/* --- metadata ------------------------------------------------------------------------------- */

static void print(char text[TEXT_SIZE], const snnfe_field *field, const void *record)
{
    const element e = get(field, record, 0);
    if (field->type == SNNFE_FIELD_U64 || field->type == SNNFE_FIELD_BITS)
        snnfe_format(text, TEXT_SIZE, "%" PRIu64, (uint64_t)e.integer);
    else if (is_integer(field->type))
        snnfe_format(text, TEXT_SIZE, "%" PRId64, e.integer);
    else
        snnfe_format(text, TEXT_SIZE, field->type == SNNFE_FIELD_F32 ? "%.9g" : "%.17g", e.number);
}

snnfe_status snnfe_record_add_metadata(snnfe_tensor_list *list, const snnfe_record_type *type,
                                       const void *record)
{
    for (size_t f = 0; f < type->n_fields; f++) {
        char name[NAME_SIZE], text[TEXT_SIZE];
        name_of(name, type, &type->fields[f]);
        print(text, &type->fields[f], record);
        SNNFE_TRY(snnfe_tensor_list_add_metadata(list, name, text));
    }
    return SNNFE_OK;
}

static snnfe_status fail_missing(const char *name)
{
    return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" is missing", name);
}

snnfe_status snnfe_record_expect_metadata(const snnfe_tensors *file, const snnfe_record_type *type,
                                          const void *record)
{
    for (size_t f = 0; f < type->n_fields; f++) {
        char name[NAME_SIZE], own[TEXT_SIZE];
        name_of(name, type, &type->fields[f]);
        print(own, &type->fields[f], record);
        const char *text = snnfe_tensors_metadata(file, name);
        if (!text)
            return fail_missing(name);
        if (strcmp(text, own) != 0)
            return snnfe_fail(SNNFE_ERR_SHAPE, "was saved with %s %.40s, not %s",
                              type->fields[f].name, text, own);
    }
    return SNNFE_OK;
}

static bool parse(const snnfe_field *field, const char *text, element *e)
{
    if (!is_integer(field->type))
        return snnfe_parse_double(text, &e->number);
    if (field->type == SNNFE_FIELD_U64 || field->type == SNNFE_FIELD_BITS)
        return snnfe_parse_uint64(text, (uint64_t *)&e->integer);
    return snnfe_parse_int64(text, &e->integer);
}

snnfe_status snnfe_record_read_metadata(const snnfe_tensors *file, const snnfe_record_type *type,
                                        bool all, void *record)
{
    for (size_t f = 0; f < type->n_fields; f++) {
        const snnfe_field *field = &type->fields[f];
        char name[NAME_SIZE];
        name_of(name, type, field);
        const char *text = snnfe_tensors_metadata(file, name);
        element e = {0};
        if (!text && all)
            return fail_missing(name);
        if (!text)
            continue;
        if (!parse(field, text, &e))
            return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" is \"%.40s\", not a number", name,
                              text);
        const double value = is_integer(field->type) ? (double)e.integer : e.number;
        if (field->type != SNNFE_FIELD_BITS && !(value >= field->least && value <= field->most))
            return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" is %.40s, not in %g…%g", name,
                              text, field->least, field->most);
        set(field, record, 0, e);
    }
    return SNNFE_OK;
}
