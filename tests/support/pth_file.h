/* Checkpoints of PyTorch, made without it. */
#ifndef SNNFE_TESTS_PTH_FILE_H
#define SNNFE_TESTS_PTH_FILE_H

#include "pth_zip.h"

#include <snnfe/network.h>

/* --- pickles ---------------------------------------------------------------------------------- */

void pth_opcodes(pth_bytes *pickle, const char *opcodes); /* a text without NUL */
void pth_text(pth_bytes *pickle, const char *text);
void pth_integer(pth_bytes *pickle, int64_t number);
void pth_name(pth_bytes *pickle, const char *module, const char *name);

typedef struct pth_view {
    const char *type; /* "Float", "Half" … */
    const char *key;  /* record data/KEY */
    int64_t n;        /* elements of the storage */
    int64_t offset;
    size_t n_dims;
    int64_t shape[10], stride[10];
} pth_view;
void pth_tensor(pth_bytes *pickle, const pth_view *view);

/* An archive of a pickle and one record data/0. */
void pth_write(const char *path, const pth_bytes *pickle, const void *data, size_t size);

/* --- networks --------------------------------------------------------------------------------- */

typedef struct pth_options {
    const char *type;   /* of the elements; NULL = "Float" */
    const char *entry;  /* the dictionary is this entry of another one; NULL = it is the file's */
    const char *prefix; /* of all names; NULL = none */
    const char *root;   /* folder in the archive; NULL = "m" */
    bool second_names;  /* the decays under both names, sharing storages */
    bool only_second_names; /* the decays under their second names alone */
    bool copied_seconds;    /* both, in storages of their own */
    bool other_seconds;     /* and these differ */
    bool parameters;        /* tensors as torch.nn.Parameter */
    bool untyped;           /* tensors with a type of their own in storages of bytes */
    bool protocol4;
    bool big_endian;
    bool turned;                 /* tensors as views of a storage with their dimensions reversed */
    bool extras;                 /* numbers, texts, lists and None beside the tensors and outside */
    bool wide, later, unchecked; /* see pth_zip */
} pth_options;
void pth_write_network(const char *path, const snnfe_network *network, const pth_options *options);

#endif
