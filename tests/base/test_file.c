/* Atomic files, and numbers in text whatever the locale. */
#include "base/file.h"
#include "base/format.h"
#include "base/kind.h"
#include "base/memory.h"
#include "base/tensors.h"
#include "base/text.h"
#include "support.h"

#include <locale.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

static void assert_content(const char *path, const char *expected)
{
    size_t size = 0;
    char *content = support_read(path, &size);
    ck_assert_uint_eq(size, strlen(expected));
    ck_assert_mem_eq(content, expected, size);
    free(content);
}

static const char *fresh_folder(const char *name)
{
    const char *path = support_path(name);
    assert_ok(snnfe_folder_create(path));
    return path;
}

START_TEST(name_is_taken_by_commit_only)
{
    const char *folder = fresh_folder("commit");
    const char *path = support_path("commit/file");
    support_write(path, "old", 3);
    snnfe_writer *writer = NULL;
    assert_ok(snnfe_writer_open(&writer, path));
    assert_ok(snnfe_writer_write(writer, "ne", 2));
    assert_content(path, "old");
    assert_ok(snnfe_writer_write(writer, "w", 1));
    assert_ok(snnfe_writer_commit(writer));
    assert_content(path, "new");
    assert_ok(snnfe_writer_open(&writer, path));
    assert_ok(snnfe_writer_write(writer, "other", 5));
    snnfe_writer_abort(writer);
    assert_content(path, "new");
    ck_assert_uint_eq(support_count_files(folder), 1);
    snnfe_writer_abort(NULL);
}
END_TEST

START_TEST(full_disk_leaves_the_old_file)
{
    const char *folder = fresh_folder("full");
    const char *path = support_path("full/file");
    support_write(path, "old", 3);
    char *block = calloc(1, 100000);
    snnfe_writer *writer = NULL;
    assert_ok(snnfe_writer_open(&writer, path));
    support_fill_disk(5000);
    const snnfe_status status = snnfe_writer_write(writer, block, 100000);
    support_empty_disk();
    assert_fails(status, SNNFE_ERR_IO, path);
    snnfe_writer_abort(writer);
    assert_content(path, "old");
    ck_assert_uint_eq(support_count_files(folder), 1);
    free(block);
}
END_TEST

START_TEST(unwritable_places_are_named)
{
    snnfe_writer *writer = NULL;
    const char *missing = support_path("no-such-folder/file");
    assert_fails(snnfe_writer_open(&writer, missing), SNNFE_ERR_IO, missing);
    ck_assert_ptr_null(writer);
    const char *file = support_path("plain-file");
    support_write(file, "x", 1);
    const char *below = support_path("plain-file/below");
    assert_fails(snnfe_writer_open(&writer, below), SNNFE_ERR_IO, below);
    assert_fails(snnfe_folder_create(below), SNNFE_ERR_IO, "create folder");
    /* A folder has the name. */
    const char *folder = fresh_folder("taken");
    assert_fails(snnfe_writer_open(&writer, folder), SNNFE_ERR_IO, folder);
}
END_TEST

START_TEST(folders_are_made_with_their_parents)
{
    const char *path = support_path("a/b//c");
    assert_ok(snnfe_folder_create(path));
    assert_ok(snnfe_folder_create(path));
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert(S_ISDIR(info.st_mode));
}
END_TEST

START_TEST(reading_is_bounded)
{
    const char *path = support_path("read");
    support_write(path, "12345", 5);
    uint8_t *content = NULL;
    size_t size = 0;
    assert_ok(snnfe_file_read(&content, path, 5, &size));
    ck_assert_uint_eq(size, 5);
    ck_assert_mem_eq(content, "12345", 5);
    snnfe_release(content);
    content = NULL;
    assert_fails(snnfe_file_read(&content, path, 4, &size), SNNFE_ERR_FORMAT, path);
    assert_fails(snnfe_file_read(&content, support_path("none"), 4, &size), SNNFE_ERR_IO, "none");
    assert_fails(snnfe_file_read(&content, support_folder(), 4, &size), SNNFE_ERR_IO,
                 support_folder());
    ck_assert_ptr_null(content);
    ck_assert(snnfe_file_exists(path));
    ck_assert(!snnfe_file_exists(support_path("none")));
}
END_TEST

