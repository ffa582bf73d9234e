/**
 * @file base.h
 * @brief What every other header uses: export macro, version, status codes, allocator, callbacks.
 *
 * Conventions of the whole interface:
 * - A function that can fail returns an #snnfe_status. On failure snnfe_last_error() describes the
 *   offending file, field and value.
 * - A constructor's owned output comes first and is NULL after a failure. Other outputs come last
 *   and are untouched on failure.
 * - Options structs are filled by their `_options_init(options, sizeof *options)` function; a NULL
 *   options pointer means the defaults.
 * - Arrays are C-contiguous (the last index runs fastest).
 * - Pointers given to a function are borrowed for the call unless its comment says otherwise.
 * - A handle is used by one thread at a time; different handles may be used at the same time.
 * - While a call changes a handle, its callbacks get #SNNFE_ERR_STATE from calls that would change
 *   the same handle, or a network in training; a handle that a callback frees is freed when the
 *   running call returns.
 * - Callbacks return: the library is C, and an exception or longjmp() through its calls would leave
 *   memory and locks behind. Keep what was thrown, stop (progress) and throw it after the call.
 * - #SNNFE_ERR_ARGUMENT is the answer to a NULL pointer that is not allowed and to a value outside
 * its range; it names the argument or field and the value.
 * - What does not say since when it is there has been there since 0.1.
 */
#ifndef SNNFE_BASE_H
#define SNNFE_BASE_H

#include <stddef.h>
#include <stdint.h>

/** @def SNNFE_API
 *  Marks what the shared library exports. */
#if defined(_WIN32)
#define SNNFE_API
#elif defined(__GNUC__)
#define SNNFE_API __attribute__((visibility("default")))
#else
#define SNNFE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define SNNFE_VERSION_MAJOR 0 /**< changes with incompatible interfaces */
#define SNNFE_VERSION_MINOR 1 /**< changes with additions */
#define SNNFE_VERSION_PATCH 0 /**< changes with corrections */

#define SNNFE_MAX_CLASSES 256 /**< of networks, data sets and splits of this version */

/** @brief Version of the library that is loaded, `major * 10000 + minor * 100 + patch`.
 *  Thread-safe. */
SNNFE_API uint32_t snnfe_version(void);

/** Result of a call; one of the `SNNFE_ERR_*` values or #SNNFE_OK. Values are never reused. */
typedef int32_t snnfe_status;

enum {
    SNNFE_OK = 0,               /**< success */
    SNNFE_ERR_ARGUMENT = 1,     /**< an argument or an option is outside its range */
    SNNFE_ERR_MEMORY = 2,       /**< out of memory */
    SNNFE_ERR_IO = 3,           /**< a file cannot be opened, read or written */
    SNNFE_ERR_FORMAT = 4,       /**< a file's content is not what its format demands */
    SNNFE_ERR_SHAPE = 5,        /**< shapes, sizes or configurations do not fit each other */
    SNNFE_ERR_NOT_FOUND = 6,    /**< a name, file, channel, annotation or subject is missing */
    SNNFE_ERR_STATE = 7,        /**< the handle is not in a state that allows the call */
    SNNFE_ERR_CANCELLED = 8,    /**< a callback asked to stop; the handle stays valid */
    SNNFE_ERR_NONFINITE = 9,    /**< NaN or infinity where a finite value is needed */
    SNNFE_ERR_UNSUPPORTED = 10, /**< valid, but not supported by this build or version */
    SNNFE_ERR_OVERLAP = 11,     /**< training data would be used for validation or test */
    SNNFE_ERR_INTERNAL = 12     /**< a bug in the library: please report it */
};

/** @brief Name of a status code, such as "SNNFE_ERR_IO"; "SNNFE_ERR_UNKNOWN" for other numbers.
 *  Static storage. Thread-safe. */
SNNFE_API const char *snnfe_status_name(snnfe_status status);

/** @brief Message of the calling thread's last failed call ("" if none failed).
 *  Valid until the same thread's next failing call. Thread-safe.
 *  Less than 1024 bytes: of a path or text that is too long the middle is left out ("…"). */
SNNFE_API const char *snnfe_last_error(void);

/** Memory functions for the library's own allocations (third-party libraries keep theirs). */
typedef struct snnfe_allocator {
    uint32_t struct_size; /**< `sizeof(snnfe_allocator)` */
    uint32_t reserved;    /**< 0 */
    /** Returns `size` bytes aligned for any type, or NULL; called from several threads. */
    void *(*allocate)(size_t size, void *user_data);
    /** Takes back what `allocate` returned; called from several threads. */
    void (*release)(void *memory, void *user_data);
    void *user_data; /**< handed to both functions */
} snnfe_allocator;

