/* Devices in JSON files, to be read and written by hand too. */
#include "device/device_file.h"
#include "base/check.h"
#include "base/file.h"
#include "base/floating.h"
#include "base/format.h"
#include "base/json.h"
#include "base/kind.h"
#include "base/memory.h"
#include "base/text.h"
#include "device/device_internal.h"

#include <math.h>
#include <string.h>

#define FORMAT "snnfe device 1"
#define MAX_FILE (UINT64_C(64) << 20)

const snnfe_json_field snnfe_device_fields[] = {
#define FIELD(name, count)                                                                         \
    {                                                                                              \
#name, offsetof(snnfe_device_options, name), count                                         \
    }
    FIELD(amplitude, 2),     FIELD(alpha, 2),     FIELD(beta, 2),
    FIELD(scale, 1),         FIELD(asymmetry, 1), FIELD(rsd_c2c, 1),
    FIELD(sigma_add, 1),     FIELD(sigma_mul, 1), FIELD(bounds, SNNFE_N_BOUNDS),
    FIELD(rsd_c2c_state, 1), FIELD(energy_j, 2),
#undef FIELD
};
const size_t snnfe_n_device_fields = sizeof snnfe_device_fields / sizeof snnfe_device_fields[0];

static const char *const response_names[] = {"beta", "table", NULL};
static const char *const policy_names[] = {"first", "nearest", NULL};
static const char *const table_names[3] = {"table_w", "table_ltp", "table_ltd"};

/* --- writing ------------------------------------------------------------------------------- */

void snnfe_json_append_numbers(snnfe_text *text, const char *name, const double *values, size_t n,
                               bool array)
{
    snnfe_text_append(text, ",\n  \"%s\": %s", name, array ? "[" : "");
    for (size_t i = 0; i < n; i++)
        if (isinf(values[i])) /* a bound that the device does not set; JSON has no such number */
            snnfe_text_append(text, "%snull", i ? ", " : "");
        else
            snnfe_text_append(text, "%s%.17g", i ? ", " : "", values[i]);
    snnfe_text_append(text, "%s", array ? "]" : "");
}

void snnfe_json_append_field(snnfe_text *text, const snnfe_json_field *field, const void *options)
{
    const void *values = (const char *)options + field->offset;
    snnfe_json_append_numbers(text, field->name, values, field->count, field->count > 1);
}

/* What a form is made of: the beta form or a table, and energies, which may be missing. */
#define FORM_FIELD(name)                                                                           \
    {                                                                                              \
#name, offsetof(snnfe_pulse_form, name), 2                                                 \
    }
static const snnfe_json_field beta_fields[] = {FORM_FIELD(amplitude), FORM_FIELD(alpha),
                                               FORM_FIELD(beta)};
static const snnfe_json_field energy_field = FORM_FIELD(energy_j);
#undef FORM_FIELD

static void append_forms(snnfe_text *text, const snnfe_device_options *o)
{
    snnfe_text_append(text, ",\n  \"policy\": \"%s\",\n  \"forms\": [", policy_names[o->policy]);
    for (size_t f = 0; f < o->n_forms; f++) {
        const snnfe_pulse_form *form = &o->forms[f];
        const double *const tables[3] = {form->table_w, form->table_ltp, form->table_ltd};
        snnfe_text_append(text, "%s\n  {\"response\": \"%s\"", f ? "," : "",
                          response_names[form->n_table > 0]);
        snnfe_json_append_field(text, &energy_field, form);
        for (int i = 0; i < 3; i++)
            if (form->n_table > 0)
                snnfe_json_append_numbers(text, table_names[i], tables[i], form->n_table, true);
            else
                snnfe_json_append_field(text, &beta_fields[i], form);
        snnfe_text_append(text, "}");
    }
    snnfe_text_append(text, "\n  ]");
}

snnfe_status snnfe_device_save(const snnfe_device *device, const char *path)
{
    static const char call[] = "snnfe_device_save";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    const snnfe_device_options *o = &device->options;
    if (o->response == SNNFE_RESPONSE_FUNCTION)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: a function of the caller's cannot be saved",
                          call);
    snnfe_text text = {0};
    snnfe_text_append(&text,
                      "{\n  \"format\": \"%s\",\n  \"response\": \"%s\",\n  "
                      "\"c2c_distribution\": \"%s\"",
                      FORMAT, response_names[o->response],
                      snnfe_distribution_names[o->c2c_distribution]);
    for (size_t f = 0; f < snnfe_n_device_fields; f++)
        snnfe_json_append_field(&text, &snnfe_device_fields[f], o);
    const double *const tables[3] = {o->table_w, o->table_ltp, o->table_ltd};
    for (int i = 0; i < 3 && o->response == SNNFE_RESPONSE_TABLE; i++)
        snnfe_json_append_numbers(&text, table_names[i], tables[i], o->n_table, true);
    if (o->n_forms > 0)
        append_forms(&text, o);
    if (o->cells)
        snnfe_cells_append(&text, o->cells);
    snnfe_text_append(&text, "\n}\n");
    const snnfe_status status = snnfe_text_save(&text, path);
    snnfe_text_release(&text);
    return status;
}

