#include "network/torch_file.h"

#include "base/file.h"
#include "base/format.h"
#include "base/memory.h"
#include "network/torch_names.h"
#include "network/torch_state.h"
#include "network/torch_values.h"
#include "network/torch_zip.h"

#include <string.h>

#define MAX_PICKLE (UINT64_C(16) << 20)
#define MAX_ORDER 16 /* bytes of the record with the byte order */

/* Neurons' decays are in the published model twice: its layers' modules have them, too. */
static const char *const second_names[][2] = {
    {"snn.conv1.vdecay", "snn.c1_vdecay"},       {"snn.conv1.cdecay", "snn.c1_cdecay"},
    {"snn.conv2.vdecay", "snn.c2_vdecay"},       {"snn.conv2.cdecay", "snn.c2_cdecay"},
    {"snn.conv3.vdecay", "snn.c3_vdecay"},       {"snn.conv3.cdecay", "snn.c3_cdecay"},
    {"snn.temp_conv1.vdecay", "snn.tc1_vdecay"}, {"snn.temp_conv1.cdecay", "snn.tc1_cdecay"},
    {"snn.rec1.vdecay", "snn.r1_vdecay"},        {"snn.rec1.cdecay", "snn.r1_cdecay"},
    {"snn.fc1.vdecay", "snn.f1_vdecay"},         {"snn.fc1.cdecay", "snn.f1_cdecay"},
};
#define N_SECOND_NAMES (sizeof second_names / sizeof second_names[0])

typedef struct torch_file {
    snnfe_zip zip;
    const char *root; /* of the records' names, with the '/' at its end; not terminated */
    size_t root_length;
    bool big_endian;
    snnfe_torch_state state;
} torch_file;

/* --- records -----------------------------------------------------------------------------------
 */

static const snnfe_zip_record *find_record(const torch_file *f, const char *folder,
                                           const char *name)
{
    char whole[1024]; /* PyTorch names the folder after the file */
    const int length =
        snnfe_format(whole, sizeof whole, "%.*s%s%s", (int)f->root_length, f->root, folder, name);
    if (length < 0 || (size_t)length >= sizeof whole)
        return NULL;
    return snnfe_zip_find(&f->zip, whole, (size_t)length);
}

/* The one record "ROOT/data.pkl". */
static snnfe_status find_root(torch_file *f, const snnfe_zip_record **pickle)
{
    static const char name[] = "/data.pkl";
    const size_t n = sizeof name - 1;
    for (size_t i = 0; i < f->zip.n_records; i++) {
        const snnfe_zip_record *r = &f->zip.records[i];
        if (r->name_length <= n || memcmp(r->name + r->name_length - n, name, n) != 0 ||
            memchr(r->name, '/', r->name_length - n))
            continue;
        if (*pickle)
            return snnfe_fail(SNNFE_ERR_FORMAT, "is a zip archive with two data.pkl");
        *pickle = r;
        f->root = r->name;
        f->root_length = r->name_length - n + 1;
    }
    if (!*pickle)
        return snnfe_fail(
            SNNFE_ERR_FORMAT,
            "is a zip archive, but none of PyTorch: it holds no data.pkl in a folder");
    if (find_record(f, "", "constants.pkl"))
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "is a TorchScript model; open it with torch.jit.load in PyTorch and save "
                          "its state_dict() with torch.save");
    return SNNFE_OK;
}

static snnfe_status read_byte_order(torch_file *f)
{
    const snnfe_zip_record *record = find_record(f, "", "byteorder");
    uint8_t *text = NULL;
    if (!record)
        return SNNFE_OK; /* older files, which are little-endian */
    SNNFE_TRY(snnfe_zip_read(&f->zip, record, MAX_ORDER, &text));
    const size_t n = (size_t)record->size;
    f->big_endian = n == 3 && memcmp(text, "big", n) == 0;
    const bool known = f->big_endian || (n == 6 && memcmp(text, "little", n) == 0);
    snnfe_release(text);
    return known ? SNNFE_OK
                 : snnfe_fail(SNNFE_ERR_FORMAT,
                              "its record \"byteorder\" is neither \"little\" nor \"big\"");
}

