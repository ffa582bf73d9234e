#include "pth_zip.h"

#include <stdlib.h>
#include <string.h>

void pth_append(pth_bytes *bytes, const void *data, size_t size)
{
    if (!bytes->data || bytes->capacity - bytes->size < size) {
        bytes->capacity = 2 * bytes->capacity + size + 64;
        bytes->data = realloc(bytes->data, bytes->capacity);
    }
    if (!bytes->data)
        abort();
    if (size > 0)
        memcpy(bytes->data + bytes->size, data, size);
    bytes->size += size;
}

void pth_append_number(pth_bytes *bytes, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        const uint8_t byte = (uint8_t)(number >> (8 * i));
        pth_append(bytes, &byte, 1);
    }
}

/* Numbers of so many bytes each, in pairs of number and size, ended by a size of 0. */
typedef struct field {
    uint64_t number;
    size_t size;
} field;

static void append_fields(pth_bytes *bytes, const field *fields)
{
    for (; fields->size > 0; fields++)
        pth_append_number(bytes, fields->number, fields->size);
}

static uint32_t crc_of(const uint8_t *data, size_t size)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

void pth_zip_add(pth_zip *zip, const char *name, const void *data, size_t size)
{
    const uint64_t at = zip->file.size, flags = zip->later ? 0x808 : 0;
    const uint64_t crc = zip->unchecked ? 0 : crc_of(data, size);
    const uint64_t narrow = zip->wide ? 0xffffffff : size;
    const uint64_t place = zip->wide ? 0xffffffff : at;
    const uint64_t n_name = strlen(name), n_extra = zip->wide ? 28 : 0;
    append_fields(&zip->file, (const field[]){{0x04034b50, 4},
                                              {45, 2},
                                              {flags, 2},
                                              {0, 2},
                                              {0, 4},
                                              {zip->later ? 0 : crc, 4},
                                              {zip->later ? 0 : size, 4},
                                              {zip->later ? 0 : size, 4},
                                              {n_name, 2},
                                              {0, 2},
                                              {0, 0}});
    pth_append(&zip->file, name, n_name);
    pth_append(&zip->file, data, size);
    if (zip->later)
        append_fields(&zip->file,
                      (const field[]){{0x08074b50, 4}, {crc, 4}, {size, 4}, {size, 4}, {0, 0}});
    append_fields(&zip->directory, (const field[]){{0x02014b50, 4},
                                                   {45, 2},
                                                   {45, 2},
                                                   {flags, 2},
                                                   {0, 2},
                                                   {0, 4},
                                                   {crc, 4},
                                                   {narrow, 4},
                                                   {narrow, 4},
                                                   {n_name, 2},
                                                   {n_extra, 2},
                                                   {0, 2},
                                                   {0, 2},
                                                   {0, 2},
                                                   {0, 4},
                                                   {place, 4},
                                                   {0, 0}});
    pth_append(&zip->directory, name, n_name);
    if (zip->wide)
        append_fields(&zip->directory,
                      (const field[]){{1, 2}, {24, 2}, {size, 8}, {size, 8}, {at, 8}, {0, 0}});
    zip->n++;
}

void pth_zip_end(pth_zip *zip)
{
    const uint64_t at = zip->file.size, size = zip->directory.size, end = at + size;
    pth_append(&zip->file, zip->directory.data, zip->directory.size);
    free(zip->directory.data);
    zip->directory = (pth_bytes){0};
    if (zip->wide)
        append_fields(&zip->file, (const field[]){{0x06064b50, 4},
                                                  {44, 8},
                                                  {45, 2},
                                                  {45, 2},
                                                  {0, 8},
                                                  {zip->n, 8},
                                                  {zip->n, 8},
                                                  {size, 8},
                                                  {at, 8},
                                                  {0x07064b50, 4},
                                                  {0, 4},
                                                  {end, 8},
                                                  {1, 4},
                                                  {0, 0}});
    append_fields(&zip->file, (const field[]){{0x06054b50, 4},
                                              {0, 4},
                                              {zip->wide ? 0xffff : zip->n, 2},
                                              {zip->wide ? 0xffff : zip->n, 2},
                                              {zip->wide ? 0xffffffff : size, 4},
                                              {zip->wide ? 0xffffffff : at, 4},
                                              {0, 2},
                                              {0, 0}});
}
