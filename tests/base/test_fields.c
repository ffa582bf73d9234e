/* Members of structs in files: round trips, ranges, and what is refused. */
#include "base/fields.h"
#include "support.h"

#include <float.h>

typedef struct everything {
    bool flag;
    int32_t integer;
    uint32_t count;
    uint64_t large, bits;
    size_t size;
    float narrow;
    double wide, maybe;
    uint32_t words[3];
    double maybes[2];
    int32_t other; /* is no field */
} everything;

static const snnfe_field fields[] = {
    SNNFE_FIELD(everything, flag, BOOL, 0, 1),
    SNNFE_FIELD(everything, integer, I32, -5, INT32_MAX),
    SNNFE_FIELD(everything, count, U32, 0, UINT32_MAX),
    SNNFE_FIELD(everything, large, U64, 0, SNNFE_MOST_COUNT),
    SNNFE_FIELD(everything, bits, BITS, 0, 0),
    SNNFE_FIELD(everything, size, SIZE, 1, 1000),
    SNNFE_FIELD(everything, narrow, F32, -FLT_MAX, FLT_MAX),
    SNNFE_FIELD(everything, wide, F64, -1, 1e300),
    SNNFE_FIELD(everything, maybe, MAYBE, 0, 1),
    SNNFE_FIELDS(everything, words, U32, 3, 0, UINT32_MAX),
    SNNFE_FIELDS(everything, maybes, MAYBE, 2, 0, 1),
};
static const snnfe_record_type type = SNNFE_RECORD_TYPE("test.", everything, fields);

static everything example(void)
{
    return (everything){.flag = true,
                        .integer = -5,
                        .count = UINT32_MAX,
                        .large = UINT64_C(1) << 53,
                        .bits = UINT64_MAX,
                        .size = 1000,
                        .narrow = 0.1F,
                        .wide = 1.0 / 3,
                        .maybe = (double)NAN,
                        .words = {1, 2, UINT32_MAX},
                        .maybes = {0.25, (double)NAN},
                        .other = 7};
}

static bool same_number(double a, double b)
{
    return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
}

static void assert_same(const everything *a, const everything *b)
{
    ck_assert_int_eq(a->flag, b->flag);
    ck_assert_int_eq(a->integer, b->integer);
    ck_assert_uint_eq(a->count, b->count);
    ck_assert_uint_eq(a->large, b->large);
    ck_assert_uint_eq(a->bits, b->bits);
    ck_assert_uint_eq(a->size, b->size);
    ck_assert(same_number((double)a->narrow, (double)b->narrow));
    ck_assert(same_number(a->wide, b->wide));
    ck_assert(same_number(a->maybe, b->maybe));
    ck_assert_mem_eq(a->words, b->words, sizeof a->words);
    for (int i = 0; i < 2; i++)
        ck_assert(same_number(a->maybes[i], b->maybes[i]));
}

/* A file of `n` records as columns, and of the first as metadata, opened. */
static snnfe_tensors *file_of(const char *name, const snnfe_record_type *columns,
                              const everything *records, size_t n,
                              const snnfe_record_type *metadata)
{
    const char *path = support_path(name);
    snnfe_tensor_list *list = NULL;
    snnfe_tensors *file = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    if (columns)
        assert_ok(snnfe_records_add(list, columns, records, n));
    if (metadata)
        assert_ok(snnfe_record_add_metadata(list, metadata, records));
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);
    assert_ok(snnfe_tensors_open(&file, path));
    return file;
}

/* --- columns -------------------------------------------------------------------------------- */

START_TEST(records_survive_a_round_trip)
{
    everything records[3] = {example(), example(), example()}, back[3] = {{.other = 3}};
    records[1].integer = 17;
    records[1].maybe = 0.5;
    records[2].flag = false;
    records[2].words[0] = 9;
    snnfe_tensors *file = file_of("records", &type, records, 3, NULL);
    ck_assert_uint_eq(snnfe_tensors_count(file), sizeof fields / sizeof fields[0]);
    ck_assert_uint_eq(snnfe_records_count(file, &type), 3);
    const snnfe_tensor_info *info = snnfe_tensors_find(file, "test.words");
    ck_assert(info && info->dtype == SNNFE_I64 && info->n_dims == 2);
    ck_assert(info->shape[0] == 3 && info->shape[1] == 3);
    info = snnfe_tensors_find(file, "test.narrow");
    ck_assert(info && info->dtype == SNNFE_F64 && info->n_dims == 1 && info->shape[0] == 3);
    assert_ok(snnfe_records_read(file, &type, back, 3));
    for (size_t i = 0; i < 3; i++)
        assert_same(&back[i], &records[i]);
    ck_assert_int_eq(back[0].other, 3);
    snnfe_tensors_close(file);
}
END_TEST

