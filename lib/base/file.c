#include "file.h"

#include "check.h"

#include "memory.h"
#include "output.h"

#include <errno.h>
#include <fcntl.h>
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

/* A regular file; `*fd` is -1 if it fails. */
static snnfe_status open_regular(const char *path, int *fd, uint64_t *size)
{
    struct stat info;
    snnfe_status status = SNNFE_OK;
    /* Pipes are refused below. Without O_NONBLOCK, opening one would wait for its writer. */
    *fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (*fd < 0)
        return fail_errno(path, "open");
    if (fstat(*fd, &info) != 0)
        status = fail_errno(path, "read");
    else if (!S_ISREG(info.st_mode))
        status = snnfe_fail(SNNFE_ERR_IO, "%s: is not a regular file", path);
    if (status == SNNFE_OK) {
        *size = (uint64_t)info.st_size;
        return SNNFE_OK;
    }
    close(*fd);
    *fd = -1;
    return status;
}

snnfe_status snnfe_file_read(uint8_t **content, const char *path, uint64_t limit, size_t *size)
{
    int fd = -1;
    uint64_t all = 0;
    SNNFE_TRY(open_regular(path, &fd, &all));
    snnfe_status status = SNNFE_OK;
    uint8_t *read_content = NULL;
    if (all > limit) {
        status = snnfe_fail(SNNFE_ERR_FORMAT, "%s: has %llu bytes, more than %llu", path,
                            (unsigned long long)all, (unsigned long long)limit);
    } else {
        *size = (size_t)all;
        read_content = snnfe_alloc_raw(*size, 1);
        status = read_content ? read_all(fd, path, read_content, *size) : SNNFE_ERR_MEMORY;
    }
    close(fd);
    if (status == SNNFE_OK)
        *content = read_content;
    else
        snnfe_release(read_content);
    return status;
}

snnfe_status snnfe_file_beginning(const char *path, void *bytes, size_t *size)
{
    int fd = -1;
    uint64_t all = 0;
    SNNFE_TRY(open_regular(path, &fd, &all));
    *size = all < *size ? (size_t)all : *size;
    const snnfe_status status = read_all(fd, path, bytes, *size);
    close(fd);
    return status;
}

snnfe_status snnfe_file_read_at(int fd, uint64_t offset, void *out, uint64_t size)
{
    uint8_t *bytes = out;
    while (size > 0) {
        const ssize_t n =
            pread(fd, bytes, size < (1u << 30) ? (size_t)size : 1u << 30, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return snnfe_fail(SNNFE_ERR_IO, "cannot read: %s", strerror(errno));
        if (n == 0)
            return snnfe_fail(SNNFE_ERR_FORMAT, "file ends at byte %llu",
                              (unsigned long long)offset);
        bytes += n;
        offset += (uint64_t)n;
        size -= (uint64_t)n;
    }
    return SNNFE_OK;
}

bool snnfe_file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 || (errno != ENOENT && errno != ENOTDIR);
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
    snnfe_output output;
    char *path;
};

static snnfe_status fail_output(const char *path, const snnfe_output *output, int error)
{
    errno = error;
    return fail_errno(path, output->failed);
}

snnfe_status snnfe_writer_open(snnfe_writer **out, const char *path)
{
    snnfe_writer *writer = snnfe_alloc(1, sizeof *writer);
    if (!writer)
        return SNNFE_ERR_MEMORY;
    writer->path = snnfe_duplicate_string(path);
    const int error = writer->path ? snnfe_output_open(&writer->output, path) : ENOMEM;
    if (error == 0) {
        *out = writer;
        return SNNFE_OK;
    }
    const snnfe_status status =
        writer->path ? fail_output(path, &writer->output, error) : SNNFE_ERR_MEMORY;
    snnfe_release(writer->path);
    snnfe_release(writer);
    return status;
}

snnfe_status snnfe_writer_write(snnfe_writer *writer, const void *data, size_t size)
{
    const int error = snnfe_output_write(&writer->output, data, size);
    return error ? fail_output(writer->path, &writer->output, error) : SNNFE_OK;
}

snnfe_status snnfe_writer_commit(snnfe_writer *writer)
{
    const int error = snnfe_output_commit(&writer->output);
    const snnfe_status status =
        error ? fail_output(writer->path, &writer->output, error) : SNNFE_OK;
    snnfe_writer_abort(writer);
    return status;
}

void snnfe_writer_abort(snnfe_writer *writer)
{
    if (!writer)
        return;
    snnfe_output_abort(&writer->output);
    snnfe_release(writer->path);
    snnfe_release(writer);
}

const char *snnfe_writer_temporary_path(const snnfe_writer *writer)
{
    return writer->output.temporary[0] ? writer->output.temporary : NULL;
}

snnfe_status snnfe_writer_try(const char *path)
{
    const int error = snnfe_output_try(path);
    if (error == 0)
        return SNNFE_OK;
    errno = error;
    return fail_errno(path, "write");
}

snnfe_status snnfe_file_write(const char *path, const void *data, size_t size)
{
    static const char call[] = "snnfe_file_write";
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    SNNFE_TRY(snnfe_check_array(call, "data", data, size));
    snnfe_writer *writer = NULL;
    SNNFE_TRY(snnfe_writer_open(&writer, path));
    const snnfe_status status = snnfe_writer_write(writer, data, size);
    if (status == SNNFE_OK)
        return snnfe_writer_commit(writer);
    snnfe_writer_abort(writer);
    return status;
}
