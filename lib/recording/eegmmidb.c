#include "recording/eegmmidb.h"

#include "base/format.h"

/* Rows of electrodes in the order of the files: how many, and where the first one sits. */
static const struct {
    int count, row, column;
} electrode_rows[] = {{7, 3, 2}, {7, 4, 2}, {7, 5, 2}, {3, 0, 4}, {5, 1, 3}, {9, 2, 1},
                      {1, 3, 1}, {1, 3, 9}, {1, 4, 1}, {1, 4, 9}, {1, 4, 0}, {1, 4, 10},
                      {1, 5, 1}, {1, 5, 9}, {9, 6, 1}, {5, 7, 3}, {3, 8, 4}, {1, 9, 5}};

static const char *const labels[SNNFE_MAX_CHANNELS] = {
    "Fc5.", "Fc3.", "Fc1.", "Fcz.", "Fc2.", "Fc4.", "Fc6.", "C5..", "C3..", "C1..", "Cz..",
    "C2..", "C4..", "C6..", "Cp5.", "Cp3.", "Cp1.", "Cpz.", "Cp2.", "Cp4.", "Cp6.", "Fp1.",
    "Fpz.", "Fp2.", "Af7.", "Af3.", "Afz.", "Af4.", "Af8.", "F7..", "F5..", "F3..", "F1..",
    "Fz..", "F2..", "F4..", "F6..", "F8..", "Ft7.", "Ft8.", "T7..", "T8..", "T9..", "T10.",
    "Tp7.", "Tp8.", "P7..", "P5..", "P3..", "P1..", "Pz..", "P2..", "P4..", "P6..", "P8..",
    "Po7.", "Po3.", "Poz.", "Po4.", "Po8.", "O1..", "Oz..", "O2..", "Iz.."};

const char *snnfe_eegmmidb_label(size_t channel)
{
    return labels[channel];
}

void snnfe_eegmmidb_channels(snnfe_channels *channels)
{
    *channels = (snnfe_channels){.n = SNNFE_MAX_CHANNELS};
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++)
        snnfe_channel_name_plain(labels[c], channels->names[c]);
}

void snnfe_eegmmidb_places(int32_t rows[SNNFE_MAX_CHANNELS], int32_t columns[SNNFE_MAX_CHANNELS])
{
    size_t channel = 0;
    for (size_t r = 0; r < sizeof electrode_rows / sizeof electrode_rows[0]; r++)
        for (int i = 0; i < electrode_rows[r].count; i++, channel++) {
            rows[channel] = electrode_rows[r].row;
            columns[channel] = electrode_rows[r].column + i;
        }
}

bool snnfe_tree_path(char *path, size_t size, const char *root, int32_t subject, int32_t run)
{
    const int n = snnfe_format(path, size, "%s/S%03d/S%03dR%02d.edf", root, (int)subject,
                               (int)subject, (int)run);
    return n >= 0 && (size_t)n < size;
}
