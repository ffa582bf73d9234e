/* Allocation, the allocator hook, status codes and options structs. */
#include "base/memory.h"
#include "base/options.h"
#include "base/status.h"
#include "support.h"

#include <pthread.h>
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
#include <malloc.h> /* mallinfo2() */
#define C_LIBRARY_COUNTS
#endif

typedef struct counts {
    size_t allocated, released, left; /* `left`: allocations until out of memory */
} counts;

static void *counting_allocate(size_t size, void *user_data)
{
    counts *c = user_data;
    if (c->left == 0)
        return NULL;
    c->left--;
    c->allocated++;
    return malloc(size);
}

static void counting_release(void *memory, void *user_data)
{
    counts *c = user_data;
    c->released++;
    free(memory);
}

static snnfe_allocator counting(counts *c)
{
    return (snnfe_allocator){.struct_size = sizeof(snnfe_allocator),
                             .allocate = counting_allocate,
                             .release = counting_release,
                             .user_data = c};
}

START_TEST(blocks_are_aligned_and_zeroed)
{
    for (size_t n = 0; n < 300; n++) {
        unsigned char *block = snnfe_alloc(n, 3);
        ck_assert_ptr_nonnull(block);
        ck_assert_uint_eq((uintptr_t)block % SNNFE_ALIGNMENT, 0);
        for (size_t i = 0; i < 3 * n; i++)
            ck_assert_uint_eq(block[i], 0);
        memset(block, 0xff, 3 * n);
        snnfe_release(block);
    }
    snnfe_release(NULL);
}
END_TEST

START_TEST(sizes_do_not_overflow)
{
    ck_assert_ptr_null(snnfe_alloc(SIZE_MAX / 2, 4));
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "out of memory"));
    ck_assert_ptr_null(snnfe_alloc_raw(SIZE_MAX, 1));
    ck_assert_ptr_null(snnfe_realloc(NULL, 0, SIZE_MAX / 4, 8));
}
END_TEST

START_TEST(growing_keeps_content)
{
    int *block = snnfe_alloc(3, sizeof *block);
    for (int i = 0; i < 3; i++)
        block[i] = i + 1;
    block = snnfe_realloc(block, 3, 5, sizeof *block);
    const int grown[] = {1, 2, 3, 0, 0};
    ck_assert_mem_eq(block, grown, sizeof grown);
    block = snnfe_realloc(block, 5, 2, sizeof *block);
    ck_assert_mem_eq(block, grown, 2 * sizeof *block);
    int *copy = snnfe_duplicate(block, 2, sizeof *block);
    ck_assert_mem_eq(copy, grown, 2 * sizeof *copy);
    char *text = snnfe_duplicate_string("text");
    ck_assert_str_eq(text, "text");
    snnfe_release(text);
    snnfe_release(copy);
    snnfe_release(block);
}
END_TEST

START_TEST(hook_sees_every_block)
{
    counts c = {.left = 2};
    const snnfe_allocator hook = counting(&c);
    assert_ok(snnfe_set_allocator(&hook));
    void *a = snnfe_alloc(10, 1), *b = snnfe_alloc(10, 1);
    ck_assert(a && b);
    ck_assert_ptr_null(snnfe_alloc(10, 7));
    ck_assert_str_eq(snnfe_last_error(), "out of memory: 10 elements of 7 bytes");
    ck_assert_ptr_null(snnfe_realloc(a, 10, 20, 1));
    assert_fails(snnfe_set_allocator(NULL), SNNFE_ERR_STATE, "2 blocks are in use");
    snnfe_release(a);
    snnfe_release(b);
    ck_assert_uint_eq(c.allocated, 2);
    ck_assert_uint_eq(c.released, 2);
    assert_ok(snnfe_set_allocator(NULL));
}
END_TEST

START_TEST(bad_hooks_are_refused)
{
    counts c = {0};
    snnfe_allocator hook = counting(&c);
    hook.release = NULL;
    assert_fails(snnfe_set_allocator(&hook), SNNFE_ERR_ARGUMENT, "release is NULL");
    hook = counting(&c);
    hook.allocate = NULL;
    assert_fails(snnfe_set_allocator(&hook), SNNFE_ERR_ARGUMENT, "allocate is NULL");
    hook = counting(&c);
    hook.struct_size = 4;
    assert_fails(snnfe_set_allocator(&hook), SNNFE_ERR_ARGUMENT, "struct_size is 4");
}
END_TEST

