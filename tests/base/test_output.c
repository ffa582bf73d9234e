/* Paths that are more than the name of a plain file. */
#include "base/file.h"
#include "support.h"
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static void assert_content(const char *path, const char *expected)
{
    size_t size = 0;
    char *content = support_read(path, &size);
    ck_assert_msg(size == strlen(expected) && memcmp(content, expected, size) == 0,
                  "%s: \"%s\", not \"%s\"", path, content, expected);
    free(content);
}

static mode_t mode_of(const char *path)
{
    struct stat info;
    ck_assert_int_eq(lstat(path, &info), 0);
    return info.st_mode;
}

static void fresh_folder(const char *name)
{
    assert_ok(snnfe_folder_create(support_path(name)));
}

/* In the folder of this name. */
static size_t count(const char *name)
{
    return support_count_files(support_path(name));
}

static void save(const char *path)
{
    assert_ok(snnfe_file_write(path, "new", 3));
}

START_TEST(links_stay)
{
    fresh_folder("links");
    support_write(support_path("links/target"), "old", 3);
    fresh_folder("links/sub");
    /* To an absolute path, to a relative one, and through another folder's link. */
    ck_assert_int_eq(symlink(support_path("links/target"), support_path("links/absolute")), 0);
    ck_assert_int_eq(symlink("target", support_path("links/relative")), 0);
    ck_assert_int_eq(symlink("../absolute", support_path("links/sub/chain")), 0);
    ck_assert_int_eq(symlink("sub", support_path("links/way")), 0);
    static const char *const names[] = {"links/absolute", "links/relative", "links/sub/chain",
                                        "links/way/chain"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        support_write(support_path("links/target"), "old", 3);
        save(support_path(names[i]));
        ck_assert(S_ISLNK(mode_of(support_path(names[i]))));
        assert_content(support_path("links/target"), "new");
    }
    ck_assert_uint_eq(count("links"), 5);
    ck_assert_uint_eq(count("links/sub"), 1);
}
END_TEST

START_TEST(links_to_nothing)
{
    fresh_folder("dangling");
    ck_assert_int_eq(symlink("later", support_path("dangling/link")), 0);
    save(support_path("dangling/link"));
    ck_assert(S_ISLNK(mode_of(support_path("dangling/link"))));
    assert_content(support_path("dangling/later"), "new");
    ck_assert_int_eq(symlink("no/such/folder", support_path("dangling/lost")), 0);
    assert_fails(snnfe_file_write(support_path("dangling/lost"), "x", 1), SNNFE_ERR_IO, "lost");
    ck_assert_int_eq(symlink("loop", support_path("dangling/loop")), 0);
    assert_fails(snnfe_file_write(support_path("dangling/loop"), "x", 1), SNNFE_ERR_IO, "loop");
    ck_assert_uint_eq(count("dangling"), 4);
}
END_TEST

/* A link's target is whole until the new one is. */
START_TEST(links_are_atomic)
{
    fresh_folder("atomic");
    support_write(support_path("atomic/target"), "old", 3);
    ck_assert_int_eq(symlink("target", support_path("atomic/link")), 0);
    snnfe_writer *writer = NULL;
    assert_ok(snnfe_writer_open(&writer, support_path("atomic/link")));
    assert_ok(snnfe_writer_write(writer, "new", 3));
    assert_content(support_path("atomic/target"), "old");
    snnfe_writer_abort(writer);
    assert_content(support_path("atomic/target"), "old");
    ck_assert_uint_eq(count("atomic"), 2);
}
END_TEST

START_TEST(modes_are_kept)
{
    static const mode_t modes[] = {0600, 0640, 0644, 0660, 0666, 0755, 0700};
    fresh_folder("modes");
    const char *path = support_path("modes/file");
    const mode_t before = umask(022);
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        support_write(path, "old", 3);
        ck_assert_int_eq(chmod(path, modes[i]), 0);
        save(path);
        ck_assert_uint_eq(mode_of(path) & 07777, modes[i]);
    }
    static const mode_t masks[] = {022, 077, 0, 027};
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        unlink(path);
        umask(masks[i]);
        save(path);
        ck_assert_uint_eq(mode_of(path) & 07777, 0666 & ~masks[i]);
    }
    /* Nobody reads a private file's successor while it is written. */
    snnfe_writer *writer = NULL;
    umask(0);
    ck_assert_int_eq(chmod(path, 0600), 0);
    assert_ok(snnfe_writer_open(&writer, path));
    ck_assert_uint_eq(mode_of(snnfe_writer_temporary_path(writer)) & 077, 0);
    snnfe_writer_abort(writer);
    umask(before);
}
END_TEST

