#include "support.h"

#include "kernels/denormals.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define N_RESULTS 8
#define PATH_SIZE 4096
#define N_DESCRIPTORS 256

/* Results of path functions live in a ring, so that a few can be used side by side. */
static char *next_result(void)
{
    static char results[N_RESULTS][PATH_SIZE];
    static atomic_uint next;
    return results[atomic_fetch_add(&next, 1) % N_RESULTS];
}

const char *support_shared(const char *name)
{
    const char *root = getenv("SNNFE_SHARED");
    char *path = next_result();
    snprintf(path, PATH_SIZE, "%s/%s", root && *root ? root : SNNFE_SOURCE_ROOT "/../shared", name);
    return path;
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

bool support_have_shared(void)
{
    if (access(support_shared("golden"), R_OK) == 0)
        return true;
    printf("skipped: reference material not found at %s (set SNNFE_SHARED)\n", support_shared(""));
    /* Tests run in processes of their own: a file tells support_run. */
    FILE *mark = fopen(support_path("skipped"), "w");
    if (mark)
        fclose(mark);
    return false;
}

void support_write(const char *path, const void *content, size_t size)
{
    FILE *file = fopen(path, "wb");
    ck_assert_msg(file != NULL, "cannot write %s", path);
    ck_assert_uint_eq(fwrite(content, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
}

void *support_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot read %s", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    const size_t n = (size_t)ftell(file);
    rewind(file);
    char *content = calloc(n + 1, 1);
    ck_assert_ptr_nonnull(content);
    ck_assert_uint_eq(fread(content, 1, n, file), n);
    fclose(file);
    if (size)
        *size = n;
    return content;
}

size_t support_count_files(const char *path)
{
    size_t n = 0;
    DIR *dir = opendir(path);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir))
        n += e->d_name[0] != '.';
    if (dir)
        closedir(dir);
    return n;
}

/* What proc_pid_stat(5) says of a thread of this process; false if there is no such thread (any
 * more). */
static bool look_at_thread(const char *thread, char *thread_state, unsigned *flags)
{
    char path[300], text[1024];
    snprintf(path, sizeof path, "/proc/self/task/%s/stat", thread);
    FILE *file = fopen(path, "r");
    if (!file)
        return false;
    const size_t n = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[n] = '\0';
    const char *rest = strrchr(text, ')'); /* the name before it may hold anything */
    return rest && sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %u", thread_state, flags) == 2;
}

bool support_thread_sleeps(int thread)
{
    char name[16], thread_state;
    unsigned flags;
    snprintf(name, sizeof name, "%d", thread);
    return look_at_thread(name, &thread_state, &flags) && thread_state == 'S';
}

/* Whether a thread is on its way out: the kernel wakes who joins it before it takes it from the
 * list. */
static bool is_ending(const char *thread)
{
    const unsigned exiting = 4; /* PF_EXITING */
    char thread_state;
    unsigned flags;
    return !look_at_thread(thread, &thread_state, &flags) || (flags & exiting);
}

/* How many threads the process has, and whether one of them is ending: then the list may lack
 * others. */
static size_t look_at_threads(bool *one_is_ending)
{
    size_t n = 0;
    *one_is_ending = false;
    DIR *dir = opendir("/proc/self/task");
    for (struct dirent *e = dir ? readdir(dir) : NULL; e; e = readdir(dir)) {
        if (e->d_name[0] == '.')
            continue;
        *one_is_ending = *one_is_ending || is_ending(e->d_name);
        n++;
    }
    if (dir)
        closedir(dir);
    return n;
}

size_t support_count_threads(void)
{
    bool one_is_ending;
    size_t n = look_at_threads(&one_is_ending);
    while (one_is_ending) {
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        n = look_at_threads(&one_is_ending);
    }
    return n;
}

bool support_keeps_denormals(void)
{
#if defined(SNNFE_FLUSH)
    const char *preloaded = getenv("LD_PRELOAD");
    return preloaded && strstr(preloaded, "vgpreload");
#else
    return true;
#endif
}

static struct rlimit usual_limit;

void support_fill_disk(size_t free_bytes)
{
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &usual_limit), 0);
    const struct rlimit limit = {free_bytes, usual_limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

void support_empty_disk(void)
{
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &usual_limit), 0);
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

uint64_t support_next(uint64_t *random)
{
    uint64_t z = *random += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* The first descriptor that is open and was not, or the other way around; -1 if there is none. */
static int changed_descriptor(bool before[N_DESCRIPTORS])
{
    for (int fd = 0; fd < N_DESCRIPTORS; fd++)
        if ((fcntl(fd, F_GETFD) >= 0) != before[fd])
            return fd;
    return -1;
}

int support_run(Suite *suite)
{
    bool open_before[N_DESCRIPTORS];
    for (int fd = 0; fd < N_DESCRIPTORS; fd++)
        open_before[fd] = fcntl(fd, F_GETFD) >= 0;
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
    /* Tests within this process (CK_FORK=no) have released all that they were given, and closed
       what they opened. */
    if (snnfe_set_allocator(NULL) != SNNFE_OK) {
        printf("at the end: %s\n", snnfe_last_error());
        return EXIT_FAILURE;
    }
    const int changed = changed_descriptor(open_before);
    if (changed >= 0) {
        printf("at the end: descriptor %d is not as it was, open or closed\n", changed);
        return EXIT_FAILURE;
    }
    return access(support_path("skipped"), F_OK) == 0 ? 77 : EXIT_SUCCESS;
}
