#include "dataset/bids_json.h"

#include "base/file.h"
#include "base/memory.h"

#include <string.h>

#define MAX_JSON (UINT64_C(16) << 20)
#define MAX_JSON_VALUES 100000

static snnfe_status read_json(json_t **root, const char *path)
{
    uint8_t *content = NULL;
    size_t size = 0;
    SNNFE_TRY(snnfe_file_read(&content, path, MAX_JSON, &size));
    const snnfe_status status =
        snnfe_json_parse(root, (const char *)content, size, MAX_JSON_VALUES);
    snnfe_release(content);
    if (status != SNNFE_OK)
        return snnfe_fail_prefix(status, "%s", path);
    return json_is_object(*root) ? SNNFE_OK
                                 : snnfe_fail(SNNFE_ERR_FORMAT, "%s: is no JSON object", path);
}

/* Forget the files of other spaces. */
static void keep_space(snnfe_bids_sidecars *files, const char *space)
{
    size_t n = 0;
    for (size_t i = 0; i < files->n; i++) {
        if (strcmp(files->all[i].space, space) == 0)
            files->all[n++] = files->all[i];
        else
            snnfe_release(files->all[i].path);
    }
    files->n = n;
}

snnfe_status snnfe_bids_json_open(snnfe_bids_json *json, const snnfe_bids_tree *tree,
                                  const snnfe_bids_recording *recording, const char *suffix,
                                  const char *space)
{
    *json = (snnfe_bids_json){0};
    SNNFE_TRY(snnfe_bids_sidecars_find(&json->files, tree, recording, suffix, ".json"));
    keep_space(&json->files, space);
    json->roots = snnfe_alloc(json->files.n, sizeof(json_t *));
    if (!json->roots)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < json->files.n; i++)
        SNNFE_TRY(read_json(&json->roots[i], json->files.all[i].path));
    return SNNFE_OK;
}

void snnfe_bids_json_close(snnfe_bids_json *json)
{
    for (size_t i = 0; json->roots && i < json->files.n; i++)
        json_decref(json->roots[i]);
    snnfe_release(json->roots);
    snnfe_bids_sidecars_release(&json->files);
    *json = (snnfe_bids_json){0};
}

const json_t *snnfe_bids_json_get(const snnfe_bids_json *json, const char *key, const char **path)
{
    *path = json->files.n > 0 ? json->files.all[0].path : NULL;
    for (size_t i = 0; i < json->files.n; i++) {
        const json_t *value = json_object_get(json->roots[i], key);
        if (!value)
            continue;
        *path = json->files.all[i].path;
        return value;
    }
    return NULL;
}

snnfe_status snnfe_bids_json_positive(const snnfe_bids_json *json, const char *key, double *value,
                                      const char **path)
{
    const json_t *said = snnfe_bids_json_get(json, key, path);
    *value = json_is_number(said) ? json_number_value(said) : 0;
    if (*value > 0)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has no number \"%s\" above 0", *path, key);
}
