/* BIDS trees: found, numbered, read with their sidecars, and refused where these are wrong. */
#include "edf_file.h"
#include "logged.h"
#include "same_dataset.h"
#include "support.h"
#include "tree.h"

#include <math.h>
#include <snnfe/bids.h>

static int16_t ramp(size_t channel, size_t t)
{
    return (int16_t)(1000 * channel + t % 900);
}

static void put_recording(const char *root, const char *path, size_t rate_hz)
{
    static const char *const labels[] = {"EEG C3-Ref", "EEG C4-Ref", "EOG", "T3"};
    const edf_spec spec = {.n_channels = 4,
                           .labels = labels,
                           .rate_hz = rate_hz,
                           .n_records = 8,
                           .dimension = "uV",
                           .kind = "",
                           .sample = ramp};
    tree_put_edf(root, path, &spec);
}

static const char events[] = "onset\tduration\ttrial_type\tvalue\r\n"
                             "0.0\t1.0\trest\t1\r\n"
                             "4.0\t1.0\tright_hand\t3\r\n"
                             "1.5\t1.0\tleft_hand\t2\r\n"
                             "6.25\tn/a\tn/a\t9\r\n"
                             "6.5\t1.0\tleft_hand\t2\r\n";
static const char channels[] = "name\ttype\tunits\tstatus\n"
                               "EEG C3-Ref\tEEG\tuV\tgood\n"
                               "EEG C4-Ref\tEEG\tuV\tbad\n"
                               "EOG\tEOG\tuV\tgood\n"
                               "T3\tMISC\tuV\tgood\n";

/* Two subjects, two sessions of the first, one run each; sidecars beside, above and at the root. */
static void put_tree(const char *root)
{
    tree_put_text(root, "participants.tsv",
                  "participant_id\tage\nsub-01\t30\nsub-7\tn/a\nsub-9\t31\n");
    tree_put_text(root, "task-motor_eeg.json",
                  "{\"SamplingFrequency\": 160, \"TaskName\": \"motor\"}");
    tree_put_text(root, "task-motor_channels.tsv", channels);
    put_recording(root, "sub-01/ses-a/eeg/sub-01_ses-a_task-motor_run-2_eeg.edf", 160);
    tree_put_text(root, "sub-01/ses-a/eeg/sub-01_ses-a_task-motor_run-2_events.tsv", events);
    put_recording(root, "sub-01/ses-b/eeg/sub-01_ses-b_task-motor_eeg.edf", 160);
    tree_put_text(root, "sub-01/sub-01_task-motor_events.tsv", events);
    put_recording(root, "sub-7/eeg/sub-7_task-motor_eeg.edf", 160);
    tree_put_text(root, "sub-7/eeg/sub-7_task-motor_events.tsv", events);
    put_recording(root, "sub-7/eeg/sub-7_task-rest_eeg.edf", 160);
}

static snnfe_dataset_options usual_options(void)
{
    static const char *const names[] = {"left_hand", "right_hand"};
    snnfe_dataset_options o = edf_two_classes(names);
    o.log = logged_collect;
    return o;
}

static snnfe_bids_options motor(void)
{
    snnfe_bids_options b;
    assert_ok(snnfe_bids_options_init(&b, sizeof b));
    b.task = "motor";
    return b;
}

