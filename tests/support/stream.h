/* Streams of samples for decoders, and what a batch evaluation makes of them. */
#ifndef SNNFE_TESTS_STREAM_H
#define SNNFE_TESTS_STREAM_H

#include "support.h"

#include <snnfe/decoder.h>

/* [n][64] standard normal samples; free() them. */
float *stream_noise(uint64_t seed, size_t n);

/* Options of a decoder whose samples come filtered and normalized. */
snnfe_decoder_options stream_plain_options(void);

/* Logits [n_classes] of the window of normalized samples [n_steps][64] from `samples` on. */
void stream_evaluate(const snnfe_network *network, const float *samples, float *logits);

/* The oldest decision; it must be there. */
snnfe_decision stream_next(snnfe_decoder *decoder, float *logits);

snnfe_decoder_info stream_info(const snnfe_decoder *decoder);

#endif
