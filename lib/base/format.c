#include "format.h"

#include "floating.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <xlocale.h> /* uselocale() */
#endif

/* Made once for the process; numbers always have a '.'. */
static locale_t c_locale;
static pthread_once_t c_locale_once = PTHREAD_ONCE_INIT;

static void make_c_locale(void)
{
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* What the digits of numbers depend on, as the host has set it. */
typedef struct settings {
    locale_t locale; /* (locale_t)0 if none was set */
    snnfe_floating floating;
} settings;

/* The thread's locale becomes the C locale, and digits are rounded to nearest. */
static void settings_enter(settings *host)
{
    pthread_once(&c_locale_once, make_c_locale);
    host->locale = c_locale ? uselocale(c_locale) : (locale_t)0;
    snnfe_floating_enter(&host->floating);
}

static void settings_leave(const settings *host)
{
    snnfe_floating_leave(&host->floating);
    if (host->locale)
        uselocale(host->locale);
}

int snnfe_vformat(char *out, size_t size, const char *format, va_list arguments)
{
    settings host;
    settings_enter(&host);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it does not see through va_start */
    const int length = vsnprintf(out, size, format, arguments);
    settings_leave(&host);
    return length;
}

int snnfe_format(char *out, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = snnfe_vformat(out, size, format, arguments);
    va_end(arguments);
    return length;
}

/* strtod takes more than numbers of this kind: blanks, hexadecimal, names. */
static bool has_only(const char *text, const char *allowed)
{
    return *text != '\0' && text[strspn(text, allowed)] == '\0';
}

bool snnfe_parse_double(const char *text, double *value)
{
    if (!has_only(text, "0123456789+-.eE"))
        return false;
    char *end = NULL;
    settings host;
    settings_enter(&host);
    const double parsed = strtod(text, &end);
    settings_leave(&host);
    if (end == text || *end != '\0' || !isfinite(parsed))
        return false;
    *value = parsed;
    return true;
}

bool snnfe_parse_int64(const char *text, int64_t *value)
{
    if (!has_only(text, "0123456789+-"))
        return false;
    char *end = NULL;
    errno = 0;
    const long long parsed = strtoll(text, &end, 10);
    if (end == text || *end != '\0' || errno == ERANGE)
        return false;
    *value = parsed;
    return true;
}

size_t snnfe_byte_order_mark(const void *text, size_t size)
{
    return size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

bool snnfe_parse_uint64(const char *text, uint64_t *value)
{
    if (!has_only(text, "0123456789"))
        return false;
    char *end = NULL;
    errno = 0;
    const unsigned long long parsed = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || errno == ERANGE)
        return false;
    *value = parsed;
    return true;
}

void snnfe_quote(char quoted[SNNFE_QUOTE_SIZE], const char *name, size_t length)
{
    const size_t most = SNNFE_QUOTE_SIZE - sizeof "...";
    const size_t n = length < most ? length : most;
    for (size_t i = 0; i < n; i++)
        quoted[i] = name[i] >= ' ' && name[i] <= '~' ? name[i] : '?';
    memcpy(quoted + n, length > most ? "..." : "", length > most ? sizeof "..." : 1);
}

bool snnfe_parse_hash(const char *text, uint64_t *hash)
{
    if (strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
        return false;
    uint64_t value = 0;
    for (const char *c = text; *c; c++)
        value = value << 4 | (uint64_t)(*c <= '9' ? *c - '0' : *c - 'a' + 10);
    *hash = value;
    return true;
}

bool snnfe_label_has(const char *character)
{
    const unsigned char next = (unsigned char)character[strspn(character, ". ")];
    return *character != ' ' && (*character != '.' || isalnum(next));
}

static const char *next_letter(const char *label)
{
    while (*label && !snnfe_label_has(label))
        label++;
    return label;
}

void snnfe_list_name(char *list, size_t size, const char *name)
{
    static const char more[] = ", …";
    const size_t used = strlen(list), n = strlen(name) + strlen(", \"\"");
    const bool full = used >= strlen(more) && strcmp(list + used - strlen(more), more) == 0;
    if (!full && used + n + sizeof more <= size)
        snnfe_format(list + used, size - used, "%s\"%s\"", used ? ", " : "", name);
    else if (!full && used + sizeof more <= size)
        memcpy(list + used, more, sizeof more);
}

bool snnfe_same_label(const char *a, const char *b)
{
    for (a = next_letter(a), b = next_letter(b); *a; a = next_letter(a + 1), b = next_letter(b + 1))
        if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
            return false;
    return *b == '\0';
}