/* Only the super-user may give files away. */
START_TEST(owner_is_kept)
{
    if (geteuid() != 0)
        return;
    fresh_folder("owner");
    const char *path = support_path("owner/file");
    support_write(path, "old", 3);
    ck_assert_int_eq(chown(path, 1234, 4321), 0);
    ck_assert_int_eq(chmod(path, 0640), 0);
    save(path);
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_uid, 1234);
    ck_assert_uint_eq(info.st_gid, 4321);
    ck_assert_uint_eq(info.st_mode & 07777, 0640);
}
END_TEST

/* As the user and group 65534 ("nobody"), whom these files are not of, or as before. */
static void become_nobody(bool nobody)
{
    ck_assert_int_eq(nobody ? setegid(65534) : seteuid(0), 0);
    ck_assert_int_eq(nobody ? seteuid(65534) : setegid(0), 0);
}

/* Another user's file keeps its mode, but a group that cannot be kept hands nothing on. Files,
   pipes and devices of others are refused, by trying too. */
START_TEST(unwritable_files_are_refused)
{
    static const char *const names[] = {"guarded/file", "guarded/fifo", "guarded/null"};
    if (geteuid() != 0)
        return;
    fresh_folder("guarded");
    support_write(support_path(names[0]), "old", 3);
    ck_assert_int_eq(mkfifo(support_path(names[1]), 0600), 0);
    const bool device = mknod(support_path(names[2]), S_IFCHR | 0600, makedev(1, 3)) == 0;
    ck_assert_int_eq(chmod(support_path("guarded"), 0777), 0);
    ck_assert_int_eq(chmod(support_path(names[0]), 0644), 0);
    support_write(support_path("guarded/group"), "old", 3);
    ck_assert_int_eq(chmod(support_path("guarded/group"), 0666), 0);
    ck_assert_int_eq(chown(support_path("guarded/group"), 1234, 4321), 0);
    chmod(support_folder(), 0755);
    become_nobody(true);
    for (int i = 0; i < 2 + device; i++) {
        assert_fails(snnfe_file_write(support_path(names[i]), "new", 3), SNNFE_ERR_IO,
                     "Permission denied");
        assert_fails(snnfe_writer_try(support_path(names[i])), SNNFE_ERR_IO, "Permission denied");
    }
    const snnfe_status status = snnfe_file_write(support_path("guarded/group"), "new", 3);
    become_nobody(false);
    assert_ok(status);
    assert_content(support_path(names[0]), "old");
    assert_content(support_path("guarded/group"), "new");
    ck_assert_uint_eq(mode_of(support_path("guarded/group")) & 0777, 0666);
    ck_assert_uint_eq(count("guarded"), 3 + device);
}
END_TEST

static void *read_pipe(void *path)
{
    FILE *file = fopen(path, "r");
    char *content = calloc(1, 100);
    if (file && fread(content, 1, 99, file) > 0)
        fclose(file);
    return content;
}

START_TEST(pipes_are_written_in_place)
{
    char path[4096];
    fresh_folder("pipe");
    snprintf(path, sizeof path, "%s", support_path("pipe/fifo"));
    pthread_t reader;
    void *content = NULL;
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(symlink("fifo", support_path("pipe/link")), 0);
    /* Nobody reads yet: trying must not wait. */
    assert_ok(snnfe_writer_try(path));
    assert_fails(snnfe_file_write(path, "x", 1), SNNFE_ERR_IO, "nobody reads");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_create(&reader, NULL, read_pipe, path), 0);
        save(i ? support_path("pipe/link") : path);
        pthread_join(reader, &content);
        ck_assert_str_eq(content, "new");
        free(content);
        ck_assert(S_ISFIFO(mode_of(path)));
    }
    ck_assert(S_ISLNK(mode_of(support_path("pipe/link"))));
    ck_assert_uint_eq(count("pipe"), 2);
}
END_TEST

/* A pipe takes a part at a time where signals come in between: all of it arrives, in order. */
enum { LONG = 3000000 };

static void *read_slowly(void *path)
{
    FILE *file = fopen(path, "r");
    unsigned char *content = calloc(1, LONG);
    size_t n = 0;
    for (size_t got = 1; file && got > 0; n += got) {
        usleep(100);
        got = fread(content + n, 1, LONG - n < 50000 ? LONG - n : 50000, file);
    }
    if (file)
        fclose(file);
    return content;
}

