#include "published.h"

#include "base/memory.h"

snnfe_dataset *published_dataset(snnfe_tensors *file)
{
    char command[9000], root[4096];
    snprintf(root, sizeof root, "%s", support_path("eegmmidb"));
    snprintf(command, sizeof command, "sh '%s' '%s' > '%s'", support_shared("eegmmidb/unpack.sh"),
             root, support_path("unpack.log"));
    ck_assert_int_eq(system(command), 0);
    double *mean = golden_tensor(file, "channel_mean_uv", NULL);
    double *std = golden_tensor(file, "channel_std_uv", NULL);
    snnfe_dataset_options options;
    assert_ok(snnfe_dataset_options_init(&options, sizeof options));
    options.normalization = SNNFE_NORMALIZE_GIVEN;
    options.channel_mean_uv = mean;
    options.channel_std_uv = std;
    snnfe_dataset *dataset = NULL;
    assert_ok(snnfe_dataset_open(&dataset, root, &options));
    snnfe_release(mean);
    snnfe_release(std);
    return dataset;
}
