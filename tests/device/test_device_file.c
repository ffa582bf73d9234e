/* Device files: written and read back, written by hand, and refused. */
#include "device/device_file.h"
#include "devices.h"

#include <math.h>
#include <sys/resource.h>

#include <snnfe/device.h>
#include <string.h>

static void write_text(const char *path, const char *text)
{
    support_write(path, text, strlen(text));
}

/* Every number of the options becomes another one. */
static void set_every_number(const snnfe_json_field *fields, size_t n, void *options)
{
    double next = 0.1;
    for (size_t f = 0; f < n; f++)
        for (size_t k = 0; k < fields[f].count; k++, next += 0.01)
            memcpy((char *)options + fields[f].offset + k * sizeof next, &next, sizeof next);
}

static size_t size_of_numbers(const snnfe_json_field *fields, size_t n)
{
    size_t size = 0;
    for (size_t f = 0; f < n; f++)
        size += fields[f].count * sizeof(double);
    return size;
}

/* A number that is added to the options and not to files changes these sums. */
START_TEST(files_have_every_number)
{
    enum {
        WORD = sizeof(uint32_t),
        OF_CELLS = 4 * WORD + sizeof(uint64_t) + 2 * sizeof(double *) + sizeof(size_t) + 4 * WORD,
        OF_DEVICES = 2 * WORD + 3 * sizeof(double *) + sizeof(size_t) + sizeof(snnfe_response_fn) +
                     3 * sizeof(void *) + 2 * WORD + sizeof(size_t) + 2 * WORD
    };
    ck_assert_uint_eq(size_of_numbers(snnfe_cells_fields, snnfe_n_cells_fields) + OF_CELLS,
                      sizeof(snnfe_cells_options));
    ck_assert_uint_eq(size_of_numbers(snnfe_device_fields, snnfe_n_device_fields) + OF_DEVICES,
                      sizeof(snnfe_device_options));
}
END_TEST

START_TEST(saved_devices_come_back)
{
    double w[] = {0.2, 0.6, 0.8}, ltp[] = {0.4, 0.2, 0.1}, ltd[] = {0, 0.1, 0.3};
    snnfe_device_options o = device_defaults();
    set_every_number(snnfe_device_fields, snnfe_n_device_fields, &o);
    o.asymmetry = 1.0 / 3;
    o.bounds[2] = INFINITY;
    for (int table = 0; table < 2; table++) {
        if (table) {
            o.response = SNNFE_RESPONSE_TABLE;
            o.table_w = w;
            o.table_ltp = ltp;
            o.table_ltd = ltd;
            o.n_table = 3;
        }
        snnfe_device *device = NULL, *loaded = NULL;
        const char *path = support_path("device.json");
        assert_ok(snnfe_device_create(&device, &o));
        assert_ok(snnfe_device_save(device, path));
        assert_ok(snnfe_device_load(&loaded, path));
        snnfe_device_options read = {.struct_size = sizeof read};
        assert_ok(snnfe_device_get_options(loaded, &read));
        if (table) {
            ck_assert_mem_eq(read.table_w, w, sizeof w);
            ck_assert_mem_eq(read.table_ltp, ltp, sizeof ltp);
            ck_assert_mem_eq(read.table_ltd, ltd, sizeof ltd);
        }
        read.table_w = o.table_w;
        read.table_ltp = o.table_ltp;
        read.table_ltd = o.table_ltd;
        ck_assert_mem_eq(&read, &o, sizeof o);
        snnfe_device_free(device);
        snnfe_device_free(loaded);
    }
}
END_TEST

