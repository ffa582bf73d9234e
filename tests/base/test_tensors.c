/* safetensors files: the reference files, round trips, and hostile headers. */
#include "base/json.h"
#include "base/memory.h"
#include "base/tensors_internal.h"
#include "support.h"

#include <dirent.h>
#include <math.h>

START_TEST(reference_files_open)
{
    if (!support_have_shared())
        return;
    DIR *folder = opendir(support_shared("golden"));
    ck_assert_ptr_nonnull(folder);
    size_t n_files = 0;
    for (struct dirent *e = readdir(folder); e; e = readdir(folder)) {
        if (!strstr(e->d_name, ".safetensors"))
            continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", support_shared("golden"), e->d_name);
        snnfe_tensors *file = NULL;
        assert_ok(snnfe_tensors_open(&file, path));
        ck_assert_uint_gt(snnfe_tensors_count(file), 0);
        for (size_t i = 0; i < snnfe_tensors_count(file); i++) {
            const snnfe_tensor_info *info = snnfe_tensors_at(file, i);
            void *data = snnfe_alloc((size_t)info->count, snnfe_dtype_size(info->dtype));
            assert_ok(snnfe_tensors_read(file, info->name, info->dtype, info->n_dims, info->shape,
                                         true, data));
            snnfe_release(data);
        }
        snnfe_tensors_close(file);
        n_files++;
    }
    closedir(folder);
    ck_assert_uint_gt(n_files, 10);
}
END_TEST

static const uint64_t two_by_three[] = {2, 3};

START_TEST(files_survive_a_round_trip)
{
    const double wide[6] = {0, -1.5, 1e300, 5e-324, 3, 4};
    const float narrow[6] = {1, 2, 3, 4, 5, -6};
    const int64_t whole[1] = {INT64_MIN};
    const uint8_t bytes[3] = {0, 127, 255};
    const uint64_t three[] = {3}, none[] = {0};
    snnfe_tensor_list *list = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    assert_ok(snnfe_tensor_list_add(list, "wide", SNNFE_F64, 2, two_by_three, wide));
    assert_ok(snnfe_tensor_list_add(list, "scalar", SNNFE_I64, 0, NULL, whole));
    assert_ok(
        snnfe_tensor_list_add(list, "narrow \"quoted\" µ", SNNFE_F32, 2, two_by_three, narrow));
    assert_ok(snnfe_tensor_list_add(list, "bytes", SNNFE_U8, 1, three, bytes));
    assert_ok(snnfe_tensor_list_add(list, "empty", SNNFE_F32, 1, none, NULL));
    assert_ok(snnfe_tensor_list_add_metadata(list, "key", "a \"value\"\nof two lines"));
    const char *path = support_path("round.safetensors");
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);

    /* Only what JSON wants escaped is. */
    char *content = support_read(path, NULL);
    ck_assert_ptr_nonnull(strstr(content + 8,
                                 "{\"__metadata__\":{\"key\":\"a \\\"value\\\"\\u000aof two "
                                 "lines\"}"));
    free(content);
    snnfe_tensors *file = NULL;
    assert_ok(snnfe_tensors_open(&file, path));
    ck_assert_uint_eq(snnfe_tensors_count(file), 5);
    double wide_read[6];
    float narrow_read[6];
    int64_t whole_read = 0;
    uint8_t bytes_read[3];
    assert_ok(snnfe_tensors_read(file, "wide", SNNFE_F64, 2, two_by_three, false, wide_read));
    assert_ok(snnfe_tensors_read(file, "narrow \"quoted\" µ", SNNFE_F32, 2, two_by_three, false,
                                 narrow_read));
    assert_ok(snnfe_tensors_read(file, "scalar", SNNFE_I64, 0, NULL, false, &whole_read));
    assert_ok(snnfe_tensors_read(file, "bytes", SNNFE_U8, 1, three, false, bytes_read));
    ck_assert_mem_eq(wide_read, wide, sizeof wide);
    ck_assert_mem_eq(narrow_read, narrow, sizeof narrow);
    ck_assert(whole_read == whole[0]);
    ck_assert_mem_eq(bytes_read, bytes, sizeof bytes);
    ck_assert_str_eq(snnfe_tensors_metadata(file, "key"), "a \"value\"\nof two lines");
    ck_assert_ptr_null(snnfe_tensors_metadata(file, "other"));
    ck_assert_ptr_null(snnfe_tensors_find(file, "other"));
    assert_fails(snnfe_tensors_read(file, "other", SNNFE_F64, 2, two_by_three, false, wide_read),
                 SNNFE_ERR_NOT_FOUND, "\"other\" is missing");
    assert_fails(snnfe_tensors_read(file, "wide", SNNFE_F32, 2, two_by_three, false, narrow_read),
                 SNNFE_ERR_SHAPE, "F64 [2, 3], not F32 [2, 3]");
    assert_fails(snnfe_tensors_read(file, "wide", SNNFE_F64, 1, three, false, wide_read),
                 SNNFE_ERR_SHAPE, "[2, 3], not F64 [3]");
    assert_fails(snnfe_tensors_read(file, "scalar", SNNFE_I64, 1, three, false, &whole_read),
                 SNNFE_ERR_SHAPE, "tensor \"scalar\" is I64 [], not I64 [3]");
    assert_fails(snnfe_tensors_read(file, "bytes", SNNFE_U8, 0, NULL, false, bytes_read),
                 SNNFE_ERR_SHAPE, "tensor \"bytes\" is U8 [3], not U8 []");
    /* The longest shape is whole. */
    uint64_t many[SNNFE_MAX_DIMENSIONS];
    for (size_t d = 0; d < SNNFE_MAX_DIMENSIONS; d++)
        many[d] = UINT64_MAX - d;
    assert_fails(
        snnfe_tensors_read(file, "bytes", SNNFE_U8, SNNFE_MAX_DIMENSIONS, many, false, bytes_read),
        SNNFE_ERR_SHAPE,
        "not U8 [18446744073709551615, 18446744073709551614, 18446744073709551613, "
        "18446744073709551612, 18446744073709551611, 18446744073709551610, "
        "18446744073709551609, 18446744073709551608]");
    snnfe_tensors_close(file);
}
END_TEST

