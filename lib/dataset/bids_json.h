/* JSON sidecars of BIDS recordings. */
#ifndef SNNFE_LIB_BIDS_JSON_H
#define SNNFE_LIB_BIDS_JSON_H

#include "base/json.h"
#include "dataset/bids_tree.h"

/* What several sidecars say together: of each key, the value in the nearest that has it. */
typedef struct snnfe_bids_json {
    snnfe_bids_sidecars files; /* the nearest first */
    json_t **roots;            /* [files.n] */
} snnfe_bids_json;

/* The sidecars of a recording with a suffix such as "eeg", of a `space` ("" = none). None need be
   there. SNNFE_ERR_FORMAT names the file that is no JSON object. Close it in any case. */
snnfe_status snnfe_bids_json_open(snnfe_bids_json *json, const snnfe_bids_tree *tree,
                                  const snnfe_bids_recording *recording, const char *suffix,
                                  const char *space);
void snnfe_bids_json_close(snnfe_bids_json *json);

/* The value of a key, and the file it is in; NULL, and the nearest file, if none has it. */
const json_t *snnfe_bids_json_get(const snnfe_bids_json *json, const char *key, const char **path);

/* A number above 0. SNNFE_ERR_FORMAT names the file and the key. */
snnfe_status snnfe_bids_json_positive(const snnfe_bids_json *json, const char *key, double *value,
                                      const char **path);

#endif
