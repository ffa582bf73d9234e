#include "file.h"
#include "memory.h"
#include "tensors_internal.h"
#include "text.h"

typedef struct entry {
    char *name;
    snnfe_dtype dtype;
    uint32_t n_dims;
    uint64_t shape[SNNFE_MAX_DIMENSIONS];
    uint64_t count;
    const void *data;
    void *owned; /* `data`, if it belongs to the list */
} entry;

typedef struct pair {
    char *key;
    char *value;
} pair;

struct snnfe_tensor_list {
    entry *entries;
    size_t n, capacity;
    pair *metadata;
    size_t n_metadata, metadata_capacity;
};

snnfe_status snnfe_tensor_list_create(snnfe_tensor_list **list)
{
    snnfe_tensor_list *made = snnfe_alloc(1, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    *list = made;
    return SNNFE_OK;
}

void snnfe_tensor_list_free(snnfe_tensor_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->n; i++) {
        snnfe_release(list->entries[i].name);
        snnfe_release(list->entries[i].owned);
    }
    for (size_t i = 0; i < list->n_metadata; i++) {
        snnfe_release(list->metadata[i].key);
        snnfe_release(list->metadata[i].value);
    }
    snnfe_release(list->entries);
    snnfe_release(list->metadata);
    snnfe_release(list);
}

/* Room for one more element of an array that doubles. */
static bool grow(void **array, size_t n, size_t *capacity, size_t size)
{
    if (n < *capacity)
        return true;
    const size_t larger = *capacity ? 2 * *capacity : 16;
    void *grown = snnfe_realloc(*array, *capacity, larger, size);
    if (!grown)
        return false;
    *array = grown;
    *capacity = larger;
    return true;
}

snnfe_status snnfe_tensor_list_add(snnfe_tensor_list *list, const char *name, snnfe_dtype dtype,
                                   uint32_t n_dims, const uint64_t *shape, const void *data)
{
    void *entries = list->entries;
    if (!grow(&entries, list->n, &list->capacity, sizeof(entry)))
        return SNNFE_ERR_MEMORY;
    list->entries = entries;
    entry e = {.dtype = dtype, .n_dims = n_dims, .count = 1, .data = data};
    for (uint32_t d = 0; d < n_dims; d++) {
        e.shape[d] = shape[d];
        e.count *= shape[d];
    }
    e.name = snnfe_duplicate_string(name);
    if (!e.name)
        return SNNFE_ERR_MEMORY;
    list->entries[list->n++] = e;
    return SNNFE_OK;
}

snnfe_status snnfe_tensor_list_add_owned(snnfe_tensor_list *list, const char *name,
                                         snnfe_dtype dtype, uint32_t n_dims, const uint64_t *shape,
                                         void *data)
{
    const snnfe_status status = snnfe_tensor_list_add(list, name, dtype, n_dims, shape, data);
    if (status == SNNFE_OK)
        list->entries[list->n - 1].owned = data;
    else
        snnfe_release(data);
    return status;
}

snnfe_status snnfe_tensor_list_add_metadata(snnfe_tensor_list *list, const char *key,
                                            const char *value)
{
    void *metadata = list->metadata;
    if (!grow(&metadata, list->n_metadata, &list->metadata_capacity, sizeof(pair)))
        return SNNFE_ERR_MEMORY;
    list->metadata = metadata;
    pair p = {snnfe_duplicate_string(key), snnfe_duplicate_string(value)};
    if (!p.key || !p.value) {
        snnfe_release(p.key);
        snnfe_release(p.value);
        return SNNFE_ERR_MEMORY;
    }
    list->metadata[list->n_metadata++] = p;
    return SNNFE_OK;
}

#define PIECE 65536

/* Characters before the next one that JSON escapes, PIECE at most. */
static int plain_length(const char *string)
{
    int n = 0;
    while (n < PIECE && (unsigned char)string[n] >= 0x20 && string[n] != '"' && string[n] != '\\')
        n++;
    return n;
}

