/* Recordings from files: an EEGMMIDB tree, or any list of EDF files. */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "dataset/dataset_internal.h"
#include "dataset/edf.h"
#include "dataset/labels.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A list of files that grows. */
typedef struct file_list {
    size_t n, capacity;
    char **paths;
    int32_t *subjects, *runs;
    snnfe_montage montage;
    double sampling_rate_hz;
} file_list;

static void release_list(file_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        snnfe_release(list->paths[i]);
    snnfe_release(list->paths);
    snnfe_release(list->subjects);
    snnfe_release(list->runs);
}

static snnfe_status reserve(file_list *list, size_t capacity)
{
    list->paths = snnfe_alloc(capacity, sizeof *list->paths);
    list->subjects = snnfe_alloc(capacity, sizeof *list->subjects);
    list->runs = snnfe_alloc(capacity, sizeof *list->runs);
    list->capacity = capacity;
    return list->paths && list->subjects && list->runs ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

static snnfe_status add_file(file_list *list, const char *path, int32_t subject, int32_t run)
{
    char *copy = snnfe_duplicate_string(path);
    if (!copy)
        return SNNFE_ERR_MEMORY;
    list->paths[list->n] = copy;
    list->subjects[list->n] = subject;
    list->runs[list->n] = run;
    list->n++;
    return SNNFE_OK;
}

static snnfe_status load_file(void *context, size_t index, snnfe_recording *recording,
                              bool *missing)
{
    const file_list *list = context;
    const char *path = list->paths[index];
    if (!snnfe_file_exists(path)) {
        *missing = true;
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: no such recording", path);
    }
    return snnfe_edf_read(path, &list->montage, list->sampling_rate_hz, recording);
}

static const char *describe_file(void *context, size_t index)
{
    const file_list *list = context;
    return list->paths[index];
}

static snnfe_status build_from(snnfe_dataset **dataset, file_list *list,
                               const snnfe_dataset_options *options)
{
    SNNFE_TRY(snnfe_montage_make(&list->montage, options));
    list->sampling_rate_hz = options->sampling_rate_hz;
    const snnfe_recording_source source = {load_file, describe_file, list};
    return snnfe_dataset_build(dataset, &source, list->n, list->subjects, list->runs, options);
}

/* --- EEGMMIDB ------------------------------------------------------------------------------ */

#define LAST_SUBJECT 999
#define LAST_RUN 14
#define MAX_PATH 4096

/* Subjects whose recordings do not follow the protocol. */
static bool is_excluded(int32_t subject)
{
    static const int32_t excluded[] = {88, 89, 92, 100, 104, 106};
    for (size_t i = 0; i < sizeof excluded / sizeof excluded[0]; i++)
        if (excluded[i] == subject)
            return true;
    return false;
}

static snnfe_status run_path(char path[MAX_PATH], const char *root, int32_t subject, int32_t run)
{
    const int n = snnfe_format(path, MAX_PATH, "%s/S%03d/S%03dR%02d.edf", root, (int)subject,
                               (int)subject, (int)run);
    if (n < 0 || n >= MAX_PATH)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%.100s…: path is too long", root);
    return SNNFE_OK;
}

static int ascending(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* Subjects whose folder is in the tree. */
static snnfe_status present_subjects(const char *root, int32_t *subjects, size_t *n)
{
    DIR *folder = opendir(root);
    if (!folder)
        return snnfe_fail(errno == ENOENT ? SNNFE_ERR_NOT_FOUND : SNNFE_ERR_IO,
                          "%s: cannot open folder: %s", root, strerror(errno));
    for (struct dirent *e = readdir(folder); e; e = readdir(folder)) {
        int64_t subject = 0;
        if (e->d_name[0] != 'S' || strlen(e->d_name) != 4 ||
            !snnfe_parse_int64(e->d_name + 1, &subject) || subject < 1 || subject > LAST_SUBJECT)
            continue;
        if (!is_excluded((int32_t)subject) && *n < LAST_SUBJECT)
            subjects[(*n)++] = (int32_t)subject;
    }
    closedir(folder);
    if (*n == 0)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND,
                          "%s: has no folder of a subject (S001, S002, …)", root);
    qsort(subjects, *n, sizeof *subjects, ascending);
    return SNNFE_OK;
}

static snnfe_status given_subjects(const snnfe_dataset_options *o, int32_t *subjects, size_t *n)
{
    if (o->n_subjects < 1 || o->n_subjects > LAST_SUBJECT)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "n_subjects is %zu, not in 1…%d", o->n_subjects,
                          LAST_SUBJECT);
    for (size_t i = 0; i < o->n_subjects; i++) {
        if (o->subjects[i] < 1 || o->subjects[i] > LAST_SUBJECT)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "subjects[%zu] is %d, not in 1…%d", i,
                              (int)o->subjects[i], LAST_SUBJECT);
        subjects[i] = o->subjects[i];
    }
    *n = o->n_subjects;
    qsort(subjects, *n, sizeof *subjects, ascending);
    for (size_t i = 1; i < *n; i++)
        if (subjects[i] == subjects[i - 1])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "subjects has %d twice", (int)subjects[i]);
    return SNNFE_OK;
}

