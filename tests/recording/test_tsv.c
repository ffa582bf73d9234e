/* Tables of strangers: lines, cells, names, numbers, and what is refused. */
#include "base/memory.h"
#include "recording/tsv.h"
#include "support.h"

/* A name, since a letter that follows would join the last byte. */
#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static snnfe_status parse(snnfe_tsv *tsv, const char *text)
{
    return snnfe_tsv_parse(tsv, "t.tsv", snnfe_duplicate_string(text), strlen(text));
}

START_TEST(lines_and_cells)
{
    static const char *const texts[] = {"a\tb\n1\tn/a\n\t3\n", "a\tb\r\n1\tn/a\r\n\t3",
                                        BYTE_ORDER_MARK "a\tb\n\n1\tn/a\n\n\n\t3\n\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        snnfe_tsv tsv;
        assert_ok(parse(&tsv, texts[i]));
        ck_assert_uint_eq(tsv.n_columns, 2);
        ck_assert_uint_eq(tsv.n_rows, 2);
        ck_assert_str_eq(snnfe_tsv_cell(&tsv, 0, 0), "1");
        ck_assert_ptr_null(snnfe_tsv_cell(&tsv, 0, 1));
        ck_assert_str_eq(snnfe_tsv_cell(&tsv, 1, 0), "");
        ck_assert_str_eq(snnfe_tsv_cell(&tsv, 1, 1), "3");
        snnfe_tsv_release(&tsv);
    }
    snnfe_tsv tsv;
    assert_ok(parse(&tsv, "n/a"));
    ck_assert_uint_eq(tsv.n_rows, 0);
    ck_assert_str_eq(tsv.cells[0], "n/a");
    snnfe_tsv_release(&tsv);
}
END_TEST

START_TEST(columns_by_name)
{
    snnfe_tsv tsv;
    size_t column = 9;
    double value = 0;
    assert_ok(parse(&tsv, "onset\tduration\n2.5\tn/a\nx\t1\n"));
    assert_ok(snnfe_tsv_require(&tsv, "duration", &column));
    ck_assert_uint_eq(column, 1);
    ck_assert(snnfe_tsv_find(&tsv, "onset", &column));
    ck_assert_uint_eq(column, 0);
    ck_assert(!snnfe_tsv_find(&tsv, "ONSET", &column));
    assert_fails(snnfe_tsv_require(&tsv, "value", &column), SNNFE_ERR_FORMAT,
                 "t.tsv: has no column \"value\"; there are \"onset\", \"duration\" (columns");
    assert_ok(snnfe_tsv_number(&tsv, 0, 0, &value));
    ck_assert_double_eq(value, 2.5);
    assert_fails(snnfe_tsv_number(&tsv, 0, 1, &value), SNNFE_ERR_FORMAT,
                 "t.tsv: row 2, column \"duration\": \"n/a\" is not a number");
    assert_fails(snnfe_tsv_number(&tsv, 1, 0, &value), SNNFE_ERR_FORMAT,
                 "t.tsv: row 3, column \"onset\": \"x\" is not a number");
    snnfe_tsv_release(&tsv);
}
END_TEST

START_TEST(wrong_tables_are_refused)
{
    static const struct {
        const char *text, *message;
    } cases[] = {{"", "t.tsv: is empty"},
                 {BYTE_ORDER_MARK, "t.tsv: is empty"},
                 {"a\xff\n", "t.tsv: is no text in UTF-8"},
                 {"a\tb\n\n1\t2\n1\n", "row 3 has 1 cells between tabs, not 2"},
                 {"a\n1\t2\n", "row 2 has 2 cells between tabs, not 1"},
                 {"\na\n", "column 1 has no name"},
                 {"a\t\n", "column 2 has no name"},
                 {"a\tb\tc\tb\n", "columns 2 and 4 are both \"b\""}};
    snnfe_tsv tsv;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_fails(parse(&tsv, cases[i].text), SNNFE_ERR_FORMAT, cases[i].message);
        ck_assert(!tsv.cells && !tsv.text);
    }
    char *text = snnfe_duplicate("a\0b\n", 5, 1);
    assert_fails(snnfe_tsv_parse(&tsv, "t.tsv", text, 4), SNNFE_ERR_FORMAT, "no text in UTF-8");
    assert_fails(snnfe_tsv_read(&tsv, support_path("none.tsv")), SNNFE_ERR_IO, "none.tsv");
}
END_TEST

/* A line of names 0, 1, … and so many empty lines behind it. */
static snnfe_status parse_large(snnfe_tsv *tsv, size_t n_columns, size_t n_empty)
{
    char *text = snnfe_alloc(5 * n_columns + n_empty + 1, 1), *end = text;
    for (size_t i = 0; i < n_columns; i++)
        end += sprintf(end, "%s%zu", i ? "\t" : "", i);
    memset(end, '\n', n_empty);
    return snnfe_tsv_parse(tsv, "t.tsv", text, (size_t)(end - text) + n_empty);
}

START_TEST(tables_have_ends)
{
    snnfe_tsv tsv;
    assert_ok(parse_large(&tsv, 1000, 1));
    ck_assert_uint_eq(tsv.n_columns, 1000);
    snnfe_tsv_release(&tsv);
    assert_fails(parse_large(&tsv, 1001, 1), SNNFE_ERR_FORMAT,
                 "has 1001 columns and 2 lines, more than 1000 columns or 10000000 cells");
    assert_ok(parse_large(&tsv, 1000, 9999));
    snnfe_tsv_release(&tsv);
    assert_fails(parse_large(&tsv, 1000, 10000), SNNFE_ERR_FORMAT, "has 1000 columns and 10001");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tsv");
    TCase *all = tcase_create("all");
    tcase_add_test(all, lines_and_cells);
    tcase_add_test(all, columns_by_name);
    tcase_add_test(all, wrong_tables_are_refused);
    tcase_add_test(all, tables_have_ends);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
