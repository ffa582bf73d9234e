/* The handle: configuration, parameters, files, bad input. */
#include "base/file.h"
#include "base/memory.h"
#include "base/tensors.h"
#include "support.h"

#include <math.h>
#include <snnfe/network.h>

static snnfe_network_options tiny_options(void)
{
    snnfe_network_options options;
    assert_ok(snnfe_network_options_init(&options, sizeof options));
    options.n_rows = 10;
    options.n_columns = 12;
    options.n_steps = 9;
    options.conv1_channels = 3;
    options.conv2_channels = 5;
    options.conv3_channels = 7;
    options.n_hidden = 6;
    options.n_classes = 3;
    return options;
}

static snnfe_network *tiny_network(void)
{
    const snnfe_network_options options = tiny_options();
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, &options));
    return network;
}

START_TEST(defaults_are_the_papers)
{
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, NULL));
    ck_assert_uint_eq(snnfe_network_parameter_count(network), 30);
    size_t synapses = 0;
    for (size_t i = 0; i < 30; i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        if (info.kind == SNNFE_PARAMETER_WEIGHT || info.kind == SNNFE_PARAMETER_BIAS)
            synapses += info.count;
    }
    ck_assert_uint_eq(synapses, 699136);
    ck_assert_uint_eq(snnfe_network_value_count(network), 721312);
    snnfe_network_free(network);
}
END_TEST

START_TEST(layers_have_names)
{
    ck_assert_str_eq(snnfe_layer_name(SNNFE_LAYER_CONV1), "conv1");
    ck_assert_str_eq(snnfe_layer_name(SNNFE_LAYER_TC1), "tc1");
    ck_assert_str_eq(snnfe_layer_name(SNNFE_LAYER_FC2), "fc2");
    ck_assert_ptr_null(snnfe_layer_name(-1));
    ck_assert_ptr_null(snnfe_layer_name(SNNFE_N_LAYERS));
}
END_TEST

START_TEST(initial_values)
{
    snnfe_network *network = NULL;
    assert_ok(snnfe_network_create(&network, NULL));
    static float w[128 * 64 * 9];
    assert_ok(snnfe_network_get(network, "snn.conv2.psp_func.weight", w, 128 * 64 * 9));
    const double bound = 1 / sqrt(64.0 * 9);
    double sum = 0, squares = 0, largest = 0;
    for (size_t i = 0; i < 128 * 64 * 9; i++) {
        sum += (double)w[i];
        squares += (double)w[i] * (double)w[i];
        largest = fmax(largest, fabs((double)w[i]));
    }
    ck_assert_double_le(largest, bound);
    ck_assert_double_ge(largest, 0.999 * bound);
    ck_assert_double_eq_tol(sum / (128 * 64 * 9), 0, 1e-3);
    ck_assert_double_eq_tol(squares / (128 * 64 * 9), bound * bound / 3, 1e-2 * bound * bound);
    float ts[160], decay[256];
    assert_ok(snnfe_network_get(network, "snn.ts_weights", ts, 160));
    ck_assert_float_eq(ts[17], 1.0F / 160);
    assert_ok(snnfe_network_get(network, "snn.r1_cdecay", decay, 256));
    ck_assert_float_eq(decay[255], 0.1F);
    snnfe_network_free(network);
}
END_TEST

START_TEST(save_and_load_keep_every_bit)
{
    snnfe_network_options options = tiny_options();
    options.threshold = 0.25F;
    options.dropout = 0.1F;
    options.seed = 77;
    options.column_bits = 6;
    options.column_range = 0.5F;
    snnfe_network *network = NULL, *loaded = NULL, *clone = NULL;
    assert_ok(snnfe_network_create(&network, &options));
    assert_ok(snnfe_network_save(network, support_path("net.safetensors")));
    assert_ok(snnfe_network_load(&loaded, support_path("net.safetensors")));
    assert_ok(snnfe_network_clone(&clone, network));
    snnfe_network_options got = {.struct_size = sizeof got};
    assert_ok(snnfe_network_get_options(loaded, &got));
    ck_assert_mem_eq(&got, &options, sizeof got);
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        float *a = snnfe_alloc(info.count, sizeof(float)),
              *b = snnfe_alloc(info.count, sizeof(float));
        assert_ok(snnfe_network_get(network, info.name, a, info.count));
        assert_ok(snnfe_network_get(loaded, info.name, b, info.count));
        ck_assert_mem_eq(a, b, info.count * sizeof(float));
        assert_ok(snnfe_network_get(clone, info.name, b, info.count));
        ck_assert_mem_eq(a, b, info.count * sizeof(float));
        snnfe_release(a);
        snnfe_release(b);
    }
    snnfe_network_free(network);
    snnfe_network_free(loaded);
    snnfe_network_free(clone);
}
END_TEST

