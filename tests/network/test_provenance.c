/* What a network knows of its past, in memory and in files. */
#include "support.h"

#include <math.h>
#include <snnfe/network.h>
#include <snnfe/provenance.h>

static snnfe_network *tiny_network(void)
{
    snnfe_network_options o;
    assert_ok(snnfe_network_options_init(&o, sizeof o));
    o.n_steps = 4;
    o.conv1_channels = o.conv2_channels = o.conv3_channels = o.n_hidden = 1;
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &o));
    return network;
}

static const int32_t rows[] = {3, 4, 5}, columns[] = {0, 7, 2};
static const double means[] = {0.1, -2, 1e-9}, deviations[] = {10, 1.0 / 3, 7};
static const char *const channels[] = {"C3", "C4 \"left\"", "Größe\\"};
static const char *const classes[] = {"left", "right"};

static snnfe_signal some_signal(void)
{
    return (snnfe_signal){.struct_size = sizeof(snnfe_signal),
                          .n_channels = 3,
                          .n_classes = 2,
                          .filter_order = 2,
                          .sampling_rate_hz = 128,
                          .filter_low_hz = 0.1,
                          .filter_high_hz = 40,
                          .filter_kind = 1,
                          .normalization = 3,
                          .synthetic = 1,
                          .channel_rows = rows,
                          .channel_columns = columns,
                          .channel_mean_uv = means,
                          .channel_std_uv = deviations,
                          .channel_names = channels,
                          .class_names = classes};
}

static const uint64_t ids[] = {UINT64_MAX, 5, 0, 5, 1234567890123456789};
static const int32_t subjects[] = {1, 2, -3, 2, 7};
#define N_DISTINCT 4

static void describe(snnfe_network *network)
{
    const snnfe_signal signal = some_signal();
    const snnfe_origin origin = {.struct_size = sizeof origin,
                                 .fold = 2,
                                 .n_folds = 5,
                                 .data_hash = UINT64_MAX,
                                 .run_hash = 17};
    assert_ok(snnfe_network_set_signal(network, &signal));
    assert_ok(snnfe_network_set_origin(network, &origin));
    assert_ok(snnfe_network_add_trials(network, SNNFE_TRIALS_TRAINED, ids, subjects, 3));
    assert_ok(snnfe_network_add_trials(network, SNNFE_TRIALS_TRAINED, ids + 1, subjects + 1, 4));
    assert_ok(snnfe_network_add_trials(network, SNNFE_TRIALS_TESTED, ids, subjects, 1));
}

static void assert_described(const snnfe_network *network)
{
    snnfe_signal s = {.struct_size = sizeof s};
    assert_ok(snnfe_network_get_signal(network, &s));
    ck_assert_uint_eq(s.n_channels, 3);
    ck_assert_uint_eq(s.n_classes, 2);
    ck_assert_uint_eq(s.filter_order, 2);
    ck_assert_double_eq(s.sampling_rate_hz, 128);
    ck_assert_double_eq(s.filter_low_hz, 0.1);
    ck_assert_int_eq(s.filter_kind, 1);
    ck_assert_int_eq(s.normalization, 3);
    ck_assert_int_eq(s.synthetic, 1);
    ck_assert_mem_eq(s.channel_rows, rows, sizeof rows);
    ck_assert_mem_eq(s.channel_columns, columns, sizeof columns);
    ck_assert_mem_eq(s.channel_mean_uv, means, sizeof means);
    ck_assert_mem_eq(s.channel_std_uv, deviations, sizeof deviations);
    for (int c = 0; c < 3; c++)
        ck_assert_str_eq(s.channel_names[c], channels[c]);
    for (int k = 0; k < 2; k++)
        ck_assert_str_eq(s.class_names[k], classes[k]);
    snnfe_origin o = {.struct_size = sizeof o};
    assert_ok(snnfe_network_get_origin(network, &o));
    ck_assert_uint_eq(o.fold, 2);
    ck_assert_uint_eq(o.n_folds, 5);
    ck_assert_int_eq(o.incomplete, 0);
    ck_assert_uint_eq(o.data_hash, UINT64_MAX);
    ck_assert_uint_eq(o.run_hash, 17);
    static const uint64_t sorted[N_DISTINCT] = {0, 5, 1234567890123456789, UINT64_MAX};
    static const int32_t whose[N_DISTINCT] = {-3, 2, 7, 1};
    const uint64_t *found = NULL;
    const int32_t *of = NULL;
    size_t n = 0;
    assert_ok(snnfe_network_trials(network, SNNFE_TRIALS_TRAINED, &found, &of, &n));
    ck_assert_uint_eq(n, N_DISTINCT);
    ck_assert_mem_eq(found, sorted, sizeof sorted);
    ck_assert_mem_eq(of, whose, sizeof whose);
    assert_ok(snnfe_network_trials(network, SNNFE_TRIALS_VALIDATED, &found, NULL, &n));
    ck_assert_uint_eq(n, 0);
    assert_ok(snnfe_network_trials(network, SNNFE_TRIALS_TESTED, &found, NULL, &n));
    ck_assert_uint_eq(n, 1);
    ck_assert_uint_eq(found[0], UINT64_MAX);
}

