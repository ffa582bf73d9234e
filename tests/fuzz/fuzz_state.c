/* Files of a decoder's and of a learner's state: what is taken up can go on, what is refused leaves
   everything as it was. */
#include "fuzz.h"
#include "safetensors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_CHANNELS 4

/* The whole of a saved state, to be freed. */
static char *content_of(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    fuzz_check(file && fseek(file, 0, SEEK_END) == 0, "a state was written");
    *size = (size_t)ftell(file);
    rewind(file);
    char *content = malloc(*size + 1);
    fuzz_check(content && fread(content, 1, *size, file) == *size, "a state can be read");
    fclose(file);
    return content;
}

static void check_same(const char *before, size_t size_before)
{
    size_t size = 0;
    char *after = content_of(fuzz_output(), &size);
    fuzz_check(size == size_before && memcmp(before, after, size) == 0,
               "a refused state changes nothing");
    free(after);
}

static void decode(snnfe_decoder *decoder)
{
    float samples[2 * FUZZ_STEPS][N_CHANNELS];
    for (size_t i = 0; i < 2 * FUZZ_STEPS * N_CHANNELS; i++)
        samples[i / N_CHANNELS][i % N_CHANNELS] = (float)(i * 29 % 41) - 20.0F;
    fuzz_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, &samples[0][0], 2 * FUZZ_STEPS));
    snnfe_decision decision = {.struct_size = sizeof decision};
    snnfe_decoder_info info = {.struct_size = sizeof info};
    fuzz_ok(snnfe_decoder_get_info(decoder, &info));
    for (size_t i = 0; i < 1000 && i < info.n_pending; i++)
        if (fuzz_ok(snnfe_decoder_next(decoder, &decision, NULL, NULL)))
            fuzz_check(decision.decided >= 0 && decision.decided < 2, "the class is one of them");
}

static void restore_decoder(const snnfe_network *network, const snnfe_signal *signal,
                            const char *path)
{
    snnfe_decoder_options options;
    snnfe_decoder *decoder = NULL;
    fuzz_ok(snnfe_decoder_options_init(&options, sizeof options));
    options.signal = signal;
    options.hop = signal->n_bands > 0 ? 10 : 2;
    fuzz_check(snnfe_decoder_create(&decoder, network, &options) == SNNFE_OK, "a decoder is made");
    fuzz_check(snnfe_decoder_save(decoder, fuzz_output()) == SNNFE_OK, "a state is saved");
    size_t size = 0;
    char *before = content_of(fuzz_output(), &size);
    if (fuzz_ok(snnfe_decoder_restore(decoder, path))) {
        decode(decoder);
    } else {
        fuzz_ok(snnfe_decoder_save(decoder, fuzz_output()));
        check_same(before, size);
    }
    free(before);
    snnfe_decoder_free(decoder);
}

static void learn(snnfe_learner *learner)
{
    float grid[100 * FUZZ_STEPS];
    for (size_t i = 0; i < 100 * FUZZ_STEPS; i++)
        grid[i] = (float)(i % 7) - 3.0F;
    for (int32_t label = 0; label < 2; label++)
        fuzz_ok(snnfe_learner_adapt(learner, grid, label, NULL));
}

static void restore_learner(const snnfe_network *network, const snnfe_device *device,
                            const char *path)
{
    snnfe_learner_options options;
    snnfe_learner *learner = NULL;
    fuzz_ok(snnfe_learner_options_init(&options, sizeof options));
    options.device = device;
    options.n_replay = 2;
    fuzz_check(snnfe_learner_create(&learner, network, NULL, &options) == SNNFE_OK,
               "a learner is made");
    fuzz_check(snnfe_learner_save(learner, fuzz_output()) == SNNFE_OK, "a state is saved");
    size_t size = 0;
    char *before = content_of(fuzz_output(), &size);
    if (fuzz_ok(snnfe_learner_restore(learner, path))) {
        learn(learner);
    } else {
        fuzz_ok(snnfe_learner_save(learner, fuzz_output()));
        check_same(before, size);
    }
    free(before);
    snnfe_learner_free(learner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static snnfe_device *device;
    static snnfe_network *network;
    static snnfe_dataset *dataset;
    fuzz_limit_memory();
    if (!device) {
        const snnfe_network_options options = fuzz_network_options();
        fuzz_check(snnfe_device_create(&device, NULL) == SNNFE_OK, "a device is made");
        fuzz_check(snnfe_network_create(&network, &options) == SNNFE_OK, "a network is made");
        dataset = fuzz_dataset();
    }
    const char *path = fuzz_file(data, size);
    const snnfe_signal envelopes = fuzz_signal(true);
    snnfe_dataset_info info = {.struct_size = sizeof info};
    fuzz_ok(snnfe_dataset_get_info(dataset, &info));
    restore_decoder(network, info.signal, path);
    restore_decoder(network, &envelopes, path);
    restore_learner(network, NULL, path);
    restore_learner(network, device, path);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return safetensors_mutate(data, size, max_size, seed);
}