/* Arrays of every type. */
typedef struct arrays {
    bool flags[3];
    int32_t integers[3];
    uint64_t large[3], bits[3];
    size_t sizes[3];
    float narrow[3];
    double wide[3];
} arrays;

START_TEST(arrays_survive_a_round_trip)
{
    static const snnfe_field of_arrays[] = {
        SNNFE_FIELDS(arrays, flags, BOOL, 3, 0, 1),
        SNNFE_FIELDS(arrays, integers, I32, 3, INT32_MIN, INT32_MAX),
        SNNFE_FIELDS(arrays, large, U64, 3, 0, SNNFE_MOST_COUNT),
        SNNFE_FIELDS(arrays, bits, BITS, 3, 0, 0),
        SNNFE_FIELDS(arrays, sizes, SIZE, 3, 0, 1000),
        SNNFE_FIELDS(arrays, narrow, F32, 3, -FLT_MAX, FLT_MAX),
        SNNFE_FIELDS(arrays, wide, F64, 3, -1, 1e300),
    };
    const snnfe_record_type arrays_type = SNNFE_RECORD_TYPE("test.", arrays, of_arrays);
    static const arrays records[2] = {{{true, false, true},
                                       {INT32_MIN, 2, -3},
                                       {4, UINT64_C(1) << 53, 6},
                                       {UINT64_MAX, 8, 9},
                                       {10, 1000, 12},
                                       {0.1F, FLT_MAX, -0.3F},
                                       {0.1, 1e300, -0.9}},
                                      {{false, true, true},
                                       {21, 22, INT32_MAX},
                                       {24, 25, 26},
                                       {27, 28, 29},
                                       {30, 31, 32},
                                       {33, 34, 35},
                                       {36, 37, 38}}};
    arrays back[2];
    memset(back, 0, sizeof back);
    snnfe_tensor_list *list = NULL;
    snnfe_tensors *file = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    assert_ok(snnfe_records_add(list, &arrays_type, records, 2));
    assert_ok(snnfe_tensor_list_save(list, support_path("arrays")));
    snnfe_tensor_list_free(list);
    assert_ok(snnfe_tensors_open(&file, support_path("arrays")));
    assert_ok(snnfe_records_read(file, &arrays_type, back, 2));
    snnfe_tensors_close(file);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_mem_eq(back[i].flags, records[i].flags, sizeof back[i].flags);
        ck_assert_mem_eq(back[i].integers, records[i].integers, sizeof back[i].integers);
        ck_assert_mem_eq(back[i].large, records[i].large, sizeof back[i].large);
        ck_assert_mem_eq(back[i].bits, records[i].bits, sizeof back[i].bits);
        ck_assert_mem_eq(back[i].sizes, records[i].sizes, sizeof back[i].sizes);
        ck_assert_mem_eq(back[i].narrow, records[i].narrow, sizeof back[i].narrow);
        ck_assert_mem_eq(back[i].wide, records[i].wide, sizeof back[i].wide);
    }
}
END_TEST

START_TEST(no_records_are_records)
{
    snnfe_tensors *file = file_of("none", &type, NULL, 0, NULL);
    ck_assert_uint_eq(snnfe_records_count(file, &type), 0);
    assert_ok(snnfe_records_read(file, &type, NULL, 0));
    snnfe_tensors_close(file);
}
END_TEST

/* One member out of its range in the second of two records. */
static void assert_refused(everything bad, snnfe_status status, const char *fragment)
{
    const everything records[2] = {example(), bad};
    everything back[2];
    snnfe_tensors *file = file_of("bad", &type, records, 2, NULL);
    assert_fails(snnfe_records_read(file, &type, back, 2), status, fragment);
    snnfe_tensors_close(file);
}

#define assert_value_refused(change, status, fragment)                                             \
    do {                                                                                           \
        everything bad = example();                                                                \
        change;                                                                                    \
        assert_refused(bad, status, fragment);                                                     \
    } while (0)

START_TEST(values_out_of_range_are_refused)
{
    const double infinite = (double)INFINITY;
    assert_value_refused(bad.integer = -6, SNNFE_ERR_FORMAT, "test.integer[1] is -6, not in -5");
    assert_value_refused(bad.large = (UINT64_C(1) << 53) + 2, SNNFE_ERR_FORMAT, "test.large[1]");
    assert_value_refused(bad.large = UINT64_MAX, SNNFE_ERR_FORMAT, "test.large[1] is -1");
    assert_value_refused(bad.size = 0, SNNFE_ERR_FORMAT, "test.size[1] is 0, not in 1…1000");
    assert_value_refused(bad.size = 1001, SNNFE_ERR_FORMAT, "test.size[1] is 1001");
    assert_value_refused(bad.wide = -1.5, SNNFE_ERR_FORMAT, "test.wide[1] is -1.5");
    assert_value_refused(bad.maybe = 1.25, SNNFE_ERR_FORMAT, "test.maybe[1] is 1.25");
    assert_value_refused(bad.maybe = infinite, SNNFE_ERR_FORMAT, "test.maybe[1] is inf");
    assert_value_refused(bad.maybes[1] = -1, SNNFE_ERR_FORMAT, "test.maybes[3] is -1");
}
END_TEST

