/* Annotations of every kind that EDF+ allows, and the trials that are cut from them. */
#include "edf_file.h"
#include "recordings.h"
#include "same_dataset.h"

#include <snnfe/dataset.h>
#include <stddef.h>
#include <sys/resource.h>

static const int32_t places[] = {0, 1};

/* Two channels of the usual recording, unfiltered, in microvolts. */
static snnfe_dataset_options plain_options(void)
{
    static const char *const channels[] = {"C3", "C4"};
    snnfe_dataset_options o;
    assert_ok(snnfe_dataset_options_init(&o, sizeof o));
    o.channel_names = channels;
    o.channel_rows = o.channel_columns = places;
    o.n_channels = 2;
    o.filter_low_hz = o.filter_high_hz = 0;
    o.normalization = SNNFE_NORMALIZE_NONE;
    return o;
}

static snnfe_dataset_options event_options(const char *const *names, uint32_t n)
{
    static const int32_t classes[] = {0, 1, 2};
    snnfe_dataset_options o = plain_options();
    o.label_set = SNNFE_LABELS_EVENTS;
    o.event_names = names;
    o.event_labels = classes;
    o.n_event_names = n;
    return o;
}

static edf_spec spec_of(const edf_annotation *annotations, size_t n)
{
    edf_spec spec = edf_usual;
    spec.annotations = annotations;
    spec.n_annotations = n;
    return spec;
}

static snnfe_status open_spec(snnfe_dataset **d, const edf_spec *spec,
                              const snnfe_dataset_options *o)
{
    const char *path = edf_write(spec, "annotations.edf");
    const int32_t subject = 1, run = 4;
    return snnfe_dataset_open_files(d, &path, &subject, &run, 1, o);
}

/* Onsets and labels of the data set that comes of it. */
static snnfe_dataset_info check_trials(const edf_spec *spec, const snnfe_dataset_options *o,
                                       size_t n, const int32_t *onsets, const int32_t *labels)
{
    snnfe_dataset *d = NULL;
    assert_ok(open_spec(&d, spec, o));
    const snnfe_dataset_info info = dataset_info(d);
    ck_assert_uint_eq(info.n_trials, n);
    ck_assert_mem_eq(dataset_info(d).onsets, onsets, n * sizeof *onsets);
    ck_assert_mem_eq(dataset_info(d).labels, labels, n * sizeof *labels);
    ck_assert_uint_eq(info.n_events, info.n_events_used + info.n_events_other +
                                         info.n_events_short + info.n_events_outside +
                                         info.n_events_shared);
    snnfe_dataset_free(d);
    return info;
}

#define LONG_NAME "imagined movement of the left hand, after the third beep and with eyes closed"

