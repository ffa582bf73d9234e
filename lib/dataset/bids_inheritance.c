/* Which sidecars a recording inherits. */
#include "base/memory.h"
#include "dataset/bids_tree.h"

#include <stdlib.h>
#include <string.h>

typedef struct search {
    const snnfe_bids_name *recording;
    const char *suffix, *extension;
    int level;
    snnfe_bids_sidecars *list;
} search;

static snnfe_status reserve(snnfe_bids_sidecars *list)
{
    if (list->n < list->capacity)
        return SNNFE_OK;
    const size_t capacity = 2 * list->capacity + 4;
    snnfe_bids_sidecar *grown =
        snnfe_realloc(list->all, list->capacity, capacity, sizeof *list->all);
    if (!grown)
        return SNNFE_ERR_MEMORY;
    list->all = grown;
    list->capacity = capacity;
    return SNNFE_OK;
}

static snnfe_status visit(void *context, const char *folder, const char *file)
{
    const search *s = context;
    snnfe_bids_name name;
    if (!snnfe_bids_name_parse(&name, file) || strcmp(name.suffix, s->suffix) != 0 ||
        strcmp(name.extension, s->extension) != 0 || !snnfe_bids_applies(&name, s->recording))
        return SNNFE_OK;
    SNNFE_TRY(reserve(s->list));
    const char *space = snnfe_bids_label(&name, "space");
    snnfe_bids_sidecar *found = &s->list->all[s->list->n];
    *found = (snnfe_bids_sidecar){.path = snnfe_bids_joined(folder, file),
                                  .level = s->level,
                                  .n_entities = name.n - (space != NULL)};
    if (!found->path)
        return SNNFE_ERR_MEMORY;
    if (space)
        memcpy(found->space, space, strlen(space) + 1);
    s->list->n++;
    return SNNFE_OK;
}

static int by_distance(const void *a, const void *b)
{
    const snnfe_bids_sidecar *x = a, *y = b;
    if (x->level != y->level)
        return x->level - y->level;
    if (x->n_entities != y->n_entities)
        return y->n_entities - x->n_entities;
    return strcmp(x->path, y->path);
}

static snnfe_status check_distinct(const snnfe_bids_sidecars *list)
{
    for (size_t i = 1; i < list->n; i++) {
        const snnfe_bids_sidecar *a = &list->all[i - 1], *b = &list->all[i];
        if (a->level == b->level && a->n_entities == b->n_entities &&
            strcmp(a->space, b->space) == 0)
            return snnfe_fail(SNNFE_ERR_FORMAT,
                              "%s and %s are both of the same recordings: nothing says which holds",
                              a->path, b->path);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_bids_sidecars_find(snnfe_bids_sidecars *list, const snnfe_bids_tree *tree,
                                      const snnfe_bids_recording *recording, const char *suffix,
                                      const char *extension)
{
    search s = {&recording->name, suffix, extension, 0, list};
    *list = (snnfe_bids_sidecars){0};
    char *folder = snnfe_duplicate_string(recording->path);
    snnfe_status status = folder ? SNNFE_OK : SNNFE_ERR_MEMORY;
    /* From the recording's folder up to the root. */
    for (; status == SNNFE_OK && strlen(folder) > strlen(tree->root); s.level++) {
        *strrchr(folder, '/') = '\0';
        status = snnfe_bids_for_each(folder, visit, &s, false);
    }
    snnfe_release(folder);
    if (status != SNNFE_OK || list->n == 0)
        return status;
    qsort(list->all, list->n, sizeof *list->all, by_distance);
    return check_distinct(list);
}

void snnfe_bids_sidecars_release(snnfe_bids_sidecars *list)
{
    for (size_t i = 0; i < list->n; i++)
        snnfe_release(list->all[i].path);
    snnfe_release(list->all);
    *list = (snnfe_bids_sidecars){0};
}

snnfe_status snnfe_bids_nearest(const snnfe_bids_tree *tree, const snnfe_bids_recording *recording,
                                const char *suffix, const char *extension, char **path)
{
    snnfe_bids_sidecars list = {0};
    *path = NULL;
    const snnfe_status status = snnfe_bids_sidecars_find(&list, tree, recording, suffix, extension);
    if (status == SNNFE_OK && list.n > 0) {
        *path = list.all[0].path;
        list.all[0].path = NULL;
    }
    snnfe_bids_sidecars_release(&list);
    return status;
}
