#include "pth_file.h"

#include "support.h"

#include <math.h>

/* --- pickles ---------------------------------------------------------------------------------- */

void pth_opcodes(pth_bytes *pickle, const char *opcodes)
{
    pth_append(pickle, opcodes, strlen(opcodes));
}

void pth_text(pth_bytes *pickle, const char *text)
{
    pth_append(pickle, "X", 1);
    pth_append_number(pickle, strlen(text), 4);
    pth_opcodes(pickle, text);
}

void pth_integer(pth_bytes *pickle, int64_t number)
{
    const bool small = number >= INT32_MIN && number <= INT32_MAX;
    pth_append(pickle, small ? "J" : "\x8a\x08", small ? 1 : 2);
    pth_append_number(pickle, (uint64_t)number, small ? 4 : 8);
}

void pth_name(pth_bytes *pickle, const char *module, const char *name)
{
    pth_opcodes(pickle, "c");
    pth_opcodes(pickle, module);
    pth_opcodes(pickle, "\n");
    pth_opcodes(pickle, name);
    pth_opcodes(pickle, "\n");
}

static void append_stacked_name(pth_bytes *pickle, const char *module, const char *name)
{
    const char *const parts[] = {module, name};
    for (int i = 0; i < 2; i++) {
        pth_append(pickle, "\x8c", 1);
        pth_append_number(pickle, strlen(parts[i]), 1);
        pth_opcodes(pickle, parts[i]);
        pth_append(pickle, "\x94", 1);
    }
    pth_append(pickle, "\x93\x94", 2);
}

typedef void name_writer(pth_bytes *pickle, const char *module, const char *name);

static void append_sizes(pth_bytes *pickle, const int64_t *sizes, size_t n)
{
    pth_opcodes(pickle, "(");
    for (size_t i = 0; i < n; i++)
        pth_integer(pickle, sizes[i]);
    pth_opcodes(pickle, "t");
}

static void append_storage(pth_bytes *pickle, const pth_view *v, name_writer *name, size_t untyped)
{
    char type[40];
    snprintf(type, sizeof type, "%sStorage", v->type);
    pth_opcodes(pickle, "(");
    pth_text(pickle, "storage");
    if (untyped)
        name(pickle, "torch.storage", "UntypedStorage");
    else
        name(pickle, "torch", type);
    pth_text(pickle, v->key);
    pth_text(pickle, "cuda:0");
    pth_integer(pickle, untyped ? v->n * (int64_t)untyped : v->n);
    pth_opcodes(pickle, "tQ");
}

