/* Networks of a cross-validation, in one folder, and which of them did not see a subject. */
#ifndef SNNFE_EXAMPLES_MODELS_H
#define SNNFE_EXAMPLES_MODELS_H

#include "cli.h"

/* How far a network's past and the data at hand may contradict each other. */
typedef struct models_insistence {
    bool allow_seen, allow_mismatch;
} models_insistence;
#define MODELS_N_OPTIONS 2
/* The options --allow_seen and --allow_mismatch; returns their number. */
size_t models_add_options(cli_option *options, models_insistence *insistence);

/* What one file says of itself. */
typedef struct model_file {
    char path[4096];
    int64_t fold; /* in its name */
    snnfe_origin origin;
    uint64_t *trained, *tested; /* ids of trials, ascending */
    int32_t *subjects;          /* of `trained` */
    size_t n_trained, n_tested;
} model_file;

#define MODELS_MOST 256
typedef struct model_folder {
    const char *path;
    bool told; /* whether the files say what trained them */
    int64_t n_folds;
    size_t n;
    model_file *files; /* [n] by fold */
} model_folder;

/* What the options that choose networks are for, the same in every program that judges them. */
#define MODELS_MODEL_HELP "one network for all subjects (.safetensors, or .pth of PyTorch)"
#define MODELS_FOLDER_HELP                                                                         \
    "folder with model_foldK.safetensors or .pth: each subject by the fold that did not see it"
#define MODELS_GROUPS_HELP                                                                         \
    "groups of subjects of --models; 0: as the networks say, or else the paper's 5 or as many as " \
    "there are subjects"

/* Read what the files model_fold*.safetensors of a folder say. Those of several runs, of other data
   or of another number of groups are refused. Returns CLI_OK or CLI_FAILED, with a message. */
int models_open(model_folder *folder, const char *path);
void models_release(model_folder *folder);

/* For each subject the file of the network that saw none of its trials: position into `files`. The
   network that was tested on the subject comes first, one that saw no subject of this number before
   others. Files that do not tell are chosen by groups of subjects, `n_groups` (0: the usual 5).
   Otherwise `n_groups` must be 0 or the files'. */
int models_assign(const model_folder *folder, const snnfe_dataset *dataset, const int32_t *subjects,
                  size_t n_subjects, int64_t n_groups, bool allow_seen, size_t *assigned);

/* Whether a network may start fold `fold` of `n_folds`; with a message if it is another fold's. */
bool models_fits_fold(const snnfe_network *network, const char *path, int64_t fold,
                      int64_t n_folds);
/* Whether a network says all that trained it. */
bool models_tells(const snnfe_network *network);
/* Say on standard error if it is not known what trained the network of a file. */
void models_notice_untold(const snnfe_network *network, const char *path);

/* Hash of the values of all options but those named in `without` (NULL-terminated). */
uint64_t models_run_hash(const cli_option *options, size_t n, const char *const *without);
/* Identifier of a run: of its options, its data, and the run whose networks it goes on from (0:
   none). Networks have it as their origin's `run_hash`, manifest and tables beside them as "run".
 */
uint64_t models_run_id(uint64_t options, const snnfe_dataset *dataset, uint64_t source);
/* That of the run which made the network of a file; 0 if nothing says it or it cannot be read.
   False, with a message, if the manifest beside the file tells of another run. */
bool models_run_of(const char *path, uint64_t *run);
/* Write down that a network is of this fold and run. */
snnfe_status models_set_origin(snnfe_network *network, const snnfe_dataset *dataset, int64_t fold,
                               int64_t n_folds, uint64_t run);

#endif