static bool is_listed(const int32_t *runs, size_t n, int32_t run)
{
    for (size_t i = 0; i < n; i++)
        if (runs[i] == run)
            return true;
    return false;
}

/* Runs that give epochs or that statistics_runs names must be there; without such a list every
   other run that is there counts. */
static snnfe_status add_subject(file_list *list, const char *root, int32_t subject,
                                const snnfe_label_set *labels)
{
    const snnfe_dataset_options *o = labels->options;
    const bool statistics = o->normalisation == SNNFE_NORMALISE_ALL;
    for (int32_t run = 1; run <= LAST_RUN; run++) {
        char path[MAX_PATH];
        SNNFE_TRY(run_path(path, root, subject, run));
        bool wanted = snnfe_label_set_uses_run(labels, run);
        if (statistics && o->statistics_runs)
            wanted = wanted || is_listed(o->statistics_runs, o->n_statistics_runs, run);
        else if (statistics)
            wanted = wanted || snnfe_file_exists(path);
        if (wanted)
            SNNFE_TRY(add_file(list, path, subject, run));
    }
    return SNNFE_OK;
}

static snnfe_status check_statistics_runs(const snnfe_dataset_options *o)
{
    for (size_t i = 0; i < o->n_statistics_runs; i++)
        if (o->statistics_runs[i] < 1 || o->statistics_runs[i] > LAST_RUN)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "statistics_runs[%zu] is %d, not in 1…%d", i,
                              (int)o->statistics_runs[i], LAST_RUN);
    return SNNFE_OK;
}

static snnfe_status list_tree(file_list *list, const char *root, const snnfe_dataset_options *o)
{
    int32_t subjects[LAST_SUBJECT];
    size_t n = 0;
    snnfe_label_set labels;
    SNNFE_TRY(snnfe_label_set_make(&labels, o));
    SNNFE_TRY(check_statistics_runs(o));
    if (o->subjects)
        SNNFE_TRY(given_subjects(o, subjects, &n));
    else
        SNNFE_TRY(present_subjects(root, subjects, &n));
    SNNFE_TRY(reserve(list, n * LAST_RUN));
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(add_subject(list, root, subjects[i], &labels));
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_open(snnfe_dataset **dataset, const char *root,
                                const snnfe_dataset_options *options)
{
    if (!dataset || !root)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_open: %s is NULL",
                          dataset ? "root" : "dataset");
    *dataset = NULL;
    snnfe_dataset_options o;
    SNNFE_TRY(snnfe_dataset_options_take(&o, options));
    if (o.label_set == SNNFE_LABELS_EVENTS && !o.runs)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "label set EVENTS needs `runs` for a tree");
    file_list list = {0};
    snnfe_status status = list_tree(&list, root, &o);
    if (status == SNNFE_OK)
        status = build_from(dataset, &list, &o);
    release_list(&list);
    return status;
}

/* --- any files ----------------------------------------------------------------------------- */

static snnfe_status list_files(file_list *list, const char *const *paths, const int32_t *subjects,
                               const int32_t *runs, size_t n)
{
    SNNFE_TRY(reserve(list, n));
    for (size_t i = 0; i < n; i++) {
        if (!paths[i])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "paths[%zu] is NULL", i);
        if (subjects[i] < 1 || runs[i] < 1)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s: subject %d and run %d: both must be positive", paths[i],
                              (int)subjects[i], (int)runs[i]);
        SNNFE_TRY(add_file(list, paths[i], subjects[i], runs[i]));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_dataset_open_files(snnfe_dataset **dataset, const char *const *paths,
                                      const int32_t *subjects, const int32_t *runs, size_t n_files,
                                      const snnfe_dataset_options *options)
{
    if (!dataset || !paths || !subjects || !runs || n_files == 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_open_files: an argument is NULL or 0");
    *dataset = NULL;
    snnfe_dataset_options o;
    SNNFE_TRY(snnfe_dataset_options_take(&o, options));
    file_list list = {0};
    snnfe_status status = list_files(&list, paths, subjects, runs, n_files);
    if (status == SNNFE_OK)
        status = build_from(dataset, &list, &o);
    release_list(&list);
    return status;
}
