/* Control of a session: what it learns of its user without labels. */
#ifndef SNNFE_PROGRAMS_LIVE_CONTROL_H
#define SNNFE_PROGRAMS_LIVE_CONTROL_H

#include <snnfe/decoder.h>

typedef struct live_control live_control;

/* NULL in `*control` for a decoder whose signal has none. What was learned before, beside the file
   `state` (NULL: nothing), is taken up if it is there. It, or what the signal alone says, is put in
   force unless the decoder's own state was restored. */
snnfe_status live_control_open(live_control **control, snnfe_decoder *decoder, const char *state);
void live_control_close(live_control *control);

/* Keep what was learned beside the file `state`. */
snnfe_status live_control_save(const live_control *control, const char *state);

/* Learn from a window that has ended, for those that begin later. */
snnfe_status live_control_take(live_control *control, snnfe_decoder *decoder,
                               const snnfe_decision *decision);

#endif
