/* Devices in JSON: numbers, and the object of an array's cells. */
#ifndef SNNFE_LIB_DEVICE_FILE_H
#define SNNFE_LIB_DEVICE_FILE_H

#include "base/status.h"
#include "base/text.h"

#include <snnfe/device.h>

#include <jansson.h>
#include <stdbool.h>

/* ,\n  "name": 1 or [1, 2]; an infinite number, which JSON does not have, is null. */
void snnfe_json_append_numbers(snnfe_text *text, const char *name, const double *values, size_t n,
                               bool array);
snnfe_status snnfe_json_take_number(const char *name, const json_t *value, double *number);
snnfe_status snnfe_json_take_array(const char *name, const json_t *value, double *numbers,
                                   size_t n);

/* One of `names`, of which the last is NULL: its number. */
snnfe_status snnfe_json_take_name(const char *name, const json_t *value, const char *const *names,
                                  int32_t *number);
extern const char *const snnfe_distribution_names[];

/* A table of the file, which is allocated; `n` is that of the tables before it, or 0. */
snnfe_status snnfe_json_take_table(const char *name, const json_t *value, double **table,
                                   size_t *n);

/* Numbers of options, by their names in files. */
typedef struct snnfe_json_field {
    const char *name;
    size_t offset;
    size_t count; /* 1 = a number, else an array of so many */
} snnfe_json_field;
extern const snnfe_json_field snnfe_device_fields[], snnfe_cells_fields[];
extern const size_t snnfe_n_device_fields, snnfe_n_cells_fields;
void snnfe_json_append_field(snnfe_text *text, const snnfe_json_field *field, const void *options);
snnfe_status snnfe_json_take_field(const snnfe_json_field *field, const json_t *value,
                                   void *options);

/* ,\n  "cells": {…} */
void snnfe_cells_append(snnfe_text *text, const snnfe_cells_options *cells);
/* The object's fields into options that were initialized; the two tables are the caller's to
   release, also after a failure. */
snnfe_status snnfe_cells_parse(const json_t *object, snnfe_cells_options *cells, double *tables[2]);

#endif
