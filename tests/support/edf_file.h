/* EDF files made byte by byte, so that tests can make wrong ones. */
#ifndef SNNFE_TESTS_EDF_FILE_H
#define SNNFE_TESTS_EDF_FILE_H

#include <snnfe/dataset.h>

typedef struct edf_annotation {
    double onset_s;
    const char *text;
} edf_annotation;

typedef struct edf_spec {
    size_t n_channels;         /* besides the annotations' */
    const char *const *labels; /* NULL: EEGMMIDB's 64 */
    size_t rate_hz;            /* samples of a record, which lasts a second */
    size_t n_records;
    const char *dimension; /* of every channel */
    const char *kind;      /* "EDF+C", "EDF+D" or "" (no annotations) */
    size_t n_annotations;
    const edf_annotation *annotations; /* ascending; all lie in the first record */
    /* Digital value of a sample; the physical range is -1000…1000 for -10000…10000. */
    int16_t (*sample)(size_t channel, size_t t);
    /* Further lists of annotations, byte by byte, in the first record: of the first annotation
       signal and of a second one, which there is with them. */
    const char *lists[2];
    size_t list_sizes[2];
    /* When a record begins, NaN for one that does not tell; NULL: records last a second. */
    double (*begin_s)(size_t record);
} edf_spec;

/* A quiet 64-channel recording of 12 s with T0 at 0, T1 at 2 s, T0 at 6 s, T2 at 8 s. */
extern const edf_spec edf_usual;

/* The file's bytes; free's. */
uint8_t *edf_make(const edf_spec *spec, size_t *size);

/* Make it and write it to support_path(name); returns the path. */
const char *edf_write(const edf_spec *spec, const char *name);

/* Options for events of two classes in such files, unfiltered; the names are kept by the caller. */
snnfe_dataset_options edf_two_classes(const char *const names[2]);

/* Offset in the file of a field of a signal: `first` and `width` as in the EDF header's layout. */
size_t edf_field(size_t n_signals, size_t first, size_t width, size_t signal);

/* Overwrite a field of `width` bytes; blanks fill it up. */
void edf_put(uint8_t *content, size_t offset, size_t width, const char *text);

/* The usual recording with a field overwritten by `text`; the path is the same for every call. */
const char *edf_patched(size_t offset, size_t width, const char *text);

#endif
