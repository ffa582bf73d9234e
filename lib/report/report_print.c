/* A report as text, JSON and CSV. */
#include "base/check.h"
#include "base/floating.h"
#include "base/options.h"
#include "base/text.h"
#include "report/account.h"

#include <math.h>
#include <string.h>

#define N_FIELDS 17

typedef struct field {
    const char *name;
    double value; /* NaN = not known */
} field;

/* Pulses are not known without a checkpoint. */
static double pulses(const snnfe_account *r, uint64_t n)
{
    return r->head.pulses_known ? (double)n : (double)NAN;
}

static void list_fields(const snnfe_account *r, const snnfe_layer_report *l, field list[N_FIELDS])
{
    const field all[N_FIELDS] = {{"neurons", (double)l->n_neurons},
                                 {"synapses", (double)l->n_synapses},
                                 {"biases", (double)l->n_biases},
                                 {"other_parameters", (double)l->n_others},
                                 {"dense_macs", (double)l->dense_macs},
                                 {"synaptic_operations", l->synaptic_operations},
                                 {"event_operations", l->event_operations},
                                 {"spikes", l->spikes},
                                 {"spike_rate", l->spike_rate},
                                 {"change_rate", l->change_rate},
                                 {"ltp_pulses", pulses(r, l->ltp_pulses)},
                                 {"ltd_pulses", pulses(r, l->ltd_pulses)},
                                 {"energy_j", l->energy_j},
                                 {"effective_macs", l->effective_macs},
                                 {"largest_pulses", pulses(r, l->largest)},
                                 {"life_used", l->life_used},
                                 {"mean_life_used", l->mean_life_used}};
    memcpy(list, all, sizeof all);
}

/* --- text ----------------------------------------------------------------------------------- */

static void put_cell(snnfe_text *text, double value, double unit, int decimals)
{
    if (isnan(value))
        snnfe_text_append(text, "%12s", "-");
    else
        snnfe_text_append(text, "%12.*f", decimals, value / unit);
}

static void put_row(snnfe_text *text, const char *name, const snnfe_account *r,
                    const snnfe_layer_report *l)
{
    snnfe_text_append(text, "%-6s %8llu %9llu", name, (unsigned long long)l->n_neurons,
                      (unsigned long long)l->n_synapses);
    put_cell(text, (double)l->dense_macs, 1e6, 3);
    put_cell(text, l->synaptic_operations, 1e6, 3);
    put_cell(text, l->effective_macs, 1e6, 3);
    put_cell(text, l->event_operations, 1e6, 3);
    put_cell(text, l->spike_rate, 0.01, 2);
    put_cell(text, l->change_rate, 0.01, 2);
    put_cell(text, pulses(r, l->ltp_pulses + l->ltd_pulses), 1, 0);
    if (isnan(l->energy_j))
        snnfe_text_append(text, "%12s\n", "-");
    else
        snnfe_text_append(text, "%12.4g\n", l->energy_j);
}

/* What the table has no columns for. */
static void put_wear(snnfe_text *text, const snnfe_account *r)
{
    const snnfe_layer_report *t = &r->rows[SNNFE_N_LAYERS];
    if (!r->head.pulses_known)
        return;
    snnfe_text_append(text, "\nmost pulses of a cell: %llu", (unsigned long long)t->largest);
    if (!isnan(t->life_used))
        snnfe_text_append(text, ", %.3g of its endurance; mean of all cells: %.3g", t->life_used,
                          t->mean_life_used);
    snnfe_text_append(text, "\n");
}

