/* The instrument's text file: header lines, tab-separated column names, rows. */
#include "base/check.h"
#include "base/file.h"
#include "base/floating.h"
#include "base/format.h"
#include "base/kind.h"
#include "base/memory.h"
#include "device/device_internal.h"
#include "device/population_internal.h"

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
    size_t n_refused;  /* values that no measurement gives */
    size_t first_line; /* of those, and what stands there: */
    size_t first_column;
    char first[CELL_SIZE];
} table;

/* Some text between tabs, not NUL-terminated. */
typedef struct cell {
    const char *text;
    size_t length;
} cell;

/* The cell that begins at *next, which then is where the one after it begins, or NULL. */
static bool take_cell(const char **next, const char *end, cell *c)
{
    const char *begin = *next;
    if (!begin)
        return false;
    const char *tab = memchr(begin, '\t', (size_t)(end - begin));
    *c = (cell){begin, (size_t)((tab ? tab : end) - begin)};
    if (c->length > 0 && begin[c->length - 1] == '\r')
        c->length--;
    *next = tab ? tab + 1 : NULL;
    return true;
}

/* Whether the line names both columns. */
static bool find_columns(const char *line, const char *end, size_t place[N_COLUMNS])
{
    cell found;
    size_t n_found = 0;
    for (size_t i = 0; take_cell(&line, end, &found); i++)
        for (size_t c = 0; c < N_COLUMNS; c++)
            if (found.length == strlen(column_names[c]) &&
                memcmp(found.text, column_names[c], found.length) == 0) {
                place[c] = i;
                n_found |= (size_t)1 << c;
            }
    return n_found == (1 << N_COLUMNS) - 1;
}

/* The texts of both columns, empty where the row has no such cell or one that is too long. */
static void take_texts(const table *t, const char *line, const char *end,
                       char texts[N_COLUMNS][CELL_SIZE])
{
    cell found;
    for (size_t c = 0; c < N_COLUMNS; c++)
        texts[c][0] = '\0';
    for (size_t i = 0; take_cell(&line, end, &found); i++)
        for (size_t c = 0; c < N_COLUMNS; c++)
            if (t->place[c] == i && found.length < CELL_SIZE) {
                memcpy(texts[c], found.text, found.length);
                texts[c][found.length] = '\0';
            }
}

/* A value that no measurement gives is remembered, so that the message can count them. */
static void check_value(table *t, size_t column, double value, const char *text, size_t number)
{
    if (fabs(value) < SNNFE_OVER_RANGE && (column != RESISTANCE || value > 0))
        return;
    if (t->n_refused++ > 0)
        return;
    t->first_line = number;
    t->first_column = column;
    memcpy(t->first, text, CELL_SIZE);
}

static snnfe_status read_row(table *t, const char *line, const char *end, size_t number)
{
    char texts[N_COLUMNS][CELL_SIZE];
    take_texts(t, line, end, texts);
    for (size_t c = 0; c < N_COLUMNS; c++) {
        double value = 0;
        if (!snnfe_parse_double(texts[c], &value))
            return snnfe_fail(SNNFE_ERR_FORMAT, "%s: line %zu: column %s is \"%s\", not a number",
                              t->path, number, column_names[c], texts[c]);
        check_value(t, c, value, texts[c], number);
        t->columns[c][t->n] = value;
    }
    t->n++;
    return SNNFE_OK;
}

/* None is left out: a cycle without one of its pulses is another cycle. */
static snnfe_status check_rows(const table *t)
{
    double value = 0;
    char others[64] = "";
    if (t->n_refused == 0)
        return SNNFE_OK;
    snnfe_parse_double(t->first, &value);
    if (t->n_refused > 1)
        snnfe_format(others, sizeof others, " (other such values: %zu)", t->n_refused - 1);
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: line %zu: column %s is %s, %s%s", t->path,
                      t->first_line, column_names[t->first_column], t->first,
                      fabs(value) < SNNFE_OVER_RANGE
                          ? "not above 0"
                          : "an instrument's code for what it could not measure",
                      others);
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
        return snnfe_fail_kind(snnfe_fail(SNNFE_ERR_FORMAT,
                                          "%s: has no line with the columns %s and %s", t->path,
                                          column_names[VOLTAGE], column_names[RESISTANCE]),
                               t->path, SNNFE_KIND_MEASUREMENT);
    return check_rows(t);
}

static size_t count_lines(const char *text, size_t size)
{
    size_t n = 1;
    for (size_t i = 0; i < size; i++)
        n += text[i] == '\n';
    return n;
}

/* The columns of a file's content, with conductances in place of resistances. */
static snnfe_status read_columns(table *t, const char *text, size_t size)
{
    const size_t n_lines = count_lines(text, size);
    for (size_t c = 0; c < N_COLUMNS; c++) {
        t->columns[c] = snnfe_alloc(n_lines, sizeof(double));
        if (!t->columns[c])
            return SNNFE_ERR_MEMORY;
    }
    SNNFE_TRY(read_rows(t, text, size));
    for (size_t i = 0; i < t->n; i++)
        t->columns[RESISTANCE][i] = 1 / t->columns[RESISTANCE][i];
    return SNNFE_OK;
}

snnfe_status snnfe_instrument_file_read(const char *path, double **voltage, double **conductance,
                                        size_t *n)
{
    uint8_t *content = NULL;
    size_t size = 0;
    SNNFE_TRY(snnfe_file_read(&content, path, MAX_FILE, &size));
    const size_t mark = snnfe_byte_order_mark(content, size);
    table t = {.path = path};
    const snnfe_status status = read_columns(&t, (const char *)content + mark, size - mark);
    *voltage = t.columns[VOLTAGE];
    *conductance = t.columns[RESISTANCE];
    *n = t.n;
    snnfe_release(content);
    return status;
}

static snnfe_status device_characterize_file(const char *path, uint32_t cycle,
                                             snnfe_characterization *result,
                                             snnfe_measured_points *points)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_device_characterize_file", "path", path));
    double *voltage = NULL, *conductance = NULL;
    size_t n = 0;
    snnfe_status status = snnfe_instrument_file_read(path, &voltage, &conductance, &n);
    if (status == SNNFE_OK) {
        status = snnfe_device_characterize(voltage, conductance, n, cycle, result, points);
        if (status != SNNFE_OK)
            status = snnfe_fail_prefix(status, "%s", path);
    }
    snnfe_release(voltage);
    snnfe_release(conductance);
    return status;
}

snnfe_status snnfe_device_characterize_file(const char *path, uint32_t cycle,
                                            snnfe_characterization *result,
                                            snnfe_measured_points *points)
{
    SNNFE_RETURN_COMPUTED(device_characterize_file(path, cycle, result, points));
}
