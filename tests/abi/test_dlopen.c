/* The shared library loaded and unloaded a hundred times, and beside a static copy of itself. */
#include "support.h"

#include <dlfcn.h>
#include <malloc.h>
#include <snnfe/snnfe.h>

#define ROUNDS 100
#define STEPS 5
#define SIZE (10 * 11 * STEPS)

/* The functions of one copy of the library. */
typedef struct copy {
    void *handle; /* NULL: the one that is linked in */
    snnfe_status (*network_options_init)(snnfe_network_options *, size_t);
    snnfe_status (*network_create)(snnfe_network **, const snnfe_network_options *);
    void (*network_free)(snnfe_network *);
    snnfe_status (*network_gradient)(const snnfe_network *, const float *, const int32_t *, size_t,
                                     const uint8_t *, const snnfe_run_options *, double *, float *);
    snnfe_status (*network_save)(const snnfe_network *, const char *);
    snnfe_status (*network_load)(snnfe_network **, const char *);
    snnfe_status (*set_allocator)(const snnfe_allocator *);
    const char *(*last_error)(void);
} copy;

static void find(void *handle, const char *name, void *function, size_t size)
{
    void *found = dlsym(handle, name);
    ck_assert_msg(found != NULL, "%s", name);
    memcpy(function, &found, size);
}

static copy open_copy(void)
{
    copy c = {.handle = dlopen(SNNFE_SHARED_LIBRARY, RTLD_NOW | RTLD_LOCAL)};
    ck_assert_msg(c.handle != NULL, "%s", dlerror());
#define FIND(name) find(c.handle, "snnfe_" #name, &c.name, sizeof c.name)
    FIND(network_options_init);
    FIND(network_create);
    FIND(network_free);
    FIND(network_gradient);
    FIND(network_save);
    FIND(network_load);
    FIND(set_allocator);
    FIND(last_error);
#undef FIND
    return c;
}

static copy linked_copy(void)
{
    return (copy){.network_options_init = snnfe_network_options_init,
                  .network_create = snnfe_network_create,
                  .network_free = snnfe_network_free,
                  .network_gradient = snnfe_network_gradient,
                  .network_save = snnfe_network_save,
                  .network_load = snnfe_network_load,
                  .set_allocator = snnfe_set_allocator,
                  .last_error = snnfe_last_error};
}

static snnfe_network *make_network(const copy *c)
{
    snnfe_network_options options;
    ck_assert_int_eq(c->network_options_init(&options, sizeof options), SNNFE_OK);
    options.n_steps = STEPS;
    options.conv1_channels = options.conv2_channels = options.conv3_channels = 2;
    options.n_hidden = 3;
    snnfe_network *network = NULL;
    ck_assert_int_eq(c->network_create(&network, &options), SNNFE_OK);
    return network;
}

/* Threads, BLAS and a failure. */
static double use(const copy *c)
{
    float grid[2 * SIZE];
    for (size_t i = 0; i < 2 * SIZE; i++)
        grid[i] = (float)(i % 13) / 3.0F - 2.0F;
    const int32_t labels[2] = {0, 1};
    snnfe_network *network = make_network(c);
    double loss = -1;
    const snnfe_status status =
        c->network_gradient(network, grid, labels, 2, NULL, NULL, &loss, NULL);
    ck_assert_msg(status == SNNFE_OK, "%s", c->last_error());
    c->network_free(network);
    ck_assert_int_eq(c->network_load(&network, "/dev/null/none"), SNNFE_ERR_IO);
    ck_assert_ptr_nonnull(strstr(c->last_error(), "/dev/null/none"));
    return loss;
}

START_TEST(loaded_a_hundred_times)
{
    size_t used_early = 0, files_early = 0, threads_early = 0; /* the BLAS keeps its own */
    for (int round = 0; round < ROUNDS; round++) {
        copy c = open_copy();
        ck_assert_double_ge(use(&c), 0);
        ck_assert_int_eq(dlclose(c.handle), 0);
        if (round == 9) {
            used_early = mallinfo2().uordblks;
            threads_early = support_count_threads();
            files_early = support_count_files("/proc/self/fd");
        }
    }
    const size_t used = mallinfo2().uordblks;
    printf("%zu bytes in use after 10 rounds, %zu after %d\n", used_early, used, ROUNDS);
    ck_assert_uint_le(used, used_early + (size_t)16 * 1024);
    ck_assert_uint_eq(support_count_files("/proc/self/fd"), files_early);
    ck_assert_uint_eq(support_count_threads(), threads_early);
}
END_TEST

static size_t n_allocated;

static void *counting_allocate(size_t size, void *user_data)
{
    (void)user_data;
    n_allocated++;
    return malloc(size);
}

static void counting_release(void *memory, void *user_data)
{
    (void)user_data;
    free(memory);
}

/* Each has its own allocator and last error; they read each other's files. */
START_TEST(two_copies_in_one_process)
{
    copy shared = open_copy();
    const copy linked = linked_copy();
    ck_assert_ptr_ne((void *)(uintptr_t)shared.network_create,
                     (void *)(uintptr_t)linked.network_create);
    const snnfe_allocator hook = {
        .struct_size = sizeof hook, .allocate = counting_allocate, .release = counting_release};
    ck_assert_int_eq(linked.set_allocator(&hook), SNNFE_OK);
    const double loss = use(&shared);
    ck_assert_uint_eq(n_allocated, 0);
    const double again = use(&linked);
    ck_assert_uint_gt(n_allocated, 0);
    ck_assert_mem_eq(&loss, &again, sizeof loss);
    snnfe_network *a = make_network(&shared), *b = NULL;
    ck_assert_int_eq(shared.network_save(a, support_path("shared")), SNNFE_OK);
    ck_assert_int_eq(linked.network_load(&b, support_path("shared")), SNNFE_OK);
    ck_assert_int_eq(linked.network_load(&b, "/dev/null/linked"), SNNFE_ERR_IO);
    ck_assert_ptr_null(strstr(shared.last_error(), "linked"));
    shared.network_free(a);
    dlclose(shared.handle);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dlopen");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 300);
    tcase_add_test(all, loaded_a_hundred_times);
    tcase_add_test(all, two_copies_in_one_process);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