/* --- reading ------------------------------------------------------------------------------- */

typedef struct reading {
    snnfe_device_options options;
    snnfe_cells_options cells;
    double *tables[3], *cell_tables[2];
    snnfe_pulse_form forms[SNNFE_MAX_FORMS];
    double *form_tables[SNNFE_MAX_FORMS][3];
} reading;

snnfe_status snnfe_json_take_number(const char *name, const json_t *value, double *number)
{
    if (!json_is_number(value))
        return snnfe_fail(SNNFE_ERR_FORMAT, "\"%s\" is not a number", name);
    *number = json_number_value(value);
    return SNNFE_OK;
}

snnfe_status snnfe_json_take_array(const char *name, const json_t *value, double *numbers, size_t n)
{
    if (json_array_size(value) != n)
        return snnfe_fail(SNNFE_ERR_FORMAT, "\"%s\" is not an array of %zu numbers", name, n);
    for (size_t i = 0; i < n; i++)
        SNNFE_TRY(snnfe_json_take_number(name, json_array_get(value, i), &numbers[i]));
    return SNNFE_OK;
}

snnfe_status snnfe_json_take_field(const snnfe_json_field *field, const json_t *value,
                                   void *options)
{
    void *target = (char *)options + field->offset;
    return field->count > 1 ? snnfe_json_take_array(field->name, value, target, field->count)
                            : snnfe_json_take_number(field->name, value, target);
}

/* A bound may be null: the device does not set it. */
static snnfe_status take_bounds(const json_t *value, double bounds[SNNFE_N_BOUNDS])
{
    if (json_array_size(value) != SNNFE_N_BOUNDS)
        return snnfe_fail(SNNFE_ERR_FORMAT, "\"bounds\" is not an array of %d numbers",
                          SNNFE_N_BOUNDS);
    for (size_t i = 0; i < SNNFE_N_BOUNDS; i++) {
        bounds[i] = INFINITY;
        if (!json_is_null(json_array_get(value, i)))
            SNNFE_TRY(snnfe_json_take_number("bounds", json_array_get(value, i), &bounds[i]));
    }
    return SNNFE_OK;
}

snnfe_status snnfe_json_take_table(const char *name, const json_t *value, double **table, size_t *n)
{
    const size_t found = json_array_size(value);
    if (*n && *n != found)
        return snnfe_fail(SNNFE_ERR_FORMAT, "\"%s\" has %zu points, the table before it %zu", name,
                          found, *n);
    *n = found;
    *table = snnfe_alloc(found, sizeof(double));
    return *table ? snnfe_json_take_array(name, value, *table, found) : SNNFE_ERR_MEMORY;
}

static snnfe_status take_cells(reading *r, const json_t *value)
{
    SNNFE_TRY(snnfe_cells_options_init(&r->cells, sizeof r->cells));
    SNNFE_TRY(snnfe_cells_parse(value, &r->cells, r->cell_tables));
    r->options.cells = &r->cells;
    return SNNFE_OK;
}

/* `place` is that of the field, "forms[3].alpha". */
static snnfe_status take_form_field(snnfe_pulse_form *form, double *tables[3], const char *place,
                                    const char *name, const json_t *value)
{
    int32_t response = 0;
    if (strcmp(name, "response") == 0)
        return snnfe_json_take_name(place, value, response_names, &response);
    if (strcmp(name, energy_field.name) == 0)
        return snnfe_json_take_array(place, value, form->energy_j, 2);
    for (int i = 0; i < 3; i++) {
        if (strcmp(name, table_names[i]) == 0)
            return snnfe_json_take_table(place, value, &tables[i], &form->n_table);
        if (strcmp(name, beta_fields[i].name) == 0)
            return snnfe_json_take_array(
                place, value, (double *)(void *)((char *)form + beta_fields[i].offset), 2);
    }
    return snnfe_fail(SNNFE_ERR_FORMAT, "\"%s\" is not a field of a form", place);
}

/* The beta form or a table, whole. */
static snnfe_status take_form(size_t f, const json_t *value, snnfe_pulse_form *form,
                              double *tables[3])
{
    const char *name;
    json_t *field;
    *form = (snnfe_pulse_form){.n_table = 0};
    const bool beta = json_object_get(value, "amplitude") && json_object_get(value, "alpha") &&
                      json_object_get(value, "beta");
    if (!json_is_object(value) || beta == (json_object_get(value, "table_w") != NULL))
        return snnfe_fail(
            SNNFE_ERR_FORMAT,
            "\"forms\": entry %zu is no object of either amplitude, alpha and beta or "
            "table_w, table_ltp and table_ltd",
            f);
    json_object_foreach ((json_t *)value, name, field) {
        char place[96];
        snnfe_format(place, sizeof place, "forms[%zu].%.60s", f, name);
        SNNFE_TRY(take_form_field(form, tables, place, name, field));
    }
    form->table_w = tables[0];
    form->table_ltp = tables[1];
    form->table_ltd = tables[2];
    return SNNFE_OK;
}

