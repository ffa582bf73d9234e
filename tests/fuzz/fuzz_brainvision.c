/* BrainVision's headers and markers: whatever the text is, it is refused with a message, or every
   channel has a name and a resolution, and events ascend. */
#include "fuzz.h"
#include "recording/brainvision_header.h"
#include "recording/brainvision_markers.h"
#include "recording/units.h"

#include <string.h>

static void try_header(const uint8_t *data, size_t size)
{
    snnfe_brainvision header;
    if (fuzz_ok(snnfe_brainvision_header_parse(&header, "input.vhdr", (const char *)data, size))) {
        fuzz_check(header.n_channels > 0 && header.sampling_rate_hz > 0, "there is something");
        for (size_t c = 0; c < header.n_channels; c++)
            fuzz_check(header.channels[c].label[0] != '\0' && header.channels[c].resolution > 0 &&
                           snnfe_microvolts(header.channels[c].unit) >= 0,
                       "a channel is whole");
        fuzz_check(!strchr(header.data_path, '/'), "the samples lie beside the header");
    }
    snnfe_brainvision_header_release(&header);
}

static void try_markers(const uint8_t *data, size_t size)
{
    snnfe_ini ini;
    snnfe_recording recording = {0};
    size_t n_doubled = 0;
    if (!fuzz_ok(snnfe_ini_parse(&ini, "input.vmrk", "Marker", (const char *)data, size)))
        return;
    if (fuzz_ok(snnfe_brainvision_markers_take(&ini, 250, &recording, &n_doubled)))
        for (size_t e = 0; e < recording.n_events; e++)
            fuzz_check(
                strchr(recording.events[e].text, '/') && recording.events[e].onset_s >= 0 &&
                    (e == 0 || recording.events[e - 1].onset_s <= recording.events[e].onset_s),
                "events ascend");
    snnfe_recording_release(&recording);
    snnfe_ini_release(&ini);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_memory();
    try_header(data, size);
    try_markers(data, size);
    return 0;
}
