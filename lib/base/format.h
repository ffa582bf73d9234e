/* Numbers to and from text, independent of the locale. */
#ifndef SNNFE_LIB_FORMAT_H
#define SNNFE_LIB_FORMAT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SNNFE_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define SNNFE_PRINTF(text, first)
#endif

/* vsnprintf in the "C" locale of the calling thread alone. */
int snnfe_vformat(char *out, size_t size, const char *format, va_list arguments) SNNFE_PRINTF(3, 0);
int snnfe_format(char *out, size_t size, const char *format, ...) SNNFE_PRINTF(3, 4);

/* The whole string must be one number (no blanks around, no hexadecimal, no nan or inf). */
bool snnfe_parse_double(const char *text, double *value);
bool snnfe_parse_int64(const char *text, int64_t *value);
bool snnfe_parse_uint64(const char *text, uint64_t *value);
/* 16 hexadecimal digits in small letters. */
bool snnfe_parse_hash(const char *text, uint64_t *hash);

/* Bytes of a UTF-8 byte-order mark that a text begins with: 3 or 0. */
size_t snnfe_byte_order_mark(const void *text, size_t size);

/* The beginning of a name from a file, for a message: control characters and bytes that are not
   ASCII become '?', and what is cut off "...". */
#define SNNFE_QUOTE_SIZE 84
void snnfe_quote(char quoted[SNNFE_QUOTE_SIZE], const char *name, size_t length);

/* Append a name to a list for a message: "a", "b", … as far as there is room. An empty list begins
   with '\0'. */
void snnfe_list_name(char *list, size_t size, const char *name);

/* Whether a character of an electrode's name tells one from another: no blank, and no dot but one
   that a letter or digit follows ("Fc5." is "FC5", "1.1" is not "11"). */
bool snnfe_label_has(const char *character);

/* Electrodes' names are compared by these characters, without case. */
bool snnfe_same_label(const char *a, const char *b);

#endif