START_TEST(a_tree_opens_in_one_call)
{
    put_tree("tree");
    const snnfe_dataset_options o = usual_options();
    const snnfe_bids_options b = motor();
    snnfe_dataset *d = NULL;
    logged[0] = '\0';
    assert_ok(snnfe_dataset_open_bids(&d, support_path("tree"), &b, &o));
    const snnfe_dataset_info info = dataset_info(d);
    static const int32_t subjects[] = {1, 1, 1, 1, 1, 1, 7, 7, 7};
    static const int32_t runs[] = {2, 2, 2, 101, 101, 101, 1, 1, 1};
    static const int32_t labels[] = {0, 1, 0}, onsets[] = {240, 640, 1040};
    ck_assert_uint_eq(info.n_trials, 9);
    ck_assert_mem_eq(info.subjects, subjects, sizeof subjects);
    ck_assert_mem_eq(info.runs, runs, sizeof runs);
    for (size_t i = 0; i < 9; i++)
        ck_assert(info.labels[i] == labels[i % 3] && info.onsets[i] == onsets[i % 3]);
    ck_assert_uint_eq(info.n_events, 12); /* not those that are n/a */
    ck_assert_uint_eq(info.n_events_other, 3);
    /* The channels of type EEG: T3 is none of them. */
    ck_assert_uint_eq(info.n_channels, 2);
    ck_assert_str_eq(info.signal->channel_names[0], "C3");
    ck_assert_str_eq(info.signal->channel_names[1], "C4");
    was_logged("runs 1…99 are those of ses-a");
    was_logged("runs 101…199 are those of ses-b");
    was_logged("participants.tsv: row 4: sub-9 has no recording");
    was_logged("task-motor_channels.tsv: row 3, column \"status\": channel \"EEG C4-Ref\" is bad");
    snnfe_dataset_free(d);
}
END_TEST

START_TEST(parts_of_a_tree_can_be_asked_for)
{
    static const char *const session[] = {"b"}, *const values[] = {"2", "3"}, *const t7[] = {"T7"};
    const int32_t first = 1, absent = 5, run = 101;
    put_tree("parts");
    snnfe_dataset_options o = usual_options();
    snnfe_bids_options b = motor();
    b.sessions = session;
    b.n_sessions = 1;
    b.event_column = "value";
    o.event_names = values;
    o.channel_names = t7;
    o.n_channels = 1;
    o.subjects = &first;
    o.n_subjects = 1;
    snnfe_dataset *d = NULL;
    assert_ok(snnfe_dataset_open_bids(&d, support_path("parts"), &b, &o));
    ck_assert_uint_eq(dataset_info(d).n_trials, 3);
    ck_assert_uint_eq(dataset_info(d).n_events, 5);
    ck_assert_int_eq(dataset_info(d).runs[0], 1);
    ck_assert_int_eq(dataset_info(d).signal->channel_columns[0], 1);
    snnfe_dataset_free(d);
    o = usual_options();
    b = motor();
    o.runs = &run;
    o.n_runs = 1;
    o.normalization = SNNFE_NORMALIZE_NONE; /* others are not read for their statistics */
    assert_ok(snnfe_dataset_open_bids(&d, support_path("parts"), &b, &o));
    ck_assert_uint_eq(dataset_info(d).n_trials, 3);
    ck_assert_int_eq(dataset_info(d).runs[0], 101);
    snnfe_dataset_free(d);
    o.runs = &absent;
    assert_fails(snnfe_dataset_open_bids(&d, support_path("parts"), &b, &o), SNNFE_ERR_NOT_FOUND,
                 "has none of the runs asked for");
    o = usual_options();
    o.subjects = &absent;
    o.n_subjects = 1;
    assert_fails(snnfe_dataset_open_bids(&d, support_path("parts"), &b, &o), SNNFE_ERR_NOT_FOUND,
                 "has no recording of subject 5");
}
END_TEST

