/* Decoders refuse networks that were trained on another signal. */
#include "own_signal.h"
#include "same_dataset.h"
#include "small.h"
#include "stream.h"

#include <snnfe/learner.h>
#include <snnfe/provenance.h>

/* Three channels at 250 Hz, filtered with zero phase. */
typedef struct told {
    snnfe_signal signal;
    int32_t rows[3], columns[3];
    double mean[3], std[3];
    const char *names[3], *classes[2];
} told;

static const told example = {
    .signal = {.struct_size = sizeof(snnfe_signal),
               .n_channels = 3,
               .n_classes = 2,
               .sampling_rate_hz = 250,
               .filter_low_hz = 0.5,
               .filter_high_hz = 40,
               .filter_kind = SNNFE_FILTER_ZERO_PHASE,
               .normalization = SNNFE_NORMALIZE_ALL},
    .rows = {4, 4, 4},
    .columns = {3, 5, 7},
    .std = {1, 1, 1},
    .names = {"C3", "Cz", "C4"},
    .classes = {"left", "right"},
};

static snnfe_network *network_of(told t)
{
    snnfe_network *network = small_network();
    t.signal.channel_rows = t.rows;
    t.signal.channel_columns = t.columns;
    t.signal.channel_mean_uv = t.mean;
    t.signal.channel_std_uv = t.std;
    t.signal.channel_names = t.names;
    t.signal.class_names = t.classes;
    assert_ok(snnfe_network_set_signal(network, &t.signal));
    return network;
}

/* Options that fit the example. */
static snnfe_decoder_options fitting(const told *t)
{
    snnfe_decoder_options options;
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    own_signal(&options.signal)->n_channels = 3;
    own_signal(&options.signal)->channel_rows = t->rows;
    own_signal(&options.signal)->channel_columns = t->columns;
    own_signal(&options.signal)->channel_names = t->names;
    own_signal(&options.signal)->class_names = t->classes;
    own_signal(&options.signal)->n_classes = 2;
    own_signal(&options.signal)->sampling_rate_hz = 250;
    own_signal(&options.signal)->filter_low_hz = 0.5;
    own_signal(&options.signal)->filter_high_hz = 40;
    return options;
}

static void assert_accepted(const snnfe_network *network, const snnfe_decoder_options *options)
{
    snnfe_decoder *decoder = NULL;
    char text[8] = "as it is";
    assert_ok(snnfe_decoder_create(&decoder, network, options));
    ck_assert_int_eq(snnfe_decoder_mismatch(decoder, network, text, sizeof text), 0);
    ck_assert_mem_eq(text, "as it is", 8);
    snnfe_decoder_free(decoder);
}

/* Refused with `message`; when the caller insists it is reported. */
static void assert_refused(const snnfe_network *network, snnfe_decoder_options options,
                           const char *message)
{
    snnfe_decoder *decoder = NULL;
    char text[768] = "";
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_SHAPE, message);
    ck_assert_ptr_null(decoder);
    options.allow_mismatch = 1;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    ck_assert_int_eq(snnfe_decoder_mismatch(decoder, network, text, sizeof text), 1);
    ck_assert_msg(strstr(text, message) != NULL, "\"%s\" is not in \"%s\"", message, text);
    ck_assert_int_eq(snnfe_decoder_mismatch(decoder, network, NULL, 0), 1);
    snnfe_decoder_free(decoder);
}

START_TEST(same_signal)
{
    told t = example;
    snnfe_network *network = network_of(t);
    snnfe_decoder_options options = fitting(&t);
    assert_accepted(network, &options);
    /* Statistics may be other ones; names may be missing, or written otherwise. */
    const double mean[3] = {3, 4, 5}, std[3] = {20, 30, 40};
    const char *const dotted[3] = {"c3..", "C Z", "c4"};
    own_signal(&options.signal)->channel_mean_uv = mean;
    own_signal(&options.signal)->channel_std_uv = std;
    own_signal(&options.signal)->channel_names = dotted;
    assert_accepted(network, &options);
    own_signal(&options.signal)->channel_names = NULL,
    own_signal(&options.signal)->class_names = NULL;
    assert_accepted(network, &options);
    /* Numbers in place of names say nothing. */
    const char *const numbered[3] = {"channel 0", "channel 1", "channel 2"};
    own_signal(&options.signal)->channel_names = numbered;
    assert_accepted(network, &options);
    /* Samples that come filtered, without saying by which filter. */
    own_signal(&options.signal)->filter_low_hz = 0, own_signal(&options.signal)->filter_high_hz = 0;
    assert_accepted(network, &options);
    snnfe_network_free(network);
}
END_TEST

START_TEST(another_signal)
{
    told t = example;
    snnfe_network *network = network_of(t);
    snnfe_decoder_options options = fitting(&t);
    own_signal(&options.signal)->sampling_rate_hz = 160;
    assert_refused(network, options,
                   "the sampling rate is 160 Hz in the decoder, 250 Hz in what the network");
    options = fitting(&t);
    const char *const names[3] = {"FC3", "FCz", "FC4"}, *const classes[2] = {"left", "rest"};
    own_signal(&options.signal)->channel_names = names;
    assert_refused(network, options, "row 4, column 3 is \"FC3\" in the decoder, \"C3\" in");
    options = fitting(&t);
    const int32_t columns[3] = {3, 5, 8};
    own_signal(&options.signal)->channel_columns = columns;
    assert_refused(network, options, "row 4, column 8 is \"C4\" in the decoder, none in");
    options = fitting(&t);
    own_signal(&options.signal)->n_channels = 2;
    assert_refused(network, options, "row 4, column 7 is none in the decoder, \"C4\" in");
    options = fitting(&t);
    own_signal(&options.signal)->class_names = classes;
    assert_refused(network, options, "class 1 is \"rest\" in the decoder, \"right\" in");
    options = fitting(&t);
    own_signal(&options.signal)->filter_high_hz = 79;
    assert_refused(network, options, "the filter is 0.5 to 79 Hz in the decoder, 0.5 to 40 Hz in");
    /* Defaults are of the paper's electrodes. */
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    assert_refused(network, options, "the sampling rate is 160 Hz");
    own_signal(&options.signal)->sampling_rate_hz = 250;
    assert_refused(network, options, "the electrode at row ");
    snnfe_network_free(network);
}
END_TEST