static snnfe_status read_state(torch_file *f, const snnfe_zip_record *record)
{
    uint8_t *data = NULL;
    snnfe_pickle pickle;
    snnfe_pickle_value root;
    SNNFE_TRY(snnfe_zip_read(&f->zip, record, MAX_PICKLE, &data));
    snnfe_status status = snnfe_pickle_read(&pickle, data, (size_t)record->size, &root);
    if (status == SNNFE_OK)
        status = snnfe_torch_state_read(&f->state, &pickle, root);
    snnfe_pickle_release(&pickle);
    snnfe_release(data);
    return status;
}

/* --- tensors -----------------------------------------------------------------------------------
 */

static snnfe_status find_storage(const torch_file *f, const snnfe_torch_tensor *t,
                                 const snnfe_zip_record **record)
{
    *record = find_record(f, "data/", t->storage);
    if (!*record || (*record)->size != t->storage_size)
        return snnfe_fail(
            SNNFE_ERR_FORMAT, "tensor \"%s\": record data/%s %s%llu bytes that its pickle says",
            t->name, t->storage, *record ? "does not have the " : "is missing, and so are the ",
            (unsigned long long)t->storage_size);
    return SNNFE_OK;
}

static snnfe_status read_values(const torch_file *f, const snnfe_torch_tensor *t, float *out)
{
    const snnfe_zip_record *record = NULL;
    uint8_t *storage = NULL;
    SNNFE_TRY(find_storage(f, t, &record));
    SNNFE_TRY(snnfe_zip_read(&f->zip, record, f->zip.file_size, &storage));
    snnfe_torch_values(t, storage, f->big_endian, out);
    snnfe_release(storage);
    return SNNFE_OK;
}

static snnfe_status check_tensors(const torch_file *f)
{
    for (size_t i = 0; i < f->state.n; i++) {
        const snnfe_torch_tensor *t = &f->state.tensors[i];
        const snnfe_zip_record *record = NULL;
        if (t->type >= SNNFE_TORCH_OTHER_TYPES)
            return snnfe_fail(SNNFE_ERR_FORMAT,
                              "tensor \"%s\" is %s, not float32, float64, float16 or bfloat16",
                              t->name, snnfe_torch_type_name(t->type));
        SNNFE_TRY(find_storage(f, t, &record));
        if (t->count * snnfe_torch_type_size(t->type) > f->zip.file_size)
            return snnfe_fail(SNNFE_ERR_FORMAT, "tensor \"%s\" is larger than the file", t->name);
    }
    return SNNFE_OK;
}

static snnfe_torch_tensor *find_tensor(const torch_file *f, const char *name)
{
    for (size_t i = 0; i < f->state.n; i++)
        if (strcmp(f->state.tensors[i].name, name) == 0)
            return &f->state.tensors[i];
    return NULL;
}

static bool same_view(const snnfe_torch_tensor *a, const snnfe_torch_tensor *b)
{
    return strcmp(a->storage, b->storage) == 0 && a->type == b->type && a->offset == b->offset &&
           memcmp(a->stride, b->stride, sizeof a->stride) == 0;
}

static snnfe_status check_equal(const torch_file *f, const snnfe_torch_tensor *a,
                                const snnfe_torch_tensor *b)
{
    bool same = a->n_dims == b->n_dims && memcmp(a->shape, b->shape, sizeof a->shape) == 0;
    if (same && !same_view(a, b)) {
        float *values_a = snnfe_alloc_raw((size_t)a->count, sizeof(float));
        float *values_b = values_a ? snnfe_alloc_raw((size_t)b->count, sizeof(float)) : NULL;
        snnfe_status status = values_b ? read_values(f, a, values_a) : SNNFE_ERR_MEMORY;
        if (status == SNNFE_OK)
            status = read_values(f, b, values_b);
        if (status == SNNFE_OK)
            same = memcmp(values_a, values_b, (size_t)a->count * sizeof(float)) == 0;
        snnfe_release(values_a);
        snnfe_release(values_b);
        SNNFE_TRY(status);
    }
    return same ? SNNFE_OK
                : snnfe_fail(SNNFE_ERR_FORMAT,
                             "tensors \"%s\" and \"%s\" are one parameter, but differ", a->name,
                             b->name);
}

static void remove_tensor(snnfe_torch_state *state, snnfe_torch_tensor *t)
{
    snnfe_release(t->name);
    snnfe_release(t->storage);
    *t = state->tensors[--state->n];
}

