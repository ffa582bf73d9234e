/**
 * @file network.h
 * @brief The convolutional-recurrent network of CUBA-LIF neurons (@ref spec_network).
 *
 * Order of one time step, layer after layer (conv1, conv2, pool, conv3, tc1, r1, fc1, fc2),
 * elementwise for every neuron:
 *
 *     I[t] = current_decay * I[t-1] + drive[t]      masked by dropout while training
 *     V[t] = voltage_decay * V[t-1] * (1 - s[t-1]) + I[t]
 *     s[t] = V[t] > threshold
 *
 * so a spike at t-1 clears the potential before the new current is added. Layer r1 also sees its
 * own spikes of the step before, and its threshold adapts. The logits are the sum over time of
 * `ts_weights[t]` times the readout of fc1's spikes. Gradients are exact except that the spike's
 * derivative is a rectangle; they flow through the reset and through the masks, not through the
 * adaptive threshold.
 *
 * A `const snnfe_network` may be used from several threads at once; calls that change it may not
 * overlap with any other.
 */
#ifndef SNNFE_NETWORK_H
#define SNNFE_NETWORK_H

#include <snnfe/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Layers with synapses, as they are numbered everywhere. */
enum {
    SNNFE_LAYER_CONV1 = 0,
    SNNFE_LAYER_CONV2 = 1,
    SNNFE_LAYER_CONV3 = 2,
    SNNFE_LAYER_TC1 = 3,
    SNNFE_LAYER_R1 = 4,
    SNNFE_LAYER_FC1 = 5,
    SNNFE_LAYER_FC2 = 6, /**< readout, without neurons */
    SNNFE_N_LAYERS = 7
};

/** @brief Name of a layer, "conv1" … "fc2"; NULL for other numbers. Static storage. Thread-safe.
 */
SNNFE_API const char *snnfe_layer_name(int32_t layer);

/** Number of dropout masks of a trial: tc1, r1, fc1. */
#define SNNFE_N_MASKS 3

/** Kind of a parameter: the three optimizer groups, with biases apart from synapses. */
enum {
    SNNFE_PARAMETER_WEIGHT = 0,     /**< synaptic weights */
    SNNFE_PARAMETER_BIAS = 1,       /**< biases */
    SNNFE_PARAMETER_DECAY = 2,      /**< current and voltage decays of neurons */
    SNNFE_PARAMETER_TIME_WEIGHT = 3 /**< ts_weights */
};

/** Configuration of a network; the defaults are the paper's. */
typedef struct snnfe_network_options {
    uint32_t struct_size;    /**< set by snnfe_network_options_init() */
    uint32_t n_rows;         /**< grid rows, 10…64; default 10 */
    uint32_t n_columns;      /**< grid columns, 10…64; default 11 */
    uint32_t n_steps;        /**< time steps T of a trial, 1…65533; default 160 */
    uint32_t conv1_channels; /**< 1…1024; default 64 */
    uint32_t conv2_channels; /**< 1…1024; default 128 */
    uint32_t conv3_channels; /**< 1…1024; default 256 */
    uint32_t n_hidden;       /**< neurons of tc1, r1 and fc1 each, 1…4096; default 256 */
    uint32_t n_classes;      /**< 2…256; default 2 */
    float current_decay;     /**< initial, 0…1; default 0.1 */
    float voltage_decay;     /**< initial, 0…1; default 0.1 */
    float threshold;         /**< firing threshold, >= 0; default 0.1 */
    float surrogate_width;   /**< derivative is non-zero where |V - threshold| < width; > 0;
                                  default 0.3 */
    float surrogate_height;  /**< its value there, > 0; default 0.3 */
    float adaptive_step;     /**< r1: added to the threshold after a spike, >= 0; default 0.01 */
    float adaptive_decay;    /**< r1: factor on the threshold without one, 0…1; default 0.1 */
    float adaptive_floor;    /**< r1: least threshold without a spike, >= 0; default 0.01 */
    float dropout;           /**< probability that a neuron of tc1, r1, fc1 is masked, 0 <= p < 1;
                                  default 0.3; training only */
    uint64_t seed;           /**< of the initial weights; default 5 */
    uint32_t column_bits; /**< what arrives at neurons of tc1 to fc1 and at fc2 in a step is rounded
                               to one of 2^bits - 1 values, 2…24; 0 (default) = exact */
    float column_range;   /**< the largest of them, as a part of sqrt(fan_in), above 0, up to 1;
                             default 1 */
} snnfe_network_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_network_options_init(snnfe_network_options *options, size_t size);