/* As a tensor of a type in a storage of bytes, if the bytes of an element are given. */
static void append_tensor(pth_bytes *pickle, const pth_view *v, name_writer *name, size_t untyped)
{
    name(pickle, "torch._utils", untyped ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
    pth_opcodes(pickle, "(");
    append_storage(pickle, v, name, untyped);
    pth_integer(pickle, v->offset);
    append_sizes(pickle, v->shape, v->n_dims);
    append_sizes(pickle, v->stride, v->n_dims);
    pth_append(pickle, "\x89", 1);
    name(pickle, "collections", "OrderedDict");
    pth_opcodes(pickle, ")R");
    if (untyped)
        name(pickle, "torch", "float32");
    pth_opcodes(pickle, "tR");
}

void pth_tensor(pth_bytes *pickle, const pth_view *view)
{
    append_tensor(pickle, view, pth_name, 0);
}

void pth_write(const char *path, const pth_bytes *pickle, const void *data, size_t size)
{
    pth_zip zip = {0};
    pth_zip_add(&zip, "m/data.pkl", pickle->data, pickle->size);
    pth_zip_add(&zip, "m/data/0", data, size);
    pth_zip_end(&zip);
    support_write(path, zip.file.data, zip.file.size);
    free(zip.file.data);
}

/* --- elements ----------------------------------------------------------------------------------
 */

/* A value that has to be exact as the type. */
static uint64_t bits_as(const char *type, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (strcmp(type, "Double") == 0) {
        const double wide = (double)value;
        uint64_t wide_bits;
        memcpy(&wide_bits, &wide, sizeof wide_bits);
        return wide_bits;
    }
    if (strcmp(type, "BFloat16") == 0)
        return bits >> 16;
    if (strcmp(type, "Half") != 0)
        return bits;
    const uint32_t exponent = bits >> 23 & 255, sign = bits >> 16 & 0x8000;
    if (exponent == 255)
        return sign | 0x7c00 | (bits >> 13 & 0x3ff);
    if (exponent > 112)
        return sign | (exponent - 112) << 10 | (bits >> 13 & 0x3ff);
    return sign | (uint32_t)ldexpf(fabsf(value), 24);
}

static size_t size_of(const char *type)
{
    return strcmp(type, "Double") == 0 ? 8 : strcmp(type, "Float") == 0 ? 4 : 2;
}

static void append_element(pth_bytes *record, const pth_options *o, float value)
{
    const size_t size = size_of(o->type);
    uint64_t bits = bits_as(o->type, value), turned = 0;
    for (size_t i = 0; i < size; i++)
        turned |= (bits >> (8 * i) & 255) << (8 * (size - 1 - i));
    pth_append_number(record, o->big_endian ? turned : bits, size);
}

/* --- networks ----------------------------------------------------------------------------------
 */

typedef struct writer {
    const pth_options *o;
    name_writer *name;
    pth_bytes pickle;
    pth_zip zip;
    int n; /* storages */
} writer;

static void add_record(writer *w, const char *name, const void *data, size_t size)
{
    char path[1000];
    snprintf(path, sizeof path, "%s/%s", w->o->root, name);
    pth_zip_add(&w->zip, path, data, size);
}

/* A parameter's storage and the view of it; the last element of the storage is in no view. */
static pth_view add_storage(writer *w, const snnfe_parameter_info *info, const float *values)
{
    static char key[16];
    pth_view v = {.type = w->o->type, .key = key, .n = (int64_t)info->count + 3, .offset = 2};
    pth_bytes record = {0};
    v.n_dims = info->n_dims;
    int64_t stride = 1;
    for (size_t i = 0; i < v.n_dims; i++) { /* reversed: the first dimension is the densest */
        const size_t d = w->o->turned ? i : v.n_dims - 1 - i;
        v.shape[d] = (int64_t)info->shape[d];
        v.stride[d] = stride;
        stride *= v.shape[d];
    }
    float *stored = calloc((size_t)v.n, sizeof *stored);
    for (size_t i = 0; i < info->count; i++) {
        size_t rest = i;
        int64_t at = v.offset;
        for (size_t d = v.n_dims; d-- > 0;) {
            at += (int64_t)(rest % info->shape[d]) * v.stride[d];
            rest /= info->shape[d];
        }
        stored[at] = values[i];
    }
    for (int64_t i = 0; i < v.n; i++)
        append_element(&record, w->o, stored[i]);
    char name[32];
    snprintf(key, sizeof key, "%d", w->n++);
    snprintf(name, sizeof name, "data/%s", key);
    add_record(w, name, record.data, record.size);
    free(record.data);
    free(stored);
    return v;
}

static void add_item(writer *w, const char *name, const pth_view *v)
{
    char whole[200];
    snprintf(whole, sizeof whole, "%s%s", w->o->prefix ? w->o->prefix : "", name);
    pth_text(&w->pickle, whole);
    if (w->o->parameters) {
        w->name(&w->pickle, "torch._utils", "_rebuild_parameter");
        pth_opcodes(&w->pickle, "(");
    }
    append_tensor(&w->pickle, v, w->name, w->o->untyped ? size_of(v->type) : 0);
    if (w->o->parameters) {
        pth_append(&w->pickle, "\x88", 1);
        w->name(&w->pickle, "collections", "OrderedDict");
        pth_opcodes(&w->pickle, ")RtR");
    }
}

/* "snn.tc1_vdecay" is also "snn.temp_conv1.vdecay"; false if it has no second name. */
static bool second_name(char second[64], const char *name)
{
    static const char *const modules[][2] = {{"c1", "conv1"}, {"c2", "conv2"},
                                             {"c3", "conv3"}, {"tc1", "temp_conv1"},
                                             {"r1", "rec1"},  {"f1", "fc1"}};
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        const size_t n = strlen(modules[i][0]);
        if (strncmp(name + 4, modules[i][0], n) == 0 && name[4 + n] == '_') {
            snprintf(second, 64, "snn.%s.%s", modules[i][1], name + 4 + n + 1);
            return true;
        }
    }
    return false;
}