START_TEST(whole_texts_are_compared)
{
    static const edf_annotation events[] = {{2, LONG_NAME " (left)"}, {6, LONG_NAME " (right)"}};
    static const char *const names[] = {LONG_NAME " (left)", LONG_NAME " (right)"};
    const edf_spec spec = spec_of(events, 2);
    const snnfe_dataset_options o = event_options(names, 2);
    const int32_t onsets[] = {320, 960}, labels[] = {0, 1};
    check_trials(&spec, &o, 2, onsets, labels);
    snnfe_dataset *d = NULL, *again = NULL;
    assert_ok(open_spec(&d, &spec, &o));
    ck_assert_str_eq(dataset_info(d).signal->class_names[1], names[1]);
    assert_ok(snnfe_dataset_save(d, support_path("long.safetensors")));
    assert_ok(snnfe_dataset_load(&again, support_path("long.safetensors")));
    ck_assert(same_dataset(d, again));
    ck_assert_str_eq(dataset_info(again).signal->class_names[0], names[0]);
    const snnfe_dataset_info made = dataset_info(d), loaded = dataset_info(again);
    ck_assert_mem_eq(&made, &loaded, offsetof(snnfe_dataset_info, trials));
    ck_assert_uint_eq(loaded.n_events_used, 2);
    snnfe_dataset_free(again);
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(names_too_long_are_refused)
{
    char name[300];
    memset(name, 'x', sizeof name);
    name[256] = '\0';
    const char *const names[] = {"T1", name};
    snnfe_dataset *d = NULL;
    snnfe_dataset_options o = event_options(names, 2);
    assert_fails(open_spec(&d, &edf_usual, &o), SNNFE_ERR_ARGUMENT,
                 "event_names[1] has 256 bytes, not 1…255");
    name[1] = '\n';
    name[20] = '\0';
    assert_fails(open_spec(&d, &edf_usual, &o), SNNFE_ERR_ARGUMENT, "not one line of UTF-8");
    const char *const twice[] = {"T1", "T1"};
    o.event_names = twice;
    assert_fails(open_spec(&d, &edf_usual, &o), SNNFE_ERR_ARGUMENT, "has \"T1\" twice");
}
END_TEST

START_TEST(order_in_the_file_does_not_matter)
{
    static const edf_annotation events[] = {{8, "T2"}, {0, "T0"}, {6, "T0"}, {2, "T1"}};
    const edf_spec spec = spec_of(events, 4);
    const snnfe_dataset_options o = plain_options();
    const int32_t onsets[] = {320, 1280}, labels[] = {0, 1};
    check_trials(&spec, &o, 2, onsets, labels);
}
END_TEST

/* A note at a cue's onset or within its trial is no end of it; a rest at its onset is none either.
 */
START_TEST(trials_end_at_later_events_that_matter)
{
    static const edf_annotation events[] = {{2, "note"}, {2, "T1"},    {2, "T0"}, {2.2, "blink"},
                                            {6, "T0"},   {8, "blink"}, {8, "T2"}};
    const edf_spec spec = spec_of(events, 7);
    snnfe_dataset_options o = plain_options();
    const int32_t onsets[] = {320, 1280}, labels[] = {0, 1};
    snnfe_dataset_info info = check_trials(&spec, &o, 2, onsets, labels);
    ck_assert_uint_eq(info.n_events_used, 2);
    ck_assert_uint_eq(info.n_events_other, 5);
    /* The whole trial up to T0 at 6 s, and no sample of the rest. */
    o.window_length = 639;
    o.window_limit = 100000;
    check_trials(&spec, &o, 2, onsets, labels);
    o.window_length = 640;
    snnfe_dataset *d = NULL;
    assert_fails(open_spec(&d, &spec, &o), SNNFE_ERR_NOT_FOUND, "2 too short");
}
END_TEST

START_TEST(other_names_end_trials_unless_they_are_ignored)
{
    static const edf_annotation events[] = {{2, "T1"}, {2.5, "blink"}, {6, "rest"}, {8, "T2"}};
    static const char *const names[] = {"T1", "T2", "rest"};
    static const int32_t classes[] = {0, 1, -1};
    const edf_spec spec = spec_of(events, 4);
    snnfe_dataset_options o = event_options(names, 3);
    o.event_labels = classes;
    snnfe_dataset *d = NULL;
    assert_fails(open_spec(&d, &spec, &o), SNNFE_ERR_NOT_FOUND, "class 0, \"T1\", has no trial");
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "1 too short"));
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "\"blink\" (1)"));
    o.other_events = SNNFE_OTHERS_IGNORED;
    const int32_t onsets[] = {320, 1280}, labels[] = {0, 1};
    check_trials(&spec, &o, 2, onsets, labels);
    o.window_length = 639; /* up to the rest */
    o.window_limit = 640;
    check_trials(&spec, &o, 2, onsets, labels);
    o.window_length = 640;
    o.window_limit = 641;
    assert_fails(open_spec(&d, &spec, &o), SNNFE_ERR_NOT_FOUND, "2 too short");
}
END_TEST

START_TEST(events_at_one_sample)
{
    static const edf_annotation events[] = {{1, "T1"},      {1, "left"}, {3, "T1"},
                                            {3.0001, "T2"}, {5, "T1"},   {7, "T2"}};
    static const char *const names[] = {"T1", "T2", "left"};
    static const int32_t classes[] = {0, 1, 0};
    const edf_spec spec = spec_of(events, 6);
    snnfe_dataset_options o = event_options(names, 3);
    o.event_labels = classes;
    const int32_t onsets[] = {160, 800, 1120}, labels[] = {0, 0, 1};
    const snnfe_dataset_info info = check_trials(&spec, &o, 3, onsets, labels);
    ck_assert_uint_eq(info.n_events_shared, 3);
}
END_TEST

