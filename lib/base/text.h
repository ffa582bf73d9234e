/* Text that grows, for files that are written whole. */
#ifndef SNNFE_LIB_TEXT_H
#define SNNFE_LIB_TEXT_H

#include "status.h"

#include <stdbool.h>

/* Text that grows; after a failure to grow all further appends do nothing and `failed` stays. */
typedef struct snnfe_text {
    char *data; /* NUL-terminated once anything was appended */
    size_t size;
    size_t capacity;
    bool failed;
} snnfe_text;

void snnfe_text_append(snnfe_text *text, const char *format, ...) SNNFE_PRINTF(2, 3);
void snnfe_text_release(snnfe_text *text);
/* Atomically write the text to `path`. */
snnfe_status snnfe_text_save(const snnfe_text *text, const char *path);

#endif
