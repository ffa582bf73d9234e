/**
 * @file programming.h
 * @brief Ways to program: how updates of weights become pulses (@ref programming, @ref
 *        spec_programming).
 *
 * Every way is a function of weights, updates, its state, seed and the numbers of step and synapse:
 * results depend neither on threads nor on the order of synapses.
 */
#ifndef SNNFE_PROGRAMMING_H
#define SNNFE_PROGRAMMING_H

#include <snnfe/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Ways to program. A *unit* is the threshold × 2A, of LTD × the threshold's asymmetry. */
enum {
    SNNFE_PROGRAMMING_ACCUMULATE = 0,  /**< one pulse where an accumulator crosses its threshold */
    SNNFE_PROGRAMMING_STOCHASTIC = 1,  /**< an update is rounded at random to a number of pulses of
                                            one unit each */
    SNNFE_PROGRAMMING_MIXED = 2,       /**< mixed precision: every `period` steps the whole units of
                                            the accumulator become as many pulses */
    SNNFE_PROGRAMMING_TIKI_TAKA = 3,   /**< updates go to a second, fast cell, as stochastic; every
                                            `period` steps what it holds goes to the weight's, too */
    SNNFE_PROGRAMMING_TIKI_TAKA_2 = 4, /**< the same by way of a digital sum, whose whole units
                                            become pulses on the weight's cell */
    SNNFE_PROGRAMMING_VERIFY = 5, /**< write-verify: every `period` steps pulses until the reading
                                       is within `tolerance` of the wanted weight */
    SNNFE_PROGRAMMING_PAIRS = 6   /**< a weight is A × the difference of two cells, both of which
                                       only potentiate; full ones are refreshed */
};

/** A way to program. A number of another way that differs from its default is refused. */
typedef struct snnfe_programming_options {
    uint32_t struct_size; /**< set by snnfe_programming_options_init() */
    int32_t method;       /**< `SNNFE_PROGRAMMING_*`; default #SNNFE_PROGRAMMING_ACCUMULATE */
    uint32_t most_pulses; /**< on a cell at once, 1…1000; default 10; the first way gives one and
                               does not take it */
    uint32_t period;      /**< steps from one transfer or verification to the next, 1…1000000;
                               default 1; not of the first two ways and the last */
    double fast_rate; /**< factor on the updates of fast cells, above 0, up to 1000; default 1; as
                           the next two of Tiki-Taka only */
    double transfer_rate; /**< share of what a fast cell holds that goes on, above 0, up to 1;
                               default 0.1 */
    uint32_t shift_pairs; /**< pairs of an LTP and an LTD pulse that bring a fast cell to its
                               symmetry point, which counts as its zero; 0 = the middle of the
                               range is; at most 10000; default 20 */
    uint32_t reserved;    /**< 0 */
    double tolerance;     /**< of write-verify, in units of 2A, above 0, up to 1; default 0.02 */
    double refresh; /**< conductance of a cell of a pair, as part of its window, at which both are
                         erased and the difference is programmed again, 0.1…1; default 0.9 */
} snnfe_programming_options;

/** @brief Fill `options` (of `size` bytes) with the defaults. Thread-safe. */
SNNFE_API snnfe_status snnfe_programming_options_init(snnfe_programming_options *options,
                                                      size_t size);

/** Arrays that a way keeps for each synapse, at most. */
#define SNNFE_WAY_STATES 3

#ifdef __cplusplus
}
#endif

#endif
