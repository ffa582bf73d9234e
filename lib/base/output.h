/* How a file is written, wherever: the library's writers and the programs' result files. Needs
   nothing but the C library, so that the programs have it without the library's inner functions.

   A link at the end of a path is followed: what it leads to is written, and the link stays. A
   regular file, or one that is not there yet, is written under a temporary name in the same folder
   and takes its name by commit, once the data are on disk; until then, and after a failure, the old
   file stays whole. What a process that was killed left of it is removed when it is written again.
   The new file has the old one's mode and, where the process may, its owner.
   Devices, pipes and the process's own descriptors (/dev/stdout) cannot be replaced: they are
   written in place, at once; a pipe has to have a reader within a second. */
#ifndef SNNFE_LIB_OUTPUT_H
#define SNNFE_LIB_OUTPUT_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct snnfe_output {
    int fd;               /* -1 when closed */
    int folder;           /* of the name; -1 for what is written in place */
    bool replaces;        /* a file that is there: its mode and owner are kept */
    mode_t mode;          /* of it */
    uid_t owner;          /* of it */
    gid_t group;          /* of it */
    char target[4096];    /* path without links at its end */
    char temporary[4096]; /* path of the temporary name; empty for what is written in place */
    const char *failed;   /* after an error, what could not be done: "write", "replace", … */
} snnfe_output;

/* Each returns 0 or an errno value. */
int snnfe_output_open(snnfe_output *output, const char *path);
int snnfe_output_write(snnfe_output *output, const void *data, size_t size);
/* Ends the output, whatever it returns. */
int snnfe_output_commit(snnfe_output *output);

/* Drops what was written, unless it was in place. */
void snnfe_output_abort(snnfe_output *output);

/* Whether snnfe_output_open() would succeed. A pipe is not opened: that waits for its reader. */
int snnfe_output_try(const char *path);

#endif
