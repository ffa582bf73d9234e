#include "output.h"

#include "leftovers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

/* O_PATH, where the system has it, also opens a folder that may be written but not read. */
#ifdef O_PATH
#define FOLDER_FLAGS (O_PATH | O_DIRECTORY | O_CLOEXEC)
#else
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)
#endif

#define MAX_LINKS 40
#define MAX_TRIES 100
#define TRIES_A_SECOND 20
/* The temporary name repeats the file's name unless that is longer than this: file systems limit
   the length of names. */
#define MAX_REPEATED 100

/* --- which file ----------------------------------------------------------------------------- */

/* The number of a name of one of the process's own descriptors, otherwise -1. Opening such a name
   would make a second position in the file, or truncate it. */
static int descriptor_of(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        const size_t length = strlen(folders[i]);
        const char *digits = path + length;
        if (strncmp(path, folders[i], length) == 0 && *digits && strlen(digits) < 7 &&
            strspn(digits, "0123456789") == strlen(digits))
            return (int)strtol(digits, NULL, 10);
    }
    return -1;
}

static const char *name_in(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* `target` becomes what its link says, as seen from the link's folder. */
static int follow(char *target, size_t size, const char *link)
{
    const size_t kept = link[0] == '/' ? 0 : (size_t)(name_in(target) - target);
    if (kept + strlen(link) >= size)
        return ENAMETOOLONG;
    memcpy(target + kept, link, strlen(link) + 1);
    return 0;
}

/* The path without links at its end, or the descriptor that it names. */
static int resolve(snnfe_output *output, const char *path, int *descriptor)
{
    char link[sizeof output->target];
    if (strlen(path) >= sizeof output->target)
        return ENAMETOOLONG;
    memcpy(output->target, path, strlen(path) + 1);
    for (int i = 0; i < MAX_LINKS; i++) {
        *descriptor = descriptor_of(output->target);
        if (*descriptor >= 0)
            return 0;
        const ssize_t n = readlink(output->target, link, sizeof link - 1);
        if (n < 0) /* EINVAL: no link; ENOENT: nothing there yet */
            return errno == EINVAL || errno == ENOENT ? 0 : errno;
        link[n] = '\0';
        const int error = follow(output->target, sizeof output->target, link);
        if (error != 0)
            return error;
    }
    return ELOOP;
}

/* Where the path leads: `descriptor` >= 0, or a file that is not regular (`in_place`), or `target`.
   stat() comes first because the system refuses by it links that others have laid in a folder which
   everybody may write to. */
static int find(snnfe_output *output, const char *path, int *descriptor, bool *in_place)
{
    struct stat info = {0};
    const bool there = stat(path, &info) == 0;
    *descriptor = -1;
    *in_place = there && !S_ISREG(info.st_mode);
    if (!there && errno != ENOENT)
        return errno;
    if (there && S_ISDIR(info.st_mode))
        return EISDIR;
    const int error = resolve(output, path, descriptor);
    if (error != 0 && !*in_place)
        return error;
    if (!there && !*name_in(output->target))
        return output->target[0] ? EISDIR : ENOENT;
    output->replaces = there;
    output->mode = info.st_mode;
    output->owner = info.st_uid;
    output->group = info.st_gid;
    return 0;
}

/* --- opening -------------------------------------------------------------------------------- */

/* The reader of a pipe may open it a little later, so wait for it, but not for ever. */
static int open_special(snnfe_output *output, const char *path)
{
    const struct timespec pause = {.tv_nsec = 1000000000 / TRIES_A_SECOND};
    const bool pipe = S_ISFIFO(output->mode);
    for (int i = 0; i < TRIES_A_SECOND; i++) {
        output->fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (output->fd >= 0 || !pipe || errno != ENXIO)
            break;
        nanosleep(&pause, NULL);
        errno = ENXIO;
    }
    if (output->fd < 0) {
        if (pipe && errno == ENXIO)
            output->failed = "write to a pipe that nobody reads";
        return errno;
    }
    return fcntl(output->fd, F_SETFL, 0) != 0 ? errno : 0; /* writing waits again */
}

static int open_in_place(snnfe_output *output, const char *path, int descriptor)
{
    if (descriptor < 0)
        return open_special(output, path);
    output->fd = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    return output->fd < 0 ? errno : 0;
}

static int open_folder(snnfe_output *output)
{
    const size_t length = (size_t)(name_in(output->target) - output->target);
    char folder[sizeof output->target] = ".";
    if (length > 0) {
        memcpy(folder, output->target, length);
        folder[length] = '\0';
    }
    output->folder = open(folder, FOLDER_FLAGS);
    return output->folder < 0 ? errno : 0;
}

/* What the temporary name begins with. */
static const char *stem_of(const snnfe_output *output)
{
    const char *name = name_in(output->target);
    return strlen(name) > MAX_REPEATED ? "snnfe" : name;
}

/* A random name, so that nobody can put a file or link there beforehand. */
static int name_temporary(snnfe_output *output)
{
    const char *name = name_in(output->target);
    uint64_t random = 0;
    if (getentropy(&random, sizeof random) != 0)
        return errno;
    const int n = snprintf(output->temporary, sizeof output->temporary, "%.*s%s.%016llx.tmp",
                           (int)(name - output->target), output->target, stem_of(output),
                           (unsigned long long)random);
    return n < 0 || (size_t)n >= sizeof output->temporary ? ENAMETOOLONG : 0;
}

static int create_temporary(snnfe_output *output)
{
    /* Nobody may read what replaces a private file, not even while it is written. */
    const mode_t mode = output->replaces ? 0600 | (output->mode & 0700) : 0666;
    for (int i = 0; i < MAX_TRIES; i++) {
        const int error = name_temporary(output);
        if (error != 0)
            return error;
        output->fd = openat(output->folder, name_in(output->temporary),
                            O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
        if (output->fd >= 0) {
            snnfe_leftovers_hold(output->fd);
            return 0;
        }
        if (errno != EEXIST)
            return errno;
    }
    return EEXIST;
}

static int open_replacement(snnfe_output *output)
{
    /* Renaming does not need permission to write the old file, but its owner has write-protected
       it for a reason. */
    if (output->replaces && faccessat(AT_FDCWD, output->target, W_OK, AT_EACCESS) != 0)
        return errno;
    const int error = open_folder(output);
    if (error != 0)
        return error;
    snnfe_leftovers_remove(output->folder, stem_of(output));
    return create_temporary(output);
}

int snnfe_output_open(snnfe_output *output, const char *path)
{
    int descriptor = -1;
    bool in_place = false;
    *output = (snnfe_output){.fd = -1, .folder = -1, .failed = "write"};
    int error = find(output, path, &descriptor, &in_place);
    if (error == 0)
        error = in_place || descriptor >= 0 ? open_in_place(output, path, descriptor)
                                            : open_replacement(output);
    if (error != 0) {
        if (output->fd < 0)
            output->temporary[0] = '\0';
        snnfe_output_abort(output);
    }
    return error;
}

int snnfe_output_try(const char *path)
{
    snnfe_output output = {.fd = -1, .folder = -1};
    int descriptor = -1;
    bool in_place = false;
    int error = find(&output, path, &descriptor, &in_place);
    if (error != 0)
        return error;
    if (descriptor >= 0)
        return fcntl(descriptor, F_GETFD) < 0 ? errno : 0;
    if (in_place)
        return faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 ? 0 : errno;
    error = snnfe_output_open(&output, path);
    if (error == 0)
        snnfe_output_abort(&output);
    return error;
}

/* --- writing -------------------------------------------------------------------------------- */

int snnfe_output_write(snnfe_output *output, const void *data, size_t size)
{
    const char *bytes = data;
    while (size > 0) {
        const ssize_t n = write(output->fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

/* --- committing ----------------------------------------------------------------------------- */

/* If the old group cannot be kept, the new group gets only the permissions that everybody has. */
static int keep_owner_and_mode(const snnfe_output *output)
{
    struct stat info;
    mode_t mode = output->mode & 0777;
    if (!output->replaces)
        return 0;
    if (fstat(output->fd, &info) != 0)
        return errno;
    if (info.st_gid != output->group && fchown(output->fd, (uid_t)-1, output->group) != 0)
        mode = (mode & 0707) | (mode & (mode & 07) << 3);
    if (info.st_uid != output->owner && fchown(output->fd, output->owner, (gid_t)-1) != 0)
        errno = 0; /* only a privileged process may give files to their owner */
    return fchmod(output->fd, mode) != 0 ? errno : 0;
}

static bool cannot_be_synced(int error)
{
    return error == EINVAL || error == EROFS || error == ENOTSUP;
}

static int finish_data(snnfe_output *output)
{
    int error = output->folder >= 0 ? keep_owner_and_mode(output) : 0;
    if (error == 0 && fsync(output->fd) != 0 && !(output->folder < 0 && cannot_be_synced(errno)))
        error = errno;
    if (close(output->fd) != 0 && error == 0)
        error = errno;
    output->fd = -1;
    return error;
}

/* The rename is on disk once its folder is. */
static int sync_folder(const snnfe_output *output)
{
    const int fd = openat(output->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return 0; /* a folder that may be written but not read cannot be synced */
    const int error = fsync(fd) != 0 && !cannot_be_synced(errno) ? errno : 0;
    close(fd);
    return error;
}

int snnfe_output_commit(snnfe_output *output)
{
    int error = finish_data(output);
    if (error == 0 && output->folder >= 0) {
        output->failed = "replace";
        if (renameat(output->folder, name_in(output->temporary), output->folder,
                     name_in(output->target)) != 0) {
            error = errno;
        } else {
            output->temporary[0] = '\0';
            output->failed = "sync the folder of";
            error = sync_folder(output);
        }
    }
    snnfe_output_abort(output);
    return error;
}

void snnfe_output_abort(snnfe_output *output)
{
    if (output->fd >= 0)
        close(output->fd);
    if (output->temporary[0])
        unlinkat(output->folder, name_in(output->temporary), 0);
    if (output->folder >= 0)
        close(output->folder);
    output->fd = output->folder = -1;
    output->temporary[0] = '\0';
}