START_TEST(option_out_of_range)
{
    static const struct {
        size_t offset;
        bool is_float;
        uint32_t count;
        float value;
        const char *name;
    } cases[] = {
        {offsetof(snnfe_network_options, n_rows), false, 9, 0, "n_rows is 9"},
        {offsetof(snnfe_network_options, n_columns), false, 65, 0, "n_columns is 65"},
        {offsetof(snnfe_network_options, n_steps), false, 0, 0, "n_steps is 0"},
        {offsetof(snnfe_network_options, conv1_channels), false, 0, 0, "conv1_channels is 0"},
        {offsetof(snnfe_network_options, conv2_channels), false, 1025, 0, "conv2_channels is 1025"},
        {offsetof(snnfe_network_options, conv3_channels), false, 0, 0, "conv3_channels is 0"},
        {offsetof(snnfe_network_options, n_hidden), false, 4097, 0, "n_hidden is 4097"},
        {offsetof(snnfe_network_options, n_classes), false, 1, 0, "n_classes is 1"},
        {offsetof(snnfe_network_options, current_decay), true, 0, 1.5F, "current_decay is 1.5"},
        {offsetof(snnfe_network_options, voltage_decay), true, 0, -1, "voltage_decay is -1"},
        {offsetof(snnfe_network_options, threshold), true, 0, -0.5F, "threshold is -0.5"},
        {offsetof(snnfe_network_options, surrogate_width), true, 0, 0, "surrogate_width is 0"},
        {offsetof(snnfe_network_options, surrogate_height), true, 0, NAN,
         "surrogate_height is nan"},
        {offsetof(snnfe_network_options, adaptive_step), true, 0, -1, "adaptive_step is -1"},
        {offsetof(snnfe_network_options, adaptive_decay), true, 0, 2, "adaptive_decay is 2"},
        {offsetof(snnfe_network_options, adaptive_floor), true, 0, -1, "adaptive_floor is -1"},
        {offsetof(snnfe_network_options, dropout), true, 0, 1, "dropout is 1"},
        {offsetof(snnfe_network_options, column_bits), false, 1, 0, "column_bits is 1"},
        {offsetof(snnfe_network_options, column_bits), false, 25, 0, "column_bits is 25"},
        {offsetof(snnfe_network_options, column_range), true, 0, 0, "column_range is 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snnfe_network_options options = tiny_options();
        if (cases[i].is_float)
            memcpy((char *)&options + cases[i].offset, &cases[i].value, sizeof(float));
        else
            memcpy((char *)&options + cases[i].offset, &cases[i].count, sizeof(uint32_t));
        snnfe_network *network = (snnfe_network *)1;
        assert_fails(snnfe_network_create(&network, &options), SNNFE_ERR_ARGUMENT, cases[i].name);
        ck_assert_ptr_null(network);
    }
}
END_TEST

START_TEST(parameters_by_name)
{
    snnfe_network *network = tiny_network();
    size_t index = 0;
    assert_ok(snnfe_network_find(network, "snn.fc2.weight", &index));
    ck_assert_uint_eq(index, 29);
    float values[18] = {0};
    assert_fails(snnfe_network_find(network, "snn.fc3.weight", &index), SNNFE_ERR_NOT_FOUND,
                 "snn.fc3.weight");
    assert_fails(snnfe_network_get(network, "snn.fc2.weight", values, 17), SNNFE_ERR_SHAPE,
                 "has 18 values, not 17");
    values[4] = NAN;
    assert_fails(snnfe_network_set(network, "snn.fc2.weight", values, 18), SNNFE_ERR_NONFINITE,
                 "value 4 is");
    values[4] = -1;
    assert_fails(snnfe_network_set(network, "snn.r1_vdecay", values, 6), SNNFE_ERR_ARGUMENT,
                 "snn.r1_vdecay\": value 4 is -1");
    values[4] = 0.5F;
    assert_ok(snnfe_network_set(network, "snn.fc2.weight", values, 18));
    float back[18];
    assert_ok(snnfe_network_get(network, "snn.fc2.weight", back, 18));
    ck_assert_mem_eq(values, back, sizeof back);
    assert_fails(snnfe_network_get(NULL, "x", values, 1), SNNFE_ERR_ARGUMENT, "NULL");
    snnfe_network_free(network);
}
END_TEST

static size_t frozen_count(const snnfe_network *network)
{
    size_t n = 0;
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        n += info.frozen != 0;
    }
    return n;
}

