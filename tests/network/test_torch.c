/* Networks in PyTorch's checkpoints: as people save them, damaged, and hostile. */
#include "golden.h"
#include "pth_file.h"
#include "support.h"

#include <math.h>
#include <snnfe/network.h>
#include <unistd.h>

/* Values that every floating-point type holds exactly, the least ones below float16's normal. */
static snnfe_network *exact_network(void)
{
    snnfe_network_options options;
    assert_ok(snnfe_network_options_init(&options, sizeof options));
    options.n_rows = 10;
    options.n_columns = 12;
    options.n_steps = 5;
    options.conv1_channels = 2;
    options.conv2_channels = 3;
    options.conv3_channels = 4;
    options.n_hidden = 5;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &options));
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        float *values = malloc(info.count * sizeof *values);
        for (size_t k = 0; k < info.count; k++)
            values[k] = k % 5 == 0 ? ldexpf((float)(k % 3 + i), -24) : (float)(k % 29 + 1) / 64;
        if (info.kind == SNNFE_PARAMETER_WEIGHT)
            for (size_t k = 0; k < info.count; k += 2)
                values[k] = -values[k];
        assert_ok(snnfe_network_set(network, info.name, values, info.count));
        free(values);
    }
    return network;
}

static void assert_same(const snnfe_network *a, const snnfe_network *b)
{
    ck_assert_uint_eq(snnfe_network_value_count(a), snnfe_network_value_count(b));
    for (size_t i = 0; i < snnfe_network_parameter_count(a); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(a, i, &info));
        float *x = malloc(info.count * sizeof *x), *y = malloc(info.count * sizeof *y);
        assert_ok(snnfe_network_get(a, info.name, x, info.count));
        assert_ok(snnfe_network_get(b, info.name, y, info.count));
        ck_assert_msg(memcmp(x, y, info.count * sizeof *x) == 0, "%s differs", info.name);
        free(x);
        free(y);
    }
}

START_TEST(published_checkpoint_is_the_golden_network)
{
    if (!support_have_shared())
        return;
    snnfe_network *golden = golden_network("on_device_fold1");
    snnfe_network *published = NULL;
    assert_ok(snnfe_network_load(&published, support_shared("paper/models/on_device_fold1.pth")));
    assert_same(golden, published);
    snnfe_network_free(golden);
    snnfe_network_free(published);
}
END_TEST

static const pth_options saved[] = {
    {0},
    {.type = "Double"},
    {.type = "Half"},
    {.type = "BFloat16"},
    {.entry = "state_dict"},
    {.entry = "model_state_dict", .extras = true},
    {.entry = "model", .prefix = "module."},
    {.prefix = "module._orig_mod."},
    {.prefix = "_orig_mod.module.", .second_names = true},
    {.second_names = true},
    {.only_second_names = true},
    {.copied_seconds = true},
    {.extras = true},
    {.parameters = true},
    {.untyped = true},
    {.protocol4 = true, .untyped = true, .parameters = true},
    {.protocol4 = true, .entry = "state_dict"},
    {.big_endian = true},
    {.big_endian = true, .type = "Half"},
    {.turned = true},
    {.turned = true, .type = "Double", .second_names = true},
    {.wide = true},
    {.later = true},
    {.unchecked = true},
    {.wide = true, .later = true, .root = "a name with blanks, 1.0"},
};

START_TEST(checkpoints_as_people_save_them)
{
    const char *path = support_path("saved.pth");
    snnfe_network *network = exact_network(), *loaded = NULL;
    pth_write_network(path, network, &saved[_i]);
    assert_ok(snnfe_network_load(&loaded, path));
    assert_same(network, loaded);
    snnfe_network_free(loaded);
    snnfe_network_free(network);
}
END_TEST

START_TEST(second_names_that_differ)
{
    const char *path = support_path("second.pth");
    snnfe_network *network = exact_network(), *loaded = NULL;
    pth_write_network(path, network, &(pth_options){.copied_seconds = true, .other_seconds = true});
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, "are one parameter, but");
    ck_assert_ptr_null(loaded);
    snnfe_network_free(network);
}
END_TEST

/* --- damaged ------------------------------------------------------------------------------------
 */

