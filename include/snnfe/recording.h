/**
 * @file recording.h
 * @brief A recording as it is in its file, unfiltered, with its events: for playing it to a
 * decoder.
 */
#ifndef SNNFE_RECORDING_H
#define SNNFE_RECORDING_H

#include <snnfe/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct snnfe_recording snnfe_recording; /**< a continuous recording in memory */

/** Options of snnfe_recording_open(). */
typedef struct snnfe_recording_options {
    uint32_t struct_size; /**< set by snnfe_recording_options_init() */
    /** 1: refuse every file that departs from its format. 0 (default): read what hurts nobody
     *  and log a warning: EDF+D whose records follow each other, -1 records where the size gives
     *  how many, a last record that is cut off, bytes behind the last record, a start date, start
     *  time, patient or recording field that is blank or malformed, texts that are not ASCII
     *  (annotations: not UTF-8; both are taken as Latin-1), a malformed range of a channel that is
     *  not asked for, a range of a single value, samples beyond the digital range (set to its
     *  end), records of EDF+C that do not tell their time, the
     *  same annotation twice, bytes behind the last whole sample of BrainVision's. Text in the
     * prefilter field of an annotation signal, as in every file of EEGMMIDB, is never minded. */
    int32_t strict;
    /** Channels to read, by label, in this order; NULL = the 64 EEGMMIDB channels in file order.
     *  Labels are compared as snnfe_dataset_options::channel_names says. */
    const char *const *channel_names;
    size_t n_channels; /**< entries of `channel_names`, 1…64 */
    double
        sampling_rate_hz; /**< rate every channel must have; default 160; 0 = that of the first */
    snnfe_log_fn log;     /**< may be NULL */
    void *user_data;      /**< handed to `log` */
} snnfe_recording_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_recording_options_init(snnfe_recording_options *options, size_t size);

/**
 * @brief Read the channels of a recording in microvolts, and its annotations. The file's content
 *        says which format it is in:
 * - EDF, EDF+: annotations are events.
 * - BDF, BDF+ (24 bits): the same; files of BDF have a status channel instead, in which each sample
 *   at which the low 16 bits become another number that is not 0 is an event, called "3" for 3.
 *   MNE-Python's find_events() does the same with `consecutive=True` and a mask of 65535.
 * - BrainVision, by its header (.vhdr): INT_16, INT_32 and IEEE_FLOAT_32, multiplexed or
 * vectorized. Markers are events "type/description", such as "Stimulus/S  1", as MNE-Python names
 * them; a rate within a millionth of a whole number of Hz is that number. Not read are ASCII,
 * big-endian, segmented ones and those with a segment that begins within them.
 * @param[out] recording the new handle
 * @param path    file, UTF-8
 * @return #SNNFE_ERR_NOT_FOUND (a channel), #SNNFE_ERR_FORMAT, #SNNFE_ERR_UNSUPPORTED (gaps,
 *         records above 10 MiB, of BDF 15), #SNNFE_ERR_NONFINITE (BrainVision's floats),
 * #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_IO, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_recording_open(snnfe_recording **recording, const char *path,
                                            const snnfe_recording_options *options);

/** @brief Free a recording; accepts NULL. */
SNNFE_API void snnfe_recording_free(snnfe_recording *recording);

/** What a recording holds; arrays and texts are the recording's, valid until it is freed. */
typedef struct snnfe_recording_info {
    uint32_t struct_size;         /**< set by the caller to `sizeof(snnfe_recording_info)` */
    uint32_t n_channels;          /**< of the options, in their order */
    size_t n_samples;             /**< of each channel */
    size_t n_events;              /**< annotations */
    double sampling_rate_hz;      /**< samples a second */
    int32_t synthetic;            /**< 1 if it was made by snnfe_synthetic_write() */
    uint32_t reserved;            /**< 0 */
    const float *samples;         /**< [n_channels][n_samples] microvolts */
    const uint64_t *event_onsets; /**< [n_events] nearest samples, ascending; 0 before the start */
    const char *const *event_texts; /**< [n_events] such as "T1", UTF-8 */
} snnfe_recording_info;

/** @brief What a recording holds. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_recording_get_info(const snnfe_recording *recording,
                                                snnfe_recording_info *info);

#ifdef __cplusplus
}
#endif

#endif
