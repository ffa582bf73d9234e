/* An allocator whose requests fail on demand, and a small world of handles to call functions on. */
#ifndef SNNFE_TESTS_FAULTS_H
#define SNNFE_TESTS_FAULTS_H

#include "support.h"

#include <snnfe/snnfe.h>
#include <unistd.h>

/* Put the failing allocator in place; to be called while the library holds no memory. */
void faults_install(void);
/* Blocks that the library holds. */
size_t faults_blocks(void);

/* The next armed section's request number `index` (0-based) fails, and every later one too if
   `lasting`; SIZE_MAX = none. */
void faults_plan(size_t index, bool lasting);
/* Requests made in the last armed section, and whether one failed. */
size_t faults_requests(void);
bool faults_struck(void);

void faults_arm(void);
snnfe_status faults_disarm(snnfe_status status);
bool faults_armed(void);
/* Only what lies within can fail: set-up and tidying up around it cannot. */
#define ARMED(expression) (faults_arm(), faults_disarm(expression))

typedef struct world {
    snnfe_dataset *dataset;            /* 24 trials, subjects 3 and 8 */
    snnfe_dataset *recorded;           /* from a recording, so that it has sums */
    snnfe_network *network;            /* borrowed by the trainers */
    snnfe_device *device;              /* "dut2", which loses what it holds */
    snnfe_network *trained_network[2]; /* in floating point and on the device */
    snnfe_trainer *trained[2];         /* that trained them, see world_trainer() */
    const char *tree;                  /* tree/S001/S001R04.edf */
    const char *recording;             /* that file */
    const char *dataset_file, *network_file, *torch_file, *trainer_file, *device_file,
        *instrument_file;
    const char *output; /* a path that may be written to */
} world;

world world_create(void);
void world_free(world *w);
/* Options that open the world's recording: 4 channels, no filter, one thread. */
snnfe_dataset_options world_recording_options(void);
/* A trainer for a clone of the world's network, with or without its device. */
snnfe_trainer *world_trainer(const world *w, snnfe_network **network, bool on_device);

/* One public function and a call of it, armed, that checks what a failure leaves behind. */
typedef struct call {
    const char *name;
    snnfe_status (*run)(world *w);
} call;

/* The tables end with a NULL name. */
extern const call base_calls[], control_calls[], dataset_calls[], device_calls[], network_calls[],
    trainer_calls[], live_calls[], rich_calls[];

/* All calls of the tables. */
int faults_n_calls(void);
const call *faults_call(int i);

/* Remove temporary files of the library from the tests' folder; returns how many there were. */
size_t faults_remove_temporary_files(void);

/* A save that fails leaves no file, unless all that failed is to sync the file's folder. */
#define check_saved(path, status)                                                                  \
    ck_assert_int_eq(access(path, F_OK) == 0,                                                      \
                     (status) == SNNFE_OK || strstr(snnfe_last_error(), "sync the folder of"))

/* call_…_save and call_…_restore of a handle that make_…(w) makes: a save that fails leaves no
   file, and after a restore that fails another one works. */
#define CALLS_OF_FILES(noun)                                                                       \
    static snnfe_status call_##noun##_save(world *w)                                               \
    {                                                                                              \
        snnfe_##noun *handle = make_##noun(w);                                                     \
        unlink(w->output);                                                                         \
        const snnfe_status status = ARMED(snnfe_##noun##_save(handle, w->output));                 \
        check_saved(w->output, status);                                                            \
        snnfe_##noun##_free(handle);                                                               \
        return status;                                                                             \
    }                                                                                              \
    static snnfe_status call_##noun##_restore(world *w)                                            \
    {                                                                                              \
        snnfe_##noun *handle = make_##noun(w);                                                     \
        assert_ok(snnfe_##noun##_save(handle, w->output));                                         \
        const snnfe_status status = ARMED(snnfe_##noun##_restore(handle, w->output));              \
        assert_ok(snnfe_##noun##_restore(handle, w->output));                                      \
        snnfe_##noun##_free(handle);                                                               \
        return status;                                                                             \
    }

/* A handle's value after a failed constructor is NULL, after another one not. */
#define check_made(handle, status) ck_assert(((handle) == NULL) == ((status) != SNNFE_OK))
/* What a pointer holds before a constructor is called: no failure may leave it. */
#define JUNK(type) ((type *)(uintptr_t)16)

#endif