static void add_parameter(writer *w, const snnfe_network *network, size_t index)
{
    snnfe_parameter_info info = {.struct_size = sizeof info};
    char second[64];
    assert_ok(snnfe_network_parameter(network, index, &info));
    float *values = malloc(info.count * sizeof *values);
    assert_ok(snnfe_network_get(network, info.name, values, info.count));
    pth_view view = add_storage(w, &info, values);
    const bool decay = second_name(second, info.name);
    if (!decay || !w->o->only_second_names)
        add_item(w, info.name, &view);
    if (w->o->other_seconds)
        values[info.count - 1] *= 0.5F;
    if (decay && w->o->copied_seconds)
        view = add_storage(w, &info, values);
    if (decay && (w->o->second_names || w->o->only_second_names || w->o->copied_seconds))
        add_item(w, second, &view);
    free(values);
}

/* What is dropped: a number, a text, a list of floats and None, a long number, a dictionary. */
static void add_extras(writer *w)
{
    pth_bytes *p = &w->pickle;
    pth_text(p, "trial");
    pth_integer(p, 300);
    pth_text(p, "name");
    pth_text(p, "a run");
    pth_text(p, "losses");
    pth_append(p, "](G\0\0\0\0\0\0\0\0NK\7e", 15);
    pth_text(p, "seed");
    pth_append(p, "\x8a\x0a\1\2\3\4\5\6\7\x08\x09\x0a", 12);
    pth_text(p, "optimizer_state_dict");
    pth_opcodes(p, "}(");
    pth_integer(p, 0);
    pth_opcodes(p, "}");
    pth_text(p, "lr");
    pth_append(p, "G\x3f\x50\x62\x4d\xd2\xf1\xa9\xfcs", 10);
    pth_integer(p, 1);
    pth_opcodes(p, "]Nau");
}

static void add_dictionary(writer *w, const snnfe_network *network)
{
    w->name(&w->pickle, "collections", "OrderedDict");
    pth_opcodes(&w->pickle, ")R(");
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++)
        add_parameter(w, network, i);
    if (w->o->extras)
        add_extras(w);
    pth_opcodes(&w->pickle, "u}");
    pth_text(&w->pickle, "_metadata");
    pth_opcodes(&w->pickle, ")sb");
}

void pth_write_network(const char *path, const snnfe_network *network, const pth_options *options)
{
    pth_options o = *options;
    o.type = o.type ? o.type : "Float";
    o.root = o.root ? o.root : "m";
    writer w = {.o = &o,
                .name = o.protocol4 ? append_stacked_name : pth_name,
                .zip = {.wide = o.wide, .later = o.later, .unchecked = o.unchecked}};
    pth_append(&w.pickle, o.protocol4 ? "\x80\4\x95\0\0\0\0\0\0\0\0" : "\x80\2",
               o.protocol4 ? 11 : 2);
    if (o.entry) {
        pth_opcodes(&w.pickle, "}(");
        add_extras(&w);
        pth_text(&w.pickle, o.entry);
    }
    add_dictionary(&w, network);
    pth_opcodes(&w.pickle, o.entry ? "u." : ".");
    add_record(&w, "data.pkl", w.pickle.data, w.pickle.size);
    add_record(&w, "byteorder", o.big_endian ? "big" : "little", o.big_endian ? 3 : 6);
    add_record(&w, "version", "3\n", 2);
    pth_zip_end(&w.zip);
    support_write(path, w.zip.file.data, w.zip.file.size);
    free(w.zip.file.data);
    free(w.pickle.data);
}
