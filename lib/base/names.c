#include "base/names.h"

#include "base/text.h"

#include <string.h>

snnfe_status snnfe_names_add(snnfe_tensor_list *list, const char *key, const char *const *names,
                             size_t n)
{
    snnfe_text text = {0};
    for (size_t i = 0; i < n; i++)
        snnfe_text_append(&text, "%s%s", i ? "\n" : "", names[i]);
    const snnfe_status status =
        text.failed ? snnfe_fail_memory(text.capacity, 1)
                    : snnfe_tensor_list_add_metadata(list, key, text.data ? text.data : "");
    snnfe_text_release(&text);
    return status;
}

snnfe_status snnfe_names_read(const snnfe_tensors *file, const char *key, size_t n, char *names,
                              size_t stride)
{
    const char *text = snnfe_tensors_metadata(file, key);
    for (size_t i = 0; text && i < n; i++) {
        const size_t length = strcspn(text, "\n");
        if (length >= stride || (text[length] == '\0') != (i + 1 == n))
            break;
        memcpy(names + i * stride, text, length);
        names[i * stride + length] = '\0';
        if (i + 1 == n)
            return SNNFE_OK;
        text += length + 1;
    }
    return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" does not hold %zu names", key, n);
}
