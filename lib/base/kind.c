#include "kind.h"

#include "format.h"
#include "tensors.h"

#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_SIZE 4096 /* enough for the first field of a device's JSON */

static const struct {
    const char *what, *takers;
} kinds[] = {
    [SNNFE_KIND_UNKNOWN] = {"something else", NULL},
    [SNNFE_KIND_FOLDER] = {"a folder", NULL},
    [SNNFE_KIND_DATASET] = {"a data set", "snnfe_dataset_load(), the programs' DATA and --data"},
    [SNNFE_KIND_NETWORK] = {"a network", "snnfe_network_load(), the programs' MODEL and --model"},
    [SNNFE_KIND_TRAINING] = {"a training's checkpoint",
                             "snnfe_trainer_restore(), --resume, snnfe-report --checkpoint"},
    [SNNFE_KIND_LEARNER] = {"a state of live learning",
                            "snnfe_learner_restore(), snnfe-live --adapt --state"},
    [SNNFE_KIND_DECODER] = {"a state of live decoding",
                            "snnfe_decoder_restore(), snnfe-live --state"},
    [SNNFE_KIND_CONTROL] = {"an estimate of control", "snnfe_control_restore()"},
    [SNNFE_KIND_DEVICE] = {"a device", "snnfe_device_load(), the programs' --dut"},
    [SNNFE_KIND_PTH] = {"a PyTorch checkpoint", "what takes a network"},
    [SNNFE_KIND_RECORDING] = {"a recording",
                              "snnfe_recording_open(), snnfe-live, in a folder snnfe-preprocess"},
    [SNNFE_KIND_MEASUREMENT] = {"a device's measurement", NULL},
};

static bool begins(const char *text, size_t size, const char *with, size_t length)
{
    return size >= length && memcmp(text, with, length) == 0;
}

static snnfe_kind kind_of_tensors(const char *path)
{
    snnfe_tensors *file = NULL;
    snnfe_kind kind = SNNFE_KIND_UNKNOWN;
    if (snnfe_tensors_open(&file, path) != SNNFE_OK)
        return kind;
    const char *format = snnfe_tensors_metadata(file, "snnfe.format");
    if (snnfe_tensors_metadata(file, "trainer.learner.format"))
        kind = SNNFE_KIND_LEARNER;
    else if (snnfe_tensors_metadata(file, "trainer.format"))
        kind = SNNFE_KIND_TRAINING;
    else if (format && strncmp(format, "dataset ", 8) == 0)
        kind = SNNFE_KIND_DATASET;
    else if (format && strncmp(format, "decoder ", 8) == 0)
        kind = SNNFE_KIND_DECODER;
    else if (format && strncmp(format, "control ", 8) == 0)
        kind = SNNFE_KIND_CONTROL;
    else if (snnfe_tensors_find(file, "snn.c1_vdecay"))
        kind = SNNFE_KIND_NETWORK;
    snnfe_tensors_close(file);
    return kind;
}

/* The first bytes, or -1. */
static ssize_t read_head(const char *path, char head[HEAD_SIZE])
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    const ssize_t n = read(fd, head, HEAD_SIZE - 1);
    close(fd);
    return n;
}

snnfe_kind snnfe_kind_of(const char *path)
{
    struct stat info;
    char head[HEAD_SIZE] = "";
    if (stat(path, &info) != 0)
        return SNNFE_KIND_UNKNOWN;
    if (S_ISDIR(info.st_mode))
        return SNNFE_KIND_FOLDER;
    const ssize_t n = S_ISREG(info.st_mode) ? read_head(path, head) : -1;
    if (n < 8)
        return SNNFE_KIND_UNKNOWN;
    const size_t size = (size_t)n, mark = snnfe_byte_order_mark(head, size);
    if (begins(head, size, "PK\3\4", 4))
        return SNNFE_KIND_PTH;
    if (begins(head, size, "0       ", 8) || begins(head, size, "\377BIOSEMI", 8))
        return SNNFE_KIND_RECORDING;
    if (head[mark] == '{')
        return strstr(head, "\"snnfe device ") ? SNNFE_KIND_DEVICE : SNNFE_KIND_UNKNOWN;
    return kind_of_tensors(path);
}

static bool serves(snnfe_kind kind, snnfe_kind wanted)
{
    return kind == SNNFE_KIND_UNKNOWN || kind == wanted ||
           (kind == SNNFE_KIND_PTH && wanted == SNNFE_KIND_NETWORK) ||
           (kind == SNNFE_KIND_TRAINING && wanted == SNNFE_KIND_NETWORK) ||
           (kind == SNNFE_KIND_LEARNER &&
            (wanted == SNNFE_KIND_NETWORK || wanted == SNNFE_KIND_TRAINING));
}

snnfe_status snnfe_fail_kind(snnfe_status status, const char *path, snnfe_kind wanted)
{
    char message[SNNFE_MESSAGE_SIZE];
    if (status != SNNFE_ERR_FORMAT && status != SNNFE_ERR_NOT_FOUND && status != SNNFE_ERR_IO &&
        status != SNNFE_ERR_SHAPE)
        return status;
    snnfe_error_get(message);
    const snnfe_kind kind = snnfe_kind_of(path);
    if (serves(kind, wanted)) {
        snnfe_error_set(message);
        return status;
    }
    return snnfe_fail(status, "%s: is %s, not %s%s%s%s", path, kinds[kind].what, kinds[wanted].what,
                      kinds[kind].takers ? " (it is for " : "",
                      kinds[kind].takers ? kinds[kind].takers : "", kinds[kind].takers ? ")" : "");
}
