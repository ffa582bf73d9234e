#include "json.h"

#include <stdbool.h>

/* Values that the text can hold at the most: each but the first follows a mark. */
static size_t count_values(const char *text, size_t size)
{
    size_t n = 1;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        if (in_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_string = !in_string;
        else if (!in_string)
            n += text[i] == ',' || text[i] == ':' || text[i] == '[' || text[i] == '{';
    }
    return n;
}

snnfe_status snnfe_json_parse(json_t **root, const char *text, size_t size, size_t most)
{
    json_error_t error;
    const size_t n = count_values(text, size);
    *root = NULL;
    if (n > most)
        return snnfe_fail(SNNFE_ERR_FORMAT, "has some %zu JSON values, more than %zu", n, most);
    *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    return *root ? SNNFE_OK : snnfe_fail(SNNFE_ERR_FORMAT, "line %d: %s", error.line, error.text);
}
