#include "support.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define N_RESULTS 8
#define PATH_SIZE 4096

static bool skipped;

/* Results of path functions live in a ring, so that a few can be used side by side. */
static char *next_result(void)
{
    static char results[N_RESULTS][PATH_SIZE];
    static unsigned next;
    return results[next++ % N_RESULTS];
}

const char *support_shared(const char *name)
{
    const char *root = getenv("SNNFE_SHARED");
    char *path = next_result();
    snprintf(path, PATH_SIZE, "%s/%s", root && *root ? root : SNNFE_SOURCE_ROOT "/../shared", name);
    return path;
}

bool support_have_shared(void)
{
    if (access(support_shared("golden"), R_OK) == 0)
        return true;
    printf("skipped: reference material not found at %s (set SNNFE_SHARED)\n", support_shared(""));
    skipped = true;
    return false;
}

static char folder[PATH_SIZE];
static pid_t folder_owner;

static void remove_tree(const char *path)
{
    struct stat info;
    if (lstat(path, &info) != 0)
        return;
    if (S_ISDIR(info.st_mode)) {
        chmod(path, 0700);
        DIR *dir = opendir(path);
        for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
            if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
                continue;
            char child[PATH_SIZE + 260];
            snprintf(child, sizeof child, "%s/%s", path, e->d_name);
            remove_tree(child);
        }
        if (dir)
            closedir(dir);
    }
    remove(path);
}

static void remove_folder(void)
{
    if (getpid() == folder_owner)
        remove_tree(folder);
}

const char *support_folder(void)
{
    if (folder[0])
        return folder;
    const char *root = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/snnfe-test-XXXXXX", root && *root ? root : "/tmp");
    if (!mkdtemp(folder)) {
        perror(folder);
        exit(2);
    }
    folder_owner = getpid();
    atexit(remove_folder);
    return folder;
}

const char *support_path(const char *name)
{
    char *path = next_result();
    snprintf(path, PATH_SIZE, "%.3000s/%s", support_folder(), name);
    return path;
}

static const char *program;

void support_set_program(const char *path)
{
    program = path;
}

const char *support_program(void)
{
    return program;
}

uint64_t support_seed(void)
{
    const char *text = getenv("SNNFE_TEST_SEED");
    return text && *text ? strtoull(text, NULL, 10) : 20260501;
}

int support_run(Suite *suite)
{
    /* The folder is made here so that forked tests share it and only this process removes it. */
    support_folder();
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    if (failed > 0)
        printf("random tests used SNNFE_TEST_SEED=%llu\n", (unsigned long long)support_seed());
    if (failed > 0)
        return EXIT_FAILURE;
    return skipped || !support_have_shared() ? 77 : EXIT_SUCCESS;
}
