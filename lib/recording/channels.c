#include "recording/channels.h"

#include "base/format.h"

#include <stdbool.h>
#include <string.h>

void snnfe_channel_name_plain(const char *label, char name[SNNFE_NAME_SIZE])
{
    size_t n = 0;
    for (const char *c = label; *c && n < SNNFE_NAME_SIZE - 1; c++)
        if (*c != '.' && *c != ' ')
            name[n++] = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    name[n] = '\0';
}

static snnfe_status check_distinct(const snnfe_channels *channels, const char *field)
{
    for (size_t c = 0; c < channels->n; c++)
        for (size_t d = 0; d < c; d++)
            if (strcmp(channels->names[c], channels->names[d]) == 0)
                return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s has \"%s\" twice, as entries %zu and %zu",
                                  field, channels->names[c], d, c);
    return SNNFE_OK;
}

snnfe_status snnfe_channels_take(snnfe_channels *channels, const char *const *names, size_t n,
                                 const char *field)
{
    *channels = (snnfe_channels){.n = n};
    for (size_t c = 0; c < n; c++) {
        if (!names[c])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s[%zu] is NULL", field, c);
        if (strlen(names[c]) >= SNNFE_NAME_SIZE || strchr(names[c], '\n'))
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s[%zu] is \"%s\", not a name of 1…%d bytes without a line break",
                              field, c, names[c], SNNFE_NAME_SIZE - 1);
        snnfe_channel_name_plain(names[c], channels->names[c]);
        if (channels->names[c][0] == '\0')
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s[%zu] is empty", field, c);
    }
    return check_distinct(channels, field);
}

/* --- among the signals of a recording ------------------------------------------------------ */

static bool has_label(const snnfe_channel_list *list, size_t index, const char *wanted)
{
    char plain[SNNFE_NAME_SIZE];
    const char *label = list->label(list->context, index);
    if (!label)
        return false;
    snnfe_channel_name_plain(label, plain);
    return strcmp(plain, wanted) == 0;
}

static snnfe_status channel_missing(const snnfe_channel_list *list, const char *wanted)
{
    char labels[400] = "";
    size_t used = 0;
    for (size_t i = 0; i < list->n && used < sizeof labels - 48; i++) {
        const char *label = list->label(list->context, i);
        if (label)
            used += (size_t)snnfe_format(labels + used, sizeof labels - used, "%s\"%s\"",
                                         used ? ", " : "", label);
        if (used >= sizeof labels - 48)
            snnfe_format(labels + used, sizeof labels - used, ", …");
    }
    return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: channel \"%s\" is missing; there are %s",
                      list->path, wanted, used ? labels : "none");
}

/* "C3#9" or "#9". */
static snnfe_status find_numbered(const snnfe_channel_list *list, const char *wanted, size_t *index)
{
    char label[SNNFE_NAME_SIZE];
    const char *mark = strrchr(wanted, '#');
    int64_t number = 0;
    if (!mark || !snnfe_parse_int64(mark + 1, &number))
        return channel_missing(list, wanted);
    if (number < 1 || (uint64_t)number > list->n || !list->label(list->context, (size_t)number - 1))
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: channel \"%s\": %lld is no signal of data",
                          list->path, wanted, (long long)number);
    *index = (size_t)number - 1;
    snnfe_format(label, sizeof label, "%.*s", (int)(mark - wanted), wanted);
    if (label[0] != '\0' && !has_label(list, *index, label))
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: channel \"%s\": signal %lld is \"%s\"",
                          list->path, wanted, (long long)number,
                          list->label(list->context, *index));
    return SNNFE_OK;
}

snnfe_status snnfe_channel_find(const snnfe_channel_list *list, const char *wanted, size_t *index)
{
    size_t n_found = 0, first = 0;
    for (size_t i = 0; i < list->n; i++) {
        if (!has_label(list, i, wanted))
            continue;
        if (n_found++ == 0) {
            first = i;
            continue;
        }
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: channel \"%s\" is there twice: signal %zu (\"%s\") and signal %zu "
                          "(\"%s\"); name it \"%s#%zu\" or \"%s#%zu\"",
                          list->path, wanted, first + 1, list->label(list->context, first), i + 1,
                          list->label(list->context, i), wanted, first + 1, wanted, i + 1);
    }
    if (n_found == 0)
        return find_numbered(list, wanted, index);
    *index = first;
    return SNNFE_OK;
}
