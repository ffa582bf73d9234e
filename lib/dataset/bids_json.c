#include "dataset/bids_json.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <math.h>

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
    return status == SNNFE_OK ? SNNFE_OK : snnfe_fail_prefix(status, "%s", path);
}

/* A number above 0; 0 for anything else. */
static snnfe_status read_positive(const char *path, const char *key, double *number)
{
    json_t *root = NULL;
    SNNFE_TRY(read_json(&root, path));
    const json_t *value = json_object_get(root, key);
    *number = json_is_number(value) ? fmax(json_number_value(value), 0) : 0;
    json_decref(root);
    return SNNFE_OK;
}

snnfe_status snnfe_bids_json_rate(const char *path, double *rate_hz)
{
    SNNFE_TRY(read_positive(path, "SamplingFrequency", rate_hz));
    if (*rate_hz > 0)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has no number \"SamplingFrequency\" above 0", path);
}

snnfe_status snnfe_bids_json_line(const char *path, double *line_hz)
{
    SNNFE_TRY(read_positive(path, "PowerLineFrequency", line_hz));
    if (*line_hz > 0)
        return SNNFE_OK;
    return snnfe_fail(
        SNNFE_ERR_FORMAT,
        "%s: has no number \"PowerLineFrequency\" above 0 (\"n/a\" is none): name the "
        "frequency of the notch",
        path);
}