START_TEST(cut_off)
{
    const char *path = support_path("whole.pth"), *cut = support_path("cut.pth");
    snnfe_network *network = exact_network(), *loaded = NULL;
    size_t size = 0;
    pth_write_network(path, network, &(pth_options){.wide = true});
    char *content = support_read(path, &size);
    for (size_t n = 0; n < size; n += n < 40 || n + 200 > size ? 1 : 997) {
        support_write(cut, content, n);
        assert_fails(snnfe_network_load(&loaded, cut), SNNFE_ERR_FORMAT, "cut.pth: ");
    }
    content = realloc(content, size + 1);
    content[size] = 0;
    support_write(cut, content, size + 1);
    assert_fails(snnfe_network_load(&loaded, cut), SNNFE_ERR_FORMAT, "is it truncated");
    free(content);
    snnfe_network_free(network);
}
END_TEST

/* With a checksum for every record, a changed byte is found or changes nothing. */
START_TEST(changed_bytes)
{
    static const pth_options kinds[] = {{0}, {.wide = true}, {.later = true}};
    const char *path = support_path("whole.pth"), *changed = support_path("changed.pth");
    snnfe_network *network = exact_network();
    size_t size = 0, refused = 0;
    pth_write_network(path, network, &kinds[_i]);
    uint8_t *content = support_read(path, &size);
    for (size_t at = 0; at<size; at += at> 1000 && at + 6000 < size ? 89 : 1) {
        snnfe_network *loaded = NULL;
        const uint8_t kept = content[at];
        content[at] ^= (uint8_t)(1u << at % 8);
        support_write(changed, content, size);
        if (snnfe_network_load(&loaded, changed) == SNNFE_OK) {
            assert_same(network, loaded);
        } else {
            ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "changed.pth: "));
            refused++;
        }
        snnfe_network_free(loaded);
        content[at] = kept;
    }
    ck_assert_uint_gt(refused, 500);
    free(content);
    snnfe_network_free(network);
}
END_TEST

START_TEST(files_of_other_kinds)
{
    static const char legacy[] = "\x80\2\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.\x80\2M\xe9\3.";
    const char *path = support_path("other.pth");
    snnfe_network *loaded = NULL;
    support_write(path, legacy, sizeof legacy - 1);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT,
                 "before version 1.6 wrote; open it in PyTorch and save its state_dict()");
    support_write(path, "\x80\1}.", 4);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, "no safetensors file");
    support_write(path, "\x80\6}.", 4);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, "no safetensors file");
    support_write(path, "PK\3\4", 4);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, "no zip archive");
    assert_fails(snnfe_network_load(&loaded, support_path("none.pth")), SNNFE_ERR_IO, "none.pth");
    assert_fails(snnfe_network_load(&loaded, support_folder()), SNNFE_ERR_IO, "is a folder");
}
END_TEST

/* --- tensors ------------------------------------------------------------------------------------
 */

static const int64_t big = INT64_C(1) << 62;

#define VIEW(...)                                                                                  \
    {                                                                                              \
        .type = "Float", .key = "0", .n = 4, __VA_ARGS__                                           \
    }