/** @brief Make a network with initial weights U(-a, a), a = 1/sqrt(fan_in), decays as configured,
 *         ts_weights 1/T (@ref spec_network).
 *  @param[out] network the new handle
 *  @param options NULL for the defaults. The least grid, 10x10, leaves conv3 one position.
 *  @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_MEMORY. */
SNNFE_API snnfe_status snnfe_network_create(snnfe_network **network,
                                            const snnfe_network_options *options);

/** @brief Independent copy, frozen marks and provenance (provenance.h) included. */
SNNFE_API snnfe_status snnfe_network_clone(snnfe_network **network, const snnfe_network *source);

/** @brief Free a network; accepts NULL. */
SNNFE_API void snnfe_network_free(snnfe_network *network);

/** @brief Write all parameters to a safetensors file, atomically, with the configuration as
 *         metadata, and its provenance (provenance.h). @return #SNNFE_ERR_IO, #SNNFE_ERR_MEMORY.
 */
SNNFE_API snnfe_status snnfe_network_save(const snnfe_network *network, const char *path);

/**
 * @brief Open a network's file, whose kind follows from its content: a safetensors file, or a
 * checkpoint of PyTorch, with the parameter names of @ref spec_network, such as the published
 * models.
 *
 * Sizes follow from the tensors' shapes; constants that the metadata does not give are the
 * defaults. Tensors of other names under a prefix of their own ("trainer.") are ignored; any other
 * unknown or missing tensor is an error.
 *
 * A checkpoint of PyTorch is what `torch.save(model.state_dict(), "x.pth")` writes since version
 * 1.6 (a zip archive), or a dictionary with a state dict as its entry "state_dict",
 * "model_state_dict" or "model". Nothing in it is executed: its pickle is read as data, and one
 * that refers to anything but tensors, dictionaries, lists, texts and numbers is refused with the
 * name of what it refers to, and so are whole models, TorchScript and files of older versions.
 * Tensors of float64, float16 and bfloat16 are converted to float32; the prefixes "module." and
 * "_orig_mod." of all names are dropped, and so are, silently, entries that are no tensors
 * (epoch, optimizer, loss). Decays may have the second names of the published model class
 * ("snn.conv1.vdecay") instead, or besides with the same values.
 *
 * Memory beside the network's: one storage (of the file's size at the most), and before, for
 * `data.pkl` of up to 16 MiB, its size and 150 bytes for each of its bytes, 40 MiB at the most. All
 * tensors together are not larger than the file, so that the network is not either, but for what
 * converting and padding of channels to 64 (SECURITY.md) add.
 *
 * @return #SNNFE_ERR_IO, #SNNFE_ERR_FORMAT, #SNNFE_ERR_SHAPE, #SNNFE_ERR_NOT_FOUND,
 *         #SNNFE_ERR_NONFINITE, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_network_load(snnfe_network **network, const char *path);

/** @brief Configuration of a network (`options->struct_size` set by the caller; `seed` is that of
 *         its creation, 0 after loading a file that does not say). */
SNNFE_API snnfe_status snnfe_network_get_options(const snnfe_network *network,
                                                 snnfe_network_options *options);

/** What a parameter is. Flat arrays of all parameters (gradients) hold them in the order of
 *  their index, each C-contiguous in its shape. */
