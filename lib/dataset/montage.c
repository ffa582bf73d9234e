#include "dataset/montage.h"

#include "base/check.h"
#include "recording/eegmmidb.h"

void snnfe_montage_eegmmidb(snnfe_montage *montage)
{
    *montage = (snnfe_montage){.n_rows = 10, .n_columns = 11};
    snnfe_eegmmidb_channels(&montage->channels);
    snnfe_eegmmidb_places(montage->rows, montage->columns);
}

snnfe_status snnfe_montage_check(const snnfe_montage *montage, const char *what)
{
    if (montage->n_rows < 1 || montage->n_rows > SNNFE_MOST_PLACES || montage->n_columns < 1 ||
        montage->n_columns > SNNFE_MOST_PLACES)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: grid is %ux%u, not 1x1…64x64", what,
                          (unsigned)montage->n_rows, (unsigned)montage->n_columns);
    for (size_t c = 0; c < montage->channels.n; c++) {
        const int32_t row = montage->rows[c], column = montage->columns[c];
        if (row < 0 || (uint32_t)row >= montage->n_rows || column < 0 ||
            (uint32_t)column >= montage->n_columns)
            return snnfe_fail(SNNFE_ERR_ARGUMENT,
                              "%s: place (%d, %d) of channel %zu is not in the %ux%u grid", what,
                              (int)row, (int)column, c, (unsigned)montage->n_rows,
                              (unsigned)montage->n_columns);
        for (size_t d = 0; d < c; d++)
            if (montage->rows[d] == row && montage->columns[d] == column)
                return snnfe_fail(SNNFE_ERR_ARGUMENT,
                                  "%s: channels %zu (%s) and %zu (%s) share place (%d, %d)", what,
                                  d, montage->channels.names[d], c, montage->channels.names[c],
                                  (int)row, (int)column);
    }
    return SNNFE_OK;
}

static const char struct_name[] = "snnfe_dataset_options";

/* Without names of the caller's. */
static snnfe_status take_known(snnfe_montage *montage, const snnfe_dataset_options *o,
                               const snnfe_positions *positions, const snnfe_channels *found)
{
    if (o->channel_rows || o->channel_columns || o->n_channels)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "channel_rows, channel_columns or n_channels without channel_names");
    snnfe_montage_eegmmidb(montage);
    montage->n_rows = o->n_rows;
    montage->n_columns = o->n_columns;
    if (!found)
        return snnfe_montage_check(montage, "channel map");
    montage->channels = *found;
    return snnfe_montage_place_all(montage, positions);
}

static snnfe_status take_given(snnfe_montage *montage, const snnfe_dataset_options *o,
                               const snnfe_positions *positions)
{
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_channels", o->n_channels, 1, SNNFE_MAX_CHANNELS));
    *montage = (snnfe_montage){.n_rows = o->n_rows, .n_columns = o->n_columns};
    SNNFE_TRY(
        snnfe_channels_take(&montage->channels, o->channel_names, o->n_channels, "channel_names"));
    if (!o->channel_rows && !o->channel_columns)
        return snnfe_montage_place_all(montage, positions);
    SNNFE_TRY(snnfe_check_pointer(struct_name, ".channel_rows", o->channel_rows));
    SNNFE_TRY(snnfe_check_pointer(struct_name, ".channel_columns", o->channel_columns));
    for (size_t c = 0; c < o->n_channels; c++) {
        montage->rows[c] = o->channel_rows[c];
        montage->columns[c] = o->channel_columns[c];
    }
    return snnfe_montage_check(montage, "channel map");
}

snnfe_status snnfe_montage_make(snnfe_montage *montage, const snnfe_dataset_options *o,
                                const snnfe_positions *positions, const snnfe_channels *found)
{
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_rows", o->n_rows, 1, SNNFE_MOST_PLACES));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_columns", o->n_columns, 1, SNNFE_MOST_PLACES));
    return o->channel_names ? take_given(montage, o, positions)
                            : take_known(montage, o, positions, found);
}
