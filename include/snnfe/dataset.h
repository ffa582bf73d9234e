/**
 * @file dataset.h
 * @brief EEG recordings turned into labeled, normalized trials.
 *
 * A data set holds `n_trials` trials of `n_channels` channels and `n_steps` samples, each with a
 * class label, a subject, a run and an onset. Recordings are band-pass filtered as a whole, cut
 * into trials, and z-scored with one mean and one standard deviation per channel (@ref spec_data
 * and @ref spec_signal). Samples are 32-bit floats; normalized values have no unit, unnormalized
 * ones are microvolts.
 */
#ifndef SNNFE_DATASET_H
#define SNNFE_DATASET_H

#include <snnfe/base.h>
#include <snnfe/signal.h>
#include <snnfe/synthetic.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which cues become which classes. The EEGMMIDB runs each set uses are given for imagined /
 *  executed movements (snnfe_dataset_options::executed). */
enum {
    SNNFE_LABELS_LEFT_RIGHT = 0,      /**< left 0, right 1; runs 4, 8, 12 / 3, 7, 11 */
    SNNFE_LABELS_FISTS_FEET = 1,      /**< both fists 0, both feet 1; runs 6, 10, 14 / 5, 9, 13 */
    SNNFE_LABELS_LEFT_FEET = 2,       /**< left 0, feet 1; both run sets */
    SNNFE_LABELS_RIGHT_FEET = 3,      /**< right 0, feet 1; both run sets */
    SNNFE_LABELS_LEFT_RIGHT_FEET = 4, /**< left 0, right 1, feet 2; both run sets */
    SNNFE_LABELS_LEFT_RIGHT_FISTS_FEET = 5, /**< left 0, right 1, fists 2, feet 3; both run sets */
    SNNFE_LABELS_REST_LEFT_RIGHT_FEET = 6,  /**< rest (T0 of the fist runs) 0, left 1, right 2,
                                                 feet 3; both run sets */
    SNNFE_LABELS_REST_FEET = 7,             /**< rest (T0 of the fist runs) 0, feet 1 */
    SNNFE_LABELS_EVENTS = 8,                /**< the caller's event names, see `event_names` */
    SNNFE_LABELS_BASELINE_FEET = 9, /**< rest (run 1, eyes open, as published: with the usual
                                         windows one trial a subject) 0, feet 1 */
    SNNFE_LABELS_BASELINES_LEFT_RIGHT_FISTS_FEET = 10 /**< rest (runs 1 and 2, eyes open and
                                         closed) 0, left 1, right 2, fists 3, feet 4; both run
                                         sets */
};

/** With #SNNFE_LABELS_EVENTS: what an event does whose name is not among `event_names`. */
enum {
    SNNFE_OTHERS_END = 0,    /**< it ends the trial before it */
    SNNFE_OTHERS_IGNORED = 1 /**< nothing */
};

/** What to do about a recording that is missing. */
enum {
    SNNFE_MISSING_ERROR = 0, /**< fail with #SNNFE_ERR_NOT_FOUND */
    SNNFE_MISSING_SKIP = 1   /**< go on, log it, and list it (snnfe_dataset_info::missing) */
};

/** What is done about trials whose samples are worth nothing. */
enum {
    SNNFE_QUALITY_KEEP = 0, /**< nobody looks */
    SNNFE_QUALITY_MARK = 1, /**< they stay, are counted, named and marked
                                 (snnfe_dataset_info::defects) */
    SNNFE_QUALITY_DROP = 2  /**< they are counted, named and left out */
};

/** What is wrong with a trial, as bits (snnfe_dataset_info::defects). */
enum {
    SNNFE_DEFECT_FLAT = 1,
    SNNFE_DEFECT_CLIPPED = 2,
    SNNFE_DEFECT_LOUD = 4,
    SNNFE_DEFECT_MUSCLE = 8
};

/** A notch where the sidecars of a BIDS tree say. */
#define SNNFE_NOTCH_AUTO (-1.0)

