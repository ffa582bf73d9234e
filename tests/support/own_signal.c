#include "own_signal.h"

#include <stdatomic.h>

snnfe_signal *own_signal(const snnfe_signal **place)
{
    static snnfe_signal copies[64];
    static atomic_size_t next;
    snnfe_signal *copy = &copies[atomic_fetch_add(&next, 1) % 64];
    *copy = *place ? **place : (snnfe_signal){0};
    copy->struct_size = sizeof *copy;
    *place = copy;
    return copy;
}