START_TEST(freezing_by_name)
{
    snnfe_network *network = tiny_network();
    assert_ok(snnfe_network_freeze(network, "*", 1));
    ck_assert_uint_eq(frozen_count(network), 30);
    assert_ok(snnfe_network_freeze(network, "fc1", 0)); /* weight, bias, two decays */
    ck_assert_uint_eq(frozen_count(network), 26);
    assert_ok(snnfe_network_freeze(network, "snn.temp_conv1", 0)); /* three weights and biases */
    ck_assert_uint_eq(frozen_count(network), 20);
    assert_ok(snnfe_network_freeze(network, "snn.ts_weights", 0));
    ck_assert_uint_eq(frozen_count(network), 19);
    assert_fails(snnfe_network_freeze(network, "snn.conv", 1), SNNFE_ERR_NOT_FOUND, "snn.conv");
    assert_fails(snnfe_network_freeze(network, "fc3", 1), SNNFE_ERR_NOT_FOUND, "fc3");

    float before[36], after[36];
    assert_ok(snnfe_network_get(network, "snn.fc1.psp_func.weight", before, 36));
    assert_ok(snnfe_network_reinitialize(network, "fc1", 99));
    assert_ok(snnfe_network_get(network, "snn.fc1.psp_func.weight", after, 36));
    ck_assert_mem_ne(before, after, sizeof after);
    snnfe_network_free(network);
}
END_TEST

START_TEST(frozen_parameters_get_no_gradient)
{
    snnfe_network *network = tiny_network();
    const size_t size = (size_t)10 * 12 * 9, n_values = snnfe_network_value_count(network);
    float *grid = snnfe_alloc(4 * size, sizeof(float));
    for (size_t i = 0; i < 4 * size; i++)
        grid[i] = sinf((float)i * 0.37F) * 2;
    const int32_t labels[4] = {0, 2, 1, 1};
    float *all = snnfe_alloc(n_values, sizeof(float)), *some = snnfe_alloc(n_values, sizeof(float));
    double loss_all = 0, loss_some = 0;
    assert_ok(snnfe_network_gradient(network, grid, labels, 4, NULL, NULL, &loss_all, all));
    assert_ok(snnfe_network_freeze(network, "*", 1));
    for (int32_t layer = SNNFE_N_LAYERS - 1; layer >= 0; layer--) {
        assert_ok(snnfe_network_freeze(network, snnfe_layer_name(layer), 0));
        assert_ok(snnfe_network_gradient(network, grid, labels, 4, NULL, NULL, &loss_some, some));
        ck_assert_double_eq(loss_all, loss_some);
        for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
            snnfe_parameter_info info = {.struct_size = sizeof info};
            assert_ok(snnfe_network_parameter(network, i, &info));
            for (size_t v = info.offset; v < info.offset + info.count; v++)
                ck_assert_float_eq(some[v], info.frozen ? 0 : all[v]);
        }
    }
    snnfe_release(grid);
    snnfe_release(all);
    snnfe_release(some);
    snnfe_network_free(network);
}
END_TEST

