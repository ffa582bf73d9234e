#include "dataset/bids_electrodes.h"

#include "base/format.h"
#include "base/memory.h"
#include "dataset/bids_json.h"
#include "dataset/sphere_fit.h"
#include "recording/tsv.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#define DEGREE (3.14159265358979323846 / 180)
#define CONTRADICTION 30 /* degrees between an electrode and the place of its name */
#define FARTHEST 15      /* degrees from the nearest place of the 10-05 system */
#define MOST_TOLD 10     /* rows */
#define MOST_ROWS 10000

/* --- frames --------------------------------------------------------------------------------- */

/* Frames of the head that BIDS knows: x to the right and y to the front, or x to the front and y to
   the left; z is up. Where the origin lies does not matter. */
static const struct {
    const char *name;
    bool x_is_front;
} frames[] = {
    {"CapTrak", false}, {"EEGLAB", true},      {"EEGLAB-HJ", true},
    {"BESA", false},    {"CTF", true},         {"ElektaNeuromag", false},
    {"4DBti", true},    {"KitYokogawa", true}, {"ChietiItab", false},
};
#define N_FRAMES (sizeof frames / sizeof frames[0])

/* As the label of a file's `space`, which has no dash. */
static bool is_space_of(const char *space, const char *frame)
{
    for (; *frame; frame++)
        if (*frame != '-' && strncasecmp(space++, frame, 1) != 0)
            return false;
    return *space == '\0';
}

/* Files without a space first, then in the order of the frames, then others. */
static size_t rank_of(const char *space)
{
    size_t rank = 0;
    while (space[0] && rank < N_FRAMES && !is_space_of(space, frames[rank].name))
        rank++;
    return space[0] ? rank + 1 : 0;
}

/* --- what is read --------------------------------------------------------------------------- */

typedef struct reading {
    int32_t places;
    bool quiet;
    const snnfe_sink *sink;
    const char *path; /* of the table */
    snnfe_tsv tsv;
    snnfe_bids_json json;
    size_t name, axes[3];
    bool x_is_front;
    size_t n;            /* rows with coordinates */
    size_t *rows;        /* [n] */
    double (*points)[3]; /* [n] x to the right, y to the front */
    bool *left_out;      /* [n] that are no part of the sphere */
    snnfe_sphere sphere;
    size_t n_told;
} reading;

static const char *label_of(const reading *g, size_t row)
{
    return snnfe_tsv_cell(&g->tsv, row, g->name);
}

static bool needs_coordinates(const reading *g, const char *label)
{
    char name[SNNFE_NAME_SIZE];
    snnfe_electrode electrode;
    snnfe_electrode_name(label, name);
    return g->places == SNNFE_PLACES_COORDINATES ||
           (!snnfe_electrode_find(label, &electrode) && !snnfe_electrode_is_reference(name));
}

/* A row that is needed and has no place; the first few are logged. */
static void tell_row(reading *g, size_t row, size_t column, const char *what)
{
    if (g->quiet || !needs_coordinates(g, label_of(g, row)) || g->n_told++ >= MOST_TOLD)
        return;
    snnfe_sink_log(g->sink, SNNFE_LOG_WARNING,
                   "%s: row %zu, column \"%s\": electrode \"%.40s\" %s: it has no place", g->path,
                   row + 2, g->tsv.cells[column], label_of(g, row), what);
}

/* Coordinates cannot be used at all: an error where nothing else tells. */
static snnfe_status no_use(const reading *g, snnfe_status status, const char *path,
                           const char *what)
{
    if (g->places == SNNFE_PLACES_COORDINATES)
        return snnfe_fail(status, "%s: %s, so its coordinates say nothing", path, what);
    if (!g->quiet)
        snnfe_sink_log(g->sink, SNNFE_LOG_WARNING, "%s: %s; coordinates are not used", path, what);
    return SNNFE_OK;
}

/* `*known` is false where the frame is none that tells left from right. */
static snnfe_status find_frame(reading *g, bool *known)
{
    static const char key[] = "EEGCoordinateSystem";
    const char *path = NULL;
    *known = false;
    if (g->json.files.n == 0)
        return no_use(g, SNNFE_ERR_NOT_FOUND, g->path,
                      "has no coordsystem.json beside it or above that tells the frame");
    const json_t *value = snnfe_bids_json_get(&g->json, key, &path);
    const char *frame = json_string_value(value);
    for (size_t i = 0; frame && i < N_FRAMES; i++)
        if (strcasecmp(frame, frames[i].name) == 0) {
            g->x_is_front = frames[i].x_is_front;
            *known = true;
            return SNNFE_OK;
        }
    char what[400];
    snnfe_format(what, sizeof what,
                 "\"%s\" is %s%.60s%s, none of CapTrak, EEGLAB, EEGLAB-HJ, BESA, CTF, "
                 "ElektaNeuromag, 4DBti, KitYokogawa and ChietiItab",
                 key, frame ? "\"" : "",
                 frame   ? frame
                 : value ? "no text"
                         : "missing",
                 frame ? "\"" : "");
    return no_use(g, SNNFE_ERR_UNSUPPORTED, path, what);
}

