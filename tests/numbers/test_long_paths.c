/* Files in folders so deep that their paths have some 4000 bytes: a message says of them what it
   says of others, to the last word. */
#include "base/file.h"
#include "edf_file.h"
#include "recordings.h"
#include "tree.h"

#include <snnfe/bids.h>
#include <snnfe/device.h>
#include <snnfe/network.h>
#include <sys/stat.h>

/* --- a file that is wrong ------------------------------------------------------------------- */

typedef snnfe_status reader(const char *path);

static snnfe_status read_recording(const char *path)
{
    static const char *const names[] = {"C3"};
    snnfe_recording *recording = NULL;
    const snnfe_recording_options o = recording_options(names, 1);
    const snnfe_status status = snnfe_recording_open(&recording, path, &o);
    snnfe_recording_free(recording);
    return status;
}

static snnfe_status read_network(const char *path)
{
    snnfe_network *network = NULL;
    return snnfe_network_load(&network, path);
}

static snnfe_status read_dataset(const char *path)
{
    snnfe_dataset *dataset = NULL;
    return snnfe_dataset_load(&dataset, path);
}

static snnfe_status read_device(const char *path)
{
    snnfe_device *device = NULL;
    return snnfe_device_load(&device, path);
}

static snnfe_status read_measurement(const char *path)
{
    snnfe_characterization c = {.struct_size = sizeof c};
    return snnfe_device_characterize_file(path, 1, &c, NULL);
}

static snnfe_status write_over(const char *path)
{
    return snnfe_file_write(path, "x", 1);
}

static void make_folder(const char *path)
{
    ck_assert_int_eq(mkdir(path, 0777), 0);
}

/* What follows the path in the message. */
static const char *words_behind(const char *path)
{
    const char *name = strstr(snnfe_last_error(), strrchr(path, '/'));
    ck_assert_msg(name != NULL, "%s", snnfe_last_error());
    return name + strlen(strrchr(path, '/'));
}

/* `content` NULL: a folder has the name. */
static void assert_same_words(reader *read, const char *name, const void *content, size_t size)
{
    char folder[4096], deep[4400], words[1024];
    const char *near = support_path(name);
    tree_deep(folder, 3950);
    snprintf(deep, sizeof deep, "%s/%s", folder, name);
    if (content) {
        support_write(near, content, size);
        support_write(deep, content, size);
    } else {
        make_folder(near);
        make_folder(deep);
    }
    const snnfe_status status = read(near);
    ck_assert_int_ne(status, SNNFE_OK);
    snprintf(words, sizeof words, "%s", words_behind(near));
    ck_assert_int_eq(read(deep), status);
    ck_assert_str_eq(words_behind(deep), words);
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(), "/…/xxx"));
    ck_assert_int_eq(strncmp(snnfe_last_error(), folder, 5), 0);
}

static void assert_same_words_of(reader *read, const char *name, const char *text)
{
    assert_same_words(read, name, text, strlen(text));
}

START_TEST(readers_say_why)
{
    size_t size = 0;
    uint8_t *edf = edf_make(&edf_usual, &size);
    edf_put(edf, 236, 8, "x");
    assert_same_words(read_recording, "r.edf", edf, size);
    free(edf);
    assert_same_words_of(read_recording, "r.vhdr",
                         "BrainVision Data Exchange Header File Version 1.0\n[Common Infos]\n"
                         "NumberOfChannels=many\n");
    static const char network[] = "\x40\0\0\0\0\0\0\0{\"a\":{\"dtype\":\"F32\",\"shape\":[2],"
                                  "\"data_offsets\":[0,4]}}              abcd";
    assert_same_words(read_network, "n.safetensors", network, sizeof network - 1);
    assert_same_words(read_dataset, "d.safetensors", network, sizeof network - 1);
    assert_same_words(read_network, "n.pth", "PK\3\4 and no more", 16);
    assert_same_words_of(read_device, "d.json",
                         "{\"format\": \"snnfe device 1\", \"amplitude\": \"x\"}");
    assert_same_words_of(read_device, "e.json", "{");
    assert_same_words_of(read_measurement, "m.csv", "cycle\tV_write\tR_pos_ohm\n1\t0,5\t1e6\n");
    assert_same_words(read_network, "folder", NULL, 0);
    assert_same_words(write_over, "out", NULL, 0);
}
END_TEST

