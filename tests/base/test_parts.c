/* Systems that read and write in parts, are interrupted, and fail in between: read(), pread(),
   write(), fsync(), memfd_create() and access() of the library are these here (--wrap). */
#include "base/file.h"
#include "base/memory.h"
#include "base/tensors.h"
#include "edf_file.h"
#include "pth_file.h"
#include "recording/edf_samples.h"
#include "small.h"
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { N = 1000 };

/* What the system does: all at once unless `most` > 0. */
static struct {
    size_t most;  /* bytes that a call moves */
    size_t calls; /* every third one is interrupted */
    size_t left;  /* bytes until it fails with `error`, or ends if that is 0 */
    int error;
} play;

static void begin(size_t most, size_t left, int error)
{
    play.most = most;
    play.calls = 0;
    play.left = left;
    play.error = error;
}

/* How many bytes a call moves, or -1 for none and errno. */
static ssize_t allowed(size_t n)
{
    if (play.most == 0)
        return (ssize_t)n;
    if (play.calls++ % 3 == 1) {
        errno = EINTR;
        return -1;
    }
    if (play.left == 0 && play.error != 0) {
        errno = play.error;
        return -1;
    }
    const size_t most = play.most < play.left ? play.most : play.left;
    n = n < most ? n : most;
    play.left -= n;
    return (ssize_t)n;
}

ssize_t __wrap_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n)
{
    const ssize_t part = allowed(n);
    return part <= 0 ? part : syscall(SYS_read, fd, bytes, (size_t)part);
}

ssize_t __wrap_pread(int fd, void *bytes, size_t n, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t n, off_t offset)
{
    const ssize_t part = allowed(n);
    return part <= 0 ? part : syscall(SYS_pread64, fd, bytes, (size_t)part, offset);
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t n, off_t offset);
ssize_t __wrap_pread64(int fd, void *bytes, size_t n, off_t offset)
{
    return __wrap_pread(fd, bytes, n, offset);
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
    const ssize_t part = allowed(n);
    return part <= 0 ? part : syscall(SYS_write, fd, bytes, (size_t)part);
}

/* Of fsync() the call that fails, counted down, and how. */
static int fails_at, fails_with;

int __wrap_fsync(int fd);
int __wrap_fsync(int fd)
{
    if (fails_at == 0 || --fails_at > 0)
        return (int)syscall(SYS_fsync, fd);
    errno = fails_with;
    return -1;
}

static bool in_memory = true; /* files can be made there */
static bool in_proc = true;   /* and have names */

int __wrap_memfd_create(const char *name, unsigned flags);
int __wrap_memfd_create(const char *name, unsigned flags)
{
    if (in_memory)
        return (int)syscall(SYS_memfd_create, name, flags);
    errno = ENOSYS;
    return -1;
}

int __wrap_access(const char *path, int mode);
int __wrap_access(const char *path, int mode)
{
    if (in_proc)
        return faccessat(AT_FDCWD, path, mode, 0);
    errno = ENOENT;
    return -1;
}

static void end(void)
{
    begin(0, 0, 0);
}

static const size_t parts[] = {1, 7, 333, N - 1, N, 4 * N};
enum { N_PARTS = sizeof parts / sizeof parts[0] };

static void fill(uint8_t bytes[N])
{
    for (size_t i = 0; i < N; i++)
        bytes[i] = (uint8_t)(i * 2654435761U >> 13);
}

START_TEST(files_are_put_together)
{
    uint8_t bytes[N], *back = NULL, first[10];
    const char *path = support_path("file");
    size_t size = 0;
    fill(bytes);
    begin(parts[_i], SIZE_MAX, 0);
    assert_ok(snnfe_file_write(path, bytes, N));
    begin(parts[_i], SIZE_MAX, 0);
    assert_ok(snnfe_file_read(&back, path, N, &size));
    ck_assert_uint_eq(size, N);
    ck_assert_mem_eq(back, bytes, N);
    snnfe_release(back);
    size = sizeof first;
    begin(parts[_i], SIZE_MAX, 0);
    assert_ok(snnfe_file_beginning(path, first, &size));
    ck_assert_uint_eq(size, sizeof first);
    ck_assert_mem_eq(first, bytes, sizeof first);
    end();
    back = support_read(path, &size);
    ck_assert_uint_eq(size, N);
    ck_assert_mem_eq(back, bytes, N);
    free(back);
}
END_TEST

