/* Recordings of all formats, told apart by how the file begins. */
#include "recording/brainvision.h"
#include "recording/edf.h"
#include "recording/ini.h"

snnfe_status snnfe_recording_read(const char *path, const snnfe_channels *channels,
                                  double sampling_rate_hz, bool strict, snnfe_recording *recording)
{
    bool brainvision = false;
    SNNFE_TRY(snnfe_ini_is_header(path, &brainvision));
    if (brainvision)
        return snnfe_brainvision_read(path, channels, sampling_rate_hz, strict, recording);
    return snnfe_edf_read(path, channels, sampling_rate_hz, strict, recording);
}

snnfe_status snnfe_recording_electrodes(const char *path, bool strict,
                                        const struct snnfe_positions *positions,
                                        snnfe_channels *channels)
{
    bool brainvision = false;
    SNNFE_TRY(snnfe_ini_is_header(path, &brainvision));
    if (brainvision)
        return snnfe_brainvision_electrodes(path, positions, channels);
    return snnfe_edf_electrodes(path, strict, positions, channels);
}