typedef struct snnfe_parameter_info {
    uint32_t struct_size; /**< set by the caller to `sizeof(snnfe_parameter_info)` */
    int32_t kind;         /**< `SNNFE_PARAMETER_*` */
    int32_t layer;        /**< `SNNFE_LAYER_*`; #SNNFE_LAYER_FC2 for ts_weights */
    int32_t frozen;       /**< 1 if training leaves it alone */
    uint32_t n_dims;      /**< 1…4 */
    uint32_t reserved;    /**< 0 */
    size_t shape[4];      /**< first n_dims entries; conv weights [out][in][3][3], linear weights
                               [out][in], decays [1][channels][rows][columns] or [1][neurons] */
    size_t offset;        /**< first value in a flat array of all parameters */
    size_t count;         /**< number of values */
    const char *name;     /**< as in @ref spec_network; lives as long as the network */
} snnfe_parameter_info;

/** @brief Number of parameters (tensors); 0 for NULL. */
SNNFE_API size_t snnfe_network_parameter_count(const snnfe_network *network);

/** @brief Number of values of all parameters together; 0 for NULL. */
SNNFE_API size_t snnfe_network_value_count(const snnfe_network *network);

/** @brief Describe parameter `index`. @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_network_parameter(const snnfe_network *network, size_t index,
                                               snnfe_parameter_info *info);

/** @brief Index of a parameter by its name. @return #SNNFE_ERR_NOT_FOUND naming it. */
SNNFE_API snnfe_status snnfe_network_find(const snnfe_network *network, const char *name,
                                          size_t *index);

/** @brief Copy the values of a parameter into `values` [count], its exact number of values.
 *  @return #SNNFE_ERR_NOT_FOUND, #SNNFE_ERR_SHAPE (wrong count), #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_network_get(const snnfe_network *network, const char *name,
                                         float *values, size_t count);

/** @brief Set all values of a parameter from `values` [count]; nothing changes on failure.
 *  @return #SNNFE_ERR_NOT_FOUND, #SNNFE_ERR_SHAPE (wrong count), #SNNFE_ERR_NONFINITE (naming the
 *          index), #SNNFE_ERR_ARGUMENT (a decay outside 0…1e6). */
SNNFE_API snnfe_status snnfe_network_set(snnfe_network *network, const char *name,
                                         const float *values, size_t count);

/** @brief Freeze (1) or unfreeze (0) every parameter whose name is `name` or begins with `name`
 *         followed by a dot ("snn.conv1"); a layer's name ("conv1" … "fc2") stands for all of that
 * layer, decays included but not ts_weights, and "*" for everything.
 *  @return #SNNFE_ERR_NOT_FOUND if none fits. */
SNNFE_API snnfe_status snnfe_network_freeze(snnfe_network *network, const char *name,
                                            int32_t frozen);

/** @brief Draw new initial values for the parameters that `name` stands for (as in
 *         snnfe_network_freeze()), from `seed`. @return #SNNFE_ERR_NOT_FOUND. */
SNNFE_API snnfe_status snnfe_network_reinitialize(snnfe_network *network, const char *name,
                                                  uint64_t seed);

/** Options of calls that run a network over trials. */
typedef struct snnfe_run_options {
    uint32_t struct_size; /**< set by snnfe_run_options_init() */
    uint32_t n_threads;   /**< 0 = snnfe_default_threads(); results do not depend on it */
    uint32_t n_shards;    /**< gradients: partial sums a batch is cut into, 1…1024; default 16;
                               results depend on it in the last bits */
    uint32_t reserved;    /**< 0 */
    snnfe_log_fn log;     /**< may be NULL */
    snnfe_progress_fn progress; /**< may be NULL */
    void *user_data;            /**< handed to both */
    int32_t allow_seen;     /**< 1: evaluate trials that trained the network, too, and count them;
                                 0: refuse them with #SNNFE_ERR_OVERLAP (default) */
    int32_t allow_mismatch; /**< 1: take data of another rate, montage, filter or other classes
                                 than trained the network, with a warning; 0: refuse them with
                                 #SNNFE_ERR_SHAPE (default). Both for data sets only */
} snnfe_run_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_run_options_init(snnfe_run_options *options, size_t size);

