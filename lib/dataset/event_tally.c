#include "dataset/event_tally.h"

#include "base/format.h"
#include "base/memory.h"

#include <string.h>

#define SHOWN 40 /* bytes of a name in a message */

snnfe_status snnfe_event_tally_add(snnfe_event_tally *tally, const char *name, size_t count)
{
    size_t place = 0;
    int order = 1;
    while (place < tally->n && (order = strcmp(tally->names[place], name)) < 0)
        place++;
    if (place < tally->n && order == 0) {
        tally->counts[place] += count;
        return SNNFE_OK;
    }
    if (tally->n == SNNFE_TALLY_NAMES) {
        tally->n_others += count;
        return SNNFE_OK;
    }
    char *copy = snnfe_duplicate_string(name);
    if (!copy)
        return SNNFE_ERR_MEMORY;
    const size_t behind = tally->n - place;
    memmove(tally->names + place + 1, tally->names + place, behind * sizeof *tally->names);
    memmove(tally->counts + place + 1, tally->counts + place, behind * sizeof *tally->counts);
    tally->names[place] = copy;
    tally->counts[place] = count;
    tally->n++;
    return SNNFE_OK;
}

snnfe_status snnfe_event_tally_merge(snnfe_event_tally *a, const snnfe_event_tally *b)
{
    for (size_t i = 0; i < b->n; i++)
        SNNFE_TRY(snnfe_event_tally_add(a, b->names[i], b->counts[i]));
    a->n_others += b->n_others;
    return SNNFE_OK;
}

void snnfe_event_tally_release(snnfe_event_tally *tally)
{
    for (size_t i = 0; i < tally->n; i++)
        snnfe_release(tally->names[i]);
    *tally = (snnfe_event_tally){0};
}

void snnfe_event_tally_describe(const snnfe_event_tally *tally, char *text, size_t size)
{
    size_t used = (size_t)snnfe_format(text, size, "%s", tally->n ? "" : "none");
    size_t n_left = tally->n_others;
    for (size_t i = 0; i < tally->n; i++) {
        if (used + SHOWN + 48 > size) {
            n_left += tally->counts[i];
            continue;
        }
        const size_t length = strlen(tally->names[i]);
        used += (size_t)snnfe_format(text + used, size - used, "%s\"%.*s%s\" (%zu)", i ? ", " : "",
                                     SHOWN, tally->names[i], length > SHOWN ? "…" : "",
                                     tally->counts[i]);
    }
    if (n_left > 0)
        snnfe_format(text + used, size - used, ", %zu others", n_left);
}
