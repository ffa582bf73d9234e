#include "signal/signal_file.h"

#include "base/fields.h"
#include "base/format.h"
#include "base/limits.h"
#include "signal/causal.h"
#include "signal/envelope.h"
#include "signal/notch.h"
#include "signal/rereference.h"
#include "signal/spatial.h"

#define SIGNAL(member, type, least, most) SNNFE_FIELD(snnfe_signal, member, type, least, most)

static const snnfe_field fields[] = {
    SIGNAL(n_channels, U32, 1, SNNFE_MAX_CHANNELS),
    SIGNAL(n_classes, U32, 2, SNNFE_MAX_CLASSES),
    SIGNAL(sampling_rate_hz, F64, 1e-6, 1e6),
    SIGNAL(filter_low_hz, F64, 0, 1e6),
    SIGNAL(filter_high_hz, F64, 0, 1e6),
    SIGNAL(filter_kind, I32, 0, SNNFE_FILTER_UNKNOWN),
    SIGNAL(filter_order, U32, 0, SNNFE_CAUSAL_MAX_ORDER),
    SIGNAL(normalization, I32, 0, SNNFE_NORMALIZE_SUBJECTS),
    SIGNAL(synthetic, I32, 0, 1),
    SIGNAL(ocular, I32, 0, SNNFE_OCULAR_REGRESSION),
    SIGNAL(n_lags, U32, 0, SNNFE_MOST_LAGS),
    SIGNAL(n_references, U32, 0, SNNFE_MAX_CHANNELS),
    SIGNAL(alignment, I32, 0, SNNFE_ALIGNMENT_EUCLIDEAN),
};

#define BAND(i)                                                                                    \
    {"band" #i "_low_hz", SNNFE_FIELD_F64, offsetof(snnfe_signal, band_low_hz[(i)-1]), 1, 0, 1e6}, \
    {                                                                                              \
        "band" #i "_high_hz", SNNFE_FIELD_F64, offsetof(snnfe_signal, band_high_hz[(i)-1]), 1, 0,  \
            1e6                                                                                    \
    }

/* Only files of envelopes have them. */
static const snnfe_field envelope_fields[] = {
    SIGNAL(n_bands, U32, 0, SNNFE_MAX_BANDS),
    SIGNAL(envelope_window_s, F64, 0, 1e6),
    SIGNAL(envelope_hop_s, F64, 0, 1e6),
    BAND(1),
    BAND(2),
    BAND(3),
    BAND(4),
    BAND(5),
    BAND(6),
    BAND(7),
    BAND(8),
};

/* Only files of what went through a notch have them. */
static const snnfe_field notch_fields[] = {
    SIGNAL(notch_hz, F64, 0, 1e6),
    SIGNAL(notch_width_hz, F64, 0, 1e6),
};

/* The tables under a prefix. */
typedef struct signal_types {
    snnfe_record_type numbers, envelopes, notch;
} signal_types;

static signal_types types_of(const char *prefix)
{
    const signal_types types = {SNNFE_RECORD_TYPE(prefix, snnfe_signal, fields),
                                SNNFE_RECORD_TYPE(prefix, snnfe_signal, envelope_fields),
                                SNNFE_RECORD_TYPE(prefix, snnfe_signal, notch_fields)};
    return types;
}

#define KEY_SIZE 64

static void rereference_key(char key[KEY_SIZE], const char *prefix)
{
    snnfe_format(key, KEY_SIZE, "%srereference", prefix);
}

/* Only files of re-referenced signals say how. */
static snnfe_status add_rereference(snnfe_tensor_list *list, const char *prefix,
                                    const snnfe_signal *signal)
{
    char key[KEY_SIZE];
    if (signal->rereference[0] == '\0')
        return SNNFE_OK;
    rereference_key(key, prefix);
    return snnfe_tensor_list_add_metadata(list, key, signal->rereference);
}

snnfe_status snnfe_signal_add_numbers(snnfe_tensor_list *list, const char *prefix,
                                      const snnfe_signal *signal)
{
    const signal_types types = types_of(prefix);
    SNNFE_TRY(snnfe_record_add_metadata(list, &types.numbers, signal));
    SNNFE_TRY(add_rereference(list, prefix, signal));
    if (signal->n_bands > 0)
        SNNFE_TRY(snnfe_record_add_metadata(list, &types.envelopes, signal));
    return signal->notch_hz > 0 ? snnfe_record_add_metadata(list, &types.notch, signal) : SNNFE_OK;
}

static snnfe_status read_rereference(const snnfe_tensors *file, const char *prefix,
                                     snnfe_signal *signal)
{
    char key[KEY_SIZE], field[2 * KEY_SIZE];
    rereference_key(key, prefix);
    snnfe_format(field, sizeof field, "metadata \"%s\"", key);
    const char *text = snnfe_tensors_metadata(file, key);
    return snnfe_rereference_take(signal->rereference, text, SIZE_MAX, field) == SNNFE_OK
               ? SNNFE_OK
               : SNNFE_ERR_FORMAT;
}

snnfe_status snnfe_signal_read_numbers(const snnfe_tensors *file, const char *prefix,
                                       snnfe_signal *signal)
{
    const signal_types types = types_of(prefix);
    SNNFE_TRY(snnfe_record_read_metadata(file, &types.numbers, true, signal));
    SNNFE_TRY(snnfe_record_read_metadata(file, &types.envelopes, false, signal));
    SNNFE_TRY(read_rereference(file, prefix, signal));
    SNNFE_TRY(snnfe_record_read_metadata(file, &types.notch, false, signal));
    if (snnfe_notch_check(signal->notch_hz, signal->notch_width_hz, signal->sampling_rate_hz) !=
            SNNFE_OK ||
        snnfe_signal_check_envelope(signal) != SNNFE_OK)
        return SNNFE_ERR_FORMAT;
    if ((signal->ocular == SNNFE_OCULAR_NONE) != (signal->n_references == 0))
        return snnfe_fail(SNNFE_ERR_FORMAT, "metadata \"%socular\" is %d with %u references",
                          prefix, (int)signal->ocular, (unsigned)signal->n_references);
    return SNNFE_OK;
}