START_TEST(bad_trials)
{
    snnfe_network *network = tiny_network();
    const size_t size = (size_t)10 * 12 * 9;
    float *grid = snnfe_alloc(2 * size, sizeof(float));
    float logits[6] = {7, 7, 7, 7, 7, 7};
    grid[size + (3 * 12 + 4) * 9 + 5] = INFINITY;
    assert_fails(snnfe_network_evaluate(network, grid, 2, NULL, logits, NULL, NULL),
                 SNNFE_ERR_NONFINITE, "trial 1: sample at row 3, column 4, step 5 is inf");
    ck_assert_float_eq(logits[0], 7);
    int32_t labels[2] = {0, 3};
    double loss = 0;
    assert_fails(snnfe_network_gradient(network, grid, labels, 2, NULL, NULL, &loss, NULL),
                 SNNFE_ERR_ARGUMENT, "label 1 is 3, not in 0…2");
    assert_fails(snnfe_network_gradient(network, grid, labels, 0, NULL, NULL, &loss, NULL),
                 SNNFE_ERR_ARGUMENT, "n is 0");
    assert_fails(snnfe_network_evaluate(network, NULL, 2, NULL, logits, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "grid is NULL");
    assert_ok(snnfe_network_evaluate(network, NULL, 0, NULL, logits, NULL, NULL));
    snnfe_run_options options;
    assert_ok(snnfe_run_options_init(&options, sizeof options));
    options.n_shards = 0;
    assert_fails(snnfe_network_evaluate(network, grid, 2, &options, logits, NULL, NULL),
                 SNNFE_ERR_ARGUMENT, "n_shards is 0");
    snnfe_release(grid);
    snnfe_network_free(network);
}
END_TEST

/* Save the network with one tensor left out, misshapen, or not finite. */
static void save_damaged(const snnfe_network *network, const char *path, size_t damaged, int how)
{
    snnfe_tensor_list *list = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    float *data[30];
    for (size_t i = 0; i < 30; i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        assert_ok(snnfe_network_parameter(network, i, &info));
        data[i] = snnfe_alloc(info.count, sizeof(float));
        assert_ok(snnfe_network_get(network, info.name, data[i], info.count));
        uint64_t shape[4] = {info.shape[0], info.shape[1], info.shape[2], info.shape[3]};
        if (i == damaged && how == 0)
            continue;
        if (i == damaged && how == 1)
            shape[0]--;
        if (i == damaged && how == 2)
            data[i][info.count - 1] = NAN;
        assert_ok(snnfe_tensor_list_add(list, i == damaged && how == 3 ? "snn.other" : info.name,
                                        SNNFE_F32, info.n_dims, shape, data[i]));
    }
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);
    for (size_t i = 0; i < 30; i++)
        snnfe_release(data[i]);
}

START_TEST(damaged_checkpoints)
{
    snnfe_network *network = tiny_network(), *loaded = NULL;
    const char *path = support_path("damaged.safetensors");
    for (size_t i = 0; i < 30; i++) {
        save_damaged(network, path, i, 0);
        assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_NOT_FOUND, "is missing");
        ck_assert_ptr_null(loaded);
        save_damaged(network, path, i, 2);
        assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_NONFINITE, "is nan");
    }
    save_damaged(network, path, 20, 1);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_SHAPE, "tensor \"snn.");
    save_damaged(network, path, 20, 3);
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_NOT_FOUND, "snn.other");
    assert_fails(snnfe_network_load(&loaded, support_path("none.safetensors")), SNNFE_ERR_IO,
                 "none.safetensors");
    assert_fails(snnfe_network_save(network, support_path("no/such/folder/x")), SNNFE_ERR_IO,
                 "no/such/folder/x");

    uint8_t *content = NULL;
    size_t size = 0;
    assert_ok(snnfe_network_save(network, path));
    assert_ok(snnfe_file_read(&content, path, 1 << 30, &size));
    const char *cut = support_path("cut.safetensors");
    for (size_t keep = 0; keep < size; keep += size / 50 + 1) {
        FILE *file = fopen(cut, "wb");
        ck_assert_uint_eq(fwrite(content, 1, keep, file), keep);
        fclose(file);
        assert_fails(snnfe_network_load(&loaded, cut), SNNFE_ERR_FORMAT, "cut.safetensors");
    }
    snnfe_release(content);
    snnfe_network_free(network);
}
END_TEST

