#include "signal/band.h"

#include "base/check.h"

snnfe_status snnfe_band_check(double low_hz, double high_hz, double sampling_rate_hz)
{
    SNNFE_TRY(snnfe_check_positive(NULL, "sampling_rate_hz", sampling_rate_hz));
    const double nyquist = sampling_rate_hz / 2;
    if (!(low_hz >= 0 && low_hz < nyquist))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "filter_low_hz is %g, not in 0…%g", low_hz, nyquist);
    if (!(high_hz >= 0 && high_hz < nyquist))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "filter_high_hz is %g, not below %g", high_hz,
                          nyquist);
    if (high_hz > 0 && low_hz >= high_hz)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "filter_low_hz %g is not below filter_high_hz %g",
                          low_hz, high_hz);
    return SNNFE_OK;
}
