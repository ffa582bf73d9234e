#include "recordings.h"

char recording_notes[8192];

static void keep(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    if (level == SNNFE_LOG_WARNING &&
        strlen(recording_notes) + strlen(message) + 2 < sizeof recording_notes)
        strcat(strcat(recording_notes, message), "\n");
}

snnfe_recording_options recording_options(const char *const *names, size_t n)
{
    snnfe_recording_options o;
    assert_ok(snnfe_recording_options_init(&o, sizeof o));
    o.channel_names = names;
    o.n_channels = n;
    o.log = keep;
    return o;
}

snnfe_recording_info recording_info(const snnfe_recording *recording)
{
    snnfe_recording_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_recording_get_info(recording, &info));
    return info;
}
