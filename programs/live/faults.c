#include "faults.h"

#include <stdio.h>

void live_name_faults(uint32_t faults, char text[LIVE_FAULTS_SIZE])
{
    static const char *const names[] = {"not numbers", "saturated", "flat",       "noisy",
                                        "dropped",     "repeated",  "new session"};
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (faults >> i & 1)
            n += (size_t)snprintf(text + n, LIVE_FAULTS_SIZE - n, "%s%s", n ? ", " : "", names[i]);
}
