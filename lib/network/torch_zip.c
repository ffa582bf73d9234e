#include "network/torch_zip.h"

#include "base/file.h"
#include "base/format.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define END_SIZE 22 /* of the end of the directory, without a comment */
#define END_SIGNATURE 0x06054b50
#define LOCATOR_SIZE 20 /* of the locator of the 64-bit end */
#define LOCATOR_SIGNATURE 0x07064b50
#define END64_SIZE 56
#define END64_SIGNATURE 0x06064b50
#define ENTRY_SIZE 46 /* without name, extra fields and comment */
#define ENTRY_SIGNATURE 0x02014b50
#define HEADER_SIZE 30 /* the same of a local header */
#define HEADER_SIGNATURE 0x04034b50
#define EXTRA64 1 /* extra field with sizes and offset of 64 bits */
#define FULL32 0xffffffff

enum { FLAG_ENCRYPTED = 1, FLAG_DESCRIPTOR = 8, FLAG_UTF8 = 0x800 };

static uint64_t number(const void *bytes, size_t size)
{
    uint64_t value = 0;
    for (size_t i = size; i-- > 0;)
        value = value << 8 | ((const uint8_t *)bytes)[i];
    return value;
}

static snnfe_status fail_record(const snnfe_zip_record *r, const char *what)
{
    char name[SNNFE_QUOTE_SIZE];
    snnfe_quote(name, r->name, r->name_length);
    return snnfe_fail(SNNFE_ERR_FORMAT, "record \"%s\" %s", name, what);
}

/* --- where the directory is ------------------------------------------------------------------ */

typedef struct place {
    uint64_t n, size, offset, end; /* records, bytes, first byte, and the one behind the last */
} place;

/* A number of the short end that the 64-bit one repeats, or leaves full. */
static bool repeats(uint64_t narrow, uint64_t wide, uint64_t full)
{
    return narrow == full || narrow == wide;
}

static snnfe_status widen(const snnfe_zip *zip, uint64_t locator_at, const uint8_t *locator,
                          place *p)
{
    const uint64_t at = number(locator + 8, 8);
    uint8_t end[END64_SIZE];
    if (locator_at < END64_SIZE || at != locator_at - END64_SIZE)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "its zip directory ends at byte %llu, which is not where that end begins",
                          (unsigned long long)at);
    SNNFE_TRY(snnfe_file_read_at(zip->fd, at, end, sizeof end));
    const place wide = {number(end + 32, 8), number(end + 40, 8), number(end + 48, 8), at};
    if (number(end, 4) != END64_SIGNATURE || number(end + 4, 8) != END64_SIZE - 12 ||
        number(end + 16, 8) != 0 || number(end + 24, 8) != wide.n ||
        !repeats(p->n, wide.n, 0xffff) || !repeats(p->size, wide.size, FULL32) ||
        !repeats(p->offset, wide.offset, FULL32))
        return snnfe_fail(SNNFE_ERR_FORMAT, "the two ends of its zip directory differ");
    *p = wide;
    return SNNFE_OK;
}

static snnfe_status find_directory(const snnfe_zip *zip, place *p)
{
    uint8_t tail[LOCATOR_SIZE + END_SIZE], *end = tail + LOCATOR_SIZE;
    if (zip->file_size < sizeof tail)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%llu bytes are no zip archive",
                          (unsigned long long)zip->file_size);
    const uint64_t tail_at = zip->file_size - sizeof tail;
    SNNFE_TRY(snnfe_file_read_at(zip->fd, tail_at, tail, sizeof tail));
    if (number(end, 4) != END_SIGNATURE || number(end + 20, 2) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "does not end with the directory of a zip archive (is it truncated?)");
    *p = (place){number(end + 10, 2), number(end + 12, 4), number(end + 16, 4),
                 tail_at + LOCATOR_SIZE};
    if (number(end + 4, 4) != 0 || number(end + 8, 2) != p->n)
        return snnfe_fail(SNNFE_ERR_FORMAT, "is a part of a zip archive of several files");
    if (number(tail, 4) == LOCATOR_SIGNATURE)
        SNNFE_TRY(widen(zip, tail_at, tail, p));
    if (p->size > p->end || p->offset != p->end - p->size)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "its zip directory of %llu bytes at byte %llu does not end at byte %llu",
                          (unsigned long long)p->size, (unsigned long long)p->offset,
                          (unsigned long long)p->end);
    if (p->size > SNNFE_ZIP_MAX_DIRECTORY || p->n > p->size / ENTRY_SIZE)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "its zip directory has %llu bytes for %llu records (at most %llu bytes "
                          "are read, and a record takes %d)",
                          (unsigned long long)p->size, (unsigned long long)p->n,
                          (unsigned long long)SNNFE_ZIP_MAX_DIRECTORY, ENTRY_SIZE);
    return SNNFE_OK;
}

/* --- what it says ----------------------------------------------------------------------------- */

