/* What is written and read has points, whatever the host's locale has. */
#include "small.h"

#include <locale.h>
#include <snnfe/snnfe.h>

/* A locale with a decimal comma, made for this test; false where that cannot be done. */
static bool make_locale(void)
{
    char command[4096];
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 '%s' >/dev/null 2>&1",
             support_path("comma.UTF-8"));
    return system(command) == 0 && setenv("LOCPATH", support_folder(), 1) == 0;
}

static void use_comma(void)
{
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "comma.UTF-8"));
    ck_assert_str_eq(localeconv()->decimal_point, ",");
}

static void use_point(void)
{
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "C"));
}

/* Files as bytes, made in one locale and in the other. */
static void assert_same_file(snnfe_status (*save)(const void *, const char *), const void *handle,
                             const char *name)
{
    const char *point = support_path("point"), *comma = support_path("comma");
    size_t n_point = 0, n_comma = 0;
    assert_ok(save(handle, point));
    use_comma();
    const snnfe_status status = save(handle, comma);
    use_point();
    ck_assert_msg(status == SNNFE_OK, "%s: %s", name, snnfe_last_error());
    uint8_t *a = support_read(point, &n_point), *b = support_read(comma, &n_comma);
    ck_assert_msg(n_point == n_comma && memcmp(a, b, n_point) == 0, "%s differs", name);
    free(a);
    free(b);
}

static snnfe_status save_device(const void *device, const char *path)
{
    return snnfe_device_save(device, path);
}

static snnfe_status save_dataset(const void *dataset, const char *path)
{
    return snnfe_dataset_save(dataset, path);
}

static snnfe_status save_network(const void *network, const char *path)
{
    return snnfe_network_save(network, path);
}

/* A whole training: its log, and its checkpoint, which is taken up again. */
static snnfe_status train(const void *dataset, const char *path)
{
    const snnfe_network_options network_options = small_network_options();
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = small_options();
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = NULL;
    options.checkpoint_path = support_path("checkpoint");
    options.epoch_log_path = path;
    snnfe_status status = snnfe_network_create(&network, &network_options);
    if (status == SNNFE_OK)
        status = snnfe_trainer_create(&trainer, network, &options);
    if (status == SNNFE_OK)
        status = snnfe_trainer_run(trainer, dataset, &lists);
    if (status == SNNFE_OK)
        status = snnfe_trainer_restore(trainer, options.checkpoint_path);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    return status;
}

START_TEST(files_have_points)
{
    const snnfe_network_options options = small_network_options();
    snnfe_dataset *dataset = small_dataset(1), *read_dataset = NULL;
    snnfe_network *network = NULL, *read_network = NULL;
    snnfe_device *device = NULL, *read_device = NULL;
    snnfe_device_options device_options;
    assert_ok(snnfe_device_options_init(&device_options, sizeof device_options));
    assert_ok(snnfe_device_options_published(&device_options, "dut2"));
    assert_ok(snnfe_device_create(&device, &device_options));
    assert_ok(snnfe_network_create(&network, &options));
    assert_same_file(save_device, device, "a device");
    use_comma();
    assert_ok(snnfe_device_load(&read_device, support_path("point")));
    use_point();
    assert_same_file(save_dataset, dataset, "a data set");
    use_comma();
    assert_ok(snnfe_dataset_load(&read_dataset, support_path("point")));
    use_point();
    assert_same_file(save_network, network, "a network");
    use_comma();
    assert_ok(snnfe_network_load(&read_network, support_path("point")));
    use_point();
    assert_same_file(train, dataset, "a training's log");
    snnfe_dataset_free(dataset);
    snnfe_dataset_free(read_dataset);
    snnfe_network_free(network);
    snnfe_network_free(read_network);
    snnfe_device_free(device);
    snnfe_device_free(read_device);
}
END_TEST

START_TEST(reports_have_points)
{
    const snnfe_network_options options = small_network_options();
    snnfe_network *network = NULL;
    snnfe_report report = {.struct_size = sizeof report};
    snnfe_layer_report rows[SNNFE_N_LAYERS + 1];
    assert_ok(snnfe_network_create(&network, &options));
    assert_ok(snnfe_report_make(network, NULL, 0, NULL, &report, rows, sizeof rows[0]));
    for (int32_t form = SNNFE_REPORT_TEXT; form <= SNNFE_REPORT_CSV; form++) {
        char point[8192], comma[8192];
        assert_ok(
            snnfe_report_print(&report, rows, sizeof rows[0], form, point, sizeof point, NULL));
        use_comma();
        assert_ok(
            snnfe_report_print(&report, rows, sizeof rows[0], form, comma, sizeof comma, NULL));
        use_point();
        ck_assert_str_eq(point, comma);
    }
    snnfe_network_free(network);
}
END_TEST

int main(void)
{
    if (!make_locale()) {
        printf("skipped: localedef makes no locale of Germany here\n");
        return 77;
    }
    Suite *suite = suite_create("locale");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, files_have_points);
    tcase_add_test(tests, reports_have_points);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
