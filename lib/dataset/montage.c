#include "dataset/montage.h"

#include "base/text.h"

#include <string.h>

/* Rows of electrodes in the order of the files: how many, and where the first one sits. */
static const struct {
    int count, row, column;
} electrode_rows[] = {{7, 3, 2}, {7, 4, 2}, {7, 5, 2}, {3, 0, 4}, {5, 1, 3}, {9, 2, 1},
                      {1, 3, 1}, {1, 3, 9}, {1, 4, 1}, {1, 4, 9}, {1, 4, 0}, {1, 4, 10},
                      {1, 5, 1}, {1, 5, 9}, {9, 6, 1}, {5, 7, 3}, {3, 8, 4}, {1, 9, 5}};

static const char *const eegmmidb_names[SNNFE_MAX_CHANNELS] = {
    "FC5", "FC3", "FC1", "FCZ", "FC2", "FC4", "FC6", "C5",  "C3",  "C1",  "CZ",  "C2",  "C4",
    "C6",  "CP5", "CP3", "CP1", "CPZ", "CP2", "CP4", "CP6", "FP1", "FPZ", "FP2", "AF7", "AF3",
    "AFZ", "AF4", "AF8", "F7",  "F5",  "F3",  "F1",  "FZ",  "F2",  "F4",  "F6",  "F8",  "FT7",
    "FT8", "T7",  "T8",  "T9",  "T10", "TP7", "TP8", "P7",  "P5",  "P3",  "P1",  "PZ",  "P2",
    "P4",  "P6",  "P8",  "PO7", "PO3", "POZ", "PO4", "PO8", "O1",  "OZ",  "O2",  "IZ"};

void snnfe_channel_name_plain(const char *label, char name[SNNFE_NAME_SIZE])
{
    size_t n = 0;
    for (const char *c = label; *c && n < SNNFE_NAME_SIZE - 1; c++)
        if (*c != '.' && *c != ' ')
            name[n++] = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    name[n] = '\0';
}

void snnfe_montage_eegmmidb(snnfe_montage *montage)
{
    *montage = (snnfe_montage){.n_channels = SNNFE_MAX_CHANNELS, .n_rows = 10, .n_columns = 11};
    size_t channel = 0;
    for (size_t r = 0; r < sizeof electrode_rows / sizeof electrode_rows[0]; r++)
        for (int i = 0; i < electrode_rows[r].count; i++, channel++) {
            montage->rows[channel] = electrode_rows[r].row;
            montage->columns[channel] = electrode_rows[r].column + i;
            snnfe_format(montage->names[channel], SNNFE_NAME_SIZE, "%s", eegmmidb_names[channel]);
        }
}

snnfe_status snnfe_montage_check(const snnfe_montage *montage, const char *what)
{
    if (montage->n_rows < 1 || montage->n_rows > 64 || montage->n_columns < 1 ||
        montage->n_columns > 64)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: grid is %ux%u, not 1x1…64x64", what,
                          (unsigned)montage->n_rows, (unsigned)montage->n_columns);
    for (size_t c = 0; c < montage->n_channels; c++) {
        const int32_t row = montage->rows[c], column = montage->columns[c];
        if (row < 0 || (uint32_t)row >= montage->n_rows || column < 0 ||
            (uint32_t)column >= montage->n_columns)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s: place (%d, %d) of channel %zu is not in the %ux%u grid", what,
                              (int)row, (int)column, c, (unsigned)montage->n_rows,
                              (unsigned)montage->n_columns);
        for (size_t d = 0; d < c; d++)
            if (montage->rows[d] == row && montage->columns[d] == column)
                return snnfe_fail(
                    SNNFE_ERR_ARGUMENT, "%s: channels %zu (%s) and %zu (%s) share place (%d, %d)",
                    what, d, montage->names[d], c, montage->names[c], (int)row, (int)column);
    }
    return SNNFE_OK;
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

/* --- the caller's channels ----------------------------------------------------------------- */

snnfe_status snnfe_montage_check_names(const snnfe_montage *montage)
{
    for (size_t c = 0; c < montage->n_channels; c++) {
        if (montage->names[c][0] == '\0')
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "channel_names[%zu] is empty", c);
        for (size_t d = 0; d < c; d++)
            if (strcmp(montage->names[c], montage->names[d]) == 0)
                return snnfe_fail(SNNFE_ERR_ARGUMENT, "channel_names has \"%s\" twice",
                                  montage->names[c]);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_montage_make(snnfe_montage *montage, const snnfe_dataset_options *o)
{
    snnfe_montage_eegmmidb(montage);
    if (!o->channel_names) {
        if (o->channel_rows || o->channel_columns || o->n_channels)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "channel_rows, channel_columns or n_channels without channel_names");
        montage->n_rows = o->n_rows;
        montage->n_columns = o->n_columns;
        return snnfe_montage_check(montage, "channel map");
    }
    if (!o->channel_rows || !o->channel_columns || o->n_channels < 1 ||
        o->n_channels > SNNFE_MAX_CHANNELS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "channel_names needs channel_rows, channel_columns and 1…64 n_channels, "
                          "not %zu",
                          o->n_channels);
    *montage = (snnfe_montage){
        .n_channels = o->n_channels, .n_rows = o->n_rows, .n_columns = o->n_columns};
    for (size_t c = 0; c < o->n_channels; c++) {
        if (!o->channel_names[c])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "channel_names[%zu] is NULL", c);
        snnfe_channel_name_plain(o->channel_names[c], montage->names[c]);
        montage->rows[c] = o->channel_rows[c];
        montage->columns[c] = o->channel_columns[c];
    }
    SNNFE_TRY(snnfe_montage_check_names(montage));
    return snnfe_montage_check(montage, "channel map");
}
