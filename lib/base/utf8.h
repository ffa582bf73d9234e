/* Texts that may or may not be UTF-8. */
#ifndef SNNFE_LIB_UTF8_H
#define SNNFE_LIB_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the character that `text` of `left` > 0 bytes begins with, 0 if it begins with none. */
size_t snnfe_utf8_character(const char *text, size_t left);

/* Whether `n` bytes are well-formed UTF-8: no overlong forms, surrogates or codes above U+10FFFF.
 */
bool snnfe_utf8_valid(const char *text, size_t n);

/* Copies a text, which may come from a stranger's file, as a terminal may show it: what commands
   the terminal (control characters, those of ISO 8859-1's upper half, too), turns the direction of
   reading or ends a line, and what is not UTF-8, becomes \xNN, byte by byte. Of what does not fit
   into `size` > 0 bytes the middle is left out, with "…" in its place. Returns `out`. */
char *snnfe_utf8_show(char *out, size_t size, const char *text);

/* Copies `n` bytes into `out`, which has room for 2n + 1, and ends them with NUL. Bytes that are
   not UTF-8 are taken as ISO 8859-1 (Latin-1), all of them; then the result is false. `*size` is
   the length of the copy. */
bool snnfe_utf8_copy(char *out, const char *text, size_t n, size_t *size);

#endif