START_TEST(status_codes_have_names)
{
    ck_assert_str_eq(snnfe_status_name(SNNFE_OK), "SNNFE_OK");
    ck_assert_str_eq(snnfe_status_name(SNNFE_ERR_INTERNAL), "SNNFE_ERR_INTERNAL");
    ck_assert_str_eq(snnfe_status_name(SNNFE_ERR_OVERLAP), "SNNFE_ERR_OVERLAP");
    ck_assert_str_eq(snnfe_status_name(-1), "SNNFE_ERR_UNKNOWN");
    ck_assert_str_eq(snnfe_status_name(13), "SNNFE_ERR_UNKNOWN");
    ck_assert_uint_eq(snnfe_version(), SNNFE_VERSION_MAJOR * 10000 + SNNFE_VERSION_MINOR * 100 +
                                           SNNFE_VERSION_PATCH);
}
END_TEST

static void *fail_elsewhere(void *unused)
{
    (void)unused;
    ck_assert_str_eq(snnfe_last_error(), "");
    snnfe_fail(SNNFE_ERR_IO, "of the other thread");
    return NULL;
}

START_TEST(messages_belong_to_their_thread)
{
    ck_assert_int_eq(snnfe_fail(SNNFE_ERR_IO, "%s: %d", "file", 3), SNNFE_ERR_IO);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, fail_elsewhere, NULL), 0);
    pthread_join(thread, NULL);
    ck_assert_str_eq(snnfe_last_error(), "file: 3");
    snnfe_fail_prefix(SNNFE_ERR_IO, "%s", "folder");
    ck_assert_str_eq(snnfe_last_error(), "folder: file: 3");
    snnfe_fail_prefix(SNNFE_ERR_IO, "%s", "folder");
    ck_assert_str_eq(snnfe_last_error(), "folder: file: 3");
    char text[3 * SNNFE_MESSAGE_SIZE];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    snnfe_fail(SNNFE_ERR_IO, "%s", text);
    ck_assert_uint_eq(strlen(snnfe_last_error()), SNNFE_MESSAGE_SIZE - 1);
}
END_TEST

typedef struct old_options {
    uint32_t struct_size, a;
} old_options;

typedef struct new_options {
    uint32_t struct_size, a;
    double b;
} new_options;

START_TEST(options_grow_over_time)
{
    const new_options defaults = {sizeof defaults, 1, 2.5};
    new_options adopted;
    assert_ok(snnfe_options_adopt(&adopted, &defaults, sizeof adopted, NULL, "o"));
    ck_assert_mem_eq(&adopted, &defaults, sizeof adopted);

    /* A program built against an older header. */
    old_options old;
    assert_ok(snnfe_options_fill(&old, sizeof old, &defaults, sizeof defaults, "o"));
    ck_assert_uint_eq(old.struct_size, sizeof old);
    old.a = 9;
    assert_ok(snnfe_options_adopt(&adopted, &defaults, sizeof adopted, &old, "o"));
    ck_assert_uint_eq(adopted.a, 9);
    ck_assert_double_eq(adopted.b, 2.5);

    /* A program built against a newer header. */
    struct {
        new_options known;
        uint64_t later;
    } newer;
    assert_ok(snnfe_options_fill(&newer, sizeof newer, &defaults, sizeof defaults, "o"));
    ck_assert_uint_eq(newer.later, 0);
    assert_ok(snnfe_options_adopt(&adopted, &defaults, sizeof adopted, &newer, "o"));
    newer.later = 1;
    assert_fails(snnfe_options_adopt(&adopted, &defaults, sizeof adopted, &newer, "o"),
                 SNNFE_ERR_UNSUPPORTED, "o.struct_size is 24");

    const new_options garbage[] = {{0, 1, 1}, {4, 1, 1}, {UINT32_MAX, 1, 1}, {0xcdcdcdcd, 1, 1}};
    for (size_t i = 0; i < 4; i++)
        assert_fails(snnfe_options_adopt(&adopted, &defaults, sizeof adopted, &garbage[i], "o"),
                     SNNFE_ERR_ARGUMENT, "o.struct_size is ");
    assert_fails(snnfe_options_fill(NULL, 16, &defaults, sizeof defaults, "o"), SNNFE_ERR_ARGUMENT,
                 "o is NULL");
    assert_fails(snnfe_options_fill(&adopted, 4, &defaults, sizeof defaults, "o"),
                 SNNFE_ERR_ARGUMENT, "size is 4");
}
END_TEST

