#include "dataset/recording.h"

#include "base/memory.h"

void snnfe_recording_release(snnfe_recording *recording)
{
    snnfe_release(recording->samples);
    snnfe_release(recording->events);
    *recording = (snnfe_recording){0};
}