static void interrupted(int signal)
{
    (void)signal;
}

START_TEST(parts_are_put_together)
{
    const struct sigaction action = {.sa_handler = interrupted}; /* system calls do not go on */
    const struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
    struct sigaction before;
    char path[4096];
    fresh_folder("parts");
    snprintf(path, sizeof path, "%s", support_path("parts/fifo"));
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    unsigned char *sent = malloc(LONG);
    for (size_t i = 0; i < LONG; i++)
        sent[i] = (unsigned char)(i * 2654435761U >> 13);
    /* Signals come to this thread only. */
    sigset_t alarm;
    sigemptyset(&alarm);
    sigaddset(&alarm, SIGALRM);
    pthread_sigmask(SIG_BLOCK, &alarm, NULL);
    pthread_t reader;
    void *content = NULL;
    ck_assert_int_eq(pthread_create(&reader, NULL, read_slowly, path), 0);
    pthread_sigmask(SIG_UNBLOCK, &alarm, NULL);
    snnfe_writer *writer = NULL;
    assert_ok(snnfe_writer_open(&writer, path));
    ck_assert_int_eq(sigaction(SIGALRM, &action, &before), 0);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
    const snnfe_status status = snnfe_writer_write(writer, sent, LONG);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
    ck_assert_int_eq(sigaction(SIGALRM, &before, NULL), 0);
    assert_ok(status);
    assert_ok(snnfe_writer_commit(writer));
    pthread_join(reader, &content);
    ck_assert_mem_eq(content, sent, LONG);
    free(content);
    free(sent);
}
END_TEST

START_TEST(devices_stay)
{
    save("/dev/null");
    ck_assert(S_ISCHR(mode_of("/dev/null")));
    fresh_folder("device");
    ck_assert_int_eq(symlink("/dev/full", support_path("device/full")), 0);
    assert_fails(snnfe_file_write(support_path("device/full"), "x", 1), SNNFE_ERR_IO,
                 "No space left");
    ck_assert(S_ISCHR(mode_of("/dev/full")));
    const char *node = support_path("device/node");
    if (mknod(node, S_IFCHR | 0666, makedev(1, 3)) == 0) {
        save(node);
        ck_assert(S_ISCHR(mode_of(node)));
    }
}
END_TEST

/* Standard output that goes to a file: what was printed before and comes after stays. */
START_TEST(own_descriptors)
{
    static const char *const names[] = {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1",
                                        "/dev/stderr", "/dev/fd/0", NULL};
    static const int descriptors[] = {1, 1, 1, 2, 0, 1};
    fresh_folder("own");
    ck_assert_int_eq(symlink("/dev/stdout", support_path("own/link")), 0);
    char path[4096];
    snprintf(path, sizeof path, "%s", support_path("own/printed"));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const int own = descriptors[i];
        const char *name = names[i] ? names[i] : support_path("own/link");
        support_write(path, "a longer old text", 17);
        fflush(NULL);
        const pid_t child = fork();
        if (child == 0) {
            const int fd = open(path, O_WRONLY | O_TRUNC);
            if (dup2(fd, own) != own || write(own, "one,", 4) != 4 ||
                snnfe_file_write(name, "new", 3) != SNNFE_OK || write(own, ",two", 4) != 4)
                _exit(1);
            _exit(0);
        }
        int result = 0;
        ck_assert_int_eq(waitpid(child, &result, 0), child);
        ck_assert_msg(result == 0, "%s", name);
        assert_content(path, "one,new,two");
    }
}
END_TEST

START_TEST(names_of_every_length)
{
    char path[4200];
    fresh_folder("names");
    for (size_t length = 1; length <= 255; length += length < 90 || length > 245 ? 1 : 10) {
        const int n = snprintf(path, sizeof path, "%s/", support_path("names"));
        memset(path + n, 'x', length);
        path[(size_t)n + length] = '\0';
        save(path);
        assert_content(path, "new");
        ck_assert_int_eq(unlink(path), 0);
    }
    ck_assert_uint_eq(count("names"), 0);
}
END_TEST

/* What lies under the name that a temporary file could have is not touched. */
START_TEST(temporary_names_are_fresh)
{
    char names[8][4096];
    fresh_folder("fresh");
    for (size_t i = 0; i < 8; i++) {
        snnfe_writer *writer = NULL;
        assert_ok(snnfe_writer_open(&writer, support_path("fresh/file")));
        snprintf(names[i], sizeof names[i], "%s", snnfe_writer_temporary_path(writer));
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(names[i], names[k]);
        snnfe_writer_abort(writer);
    }
}
END_TEST