/* More of everything than a list has room for at first; larger elements come first, otherwise the
   order stays. */
START_TEST(tensors_are_sorted_by_their_elements)
{
    static const snnfe_dtype dtypes[] = {SNNFE_U8,  SNNFE_F64, SNNFE_I16,
                                         SNNFE_F32, SNNFE_I32, SNNFE_I64};
    static const size_t sizes[] = {8, 8, 4, 4, 2, 1};
    enum { N_TYPES = 6, N = 6 * N_TYPES };
    uint8_t bytes[N][8];
    snnfe_tensor_list *list = NULL;
    snnfe_tensors *file = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    for (int i = 0; i < N; i++) {
        char name[16];
        snprintf(name, sizeof name, "t%d", i);
        memset(bytes[i], i, sizeof bytes[i]);
        assert_ok(snnfe_tensor_list_add(list, name, dtypes[i % N_TYPES], 0, NULL, bytes[i]));
        assert_ok(snnfe_tensor_list_add_metadata(list, name, name));
    }
    const char *path = support_path("sorted.safetensors");
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);
    assert_ok(snnfe_tensors_open(&file, path));
    ck_assert_uint_eq(snnfe_tensors_count(file), N);
    int before = -1;
    for (size_t i = 0; i < N; i++) {
        const snnfe_tensor_info *info = snnfe_tensors_at(file, i);
        const int number = atoi(info->name + 1);
        uint8_t read[8] = {0};
        ck_assert_uint_eq(snnfe_dtype_size(info->dtype), sizes[i / N_TYPES]);
        ck_assert_int_eq(info->dtype, dtypes[number % N_TYPES]);
        if (i > 0 && sizes[i / N_TYPES] == sizes[(i - 1) / N_TYPES])
            ck_assert_int_gt(number, before);
        before = number;
        assert_ok(snnfe_tensors_read(file, info->name, info->dtype, 0, NULL, true, read));
        ck_assert_mem_eq(read, bytes[number], snnfe_dtype_size(info->dtype));
        ck_assert_str_eq(snnfe_tensors_metadata(file, info->name), info->name);
    }
    snnfe_tensors_close(file);
}
END_TEST

