#include "models.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define USUAL_GROUPS 5

size_t models_add_options(cli_option *options, models_insistence *insistence)
{
    const cli_option own[MODELS_N_OPTIONS] = {
        {"allow_seen", CLI_SWITCH, &insistence->allow_seen, 0, 0, NULL,
         "judge networks by trials that trained them, too; results are marked"},
        {"allow_mismatch", CLI_SWITCH, &insistence->allow_mismatch, 0, 0, NULL,
         "take data of another rate, montage, filter or classes than trained the network"},
    };
    memcpy(options, own, sizeof own);
    return MODELS_N_OPTIONS;
}

/* --- what the files say --------------------------------------------------------------------- */

void models_release(model_folder *folder)
{
    for (size_t i = 0; i < folder->n; i++) {
        free(folder->files[i].trained);
        free(folder->files[i].tested);
        free(folder->files[i].subjects);
    }
    free(folder->files);
    *folder = (model_folder){0};
}

/* 0 for other files. */
static int64_t fold_of_name(const char *name)
{
    static const char *const endings[] = {"safetensors", "pth"};
    char expected[64];
    int fold = 0;
    if (sscanf(name, "model_fold%d", &fold) != 1 || fold < 1 || fold > MODELS_MOST)
        return 0;
    for (size_t i = 0; i < 2; i++) {
        snprintf(expected, sizeof expected, "model_fold%d.%s", fold, endings[i]);
        if (strcmp(name, expected) == 0)
            return fold;
    }
    return 0;
}

static void *copy_array(const void *from, size_t n, size_t size)
{
    void *copy = malloc(n * size + 1);
    if (copy && n > 0)
        memcpy(copy, from, n * size);
    return copy;
}

static snnfe_status copy_trials(model_file *file, const snnfe_network *network)
{
    const uint64_t *ids = NULL;
    const int32_t *subjects = NULL;
    snnfe_status status =
        snnfe_network_trials(network, SNNFE_TRIALS_TRAINED, &ids, &subjects, &file->n_trained);
    if (status != SNNFE_OK)
        return status;
    file->trained = copy_array(ids, file->n_trained, sizeof *ids);
    file->subjects = copy_array(subjects, file->n_trained, sizeof *subjects);
    status = snnfe_network_trials(network, SNNFE_TRIALS_TESTED, &ids, NULL, &file->n_tested);
    if (status == SNNFE_OK)
        file->tested = copy_array(ids, file->n_tested, sizeof *ids);
    return status == SNNFE_OK && !(file->trained && file->subjects && file->tested)
               ? SNNFE_ERR_MEMORY
               : status;
}

static snnfe_status read_file(model_file *file)
{
    snnfe_network *network = NULL;
    file->origin.struct_size = sizeof file->origin;
    snnfe_status status = snnfe_network_load(&network, file->path);
    if (status == SNNFE_OK)
        status = snnfe_network_get_origin(network, &file->origin);
    if (status == SNNFE_OK)
        status = copy_trials(file, network);
    snnfe_network_free(network);
    return status;
}

static int list_files(model_folder *folder)
{
    bool there[MODELS_MOST + 1] = {false};
    DIR *directory = opendir(folder->path);
    if (!directory)
        return cli_error("%s: cannot open folder: %s", folder->path, strerror(errno));
    for (struct dirent *e = readdir(directory); e; e = readdir(directory))
        there[fold_of_name(e->d_name)] = true;
    closedir(directory);
    folder->files = calloc(MODELS_MOST, sizeof *folder->files);
    if (!folder->files)
        return cli_error("out of memory");
    for (int64_t fold = 1; fold <= MODELS_MOST; fold++) {
        if (!there[fold])
            continue;
        model_file *file = &folder->files[folder->n++];
        file->fold = fold;
        if (!cli_find_model(file->path, folder->path, fold))
            return CLI_FAILED;
    }
    if (folder->n == 0)
        return cli_error("%s: has no model_fold1.safetensors or the like", folder->path);
    return CLI_OK;
}

static bool tells(const model_file *file)
{
    return file->n_trained > 0;
}

