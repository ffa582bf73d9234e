#include "recording/bids_name.h"

#include <string.h>

/* Copy `length` bytes; false if they are none or too many. */
static bool take(char out[SNNFE_BIDS_LABEL], const char *text, size_t length)
{
    if (length == 0 || length >= SNNFE_BIDS_LABEL)
        return false;
    memcpy(out, text, length);
    out[length] = '\0';
    return true;
}

bool snnfe_bids_name_parse(snnfe_bids_name *name, const char *file)
{
    *name = (snnfe_bids_name){0};
    for (;;) {
        const size_t length = strcspn(file, "_.");
        const char *dash = memchr(file, '-', length);
        if (file[length] != '_' || !dash)
            break;
        if (name->n == SNNFE_BIDS_ENTITIES ||
            !take(name->keys[name->n], file, (size_t)(dash - file)) ||
            !take(name->labels[name->n], dash + 1, length - (size_t)(dash + 1 - file)))
            return false;
        name->n++;
        file += length + 1;
    }
    const size_t length = strcspn(file, ".");
    return !memchr(file, '_', length) && take(name->suffix, file, length) &&
           take(name->extension, file + length, strlen(file + length));
}

const char *snnfe_bids_label(const snnfe_bids_name *name, const char *key)
{
    for (int i = 0; i < name->n; i++)
        if (strcmp(name->keys[i], key) == 0)
            return name->labels[i];
    return NULL;
}

bool snnfe_bids_applies(const snnfe_bids_name *sidecar, const snnfe_bids_name *recording)
{
    for (int i = 0; i < sidecar->n; i++) {
        const char *label = snnfe_bids_label(recording, sidecar->keys[i]);
        if (strcmp(sidecar->keys[i], "space") == 0)
            continue;
        if (!label || strcmp(label, sidecar->labels[i]) != 0)
            return false;
    }
    return true;
}
