/* The device handle and its options. */
#include "base/check.h"
#include "base/floating.h"
#include "base/format.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/options.h"
#include "device/device_internal.h"

#include <math.h>
#include <string.h>

static const char *const direction_names[2] = {"LTP", "LTD"};

static const char struct_name[] = "snnfe_device_options";

static const snnfe_device_options default_options = {
    .struct_size = sizeof(snnfe_device_options),
    .response = SNNFE_RESPONSE_BETA,
    .amplitude = {0.2611, 0.5969},
    .alpha = {1.6429, 2.4585},
    .beta = {1.9873, 1.6885},
    .scale = 1,
    .asymmetry = 1,
    .bounds = {INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY, INFINITY},
};

/* Pulse responses of the published devices (docs/spec.md 5). */
static const struct {
    const char *name;
    double amplitude[2], alpha[2], beta[2];
} published[] = {
    {"dut1", {0.1761, 0.3300}, {1.8103, 2.4721}, {2.1228, 1.7929}},
    {"dut2", {0.2611, 0.5969}, {1.6429, 2.4585}, {1.9873, 1.6885}},
    {"dut3", {0.24897956, 0.10299356}, {1.86338502, 2.05557189}, {2.91746585, 1.77256752}},
    {"dut4", {0.36361457, 0.18900954}, {1.96391651, 2.40094446}, {3.09212352, 1.97854856}},
    {"dut5", {0.65606012, 0.36568703}, {1.90866458, 2.75019033}, {3.47689647, 2.2682048}},
};

snnfe_status snnfe_device_options_init(snnfe_device_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

snnfe_status snnfe_device_options_published(snnfe_device_options *options, const char *name)
{
    static const char call[] = "snnfe_device_options_published";
    SNNFE_TRY(snnfe_check_pointer(call, "options", options));
    SNNFE_TRY(snnfe_check_pointer(call, "name", name));
    snnfe_device_options full;
    SNNFE_TRY(snnfe_options_adopt(&full, &default_options, sizeof full, options, struct_name));
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        if (strcmp(published[i].name, name) != 0)
            continue;
        full.response = SNNFE_RESPONSE_BETA;
        memcpy(full.amplitude, published[i].amplitude, sizeof full.amplitude);
        memcpy(full.alpha, published[i].alpha, sizeof full.alpha);
        memcpy(full.beta, published[i].beta, sizeof full.beta);
        snnfe_info_give(options, &full, sizeof full);
        return SNNFE_OK;
    }
    return snnfe_fail(SNNFE_ERR_NOT_FOUND, "there is no device \"%.60s\", only dut1 … dut5", name);
}

static snnfe_status device_options_characterized(snnfe_device_options *options,
                                                 const snnfe_characterization *result,
                                                 int32_t with_spread)
{
    static const char call[] = "snnfe_device_options_characterized";
    static const snnfe_characterization none = {.struct_size = sizeof none};
    SNNFE_TRY(snnfe_check_pointer(call, "options", options));
    SNNFE_TRY(snnfe_check_pointer(call, "result", result));
    snnfe_device_options full;
    snnfe_characterization found;
    SNNFE_TRY(snnfe_options_adopt(&full, &default_options, sizeof full, options, struct_name));
    SNNFE_TRY(snnfe_options_adopt(&found, &none, sizeof found, result, "snnfe_characterization"));
    full.response = SNNFE_RESPONSE_BETA;
    memcpy(full.amplitude, found.amplitude, sizeof full.amplitude);
    memcpy(full.alpha, found.alpha, sizeof full.alpha);
    memcpy(full.beta, found.beta, sizeof full.beta);
    if (with_spread)
        full.rsd_c2c = (found.rsd_c2c[SNNFE_LTP] + found.rsd_c2c[SNNFE_LTD]) / 2;
    snnfe_info_give(options, &full, sizeof full);
    return SNNFE_OK;
}

snnfe_status snnfe_device_options_characterized(snnfe_device_options *options,
                                                const snnfe_characterization *result,
                                                int32_t with_spread)
{
    SNNFE_RETURN_COMPUTED(device_options_characterized(options, result, with_spread));
}

static snnfe_status check_at_least_0(const char *field, double value)
{
    return snnfe_check_number(struct_name, field, value, 0, SNNFE_MOST_NUMBER);
}

