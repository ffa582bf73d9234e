/* Messages say what a file is that was given in place of another. */
#include "base/file.h"
#include "base/kind.h"
#include "small.h"

#include <snnfe/decoder.h>
#include <snnfe/recording.h>

static char data[4096], model[4096], checkpoint[4096], state[4096], device[4096], pth[4096],
    recording[4096], unknown[4096], tree[4096];

static void name(char path[4096], const char *stem)
{
    snprintf(path, 4096, "%s", support_path(stem));
}

static void save_decoder(const snnfe_network *network)
{
    snnfe_decoder *decoder = NULL;
    snnfe_decoder_options o;
    assert_ok(snnfe_decoder_options_init(&o, sizeof o));
    assert_ok(snnfe_decoder_create(&decoder, network, &o));
    assert_ok(snnfe_decoder_save(decoder, state));
    snnfe_decoder_free(decoder);
}

static void set_up(void)
{
    name(data, "data");
    name(model, "model");
    name(checkpoint, "checkpoint");
    name(state, "state");
    name(device, "device");
    name(pth, "pth");
    name(recording, "recording");
    name(unknown, "unknown");
    name(tree, "tree");
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_network *network = small_network();
    snnfe_trainer *trainer = NULL;
    snnfe_device *made = NULL;
    assert_ok(snnfe_dataset_save(dataset, data));
    assert_ok(snnfe_network_save(network, model));
    save_decoder(network);
    assert_ok(snnfe_trainer_create(&trainer, network, NULL));
    assert_ok(snnfe_trainer_save(trainer, checkpoint));
    assert_ok(snnfe_device_create(&made, NULL));
    assert_ok(snnfe_device_save(made, device));
    support_write(pth, "PK\3\4 and so on", 14);
    support_write(recording, "0       X X X X     and so on", 29);
    support_write(unknown, "no file that is known....", 25);
    assert_ok(snnfe_folder_create(tree));
    snnfe_device_free(made);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
}

START_TEST(kinds_are_known_by_content)
{
    ck_assert_int_eq(snnfe_kind_of(data), SNNFE_KIND_DATASET);
    ck_assert_int_eq(snnfe_kind_of(model), SNNFE_KIND_NETWORK);
    ck_assert_int_eq(snnfe_kind_of(checkpoint), SNNFE_KIND_TRAINING);
    ck_assert_int_eq(snnfe_kind_of(state), SNNFE_KIND_DECODER);
    ck_assert_int_eq(snnfe_kind_of(device), SNNFE_KIND_DEVICE);
    ck_assert_int_eq(snnfe_kind_of(pth), SNNFE_KIND_PTH);
    ck_assert_int_eq(snnfe_kind_of(recording), SNNFE_KIND_RECORDING);
    ck_assert_int_eq(snnfe_kind_of(tree), SNNFE_KIND_FOLDER);
    ck_assert_int_eq(snnfe_kind_of(unknown), SNNFE_KIND_UNKNOWN);
    /* By eight bytes and no fewer. */
    static const struct {
        const char *content;
        size_t size;
        snnfe_kind kind;
    } short_ones[] = {{"0       ", 8, SNNFE_KIND_RECORDING},
                      {"0      ", 7, SNNFE_KIND_UNKNOWN},
                      {"\377BIOSEMI", 8, SNNFE_KIND_RECORDING},
                      {"\377BIOSEM ", 8, SNNFE_KIND_UNKNOWN},
                      {"PK\3\4    ", 8, SNNFE_KIND_PTH},
                      {"PK\3\4   ", 7, SNNFE_KIND_UNKNOWN},
                      {"{\"snnfe device ", 15, SNNFE_KIND_DEVICE},
                      {"\xef\xbb\xbf{\"snnfe device ", 18, SNNFE_KIND_DEVICE},
                      {" {\"snnfe device ", 16, SNNFE_KIND_UNKNOWN},
                      {"{\"snnfe device\"", 15, SNNFE_KIND_UNKNOWN}};
    for (size_t i = 0; i < sizeof short_ones / sizeof short_ones[0]; i++) {
        support_write(support_path("short"), short_ones[i].content, short_ones[i].size);
        ck_assert_msg(snnfe_kind_of(support_path("short")) == short_ones[i].kind, "case %zu", i);
    }
    ck_assert_int_eq(snnfe_kind_of("/dev/null"), SNNFE_KIND_UNKNOWN);
    ck_assert_int_eq(snnfe_kind_of(support_path("none")), SNNFE_KIND_UNKNOWN);
}
END_TEST

/* A file of no data that says what it is. */
static const char *describe(const char *header)
{
    const char *path = support_path("described");
    char content[200] = {0};
    content[0] = (char)strlen(header);
    memcpy(content + 8, header, strlen(header));
    support_write(path, content, 8 + strlen(header));
    return path;
}

/* A file of each kind is opened as every other kind: which message names the kind that it really
   is, and which errors keep their own message. */
