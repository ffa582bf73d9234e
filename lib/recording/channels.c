#include "recording/channels.h"

#include "base/format.h"
#include "base/names.h"
#include "base/utf8.h"
#include "recording/positions.h"

#include <stdbool.h>
#include <string.h>

void snnfe_channel_name_plain(const char *label, char name[SNNFE_NAME_SIZE])
{
    size_t n = 0;
    for (const char *c = label; *c && n < SNNFE_NAME_SIZE - 1; c++)
        if (snnfe_label_has(c))
            name[n++] = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    /* A character that was cut is left out. */
    for (bool full = n == SNNFE_NAME_SIZE - 1; full && n > 0 && !snnfe_utf8_valid(name, n);)
        n--;
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
        SNNFE_TRY(snnfe_name_check(field, c, names[c], SNNFE_NAME_SIZE));
        snnfe_channel_name_plain(names[c], channels->names[c]);
        if (channels->names[c][0] == '\0')
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s[%zu] is empty", field, c);
    }
    return check_distinct(channels, field);
}

/* --- among the signals of a recording ------------------------------------------------------ */

typedef void naming(const char *label, char name[SNNFE_NAME_SIZE]);

static bool has_label(const snnfe_channel_list *list, size_t index, const char *wanted,
                      naming *name_of)
{
    char name[SNNFE_NAME_SIZE];
    const char *label = list->label(list->context, index);
    if (!label)
        return false;
    name_of(label, name);
    return strcmp(name, wanted) == 0;
}

static snnfe_status channel_missing(const snnfe_channel_list *list, const char *wanted)
{
    char labels[400] = "";
    for (size_t i = 0; i < list->n; i++) {
        const char *label = list->label(list->context, i);
        if (label)
            snnfe_list_name(labels, sizeof labels, label);
    }
    return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: channel \"%s\" is missing; there are %s",
                      list->path, wanted, labels[0] ? labels : "none");
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
    if (label[0] != '\0' && !has_label(list, *index, label, snnfe_channel_name_plain) &&
        !has_label(list, *index, label, snnfe_electrode_name))
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: channel \"%s\": signal %lld is \"%s\"",
                          list->path, wanted, (long long)number,
                          list->label(list->context, *index));
    return SNNFE_OK;
}

/* Signals `first` and `second` are both the channel. */
static snnfe_status channel_twice(const snnfe_channel_list *list, const char *wanted, size_t first,
                                  size_t second)
{
    return snnfe_fail(SNNFE_ERR_FORMAT,
                      "%s: channel \"%s\" is there twice: signal %zu (\"%s\") and signal %zu "
                      "(\"%s\"); name it \"%s#%zu\" or \"%s#%zu\"",
                      list->path, wanted, first + 1, list->label(list->context, first), second + 1,
                      list->label(list->context, second), wanted, first + 1, wanted, second + 1);
}

/* `*index` is the length of the list if there is none. */
static snnfe_status find_named(const snnfe_channel_list *list, const char *wanted, naming *name_of,
                               size_t *index)
{
    *index = list->n;
    for (size_t i = 0; i < list->n; i++) {
        if (!has_label(list, i, wanted, name_of))
            continue;
        if (*index < list->n)
            return channel_twice(list, wanted, *index, i);
        *index = i;
    }
    return SNNFE_OK;
}

/* By any of its names; `*index` is the length of the list if there is none. */
static snnfe_status find_any(const snnfe_channel_list *list, const char *wanted, size_t *index)
{
    char electrode[SNNFE_NAME_SIZE];
    SNNFE_TRY(find_named(list, wanted, snnfe_channel_name_plain, index));
    if (*index < list->n)
        return SNNFE_OK;
    snnfe_electrode_name(wanted, electrode);
    return find_named(list, electrode, snnfe_electrode_name, index);
}

snnfe_status snnfe_channel_find(const snnfe_channel_list *list, const char *wanted, size_t *index)
{
    SNNFE_TRY(find_any(list, wanted, index));
    return *index < list->n ? SNNFE_OK : find_numbered(list, wanted, index);
}

snnfe_status snnfe_channels_present(const snnfe_channel_list *list, const snnfe_channels *channels,
                                    snnfe_channels *present, uint64_t *absent)
{
    *present = (snnfe_channels){0};
    *absent = 0;
    for (size_t c = 0; c < channels->n; c++) {
        size_t index = 0;
        if (channels->may_lack >> c & 1) {
            SNNFE_TRY(find_any(list, channels->names[c], &index));
            if (index == list->n) {
                *absent |= UINT64_C(1) << c;
                continue;
            }
        }
        memcpy(present->names[present->n++], channels->names[c], SNNFE_NAME_SIZE);
    }
    return present->n > 0 ? SNNFE_OK : channel_missing(list, channels->names[0]);
}

snnfe_status snnfe_channels_electrodes(const snnfe_channel_list *list,
                                       const snnfe_positions *positions, snnfe_channels *channels)
{
    double direction[3];
    size_t found[SNNFE_MAX_CHANNELS] = {0}, n_found = 0;
    *channels = (snnfe_channels){0};
    for (size_t i = 0; i < list->n; i++) {
        const char *label = list->label(list->context, i);
        if (!label || !snnfe_positions_find(positions, label, direction))
            continue;
        if (n_found++ >= SNNFE_MAX_CHANNELS)
            continue;
        char *name = channels->names[channels->n];
        snnfe_electrode_name(label, name);
        for (size_t c = 0; c < channels->n; c++)
            if (strcmp(channels->names[c], name) == 0)
                return channel_twice(list, name, found[c], i);
        found[channels->n++] = i;
    }
    if (n_found > SNNFE_MAX_CHANNELS)
        return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                          "%s: has %zu electrodes of the 10-05 system, more than %d: name those to "
                          "use (channel_names)",
                          list->path, n_found, SNNFE_MAX_CHANNELS);
    if (n_found == 0)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                          "%s: no label is an electrode of the 10-05 system: name the channels to "
                          "use and their places (channel_names, channel_rows, channel_columns)",
                          list->path);
    return SNNFE_OK;
}