/* `place` goes in front of the field: "" or ".forms[3]". */
static snnfe_status check_beta(const snnfe_pulse_form *form, const char *place)
{
    char field[64];
    for (int d = 0; d < 2; d++) {
        snnfe_format(field, sizeof field, "%s.amplitude[%s]", place, direction_names[d]);
        SNNFE_TRY(check_at_least_0(field, form->amplitude[d]));
        const double exponents[2] = {form->alpha[d], form->beta[d]};
        for (int e = 0; e < 2; e++)
            if (!(exponents[e] > 0) || exponents[e] > 100)
                return snnfe_fail(SNNFE_ERR_ARGUMENT,
                                  "snnfe_device_options%s.%s[%s] is %g, not above 0 and up to 100",
                                  place, e ? "beta" : "alpha", direction_names[d], exponents[e]);
    }
    return SNNFE_OK;
}

static snnfe_status check_table(const snnfe_pulse_form *form, const char *place)
{
    if (!form->table_w || !form->table_ltp || !form->table_ltd || form->n_table < 2 ||
        form->n_table > 1000000)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_device_options%s: a table needs table_w, table_ltp, table_ltd and "
                          "2…1000000 points (n_table is %zu)",
                          place, form->n_table);
    for (size_t i = 0; i < form->n_table; i++) {
        const double w = form->table_w[i];
        if (!(w >= 0 && w <= 1) || (i > 0 && !(w > form->table_w[i - 1])))
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_device_options%s.table_w[%zu] is %g: points must ascend in "
                              "0…1",
                              place, i, w);
        const double values[2] = {form->table_ltp[i], form->table_ltd[i]};
        for (int d = 0; d < 2; d++)
            if (!(values[d] >= 0 && values[d] <= 1))
                return snnfe_fail(SNNFE_ERR_ARGUMENT,
                                  "snnfe_device_options%s.table_%s[%zu] is %g, not in 0…1", place,
                                  d ? "ltd" : "ltp", i, values[d]);
    }
    return SNNFE_OK;
}

static snnfe_status check_energy(const double energy_j[2], const char *place)
{
    char field[64];
    for (int d = 0; d < 2; d++) {
        snnfe_format(field, sizeof field, "%s.energy_j[%s]", place, direction_names[d]);
        SNNFE_TRY(snnfe_check_number(struct_name, field, energy_j[d], 0, 1));
    }
    return SNNFE_OK;
}

static snnfe_status check_form(const snnfe_pulse_form *form, const char *place)
{
    SNNFE_TRY(check_energy(form->energy_j, place));
    return form->n_table > 0 ? check_table(form, place) : check_beta(form, place);
}

/* The options' tables are its own, too. */
static snnfe_pulse_form own_form(const snnfe_device_options *o)
{
    return (snnfe_pulse_form){.amplitude = {o->amplitude[0], o->amplitude[1]},
                              .alpha = {o->alpha[0], o->alpha[1]},
                              .beta = {o->beta[0], o->beta[1]},
                              .table_w = o->table_w,
                              .table_ltp = o->table_ltp,
                              .table_ltd = o->table_ltd,
                              .n_table = o->n_table};
}

static snnfe_status check_forms(const snnfe_device_options *o)
{
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_forms", o->n_forms, 0, SNNFE_MAX_FORMS));
    SNNFE_TRY(snnfe_check_array(struct_name, ".forms", o->forms, o->n_forms));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".policy", o->policy, SNNFE_POLICY_NEAREST + 1,
                                 "a SNNFE_POLICY_* value"));
    if (o->policy != SNNFE_POLICY_FIRST && o->n_forms == 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_device_options.policy is %d, but there are no forms to pick from",
                          (int)o->policy);
    SNNFE_TRY(snnfe_check_count(struct_name, ".reserved2", o->reserved2, 0, 0));
    for (size_t f = 0; f < o->n_forms; f++) {
        char place[32];
        snnfe_format(place, sizeof place, ".forms[%zu]", f);
        SNNFE_TRY(check_form(&o->forms[f], place));
    }
    return SNNFE_OK;
}

static snnfe_status check_numbers(const snnfe_device_options *o)
{
    char field[32];
    const snnfe_pulse_form own = own_form(o);
    SNNFE_TRY(check_beta(&own, ""));
    SNNFE_TRY(check_energy(o->energy_j, ""));
    SNNFE_TRY(check_forms(o));
    const struct {
        const char *field;
        double value;
    } numbers[] = {{".scale", o->scale},
                   {".asymmetry", o->asymmetry},
                   {".rsd_c2c", o->rsd_c2c},
                   {".sigma_add", o->sigma_add},
                   {".sigma_mul", o->sigma_mul}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        SNNFE_TRY(check_at_least_0(numbers[i].field, numbers[i].value));
    for (int layer = 0; layer < SNNFE_N_BOUNDS; layer++) {
        snnfe_format(field, sizeof field, ".bounds[%d]", layer);
        if (isinf(o->bounds[layer]) && o->bounds[layer] > 0)
            continue;
        SNNFE_TRY(check_at_least_0(field, o->bounds[layer]));
        if (o->bounds[layer] > 0 && o->bounds[layer] < 1e-12)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "snnfe_device_options%s is %g, neither 0 nor at least 1e-12", field,
                              o->bounds[layer]);
    }
    SNNFE_TRY(snnfe_check_number(struct_name, ".rsd_c2c_state", o->rsd_c2c_state, -10, 10));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".c2c_distribution", o->c2c_distribution,
                                 SNNFE_SPREAD_LOGNORMAL + 1, "a SNNFE_SPREAD_* value"));
    return snnfe_check_count(struct_name, ".reserved", o->reserved, 0, 0);
}

