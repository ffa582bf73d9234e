#include "dataset/bids_json.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

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

snnfe_status snnfe_bids_json_rate(const char *path, double *rate_hz)
{
    json_t *root = NULL;
    SNNFE_TRY(read_json(&root, path));
    const json_t *rate = json_object_get(root, "SamplingFrequency");
    *rate_hz = json_is_number(rate) ? json_number_value(rate) : 0;
    json_decref(root);
    if (*rate_hz > 0)
        return SNNFE_OK;
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has no number \"SamplingFrequency\" above 0", path);
}
