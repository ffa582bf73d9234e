/* The header of an EDF, EDF+, BDF or BDF+ file, checked field by field. BDF is EDF with samples of
   24 bits. */
#ifndef SNNFE_LIB_EDF_HEADER_H
#define SNNFE_LIB_EDF_HEADER_H

#include "base/text.h"

#define SNNFE_EDF_FIXED 256     /* bytes before the signals' fields, and of each signal's fields */
#define SNNFE_EDF_LABEL_SIZE 40 /* 16 bytes of Latin-1 as UTF-8, and NUL */

typedef struct snnfe_edf_signal {
    char label[SNNFE_EDF_LABEL_SIZE]; /* UTF-8, without the blanks behind it */
    char dimension[24];               /* likewise */
    bool annotations;                 /* an annotation signal of EDF+ or BDF+ */
    size_t n_samples;                 /* in a record */
    size_t offset;                    /* in bytes from the record's beginning */
    double physical_min, physical_max, digital_min, digital_max;
    char range_fault[200]; /* what is wrong with the four, "" if nothing */
} snnfe_edf_signal;

/* An EDF file in memory. The first five members are the caller's. */
typedef struct snnfe_edf_file {
    const char *path; /* for messages */
    const uint8_t *content;
    size_t size;
    bool strict;
    snnfe_text *notes; /* harmless deviations from the format, a line each */

    bool bdf;            /* BDF or BDF+ */
    size_t sample_bytes; /* 2, of BDF 3 */
    bool plus;           /* EDF+ or BDF+ */
    bool discontinuous;  /* EDF+D or BDF+D */
    double record_s;
    size_t n_records; /* that are there in full */
    size_t header_size, record_size;
    size_t n_signals;
    snnfe_edf_signal *signals;
} snnfe_edf_file;

typedef enum snnfe_edf_field_kind {
    SNNFE_EDF_LABEL,
    SNNFE_EDF_TRANSDUCER,
    SNNFE_EDF_DIMENSION,
    SNNFE_EDF_PHYSICAL_MIN,
    SNNFE_EDF_PHYSICAL_MAX,
    SNNFE_EDF_DIGITAL_MIN,
    SNNFE_EDF_DIGITAL_MAX,
    SNNFE_EDF_PREFILTER,
    SNNFE_EDF_SAMPLES,
    SNNFE_EDF_RESERVED,
    SNNFE_EDF_N_FIELDS
} snnfe_edf_field_kind;

/* Fields of signals are stored field by field, not signal by signal. */
typedef struct snnfe_edf_field {
    const char *name;
    size_t offset; /* of the first signal's, in bytes for each signal of the file */
    size_t width;
} snnfe_edf_field;

extern const snnfe_edf_field snnfe_edf_fields[SNNFE_EDF_N_FIELDS];

/* A sample as it is in the file, little-endian. */
static inline int32_t snnfe_edf_sample(const snnfe_edf_file *file, const uint8_t *bytes)
{
    const uint32_t low = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
    if (!file->bdf)
        return (int16_t)(uint16_t)low;
    const int32_t value = (int32_t)(low | (uint32_t)bytes[2] << 16);
    return value < 1 << 23 ? value : value - (1 << 24);
}

/* "EDF" or "BDF", for messages. */
const char *snnfe_edf_format(const snnfe_edf_file *file);

/* Where a signal's field lies in the file. */
size_t snnfe_edf_field_place(const snnfe_edf_file *file, snnfe_edf_field_kind field, size_t signal);

/* Fills what is not the caller's. SNNFE_ERR_FORMAT names field, signal and value. */
snnfe_status snnfe_edf_header_read(snnfe_edf_file *file);
void snnfe_edf_header_release(snnfe_edf_file *file);

/* A harmless deviation: adds a note, or fails if the reader is strict. */
snnfe_status snnfe_edf_deviation(const snnfe_edf_file *file, const char *format, ...)
    SNNFE_PRINTF(2, 3);

/* The fields that say who was recorded and when. Nothing depends on them: whatever is wrong there
   is a harmless deviation. */
snnfe_status snnfe_edf_identity_check(const snnfe_edf_file *file);

/* Bytes of a field as text for messages: without the blanks at its end, bytes that are not ASCII as
   \xNN. `out` has room for 4 * width + 1 bytes. */
void snnfe_edf_shown(const uint8_t *field, size_t width, char *out);

#endif