START_TEST(cells_come_back)
{
    const double pulses[] = {0, 1e3, 1e6}, factors[] = {1, 1.2, 0.1};
    snnfe_device_options o = device_defaults();
    snnfe_cells_options cells;
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    set_every_number(snnfe_cells_fields, snnfe_n_cells_fields, &cells);
    cells.adc_bits = 8;
    cells.column_bits = 6;
    cells.array = (UINT64_C(1) << 53) - 1;
    cells.distribution = SNNFE_SPREAD_LOGNORMAL;
    cells.retention = SNNFE_RETENTION_POWER;
    cells.aging_pulses = pulses;
    cells.aging_factors = factors;
    cells.n_aging = 3;
    o.cells = &cells;
    snnfe_device *device = NULL, *loaded = NULL;
    const char *path = support_path("cells.json");
    assert_ok(snnfe_device_create(&device, &o));
    assert_ok(snnfe_device_save(device, path));
    assert_ok(snnfe_device_load(&loaded, path));
    snnfe_device_options read = {.struct_size = sizeof read};
    assert_ok(snnfe_device_get_options(loaded, &read));
    snnfe_cells_options found = *read.cells;
    ck_assert_mem_eq(found.aging_pulses, pulses, sizeof pulses);
    ck_assert_mem_eq(found.aging_factors, factors, sizeof factors);
    found.aging_pulses = pulses;
    found.aging_factors = factors;
    ck_assert_mem_eq(&found, &cells, sizeof cells);
    snnfe_device_free(device);
    snnfe_device_free(loaded);
}
END_TEST

START_TEST(missing_fields_have_defaults)
{
    const char *path = support_path("hand.json");
    write_text(path, "{\"format\": \"snnfe device 1\", \"amplitude\": [0.1, 1]}");
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_load(&device, path));
    snnfe_device_options o = {.struct_size = sizeof o}, expected;
    assert_ok(snnfe_device_get_options(device, &o));
    assert_ok(snnfe_device_options_init(&expected, sizeof expected));
    expected.amplitude[SNNFE_LTP] = 0.1;
    expected.amplitude[SNNFE_LTD] = 1;
    ck_assert_mem_eq(&o, &expected, sizeof o);
    snnfe_device_free(device);
}
END_TEST

static double constant(int32_t direction, double w, void *user_data)
{
    (void)direction, (void)w, (void)user_data;
    return 0.1;
}

