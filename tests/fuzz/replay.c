/* Drives a fuzz target without libFuzzer: replay [-n MUTATIONS] FILE-OR-FOLDER… runs every file,
   then so many seeded mutations of it. The seed is $SNNFE_TEST_SEED or a fixed one. */
#include "fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_SIZE ((size_t)1 << 20)

static uint64_t state;

static uint64_t draw(uint64_t below)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (state >> 33) % below;
}

static size_t change_byte(uint8_t *data, size_t size)
{
    static const char usual[] = "0123456789-+.eE \"{}[],:\t\n";
    data[draw(size)] = draw(2) ? (uint8_t)draw(256) : (uint8_t)usual[draw(sizeof usual)];
    return size;
}

static size_t remove_bytes(uint8_t *data, size_t size)
{
    const size_t at = (size_t)draw(size), n = 1 + (size_t)draw(size - at < 9 ? size - at : 9);
    memmove(data + at, data + at + n, size - at - n);
    return size - n;
}

static size_t repeat_bytes(uint8_t *data, size_t size, size_t max_size)
{
    const size_t at = (size_t)draw(size), n = 1 + (size_t)draw(size - at < 40 ? size - at : 40);
    if (size + n > max_size)
        return size;
    memmove(data + at + n, data + at, size - at);
    return size + n;
}

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size)
{
    for (uint64_t changes = 1 + draw(4); changes > 0 && size > 0; changes--) {
        const uint64_t kind = draw(6);
        size = kind == 0   ? remove_bytes(data, size)
               : kind == 1 ? repeat_bytes(data, size, max_size)
                           : change_byte(data, size);
    }
    return size;
}

/* Targets without a mutator of their own get the plain one. */
__attribute__((weak)) size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                                                     unsigned seed)
{
    (void)seed;
    return LLVMFuzzerMutate(data, size, max_size);
}

static size_t runs;

static void run_file(const char *path, long mutations)
{
    uint8_t *original = malloc(MAX_SIZE), *data = malloc(MAX_SIZE);
    FILE *file = fopen(path, "rb");
    fuzz_check(file && original && data, path);
    const size_t size = fread(original, 1, MAX_SIZE, file);
    fclose(file);
    LLVMFuzzerTestOneInput(original, size);
    runs++;
    for (long i = 0; i < mutations; i++, runs++) {
        memcpy(data, original, size);
        const size_t n = LLVMFuzzerCustomMutator(data, size, MAX_SIZE, (unsigned)draw(1u << 30));
        LLVMFuzzerTestOneInput(data, n);
    }
    free(original);
    free(data);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void run_path(const char *path, long mutations)
{
    struct stat info;
    fuzz_check(stat(path, &info) == 0, path);
    if (!S_ISDIR(info.st_mode)) {
        run_file(path, mutations);
        return;
    }
    struct dirent **entries = NULL;
    const int n = scandir(path, &entries, NULL, by_name);
    for (int i = 0; i < n; i++) {
        char child[4096];
        snprintf(child, sizeof child, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            run_file(child, mutations);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    const char *seed = getenv("SNNFE_TEST_SEED");
    state = seed && *seed ? strtoull(seed, NULL, 10) : 20260501;
    int first = 1;
    long mutations = 0;
    if (argc > 2 && strcmp(argv[1], "-n") == 0) {
        mutations = strtol(argv[2], NULL, 10);
        first = 3;
    }
    for (int i = first; i < argc; i++)
        run_path(argv[i], mutations);
    printf("%zu inputs\n", runs);
    return runs > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
