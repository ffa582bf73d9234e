/* Texts of strangers: UTF-8, numbers, names, lists for messages, and what messages show. */
#include "base/format.h"
#include "base/json.h"
#include "base/names.h"
#include "base/utf8.h"
#include "support.h"

/* --- UTF-8 ----------------------------------------------------------------------------------- */

/* The first and the last character of each length, and the nearest that are none. */
START_TEST(characters_are_well_formed)
{
    static const struct {
        const char *text;
        size_t length;
    } cases[] = {
        {"\x01", 1},
        {"\x7f", 1},
        {"\x80", 0},
        {"\xbf", 0},
        {"\xc1\xbf", 0}, /* overlong */
        {"\xc2\x80", 2},
        {"\xdf\xbf", 2},
        {"\xc3\x7f", 0},
        {"\xc3\xc0", 0},
        {"\xe0\x9f\xbf", 0}, /* overlong */
        {"\xe0\xa0\x80", 3},
        {"\xe1\x80\x80", 3},
        {"\xe1\x9f\xbf", 3},
        {"\xed\x9f\xbf", 3},
        {"\xed\xa0\x80", 0}, /* surrogates */
        {"\xed\xbf\xbf", 0},
        {"\xee\x80\x80", 3},
        {"\xef\xbf\xbf", 3},
        {"\xe2\x82\x2e", 0},
        {"\xf0\x8f\xbf\xbf", 0}, /* overlong */
        {"\xf0\x90\x80\x80", 4},
        {"\xf1\x80\x80\x80", 4},
        {"\xf3\x8f\xbf\xbf", 4},
        {"\xf3\xbf\xbf\xbf", 4},
        {"\xf4\x8f\xbf\xbf", 4},
        {"\xf4\x90\x80\x80", 0}, /* above U+10FFFF */
        {"\xf5\x80\x80\x80", 0},
        {"\xf0\x90\x80\x2e", 0},
        {"\xff", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t n = strlen(cases[i].text);
        ck_assert_msg(snnfe_utf8_character(cases[i].text, n) == cases[i].length, "case %zu", i);
        ck_assert(snnfe_utf8_valid(cases[i].text, n) == (cases[i].length == n));
        /* One that is cut off is none. */
        if (n > 1)
            ck_assert_uint_eq(snnfe_utf8_character(cases[i].text, n - 1), 0);
    }
    ck_assert(snnfe_utf8_valid("a\xc3\xa9z\xf0\x90\x80\x80", 8));
    ck_assert(!snnfe_utf8_valid("a\xc3\xa9z\xf0\x90\x80\x80", 7));
    ck_assert(snnfe_utf8_valid("", 0));
}
END_TEST

START_TEST(other_bytes_are_latin1)
{
    char out[32];
    size_t size = 99;
    ck_assert(snnfe_utf8_copy(out, "a\xc3\xa9", 3, &size));
    ck_assert_str_eq(out, "a\xc3\xa9");
    ck_assert_uint_eq(size, 3);
    ck_assert(!snnfe_utf8_copy(out, "a\x7f\x80\xbf\xc0\xff", 6, &size));
    ck_assert_str_eq(out, "a\x7f\xc2\x80\xc2\xbf\xc3\x80\xc3\xbf");
    ck_assert_uint_eq(size, 10);
    /* All of them, even those that would be a character. */
    ck_assert(!snnfe_utf8_copy(out, "\xc3\xa9\xff", 3, &size));
    ck_assert_str_eq(out, "\xc3\x83\xc2\xa9\xc3\xbf");
    ck_assert(snnfe_utf8_copy(out, "x", 0, &size));
    ck_assert_uint_eq(size, 0);
    ck_assert_str_eq(out, "");
}
END_TEST

START_TEST(marks_are_known)
{
    ck_assert_uint_eq(snnfe_byte_order_mark("\xef\xbb\xbfx", 4), 3);
    ck_assert_uint_eq(snnfe_byte_order_mark("\xef\xbb\xbf", 3), 3);
    ck_assert_uint_eq(snnfe_byte_order_mark("\xef\xbb\xbf", 2), 0);
    ck_assert_uint_eq(snnfe_byte_order_mark("\xef\xbbx", 3), 0);
    ck_assert_uint_eq(snnfe_byte_order_mark("abc", 3), 0);
}
END_TEST

/* --- numbers --------------------------------------------------------------------------------- */

START_TEST(numbers_are_whole_strings)
{
    double number = 0;
    int64_t integer = 0;
    uint64_t whole = 0;
    ck_assert(snnfe_parse_double("+1.5e3", &number));
    ck_assert_double_eq(number, 1500);
    ck_assert(snnfe_parse_double("1e308", &number));
    ck_assert(!snnfe_parse_double("1e309", &number) && !snnfe_parse_double("1-", &number));
    ck_assert(snnfe_parse_int64("9223372036854775807", &integer));
    ck_assert(integer == INT64_MAX);
    ck_assert(snnfe_parse_int64("+12", &integer) && integer == 12);
    static const char *const bad[] = {"-9223372036854775809", "-", "1-", "1+2", "0x1", "1 "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!snnfe_parse_int64(bad[i], &integer), "%s", bad[i]);
    ck_assert(integer == 12);
    ck_assert(snnfe_parse_uint64("18446744073709551615", &whole));
    ck_assert(whole == UINT64_MAX);
    ck_assert(snnfe_parse_uint64("0012", &whole) && whole == 12);
    static const char *const worse[] = {"18446744073709551616", "", "+1", "-1", "1.", " 1", "a"};
    for (size_t i = 0; i < sizeof worse / sizeof worse[0]; i++)
        ck_assert_msg(!snnfe_parse_uint64(worse[i], &whole), "%s", worse[i]);
    ck_assert(whole == 12);
}
END_TEST

START_TEST(hashes_have_sixteen_digits)
{
    uint64_t hash = 0;
    ck_assert(snnfe_parse_hash("0123456789abcdef", &hash));
    ck_assert(hash == UINT64_C(0x0123456789abcdef));
    ck_assert(snnfe_parse_hash("fedcba9876543210", &hash));
    ck_assert(hash == UINT64_C(0xfedcba9876543210));
    static const char *const bad[] = {"",
                                      "0123456789abcde",
                                      "0123456789abcdef0",
                                      "0123456789abcdeg",
                                      "0123456789ABCDEF",
                                      "0123456789abcde "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!snnfe_parse_hash(bad[i], &hash), "%s", bad[i]);
    ck_assert(hash == UINT64_C(0xfedcba9876543210));
}
END_TEST

START_TEST(json_is_counted_before_it_is_read)
{
    static const struct {
        const char *text;
        size_t values;
    } cases[] = {{"[]", 2},
                 {"[1,2,3]", 4},
                 {"{\"a\":{\"b\":[1,2]}}", 7},
                 {"[\"a,b:c[d{e\\\",f\\\\\",\"\"]", 3},
                 {"{\"a\\\\\":1,\"b\":2}", 5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *root = NULL;
        const size_t n = strlen(cases[i].text);
        assert_ok(snnfe_json_parse(&root, cases[i].text, n, cases[i].values));
        json_decref(root);
        char message[80];
        snprintf(message, sizeof message, "has some %zu JSON values, more than %zu",
                 cases[i].values, cases[i].values - 1);
        assert_fails(snnfe_json_parse(&root, cases[i].text, n, cases[i].values - 1),
                     SNNFE_ERR_FORMAT, message);
        ck_assert_ptr_null(root);
    }
    json_t *root = NULL;
    assert_fails(snnfe_json_parse(&root, "[\n1\n", 4, 100), SNNFE_ERR_FORMAT, "line 3: ");
    assert_fails(snnfe_json_parse(&root, "{\"a\":1,\"a\":2}", 13, 100), SNNFE_ERR_FORMAT,
                 "duplicate");
}
END_TEST

/* --- names and lists ------------------------------------------------------------------------- */

START_TEST(names_are_lines)
{
    assert_ok(snnfe_name_check("names", 0, "é", 3));
    assert_fails(snnfe_name_check("names", 2, "", 8), SNNFE_ERR_ARGUMENT, "names[2] is empty");
    assert_fails(snnfe_name_check("names", 2, NULL, 8), SNNFE_ERR_ARGUMENT, "names[2] is NULL");
    assert_ok(snnfe_name_check("names", 0, "1234567", 8));
    assert_fails(snnfe_name_check("names", 1, "12345678", 8), SNNFE_ERR_ARGUMENT,
                 "names[1] has 8 bytes, not 1…7: \"12345678…\"");
    static const char *const bad[] = {"a\nb", "a\n", "\ra", "a\xff"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_fails(snnfe_name_check("names", 3, bad[i], 8), SNNFE_ERR_ARGUMENT,
                     "not one line of UTF-8");
}
END_TEST

/* A file with this text under "key", NULL: without it. */
static snnfe_tensors *file_with(const char *text)
{
    snnfe_tensor_list *list = NULL;
    snnfe_tensors *file = NULL;
    const char *path = support_path("names.safetensors");
    assert_ok(snnfe_tensor_list_create(&list));
    if (text)
        assert_ok(snnfe_tensor_list_add_metadata(list, "key", text));
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);
    assert_ok(snnfe_tensors_open(&file, path));
    return file;
}

START_TEST(names_are_read_back)
{
    static const char *const names[] = {"a", "bcd", "é"};
    char read[3][4] = {{0}};
    snnfe_tensor_list *list = NULL;
    snnfe_tensors *file = NULL;
    const char *path = support_path("list.safetensors");
    assert_ok(snnfe_tensor_list_create(&list));
    assert_ok(snnfe_names_add(list, "key", names, 3));
    assert_ok(snnfe_names_add(list, "none", NULL, 0));
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);
    assert_ok(snnfe_tensors_open(&file, path));
    ck_assert_str_eq(snnfe_tensors_metadata(file, "none"), "");
    assert_ok(snnfe_names_read(file, "key", 3, read[0], sizeof read[0]));
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(read[i], names[i]);
    assert_fails(snnfe_names_read(file, "key", 2, read[0], 4), SNNFE_ERR_FORMAT,
                 "metadata \"key\" does not hold 2 names");
    snnfe_tensors_close(file);
    static const char *const bad[] = {NULL,     "",           "a\nb",       "a\nb\nc\n",
                                      "a\n\nc", "a\nbcde\nc", "a\nb\rc\nd", "a\nb\nc\nd"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        file = file_with(bad[i]);
        assert_fails(snnfe_names_read(file, "key", 3, read[0], 4), SNNFE_ERR_FORMAT,
                     "metadata \"key\" does not hold 3 names");
        snnfe_tensors_close(file);
    }
}
END_TEST

START_TEST(lists_end_where_there_is_no_room)
{
    char list[24] = "";
    snnfe_list_name(list, sizeof list, "abc");
    ck_assert_str_eq(list, "\"abc\"");
    snnfe_list_name(list, sizeof list, "def");
    ck_assert_str_eq(list, "\"abc\", \"def\"");
    snnfe_list_name(list, sizeof list, "ghijklm");
    ck_assert_str_eq(list, "\"abc\", \"def\", …");
    snnfe_list_name(list, sizeof list, "n");
    ck_assert_str_eq(list, "\"abc\", \"def\", …");
    /* Exactly as much room as a name and the mark behind it need, and a byte less. */
    char room[16] = "";
    snnfe_list_name(room, sizeof room, "123456");
    ck_assert_str_eq(room, "\"123456\"");
    room[0] = '\0';
    snnfe_list_name(room, sizeof room - 1, "123456");
    ck_assert_str_eq(room, ", …");
    /* Exactly as much room as the mark needs, and a byte less. */
    char last[9] = "\"a\"";
    snnfe_list_name(last, sizeof last - 1, "b");
    ck_assert_str_eq(last, "\"a\"");
    snnfe_list_name(last, sizeof last, "b");
    ck_assert_str_eq(last, "\"a\", …");
    /* Not even room for the mark. */
    char none[5] = "";
    snnfe_list_name(none, sizeof none, "a");
    ck_assert_str_eq(none, "");
    char full[14] = "\"a\", \"bcd\"";
    snnfe_list_name(full, sizeof full, "e");
    ck_assert_str_eq(full, "\"a\", \"bcd\"");
}
END_TEST

START_TEST(labels_are_compared_by_their_letters)
{
    static const char *const same[][2] = {
        {"Fc5.", "FC5"}, {" c 3 . .", "C3"}, {"", " . "}, {"cz", "CZ.."}};
    static const char *const different[][2] = {
        {"C3", "C4"}, {"C3", "C31"}, {".cz", "CZ.."}, {"", "a"}};
    for (size_t i = 0; i < 4; i++) {
        ck_assert(snnfe_same_label(same[i][0], same[i][1]));
        ck_assert(snnfe_same_label(same[i][1], same[i][0]));
        ck_assert(!snnfe_same_label(different[i][0], different[i][1]));
    }
}
END_TEST

/* --- messages -------------------------------------------------------------------------------- */

START_TEST(names_of_files_are_quoted)
{
    char quoted[SNNFE_QUOTE_SIZE], name[200];
    snnfe_quote(quoted, " a~\x1b\x7f\xc3\xa9", 7);
    ck_assert_str_eq(quoted, " a~????");
    snnfe_quote(quoted, "abc", 0);
    ck_assert_str_eq(quoted, "");
    memset(name, 'x', sizeof name);
    snnfe_quote(quoted, name, 80);
    ck_assert_uint_eq(strlen(quoted), 80);
    ck_assert_ptr_null(strchr(quoted, '.'));
    snnfe_quote(quoted, name, 81);
    ck_assert_uint_eq(strlen(quoted), 83);
    ck_assert_str_eq(quoted + 80, "...");
}
END_TEST

START_TEST(messages_command_no_terminal)
{
    snnfe_fail(SNNFE_ERR_IO, "%s", "a\x1f\x7f\x1b[2J é \xff\xc3");
    ck_assert_str_eq(snnfe_last_error(), "a\\x1f\\x7f\\x1b[2J é \\xff\\xc3");
    /* The first and the last of each range of commands, and those next to them. */
    static const struct {
        const char *text;
        bool shown;
    } characters[] = {{" ", true},
                      {"~", true},
                      {"\xc2\x80", false},
                      {"\xc2\x9f", false},
                      {"\xc2\xa0", true},
                      {"\xd8\x9b", true},
                      {"\xd8\x9c", false},
                      {"\xd8\x9d", true},
                      {"\xe2\x80\x8d", true},
                      {"\xe2\x80\x8e", false},
                      {"\xe2\x80\x8f", false},
                      {"\xe2\x80\x90", true},
                      {"\xe2\x80\xa7", true},
                      {"\xe2\x80\xa8", false},
                      {"\xe2\x80\xae", false},
                      {"\xe2\x80\xaf", true},
                      {"\xe2\x81\xa5", true},
                      {"\xe2\x81\xa6", false},
                      {"\xe2\x81\xa9", false},
                      {"\xe2\x81\xaa", true}};
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        snnfe_fail(SNNFE_ERR_IO, "%s", characters[i].text);
        ck_assert_msg((strcmp(snnfe_last_error(), characters[i].text) == 0) == characters[i].shown,
                      "%s", snnfe_last_error());
    }
    /* What does not fit loses its middle, not its end; an escape is whole or left out. */
    char text[SNNFE_MESSAGE_SIZE];
    memset(text, 'x', sizeof text);
    memcpy(text + sizeof text - 5, "\x01", 2);
    snnfe_fail(SNNFE_ERR_IO, "%s", text);
    ck_assert_uint_eq(strlen(snnfe_last_error()), sizeof text - 1);
    ck_assert_str_eq(snnfe_last_error() + sizeof text - 5, "\\x01");
    memset(text, 'x', sizeof text);
    memcpy(text + sizeof text - 4, "\x01", 2);
    snnfe_fail(SNNFE_ERR_IO, "%s", text);
    ck_assert_uint_eq(strlen(snnfe_last_error()), sizeof text - 1);
    ck_assert_str_eq(snnfe_last_error() + sizeof text - 6, "x\\x01");
    ck_assert_int_eq(strncmp(snnfe_last_error() + 340, "…x", 4), 0);
}
END_TEST