/* Only what surely is not there is not there. */
START_TEST(what_cannot_be_looked_at_exists)
{
    const char *file = support_path("looked-at");
    support_write(file, "x", 1);
    ck_assert(snnfe_file_exists(file));
    ck_assert(!snnfe_file_exists(support_path("looked-at/below")));
    ck_assert(!snnfe_file_exists(support_path("not-there/below")));
    ck_assert_int_eq(symlink("circle", support_path("circle")), 0);
    ck_assert(snnfe_file_exists(support_path("circle")));
}
END_TEST

START_TEST(numbers_ignore_the_locale)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8"};
    for (size_t i = 0; i < 3; i++)
        if (setlocale(LC_ALL, names[i]))
            break;
    char text[32];
    snnfe_format(text, sizeof text, "%g", 1.5);
    ck_assert_str_eq(text, "1.5");
    double value = 0;
    ck_assert(snnfe_parse_double("-2.5e-3", &value));
    ck_assert_double_eq(value, -2.5e-3);
    static const char *const bad[] = {"",     " 1",     "1 ",    "1,5", "nan", "inf",
                                      "0x10", "1e9999", "1.2.3", "--1", "e5",  "."};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!snnfe_parse_double(bad[i], &value), "\"%s\" was taken", bad[i]);
    int64_t whole = 0;
    ck_assert(snnfe_parse_int64("-9223372036854775808", &whole));
    ck_assert(whole == INT64_MIN);
    static const char *const bad_whole[] = {"", "1.0", "9223372036854775808", "1e3", " 1", "+-1"};
    for (size_t i = 0; i < sizeof bad_whole / sizeof bad_whole[0]; i++)
        ck_assert_msg(!snnfe_parse_int64(bad_whole[i], &whole), "\"%s\" was taken", bad_whole[i]);
    setlocale(LC_ALL, "C");
}
END_TEST

START_TEST(text_grows)
{
    snnfe_text text = {0};
    for (int i = 0; i < 1000; i++)
        snnfe_text_append(&text, "%d\n", i);
    ck_assert_uint_eq(text.size, 10 * 2 + 90 * 3 + 900 * 4);
    const char *path = support_path("text");
    assert_ok(snnfe_text_save(&text, path));
    assert_content(path, text.data);
    snnfe_text_release(&text);
    ck_assert_ptr_null(text.data);
}
END_TEST

/* Where a host has closed its standard input, files get descriptor 0; it is one like others, and
   none is left open. */
START_TEST(descriptor_0_is_one)
{
    const char *path = support_path("zero.json");
    const int kept = dup(0);
    uint8_t *content = NULL;
    size_t size = 0;
    support_write(path, "{\"format\": \"snnfe device 1\"}", 28);
    ck_assert_int_eq(chmod(path, 0640), 0);
    close(0);
    const snnfe_status read = snnfe_file_read(&content, path, 100, &size);
    char begin[8];
    size_t n_begin = sizeof begin;
    const snnfe_status began = snnfe_file_beginning(path, begin, &n_begin);
    const snnfe_kind kind = snnfe_kind_of(path);
    snnfe_tensors *file = NULL;
    const snnfe_status opened = snnfe_tensors_open(&file, path);
    const snnfe_status written = snnfe_file_write(path, "new", 3);
    const snnfe_status tried = snnfe_writer_try(path);
    const snnfe_status in_place = snnfe_file_write("/dev/null", "new", 3);
    const int free_one = dup(1); /* the lowest that is free */
    if (free_one != 0)
        close(free_one);
    dup2(kept, 0);
    close(kept);
    assert_ok(read);
    ck_assert_uint_eq(size, 28);
    assert_ok(began);
    ck_assert_mem_eq(begin, "{\"format", sizeof begin);
    ck_assert_int_eq(kind, SNNFE_KIND_DEVICE);
    ck_assert_int_eq(opened, SNNFE_ERR_FORMAT);
    assert_ok(written);
    assert_ok(tried);
    assert_ok(in_place);
    ck_assert_int_eq(free_one, 0);
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0640);
    assert_content(path, "new");
    snnfe_release(content);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("file");
    TCase *all = tcase_create("all");
    tcase_add_test(all, name_is_taken_by_commit_only);
    tcase_add_test(all, full_disk_leaves_the_old_file);
    tcase_add_test(all, unwritable_places_are_named);
    tcase_add_test(all, folders_are_made_with_their_parents);
    tcase_add_test(all, reading_is_bounded);
    tcase_add_test(all, what_cannot_be_looked_at_exists);
    tcase_add_test(all, numbers_ignore_the_locale);
    tcase_add_test(all, text_grows);
    tcase_add_test(all, descriptor_0_is_one);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
