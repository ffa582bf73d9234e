/* In what two signals differ, and in which words. */
#include "network/signal_match.h"
#include "support.h"

static const char *const names[] = {"C3", "Cz"}, *const turned[] = {"Cz", "C3"};
static const char *const classes[] = {"left", "right", "feet"}, *const other[] = {"left", "hands"};
static const char *const eyes[] = {"EOG", "AF7"}, *const one_eye[] = {"eog.", "AF8"};
static const int32_t rows[] = {4, 4}, columns[] = {3, 5}, shifted[] = {3, 6};

static snnfe_signal usual(void)
{
    return (snnfe_signal){.struct_size = sizeof(snnfe_signal),
                          .n_channels = 2,
                          .n_classes = 2,
                          .sampling_rate_hz = 160,
                          .filter_low_hz = 8,
                          .filter_high_hz = 30,
                          .channel_rows = rows,
                          .channel_columns = columns,
                          .channel_names = names,
                          .class_names = classes,
                          .ocular = SNNFE_OCULAR_REGRESSION,
                          .n_references = 2,
                          .reference_names = eyes,
                          .n_lags = 2};
}

/* The first signal is the usual one with a change. */
#define DIFFERS(change, what, has, usually)                                                        \
    do {                                                                                           \
        const snnfe_signal known = usual();                                                        \
        snnfe_signal s = usual();                                                                  \
        snnfe_difference found;                                                                    \
        change;                                                                                    \
        ck_assert(snnfe_signals_differ(&s, &known, &found));                                       \
        ck_assert_str_eq(found.field, what);                                                       \
        ck_assert_str_eq(found.given, has);                                                        \
        ck_assert_str_eq(found.known, usually);                                                    \
        ck_assert(snnfe_signals_differ(&known, &s, &found));                                       \
    } while (0)

#define AGREES(change)                                                                             \
    do {                                                                                           \
        const snnfe_signal known = usual();                                                        \
        snnfe_signal s = usual();                                                                  \
        snnfe_difference found;                                                                    \
        change;                                                                                    \
        ck_assert(!snnfe_signals_differ(&s, &known, &found));                                      \
        ck_assert(!snnfe_signals_differ(&known, &s, &found));                                      \
    } while (0)

START_TEST(differences)
{
    DIFFERS(s.sampling_rate_hz = 250, "the sampling rate", "250 Hz", "160 Hz");
    DIFFERS(s.channel_names = turned, "the electrode at row 4, column 3", "\"Cz\"", "\"C3\"");
    DIFFERS(s.channel_columns = shifted, "the electrode at row 4, column 6", "\"Cz\"", "none");
    DIFFERS((s.channel_names = NULL, s.channel_columns = shifted),
            "the electrode at row 4, column 6", "channel 1", "none");
    DIFFERS(s.n_channels = 1, "the electrode at row 4, column 5", "none", "\"Cz\"");
    DIFFERS(s.class_names = other, "class 1", "\"hands\"", "\"right\"");
    DIFFERS(s.filter_low_hz = 0, "the filter", "0 to 30 Hz, zero phase", "8 to 30 Hz, zero phase");
    DIFFERS(s.filter_high_hz = 0, "the filter", "8 to 0 Hz, zero phase", "8 to 30 Hz, zero phase");
    DIFFERS(s.filter_low_hz = s.filter_high_hz = 0, "the filter", "none", "8 to 30 Hz, zero phase");
    DIFFERS((s.filter_kind = SNNFE_FILTER_CAUSAL, s.filter_order = 4), "the filter",
            "8 to 30 Hz, causal of order 4", "8 to 30 Hz, zero phase");
    DIFFERS((s.notch_hz = 50, s.notch_width_hz = 2), "the filter",
            "8 to 30 Hz, zero phase, notch at 50 Hz, 2 Hz wide", "8 to 30 Hz, zero phase");
    DIFFERS(strcpy(s.rereference, "M1,M2"), "the reference", "M1,M2", "that of the recordings");
    DIFFERS(s.ocular = SNNFE_OCULAR_NONE, "the ocular control", "none",
            "regression of EOG, AF7, 2 lags");
    DIFFERS(s.n_lags = 0, "the ocular control", "regression of EOG, AF7",
            "regression of EOG, AF7, 2 lags");
    DIFFERS(s.n_references = 1, "the ocular control", "regression of EOG, 2 lags",
            "regression of EOG, AF7, 2 lags");
    DIFFERS(s.reference_names = one_eye, "the ocular control", "regression of eog., AF8, 2 lags",
            "regression of EOG, AF7, 2 lags");
    DIFFERS(s.alignment = SNNFE_ALIGNMENT_EUCLIDEAN, "the alignment", "Euclidean", "none");
}
END_TEST

/* What one of them does not know is no difference. */
START_TEST(what_is_not_known)
{
    static const char *const numbered[] = {"channel 0", "channel 1"}, *const some[] = {NULL, "Cz"};
    static const char *const n_classes[] = {"class 0", "class 1"}, *const none[] = {NULL, NULL};
    AGREES((void)s);
    AGREES(s.channel_names = NULL);
    AGREES(s.channel_names = numbered);
    AGREES(s.channel_names = none);
    AGREES(s.class_names = NULL);
    AGREES(s.class_names = n_classes);
    AGREES(s.n_classes = 3);
    AGREES(s.filter_kind = SNNFE_FILTER_UNKNOWN);
    const snnfe_signal partly = {.n_channels = 2, .channel_names = some};
    ck_assert_ptr_eq(snnfe_signal_said(&partly).channel_names, some);
}
END_TEST

/* More than a message has room for ends in a mark. */
START_TEST(long_texts_are_cut)
{
    enum { MANY = 64 };
    const char *many[MANY];
    for (size_t r = 0; r < MANY; r++)
        many[r] = "a reference with a long name";
    const snnfe_signal known = usual();
    snnfe_signal s = usual();
    snnfe_difference found;
    s.n_references = MANY;
    s.reference_names = many;
    ck_assert(snnfe_signals_differ(&s, &known, &found));
    const size_t length = strlen(found.given);
    ck_assert_uint_eq(length, SNNFE_DIFFERENCE_SIZE - 1);
    ck_assert_str_eq(found.given + length - 3, "…");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("signal_match");
    TCase *all = tcase_create("all");
    tcase_add_test(all, differences);
    tcase_add_test(all, what_is_not_known);
    tcase_add_test(all, long_texts_are_cut);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
