#include "file.h"
#include "json.h"
#include "memory.h"
#include "tensors_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_VALUES 2000000 /* of the header: 100000 tensors have fewer */
#define MAX_HEADER (UINT64_C(100) << 20)
#define MAX_TENSORS 100000
#define PREFIX 8 /* bytes of the header's length */

struct snnfe_tensors {
    char *path;
    int fd;
    uint64_t data_start; /* byte in the file */
    size_t n;
    snnfe_tensor_info *infos; /* in the order of their offsets */
    json_t *header;           /* owns the names and the metadata */
    snnfe_tensors_source
        source; /* of tensors that are not read from `fd`; then there is no header */
};

static snnfe_status read_at(const snnfe_tensors *t, uint64_t offset, void *out, uint64_t size)
{
    const snnfe_status status = snnfe_file_read_at(t->fd, offset, out, size);
    return status == SNNFE_OK ? SNNFE_OK : snnfe_fail_prefix(status, "%s", t->path);
}

static snnfe_status parse_dtype(const snnfe_tensors *t, const char *name, const json_t *entry,
                                snnfe_dtype *dtype)
{
    const char *text = json_string_value(json_object_get(entry, "dtype"));
    if (!text)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: tensor \"%s\" has no dtype", t->path, name);
    for (int d = SNNFE_U8; d <= SNNFE_F64; d++)
        if (strcmp(text, snnfe_dtype_name((snnfe_dtype)d)) == 0) {
            *dtype = (snnfe_dtype)d;
            return SNNFE_OK;
        }
    return snnfe_fail(SNNFE_ERR_UNSUPPORTED, "%s: tensor \"%s\" has dtype \"%.20s\"", t->path, name,
                      text);
}

/* A JSON integer that is not negative. */
static bool get_size(const json_t *value, uint64_t *size)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *size = (uint64_t)json_integer_value(value);
    return true;
}

static snnfe_status parse_shape(const snnfe_tensors *t, const json_t *entry,
                                snnfe_tensor_info *info)
{
    const json_t *shape = json_object_get(entry, "shape");
    if (!json_is_array(shape) || json_array_size(shape) > SNNFE_MAX_DIMENSIONS)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: tensor \"%s\": shape is no array of at most %d sizes", t->path,
                          info->name, SNNFE_MAX_DIMENSIONS);
    info->n_dims = (uint32_t)json_array_size(shape);
    info->count = 1;
    for (uint32_t d = 0; d < info->n_dims; d++) {
        uint64_t size = 0;
        if (!get_size(json_array_get(shape, d), &size))
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: tensor \"%s\": size %u is no whole number",
                              t->path, info->name, (unsigned)d);
        if (size != 0 && info->count > (UINT64_C(1) << 60) / size)
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: tensor \"%s\" is too large", t->path,
                              info->name);
        info->shape[d] = size;
        info->count *= size;
    }
    return SNNFE_OK;
}

static snnfe_status parse_offsets(const snnfe_tensors *t, const json_t *entry, uint64_t data_size,
                                  snnfe_tensor_info *info)
{
    const json_t *offsets = json_object_get(entry, "data_offsets");
    uint64_t begin = 0, end = 0;
    if (!json_is_array(offsets) || json_array_size(offsets) != 2 ||
        !get_size(json_array_get(offsets, 0), &begin) ||
        !get_size(json_array_get(offsets, 1), &end))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: tensor \"%s\": data_offsets are no two sizes",
                          t->path, info->name);
    const uint64_t size = info->count * snnfe_dtype_size(info->dtype);
    if (begin > end || end > data_size || end - begin != size)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: tensor \"%s\": data_offsets [%llu, %llu] do not hold %llu bytes "
                          "within the file's %llu (is the file truncated?)",
                          t->path, info->name, (unsigned long long)begin, (unsigned long long)end,
                          (unsigned long long)size, (unsigned long long)data_size);
    info->offset = begin;
    return SNNFE_OK;
}

static int by_offset(const void *a, const void *b)
{
    const snnfe_tensor_info *x = a, *y = b;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return (x->count > y->count) - (x->count < y->count); /* empty ones first */
}

static snnfe_status check_gaps(const snnfe_tensors *t, uint64_t data_size)
{
    uint64_t end = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->infos[i].offset != end)
            return snnfe_fail(SNNFE_ERR_FORMAT,
                              "%s: tensor \"%s\" begins at %llu where %llu is expected", t->path,
                              t->infos[i].name, (unsigned long long)t->infos[i].offset,
                              (unsigned long long)end);
        end += t->infos[i].count * snnfe_dtype_size(t->infos[i].dtype);
    }
    if (end != data_size)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %llu bytes of data, %llu described", t->path,
                          (unsigned long long)data_size, (unsigned long long)end);
    return SNNFE_OK;
}