/** What is done about electrodes that a recording lacks. */
enum {
    SNNFE_ABSENT_ERROR = 0, /**< fail with #SNNFE_ERR_NOT_FOUND */
    /** They are replaced by spherical splines of those that are there, as
     *  #SNNFE_BAD_CHANNELS_INTERPOLATED does with bad channels; counted, and the log names them.
     *  At least three have to be there. */
    SNNFE_ABSENT_INTERPOLATED = 1
};

/** Which channels are read where `channel_names` is NULL. */
enum {
    SNNFE_ELECTRODES_EEGMMIDB = 0, /**< EEGMMIDB's 64 */
    SNNFE_ELECTRODES_FOUND = 1     /**< those of the first recording whose labels are electrodes of
                                        the 10-05 system (montage.h), up to 64; all other recordings
                                        have to have them, too */
};

/** Options of snnfe_dataset_open() and snnfe_dataset_open_files(). One that differs from its
 * default but has no effect beside the others, such as `peak_uv` without `quality`, is refused. */
typedef struct snnfe_dataset_options {
    uint32_t struct_size;  /**< set by snnfe_dataset_options_init() */
    int32_t label_set;     /**< `SNNFE_LABELS_*`; default #SNNFE_LABELS_LEFT_RIGHT */
    int32_t executed;      /**< 0 imagined movements (default), 1 executed ones */
    int32_t normalization; /**< `SNNFE_NORMALIZE_*` (ALL, GIVEN or NONE); default ALL */
    int32_t missing;       /**< `SNNFE_MISSING_*`; default #SNNFE_MISSING_ERROR */
    uint32_t n_threads;    /**< 0 = snnfe_default_threads() */

    /** Subjects to use, 1…999; NULL = all whose folder is present, without the six that the
     *  data base's users exclude (88, 89, 92, 100, 104, 106). Not for open_files. */
    const int32_t *subjects;
    size_t n_subjects; /**< entries of `subjects` */
    /** Runs that trials are cut from, 1…14; NULL = those of the label set. Must be among them. */
    const int32_t *runs;
    size_t n_runs; /**< entries of `runs` */
    /** Runs whose filtered samples enter the statistics; NULL = every run (1…14) that is present.
     *  A listed run that is missing is treated as `missing` says. */
    const int32_t *statistics_runs;
    size_t n_statistics_runs; /**< entries of `statistics_runs` */
    const double
        *channel_mean_uv; /**< [n_channels], with GIVEN; of envelopes, where there are any */
    const double *channel_std_uv; /**< [n_channels] > 0, with GIVEN */

    double filter_low_hz;    /**< low edge of the band-pass; default 0.1; 0 = no high-pass */
    double filter_high_hz;   /**< high edge; default 79; 0 = no low-pass. Both 0 = no filter */
    double sampling_rate_hz; /**< rate of the trials, which every recording must have unless
                                  `resample` is 1; default 160; > 0 */

    /** Windows of a trial: start, start + (length - overlap), …; a window is kept while its end is
     *  below the trial's length and below `window_limit` (@ref spec_data). Samples from the onset.
     */
    uint32_t window_start;
    uint32_t window_length;  /**< default 160; samples of a trial, `n_steps` */
    uint32_t window_overlap; /**< default 0; < window_length */
    uint32_t window_limit;   /**< default 161 */

    /** Channels to take, by label, and their place in the grid. NULL = what `electrodes` says.
     *  Labels are compared without case, blanks and dots at the end ("Fc5." is "FC5"); where a
     * recording has no such label, an electrode is also found under its other names ("EEG C3-Ref"
     * is C3, T3 is T7, see snnfe_montage_place()). A label that two signals of a recording share is
     * refused
     *  (#SNNFE_ERR_FORMAT names both); "C3#9" then takes the ninth signal of the file, which has
     *  to be labeled C3, and "#9" the ninth whatever its label. */
    const char *const *channel_names;
    /** [n_channels], 0…n_rows-1. NULL, with `channel_columns`: by snnfe_montage_place() */
    const int32_t *channel_rows;
    const int32_t *channel_columns; /**< [n_channels], 0…n_columns-1; places must differ */
    size_t n_channels;              /**< entries of the three arrays, 1…64 */
    uint32_t n_rows;                /**< grid rows; default 10 */
    uint32_t n_columns;             /**< grid columns; default 11 */
    uint32_t n_event_names;         /**< entries of `event_names` */
    uint32_t reserved;              /**< 0 */
    /** With #SNNFE_LABELS_EVENTS: event names (whole annotation texts, UTF-8 of at most 255 bytes,
     *  each once) and the class of each; -1 for one that only ends the trial before it.
     *
     *  A trial goes from its event to the next *later* event that matters, or to the recording's
     *  end. Events that matter: with an EEGMMIDB label set T0, T1 and T2; with
     *  #SNNFE_LABELS_EVENTS those of `event_names`, and all others unless `other_events` says
     *  #SNNFE_OTHERS_IGNORED. Several events of one class at one sample make one trial, several of
     *  different classes none. */
    const char *const *event_names;
    const int32_t *event_labels; /**< [n_event_names], -1…255 */

    snnfe_log_fn log;           /**< may be NULL */
    snnfe_progress_fn progress; /**< may be NULL */
    void *user_data;            /**< handed to both */
    int32_t filter_kind;        /**< `SNNFE_FILTER_*`; default #SNNFE_FILTER_ZERO_PHASE */
    uint32_t filter_order;      /**< of each edge of the causal filter, 1…4; default 2 */
    /** 1: refuse every file that departs from its format. 0 (default): read what hurts nobody,
     *  with a warning for each departure (snnfe_recording_options::strict). */
    int32_t strict;
    /** 1: a class may be without a trial, and an event name without an event; both are logged. 0
     *  (default): both are #SNNFE_ERR_NOT_FOUND. */
    int32_t allow_empty_classes;
    int32_t other_events; /**< `SNNFE_OTHERS_*`; default #SNNFE_OTHERS_END */
    /** Ocular control (@ref spec_control): `SNNFE_OCULAR_*`; default NONE. With REGRESSION what the
     *  reference channels say of the eyes is taken out of each recording after it was filtered, by
     *  coefficients from its own unlabeled samples. Frontal EEG is no electro-oculogram: brain
     *  activity that it shares with other electrodes is lost, and what of the eyes it does not see
     *  stays. A reference that is flat is an error. */
    int32_t ocular;
    uint32_t n_lags;         /**< samples that the regression looks back at, 0…32; default 0 */
    int32_t keep_references; /**< 1: references that are channels go on, as they are; 0 (default):
                                  they leave the grid, and statistics that are GIVEN are of the
                                  channels that are left */
    /** [n_references] labels as those of channels; others of the recording than `channel_names`,
     * such as an electro-oculogram's, are read besides. NULL = Fp1, Fpz, Fp2, AF7, AF3, AFz, AF4,
     * AF8, F7, F8, FT7, FT8. */
    const char *const *reference_names;
    size_t n_references; /**< entries of `reference_names`; with the channels at most 64 */
    int32_t electrodes; /**< `SNNFE_ELECTRODES_*`; default #SNNFE_ELECTRODES_EEGMMIDB. What is FOUND
                             takes no GIVEN statistics */
    /** 1: recordings of another rate are resampled to `sampling_rate_hz` (snnfe_resample()) before
     *  anything else; events move to the nearest sample of the new rate. 0 (default): they are
     *  refused. */
    int32_t resample;
    /** Envelopes (@ref spec_envelope): [n_bands] edges of bands in which the log power of each
     *  channel becomes a channel of its own, after filter and ocular control; channels times bands
     *  are at most 64. A trial of `window_length` samples then has a step for each window of
     *  `envelope_window_s`, one every `envelope_hop_s`. The bands' places are tiles of the grid,
     * one below the other: a tile has the rows from the first to the last that a channel is in, and
     *  `n_rows` grows if they need more. Bands are filtered as `filter_kind` says. NULL (default):
     *  none. */
    const double *band_low_hz;
    const double *band_high_hz; /**< [n_bands] above the low edges, below half of the rate; a band
                                     goes beyond no edge of the filter */
    size_t n_bands;             /**< entries of both, 0…8 */
    double envelope_window_s;   /**< seconds that a power is the mean of, up to 60; default 0.5 */
    double envelope_hop_s;      /**< seconds from one power to the next, up to 60; default 0.25 */
    /** `SNNFE_QUALITY_*`; default KEEP. A trial (of several windows to an event each for itself) is
     *  bad if in any channel that is read, before the filter (clipping: before resampling, too):
     *  - it is flat: largest and smallest value are less than `flat_uv` apart;
     *  - it is clipped: `clip_samples` in a row are the largest or smallest value of the recording;
     *  - it is too loud: largest and smallest value are more than `peak_uv` apart;
     *  - it is full of muscle: the root mean square of what is above 30 Hz (a Butterworth high-pass
     *    of order 4, causal from the recording's beginning, behind the notch) is more than
     *    `muscle_uv`.
     *  Statistics are of whole recordings, bad trials among them. */
    int32_t quality;
    uint32_t clip_samples; /**< default 5; 0 = not looked at */
    double flat_uv;        /**< default 0.5; 0 = not looked at */
    double peak_uv;        /**< default 800; 0 = not looked at */
    double muscle_uv;      /**< default 30; 0 = not looked at */
    /** Notch for line noise (@ref spec_notch) in front of the band-pass, at this frequency and its
     *  multiples below half of `sampling_rate_hz`, as snnfe_notch_filter_apply() with the
     *  `filter_kind`. 0 (default): none. #SNNFE_NOTCH_AUTO, of snnfe_dataset_open_bids() only: at
     *  the `PowerLineFrequency` of the recordings' `eeg.json`, which have to agree. */
    double notch_hz;
    double notch_width_hz; /**< default 2; > 0 */
    /** Re-referencing (@ref spec_rereference): NULL or "none": samples keep the reference that they
     *  were recorded with (default). "average": the mean of all electrodes that are read is taken
     *  off them. Otherwise labels between commas, such as "M1,M2": the mean of these electrodes is
     *  taken off; they are read besides the channels and leave the grid. After the filter, before
     *  ocular control; references of that which are no electrodes of the 10-05 system stay as they
     *  are. Channels that are bad, flat throughout, or absent are no part of a mean, with a
     *  warning. */
    const char *rereference;
    int32_t absent_electrodes; /**< `SNNFE_ABSENT_*`; default ERROR */
    uint32_t reserved2;        /**< 0 */
} snnfe_dataset_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_dataset_options_init(snnfe_dataset_options *options, size_t size);