/* Control characters, and texts around the length that is written at once. */
START_TEST(texts_survive_a_round_trip)
{
    static const size_t lengths[] = {1, 65535, 65536, 65537, 131072};
    char *text = malloc(131100);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        snnfe_tensor_list *list = NULL;
        snnfe_tensors *file = NULL;
        memset(text, 'x', lengths[i]);
        strcpy(text + lengths[i], "\"\\\x01\x1f \x7f\n/\xc3\xa9");
        assert_ok(snnfe_tensor_list_create(&list));
        assert_ok(snnfe_tensor_list_add_metadata(list, "text", text));
        const char *path = support_path("texts.safetensors");
        assert_ok(snnfe_tensor_list_save(list, path));
        snnfe_tensor_list_free(list);
        assert_ok(snnfe_tensors_open(&file, path));
        ck_assert_str_eq(snnfe_tensors_metadata(file, "text"), text);
        snnfe_tensors_close(file);
    }
    free(text);
}
END_TEST

START_TEST(nonfinite_values_are_named)
{
    const float values[3] = {1, NAN, 2};
    const uint64_t three[] = {3};
    snnfe_tensor_list *list = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    assert_ok(snnfe_tensor_list_add(list, "x", SNNFE_F32, 1, three, values));
    const char *path = support_path("nan.safetensors");
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);
    snnfe_tensors *file = NULL;
    assert_ok(snnfe_tensors_open(&file, path));
    float read[3];
    assert_fails(snnfe_tensors_read(file, "x", SNNFE_F32, 1, three, false, read),
                 SNNFE_ERR_NONFINITE, "tensor \"x\": value 1 is");
    assert_ok(snnfe_tensors_read(file, "x", SNNFE_F32, 1, three, true, read));
    snnfe_tensors_close(file);
}
END_TEST

START_TEST(python_reads_them)
{
    if (system("python3 -c 'import safetensors, numpy' 2>/dev/null") != 0) {
        printf("not checked against the Python package: it is not installed\n");
        return;
    }
    const float values[6] = {1, 2, 3, 4, 5, -6};
    snnfe_tensor_list *list = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    assert_ok(snnfe_tensor_list_add(list, "x", SNNFE_F32, 2, two_by_three, values));
    assert_ok(snnfe_tensor_list_add_metadata(list, "made_by", "test"));
    const char *path = support_path("python.safetensors");
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);
    char command[5000];
    snprintf(command, sizeof command,
             "python3 -c 'import sys\n"
             "from safetensors import safe_open\n"
             "with safe_open(sys.argv[1], \"numpy\") as f:\n"
             "    assert f.metadata() == {\"made_by\": \"test\"}\n"
             "    x = f.get_tensor(\"x\")\n"
             "    assert x.shape == (2, 3) and x[1, 2] == -6 and x.dtype == \"float32\"' '%s'",
             path);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* A file with this header and `n_data` zero bytes behind it. */
static const char *write_file(const char *header, size_t n_data)
{
    const size_t length = strlen(header);
    unsigned char *content = calloc(1, 8 + length + n_data);
    for (int i = 0; i < 8; i++)
        content[i] = (unsigned char)((uint64_t)length >> (8 * i));
    memcpy(content + 8, header, length);
    const char *path = support_path("hostile.safetensors");
    support_write(path, content, 8 + length + n_data);
    free(content);
    return path;
}

#define X(shape, offsets)                                                                          \
    "{\"x\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" offsets "}}"

