/* Every struct of the headers that begins with its size, and the calls that it goes through. */
#ifndef SNNFE_TESTS_SIZED_H
#define SNNFE_TESTS_SIZED_H

#include <snnfe/base.h>
#include <stdbool.h>
#include <stddef.h>

#define SIZED_MAX 2048 /* bytes, more than twice the largest */

/* The handles that the calls below work on, small ones; made before and freed after each test. */
void sized_set_up(void);
void sized_tear_down(void);

/* Options with an `_options_init`, taken by `use`, which has to return `expected`. */
typedef struct sized_options {
    const char *name;
    size_t size;
    snnfe_status (*init)(void *options, size_t size);
    snnfe_status (*use)(const void *options);
    snnfe_status expected;
} sized_options;
extern const sized_options sized_options_list[];
extern const size_t sized_n_options;

/* Structs that the caller fills by hand; from `least` bytes on they have what is needed. */
typedef struct sized_given {
    const char *name;
    size_t size, least;
    void (*make)(void *given); /* content for a struct of the library's size */
    snnfe_status (*use)(const void *given);
} sized_given;
extern const sized_given sized_given_list[];
extern const size_t sized_n_given;

/* Structs that a call fills; with some NULL stands for "not wanted". */
typedef struct sized_filled {
    const char *name;
    size_t size;
    bool optional;
    snnfe_status (*get)(void *info);
} sized_filled;
extern const sized_filled sized_filled_list[];
extern const size_t sized_n_filled;

/* Options of which a call changes some. */
typedef struct sized_changed {
    const char *name;
    size_t size;
    snnfe_status (*init)(void *options, size_t size);
    snnfe_status (*change)(void *options);
} sized_changed;
extern const sized_changed sized_changed_list[];
extern const size_t sized_n_changed;

/* Arrays of structs whose elements the caller says the size of: `get` fills `n`. */
typedef struct sized_rows {
    const char *name;
    size_t size, n;
    snnfe_status (*get)(void *rows, size_t size);
} sized_rows;
extern const sized_rows sized_rows_list[];
extern const size_t sized_n_rows;

#endif