/**
 * @brief Open an EEGMMIDB tree: `root/S001/S001R04.edf` and so on.
 * @param[out] dataset the new handle
 * @param root   folder that holds the subjects' folders, UTF-8
 *
 * What was found, used and dropped is logged and counted in #snnfe_dataset_info.
 * @return #SNNFE_ERR_NOT_FOUND (empty folder, missing run, channel or annotation, a class or event
 *         name of which there is none), #SNNFE_ERR_FORMAT (a damaged file, wrong sampling rate, a
 *         label that two signals share), #SNNFE_ERR_UNSUPPORTED (a recording with gaps or with
 *         records above 10 MiB), #SNNFE_ERR_NONFINITE, #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_IO,
 *         #SNNFE_ERR_MEMORY, #SNNFE_ERR_CANCELLED. A subject without a trial is an error unless
 *         missing ones are skipped.
 */
SNNFE_API snnfe_status snnfe_dataset_open(snnfe_dataset **dataset, const char *root,
                                          const snnfe_dataset_options *options);

/**
 * @brief Open recordings in EDF, EDF+, BDF, BDF+ or BrainVision's format (snnfe_recording_open())
 *        of up to 64 channels, with their subjects and runs.
 *
 * With an EEGMMIDB label set the runs select the cues as in snnfe_dataset_open(); with
 * #SNNFE_LABELS_EVENTS the caller's event names do. Statistics use all files given
 * (`statistics_runs` restricts them).
 * @param[out] dataset the new handle
 * @param paths    [n_files] files, UTF-8
 * @param subjects [n_files], positive
 * @param runs     [n_files], positive
 * @param n_files  at least 1
 * @return as snnfe_dataset_open()
 */
