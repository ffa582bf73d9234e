#include "recording/tsv.h"

#include "base/file.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <string.h>

#define MAX_FILE (UINT64_C(64) << 20)
#define MAX_CELLS 10000000
#define MAX_COLUMNS 1000

/* How often a character is in `length` bytes. */
static size_t count(const char *text, size_t length, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++)
        n += text[i] == c;
    return n;
}

/* Cut off a line, without its end; NULL behind the last. */
static char *next_line(char **rest)
{
    char *line = *rest;
    if (*line == '\0')
        return NULL;
    char *end = line + strcspn(line, "\n");
    *rest = *end ? end + 1 : end;
    if (end > line && end[-1] == '\r')
        end[-1] = '\0';
    *end = '\0';
    return line;
}

static snnfe_status split_line(snnfe_tsv *tsv, char *line, size_t row)
{
    const char **cells = tsv->cells + row * tsv->n_columns;
    const size_t n = count(line, strlen(line), '\t') + 1;
    if (n != tsv->n_columns)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: row %zu has %zu cells between tabs, not %zu",
                          tsv->path, row + 1, n, tsv->n_columns);
    for (size_t column = 0; column < n; column++) {
        char *end = line + strcspn(line, "\t");
        *end = '\0';
        cells[column] = row > 0 && strcmp(line, "n/a") == 0 ? NULL : line;
        line = end + 1;
    }
    return SNNFE_OK;
}

static snnfe_status check_names(const snnfe_tsv *tsv)
{
    for (size_t c = 0; c < tsv->n_columns; c++) {
        if (tsv->cells[c][0] == '\0')
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: column %zu has no name", tsv->path, c + 1);
        for (size_t d = 0; d < c; d++)
            if (strcmp(tsv->cells[c], tsv->cells[d]) == 0)
                return snnfe_fail(SNNFE_ERR_FORMAT, "%s: columns %zu and %zu are both \"%.60s\"",
                                  tsv->path, d + 1, c + 1, tsv->cells[c]);
    }
    return SNNFE_OK;
}

static snnfe_status allocate(snnfe_tsv *tsv, const char *text)
{
    const size_t n_lines = count(text, strlen(text), '\n') + 1;
    tsv->n_columns = count(text, strcspn(text, "\n"), '\t') + 1;
    if (tsv->n_columns > MAX_COLUMNS || n_lines > MAX_CELLS / tsv->n_columns)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: has %zu columns and %zu lines, more than %d columns or %d cells",
                          tsv->path, tsv->n_columns, n_lines, MAX_COLUMNS, MAX_CELLS);
    tsv->cells = snnfe_alloc(n_lines * tsv->n_columns, sizeof *tsv->cells);
    return tsv->cells ? SNNFE_OK : SNNFE_ERR_MEMORY;
}

static snnfe_status split(snnfe_tsv *tsv, size_t size)
{
    char *rest = tsv->text;
    if (strlen(rest) < size || !snnfe_utf8_valid(rest, size))
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is no text in UTF-8", tsv->path);
    rest += snnfe_byte_order_mark(rest, size);
    if (*rest == '\0')
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is empty", tsv->path);
    SNNFE_TRY(allocate(tsv, rest));
    size_t row = 0;
    for (char *line; (line = next_line(&rest)) != NULL;)
        if (*line || row == 0)
            SNNFE_TRY(split_line(tsv, line, row++));
    tsv->n_rows = row - 1;
    return check_names(tsv);
}

snnfe_status snnfe_tsv_parse(snnfe_tsv *tsv, const char *path, char *text, size_t size)
{
    *tsv = (snnfe_tsv){.path = path, .text = text};
    const snnfe_status status = split(tsv, size);
    if (status != SNNFE_OK)
        snnfe_tsv_release(tsv);
    return status;
}

snnfe_status snnfe_tsv_read(snnfe_tsv *tsv, const char *path)
{
    uint8_t *content = NULL;
    size_t size = 0;
    *tsv = (snnfe_tsv){0};
    SNNFE_TRY(snnfe_file_read(&content, path, MAX_FILE, &size));
    char *text = snnfe_alloc_raw(size + 1, 1);
    if (text) {
        memcpy(text, content, size);
        text[size] = '\0';
    }
    snnfe_release(content);
    return text ? snnfe_tsv_parse(tsv, path, text, size) : SNNFE_ERR_MEMORY;
}

void snnfe_tsv_release(snnfe_tsv *tsv)
{
    snnfe_release(tsv->cells);
    snnfe_release(tsv->text);
    *tsv = (snnfe_tsv){0};
}

bool snnfe_tsv_find(const snnfe_tsv *tsv, const char *name, size_t *column)
{
    for (size_t c = 0; c < tsv->n_columns; c++)
        if (strcmp(tsv->cells[c], name) == 0) {
            *column = c;
            return true;
        }
    return false;
}

snnfe_status snnfe_tsv_require(const snnfe_tsv *tsv, const char *name, size_t *column)
{
    if (snnfe_tsv_find(tsv, name, column))
        return SNNFE_OK;
    char names[300] = "";
    for (size_t c = 0; c < tsv->n_columns; c++)
        snnfe_list_name(names, sizeof names, tsv->cells[c]);
    return snnfe_fail(SNNFE_ERR_FORMAT,
                      "%s: has no column \"%s\"; there are %s (columns are separated by tabs)",
                      tsv->path, name, names);
}

const char *snnfe_tsv_cell(const snnfe_tsv *tsv, size_t row, size_t column)
{
    return tsv->cells[(row + 1) * tsv->n_columns + column];
}

snnfe_status snnfe_tsv_fail(const snnfe_tsv *tsv, size_t row, size_t column, const char *what)
{
    const char *cell = snnfe_tsv_cell(tsv, row, column);
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: row %zu, column \"%.60s\": \"%.60s\" is %s", tsv->path,
                      row + 2, tsv->cells[column], cell ? cell : "n/a", what);
}

snnfe_status snnfe_tsv_number(const snnfe_tsv *tsv, size_t row, size_t column, double *value)
{
    const char *cell = snnfe_tsv_cell(tsv, row, column);
    if (!cell || !snnfe_parse_double(cell, value))
        return snnfe_tsv_fail(tsv, row, column, "not a number");
    return SNNFE_OK;
}
