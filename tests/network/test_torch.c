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

static void write_archive(const char *path, const char *const *names, size_t n)
{
    pth_zip zip = {0};
    for (size_t i = 0; i < n; i++)
        pth_zip_add(&zip, names[i], "x", 1);
    pth_zip_end(&zip);
    support_write(path, zip.file.data, zip.file.size);
    free(zip.file.data);
}

START_TEST(other_archives)
{
    static const struct {
        const char *names[3], *message;
    } cases[] = {
        {{"a.txt", "b", "c"}, "but none of PyTorch"},
        {{"data.pkl", "data/0", "version"}, "but none of PyTorch"},
        {{"a/b/data.pkl", "data/0", "version"}, "but none of PyTorch"},
        {{"a/data.pkl", "b/data.pkl", "c"}, "two data.pkl"},
        {{"a/data.pkl", "a/data.pkl", "c"}, "record \"a/data.pkl\" is there twice"},
        {{"a/data.pkl", "a/byteorder", "c"}, "neither \"little\" nor \"big\""},
        {{"a/data.pkl", "a/constants.pkl", "c"}, "is a TorchScript model"},
        {{"a/data.pkl", "b/byteorder", "c\033[1m"}, "its pickle"},
        {{"a/data.pkl", "c\033[1m", "c\033[1m"}, "record \"c?[1m\" is there twice"},
    };
    const char *path = support_path("archive.pth");
    snnfe_network *loaded = NULL;
    write_archive(path, cases[_i].names, 3);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, cases[_i].message);
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "archive.pth: "));
}
END_TEST

/* Bytes of a small archive's directory entry that ask for what this reader does not support. */
START_TEST(other_entries)
{
    static const struct {
        size_t at; /* in the first entry */
        uint8_t value;
        const char *message;
    } cases[] = {
        {8, 1, "is encrypted"},         {8, 0x40, "has flags"},
        {10, 8, "is compressed"},       {10, 99, "is compressed"},
        {20, 77, "has two sizes"},      {34, 1, "or is in another file"},
        {16, 1, "header that differs"}, {43, 1, "overlaps what follows it"},
        {32, 1, "is cut off"},          {28, 200, "is cut off"},
        {0, 0, "is damaged"},           {30, 4, "its zip directory"},
    };
    const char *path = support_path("entry.pth");
    pth_zip zip = {0};
    snnfe_network *loaded = NULL;
    pth_zip_add(&zip, "a/data.pkl", "\x80\2N.", 4);
    const size_t directory = zip.file.size;
    pth_zip_end(&zip);
    zip.file.data[directory + cases[_i].at] = cases[_i].value;
    support_write(path, zip.file.data, zip.file.size);
    free(zip.file.data);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, cases[_i].message);
}
END_TEST

/* A number of `size` bytes in an archive's end, its 64-bit end or its first entry. */
START_TEST(archives_that_lie)
{
    static const struct {
        bool wide;
        size_t from_end, size; /* bytes */
        uint64_t value;
        const char *message;
    } cases[] = {
        {false, 10, 4, 0xfffffff0, "does not end at byte"},
        {false, 14, 2, 2, "is a part of a zip archive of several files"},
        {false, 18, 1, 1, "is a part of a zip archive of several files"},
        {true, 34, 8, 7, "its zip directory ends at byte 7"},
        {true, 98, 4, 0, "the two ends of its zip directory differ"},
        {true, 94, 8, 45, "the two ends of its zip directory differ"},
        {true, 82, 8, 1, "the two ends of its zip directory differ"},
        {true, 74, 8, 3, "the two ends of its zip directory differ"},
        {true, 12, 2, 3, "is a part of a zip archive of several files"},
        {true, 10, 4, 7, "the two ends of its zip directory differ"},
        {true, 6, 4, 7, "the two ends of its zip directory differ"},
    };
    const char *path = support_path("lying.pth");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pth_zip zip = {.wide = cases[i].wide};
        snnfe_network *loaded = NULL;
        pth_zip_add(&zip, "a/data.pkl", "\x80\2N.", 4);
        pth_zip_end(&zip);
        for (size_t k = 0; k < cases[i].size; k++)
            zip.file.data[zip.file.size - cases[i].from_end + k] =
                (uint8_t)(cases[i].value >> (8 * k));
        support_write(path, zip.file.data, zip.file.size);
        free(zip.file.data);
        assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, cases[i].message);
    }
}
END_TEST

/* Nothing but an end, with the place of a 64-bit one that has no room; a directory of one byte too
   many, and one of more than is read. */