START_TEST(dropped_events_are_counted)
{
    static const edf_annotation events[] = {{1, "T1"},    {2, "T0"},  {3, "T2"},
                                            {11.5, "T1"}, {12, "T2"}, {400, "T1"}};
    const edf_spec spec = spec_of(events, 6);
    const snnfe_dataset_options o = plain_options();
    snnfe_dataset *d = NULL;
    assert_fails(open_spec(&d, &spec, &o), SNNFE_ERR_NOT_FOUND, "class 0, \"left\", has no trial");
    snnfe_dataset_options all = o;
    all.allow_empty_classes = 1;
    const int32_t onset = 480, label = 1;
    const snnfe_dataset_info info = check_trials(&spec, &all, 1, &onset, &label);
    ck_assert_uint_eq(info.n_events, 6);
    ck_assert_uint_eq(info.n_events_other, 1);
    ck_assert_uint_eq(info.n_events_short, 2); /* just 160 samples, and the record's end */
    ck_assert_uint_eq(info.n_events_outside, 2);
}
END_TEST

static void keep_warnings(int32_t level, const char *message, void *user_data)
{
    char *kept = user_data;
    if (level == SNNFE_LOG_WARNING && strlen(kept) + strlen(message) < 4000)
        strcat(strcat(kept, message), "\n");
}

START_TEST(names_that_are_nowhere_are_told)
{
    static const char *const names[] = {"T1", "T2", "T3"};
    static const int32_t classes[] = {0, 1, 1};
    snnfe_dataset_options o = event_options(names, 3);
    o.event_labels = classes;
    snnfe_dataset *d = NULL;
    assert_fails(open_spec(&d, &edf_usual, &o), SNNFE_ERR_NOT_FOUND,
                 "event_names[2], \"T3\", is in no recording");
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "\"T0\" (2), \"T1\" (1), \"T2\" (1)"));
    char log[4096] = "";
    o.log = keep_warnings;
    o.user_data = log;
    o.allow_empty_classes = 1;
    assert_ok(open_spec(&d, &edf_usual, &o));
    ck_assert_ptr_nonnull(strstr(log, "event \"T3\" is in no recording"));
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(no_trial_says_what_was_compared)
{
    snnfe_dataset_options o = plain_options();
    o.window_start = 500;
    o.window_length = 200;
    o.window_limit = 1000;
    snnfe_dataset *d = NULL;
    assert_fails(open_spec(&d, &edf_usual, &o), SNNFE_ERR_NOT_FOUND, "subject 1 has no trial");
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "samples 500…699 at 160 Hz"));
    ck_assert_ptr_nonnull(
        strstr(snnfe_last_error(), "the longest of these trials has 640 samples"));
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "\"T1\" (1)"));
    /* A single trial was enough before; the window's limit cuts the rest off. */
    o = plain_options();
    o.window_limit = 160;
    assert_fails(open_spec(&d, &edf_usual, &o), SNNFE_ERR_NOT_FOUND,
                 "a window_limit above 160, which is 160");
}
END_TEST

/* --- lists ----------------------------------------------------------------------------------- */

#define LIST(text) text, sizeof(text) - 1

static edf_spec spec_of_lists(const char *first, size_t n_first, const char *second,
                              size_t n_second)
{
    edf_spec spec = spec_of(NULL, 0);
    spec.lists[0] = first;
    spec.list_sizes[0] = n_first;
    spec.lists[1] = second;
    spec.list_sizes[1] = n_second;
    return spec;
}

START_TEST(lists_with_durations_and_several_texts)
{
    const edf_spec spec = spec_of_lists(LIST("+2\x15"
                                             "4.1\x14T1\x14note\x14\0+6.0\x14T0\x14\0\0\0+8\x15"
                                             "0\x14note\x14T2\x14\0"),
                                        NULL, 0);
    const snnfe_dataset_options o = plain_options();
    const int32_t onsets[] = {320, 1280}, labels[] = {0, 1};
    check_trials(&spec, &o, 2, onsets, labels);
}
END_TEST

/* Two annotation signals that share the cues, one of them both ways. */
START_TEST(two_annotation_signals)
{
    const snnfe_dataset_options o = plain_options();
    const int32_t onsets[] = {320, 1280}, labels[] = {0, 1};
    edf_spec spec =
        spec_of_lists(LIST("+6\x14T0\x14\0+0\x14T0\x14\0"), LIST("+8\x14T2\x14\0+2\x14T1\x14\0"));
    check_trials(&spec, &o, 2, onsets, labels);
    spec = spec_of_lists(LIST("+2\x14T1\x14\0+6\x14T0\x14\0+8\x14T2\x14\0"),
                         LIST("+2\x14T1\x14\0+6\x14T0\x14\0+8\x14T2\x14\0"));
    char log[4096] = "";
    snnfe_dataset_options logged = o;
    logged.log = keep_warnings;
    logged.user_data = log;
    const snnfe_dataset_info info = check_trials(&spec, &logged, 2, onsets, labels);
    ck_assert_uint_eq(info.n_events, 3);
    ck_assert_ptr_nonnull(strstr(log, "3 annotations stand there twice"));
    snnfe_dataset_options strict = o;
    strict.strict = 1;
    snnfe_dataset *d = NULL;
    assert_fails(open_spec(&d, &spec, &strict), SNNFE_ERR_FORMAT, "taken once");
}
END_TEST