/* Sizes and offset that did not fit into 32 bits follow one another in an extra field. */
static snnfe_status widen_record(snnfe_zip_record *r, uint64_t *packed, const uint8_t *extra,
                                 size_t n)
{
    uint64_t *const numbers[] = {&r->size, packed, &r->header};
    while (n >= 4 && number(extra, 2) != EXTRA64 && number(extra + 2, 2) <= n - 4) {
        const size_t skipped = 4 + (size_t)number(extra + 2, 2);
        extra += skipped;
        n -= skipped;
    }
    size_t left = n >= 4 && number(extra, 2) == EXTRA64 ? (size_t)number(extra + 2, 2) : 0;
    const uint8_t *next = left > 0 ? extra + 4 : extra;
    if (left > 0 && left > n - 4)
        return fail_record(r, "has an extra field that is cut off");
    for (size_t i = 0; i < 3; i++) {
        if (*numbers[i] != FULL32)
            continue;
        if (left < 8)
            return fail_record(r, "lacks a size or place of 64 bits");
        *numbers[i] = number(next, 8);
        next += 8;
        left -= 8;
    }
    return SNNFE_OK;
}

static snnfe_status check_entry(snnfe_zip_record *r, const uint8_t *entry, uint64_t packed)
{
    const uint64_t flags = number(entry + 8, 2);
    r->compressed = number(entry + 10, 2) != 0;
    if (flags & FLAG_ENCRYPTED)
        return fail_record(r, "is encrypted");
    if (!r->compressed && (flags & ~(uint64_t)(FLAG_DESCRIPTOR | FLAG_UTF8)))
        return fail_record(r, "has flags that PyTorch does not use");
    if ((!r->compressed && packed != r->size) || number(entry + 34, 2) != 0)
        return fail_record(r, "has two sizes, or is in another file");
    r->size = packed;
    return SNNFE_OK;
}

static snnfe_status parse_directory(snnfe_zip *zip, const place *p)
{
    const uint8_t *at = (const uint8_t *)zip->directory;
    size_t left = (size_t)p->size;
    for (uint64_t i = 0; i < p->n; i++) {
        if (left < ENTRY_SIZE || number(at, 4) != ENTRY_SIGNATURE)
            return snnfe_fail(SNNFE_ERR_FORMAT, "entry %llu of its zip directory is damaged",
                              (unsigned long long)i);
        const size_t n_name = (size_t)number(at + 28, 2), n_extra = (size_t)number(at + 30, 2);
        const size_t whole = ENTRY_SIZE + n_name + n_extra + (size_t)number(at + 32, 2);
        if (left < whole)
            return snnfe_fail(SNNFE_ERR_FORMAT, "entry %llu of its zip directory is cut off",
                              (unsigned long long)i);
        snnfe_zip_record *r = &zip->records[zip->n_records++];
        *r = (snnfe_zip_record){.name = (const char *)at + ENTRY_SIZE,
                                .name_length = n_name,
                                .header = number(at + 42, 4),
                                .size = number(at + 24, 4),
                                .crc = (uint32_t)number(at + 16, 4)};
        uint64_t packed = number(at + 20, 4);
        SNNFE_TRY(widen_record(r, &packed, at + ENTRY_SIZE + n_name, n_extra));
        SNNFE_TRY(check_entry(r, at, packed));
        zip->has_crc = zip->has_crc || r->crc != 0;
        at += whole;
        left -= whole;
    }
    if (left > 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "its zip directory has %zu bytes too many", left);
    return SNNFE_OK;
}

static int by_place(const void *a, const void *b)
{
    const snnfe_zip_record *x = a, *y = b;
    return (x->header > y->header) - (x->header < y->header);
}

static snnfe_status check_places(snnfe_zip *zip, uint64_t directory)
{
    qsort(zip->records, zip->n_records, sizeof *zip->records, by_place);
    for (size_t i = 0; i < zip->n_records; i++) {
        snnfe_zip_record *r = &zip->records[i];
        r->limit = i + 1 < zip->n_records ? r[1].header : directory;
        const uint64_t least = HEADER_SIZE + (uint64_t)r->name_length;
        if (r->header > r->limit || r->limit - r->header < least ||
            r->limit - r->header - least < r->size)
            return fail_record(r, "overlaps what follows it");
    }
    return SNNFE_OK;
}

static int compare_names(const char *a, size_t n_a, const char *b, size_t n_b)
{
    const int order = memcmp(a, b, n_a < n_b ? n_a : n_b);
    return order ? order : (n_a > n_b) - (n_a < n_b);
}

static int by_name(const void *a, const void *b)
{
    const snnfe_zip_record *x = a, *y = b;
    return compare_names(x->name, x->name_length, y->name, y->name_length);
}

static snnfe_status check_names(snnfe_zip *zip)
{
    qsort(zip->records, zip->n_records, sizeof *zip->records, by_name);
    for (size_t i = 1; i < zip->n_records; i++)
        if (by_name(&zip->records[i - 1], &zip->records[i]) == 0)
            return fail_record(&zip->records[i], "is there twice");
    return SNNFE_OK;
}

