#include "damage.h"

#include "base/tensors.h"
#include "support.h"

#include <jansson.h>

void support_damage(const char *from, const char *to, const char *tensor, const void *bytes,
                    size_t size)
{
    snnfe_tensors *file = NULL;
    assert_ok(snnfe_tensors_open(&file, from));
    const snnfe_tensor_info *info = snnfe_tensors_find(file, tensor);
    ck_assert_msg(info != NULL, "%s", tensor);
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    ck_assert(in && out);
    uint64_t header = 0;
    ck_assert_uint_eq(fread(&header, 1, 8, in), 8);
    const uint64_t place = 8 + header + info->offset;
    rewind(in);
    uint64_t position = 0;
    for (int c = fgetc(in); c != EOF; c = fgetc(in), position++)
        fputc(position >= place && position < place + size
                  ? ((const unsigned char *)bytes)[position - place]
                  : c,
              out);
    fclose(in);
    ck_assert_int_eq(fclose(out), 0);
    snnfe_tensors_close(file);
}

/* --- any part ------------------------------------------------------------------------------- */

typedef struct parts {
    uint8_t *content;
    size_t size, data; /* where the tensors' data begins */
    json_t *header, *metadata;
} parts;

static parts parts_of(const char *path)
{
    parts p = {0};
    uint64_t length = 0;
    p.content = support_read(path, &p.size);
    memcpy(&length, p.content, sizeof length);
    p.data = sizeof length + (size_t)length;
    p.header = json_loadb((const char *)p.content + sizeof length, (size_t)length, 0, NULL);
    p.metadata = json_object_get(p.header, "__metadata__");
    ck_assert_ptr_nonnull(p.metadata);
    return p;
}

static void parts_release(parts *p)
{
    json_decref(p->header);
    free(p->content);
}

size_t support_part_count(const char *path)
{
    parts p = parts_of(path);
    const size_t n = json_object_size(p.metadata) + json_object_size(p.header) - 1;
    parts_release(&p);
    return n;
}

/* Gone, no number, nothing, cut, longer, negative. */
static void damage_metadata(json_t *metadata, const char *name, int way)
{
    char text[1 << 16];
    const char *old = json_string_value(json_object_get(metadata, name));
    const int cut = *old ? (int)strlen(old) - 1 : 0;
    if (way == 0)
        json_object_del(metadata, name);
    else if (way == 1)
        snprintf(text, sizeof text, "x");
    else if (way == 2)
        text[0] = '\0';
    else if (way == 3)
        snprintf(text, sizeof text, "%.*s", cut, old);
    else
        snprintf(text, sizeof text, way == 4 ? "%s 1" : "-%s", old);
    if (way > 0)
        ck_assert_int_eq(json_object_set_new(metadata, name, json_string(text)), 0);
}

/* Gone, NaN or -1, a huge number, zero, of another type, of another shape. */
static void damage_tensor(const parts *p, const char *name, int way)
{
    static const int fill[] = {0, 0xff, 0x7f, 0};
    json_t *tensor = json_incref(json_object_get(p->header, name));
    json_t *offsets = json_object_get(tensor, "data_offsets");
    const json_int_t first = json_integer_value(json_array_get(offsets, 0)),
                     end = json_integer_value(json_array_get(offsets, 1));
    const char *type = json_string_value(json_object_get(tensor, "dtype"));
    if (way == 0) {
        json_object_del(p->header, name);
        json_object_set(p->header, "another", tensor);
    } else if (way < 4 && end > first) {
        memset(p->content + p->data + first, fill[way], end - first < 8 ? 1 : 8);
    } else if (way == 4) {
        const char *other = strcmp(type, "F64") == 0   ? "I64"
                            : strcmp(type, "I64") == 0 ? "F64"
                                                       : "U8";
        json_object_set_new(tensor, "dtype", json_string(other));
    } else {
        json_array_append_new(json_object_get(tensor, "shape"), json_integer(1));
    }
    json_decref(tensor);
}

static void parts_write(const parts *p, const char *path)
{
    char *text = json_dumps(p->header, JSON_COMPACT);
    const size_t length = strlen(text), blanks = (8 - length % 8) % 8;
    const uint64_t whole = length + blanks;
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fwrite(&whole, sizeof whole, 1, file);
    fwrite(text, 1, length, file);
    fwrite("        ", 1, blanks, file);
    fwrite(p->content + p->data, 1, p->size - p->data, file);
    ck_assert_int_eq(fclose(file), 0);
    free(text);
}

const char *support_damage_part(const char *from, const char *to, size_t part, int way)
{
    static char name[300];
    parts p = parts_of(from);
    const bool is_metadata = part < json_object_size(p.metadata);
    json_t *object = is_metadata ? p.metadata : p.header;
    size_t left = is_metadata ? part : part - json_object_size(p.metadata);
    void *it = json_object_iter(object);
    for (; it; it = json_object_iter_next(object, it)) {
        const bool counts = strcmp(json_object_iter_key(it), "__metadata__") != 0;
        if (counts && left == 0)
            break;
        left -= counts;
    }
    ck_assert_ptr_nonnull(it);
    snprintf(name, sizeof name, "%s", json_object_iter_key(it));
    if (is_metadata)
        damage_metadata(p.metadata, name, way);
    else
        damage_tensor(&p, name, way);
    parts_write(&p, to);
    parts_release(&p);
    return name;
}
