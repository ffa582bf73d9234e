/* The checks of arguments: what passes, and what the messages say. */
#include "base/check.h"
#include "support.h"

#include <math.h>

static void assert_message(snnfe_status status, const char *message)
{
    ck_assert_int_eq(status, SNNFE_ERR_ARGUMENT);
    ck_assert_str_eq(snnfe_last_error(), message);
}

START_TEST(places_are_named)
{
    const int thing = 0;
    ck_assert_int_eq(snnfe_check_pointer("snnfe_call", "thing", &thing), SNNFE_OK);
    assert_message(snnfe_check_pointer("snnfe_call", "thing", NULL), "snnfe_call: thing is NULL");
    assert_message(snnfe_check_pointer("snnfe_struct", ".thing", NULL),
                   "snnfe_struct.thing is NULL");
    assert_message(snnfe_check_pointer(NULL, "thing", NULL), "thing is NULL");
    ck_assert_int_eq(snnfe_check_array("snnfe_call", "list", NULL, 0), SNNFE_OK);
    ck_assert_int_eq(snnfe_check_array("snnfe_call", "list", &thing, 1), SNNFE_OK);
    assert_message(snnfe_check_array("snnfe_call", "list", NULL, 1), "snnfe_call: list is NULL");
}
END_TEST

START_TEST(counts_have_ends)
{
    ck_assert_int_eq(snnfe_check_count("s", ".n", 1, 1, 4), SNNFE_OK);
    ck_assert_int_eq(snnfe_check_count("s", ".n", 4, 1, 4), SNNFE_OK);
    ck_assert_int_eq(snnfe_check_count("s", ".n", UINT64_MAX, 1, UINT64_MAX), SNNFE_OK);
    assert_message(snnfe_check_count("s", ".n", 0, 1, 4), "s.n is 0, not in 1…4");
    assert_message(snnfe_check_count("s", ".n", 5, 1, 4), "s.n is 5, not in 1…4");
    assert_message(snnfe_check_count("s", ".n", 0, 1, UINT64_MAX), "s.n is 0, not at least 1");
    ck_assert_int_eq(snnfe_check_integer("s", ".n", -1, -1, 6), SNNFE_OK);
    ck_assert_int_eq(snnfe_check_integer("s", ".n", 6, -1, 6), SNNFE_OK);
    assert_message(snnfe_check_integer("s", ".n", -2, -1, 6), "s.n is -2, not in -1…6");
    assert_message(snnfe_check_integer("s", ".n", 7, -1, 6), "s.n is 7, not in -1…6");
}
END_TEST

START_TEST(numbers_are_finite)
{
    ck_assert_int_eq(snnfe_check_number("s", ".x", 0, 0, 1), SNNFE_OK);
    ck_assert_int_eq(snnfe_check_number("s", ".x", 1, 0, 1), SNNFE_OK);
    ck_assert_int_eq(snnfe_check_number("s", ".x", 1e300, 0, HUGE_VAL), SNNFE_OK);
    assert_message(snnfe_check_number("s", ".x", 1.5, 0, 1), "s.x is 1.5, not in 0…1");
    assert_message(snnfe_check_number("s", ".x", -0.5, 0, 1), "s.x is -0.5, not in 0…1");
    assert_message(snnfe_check_number("s", ".x", (double)NAN, 0, 1), "s.x is nan, not in 0…1");
    assert_message(snnfe_check_number("s", ".x", HUGE_VAL, 0, HUGE_VAL),
                   "s.x is inf, not at least 0 and finite");
    ck_assert_int_eq(snnfe_check_positive("s", ".x", 1e-300), SNNFE_OK);
    assert_message(snnfe_check_positive("s", ".x", 0), "s.x is 0, not above 0 and finite");
    assert_message(snnfe_check_positive("s", ".x", HUGE_VAL), "s.x is inf, not above 0 and finite");
}
END_TEST

START_TEST(choices_are_known)
{
    ck_assert_int_eq(snnfe_check_switch("s", ".on", 0), SNNFE_OK);
    ck_assert_int_eq(snnfe_check_switch("s", ".on", 1), SNNFE_OK);
    assert_message(snnfe_check_switch("s", ".on", 2), "s.on is 2, not 0 or 1");
    assert_message(snnfe_check_switch("s", ".on", -1), "s.on is -1, not 0 or 1");
    ck_assert_int_eq(snnfe_check_choice("s", ".kind", 2, 3, "A, B or C"), SNNFE_OK);
    assert_message(snnfe_check_choice("s", ".kind", 3, 3, "A, B or C"),
                   "s.kind is 3, not A, B or C");
    ck_assert_int_eq(snnfe_check_entry("call", "list", 7, 2, 3), SNNFE_OK);
    ck_assert_int_eq(snnfe_check_entry("call", "list", 7, 0, 3), SNNFE_OK);
    assert_message(snnfe_check_entry("call", "list", 7, 3, 3), "call: list[7] is 3, not below 3");
    assert_message(snnfe_check_entry("call", "list", 0, -1, 3), "call: list[0] is -1, not below 3");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("check");
    TCase *all = tcase_create("all");
    tcase_add_test(all, places_are_named);
    tcase_add_test(all, counts_have_ends);
    tcase_add_test(all, numbers_are_finite);
    tcase_add_test(all, choices_are_known);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
