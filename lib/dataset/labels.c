#include "dataset/labels.h"

#include "base/check.h"
#include "base/format.h"
#include "base/names.h"
#include "dataset/dataset_internal.h"

#include <string.h>

#define MAX_CUE_CLASSES 5

/* Classes of T0, T1, T2 in the runs of one fist, in those of both fists or both feet, and of T0 in
   the baselines with eyes open (run 1) and closed (run 2); -1: none. */
typedef struct cue_map {
    const char *name;
    int8_t fist[3];
    int8_t feet[3];
    int8_t baseline[2];
    const char *classes[MAX_CUE_CLASSES];
} cue_map;

#define NO_BASELINE                                                                                \
    {                                                                                              \
        -1, -1                                                                                     \
    }

/* clang-format off */
static const cue_map cue_maps[] = {
    [SNNFE_LABELS_LEFT_RIGHT] =
        {"left/right", {-1, 0, 1}, {-1, -1, -1}, NO_BASELINE, {"left", "right"}},
    [SNNFE_LABELS_FISTS_FEET] =
        {"fists/feet", {-1, -1, -1}, {-1, 0, 1}, NO_BASELINE, {"fists", "feet"}},
    [SNNFE_LABELS_LEFT_FEET] =
        {"left/feet", {-1, 0, -1}, {-1, -1, 1}, NO_BASELINE, {"left", "feet"}},
    [SNNFE_LABELS_RIGHT_FEET] =
        {"right/feet", {-1, -1, 0}, {-1, -1, 1}, NO_BASELINE, {"right", "feet"}},
    [SNNFE_LABELS_LEFT_RIGHT_FEET] =
        {"left/right/feet", {-1, 0, 1}, {-1, -1, 2}, NO_BASELINE, {"left", "right", "feet"}},
    [SNNFE_LABELS_LEFT_RIGHT_FISTS_FEET] =
        {"left/right/fists/feet", {-1, 0, 1}, {-1, 2, 3}, NO_BASELINE, {"left", "right", "fists", "feet"}},
    [SNNFE_LABELS_REST_LEFT_RIGHT_FEET] =
        {"rest/left/right/feet", {0, 1, 2}, {-1, -1, 3}, NO_BASELINE, {"rest", "left", "right", "feet"}},
    [SNNFE_LABELS_REST_FEET] =
        {"rest/feet", {0, -1, -1}, {-1, -1, 1}, NO_BASELINE, {"rest", "feet"}},
    [SNNFE_LABELS_BASELINE_FEET] =
        {"baseline/feet", {-1, -1, -1}, {-1, -1, 1}, {0, -1}, {"rest", "feet"}},
    [SNNFE_LABELS_BASELINES_LEFT_RIGHT_FISTS_FEET] =
        {"baselines/left/right/fists/feet", {-1, 1, 2}, {-1, 3, 4}, {0, 0},
         {"rest", "left", "right", "fists", "feet"}},
};
/* clang-format on */

enum run_kind { RUN_OTHER, RUN_BASELINE, RUN_FIST, RUN_FEET };

/* EEGMMIDB's runs: 3, 7, 11 and 4, 8, 12 one fist; 5, 9, 13 and 6, 10, 14 both fists or feet; the
   first of each pair executed, the second imagined. Runs 1 and 2 are baselines. */
static enum run_kind kind_of(int32_t run, bool *executed)
{
    if (run < 1 || run > 14)
        return RUN_OTHER;
    if (run < 3)
        return RUN_BASELINE;
    *executed = run % 2 == 1;
    return (run - 3) % 4 < 2 ? RUN_FIST : RUN_FEET;
}

/* Class of the cue T0, T1 or T2 (0…2) in a run, -1 for none. */
static int32_t class_of_cue(const cue_map *map, int32_t run, int cue)
{
    bool executed = false;
    switch (kind_of(run, &executed)) {
    case RUN_BASELINE:
        return cue == 0 ? map->baseline[run - 1] : -1;
    case RUN_FIST:
        return map->fist[cue];
    case RUN_FEET:
        return map->feet[cue];
    default:
        return -1;
    }
}

static bool offers_run(const snnfe_dataset_options *o, int32_t run)
{
    bool executed = o->executed != 0;
    const enum run_kind kind = kind_of(run, &executed);
    const cue_map *map = &cue_maps[o->label_set];
    if (kind == RUN_OTHER || executed != (o->executed != 0))
        return false;
    for (int cue = 0; cue < 3; cue++)
        if (class_of_cue(map, run, cue) >= 0)
            return true;
    return false;
}