static snnfe_status read_directory(snnfe_zip *zip)
{
    place p = {0};
    SNNFE_TRY(find_directory(zip, &p));
    zip->directory = snnfe_alloc_raw((size_t)p.size, 1);
    zip->records = zip->directory ? snnfe_alloc((size_t)p.n, sizeof *zip->records) : NULL;
    if (!zip->records)
        return SNNFE_ERR_MEMORY;
    SNNFE_TRY(snnfe_file_read_at(zip->fd, p.offset, zip->directory, p.size));
    SNNFE_TRY(parse_directory(zip, &p));
    SNNFE_TRY(check_places(zip, p.offset));
    return check_names(zip);
}

snnfe_status snnfe_zip_open(snnfe_zip *zip, const char *path)
{
    struct stat info;
    *zip = (snnfe_zip){.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (zip->fd < 0)
        return snnfe_fail(SNNFE_ERR_IO, "cannot open: %s", strerror(errno));
    if (fstat(zip->fd, &info) != 0)
        return snnfe_fail(SNNFE_ERR_IO, "cannot read: %s", strerror(errno));
    if (!S_ISREG(info.st_mode))
        return snnfe_fail(SNNFE_ERR_IO, "is not a regular file");
    zip->file_size = (uint64_t)info.st_size;
    return read_directory(zip);
}

void snnfe_zip_close(snnfe_zip *zip)
{
    if (zip->fd >= 0)
        close(zip->fd);
    snnfe_release(zip->directory);
    snnfe_release(zip->records);
    *zip = (snnfe_zip){.fd = -1};
}

/* --- records -----------------------------------------------------------------------------------
 */

const snnfe_zip_record *snnfe_zip_find(const snnfe_zip *zip, const char *name, size_t length)
{
    const snnfe_zip_record wanted = {.name = name, .name_length = length};
    return bsearch(&wanted, zip->records, zip->n_records, sizeof wanted, by_name);
}

static uint32_t crc_of(const uint8_t *bytes, size_t n)
{
    uint32_t table[256], crc = FULL32;
    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
    }
    for (size_t i = 0; i < n; i++)
        crc = crc >> 8 ^ table[(crc ^ bytes[i]) & 255];
    return ~crc;
}

/* Where a record's bytes begin: behind its local header, which has to say what the directory says
   (what follows the bytes instead is 0 in it). */
static snnfe_status find_data(const snnfe_zip *zip, const snnfe_zip_record *r, uint64_t *begin)
{
    uint8_t header[HEADER_SIZE];
    SNNFE_TRY(snnfe_file_read_at(zip->fd, r->header, header, sizeof header));
    const uint64_t flags = number(header + 6, 2), size = number(header + 22, 4);
    const bool later = flags & FLAG_DESCRIPTOR;
    if (number(header, 4) != HEADER_SIGNATURE || number(header + 8, 2) != 0 ||
        number(header + 26, 2) != r->name_length || (flags & FLAG_ENCRYPTED) ||
        (size != r->size && size != FULL32 && !(later && size == 0)) ||
        (number(header + 14, 4) != r->crc && !later))
        return fail_record(r, "has a header that differs from the directory");
    *begin = r->header + HEADER_SIZE + r->name_length + number(header + 28, 2);
    if (*begin > r->limit || r->limit - *begin < r->size)
        return fail_record(r, "overlaps what follows it");
    return SNNFE_OK;
}

static snnfe_status check_name(const snnfe_zip *zip, const snnfe_zip_record *r)
{
    char *name = snnfe_alloc_raw(r->name_length, 1);
    if (!name)
        return SNNFE_ERR_MEMORY;
    snnfe_status status =
        snnfe_file_read_at(zip->fd, r->header + HEADER_SIZE, name, r->name_length);
    if (status == SNNFE_OK && memcmp(name, r->name, r->name_length) != 0)
        status = fail_record(r, "has another name in its header");
    snnfe_release(name);
    return status;
}

snnfe_status snnfe_zip_read(const snnfe_zip *zip, const snnfe_zip_record *r, uint64_t limit,
                            uint8_t **content)
{
    uint64_t begin = 0;
    if (r->compressed)
        return fail_record(r, "is compressed: PyTorch stores its records as they are, so open the "
                              "file in PyTorch and save it there");
    if (r->size > limit)
        return fail_record(r, "is larger than any that is read");
    SNNFE_TRY(find_data(zip, r, &begin));
    SNNFE_TRY(check_name(zip, r));
    uint8_t *bytes = snnfe_alloc_raw((size_t)r->size, 1);
    if (!bytes)
        return SNNFE_ERR_MEMORY;
    snnfe_status status = snnfe_file_read_at(zip->fd, begin, bytes, r->size);
    if (status == SNNFE_OK && zip->has_crc && crc_of(bytes, (size_t)r->size) != r->crc)
        status = fail_record(r, "is damaged: its CRC-32 differs from the directory's");
    if (status == SNNFE_OK)
        *content = bytes;
    else
        snnfe_release(bytes);
    return status;
}
