#include "text.h"

#include "file.h"
#include "format.h"
#include "memory.h"

void snnfe_text_append(snnfe_text *text, const char *format, ...)
{
    if (text->failed)
        return;
    va_list arguments;
    va_start(arguments, format);
    const int length = snnfe_vformat(NULL, 0, format, arguments);
    va_end(arguments);
    const size_t needed = text->size + (size_t)(length > 0 ? length : 0) + 1;
    if (needed > text->capacity) {
        const size_t capacity = needed * 2;
        char *grown = snnfe_realloc(text->data, text->capacity, capacity, 1);
        if (!grown) {
            text->failed = true;
            return;
        }
        text->data = grown;
        text->capacity = capacity;
    }
    va_start(arguments, format);
    snnfe_vformat(text->data + text->size, text->capacity - text->size, format, arguments);
    va_end(arguments);
    text->size = needed - 1;
}

void snnfe_text_release(snnfe_text *text)
{
    snnfe_release(text->data);
    *text = (snnfe_text){0};
}

snnfe_status snnfe_text_save(const snnfe_text *text, const char *path)
{
    if (text->failed)
        return snnfe_fail_memory(text->capacity, 1);
    return snnfe_file_write(path, text->data, text->size);
}
