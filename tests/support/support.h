/* What the test programs share. */
#ifndef SNNFE_TESTS_SUPPORT_H
#define SNNFE_TESTS_SUPPORT_H

#include <check.h>
#include <snnfe/base.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs the suite in this process (no fork under a debugger or sanitizer: CK_FORK decides), prints
   Check's summary, returns main's result. A program with skipped tests and no failure returns 77,
   which Meson shows as SKIP. */
int support_run(Suite *suite);

/* `$SNNFE_SHARED/name` (default ../shared below the source root), static storage for 8 results. */
const char *support_shared(const char *name);

/* True if the reference material is there; otherwise prints "skipped: ... not found" and makes
   support_run return 77. Use: `if (!support_have_shared()) return;` */
bool support_have_shared(void);

/* A fresh temporary folder below $TMPDIR, removed with its content when the program ends. */
const char *support_folder(void);
/* `folder/name` below support_folder(), static storage for 8 results. */
const char *support_path(const char *name);

/* Whole files. What support_read gives ends with a NUL beyond `*size` (may be NULL) and is free's.
 */
void support_write(const char *path, const void *content, size_t size);
void *support_read(const char *path, size_t *size);
/* Files of a folder whose names do not begin with a dot. */
size_t support_count_files(const char *path);
/* Threads of this process, without those that are on their way out. */
size_t support_count_threads(void);
/* Whether the thread of this number waits for something. */
bool support_thread_sleeps(int thread);

/* Whether denormal numbers are computed with where the library asks that they count as 0: by
   valgrind, and by processors for which it does not know how to ask. */
bool support_keeps_denormals(void);

/* No file may grow beyond this many bytes, as on a disk that is full; and back. */
void support_fill_disk(size_t free_bytes);
void support_empty_disk(void);

/* The running test program, for tests that start it again; main sets it from argv[0]. */
void support_set_program(const char *path);
const char *support_program(void);

/* Seed for random tests: $SNNFE_TEST_SEED or a fixed default; printed when a test fails. */
uint64_t support_seed(void);
/* The next of a sequence of random numbers (SplitMix64). */
uint64_t support_next(uint64_t *random);

#define assert_ok(call)                                                                            \
    do {                                                                                           \
        snnfe_status assert_status_ = (call);                                                      \
        ck_assert_msg(assert_status_ == SNNFE_OK, "%s: %s: %s", #call,                             \
                      snnfe_status_name(assert_status_), snnfe_last_error());                      \
    } while (0)

/* The call fails with this status and a message that has `fragment` in it. */
#define assert_fails(call, status, fragment)                                                       \
    do {                                                                                           \
        snnfe_status assert_status_ = (call);                                                      \
        ck_assert_msg(assert_status_ == (status), "%s: expected %s, got %s (%s)", #call,           \
                      snnfe_status_name(status), snnfe_status_name(assert_status_),                \
                      snnfe_last_error());                                                         \
        ck_assert_msg(strstr(snnfe_last_error(), fragment) != NULL, "%s: \"%s\" not in \"%s\"",    \
                      #call, fragment, snnfe_last_error());                                        \
    } while (0)

#endif