/* Networks of one run, each of the fold that its name says. */
static int check_same_run(const model_folder *folder)
{
    const model_file *first = &folder->files[0];
    for (size_t i = 0; i < folder->n; i++) {
        const model_file *file = &folder->files[i];
        const snnfe_origin *a = &first->origin, *b = &file->origin;
        if (tells(first) != tells(file))
            return cli_error("%s says what trained it, %s does not: they are not of one run",
                             tells(first) ? first->path : file->path,
                             tells(first) ? file->path : first->path);
        if (a->n_folds != b->n_folds)
            return cli_error("%s is of %u groups of subjects, %s of %u: they are not of one run",
                             first->path, (unsigned)a->n_folds, file->path, (unsigned)b->n_folds);
        if (a->data_hash != b->data_hash)
            return cli_error("%s and %s were made from other trials (%016llx, %016llx): they are "
                             "not of one run",
                             first->path, file->path, (unsigned long long)a->data_hash,
                             (unsigned long long)b->data_hash);
        if (a->run_hash != b->run_hash)
            return cli_error("%s and %s were trained with other options or data (%016llx, "
                             "%016llx): they are not of one run",
                             first->path, file->path, (unsigned long long)a->run_hash,
                             (unsigned long long)b->run_hash);
        if (b->fold != 0 && b->fold != file->fold)
            return cli_error("%s is of fold %u", file->path, (unsigned)b->fold);
    }
    return CLI_OK;
}

/* Whether the networks of a run are beside its own manifest: they may have been copied together, or
   a later run have been broken off. */
static bool fits_manifest(uint64_t run, const char *folder, const char *path)
{
    uint64_t written = 0;
    if (run == 0 || !cli_read_run(folder, &written) || written == run)
        return true;
    cli_error("%s/manifest.json is of run %016llx, %s of run %016llx: they do not belong together",
              folder, (unsigned long long)written, path, (unsigned long long)run);
    return false;
}

int models_open(model_folder *folder, const char *path)
{
    *folder = (model_folder){.path = path};
    int exit_code = list_files(folder);
    for (size_t i = 0; exit_code == CLI_OK && i < folder->n; i++) {
        const snnfe_status status = read_file(&folder->files[i]);
        if (status != SNNFE_OK)
            exit_code = cli_failure(status);
    }
    if (exit_code == CLI_OK)
        exit_code = check_same_run(folder);
    if (exit_code == CLI_OK &&
        !fits_manifest(folder->files[0].origin.run_hash, path, folder->files[0].path))
        exit_code = CLI_FAILED;
    if (exit_code != CLI_OK)
        return exit_code;
    folder->told = tells(&folder->files[0]);
    folder->n_folds = folder->files[0].origin.n_folds;
    if (!folder->told || folder->files[0].origin.incomplete)
        fprintf(stderr, "%s: the networks do not tell all that trained them\n", cli_shown(path));
    return CLI_OK;
}

/* --- whose network -------------------------------------------------------------------------- */

static bool has_id(const uint64_t *ids, size_t n, uint64_t id)
{
    size_t low = 0, high = n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && ids[low] == id;
}

/* How much of a subject a network has seen; less is better. */
typedef struct acquaintance {
    size_t n_seen;    /* the subject's trials that trained it */
    bool same_number; /* it was trained on other trials of a subject of this number */
    size_t n_untested;
} acquaintance;

static acquaintance acquainted(const model_file *file, const snnfe_dataset *dataset,
                               size_t n_trials, int32_t subject)
{
    const snnfe_dataset_info info = cli_dataset_info(dataset);
    acquaintance a = {0};
    for (size_t i = 0; i < n_trials; i++) {
        if (info.subjects[i] != subject)
            continue;
        const uint64_t id = info.trial_ids[i];
        a.n_seen += has_id(file->trained, file->n_trained, id);
        a.n_untested += !has_id(file->tested, file->n_tested, id);
    }
    for (size_t i = 0; i < file->n_trained; i++)
        a.same_number = a.same_number || file->subjects[i] == subject;
    return a;
}

static bool is_better(const acquaintance *a, const acquaintance *b)
{
    if (a->n_seen != b->n_seen)
        return a->n_seen < b->n_seen;
    if (a->same_number != b->same_number)
        return b->same_number;
    return a->n_untested < b->n_untested;
}

