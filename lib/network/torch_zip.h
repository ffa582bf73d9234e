/* Zip archives as PyTorch writes them: records that are stored, not compressed. */
#ifndef SNNFE_LIB_TORCH_ZIP_H
#define SNNFE_LIB_TORCH_ZIP_H

#include "base/status.h"

#include <stdbool.h>

typedef struct snnfe_zip_record {
    const char *name; /* not terminated; owned by the archive */
    size_t name_length;
    uint64_t header; /* byte at which its local header begins */
    uint64_t limit;  /* byte at which the next record, or the directory, begins */
    uint64_t size;   /* in the archive */
    uint32_t crc;
    bool compressed; /* never read; of TorchScript, whose code is compressed */
} snnfe_zip_record;

typedef struct snnfe_zip {
    int fd; /* owned */
    uint64_t file_size;
    char *directory;
    snnfe_zip_record *records; /* in the order of their names */
    size_t n_records;
    bool has_crc; /* PyTorch can be set to write none, and then writes 0 */
} snnfe_zip;

/* Opens a regular file and checks its directory: it fills the end of the file exactly, and its
   records do not overlap and differ in name. Takes memory in proportion to the
   directory, which may have SNNFE_ZIP_MAX_DIRECTORY bytes. Messages do not name the file. Close it
   after a failure, too. */
#define SNNFE_ZIP_MAX_DIRECTORY (UINT64_C(16) << 20)
snnfe_status snnfe_zip_open(snnfe_zip *zip, const char *path);
void snnfe_zip_close(snnfe_zip *zip);

/* NULL (and no error set) when there is no such record. */
const snnfe_zip_record *snnfe_zip_find(const snnfe_zip *zip, const char *name, size_t length);

/* The whole record, refused when compressed or larger than `limit` bytes; snnfe_release it. */
snnfe_status snnfe_zip_read(const snnfe_zip *zip, const snnfe_zip_record *record, uint64_t limit,
                            uint8_t **content);

#endif
