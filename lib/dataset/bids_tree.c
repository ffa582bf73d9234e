#include "dataset/bids_tree.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "dataset/bids_number.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- folders -------------------------------------------------------------------------------- */

char *snnfe_bids_joined(const char *folder, const char *name)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "%s/%s", folder, name);
    if (!text.failed)
        return text.data;
    snnfe_text_release(&text);
    return NULL;
}

snnfe_status snnfe_bids_for_each(const char *folder, snnfe_bids_visit *what, void *context,
                                 bool always)
{
    DIR *open = opendir(folder);
    if (!open && errno == ENOTDIR && !always)
        return SNNFE_OK;
    if (!open)
        return snnfe_fail(errno == ENOENT ? SNNFE_ERR_NOT_FOUND : SNNFE_ERR_IO,
                          "%s: cannot open folder: %s", folder, strerror(errno));
    snnfe_status status = SNNFE_OK;
    errno = 0;
    for (struct dirent *e; status == SNNFE_OK && (e = readdir(open)) != NULL; errno = 0)
        if (e->d_name[0] != '.')
            status = what(context, folder, e->d_name);
    if (status == SNNFE_OK && errno != 0)
        status = snnfe_fail(SNNFE_ERR_IO, "%s: cannot read folder: %s", folder, strerror(errno));
    closedir(open);
    return status;
}

static snnfe_status descend(const char *folder, const char *name, snnfe_bids_visit *what,
                            void *context)
{
    char *path = snnfe_bids_joined(folder, name);
    const snnfe_status status =
        path ? snnfe_bids_for_each(path, what, context, false) : SNNFE_ERR_MEMORY;
    snnfe_release(path);
    return status;
}

/* --- recordings ----------------------------------------------------------------------------- */

static snnfe_status add(snnfe_bids_tree *tree, const char *folder, const char *file,
                        const snnfe_bids_name *name)
{
    if (tree->n == tree->capacity) {
        const size_t capacity = 2 * tree->capacity + 16;
        snnfe_bids_recording *grown =
            snnfe_realloc(tree->recordings, tree->capacity, capacity, sizeof *grown);
        if (!grown)
            return SNNFE_ERR_MEMORY;
        tree->recordings = grown;
        tree->capacity = capacity;
    }
    snnfe_bids_recording *r = &tree->recordings[tree->n];
    *r = (snnfe_bids_recording){.path = snnfe_bids_joined(folder, file), .name = *name};
    if (!r->path)
        return SNNFE_ERR_MEMORY;
    tree->n++;
    return SNNFE_OK;
}

static bool is_one_of(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(text, *list) == 0)
            return true;
    return false;
}

static snnfe_status visit_file(void *context, const char *folder, const char *file)
{
    static const char *const read[] = {".edf", ".EDF", ".bdf", ".BDF", ".vhdr", NULL};
    static const char *const others[] = {".set", NULL};
    snnfe_bids_name name;
    if (!snnfe_bids_name_parse(&name, file) || strcmp(name.suffix, "eeg") != 0)
        return SNNFE_OK;
    if (is_one_of(name.extension, others))
        return snnfe_fail(SNNFE_ERR_UNSUPPORTED,
                          "%s/%s: recordings in %s are not read, only EDF, BDF and BrainVision's; "
                          "convert them",
                          folder, file, name.extension);
    if (!is_one_of(name.extension, read))
        return SNNFE_OK;
    if (!snnfe_bids_label(&name, "sub") || !snnfe_bids_label(&name, "task"))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s/%s: its name has no sub- or no task- entity",
                          folder, file);
    return add(context, folder, file, &name);
}

static snnfe_status visit_session(void *context, const char *folder, const char *name)
{
    return strcmp(name, "eeg") == 0 ? descend(folder, name, visit_file, context) : SNNFE_OK;
}

static snnfe_status visit_subject(void *context, const char *folder, const char *name)
{
    if (strncmp(name, "ses-", 4) == 0)
        return descend(folder, name, visit_session, context);
    return visit_session(context, folder, name);
}

static snnfe_status visit_root(void *context, const char *folder, const char *name)
{
    return strncmp(name, "sub-", 4) == 0 ? descend(folder, name, visit_subject, context) : SNNFE_OK;
}

static int by_path(const void *a, const void *b)
{
    const snnfe_bids_recording *x = a, *y = b;
    return strcmp(x->path, y->path);
}

snnfe_status snnfe_bids_tree_read(snnfe_bids_tree *tree, const char *root,
                                  const snnfe_bids_options *options, const snnfe_sink *sink)
{
    *tree = (snnfe_bids_tree){.root = root};
    SNNFE_TRY(snnfe_bids_for_each(root, visit_root, tree, true));
    if (tree->n == 0)
        return snnfe_fail(
            SNNFE_ERR_NOT_FOUND,
            "%s: has no recording sub-*/[ses-*/]eeg/*_eeg.edf, .bdf or .vhdr of a BIDS tree", root);
    qsort(tree->recordings, tree->n, sizeof *tree->recordings, by_path);
    SNNFE_TRY(snnfe_bids_select(tree, options));
    return snnfe_bids_number(tree, sink);
}

void snnfe_bids_tree_release(snnfe_bids_tree *tree)
{
    for (size_t i = 0; i < tree->n; i++)
        snnfe_release(tree->recordings[i].path);
    snnfe_release(tree->recordings);
    *tree = (snnfe_bids_tree){0};
}
