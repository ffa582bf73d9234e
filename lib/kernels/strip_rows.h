/* Sums of listed rows of a strip, for one element type: expects VALUE, VECTOR and LOAD. */
#define STRIP_PARTS ((size_t)SNNFE_STRIP / LANES)

typedef struct strip_sums {
    VECTOR part[STRIP_PARTS];
} strip_sums;

/* The next lists of rows. */
typedef struct row_cursor {
    const snnfe_row_offset_8 *rows;
    const uint32_t *n;
} row_cursor;

static inline strip_sums sum_next(const VALUE *strip, row_cursor *next)
{
    const snnfe_row_offset_8 *rows = next->rows, *const end = rows + *next->n++;
    strip_sums half[2] = {0};
    for (; rows < end; rows += SNNFE_ROWS_AT_ONCE) {
        uint64_t some;
        memcpy(&some, rows, sizeof some);
        for (size_t i = 0; i < SNNFE_ROWS_AT_ONCE; i++, some >>= 16) {
            const VALUE *row = strip + (some & UINT16_MAX) * (8 / sizeof *strip);
            for (size_t v = 0; v < STRIP_PARTS; v++)
                half[i % 2].part[v] += LOAD(row + v * LANES);
        }
    }
    for (size_t v = 0; v < STRIP_PARTS; v++)
        half[0].part[v] += half[1].part[v];
    next->rows = end;
    return half[0];
}

/* Fill a list up with an empty row. */
static inline snnfe_row_offset_8 *fill_up(const snnfe_row_offset_8 *list, snnfe_row_offset_8 *end,
                                          size_t empty)
{
    for (size_t i = 0; i + 1 < SNNFE_ROWS_AT_ONCE; i++)
        end[i] = (snnfe_row_offset_8)(SNNFE_ROW_OFFSET_8 * empty);
    return end + (size_t)(list - end) % SNNFE_ROWS_AT_ONCE;
}
#undef VALUE
#undef VECTOR
#undef LOAD