SNNFE_API snnfe_status snnfe_dataset_open_files(snnfe_dataset **dataset, const char *const *paths,
                                                const int32_t *subjects, const int32_t *runs,
                                                size_t n_files,
                                                const snnfe_dataset_options *options);

/**
 * @brief Make a data set of synthetic recordings without writing files; the trials equal those of
 *        the written tree up to the rounding of its 16-bit samples.
 * @param[out] dataset  the new handle
 * @param recordings    what to synthesize; NULL for the defaults
 * @param options       as for snnfe_dataset_open(); NULL for the defaults
 * @return as snnfe_dataset_open()
 */
SNNFE_API snnfe_status snnfe_dataset_synthesize(snnfe_dataset **dataset,
                                                const snnfe_synthetic_options *recordings,
                                                const snnfe_dataset_options *options);

/** Trials that the caller has in memory; all arrays are copied. */
typedef struct snnfe_dataset_arrays {
    uint32_t struct_size;      /**< `sizeof(snnfe_dataset_arrays)` */
    uint32_t n_steps;          /**< samples of a trial, >= 1 */
    uint32_t n_rows;           /**< grid rows; 0 = 10 */
    uint32_t n_columns;        /**< grid columns; 0 = 11 */
    size_t n_trials;           /**< >= 1 */
    const float *trials;       /**< [n_trials][n_channels][n_steps], finite */
    const int32_t *labels;     /**< [n_trials], 0…n_classes-1 */
    const int32_t *subjects;   /**< [n_trials] or NULL (all 1) */
    const int32_t *runs;       /**< [n_trials] or NULL (all 1) */
    const int32_t *onsets;     /**< [n_trials] samples or NULL (all 0) */
    const uint64_t *trial_ids; /**< [n_trials] as in snnfe_dataset_info, or NULL: hashes of each
                                    trial's values */
    /** Channels and classes, and what was done to the trials before, which is noted, not done. NULL
     *  as one that is all zeros: 64 channels, as many classes as the largest label says (at least
     *  2), 160 Hz, no filter (noted as #SNNFE_FILTER_UNKNOWN), microvolts. Without places
     *  channels are placed by their names (snnfe_montage_place()), or have to be EEGMMIDB's 64;
     *  without names they are called "channel 0" and so on,
     *  classes "class 0" and so on. Names of channels have up to 31 bytes and are compared as in
     *  snnfe_dataset_options, those of classes have up to 255 and need `n_classes`; no two are the
     *  same. Means and standard deviations go together. */
    const snnfe_signal *signal;
    /** Samples a channel that the statistics are of; 0 = not known. With it, all trials being of
     *  one subject, snnfe_dataset_normalize() and snnfe_dataset_concatenate() can pool them. */
    uint64_t n_statistics_samples;
    const int32_t *defects; /**< [n_trials] `SNNFE_DEFECT_*` bits or NULL (all 0) */
} snnfe_dataset_arrays;

