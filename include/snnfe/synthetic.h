/**
 * @file synthetic.h
 * @brief Synthetic recordings in the shape of EEGMMIDB or as BIDS trees, for tests, examples and
 *        demonstrations.
 *
 * They are synthetic: 1/f background, line noise, blinks, and mu/beta rhythms that desynchronize
 * over the sensorimotor electrodes opposite to the imagined hand, with a topography, frequencies,
 * strengths and noise of each subject's own; on request also glances at the cue, which tell
 * left from right, too. No result obtained from them says anything about
 * people. Every file carries the words "libsnnfe synthetic".
 */
#ifndef SNNFE_SYNTHETIC_H
#define SNNFE_SYNTHETIC_H

#include <snnfe/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a tree of recordings is laid out. */
enum {
    SNNFE_LAYOUT_EEGMMIDB = 0, /**< `S001/S001R04.edf`: EDF+, 64 channels, 160 Hz */
    SNNFE_LAYOUT_BIDS = 1      /**< `sub-01/eeg/sub-01_task-imagery_run-4_eeg.*` with sidecars */
};

/** Formats of recordings in a BIDS tree. */
enum {
    SNNFE_FORMAT_EDF = 0,        /**< EDF+, 16 bits: steps of 0.1 microvolt */
    SNNFE_FORMAT_BDF = 1,        /**< BDF+, 24 bits: steps of 1/32 microvolt */
    SNNFE_FORMAT_BRAINVISION = 2 /**< `.vhdr`, `.vmrk` and `.eeg`, 32-bit floats */
};

/** Options of snnfe_synthetic_write(). */
typedef struct snnfe_synthetic_options {
    uint32_t struct_size;    /**< set by snnfe_synthetic_options_init() */
    uint32_t n_threads;      /**< 0 = snnfe_default_threads() */
    uint64_t seed;           /**< default 5; the same seed gives the same files */
    uint32_t n_subjects;     /**< subjects 1…n_subjects, 1…109; default 10 */
    uint32_t trials_per_run; /**< cued trials in a task run, 1…15; default 15 */
    /** Runs to write, 1…14; NULL = all fourteen. */
    const int32_t *runs;
    size_t n_runs;              /**< entries of `runs` */
    double effect;              /**< strength of the desynchronization, 0…1; default 0.6 */
    double subject_spread;      /**< how much subjects differ from each other, 0…1; default 0.5 */
    double noise_uv;            /**< standard deviation of the background, > 0; default 10 */
    double line_uv;             /**< amplitude of the line noise, >= 0; default 2 */
    double blink_uv;            /**< peak of a blink at the frontal pole, >= 0; default 100 */
    snnfe_log_fn log;           /**< may be NULL */
    snnfe_progress_fn progress; /**< may be NULL */
    void *user_data;            /**< handed to both */
    /** Glances: eye movements to the side of the cue in runs of the left or right fist (3, 4, 7, 8,
        11, 12), as where the cue appears at an edge of the screen. They begin 0.2 to 0.3 s after
        the cue and last 0.6 to 1.8 s, each at random. Microvolts at F7 and, with the other sign, at
        F8, on average: trials differ by up to 30 %, and subjects. The potential is largest at AF7
        and AF8 and falls off over the whole head (C3: 15 %, P7: 11 %). >= 0; default 0: none */
    double glance_uv;
    double glance_share;       /**< share of the cues that are glanced at, 0…1; default 1 */
    int32_t layout;            /**< `SNNFE_LAYOUT_*`; default EEGMMIDB. The rest is of BIDS trees */
    int32_t format;            /**< `SNNFE_FORMAT_*`; default EDF */
    uint32_t sampling_rate_hz; /**< 100…1000; default 160. Others are resampled from it */
    uint32_t n_sessions;       /**< of each subject, 1…9; default 1, which gets no folder */
    const char *const *channel_names; /**< of EEGMMIDB's 64 electrodes; NULL = all */
    size_t n_channels;                /**< entries of `channel_names` */
    double line_hz; /**< frequency of the line noise, 1…79 (any layout); default 60 */
} snnfe_synthetic_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_synthetic_options_init(snnfe_synthetic_options *options, size_t size);

/**
 * @brief Write a tree of recordings. Existing files are replaced, each atomically.
 *
 * As EEGMMIDB has them: `root/S001/S001R01.edf` …, 64 channels with BCI2000's labels, 160 Hz,
 * annotations T0, T1, T2. As BIDS: tasks "rest" (runs 1 and 2), "execution" and "imagery", events
 * "rest", "left_hand", "right_hand", "hands" and "feet", all sidecars, and the places of the
 * electrodes on a sphere.
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_IO, #SNNFE_ERR_MEMORY, #SNNFE_ERR_CANCELLED
 */
SNNFE_API snnfe_status snnfe_synthetic_write(const char *root,
                                             const snnfe_synthetic_options *options);

#ifdef __cplusplus
}
#endif

#endif
