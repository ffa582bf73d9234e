#include "threads.h"

#include "format.h"

#include <snnfe/base.h>

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static long first_line(const char *folder, const char *name, char *line, size_t size)
{
    char path[256];
    snnfe_format(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "re");
    if (!file)
        return -1;
    const char *got = fgets(line, (int)size, file);
    fclose(file);
    if (!got)
        return -1;
    line[strcspn(line, "\n")] = '\0';
    return (long)strlen(line);
}

/* Processors that a cgroup's quota amounts to, rounded up; 0 without a quota. */
static long quota_of(const char *quota_text, const char *period_text)
{
    int64_t quota = 0, period = 0;
    if (!snnfe_parse_int64(quota_text, &quota) || !snnfe_parse_int64(period_text, &period))
        return 0;
    if (quota <= 0 || period <= 0)
        return 0;
    return (long)((quota + period - 1) / period);
}

static long quota_in(const char *cgroup)
{
    char line[128], period[128];
    if (first_line(cgroup, "cpu.max", line, sizeof line) > 0) {
        char *space = strchr(line, ' ');
        if (!space)
            return 0;
        *space = '\0';
        return quota_of(line, space + 1);
    }
    if (first_line(cgroup, "cpu/cpu.cfs_quota_us", line, sizeof line) > 0 &&
        first_line(cgroup, "cpu/cpu.cfs_period_us", period, sizeof period) > 0)
        return quota_of(line, period);
    return 0;
}

uint32_t snnfe_threads_within(const char *cgroup, long n)
{
    const long quota = quota_in(cgroup);
    if (quota > 0 && quota < n)
        n = quota;
    return n < 1 ? 1 : n > 1024 ? 1024 : (uint32_t)n;
}

uint32_t snnfe_default_threads(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef CPU_COUNT
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        n = CPU_COUNT(&set);
#endif
    return snnfe_threads_within("/sys/fs/cgroup", n);
}
