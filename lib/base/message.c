#include "message.h"

#include "utf8.h"

#include <stdbool.h>
#include <string.h>

#define LONGEST_FOLDERS 384 /* bytes between a path's first and last slash that are shown */
#define SHOWN_FOLDERS 128   /* bytes at either end that are shown of longer ones, at most */
#define LONGEST_NAME 256    /* bytes from slash to slash: systems' names have up to 255 */

static const char mark[] = "…";
#define MARK_SIZE (sizeof mark - 1) /* without the 0 */

/* Whether a path ends here: what is said of it follows, or another path. */
static bool ends_path(const char *c)
{
    return strncmp(c, ": ", 2) == 0 || strncmp(c, " /", 2) == 0;
}

/* The last slash of the path that has its first one here. */
static char *last_slash(char *first)
{
    char *last = first;
    for (char *c = first + 1; *c && c - last <= LONGEST_NAME && !ends_path(c); c++)
        if (*c == '/')
            last = c;
    return last;
}

/* Always and by the same bytes, so that the same path looks the same in every message. */
static void shorten_paths(char *text)
{
    for (char *first = strchr(text, '/'); first; first = strchr(first + 1, '/')) {
        char *last = last_slash(first);
        if (last - first > LONGEST_FOLDERS) {
            char *head = first + SHOWN_FOLDERS, *tail = last - SHOWN_FOLDERS;
            while (*head != '/')
                head--;
            while (*tail != '/')
                tail++;
            const size_t n_shown = (size_t)(last - tail);
            memcpy(head + 1, mark, MARK_SIZE);
            memmove(head + 1 + MARK_SIZE, tail, strlen(tail) + 1);
            last = head + 1 + MARK_SIZE + n_shown;
        }
        first = last;
    }
}

char *snnfe_message_show(char *out, size_t size, char *whole, int length)
{
    if (length >= SNNFE_WHOLE_SIZE) /* an argument that cannot be a path */
        memcpy(whole + SNNFE_WHOLE_SIZE - sizeof mark, mark, sizeof mark);
    shorten_paths(whole);
    return snnfe_utf8_show(out, size, whole);
}