START_TEST(what_is_wrong_is_named)
{
#define START "{\"format\": \"snnfe device 1\", "
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "bad.json"},
        {"[1]", "(not there)"},
        {"{\"format\": \"snnfe device 2\"}", "snnfe device 2"},
        {START "\"scale\": 1, \"scale\": 2}", "duplicate"},
        {START "\"scale\": \"1\"}", "\"scale\" is not a number"},
        {START "\"scale\": -1}", "scale is -1"},
        {START "\"amplitude\": [1]}", "\"amplitude\" is not an array of 2"},
        {START "\"amplitude\": 1}", "\"amplitude\" is not an array of 2"},
        {START "\"response\": \"function\"}", "\"response\" is \"function\""},
        {START "\"cells\": {\"array\": 9007199254740992}}",
         "\"array\" is no whole number in 0…9007199254740991"},
        {START "\"response\": 3}", "\"response\" is \"(no text)\""},
        {START "\"response\": \"table\"}", "a table needs"},
        {START "\"response\": \"table\", \"table_w\": [0, 1], \"table_ltp\": [1]}", "has 1 points"},
        {START "\"response\": \"table\", \"table_w\": [0, 0], \"table_ltp\": [1, 1], "
               "\"table_ltd\": [1, 1]}",
         "table_w[1] is 0"},
        {START "\"thr\": 1}", "\"thr\", which a device does not have"},
        {START "\"cells\": 1}", "\"cells\" is no object"},
        {START "\"cells\": {\"spread\": 1}}", "\"spread\", which cells do not have"},
        {START "\"cells\": {\"correlation\": 2}}", "correlation is 2"},
        {START "\"cells\": {\"array\": 0.5}}", "\"array\" is no whole number"},
        {START "\"cells\": {\"adc_bits\": 99}}", "\"adc_bits\" is no whole number in 0…24"},
        {START "\"cells\": {\"retention\": \"exp\"}}",
         "\"retention\" is \"exp\", not \"none\", \"power\" or \"stretched\""},
        {START "\"cells\": {\"distribution\": 1}}", "\"distribution\" is \"(no text)\""},
        {START "\"cells\": {\"aging_pulses\": [0, 1], \"aging_factors\": [1]}}", "has 1 points"},
        {START "\"cells\": [1]}", "\"cells\" is no object"},
        {START "\"cells\": {\"array\": \"1\"}}", "\"array\" is no whole number"},
        {START "\"scale\": true}", "\"scale\" is not a number"},
        {START "\"amplitude\": [1, \"2\"]}", "\"amplitude\" is not a number"},
        {START "\"amplitude\": [1, 2, 3]}", "\"amplitude\" is not an array of 2"},
        {START "\"bounds\": [1]}", "\"bounds\" is not an array of"},
        {START "\"bounds\": null}", "\"bounds\" is not an array of"},
        {START "\"bounds\": [1, 1, 1, 1, 1, null, \"1\"]}", "\"bounds\" is not a number"},
        {START "\"response\": \"table\", \"table_w\": [0, null]}", "\"table_w\" is not a number"},
        {START "\"forms\": [3]}", "entry 0 is no object of either"},
        {START "\"forms\": [[]]}", "entry 0 is no object of either"},
        {START "\"forms\": []}", "\"forms\" is not an array of 1"},
        {START "\"forms\": [{\"amplitude\": [1, 1], \"alpha\": [1, 1]}]}", "entry 0 is no object"},
        {START "\"forms\": [{\"amplitude\": [1, 1], \"alpha\": [1, 1], \"beta\": [2, 2], "
               "\"table_w\": [0, 1]}]}",
         "entry 0 is no object of either"},
        {START "\"forms\": [{\"amplitude\": [1, 1], \"alpha\": [1, 1], \"beta\": [2, 2], "
               "\"gamma\": 1}]}",
         "\"forms[0].gamma\" is not a field of a form"},
        {START "\"forms\": [{\"amplitude\": [1, 1], \"alpha\": [1], \"beta\": [2, 2]}]}",
         "\"forms[0].alpha\" is not an array of 2"},
        {START "\"\\u001b[2Jx\": 1}", "has a field \"\\x1b[2Jx\", which"},
    };
    const char *path = support_path("bad.json");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_device *device = (snnfe_device *)(void *)&cases;
        write_text(path, cases[i].text);
        assert_fails(snnfe_device_load(&device, path), SNNFE_ERR_FORMAT, cases[i].message);
        ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "bad.json"));
        ck_assert_ptr_null(device);
    }
    snnfe_device *device = NULL;
    assert_fails(snnfe_device_load(&device, support_path("none.json")), SNNFE_ERR_IO, "none.json");
    snnfe_device_options o = device_defaults();
    o.response = SNNFE_RESPONSE_FUNCTION;
    o.function = constant;
    assert_ok(snnfe_device_create(&device, &o));
    assert_fails(snnfe_device_save(device, path), SNNFE_ERR_ARGUMENT, "function");
    snnfe_device_free(device);
}
END_TEST

/* Jansson would take 1.6 GB for these 20 MB, past the allocator. */
START_TEST(too_many_values_take_no_memory)
{
    enum { N = 7000000 };
    struct rusage before, after;
    char *text = malloc(3 * N + 64);
    size_t n = (size_t)sprintf(text, "{\"format\": \"snnfe device 1\", \"table_w\": [");
    for (int i = 0; i < N; i++, n += 3)
        memcpy(text + n, "{},", 3);
    memcpy(text + n, "0]}", 3);
    FILE *file = fopen(support_path("many.json"), "wb");
    ck_assert_uint_eq(fwrite(text, 1, n + 3, file), n + 3);
    fclose(file);
    free(text);
    getrusage(RUSAGE_SELF, &before);
    snnfe_device *device = NULL;
    assert_fails(snnfe_device_load(&device, support_path("many.json")), SNNFE_ERR_FORMAT,
                 "JSON values, more than 4000000");
    getrusage(RUSAGE_SELF, &after);
    ck_assert_int_lt(after.ru_maxrss - before.ru_maxrss, 100000);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("device_file");
    TCase *all = tcase_create("all");
    tcase_add_test(all, files_have_every_number);
    tcase_add_test(all, saved_devices_come_back);
    tcase_add_test(all, cells_come_back);
    tcase_add_test(all, missing_fields_have_defaults);
    tcase_add_test(all, what_is_wrong_is_named);
    tcase_add_test(all, too_many_values_take_no_memory);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