static snnfe_status merge_second_names(torch_file *f)
{
    for (size_t i = 0; i < N_SECOND_NAMES; i++) {
        snnfe_torch_tensor *second = find_tensor(f, second_names[i][0]);
        const snnfe_torch_tensor *first = find_tensor(f, second_names[i][1]);
        if (second && first) {
            SNNFE_TRY(check_equal(f, first, second));
            remove_tensor(&f->state, second);
        } else if (second) {
            char *name = snnfe_duplicate_string(second_names[i][1]);
            if (!name)
                return SNNFE_ERR_MEMORY;
            snnfe_release(second->name);
            second->name = name;
        }
    }
    return SNNFE_OK;
}

/* Tensors may share storages, but not so that little of a file makes much of a network. */
static snnfe_status check_total(const torch_file *f)
{
    uint64_t total = 0;
    for (size_t i = 0; i < f->state.n; i++)
        total += f->state.tensors[i].count * snnfe_torch_type_size(f->state.tensors[i].type);
    if (total > f->zip.file_size)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "its tensors have %llu bytes, more than the file's %llu: they overlap",
                          (unsigned long long)total, (unsigned long long)f->zip.file_size);
    return SNNFE_OK;
}

/* --- the file ----------------------------------------------------------------------------------
 */

static snnfe_status load(torch_file *f, const char *path)
{
    const snnfe_zip_record *pickle = NULL;
    SNNFE_TRY(snnfe_zip_open(&f->zip, path));
    SNNFE_TRY(find_root(f, &pickle));
    SNNFE_TRY(read_byte_order(f));
    SNNFE_TRY(read_state(f, pickle));
    SNNFE_TRY(check_tensors(f));
    SNNFE_TRY(merge_second_names(f));
    return check_total(f);
}

static void close_file(void *context)
{
    torch_file *f = context;
    snnfe_torch_state_release(&f->state);
    snnfe_zip_close(&f->zip);
    snnfe_release(f);
}

static snnfe_status read_tensor(void *context, size_t index, float *out)
{
    const torch_file *f = context;
    return read_values(f, &f->state.tensors[index], out);
}

static snnfe_status wrap(snnfe_tensors **file, torch_file *f, const char *path)
{
    const snnfe_tensors_source source = {f, read_tensor, close_file};
    snnfe_tensor_info *infos = snnfe_alloc(f->state.n, sizeof *infos);
    if (!infos)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < f->state.n; i++) {
        const snnfe_torch_tensor *t = &f->state.tensors[i];
        infos[i] = (snnfe_tensor_info){
            .name = t->name, .dtype = SNNFE_F32, .n_dims = t->n_dims, .count = t->count};
        memcpy(infos[i].shape, t->shape, sizeof t->shape);
    }
    const snnfe_status status = snnfe_tensors_from_source(file, path, infos, f->state.n, source);
    if (status != SNNFE_OK)
        snnfe_release(infos);
    return status;
}

static snnfe_status open_torch(snnfe_tensors **file, const char *path)
{
    torch_file *f = snnfe_alloc(1, sizeof *f);
    if (!f)
        return SNNFE_ERR_MEMORY;
    f->zip.fd = -1;
    snnfe_status status = load(f, path);
    if (status == SNNFE_OK)
        status = wrap(file, f, path);
    if (status == SNNFE_OK)
        return SNNFE_OK;
    close_file(f);
    return snnfe_fail_prefix(status, "%s", path);
}

typedef enum content { SAFETENSORS, ZIP, PICKLE } content;

/* What the first bytes say. A safetensors file begins with a length that may look like anything,
   but then comes its header's "{". */
static snnfe_status recognize(const char *path, content *is)
{
    uint8_t first[9] = {0};
    size_t n = sizeof first;
    SNNFE_TRY(snnfe_file_beginning(path, first, &n));
    const bool pickle = first[0] == 0x80 && first[1] >= 2 && first[1] <= 5;
    if (first[8] == '{')
        *is = SAFETENSORS;
    else if (memcmp(first, "PK\3\4", 4) == 0)
        *is = ZIP;
    else
        *is = pickle ? PICKLE : SAFETENSORS;
    return SNNFE_OK;
}

snnfe_status snnfe_network_file_open(snnfe_tensors **file, const char *path)
{
    content is = SAFETENSORS;
    SNNFE_TRY(recognize(path, &is));
    switch (is) {
    case ZIP:
        return open_torch(file, path);
    case PICKLE:
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: is a pickle, as PyTorch before version 1.6 wrote; open it in "
                          "PyTorch and save its state_dict() with torch.save",
                          path);
    default:
        return snnfe_tensors_open(file, path);
    }
}