START_TEST(hostile_headers_are_refused)
{
    static const struct {
        const char *header;
        size_t n_data;
        const char *message;
    } cases[] = {
        {"", 0, "no JSON object"},
        {"[]", 0, "no JSON object"},
        {"{", 0, "no JSON object"},
        {X("[2]", "[0,8]"), 4, "truncated"},
        {X("[2]", "[0,8]"), 12, "12 bytes of data, 8 described"},
        {X("[2]", "[4,12]"), 12, "begins at 4"},
        {X("[2]", "[8,0]"), 8, "data_offsets"},
        {X("[2]", "[0,4]"), 4, "do not hold 8 bytes"},
        {X("[-1]", "[0,4]"), 4, "no whole number"},
        {X("[1.5]", "[0,4]"), 4, "no whole number"},
        {X("[4294967296,4294967296]", "[0,0]"), 0, "too large"},
        {X("[9223372036854775807,2]", "[0,4]"), 4, "too large"},
        {X("3", "[0,4]"), 4, "shape is no array"},
        {X("[1,1,1,1,1,1,1,1,1]", "[0,4]"), 4, "at most 8 sizes"},
        {X("[1]", "[0]"), 4, "no two sizes"},
        {X("[1]", "[0,\"4\"]"), 4, "no two sizes"},
        {"{\"x\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "dtype"},
        {"{\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "shape"},
        {"{\"x\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "data_offsets"},
        {"{\"x\":1}", 4, "dtype"},
        {"{\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
         "\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}",
         2, "duplicate"},
        {"{\"x\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},"
         "\"y\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}",
         3, "begins at 1 where 2"},
        {"{\"__metadata__\":3}", 0, "__metadata__ is no object"},
        {"{\"__metadata__\":null}", 0, "__metadata__ is no object"},
        {"{\"__metadata__\":[\"a\"]}", 0, "__metadata__ is no object"},
        {"[1,2]", 0, "no JSON object"},
        {X("[\"1\"]", "[0,4]"), 4, "no whole number"},
        {X("[null]", "[0,4]"), 4, "no whole number"},
        {X("{\"1\":1}", "[0,4]"), 4, "shape is no array"},
        {X("[1]", "{\"0\":4}"), 4, "no two sizes"},
        {X("[1]", "[\"0\",4]"), 4, "no two sizes"},
        {X("[1]", "[-4,0]"), 4, "no two sizes"},
        {X("[1]", "[0,4,8]"), 4, "no two sizes"},
        {X("[1]", "[4,8]"), 4, "do not hold 4 bytes"},
        {"{\"__metadata__\":{\"a\":3}}", 0, "metadata \"a\" is no string"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_tensors *file = NULL;
        assert_fails(snnfe_tensors_open(&file, write_file(cases[i].header, cases[i].n_data)),
                     SNNFE_ERR_FORMAT, cases[i].message);
        ck_assert_ptr_null(file);
        ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "hostile.safetensors"));
    }
    snnfe_tensors *file = NULL;
    assert_fails(snnfe_tensors_open(&file, write_file("{\"x\":{\"dtype\":\"BF16\",\"shape\":[1],"
                                                      "\"data_offsets\":[0,2]}}",
                                                      2)),
                 SNNFE_ERR_UNSUPPORTED, "dtype \"BF16\"");
    const char *path = support_path("short");
    support_write(path, "1234567", 7);
    assert_fails(snnfe_tensors_open(&file, path), SNNFE_ERR_FORMAT, "7 bytes");
    support_write(path, "\xff\xff\xff\xff\xff\xff\xff\xff{}", 10);
    assert_fails(snnfe_tensors_open(&file, path), SNNFE_ERR_FORMAT,
                 "short: header length 18446744073709551615 does not fit a file of 10 bytes");
    support_write(path, "PK\3\4\0\0\0\0and so on", 17);
    assert_fails(snnfe_tensors_open(&file, path), SNNFE_ERR_FORMAT, "short: is a zip archive");
    support_write(path, "PK\3\5\0\0\0\0and so on", 17);
    assert_fails(snnfe_tensors_open(&file, path), SNNFE_ERR_FORMAT, "does not fit a file of 17");
    assert_fails(snnfe_tensors_open(&file, support_path("none")), SNNFE_ERR_IO, "none");
    assert_fails(snnfe_tensors_open(&file, support_folder()), SNNFE_ERR_IO, "not a regular file");
}
END_TEST

/* Others may name tensors in another order than they store them. */
START_TEST(headers_have_any_order)
{
#define ONE(name, begin, end)                                                                      \
    "\"" name "\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[" begin "," end "]}"
    static const char *const orders[] = {
        "{" ONE("a", "0", "1") "," ONE("b", "1", "2") "," ONE("c", "2", "3") "}",
        "{" ONE("c", "2", "3") "," ONE("b", "1", "2") "," ONE("a", "0", "1") "}",
        "{" ONE("b", "1", "2") "," ONE("c", "2", "3") "," ONE("a", "0", "1") "}",
    };
#undef ONE
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        snnfe_tensors *file = NULL;
        assert_ok(snnfe_tensors_open(&file, write_file(orders[i], 3)));
        for (size_t k = 0; k < 3; k++) {
            const char name[2] = {(char)('a' + (int)k), '\0'};
            ck_assert_str_eq(snnfe_tensors_at(file, k)->name, name);
            ck_assert_uint_eq(snnfe_tensors_at(file, k)->offset, k);
        }
        snnfe_tensors_close(file);
    }
}
END_TEST

/* Values and brackets within texts do not count, nor do those that are closed. */
START_TEST(nesting_has_an_end)
{
    for (int deep = 64; deep <= 65; deep++) {
        char text[1000] = "[\"[[{\\\"[[\", [], {}, [[[]]], {\"a\": [1, 2]}";
        json_t *root = NULL;
        for (int i = 1; i < deep; i++)
            strcat(text, ", [1, 2");
        for (int i = 0; i < deep; i++)
            strcat(text, "]");
        if (deep == 64)
            assert_ok(snnfe_json_parse(&root, text, strlen(text), 1000));
        else
            assert_fails(snnfe_json_parse(&root, text, strlen(text), 1000), SNNFE_ERR_FORMAT,
                         "nested 65 deep, more than 64");
        json_decref(root);
    }
}
END_TEST

/* Each of them empty: all that there is of them is the header. */
START_TEST(more_tensors_than_are_read)
{
    enum { N = 100001 };
    char *header = malloc(80 * N), *end = header;
    snnfe_tensors *file = NULL;
    for (int i = 0; i < N; i++)
        end += sprintf(end, "%c\"%d\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}",
                       i == 0 ? '{' : ',', i);
    sprintf(end, "}");
    assert_fails(snnfe_tensors_open(&file, write_file(header, 0)), SNNFE_ERR_FORMAT,
                 "hostile.safetensors: has 100001 tensors, more than 100000");
    free(header);
}
END_TEST

/* As machines of the other byte order have them. */
START_TEST(bytes_are_swapped)
{
    static const struct {
        size_t count, size;
        const char *swapped;
    } cases[] = {{8, 1, "abcdefgh"}, {4, 2, "badcfehg"}, {2, 4, "dcbahgfe"},
                 {1, 8, "hgfedcba"}, {1, 4, "dcbaefgh"}, {0, 8, "abcdefgh"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char bytes[] = "abcdefgh";
        snnfe_swap_bytes(bytes, cases[i].count, cases[i].size);
        ck_assert_str_eq(bytes, cases[i].swapped);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tensors");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_test(all, reference_files_open);
    tcase_add_test(all, files_survive_a_round_trip);
    tcase_add_test(all, tensors_are_sorted_by_their_elements);
    tcase_add_test(all, texts_survive_a_round_trip);
    tcase_add_test(all, nonfinite_values_are_named);
    tcase_add_test(all, python_reads_them);
    tcase_add_test(all, hostile_headers_are_refused);
    tcase_add_test(all, headers_have_any_order);
    tcase_add_test(all, nesting_has_an_end);
    tcase_add_test(all, more_tensors_than_are_read);
    tcase_add_test(all, bytes_are_swapped);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
