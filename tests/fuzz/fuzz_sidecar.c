/* The sidecars of a BIDS tree around one synthetic recording: whatever they say, the tree is
   refused with a message, or trials come of it. The input's first byte chooses options, its parts
   between NUL bytes are the files in the order of `sidecars`; what is not there is as it was
   written. */
#include "fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEM "sub-01/eeg/sub-01_"

static const char *const sidecars[] = {
    STEM "task-imagery_run-4_events.tsv",
    STEM "task-imagery_run-4_channels.tsv",
    STEM "task-imagery_run-4_eeg.json",
    STEM "electrodes.tsv",
    STEM "coordsystem.json",
    "participants.tsv",
    "dataset_description.json",
};
#define N_SIDECARS (sizeof sidecars / sizeof sidecars[0])

static char tree[] = "/dev/shm/snnfe-fuzz-tree-XXXXXX";

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *where)
{
    (void)about;
    (void)kind;
    (void)where;
    return remove(path);
}

static void remove_tree(void)
{
    nftw(tree, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *path_of(size_t sidecar)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", tree, sidecars[sidecar]);
    return path;
}

static void put(size_t sidecar, const void *content, size_t size)
{
    FILE *file = fopen(path_of(sidecar), "wb");
    fuzz_check(file && fwrite(content, 1, size, file) == size && fclose(file) == 0,
               "a sidecar can be written");
}

typedef struct text {
    char *content;
    size_t size;
} text;

static text read_whole(const char *path)
{
    text t = {calloc(1, 65536), 0};
    FILE *file = fopen(path, "rb");
    fuzz_check(t.content && file, "a sidecar is there");
    t.size = fread(t.content, 1, 65535, file);
    fclose(file);
    return t;
}

/* Written once; the sidecars as they were. */
static const text *usual_tree(void)
{
    static text usual[N_SIDECARS];
    static const char *const names[] = {"C3", "Cz", "C4", "Pz"};
    static const int32_t run = 4;
    if (usual[0].content)
        return usual;
    snnfe_synthetic_options o;
    fuzz_check(mkdtemp(tree) && snnfe_synthetic_options_init(&o, sizeof o) == SNNFE_OK,
               "there is a folder");
    atexit(remove_tree);
    o.layout = SNNFE_LAYOUT_BIDS;
    o.n_subjects = o.trials_per_run = o.n_threads = 1;
    o.runs = &run;
    o.n_runs = 1;
    o.channel_names = names;
    o.n_channels = 4;
    fuzz_check(snnfe_synthetic_write(tree, &o) == SNNFE_OK, "a tree can be written");
    for (size_t i = 0; i < N_SIDECARS; i++)
        usual[i] = read_whole(path_of(i));
    return usual;
}

static void put_parts(const text *usual, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < N_SIDECARS; i++) {
        const uint8_t *end = size > 0 ? memchr(data, 0, size) : NULL;
        const size_t n = end ? (size_t)(end - data) : size;
        if (n > 0)
            put(i, data, n);
        else
            put(i, usual[i].content, usual[i].size);
        data += n + (end != NULL);
        size -= n + (end != NULL);
    }
}

static snnfe_dataset_options options_of(uint8_t choice)
{
    static const char *const events[] = {"left_hand", "right_hand"}, *const channels[] = {"C3"};
    static const int32_t labels[] = {0, 1};
    snnfe_dataset_options o;
    fuzz_check(snnfe_dataset_options_init(&o, sizeof o) == SNNFE_OK, "there are defaults");
    o.label_set = SNNFE_LABELS_EVENTS;
    o.event_names = events;
    o.event_labels = labels;
    o.n_event_names = 2;
    o.n_threads = 1;
    o.filter_low_hz = o.filter_high_hz = 0;
    o.allow_empty_classes = 1;
    o.notch_hz = choice & 1 ? SNNFE_NOTCH_AUTO : 0;
    o.quality = choice & 2 ? SNNFE_QUALITY_MARK : SNNFE_QUALITY_KEEP;
    o.channel_names = choice & 4 ? channels : NULL;
    o.n_channels = choice & 4 ? 1 : 0;
    o.rereference = choice & 128 ? "average" : NULL;
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_memory();
    const text *usual = usual_tree();
    const uint8_t choice = size > 0 ? data[0] : 0;
    const snnfe_dataset_options o = options_of(choice);
    snnfe_bids_options bids;
    snnfe_dataset *dataset = NULL;
    fuzz_check(snnfe_bids_options_init(&bids, sizeof bids) == SNNFE_OK, "there are defaults");
    bids.bad_channels = choice & 8 ? SNNFE_BAD_CHANNELS_INTERPOLATED : SNNFE_BAD_CHANNELS_USED;
    bids.event_column = choice & 16 ? "value" : NULL;
    bids.places = (choice >> 5) % 3;
    put_parts(usual, data + (size > 0), size > 0 ? size - 1 : 0);
    if (fuzz_ok(snnfe_dataset_open_bids(&dataset, tree, &bids, &o))) {
        snnfe_dataset_info info = {.struct_size = sizeof info};
        fuzz_ok(snnfe_dataset_get_info(dataset, &info));
        fuzz_check(info.n_trials > 0 && info.n_channels > 0, "there is a trial");
        fuzz_check(!(choice & 1) || info.signal->notch_hz > 0, "the line has a frequency");
    } else {
        fuzz_check(dataset == NULL, "nothing is made by a failure");
    }
    snnfe_dataset_free(dataset);
    return 0;
}
