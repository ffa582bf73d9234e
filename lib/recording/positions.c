#include "recording/positions.h"

#include "base/memory.h"

#include <string.h>

void snnfe_positions_add(snnfe_positions *positions, const char *label, const double direction[3])
{
    snnfe_position *p = &positions->all[positions->n++];
    snnfe_electrode_name(label, p->name);
    memcpy(p->direction, direction, sizeof p->direction);
}

void snnfe_positions_release(snnfe_positions *positions)
{
    snnfe_release(positions->all);
    *positions = (snnfe_positions){0};
}

static const snnfe_position *position_of(const snnfe_positions *positions, const char *name)
{
    if (!positions->alone && snnfe_electrode_is_reference(name))
        return NULL;
    for (size_t i = 0; i < positions->n; i++)
        if (strcmp(positions->all[i].name, name) == 0)
            return &positions->all[i];
    return NULL;
}

/* Without the number of a signal. */
static void name_of(const char *label, char name[SNNFE_NAME_SIZE])
{
    char plain[SNNFE_NAME_SIZE];
    snnfe_channel_name_plain(label, plain);
    char *mark = strrchr(plain, '#');
    if (mark)
        *mark = '\0';
    snnfe_electrode_name(plain, name);
}

bool snnfe_positions_electrode(const snnfe_positions *positions, const char *label, bool halves,
                               snnfe_electrode *electrode)
{
    char name[SNNFE_NAME_SIZE];
    name_of(label, name);
    if (!positions->alone && snnfe_electrode_find(name, electrode))
        return true;
    const snnfe_position *position = position_of(positions, name);
    if (position)
        snnfe_electrode_nearest(position->direction, halves, electrode);
    return position != NULL;
}

bool snnfe_positions_find(const snnfe_positions *positions, const char *label, double direction[3])
{
    char name[SNNFE_NAME_SIZE];
    snnfe_electrode electrode;
    name_of(label, name);
    if (!positions->alone && snnfe_electrode_find(name, &electrode)) {
        snnfe_electrode_direction(&electrode, direction);
        return true;
    }
    const snnfe_position *position = position_of(positions, name);
    if (position)
        memcpy(direction, position->direction, sizeof position->direction);
    return position != NULL;
}
