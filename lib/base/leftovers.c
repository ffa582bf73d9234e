#include "leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DIGITS 16

void snnfe_leftovers_hold(int fd)
{
    /* Without locks nothing is removed either. */
    (void)flock(fd, LOCK_EX | LOCK_NB);
}

static bool has_form(const char *name, const char *stem)
{
    const size_t n = strlen(stem);
    return strncmp(name, stem, n) == 0 && name[n] == '.' &&
           strspn(name + n + 1, "0123456789abcdef") == DIGITS &&
           strcmp(name + n + 1 + DIGITS, ".tmp") == 0;
}

/* An ordinary file of this user's that has not changed for a while. */
static bool is_old(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
           time(NULL) - info.st_mtime > SNNFE_LEFTOVER_S;
}

static void remove_leftover(int folder, const char *name)
{
    const int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    if (is_old(fd) && flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(folder, name, 0);
    close(fd);
}

void snnfe_leftovers_remove(int folder, const char *stem)
{
    /* The folder's own descriptor may be one that cannot be read. */
    const int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *names = fd < 0 ? NULL : fdopendir(fd);
    if (!names && fd >= 0)
        close(fd);
    for (const struct dirent *entry; names && (entry = readdir(names));)
        if (has_form(entry->d_name, stem))
            remove_leftover(folder, entry->d_name);
    if (names)
        closedir(names);
}
