/* Places of electrodes by their names, and a picture of them. */
#include "base/check.h"
#include "base/floating.h"
#include "base/options.h"
#include "base/text.h"
#include "dataset/montage.h"
#include "recording/electrodes.h"

#include <snnfe/montage.h>
#include <string.h>

/* --- places --------------------------------------------------------------------------------- */

/* `value` is 0…`whole`. The nearest of `n` places from 0 to `n` - 1; what lies in the middle
   between two goes away from `center`, so that left and right stay mirror images. */
static int32_t nearest_place(int32_t value, int32_t whole, int32_t center, uint32_t n)
{
    const int32_t scaled = 2 * value * (int32_t)(n - 1);
    return value > center ? (scaled + whole) / (2 * whole) : (scaled + whole - 1) / (2 * whole);
}

static snnfe_status check_grid(const char *call, uint32_t n_rows, uint32_t n_columns)
{
    SNNFE_TRY(snnfe_check_count(call, "n_rows", n_rows, 1, SNNFE_MOST_PLACES));
    return snnfe_check_count(call, "n_columns", n_columns, 1, SNNFE_MOST_PLACES);
}

/* All names without a place at once, so that people mend their list once. */
static snnfe_status places_missing(const snnfe_channels *channels, const snnfe_positions *positions)
{
    snnfe_text names = {0};
    double direction[3];
    for (size_t c = 0; c < channels->n; c++)
        if (!snnfe_positions_find(positions, channels->names[c], direction))
            snnfe_text_append(&names, "%s\"%s\"", names.size ? ", " : "", channels->names[c]);
    const snnfe_status status =
        names.failed ? SNNFE_ERR_MEMORY
                     : snnfe_fail(SNNFE_ERR_NOT_FOUND,
                                  "no place in the grid for the channels %.700s: they are no "
                                  "electrodes of the 10-05 system%s; leave them out, or give the "
                                  "places of all",
                                  names.data, positions->n > 0 ? " and have no coordinates" : "");
    snnfe_text_release(&names);
    return status;
}

static snnfe_status check_collisions(const snnfe_montage *m)
{
    for (size_t c = 0; c < m->channels.n; c++)
        for (size_t d = 0; d < c; d++)
            if (m->rows[c] == m->rows[d] && m->columns[c] == m->columns[d])
                return snnfe_fail(SNNFE_ERR_ARGUMENT,
                                  "channels \"%s\" and \"%s\" both come to row %d, column %d of "
                                  "the %ux%u grid: leave one of them out, or take a larger grid "
                                  "(n_rows, n_columns; 19x21 tells half steps apart)",
                                  m->channels.names[d], m->channels.names[c], (int)m->rows[c],
                                  (int)m->columns[c], (unsigned)m->n_rows, (unsigned)m->n_columns);
    return SNNFE_OK;
}

snnfe_status snnfe_montage_place_all(snnfe_montage *m, const snnfe_positions *positions)
{
    /* In grids that have no places between those of the 10-10 system nothing comes between. */
    const bool halves = m->n_rows > 10 || m->n_columns > 11;
    for (size_t c = 0; c < m->channels.n; c++) {
        snnfe_electrode electrode;
        if (!snnfe_positions_electrode(positions, m->channels.names[c], halves, &electrode))
            return places_missing(&m->channels, positions);
        m->rows[c] = nearest_place(electrode.row, 18, 8, m->n_rows);
        m->columns[c] = nearest_place(electrode.column + 40, 80, 40, m->n_columns);
    }
    return check_collisions(m);
}

static snnfe_status montage_place(const char *const *names, size_t n, uint32_t n_rows,
                                  uint32_t n_columns, int32_t *rows, int32_t *columns)
{
    static const char call[] = "snnfe_montage_place";
    SNNFE_TRY(snnfe_check_pointer(call, "names", names));
    SNNFE_TRY(snnfe_check_pointer(call, "rows", rows));
    SNNFE_TRY(snnfe_check_pointer(call, "columns", columns));
    SNNFE_TRY(snnfe_check_count(call, "n", n, 1, SNNFE_MAX_CHANNELS));
    SNNFE_TRY(check_grid(call, n_rows, n_columns));
    snnfe_montage m = {.n_rows = n_rows, .n_columns = n_columns};
    SNNFE_TRY(snnfe_channels_take(&m.channels, names, n, "names"));
    const snnfe_positions none = {0};
    SNNFE_TRY(snnfe_montage_place_all(&m, &none));
    memcpy(rows, m.rows, n * sizeof *rows);
    memcpy(columns, m.columns, n * sizeof *columns);
    return SNNFE_OK;
}