static snnfe_status check_metadata(const snnfe_tensors *t, json_t *metadata)
{
    const char *key;
    json_t *value;
    if (!json_is_object(metadata))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: __metadata__ is no object", t->path);
    json_object_foreach (metadata, key, value)
        if (!json_is_string(value))
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: metadata \"%s\" is no string", t->path, key);
    return SNNFE_OK;
}

static snnfe_status parse_header(snnfe_tensors *t, uint64_t data_size)
{
    const size_t n = json_object_size(t->header);
    if (n > MAX_TENSORS)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has %zu tensors, more than %d", t->path, n,
                          MAX_TENSORS);
    t->infos = snnfe_alloc(n, sizeof *t->infos);
    if (!t->infos)
        return SNNFE_ERR_MEMORY;
    for (void *i = json_object_iter(t->header); i; i = json_object_iter_next(t->header, i)) {
        json_t *entry = json_object_iter_value(i);
        if (strcmp(json_object_iter_key(i), "__metadata__") == 0) {
            SNNFE_TRY(check_metadata(t, entry));
            continue;
        }
        snnfe_tensor_info *info = &t->infos[t->n++];
        info->name = json_object_iter_key(i);
        SNNFE_TRY(parse_dtype(t, info->name, entry, &info->dtype));
        SNNFE_TRY(parse_shape(t, entry, info));
        SNNFE_TRY(parse_offsets(t, entry, data_size, info));
    }
    qsort(t->infos, t->n, sizeof *t->infos, by_offset);
    return check_gaps(t, data_size);
}

static snnfe_status load_header(snnfe_tensors *t)
{
    struct stat info;
    if (fstat(t->fd, &info) != 0)
        return snnfe_fail(SNNFE_ERR_IO, "%s: cannot read: %s", t->path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return snnfe_fail(SNNFE_ERR_IO, "%s: is not a regular file", t->path);
    const uint64_t file_size = (uint64_t)info.st_size;
    uint8_t prefix[PREFIX];
    if (file_size < PREFIX)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: %llu bytes are no safetensors file", t->path,
                          (unsigned long long)file_size);
    SNNFE_TRY(read_at(t, 0, prefix, PREFIX));
    uint64_t length = 0;
    for (int i = PREFIX - 1; i >= 0; i--)
        length = length << 8 | prefix[i];
    if (length > file_size - PREFIX && memcmp(prefix, "PK\3\4", 4) == 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: is a zip archive, such as a network of PyTorch, where a safetensors "
                          "file is expected",
                          t->path);
    if (length > MAX_HEADER || length > file_size - PREFIX)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: header length %llu does not fit a file of %llu bytes", t->path,
                          (unsigned long long)length, (unsigned long long)file_size);
    char *text = snnfe_alloc_raw((size_t)length, 1);
    if (!text)
        return SNNFE_ERR_MEMORY;
    snnfe_status status = read_at(t, PREFIX, text, length);
    if (status == SNNFE_OK)
        status = snnfe_json_parse(&t->header, text, (size_t)length, MAX_VALUES);
    if (status == SNNFE_OK && !json_is_object(t->header))
        status = snnfe_fail(SNNFE_ERR_FORMAT, "no object");
    if (status == SNNFE_ERR_FORMAT)
        status =
            snnfe_fail(status, "%s: header is no JSON object: %s", t->path, snnfe_last_error());
    snnfe_release(text);
    if (status != SNNFE_OK)
        return status;
    t->data_start = PREFIX + length;
    return parse_header(t, file_size - t->data_start);
}

snnfe_status snnfe_tensors_open(snnfe_tensors **tensors, const char *path)
{
    snnfe_tensors *t = snnfe_alloc(1, sizeof *t);
    if (!t)
        return SNNFE_ERR_MEMORY;
    snnfe_status status = SNNFE_OK;
    t->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    t->path = snnfe_duplicate_string(path);
    if (!t->path)
        status = SNNFE_ERR_MEMORY;
    else if (t->fd < 0)
        status = snnfe_fail(SNNFE_ERR_IO, "%s: cannot open: %s", path, strerror(errno));
    else
        status = load_header(t);
    if (status != SNNFE_OK) {
        snnfe_tensors_close(t);
        return status;
    }
    *tensors = t;
    return SNNFE_OK;
}

snnfe_status snnfe_tensors_from_source(snnfe_tensors **tensors, const char *path,
                                       snnfe_tensor_info *infos, size_t n,
                                       snnfe_tensors_source source)
{
    snnfe_tensors *t = snnfe_alloc(1, sizeof *t);
    char *own_path = t ? snnfe_duplicate_string(path) : NULL;
    if (!own_path) {
        snnfe_release(t);
        return SNNFE_ERR_MEMORY;
    }
    *t = (snnfe_tensors){.path = own_path, .fd = -1, .n = n, .infos = infos, .source = source};
    *tensors = t;
    return SNNFE_OK;
}

