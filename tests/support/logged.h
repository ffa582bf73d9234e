/* What calls of the library log, kept for tests that look for it. */
#ifndef SNNFE_TESTS_LOGGED_H
#define SNNFE_TESTS_LOGGED_H

#include <stdint.h>

/* Since it was emptied (`logged[0] = '\0'`), a line a message; what has no room is cut. */
extern char logged[20000];

/* For the `log` of options. */
void logged_collect(int32_t level, const char *message, void *user_data);
void was_logged(const char *text);

#endif
