/* Events while a recording is read: their order, texts that are there twice, and how many there may
   be. */
#include "recording/event_list.h"
#include "support.h"

static void add(snnfe_event_list *list, double onset_s, const char *text)
{
    assert_ok(snnfe_event_list_add(list, onset_s, text, strlen(text)));
}

START_TEST(events_are_sorted_and_taken_once)
{
    static const struct {
        double onset_s;
        const char *text;
    } wanted[] = {{-1, "early"}, {0, "b"}, {0, "a"}, {0, "c\xc3\xa9"}, {0.5, "a"}, {2, ""}};
    snnfe_event_list list = {.path = "a"};
    snnfe_recording r = {0};
    size_t n_doubled = 77;
    add(&list, 12, "");
    add(&list, 10, "b");
    add(&list, 10.5, "a");
    add(&list, 10, "a");
    add(&list, 10, "b");
    add(&list, 9, "early");
    add(&list, 10, "c\xe9");
    add(&list, 12, "");
    add(&list, 10, "b");
    /* Of a text only so many bytes. */
    assert_ok(snnfe_event_list_add(&list, 10, "abc", 1));
    ck_assert_uint_eq(list.n, 10);
    ck_assert_uint_eq(list.n_latin1, 1);
    assert_ok(snnfe_event_list_give(&list, 10, &r, &n_doubled));
    ck_assert_uint_eq(n_doubled, 4);
    ck_assert_uint_eq(r.n_events, sizeof wanted / sizeof wanted[0]);
    for (size_t i = 0; i < r.n_events; i++) {
        ck_assert_double_eq(r.events[i].onset_s, wanted[i].onset_s);
        ck_assert_str_eq(r.events[i].text, wanted[i].text);
    }
    snnfe_event_list_release(&list);
    ck_assert(list.n == 0 && !list.events && !list.texts);
    snnfe_recording_release(&r);
}
END_TEST

START_TEST(no_events)
{
    snnfe_event_list list = {.path = "a"};
    snnfe_recording r = {.n_events = 5};
    size_t n_doubled = 77;
    assert_ok(snnfe_event_list_give(&list, 3, &r, &n_doubled));
    ck_assert_uint_eq(r.n_events, 0);
    ck_assert_uint_eq(n_doubled, 0);
    snnfe_event_list_release(&list);
    snnfe_recording_release(&r);
}
END_TEST

/* Texts of every length stay whole while the list grows. */
START_TEST(texts_stay_whole)
{
    enum { N = 700 };
    snnfe_event_list list = {.path = "a"};
    snnfe_recording r = {0};
    size_t n_doubled = 0;
    char text[N + 1];
    memset(text, '\xe9', N);
    for (size_t i = 0; i < N; i++)
        assert_ok(snnfe_event_list_add(&list, (double)i, text, i));
    ck_assert_uint_eq(list.n_latin1, N - 1);
    assert_ok(snnfe_event_list_give(&list, 0, &r, &n_doubled));
    for (size_t i = 0; i < N; i++) {
        ck_assert_uint_eq(strlen(r.events[i].text), 2 * i);
        for (size_t k = 0; k < i; k++)
            ck_assert_mem_eq(r.events[i].text + 2 * k, "\xc3\xa9", 2);
    }
    snnfe_event_list_release(&list);
    snnfe_recording_release(&r);
}
END_TEST

START_TEST(events_are_at_most_a_million)
{
    snnfe_event_list list = {.path = "many"};
    for (int i = 0; i < 1000000; i++)
        add(&list, i, "");
    assert_fails(snnfe_event_list_add(&list, 0, "x", 1), SNNFE_ERR_FORMAT,
                 "many: has more than 1000000 annotations");
    ck_assert_uint_eq(list.n, 1000000);
    snnfe_event_list_release(&list);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event_list");
    TCase *all = tcase_create("all");
    tcase_add_test(all, events_are_sorted_and_taken_once);
    tcase_add_test(all, no_events);
    tcase_add_test(all, texts_stay_whole);
    tcase_add_test(all, events_are_at_most_a_million);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
