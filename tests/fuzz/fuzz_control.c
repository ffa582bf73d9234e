/* Files of what a control has learned, of samples and of envelopes: what is taken up gives a
   spatial filter or says why not and can learn on, what is refused leaves everything as it was. */
#include "fuzz.h"
#include "safetensors.h"

#include <math.h>
#include <string.h>

#define MOST_VALUES 64
#define LEARNED 24

static void check_filter(snnfe_control *control)
{
    snnfe_control_info info = {.struct_size = sizeof info};
    if (!fuzz_ok(snnfe_control_get_info(control, &info)))
        return;
    for (size_t i = 0; i < (size_t)info.n_outputs * info.n_terms; i++)
        fuzz_check(isfinite(info.weights[i]), "weights are finite");
    for (size_t i = 0; i < (size_t)info.n_envelopes * info.n_envelopes; i++)
        fuzz_check(isfinite(info.envelope_weights[i]), "weights of envelopes are finite");
}

static void learn(snnfe_control *control, uint32_t n_values)
{
    float samples[LEARNED * MOST_VALUES];
    for (size_t i = 0; i < LEARNED * MOST_VALUES; i++)
        samples[i] = (float)(i * 29 % 41) - 20.0F;
    fuzz_check(n_values <= MOST_VALUES, "there is room for the samples");
    fuzz_ok(snnfe_control_add(control, SNNFE_CONTROL_OCULAR | SNNFE_CONTROL_ALIGNMENT, samples,
                              LEARNED));
    check_filter(control);
}

static void restore(bool of_envelopes, const char *path)
{
    snnfe_control *control = fuzz_control(of_envelopes);
    snnfe_control_info before = {.struct_size = sizeof before}, after = before;
    fuzz_ok(snnfe_control_get_info(control, &before));
    if (fuzz_ok(snnfe_control_restore(control, path))) {
        check_filter(control);
        learn(control, before.n_values);
    } else {
        fuzz_check(snnfe_control_get_info(control, &after) == SNNFE_OK &&
                       memcmp(&before, &after, sizeof before) == 0,
                   "a refused file changes nothing");
    }
    snnfe_control_free(control);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_memory();
    const char *path = fuzz_file(data, size);
    restore(false, path);
    restore(true, path);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    return safetensors_mutate(data, size, max_size, seed);
}
