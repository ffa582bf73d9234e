#include "damage.h"

#include "base/tensors.h"
#include "support.h"

void support_damage(const char *from, const char *to, const char *tensor, const void *bytes,
                    size_t size)
{
    snnfe_tensors *file = NULL;
    assert_ok(snnfe_tensors_open(&file, from));
    const snnfe_tensor_info *info = snnfe_tensors_find(file, tensor);
    ck_assert_msg(info != NULL, "%s", tensor);
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    ck_assert(in && out);
    uint64_t header = 0;
    ck_assert_uint_eq(fread(&header, 1, 8, in), 8);
    const uint64_t place = 8 + header + info->offset;
    rewind(in);
    uint64_t position = 0;
    for (int c = fgetc(in); c != EOF; c = fgetc(in), position++)
        fputc(position >= place && position < place + size
                  ? ((const unsigned char *)bytes)[position - place]
                  : c,
              out);
    fclose(in);
    ck_assert_int_eq(fclose(out), 0);
    snnfe_tensors_close(file);
}
