#include "preprocess_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The next part of a text between commas, NULL behind the last. */
static char *next_part(char **rest)
{
    char *part = *rest;
    if (!part)
        return NULL;
    char *comma = strchr(part, ',');
    *rest = comma ? comma + 1 : NULL;
    if (comma)
        *comma = '\0';
    return part;
}

static bool whole_number(const char *text, long least, long most, int32_t *value)
{
    char *end = NULL;
    errno = 0;
    const long number = strtol(text, &end, 10);
    if (end == text || *end || errno || number < least || number > most)
        return false;
    *value = (int32_t)number;
    return true;
}

/* "name=row/column", or the name of an electrode, which has a place. */
static bool set_place(char *part, const snnfe_dataset_options *o, int32_t *row, int32_t *column)
{
    char *place = strrchr(part, '='), *slash = place ? strchr(place, '/') : NULL;
    if (!place) {
        const char *name = part;
        return snnfe_montage_place(&name, 1, o->n_rows, o->n_columns, row, column) == SNNFE_OK;
    }
    if (!slash)
        return false;
    *place = *slash = '\0';
    return whole_number(place + 1, 0, 63, row) && whole_number(slash + 1, 0, 63, column);
}

bool input_set_channels(input_channels *channels, const char *given, snnfe_dataset_options *o)
{
    if ((size_t)snprintf(channels->text, sizeof channels->text, "%s", given) >=
        sizeof channels->text)
        return !cli_error("--channels has more than %zu bytes", sizeof channels->text - 1);
    const bool has_places = strchr(given, '=') != NULL;
    char *rest = channels->text;
    o->n_channels = 0;
    for (char *part; (part = next_part(&rest)) != NULL; o->n_channels++) {
        const size_t n = o->n_channels;
        if (n == INPUT_CHANNELS)
            return !cli_error("--channels: \"%s\" is one too many", part);
        if (has_places && !set_place(part, o, &channels->rows[n], &channels->columns[n]))
            return !cli_error("--channels: \"%s\" is no electrode of the 10-05 system and has no "
                              "place (NAME=ROW/COLUMN)",
                              part);
        channels->names[n] = part;
    }
    o->channel_names = channels->names;
    /* Without places of its own the library says which two come to the same one, and what helps. */
    o->channel_rows = has_places ? channels->rows : NULL;
    o->channel_columns = has_places ? channels->columns : NULL;
    return true;
}

bool input_set_events(input_events *events, const char *given, snnfe_dataset_options *o)
{
    if ((size_t)snprintf(events->text, sizeof events->text, "%s", given) >= sizeof events->text)
        return !cli_error("--events has more than %zu bytes", sizeof events->text - 1);
    const bool has_classes = strchr(given, '=') != NULL;
    char *rest = events->text;
    o->n_event_names = 0;
    for (char *part; (part = next_part(&rest)) != NULL; o->n_event_names++) {
        const uint32_t n = o->n_event_names;
        char *label = strrchr(part, '=');
        if (n == INPUT_EVENTS || (has_classes && !label))
            return !cli_error(n == INPUT_EVENTS
                                  ? "--events: \"%s\" is one too many"
                                  : "--events: \"%s\" has no class (NAME=CLASS or NAME=end)",
                              part);
        events->names[n] = part;
        events->labels[n] = has_classes ? -1 : (int32_t)n;
        if (!has_classes)
            continue;
        *label++ = '\0';
        if (strcmp(label, "end") != 0 && !whole_number(label, 0, 255, &events->labels[n]))
            return !cli_error("--events: class of \"%s\" is \"%s\", not 0...255 or \"end\"", part,
                              label);
    }
    o->label_set = SNNFE_LABELS_EVENTS;
    o->event_names = events->names;
    o->event_labels = events->labels;
    return true;
}

/* "8-13" */
static bool set_band(const char *text, double *low, double *high)
{
    char *end = NULL;
    *low = strtod(text, &end);
    if (end == text || *end != '-')
        return false;
    const char *second = end + 1;
    *high = strtod(second, &end);
    return end != second && *end == '\0';
}

bool input_set_bands(input_bands *bands, const char *given, snnfe_dataset_options *o)
{
    char text[512];
    if ((size_t)snprintf(text, sizeof text, "%s", given) >= sizeof text)
        return !cli_error("--bands has more than %zu bytes", sizeof text - 1);
    char *rest = text;
    o->n_bands = 0;
    for (char *part; (part = next_part(&rest)) != NULL; o->n_bands++)
        if (o->n_bands == INPUT_BANDS ||
            !set_band(part, &bands->low_hz[o->n_bands], &bands->high_hz[o->n_bands]))
            return !cli_error(o->n_bands == INPUT_BANDS ? "--bands: \"%s\" is one too many"
                                                        : "--bands: \"%s\" is no band such as 8-13",
                              part);
    o->band_low_hz = bands->low_hz;
    o->band_high_hz = bands->high_hz;
    return true;
}