START_TEST(copies_and_files_tell_the_same)
{
    snnfe_network *network = tiny_network(), *copy = NULL, *loaded = NULL, *again = NULL;
    describe(network);
    assert_described(network);
    assert_ok(snnfe_network_clone(&copy, network));
    snnfe_network_free(network);
    assert_described(copy);
    const char *path = support_path("told.safetensors"), *second = support_path("2.safetensors");
    assert_ok(snnfe_network_save(copy, path));
    assert_ok(snnfe_network_load(&loaded, path));
    assert_described(loaded);
    assert_ok(snnfe_network_save(loaded, second));
    assert_ok(snnfe_network_load(&again, second));
    size_t n = 0, m = 0;
    char *a = support_read(path, &n), *b = support_read(second, &m);
    ck_assert_uint_eq(n, m);
    ck_assert_mem_eq(a, b, n);
    free(a);
    free(b);
    snnfe_network_free(copy);
    snnfe_network_free(loaded);
    snnfe_network_free(again);
}
END_TEST

START_TEST(a_new_network_has_no_past)
{
    snnfe_network *network = tiny_network(), *loaded = NULL;
    snnfe_signal s = {.struct_size = sizeof s, .n_channels = 9};
    snnfe_origin o = {.struct_size = sizeof o, .fold = 9, .incomplete = 1};
    const char *path = support_path("new.safetensors");
    assert_ok(snnfe_network_save(network, path));
    assert_ok(snnfe_network_load(&loaded, path));
    assert_ok(snnfe_network_get_signal(loaded, &s));
    assert_ok(snnfe_network_get_origin(loaded, &o));
    ck_assert_uint_eq(s.n_channels, 0);
    ck_assert(!s.channel_rows && !s.channel_names);
    ck_assert(o.fold == 0 && o.n_folds == 0 && o.incomplete == 0 && o.run_hash == 0);
    /* Values from somewhere else have a past that nobody knows. */
    const float value = 0.5F;
    float weights[4] = {value, value, value, value};
    assert_ok(snnfe_network_set(loaded, "snn.ts_weights", weights, 4));
    assert_ok(snnfe_network_get_origin(loaded, &o));
    ck_assert_int_eq(o.incomplete, 1);
    snnfe_network_free(loaded);
    snnfe_network_free(network);
}
END_TEST

START_TEST(names_may_be_missing)
{
    snnfe_network *network = tiny_network(), *loaded = NULL;
    snnfe_signal s = some_signal();
    s.channel_names = s.class_names = NULL;
    assert_ok(snnfe_network_set_signal(network, &s));
    const char *path = support_path("nameless.safetensors");
    assert_ok(snnfe_network_save(network, path));
    assert_ok(snnfe_network_load(&loaded, path));
    assert_ok(snnfe_network_get_signal(loaded, &s));
    ck_assert_uint_eq(s.n_channels, 3);
    ck_assert(!s.channel_names && !s.class_names);
    assert_ok(snnfe_network_set_signal(loaded, NULL));
    assert_ok(snnfe_network_get_signal(loaded, &s));
    ck_assert_uint_eq(s.n_channels, 0);
    snnfe_network_free(loaded);
    snnfe_network_free(network);
}
END_TEST

