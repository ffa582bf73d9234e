#include "signal/rereference.h"

#include "base/bits.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/names.h"

#include <string.h>

/* --- the text ------------------------------------------------------------------------------- */

static bool is_word(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(text, word, length) == 0;
}

/* The characters that tell labels apart, in capitals; false if they are too many. */
static bool plain_label(const char *text, size_t length, char label[SNNFE_NAME_SIZE])
{
    char given[2 * SNNFE_NAME_SIZE] = "";
    size_t n = 0;
    if (length >= sizeof given)
        return false;
    memcpy(given, text, length);
    for (const char *c = given; *c; c++) {
        if (!snnfe_label_has(c))
            continue;
        if (n == SNNFE_NAME_SIZE - 1)
            return false;
        label[n++] = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
    }
    label[n] = '\0';
    return true;
}

static bool has_label(const char *text, const char *wanted)
{
    char label[SNNFE_NAME_SIZE];
    while (snnfe_rereference_next(&text, label))
        if (strcmp(label, wanted) == 0)
            return true;
    return false;
}

/* Add a label to those that were taken. */
static snnfe_status add_label(char text[SNNFE_REREFERENCE_SIZE], const char *label, size_t number,
                              const char *field)
{
    const size_t used = strlen(text), needed = used + strlen(label) + 2;
    if (label[0] == '\0')
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: label %zu is empty", field, number);
    SNNFE_TRY(snnfe_name_check(field, number - 1, label, SNNFE_NAME_SIZE));
    if (has_label(text, label))
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s has \"%s\" twice", field, label);
    if (needed > SNNFE_REREFERENCE_SIZE || number > SNNFE_MAX_CHANNELS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s has more than %d labels or %zu bytes", field,
                          SNNFE_MAX_CHANNELS, SNNFE_REREFERENCE_SIZE - 1);
    snnfe_format(text + used, SNNFE_REREFERENCE_SIZE - used, "%s%s", used ? "," : "", label);
    return SNNFE_OK;
}

snnfe_status snnfe_rereference_take(char text[SNNFE_REREFERENCE_SIZE], const char *given,
                                    size_t size, const char *field)
{
    memset(text, 0, SNNFE_REREFERENCE_SIZE);
    const size_t length = given ? strnlen(given, size) : 0;
    if (length == 0 || is_word(given, length, "none"))
        return SNNFE_OK;
    if (is_word(given, length, "average")) {
        memcpy(text, "average", sizeof "average");
        return SNNFE_OK;
    }
    const char *end = given + length;
    size_t number = 1;
    for (const char *at = given; at <= end; number++) {
        char label[SNNFE_NAME_SIZE];
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma ? comma : end;
        if (!plain_label(at, (size_t)(stop - at), label))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s: label %zu has more than %d bytes", field,
                              number, SNNFE_NAME_SIZE - 1);
        SNNFE_TRY(add_label(text, label, number, field));
        at = stop + 1;
    }
    return SNNFE_OK;
}

bool snnfe_rereference_is_average(const char *text)
{
    return strcmp(text, "average") == 0;
}

bool snnfe_rereference_next(const char **text, char label[SNNFE_NAME_SIZE])
{
    const size_t length = strcspn(*text, ",");
    if (length == 0 || length >= SNNFE_NAME_SIZE)
        return false;
    memcpy(label, *text, length);
    label[length] = '\0';
    *text += length + ((*text)[length] == ',');
    return true;
}

/* --- samples -------------------------------------------------------------------------------- */

double snnfe_rereference_mean(const float *values, uint64_t from)
{
    double sum = 0;
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++)
        if (from >> c & 1)
            sum += (double)values[c];
    return sum / (double)snnfe_count_bits(from);
}

snnfe_status snnfe_rereference_run(float *values, size_t n, uint64_t from, uint64_t to)
{
    double *mean = snnfe_alloc(n, sizeof *mean);
    if (!mean)
        return SNNFE_ERR_MEMORY;
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++)
        for (size_t t = 0; from >> c & 1 && t < n; t++)
            mean[t] += (double)values[c * n + t];
    for (size_t t = 0; t < n; t++)
        mean[t] /= (double)snnfe_count_bits(from);
    for (size_t c = 0; c < SNNFE_MAX_CHANNELS; c++)
        for (size_t t = 0; to >> c & 1 && t < n; t++)
            values[c * n + t] = snnfe_rereferenced(values[c * n + t], mean[t]);
    snnfe_release(mean);
    return SNNFE_OK;
}
