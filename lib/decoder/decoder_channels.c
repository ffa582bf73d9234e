/* What a decoder's channels are called, and where a source has them. */
#include "base/check.h"
#include "dataset/montage.h"
#include "decoder/decoder_internal.h"

#include <string.h>

/* Where a name is among a source's. */
static snnfe_status find(const char *wanted, const char *const *names, size_t n, size_t *place)
{
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        char name[SNNFE_NAME_SIZE];
        snnfe_channel_name_plain(names[i], name);
        if (strcmp(name, wanted) != 0)
            continue;
        if (found)
            return snnfe_fail(
                SNNFE_ERR_ARGUMENT,
                "channel %s is there twice: \"%s\" and \"%s\", numbers %zu and %zu of %zu", wanted,
                names[*place], names[i], *place + 1, i + 1, n);
        *place = i;
        found = true;
    }
    return found ? SNNFE_OK
                 : snnfe_fail(SNNFE_ERR_NOT_FOUND,
                              "channel %s is not among the source's %zu, %s to %s", wanted, n,
                              names[0], names[n - 1]);
}

snnfe_status snnfe_decoder_match_channels(const snnfe_decoder *d, const char *const *names,
                                          size_t n_names, size_t *order)
{
    static const char call[] = "snnfe_decoder_match_channels";
    SNNFE_TRY(snnfe_check_pointer(call, "decoder", d));
    SNNFE_TRY(snnfe_check_pointer(call, "names", names));
    SNNFE_TRY(snnfe_check_pointer(call, "order", order));
    SNNFE_TRY(snnfe_check_count(call, "n_names", n_names, 1, UINT64_MAX));
    for (size_t i = 0; i < n_names; i++)
        if (!names[i])
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: names[%zu] is NULL", call, i);
    size_t found[SNNFE_MAX_CHANNELS] = {0};
    for (size_t c = 0; c < snnfe_decoder_width(d); c++) {
        if (d->options.absent >> c & 1) {
            found[c] = SIZE_MAX;
            continue;
        }
        if (!d->names[c][0])
            return snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: the decoder's channels have no names",
                              call);
        SNNFE_TRY(find(d->names[c], names, n_names, &found[c]));
    }
    memcpy(order, found, snnfe_decoder_width(d) * sizeof *order);
    return SNNFE_OK;
}
