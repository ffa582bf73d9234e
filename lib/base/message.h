/* What a message shows: any text in a buffer of fixed size, with both of its ends whole. */
#ifndef SNNFE_LIB_MESSAGE_H
#define SNNFE_LIB_MESSAGE_H

#include <stddef.h>

/* Bytes of an error's message and of a logged one, the 0 at its end included. */
#define SNNFE_MESSAGE_SIZE 1024

/* Bytes to format a message in before it is shown: two of the longest paths, and what is said of
   them. */
#define SNNFE_WHOLE_SIZE (2 * 4096 + 1024)

/* Shows `whole`, an array of SNNFE_WHOLE_SIZE bytes that vsnprintf() has written to with the result
   `length`, and changes it. Of paths whose folders have more than 384 bytes, and of what still does
   not fit into `size` > 0 bytes, "…" takes the place of the middle: names of files, fields and
   values, and the reason at the end, stay. As snnfe_utf8_show() for the rest. Returns `out`. */
char *snnfe_message_show(char *out, size_t size, char *whole, int length);

#endif
