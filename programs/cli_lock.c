/* One program at a time writes a set of files. The lock is the kernel's (flock): it ends with its
   process, however that ends, also on another machine where the file system knows such locks. What
   the lock file says of its owner is for people, and for file systems without locks. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define OWNER_SIZE 512

static struct {
    int fd;
    char path[4096]; /* empty = none is held */
} held = {.fd = -1};

static void unlock(void)
{
    if (held.path[0])
        unlink(held.path);
    held.path[0] = '\0';
}

/* "snnfe-pretrain, process 12 on host, since 2026-11-28 02:00:00 UTC"; empty if nobody wrote it. */
static void read_owner(int fd, char owner[OWNER_SIZE])
{
    const ssize_t n = pread(fd, owner, OWNER_SIZE - 1, 0);
    owner[n > 0 ? n : 0] = '\0';
    owner[strcspn(owner, "\n")] = '\0';
}

static void host_name(char name[256])
{
    if (gethostname(name, 256) != 0)
        snprintf(name, 256, "an unnamed machine");
    name[255] = '\0';
}

static bool write_owner(int fd, const char *program)
{
    char owner[OWNER_SIZE], host[256], start[64] = "";
    const time_t now = time(NULL);
    struct tm utc;
    host_name(host);
    if (gmtime_r(&now, &utc))
        strftime(start, sizeof start, "%Y-%m-%d %H:%M:%S UTC", &utc);
    const int n = snprintf(owner, sizeof owner, "%s, process %ld on %s, since %s\n", program,
                           (long)getpid(), host, start);
    return n > 0 && (size_t)n < sizeof owner && ftruncate(fd, 0) == 0 &&
           pwrite(fd, owner, (size_t)n, 0) == n;
}

/* Without locks: whether the process of the owner may still run. On another machine it may. */
static bool may_run(const char *owner)
{
    char host[256], its_host[256];
    long pid = 0;
    host_name(host);
    if (sscanf(owner, "%*[^,], process %ld on %255[^,]", &pid, its_host) != 2)
        return false;
    return strcmp(host, its_host) != 0 || kill((pid_t)pid, 0) == 0 || errno == EPERM;
}

typedef enum attempt { GOT_IT, TAKEN, FAILED } attempt;

static attempt try_lock(int fd, const char *owner, bool waits)
{
    if (flock(fd, LOCK_EX | (waits ? 0 : LOCK_NB)) == 0)
        return GOT_IT;
    if (errno == EWOULDBLOCK)
        return TAKEN;
    if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP || errno == EINVAL)
        return may_run(owner) ? TAKEN : GOT_IT;
    return FAILED;
}

/* Whether the file that is locked still has the name: its owner before may have removed it. */
static bool has_name(int fd, const char *path)
{
    struct stat file, name;
    return fstat(fd, &file) == 0 && lstat(path, &name) == 0 && file.st_dev == name.st_dev &&
           file.st_ino == name.st_ino;
}

static attempt acquire(int fd, const char *out, cli_lock_kind kind)
{
    char owner[OWNER_SIZE];
    read_owner(fd, owner);
    const attempt result = try_lock(fd, owner, false);
    if (result != TAKEN || kind != CLI_LOCK_SHARED_WITH_JOBS)
        return result;
    fprintf(stderr, "%s: waiting for %s, or its last jobs, to end there\n", cli_shown(out),
            *owner ? cli_shown(owner) : "another program");
    return try_lock(fd, owner, true);
}

static void refuse(int fd, const char *path, const char *out, attempt result)
{
    char owner[OWNER_SIZE];
    if (result == FAILED) {
        cli_error("%s: cannot lock: %s", path, strerror(errno));
        return;
    }
    read_owner(fd, owner);
    cli_error("%s: is being written by %s (if that is gone: remove %s)", out,
              *owner ? owner : "another program", path);
}

static bool hold(int fd, const char *path, const char *out, const char *program)
{
    char owner[OWNER_SIZE];
    read_owner(fd, owner);
    if (*owner)
        fprintf(stderr, "%s: was not ended by %s\n", cli_shown(out), cli_shown(owner));
    held.fd = fd;
    return write_owner(fd, program) ||
           (cli_error("%s: cannot write: %s", path, strerror(errno)), false);
}

static bool take(const char *path, const char *out, const char *program, cli_lock_kind kind)
{
    const int on_exec = kind == CLI_LOCK_SHARED_WITH_JOBS ? 0 : O_CLOEXEC;
    for (;;) {
        const int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | on_exec, 0666);
        if (fd < 0)
            return cli_error("%s: cannot lock: %s", path, strerror(errno)), false;
        const attempt result = acquire(fd, out, kind);
        if (result == GOT_IT && has_name(fd, path))
            return hold(fd, path, out, program);
        if (result != GOT_IT)
            refuse(fd, path, out, result);
        close(fd);
        if (result != GOT_IT)
            return false;
    }
}

bool cli_lock(const char *out, const char *program, cli_lock_kind kind)
{
    char path[4096];
    struct stat status;
    if (cli_is_silent())
        return true;
    const bool there = stat(out, &status) == 0;
    if (there && S_ISDIR(status.st_mode)) {
        if (!cli_join(path, out, "lock"))
            return false;
    } else if (there && !S_ISREG(status.st_mode)) {
        return true;
    } else if (snprintf(path, sizeof path, "%s.lock", out) >= (int)sizeof path) {
        return cli_error("%s: path is too long", out), false;
    }
    if (!take(path, out, program, kind))
        return false;
    memcpy(held.path, path, sizeof held.path);
    atexit(unlock);
    return true;
}
