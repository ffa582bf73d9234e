/**
 * @file snnfe.h
 * @brief All of libsnnfe.
 */
#ifndef SNNFE_SNNFE_H
#define SNNFE_SNNFE_H

#include <snnfe/base.h>
#include <snnfe/bids.h>
#include <snnfe/cells.h>
#include <snnfe/control.h>
#include <snnfe/dataset.h>
#include <snnfe/decoder.h>
#include <snnfe/device.h>
#include <snnfe/group.h>
#include <snnfe/learner.h>
#include <snnfe/montage.h>
#include <snnfe/network.h>
#include <snnfe/population.h>
#include <snnfe/programming.h>
#include <snnfe/provenance.h>
#include <snnfe/recording.h>
#include <snnfe/report.h>
#include <snnfe/signal.h>
#include <snnfe/split.h>
#include <snnfe/synthetic.h>
#include <snnfe/trainer.h>

#endif
