/* Headers of EDF and BDF, field by field: the ends of what is allowed, and what is said word for
   word of what is not. */
#include "edf_file.h"
#include "recording/edf_header.h"
#include "support.h"

enum { N = 4, RATE = 10, HEADER = 256 * (N + 1), RECORD = 2 * (3 * RATE + 200), RECORDS = 5 };

static snnfe_text notes;
static snnfe_edf_file file;

static uint8_t *make(size_t *size)
{
    static const char *const labels[] = {"C3", "C4", "Pz"};
    edf_spec spec = edf_usual;
    spec.n_channels = N - 1;
    spec.labels = labels;
    spec.rate_hz = RATE;
    spec.n_records = RECORDS;
    return edf_make(&spec, size);
}

static snnfe_status read_content(const uint8_t *content, size_t size, bool strict)
{
    snnfe_text_release(&notes);
    file = (snnfe_edf_file){
        .path = "a.edf", .content = content, .size = size, .strict = strict, .notes = &notes};
    return snnfe_edf_header_read(&file);
}

static void forget_notes(void)
{
    snnfe_text_release(&notes);
}

static const char *said(void)
{
    return notes.data ? notes.data : "";
}

/* With a field overwritten: refused, taken with a note (refused strictly), or taken. */
static void check(size_t offset, size_t width, const char *text, snnfe_status status,
                  const char *words)
{
    size_t size = 0;
    char line[600];
    uint8_t *content = make(&size);
    edf_put(content, offset, width, text);
    const snnfe_status made = read_content(content, size, false);
    snprintf(line, sizeof line, "a.edf: %s%s", words, status == SNNFE_OK ? "\n" : "");
    const char *wanted = *words ? line : "";
    const char *found = made == SNNFE_OK ? said() : snnfe_last_error();
    ck_assert_msg(made == status && strcmp(found, wanted) == 0, "%zu \"%s\": \"%s\", not \"%s\"",
                  offset, text, found, wanted);
    snnfe_edf_header_release(&file);
    if (status == SNNFE_OK) {
        const bool strictly = read_content(content, size, true) == SNNFE_OK;
        ck_assert_msg(strictly == !*words, "%zu \"%s\"", offset, text);
        ck_assert_str_eq(said(), "");
        snnfe_edf_header_release(&file);
    }
    free(content);
}

START_TEST(everything_is_known)
{
    size_t size = 0;
    uint8_t *content = make(&size);
    assert_ok(read_content(content, size, true));
    ck_assert(!file.bdf && file.plus && !file.discontinuous);
    ck_assert_uint_eq(file.sample_bytes, 2);
    ck_assert_uint_eq(file.n_signals, N);
    ck_assert_uint_eq(file.header_size, HEADER);
    ck_assert_uint_eq(file.record_size, RECORD);
    ck_assert_uint_eq(file.n_records, RECORDS);
    ck_assert_double_eq(file.record_s, 1);
    for (size_t i = 0; i < N; i++) {
        const snnfe_edf_signal *s = &file.signals[i];
        static const char *const labels[] = {"C3", "C4", "Pz", "EDF Annotations"};
        ck_assert_str_eq(s->label, labels[i]);
        ck_assert_str_eq(s->dimension, i < 3 ? "uV" : "");
        ck_assert(s->annotations == (i == 3));
        ck_assert_uint_eq(s->n_samples, i < 3 ? RATE : 200);
        ck_assert_uint_eq(s->offset, 2 * i * RATE);
        ck_assert_str_eq(s->range_fault, "");
        ck_assert_double_eq(s->physical_min, i < 3 ? -1000 : 0);
        ck_assert_double_eq(s->physical_max, i < 3 ? 1000 : 0);
        ck_assert_double_eq(s->digital_min, i < 3 ? -10000 : 0);
        ck_assert_double_eq(s->digital_max, i < 3 ? 10000 : 0);
    }
    snnfe_edf_header_release(&file);
    ck_assert_ptr_null(file.signals);
    free(content);
}
END_TEST

#define FIELD(first, width, signal) 256 + (first)*N + (signal) * (width), width

