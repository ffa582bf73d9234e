#include "logged.h"

#include "support.h"

char logged[20000];

void logged_collect(int32_t level, const char *message, void *user_data)
{
    (void)level;
    (void)user_data;
    const size_t length = strlen(logged);
    snprintf(logged + length, sizeof logged - length, "%s\n", message);
}

void was_logged(const char *text)
{
    ck_assert_msg(strstr(logged, text) != NULL, "\"%s\" not in \"%s\"", text, logged);
}