/** @brief Make a data set of trials in memory (taken as they are: neither filtered nor normalized).
 *  @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE (naming trial, channel and sample),
 *          #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_dataset_from_arrays(snnfe_dataset **dataset,
                                                 const snnfe_dataset_arrays *arrays);

/** @brief Free a data set; accepts NULL. */
SNNFE_API void snnfe_dataset_free(snnfe_dataset *dataset);

/** What a data set holds. Arrays and texts are the data set's, valid until it is freed; what
 *  snnfe_dataset_normalize() changes changes in place. Trials are sorted by subject, then run, then
 *  onset; those from arrays have the order given. */
typedef struct snnfe_dataset_info {
    uint32_t struct_size; /**< set by the caller to `sizeof(snnfe_dataset_info)` */
    uint32_t n_channels;  /**< electrodes */
    uint32_t n_steps;     /**< samples of a trial */
    uint32_t n_rows;      /**< of the grid */
    uint32_t n_columns;   /**< of the grid */
    uint32_t n_classes;   /**< labels are below it */
    int32_t label_set;    /**< `SNNFE_LABELS_*` */
    uint32_t reserved;    /**< 0 */
    size_t n_trials;      /**< trials */
    size_t n_subjects;    /**< distinct subjects */
    size_t n_missing;     /**< recordings that were skipped */
    /** Events (annotations) of the recordings that trials are cut from, and what became of them;
     *  all 0 for subsets and data sets from arrays, sums for joined ones. */
    size_t n_events;
    size_t n_events_used;    /**< they became trials */
    size_t n_events_other;   /**< their name has no class */
    size_t n_events_short;   /**< their trial has no room for a window */
    size_t n_events_outside; /**< before the first sample or behind the last */
    size_t n_events_shared;  /**< at the sample of another event of a class: see `event_names` */
    const float *trials;     /**< [n_trials][n_channels][n_steps] in channel order */
    const int32_t *labels;   /**< [n_trials], 0…n_classes-1 */
    const int32_t *subjects; /**< [n_trials] */
    const int32_t *runs;     /**< [n_trials] */
    const int32_t *onsets;   /**< [n_trials] samples from the recording's start to the trial's first
                              */
    /** [n_trials] what a trial is known by, so that a network knows which trials trained it
     *  (provenance.h): a hash of the recording and the cue's onset, whatever the filter,
     *  normalization, channels and windows, and the same for all windows of a trial. Trials from
     *  arrays, and of files that do not tell, are known by their values. */
    const uint64_t *trial_ids;
    const int32_t *subject_list; /**< [n_subjects] the distinct subjects, ascending */
    const char *const *missing;  /**< [n_missing] paths of the recordings that were skipped */
    const snnfe_signal *signal;  /**< channels, classes, rate, filter and normalization; means are 0
                                      and standard deviations 1 where nothing was normalized */
    size_t n_resampled;          /**< recordings that were resampled; 0 and a sum as for events */
    /** Trials that `quality` found bad, kept or left out; 0 and sums as for events. */
    size_t n_bad;
    size_t n_flat;    /**< of them flat; a trial may have several faults */
    size_t n_clipped; /**< clipped */
    size_t n_loud;    /**< too loud */
    size_t n_muscle;  /**< full of muscle */
    /** [n_trials] `SNNFE_DEFECT_*` bits: what `quality` found wrong with each trial that was kept;
     * 0 for good ones, and where nobody looked. */
    const int32_t *defects;
    /** Channels that were interpolated, absent and bad ones, each as often as there are recordings
     *  in which it was; 0 and a sum as for events. */
    size_t n_interpolated;
} snnfe_dataset_info;

