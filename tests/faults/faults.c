#include "faults.h"

#include "base/file.h"
#include "devices.h"
#include "edf_file.h"
#include "pth_file.h"
#include "small.h"

#include <dirent.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_size_t blocks, requests;
static atomic_bool armed, struck;
static size_t failing = SIZE_MAX;
static bool failing_lasts;

static void *allocate(size_t size, void *user_data)
{
    (void)user_data;
    if (atomic_load(&armed)) {
        const size_t request = atomic_fetch_add(&requests, 1);
        if (request == failing || (failing_lasts && request > failing)) {
            atomic_store(&struck, true);
            return NULL;
        }
    }
    void *block = malloc(size);
    if (block)
        atomic_fetch_add(&blocks, 1);
    return block;
}

static void release(void *memory, void *user_data)
{
    (void)user_data;
    atomic_fetch_sub(&blocks, 1);
    free(memory);
}

void faults_install(void)
{
    const snnfe_allocator hook = {
        .struct_size = sizeof hook, .allocate = allocate, .release = release};
    assert_ok(snnfe_set_allocator(&hook));
}

size_t faults_blocks(void)
{
    return atomic_load(&blocks);
}

void faults_plan(size_t index, bool lasting)
{
    failing = index;
    failing_lasts = lasting;
}

size_t faults_requests(void)
{
    return atomic_load(&requests);
}

bool faults_struck(void)
{
    return atomic_load(&struck);
}

void faults_arm(void)
{
    atomic_store(&requests, 0);
    atomic_store(&struck, false);
    atomic_store(&armed, true);
}

snnfe_status faults_disarm(snnfe_status status)
{
    atomic_store(&armed, false);
    return status;
}

bool faults_armed(void)
{
    return atomic_load(&armed);
}

/* --- the calls ------------------------------------------------------------------------------- */

static const call *const tables[] = {base_calls,    control_calls, dataset_calls, device_calls,
                                     network_calls, trainer_calls, live_calls,    rich_calls};

const call *faults_call(int i)
{
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++)
        for (const call *c = tables[t]; c->name; c++)
            if (i-- == 0)
                return c;
    return NULL;
}

int faults_n_calls(void)
{
    int n = 0;
    while (faults_call(n))
        n++;
    return n;
}

size_t faults_remove_temporary_files(void)
{
    static const char *const marks[] = {".tmp", "snnfe-edf-"};
    size_t n = 0;
    DIR *folder = opendir(support_folder());
    for (struct dirent *e = readdir(folder); e; e = readdir(folder))
        for (size_t i = 0; i < 2; i++)
            if (strstr(e->d_name, marks[i]))
                n += unlink(support_path(e->d_name)) == 0;
    closedir(folder);
    return n;
}

/* --- the world ------------------------------------------------------------------------------- */

snnfe_dataset_options world_recording_options(void)
{
    static const char *const names[] = {"FC5", "FC3", "FC1", "FCz"};
    static const int32_t places[] = {0, 1, 2, 3}, runs[] = {4};
    snnfe_dataset_options options;
    assert_ok(snnfe_dataset_options_init(&options, sizeof options));
    options.n_threads = 1;
    options.channel_names = names;
    options.channel_rows = options.channel_columns = places;
    options.n_channels = 4;
    options.runs = runs;
    options.n_runs = 1;
    options.statistics_runs = runs;
    options.n_statistics_runs = 1;
    options.filter_low_hz = 0;
    return options;
}

/* Four whole cycles of eight pulses up and eight down, after a boundary. */
static void write_instrument_file(const char *path)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "made by a test\nV_write\tR_pos_ohm\n1.5\t1e6\n");
    double g = 1e-6;
    for (int i = 0; i < 5 * 16; i++) {
        const bool depress = i % 16 >= 8;
        g += (depress ? -0.3 * (g - 0.9e-6) : 0.3 * (3e-6 - g)) * (1 + 0.1 * (i / 16));
        fprintf(file, "%.2f\t%.9g\n", depress ? 1.5 : -1.5, 1 / g);
    }
    fclose(file);
}

static const char *kept_path(const char *name)
{
    return strdup(support_path(name));
}

snnfe_trainer *world_trainer(const world *w, snnfe_network **network, bool on_device)
{
    snnfe_trainer_options options = small_options();
    options.n_epochs = 1;
    options.batch_size = 8;
    options.evaluations_per_epoch = 1;
    options.device = on_device ? w->device : NULL;
    options.keep_best = on_device;
    snnfe_trainer *trainer = NULL;
    assert_ok(snnfe_network_clone(network, w->network));
    assert_ok(snnfe_trainer_create(&trainer, *network, &options));
    return trainer;
}

static void train(world *w)
{
    const snnfe_trainer_data lists = small_lists();
    for (int on_device = 0; on_device < 2; on_device++) {
        w->trained[on_device] = world_trainer(w, &w->trained_network[on_device], on_device);
        assert_ok(snnfe_trainer_run(w->trained[on_device], w->dataset, &lists));
    }
    assert_ok(snnfe_trainer_save(w->trained[1], w->trainer_file));
}

/* All of what a checkpoint's reader takes memory for. */
static const pth_options torch_options = {.entry = "state_dict", .copied_seconds = true};

world world_create(void)
{
    world w = {.dataset = small_dataset(1), .network = small_network()};
    edf_spec spec = edf_usual;
    spec.n_channels = 4;
    assert_ok(snnfe_folder_create(support_path("tree/S001")));
    w.tree = kept_path("tree");
    w.recording = strdup(edf_write(&spec, "tree/S001/S001R04.edf"));
    w.dataset_file = kept_path("dataset.safetensors");
    w.network_file = kept_path("network.safetensors");
    w.torch_file = kept_path("network.pth");
    w.trainer_file = kept_path("trainer.safetensors");
    w.device_file = kept_path("device.json");
    w.instrument_file = kept_path("instrument.txt");
    w.output = kept_path("output");
    const snnfe_dataset_options options = world_recording_options();
    const int32_t subject = 1, run = 4;
    assert_ok(snnfe_dataset_open_files(&w.recorded, &w.recording, &subject, &run, 1, &options));
    snnfe_cells_options losing = cells_defaults();
    losing.retention = SNNFE_RETENTION_POWER;
    losing.read_disturb = 1e-3;
    losing.read_noise = 0.01;
    w.device = device_on_cells(&losing);
    assert_ok(snnfe_dataset_save(w.recorded, w.dataset_file));
    assert_ok(snnfe_network_save(w.network, w.network_file));
    pth_write_network(w.torch_file, w.network, &torch_options);
    assert_ok(snnfe_device_save(w.device, w.device_file));
    write_instrument_file(w.instrument_file);
    train(&w);
    return w;
}

void world_free(world *w)
{
    const char *const paths[] = {w->tree,         w->recording,       w->dataset_file,
                                 w->network_file, w->torch_file,      w->trainer_file,
                                 w->device_file,  w->instrument_file, w->output};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        free((char *)(uintptr_t)paths[i]);
    for (int i = 0; i < 2; i++) {
        snnfe_trainer_free(w->trained[i]);
        snnfe_network_free(w->trained_network[i]);
    }
    snnfe_dataset_free(w->dataset);
    snnfe_dataset_free(w->recorded);
    snnfe_network_free(w->network);
    snnfe_device_free(w->device);
}