static void append_string(snnfe_text *text, const char *string)
{
    snnfe_text_append(text, "\"");
    for (const char *c = string; *c;) {
        const int plain = plain_length(c);
        snnfe_text_append(text, "%.*s", plain, c);
        c += plain;
        if (plain == PIECE)
            continue;
        if (*c == '"' || *c == '\\')
            snnfe_text_append(text, "\\%c", *c++);
        else if (*c)
            snnfe_text_append(text, "\\u%04x", (unsigned)(unsigned char)*c++);
    }
    snnfe_text_append(text, "\"");
}

static void append_header(snnfe_text *text, const snnfe_tensor_list *list)
{
    const char *separator = "";
    snnfe_text_append(text, "{");
    if (list->n_metadata > 0) {
        snnfe_text_append(text, "\"__metadata__\":{");
        for (size_t i = 0; i < list->n_metadata; i++) {
            snnfe_text_append(text, "%s", i ? "," : "");
            append_string(text, list->metadata[i].key);
            snnfe_text_append(text, ":");
            append_string(text, list->metadata[i].value);
        }
        snnfe_text_append(text, "}");
        separator = ",";
    }
    uint64_t offset = 0;
    for (size_t i = 0; i < list->n; i++) {
        const entry *e = &list->entries[i];
        const uint64_t end = offset + e->count * snnfe_dtype_size(e->dtype);
        snnfe_text_append(text, "%s", separator);
        append_string(text, e->name);
        snnfe_text_append(text, ":{\"dtype\":\"%s\",\"shape\":[", snnfe_dtype_name(e->dtype));
        for (uint32_t d = 0; d < e->n_dims; d++)
            snnfe_text_append(text, "%s%llu", d ? "," : "", (unsigned long long)e->shape[d]);
        snnfe_text_append(text, "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)offset,
                          (unsigned long long)end);
        offset = end;
        separator = ",";
    }
    snnfe_text_append(text, "}");
    while (!text->failed && text->size % 8 != 0)
        snnfe_text_append(text, " ");
}

static snnfe_status write_tensor(snnfe_writer *writer, const entry *e)
{
    const size_t size = snnfe_dtype_size(e->dtype), count = (size_t)e->count;
    if (snnfe_little_endian())
        return snnfe_writer_write(writer, e->data, count * size);
    void *swapped = snnfe_duplicate(e->data, count, size);
    if (!swapped)
        return SNNFE_ERR_MEMORY;
    snnfe_swap_bytes(swapped, count, size);
    const snnfe_status status = snnfe_writer_write(writer, swapped, count * size);
    snnfe_release(swapped);
    return status;
}

static snnfe_status write_all(snnfe_writer *writer, const snnfe_tensor_list *list,
                              const snnfe_text *header)
{
    uint8_t length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)((uint64_t)header->size >> (8 * i));
    SNNFE_TRY(snnfe_writer_write(writer, length, sizeof length));
    SNNFE_TRY(snnfe_writer_write(writer, header->data, header->size));
    for (size_t i = 0; i < list->n; i++)
        SNNFE_TRY(write_tensor(writer, &list->entries[i]));
    return SNNFE_OK;
}

/* Larger elements first, otherwise in the order added. */
static void sort_by_size(snnfe_tensor_list *list)
{
    for (size_t i = 1; i < list->n; i++) {
        const entry e = list->entries[i];
        size_t k = i;
        for (; k > 0 && snnfe_dtype_size(list->entries[k - 1].dtype) < snnfe_dtype_size(e.dtype);
             k--)
            list->entries[k] = list->entries[k - 1];
        list->entries[k] = e;
    }
}

snnfe_status snnfe_tensor_list_save(snnfe_tensor_list *list, const char *path)
{
    snnfe_text header = {0};
    sort_by_size(list);
    append_header(&header, list);
    if (header.failed) {
        snnfe_text_release(&header);
        return SNNFE_ERR_MEMORY;
    }
    snnfe_writer *writer = NULL;
    snnfe_status status = snnfe_writer_open(&writer, path);
    if (status == SNNFE_OK) {
        status = write_all(writer, list, &header);
        if (status == SNNFE_OK)
            status = snnfe_writer_commit(writer);
        else
            snnfe_writer_abort(writer);
    }
    snnfe_text_release(&header);
    return status;
}