static snnfe_status check(const snnfe_device_options *o)
{
    const snnfe_pulse_form own = own_form(o);
    SNNFE_TRY(check_numbers(o));
    const snnfe_need table = {".table_w", o->n_table > 0, o->response == SNNFE_RESPONSE_TABLE,
                              "response is TABLE"};
    SNNFE_TRY(snnfe_check_needs(struct_name, &table, 1));
    switch (o->response) {
    case SNNFE_RESPONSE_BETA:
        return SNNFE_OK;
    case SNNFE_RESPONSE_TABLE:
        return check_table(&own, "");
    case SNNFE_RESPONSE_FUNCTION:
        return o->function ? SNNFE_OK : snnfe_fail_null(struct_name, ".function");
    default:
        return snnfe_check_choice(struct_name, ".response", o->response,
                                  SNNFE_RESPONSE_FUNCTION + 1, "a SNNFE_RESPONSE_* value");
    }
}

/* Tables of `n` points become the handle's own. */
static snnfe_status copy_tables(const double **tables[3], size_t n)
{
    const double *const given[3] = {*tables[0], *tables[1], *tables[2]};
    for (int i = 0; i < 3; i++)
        *tables[i] = NULL;
    for (int i = 0; n > 0 && i < 3; i++) {
        *tables[i] = snnfe_duplicate(given[i], n, sizeof(double));
        if (!*tables[i])
            return SNNFE_ERR_MEMORY;
    }
    return SNNFE_OK;
}

static snnfe_status copy_own_tables(snnfe_device_options *o)
{
    const double **tables[3] = {&o->table_w, &o->table_ltp, &o->table_ltd};
    if (o->response != SNNFE_RESPONSE_TABLE)
        o->n_table = 0;
    return copy_tables(tables, o->n_table);
}

/* Its own form and those of the options, which point to them. */
static snnfe_status copy_forms(snnfe_device *device, const snnfe_pulse_form *given)
{
    snnfe_device_options *o = &device->options;
    device->forms = snnfe_alloc(1 + o->n_forms, sizeof *device->forms);
    if (!device->forms)
        return SNNFE_ERR_MEMORY;
    device->forms[0] = own_form(o);
    device->all_beta = o->response == SNNFE_RESPONSE_BETA;
    for (size_t f = 0; f < o->n_forms; f++) {
        snnfe_pulse_form *form = &device->forms[1 + f];
        const double **tables[3] = {&form->table_w, &form->table_ltp, &form->table_ltd};
        *form = given[f];
        SNNFE_TRY(copy_tables(tables, form->n_table));
        device->all_beta = device->all_beta && form->n_table == 0;
    }
    o->forms = o->n_forms > 0 ? device->forms + 1 : NULL;
    return SNNFE_OK;
}

static snnfe_status take_cells(snnfe_device *device, const snnfe_cells_options *given)
{
    SNNFE_TRY(
        snnfe_cells_take(&device->cells, given, device->options.response == SNNFE_RESPONSE_BETA));
    device->options.cells = given ? &device->cells : NULL;
    device->differ = snnfe_cells_differ(&device->cells);
    device->ages = snnfe_cells_age(&device->cells);
    device->imprints = snnfe_cells_imprint(&device->cells);
    device->remembers = snnfe_cells_remember(&device->cells);
    device->plain = !device->noisy && !device->differ && !device->ages && !device->imprints &&
                    !device->remembers;
    device->history_kept = exp(-1 / device->cells.history_pulses);
    if (!device->ages)
        return SNNFE_OK;
    device->factors = snnfe_alloc(SNNFE_N_FACTORS, sizeof *device->factors);
    if (!device->factors)
        return SNNFE_ERR_MEMORY;
    for (size_t i = 0; i < SNNFE_N_FACTORS; i++)
        device->factors[i] =
            snnfe_aging_factor(&device->cells, device->cells.pulses_before + (double)i);
    return SNNFE_OK;
}