/* Only directions are used, so that wrong units are no error. */
static void check_units(const reading *g)
{
    static const struct {
        const char *name;
        double m;
    } units[] = {{"m", 1}, {"cm", 1e-2}, {"mm", 1e-3}};
    const char *path = NULL;
    const char *unit =
        json_string_value(snnfe_bids_json_get(&g->json, "EEGCoordinateUnits", &path));
    for (size_t i = 0; unit && i < sizeof units / sizeof units[0]; i++) {
        const double radius = g->sphere.radius * units[i].m;
        if (strcmp(unit, units[i].name) != 0)
            continue;
        if (!(radius > 0.03 && radius < 0.3))
            snnfe_sink_log(
                g->sink, SNNFE_LOG_WARNING,
                "%s: \"EEGCoordinateUnits\" is \"%s\", but the electrodes of %s lie on a "
                "sphere of radius %g; only their directions are used",
                path, unit, g->path, g->sphere.radius);
        return;
    }
    snnfe_sink_log(g->sink, SNNFE_LOG_WARNING,
                   "%s: \"EEGCoordinateUnits\" is %s%.20s%s, none of m, cm and mm; only directions "
                   "are used",
                   path, unit ? "\"" : "", unit ? unit : "missing", unit ? "\"" : "");
}

static snnfe_status find_columns(reading *g)
{
    static const char *const names[3] = {"x", "y", "z"};
    SNNFE_TRY(snnfe_tsv_require(&g->tsv, "name", &g->name));
    for (int k = 0; k < 3; k++)
        SNNFE_TRY(snnfe_tsv_require(&g->tsv, names[k], &g->axes[k]));
    return SNNFE_OK;
}

/* `*there` is false for a row with "n/a" or zeros. */
static snnfe_status read_point(reading *g, size_t row, double point[3], bool *there)
{
    *there = false;
    if (!label_of(g, row))
        return snnfe_tsv_fail(&g->tsv, row, g->name, "no name of an electrode");
    for (int k = 0; k < 3; k++) {
        if (!snnfe_tsv_cell(&g->tsv, row, g->axes[k])) {
            tell_row(g, row, g->axes[k], "has no coordinates (n/a)");
            return SNNFE_OK;
        }
        SNNFE_TRY(snnfe_tsv_number(&g->tsv, row, g->axes[k], &point[k]));
    }
    /* Nobody has an electrode in the origin of a head's frame. */
    *there = hypot(hypot(point[0], point[1]), point[2]) > 0;
    if (!*there)
        tell_row(g, row, g->axes[0], "is in the origin, as if its coordinates were not known");
    return SNNFE_OK;
}

static snnfe_status check_twice(const reading *g)
{
    for (size_t i = 0; i < g->tsv.n_rows; i++)
        for (size_t k = 0; k < i; k++)
            if (snnfe_same_label(label_of(g, k), label_of(g, i)))
                return snnfe_fail(SNNFE_ERR_FORMAT,
                                  "%s: rows %zu and %zu are both electrode \"%.40s\"", g->path,
                                  k + 2, i + 2, label_of(g, i));
    return SNNFE_OK;
}

static snnfe_status read_points(reading *g)
{
    g->rows = snnfe_alloc(g->tsv.n_rows, sizeof *g->rows);
    g->points = snnfe_alloc(g->tsv.n_rows, sizeof *g->points);
    g->left_out = snnfe_alloc(g->tsv.n_rows, sizeof *g->left_out);
    if (!g->rows || !g->points || !g->left_out)
        return SNNFE_ERR_MEMORY;
    for (size_t row = 0; row < g->tsv.n_rows; row++) {
        double p[3] = {0};
        bool there = false;
        SNNFE_TRY(read_point(g, row, p, &there));
        if (!there)
            continue;
        const double turned[3] = {-p[1], p[0], p[2]};
        memcpy(g->points[g->n], g->x_is_front ? turned : p, sizeof p);
        g->rows[g->n++] = row;
    }
    return check_twice(g);
}

/* --- what follows --------------------------------------------------------------------------- */

static double angle_between(const double a[3], const double b[3])
{
    const double cosine = a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
    return acos(fmin(fmax(cosine, -1), 1)) / DEGREE;
}

static snnfe_status compare_names(const reading *g)
{
    size_t n = 0, n_off = 0, worst = 0;
    double most = 0;
    for (size_t i = 0; i < g->n; i++) {
        snnfe_electrode electrode;
        double direction[3], named[3];
        if (g->left_out[i] || !snnfe_electrode_find(label_of(g, g->rows[i]), &electrode))
            continue;
        snnfe_sphere_direction(&g->sphere, g->points[i], direction);
        snnfe_electrode_direction(&electrode, named);
        const double angle = angle_between(direction, named);
        n++;
        n_off += angle > CONTRADICTION;
        worst = angle > most ? i : worst;
        most = fmax(most, angle);
    }
    if (n_off == 0)
        return SNNFE_OK;
    char text[400];
    snnfe_format(text, sizeof text,
                 "%zu of %zu electrodes are more than %d degrees from the places of their names, "
                 "\"%.40s\" (row %zu) %.0f",
                 n_off, n, CONTRADICTION, label_of(g, g->rows[worst]), g->rows[worst] + 2, most);
    if (2 * n_off > n)
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: %s: say whether names or coordinates hold (places)", g->path, text);
    snnfe_sink_log(g->sink, SNNFE_LOG_WARNING, "%s: %s; names hold", g->path, text);
    return SNNFE_OK;
}

