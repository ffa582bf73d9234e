/* Files of BrainVision: an identifying line, then sections of "key=value". */
#ifndef SNNFE_LIB_INI_H
#define SNNFE_LIB_INI_H

#include "base/status.h"
#include "base/text.h"

#include <stdbool.h>

typedef struct snnfe_ini_entry {
    const char *section, *key, *value; /* without blanks around */
    size_t line;
} snnfe_ini_entry;

typedef struct snnfe_ini {
    const char *path; /* for messages; the caller's */
    bool latin1;      /* it was not UTF-8, and is taken as Latin-1 */
    char *text;       /* UTF-8; what the entries point into */
    size_t n;
    snnfe_ini_entry *entries; /* in the order of the file */
} snnfe_ini;

/* `kind` is what the first line says: "Header" or "Marker". Up to 64 MiB. SNNFE_ERR_FORMAT names
   the line. `path` outlives what is read. */
snnfe_status snnfe_ini_read(snnfe_ini *ini, const char *path, const char *kind);
/* The same for `size` bytes in memory. */
snnfe_status snnfe_ini_parse(snnfe_ini *ini, const char *path, const char *kind, const char *bytes,
                             size_t size);
void snnfe_ini_release(snnfe_ini *ini);

/* A note if Latin-1 was assumed: headers do not say which code page "ANSI" is. */
snnfe_status snnfe_ini_note_latin1(const snnfe_ini *ini, snnfe_text *notes);

/* Case of sections and keys does not count. NULL if there is none, or nothing behind the '='. */
const char *snnfe_ini_value(const snnfe_ini *ini, const char *section, const char *key);

bool snnfe_ini_same(const char *a, const char *b);

/* A message about a value: "path: [Section] key is "value", what". */
snnfe_status snnfe_ini_fail(const snnfe_ini *ini, snnfe_status status, const char *section,
                            const char *key, const char *what);

/* Whether a file begins as one of BrainVision's header files does, behind a byte order mark or not.
 */
snnfe_status snnfe_ini_is_header(const char *path, bool *header);

#endif