static snnfe_status device_create(snnfe_device **device, const snnfe_device_options *options)
{
    SNNFE_TRY(snnfe_check_pointer("snnfe_device_create", "device", device));
    *device = NULL;
    snnfe_device_options adopted;
    SNNFE_TRY(
        snnfe_options_adopt(&adopted, &default_options, sizeof adopted, options, struct_name));
    SNNFE_TRY(check(&adopted));
    snnfe_device *made = snnfe_alloc(1, sizeof *made);
    if (!made)
        return SNNFE_ERR_MEMORY;
    made->options = adopted;
    made->noisy = adopted.rsd_c2c > 0 || adopted.rsd_c2c_state > 0 || adopted.sigma_add > 0 ||
                  adopted.sigma_mul > 0;
    made->options.cells = NULL;
    made->options.forms = NULL;
    snnfe_status status = copy_own_tables(&made->options);
    if (status == SNNFE_OK)
        status = copy_forms(made, adopted.forms);
    if (status == SNNFE_OK)
        status = take_cells(made, adopted.cells);
    if (status != SNNFE_OK) {
        snnfe_device_free(made);
        return status;
    }
    *device = made;
    return SNNFE_OK;
}

snnfe_status snnfe_device_create(snnfe_device **device, const snnfe_device_options *options)
{
    SNNFE_RETURN_COMPUTED(device_create(device, options));
}

void snnfe_device_free(snnfe_device *device)
{
    if (!device)
        return;
    snnfe_release((void *)device->options.table_w);
    snnfe_release((void *)device->options.table_ltp);
    snnfe_release((void *)device->options.table_ltd);
    for (size_t f = 1; device->forms && f <= device->options.n_forms; f++) {
        snnfe_release((void *)device->forms[f].table_w);
        snnfe_release((void *)device->forms[f].table_ltp);
        snnfe_release((void *)device->forms[f].table_ltd);
    }
    snnfe_cells_release(&device->cells);
    snnfe_release(device->factors);
    snnfe_release(device->forms);
    snnfe_release(device);
}

snnfe_status snnfe_device_get_options(const snnfe_device *device, snnfe_device_options *options)
{
    static const char call[] = "snnfe_device_get_options";
    SNNFE_TRY(snnfe_check_pointer(call, "device", device));
    SNNFE_TRY(snnfe_info_check(call, "options", options, sizeof *options));
    snnfe_info_give(options, &device->options, sizeof device->options);
    return SNNFE_OK;
}

static uint64_t hash_numbers(uint64_t hash, const double *numbers, size_t n)
{
    return snnfe_hash_bytes(hash, numbers, n * sizeof *numbers);
}

/* What a pulse costs does not change what it does. */
static uint64_t hash_form(uint64_t hash, const snnfe_pulse_form *form)
{
    const double *const tables[3] = {form->table_w, form->table_ltp, form->table_ltd};
    for (int i = 0; i < 3; i++)
        hash = hash_numbers(hash, tables[i], form->n_table);
    if (form->n_table > 0)
        return hash;
    hash = hash_numbers(hash, form->amplitude, 2);
    hash = hash_numbers(hash, form->alpha, 2);
    return hash_numbers(hash, form->beta, 2);
}

uint64_t snnfe_device_hash(const snnfe_device *device)
{
    const snnfe_device_options *o = &device->options;
    const double noise[] = {o->scale, o->asymmetry, o->rsd_c2c, o->sigma_add, o->sigma_mul};
    uint64_t hash = snnfe_hash_word(SNNFE_HASH_START, (uint64_t)o->response);
    hash = hash_numbers(hash, noise, sizeof noise / sizeof noise[0]);
    hash = hash_numbers(hash, o->bounds, SNNFE_N_BOUNDS);
    if (o->response == SNNFE_RESPONSE_BETA) {
        hash = hash_numbers(hash, o->amplitude, 2);
        hash = hash_numbers(hash, o->alpha, 2);
        hash = hash_numbers(hash, o->beta, 2);
    }
    const double *const tables[3] = {o->table_w, o->table_ltp, o->table_ltd};
    for (int i = 0; i < 3; i++)
        hash = hash_numbers(hash, tables[i], o->n_table);
    if (o->c2c_distribution != SNNFE_SPREAD_GAUSSIAN || o->rsd_c2c_state < 0 ||
        o->rsd_c2c_state > 0)
        hash = hash_numbers(snnfe_hash_word(hash, (uint64_t)o->c2c_distribution), &o->rsd_c2c_state,
                            1);
    if (o->policy != SNNFE_POLICY_FIRST) {
        hash = snnfe_hash_word(hash, (uint64_t)o->policy);
        for (size_t f = 0; f < o->n_forms; f++)
            hash = hash_form(hash, &o->forms[f]);
    }
    return snnfe_cells_hash(hash, &device->cells);
}