START_TEST(labels_that_are_no_numbers_are_numbered)
{
    put_recording("words", "sub-b/eeg/sub-b_task-x_eeg.edf", 250);
    tree_put_text("words", "sub-b/eeg/sub-b_task-x_events.tsv", events);
    put_recording("words", "sub-a/eeg/sub-a_task-x_eeg.edf", 128);
    tree_put_text("words", "sub-a/eeg/sub-a_task-x_events.tsv", events);
    snnfe_dataset_options o = usual_options();
    o.resample = 1;
    snnfe_dataset *d = NULL;
    logged[0] = '\0';
    assert_ok(snnfe_dataset_open_bids(&d, support_path("words"), NULL, &o));
    ck_assert_uint_eq(dataset_info(d).n_trials, 6);
    ck_assert_int_eq(dataset_info(d).subjects[5], 2);
    ck_assert_uint_eq(dataset_info(d).n_resampled, 2);
    ck_assert_uint_eq(dataset_info(d).n_channels, 3); /* without channels.tsv T3 is EEG */
    was_logged("subject 1 is sub-a");
    was_logged("subject 2 is sub-b");
    was_logged("sub-a_task-x_eeg.edf: has no channels.tsv");
    was_logged("sub-a_task-x_eeg.edf: has no eeg.json");
    snnfe_dataset_free(d);
}
END_TEST

static void put_subject(const char *root, const char *label)
{
    char path[100];
    snprintf(path, sizeof path, "sub-%s/eeg/sub-%s_task-x_eeg.edf", label, label);
    put_recording(root, path, 160);
    snprintf(path, sizeof path, "sub-%s/eeg/sub-%s_task-x_run-2_eeg.edf", label, label);
    put_recording(root, path, 160);
    snprintf(path, sizeof path, "sub-%s/sub-%s_events.tsv", label, label);
    tree_put_text(root, path, events);
}

/* Labels that are numbers are the subjects' own unless one is no subject's or two are the same. */
START_TEST(labels_that_are_numbers_may_not_be_taken)
{
    static const char *const labels[][2] = {{"0", "4"}, {"1000000", "4"}, {"04", "4"}};
    for (size_t i = 0; i < 3; i++) {
        char root[20], line[60];
        const snnfe_dataset_options o = usual_options();
        snnfe_dataset *d = NULL;
        snprintf(root, sizeof root, "numbers%zu", i);
        put_subject(root, labels[i][0]);
        put_subject(root, labels[i][1]);
        logged[0] = '\0';
        assert_ok(snnfe_dataset_open_bids(&d, support_path(root), NULL, &o));
        snprintf(line, sizeof line, "subject 1 is sub-%s\n", labels[i][0]);
        was_logged(line);
        was_logged("subject 2 is sub-4");
        ck_assert_uint_eq(dataset_info(d).n_subjects, 2);
        ck_assert_int_eq(dataset_info(d).subjects[dataset_info(d).n_trials - 1], 2);
        snnfe_dataset_free(d);
    }
}
END_TEST

static int16_t steep(size_t channel, size_t t)
{
    return (int16_t)(3 * ramp(channel, t));
}

/* Trials come from one run; the statistics from all, or from those that are listed. */
START_TEST(statistics_come_from_other_runs)
{
    static const int32_t first = 1, second = 2;
    static const struct {
        const int32_t *runs;
        bool same; /* as those of the first run alone */
    } cases[] = {{&first, true}, {&second, false}, {NULL, false}};
    double alone = 0;
    put_subject("statistics", "4");
    const char *const labels[] = {"C3", "C4"};
    const edf_spec other = {.n_channels = 2,
                            .labels = labels,
                            .rate_hz = 160,
                            .n_records = 8,
                            .dimension = "uV",
                            .kind = "",
                            .sample = steep};
    tree_put_edf("statistics", "sub-4/eeg/sub-4_task-x_run-2_eeg.edf", &other);
    tree_put_text("statistics", "channels.tsv", "name\ttype\tunits\nC3\tEEG\tuV\nC4\tEEG\tuV\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_dataset_options o = usual_options();
        snnfe_dataset *d = NULL;
        o.runs = &first;
        o.n_runs = 1;
        o.normalization = SNNFE_NORMALIZE_ALL;
        o.statistics_runs = cases[i].runs;
        o.n_statistics_runs = cases[i].runs ? 1 : 0;
        assert_ok(snnfe_dataset_open_bids(&d, support_path("statistics"), NULL, &o));
        ck_assert_uint_eq(dataset_info(d).n_trials, 3);
        const double mean = dataset_info(d).signal->channel_mean_uv[1];
        alone = i == 0 ? mean : alone;
        ck_assert_msg(cases[i].same == (fabs(mean - alone) < 1), "%zu: %g, %g", i, mean, alone);
        snnfe_dataset_free(d);
    }
}
END_TEST