START_TEST(failures_in_between_are_told)
{
    uint8_t bytes[N], *back = NULL;
    const char *path = support_path("failing");
    size_t size = 0;
    fill(bytes);
    assert_ok(snnfe_file_write(path, bytes, N));
    begin(7, 20, 0);
    assert_fails(snnfe_file_read(&back, path, N, &size), SNNFE_ERR_IO,
                 "failing: ended after 20 of 1000 bytes");
    begin(7, 20, EIO);
    assert_fails(snnfe_file_read(&back, path, N, &size), SNNFE_ERR_IO,
                 "failing: cannot read: Input/output error");
    ck_assert_ptr_null(back);
    begin(7, 20, ENOSPC);
    assert_ok(snnfe_file_write(path, "short", 5));
    begin(7, 20, ENOSPC);
    assert_fails(snnfe_file_write(path, bytes, N), SNNFE_ERR_IO,
                 "failing: cannot write: No space left on device");
    end();
    assert_ok(snnfe_file_read(&back, path, N, &size)); /* the old file is whole */
    ck_assert_uint_eq(size, 5);
    ck_assert_mem_eq(back, "short", 5);
    snnfe_release(back);
}
END_TEST

/* Files that cannot be synced, such as pipes, are written without an error; a disk that fails gives
   one. Each case runs twice, the second time with standard input closed, where the folder is
   descriptor 0. */
START_TEST(what_is_not_on_disk_is_told)
{
    static const struct {
        bool in_place;
        int call, error;
        const char *words; /* NULL: it succeeds */
    } cases[] = {
        {false, 1, EIO, "cannot write"},
        {false, 1, EINVAL, "cannot write"},
        {false, 2, EIO, "cannot sync the folder of"},
        {false, 2, EINVAL, NULL},
        {false, 2, EROFS, NULL},
        {false, 2, ENOTSUP, NULL},
        {true, 1, EIO, "cannot write"},
        {true, 1, EINVAL, NULL},
    };
    const int standard = dup(STDIN_FILENO);
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        const char *path = cases[i / 2].in_place ? "/dev/null" : support_path("synced");
        if (i % 2 == 0)
            close(STDIN_FILENO);
        fails_at = cases[i / 2].call;
        fails_with = cases[i / 2].error;
        const snnfe_status status = snnfe_file_write(path, "new", 3);
        const bool open = fcntl(STDIN_FILENO, F_GETFD) >= 0;
        ck_assert_int_eq(fails_at, 0);
        ck_assert_int_eq(dup2(standard, STDIN_FILENO), STDIN_FILENO);
        ck_assert(open == (i % 2 == 1));
        if (cases[i / 2].words)
            assert_fails(status, SNNFE_ERR_IO, cases[i / 2].words);
        else
            assert_ok(status);
    }
    close(standard);
}
END_TEST

START_TEST(tensors_are_put_together)
{
    const char *path = support_path("tensors");
    const uint64_t shape = N;
    float values[N], back[N] = {0};
    snnfe_tensor_list *list = NULL;
    snnfe_tensors *file = NULL;
    for (int i = 0; i < N; i++)
        values[i] = (float)i / 7;
    assert_ok(snnfe_tensor_list_create(&list));
    assert_ok(snnfe_tensor_list_add(list, "a", SNNFE_F32, 1, &shape, values));
    begin(parts[_i], SIZE_MAX, 0);
    assert_ok(snnfe_tensor_list_save(list, path));
    begin(parts[_i], SIZE_MAX, 0);
    assert_ok(snnfe_tensors_open(&file, path));
    assert_ok(snnfe_tensors_read(file, "a", SNNFE_F32, 1, &shape, false, back));
    ck_assert_mem_eq(back, values, sizeof values);
    size_t size = 0;
    char words[64];
    free(support_read(path, &size));
    snprintf(words, sizeof words, "tensors: file ends at byte %zu", size - sizeof values + 100);
    begin(parts[_i], 100, 0);
    assert_fails(snnfe_tensors_read(file, "a", SNNFE_F32, 1, &shape, false, back), SNNFE_ERR_FORMAT,
                 words);
    begin(parts[_i], 100, EIO);
    assert_fails(snnfe_tensors_read(file, "a", SNNFE_F32, 1, &shape, false, back), SNNFE_ERR_IO,
                 "tensors: cannot read: Input/output error");
    end();
    snnfe_tensors_close(file);
    snnfe_tensor_list_free(list);
}
END_TEST