START_TEST(causal_filters)
{
    told t = example;
    t.signal.filter_kind = SNNFE_FILTER_CAUSAL;
    t.signal.filter_order = 2;
    snnfe_network *network = network_of(t);
    snnfe_decoder_options options = fitting(&t);
    assert_accepted(network, &options);
    own_signal(&options.signal)->filter_order = 3;
    assert_refused(network, options,
                   "the filter is 0.5 to 40 Hz, causal of order 3 in the decoder");
    snnfe_network_free(network);
    t.signal.filter_low_hz = t.signal.filter_high_hz = 0;
    t.signal.filter_kind = SNNFE_FILTER_ZERO_PHASE;
    network = network_of(t);
    assert_refused(network, fitting(&t), "the filter is 0.5 to 40 Hz in the decoder, none in");
    snnfe_network_free(network);
    t.signal.filter_kind = SNNFE_FILTER_UNKNOWN;
    network = network_of(t);
    options = fitting(&t);
    assert_accepted(network, &options);
    snnfe_network_free(network);
}
END_TEST

/* What comes later is compared too. */
START_TEST(offered_and_learned)
{
    told t = example, other = example;
    other.signal.sampling_rate_hz = 128;
    snnfe_network *network = network_of(t), *wrong = network_of(other), *silent = small_network();
    snnfe_decoder *decoder = NULL;
    snnfe_learner *learner = NULL;
    snnfe_decoder_options options = fitting(&t);
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    assert_fails(snnfe_decoder_offer(decoder, wrong), SNNFE_ERR_SHAPE,
                 "snnfe_decoder_offer: the sampling rate is 250 Hz in the decoder, 128 Hz");
    ck_assert_int_eq(snnfe_decoder_uses(decoder, network), 1);
    assert_fails(snnfe_learner_create(&learner, wrong, decoder, NULL), SNNFE_ERR_SHAPE,
                 "snnfe_learner_create: the sampling rate");
    assert_ok(snnfe_decoder_offer(decoder, silent));
    assert_ok(snnfe_learner_create(&learner, network, decoder, NULL));
    snnfe_learner_free(learner);
    snnfe_decoder_free(decoder);
    options.allow_mismatch = 1;
    assert_ok(snnfe_decoder_create(&decoder, network, &options));
    ck_assert_int_eq(snnfe_decoder_mismatch(decoder, wrong, NULL, 0), 1);
    assert_ok(snnfe_decoder_offer(decoder, wrong));
    assert_ok(snnfe_learner_create(&learner, wrong, decoder, NULL));
    /* Its state is taken up by one like it. */
    const char *path = support_path("insisting.safetensors");
    assert_ok(snnfe_decoder_save(decoder, path));
    assert_ok(snnfe_decoder_restore(decoder, path));
    snnfe_decoder_free(decoder);
    snnfe_learner_free(learner);
    snnfe_network_free(silent);
    snnfe_network_free(wrong);
    snnfe_network_free(network);
}
END_TEST

START_TEST(from_a_dataset)
{
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    snnfe_decoder_options options;
    assert_ok(snnfe_network_set_signal(network, dataset_info(dataset).signal));
    assert_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.signal = dataset_info(dataset).signal;
    assert_accepted(network, &options);
    own_signal(&options.signal)->sampling_rate_hz = 161;
    assert_refused(network, options, "the sampling rate is 161 Hz");
    snnfe_dataset_free(dataset);
    snnfe_network_free(network);
}
END_TEST

START_TEST(wrong_arguments)
{
    told t = example;
    snnfe_network *network = network_of(t);
    snnfe_decoder_options options = fitting(&t);
    snnfe_decoder *decoder = NULL;
    options.allow_mismatch = 2;
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_ARGUMENT,
                 "snnfe_decoder_options.allow_mismatch is 2");
    options = fitting(&t);
    own_signal(&options.signal)->n_classes = 3;
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_SHAPE,
                 "n_classes is 3, the network has 2");
    const char *const missing[2] = {"left", NULL};
    own_signal(&options.signal)->n_classes = 2;
    own_signal(&options.signal)->class_names = missing;
    assert_fails(snnfe_decoder_create(&decoder, network, &options), SNNFE_ERR_ARGUMENT,
                 "class_names[1] is NULL");
    char text[4] = "old";
    ck_assert_int_eq(snnfe_decoder_mismatch(NULL, network, text, sizeof text), 0);
    ck_assert_str_eq(text, "old");
    snnfe_network_free(network);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("decoder signal");
    TCase *tests = tcase_create("signal");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, same_signal);
    tcase_add_test(tests, another_signal);
    tcase_add_test(tests, causal_filters);
    tcase_add_test(tests, offered_and_learned);
    tcase_add_test(tests, from_a_dataset);
    tcase_add_test(tests, wrong_arguments);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