#define REFUSED_SIGNAL(change, fragment)                                                           \
    do {                                                                                           \
        snnfe_signal changed = some_signal();                                                      \
        change;                                                                                    \
        assert_fails(snnfe_network_set_signal(network, &changed), SNNFE_ERR_ARGUMENT, fragment);   \
    } while (0)

/* What does not fit the network's trials. */
START_TEST(other_shapes_are_refused)
{
    static const int32_t low[] = {0, -1, 0}, high[] = {0, 1, 64};
    snnfe_network *network = tiny_network();
    snnfe_signal changed = some_signal();
    changed.n_classes = 3;
    changed.class_names = NULL;
    assert_fails(snnfe_network_set_signal(network, &changed), SNNFE_ERR_SHAPE,
                 "n_classes is 3 in the signal, 2 in the network");
    for (int i = 0; i < 4; i++) {
        changed = some_signal();
        *(i < 2 ? &changed.channel_rows : &changed.channel_columns) = i % 2 ? high : low;
        assert_fails(snnfe_network_set_signal(network, &changed), SNNFE_ERR_SHAPE,
                     i % 2 ? "of channel 2 is not in the network's" : "of channel 1 is not in");
    }
    snnfe_network_free(network);
}
END_TEST

START_TEST(wrong_arguments_change_nothing)
{
    static const char *const bad_names[] = {"C3", "two\nlines", "C4"};
    static const double zeros[] = {1, 0, 1}, infinite[] = {1, 1, (double)INFINITY};
    snnfe_network *network = tiny_network();
    describe(network);
    REFUSED_SIGNAL(changed.n_channels = 65, "n_channels is 65");
    REFUSED_SIGNAL(changed.n_classes = 1, "n_classes is 1");
    REFUSED_SIGNAL(changed.sampling_rate_hz = 0, "sampling_rate_hz is 0");
    REFUSED_SIGNAL(changed.filter_kind = 3, "filter_kind is 3");
    REFUSED_SIGNAL(changed.filter_order = 5, "filter_order is 5");
    REFUSED_SIGNAL(changed.normalization = -1, "normalization is -1");
    REFUSED_SIGNAL(changed.synthetic = 2, "synthetic is 2");
    REFUSED_SIGNAL(changed.filter_low_hz = -1, "filter_low_hz is -1");
    REFUSED_SIGNAL(changed.filter_high_hz = (double)NAN, "filter_high_hz");
    REFUSED_SIGNAL(changed.channel_rows = NULL, "NULL");
    REFUSED_SIGNAL(changed.channel_columns = NULL, "channel_columns is NULL");
    REFUSED_SIGNAL(changed.channel_mean_uv = NULL, "channel_mean_uv is NULL");
    REFUSED_SIGNAL(changed.channel_std_uv = NULL, "channel_std_uv is NULL");
    REFUSED_SIGNAL(changed.sampling_rate_hz = 2e6, "sampling_rate_hz is 2e+06");
    REFUSED_SIGNAL(changed.channel_mean_uv = infinite, "channel 2 has mean inf");
    REFUSED_SIGNAL(changed.channel_std_uv = infinite, "channel 2 has mean");
    REFUSED_SIGNAL(changed.channel_std_uv = zeros, "channel 1");
    REFUSED_SIGNAL(changed.channel_names = bad_names, "channel_names[1]");
    REFUSED_SIGNAL(changed.struct_size = 3, "struct_size");
    const snnfe_origin above = {.struct_size = sizeof above, .fold = 6, .n_folds = 5};
    const snnfe_origin both = {.struct_size = sizeof both, .incomplete = 2};
    snnfe_signal s = {.struct_size = sizeof s};
    const uint64_t *found = NULL;
    size_t n = 0;
    assert_fails(snnfe_network_set_origin(network, &above), SNNFE_ERR_ARGUMENT, "6 of 5");
    assert_fails(snnfe_network_set_origin(network, &both), SNNFE_ERR_ARGUMENT, "incomplete is 2");
    assert_fails(snnfe_network_set_origin(network, NULL), SNNFE_ERR_ARGUMENT, "origin");
    assert_fails(snnfe_network_get_origin(network, NULL), SNNFE_ERR_ARGUMENT, "origin");
    assert_fails(snnfe_network_get_signal(NULL, &s), SNNFE_ERR_ARGUMENT, "network");
    assert_fails(snnfe_network_set_signal(NULL, NULL), SNNFE_ERR_ARGUMENT, "network");
    assert_fails(snnfe_network_trials(network, 3, &found, NULL, &n), SNNFE_ERR_ARGUMENT, "3");
    assert_fails(snnfe_network_trials(network, 0, NULL, NULL, &n), SNNFE_ERR_ARGUMENT, "ids");
    assert_fails(snnfe_network_add_trials(network, -1, ids, subjects, 1), SNNFE_ERR_ARGUMENT, "-1");
    assert_fails(snnfe_network_add_trials(network, 0, ids, NULL, 1), SNNFE_ERR_ARGUMENT,
                 "subjects");
    assert_ok(snnfe_network_add_trials(network, 0, NULL, NULL, 0));
    assert_described(network);
    snnfe_network_free(network);
}
END_TEST