START_TEST(directories_that_lie)
{
    static const uint8_t locator[] = {'P', 'K', 6, 7}, end[] = {'P', 'K', 5, 6};
    const char *path = support_path("directory.pth");
    const size_t large = (size_t)17 << 20;
    uint8_t *bytes = calloc(large + 100, 1);
    snnfe_network *loaded = NULL;
    memcpy(bytes, "PK\3\4", 4);
    memcpy(bytes + 10, locator, 4);
    memcpy(bytes + 30, end, 4);
    support_write(path, bytes, 52);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT,
                 "its zip directory ends at byte 0");
    memset(bytes + 4, 0, 100);
    memcpy(bytes + 40, end, 4);
    bytes[40 + 12] = 1;
    bytes[40 + 16] = 39;
    support_write(path, bytes, 62);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT,
                 "its zip directory has 1 bytes too many");
    memset(bytes + 4, 0, 100);
    memcpy(bytes + 4 + large, end, 4);
    bytes[4 + large + 14] = 16; /* 17 MiB */
    bytes[4 + large + 15] = 1;
    bytes[4 + large + 16] = 4;
    support_write(path, bytes, large + 26);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT,
                 "its zip directory has 17825792 bytes for 0 records");
    free(bytes);
}
END_TEST

static void assert_order_fails(const char *order)
{
    const char *path = support_path("order.pth");
    snnfe_network *loaded = NULL;
    pth_zip zip = {0};
    pth_zip_add(&zip, "a/data.pkl", "\x80\2N.", 4);
    pth_zip_add(&zip, "a/byteorder", order, strlen(order));
    pth_zip_end(&zip);
    support_write(path, zip.file.data, zip.file.size);
    free(zip.file.data);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, "byteorder");
}

/* Of a length that is right, too; and one that is larger than any. */
START_TEST(other_byte_orders)
{
    char endless[2000] = "";
    memset(endless, 'e', sizeof endless - 1);
    assert_order_fails("bug");
    assert_order_fails("Little");
    assert_order_fails("");
    assert_order_fails(endless);
}
END_TEST

/* A folder whose records have names that are longer than this reader puts together. */
START_TEST(folders_with_long_names)
{
    const pth_view view = {
        .type = "Float", .key = "0", .n = 4, .n_dims = 1, .shape = {4}, .stride = {1}};
    const float four[4] = {1, 2, 3, 4};
    const char *path = support_path("long.pth");
    char name[1200];
    snnfe_network *loaded = NULL;
    pth_bytes pickle = {0};
    pth_zip zip = {0};
    pth_opcodes(&pickle, "\x80\2}");
    pth_text(&pickle, "w");
    pth_tensor(&pickle, &view);
    pth_opcodes(&pickle, "s.");
    memset(name, 'r', 1100);
    strcpy(name + 1100, "/data.pkl");
    pth_zip_add(&zip, name, pickle.data, pickle.size);
    strcpy(name + 1100, "/data/0");
    pth_zip_add(&zip, name, four, sizeof four);
    pth_zip_end(&zip);
    support_write(path, zip.file.data, zip.file.size);
    free(pickle.data);
    free(zip.file.data);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT,
                 "record data/0 is missing, and so are the 16 bytes");
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

/* --- pickles ------------------------------------------------------------------------------------
 */

static void assert_pickle_fails(const void *opcodes, size_t size, const char *message)
{
    const char *path = support_path("pickle.pth");
    const pth_bytes pickle = {.data = (uint8_t *)(uintptr_t)opcodes, .size = size};
    snnfe_network *loaded = NULL;
    pth_write(path, &pickle, "", 0);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, message);
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "pickle.pth: "));
    ck_assert_ptr_null(loaded);
}

#define PICKLE(opcodes, message)                                                                   \
    {                                                                                              \
        opcodes, sizeof opcodes - 1, message                                                       \
    }

#define ENTRY "\x80\2}X\1\0\0\0w"
#define VERSION2 "ctorch._utils\n_rebuild_tensor_v2\n("
#define VERSION3 "ctorch._utils\n_rebuild_tensor_v3\n("
#define PARAMETER "ctorch._utils\n_rebuild_parameter\n("
#define FLOATS "ctorch\nFloatStorage\n"
#define UNTYPED "ctorch.storage\nUntypedStorage\n"
#define KEY "X\1\0\0\0\x30"
#define STORAGE(word, type, key, size) "(X\7\0\0\0" word type key "N" size "tQ"

