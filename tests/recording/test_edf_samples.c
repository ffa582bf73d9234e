/* Samples by way of EDFlib: what it reads differently than the header check is refused. */
#include "recording/edf_samples.h"

#include "edf_file.h"
#include "support.h"

#include <fcntl.h>

static uint8_t *content;
static snnfe_text notes;
static snnfe_edf_file file;
static const snnfe_edf_selection chosen = {.n = 2, .signals = {3, 1}};

static void set_up(void)
{
    size_t size = 0;
    edf_spec spec = edf_usual;
    spec.n_channels = 4;
    content = edf_make(&spec, &size);
    edf_put(content, 256, 16, "12"); /* digits behind the number of signals */
    file = (snnfe_edf_file){.path = "a.edf", .content = content, .size = size, .notes = &notes};
    assert_ok(snnfe_edf_header_read(&file));
}

static void tear_down(void)
{
    snnfe_edf_header_release(&file);
    snnfe_text_release(&notes);
    free(content);
}

static void refused(snnfe_status status, const char *words)
{
    snnfe_edf_samples *samples = NULL;
    assert_fails(snnfe_edf_samples_open(&samples, &file, &chosen), status, words);
    ck_assert_ptr_null(samples);
}

START_TEST(samples_are_read)
{
    snnfe_edf_samples *samples = NULL;
    const int *digital = NULL;
    size_t n_beyond = 0;
    assert_ok(snnfe_edf_samples_open(&samples, &file, &chosen));
    assert_ok(snnfe_edf_samples_read(samples, 1, 0, &digital, &n_beyond));
    for (size_t t = 0; t < file.signals[3].n_samples; t++)
        ck_assert_int_eq(digital[t], edf_usual.sample(3, file.signals[3].n_samples + t));
    ck_assert_uint_eq(n_beyond, 0);
    assert_fails(snnfe_edf_samples_read(samples, file.n_records, 0, &digital, &n_beyond),
                 SNNFE_ERR_IO, "a.edf: EDFlib cannot read channel \"Fcz.\" of record 13");
    snnfe_edf_samples_close(samples);
}
END_TEST

/* The check is made to think something else than the file says. */
START_TEST(what_edflib_sees_differently_is_refused)
{
    static const char beginning[] = "a.edf: EDFlib reads ";
    snnfe_edf_signal *s = &file.signals[1];
    const snnfe_edf_signal as_read = *s;
    s->physical_min = -1001;
    refused(SNNFE_ERR_FORMAT,
            "reads physical minimum of signal Fc3. as -1000, the header check as");
    *s = as_read;
    s->physical_max = 1000.5;
    refused(SNNFE_ERR_FORMAT, "physical maximum of signal");
    *s = as_read;
    s->digital_min = -9999;
    refused(SNNFE_ERR_FORMAT, "digital minimum of signal");
    *s = as_read;
    s->digital_max = 9999;
    refused(SNNFE_ERR_FORMAT, "digital maximum of signal");
    *s = as_read;
    s->n_samples += 1;
    refused(SNNFE_ERR_FORMAT, "samples in a record of signal");
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), beginning));
    *s = as_read;
}
END_TEST

START_TEST(what_edflib_refuses_is_told)
{
    memcpy(content + edf_field(5, 216, 8, 2), "0       ", 8);
    refused(SNNFE_ERR_FORMAT,
            "a.edf: EDFlib refuses what the header check accepted: a field that it cannot read");
    /* The system has nothing to add. */
    ck_assert_str_eq(strstr(snnfe_last_error(), "cannot read"), "cannot read");
}
END_TEST

START_TEST(records_that_are_too_large_for_edflib_are_refused)
{
    static const struct {
        bool bdf;
        size_t most;
        const char *words;
    } cases[] = {{false, 10 << 20, "a record has 10485761 bytes; EDFlib reads up to 10485760"},
                 {true, 15 << 20, "a record has 15728641 bytes; EDFlib reads up to 15728640"}};
    for (size_t i = 0; i < 2; i++) {
        file.bdf = cases[i].bdf;
        file.n_records = 5;
        file.record_size = cases[i].most + 1;
        refused(SNNFE_ERR_UNSUPPORTED, cases[i].words);
        file.n_records = 0; /* which EDFlib refuses */
        file.record_size = cases[i].most;
        refused(SNNFE_ERR_FORMAT, "EDFlib refuses what the header check accepted");
    }
}
END_TEST

/* `user_data`: blocks that are left. */
static void *allocate(size_t size, void *user_data)
{
    size_t *left = user_data;
    return *left > 0 ? (*left)--, malloc(size) : NULL;
}

static void release(void *memory, void *user_data)
{
    (void)user_data;
    free(memory);
}

static uint64_t open_descriptors(void)
{
    uint64_t open = 0;
    for (int fd = 0; fd < 64; fd++)
        open |= (uint64_t)(fcntl(fd, F_GETFD) >= 0) << fd;
    return open;
}

/* Whatever is missing, no descriptor stays open, and none is closed that is another's. */
START_TEST(descriptors_are_those_from_before)
{
    size_t n_left = SIZE_MAX;
    const snnfe_allocator short_of_memory = {.struct_size = sizeof(snnfe_allocator),
                                             .allocate = allocate,
                                             .release = release,
                                             .user_data = &n_left};
    const uint64_t before = open_descriptors();
    ck_assert(before & 1);
    snnfe_status status = SNNFE_ERR_MEMORY;
    tear_down(); /* no block is in use */
    assert_ok(snnfe_set_allocator(&short_of_memory));
    set_up();
    for (size_t left = 0; status != SNNFE_OK; left++) {
        snnfe_edf_samples *samples = NULL;
        n_left = left;
        ck_assert_uint_lt(left, 100);
        status = snnfe_edf_samples_open(&samples, &file, &chosen);
        ck_assert(status == SNNFE_OK || status == SNNFE_ERR_MEMORY);
        if (samples)
            snnfe_edf_samples_close(samples);
        ck_assert(open_descriptors() == before);
    }
    file.signals[1].physical_min = -1001;
    n_left = SIZE_MAX;
    refused(SNNFE_ERR_FORMAT, "EDFlib reads physical minimum");
    ck_assert(open_descriptors() == before);
    tear_down();
    assert_ok(snnfe_set_allocator(NULL));
    set_up();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("edf_samples");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, samples_are_read);
    tcase_add_test(tests, what_edflib_sees_differently_is_refused);
    tcase_add_test(tests, what_edflib_refuses_is_told);
    tcase_add_test(tests, descriptors_are_those_from_before);
    tcase_add_test(tests, records_that_are_too_large_for_edflib_are_refused);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