/* Sizes from that of an empty text on. */
START_TEST(texts_lose_their_middle)
{
    static const char *const shown[] = {"",     "8",     "78",     "…",       "…8",    "…78",
                                        "0…78", "0…678", "0…5678", "01…5678", "01234", "012345678"};
    char out[16];
    for (size_t size = 1; size <= 10; size++) {
        snnfe_utf8_show(out, size, "012345678");
        ck_assert_str_eq(out, shown[size == 10 ? 11 : size - 1]);
    }
    /* Characters and escapes are not parted. */
    ck_assert_str_eq(snnfe_utf8_show(out, 9, "éé\x01\x02éé"), "…éé");
    ck_assert_str_eq(snnfe_utf8_show(out, 14, "éé\x01\x02éé"), "é…éé");
    ck_assert_str_eq(snnfe_utf8_show(out, 13, "0123\x01"), "0123\\x01");
}
END_TEST

/* /aaaaaaa/…/file, with `n` bytes from its first to its last slash. */
static const char *long_path(char path[5000], size_t n)
{
    for (size_t i = 0; i < n; i++)
        path[i] = i % 8 == 0 ? '/' : 'a';
    memcpy(path + n, "/file", sizeof "/file");
    return path;
}

START_TEST(long_paths_lose_their_middle)
{
    char path[5000], expected[12000], other[5000];
    snnfe_fail(SNNFE_ERR_IO, "%s: field is 1, not 2", long_path(path, 384));
    snprintf(expected, sizeof expected, "%s: field is 1, not 2", path);
    ck_assert_str_eq(snnfe_last_error(), expected);
    snnfe_fail(SNNFE_ERR_IO, "%s: field is 1, not 2", long_path(path, 392));
    snprintf(expected, sizeof expected, "%.129s…%s: field is 1, not 2", path, path + 264);
    ck_assert_str_eq(snnfe_last_error(), expected);
    /* The same path looks the same: it is not put in front of itself. */
    snnfe_fail_prefix(SNNFE_ERR_IO, "%s", path);
    ck_assert_str_eq(snnfe_last_error(), expected);
    snnfe_fail(SNNFE_ERR_IO, "field is 1, not 2");
    snnfe_fail_prefix(SNNFE_ERR_IO, "%s", path);
    ck_assert_str_eq(snnfe_last_error(), expected);
    /* Each of two, and what is said between them. */
    long_path(path, 4088);
    long_path(other, 4000);
    snnfe_fail(SNNFE_ERR_IO, "%s: 50 Hz, that of %s 60 Hz", path, other);
    snprintf(expected, sizeof expected, "%.129s…%s: 50 Hz, that of %.129s…%s 60 Hz", path,
             path + 3960, other, other + 3872);
    ck_assert_str_eq(snnfe_last_error(), expected);
    /* Names of folders as long as they may be. */
    memset(path, 'b', sizeof path);
    for (size_t i = 0; i < 4000; i += 256)
        path[i] = '/';
    memcpy(path + 3840, "/file", sizeof "/file");
    snnfe_fail(SNNFE_ERR_IO, "%s: why", path);
    ck_assert_str_eq(snnfe_last_error(), "/…/file: why");
}
END_TEST

