/* Instrument files: a characterization gives finite numbers within the fit's bounds. */
#include "fuzz.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_memory();
    snnfe_characterization result = {.struct_size = sizeof result};
    snnfe_measured_points points = {0};
    if (!fuzz_ok(snnfe_device_characterize_file(fuzz_file(data, size), 1, &result, &points)))
        return 0;
    for (int d = 0; d < 2; d++) {
        fuzz_check(result.amplitude[d] >= 0 && result.amplitude[d] <= 1, "amplitude in 0…1");
        fuzz_check(result.alpha[d] >= 0.1 && result.alpha[d] <= 10, "alpha in 0.1…10");
        fuzz_check(result.beta[d] >= 0.1 && result.beta[d] <= 10, "beta in 0.1…10");
        fuzz_check(isfinite(result.residual[d]) && result.rsd_c2c[d] >= 0, "errors are numbers");
        for (size_t i = 0; i < points.n[d]; i++)
            fuzz_check(points.w[d][i] >= 0 && points.w[d][i] <= 1, "conductances in 0…1");
    }
    snnfe_measured_points_release(&points);
    snnfe_device_options options;
    snnfe_device_options_init(&options, sizeof options);
    snnfe_device *device = NULL;
    if (fuzz_ok(snnfe_device_options_characterized(&options, &result, 1)))
        fuzz_check(snnfe_device_create(&device, &options) == SNNFE_OK, "a fit makes a device");
    snnfe_device_free(device);
    return 0;
}