static int assign_one(const model_folder *folder, const snnfe_dataset *dataset, size_t n_trials,
                      int32_t subject, bool allow_seen, size_t *assigned)
{
    acquaintance best = {0};
    for (size_t i = 0; i < folder->n; i++) {
        const acquaintance a = acquainted(&folder->files[i], dataset, n_trials, subject);
        if (i == 0 || is_better(&a, &best)) {
            best = a;
            *assigned = i;
        }
    }
    if (best.n_seen > 0 && !allow_seen)
        return cli_error(
            "%s: has no network that did not see subject %d: of its %zu networks%s, %s "
            "was trained on the fewest of the subject's trials, %zu (--allow_seen goes "
            "on all the same)",
            folder->path, (int)subject, folder->n,
            (int64_t)folder->n < folder->n_folds ? " (folds are missing)" : "",
            folder->files[*assigned].path, best.n_seen);
    if (best.n_seen == 0 && best.same_number)
        fprintf(stderr,
                "subject %d: other trials of a subject of this number trained every "
                "network in %s\n",
                (int)subject, cli_shown(folder->path));
    return CLI_OK;
}

static int find_fold(const model_folder *folder, int64_t fold, int64_t n_groups, size_t *found)
{
    for (*found = 0; *found < folder->n; (*found)++)
        if (folder->files[*found].fold == fold)
            return CLI_OK;
    return cli_error("%s: has no model_fold%lld.safetensors, for %lld groups of subjects",
                     folder->path, (long long)fold, (long long)n_groups);
}

/* Groups are those of all subjects of the data set. */
static int assign_by_groups(const model_folder *folder, const snnfe_dataset *dataset, size_t n_all,
                            const int32_t *subjects, size_t n_subjects, int64_t n_groups,
                            size_t *assigned)
{
    const int32_t *all = cli_dataset_info(dataset).subject_list;
    int32_t *group = calloc(n_all, sizeof *group);
    if (!group)
        return cli_error("out of memory");
    const snnfe_status status = snnfe_split_groups(n_all, (size_t)n_groups, group);
    int exit_code = status == SNNFE_OK ? CLI_OK : cli_failure(status);
    for (size_t i = 0; exit_code == CLI_OK && i < n_subjects; i++) {
        size_t k = 0;
        while (k + 1 < n_all && all[k] != subjects[i])
            k++;
        exit_code = find_fold(folder, group[k] + 1, n_groups, &assigned[i]);
    }
    free(group);
    return exit_code;
}

int models_assign(const model_folder *folder, const snnfe_dataset *dataset, const int32_t *subjects,
                  size_t n_subjects, int64_t n_groups, bool allow_seen, size_t *assigned)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    const snnfe_status status = snnfe_dataset_get_info(dataset, &info);
    if (status != SNNFE_OK)
        return cli_failure(status);
    if (!folder->told) {
        const int64_t usual =
            info.n_subjects < USUAL_GROUPS ? (int64_t)info.n_subjects : USUAL_GROUPS;
        return assign_by_groups(folder, dataset, info.n_subjects, subjects, n_subjects,
                                n_groups ? n_groups : usual, assigned);
    }
    if (n_groups && folder->n_folds && n_groups != folder->n_folds)
        return cli_error(
            "%lld groups of subjects: the networks in %s are of %lld groups of subjects",
            (long long)n_groups, folder->path, (long long)folder->n_folds);
    int exit_code = CLI_OK;
    for (size_t i = 0; exit_code == CLI_OK && i < n_subjects; i++)
        exit_code =
            assign_one(folder, dataset, info.n_trials, subjects[i], allow_seen, &assigned[i]);
    return exit_code;
}

/* --- one network ---------------------------------------------------------------------------- */

bool models_fits_fold(const snnfe_network *network, const char *path, int64_t fold, int64_t n_folds)
{
    snnfe_origin origin = {.struct_size = sizeof origin};
    if (snnfe_network_get_origin(network, &origin) != SNNFE_OK || origin.fold == 0)
        return true;
    if (origin.fold == fold && origin.n_folds == n_folds)
        return true;
    cli_error("%s is of fold %u of %u, not of fold %lld of %lld (--groups %u)", path,
              (unsigned)origin.fold, (unsigned)origin.n_folds, (long long)fold, (long long)n_folds,
              (unsigned)origin.n_folds);
    return false;
}