/**
 * @brief Set the allocator of the whole process; NULL restores malloc and free.
 *
 * Allowed only while the library holds no memory, normally before its first use.
 * Not thread-safe.
 * @return #SNNFE_ERR_STATE if memory is in use; #SNNFE_ERR_ARGUMENT if a function is missing.
 */
SNNFE_API snnfe_status snnfe_set_allocator(const snnfe_allocator *allocator);

/** Severity of a log message. */
enum {
    SNNFE_LOG_DEBUG = 0,  /**< detail for development */
    SNNFE_LOG_INFO = 1,   /**< normal course */
    SNNFE_LOG_WARNING = 2 /**< something was skipped, repaired or is doubtful */
};

/** Receives a message (one line of UTF-8 that commands no terminal, as snnfe_last_error(); valid
 *  during the call). May be called from the thread that made the library call only, never from a
 *  worker. */
typedef void (*snnfe_log_fn)(int32_t level, const char *message, void *user_data);

/** State of a long call, valid during the callback. */
typedef struct snnfe_progress {
    uint32_t struct_size; /**< `sizeof(snnfe_progress)` of the library */
    uint32_t epoch;       /**< 1-based epoch while training, else 0 */
    const char *phase;    /**< what is done, such as "read" or "train" */
    uint64_t done;        /**< units finished */
    uint64_t total;       /**< units in all */
    double loss;          /**< mean loss of the epoch so far while training, else NaN */
    double accuracy;      /**< newest validation accuracy (0…1) while training, else NaN */
} snnfe_progress;

/** Receives progress on the thread that made the call; a non-zero result stops the call, which
 *  then returns #SNNFE_ERR_CANCELLED and leaves its handle valid. */
typedef int32_t (*snnfe_progress_fn)(const snnfe_progress *progress, void *user_data);

/**
 * @brief Write a file as the library writes all of its files.
 *
 * A symbolic link is followed and stays. A regular file, or one that is not there yet, is written
 * under a temporary name in the same folder and renamed once it is on disk: until then, and after a
 * failure, the old file stays whole. A file that is replaced hands on its mode and, where the
 * process may, its owner and group; its other hard links keep the old content. Devices, pipes and
 * the process's own descriptors (`/dev/stdout`) are written in place; a
 * pipe that nobody reads within a second is an error. A file that the process may
 * not write to is refused. Thread-safe.
 * @param path where
 * @param data [size] bytes; may be NULL with size 0
 * @param size bytes of `data`
 * @return #SNNFE_ERR_ARGUMENT, #SNNFE_ERR_IO, #SNNFE_ERR_MEMORY
 */
SNNFE_API snnfe_status snnfe_file_write(const char *path, const void *data, size_t size);

/** @brief Worker threads that a thread count of 0 stands for: the processors this process may use
 *  (CPU affinity and cgroup quota respected), at least 1. Thread-safe. */
SNNFE_API uint32_t snnfe_default_threads(void);

/** @brief Instruction set that the kernels run with: "avx512" (with F, BW, DQ, VL and VBMI2),
 * "avx2" or "baseline". At first the best of this machine, or the one that the environment variable
 *  `SNNFE_ISA` names if this machine and build have it. Static storage. Thread-safe. */
SNNFE_API const char *snnfe_instruction_set(void);

/**
 * @brief Choose the instruction set for the whole process, over `SNNFE_ISA`.
 *
 * Inference gives the same bits with each of them; gradients differ in their last bits. Calls that
 * run meanwhile in other threads may use either.
 * @param name "avx512", "avx2" or "baseline"; NULL restores the first choice
 * @return #SNNFE_ERR_UNSUPPORTED if this machine or build lacks it, #SNNFE_ERR_ARGUMENT for a name
 *         that stands for none; nothing changes then. Thread-safe.
 */
SNNFE_API snnfe_status snnfe_set_instruction_set(const char *name);

typedef struct snnfe_dataset snnfe_dataset; /**< labeled trials, see dataset.h */
typedef struct snnfe_network snnfe_network; /**< the spiking network, see network.h */
typedef struct snnfe_device snnfe_device;   /**< a programmable synapse, see device.h */
typedef struct snnfe_trainer snnfe_trainer; /**< training of a network, see trainer.h */

#ifdef __cplusplus
}
#endif

#endif