START_TEST(kinds_serve_as_others)
{
#define METADATA(key, value) "{\"__metadata__\":{\"" key "\":\"" value "\"}}"
    static const struct {
        const char *header;
        snnfe_kind kind;
        unsigned serves; /* as these, too */
    } cases[] = {
        {METADATA("snnfe.format", "dataset 1"), SNNFE_KIND_DATASET, 0},
        {METADATA("snnfe.format", "decoder 1"), SNNFE_KIND_DECODER, 0},
        {METADATA("snnfe.format", "control 1"), SNNFE_KIND_CONTROL, 0},
        {METADATA("trainer.format", "1"), SNNFE_KIND_TRAINING, 1u << SNNFE_KIND_NETWORK},
        {METADATA("trainer.learner.format", "1"), SNNFE_KIND_LEARNER,
         1u << SNNFE_KIND_NETWORK | 1u << SNNFE_KIND_TRAINING},
        {"{\"snn.c1_vdecay\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
         SNNFE_KIND_NETWORK, 0},
        {"PK\3\4 and so on", SNNFE_KIND_PTH, 1u << SNNFE_KIND_NETWORK},
    };
#undef METADATA
    static const snnfe_status told[] = {SNNFE_ERR_FORMAT, SNNFE_ERR_NOT_FOUND, SNNFE_ERR_IO,
                                        SNNFE_ERR_SHAPE},
                              kept[] = {SNNFE_ERR_ARGUMENT, SNNFE_ERR_MEMORY,
                                        SNNFE_ERR_UNSUPPORTED};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const bool zip = cases[i].kind == SNNFE_KIND_PTH;
        const char *path = zip ? pth : describe(cases[i].header);
        ck_assert_int_eq(snnfe_kind_of(path), cases[i].kind);
        for (int wanted = SNNFE_KIND_FOLDER; wanted <= SNNFE_KIND_MEASUREMENT; wanted++) {
            const bool serves =
                wanted == (int)cases[i].kind || (cases[i].serves >> (unsigned)wanted & 1);
            for (size_t k = 0; k < sizeof told / sizeof told[0]; k++) {
                snnfe_error_set("as before");
                ck_assert_int_eq(snnfe_fail_kind(told[k], path, (snnfe_kind)wanted), told[k]);
                ck_assert_msg((strcmp(snnfe_last_error(), "as before") == 0) == serves,
                              "%s: %s as kind %d", path, snnfe_last_error(), wanted);
            }
            for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++) {
                snnfe_error_set("as before");
                ck_assert_int_eq(snnfe_fail_kind(kept[k], path, (snnfe_kind)wanted), kept[k]);
                ck_assert_str_eq(snnfe_last_error(), "as before");
            }
        }
    }
}
END_TEST

static snnfe_status load_network(const char *path)
{
    snnfe_network *network = NULL;
    const snnfe_status status = snnfe_network_load(&network, path);
    snnfe_network_free(network);
    return status;
}

static snnfe_status load_data(const char *path)
{
    snnfe_dataset *dataset = NULL;
    const snnfe_status status = snnfe_dataset_load(&dataset, path);
    snnfe_dataset_free(dataset);
    return status;
}

static snnfe_status open_tree(const char *path)
{
    snnfe_dataset *dataset = NULL;
    const snnfe_status status = snnfe_dataset_open(&dataset, path, NULL);
    snnfe_dataset_free(dataset);
    return status;
}

static snnfe_status open_recording(const char *path)
{
    snnfe_recording *made = NULL;
    const snnfe_status status = snnfe_recording_open(&made, path, NULL);
    snnfe_recording_free(made);
    return status;
}

static snnfe_status load_device(const char *path)
{
    snnfe_device *made = NULL;
    const snnfe_status status = snnfe_device_load(&made, path);
    snnfe_device_free(made);
    return status;
}

static snnfe_status restore_training(const char *path)
{
    snnfe_network *network = small_network();
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_trainer_create(&trainer, network, NULL));
    const snnfe_status status = snnfe_trainer_restore(trainer, path);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    return status;
}

static snnfe_status restore_decoder(const char *path)
{
    snnfe_network *network = small_network();
    snnfe_decoder *decoder = NULL;
    assert_ok(snnfe_decoder_create(&decoder, network, NULL));
    const snnfe_status status = snnfe_decoder_restore(decoder, path);
    snnfe_decoder_free(decoder);
    snnfe_network_free(network);
    return status;
}

/* Every call with every file that is not its own: the message says what it is. */
START_TEST(wrong_files_are_told)
{
    static const struct {
        const char *path, *what;
    } files[] = {{data, "is a data set, not "},
                 {model, "is a network, not "},
                 {checkpoint, "is a training's checkpoint, not "},
                 {state, "is a state of live decoding, not "},
                 {device, "is a device, not "},
                 {recording, "is a recording, not "},
                 {tree, "is a folder, not "}};
    static const struct {
        snnfe_status (*take)(const char *path);
        const char *own, *also;
    } calls[] = {{load_network, model, checkpoint}, {load_data, data, NULL},
                 {open_tree, tree, NULL},           {open_recording, recording, NULL},
                 {load_device, device, NULL},       {restore_training, checkpoint, NULL},
                 {restore_decoder, state, NULL}};
    for (size_t c = 0; c < sizeof calls / sizeof calls[0]; c++) {
        for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
            if (files[f].path == calls[c].own || files[f].path == calls[c].also)
                continue;
            const snnfe_status status = calls[c].take(files[f].path);
            ck_assert_int_ne(status, SNNFE_OK);
            ck_assert_msg(strstr(snnfe_last_error(), files[f].what) &&
                              strstr(snnfe_last_error(), files[f].path),
                          "call %zu: \"%s\", not \"%s\"", c, snnfe_last_error(), files[f].what);
        }
        /* What is not known says what is wrong with it. */
        ck_assert_int_ne(calls[c].take(unknown), SNNFE_OK);
        ck_assert_msg(strstr(snnfe_last_error(), "unknown") &&
                          !strstr(snnfe_last_error(), "something else"),
                      "%s", snnfe_last_error());
    }
    assert_fails(load_data(model), SNNFE_ERR_FORMAT, "it is for snnfe_network_load()");
    assert_fails(load_data(pth), SNNFE_ERR_FORMAT, "is a PyTorch checkpoint");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kind");
    TCase *all = tcase_create("all");
    tcase_add_unchecked_fixture(all, set_up, NULL);
    tcase_add_test(all, kinds_are_known_by_content);
    tcase_add_test(all, kinds_serve_as_others);
    tcase_add_test(all, wrong_files_are_told);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
