/* A report with its rows. */
#ifndef SNNFE_TESTS_REPORTED_H
#define SNNFE_TESTS_REPORTED_H

#include "support.h"

#include <snnfe/report.h>

typedef struct reported {
    snnfe_report head;
    snnfe_layer_report layers[SNNFE_N_LAYERS + 1];
} reported;

#define ROW_SIZE sizeof(snnfe_layer_report)

static inline reported report_on(const snnfe_network *network, const float *grid, size_t n,
                                 const snnfe_report_options *options)
{
    reported report = {.head = {.struct_size = sizeof report.head}};
    assert_ok(snnfe_report_make(network, grid, n, options, &report.head, report.layers, ROW_SIZE));
    return report;
}

#endif
