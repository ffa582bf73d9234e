/* JSON of strangers, read by Jansson, whose memory does not pass the allocator. */
#ifndef SNNFE_LIB_JSON_H
#define SNNFE_LIB_JSON_H

#include "status.h"

#include <jansson.h>

/* Parse `size` bytes. Text of more than `most` values (Jansson takes about 80 bytes for each) is
   refused before anything is parsed. SNNFE_ERR_FORMAT, with the line and without a file's name. */
snnfe_status snnfe_json_parse(json_t **root, const char *text, size_t size, size_t most);

#endif