START_TEST(pickles_of_other_things)
{
    static const struct {
        const char *opcodes;
        size_t size;
        const char *message;
    } cases[] = {
        PICKLE("", "is cut off"),
        PICKLE("\x80\1}.", "not of protocol 2 to 5"),
        PICKLE("}.", "not of protocol 2 to 5"),
        PICKLE("\x80\2", "is cut off"),
        PICKLE("\x80\2}", "is cut off"),
        PICKLE("\x80\2.", "a value that is not there"),
        PICKLE("\x80\2(.", "a value that is not there"),
        PICKLE("\x80\2N.", "no dictionary of tensors"),
        PICKLE("\x80\2]N.", "left over"),
        PICKLE("\x80\2}.x", "left over"),
        PICKLE("\x80\2}.", "its entries: none"),
        PICKLE("\x80\2}X\3\0\0\0netK\1s.", "its entries: \"net\""),
        PICKLE("\x80\2}X\5\0\0\0\033[2J\nK\1s.", "its entries: \"?[2J?\""),
        PICKLE("\x80\2cposix\nsystem\n(X\2\0\0\0ls\x85R.", "it refers to posix.system, which no"),
        PICKLE("\x80\4\x8c\5posix\x8c\6system\x93.", "it refers to posix.system, which no"),
        PICKLE("\x80\2ctorch.storage\n_load_from_bytes\n.", "torch.storage._load_from_bytes"),
        PICKLE("\x80\2cmodels\nNet\n)\x81}b.", "save model.state_dict() alone"),
        PICKLE("\x80\2c\033[1m\nb\n.", "it refers to ?[1m.b"),
        PICKLE("\x80\2ccollections\nOrderedDict", "is cut off"),
        PICKLE("\x80\2ccollections OrderedDict\n\n.", "it refers to"),
        PICKLE("\x80\2ccollections\nOrderedDict\n]R.", "calls something else"),
        PICKLE("\x80\2ccollections\nOrderedDict\nN\x85R.", "dictionary from arguments"),
        PICKLE("\x80\2ctorch\nFloatStorage\n)R.", "calls something else"),
        PICKLE("\x80\2NNR.", "calls something else"),
        PICKLE("\x80\4NN\x93.", "a name that is no text"),
        PICKLE("\x80\2}\x81.", "opcode 0x81 at byte 3"),
        PICKLE("\x80\2Vtext\n.", "opcode 0x56"),
        PICKLE("\x80\2NQ.", "a storage that is no tuple"),
        PICKLE("\x80\2NNs.", "that is not there"),
        PICKLE("\x80\2NNNs.", "something else than a dictionary"),
        PICKLE("\x80\2}(Nu.", "something else than a dictionary"),
        PICKLE("\x80\2}NNu.", "a mark that is not there"),
        PICKLE("\x80\2(NNu.", "a dictionary that is not there"),
        PICKLE("\x80\2}(Ns.", "a value that is not there"),
        PICKLE("\x80\2NNa.", "something else than a list"),
        PICKLE("\x80\2N(e.", "something else than a list"),
        PICKLE("\x80\2Nb.", "a value that is not there"),
        PICKLE("\x80\2NNb.", "gives attributes"),
        PICKLE("\x80\2(t\x85\x86.", "a value that is not there"),
        PICKLE("\x80\2(N\x86.", "a value that is not there"),
        PICKLE("\x80\2t.", "a mark that is not there"),
        PICKLE("\x80\2q\1.", "a value that is not there"),
        PICKLE("\x80\2h\1.", "has not kept"),
        PICKLE("\x80\2Nq\1h\0.", "has not kept"),
        PICKLE("\x80\2Nq\2.", "number out of order"),
        PICKLE("\x80\2Nr\xff\xff\xff\xff.", "number out of order"),
        PICKLE("\x80\2X\xff\xff\xff\xff.", "is cut off"),
        PICKLE("\x80\2\x8a\xff.", "is cut off"),
        PICKLE("\x80\2\x8a\0.", "no dictionary of tensors"),
        PICKLE("\x80\2G\0\0", "is cut off"),
        PICKLE("\x80\2K", "is cut off"),
        PICKLE("\x80\2J\1", "is cut off"),
        PICKLE("\x80\2\x8a", "is cut off"),
        PICKLE("\x80\2X\1", "is cut off"),
        PICKLE("\x80\2Nq", "is cut off"),
        PICKLE("\x80\2h", "is cut off"),
        PICKLE("\x80\2cposix", "is cut off"),
        PICKLE("\x80\4\x93.", "a value that is not there"),
        PICKLE("\x80\4\x8c\1a\x93.", "a value that is not there"),
        PICKLE("\x80\4\x8c\1aN\x93.", "a name that is no text"),
        PICKLE("\x80\2Q.", "a value that is not there"),
        PICKLE("\x80\2R.", "a value that is not there"),
        PICKLE("\x80\2NR.", "a value that is not there"),
        PICKLE("\x80\2b.", "a value that is not there"),
        PICKLE("\x80\2a.", "a value that is not there"),
        PICKLE("\x80\2Na.", "a value that is not there"),
        PICKLE("\x80\2e.", "a mark that is not there"),
        PICKLE("\x80\2}N(s.", "a value that is not there"),
        PICKLE("\x80\6}.", "not of protocol 2 to 5"),
        PICKLE(ENTRY VERSION2 "NK\0))tRs.", "has a storage that is not described"),
        PICKLE(ENTRY VERSION2 STORAGE("Storage", FLOATS, KEY, "K\4") "K\0))tRs.",
               "has a storage that is not described"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", "N", KEY, "K\4") "K\0))tRs.",
               "has a storage that is not described"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, "N", "K\4") "K\0))tRs.",
               "has a storage that is not described"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "N") "K\0))tRs.",
               "has a storage that is not described"),
        PICKLE(ENTRY VERSION3 STORAGE("storage", UNTYPED, KEY, "K\4") "K\0))NNNtRs.",
               "has elements of no type"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "K\4") "N))tRs.",
               "has an offset that"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "K\4") "K\0N)tRs.",
               "has no shape and strides"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "K\4") "K\0)NtRs.",
               "has no shape and strides"),
        PICKLE(ENTRY VERSION2 STORAGE("storage", FLOATS, KEY, "K\4") "K\0)K\1\x85tRs.",
               "has no shape and strides"),
        PICKLE(ENTRY VERSION2 "tRs.", "has a storage that is not described"),
        PICKLE(ENTRY PARAMETER "NtRs.", "is a parameter that holds no tensor"),
        PICKLE(ENTRY PARAMETER PARAMETER "NtRtRs.", "is a parameter that holds no tensor"),
        PICKLE("\x80\2}K\1" VERSION2 "tRs.", "its entries: none"),
    };
    assert_pickle_fails(cases[_i].opcodes, cases[_i].size, cases[_i].message);
}
END_TEST
#define N_PICKLES 80