/* What a size cuts through is not there, and a size beyond every later version is garbage. */
START_TEST(sizes_of_structs_have_ends)
{
    static const new_options defaults = {sizeof defaults, 1, 2.5};
    static unsigned char later[sizeof(new_options) + 4097];
    new_options adopted, cut = {12, 7, -1};
    assert_ok(snnfe_options_adopt(&adopted, &defaults, sizeof adopted, &cut, "o"));
    ck_assert_uint_eq(adopted.struct_size, sizeof adopted);
    ck_assert_uint_eq(adopted.a, 7);
    ck_assert_double_eq(adopted.b, 2.5);
    for (uint32_t beyond = 4096; beyond <= 4097; beyond++) {
        const uint32_t size = (uint32_t)sizeof(new_options) + beyond;
        const snnfe_status expected = beyond <= 4096 ? SNNFE_OK : SNNFE_ERR_ARGUMENT;
        memcpy(later, &size, sizeof size);
        ck_assert_int_eq(snnfe_options_adopt(&adopted, &defaults, sizeof adopted, later, "o"),
                         expected);
        ck_assert_int_eq(snnfe_info_check("call", "o", later, sizeof adopted), expected);
        ck_assert_int_eq(snnfe_rows_check("call", size, sizeof adopted), expected);
    }
    assert_fails(snnfe_rows_check("call", 7, 16), SNNFE_ERR_ARGUMENT,
                 "call: the size of a struct is 7 bytes here, 16 in this version");
    /* Rows of a caller with smaller and with larger structs. */
    const uint64_t full[2] = {1, 2};
    uint64_t rows[6] = {9, 9, 9, 9, 9, 9};
    snnfe_row_give(rows, 8, 1, full, sizeof full);
    ck_assert(rows[0] == 9 && rows[1] == 1 && rows[2] == 9);
    snnfe_row_give(rows, 24, 1, full, sizeof full);
    ck_assert(rows[2] == 9 && rows[3] == 1 && rows[4] == 2 && rows[5] == 0);
}
END_TEST

#ifdef C_LIBRARY_COUNTS
/* What is released goes back to the C library. */
START_TEST(released_blocks_are_free)
{
    const size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
    for (size_t i = 0; i < 100; i++)
        snnfe_release(i % 2 ? snnfe_alloc(1000, 1) : snnfe_alloc_raw((size_t)4 << 20, 1));
    ck_assert_uint_lt(mallinfo2().uordblks + mallinfo2().hblkhd, before + 20000);
}
END_TEST
#endif

START_TEST(memory_is_metered)
{
    size_t bytes = 0;
    snnfe_memory_meter(&bytes);
    void *block = snnfe_alloc(10, 7), *large = snnfe_alloc((size_t)1 << 20, 2);
    snnfe_memory_meter(NULL);
    void *other = snnfe_alloc(10, 7);
    const size_t extra = 2 * (SNNFE_ALIGNMENT + sizeof(void *));
    ck_assert_uint_eq(bytes, 70 + ((size_t)2 << 20) + extra);
    size_t n_set = 0;
    for (size_t i = 0; i < (size_t)2 << 20; i++)
        n_set += ((const char *)large)[i] != 0;
    ck_assert_uint_eq(n_set, 0);
    snnfe_release(other);
    snnfe_release(large);
    snnfe_release(block);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory");
    TCase *all = tcase_create("all");
    tcase_add_test(all, blocks_are_aligned_and_zeroed);
    tcase_add_test(all, sizes_do_not_overflow);
    tcase_add_test(all, growing_keeps_content);
    tcase_add_test(all, hook_sees_every_block);
    tcase_add_test(all, bad_hooks_are_refused);
    tcase_add_test(all, status_codes_have_names);
    tcase_add_test(all, messages_belong_to_their_thread);
    tcase_add_test(all, options_grow_over_time);
    tcase_add_test(all, sizes_of_structs_have_ends);
#ifdef C_LIBRARY_COUNTS
    tcase_add_test(all, released_blocks_are_free);
#endif
    tcase_add_test(all, memory_is_metered);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
