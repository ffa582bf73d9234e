#include "random_content.h"

#include "support.h"

#include <math.h>

size_t random_count(uint64_t *random, size_t first, size_t last)
{
    return first + (size_t)(support_next(random) % (last - first + 1));
}

bool random_chance(uint64_t *random, double share)
{
    return (double)(support_next(random) >> 11) < share * 0x1p53;
}

double random_double(uint64_t *random)
{
    static const double odd[] = {0, -0.0, 5e-324, 2.3e-308, 1e-30, 1e30, 1.7e308};
    const double x = (double)(int64_t)support_next(random) * 0x1p-60;
    return random_chance(random, 0.8) ? x : odd[random_count(random, 0, 6)] * (x < 0 ? -1 : 1);
}

float random_float(uint64_t *random)
{
    static const float odd[] = {0, -0.0F, 1e-45F, 1.2e-38F, 1e-20F, 1e20F, 3.4e38F};
    const double x = (double)(int64_t)support_next(random) * 0x1p-62;
    return random_chance(random, 0.8) ? (float)x : odd[random_count(random, 0, 6)];
}

/* --- names ---------------------------------------------------------------------------------- */

static size_t add_character(uint64_t *random, char *out)
{
    static const char *const others[] = {"é",    "μ",          "Ω",    "\u2028", "脳", "�",
                                         "𝛼",    "\U0010FFFF", "\"",   "\\",     ",",  "\t",
                                         "\x01", "\x1b",       "\x7f", "/"};
    if (random_chance(random, 0.6)) {
        *out = (char)('A' + random_count(random, 0, 25));
        return 1;
    }
    const char *text = others[random_count(random, 0, sizeof others / sizeof others[0] - 1)];
    memcpy(out, text, strlen(text));
    return strlen(text);
}

static void spoil(uint64_t *random, char name[RANDOM_NAME_SIZE], size_t size)
{
    static const char *const wrong[] = {
        "\n", "\r", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf5\x80\x80\x80"};
    const size_t kind = random_count(random, 0, 8);
    if (kind == 7)
        name[0] = '\0';
    if (kind == 8) {
        memset(name, 'x', size);
        name[size] = '\0';
    }
    if (kind < 7)
        strcpy(name + (strlen(name) > 8 ? 4 : strlen(name)), wrong[kind]);
}

void random_name(uint64_t *random, char name[RANDOM_NAME_SIZE], size_t size, bool bad)
{
    const size_t wanted = random_chance(random, 0.8) ? random_count(random, 1, 8) : size - 1;
    size_t n = 0;
    name[n++] = 'N';
    for (char text[8] = ""; n < wanted;) {
        const size_t length = add_character(random, text);
        if (n + length >= size)
            break;
        memcpy(name + n, text, length);
        n += length;
    }
    name[n] = '\0';
    if (bad)
        spoil(random, name, size);
}

/* --- signals -------------------------------------------------------------------------------- */

/* Names that differ: their places stand in them. */
static void make_names(random_signal *s, uint64_t *random, const char **list, size_t first,
                       size_t n, size_t size)
{
    for (size_t i = 0; i < n; i++) {
        char *text = s->texts[first + i];
        const int used = snprintf(text, RANDOM_NAME_SIZE, "%zu:", first + i);
        random_name(random, text + used, size - (size_t)used, false);
        list[i] = text;
    }
}

static void make_places(random_signal *s, uint64_t *random)
{
    s->n_rows = random_count(random, 10, 14);
    s->n_columns = random_count(random, 10, 14);
    const size_t first = random_count(random, 0, s->n_rows * s->n_columns - RANDOM_CHANNELS);
    for (size_t c = 0; c < RANDOM_CHANNELS; c++) {
        s->rows[c] = (int32_t)((first + c) / s->n_columns);
        s->columns[c] = (int32_t)((first + c) % s->n_columns);
        s->mean[c] = random_double(random);
        s->std[c] = fabs(random_double(random)) + 5e-324;
    }
}

static void make_control(random_signal *s, uint64_t *random)
{
    snnfe_signal *g = &s->signal;
    g->alignment = (int32_t)random_count(random, 0, 2);
    if (random_chance(random, 0.5))
        return;
    g->ocular = SNNFE_OCULAR_REGRESSION;
    g->n_lags = (uint32_t)random_count(random, 0, 3);
    g->n_references = (uint32_t)random_count(random, 1, 3);
    make_names(s, random, s->references, RANDOM_CHANNELS + RANDOM_CLASSES, g->n_references, 32);
    if (random_chance(random, 0.5))
        s->references[0] = s->channels[0];
    g->reference_names = s->references;
}

void random_signal_make(random_signal *s, uint64_t *random, bool bad)
{
    memset(s, 0, sizeof *s);
    make_places(s, random);
    snnfe_signal *g = &s->signal;
    *g = (snnfe_signal){.struct_size = sizeof *g,
                        .n_channels = (uint32_t)random_count(random, 2, 60),
                        .n_classes = (uint32_t)random_count(random, 2, RANDOM_CLASSES),
                        .sampling_rate_hz = pow(10, (double)random_count(random, 0, 5)),
                        .filter_kind = (int32_t)random_count(random, 0, 2),
                        .channel_rows = s->rows,
                        .channel_columns = s->columns,
                        .channel_mean_uv = s->mean,
                        .channel_std_uv = s->std,
                        .channel_names = s->channels,
                        .class_names = s->classes};
    make_names(s, random, s->channels, 0, g->n_channels, 32);
    make_names(s, random, s->classes, RANDOM_CHANNELS, g->n_classes, 256);
    make_control(s, random);
    const size_t which = random_count(random, 0, g->n_channels + g->n_classes - 1);
    if (bad && which < g->n_channels)
        random_name(random, s->texts[which], 32, true);
    else if (bad)
        random_name(random, s->texts[RANDOM_CHANNELS + which - g->n_channels], 256, true);
}