static void *noting_allocate(size_t size, void *user_data)
{
    size_t *largest = user_data;
    *largest = size > *largest ? size : *largest;
    return malloc(size);
}

static void plain_release(void *memory, void *user_data)
{
    (void)user_data;
    free(memory);
}

/* A few tensors describe a network of half a gigabyte; the rest is not there. */
START_TEST(memory_is_not_taken_for_what_is_missing)
{
    static const struct {
        const char *name;
        uint32_t n_dims;
        uint64_t shape[4];
    } tensors[] = {{"snn.c1_vdecay", 4, {1, 1024, 8, 8}},
                   {"snn.c2_vdecay", 4, {1, 1024, 6, 6}},
                   {"snn.c3_vdecay", 4, {1, 1024, 1, 1}},
                   {"snn.ts_weights", 1, {1}},
                   {"snn.fc2.weight", 2, {2, 4096}}};
    const char *path = support_path("sparse.safetensors");
    float *zeros = calloc(1024 * 64, sizeof *zeros);
    snnfe_tensor_list *list = NULL;
    assert_ok(snnfe_tensor_list_create(&list));
    for (size_t i = 0; i < sizeof tensors / sizeof tensors[0]; i++)
        assert_ok(snnfe_tensor_list_add(list, tensors[i].name, SNNFE_F32, tensors[i].n_dims,
                                        tensors[i].shape, zeros));
    assert_ok(snnfe_tensor_list_save(list, path));
    snnfe_tensor_list_free(list);
    free(zeros);

    size_t largest = 0;
    const snnfe_allocator hook = {.struct_size = sizeof hook,
                                  .allocate = noting_allocate,
                                  .release = plain_release,
                                  .user_data = &largest};
    assert_ok(snnfe_set_allocator(&hook));
    snnfe_network *loaded = NULL;
    assert_fails(snnfe_network_load(&loaded, path), SNNFE_ERR_NOT_FOUND, "is missing");
    assert_ok(snnfe_set_allocator(NULL));
    ck_assert_uint_gt(largest, 0);
    ck_assert_uint_lt(largest, 100000);
}
END_TEST

typedef struct stop {
    int at, calls;
} stop;

static int32_t stop_at(const snnfe_progress *progress, void *user_data)
{
    stop *s = user_data;
    ck_assert_str_eq(progress->phase, "evaluate");
    ck_assert_uint_eq(progress->total, 64);
    return ++s->calls == s->at;
}

START_TEST(evaluation_can_be_stopped)
{
    snnfe_network *network = tiny_network();
    float *grid = snnfe_alloc((size_t)64 * 10 * 12 * 9, sizeof(float));
    float logits[64 * 3];
    snnfe_run_options options;
    assert_ok(snnfe_run_options_init(&options, sizeof options));
    options.progress = stop_at;
    /* Other threads may have done everything by the second report. */
    for (uint32_t threads = 1; threads <= 2; threads++) {
        stop s = {.at = threads == 1 ? 3 : 1};
        options.n_threads = threads;
        options.user_data = &s;
        assert_fails(snnfe_network_evaluate(network, grid, 64, &options, logits, NULL, NULL),
                     SNNFE_ERR_CANCELLED, "evaluate");
        ck_assert_int_eq(s.calls, s.at);
    }
    snnfe_release(grid);
    snnfe_network_free(network);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("network");
    TCase *handle = tcase_create("handle");
    tcase_set_timeout(handle, 300);
    tcase_add_test(handle, defaults_are_the_papers);
    tcase_add_test(handle, initial_values);
    tcase_add_test(handle, layers_have_names);
    tcase_add_test(handle, save_and_load_keep_every_bit);
    tcase_add_test(handle, option_out_of_range);
    tcase_add_test(handle, parameters_by_name);
    tcase_add_test(handle, freezing_by_name);
    tcase_add_test(handle, frozen_parameters_get_no_gradient);
    tcase_add_test(handle, bad_trials);
    tcase_add_test(handle, damaged_checkpoints);
    tcase_add_test(handle, memory_is_not_taken_for_what_is_missing);
    tcase_add_test(handle, evaluation_can_be_stopped);
    suite_add_tcase(suite, handle);
    return support_run(suite);
}