/** @brief What a data set holds. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_dataset_get_info(const snnfe_dataset *dataset,
                                              snnfe_dataset_info *info);

/**
 * @brief Copy trials in grid order, the input of a network; places without an electrode are 0.
 * @param indices [n] trials to copy, or NULL for trials 0…n-1
 * @param[out] grid [n][n_rows][n_columns][n_steps]
 * @return #SNNFE_ERR_ARGUMENT
 */
SNNFE_API snnfe_status snnfe_dataset_copy_grid(const snnfe_dataset *dataset, const int32_t *indices,
                                               size_t n, float *grid);

/**
 * @brief Normalize again with the statistics of some subjects' recordings only, for example those
 *        of a training part, so that nothing is known of the test subjects.
 *
 * Every subject's sums were kept when the recordings were read, so no file is read again.
 * @param dataset  a data set that was read from recordings
 * @param subjects [n] subjects, each in the data set; NULL with n = 0 for all of them
 * @return #SNNFE_ERR_STATE for a data set without such sums (from arrays, GIVEN, NONE),
 *         #SNNFE_ERR_NOT_FOUND, #SNNFE_ERR_ARGUMENT (a channel is constant),
 *         #SNNFE_ERR_NONFINITE (a value would overflow; nothing is changed)
 */
SNNFE_API snnfe_status snnfe_dataset_normalize(snnfe_dataset *dataset, const int32_t *subjects,
                                               size_t n);

