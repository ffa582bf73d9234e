/* Networks' files by their content: safetensors, or checkpoints of PyTorch. */
#ifndef SNNFE_LIB_TORCH_FILE_H
#define SNNFE_LIB_TORCH_FILE_H

#include "base/tensors.h"

/* Opens a safetensors file, or a checkpoint in PyTorch's zip format as if it were one: its floating
   point tensors as F32, under the names of parameters. Tensors are read when they are asked for,
   one storage at a time. Messages name the file. */
snnfe_status snnfe_network_file_open(snnfe_tensors **file, const char *path);

#endif