static void put_text(snnfe_text *text, const snnfe_account *r)
{
    const snnfe_layer_report *t = &r->rows[SNNFE_N_LAYERS];
    snnfe_text_append(text,
                      "%llu values of parameters: %llu synapses, %llu biases, %llu others\n"
                      "%.1f M multiply-accumulates a trial of %u steps if computed densely\n",
                      (unsigned long long)r->head.n_values, (unsigned long long)t->n_synapses,
                      (unsigned long long)t->n_biases, (unsigned long long)t->n_others,
                      (double)t->dense_macs / 1e6, (unsigned)r->head.n_steps);
    if (r->head.n_trials > 0)
        snnfe_text_append(text,
                          "measured on %llu trial%s: %.1f M synaptic operations, %.1f M by inputs "
                          "that are not 0, %.1f M by events\n",
                          (unsigned long long)r->head.n_trials, r->head.n_trials == 1 ? "" : "s",
                          t->synaptic_operations / 1e6, t->effective_macs / 1e6,
                          t->event_operations / 1e6);
    snnfe_text_append(
        text,
        "memory: network %.2f MiB, evaluation %.2f MiB, training %.2f MiB, live "
        "%.2f MiB\n\n",
        (double)r->head.parameter_bytes / 1048576, (double)r->head.evaluation_bytes / 1048576,
        (double)r->head.training_bytes / 1048576, (double)r->head.live_bytes / 1048576);
    snnfe_text_append(text, "%-6s %8s %9s%12s%12s%12s%12s%12s%12s%12s%12s\n", "layer", "neurons",
                      "synapses", "dense M", "synaptic M", "effective M", "events M", "spikes %",
                      "changes %", "pulses", "energy J");
    for (int32_t i = 0; i < SNNFE_N_LAYERS; i++)
        put_row(text, snnfe_layer_name(i), r, &r->rows[i]);
    put_row(text, "all", r, t);
    put_wear(text, r);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static void put_object(snnfe_text *text, const snnfe_account *r, const snnfe_layer_report *l)
{
    field list[N_FIELDS];
    list_fields(r, l, list);
    snnfe_text_append(text, "{");
    for (size_t i = 0; i < N_FIELDS; i++) {
        snnfe_text_append(text, "%s\"%s\": ", i ? ", " : "", list[i].name);
        if (isnan(list[i].value))
            snnfe_text_append(text, "null");
        else
            snnfe_text_append(text, "%.15g", list[i].value);
    }
    snnfe_text_append(text, "}");
}

static void put_json(snnfe_text *text, const snnfe_account *r)
{
    snnfe_text_append(
        text,
        "{\n  \"steps\": %u,\n  \"trials\": %llu,\n  \"values\": %llu,\n  \"bytes\": {\"network\": "
        "%llu, \"evaluation\": %llu, \"training\": %llu, \"live\": %llu},\n  \"layers\": {\n",
        (unsigned)r->head.n_steps, (unsigned long long)r->head.n_trials,
        (unsigned long long)r->head.n_values, (unsigned long long)r->head.parameter_bytes,
        (unsigned long long)r->head.evaluation_bytes, (unsigned long long)r->head.training_bytes,
        (unsigned long long)r->head.live_bytes);
    for (int32_t i = 0; i < SNNFE_N_LAYERS; i++) {
        snnfe_text_append(text, "    \"%s\": ", snnfe_layer_name(i));
        put_object(text, r, &r->rows[i]);
        snnfe_text_append(text, i + 1 < SNNFE_N_LAYERS ? ",\n" : "\n");
    }
    snnfe_text_append(text, "  },\n  \"all\": ");
    put_object(text, r, &r->rows[SNNFE_N_LAYERS]);
    snnfe_text_append(text, "\n}\n");
}

/* --- CSV ------------------------------------------------------------------------------------ */

static void put_line(snnfe_text *text, const char *name, const snnfe_account *r,
                     const snnfe_layer_report *l)
{
    field list[N_FIELDS];
    list_fields(r, l, list);
    snnfe_text_append(text, "%s", name);
    for (size_t i = 0; i < N_FIELDS; i++)
        if (isnan(list[i].value))
            snnfe_text_append(text, ",");
        else
            snnfe_text_append(text, ",%.15g", list[i].value);
    snnfe_text_append(text, "\n");
}

static void put_csv(snnfe_text *text, const snnfe_account *r)
{
    field list[N_FIELDS];
    list_fields(r, &r->rows[SNNFE_N_LAYERS], list);
    snnfe_text_append(text, "layer");
    for (size_t i = 0; i < N_FIELDS; i++)
        snnfe_text_append(text, ",%s", list[i].name);
    snnfe_text_append(text, "\n");
    for (int32_t i = 0; i < SNNFE_N_LAYERS; i++)
        put_line(text, snnfe_layer_name(i), r, &r->rows[i]);
    put_line(text, "all", r, &r->rows[SNNFE_N_LAYERS]);
}

static snnfe_status report_print(const snnfe_report *report, const snnfe_layer_report *rows,
                                 size_t size, int32_t form, char *out, size_t capacity,
                                 size_t *length)
{
    static const char call[] = "snnfe_report_print";
    static const snnfe_report none = {.struct_size = sizeof none};
    SNNFE_TRY(snnfe_check_pointer(call, "report", report));
    SNNFE_TRY(snnfe_check_array(call, "text", out, capacity));
    SNNFE_TRY(
        snnfe_check_choice(call, "form", form, SNNFE_REPORT_CSV + 1, "a SNNFE_REPORT_* value"));
    SNNFE_TRY(snnfe_check_pointer(call, "rows", rows));
    SNNFE_TRY(snnfe_rows_check(call, size, sizeof *rows));
    snnfe_account full = {0};
    SNNFE_TRY(snnfe_options_adopt(&full.head, &none, sizeof none, report, "snnfe_report"));
    for (size_t i = 0; i < SNNFE_REPORT_ROWS; i++)
        memcpy(&full.rows[i], (const char *)rows + i * size,
               size < sizeof *rows ? size : sizeof *rows);
    snnfe_text text = {0};
    void (*const put[])(snnfe_text *, const snnfe_account *) = {put_text, put_json, put_csv};
    put[form](&text, &full);
    if (text.failed) {
        snnfe_text_release(&text);
        return SNNFE_ERR_MEMORY;
    }
    if (capacity > 0) {
        const size_t n = text.size < capacity ? text.size : capacity - 1;
        memcpy(out, text.data, n);
        out[n] = '\0';
    }
    if (length)
        *length = text.size;
    snnfe_text_release(&text);
    return SNNFE_OK;
}

snnfe_status snnfe_report_print(const snnfe_report *report, const snnfe_layer_report *rows,
                                size_t size, int32_t form, char *out, size_t capacity,
                                size_t *length)
{
    SNNFE_RETURN_COMPUTED(report_print(report, rows, size, form, out, capacity, length));
}