/* Only what may be unknown may be NaN. */
START_TEST(other_members_are_finite)
{
    assert_value_refused(bad.wide = (double)NAN, SNNFE_ERR_NONFINITE, "test.wide");
    assert_value_refused(bad.wide = (double)INFINITY, SNNFE_ERR_NONFINITE, "test.wide");
    assert_value_refused(bad.narrow = NAN, SNNFE_ERR_NONFINITE, "test.narrow");
}
END_TEST

/* A file whose integers are beyond the member's type. */
START_TEST(values_beyond_the_type_are_refused)
{
    static const snnfe_field wide_fields[] = {SNNFE_FIELD(everything, large, U64, 0, 1e18)};
    snnfe_field narrow_fields[] = {SNNFE_FIELD(everything, count, U32, 0, UINT32_MAX)};
    narrow_fields[0].name = "large";
    const snnfe_record_type wide = SNNFE_RECORD_TYPE("test.", everything, wide_fields);
    const snnfe_record_type narrow = SNNFE_RECORD_TYPE("test.", everything, narrow_fields);
    everything record = example();
    record.large = UINT64_C(1) << 32;
    snnfe_tensors *file = file_of("beyond", &wide, &record, 1, NULL);
    assert_fails(snnfe_records_read(file, &narrow, &record, 1), SNNFE_ERR_FORMAT, "test.large[0]");
    snnfe_tensors_close(file);
}
END_TEST

START_TEST(other_tensors_are_refused)
{
    static const snnfe_field some[] = {SNNFE_FIELD(everything, flag, BOOL, 0, 1)};
    static const snnfe_field single[] = {SNNFE_FIELD(everything, words, U32, 0, UINT32_MAX)};
    static const snnfe_field number[] = {SNNFE_FIELD(everything, words, F64, 0, 1)};
    const snnfe_record_type some_type = SNNFE_RECORD_TYPE("test.", everything, some);
    const snnfe_record_type single_type = SNNFE_RECORD_TYPE("test.", everything, single);
    const snnfe_record_type number_type = SNNFE_RECORD_TYPE("test.", everything, number);
    const snnfe_record_type elsewhere = SNNFE_RECORD_TYPE("other.", everything, fields);
    const everything record = example();
    everything back[2];
    snnfe_tensors *file = file_of("partial", &some_type, &record, 1, NULL);
    assert_fails(snnfe_records_read(file, &type, back, 1), SNNFE_ERR_NOT_FOUND, "test.integer");
    ck_assert_uint_eq(snnfe_records_count(file, &elsewhere), 0);
    snnfe_tensors_close(file);
    file = file_of("whole", &type, &record, 1, NULL);
    assert_fails(snnfe_records_read(file, &type, back, 2), SNNFE_ERR_SHAPE, "test.flag");
    assert_fails(snnfe_records_read(file, &single_type, back, 1), SNNFE_ERR_SHAPE, "test.words");
    assert_fails(snnfe_records_read(file, &number_type, back, 1), SNNFE_ERR_SHAPE, "test.words");
    snnfe_tensors_close(file);
}
END_TEST

/* --- metadata ------------------------------------------------------------------------------- */

/* Arrays and what may be unknown are no conditions. */
static const snnfe_record_type conditions = {"test.", fields, 8, sizeof(everything)};

START_TEST(metadata_survive_a_round_trip)
{
    const everything record = example();
    everything back = {.maybe = 0.75, .other = 3};
    snnfe_tensors *file = file_of("metadata", NULL, &record, 0, &conditions);
    ck_assert_str_eq(snnfe_tensors_metadata(file, "test.flag"), "1");
    ck_assert_str_eq(snnfe_tensors_metadata(file, "test.integer"), "-5");
    ck_assert_str_eq(snnfe_tensors_metadata(file, "test.bits"), "18446744073709551615");
    ck_assert_str_eq(snnfe_tensors_metadata(file, "test.narrow"), "0.100000001");
    ck_assert_str_eq(snnfe_tensors_metadata(file, "test.wide"), "0.33333333333333331");
    assert_ok(snnfe_record_expect_metadata(file, &conditions, &record));
    assert_ok(snnfe_record_read_metadata(file, &conditions, false, &back));
    everything expected = example();
    expected.maybe = 0.75;
    memset(expected.words, 0, sizeof expected.words);
    expected.maybes[0] = expected.maybes[1] = 0;
    assert_same(&back, &expected);
    ck_assert_int_eq(back.other, 3);
    snnfe_tensors_close(file);
}
END_TEST

