#include "recording/units.h"

#include <string.h>

double snnfe_microvolts(const char *dimension)
{
    static const struct {
        const char *unit;
        double uv;
    } units[] = {{"", 1},      {"uV", 1},   {"\xc2\xb5V", 1}, {"\xce\xbcV", 1},
                 {"nV", 1e-3}, {"mV", 1e3}, {"V", 1e6}};
    const char *word = dimension + strspn(dimension, " ");
    const size_t length = strcspn(word, " ");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strlen(units[i].unit) == length && memcmp(units[i].unit, word, length) == 0)
            return units[i].uv;
    return 0;
}
