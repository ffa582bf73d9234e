/* Result files and folders. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail_write(const char *path, const char *what, int error)
{
    cli_error("%s: cannot %s: %s", path, what, strerror(error));
    return false;
}

/* The stream has a descriptor of its own, which it closes. */
static FILE *open_stream(const snnfe_output *output)
{
    const int fd = fcntl(output->fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    FILE *stream = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!stream && fd >= 0)
        close(fd);
    return stream;
}

bool cli_open(cli_file *file, const char *path)
{
    *file = (cli_file){.output = {.fd = -1, .folder = -1}};
    snprintf(file->path, sizeof file->path, "%s", path);
    if (cli_is_silent()) {
        file->stream = tmpfile();
        return file->stream || fail_write(path, "write", errno);
    }
    /* Flush what was printed before, in case both go to the same place. */
    fflush(stdout);
    const int error = snnfe_output_open(&file->output, path);
    if (error != 0)
        return fail_write(path, "write", error);
    file->stream = open_stream(&file->output);
    if (file->stream)
        return true;
    fail_write(path, "write", errno);
    snnfe_output_abort(&file->output);
    return false;
}

bool cli_commit(cli_file *file)
{
    /* The file may be standard output: what was printed before comes first. */
    fflush(stdout);
    errno = 0;
    bool written = fflush(file->stream) == 0 && !ferror(file->stream);
    written = fclose(file->stream) == 0 && written;
    file->stream = NULL;
    if (cli_is_silent())
        return written;
    if (!written) {
        const int error = errno ? errno : EIO;
        snnfe_output_abort(&file->output);
        return fail_write(file->path, "write", error);
    }
    const int error = snnfe_output_commit(&file->output);
    return error == 0 || fail_write(file->path, file->output.failed, error);
}

void cli_drop(cli_file *file)
{
    if (!file->stream)
        return;
    fclose(file->stream);
    file->stream = NULL;
    snnfe_output_abort(&file->output);
}

FILE *cli_open_text(const char *path)
{
    FILE *file = fopen(path, "re");
    const int first = file ? getc(file) : EOF;
    if (first == 0xef && getc(file) == 0xbb && getc(file) == 0xbf)
        return file;
    if (first == 0xef)
        rewind(file);
    else if (first != EOF)
        ungetc(first, file);
    return file;
}

bool cli_join(char path[4096], const char *folder, const char *name)
{
    const int n = snprintf(path, 4096, "%s/%s", folder, name);
    if (n < 0 || n >= 4096)
        cli_error("%.100s…: path is too long", folder);
    return n >= 0 && n < 4096;
}

bool cli_find_model(char path[4096], const char *folder, int64_t fold)
{
    char name[64], torch[4096], message[256];
    struct stat info;
    snprintf(name, sizeof name, "model_fold%lld.pth", (long long)fold);
    if (!cli_join(torch, folder, name))
        return false;
    snprintf(name, sizeof name, "model_fold%lld.safetensors", (long long)fold);
    if (!cli_join(path, folder, name))
        return false;
    if (stat(torch, &info) != 0)
        return true;
    if (stat(path, &info) != 0) {
        memcpy(path, torch, sizeof torch);
        return true;
    }
    snprintf(message, sizeof message, "%s is used, not the .pth beside it", name);
    cli_log(SNNFE_LOG_WARNING, message, NULL);
    return true;
}

bool cli_is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool cli_make_folder(const char *path)
{
    char part[4096];
    if (snprintf(part, sizeof part, "%s", path) >= (int)sizeof part) {
        cli_error("%.100s…: path is too long", path);
        return false;
    }
    for (char *p = part + 1;; p++) {
        const char end = *p;
        if (end != '/' && end != '\0')
            continue;
        *p = '\0';
        if (mkdir(part, 0777) != 0 && !cli_is_folder(part)) {
            cli_error("%s: cannot create folder: %s", part, strerror(errno));
            return false;
        }
        *p = end;
        if (end == '\0')
            return true;
    }
}

void cli_write_class_names(FILE *stream, const char *prefix, size_t n_classes)
{
    for (size_t c = 0; c < n_classes; c++)
        fprintf(stream, ",%sClass%zu_Accuracy", prefix, c);
}
