#include "cues.h"

#include <stdlib.h>
#include <string.h>

static bool add(live_cues *cues, size_t *used, const char *text, size_t length, int32_t class)
{
    if (cues->n == CLI_NAMES_SIZE || *used + length + 1 > sizeof cues->text) {
        cli_error("--cues: more names than there is room for");
        return false;
    }
    char *copy = cues->text + *used;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *used += length + 1;
    for (size_t i = 0; i < cues->n; i++)
        if (strcmp(cues->texts[i], copy) == 0) {
            cli_error("--cues: \"%s\" is there twice", copy);
            return false;
        }
    cues->texts[cues->n] = copy;
    cues->classes[cues->n++] = class;
    return true;
}

/* A class by name or number; -1 for none. */
static int32_t find_class(const char *text, uint32_t n_classes, const char *const *class_names)
{
    for (uint32_t c = 0; c < n_classes; c++)
        if (strcmp(class_names[c], text) == 0)
            return (int32_t)c;
    char *end = NULL;
    const long number = strtol(text, &end, 10);
    return end != text && *end == '\0' && number >= 0 && number < (long)n_classes ? (int32_t)number
                                                                                  : -1;
}

static bool add_given(live_cues *cues, size_t *used, const char *item, size_t place,
                      uint32_t n_classes, const char *const *class_names)
{
    const char *equals = strrchr(item, '=');
    const int32_t class = equals ? find_class(equals + 1, n_classes, class_names)
                                 : (int32_t)(place < n_classes ? place : n_classes);
    if (equals && class < 0) {
        cli_error("--cues: \"%s\" is no class; there are %u, from \"%s\" to \"%s\"", equals + 1,
                  (unsigned)n_classes, class_names[0], class_names[n_classes - 1]);
        return false;
    }
    if (class == (int32_t)n_classes) {
        cli_error("--cues: \"%s\" is number %zu, but there are %u classes; TEXT=CLASS gives an "
                  "annotation's class",
                  item, place + 1, (unsigned)n_classes);
        return false;
    }
    return add(cues, used, item, equals ? (size_t)(equals - item) : strlen(item), class);
}

/* Whether T1 and T2 are the classes 0 and 1. */
static bool is_cued_by_t1_t2(const snnfe_dataset_info *info)
{
    return info->label_set == SNNFE_LABELS_LEFT_RIGHT || info->label_set == SNNFE_LABELS_FISTS_FEET;
}

bool live_cues_make(live_cues *cues, const cli_names *given, const snnfe_dataset *dataset,
                    uint32_t n_classes, const char *const *class_names)
{
    size_t used = 0;
    cues->n = 0;
    for (size_t i = 0; i < given->n; i++)
        if (!add_given(cues, &used, given->items[i], i, n_classes, class_names))
            return false;
    if (given->n > 0)
        return true;
    snnfe_dataset_info info = {.struct_size = sizeof info};
    if (dataset && snnfe_dataset_get_info(dataset, &info) != SNNFE_OK)
        return false;
    if (dataset ? is_cued_by_t1_t2(&info) : n_classes == 2)
        return add(cues, &used, "T1", 2, 0) && add(cues, &used, "T2", 2, 1);
    if (dataset && info.label_set == SNNFE_LABELS_EVENTS) {
        for (uint32_t c = 0; c < n_classes && c < CLI_NAMES_SIZE; c++)
            if (!add(cues, &used, class_names[c], strlen(class_names[c]), (int32_t)c))
                return false;
        return true;
    }
    cli_error(
        "the classes are \"%s\" to \"%s\": --cues has to say which annotation begins which, such "
        "as T1=%s",
        class_names[0], class_names[n_classes - 1], class_names[n_classes - 1]);
    return false;
}

int32_t live_cues_class(const live_cues *cues, const char *text)
{
    for (size_t i = 0; i < cues->n; i++)
        if (strcmp(cues->texts[i], text) == 0)
            return cues->classes[i];
    return -1;
}
