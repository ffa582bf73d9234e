/* safetensors files: 8-byte little-endian header length, JSON header, raw little-endian tensors. */
#ifndef SNNFE_LIB_TENSORS_H
#define SNNFE_LIB_TENSORS_H

#include "status.h"

#include <stdbool.h>

#define SNNFE_MAX_DIMENSIONS 8

typedef enum snnfe_dtype {
    SNNFE_U8,
    SNNFE_I16,
    SNNFE_I32,
    SNNFE_I64,
    SNNFE_F32,
    SNNFE_F64
} snnfe_dtype;

size_t snnfe_dtype_size(snnfe_dtype dtype);
const char *snnfe_dtype_name(snnfe_dtype dtype);

typedef struct snnfe_tensor_info {
    const char *name; /* owned by the file handle */
    snnfe_dtype dtype;
    uint32_t n_dims;
    uint64_t shape[SNNFE_MAX_DIMENSIONS];
    uint64_t count;  /* elements */
    uint64_t offset; /* bytes from the start of the data section */
} snnfe_tensor_info;

/* --- reading ------------------------------------------------------------------------------- */

typedef struct snnfe_tensors snnfe_tensors;

/* Reads and checks the header (lengths, offsets without gaps or overlap, types, shapes, duplicate
   names, file size); tensors stay on disk. */
snnfe_status snnfe_tensors_open(snnfe_tensors **tensors, const char *path);
void snnfe_tensors_close(snnfe_tensors *tensors);

/* Tensors of F32 from a file of another format, behind the same functions. `infos` (allocated) and
   the source belong to the handle once this returns SNNFE_OK. */
typedef struct snnfe_tensors_source {
    void *context;
    snnfe_status (*read)(void *context, size_t index, float *out); /* messages without the path */
    void (*close)(void *context);
} snnfe_tensors_source;
snnfe_status snnfe_tensors_from_source(snnfe_tensors **tensors, const char *path,
                                       snnfe_tensor_info *infos, size_t n,
                                       snnfe_tensors_source source);

size_t snnfe_tensors_count(const snnfe_tensors *tensors);
const snnfe_tensor_info *snnfe_tensors_at(const snnfe_tensors *tensors, size_t index);
/* NULL (and no error set) when there is no such tensor. */
const snnfe_tensor_info *snnfe_tensors_find(const snnfe_tensors *tensors, const char *name);
/* Value of a "__metadata__" entry, or NULL. */
const char *snnfe_tensors_metadata(const snnfe_tensors *tensors, const char *key);

/* The tensor, which must have this type and shape, without reading it. */
snnfe_status snnfe_tensors_expect(const snnfe_tensors *tensors, const char *name, snnfe_dtype dtype,
                                  uint32_t n_dims, const uint64_t *shape,
                                  const snnfe_tensor_info **info);

/* Read a whole tensor that must have this type and shape; messages name file, tensor and both
   shapes. F32 and F64 values must be finite unless `allow_nonfinite`. */
snnfe_status snnfe_tensors_read(snnfe_tensors *tensors, const char *name, snnfe_dtype dtype,
                                uint32_t n_dims, const uint64_t *shape, bool allow_nonfinite,
                                void *out);

/* --- writing ------------------------------------------------------------------------------- */

typedef struct snnfe_tensor_list snnfe_tensor_list;

snnfe_status snnfe_tensor_list_create(snnfe_tensor_list **list);
void snnfe_tensor_list_free(snnfe_tensor_list *list);
/* Names and keys are copied; `data` is borrowed until the list is saved or freed. */
snnfe_status snnfe_tensor_list_add(snnfe_tensor_list *list, const char *name, snnfe_dtype dtype,
                                   uint32_t n_dims, const uint64_t *shape, const void *data);
snnfe_status snnfe_tensor_list_add_metadata(snnfe_tensor_list *list, const char *key,
                                            const char *value);
/* The same with `data` that was allocated and belongs to the list from now on, also on failure. */
snnfe_status snnfe_tensor_list_add_owned(snnfe_tensor_list *list, const char *name,
                                         snnfe_dtype dtype, uint32_t n_dims, const uint64_t *shape,
                                         void *data);
/* Atomic; tensors are written in the order added, those of larger elements before those of smaller
   ones, so that each is aligned to its elements. */
snnfe_status snnfe_tensor_list_save(snnfe_tensor_list *list, const char *path);

#endif
