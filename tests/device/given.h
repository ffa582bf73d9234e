/* Options of a device and of a step by it, for tests that change one field at a time. */
#ifndef SNNFE_TESTS_GIVEN_H
#define SNNFE_TESTS_GIVEN_H

#include "devices.h"

#include <snnfe/device.h>

/* One struct of each kind, changed in one field at a time. */
typedef struct given {
    snnfe_device_options device;
    snnfe_cells_options cells;
    snnfe_device_step_options step;
    snnfe_programming_options way;
} given;

static inline given defaults(void)
{
    given g = {.device = device_defaults(), .cells = cells_defaults()};
    assert_ok(snnfe_device_step_options_init(&g.step, sizeof g.step));
    assert_ok(snnfe_programming_options_init(&g.way, sizeof g.way));
    return g;
}

/* A device of these options makes a step. */
static inline snnfe_status try(given *g)
{
    float weight = 0, accumulator = 0, histories[2] = {0}, states[SNNFE_WAY_STATES] = {0};
    const float update = 0;
    uint32_t ltp = 0, ltd = 0, second[2] = {0};
    snnfe_device *device = NULL;
    g->device.cells = &g->cells;
    g->step.programming = &g->way;
    g->step.histories = histories;
    g->step.states = states;
    g->step.second_pulses = second;
    snnfe_status status = snnfe_device_create(&device, &g->device);
    if (status == SNNFE_OK)
        status = snnfe_device_step(device, &g->step, &weight, &accumulator, &update, 1, &ltp, &ltd,
                                   NULL, NULL);
    snnfe_device_free(device);
    return status;
}

#define assert_taken(g) assert_ok(try(g))
#define assert_refused(g, name) assert_fails(try(g), SNNFE_ERR_ARGUMENT, name)

#endif