static snnfe_status take_forms(reading *r, const json_t *value)
{
    const size_t n = json_array_size(value);
    if (n < 1 || n > SNNFE_MAX_FORMS)
        return snnfe_fail(SNNFE_ERR_FORMAT, "\"forms\" is not an array of 1…%d objects",
                          SNNFE_MAX_FORMS);
    for (size_t f = 0; f < n; f++)
        SNNFE_TRY(take_form(f, json_array_get(value, f), &r->forms[f], r->form_tables[f]));
    r->options.forms = r->forms;
    r->options.n_forms = n;
    return SNNFE_OK;
}

static snnfe_status take_field(reading *r, const char *name, const json_t *value)
{
    if (strcmp(name, "format") == 0)
        return SNNFE_OK;
    if (strcmp(name, "response") == 0)
        return snnfe_json_take_name(name, value, response_names, &r->options.response);
    if (strcmp(name, "c2c_distribution") == 0)
        return snnfe_json_take_name(name, value, snnfe_distribution_names,
                                    &r->options.c2c_distribution);
    if (strcmp(name, "bounds") == 0)
        return take_bounds(value, r->options.bounds);
    if (strcmp(name, "cells") == 0)
        return take_cells(r, value);
    if (strcmp(name, "policy") == 0)
        return snnfe_json_take_name(name, value, policy_names, &r->options.policy);
    if (strcmp(name, "forms") == 0)
        return take_forms(r, value);
    for (int i = 0; i < 3; i++)
        if (strcmp(name, table_names[i]) == 0)
            return snnfe_json_take_table(name, value, &r->tables[i], &r->options.n_table);
    for (size_t f = 0; f < snnfe_n_device_fields; f++)
        if (strcmp(name, snnfe_device_fields[f].name) == 0)
            return snnfe_json_take_field(&snnfe_device_fields[f], value, &r->options);
    return snnfe_fail(SNNFE_ERR_FORMAT, "has a field \"%.60s\", which a device does not have",
                      name);
}

static snnfe_status take_fields(reading *r, json_t *root)
{
    const char *format = json_string_value(json_object_get(root, "format"));
    if (!format || strcmp(format, FORMAT) != 0)
        return snnfe_fail(SNNFE_ERR_FORMAT, "\"format\" is \"%.40s\", not \"%s\"",
                          format ? format : "(not there)", FORMAT);
    const char *name;
    json_t *value;
    json_object_foreach (root, name, value)
        SNNFE_TRY(take_field(r, name, value));
    r->options.table_w = r->tables[0];
    r->options.table_ltp = r->tables[1];
    r->options.table_ltd = r->tables[2];
    return SNNFE_OK;
}

#define MOST_VALUES 4000000 /* three tables of a million points, and the rest */

static snnfe_status make(snnfe_device **device, const uint8_t *content, size_t size)
{
    const size_t mark = snnfe_byte_order_mark(content, size);
    json_t *root = NULL;
    SNNFE_TRY(snnfe_json_parse(&root, (const char *)content + mark, size - mark, MOST_VALUES));
    reading r;
    snnfe_status status = snnfe_device_options_init(&r.options, sizeof r.options);
    memset(r.tables, 0, sizeof r.tables);
    memset(r.cell_tables, 0, sizeof r.cell_tables);
    memset(r.form_tables, 0, sizeof r.form_tables);
    if (status == SNNFE_OK)
        status = take_fields(&r, root);
    if (status == SNNFE_OK)
        status = snnfe_device_create(device, &r.options);
    for (int i = 0; i < 3; i++)
        snnfe_release(r.tables[i]);
    for (int i = 0; i < 2; i++)
        snnfe_release(r.cell_tables[i]);
    for (size_t f = 0; f < SNNFE_MAX_FORMS; f++)
        for (int i = 0; i < 3; i++)
            snnfe_release(r.form_tables[f][i]);
    json_decref(root);
    return status;
}

static snnfe_status device_load(snnfe_device **device, const char *path)
{
    static const char call[] = "snnfe_device_load";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    *device = NULL;
    SNNFE_TRY(snnfe_check_pointer(call, "path", path));
    uint8_t *content = NULL;
    size_t size = 0;
    snnfe_status status = snnfe_file_read(&content, path, MAX_FILE, &size);
    if (status == SNNFE_OK)
        status = make(device, content, size);
    snnfe_release(content);
    if (status != SNNFE_OK)
        return snnfe_fail_kind(
            snnfe_fail_prefix(status == SNNFE_ERR_ARGUMENT ? SNNFE_ERR_FORMAT : status, "%s", path),
            path, SNNFE_KIND_DEVICE);
    return SNNFE_OK;
}

snnfe_status snnfe_device_load(snnfe_device **device, const char *path)
{
    SNNFE_RETURN_COMPUTED(device_load(device, path));
}