START_TEST(tensors_that_lie)
{
    const struct {
        pth_view view;
        const char *message;
    } cases[] = {
        {VIEW(.n_dims = 1, .shape = {5}, .stride = {1}), "reaches beyond its storage"},
        {VIEW(.n_dims = 1, .shape = {4}, .stride = {2}), "reaches beyond its storage"},
        {VIEW(.n_dims = 1, .shape = {4}, .stride = {1}, .offset = 1), "reaches beyond"},
        {VIEW(.n_dims = 0, .offset = 4), "reaches beyond its storage"},
        {VIEW(.n_dims = 2, .shape = {2, 3}, .stride = {2, 1}), "reaches beyond its storage"},
        {VIEW(.n_dims = 2, .shape = {3, 2}, .stride = {INT64_C(1) << 40, 1}), "reaches beyond"},
        {VIEW(.n_dims = 1, .shape = {1000000000}, .stride = {0}), "is larger than the file"},
        {VIEW(.n_dims = 2, .shape = {1000000, 1000000}, .stride = {0, 0}), "larger than the file"},
        {VIEW(.n_dims = 3, .shape = {1 << 30, 1 << 30, 1 << 30}), "is too large"},
        {VIEW(.n_dims = 2, .shape = {big, big}, .stride = {0, 0}), "no whole number up to 2^40"},
        {VIEW(.n_dims = 1, .shape = {1}, .stride = {big}), "no whole number up to 2^40"},
        {VIEW(.n_dims = 1, .shape = {-1}, .stride = {1}), "no whole number up to 2^40"},
        {VIEW(.n_dims = 1, .shape = {1}, .stride = {-1}), "no whole number up to 2^40"},
        {VIEW(.n_dims = 1, .shape = {1}, .stride = {1}, .offset = -1), "no whole number"},
        {VIEW(.n_dims = 9, .shape = {1, 1, 1, 1, 1, 1, 1, 1, 1}), "of one length, at most 8"},
        {{"Float", "0", 5, 0, 1, {4}, {1}}, "does not have the 20 bytes"},
        {{"Float", "0", big, 0, 1, {4}, {1}}, "has a storage that is not described"},
        {{"Float", "0", -4, 0, 1, {4}, {1}}, "has a storage that is not described"},
        {{"Float", "1", 4, 0, 1, {4}, {1}}, "data/1 is missing"},
        {{"Float", "../0", 4, 0, 1, {4}, {1}}, "data/../0 is missing"},
        {{"Float", "\033[1m", 4, 0, 1, {4}, {1}}, "\"?[1m\" is no name"},
        {{"Long", "0", 2, 0, 1, {2}, {1}}, "is int64, not float32"},
        {{"Bool", "0", 16, 0, 1, {2}, {1}}, "is bool, not float32"},
        {{"QInt8", "0", 16, 0, 1, {2}, {1}}, "it refers to torch.QInt8Storage"},
    };
    const float four[4] = {1, 2, 3, 4};
    const char *path = support_path("tensor.pth");
    snnfe_network *loaded = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pth_bytes pickle = {0};
        pth_opcodes(&pickle, "\x80\2}(");
        pth_text(&pickle, "w");
        pth_tensor(&pickle, &cases[i].view);
        pth_opcodes(&pickle, "u.");
        pth_write(path, &pickle, four, sizeof four);
        free(pickle.data);
        assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, cases[i].message);
    }
}
END_TEST

static void write_twice(const char *path, const char *first, const char *second)
{
    const pth_view view = VIEW(.n_dims = 1, .shape = {4}, .stride = {1});
    const float four[4] = {1, 2, 3, 4};
    pth_bytes pickle = {0};
    pth_opcodes(&pickle, "\x80\2}(");
    pth_text(&pickle, first);
    pth_tensor(&pickle, &view);
    pth_text(&pickle, second);
    pth_tensor(&pickle, &view);
    pth_opcodes(&pickle, "u.");
    pth_write(path, &pickle, four, sizeof four);
    free(pickle.data);
}

START_TEST(names_of_tensors)
{
    const char *path = support_path("names.pth");
    snnfe_network *loaded = NULL;
    write_twice(path, "w", "w");
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, "\"w\" is there twice");
    write_twice(path, "w", "a\nb");
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, "\"a?b\" is no name");
    write_twice(path, "module.", "module.w");
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_NOT_FOUND, "is missing");
}
END_TEST

/* A shape that sizes follow from, of another number of dimensions, or with one of 0; and more
   tensors than are read. */
START_TEST(shapes_that_make_no_network)
{
    static const char name[] = "snn.c1_vdecay";
    static const struct {
        pth_view view;
        const char *message;
    } cases[] = {
        {VIEW(.n_dims = 1, .shape = {4}, .stride = {1}),
         "\"snn.c1_vdecay\" has 1 dimensions, not 4"},
        {VIEW(.n_dims = 4, .shape = {1, 0, 2, 2}, .stride = {1, 1, 1, 1}), "dimension 1 is 0"},
    };
    const float four[4] = {1, 2, 3, 4};
    const char *path = support_path("shapes.pth");
    snnfe_network *loaded = NULL;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pth_bytes pickle = {0};
        pth_opcodes(&pickle, "\x80\2}(");
        pth_integer(&pickle, 1); /* what is no name is left out */
        pth_tensor(&pickle, &cases[i].view);
        pth_text(&pickle, name);
        pth_tensor(&pickle, &cases[i].view);
        pth_opcodes(&pickle, "u.");
        pth_write(path, &pickle, four, sizeof four);
        free(pickle.data);
        assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_SHAPE, cases[i].message);
    }
    pth_bytes many = {0};
    pth_opcodes(&many, "\x80\2}(");
    for (int i = 0; i <= 1000; i++) {
        char text[20];
        snprintf(text, sizeof text, "w%d", i);
        pth_text(&many, text);
        pth_tensor(&many, &cases[0].view);
    }
    pth_opcodes(&many, "u.");
    pth_write(path, &many, four, sizeof four);
    free(many.data);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT,
                 "it holds 1001 tensors, more than 1000");
}
END_TEST