/* What a killed process left goes with the next write, unless it is recent, held by its writer, or
   something else. */
START_TEST(leftovers_go)
{
    static const char *const others[] = {
        "left/a.0123456789abcde.tmp",      "left/a.0123456789ABCDEF.tmp",
        "left/a.0123456789abcdef.tm",      "left/b.0123456789abcdef.tmp",
        "left/a.0123456789abcdef.tmp.tmp", "left/a.fedcba9876543210.tmp",
        "left/a.1111111111111111.tmp",
    };
    enum { N = sizeof others / sizeof others[0] };
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    fresh_folder("left");
    for (size_t i = 0; i < N; i++) {
        support_write(support_path(others[i]), "x", 1);
        if (i < N - 1)
            ck_assert_int_eq(utimensat(AT_FDCWD, support_path(others[i]), old, 0), 0);
    }
    const int held = open(support_path(others[N - 2]), O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(flock(held, LOCK_EX), 0);
    const char *left = support_path("left/a.0123456789abcdef.tmp");
    support_write(left, "x", 1);
    ck_assert_int_eq(utimensat(AT_FDCWD, left, old, 0), 0);
    save(support_path("left/a"));
    ck_assert_int_ne(access(left, F_OK), 0);
    for (size_t i = 0; i < N; i++)
        ck_assert_msg(access(support_path(others[i]), F_OK) == 0, "%s is gone", others[i]);
    close(held);
    save(support_path("left/a"));
    ck_assert_int_ne(access(support_path(others[N - 2]), F_OK), 0);
}
END_TEST

/* A writer holds what it writes, however long it takes. */
START_TEST(slow_writers_keep_their_files)
{
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    snnfe_writer *writer = NULL;
    fresh_folder("slow");
    assert_ok(snnfe_writer_open(&writer, support_path("slow/a")));
    assert_ok(snnfe_writer_write(writer, "slow", 4));
    ck_assert_int_eq(utimensat(AT_FDCWD, snnfe_writer_temporary_path(writer), old, 0), 0);
    save(support_path("slow/a"));
    assert_content(support_path("slow/a"), "new");
    assert_ok(snnfe_writer_commit(writer));
    assert_content(support_path("slow/a"), "slow");
    ck_assert_uint_eq(count("slow"), 1);
}
END_TEST

START_TEST(names_in_the_current_folder)
{
    char before[4096];
    fresh_folder("here");
    ck_assert_ptr_nonnull(getcwd(before, sizeof before));
    ck_assert_int_eq(chdir(support_path("here")), 0);
    save("name");
    assert_content("name", "new");
    ck_assert_int_eq(chdir(before), 0);
    ck_assert_uint_eq(count("here"), 1);
}
END_TEST

/* The temporary name, or what a link says, makes it longer than paths may be. */
START_TEST(paths_that_become_too_long)
{
    char folder[4096], file[4400], target[201];
    tree_deep(folder, 3985);
    memset(target, 't', 200);
    target[200] = '\0';
    snprintf(file, sizeof file, "%s/%.100s", folder, target);
    assert_fails(snnfe_file_write(file, "x", 1), SNNFE_ERR_IO, "deep");
    snprintf(file, sizeof file, "%s/link", folder);
    ck_assert_int_eq(symlink(target, file), 0);
    assert_fails(snnfe_file_write(file, "x", 1), SNNFE_ERR_IO, "deep");
    snprintf(file, sizeof file, "%s/%.200s", folder, target);
    assert_fails(snnfe_file_write(file, "x", 1), SNNFE_ERR_IO, "deep");
    /* A device that a link leads to is opened by the path as it was given. */
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(symlinkat("/dev/null", fd, target), 0);
    close(fd);
    snprintf(file, sizeof file, "%s/link", folder);
    assert_ok(snnfe_file_write(file, "x", 1));
    ck_assert_uint_eq(support_count_files(folder), 2);
}
END_TEST

START_TEST(sockets_are_refused)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    fresh_folder("socket");
    const char *path = support_path("socket/s");
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    ck_assert_int_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_fails(snnfe_file_write(path, "x", 1), SNNFE_ERR_IO, strerror(ENXIO));
    ck_assert_ptr_null(strstr(snnfe_last_error(), "pipe"));
    close(fd);
}
END_TEST