START_TEST(fields_have_ends)
{
    static const struct {
        size_t offset, width;
        const char *text;
        snnfe_status status;
        const char *words; /* "" for nothing */
    } cases[] = {
        {0, 8, "0", SNNFE_OK, ""},
        {0, 8, " 0", SNNFE_ERR_FORMAT, "is no EDF or BDF file (version field)"},
        {0, 8, "0      x", SNNFE_ERR_FORMAT, "is no EDF or BDF file (version field)"},
        {184, 8, "1280", SNNFE_OK, ""},
        {184, 8, "255", SNNFE_ERR_FORMAT, "header size is 255, not in 256…10000000"},
        {184, 8, "256", SNNFE_ERR_FORMAT, "header size is 256, not 1280 for 4 signals"},
        {184, 8, "10000000", SNNFE_ERR_FORMAT, "header size is 10000000, not 1280 for 4 signals"},
        {184, 8, "10000001", SNNFE_ERR_FORMAT, "header size is 10000001, not in 256…10000000"},
        {184, 8, "1280.5", SNNFE_ERR_FORMAT, "header size is 1280.5, not a whole number"},
        {184, 8, "12 80", SNNFE_ERR_FORMAT, "header size is \"12 80\", not a number"},
        {192, 44, "EDF+D", SNNFE_OK, ""},
        {192, 44, "EDF+X", SNNFE_ERR_FORMAT, "reserved field is \"EDF+X\", not EDF+C or EDF+D"},
        {192, 44, "EDF+CD", SNNFE_OK, ""},
        {192, 44, "BDF+C", SNNFE_OK, ""}, /* no EDF+ */
        {192, 44, "EDF-C", SNNFE_OK, ""},
        {236, 8, "5", SNNFE_OK, ""},
        {236, 8, "-1", SNNFE_OK, "number of records is -1; by its size the file has 5"},
        {236, 8, "-2", SNNFE_ERR_FORMAT, "number of records is -2, not in -1…10000000"},
        {236, 8, "0", SNNFE_ERR_FORMAT, "number of records is 0"},
        {236, 8, "4", SNNFE_OK,
         "bytes behind the last record that are not read: 460 (a record has 460)"},
        {236, 8, "1", SNNFE_OK,
         "bytes behind the last record that are not read: 1840 (a record has 460)"},
        {236, 8, "6", SNNFE_ERR_FORMAT, "is truncated: 3580 bytes, not 4040"},
        {236, 8, "10000000", SNNFE_ERR_FORMAT, "is truncated: 3580 bytes, not 4600001280"},
        {236, 8, "10000001", SNNFE_ERR_FORMAT, "number of records is 10000001, not in -1…10000000"},
        {244, 8, "0.001", SNNFE_OK, ""},
        {244, 8, "0.00099", SNNFE_ERR_FORMAT,
         "duration of a record is 0.00099, not in 0.001…1000000"},
        {244, 8, "1e6", SNNFE_OK, ""},
        {244, 8, "1000001", SNNFE_ERR_FORMAT,
         "duration of a record is 1000001, not in 0.001…1000000"},
        {244, 8, "\x1f", SNNFE_ERR_FORMAT, "duration of a record is \"\\x1f\", not a number"},
        {252, 4, "0", SNNFE_ERR_FORMAT, "number of signals is 0, not in 1…640"},
        {252, 4, "641", SNNFE_ERR_FORMAT, "number of signals is 641, not in 1…640"},
        {252, 4, "640", SNNFE_ERR_FORMAT, "header size is 1280, not 164096 for 640 signals"},
        {FIELD(0, 16, 1), "", SNNFE_OK, ""},
        {FIELD(0, 16, 1), "0123456789abcdef", SNNFE_OK, ""},
        {FIELD(0, 16, 1), "C3 ~", SNNFE_OK, ""},
        {FIELD(0, 16, 1), "C3\x1f", SNNFE_ERR_FORMAT,
         "label of signal 2 is \"C3\\x1f\", with a control character"},
        {FIELD(0, 16, 1), "\x7f", SNNFE_ERR_FORMAT,
         "label of signal 2 is \"\\x7f\", with a control character"},
        {FIELD(0, 16, 1), "C\x80\xff", SNNFE_OK,
         "labels, units or other texts of signals that are not ASCII: 1; what is not UTF-8 is "
         "taken as "
         "Latin-1"},
        {FIELD(16, 80, 2), "\xff", SNNFE_OK,
         "labels, units or other texts of signals that are not ASCII: 1; what is not UTF-8 is "
         "taken as "
         "Latin-1"},
        {FIELD(136, 80, 0), "\x7f", SNNFE_OK,
         "labels, units or other texts of signals that are not ASCII: 1; what is not UTF-8 is "
         "taken as "
         "Latin-1"},
        {FIELD(224, 32, 3), "\x1f", SNNFE_OK,
         "labels, units or other texts of signals that are not ASCII: 1; what is not UTF-8 is "
         "taken as "
         "Latin-1"},
        {FIELD(104, 8, 1), "-1e9", SNNFE_OK, ""},
        {FIELD(112, 8, 1), "1e9", SNNFE_OK, ""},
        {FIELD(104, 8, 3), "any", SNNFE_OK, ""}, /* of annotations */
        {FIELD(120, 8, 1), "10000", SNNFE_OK, ""},
        {FIELD(120, 8, 1), "-32768", SNNFE_OK, ""},
        {FIELD(128, 8, 1), "32767", SNNFE_OK, ""},
        {FIELD(216, 8, 1), "0", SNNFE_ERR_FORMAT,
         "samples in a record of signal 2 is 0, not in 1…5000000 (\"C4\")"},
        {FIELD(216, 8, 1), "5000000", SNNFE_ERR_FORMAT,
         "is truncated: 3580 bytes, less than a record"},
        {FIELD(216, 8, 1), "5000001", SNNFE_ERR_FORMAT,
         "samples in a record of signal 2 is 5000001, not in 1…5000000 (\"C4\")"},
        {FIELD(216, 8, 1), "1", SNNFE_OK,
         "bytes behind the last record that are not read: 90 (a record has 442)"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(cases[i].offset, cases[i].width, cases[i].text, cases[i].status, cases[i].words);
}
END_TEST

/* Faults of ranges are kept: whether they matter depends on who asks for the signal. */
START_TEST(faults_of_ranges_are_kept)
{
    static const struct {
        size_t first;
        const char *text, *fault;
    } cases[] = {
        {104, "low", "physical minimum of signal 2 is \"low\", not a number (\"C4\")"},
        {112, "1.1e9", "physical maximum of signal 2 is 1.1e9, not in -1000000000…1000000000"},
        {120, "-32769", "digital minimum of signal 2 is -32769, not in -32768…32767 (\"C4\")"},
        {128, "32768", "digital maximum of signal 2 is 32768, not in -32768…32767 (\"C4\")"},
        {128, "0.25", "digital maximum of signal 2 is 0.25, not a whole number (\"C4\")"},
        {128, "-10001", "digital maximum of signal 2 is -10001, below its minimum -10000 (\"C4\")"},
        {128, "-10000", ""},
        {120, "10000", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = 0;
        uint8_t *content = make(&size);
        edf_put(content, FIELD(cases[i].first, 8, 1), cases[i].text);
        assert_ok(read_content(content, size, true));
        for (size_t s = 0; s < N; s++) {
            const char *fault = s == 1 ? cases[i].fault : "";
            ck_assert_msg(strncmp(file.signals[s].range_fault, fault, strlen(fault)) == 0 &&
                              (*fault || !file.signals[s].range_fault[0]),
                          "\"%s\"", file.signals[s].range_fault);
        }
        snnfe_edf_header_release(&file);
        free(content);
    }
}
END_TEST

/* Blanks and zeros behind a text do not belong to it; one in front does. */
START_TEST(texts_end_where_blanks_begin)
{
    static const struct {
        char field[17];
        const char *label;
    } cases[] = {
        {"C3\0             ", "C3"},
        {"C3            \0\0", "C3"},
        {" C3             ", " C3"},
        {"0123456789abcdef", "0123456789abcdef"},
        {"0123456789abcde ", "0123456789abcde"},
        {"\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9", "éééééééééééééééé"},
        {"é              ", "é"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = 0;
        uint8_t *content = make(&size);
        memcpy(content + 256 + 16, cases[i].field, 16);
        assert_ok(read_content(content, size, false));
        ck_assert_str_eq(file.signals[1].label, cases[i].label);
        ck_assert_str_eq(file.signals[2].label, "Pz");
        snnfe_edf_header_release(&file);
        free(content);
    }
}
END_TEST

/* What the size makes of the number of records: how many are read, or 0, and what is said. */
START_TEST(sizes_decide)
{
    static const struct {
        const char *number;
        size_t bytes; /* behind the header */
        size_t n;
        const char *words;
    } cases[] = {
        {"5", 5 * RECORD, 5, ""},
        {"5", 5 * RECORD - 1, 4, "record 5 has 459 of its 460 bytes and is left out"},
        {"5", 4 * RECORD + 1, 4, "record 5 has 1 of its 460 bytes and is left out"},
        {"5", 4 * RECORD, 0, "is truncated: 3120 bytes, not 3580"},
        {"5", 4 * RECORD - 1, 0, "is truncated: 3119 bytes, not 3580"},
        {"2", RECORD + 1, 1, "record 2 has 1 of its 460 bytes and is left out"},
        {"1", RECORD, 1, ""},
        {"1", RECORD - 1, 0, "is truncated: 1739 bytes, not 1740"},
        {"-1", RECORD, 1, "number of records is -1; by its size the file has 1"},
        {"4", 4 * RECORD + 1, 4,
         "bytes behind the last record that are not read: 1 (a record has 460)"},
    };
    size_t size = 0;
    uint8_t *content = make(&size);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char line[200];
        edf_put(content, 236, 8, cases[i].number);
        const snnfe_status status = read_content(content, HEADER + cases[i].bytes, false);
        ck_assert_int_eq(status, cases[i].n > 0 ? SNNFE_OK : SNNFE_ERR_FORMAT);
        snprintf(line, sizeof line, "a.edf: %s%s", cases[i].words, cases[i].n > 0 ? "\n" : "");
        ck_assert_str_eq(status == SNNFE_OK ? said() : snnfe_last_error(),
                         *cases[i].words ? line : "");
        if (cases[i].n > 0)
            ck_assert_uint_eq(file.n_records, cases[i].n);
        snnfe_edf_header_release(&file);
    }
    assert_fails(read_content(content, HEADER - 1, false), SNNFE_ERR_FORMAT,
                 "a.edf: is truncated: 1279 bytes, header 1280");
    assert_fails(read_content(content, HEADER, false), SNNFE_ERR_FORMAT,
                 "a.edf: is truncated: 1280 bytes, not 3120");
    snnfe_edf_header_release(&file);
    assert_fails(read_content(content, 255, false), SNNFE_ERR_FORMAT, "is no EDF or BDF file");
    free(content);
}
END_TEST

/* BDF is EDF with samples of three bytes, which go further. */
START_TEST(bdf_is_wider)
{
    size_t size = 0;
    uint8_t *content = make(&size);
    memcpy(content,
           "\xff"
           "BIOSEMI",
           8);
    edf_put(content, 192, 44, "BDF+C");
    edf_put(content, 236, 8, "3");
    edf_put(content, FIELD(0, 16, 3), "BDF Annotations");
    edf_put(content, FIELD(120, 8, 0), "-8388608");
    edf_put(content, FIELD(128, 8, 0), "8388607");
    edf_put(content, FIELD(120, 8, 1), "-8388609");
    edf_put(content, FIELD(128, 8, 2), "8388608");
    assert_ok(read_content(content, HEADER + 3 * (RECORD / 2 * 3), true));
    ck_assert(file.bdf && file.plus && !file.discontinuous);
    ck_assert_uint_eq(file.sample_bytes, 3);
    ck_assert_uint_eq(file.record_size, RECORD / 2 * 3);
    ck_assert_uint_eq(file.n_records, 3);
    ck_assert_uint_eq(file.signals[2].offset, 3 * 2 * RATE);
    ck_assert(file.signals[3].annotations);
    ck_assert_str_eq(file.signals[0].range_fault, "");
    ck_assert_str_eq(file.signals[1].range_fault,
                     "digital minimum of signal 2 is -8388609, not in -8388608…8388607 (\"C4\")");
    ck_assert_str_eq(file.signals[2].range_fault,
                     "digital maximum of signal 3 is 8388608, not in -8388608…8388607 (\"Pz\")");
    static const struct {
        uint8_t bytes[3];
        int32_t value;
    } samples[] = {{{0, 0, 0x80}, -8388608},
                   {{0xff, 0xff, 0x7f}, 8388607},
                   {{1, 2, 3}, 0x30201},
                   {{0xff, 0xff, 0xff}, -1}};
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(snnfe_edf_sample(&file, samples[i].bytes), samples[i].value);
    snnfe_edf_header_release(&file);
    edf_put(content, 192, 44, "EDF+C");
    assert_ok(read_content(content, size, false));
    ck_assert(!file.plus && !file.signals[3].annotations);
    snnfe_edf_header_release(&file);
    edf_put(content, 192, 44, "BDF+E");
    assert_fails(read_content(content, size, false), SNNFE_ERR_FORMAT,
                 "reserved field is \"BDF+E\", not BDF+C or BDF+D");
    free(content);
}
END_TEST

START_TEST(most_signals)
{
    static const char *labels[641];
    edf_spec spec = edf_usual;
    for (size_t i = 0; i < 641; i++)
        labels[i] = "x";
    spec.kind = "";
    spec.labels = labels;
    spec.rate_hz = spec.n_records = 1;
    for (size_t n = 640; n <= 641; n++) {
        size_t size = 0;
        spec.n_channels = n;
        uint8_t *content = edf_make(&spec, &size);
        if (n == 640)
            assert_ok(read_content(content, size, true));
        else
            assert_fails(read_content(content, size, true), SNNFE_ERR_FORMAT,
                         "number of signals is 641, not in 1…640");
        snnfe_edf_header_release(&file);
        free(content);
    }
    spec.n_channels = 0;
    spec.kind = "EDF+C";
    size_t size = 0;
    uint8_t *content = edf_make(&spec, &size);
    assert_fails(read_content(content, size, false), SNNFE_ERR_FORMAT,
                 "a.edf: has no signal besides annotations");
    snnfe_edf_header_release(&file);
    free(content);
}
END_TEST

START_TEST(every_day_and_minute)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    char text[16], words[120];
    for (int month = 0; month <= 13; month++) {
        const int last = month >= 1 && month <= 12 ? days[month - 1] : 0;
        for (int day = last; day <= last + 1; day++) {
            snprintf(text, sizeof text, "%02d.%02d.24", day, month);
            snprintf(words, sizeof words,
                     "start date is \"%s\", not a date (dd.mm.yy); it is not used", text);
            check(168, 8, text, SNNFE_OK, day == last && last > 0 ? "" : words);
        }
    }
    static const struct {
        const char *text;
        bool right;
    } times[] = {{"00.00.00", true},  {"23.59.59", true},  {"24.00.00", false}, {"23.60.00", false},
                 {"23.59.60", false}, {"23:59:59", false}, {"2359.59.", false}, {"/0.00.00", false},
                 {":0.00.00", false}, {"00.0/.00", false}, {"00.00.0:", false}, {"09.19.29", true}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        snprintf(words, sizeof words, "start time is \"%s\", not a time (hh.mm.ss); it is not used",
                 times[i].text);
        check(176, 8, times[i].text, SNNFE_OK, times[i].right ? "" : words);
    }
}
END_TEST

START_TEST(who_was_recorded)
{
    static const struct {
        size_t offset;
        const char *text, *words;
    } cases[] = {
        {8, "X X X X", ""},
        {8, " X  X X ~", ""},
        {8, "X X XX", "patient is \"X X XX\", not of four parts as EDF+ wants it; it is not used"},
        {8, "X X X \x7f", "patient is \"X X X \\x7f\", not ASCII text; it is not used"},
        {8, "X X X \x1f", "patient is \"X X X \\x1f\", not ASCII text; it is not used"},
        {88, "Startdate X X X X", ""},
        {88, "Startdate X X XX",
         "recording is \"Startdate X X XX\", not \"Startdate\" and four parts as EDF+ wants it; it "
         "is not used"},
        {88, "Startdat X X X X X",
         "recording is \"Startdat X X X X X\", not \"Startdate\" and four parts as EDF+ wants it; "
         "it is not used"},
        {88, "Startdate X X X \xff",
         "recording is \"Startdate X X X \\xff\", not ASCII text; it is not used"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        check(cases[i].offset, 80, cases[i].text, SNNFE_OK, cases[i].words);
    /* To the last byte of a field, and no further. */
    char patient[81];
    snprintf(patient, sizeof patient, "X X X%74sX", "");
    check(8, 80, patient, SNNFE_OK, "");
    patient[79] = '\x7f';
    char words[300];
    snprintf(words, sizeof words, "patient is \"X X X%74s\\x7f\", not ASCII text; it is not used",
             "");
    check(8, 80, patient, SNNFE_OK, words);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edf_header");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, NULL, forget_notes);
    tcase_add_test(all, everything_is_known);
    tcase_add_test(all, fields_have_ends);
    tcase_add_test(all, faults_of_ranges_are_kept);
    tcase_add_test(all, texts_end_where_blanks_begin);
    tcase_add_test(all, sizes_decide);
    tcase_add_test(all, bdf_is_wider);
    tcase_add_test(all, most_signals);
    tcase_add_test(all, every_day_and_minute);
    tcase_add_test(all, who_was_recorded);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