/* An error that names what is missing, and the same name where it is skipped. */
static void is_named_as_missing(snnfe_dataset_options o, const char *name)
{
    snnfe_dataset *d = NULL;
    char message[200];
    snprintf(message, sizeof message, "%s: is missing", name);
    assert_fails(snnfe_dataset_open_bids(&d, support_path("missing"), NULL, &o),
                 SNNFE_ERR_NOT_FOUND, message);
    o.missing = SNNFE_MISSING_SKIP;
    assert_ok(snnfe_dataset_open_bids(&d, support_path("missing"), NULL, &o));
    ck_assert_uint_eq(dataset_info(d).n_missing, 1);
    ck_assert_ptr_nonnull(strstr(dataset_info(d).missing[0], name));
    snprintf(message, sizeof message, "%s: is missing, skipped", name);
    was_logged(message);
    snnfe_dataset_free(d);
}

/* What is listed and not there is named: a run of one subject only, or of all. */
START_TEST(missing_runs_are_named)
{
    static const int32_t there_and_not[] = {1, 9}, second = 2, absent = 9;
    snnfe_dataset_options o = usual_options();
    snnfe_dataset *d = NULL;
    put_subject("missing", "4");
    put_recording("missing", "sub-7/eeg/sub-7_task-x_eeg.edf", 160);
    tree_put_text("missing", "sub-7/sub-7_events.tsv", events);
    o.runs = there_and_not;
    o.n_runs = 2;
    is_named_as_missing(o, "missing: run 9 (runs)");
    o = usual_options();
    o.normalization = SNNFE_NORMALIZE_ALL;
    o.statistics_runs = &second;
    o.n_statistics_runs = 1;
    is_named_as_missing(o, "run 2 of subject 7 (statistics_runs)");
    o.missing = SNNFE_MISSING_SKIP;
    o.statistics_runs = &absent;
    assert_fails(snnfe_dataset_open_bids(&d, support_path("missing"), NULL, &o),
                 SNNFE_ERR_NOT_FOUND, "statistics_runs: no recording of run 9 is there");
}
END_TEST

/* If no event is of a wanted class, the message lists the names that there are, as many as fit. */
START_TEST(many_names_of_events_are_told)
{
    char rows[20000] = "onset\tduration\ttrial_type\n", name[100];
    const snnfe_dataset_options o = usual_options();
    snnfe_dataset *d = NULL;
    put_subject("names", "4");
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    for (int i = 0; i < 100; i++)
        snprintf(rows + strlen(rows), sizeof rows - strlen(rows), "1\t1\t%d%s\n", i, name);
    tree_put_text("names", "sub-4/sub-4_events.tsv", rows);
    assert_fails(snnfe_dataset_open_bids(&d, support_path("names"), NULL, &o), SNNFE_ERR_NOT_FOUND,
                 "\"0nnnnnnnnnn");
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "nnn…\" (2)"));
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), " others"));
}
END_TEST

START_TEST(more_sessions_than_there_are_runs)
{
    const snnfe_dataset_options o = usual_options();
    snnfe_dataset *d = NULL;
    for (int i = 0; i <= 1000; i++) {
        char path[100];
        snprintf(path, sizeof path, "sub-1/ses-%d/eeg/sub-1_ses-%d_task-x_eeg.edf", i, i);
        tree_put_text("sessions", path, "");
    }
    assert_fails(snnfe_dataset_open_bids(&d, support_path("sessions"), NULL, &o),
                 SNNFE_ERR_UNSUPPORTED, "sessions: has more than 1000 sessions");
}
END_TEST