START_TEST(texts_that_are_not_utf8_are_latin1)
{
    const edf_spec spec = spec_of_lists(LIST("+2\x14"
                                             "F\xfc\xdf"
                                             "e\x14\0+6\x14H\xc3\xa4nde\x14\0+9\x14\xe4\x14\0"),
                                        NULL, 0);
    static const char *const names[] = {"Füße", "Hände"};
    snnfe_dataset_options o = event_options(names, 2);
    char log[4096] = "";
    o.log = keep_warnings;
    o.user_data = log;
    const int32_t onsets[] = {320, 960}, labels[] = {0, 1};
    check_trials(&spec, &o, 2, onsets, labels);
    ck_assert_ptr_nonnull(strstr(log, "2 annotation texts are not UTF-8"));
    snnfe_recording *r = NULL;
    assert_ok(snnfe_recording_open(&r, edf_write(&spec, "latin.edf"), NULL));
    const snnfe_recording_info info = recording_info(r);
    ck_assert_str_eq(info.event_texts[2], "ä");
    snnfe_recording_free(r);
}
END_TEST

START_TEST(damaged_lists_are_named)
{
    static const struct {
        const char *list;
        size_t size;
        const char *message;
    } cases[] = {
        {LIST("2\x14T1\x14\0"), "time of an annotation is not + or - and seconds: \"2\""},
        {LIST("+2.x\x14T1\x14\0"), "time of an annotation is not + or - and seconds: \"+2.x\""},
        {LIST("+1e3\x14T1\x14\0"), "time of an annotation"},
        {LIST("\x14T1\x14\0"), "time of an annotation is not + or - and seconds: \"\""},
        {LIST("+\x14T1\x14\0"), "time of an annotation is not + or - and seconds: \"+\""},
        {LIST("+2.5.1\x14T1\x14\0"), "time of an annotation"},
        {LIST("+0000000000000000000000000000002\x14T1\x14\0"), "time of an annotation"},
        {LIST("+2\x15-\x14T1\x14\0"), "duration of an annotation is no number of seconds: \"-\""},
        {LIST("+2\x15\x14T1\x14\0"), "duration of an annotation is no number of seconds: \"\""},
        {LIST("+2\x14T\0 1\x14\0"), "text of an annotation does not end: \"T"},
        {LIST("+2\x14T1\0"), "text of an annotation does not end: \"T1"},
        {LIST("+2 and no end"), "a list of annotations does not end: \"+2 and no end\""},
    };
    const snnfe_dataset_options o = plain_options();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const edf_spec spec = spec_of_lists(cases[i].list, cases[i].size, NULL, 0);
        snnfe_dataset *d = NULL;
        assert_fails(open_spec(&d, &spec, &o), SNNFE_ERR_FORMAT, cases[i].message);
        ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "annotation signal 65, record 1"));
    }
}
END_TEST

/* A list that reaches to its signal's end without a NUL, an onset of as many digits as there may
   be, and one before the recording begins. */
START_TEST(lists_at_their_limits)
{
    char list[400]; /* bytes of the second signal of annotations */
    const char *head = "+6\x14";
    memset(list, 'x', sizeof list);
    memcpy(list, head, strlen(head));
    list[sizeof list - 1] = '\x14';
    const edf_spec spec =
        spec_of_lists(LIST("-0.5\x14"
                           "early\x14\0+000000000000000000000000000002\x14T1\x14\0"),
                      list, sizeof list);
    snnfe_recording *r = NULL;
    assert_ok(snnfe_recording_open(&r, edf_write(&spec, "limits.edf"), NULL));
    const snnfe_recording_info info = recording_info(r);
    ck_assert_uint_eq(info.n_events, 3);
    static const uint64_t onsets[] = {0, 320, 960};
    ck_assert_mem_eq(info.event_onsets, onsets, sizeof onsets);
    ck_assert_str_eq(info.event_texts[0], "early");
    ck_assert_str_eq(info.event_texts[1], "T1");
    ck_assert_uint_eq(strlen(info.event_texts[2]), sizeof list - strlen(head) - 1);
    snnfe_recording_free(r);
}
END_TEST