bool models_tells(const snnfe_network *network)
{
    const uint64_t *ids = NULL;
    size_t n = 0;
    snnfe_origin origin = {.struct_size = sizeof origin};
    return snnfe_network_get_origin(network, &origin) == SNNFE_OK && !origin.incomplete &&
           snnfe_network_trials(network, SNNFE_TRIALS_TRAINED, &ids, NULL, &n) == SNNFE_OK && n > 0;
}

void models_notice_untold(const snnfe_network *network, const char *path)
{
    if (!models_tells(network))
        fprintf(stderr, "%s: the network does not tell all that trained it\n", cli_shown(path));
}

/* --- where networks come from --------------------------------------------------------------- */

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

#define HASH_START UINT64_C(14695981039346656037)

static uint64_t mix_text(uint64_t hash, const char *text)
{
    return text ? mix(hash, text, strlen(text) + 1) : mix(hash, "", 1);
}

static uint64_t mix_option(uint64_t hash, const cli_option *option)
{
    hash = mix_text(hash, option->name);
    switch (option->kind) {
    case CLI_SWITCH:
        return mix(hash, option->target, sizeof(bool));
    case CLI_IGNORED:
        return hash;
    case CLI_NUMBERS: {
        const cli_numbers *numbers = option->target;
        return mix(hash, numbers->items, numbers->n * sizeof numbers->items[0]);
    }
    case CLI_BOOLEAN:
    case CLI_INTEGER:
        return mix(hash, option->target, sizeof(int64_t));
    case CLI_NUMBER:
        return mix(hash, option->target, sizeof(double));
    case CLI_TEXT:
    case CLI_INPUT:
    case CLI_OUTPUT:
        return mix_text(hash, *(const char *const *)option->target);
    case CLI_LIST: {
        const cli_list *list = option->target;
        return mix(hash, list->items, list->n * sizeof list->items[0]);
    }
    case CLI_NAMES:
        return mix_text(hash, ((const cli_names *)option->target)->given);
    default:
        return mix(hash, option->target, sizeof(int32_t));
    }
}

uint64_t models_run_hash(const cli_option *options, size_t n, const char *const *without)
{
    uint64_t hash = HASH_START;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (without[k] && strcmp(without[k], options[i].name) != 0)
            k++;
        if (!without[k])
            hash = mix_option(hash, &options[i]);
    }
    return hash;
}

uint64_t models_run_id(uint64_t options, const snnfe_dataset *dataset, uint64_t source)
{
    const uint64_t data = cli_data_hash(dataset);
    return mix(mix(options, &source, sizeof source), &data, sizeof data);
}

bool models_run_of(const char *path, uint64_t *run)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    snnfe_network *network = NULL;
    snnfe_origin origin = {.struct_size = sizeof origin};
    if (snnfe_network_load(&network, path) != SNNFE_OK ||
        snnfe_network_get_origin(network, &origin) != SNNFE_OK)
        origin.run_hash = 0;
    snnfe_network_free(network);
    *run = origin.run_hash;
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
    return fits_manifest(origin.run_hash, folder, path);
}

snnfe_status models_set_origin(snnfe_network *network, const snnfe_dataset *dataset, int64_t fold,
                               int64_t n_folds, uint64_t run)
{
    snnfe_dataset_info info = {.struct_size = sizeof info};
    snnfe_origin origin = {.struct_size = sizeof origin};
    snnfe_status status = snnfe_dataset_get_info(dataset, &info);
    if (status == SNNFE_OK)
        status = snnfe_network_get_origin(network, &origin);
    if (status != SNNFE_OK)
        return status;
    uint64_t data = mix(HASH_START, info.trial_ids, info.n_trials * sizeof(uint64_t));
    data = mix(data, info.labels, info.n_trials * sizeof(int32_t));
    data = mix(data, info.subjects, info.n_trials * sizeof(int32_t));
    origin.run_hash = run;
    origin.data_hash = data;
    origin.fold = (uint32_t)fold;
    origin.n_folds = (uint32_t)n_folds;
    return snnfe_network_set_origin(network, &origin);
}