/** Options of snnfe_dataset_align(); one that has no effect is refused. */
typedef struct snnfe_alignment_options {
    uint32_t struct_size; /**< set by snnfe_alignment_options_init() */
    int32_t alignment;    /**< `SNNFE_ALIGNMENT_*` but NONE; default #SNNFE_ALIGNMENT_EUCLIDEAN */
    int32_t past; /**< 1: each trial by those of its subject before it (by run, then onset), as
                     live; 0 (default): by all of the subject's */
    uint32_t n_threads;   /**< 0 = snnfe_default_threads() */
    double prior_trials;  /**< with `past`: trials that `covariance` counts as, >= 0; default 5 */
    double memory_trials; /**< with `past`: weights fall to 1/e over so many trials, > 1; 0 = all
                             count the same (default) */
    /** With `past`: [n_channels][n_channels] mean product of two channels over trials, as
     *  snnfe_signal::covariance; NULL = the mean over the other subjects, or without any that of
     *  uncorrelated channels of variance 1. */
    const double *covariance;
    snnfe_log_fn log;           /**< may be NULL */
    snnfe_progress_fn progress; /**< may be NULL */
    void *user_data;            /**< handed to both */
} snnfe_alignment_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_alignment_options_init(snnfe_alignment_options *options, size_t size);

/**
 * @brief Make the subjects' trials alike without their labels (@ref spec_control), in place.
 *
 * Comes after normalization, which is no longer possible then. snnfe_signal::covariance is
 * afterwards the mean over the subjects before they were aligned: what a live decoder starts from.
 * Channels or directions with next to no variance are logged.
 * @param dataset that is not aligned yet
 * @return #SNNFE_ERR_STATE (it is aligned already), #SNNFE_ERR_NONFINITE, #SNNFE_ERR_ARGUMENT,
 *         #SNNFE_ERR_CANCELLED, #SNNFE_ERR_MEMORY; nothing changes then
 */
SNNFE_API snnfe_status snnfe_dataset_align(snnfe_dataset *dataset,
                                           const snnfe_alignment_options *options);

/** @brief Copy some trials into a new data set, in the order of `indices` [n].
 *  @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_dataset_subset(snnfe_dataset **subset, const snnfe_dataset *dataset,
                                            const int32_t *indices, size_t n);

/**
 * @brief Join data sets into a new one: the trials of the first, then those of the second, and so
 * on.
 *
 * Channels and their places, steps, rate, filter and classes have to be the same. Parts that are
 * normalized differently are normalized to the pooled statistics of all their recordings, for
 * which every subject's sums have to be there (snnfe_dataset_normalize()); parts of one data set
 * stay as they are. Sums of a subject that are the same in two parts count once, others add up.
 * @param[out] joined the new handle
 * @param parts   [n] data sets, which stay as they are
 * @param n       at least 1
 * @return #SNNFE_ERR_SHAPE naming the part and what differs, #SNNFE_ERR_STATE (statistics that
 *         differ and cannot be pooled), #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE (a value would
 *         overflow), #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_dataset_concatenate(snnfe_dataset **joined,
                                                 const snnfe_dataset *const *parts, size_t n);

/** @brief Write the data set to a safetensors file, atomically.
 *  @return #SNNFE_ERR_IO, #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_dataset_save(const snnfe_dataset *dataset, const char *path);

/** @brief Open a file written by snnfe_dataset_save().
 *  @return #SNNFE_ERR_IO, #SNNFE_ERR_FORMAT, #SNNFE_ERR_SHAPE, #SNNFE_ERR_NONFINITE,
 *          #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_dataset_load(snnfe_dataset **dataset, const char *path);

#ifdef __cplusplus
}
#endif

#endif