/* Times beyond every number of samples are outside the recording. */
START_TEST(far_onsets_are_outside)
{
    static const struct {
        const char *list;
        size_t size;
        const char *message;
    } cases[] = {
        {LIST("+99999999999999999999\x14T1\x14\0"), "1 outside the recording"},
        {LIST("-99999999999999999999\x14T1\x14\0"), "1 outside the recording"},
        {LIST("+922337203685\x14T1\x14\0"), "1 outside the recording"},
    };
    const snnfe_dataset_options o = plain_options();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const edf_spec spec = spec_of_lists(cases[i].list, cases[i].size, NULL, 0);
        snnfe_dataset *d = NULL;
        assert_fails(open_spec(&d, &spec, &o), SNNFE_ERR_NOT_FOUND, cases[i].message);
    }
}
END_TEST

static double begins_late(size_t record)
{
    return 0.25 + (double)record;
}

/* Onsets count from the start time, samples from the first record. */
START_TEST(first_record_may_begin_later)
{
    edf_spec spec = edf_usual;
    spec.begin_s = begins_late;
    const snnfe_dataset_options o = plain_options();
    const int32_t onsets[] = {280, 1240}, labels[] = {0, 1};
    check_trials(&spec, &o, 2, onsets, labels);
}
END_TEST

/* Kilobytes that opening a recording with a list of `n` times `text` takes. */
static long memory_of(const char *text, size_t n, snnfe_status expected)
{
    struct rusage before, after;
    const size_t length = strlen(text), size = 3 + n * length + 1;
    char *list = malloc(size);
    memcpy(list, "+0\x14", 3);
    for (size_t i = 0; i < n; i++)
        memcpy(list + 3 + i * length, text, length);
    list[size - 1] = '\0';
    edf_spec spec = edf_usual;
    spec.n_records = 1;
    spec.lists[0] = list;
    spec.list_sizes[0] = size;
    const char *path = edf_write(&spec, "many.edf");
    free(list);
    getrusage(RUSAGE_SELF, &before);
    snnfe_recording *recording = NULL;
    const snnfe_status status = snnfe_recording_open(&recording, path, NULL);
    ck_assert_msg(status == expected, "%s: %s", snnfe_status_name(status), snnfe_last_error());
    snnfe_recording_free(recording);
    getrusage(RUSAGE_SELF, &after);
    return after.ru_maxrss - before.ru_maxrss;
}

/* EDFlib would take 2 GB for the four million of a byte each. */
START_TEST(memory_of_annotations)
{
    ck_assert_int_lt(memory_of("\x14", 4000000, SNNFE_OK), 60000);
    /* The usual recording has four annotations of its own. */
    ck_assert_int_lt(memory_of("x\x14", 999996, SNNFE_OK), 120000);
    ck_assert_int_lt(memory_of("x\x14", 999997, SNNFE_ERR_FORMAT), 120000);
    ck_assert_int_lt(memory_of("x\x14", 2000000, SNNFE_ERR_FORMAT), 120000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("annotations");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 120);
    tcase_add_test(all, whole_texts_are_compared);
    tcase_add_test(all, names_too_long_are_refused);
    tcase_add_test(all, memory_of_annotations);
    tcase_add_test(all, order_in_the_file_does_not_matter);
    tcase_add_test(all, trials_end_at_later_events_that_matter);
    tcase_add_test(all, other_names_end_trials_unless_they_are_ignored);
    tcase_add_test(all, events_at_one_sample);
    tcase_add_test(all, dropped_events_are_counted);
    tcase_add_test(all, names_that_are_nowhere_are_told);
    tcase_add_test(all, no_trial_says_what_was_compared);
    tcase_add_test(all, lists_with_durations_and_several_texts);
    tcase_add_test(all, two_annotation_signals);
    tcase_add_test(all, texts_that_are_not_utf8_are_latin1);
    tcase_add_test(all, damaged_lists_are_named);
    tcase_add_test(all, lists_at_their_limits);
    tcase_add_test(all, far_onsets_are_outside);
    tcase_add_test(all, first_record_may_begin_later);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