/* One piece of the header for another of the same length. */
static void assert_damaged(const char *piece, const char *other, const char *key)
{
    snnfe_network *network = tiny_network(), *loaded = NULL;
    describe(network);
    const char *path = support_path("damaged.safetensors");
    assert_ok(snnfe_network_save(network, path));
    size_t size = 0;
    char *content = support_read(path, &size), *place = NULL;
    for (size_t i = 0; i + strlen(piece) < size && !place; i++)
        if (memcmp(content + i, piece, strlen(piece)) == 0)
            place = content + i;
    ck_assert_msg(place != NULL, "no \"%s\" in the file", piece);
    ck_assert_uint_eq(strlen(piece), strlen(other));
    memcpy(place, other, strlen(other));
    support_write(path, content, size);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_FORMAT, key);
    ck_assert_ptr_null(loaded);
    free(content);
    snnfe_network_free(network);
}

START_TEST(damaged_files_are_refused)
{
    assert_damaged("n_folds\":\"5", "n_folds\":\"1", "snnfe.origin.fold");
    assert_damaged("incomplete\":\"0", "incomplete\":\"2", "snnfe.origin.incomplete");
    assert_damaged("run_hash\":\"17", "run_hash\":\"x7", "snnfe.origin.run_hash");
    assert_damaged("snnfe.origin.run_hash", "snnfe.origin.ran_hash", "run_hash\" is missing");
    assert_damaged("\"3 4 5\"", "\"3 4  \"", "snnfe.signal.rows");
    assert_damaged("\"0 7 2\"", "\"0 x 2\"", "snnfe.signal.columns");
    assert_damaged("\"128\"", "\"000\"", "snnfe.signal.sampling_rate_hz");
    assert_damaged("n_classes\":\"2", "n_classes\":\"1", "snnfe.signal.n_classes");
    assert_damaged("filter_kind\":\"1", "filter_kind\":\"3", "snnfe.signal.filter_kind");
    assert_damaged("signal.ocular\":\"0", "signal.ocular\":\"1", "1 with 0 references");
    assert_damaged("\"left\\u000aright\"", "\"left_____right_\"", "snnfe.signal.classes");
    assert_damaged("0000000000000005 2", "000000000000005  2", "snnfe.trials.trained");
    assert_damaged("0000000000000005 2", "0000000000000005 x", "snnfe.trials.trained");
    assert_damaged("\"snnfe.provenance\":\"2\"", "\"snnfe.provenance\":\"9\"", "snnfe.provenance");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("provenance");
    TCase *all = tcase_create("all");
    tcase_add_test(all, copies_and_files_tell_the_same);
    tcase_add_test(all, a_new_network_has_no_past);
    tcase_add_test(all, names_may_be_missing);
    tcase_add_test(all, other_shapes_are_refused);
    tcase_add_test(all, wrong_arguments_change_nothing);
    tcase_add_test(all, damaged_files_are_refused);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
