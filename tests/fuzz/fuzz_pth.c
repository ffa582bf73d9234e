/* Networks from PyTorch's checkpoints: one that opens can be saved, and is then the same. */
#include "fuzz.h"
#include "pth_zip.h"

#include <stdlib.h>
#include <string.h>

#define MAX_RECORDS 64

static void check_saved(const snnfe_network *network)
{
    snnfe_network *again = NULL;
    fuzz_check(snnfe_network_save(network, fuzz_output()) == SNNFE_OK, "a network is saved");
    fuzz_check(snnfe_network_load(&again, fuzz_output()) == SNNFE_OK, "what is saved loads");
    for (size_t i = 0; i < snnfe_network_parameter_count(network); i++) {
        snnfe_parameter_info info = {.struct_size = sizeof info};
        snnfe_network_parameter(network, i, &info);
        float *a = calloc(info.count, sizeof *a), *b = calloc(info.count, sizeof *b);
        fuzz_check(a && b, "there is memory");
        snnfe_network_get(network, info.name, a, info.count);
        snnfe_network_get(again, info.name, b, info.count);
        fuzz_check(memcmp(a, b, info.count * sizeof *a) == 0, "what is saved is the same");
        free(a);
        free(b);
    }
    snnfe_network_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    snnfe_network *network = NULL;
    fuzz_limit_memory();
    if (fuzz_ok(snnfe_network_load(&network, fuzz_file(data, size))))
        check_saved(network);
    else
        fuzz_check(network == NULL, "nothing is made by a failure");
    snnfe_network_free(network);
    return 0;
}

/* --- mutations ---------------------------------------------------------------------------------
 */

typedef struct record {
    char name[256];
    const uint8_t *data;
    size_t size;
} record;

static size_t number(const uint8_t *bytes, size_t size)
{
    size_t value = 0;
    for (size_t i = size; i-- > 0;)
        value = value << 8 | bytes[i];
    return value;
}

/* The records of an archive; none if its headers do not say their sizes. */
static size_t read_records(record *records, const uint8_t *data, size_t size)
{
    size_t n = 0, at = 0;
    while (n < MAX_RECORDS && size - at >= 30 && memcmp(data + at, "PK\3\4", 4) == 0) {
        const size_t n_name = number(data + at + 26, 2), n_data = number(data + at + 22, 4);
        const size_t begin = at + 30 + n_name + number(data + at + 28, 2);
        if (n_name >= sizeof records->name || begin > size || n_data > size - begin)
            break;
        records[n] = (record){.data = data + begin, .size = n_data};
        memcpy(records[n++].name, data + at + 30, n_name);
        at = begin + n_data;
    }
    return size - at >= 4 && memcmp(data + at, "PK\1\2", 4) == 0 ? n : 0;
}

/* The record that changes is most often the pickle; sizes and checksums follow. */
static size_t choose(const record *records, size_t n, unsigned seed)
{
    if (seed % 8 != 0)
        for (size_t i = 0; i < n; i++)
            if (strstr(records[i].name, "data.pkl"))
                return i;
    return seed / 8 % n;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    record records[MAX_RECORDS];
    const size_t n = read_records(records, data, size);
    if (n == 0 || seed % 16 == 1)
        return LLVMFuzzerMutate(data, size, max_size);
    const size_t changed = choose(records, n, seed / 16);
    const size_t room = max_size > size ? max_size - size : 0;
    uint8_t *bytes = malloc(records[changed].size + room + 1);
    fuzz_check(bytes != NULL, "there is memory");
    if (records[changed].size > 0)
        memcpy(bytes, records[changed].data, records[changed].size);
    const size_t n_bytes =
        LLVMFuzzerMutate(bytes, records[changed].size, records[changed].size + room + 1);
    pth_zip zip = {.wide = seed % 3 == 0};
    for (size_t i = 0; i < n; i++)
        pth_zip_add(&zip, records[i].name, i == changed ? bytes : records[i].data,
                    i == changed ? n_bytes : records[i].size);
    pth_zip_end(&zip);
    if (zip.file.size <= max_size) {
        memcpy(data, zip.file.data, zip.file.size);
        size = zip.file.size;
    }
    free(zip.file.data);
    free(bytes);
    return size;
}
