#include "dataset/labels.h"

#include "base/text.h"

#include <string.h>

/* Classes of T0, T1, T2 in the runs of one fist and in those of both fists or both feet; -1: none.
 */
typedef struct cue_map {
    const char *name;
    int8_t fist[3];
    int8_t feet[3];
    const char *classes[4];
} cue_map;

static const cue_map cue_maps[] = {
    [SNNFE_LABELS_LEFT_RIGHT] = {"left/right", {-1, 0, 1}, {-1, -1, -1}, {"left", "right"}},
    [SNNFE_LABELS_FISTS_FEET] = {"fists/feet", {-1, -1, -1}, {-1, 0, 1}, {"fists", "feet"}},
    [SNNFE_LABELS_LEFT_FEET] = {"left/feet", {-1, 0, -1}, {-1, -1, 1}, {"left", "feet"}},
    [SNNFE_LABELS_RIGHT_FEET] = {"right/feet", {-1, -1, 0}, {-1, -1, 1}, {"right", "feet"}},
    [SNNFE_LABELS_LEFT_RIGHT_FEET] = {"left/right/feet",
                                      {-1, 0, 1},
                                      {-1, -1, 2},
                                      {"left", "right", "feet"}},
    [SNNFE_LABELS_LEFT_RIGHT_FISTS_FEET] = {"left/right/fists/feet",
                                            {-1, 0, 1},
                                            {-1, 2, 3},
                                            {"left", "right", "fists", "feet"}},
    [SNNFE_LABELS_REST_LEFT_RIGHT_FEET] = {"rest/left/right/feet",
                                           {0, 1, 2},
                                           {-1, -1, 3},
                                           {"rest", "left", "right", "feet"}},
    [SNNFE_LABELS_REST_FEET] = {"rest/feet", {0, -1, -1}, {-1, -1, 1}, {"rest", "feet"}},
};

enum run_kind { RUN_OTHER, RUN_FIST, RUN_FEET };

/* EEGMMIDB's runs: 3, 7, 11 and 4, 8, 12 one fist; 5, 9, 13 and 6, 10, 14 both fists or feet; the
   first of each pair executed, the second imagined. */
static enum run_kind kind_of(int32_t run, bool *executed)
{
    if (run < 3 || run > 14)
        return RUN_OTHER;
    *executed = run % 2 == 1;
    return (run - 3) % 4 < 2 ? RUN_FIST : RUN_FEET;
}

static bool has_cues(const int8_t classes[3])
{
    return classes[0] >= 0 || classes[1] >= 0 || classes[2] >= 0;
}

static bool offers_run(const snnfe_dataset_options *o, int32_t run)
{
    bool executed = false;
    const enum run_kind kind = kind_of(run, &executed);
    if (kind == RUN_OTHER || executed != (o->executed != 0))
        return false;
    const cue_map *map = &cue_maps[o->label_set];
    return has_cues(kind == RUN_FIST ? map->fist : map->feet);
}

static snnfe_status check_events(snnfe_label_set *set)
{
    const snnfe_dataset_options *o = set->options;
    if (!o->event_names || !o->event_labels || o->n_event_names == 0)
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "label set EVENTS needs event_names and event_labels");
    set->n_classes = 2;
    for (uint32_t i = 0; i < o->n_event_names; i++) {
        if (!o->event_names[i] || o->event_names[i][0] == '\0')
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "event_names[%u] is empty", (unsigned)i);
        const int32_t label = o->event_labels[i];
        if (label < 0 || label > 255)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "event_labels[%u] is %d, not in 0…255",
                              (unsigned)i, (int)label);
        if ((uint32_t)label >= set->n_classes)
            set->n_classes = (uint32_t)label + 1;
    }
    return SNNFE_OK;
}

snnfe_status snnfe_label_set_make(snnfe_label_set *set, const snnfe_dataset_options *o)
{
    *set = (snnfe_label_set){.options = o};
    if (o->label_set == SNNFE_LABELS_EVENTS)
        return check_events(set);
    if (o->label_set < 0 || o->label_set > SNNFE_LABELS_EVENTS)
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "label_set is %d, not in 0…%d", (int)o->label_set,
                          SNNFE_LABELS_EVENTS);
    const cue_map *map = &cue_maps[o->label_set];
    while (set->n_classes < 4 && map->classes[set->n_classes])
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

int32_t snnfe_label_set_class(const snnfe_label_set *set, int32_t run, const char *text)
{
    const snnfe_dataset_options *o = set->options;
    if (o->label_set == SNNFE_LABELS_EVENTS) {
        for (uint32_t i = 0; i < o->n_event_names; i++)
            if (strcmp(o->event_names[i], text) == 0)
                return o->event_labels[i];
        return -1;
    }
    bool executed = false;
    const cue_map *map = &cue_maps[o->label_set];
    if (text[0] != 'T' || text[1] < '0' || text[1] > '2' || text[2] != '\0')
        return -1;
    return (kind_of(run, &executed) == RUN_FIST ? map->fist : map->feet)[text[1] - '0'];
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