/* One file of the tree is another, and is as it was afterwards. */
static void refuses(const char *path, const char *content, snnfe_status expected,
                    const char *fragment)
{
    const snnfe_dataset_options o = usual_options();
    const snnfe_bids_options b = motor();
    snnfe_dataset *d = NULL;
    size_t size = 0;
    void *before = support_read(tree_place("wrong", path), &size);
    tree_put_text("wrong", path, content);
    assert_fails(snnfe_dataset_open_bids(&d, support_path("wrong"), &b, &o), expected, fragment);
    ck_assert_ptr_null(d);
    tree_put("wrong", path, before, size);
    free(before);
}

START_TEST(wrong_tables_are_named)
{
    put_tree("wrong");
    static const char table[] = "sub-7/eeg/sub-7_task-motor_events.tsv";
    static const struct {
        const char *content, *fragment;
    } cases[] = {
        {"", "sub-7_task-motor_events.tsv: is empty"},
        {"onset,duration,trial_type\n1,1,left_hand\n",
         "has no column \"onset\"; there are \"onset,duration,trial_type\" (columns are separated "
         "by tabs)"},
        {"onset\tduration\n1\t1\n",
         "has no column \"trial_type\"; there are \"onset\", \"duration\""},
        {"onset\ttrial_type\n1\tx\n", "has no column \"duration\""},
        {"onset\tduration\ttrial_type\n1\t1\tleft_hand\nn/a\t1\tleft_hand\n",
         "events.tsv: row 3, column \"onset\": \"n/a\" is not a number"},
        {"onset\tduration\ttrial_type\nNaN\t1\tleft_hand\n",
         "row 2, column \"onset\": \"NaN\" is not a number"},
        {"onset\tduration\ttrial_type\n\t1\tleft_hand\n",
         "row 2, column \"onset\": \"\" is not a number"},
        {"onset\tduration\ttrial_type\n-inf\t1\tleft_hand\n",
         "row 2, column \"onset\": \"-inf\" is not a number"},
        {"onset\tduration\ttrial_type\n0,5\t1\tleft_hand\n",
         "row 2, column \"onset\": \"0,5\" is not a number"},
        {"onset;duration;trial_type\n1;1;left_hand\n",
         "there are \"onset;duration;trial_type\" (columns are separated by tabs)"},
        {"onset duration trial_type\n1 1 left_hand\n", "(columns are separated by tabs)"},
        {"onset\tduration\ttrial_type\n1\t1\n", "row 2 has 2 cells between tabs, not 3"},
        {"onset\tduration\ttrial_type\tonset\n1\t1\tx\t2\n", "columns 1 and 4 are both \"onset\""},
        {"onset\tduration\t\n1\t1\tx\n", "column 3 has no name"},
        {"onset\tduration\ttrial_type\n1\t1\t\xff\n", "is no text in UTF-8"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        refuses(table, cases[i].content, SNNFE_ERR_FORMAT, cases[i].fragment);
    refuses("participants.tsv", "participant\nsub-01\n", SNNFE_ERR_FORMAT,
            "participants.tsv: has no column \"participant_id\"");
    refuses("participants.tsv", "participant_id\n01\n", SNNFE_ERR_FORMAT,
            "row 2, column \"participant_id\": \"01\" is no participant");
    refuses("participants.tsv", "participant_id\nn/a\n", SNNFE_ERR_FORMAT,
            "row 2, column \"participant_id\": \"n/a\" is no participant");
    remove(tree_place("wrong", table));
    const snnfe_dataset_options o = usual_options();
    const snnfe_bids_options b = motor();
    snnfe_dataset *d = NULL;
    assert_fails(snnfe_dataset_open_bids(&d, support_path("wrong"), &b, &o), SNNFE_ERR_NOT_FOUND,
                 "sub-7_task-motor_eeg.edf: has no events.tsv");
}
END_TEST

START_TEST(wrong_channels_and_rates_are_named)
{
    static const char json[] = "task-motor_eeg.json", table[] = "task-motor_channels.tsv";
    put_tree("wrong");
    refuses(json, "{\"SamplingFrequency\": 250}", SNNFE_ERR_FORMAT,
            "\"SamplingFrequency\" is 250, but the recording has 160 Hz");
    refuses(json, "{\"SamplingFrequency\": \"160\"}", SNNFE_ERR_FORMAT,
            "task-motor_eeg.json: has no number \"SamplingFrequency\"");
    refuses(json, "[1]", SNNFE_ERR_FORMAT, "task-motor_eeg.json: is no JSON object");
    refuses(json, "{", SNNFE_ERR_FORMAT, "task-motor_eeg.json: line 1");
    char nested[200] = "{\"SamplingFrequency\": ";
    memset(nested + strlen(nested), '[', 65);
    refuses(json, nested, SNNFE_ERR_FORMAT, "task-motor_eeg.json: has JSON nested 66 deep");
    refuses(table, "name\ttype\nC3\tEEG\n", SNNFE_ERR_FORMAT,
            "task-motor_channels.tsv: has no column \"units\"");
    refuses(table, "name\tunits\nC3\tuV\n", SNNFE_ERR_FORMAT,
            "task-motor_channels.tsv: has no column \"type\"");
    refuses(table, "name\ttype\tunits\nC3\teeg\tuV\nCz\tEEG\tuV\nn\tn/a\tuV\n", SNNFE_ERR_NOT_FOUND,
            "_eeg.edf: channel \"CZ\" is missing");
    refuses(table, "name,type,units\nC3,EEG,uV\n", SNNFE_ERR_FORMAT,
            "channels.tsv: has no column \"name\"; there are \"name,type,units\" (columns are");
    refuses(table, "name\ttype\tunits\nT7\tEEG\tuV\nT3\tEEG\tuV\n", SNNFE_ERR_FORMAT,
            "channel \"T7\" is there twice");
    refuses(json, "{\"SamplingFrequency\": NaN}", SNNFE_ERR_FORMAT, "task-motor_eeg.json: line 1");
    refuses(json, "{\"SamplingFrequency\": 160,}", SNNFE_ERR_FORMAT, "eeg.json: line 1");
    refuses(json, "", SNNFE_ERR_FORMAT, "task-motor_eeg.json: ");
    refuses(table, "name\ttype\tunits\nn/a\tEEG\tuV\n", SNNFE_ERR_FORMAT,
            "row 2, column \"name\": \"n/a\" is no name of a channel");
    refuses(table, "name\ttype\tunits\nC3\tEEG\tuV\nc3.\tEEG\tuV\n", SNNFE_ERR_FORMAT,
            "channel \"C3\" is there twice");
    refuses(table, "name\ttype\tunits\nE1\tEEG\tuV\n", SNNFE_ERR_NOT_FOUND,
            "task-motor_channels.tsv: no label is an electrode");
    refuses(table, "name\ttype\tunits\nC3\tEEG\tuV\nCz\tEEG\tuV\n", SNNFE_ERR_NOT_FOUND,
            "_eeg.edf: channel \"CZ\" is missing");
}
END_TEST

static snnfe_status open_with_notch(snnfe_dataset **d, double notch_hz)
{
    snnfe_dataset_options o = usual_options();
    const snnfe_bids_options b = motor();
    o.notch_hz = notch_hz;
    *d = NULL;
    return snnfe_dataset_open_bids(d, support_path("line"), &b, &o);
}

START_TEST(sidecars_tell_the_line_noise)
{
    static const char json[] = "task-motor_eeg.json";
    static const char *const silent[] = {"n/a\"", "50\"", ""};
    char text[200];
    snnfe_dataset *d = NULL;
    put_tree("line");
    tree_put_text("line", json, "{\"SamplingFrequency\": 160, \"PowerLineFrequency\": 50}");
    assert_ok(open_with_notch(&d, SNNFE_NOTCH_AUTO));
    ck_assert_double_eq(dataset_info(d).signal->notch_hz, 50);
    snnfe_dataset_free(d);
    for (size_t i = 0; i < 3; i++) {
        snprintf(text, sizeof text, "{\"SamplingFrequency\": 160%s%s}",
                 silent[i][0] ? ", \"PowerLineFrequency\": \"" : "", silent[i]);
        tree_put_text("line", json, text);
        assert_fails(open_with_notch(&d, SNNFE_NOTCH_AUTO), SNNFE_ERR_FORMAT,
                     "task-motor_eeg.json: has no number \"PowerLineFrequency\" above 0");
        assert_ok(open_with_notch(&d, 60));
        snnfe_dataset_free(d);
    }
    tree_put_text("line", json, "{\"SamplingFrequency\": 160, \"PowerLineFrequency\": 90}");
    assert_fails(open_with_notch(&d, SNNFE_NOTCH_AUTO), SNNFE_ERR_ARGUMENT, "notch_hz is 90");
    remove(tree_place("line", json));
    assert_fails(open_with_notch(&d, SNNFE_NOTCH_AUTO), SNNFE_ERR_NOT_FOUND,
                 "has no eeg.json beside it or above: name the frequency of the notch");
}
END_TEST

/* Recordings of two countries. */
START_TEST(line_noise_has_to_agree)
{
    snnfe_dataset *d = NULL;
    put_tree("line");
    tree_put_text("line", "task-motor_eeg.json",
                  "{\"SamplingFrequency\": 160, \"PowerLineFrequency\": 50}");
    tree_put_text("line", "sub-7/eeg/sub-7_task-motor_eeg.json",
                  "{\"SamplingFrequency\": 160, \"PowerLineFrequency\": 60}");
    assert_fails(open_with_notch(&d, SNNFE_NOTCH_AUTO), SNNFE_ERR_FORMAT,
                 "sub-7_task-motor_eeg.edf: \"PowerLineFrequency\" is 60 Hz, that of ");
}
END_TEST

START_TEST(wrong_questions_are_named)
{
    static const char *const sessions[] = {"a", "c"}, *const none[] = {NULL};
    put_tree("asked");
    snnfe_dataset_options o = usual_options();
    snnfe_bids_options b = motor();
    snnfe_dataset *d = NULL;
    const char *root = support_path("asked");
    assert_fails(snnfe_dataset_open_bids(&d, root, NULL, &o), SNNFE_ERR_ARGUMENT,
                 "which task is not said (task); the tree has \"motor\", \"rest\"");
    b.task = "speech";
    assert_fails(snnfe_dataset_open_bids(&d, root, &b, &o), SNNFE_ERR_NOT_FOUND,
                 "has no recording of task speech; the tree has \"motor\", \"rest\"");
    b = motor();
    b.sessions = sessions;
    b.n_sessions = 2;
    assert_fails(snnfe_dataset_open_bids(&d, root, &b, &o), SNNFE_ERR_NOT_FOUND,
                 "has no recording of session c; the tree has \"a\", \"b\"");
    b.sessions = none;
    b.n_sessions = 1;
    assert_fails(snnfe_dataset_open_bids(&d, root, &b, &o), SNNFE_ERR_ARGUMENT,
                 "sessions[0] is NULL");
    b.sessions = NULL;
    assert_fails(snnfe_dataset_open_bids(&d, root, &b, &o), SNNFE_ERR_ARGUMENT, "sessions is NULL");
    b = motor();
    b.bad_channels = 2;
    assert_fails(snnfe_dataset_open_bids(&d, root, &b, &o), SNNFE_ERR_ARGUMENT,
                 "bad_channels is 2");
    b.bad_channels = SNNFE_BAD_CHANNELS_INTERPOLATED; /* of two channels one is bad */
    assert_fails(snnfe_dataset_open_bids(&d, root, &b, &o), SNNFE_ERR_NOT_FOUND,
                 "there are 1 good electrodes, fewer than 3");
    b = motor();
    assert_fails(snnfe_dataset_open_bids(&d, root, &b, NULL), SNNFE_ERR_ARGUMENT,
                 "a BIDS tree needs EVENTS");
    assert_fails(snnfe_dataset_open_bids(NULL, root, &b, &o), SNNFE_ERR_ARGUMENT,
                 "dataset is NULL");
    assert_fails(snnfe_dataset_open_bids(&d, NULL, &b, &o), SNNFE_ERR_ARGUMENT, "root is NULL");
    static const double numbers[] = {1, 1};
    o.normalization = SNNFE_NORMALIZE_GIVEN;
    o.channel_mean_uv = o.channel_std_uv = numbers;
    assert_fails(snnfe_dataset_open_bids(&d, root, &b, &o), SNNFE_ERR_ARGUMENT,
                 "need channel_names");
}
END_TEST

START_TEST(wrong_trees_are_named)
{
    const snnfe_dataset_options o = usual_options();
    const snnfe_bids_options b = motor();
    snnfe_dataset *d = NULL;
    assert_fails(snnfe_dataset_open_bids(&d, "nowhere", &b, &o), SNNFE_ERR_NOT_FOUND, "nowhere");
    tree_put_text("bare", "x", "");
    assert_fails(snnfe_dataset_open_bids(&d, support_path("bare"), &b, &o), SNNFE_ERR_NOT_FOUND,
                 "has no recording sub-*/[ses-*/]eeg/*_eeg.edf");
    tree_put_text("bare", "sub-1/eeg/sub-1_task-x_eeg.set", "");
    assert_fails(snnfe_dataset_open_bids(&d, support_path("bare"), &b, &o), SNNFE_ERR_UNSUPPORTED,
                 "recordings in .set are not read");
    tree_put_text("unnamed", "sub-1/eeg/sub-1_eeg.edf", "");
    assert_fails(snnfe_dataset_open_bids(&d, support_path("unnamed"), &b, &o), SNNFE_ERR_FORMAT,
                 "has no sub- or no task- entity");
    put_recording("runs", "sub-1/eeg/sub-1_task-motor_run-x_eeg.edf", 160);
    assert_fails(snnfe_dataset_open_bids(&d, support_path("runs"), &b, &o), SNNFE_ERR_FORMAT,
                 "run is \"x\", not a number of 1…99");
    put_recording("twins", "sub-1/eeg/sub-1_task-motor_acq-a_eeg.edf", 160);
    put_recording("twins", "sub-1/eeg/sub-1_task-motor_acq-b_eeg.edf", 160);
    assert_fails(snnfe_dataset_open_bids(&d, support_path("twins"), &b, &o), SNNFE_ERR_UNSUPPORTED,
                 "are both run 1 of subject 1");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("bids");
    TCase *all = tcase_create("all");
    suite_add_tcase(suite, all);
    tcase_add_test(all, a_tree_opens_in_one_call);
    tcase_add_test(all, parts_of_a_tree_can_be_asked_for);
    tcase_add_test(all, labels_that_are_no_numbers_are_numbered);
    tcase_add_test(all, labels_that_are_numbers_may_not_be_taken);
    tcase_add_test(all, statistics_come_from_other_runs);
    tcase_add_test(all, missing_runs_are_named);
    tcase_add_test(all, many_names_of_events_are_told);
    tcase_add_test(all, more_sessions_than_there_are_runs);
    tcase_add_test(all, wrong_tables_are_named);
    tcase_add_test(all, wrong_channels_and_rates_are_named);
    tcase_add_test(all, sidecars_tell_the_line_noise);
    tcase_add_test(all, line_noise_has_to_agree);
    tcase_add_test(all, wrong_questions_are_named);
    tcase_add_test(all, wrong_trees_are_named);
    return support_run(suite);
}
