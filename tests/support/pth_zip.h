/* A writer of zip archives with stored records, as PyTorch writes them. */
#ifndef SNNFE_TESTS_PTH_ZIP_H
#define SNNFE_TESTS_PTH_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pth_bytes {
    uint8_t *data; /* to be freed */
    size_t size;
    size_t capacity; /* doubles, since files are written by a few bytes at a time */
} pth_bytes;

void pth_append(pth_bytes *bytes, const void *data, size_t size);
/* The least byte first. */
void pth_append_number(pth_bytes *bytes, uint64_t number, size_t size);

typedef struct pth_zip {
    pth_bytes file;      /* whole after pth_zip_end() */
    pth_bytes directory; /* until then */
    uint64_t n;
    bool wide;      /* sizes, places and the end of the directory also with 64 bits */
    bool later;     /* sizes and checksums behind the records, as PyTorch has them */
    bool unchecked; /* no checksums */
} pth_zip;

void pth_zip_add(pth_zip *zip, const char *name, const void *data, size_t size);
void pth_zip_end(pth_zip *zip);

#endif