START_TEST(what_is_no_path_loses_its_middle)
{
    static char text[60000];
    memset(text, 'x', sizeof text - 1);
    snnfe_fail(SNNFE_ERR_IO, "%.3000s: why", text);
    ck_assert_uint_eq(strlen(snnfe_last_error()), SNNFE_MESSAGE_SIZE - 1);
    ck_assert_str_eq(strstr(snnfe_last_error(), ": "), ": why");
    /* A longer text loses its reason, too; the mark at its end says that something is missing. */
    snnfe_fail(SNNFE_ERR_IO, "%s: why", text);
    ck_assert_str_eq(snnfe_last_error() + strlen(snnfe_last_error()) - 4, "x…");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *all = tcase_create("all");
    tcase_add_test(all, characters_are_well_formed);
    tcase_add_test(all, other_bytes_are_latin1);
    tcase_add_test(all, marks_are_known);
    tcase_add_test(all, numbers_are_whole_strings);
    tcase_add_test(all, hashes_have_sixteen_digits);
    tcase_add_test(all, json_is_counted_before_it_is_read);
    tcase_add_test(all, names_are_lines);
    tcase_add_test(all, names_are_read_back);
    tcase_add_test(all, lists_end_where_there_is_no_room);
    tcase_add_test(all, labels_are_compared_by_their_letters);
    tcase_add_test(all, names_of_files_are_quoted);
    tcase_add_test(all, messages_command_no_terminal);
    tcase_add_test(all, texts_lose_their_middle);
    tcase_add_test(all, long_paths_lose_their_middle);
    tcase_add_test(all, what_is_no_path_loses_its_middle);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
