/* The cells of an array in a device's JSON file. */
#include "device/device_file.h"

#include <string.h>

const snnfe_json_field snnfe_cells_fields[] = {
#define NUMBER(name)                                                                               \
    {                                                                                              \
#name, offsetof(snnfe_cells_options, name), 1                                              \
    }
    NUMBER(spread_amplitude),
    NUMBER(spread_alpha),
    NUMBER(spread_beta),
    NUMBER(spread_window),
    NUMBER(correlation),
    NUMBER(truncation),
    NUMBER(stuck_low),
    NUMBER(stuck_high),
    NUMBER(stuck_anywhere),
    NUMBER(pulses_before),
    NUMBER(wakeup_pulses),
    NUMBER(wakeup_start),
    NUMBER(fatigue_pulses),
    NUMBER(fatigue_exponent),
    NUMBER(fatigue_end),
    NUMBER(endurance),
    NUMBER(endurance_spread),
    NUMBER(retention_s),
    NUMBER(retention_exponent),
    NUMBER(retention_spread),
    NUMBER(retention_rest),
    NUMBER(read_noise),
    NUMBER(read_noise_state),
    NUMBER(adc_low),
    NUMBER(adc_high),
    NUMBER(wire),
    NUMBER(imprint),
    NUMBER(imprint_s),
    NUMBER(held_s),
    NUMBER(history),
    NUMBER(history_pulses),
    NUMBER(read_disturb),
    NUMBER(read_disturb_rest),
    NUMBER(column_range),
    NUMBER(reference_spread),
#undef NUMBER
};
const size_t snnfe_n_cells_fields = sizeof snnfe_cells_fields / sizeof snnfe_cells_fields[0];

const char *const snnfe_distribution_names[] = {"gaussian", "lognormal", NULL};
static const char *const retentions[] = {"none", "power", "stretched", NULL};
static const char *const tables_of[2] = {"aging_pulses", "aging_factors"};

void snnfe_cells_append(snnfe_text *text, const snnfe_cells_options *o)
{
    snnfe_text_append(text,
                      ",\n  \"cells\": {\n  \"array\": %llu,\n  \"distribution\": \"%s\",\n  "
                      "\"retention\": \"%s\",\n  \"adc_bits\": %u,\n  \"column_bits\": %u",
                      (unsigned long long)o->array, snnfe_distribution_names[o->distribution],
                      retentions[o->retention], (unsigned)o->adc_bits, (unsigned)o->column_bits);
    for (size_t i = 0; i < snnfe_n_cells_fields; i++)
        snnfe_json_append_field(text, &snnfe_cells_fields[i], o);
    const double *const tables[2] = {o->aging_pulses, o->aging_factors};
    for (int i = 0; i < 2 && o->n_aging > 0; i++)
        snnfe_json_append_numbers(text, tables_of[i], tables[i], o->n_aging, true);
    snnfe_text_append(text, "\n  }");
}

snnfe_status snnfe_json_take_name(const char *field, const json_t *value, const char *const *names,
                                  int32_t *number)
{
    const char *name = json_string_value(value);
    for (int32_t k = 0; name && names[k]; k++)
        if (strcmp(name, names[k]) == 0) {
            *number = k;
            return SNNFE_OK;
        }
    return snnfe_fail(SNNFE_ERR_FORMAT, "\"%s\" is \"%.40s\", not \"%s\"%s \"%s\"%s%s%s", field,
                      name ? name : "(no text)", names[0], names[2] ? "," : " or", names[1],
                      names[2] ? " or \"" : "", names[2] ? names[2] : "", names[2] ? "\"" : "");
}

static snnfe_status take_count(const char *name, const json_t *value, json_int_t most,
                               json_int_t *count)
{
    *count = json_is_integer(value) ? json_integer_value(value) : -1;
    return *count >= 0 && *count <= most
               ? SNNFE_OK
               : snnfe_fail(SNNFE_ERR_FORMAT, "\"%s\" is no whole number in 0…%lld", name,
                            (long long)most);
}

static snnfe_status take_field(const char *name, const json_t *value, snnfe_cells_options *o,
                               double *tables[2])
{
    json_int_t count = 0;
    if (strcmp(name, "distribution") == 0)
        return snnfe_json_take_name(name, value, snnfe_distribution_names, &o->distribution);
    if (strcmp(name, "retention") == 0)
        return snnfe_json_take_name(name, value, retentions, &o->retention);
    if (strcmp(name, "array") == 0) {
        SNNFE_TRY(take_count(name, value, ((json_int_t)1 << 53) - 1, &count));
        o->array = (uint64_t)count;
        return SNNFE_OK;
    }
    uint32_t *const bits = strcmp(name, "adc_bits") == 0      ? &o->adc_bits
                           : strcmp(name, "column_bits") == 0 ? &o->column_bits
                                                              : NULL;
    if (bits) {
        SNNFE_TRY(take_count(name, value, 24, &count));
        *bits = (uint32_t)count;
        return SNNFE_OK;
    }
    for (int i = 0; i < 2; i++)
        if (strcmp(name, tables_of[i]) == 0)
            return snnfe_json_take_table(name, value, &tables[i], &o->n_aging);
    for (size_t i = 0; i < snnfe_n_cells_fields; i++)
        if (strcmp(name, snnfe_cells_fields[i].name) == 0)
            return snnfe_json_take_field(&snnfe_cells_fields[i], value, o);
    return snnfe_fail(SNNFE_ERR_FORMAT, "\"cells\" has a field \"%.60s\", which cells do not have",
                      name);
}

snnfe_status snnfe_cells_parse(const json_t *object, snnfe_cells_options *cells, double *tables[2])
{
    if (!json_is_object(object))
        return snnfe_fail(SNNFE_ERR_FORMAT, "\"cells\" is no object");
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)object, name, value)
        SNNFE_TRY(take_field(name, value, cells, tables));
    cells->aging_pulses = tables[0];
    cells->aging_factors = tables[1];
    return SNNFE_OK;
}
