/* Whole-file reading and atomic writing. */
#ifndef SNNFE_LIB_FILE_H
#define SNNFE_LIB_FILE_H

#include "status.h"

#include <stdbool.h>

/* The whole file in one block (snnfe_release it), refused when larger than `limit` bytes. */
snnfe_status snnfe_file_read(uint8_t **content, const char *path, uint64_t limit, size_t *size);

/* Also if the system cannot tell: whoever opens it then learns why. */
bool snnfe_file_exists(const char *path);

/* What a file begins with: `*size` bytes, of a shorter file all. */
snnfe_status snnfe_file_beginning(const char *path, void *bytes, size_t *size);

/* All of these bytes of an open file. Messages do not name it. */
snnfe_status snnfe_file_read_at(int fd, uint64_t offset, void *out, uint64_t size);

/* Create a folder and its missing parents. */
snnfe_status snnfe_folder_create(const char *path);

/* Writing by the rule of output.h. */
typedef struct snnfe_writer snnfe_writer;
snnfe_status snnfe_writer_open(snnfe_writer **writer, const char *path);
snnfe_status snnfe_writer_write(snnfe_writer *writer, const void *data, size_t size);
/* Frees the writer, whatever it returns. */
snnfe_status snnfe_writer_commit(snnfe_writer *writer);
/* Drops what was written; accepts NULL. */
void snnfe_writer_abort(snnfe_writer *writer);

/* Name of the temporary file of a writer, for libraries that write by path (EDFlib). What they
   write there replaces what snnfe_writer_write() wrote. NULL if the target is written in place. */
const char *snnfe_writer_temporary_path(const snnfe_writer *writer);

/* Whether the place can be written, without leaving anything there. */
snnfe_status snnfe_writer_try(const char *path);

#endif
