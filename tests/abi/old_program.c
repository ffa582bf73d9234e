/* A program as it was built against the first version's header: with that header's structs, which
   have grown since. It only knows what is declared here. Usage: old_program FOLDER */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef int32_t snnfe_status;
typedef struct snnfe_network snnfe_network;
typedef struct snnfe_trainer snnfe_trainer;

typedef struct snnfe_trainer_options {
    uint32_t struct_size, n_threads, n_epochs, batch_size;
    double learning_rate, decay_learning_rate, time_weight_learning_rate, least_learning_rate;
    double beta1, beta2, epsilon;
    int32_t schedule;
    uint32_t schedule_epochs;
    uint64_t seed;
    uint32_t n_shards, evaluations_per_epoch;
    int32_t resume;
    uint32_t reserved;
    const char *phase, *epoch_log_path, *sample_log_path, *checkpoint_path;
    void (*log)(int32_t, const char *, void *);
    int32_t (*progress)(const void *, void *);
    void *user_data;
} snnfe_trainer_options;

typedef struct snnfe_network_options {
    uint32_t struct_size, n_rows, n_columns, n_steps;
    uint32_t conv1_channels, conv2_channels, conv3_channels, n_hidden, n_classes;
    float current_decay, voltage_decay, threshold, surrogate_width, surrogate_height;
    float adaptive_step, adaptive_decay, adaptive_floor, dropout;
    uint64_t seed;
} snnfe_network_options;

uint32_t snnfe_version(void);
const char *snnfe_last_error(void);
snnfe_status snnfe_network_options_init(snnfe_network_options *options, size_t size);
snnfe_status snnfe_network_create(snnfe_network **network, const snnfe_network_options *options);
void snnfe_network_free(snnfe_network *network);
snnfe_status snnfe_trainer_options_init(snnfe_trainer_options *options, size_t size);
snnfe_status snnfe_trainer_create(snnfe_trainer **trainer, snnfe_network *network,
                                  const snnfe_trainer_options *options);
snnfe_status snnfe_trainer_step(snnfe_trainer *trainer, const float *grid, const int32_t *labels,
                                size_t n, const uint8_t *masks, double *loss);
snnfe_status snnfe_trainer_save(const snnfe_trainer *trainer, const char *path);
void snnfe_trainer_free(snnfe_trainer *trainer);

static int failed(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, snnfe_last_error());
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return failed("usage: old_program FOLDER");
    snnfe_network_options network_options;
    /* Behind the old struct lies something else, which the library must leave alone. */
    struct {
        snnfe_trainer_options options;
        unsigned char behind[64];
    } own;
    memset(&own, 0xa5, sizeof own);
    if (snnfe_network_options_init(&network_options, sizeof network_options) ||
        snnfe_trainer_options_init(&own.options, sizeof own.options))
        return failed("options");
    for (size_t i = 0; i < sizeof own.behind; i++)
        if (own.behind[i] != 0xa5)
            return failed("the library wrote beyond the old struct");
    network_options.n_steps = 4;
    network_options.conv1_channels = network_options.conv2_channels = 2;
    network_options.conv3_channels = network_options.n_hidden = 3;
    own.options.n_threads = 1;
    own.options.learning_rate = 1e-2;
    snnfe_network *network = NULL;
    snnfe_trainer *trainer = NULL;
    if (snnfe_network_create(&network, &network_options) ||
        snnfe_trainer_create(&trainer, network, &own.options))
        return failed("handles");
    float grid[10 * 11 * 4];
    for (size_t i = 0; i < sizeof grid / sizeof grid[0]; i++)
        grid[i] = (float)(i % 5) - 2.0F;
    const int32_t label = 1;
    double first = 0, last = 0;
    if (snnfe_trainer_step(trainer, grid, &label, 1, NULL, &first))
        return failed("first step");
    for (int i = 0; i < 20; i++)
        if (snnfe_trainer_step(trainer, grid, &label, 1, NULL, &last))
            return failed("later steps");
    char path[4096];
    snprintf(path, sizeof path, "%s/old.safetensors", argv[1]);
    if (snnfe_trainer_save(trainer, path))
        return failed("save");
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    printf("loss %.6f, then %.6f with version %u\n", first, last, (unsigned)snnfe_version());
    return last < first ? 0 : failed("training has no effect");
}