snnfe_status snnfe_montage_place(const char *const *names, size_t n, uint32_t n_rows,
                                 uint32_t n_columns, int32_t *rows, int32_t *columns)
{
    SNNFE_RETURN_COMPUTED(montage_place(names, n, n_rows, n_columns, rows, columns));
}

/* --- the picture ---------------------------------------------------------------------------- */

static const char *name_at(const snnfe_signal *s, int32_t row, int32_t column)
{
    for (uint32_t c = 0; c < s->n_channels; c++)
        if (s->channel_rows[c] == row && s->channel_columns[c] == column)
            return s->channel_names[c];
    return ".";
}

static void draw(const snnfe_signal *s, uint32_t n_rows, uint32_t n_columns, snnfe_text *text)
{
    size_t width = 1;
    for (uint32_t c = 0; c < s->n_channels; c++)
        if (strlen(s->channel_names[c]) > width)
            width = strlen(s->channel_names[c]);
    for (uint32_t row = 0; row < n_rows; row++) {
        for (uint32_t column = 0; column < n_columns; column++)
            snnfe_text_append(text, "%s%*s", column ? " " : "", (int)width,
                              name_at(s, (int32_t)row, (int32_t)column));
        snnfe_text_append(text, "\n");
    }
}

static snnfe_status check_signal(const snnfe_signal *s)
{
    SNNFE_TRY(
        snnfe_check_count("snnfe_signal", ".n_channels", s->n_channels, 1, SNNFE_MAX_CHANNELS));
    SNNFE_TRY(snnfe_check_pointer("snnfe_signal", ".channel_rows", s->channel_rows));
    SNNFE_TRY(snnfe_check_pointer("snnfe_signal", ".channel_columns", s->channel_columns));
    SNNFE_TRY(snnfe_check_pointer("snnfe_signal", ".channel_names", s->channel_names));
    snnfe_channels names;
    return snnfe_channels_take(&names, s->channel_names, s->n_channels,
                               "snnfe_signal.channel_names");
}

static snnfe_status check_inside(const snnfe_signal *s, uint32_t n_rows, uint32_t n_columns)
{
    for (uint32_t c = 0; c < s->n_channels; c++) {
        const int32_t row = s->channel_rows[c], column = s->channel_columns[c];
        if (row < 0 || row >= (int32_t)n_rows || column < 0 || column >= (int32_t)n_columns)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "channel %u (%s) is at row %d, column %d, not in the %ux%u grid",
                              (unsigned)c, s->channel_names[c], (int)row, (int)column,
                              (unsigned)n_rows, (unsigned)n_columns);
    }
    return SNNFE_OK;
}

snnfe_status snnfe_montage_draw(const snnfe_signal *signal, uint32_t n_rows, uint32_t n_columns,
                                size_t *size, char *text)
{
    static const char call[] = "snnfe_montage_draw";
    static const snnfe_signal none = {.struct_size = sizeof none};
    snnfe_signal s;
    SNNFE_TRY(snnfe_options_adopt(&s, &none, sizeof s, signal, "snnfe_signal"));
    SNNFE_TRY(check_signal(&s));
    SNNFE_TRY(check_grid(call, n_rows, n_columns));
    SNNFE_TRY(check_inside(&s, n_rows, n_columns));
    SNNFE_TRY(snnfe_check_pointer(call, "size", size));
    SNNFE_TRY(snnfe_check_array(call, "text", text, *size));
    snnfe_text drawn = {0};
    draw(&s, n_rows, n_columns, &drawn);
    snnfe_status status = drawn.failed || !drawn.data ? SNNFE_ERR_MEMORY : SNNFE_OK;
    if (status == SNNFE_OK && text && *size <= drawn.size)
        status = snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: text has room for %zu bytes of %zu", call,
                            *size, drawn.size + 1);
    if (status == SNNFE_OK && text)
        memcpy(text, drawn.data, drawn.size + 1);
    if (status == SNNFE_OK)
        *size = drawn.size + 1;
    snnfe_text_release(&drawn);
    return status;
}
