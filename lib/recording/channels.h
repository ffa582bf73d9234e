/* Channels of recordings by their names. */
#ifndef SNNFE_LIB_CHANNELS_H
#define SNNFE_LIB_CHANNELS_H

#include "base/limits.h"
#include "base/status.h"

struct snnfe_positions;

/* Channels to be read, in this order. */
typedef struct snnfe_channels {
    size_t n;
    uint64_t may_lack; /* those that a recording need not have, as bits */
    char names[SNNFE_MAX_CHANNELS][SNNFE_NAME_SIZE]; /* plain: upper case, no dots or blanks */
} snnfe_channels;

/* "Fc5." becomes "FC5". */
void snnfe_channel_name_plain(const char *label, char name[SNNFE_NAME_SIZE]);

/* The caller's names [n] in the member `field`, n at most SNNFE_MAX_CHANNELS. Files must
   be able to hold each, no two may be the same. */
snnfe_status snnfe_channels_take(snnfe_channels *channels, const char *const *names, size_t n,
                                 const char *field);

/* Labels to look for a channel among; NULL for what is no channel. */
typedef struct snnfe_channel_list {
    const char *path; /* for messages */
    size_t n;
    const char *(*label)(const void *context, size_t index);
    const void *context;
} snnfe_channel_list;

/* The channel of a plain name. "C3#9" is the ninth signal, which has to be labeled C3, "#9" the
   ninth whatever its label. SNNFE_ERR_NOT_FOUND names what is there, SNNFE_ERR_FORMAT the signals
   that share the label. Where no label is the name, an electrode is also found under its other
   names (snnfe_electrode_name()). */
snnfe_status snnfe_channel_find(const snnfe_channel_list *list, const char *wanted, size_t *index);

/* The channels without those that they may lack and the list does not have, which are `absent` as
   bits. SNNFE_ERR_NOT_FOUND if none is there. */
snnfe_status snnfe_channels_present(const snnfe_channel_list *list, const snnfe_channels *channels,
                                    snnfe_channels *present, uint64_t *absent);

/* All electrodes in a list that have a place (positions.h), by the names that
   snnfe_electrode_name() gives them. SNNFE_ERR_NOT_FOUND: none; SNNFE_ERR_FORMAT: two labels of
   one; SNNFE_ERR_UNSUPPORTED: more than SNNFE_MAX_CHANNELS. */
snnfe_status snnfe_channels_electrodes(const snnfe_channel_list *list,
                                       const struct snnfe_positions *positions,
                                       snnfe_channels *channels);

#endif