static snnfe_status check_event_name(const snnfe_dataset_options *o, uint32_t index)
{
    const char *name = o->event_names[index];
    SNNFE_TRY(snnfe_name_check("event_names", index, name, SNNFE_CLASS_NAME_SIZE));
    for (uint32_t i = 0; i < index; i++)
        if (strcmp(o->event_names[i], name) == 0)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "event_names has \"%s\" twice", name);
    return SNNFE_OK;
}

static snnfe_status check_events(snnfe_label_set *set)
{
    const snnfe_dataset_options *o = set->options;
    if (!o->event_names || !o->event_labels || o->n_event_names == 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "label set EVENTS needs event_names and event_labels");
    set->n_classes = 2;
    for (uint32_t i = 0; i < o->n_event_names; i++) {
        SNNFE_TRY(check_event_name(o, i));
        const int32_t label = o->event_labels[i];
        if (label < -1 || label >= SNNFE_MAX_CLASSES)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "event_labels[%u] is %d, not in -1…%d",
                              (unsigned)i, (int)label, SNNFE_MAX_CLASSES - 1);
        if (label >= (int32_t)set->n_classes)
            set->n_classes = (uint32_t)label + 1;
    }
    return SNNFE_OK;
}

snnfe_status snnfe_label_set_make(snnfe_label_set *set, const snnfe_dataset_options *o)
{
    *set = (snnfe_label_set){.options = o};
    if (o->label_set == SNNFE_LABELS_EVENTS)
        return check_events(set);
    SNNFE_TRY(snnfe_check_integer("snnfe_dataset_options", ".label_set", o->label_set, 0,
                                  SNNFE_LABELS_LAST));
    const cue_map *map = &cue_maps[o->label_set];
    while (set->n_classes < MAX_CUE_CLASSES && map->classes[set->n_classes])
        set->n_classes++;
    for (size_t i = 0; i < o->n_runs; i++)
        if (!offers_run(o, o->runs[i]))
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "runs[%zu] is %d: no run of %s %s", i,
                              (int)o->runs[i], o->executed ? "executed" : "imagined", map->name);
    return SNNFE_OK;
}

bool snnfe_label_set_uses_run(const snnfe_label_set *set, int32_t run)
{
    const snnfe_dataset_options *o = set->options;
    if (o->runs) {
        for (size_t i = 0; i < o->n_runs; i++)
            if (o->runs[i] == run)
                return true;
        return false;
    }
    return o->label_set == SNNFE_LABELS_EVENTS || offers_run(o, run);
}

int64_t snnfe_label_set_name(const snnfe_label_set *set, const char *text)
{
    const snnfe_dataset_options *o = set->options;
    if (o->label_set != SNNFE_LABELS_EVENTS)
        return -1;
    for (uint32_t i = 0; i < o->n_event_names; i++)
        if (strcmp(o->event_names[i], text) == 0)
            return i;
    return -1;
}

int32_t snnfe_label_set_class(const snnfe_label_set *set, int32_t run, const char *text)
{
    const snnfe_dataset_options *o = set->options;
    if (o->label_set == SNNFE_LABELS_EVENTS) {
        const int64_t name = snnfe_label_set_name(set, text);
        if (name >= 0)
            return o->event_labels[name];
        return o->other_events == SNNFE_OTHERS_IGNORED ? SNNFE_EVENT_IGNORED : SNNFE_EVENT_ENDS;
    }
    if (text[0] != 'T' || text[1] < '0' || text[1] > '2' || text[2] != '\0')
        return SNNFE_EVENT_IGNORED;
    return class_of_cue(&cue_maps[o->label_set], run, text[1] - '0');
}

void snnfe_label_set_class_name(const snnfe_label_set *set, int32_t label, char *name, size_t size)
{
    const snnfe_dataset_options *o = set->options;
    const char *found = NULL;
    if (o->label_set != SNNFE_LABELS_EVENTS)
        found = cue_maps[o->label_set].classes[label];
    for (uint32_t i = 0; !found && i < o->n_event_names; i++)
        if (o->event_labels[i] == label)
            found = o->event_names[i];
    if (found)
        snnfe_format(name, size, "%s", found);
    else
        snnfe_format(name, size, "class %d", (int)label);
}
