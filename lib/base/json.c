#include "json.h"

#include <stdbool.h>

/* Jansson follows nesting by recursion, deeper than small stacks are. */
#define MOST_NESTED 64

/* Values that the text can hold at the most, each but the first of which follows a mark, and how
   deep they are nested. */
static size_t count_values(const char *text, size_t size, size_t *deepest)
{
    size_t n = 1, depth = 0;
    *deepest = 0;
    bool in_string = false;
    for (size_t i = 0; i < size; i++) {
        if (in_string && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            in_string = !in_string;
        else if (!in_string) {
            const bool opens = text[i] == '[' || text[i] == '{';
            n += opens || text[i] == ',' || text[i] == ':';
            depth += opens;
            depth -= depth > 0 && (text[i] == ']' || text[i] == '}');
            *deepest = depth > *deepest ? depth : *deepest;
        }
    }
    return n;
}

snnfe_status snnfe_json_parse(json_t **root, const char *text, size_t size, size_t most)
{
    json_error_t error;
    size_t depth = 0;
    const size_t n = count_values(text, size, &depth);
    *root = NULL;
    if (n > most)
        return snnfe_fail(SNNFE_ERR_FORMAT, "has some %zu JSON values, more than %zu", n, most);
    if (depth > MOST_NESTED)
        return snnfe_fail(SNNFE_ERR_FORMAT, "has JSON nested %zu deep, more than %d", depth,
                          MOST_NESTED);
    *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    return *root ? SNNFE_OK : snnfe_fail(SNNFE_ERR_FORMAT, "line %d: %s", error.line, error.text);
}
