#include "base/names.h"

#include "base/status.h"
#include "base/text.h"
#include "base/utf8.h"

#include <string.h>

static bool is_line(const char *name, size_t length)
{
    return strcspn(name, "\n\r") >= length && snnfe_utf8_valid(name, length);
}

snnfe_status snnfe_name_check(const char *field, size_t index, const char *name, size_t size)
{
    const size_t length = name ? strlen(name) : 0;
    if (length == 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s[%zu] is %s", field, index,
                          name ? "empty" : "NULL");
    if (length >= size)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s[%zu] has %zu bytes, not 1…%zu: \"%.60s…\"", field,
                          index, length, size - 1, name);
    if (!is_line(name, length))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s[%zu] is \"%s\", not one line of UTF-8", field,
                          index, name);
    return SNNFE_OK;
}

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
        if (length == 0 || length >= stride || !is_line(text, length) ||
            (text[length] == '\0') != (i + 1 == n))
            break;
        memcpy(names + i * stride, text, length);
        names[i * stride + length] = '\0';
        if (i + 1 == n)
            return SNNFE_OK;
        text += length + 1;
    }
    return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%s\" does not hold %zu names", key, n);
}