START_TEST(values_that_are_not_finite)
{
    static const char *const types[] = {"Float", "Double", "Half", "BFloat16"};
    const char *path = support_path("nonfinite.pth");
    snnfe_network *network = exact_network(), *loaded = NULL;
    for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
        const size_t size = t == 0 ? 4 : t == 1 ? 8 : 2;
        const uint64_t infinity[] = {0x7f800000, 0x7ff0000000000000, 0x7c00, 0x7f80};
        size_t n = 0;
        pth_write_network(path, network, &(pth_options){.type = types[t], .unchecked = true});
        uint8_t *content = support_read(path, &n);
        const size_t at =
            30 + strlen("m/data/0") + 2 * size; /* the first value of the first view */
        for (size_t i = 0; i < size; i++)
            content[at + i] = (uint8_t)(infinity[t] >> (8 * i));
        support_write(path, content, n);
        free(content);
        assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_NONFINITE, "value 0 is inf");
    }
    snnfe_network_free(network);
}
END_TEST

/* --- memory --------------------------------------------------------------------------------------
 */

typedef struct use {
    size_t now, most;
    size_t left; /* requests that are met; 0 = all are */
    bool out;    /* one was not */
} use;

static void *counting_allocate(size_t size, void *user_data)
{
    use *u = user_data;
    if (u->left > 0 && --u->left == 0)
        u->out = true;
    size_t *block = u->out ? NULL : malloc(size + 16);
    if (!block)
        return NULL;
    *block = size;
    u->now += size;
    u->most = u->now > u->most ? u->now : u->most;
    return (char *)block + 16;
}

static void counting_release(void *memory, void *user_data)
{
    use *u = user_data;
    size_t *block = (void *)((char *)memory - 16);
    u->now -= *block;
    free(block);
}

static void count_memory(use *u)
{
    const snnfe_allocator hook = {.struct_size = sizeof hook,
                                  .allocate = counting_allocate,
                                  .release = counting_release,
                                  .user_data = u};
    assert_ok(snnfe_set_allocator(&hook));
}

static size_t memory_to_refuse(const char *path)
{
    use u = {0};
    snnfe_network *loaded = NULL;
    count_memory(&u);
    ck_assert_int_ne(snnfe_network_load(&loaded, path), SNNFE_OK);
    assert_ok(snnfe_set_allocator(NULL));
    return u.most;
}

/* From each request on there is none, until one is enough: nothing is kept. */
START_TEST(memory_that_runs_out)
{
    static const pth_options kinds[] = {
        {.copied_seconds = true}, {.only_second_names = true, .extras = true}, {.type = "Half"}};
    const char *path = support_path("memory.pth");
    snnfe_network *network = exact_network(), *loaded = NULL;
    use u = {.out = true};
    size_t n = 0;
    pth_write_network(path, network, &kinds[_i]);
    snnfe_network_free(network);
    while (u.out) {
        u = (use){.left = ++n};
        count_memory(&u);
        const snnfe_status status = snnfe_network_load(&loaded, path);
        ck_assert_int_eq(status, u.out ? SNNFE_ERR_MEMORY : SNNFE_OK);
        ck_assert((loaded == NULL) == u.out);
        snnfe_network_free(loaded);
        ck_assert_uint_eq(u.now, 0);
        loaded = NULL;
        assert_ok(snnfe_set_allocator(NULL));
    }
    ck_assert_uint_gt(n, 50);
}
END_TEST