/* The system has no number left for one more descriptor of standard output. */
START_TEST(no_more_descriptors)
{
    struct rlimit before;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    const struct rlimit few = {3, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    const snnfe_status status = snnfe_file_write("/dev/stdout", "x", 1);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_fails(status, SNNFE_ERR_IO, "/dev/stdout: cannot write: ");
}
END_TEST

START_TEST(bad_places)
{
    assert_fails(snnfe_file_write(NULL, "x", 1), SNNFE_ERR_ARGUMENT, "path");
    assert_fails(snnfe_file_write("x", NULL, 1), SNNFE_ERR_ARGUMENT, "data");
    assert_fails(snnfe_file_write("", "x", 1), SNNFE_ERR_IO, "No such file");
    assert_fails(snnfe_file_write("/", "x", 1), SNNFE_ERR_IO, "Is a directory");
    assert_fails(snnfe_file_write(support_folder(), "x", 1), SNNFE_ERR_IO, "Is a directory");
    assert_fails(snnfe_file_write("/dev/fd/999", "x", 1), SNNFE_ERR_IO, "999");
    assert_fails(snnfe_file_write("/dev/fd/", "x", 1), SNNFE_ERR_IO, "Is a directory");
    assert_fails(snnfe_file_write("/dev/fd/x", "x", 1), SNNFE_ERR_IO, "/dev/fd/x");
    assert_fails(snnfe_file_write("/dev/fd/12345678", "x", 1), SNNFE_ERR_IO, "/dev/fd/12345678");
    assert_fails(snnfe_file_write(support_path("none/"), "x", 1), SNNFE_ERR_IO, "none/");
    /* A folder that takes no files says why. */
    assert_fails(snnfe_file_write("/proc/none", "x", 1), SNNFE_ERR_IO, "/proc/none");
    ck_assert_msg(!strstr(snnfe_last_error(), strerror(EEXIST)), "%s", snnfe_last_error());
    assert_ok(snnfe_file_write(support_path("empty"), NULL, 0));
    assert_content(support_path("empty"), "");
}
END_TEST

/* Trying says what opening would, and leaves everything as it was. */
START_TEST(trying_changes_nothing)
{
    fresh_folder("tried");
    fresh_folder("tried/folder");
    support_write(support_path("tried/file"), "old", 3);
    ck_assert_int_eq(symlink("file", support_path("tried/link")), 0);
    ck_assert_int_eq(symlink("loop", support_path("tried/loop")), 0);
    static const char *const names[] = {"tried/file", "tried/new", "tried/link"};
    static const char *const wrong[] = {"tried/folder", "tried/none/file", "tried/loop",
                                        "tried/file/file", "tried/none/"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_ok(snnfe_writer_try(support_path(names[i])));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_fails(snnfe_writer_try(support_path(wrong[i])), SNNFE_ERR_IO, wrong[i]);
    ck_assert_uint_eq(count("tried"), 4);
    assert_content(support_path("tried/file"), "old");
    static const char *const open_ones[] = {"/dev/null",   "/dev/fd/1",   "/dev/fd/000002",
                                            "/dev/stdout", "/dev/stderr", "/proc/self/fd/1"};
    static const char *const none[] = {"/dev/fd/999", "/dev/fd/0000001", "/dev/fd/1x", "/dev/fd/",
                                       "/proc/self/fd/999"};
    for (size_t i = 0; i < sizeof open_ones / sizeof open_ones[0]; i++)
        assert_ok(snnfe_writer_try(open_ones[i]));
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        ck_assert_msg(snnfe_writer_try(none[i]) == SNNFE_ERR_IO, "%s", none[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output");
    TCase *all = tcase_create("all");
    tcase_add_test(all, links_stay);
    tcase_add_test(all, links_to_nothing);
    tcase_add_test(all, links_are_atomic);
    tcase_add_test(all, modes_are_kept);
    tcase_add_test(all, owner_is_kept);
    tcase_add_test(all, unwritable_files_are_refused);
    tcase_add_test(all, pipes_are_written_in_place);
    tcase_add_test(all, parts_are_put_together);
    tcase_add_test(all, devices_stay);
    tcase_add_test(all, own_descriptors);
    tcase_add_test(all, names_of_every_length);
    tcase_add_test(all, temporary_names_are_fresh);
    tcase_add_test(all, leftovers_go);
    tcase_add_test(all, slow_writers_keep_their_files);
    tcase_add_test(all, names_in_the_current_folder);
    tcase_add_test(all, paths_that_become_too_long);
    tcase_add_test(all, sockets_are_refused);
    tcase_add_test(all, no_more_descriptors);
    tcase_add_test(all, bad_places);
    tcase_add_test(all, trying_changes_nothing);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