/* Reading fails, or the file ends, after each number of bytes: told, and nothing is made. */
START_TEST(checkpoints_of_pytorch_fail_anywhere)
{
    const char *path = support_path("network.pth");
    snnfe_network *network = small_network(), *loaded = NULL;
    snnfe_status status = SNNFE_ERR_IO;
    size_t left = 0;
    pth_write_network(path, network, &(pth_options){.wide = true});
    for (; status != SNNFE_OK; left += 29) {
        begin(N, left, _i == 0 ? EIO : 0);
        status = snnfe_network_load(&loaded, path);
        end();
        if (status == SNNFE_OK)
            break;
        ck_assert_ptr_null(loaded);
        ck_assert_msg(strstr(snnfe_last_error(), _i == 0 ? "Input/output error" : "ende") ||
                          strstr(snnfe_last_error(), "ends at byte"),
                      "%s", snnfe_last_error());
    }
    ck_assert_uint_gt(left, 2000);
    snnfe_network_free(loaded);
    snnfe_network_free(network);
}
END_TEST

/* EDFlib's copy is whole to the last byte. */
START_TEST(copies_for_edflib_are_whole)
{
    static const snnfe_edf_selection chosen = {.n = 1, .signals = {1}};
    snnfe_text notes = {0};
    edf_spec spec = edf_usual;
    size_t size = 0;
    spec.n_channels = 2;
    spec.kind = "";
    spec.n_records = 3;
    uint8_t *content = edf_make(&spec, &size);
    snnfe_edf_file file = {.path = "a.edf", .content = content, .size = size, .notes = &notes};
    assert_ok(snnfe_edf_header_read(&file));
    for (size_t most = 1; most < 64; most++) {
        snnfe_edf_samples *samples = NULL;
        const int *digital = NULL;
        size_t n_beyond = 0;
        begin(most, SIZE_MAX, 0);
        assert_ok(snnfe_edf_samples_open(&samples, &file, &chosen));
        end();
        assert_ok(snnfe_edf_samples_read(samples, 2, 0, &digital, &n_beyond));
        for (size_t t = 0; t < 160; t++)
            ck_assert_int_eq(digital[t], spec.sample(1, 320 + t));
        snnfe_edf_samples_close(samples);
    }
    /* In a temporary file, too, even as descriptor 0, and then it is gone. */
    const int standard = dup(STDIN_FILENO);
    for (int way = 0; way < 4; way++) {
        const bool first = way % 2 == 0;
        const size_t n_files = support_count_files(support_folder());
        snnfe_edf_samples *samples = NULL;
        in_memory = way >= 2;
        in_proc = !in_memory;
        ck_assert_int_eq(setenv("TMPDIR", support_folder(), 1), 0);
        if (first)
            close(STDIN_FILENO);
        assert_ok(snnfe_edf_samples_open(&samples, &file, &chosen));
        ck_assert_uint_eq(support_count_files(support_folder()), n_files + 1);
        ck_assert(fcntl(STDIN_FILENO, F_GETFD) >= 0);
        snnfe_edf_samples_close(samples);
        ck_assert(!first || fcntl(STDIN_FILENO, F_GETFD) < 0);
        ck_assert_uint_eq(support_count_files(support_folder()), n_files);
        ck_assert_int_eq(dup2(standard, STDIN_FILENO), STDIN_FILENO);
        in_memory = in_proc = true;
    }
    close(standard);
    /* Without a folder for temporary files it lies in the usual one. */
    for (int way = 0; way < 2; way++) {
        const size_t n_files = support_count_files("/");
        snnfe_edf_samples *samples = NULL;
        in_memory = false;
        ck_assert_int_eq(way == 0 ? unsetenv("TMPDIR") : setenv("TMPDIR", "", 1), 0);
        assert_ok(snnfe_edf_samples_open(&samples, &file, &chosen));
        ck_assert_uint_eq(support_count_files("/"), n_files);
        snnfe_edf_samples_close(samples);
        in_memory = true;
    }
    snnfe_edf_samples *samples = NULL;
    begin(100, 300, ENOSPC);
    assert_fails(snnfe_edf_samples_open(&samples, &file, &chosen), SNNFE_ERR_IO,
                 "a.edf: cannot copy for reading: No space left on device");
    end();
    snnfe_edf_header_release(&file);
    snnfe_text_release(&notes);
    free(content);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parts");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, NULL, end);
    tcase_add_loop_test(all, files_are_put_together, 0, N_PARTS);
    tcase_add_test(all, failures_in_between_are_told);
    tcase_add_test(all, what_is_not_on_disk_is_told);
    tcase_add_loop_test(all, tensors_are_put_together, 0, N_PARTS);
    tcase_add_loop_test(all, checkpoints_of_pytorch_fail_anywhere, 0, 2);
    tcase_add_test(all, copies_for_edflib_are_whole);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
