/* Zip archives that are none of PyTorch's, or that lie. */
#include "pth_file.h"
#include "support.h"

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

int main(void)
{
    Suite *suite = suite_create("torch_archive");
    TCase *files = tcase_create("files");
    tcase_set_timeout(files, 300);
    tcase_add_loop_test(files, other_archives, 0, 9);
    tcase_add_loop_test(files, other_entries, 0, 12);
    tcase_add_test(files, archives_that_lie);
    tcase_add_test(files, directories_that_lie);
    tcase_add_test(files, other_byte_orders);
    tcase_add_test(files, folders_with_long_names);
    suite_add_tcase(suite, files);
    return support_run(suite);
}