bool input_set_notch(const char *given, snnfe_dataset_options *o)
{
    char *end = NULL;
    o->notch_hz = strcmp(given, "auto") == 0 ? SNNFE_NOTCH_AUTO : 0;
    if (strcmp(given, "auto") == 0 || strcmp(given, "none") == 0)
        return true;
    o->notch_hz = strtod(given, &end);
    return (end != given && *end == '\0' && o->notch_hz > 0) ||
           !cli_error("--notch: \"%s\" is no frequency such as 50, auto or none", given);
}

/* --- lists of recordings --------------------------------------------------------------------- */

#define MAX_FILES 100000

typedef struct file_list {
    size_t n, capacity;
    char **paths;
    int32_t *subjects, *runs;
} file_list;

static void release_list(file_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        free(list->paths[i]);
    free(list->paths);
    free(list->subjects);
    free(list->runs);
}

static bool grow_list(file_list *list)
{
    if (list->n < list->capacity)
        return true;
    const size_t capacity = 2 * list->capacity + 64;
    char **paths = realloc(list->paths, capacity * sizeof *paths);
    list->paths = paths ? paths : list->paths;
    int32_t *subjects = realloc(list->subjects, capacity * sizeof *subjects);
    list->subjects = subjects ? subjects : list->subjects;
    int32_t *runs = realloc(list->runs, capacity * sizeof *runs);
    list->runs = runs ? runs : list->runs;
    list->capacity = paths && subjects && runs ? capacity : list->capacity;
    return paths && subjects && runs;
}

/* "path,subject,run"; the path may have commas of its own. */
static bool add_line(file_list *list, const char *list_path, char *line)
{
    char *run = strrchr(line, ','), *subject = NULL;
    if (run)
        *run++ = '\0';
    subject = run ? strrchr(line, ',') : NULL;
    if (!subject || list->n == MAX_FILES || !grow_list(list))
        return false;
    *subject++ = '\0';
    if (!whole_number(subject, 1, INT32_MAX, &list->subjects[list->n]) ||
        !whole_number(run, 1, INT32_MAX, &list->runs[list->n]) || !*line)
        return false;
    const char *slash = line[0] == '/' ? NULL : strrchr(list_path, '/');
    const size_t folder = slash ? (size_t)(slash - list_path) + 1 : 0;
    char *path = malloc(folder + strlen(line) + 1);
    if (!path)
        return false;
    memcpy(path, list_path, folder);
    strcpy(path + folder, line);
    list->paths[list->n++] = path;
    return true;
}

static bool read_list(file_list *list, const char *path)
{
    char line[8192];
    FILE *file = cli_open_text(path);
    if (!file)
        return !cli_error("%s: cannot read: %s", path, strerror(errno));
    bool good = true;
    for (size_t number = 1; good && fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (number == 1)
            good = strcmp(line, "path,subject,run") == 0;
        else if (*line)
            good = add_line(list, path, line);
        if (!good)
            cli_error(number == 1
                          ? "%s: line %zu: not the columns path,subject,run of a list of recordings"
                          : "%s: line %zu: not a path, a subject and a run (from 1)",
                      path, number);
    }
    fclose(file);
    if (good && list->n == 0)
        return !cli_error("%s: names no recording", path);
    return good;
}

static bool is_bids(const char *folder)
{
    char path[4096];
    FILE *file = cli_join(path, folder, "dataset_description.json") ? fopen(path, "re") : NULL;
    if (file)
        fclose(file);
    return file != NULL;
}

/* A tree has events of any names, so that there is no default for the classes. */
static bool has_events(const char *path, const snnfe_dataset_options *o)
{
    return o->label_set == SNNFE_LABELS_EVENTS ||
           !cli_error("%s: a BIDS tree needs --events NAME,NAME…: which events of its events.tsv "
                      "are the classes",
                      path);
}

static int open_list(snnfe_dataset **dataset, const char *path, const snnfe_dataset_options *o)
{
    file_list list = {0};
    int exit_code = CLI_FAILED;
    if (read_list(&list, path)) {
        const snnfe_status status = snnfe_dataset_open_files(
            dataset, (const char *const *)list.paths, list.subjects, list.runs, list.n, o);
        exit_code = status == SNNFE_OK ? CLI_OK : cli_failure(status);
    }
    release_list(&list);
    return exit_code;
}

int input_open(snnfe_dataset **dataset, const char *path, const snnfe_bids_options *bids,
               const snnfe_dataset_options *o)
{
    FILE *file = cli_is_folder(path) ? NULL : fopen(path, "re");
    const bool tree = !file && is_bids(path);
    if (file)
        fclose(file);
    if (!tree && (bids->task || bids->sessions || bids->event_column || bids->bad_channels))
        return cli_error("%s: is no BIDS tree, which has a dataset_description.json: --task, "
                         "--sessions, --event_column and --bad_channels are of one",
                         path);
    if (file)
        return open_list(dataset, path, o);
    if (tree && !has_events(path, o))
        return CLI_FAILED;
    const snnfe_status status = tree ? snnfe_dataset_open_bids(dataset, path, bids, o)
                                     : snnfe_dataset_open(dataset, path, o);
    return status == SNNFE_OK ? CLI_OK : cli_failure(status);
}
