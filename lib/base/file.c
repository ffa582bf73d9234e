#include "file.h"

#include "memory.h"
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static snnfe_status fail_errno(const char *path, const char *what)
{
    return snnfe_fail(SNNFE_ERR_IO, "%s: cannot %s: %s", path, what, strerror(errno));
}

static snnfe_status read_all(int fd, const char *path, uint8_t *content, size_t size)
{
    size_t done = 0;
    while (done < size) {
        const ssize_t n = read(fd, content + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(path, "read");
        if (n == 0)
            return snnfe_fail(SNNFE_ERR_IO, "%s: ended after %zu of %zu bytes", path, done, size);
        done += (size_t)n;
    }
    return SNNFE_OK;
}

snnfe_status snnfe_file_read(uint8_t **content, const char *path, uint64_t limit, size_t *size)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(path, "open");
    struct stat info;
    snnfe_status status = SNNFE_OK;
    uint8_t *read_content = NULL;
    if (fstat(fd, &info) != 0)
        status = fail_errno(path, "read");
    else if (!S_ISREG(info.st_mode))
        status = snnfe_fail(SNNFE_ERR_IO, "%s: is not a regular file", path);
    else if ((uint64_t)info.st_size > limit)
        status = snnfe_fail(SNNFE_ERR_FORMAT, "%s: has %llu bytes, more than %llu", path,
                            (unsigned long long)info.st_size, (unsigned long long)limit);
    if (status == SNNFE_OK) {
        read_content = snnfe_alloc_raw((size_t)info.st_size, 1);
        status = read_content ? read_all(fd, path, read_content, (size_t)info.st_size)
                              : SNNFE_ERR_MEMORY;
    }
    close(fd);
    if (status != SNNFE_OK) {
        snnfe_release(read_content);
        return status;
    }
    *content = read_content;
    *size = (size_t)info.st_size;
    return SNNFE_OK;
}

bool snnfe_file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

static bool is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

snnfe_status snnfe_folder_create(const char *path)
{
    char *part = snnfe_duplicate_string(path);
    if (!part)
        return SNNFE_ERR_MEMORY;
    snnfe_status status = SNNFE_OK;
    for (char *p = part + 1; status == SNNFE_OK && *part != '\0'; p++) {
        const char end = *p;
        if (end != '/' && end != '\0')
            continue;
        *p = '\0';
        if (mkdir(part, 0777) != 0 && !is_folder(part))
            status = fail_errno(part, "create folder");
        *p = end;
        if (end == '\0')
            break;
    }
    snnfe_release(part);
    return status;
}

struct snnfe_writer {
    int fd;
    char *path;
    char *folder; /* of path */
    char *temporary;
};

/* A name of this process's own beside the final one; a left-over of a killed process with the same
   number is replaced. */
static char *temporary_name(const char *path)
{
    static atomic_uint counter;
    const size_t size = strlen(path) + 40;
    char *name = snnfe_alloc(size, 1);
    if (name)
        snnfe_format(name, size, "%s.%ld-%u.tmp", path, (long)getpid(),
                     atomic_fetch_add(&counter, 1));
    return name;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return snnfe_duplicate_string(".");
    char *folder = snnfe_duplicate(path, (size_t)(slash - path) + 2, 1);
    if (folder)
        folder[slash - path + 1] = '\0';
    return folder;
}

snnfe_status snnfe_writer_open(snnfe_writer **out, const char *path)
{
    snnfe_writer *writer = snnfe_alloc(1, sizeof *writer);
    if (!writer)
        return SNNFE_ERR_MEMORY;
    writer->fd = -1;
    writer->path = snnfe_duplicate_string(path);
    writer->folder = folder_of(path);
    char *temporary = temporary_name(path);
    snnfe_status status = SNNFE_ERR_MEMORY;
    if (!writer->path || !writer->folder || !temporary)
        goto failed;
    writer->fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (writer->fd < 0) {
        status = fail_errno(path, "write");
        goto failed;
    }
    writer->temporary = temporary;
    *out = writer;
    return SNNFE_OK;

failed:
    snnfe_release(temporary);
    snnfe_writer_abort(writer);
    return status;
}

snnfe_status snnfe_writer_write(snnfe_writer *writer, const void *data, size_t size)
{
    const char *bytes = data;
    while (size > 0) {
        const ssize_t n = write(writer->fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_errno(writer->path, "write");
        bytes += n;
        size -= (size_t)n;
    }
    return SNNFE_OK;
}

/* The rename is on disk once its folder is. */
static snnfe_status sync_folder(const snnfe_writer *writer)
{
    const int fd = open(writer->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return SNNFE_OK; /* a folder that may be written but not read cannot be synced */
    const int result = fsync(fd);
    const int error = errno;
    close(fd);
    if (result != 0 && error != EINVAL && error != EROFS) {
        errno = error;
        return fail_errno(writer->path, "sync the folder of");
    }
    return SNNFE_OK;
}

/* An EDF library may have replaced the content by path, so what is synced is the name's file. */
static snnfe_status sync_file(const snnfe_writer *writer)
{
    const int fd = open(writer->temporary, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_errno(writer->path, "write");
    const int result = fsync(fd);
    const int error = errno;
    close(fd);
    errno = error;
    return result != 0 ? fail_errno(writer->path, "write") : SNNFE_OK;
}

snnfe_status snnfe_writer_commit(snnfe_writer *writer)
{
    const int result = close(writer->fd);
    writer->fd = -1;
    snnfe_status status = result != 0 ? fail_errno(writer->path, "write") : sync_file(writer);
    if (status == SNNFE_OK && rename(writer->temporary, writer->path) != 0)
        status = fail_errno(writer->path, "replace");
    if (status == SNNFE_OK) {
        status = sync_folder(writer);
        snnfe_release(writer->temporary);
        writer->temporary = NULL;
    }
    snnfe_writer_abort(writer);
    return status;
}

void snnfe_writer_abort(snnfe_writer *writer)
{
    if (!writer)
        return;
    if (writer->fd >= 0)
        close(writer->fd);
    if (writer->temporary)
        unlink(writer->temporary);
    snnfe_release(writer->temporary);
    snnfe_release(writer->folder);
    snnfe_release(writer->path);
    snnfe_release(writer);
}

const char *snnfe_writer_temporary_path(const snnfe_writer *writer)
{
    return writer->temporary;
}