#define assert_condition_refused(change, fragment)                                                 \
    do {                                                                                           \
        everything own = example();                                                                \
        change;                                                                                    \
        assert_fails(snnfe_record_expect_metadata(file, &conditions, &own), SNNFE_ERR_SHAPE,       \
                     "was saved with " fragment);                                                  \
    } while (0)

START_TEST(other_conditions_are_refused)
{
    const everything record = example();
    snnfe_tensors *file = file_of("conditions", NULL, &record, 0, &conditions);
    assert_condition_refused(own.flag = false, "flag 1, not 0");
    assert_condition_refused(own.integer = 4, "integer -5, not 4");
    assert_condition_refused(own.count = 0, "count 4294967295, not 0");
    assert_condition_refused(own.bits = 1, "bits 18446744073709551615, not 1");
    assert_condition_refused(own.size = 3, "size 1000, not 3");
    assert_condition_refused(own.narrow = nextafterf(0.1F, 1), "narrow 0.100000001, not 0.1000000");
    assert_condition_refused(own.wide = nextafter(1.0 / 3, 1), "wide 0.33333333333333331, not 0.3");
    snnfe_tensors_close(file);
    file = file_of("columns", &type, &record, 1, NULL);
    assert_fails(snnfe_record_expect_metadata(file, &conditions, &record), SNNFE_ERR_FORMAT,
                 "metadata \"test.flag\" is missing");
    snnfe_tensors_close(file);
}
END_TEST

/* A file with one entry of metadata. */
static snnfe_tensors *entry_of(const char *key, const char *value)
{
    const char *path = support_path("entry");
    snnfe_tensor_list *list = NULL;
    snnfe_tensors *file = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    assert_ok(snnfe_tensor_list_add_metadata(list, key, value));
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);
    assert_ok(snnfe_tensors_open(&file, path));
    return file;
}

START_TEST(wrong_metadata_are_refused)
{
    static const struct {
        const char *key, *value, *fragment;
    } cases[] = {
        {"test.integer", "many", "metadata \"test.integer\" is \"many\", not a number"},
        {"test.integer", "1.5", "not a number"},
        {"test.integer", "-6", "metadata \"test.integer\" is -6, not in -5"},
        {"test.count", "4294967296", "test.count"},
        {"test.bits", "-1", "not a number"},
        {"test.size", "0", "not in 1…1000"},
        {"test.narrow", "1e39", "test.narrow"},
        {"test.narrow", "nan", "test.narrow"},
        {"test.wide", "inf", "test.wide"},
        {"test.wide", "", "test.wide"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        everything record = example();
        const everything before = example();
        snnfe_tensors *file = entry_of(cases[i].key, cases[i].value);
        assert_fails(snnfe_record_read_metadata(file, &conditions, false, &record),
                     SNNFE_ERR_FORMAT, cases[i].fragment);
        assert_same(&record, &before);
        snnfe_tensors_close(file);
    }
}
END_TEST

/* What a file does not have stays, unless all is demanded. */
START_TEST(missing_metadata)
{
    everything record = example(), expected = example();
    snnfe_tensors *file = entry_of("test.count", "12");
    assert_ok(snnfe_record_read_metadata(file, &conditions, false, &record));
    expected.count = 12;
    assert_same(&record, &expected);
    assert_fails(snnfe_record_read_metadata(file, &conditions, true, &record), SNNFE_ERR_FORMAT,
                 "metadata \"test.flag\" is missing");
    snnfe_tensors_close(file);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fields");
    TCase *columns = tcase_create("columns"), *metadata = tcase_create("metadata");
    tcase_add_test(columns, records_survive_a_round_trip);
    tcase_add_test(columns, arrays_survive_a_round_trip);
    tcase_add_test(columns, no_records_are_records);
    tcase_add_test(columns, values_out_of_range_are_refused);
    tcase_add_test(columns, other_members_are_finite);
    tcase_add_test(columns, values_beyond_the_type_are_refused);
    tcase_add_test(columns, other_tensors_are_refused);
    tcase_add_test(metadata, metadata_survive_a_round_trip);
    tcase_add_test(metadata, other_conditions_are_refused);
    tcase_add_test(metadata, wrong_metadata_are_refused);
    tcase_add_test(metadata, missing_metadata);
    suite_add_tcase(suite, columns);
    suite_add_tcase(suite, metadata);
    return support_run(suite);
}
