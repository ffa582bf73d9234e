/* Tables of strangers: values between tabs, a line a row, the first line with the columns' names.
 */
#ifndef SNNFE_LIB_TSV_H
#define SNNFE_LIB_TSV_H

#include "base/status.h"

#include <stdbool.h>

typedef struct snnfe_tsv {
    const char *path; /* for messages; the caller's */
    size_t n_columns, n_rows;
    char *text;         /* what the cells point into */
    const char **cells; /* [1 + n_rows][n_columns], the names first; "n/a" is NULL below them */
} snnfe_tsv;

/* UTF-8 of at most 64 MiB and 10 million cells. SNNFE_ERR_FORMAT names row (the names' line is row
   1) and column. `path` outlives the table. */
snnfe_status snnfe_tsv_read(snnfe_tsv *tsv, const char *path);
/* The same for `text` of `size` bytes and a NUL, which the table takes whatever happens. */
snnfe_status snnfe_tsv_parse(snnfe_tsv *tsv, const char *path, char *text, size_t size);
void snnfe_tsv_release(snnfe_tsv *tsv);

/* False if there is none. */
bool snnfe_tsv_find(const snnfe_tsv *tsv, const char *name, size_t *column);
/* SNNFE_ERR_FORMAT says which columns there are. */
snnfe_status snnfe_tsv_require(const snnfe_tsv *tsv, const char *name, size_t *column);

/* NULL for "n/a". */
const char *snnfe_tsv_cell(const snnfe_tsv *tsv, size_t row, size_t column);
/* SNNFE_ERR_FORMAT: "n/a", or not a finite number. */
snnfe_status snnfe_tsv_number(const snnfe_tsv *tsv, size_t row, size_t column, double *value);
/* A message about a cell. */
snnfe_status snnfe_tsv_fail(const snnfe_tsv *tsv, size_t row, size_t column, const char *what);

#endif
