"""All C declarations that the package uses: what include/snnfe says, without comments.

A test compares this file with the headers and names the lines that are missing or differ; the program
tests/headers.py writes it.
"""

DECLARATIONS = """
# base.h
SNNFE_VERSION_MAJOR = 0;
SNNFE_VERSION_MINOR = 1;
SNNFE_VERSION_PATCH = 0;
SNNFE_MAX_CLASSES = 256;
uint32_t snnfe_version(void);
SNNFE_OK = 0;
SNNFE_ERR_ARGUMENT = 1;
SNNFE_ERR_MEMORY = 2;
SNNFE_ERR_IO = 3;
SNNFE_ERR_FORMAT = 4;
SNNFE_ERR_SHAPE = 5;
SNNFE_ERR_NOT_FOUND = 6;
SNNFE_ERR_STATE = 7;
SNNFE_ERR_CANCELLED = 8;
SNNFE_ERR_NONFINITE = 9;
SNNFE_ERR_UNSUPPORTED = 10;
SNNFE_ERR_OVERLAP = 11;
SNNFE_ERR_INTERNAL = 12;
const char *snnfe_status_name(snnfe_status status);
const char *snnfe_last_error(void);
SNNFE_LOG_DEBUG = 0;
SNNFE_LOG_INFO = 1;
SNNFE_LOG_WARNING = 2;
void(*snnfe_log_fn)(int32_t level, const char *message, void *user_data);
struct snnfe_progress { uint32_t struct_size; uint32_t epoch; const char *phase; uint64_t done;
    uint64_t total; double loss; double accuracy; };
int32_t(*snnfe_progress_fn)(const snnfe_progress *progress, void *user_data);
snnfe_status snnfe_file_write(const char *path, const void *data, size_t size);
uint32_t snnfe_default_threads(void);
const char *snnfe_instruction_set(void);
snnfe_status snnfe_set_instruction_set(const char *name);
# bids.h
SNNFE_BAD_CHANNELS_USED = 0;
SNNFE_BAD_CHANNELS_INTERPOLATED = 1;
SNNFE_PLACES_CHECKED = 0;
SNNFE_PLACES_NAMES = 1;
SNNFE_PLACES_COORDINATES = 2;
struct snnfe_bids_options { uint32_t struct_size; int32_t bad_channels; const char *task; const char
    *const *sessions; size_t n_sessions; const char *event_column; int32_t places; uint32_t
    reserved; };
snnfe_status snnfe_bids_options_init(snnfe_bids_options *options, size_t size);
snnfe_status snnfe_dataset_open_bids(snnfe_dataset **dataset, const char *root, const
    snnfe_bids_options *bids, const snnfe_dataset_options *options);
# cells.h
SNNFE_SPREAD_GAUSSIAN = 0;
SNNFE_SPREAD_LOGNORMAL = 1;
SNNFE_RETENTION_NONE = 0;
SNNFE_RETENTION_POWER = 1;
SNNFE_RETENTION_STRETCHED = 2;
struct snnfe_cells_options { uint32_t struct_size; int32_t distribution; uint64_t array; double
    spread_amplitude; double spread_alpha; double spread_beta; double spread_window; double
    correlation; double truncation; double stuck_low; double stuck_high; double stuck_anywhere;
    double pulses_before; double wakeup_pulses; double wakeup_start; double fatigue_pulses; double
    fatigue_exponent; double fatigue_end; const double *aging_pulses; const double *aging_factors;
    size_t n_aging; double endurance; double endurance_spread; int32_t retention; uint32_t reserved;
    double retention_s; double retention_exponent; double retention_spread; double retention_rest;
    double read_noise; double read_noise_state; uint32_t adc_bits; uint32_t reserved2; double
    adc_low; double adc_high; double wire; double imprint; double imprint_s; double held_s; double
    history; double history_pulses; double read_disturb; double read_disturb_rest; uint32_t
    column_bits; uint32_t reserved3; double column_range; double reference_spread; };
snnfe_status snnfe_cells_options_init(snnfe_cells_options *options, size_t size);
struct snnfe_cell { float amplitude[2]; float alpha[2]; float beta[2]; float low; float high; float
    endurance; float retention_s; };
snnfe_status snnfe_device_cells(const snnfe_device *device, uint64_t first, size_t n, snnfe_cell
    *cells, size_t size);
snnfe_status snnfe_device_age(const snnfe_device *device, float *weights, size_t n, double bound,
    uint64_t first, double from_s, double to_s, uint64_t readings);
snnfe_status snnfe_device_read(const snnfe_device *device, float *weights, size_t n, size_t column,
    double bound, uint64_t first, uint64_t seed);
# control.h
SNNFE_CONTROL_OCULAR = 1;
SNNFE_CONTROL_ALIGNMENT = 2;
struct snnfe_control_options { uint32_t struct_size; uint32_t reserved; uint64_t least_samples;
    double memory_samples; double memory_trials; double prior_trials; };
snnfe_status snnfe_control_options_init(snnfe_control_options *options, size_t size);
snnfe_status snnfe_control_create(snnfe_control **control, const snnfe_signal *signal, const
    snnfe_control_options *options);
void snnfe_control_free(snnfe_control *control);
snnfe_status snnfe_control_add(snnfe_control *control, uint32_t use, const float *samples, size_t
    n);
struct snnfe_control_info { uint32_t struct_size; uint32_t n_inputs; uint32_t n_outputs; uint32_t
    n_terms; uint64_t n_samples; uint64_t n_trials; uint32_t n_flat; uint32_t n_floored; const
    double *weights; const double *offset; uint32_t n_values; uint32_t n_envelopes; const double
    *envelope_weights; const double *envelope_offset; };
snnfe_status snnfe_control_get_info(snnfe_control *control, snnfe_control_info *info);
snnfe_status snnfe_control_save(const snnfe_control *control, const char *path);
snnfe_status snnfe_control_restore(snnfe_control *control, const char *path);
# dataset.h
SNNFE_LABELS_LEFT_RIGHT = 0;
SNNFE_LABELS_FISTS_FEET = 1;
SNNFE_LABELS_LEFT_FEET = 2;
SNNFE_LABELS_RIGHT_FEET = 3;
SNNFE_LABELS_LEFT_RIGHT_FEET = 4;
SNNFE_LABELS_LEFT_RIGHT_FISTS_FEET = 5;
SNNFE_LABELS_REST_LEFT_RIGHT_FEET = 6;
SNNFE_LABELS_REST_FEET = 7;
SNNFE_LABELS_EVENTS = 8;
SNNFE_LABELS_BASELINE_FEET = 9;
SNNFE_LABELS_BASELINES_LEFT_RIGHT_FISTS_FEET = 10;
SNNFE_OTHERS_END = 0;
SNNFE_OTHERS_IGNORED = 1;
SNNFE_MISSING_ERROR = 0;
SNNFE_MISSING_SKIP = 1;
SNNFE_QUALITY_KEEP = 0;
SNNFE_QUALITY_MARK = 1;
SNNFE_QUALITY_DROP = 2;
SNNFE_DEFECT_FLAT = 1;
SNNFE_DEFECT_CLIPPED = 2;
SNNFE_DEFECT_LOUD = 4;
SNNFE_DEFECT_MUSCLE = 8;
SNNFE_ABSENT_ERROR = 0;
SNNFE_ABSENT_INTERPOLATED = 1;
SNNFE_ELECTRODES_EEGMMIDB = 0;
SNNFE_ELECTRODES_FOUND = 1;
struct snnfe_dataset_options { uint32_t struct_size; int32_t label_set; int32_t executed; int32_t
    normalization; int32_t missing; uint32_t n_threads; const int32_t *subjects; size_t n_subjects;
    const int32_t *runs; size_t n_runs; const int32_t *statistics_runs; size_t n_statistics_runs;
    const double *channel_mean_uv; const double *channel_std_uv; double filter_low_hz; double
    filter_high_hz; double sampling_rate_hz; uint32_t window_start; uint32_t window_length; uint32_t
    window_overlap; uint32_t window_limit; const char *const *channel_names; const int32_t
    *channel_rows; const int32_t *channel_columns; size_t n_channels; uint32_t n_rows; uint32_t
    n_columns; uint32_t n_event_names; uint32_t reserved; const char *const *event_names; const
    int32_t *event_labels; snnfe_log_fn log; snnfe_progress_fn progress; void *user_data; int32_t
    filter_kind; uint32_t filter_order; int32_t strict; int32_t allow_empty_classes; int32_t
    other_events; int32_t ocular; uint32_t n_lags; int32_t keep_references; const char *const
    *reference_names; size_t n_references; int32_t electrodes; int32_t resample; const double
    *band_low_hz; const double *band_high_hz; size_t n_bands; double envelope_window_s; double
    envelope_hop_s; int32_t quality; uint32_t clip_samples; double flat_uv; double peak_uv; double
    muscle_uv; double notch_hz; double notch_width_hz; const char *rereference; int32_t
    absent_electrodes; uint32_t reserved2; };
snnfe_status snnfe_dataset_options_init(snnfe_dataset_options *options, size_t size);
snnfe_status snnfe_dataset_open(snnfe_dataset **dataset, const char *root, const
    snnfe_dataset_options *options);
snnfe_status snnfe_dataset_open_files(snnfe_dataset **dataset, const char *const *paths, const
    int32_t *subjects, const int32_t *runs, size_t n_files, const snnfe_dataset_options *options);
snnfe_status snnfe_dataset_synthesize(snnfe_dataset **dataset, const snnfe_synthetic_options
    *recordings, const snnfe_dataset_options *options);
struct snnfe_dataset_arrays { uint32_t struct_size; uint32_t n_steps; uint32_t n_rows; uint32_t
    n_columns; size_t n_trials; const float *trials; const int32_t *labels; const int32_t *subjects;
    const int32_t *runs; const int32_t *onsets; const uint64_t *trial_ids; const snnfe_signal
    *signal; uint64_t n_statistics_samples; const int32_t *defects; };
snnfe_status snnfe_dataset_from_arrays(snnfe_dataset **dataset, const snnfe_dataset_arrays *arrays);
void snnfe_dataset_free(snnfe_dataset *dataset);
struct snnfe_dataset_info { uint32_t struct_size; uint32_t n_channels; uint32_t n_steps; uint32_t
    n_rows; uint32_t n_columns; uint32_t n_classes; int32_t label_set; uint32_t reserved; size_t
    n_trials; size_t n_subjects; size_t n_missing; size_t n_events; size_t n_events_used; size_t
    n_events_other; size_t n_events_short; size_t n_events_outside; size_t n_events_shared; const
    float *trials; const int32_t *labels; const int32_t *subjects; const int32_t *runs; const
    int32_t *onsets; const uint64_t *trial_ids; const int32_t *subject_list; const char *const
    *missing; const snnfe_signal *signal; size_t n_resampled; size_t n_bad; size_t n_flat; size_t
    n_clipped; size_t n_loud; size_t n_muscle; const int32_t *defects; size_t n_interpolated; };
snnfe_status snnfe_dataset_get_info(const snnfe_dataset *dataset, snnfe_dataset_info *info);
snnfe_status snnfe_dataset_copy_grid(const snnfe_dataset *dataset, const int32_t *indices, size_t n,
    float *grid);
snnfe_status snnfe_dataset_normalize(snnfe_dataset *dataset, const int32_t *subjects, size_t n);
struct snnfe_alignment_options { uint32_t struct_size; int32_t alignment; int32_t past; uint32_t
    n_threads; double prior_trials; double memory_trials; const double *covariance; snnfe_log_fn
    log; snnfe_progress_fn progress; void *user_data; };
snnfe_status snnfe_alignment_options_init(snnfe_alignment_options *options, size_t size);
snnfe_status snnfe_dataset_align(snnfe_dataset *dataset, const snnfe_alignment_options *options);
snnfe_status snnfe_dataset_subset(snnfe_dataset **subset, const snnfe_dataset *dataset, const
    int32_t *indices, size_t n);
snnfe_status snnfe_dataset_concatenate(snnfe_dataset **joined, const snnfe_dataset *const *parts,
    size_t n);
snnfe_status snnfe_dataset_save(const snnfe_dataset *dataset, const char *path);
snnfe_status snnfe_dataset_load(snnfe_dataset **dataset, const char *path);
# decoder.h
SNNFE_WINDOWS_REGULAR = 0;
SNNFE_WINDOWS_CUED = 1;
SNNFE_FAULT_NONFINITE = 1;
SNNFE_FAULT_SATURATED = 2;
SNNFE_FAULT_FLAT = 4;
SNNFE_FAULT_NOISY = 8;
SNNFE_FAULT_DROPPED = 16;
SNNFE_FAULT_REPEATED = 32;
SNNFE_FAULT_RESTARTED = 64;
SNNFE_REPAIR_NEIGHBORS = 0;
SNNFE_REPAIR_ZERO = 1;
SNNFE_REPAIR_NONE = 2;
SNNFE_REPAIR_SPLINES = 3;
struct snnfe_decoder_options { uint32_t struct_size; int32_t windows; uint32_t hop; uint32_t
    n_running; uint32_t n_pending; uint32_t n_history; const snnfe_signal *signal; uint32_t
    early_least; uint32_t flat_samples; double early_confidence; double saturation_uv; double
    range_uv; double noisy_z; int32_t most_bad_channels; int32_t repair; uint32_t longest_gap;
    uint32_t longest_repeat; uint32_t counter_bits; int32_t allow_mismatch; uint64_t absent; };
snnfe_status snnfe_decoder_options_init(snnfe_decoder_options *options, size_t size);
snnfe_status snnfe_decoder_create(snnfe_decoder **decoder, const snnfe_network *network, const
    snnfe_decoder_options *options);
int32_t snnfe_decoder_mismatch(const snnfe_decoder *decoder, const snnfe_network *network, char
    *text, size_t size);
snnfe_status snnfe_decoder_match_channels(const snnfe_decoder *decoder, const char *const *names,
    size_t n_names, size_t *order);
void snnfe_decoder_free(snnfe_decoder *decoder);
snnfe_status snnfe_decoder_push(snnfe_decoder *decoder, uint64_t number, const float *samples,
    size_t n);
snnfe_status snnfe_decoder_drop(snnfe_decoder *decoder, uint64_t n);
snnfe_status snnfe_decoder_begin_session(snnfe_decoder *decoder);
snnfe_status snnfe_decoder_cue(snnfe_decoder *decoder, int32_t label, uint64_t *window);
struct snnfe_decision { uint32_t struct_size; int32_t decided; int32_t label; uint32_t n_steps;
    uint64_t window; uint64_t first_sample; double confidence; uint32_t faults; uint32_t
    n_bad_channels; int32_t early; int32_t rejected; uint64_t session; uint64_t source_sample;
    uint64_t faulty_channels; };
snnfe_status snnfe_decoder_next(snnfe_decoder *decoder, snnfe_decision *decision, float *logits,
    float *probabilities);
struct snnfe_decoder_info { uint32_t struct_size; uint32_t n_channels; uint32_t n_running; uint32_t
    n_bad_channels; uint64_t n_samples; uint64_t n_windows; uint64_t n_decisions; uint64_t n_early;
    uint64_t n_rejected; uint64_t n_lost; uint64_t n_skipped; uint64_t n_dropped; uint64_t
    n_repeated; uint64_t n_nonfinite; uint64_t n_saturated; uint64_t n_bytes; uint64_t n_sessions;
    uint64_t n_restarts; uint64_t n_wraps; uint64_t session_first; double rms_z; uint32_t
    counter_bits; uint32_t n_pending; const uint32_t *channel_faults; const char *const
    *channel_names; const float *grid; const snnfe_signal *signal; uint64_t n_controls; uint32_t
    window_samples; uint32_t n_values; };
snnfe_status snnfe_decoder_get_info(const snnfe_decoder *decoder, snnfe_decoder_info *info);
snnfe_status snnfe_decoder_peek(const snnfe_decoder *decoder, uint32_t *n_steps, float
    *probabilities);
snnfe_status snnfe_decoder_copy_window(const snnfe_decoder *decoder, uint64_t first_sample, float
    *grid);
snnfe_status snnfe_decoder_copy_samples(const snnfe_decoder *decoder, uint64_t first, size_t n,
    float *samples);
snnfe_status snnfe_decoder_offer_control(snnfe_decoder *decoder, snnfe_control *control);
snnfe_status snnfe_decoder_offer(snnfe_decoder *decoder, const snnfe_network *network);
int32_t snnfe_decoder_uses(const snnfe_decoder *decoder, const snnfe_network *network);
snnfe_status snnfe_decoder_reset(snnfe_decoder *decoder);
snnfe_status snnfe_decoder_save(const snnfe_decoder *decoder, const char *path);
snnfe_status snnfe_decoder_restore(snnfe_decoder *decoder, const char *path);
# device.h
SNNFE_N_BOUNDS = 7;
SNNFE_MAX_FORMS = 15;
SNNFE_LTP = 0;
SNNFE_LTD = 1;
SNNFE_RESPONSE_BETA = 0;
SNNFE_RESPONSE_TABLE = 1;
SNNFE_RESPONSE_FUNCTION = 2;
double(*snnfe_response_fn)(int32_t direction, double w, void *user_data);
struct snnfe_pulse_form { double amplitude[2]; double alpha[2]; double beta[2]; double energy_j[2];
    const double *table_w; const double *table_ltp; const double *table_ltd; size_t n_table; };
SNNFE_POLICY_FIRST = 0;
SNNFE_POLICY_NEAREST = 1;
struct snnfe_device_options { uint32_t struct_size; int32_t response; double amplitude[2]; double
    alpha[2]; double beta[2]; double scale; double asymmetry; double rsd_c2c; double sigma_add;
    double sigma_mul; double bounds[SNNFE_N_BOUNDS]; const double *table_w; const double *table_ltp;
    const double *table_ltd; size_t n_table; snnfe_response_fn function; void *user_data; const
    snnfe_cells_options *cells; double rsd_c2c_state; int32_t c2c_distribution; uint32_t reserved;
    const snnfe_pulse_form *forms; size_t n_forms; int32_t policy; uint32_t reserved2; double
    energy_j[2]; };
snnfe_status snnfe_device_options_init(snnfe_device_options *options, size_t size);
snnfe_status snnfe_device_options_published(snnfe_device_options *options, const char *name);
snnfe_status snnfe_device_create(snnfe_device **device, const snnfe_device_options *options);
void snnfe_device_free(snnfe_device *device);
snnfe_status snnfe_device_get_options(const snnfe_device *device, snnfe_device_options *options);
snnfe_status snnfe_device_save(const snnfe_device *device, const char *path);
snnfe_status snnfe_device_load(snnfe_device **device, const char *path);
snnfe_status snnfe_device_response(const snnfe_device *device, int32_t direction, const double *w,
    size_t n, double *dw);
snnfe_status snnfe_device_pulse(const snnfe_device *device, int32_t direction, double *w, size_t n,
    uint64_t seed, uint64_t pulse);
snnfe_status snnfe_device_pulse_train(const snnfe_device *device, const int32_t *directions, size_t
    n_pulses, double w0, uint64_t seed, double *w);
snnfe_status snnfe_quantize(float *weights, size_t n, double bound, uint32_t levels);
snnfe_status snnfe_programming_noise(float *weights, size_t n, double bound, double x, uint64_t
    seed, uint64_t stream);
struct snnfe_device_step_options { uint32_t struct_size; uint32_t levels; double threshold; double
    threshold_asymmetry; double bound; uint64_t seed; uint64_t step; uint64_t offset; float
    *histories; const float *imprints; const snnfe_programming_options *programming; float *states;
    uint32_t *second_pulses; const snnfe_cell *drawn_cells; };
snnfe_status snnfe_device_step_options_init(snnfe_device_step_options *options, size_t size);
snnfe_status snnfe_device_step(const snnfe_device *device, const snnfe_device_step_options *options,
    float *weights, float *accumulators, const float *updates, size_t n, uint32_t *ltp_pulses,
    uint32_t *ltd_pulses, uint64_t *ltp_crossings, uint64_t *ltd_crossings);
struct snnfe_characterization { uint32_t struct_size; uint32_t n_cycles; double amplitude[2]; double
    alpha[2]; double beta[2]; double residual[2]; double r_squared[2]; double rsd_c2c[2]; uint32_t
    n_points[2]; };
snnfe_status snnfe_device_fit(int32_t direction, const double *w, const double *dw, size_t n,
    snnfe_characterization *result);
struct snnfe_measured_points { double *w[2]; double *dw[2]; size_t n[2]; };
void snnfe_measured_points_release(snnfe_measured_points *points);
snnfe_status snnfe_device_characterize(const double *voltage, const double *conductance, size_t n,
    uint32_t cycle, snnfe_characterization *result, snnfe_measured_points *points);
snnfe_status snnfe_device_characterize_file(const char *path, uint32_t cycle, snnfe_characterization
    *result, snnfe_measured_points *points);
snnfe_status snnfe_device_options_characterized(snnfe_device_options *options, const
    snnfe_characterization *result, int32_t with_spread);
# group.h
int32_t(*snnfe_send_fn)(uint32_t rank, const void *data, size_t size, void *user_data);
int32_t(*snnfe_receive_fn)(uint32_t rank, void *data, size_t size, void *user_data);
struct snnfe_group { uint32_t struct_size; uint32_t rank; uint32_t n_ranks; uint32_t reserved;
    snnfe_send_fn send; snnfe_receive_fn receive; snnfe_receive_fn broadcast; void *user_data; };
# learner.h
struct snnfe_learner_options { uint32_t struct_size; uint32_t n_layers; const char *const *layers;
    const snnfe_device *device; double learning_rate; double threshold; double threshold_asymmetry;
    uint32_t levels; uint32_t n_replay; uint32_t replay_steps; uint32_t n_networks; uint32_t
    guard_trials; uint32_t guard_least; double guard_fall; uint64_t seed; const
    snnfe_programming_options *programming; };
snnfe_status snnfe_learner_options_init(snnfe_learner_options *options, size_t size);
snnfe_status snnfe_learner_create(snnfe_learner **learner, const snnfe_network *network,
    snnfe_decoder *decoder, const snnfe_learner_options *options);
void snnfe_learner_free(snnfe_learner *learner);
struct snnfe_adaptation { uint32_t struct_size; int32_t decided; int32_t correct; int32_t
    rolled_back; int32_t offered; uint32_t n_replayed; double loss; double accuracy; };
snnfe_status snnfe_learner_adapt(snnfe_learner *learner, const float *grid, int32_t label,
    snnfe_adaptation *result);
struct snnfe_learner_info { uint32_t struct_size; uint32_t n_replay; uint64_t n_trials; uint64_t
    n_correct; uint64_t n_steps; uint64_t n_rollbacks; uint64_t n_reprogrammed; uint64_t n_offered;
    uint64_t ltp_pulses; uint64_t ltd_pulses; double accuracy; double best_accuracy; uint64_t
    n_bytes; uint64_t n_clamped; };
snnfe_status snnfe_learner_get_info(const snnfe_learner *learner, snnfe_learner_info *info);
snnfe_status snnfe_learner_copy_network(const snnfe_learner *learner, snnfe_network **network);
snnfe_status snnfe_learner_save(const snnfe_learner *learner, const char *path);
snnfe_status snnfe_learner_restore(snnfe_learner *learner, const char *path);
snnfe_status snnfe_learner_age(snnfe_learner *learner, double from_s, double to_s, uint64_t
    readings);
snnfe_status snnfe_learner_wear(const snnfe_learner *learner, int32_t layer, const
    snnfe_wear_options *options, snnfe_wear *wear, uint64_t *counts, size_t n_bins);
# montage.h
snnfe_status snnfe_montage_place(const char *const *names, size_t n, uint32_t n_rows, uint32_t
    n_columns, int32_t *rows, int32_t *columns);
snnfe_status snnfe_montage_draw(const snnfe_signal *signal, uint32_t n_rows, uint32_t n_columns,
    size_t *size, char *text);
# network.h
SNNFE_N_MASKS = 3;
SNNFE_LAYER_CONV1 = 0;
SNNFE_LAYER_CONV2 = 1;
SNNFE_LAYER_CONV3 = 2;
SNNFE_LAYER_TC1 = 3;
SNNFE_LAYER_R1 = 4;
SNNFE_LAYER_FC1 = 5;
SNNFE_LAYER_FC2 = 6;
SNNFE_N_LAYERS = 7;
const char *snnfe_layer_name(int32_t layer);
SNNFE_PARAMETER_WEIGHT = 0;
SNNFE_PARAMETER_BIAS = 1;
SNNFE_PARAMETER_DECAY = 2;
SNNFE_PARAMETER_TIME_WEIGHT = 3;
struct snnfe_network_options { uint32_t struct_size; uint32_t n_rows; uint32_t n_columns; uint32_t
    n_steps; uint32_t conv1_channels; uint32_t conv2_channels; uint32_t conv3_channels; uint32_t
    n_hidden; uint32_t n_classes; float current_decay; float voltage_decay; float threshold; float
    surrogate_width; float surrogate_height; float adaptive_step; float adaptive_decay; float
    adaptive_floor; float dropout; uint64_t seed; uint32_t column_bits; float column_range; };
snnfe_status snnfe_network_options_init(snnfe_network_options *options, size_t size);
snnfe_status snnfe_network_create(snnfe_network **network, const snnfe_network_options *options);
snnfe_status snnfe_network_clone(snnfe_network **network, const snnfe_network *source);
void snnfe_network_free(snnfe_network *network);
snnfe_status snnfe_network_save(const snnfe_network *network, const char *path);
snnfe_status snnfe_network_load(snnfe_network **network, const char *path);
snnfe_status snnfe_network_get_options(const snnfe_network *network, snnfe_network_options
    *options);
struct snnfe_parameter_info { uint32_t struct_size; int32_t kind; int32_t layer; int32_t frozen;
    uint32_t n_dims; uint32_t reserved; size_t shape[4]; size_t offset; size_t count; const char
    *name; };
size_t snnfe_network_parameter_count(const snnfe_network *network);
size_t snnfe_network_value_count(const snnfe_network *network);
snnfe_status snnfe_network_parameter(const snnfe_network *network, size_t index,
    snnfe_parameter_info *info);
snnfe_status snnfe_network_find(const snnfe_network *network, const char *name, size_t *index);
snnfe_status snnfe_network_get(const snnfe_network *network, const char *name, float *values, size_t
    count);
snnfe_status snnfe_network_set(snnfe_network *network, const char *name, const float *values, size_t
    count);
snnfe_status snnfe_network_freeze(snnfe_network *network, const char *name, int32_t frozen);
snnfe_status snnfe_network_reinitialize(snnfe_network *network, const char *name, uint64_t seed);
struct snnfe_run_options { uint32_t struct_size; uint32_t n_threads; uint32_t n_shards; uint32_t
    reserved; snnfe_log_fn log; snnfe_progress_fn progress; void *user_data; int32_t allow_seen;
    int32_t allow_mismatch; };
snnfe_status snnfe_run_options_init(snnfe_run_options *options, size_t size);
snnfe_status snnfe_network_evaluate(const snnfe_network *network, const float *grid, size_t n, const
    snnfe_run_options *options, float *logits, int32_t *classes, float *probabilities);
snnfe_status snnfe_network_gradient(const snnfe_network *network, const float *grid, const int32_t
    *labels, size_t n, const uint8_t *masks, const snnfe_run_options *options, double *loss, float
    *gradient);
snnfe_status snnfe_network_draw_masks(const snnfe_network *network, uint64_t seed, uint64_t index,
    uint8_t *masks);
struct snnfe_layer_activity { uint64_t spikes; uint64_t changes; uint64_t synaptic_operations;
    uint64_t event_operations; uint64_t dense_macs; uint64_t effective_macs; };
snnfe_status snnfe_network_activity(const snnfe_network *network, const float *grid, size_t n, const
    snnfe_run_options *options, snnfe_layer_activity *activity, size_t size);
# population.h
struct snnfe_estimate { double value; double low; double high; };
struct snnfe_population { uint32_t struct_size; uint32_t n_devices; uint32_t n_pulses; uint32_t
    n_left_out; int32_t distribution; int32_t c2c_distribution; snnfe_estimate amplitude[2];
    snnfe_estimate alpha[2]; snnfe_estimate beta[2]; snnfe_estimate spread_amplitude[2];
    snnfe_estimate spread_alpha[2]; snnfe_estimate spread_beta[2]; snnfe_estimate correlation;
    snnfe_estimate rsd_c2c; snnfe_estimate rsd_c2c_state; };
snnfe_status snnfe_population_characterize(const double *const *voltage, const double *const
    *conductance, const size_t *n, size_t n_devices, int32_t distribution, double lowest_s, double
    highest_s, snnfe_population *result);
snnfe_status snnfe_population_characterize_files(const char *const *paths, size_t n_devices, int32_t
    distribution, double lowest_s, double highest_s, snnfe_population *result);
snnfe_status snnfe_population_take(const snnfe_population *population, snnfe_device_options
    *options, snnfe_cells_options *cells);
snnfe_status snnfe_device_fit_history(const snnfe_device *device, const int32_t *directions, const
    double *w, size_t n_pulses, double *history, double *history_pulses);
snnfe_status snnfe_device_fit_history_file(const snnfe_device *device, const char *path, double
    lowest_s, double highest_s, double *history, double *history_pulses);
# programming.h
SNNFE_WAY_STATES = 3;
SNNFE_PROGRAMMING_ACCUMULATE = 0;
SNNFE_PROGRAMMING_STOCHASTIC = 1;
SNNFE_PROGRAMMING_MIXED = 2;
SNNFE_PROGRAMMING_TIKI_TAKA = 3;
SNNFE_PROGRAMMING_TIKI_TAKA_2 = 4;
SNNFE_PROGRAMMING_VERIFY = 5;
SNNFE_PROGRAMMING_PAIRS = 6;
struct snnfe_programming_options { uint32_t struct_size; int32_t method; uint32_t most_pulses;
    uint32_t period; double fast_rate; double transfer_rate; uint32_t shift_pairs; uint32_t
    reserved; double tolerance; double refresh; };
snnfe_status snnfe_programming_options_init(snnfe_programming_options *options, size_t size);
# provenance.h
snnfe_status snnfe_network_get_signal(const snnfe_network *network, snnfe_signal *signal);
snnfe_status snnfe_network_set_signal(snnfe_network *network, const snnfe_signal *signal);
struct snnfe_origin { uint32_t struct_size; uint32_t fold; uint32_t n_folds; int32_t incomplete;
    uint64_t data_hash; uint64_t run_hash; };
snnfe_status snnfe_network_get_origin(const snnfe_network *network, snnfe_origin *origin);
snnfe_status snnfe_network_set_origin(snnfe_network *network, const snnfe_origin *origin);
SNNFE_TRIALS_TRAINED = 0;
SNNFE_TRIALS_VALIDATED = 1;
SNNFE_TRIALS_TESTED = 2;
SNNFE_N_TRIAL_USES = 3;
snnfe_status snnfe_network_trials(const snnfe_network *network, int32_t use, const uint64_t **ids,
    const int32_t **subjects, size_t *n);
snnfe_status snnfe_network_add_trials(snnfe_network *network, int32_t use, const uint64_t *ids,
    const int32_t *subjects, size_t n);
# recording.h
struct snnfe_recording_options { uint32_t struct_size; int32_t strict; const char *const
    *channel_names; size_t n_channels; double sampling_rate_hz; snnfe_log_fn log; void *user_data;
    };
snnfe_status snnfe_recording_options_init(snnfe_recording_options *options, size_t size);
snnfe_status snnfe_recording_open(snnfe_recording **recording, const char *path, const
    snnfe_recording_options *options);
void snnfe_recording_free(snnfe_recording *recording);
struct snnfe_recording_info { uint32_t struct_size; uint32_t n_channels; size_t n_samples; size_t
    n_events; double sampling_rate_hz; int32_t synthetic; uint32_t reserved; const float *samples;
    const uint64_t *event_onsets; const char *const *event_texts; };
snnfe_status snnfe_recording_get_info(const snnfe_recording *recording, snnfe_recording_info *info);
# report.h
struct snnfe_report_options { uint32_t struct_size; uint32_t n_threads; uint32_t batch_size;
    uint32_t n_shards; const char *checkpoint; const snnfe_decoder_options *decoder; const
    snnfe_device *device; double ltp_energy_j; double ltd_energy_j; double endurance; };
snnfe_status snnfe_report_options_init(snnfe_report_options *options, size_t size);
struct snnfe_layer_report { uint64_t n_neurons; uint64_t n_synapses; uint64_t n_biases; uint64_t
    n_others; uint64_t dense_macs; double synaptic_operations; double event_operations; double
    spikes; double spike_rate; double change_rate; uint64_t ltp_pulses; uint64_t ltd_pulses; double
    energy_j; double effective_macs; uint64_t largest; double life_used; double mean_life_used; };
struct snnfe_report { uint32_t struct_size; uint32_t n_steps; uint64_t n_trials; uint64_t n_values;
    uint64_t parameter_bytes; uint64_t evaluation_bytes; uint64_t training_bytes; uint64_t
    live_bytes; uint64_t pulses_known; };
snnfe_status snnfe_report_make(const snnfe_network *network, const float *grid, size_t n, const
    snnfe_report_options *options, snnfe_report *report, snnfe_layer_report *rows, size_t size);
SNNFE_REPORT_TEXT = 0;
SNNFE_REPORT_JSON = 1;
SNNFE_REPORT_CSV = 2;
snnfe_status snnfe_report_print(const snnfe_report *report, const snnfe_layer_report *rows, size_t
    size, int32_t form, char *text, size_t capacity, size_t *length);
# signal.h
SNNFE_FILTER_ZERO_PHASE = 0;
SNNFE_FILTER_CAUSAL = 1;
SNNFE_FILTER_UNKNOWN = 2;
SNNFE_NORMALIZE_ALL = 0;
SNNFE_NORMALIZE_GIVEN = 1;
SNNFE_NORMALIZE_NONE = 2;
SNNFE_NORMALIZE_SUBJECTS = 3;
SNNFE_OCULAR_NONE = 0;
SNNFE_OCULAR_REGRESSION = 1;
SNNFE_ALIGNMENT_NONE = 0;
SNNFE_ALIGNMENT_STANDARDIZE = 1;
SNNFE_ALIGNMENT_EUCLIDEAN = 2;
struct snnfe_signal { uint32_t struct_size; uint32_t n_channels; uint32_t n_classes; uint32_t
    filter_order; double sampling_rate_hz; double filter_low_hz; double filter_high_hz; int32_t
    filter_kind; int32_t normalization; int32_t synthetic; uint32_t reserved; const int32_t
    *channel_rows; const int32_t *channel_columns; const double *channel_mean_uv; const double
    *channel_std_uv; const char *const *channel_names; const char *const *class_names; int32_t
    ocular; uint32_t n_lags; uint32_t n_references; int32_t alignment; const char *const
    *reference_names; const double *reference_mean_uv; const double *reference_std_uv; const double
    *covariance; uint32_t n_bands; uint32_t reserved2; double envelope_window_s; double
    envelope_hop_s; double band_low_hz[8]; double band_high_hz[8]; double notch_hz; double
    notch_width_hz; char rereference[512]; };
snnfe_status snnfe_filter_design(double low_hz, double high_hz, double sampling_rate_hz, size_t
    *n_taps, double *taps);
snnfe_status snnfe_filter_apply(float *samples, size_t n_channels, size_t n_samples, const double
    *taps, size_t n_taps);
snnfe_status snnfe_causal_filter_apply(float *samples, size_t n_channels, size_t n_samples, double
    low_hz, double high_hz, double sampling_rate_hz, uint32_t order);
snnfe_status snnfe_notch_filter_apply(float *samples, size_t n_channels, size_t n_samples, double
    notch_hz, double width_hz, double sampling_rate_hz, int32_t filter_kind);
snnfe_status snnfe_resample(const float *samples, size_t n_channels, size_t n_samples, double
    from_hz, double to_hz, size_t *n_resampled, float *resampled);
snnfe_status snnfe_live_resampler_create(snnfe_live_resampler **resampler, double from_hz, double
    to_hz, uint32_t n_channels);
snnfe_status snnfe_live_resampler_push(snnfe_live_resampler *resampler, const float *samples, size_t
    n, size_t *n_resampled, float *resampled);
snnfe_status snnfe_live_resampler_reset(snnfe_live_resampler *resampler);
struct snnfe_live_resampler_info { uint32_t struct_size; uint32_t n_channels; uint32_t up; uint32_t
    down; double delay_s; uint64_t n_taken; uint64_t n_given; };
snnfe_status snnfe_live_resampler_get_info(const snnfe_live_resampler *resampler,
    snnfe_live_resampler_info *info);
void snnfe_live_resampler_free(snnfe_live_resampler *resampler);
# split.h
struct snnfe_split { int32_t *train; int32_t *validation; size_t n_train; size_t n_validation; };
SNNFE_GENERATOR_PAPER = 0;
SNNFE_GENERATOR_OWN = 1;
void snnfe_split_release(snnfe_split *split);
snnfe_status snnfe_split_groups(size_t n_subjects, size_t n_groups, int32_t *group);
snnfe_status snnfe_split_holdout(snnfe_split *split, const int32_t *labels, const uint64_t *trials,
    size_t n, double ratio, int32_t generator, uint64_t seed);
snnfe_status snnfe_split_kfold(snnfe_split *splits, const int32_t *labels, const uint64_t *trials,
    size_t n, size_t n_folds, int32_t generator, uint64_t seed);
snnfe_status snnfe_split_calibration(snnfe_split *split, const int32_t *labels, const uint64_t
    *trials, size_t n, size_t n_trials);
snnfe_status snnfe_split_leave_subjects_out(snnfe_split *split, const int32_t *subjects, size_t n,
    const int32_t *left_out, size_t n_left_out);
snnfe_status snnfe_split_check_disjoint(const int32_t *a, size_t n_a, const int32_t *b, size_t n_b);
# synthetic.h
SNNFE_LAYOUT_EEGMMIDB = 0;
SNNFE_LAYOUT_BIDS = 1;
SNNFE_FORMAT_EDF = 0;
SNNFE_FORMAT_BDF = 1;
SNNFE_FORMAT_BRAINVISION = 2;
struct snnfe_synthetic_options { uint32_t struct_size; uint32_t n_threads; uint64_t seed; uint32_t
    n_subjects; uint32_t trials_per_run; const int32_t *runs; size_t n_runs; double effect; double
    subject_spread; double noise_uv; double line_uv; double blink_uv; snnfe_log_fn log;
    snnfe_progress_fn progress; void *user_data; double glance_uv; double glance_share; int32_t
    layout; int32_t format; uint32_t sampling_rate_hz; uint32_t n_sessions; const char *const
    *channel_names; size_t n_channels; double line_hz; };
snnfe_status snnfe_synthetic_options_init(snnfe_synthetic_options *options, size_t size);
snnfe_status snnfe_synthetic_write(const char *root, const snnfe_synthetic_options *options);
# trainer.h
SNNFE_SCHEDULE_CONSTANT = 0;
SNNFE_SCHEDULE_COSINE = 1;
struct snnfe_trainer_options { uint32_t struct_size; uint32_t n_threads; uint32_t n_epochs; uint32_t
    batch_size; double learning_rate; double decay_learning_rate; double time_weight_learning_rate;
    double least_learning_rate; double beta1; double beta2; double epsilon; int32_t schedule;
    uint32_t schedule_epochs; uint64_t seed; uint32_t n_shards; uint32_t evaluations_per_epoch;
    int32_t resume; uint32_t reserved; const char *phase; const char *epoch_log_path; const char
    *sample_log_path; const char *checkpoint_path; snnfe_log_fn log; snnfe_progress_fn progress;
    void *user_data; const snnfe_device *device; double threshold; double threshold_asymmetry;
    uint32_t levels; int32_t keep_best; const char *wear_log_path; double ltp_energy_j; double
    ltd_energy_j; double endurance; const snnfe_group *group; int32_t log_start; uint32_t reserved2;
    int32_t allow_seen; int32_t allow_mismatch; const snnfe_programming_options *programming; };
SNNFE_STAGE_PRETRAIN = 0;
SNNFE_STAGE_ON_DEVICE = 1;
SNNFE_STAGE_RETUNE = 2;
SNNFE_STAGE_SSTL = 3;
SNNFE_N_STAGES = 4;
snnfe_status snnfe_trainer_options_stage(snnfe_trainer_options *options, int32_t stage);
snnfe_status snnfe_network_freeze_for_stage(snnfe_network *network, int32_t stage, const char *const
    *layers, size_t n_layers);
snnfe_status snnfe_network_transfer(snnfe_network *network, const snnfe_device *device, uint32_t
    levels, double x, uint64_t seed, const char *const *layers, size_t n_layers, uint64_t
    *n_clamped);
snnfe_status snnfe_network_age(snnfe_network *network, const snnfe_device *device, double from_s,
    double to_s, uint64_t readings);
snnfe_status snnfe_network_read(snnfe_network *network, const snnfe_device *device, uint64_t seed);
snnfe_status snnfe_trainer_options_init(snnfe_trainer_options *options, size_t size);
snnfe_status snnfe_trainer_create(snnfe_trainer **trainer, snnfe_network *network, const
    snnfe_trainer_options *options);
void snnfe_trainer_free(snnfe_trainer *trainer);
struct snnfe_trainer_data { uint32_t struct_size; uint32_t reserved; const int32_t *train; const
    int32_t *validation; const int32_t *test; size_t n_train; size_t n_validation; size_t n_test; };
snnfe_status snnfe_trainer_run(snnfe_trainer *trainer, const snnfe_dataset *dataset, const
    snnfe_trainer_data *data);
snnfe_status snnfe_trainer_step(snnfe_trainer *trainer, const float *grid, const int32_t *labels,
    size_t n, const uint8_t *masks, double *loss);
SNNFE_TRAINER_LOG_EPOCHS = 0;
SNNFE_TRAINER_LOG_SAMPLES = 1;
struct snnfe_trainer_record { uint32_t epoch; uint32_t batch; uint64_t samples_seen; double
    train_loss; double validation_accuracy; double test_accuracy; double learning_rate; uint64_t
    ltp_crossings; uint64_t ltd_crossings; uint64_t total_ltp_crossings; uint64_t
    total_ltd_crossings; double validation_trial_accuracy; double test_trial_accuracy; };
snnfe_status snnfe_trainer_log(const snnfe_trainer *trainer, int32_t which, snnfe_trainer_record
    *records, size_t size, double *class_accuracy, size_t *n);
snnfe_status snnfe_trainer_save(const snnfe_trainer *trainer, const char *path);
snnfe_status snnfe_trainer_restore(snnfe_trainer *trainer, const char *path);
struct snnfe_wear_options { uint32_t struct_size; uint32_t reserved; double ltp_energy_j; double
    ltd_energy_j; double endurance; };
struct snnfe_wear { uint32_t struct_size; int32_t layer; uint64_t n_synapses; uint64_t ltp_pulses;
    uint64_t ltd_pulses; uint64_t largest; uint64_t median; uint64_t percentile_90; uint64_t
    percentile_99; double never_programmed; double pulses_per_epoch; double pulses_per_trial; double
    energy_j; double life_used; double mean_life_used; };
snnfe_status snnfe_trainer_wear(const snnfe_trainer *trainer, int32_t layer, const
    snnfe_wear_options *options, snnfe_wear *wear, uint64_t *counts, size_t n_bins);
struct snnfe_evaluation { uint32_t struct_size; uint32_t reserved; size_t n; size_t n_correct;
    double accuracy; double loss; size_t n_seen; size_t n_trials; size_t n_trials_correct; double
    trial_accuracy; };
snnfe_status snnfe_evaluation_run(const snnfe_network *network, const snnfe_dataset *dataset, const
    int32_t *indices, size_t n, const snnfe_run_options *options, snnfe_evaluation *result, float
    *logits, double *class_accuracy);
snnfe_status snnfe_evaluation_trial_logits(const float *logits, const uint64_t *trial_ids, size_t n,
    size_t n_classes, double *sums);
struct snnfe_fold_accuracy { int32_t subject; int32_t fold; uint32_t n; uint32_t n_correct; double
    accuracy; uint32_t n_seen; uint32_t reserved; uint32_t n_trials; uint32_t n_trials_correct;
    double trial_accuracy; };
snnfe_status snnfe_evaluation_by_subject(const snnfe_network *network, const snnfe_dataset *dataset,
    const int32_t *subjects, size_t n_subjects, size_t n_folds, uint64_t seed, const
    snnfe_run_options *options, snnfe_fold_accuracy *folds, size_t size, double *class_accuracy);
struct snnfe_personalized { int32_t subject; int32_t fold; uint32_t n_train; uint32_t n_validation;
    double accuracy_before; double accuracy_after; double train_loss; uint64_t ltp_crossings;
    uint64_t ltd_crossings; uint64_t ltp_pulses; uint64_t ltd_pulses; uint64_t largest; uint32_t
    n_seen; uint32_t n_trials; double trial_accuracy_before; double trial_accuracy_after; double
    energy_j; double life_used; };
struct snnfe_personalization { uint32_t struct_size; uint32_t reserved; snnfe_personalized *folds;
    size_t fold_size; double *class_accuracy; snnfe_trainer_record *records; size_t record_size;
    double *record_class_accuracy; snnfe_network **networks; };
snnfe_status snnfe_personalize(const snnfe_network *network, const snnfe_dataset *dataset, const
    int32_t *subjects, size_t n_subjects, size_t n_folds, uint64_t seed, const snnfe_trainer_options
    *options, const snnfe_personalization *results);
"""