/**
 * @brief Run trials in evaluation mode (no dropout). Bit-identical for any number of threads, any
 *        batch and any instruction set.
 * @param grid  [n][n_rows][n_columns][n_steps] input, finite
 * @param n     number of trials, may be 0
 * @param[out] logits  [n][n_classes], or NULL
 * @param[out] classes [n] index of the largest logit (the first of equal ones), or NULL
 * @param[out] probabilities [n][n_classes] softmax of the logits, or NULL
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_NONFINITE (naming trial and position),
 *         #SNNFE_ERR_MEMORY, #SNNFE_ERR_CANCELLED
 */
SNNFE_API snnfe_status snnfe_network_evaluate(const snnfe_network *network, const float *grid,
                                              size_t n, const snnfe_run_options *options,
                                              float *logits, int32_t *classes,
                                              float *probabilities);

/**
 * @brief Mean softmax cross-entropy of a batch and its gradient by backpropagation through time.
 * @param network the network; frozen parameters get no gradient (their values are 0)
 * @param grid   [n][n_rows][n_columns][n_steps], finite
 * @param labels [n], 0…n_classes-1
 * @param n      number of trials, >= 1
 * @param masks  [n][3][n_hidden] dropout masks of tc1, r1, fc1 (1 = kept, 0 = dropped), or NULL for
 * no dropout
 * @param[out] loss mean loss, or NULL
 * @param[out] gradient [snnfe_network_value_count()] in flat parameter order, or NULL
 * @return as snnfe_network_evaluate()
 */
SNNFE_API snnfe_status snnfe_network_gradient(const snnfe_network *network, const float *grid,
                                              const int32_t *labels, size_t n, const uint8_t *masks,
                                              const snnfe_run_options *options, double *loss,
                                              float *gradient);

/** @brief Draw dropout masks [3][n_hidden] of one trial; a pure function of seed and `index`
 *         (below 2^48), which training counts up from 0 over all trials it sees.
 *  @return #SNNFE_ERR_ARGUMENT. */
SNNFE_API snnfe_status snnfe_network_draw_masks(const snnfe_network *network, uint64_t seed,
                                                uint64_t index, uint8_t *masks);

/** What one layer did during one trial. The first step has no change. */
typedef struct snnfe_layer_activity {
    uint64_t spikes;              /**< spikes of its neurons, over all steps */
    uint64_t changes;             /**< neurons whose output differs from the step before */
    uint64_t synaptic_operations; /**< weights that incoming spikes add: spikes times fan-out */
    uint64_t event_operations;    /**< weights that incoming changes add or subtract: what the
                                       event-driven engine does */
    uint64_t dense_macs;          /**< multiply-accumulates of the dense product */
    uint64_t effective_macs;      /**< of these, those by inputs that are not 0: for conv1 values of
                                       the grid, for conv3 averages of four neurons, of which one
                                       spike is enough; for the others synaptic_operations */
} snnfe_layer_activity;

/**
 * @brief Count what the layers do in evaluation mode. Conv1's input is no spike train: its
 * synaptic and event operations are the dense ones.
 * @param grid  [n][n_rows][n_columns][n_steps], finite
 * @param[out] activity [n][SNNFE_N_LAYERS]
 * @param size  `sizeof(snnfe_layer_activity)`
 * @return as snnfe_network_evaluate()
 */
SNNFE_API snnfe_status snnfe_network_activity(const snnfe_network *network, const float *grid,
                                              size_t n, const snnfe_run_options *options,
                                              snnfe_layer_activity *activity, size_t size);

#ifdef __cplusplus
}
#endif

#endif