static void add_positions(reading *g, snnfe_positions *positions)
{
    for (size_t i = 0; i < g->n; i++) {
        snnfe_electrode electrode = {0, 0};
        double direction[3];
        snnfe_sphere_direction(&g->sphere, g->points[i], direction);
        const double cosine = snnfe_electrode_nearest(direction, true, &electrode);
        if (g->left_out[i])
            tell_row(g, g->rows[i], g->axes[0], "does not lie on the head's sphere");
        else if (cosine < cos(FARTHEST * DEGREE))
            tell_row(g, g->rows[i], g->axes[0], "lies beyond the 10-05 system");
        else
            snnfe_positions_add(positions, label_of(g, g->rows[i]), direction);
    }
    if (g->n_told > MOST_TOLD)
        snnfe_sink_log(g->sink, SNNFE_LOG_WARNING, "%s: other rows without a place: %zu", g->path,
                       g->n_told - MOST_TOLD);
}

static snnfe_status use_points(reading *g, snnfe_positions *positions)
{
    bool found = false;
    SNNFE_TRY(
        snnfe_sphere_fit(&g->sphere, (const double(*)[3])g->points, g->n, g->left_out, &found));
    if (!found)
        return g->places == SNNFE_PLACES_COORDINATES
                   ? snnfe_fail(SNNFE_ERR_FORMAT,
                                "%s: no sphere goes through its %zu points: there have to be four "
                                "that are in no plane",
                                g->path, g->n)
                   : SNNFE_OK;
    if (!g->quiet)
        check_units(g);
    if (g->places == SNNFE_PLACES_CHECKED)
        SNNFE_TRY(compare_names(g));
    positions->all = snnfe_alloc(g->n, sizeof *positions->all);
    if (!positions->all)
        return SNNFE_ERR_MEMORY;
    add_positions(g, positions);
    return SNNFE_OK;
}

static snnfe_status read_table(reading *g, const snnfe_bids_tree *tree,
                               const snnfe_bids_recording *recording, const char *space,
                               snnfe_positions *positions)
{
    bool known = false;
    SNNFE_TRY(snnfe_tsv_read(&g->tsv, g->path));
    SNNFE_TRY(find_columns(g));
    if (g->tsv.n_rows > MOST_ROWS)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has %zu rows, more than %d", g->path,
                          g->tsv.n_rows, MOST_ROWS);
    SNNFE_TRY(snnfe_bids_json_open(&g->json, tree, recording, "coordsystem", space));
    SNNFE_TRY(find_frame(g, &known));
    SNNFE_TRY(read_points(g));
    return known ? use_points(g, positions) : SNNFE_OK;
}

/* Of several in the nearest folder, the one whose space ranks first. */
static const snnfe_bids_sidecar *choose(const reading *g, const snnfe_bids_sidecars *list)
{
    const snnfe_bids_sidecar *best = &list->all[0];
    size_t n = 1;
    for (; n < list->n && list->all[n].level == best->level; n++)
        if (rank_of(list->all[n].space) < rank_of(best->space))
            best = &list->all[n];
    if (n > 1 && !g->quiet)
        snnfe_sink_log(g->sink, SNNFE_LOG_INFO, "%s: is the one that is read of %zu electrodes.tsv",
                       best->path, n);
    return best;
}

static void release(reading *g)
{
    snnfe_bids_json_close(&g->json);
    snnfe_tsv_release(&g->tsv);
    snnfe_release(g->rows);
    snnfe_release(g->points);
    snnfe_release(g->left_out);
}

snnfe_status snnfe_bids_positions_read(snnfe_positions *positions, const snnfe_bids_tree *tree,
                                       const snnfe_bids_recording *recording, int32_t places,
                                       bool quiet, const snnfe_sink *sink)
{
    reading g = {.places = places, .quiet = quiet, .sink = sink};
    snnfe_bids_sidecars list = {0};
    *positions = (snnfe_positions){.alone = places == SNNFE_PLACES_COORDINATES};
    if (places == SNNFE_PLACES_NAMES)
        return SNNFE_OK;
    snnfe_status status = snnfe_bids_sidecars_find(&list, tree, recording, "electrodes", ".tsv");
    if (status == SNNFE_OK && list.n > 0) {
        const snnfe_bids_sidecar *table = choose(&g, &list);
        g.path = table->path;
        status = read_table(&g, tree, recording, table->space, positions);
    } else if (status == SNNFE_OK && places == SNNFE_PLACES_COORDINATES) {
        status = snnfe_fail(SNNFE_ERR_NOT_FOUND, "%s: has no electrodes.tsv beside it or above",
                            recording->path);
    }
    release(&g);
    snnfe_bids_sidecars_release(&list);
    return status;
}
