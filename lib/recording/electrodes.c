#include "recording/electrodes.h"

#include <string.h>

/* --- names ---------------------------------------------------------------------------------- */

static bool is_mark(char c)
{
    return c == '-' || c == '_' || c == ':';
}

/* "EEG-C3" becomes "C3"; a label that says "EEG" only stays. */
static const char *without_prefix(const char *plain)
{
    if (strncmp(plain, "EEG", 3) != 0)
        return plain;
    const char *rest = plain + 3;
    if (is_mark(*rest))
        rest++;
    return *rest ? rest : plain;
}

bool snnfe_electrode_is_reference(const char *text)
{
    static const char *const references[] = {"REF", "LE", "LER", "AVG",  "AV",   "AR",
                                             "CAR", "A1", "A2",  "M1",   "M2",   "A1A2",
                                             "A12", "LM", "RM",  "M1M2", "A1+A2"};
    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++)
        if (strcmp(references[i], text) == 0)
            return true;
    return false;
}

static void cut_reference(char *name)
{
    char *mark = strrchr(name, '-');
    if (!mark)
        mark = strrchr(name, '_');
    if (mark && mark != name && snnfe_electrode_is_reference(mark + 1))
        *mark = '\0';
}

/* The names of the 10-20 system that the 10-10 system has changed. */
static void rename_temporal(char *name)
{
    static const char *const names[][2] = {{"T3", "T7"}, {"T4", "T8"}, {"T5", "P7"}, {"T6", "P8"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(name, names[i][0]) == 0) {
            memcpy(name, names[i][1], 3);
            return;
        }
}

void snnfe_electrode_name(const char *label, char name[SNNFE_NAME_SIZE])
{
    char plain[SNNFE_NAME_SIZE];
    snnfe_channel_name_plain(label, plain);
    const char *rest = without_prefix(plain);
    memcpy(name, rest, strlen(rest) + 1);
    cut_reference(name);
    rename_temporal(name);
}

/* --- places --------------------------------------------------------------------------------- */

/* Rows from front to back with the numbers that their electrodes have; those towards the temples
   have letters of their own. `step` is the distance of electrodes 1 and 3 in eighths of that in the
   row of Cz: rows in front and behind are shorter, and the numbers of AF and PO lie closer. */
static const struct {
    const char *letters;
    int32_t row, least, most, step;
} rows[] = {
    {"FP", 0, 1, 2, 8},    {"AFP", 1, 1, 10, 4}, {"AF", 2, 1, 10, 4},   {"AFF", 3, 1, 10, 6},
    {"F", 4, 1, 10, 8},    {"FFC", 5, 1, 6, 8},  {"FFT", 5, 7, 10, 8},  {"FC", 6, 1, 6, 8},
    {"FT", 6, 7, 10, 8},   {"FCC", 7, 1, 6, 8},  {"FTT", 7, 7, 10, 8},  {"C", 8, 1, 6, 8},
    {"T", 8, 7, 10, 8},    {"CCP", 9, 1, 6, 8},  {"TTP", 9, 7, 10, 8},  {"CP", 10, 1, 6, 8},
    {"TP", 10, 7, 10, 8},  {"CPP", 11, 1, 6, 8}, {"TPP", 11, 7, 10, 8}, {"P", 12, 1, 10, 8},
    {"PPO", 13, 1, 10, 6}, {"PO", 14, 1, 10, 4}, {"POO", 15, 1, 10, 4}, {"O", 16, 1, 2, 8},
    {"OI", 17, 1, 2, 8},   {"I", 18, 1, 2, 8},
};

/* "10H" behind the letters: number 10, half a step nearer to the midline. */
static bool read_number(const char *text, int32_t *number, bool *half)
{
    *number = 0;
    const char *c = text;
    for (; *c >= '0' && *c <= '9' && *number < 100; c++)
        *number = 10 * *number + (*c - '0');
    *half = *c == 'H';
    return c != text && text[0] != '0' && c[*half] == '\0';
}

/* Distance from the midline in halves of a step: odd numbers to the left, even ones to the right.
 */
static int32_t steps_from_midline(int32_t number, bool half)
{
    const int32_t halves = (number + 1) / 2 * 2 - (half ? 1 : 0);
    return number % 2 == 1 ? -halves : halves;
}

bool snnfe_electrode_find(const char *label, snnfe_electrode *electrode)
{
    char name[SNNFE_NAME_SIZE];
    snnfe_electrode_name(label, name);
    const size_t n_letters = strcspn(name, "0123456789Z");
    const bool midline = strcmp(name + n_letters, "Z") == 0;
    int32_t number = 0;
    bool half = false;
    if (!midline && !read_number(name + n_letters, &number, &half))
        return false;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strlen(rows[i].letters) != n_letters || memcmp(rows[i].letters, name, n_letters) != 0)
            continue;
        if (midline ? rows[i].least > 1 : number < rows[i].least || number > rows[i].most)
            return false;
        electrode->row = rows[i].row;
        electrode->column = midline ? 0 : steps_from_midline(number, half) * rows[i].step / 2;
        return true;
    }
    return false;
}

/* --- the nearest ---------------------------------------------------------------------------- */

typedef struct nearest {
    const double *direction;
    snnfe_electrode *electrode;
    double cosine;
} nearest;

static void compare(nearest *best, int32_t row, int32_t column)
{
    const snnfe_electrode candidate = {row, column};
    double at[3];
    snnfe_electrode_direction(&candidate, at);
    const double *d = best->direction;
    const double cosine = at[0] * d[0] + at[1] * d[1] + at[2] * d[2];
    if (cosine <= best->cosine)
        return;
    best->cosine = cosine;
    *best->electrode = candidate;
}

double snnfe_electrode_nearest(const double direction[3], bool halves, snnfe_electrode *electrode)
{
    nearest best = {direction, electrode, -2};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!halves && rows[i].row % 2 == 1)
            continue;
        if (rows[i].least == 1)
            compare(&best, rows[i].row, 0);
        for (int32_t number = rows[i].least; number <= rows[i].most; number++)
            for (int half = 0; half <= (halves ? 1 : 0); half++)
                compare(&best, rows[i].row,
                        steps_from_midline(number, half != 0) * rows[i].step / 2);
    }
    return best.cosine;
}