void snnfe_tensors_close(snnfe_tensors *t)
{
    if (!t)
        return;
    if (t->source.close)
        t->source.close(t->source.context);
    if (t->fd >= 0)
        close(t->fd);
    json_decref(t->header);
    snnfe_release(t->infos);
    snnfe_release(t->path);
    snnfe_release(t);
}

size_t snnfe_tensors_count(const snnfe_tensors *t)
{
    return t->n;
}

const snnfe_tensor_info *snnfe_tensors_at(const snnfe_tensors *t, size_t index)
{
    return &t->infos[index];
}

const snnfe_tensor_info *snnfe_tensors_find(const snnfe_tensors *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(t->infos[i].name, name) == 0)
            return &t->infos[i];
    return NULL;
}

const char *snnfe_tensors_metadata(const snnfe_tensors *t, const char *key)
{
    return json_string_value(json_object_get(json_object_get(t->header, "__metadata__"), key));
}

#define SHAPE_TEXT_SIZE (SNNFE_MAX_DIMENSIONS * sizeof ", 18446744073709551615")

static void shape_text(char text[SHAPE_TEXT_SIZE], uint32_t n_dims, const uint64_t *shape)
{
    size_t used = 0;
    text[0] = '\0';
    for (uint32_t d = 0; d < n_dims; d++)
        used += (size_t)snnfe_format(text + used, SHAPE_TEXT_SIZE - used, "%s%llu", d ? ", " : "",
                                     (unsigned long long)shape[d]);
}

static snnfe_status check_finite(const snnfe_tensors *t, const snnfe_tensor_info *info,
                                 const void *data)
{
    for (uint64_t i = 0; i < info->count; i++) {
        const double value =
            info->dtype == SNNFE_F32 ? (double)((const float *)data)[i] : ((const double *)data)[i];
        if (!isfinite(value))
            return snnfe_fail(SNNFE_ERR_NONFINITE, "%s: tensor \"%s\": value %llu is %g", t->path,
                              info->name, (unsigned long long)i, value);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_tensors_expect(const snnfe_tensors *t, const char *name, snnfe_dtype dtype,
                                  uint32_t n_dims, const uint64_t *shape,
                                  const snnfe_tensor_info **found)
{
    const snnfe_tensor_info *info = snnfe_tensors_find(t, name);
    if (!info)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: tensor \"%s\" is missing", t->path, name);
    bool same = info->dtype == dtype && info->n_dims == n_dims;
    for (uint32_t d = 0; same && d < n_dims; d++)
        same = info->shape[d] == shape[d];
    if (!same) {
        char has[SHAPE_TEXT_SIZE], wanted[SHAPE_TEXT_SIZE];
        shape_text(has, info->n_dims, info->shape);
        shape_text(wanted, n_dims, shape);
        return snnfe_fail(SNNFE_ERR_SHAPE, "%s: tensor \"%s\" is %s [%s], not %s [%s]", t->path,
                          name, snnfe_dtype_name(info->dtype), has, snnfe_dtype_name(dtype),
                          wanted);
    }
    *found = info;
    return SNNFE_OK;
}

static snnfe_status read_from_file(const snnfe_tensors *t, const snnfe_tensor_info *info, void *out)
{
    const size_t size = snnfe_dtype_size(info->dtype);
    SNNFE_TRY(read_at(t, t->data_start + info->offset, out, info->count * size));
    if (!snnfe_little_endian())
        snnfe_swap_bytes(out, (size_t)info->count, size);
    return SNNFE_OK;
}

static snnfe_status read_from_source(const snnfe_tensors *t, const snnfe_tensor_info *info,
                                     void *out)
{
    const snnfe_status status = t->source.read(t->source.context, (size_t)(info - t->infos), out);
    return status == SNNFE_OK ? SNNFE_OK : snnfe_fail_prefix(status, "%s", t->path);
}

snnfe_status snnfe_tensors_read(snnfe_tensors *t, const char *name, snnfe_dtype dtype,
                                uint32_t n_dims, const uint64_t *shape, bool allow_nonfinite,
                                void *out)
{
    const snnfe_tensor_info *info = NULL;
    SNNFE_TRY(snnfe_tensors_expect(t, name, dtype, n_dims, shape, &info));
    SNNFE_TRY(t->source.read ? read_from_source(t, info, out) : read_from_file(t, info, out));
    if (!allow_nonfinite && (dtype == SNNFE_F32 || dtype == SNNFE_F64))
        return check_finite(t, info, out);
    return SNNFE_OK;
}