/* --- several paths -------------------------------------------------------------------------- */

static snnfe_status open_tree(const char *root)
{
    static const char *const names[] = {"left", "right"};
    snnfe_dataset *d = NULL;
    snnfe_dataset_options o = edf_two_classes(names);
    snnfe_bids_options b;
    assert_ok(snnfe_bids_options_init(&b, sizeof b));
    o.notch_hz = SNNFE_NOTCH_AUTO;
    return snnfe_dataset_open_bids(&d, root, &b, &o);
}

static void put(const char *root, const char *path, const void *content, size_t size)
{
    char full[4400];
    snprintf(full, sizeof full, "%s/%s", root, path);
    *strrchr(full, '/') = '\0';
    assert_ok(snnfe_folder_create(full));
    full[strlen(full)] = '/';
    support_write(full, content, size);
}

static void put_recording(const char *root, const char *path, const char *events)
{
    size_t size = 0;
    char name[200];
    uint8_t *edf = edf_make(&edf_usual, &size);
    snprintf(name, sizeof name, "%s_eeg.edf", path);
    put(root, name, edf, size);
    free(edf);
    snprintf(name, sizeof name, "%s_events.tsv", path);
    put(root, name, events, strlen(events));
}

START_TEST(trees_say_why)
{
    static const char good[] = "onset\tduration\ttrial_type\n1\t1\tleft\n2\t1\tright\n";
    static const char bad[] = "onset\tduration\ttrial_type\nsoon\t1\tleft\n";
    static const char at_50[] = "{\"SamplingFrequency\": 160, \"PowerLineFrequency\": 50}";
    static const char at_60[] = "{\"SamplingFrequency\": 160, \"PowerLineFrequency\": 60}";
    char root[4096];
    tree_deep(root, 3950);
    put_recording(root, "sub-1/eeg/sub-1_task-a", good);
    put_recording(root, "sub-2/eeg/sub-2_task-a", good);
    put(root, "sub-1/eeg/sub-1_task-a_eeg.json", at_50, strlen(at_50));
    put(root, "sub-2/eeg/sub-2_task-a_eeg.json", at_60, strlen(at_60));
    assert_fails(open_tree(root), SNNFE_ERR_FORMAT,
                 "/sub-2/eeg/sub-2_task-a_eeg.edf: \"PowerLineFrequency\" is 60 Hz, that of /");
    ck_assert_ptr_nonnull(strstr(snnfe_last_error(),
                                 "/sub-1/eeg/sub-1_task-a_eeg.edf 50 Hz: name the frequency of "
                                 "the notch"));
    put(root, "sub-2/eeg/sub-2_task-a_eeg.json", at_50, strlen(at_50));
    put_recording(root, "sub-2/eeg/sub-2_task-a", bad);
    assert_fails(open_tree(root), SNNFE_ERR_FORMAT,
                 "/sub-2/eeg/sub-2_task-a_events.tsv: row 2, column \"onset\": \"soon\"");
}
END_TEST

/* --- logs ----------------------------------------------------------------------------------- */

START_TEST(warnings_say_why)
{
    char folder[4096], path[4400];
    size_t size = 0;
    uint8_t *edf = edf_make(&edf_usual, &size);
    tree_deep(folder, 3950);
    snprintf(path, sizeof path, "%s/r.edf", folder);
    support_write(path, edf, size - 1);
    recording_notes[0] = '\0';
    assert_ok(read_recording(path));
    free(edf);
    ck_assert_msg(strstr(recording_notes, "/r.edf: record ") &&
                      strstr(recording_notes, " bytes and is left out\n"),
                  "%s", recording_notes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("long_paths");
    TCase *all = tcase_create("all");
    tcase_add_test(all, readers_say_why);
    tcase_add_test(all, trees_say_why);
    tcase_add_test(all, warnings_say_why);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
