/* What the fuzz targets share. A target is a file fuzz_<name>.c; libFuzzer drives it in a build
   with -Dfuzz=true, replay.c in every other. */
#ifndef SNNFE_TESTS_FUZZ_H
#define SNNFE_TESTS_FUZZ_H

#include <snnfe/snnfe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
/* Of libFuzzer, or of replay.c. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* Gives the library's own allocations a limit for the process, so that sizes taken from an input
   cannot exhaust the machine: beyond it is "out of memory". Call it before anything else. */
void fuzz_limit_memory(void);

/* A path under which the input can be opened, until the next call. */
const char *fuzz_file(const uint8_t *data, size_t size);
/* A path that may be written to and read again. */
const char *fuzz_output(void);

/* Ends the process with a message if the condition does not hold. */
void fuzz_check(bool condition, const char *what);
/* A failure must come with a message. Returns true for SNNFE_OK. */
bool fuzz_ok(snnfe_status status);

/* The smallest useful network and data set: grid 10x10, 3 steps, one channel a layer, 2 hidden
   neurons; 6 trials of 4 electrodes on that grid. */
snnfe_network_options fuzz_network_options(void);
snnfe_dataset *fuzz_dataset(void);
#define FUZZ_TRIALS 6
#define FUZZ_STEPS 3
/* A signal of four channels, or of two in two bands, with two references, one of them a channel,
   and one lag; and control of it. */
snnfe_signal fuzz_signal(bool of_envelopes);
snnfe_control *fuzz_control(bool of_envelopes);
snnfe_trainer_options fuzz_trainer_options(void);
snnfe_trainer_data fuzz_lists(void);
/* Options that open the seeds' recordings: channels "C3" and "C4", 8 Hz, trials of 4 samples. */
snnfe_dataset_options fuzz_recording_options(void);

#endif
