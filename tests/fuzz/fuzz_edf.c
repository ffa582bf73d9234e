/* Recordings: whatever the bytes of an EDF file are, opening it succeeds or says why not. */
#include "fuzz.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_dataset(const snnfe_dataset *dataset)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    fuzz_check(snnfe_dataset_get_info(dataset, &info) == SNNFE_OK, "a data set has an info");
    fuzz_check(info.n_trials > 0, "a data set has a trial");
    const float *trials = info.trials;
    const size_t n = info.n_trials * info.n_channels * info.n_steps;
    for (size_t i = 0; i < n; i++)
        fuzz_check(isfinite(trials[i]), "samples are finite");
}

static void check_events(const snnfe_recording *recording)
{
    snnfe_recording_info info = {.struct_size = sizeof info};
    fuzz_check(snnfe_recording_get_info(recording, &info) == SNNFE_OK, "a recording has an info");
    uint64_t last = 0;
    for (size_t i = 0; i < info.n_events; i++) {
        const uint64_t onset = info.event_onsets[i];
        const char *text = info.event_texts[i];
        fuzz_check(text && text[0] != '\0', "an event has a text");
        fuzz_check(onset >= last, "events come in order of time");
        last = onset;
    }
}

static void open_recording(const char *path, const snnfe_dataset_options *as, int32_t strict)
{
    snnfe_recording *recording = NULL;
    snnfe_recording_options options;
    fuzz_ok(snnfe_recording_options_init(&options, sizeof options));
    options.channel_names = as->channel_names;
    options.n_channels = as->n_channels;
    options.sampling_rate_hz = as->sampling_rate_hz;
    options.strict = strict;
    if (fuzz_ok(snnfe_recording_open(&recording, path, &options)))
        check_events(recording);
    snnfe_recording_free(recording);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_memory();
    const char *path = fuzz_file(data, size);
    const int32_t one = 1;
    snnfe_dataset_options options = fuzz_recording_options();
    for (int pass = 0; pass < 2; pass++) {
        options.normalization = pass == 0 ? SNNFE_NORMALIZE_ALL : SNNFE_NORMALIZE_NONE;
        options.allow_empty_classes = pass;
        options.other_events = pass == 0 ? SNNFE_OTHERS_END : SNNFE_OTHERS_IGNORED;
        snnfe_dataset *dataset = NULL;
        if (fuzz_ok(snnfe_dataset_open_files(&dataset, &path, &one, &one, 1, &options)))
            check_dataset(dataset);
        else
            fuzz_check(dataset == NULL, "nothing is made by a failure");
        snnfe_dataset_free(dataset);
        open_recording(path, &options, pass);
    }
    return 0;
}

/* --- repairs, so that mutations reach what lies behind the sizes ---------------------------------
 */

static long number(const uint8_t *field, size_t width)
{
    char text[9] = "";
    memcpy(text, field, width);
    return strtol(text, NULL, 10);
}

static void put(uint8_t *field, size_t width, long value)
{
    char text[24];
    const int length = snprintf(text, sizeof text, "%-*ld", (int)width, value);
    memcpy(field, text, (size_t)length < width ? (size_t)length : width);
}

/* Size that the header describes, once its own size is right; 0 if it describes none. */
static size_t described(uint8_t *data, size_t size, size_t max_size)
{
    const long n_signals = size >= 256 ? number(data + 252, 4) : 0;
    const size_t header = 256 * ((size_t)n_signals + 1);
    if (n_signals < 1 || n_signals > 640 || header > size)
        return 0;
    put(data + 184, 8, (long)header);
    size_t samples = 0;
    for (size_t s = 0; s < (size_t)n_signals; s++) {
        const long n = number(data + 256 + 216 * (size_t)n_signals + 8 * s, 8);
        if (n < 1 || (size_t)n > max_size)
            return 0;
        samples += (size_t)n;
    }
    const long said = number(data + 236, 8), n_records = said == -1 ? 2 : said;
    if (n_records < 1 || (size_t)n_records > max_size)
        return 0;
    const size_t total = header + 2 * samples * (size_t)n_records;
    return total <= max_size ? total : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    size = LLVMFuzzerMutate(data, size, max_size);
    if (seed % 8 == 0)
        return size;
    const size_t wanted = described(data, size, max_size);
    if (wanted > size)
        memset(data + size, 0, wanted - size);
    if (wanted && seed % 8 == 1) /* a last record that is cut off, or bytes behind it */
        return seed % 16 == 1 && wanted + 3 < max_size && wanted < size ? wanted + 1 : wanted - 1;
    return wanted ? wanted : size;
}