/* One opcode, or a few, over and over, for each kind of what a pickle can pile up. */
START_TEST(memory_is_in_proportion_to_the_pickle)
{
    static const char *const pieces[] = {"N",     "}",     ")",    "(",     "\x8c\1x",
                                         "N\x85", "N\x94", "}NNs", "]\x94", "}\x94N\x94s"};
    const char *path = support_path("flood.pth");
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++)
        for (size_t size = 1000; size <= 2000000; size *= 2) {
            pth_bytes pickle = {0};
            pth_append(&pickle, "\x80\4", 2);
            pickle.data = realloc(pickle.data, size + 16);
            while (pickle.size < size)
                pth_opcodes(&pickle, pieces[i]);
            pth_write(path, &pickle, "", 0);
            const size_t used = memory_to_refuse(path), limit = ((size_t)40 << 20) + pickle.size;
            ck_assert_uint_lt(used, 10000 + 150 * pickle.size);
            ck_assert_uint_lt(used, limit);
            free(pickle.data);
        }
}
END_TEST

START_TEST(a_directory_of_many_records)
{
    const char *path = support_path("records.pth");
    pth_zip zip = {0};
    for (int i = 0; i < 20000; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d", i);
        pth_zip_add(&zip, name, "", 0);
    }
    pth_zip_end(&zip);
    support_write(path, zip.file.data, zip.file.size);
    ck_assert_uint_lt(memory_to_refuse(path), 2 * zip.file.size);
    free(zip.file.data);
}
END_TEST

/* Sizes follow from a few tensors; that all share one storage makes no network of a small file. */
START_TEST(tensors_that_overlap)
{
    static const struct {
        const char *name;
        size_t n_dims;
        int64_t shape[4];
    } tensors[] = {{"snn.c1_vdecay", 4, {1, 64, 8, 8}},
                   {"snn.c1_cdecay", 4, {1, 64, 8, 8}},
                   {"snn.c2_vdecay", 4, {1, 100, 6, 6}},
                   {"snn.fc2.weight", 2, {2, 2000}}};
    const char *path = support_path("overlap.pth");
    float *zeros = calloc(4096, sizeof *zeros);
    pth_bytes pickle = {0};
    snnfe_network *loaded = NULL;
    pth_opcodes(&pickle, "\x80\2}(");
    for (size_t i = 0; i < sizeof tensors / sizeof tensors[0]; i++) {
        pth_view v = {.type = "Float", .key = "0", .n = 4096, .n_dims = tensors[i].n_dims};
        int64_t stride = 1;
        for (size_t d = v.n_dims; d-- > 0; stride *= v.shape[d]) {
            v.shape[d] = tensors[i].shape[d];
            v.stride[d] = stride;
        }
        pth_text(&pickle, tensors[i].name);
        pth_tensor(&pickle, &v);
    }
    pth_opcodes(&pickle, "u.");
    pth_write(path, &pickle, zeros, 4096 * sizeof *zeros);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, "they overlap");
    ck_assert_uint_lt(memory_to_refuse(path), 100000);
    free(pickle.data);
    free(zeros);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("torch");
    TCase *files = tcase_create("files");
    tcase_set_timeout(files, 300);
    tcase_add_test(files, published_checkpoint_is_the_golden_network);
    tcase_add_loop_test(files, checkpoints_as_people_save_them, 0,
                        (int)(sizeof saved / sizeof saved[0]));
    tcase_add_test(files, second_names_that_differ);
    tcase_add_test(files, cut_off);
    tcase_add_loop_test(files, changed_bytes, 0, 3);
    tcase_add_test(files, files_of_other_kinds);
    tcase_add_test(files, tensors_that_lie);
    tcase_add_test(files, names_of_tensors);
    tcase_add_test(files, shapes_that_make_no_network);
    tcase_add_test(files, values_that_are_not_finite);
    tcase_add_loop_test(files, memory_that_runs_out, 0, 3);
    tcase_add_test(files, memory_is_in_proportion_to_the_pickle);
    tcase_add_test(files, a_directory_of_many_records);
    tcase_add_test(files, tensors_that_overlap);
    suite_add_tcase(suite, files);
    return support_run(suite);
}
