/* Who was recorded, and when: fields that nothing depends on. */
#include "recording/edf_header.h"

#include <string.h>

enum { PATIENT = 8, RECORDING = 88, DATE = 168, TIME = 176 };

void snnfe_edf_shown(const uint8_t *field, size_t width, char *out)
{
    while (width > 0 && (field[width - 1] == ' ' || field[width - 1] == '\0'))
        width--;
    size_t n = 0;
    for (size_t i = 0; i < width; i++)
        if (field[i] >= 32 && field[i] <= 126)
            out[n++] = (char)field[i];
        else
            n += (size_t)snnfe_format(out + n, 5, "\\x%02x", (unsigned)field[i]);
    out[n] = '\0';
}

/* "12.08.09" or "16.15.00": three numbers of two digits. */
static bool three_numbers(const uint8_t *field, int numbers[3])
{
    for (size_t i = 0; i < 8; i++) {
        const bool dot = i % 3 == 2;
        if (dot ? field[i] != '.' : field[i] < '0' || field[i] > '9')
            return false;
        if (i % 3 == 0)
            numbers[i / 3] = 10 * (field[i] - '0') + field[i + 1] - '0';
    }
    return true;
}

static bool is_date(const uint8_t *field)
{
    static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int n[3] = {0};
    return three_numbers(field, n) && n[1] >= 1 && n[1] <= 12 && n[0] >= 1 &&
           n[0] <= days[n[1] - 1];
}

static bool is_time(const uint8_t *field)
{
    int n[3] = {0};
    return three_numbers(field, n) && n[0] < 24 && n[1] < 60 && n[2] < 60;
}

/* Words of a field that is 80 bytes wide. */
static size_t count_words(const uint8_t *field)
{
    size_t n = 0;
    for (size_t i = 0; i < 80; i++)
        n += field[i] != ' ' && (i == 0 || field[i - 1] == ' ');
    return n;
}

static bool is_ascii(const uint8_t *field, size_t width)
{
    for (size_t i = 0; i < width; i++)
        if (field[i] < 32 || field[i] > 126)
            return false;
    return true;
}

static snnfe_status deviates(const snnfe_edf_file *file, const char *name, size_t offset,
                             size_t width, const char *wanted)
{
    char text[4 * 80 + 1];
    snnfe_edf_shown(file->content + offset, width, text);
    return snnfe_edf_deviation(file, "%s is \"%s\", not %s; it is not used", name, text, wanted);
}

snnfe_status snnfe_edf_identity_check(const snnfe_edf_file *file)
{
    const uint8_t *h = file->content;
    if (!is_date(h + DATE))
        SNNFE_TRY(deviates(file, "start date", DATE, 8, "a date (dd.mm.yy)"));
    if (!is_time(h + TIME))
        SNNFE_TRY(deviates(file, "start time", TIME, 8, "a time (hh.mm.ss)"));
    if (!is_ascii(h + PATIENT, 80))
        SNNFE_TRY(deviates(file, "patient", PATIENT, 80, "ASCII text"));
    else if (file->plus && count_words(h + PATIENT) < 4)
        SNNFE_TRY(deviates(file, "patient", PATIENT, 80, "of four parts as EDF+ wants it"));
    if (!is_ascii(h + RECORDING, 80))
        return deviates(file, "recording", RECORDING, 80, "ASCII text");
    if (file->plus &&
        (memcmp(h + RECORDING, "Startdate ", 10) != 0 || count_words(h + RECORDING) < 5))
        return deviates(file, "recording", RECORDING, 80,
                        "\"Startdate\" and four parts as EDF+ wants it");
    return SNNFE_OK;
}
