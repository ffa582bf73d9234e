/* The instrument's text file: header lines, tab-separated column names, rows. */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "device/device_internal.h"

#include <math.h>
#include <string.h>

#define MAX_FILE (UINT64_C(1) << 30)
#define CELL_SIZE 64

enum { VOLTAGE, RESISTANCE, N_COLUMNS };
static const char *const column_names[N_COLUMNS] = {"V_write", "R_pos_ohm"};

typedef struct table {
    const char *path;
    size_t place[N_COLUMNS]; /* which cell of a row */
    double *columns[N_COLUMNS];
    size_t n;
} table;

/* Cell `index` of a line that ends at `end`; false if the line has fewer or it does not fit. */
static bool get_cell(const char *line, const char *end, size_t index, char cell[CELL_SIZE])
{
    for (; index > 0; index--) {
        line = memchr(line, '\t', (size_t)(end - line));
        if (!line)
            return false;
        line++;
    }
    const char *tab = memchr(line, '\t', (size_t)(end - line));
    size_t length = (size_t)((tab ? tab : end) - line);
    if (length > 0 && line[length - 1] == '\r')
        length--;
    if (length >= CELL_SIZE)
        return false;
    memcpy(cell, line, length);
    cell[length] = '\0';
    return true;
}

/* Whether the line names both columns. */
static bool find_columns(const char *line, const char *end, size_t place[N_COLUMNS])
{
    char cell[CELL_SIZE];
    size_t found = 0;
    for (size_t i = 0; get_cell(line, end, i, cell); i++)
        for (size_t c = 0; c < N_COLUMNS; c++)
            if (strcmp(cell, column_names[c]) == 0) {
                place[c] = i;
                found |= (size_t)1 << c;
            }
    return found == (1 << N_COLUMNS) - 1;
}

static snnfe_status read_row(table *t, const char *line, const char *end, size_t number)
{
    for (size_t c = 0; c < N_COLUMNS; c++) {
        char cell[CELL_SIZE] = "";
        double value = 0;
        if (!get_cell(line, end, t->place[c], cell) || !snnfe_parse_double(cell, &value))
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: line %zu: column %s is \"%s\", not a number",
                              t->path, number, column_names[c], cell);
        if (c == RESISTANCE && !(value > 0))
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: line %zu: column %s is %s, not above 0",
                              t->path, number, column_names[c], cell);
        t->columns[c][t->n] = value;
    }
    t->n++;
    return SNNFE_OK;
}

static bool is_blank(const char *line, const char *end)
{
    for (; line < end; line++)
        if (*line != ' ' && *line != '\t' && *line != '\r')
            return false;
    return true;
}

static snnfe_status read_rows(table *t, const char *text, size_t size)
{
    bool named = false;
    size_t number = 0;
    for (const char *line = text; line < text + size;) {
        const char *newline = memchr(line, '\n', (size_t)(text + size - line));
        const char *end = newline ? newline : text + size;
        number++;
        if (!named)
            named = find_columns(line, end, t->place);
        else if (!is_blank(line, end))
            SNNFE_TRY(read_row(t, line, end, number));
        line = newline ? newline + 1 : end;
    }
    if (!named)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has no line with the columns %s and %s", t->path,
                          column_names[VOLTAGE], column_names[RESISTANCE]);
    return SNNFE_OK;
}

static size_t count_lines(const char *text, size_t size)
{
    size_t n = 1;
    for (size_t i = 0; i < size; i++)
        n += text[i] == '\n';
    return n;
}

snnfe_status snnfe_device_characterise_file(const char *path, uint32_t cycle,
                                            snnfe_characterisation *result,
                                            snnfe_measured_points *points)
{
    if (!path)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_device_characterise_file: path is NULL");
    uint8_t *content = NULL;
    size_t size = 0;
    SNNFE_TRY(snnfe_file_read(&content, path, MAX_FILE, &size));
    const char *text = (const char *)content;
    table t = {.path = path};
    const size_t n_lines = count_lines(text, size);
    snnfe_status status = SNNFE_OK;
    for (size_t c = 0; c < N_COLUMNS; c++) {
        t.columns[c] = snnfe_alloc(n_lines, sizeof(double));
        if (!t.columns[c])
            status = SNNFE_ERR_MEMORY;
    }
    if (status == SNNFE_OK)
        status = read_rows(&t, text, size);
    for (size_t i = 0; status == SNNFE_OK && i < t.n; i++)
        t.columns[RESISTANCE][i] = 1 / t.columns[RESISTANCE][i];
    if (status == SNNFE_OK) {
        status = snnfe_device_characterise(t.columns[VOLTAGE], t.columns[RESISTANCE], t.n, cycle,
                                           result, points);
        if (status != SNNFE_OK)
            status = snnfe_fail_prefix(status, "%s", path);
    }
    for (size_t c = 0; c < N_COLUMNS; c++)
        snnfe_release(t.columns[c]);
    snnfe_release(content);
    return status;
}