/* Names that are longer than any of PyTorch's, of modules and in them. */
START_TEST(names_without_end)
{
    for (int i = 0; i < 2; i++) {
        char module[301] = "m", name[301] = "n";
        memset(i == 0 ? module : name, 'x', 300);
        pth_bytes pickle = {0};
        pth_opcodes(&pickle, "\x80\2");
        pth_name(&pickle, module, name);
        pth_opcodes(&pickle, ".");
        assert_pickle_fails(pickle.data, pickle.size, "a name that no tensor needs");
        free(pickle.data);
    }
}
END_TEST

/* More values than any network has: refused by their number. */
START_TEST(more_rows_than_any_network_has)
{
    static const char *const rows[][2] = {
        {"(", "N"}, {"(", "N\x94"}, {"(", "}"}, {"N", "\x85"}, {"}", "NNs"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pth_bytes pickle = {0};
        pth_opcodes(&pickle, "\x80\4");
        pth_opcodes(&pickle, rows[i][0]);
        for (int n = 0; n <= 1 << 18; n++)
            pth_opcodes(&pickle, rows[i][1]);
        assert_pickle_fails(pickle.data, pickle.size, "is larger than that of any network");
        free(pickle.data);
    }
}
END_TEST

/* A dictionary that is its own entry, tuples of tuples, tuples that hold each other twice. */
START_TEST(graphs_without_end)
{
    static const char itself[] = "\x80\2}q\0(X\5\0\0\0modelh\0X\12\0\0\0state_dicth\0u.";
    pth_bytes deep = {0}, doubled = {0};
    assert_pickle_fails(itself, sizeof itself - 1, "its entries: \"model\", \"state_dict\"");
    pth_opcodes(&deep, "\x80\2}()");
    for (int i = 0; i < 200000; i++)
        pth_opcodes(&deep, "\x85");
    pth_opcodes(&deep, "Nu.");
    assert_pickle_fails(deep.data, deep.size, "its entries: none");
    pth_opcodes(&doubled, "\x80\2}(N");
    for (int i = 0; i < 60; i++) {
        pth_opcodes(&doubled, "q");
        pth_append_number(&doubled, (uint64_t)i, 1);
        pth_opcodes(&doubled, "h");
        pth_append_number(&doubled, (uint64_t)i, 1);
        pth_opcodes(&doubled, "\x86");
    }
    pth_opcodes(&doubled, "Nu.");
    assert_pickle_fails(doubled.data, doubled.size, "its entries: none");
    free(deep.data);
    free(doubled.data);
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
    tcase_add_loop_test(files, other_archives, 0, 9);
    tcase_add_loop_test(files, other_entries, 0, 12);
    tcase_add_test(files, archives_that_lie);
    tcase_add_test(files, directories_that_lie);
    tcase_add_test(files, other_byte_orders);
    tcase_add_test(files, folders_with_long_names);
    tcase_add_test(files, files_of_other_kinds);
    tcase_add_loop_test(files, pickles_of_other_things, 0, N_PICKLES);
    tcase_add_test(files, names_without_end);
    tcase_add_test(files, more_rows_than_any_network_has);
    tcase_add_test(files, graphs_without_end);
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
