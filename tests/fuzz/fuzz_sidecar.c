/* JSON beside BIDS recordings: refused with a message, or a rate. */
#include "dataset/bids_json.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    double rate_hz = -1;
    fuzz_limit_memory();
    if (fuzz_ok(snnfe_bids_json_rate(fuzz_file(data, size), &rate_hz)))
        fuzz_check(rate_hz > 0, "a rate is above 0");
    return 0;
}
