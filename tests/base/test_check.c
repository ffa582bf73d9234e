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

/* Any two of three arrays at all places of a few bytes: they overlap where they share one. The last
   of the spans is no array of the call's. */
START_TEST(arrays_share_no_byte)
{
    static const char bytes[8];
    for (int from = 0; from < 4; from++)
        for (size_t size = 0; size < 4; size++)
            for (int to = 0; to < 4; to++)
                for (size_t other = 0; other < 4; other++)
                    for (int way = 0; way < 16; way++) {
                        const bool given[2] = {way & 1, way & 2}, written[2] = {way & 4, way & 8};
                        const snnfe_span first = {"a", given[0] ? bytes + from : NULL, size,
                                                  written[0]},
                                         second = {"b", given[1] ? bytes + to : NULL, other,
                                                   written[1]},
                                         third = {"c", bytes + 7, 1, true};
                        const snnfe_span spans[2][4] = {
                            {first, second, third, {"d", bytes, 8, true}},
                            {third, first, second, {"d", bytes, 8, true}}};
                        bool shared = false;
                        for (int i = 0; i < 8; i++)
                            shared |=
                                i >= from && i < from + (int)size && i >= to && i < to + (int)other;
                        shared &= given[0] && given[1] && (written[0] || written[1]);
                        for (int k = 0; k < 2; k++)
                            if (shared)
                                assert_message(snnfe_check_apart("call", spans[k], 3),
                                               "call: a and b overlap");
                            else
                                assert_ok(snnfe_check_apart("call", spans[k], 3));
                    }
}
END_TEST

START_TEST(what_has_no_effect_is_not_set)
{
    for (int way = 0; way < 16; way++) {
        const snnfe_need needs[] = {{".a", way & 1, way & 2, "x is 1"},
                                    {".b", way & 4, way & 8, "y is 2"}};
        const snnfe_status status = snnfe_check_needs("s", needs, 2);
        if ((way & 3) == 1)
            assert_message(status, "s.a is set, but has no effect unless x is 1");
        else if ((way & 12) == 4)
            assert_message(status, "s.b is set, but has no effect unless y is 2");
        else
            assert_ok(status);
    }
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
    tcase_add_test(all, arrays_share_no_byte);
    tcase_add_test(all, what_has_no_effect_is_not_set);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
