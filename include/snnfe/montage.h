/**
 * @file montage.h
 * @brief Where electrodes sit in the grid that a network sees (@ref spec_grid).
 *
 * Electrodes of the 10-05 system are placed by their names: EEGMMIDB's 64 come to the places of the
 * paper, those of other caps to places between and beside them. Data sets do so with channels that
 * are given without places (snnfe_dataset_options::channel_names). All functions are thread-safe.
 */
#ifndef SNNFE_MONTAGE_H
#define SNNFE_MONTAGE_H

#include <snnfe/signal.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * @brief Places of electrodes by their names in the 10-05 system, such as "C3", "FT10", "AFF5h".
 *
 * Case, blanks and dots at the end do not count, nor do an "EEG" before the name and a common
 * reference behind it, such as "-Ref", "-A2", "-LE" or "-AVG"; T3, T4, T5 and T6 are T7, T8, P7 and
 * P8; "C3#9" sits where C3 does. Bipolar derivations, earlobes and mastoids have no place.
 * @param names     [n] labels
 * @param n         1…64
 * @param n_rows    of the grid, 1…64; the paper's has 10. 19x21 keep all rows and half steps apart
 * @param n_columns of the grid, 1…64; the paper's has 11
 * @param[out] rows    [n] 0…n_rows-1
 * @param[out] columns [n] 0…n_columns-1
 * @return #SNNFE_ERR_NOT_FOUND naming the channels that are no electrodes, #SNNFE_ERR_ARGUMENT
 *         naming two channels that come to the same place
 */
SNNFE_API snnfe_status snnfe_montage_place(const char *const *names, size_t n, uint32_t n_rows,
                                           uint32_t n_columns, int32_t *rows, int32_t *columns);

/**
 * @brief Draw the grid as text: a line for each row, the names of channels at their places, a dot
 *        where none sits.
 * @param signal    with `n_channels`, `channel_names`, `channel_rows` and `channel_columns`
 * @param n_rows    of the grid, 1…64
 * @param n_columns of the grid, 1…64
 * @param[in,out] size capacity of `text` in bytes; afterwards its length, the 0 at its end included
 * @param[out] text UTF-8; may be NULL with *size = 0, to ask for the length
 * @return #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_montage_draw(const snnfe_signal *signal, uint32_t n_rows,
                                          uint32_t n_columns, size_t *size, char *text);

#ifdef __cplusplus
}
#endif

#endif
