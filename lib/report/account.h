/* A report with its rows. */
#ifndef SNNFE_LIB_ACCOUNT_H
#define SNNFE_LIB_ACCOUNT_H

#include <snnfe/report.h>

#define SNNFE_REPORT_ROWS (SNNFE_N_LAYERS + 1)

typedef struct snnfe_account {
    snnfe_report head;
    snnfe_layer_report rows[SNNFE_REPORT_ROWS]; /* by layer; the last is of all together */
} snnfe_account;

#endif
