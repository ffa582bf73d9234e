/* Recordings from files: an EEGMMIDB tree, or any list of files. */
#include "base/check.h"
#include "base/file.h"
#include "base/floating.h"
#include "base/format.h"
#include "base/kind.h"
#include "dataset/bad_channels.h"
#include "dataset/dataset_build.h"
#include "recording/eegmmidb.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

/* Files, and how to read them. */
typedef struct file_source {
    snnfe_dataset_plan plan;
    snnfe_recording_list list;
} file_source;

static snnfe_status load_file(void *context, size_t index, snnfe_recording *recording,
                              bool *missing)
{
    const file_source *files = context;
    const char *path = files->list.paths[index];
    if (!snnfe_file_exists(path)) {
        *missing = true;
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: no such recording", path);
    }
    const snnfe_dataset_options *o = &files->plan.options;
    const snnfe_channels *inputs = &files->plan.cleaning.inputs;
    SNNFE_TRY(snnfe_recording_read(path, inputs, o->resample ? 0 : o->sampling_rate_hz,
                                   o->strict != 0, recording));
    return snnfe_bad_channels_replace(recording, path, inputs, &files->plan.positions, 0);
}

/* Of the first recording that is there: missing ones are counted and logged when all are read. */
static snnfe_status find_electrodes(void *context, snnfe_channels *channels)
{
    const file_source *files = context;
    for (size_t i = 0; i < files->list.n; i++)
        if (snnfe_file_exists(files->list.paths[i]))
            return snnfe_recording_electrodes(files->list.paths[i], files->plan.options.strict != 0,
                                              &files->plan.positions, channels);
    return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: no such recording", files->list.paths[0]);
}

static snnfe_status build_from(snnfe_dataset **dataset, file_source *files)
{
    const snnfe_recording_source source = {load_file, files};
    const snnfe_electrode_source electrodes = {find_electrodes, files};
    SNNFE_TRY(snnfe_dataset_plan_channels(&files->plan, &electrodes));
    return snnfe_dataset_build(dataset, &files->plan, &source, &files->list);
}

/* --- EEGMMIDB ------------------------------------------------------------------------------ */

/* Subjects whose recordings do not follow the protocol. */
static bool is_excluded(int32_t subject)
{
    static const int32_t excluded[] = {88, 89, 92, 100, 104, 106};
    for (size_t i = 0; i < sizeof excluded / sizeof excluded[0]; i++)
        if (excluded[i] == subject)
            return true;
    return false;
}

/* Subjects whose folder is in the tree. */
static snnfe_status present_subjects(const snnfe_tree *tree, int32_t *subjects, size_t *n)
{
    bool bids = false;
    DIR *folder = opendir(tree->root);
    if (!folder)
        return snnfe_fail_kind(snnfe_fail(errno == ENOENT ? SNNFE_ERR_NOT_FOUND : SNNFE_ERR_IO,
                                          "%s: cannot open folder: %s", tree->root,
                                          strerror(errno)),
                               tree->root, SNNFE_KIND_FOLDER);
    errno = 0;
    for (struct dirent *e; (e = readdir(folder)) != NULL; errno = 0) {
        int64_t subject = 0;
        bids = bids || strncmp(e->d_name, "sub-", 4) == 0;
        if (e->d_name[0] != 'S' || strlen(e->d_name) != 4 ||
            !snnfe_parse_int64(e->d_name + 1, &subject) || subject < 1 ||
            subject > SNNFE_LAST_SUBJECT)
            continue;
        if (!is_excluded((int32_t)subject) && *n < SNNFE_LAST_SUBJECT)
            subjects[(*n)++] = (int32_t)subject;
    }
    const int error = errno;
    closedir(folder);
    if (error != 0)
        return snnfe_fail(SNNFE_ERR_IO, "%s: cannot read folder: %s", tree->root, strerror(error));
    if (*n == 0)
        return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: has no folder of a subject (S001, S002, …)%s",
                          tree->root,
                          bids ? "; it is a BIDS tree, which snnfe_dataset_open_bids(), "
                                 "Dataset.open_bids and snnfe-preprocess read"
                               : "");
    return SNNFE_OK;
}

static bool has_run(const snnfe_tree *tree, const char *path, int32_t run)
{
    (void)tree;
    (void)run;
    return snnfe_file_exists(path);
}

static snnfe_status dataset_open(snnfe_dataset **dataset, const char *root,
                                 const snnfe_dataset_options *options)
{
    static const char call[] = "snnfe_dataset_open";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    SNNFE_TRY(snnfe_check_pointer(call, "root", root));
    *dataset = NULL;
    file_source files = {0};
    SNNFE_TRY(snnfe_dataset_plan_make(&files.plan, options));
    const snnfe_tree tree = {root, present_subjects, has_run, NULL};
    snnfe_status status = snnfe_recording_list_tree(&files.list, &tree, &files.plan.labels);
    if (status == SNNFE_OK)
        status = build_from(dataset, &files);
    snnfe_recording_list_release(&files.list);
    return status;
}

snnfe_status snnfe_dataset_open(snnfe_dataset **dataset, const char *root,
                                const snnfe_dataset_options *options)
{
    SNNFE_RETURN_COMPUTED(dataset_open(dataset, root, options));
}

/* --- any files ----------------------------------------------------------------------------- */

static snnfe_status list_files(snnfe_recording_list *list, const char *const *paths,
                               const int32_t *subjects, const int32_t *runs, size_t n)
{
    SNNFE_TRY(snnfe_recording_list_reserve(list, n));
    for (size_t i = 0; i < n; i++) {
        if (!paths[i])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_dataset_open_files: paths[%zu] is NULL",
                              i);
        if (subjects[i] < 1 || runs[i] < 1)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s: subject %d and run %d: both must be positive", paths[i],
                              (int)subjects[i], (int)runs[i]);
        SNNFE_TRY(snnfe_recording_list_add(list, paths[i], subjects[i], runs[i]));
    }
    return SNNFE_OK;
}

static snnfe_status dataset_open_files(snnfe_dataset **dataset, const char *const *paths,
                                       const int32_t *subjects, const int32_t *runs, size_t n_files,
                                       const snnfe_dataset_options *options)
{
    static const char call[] = "snnfe_dataset_open_files";
    SNNFE_TRY(snnfe_check_pointer(call, "dataset", dataset));
    *dataset = NULL;
    SNNFE_TRY(snnfe_check_pointer(call, "paths", paths));
    SNNFE_TRY(snnfe_check_pointer(call, "subjects", subjects));
    SNNFE_TRY(snnfe_check_pointer(call, "runs", runs));
    SNNFE_TRY(snnfe_check_count(call, "n_files", n_files, 1, UINT64_MAX));
    file_source files = {0};
    SNNFE_TRY(snnfe_dataset_plan_make(&files.plan, options));
    if (files.plan.options.subjects)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "%s: the options have subjects, but files are of those that are given "
                          "with them",
                          call);
    snnfe_status status = list_files(&files.list, paths, subjects, runs, n_files);
    if (status == SNNFE_OK)
        status = build_from(dataset, &files);
    snnfe_recording_list_release(&files.list);
    return status;
}

snnfe_status snnfe_dataset_open_files(snnfe_dataset **dataset, const char *const *paths,
                                      const int32_t *subjects, const int32_t *runs, size_t n_files,
                                      const snnfe_dataset_options *options)
{
    SNNFE_RETURN_COMPUTED(dataset_open_files(dataset, paths, subjects, runs, n_files, options));
}
