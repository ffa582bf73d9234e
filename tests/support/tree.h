/* Files of trees below the test's folder. */
#ifndef SNNFE_TESTS_TREE_H
#define SNNFE_TESTS_TREE_H

#include "edf_file.h"

#include <stddef.h>

/* `root/path`; valid until the next call. */
const char *tree_place(const char *root, const char *path);
/* Written with the folders that it needs. */
void tree_put(const char *root, const char *path, const void *content, size_t size);
void tree_put_text(const char *root, const char *path, const char *text);
void tree_put_edf(const char *root, const char *path, const edf_spec *spec);

/* Makes a folder below the test's whose path has this length, of folders with long names. */
void tree_deep(char path[4096], size_t length);

#endif
