#include "train_log.h"

#include "base/memory.h"

#include <math.h>
#include <string.h>

/* Room for `capacity` rows; those that are there stay. */
static snnfe_status make_room(snnfe_record_list *list, size_t capacity)
{
    snnfe_trainer_record *rows = snnfe_realloc(list->rows, list->capacity, capacity, sizeof *rows);
    if (!rows)
        return SNNFE_ERR_MEMORY;
    list->rows = rows;
    double *classes = snnfe_realloc(list->class_accuracy, list->capacity * list->n_classes,
                                    capacity * list->n_classes, sizeof *classes);
    if (!classes)
        return SNNFE_ERR_MEMORY;
    list->class_accuracy = classes;
    list->capacity = capacity;
    return SNNFE_OK;
}

snnfe_status snnfe_record_list_allocate(snnfe_record_list *list, size_t n)
{
    list->rows = snnfe_alloc(n, sizeof *list->rows);
    list->class_accuracy = snnfe_alloc(n, list->n_classes * sizeof *list->class_accuracy);
    if (!list->rows || !list->class_accuracy)
        return SNNFE_ERR_MEMORY;
    list->n = list->capacity = n;
    return SNNFE_OK;
}

snnfe_status snnfe_record_list_add(snnfe_record_list *list, const snnfe_trainer_record *row,
                                   const double *class_accuracy)
{
    if (list->n == list->capacity)
        SNNFE_TRY(make_room(list, list->capacity ? 2 * list->capacity : 64));
    memcpy(list->class_accuracy + list->n * list->n_classes, class_accuracy,
           list->n_classes * sizeof *class_accuracy);
    list->rows[list->n++] = *row;
    return SNNFE_OK;
}

void snnfe_record_list_release(snnfe_record_list *list)
{
    snnfe_release(list->rows);
    snnfe_release(list->class_accuracy);
    *list = (snnfe_record_list){.n_classes = list->n_classes};
}

/* Quoted where CSV needs it. */
static void append_phase(snnfe_text *text, const char *phase)
{
    if (phase[strcspn(phase, ",\"\r\n")] == '\0') {
        snnfe_text_append(text, "%s", phase);
        return;
    }
    snnfe_text_append(text, "\"");
    for (const char *c = phase; *c; c++)
        snnfe_text_append(text, *c == '"' ? "\"%c" : "%c", *c);
    snnfe_text_append(text, "\"");
}

static void append_number(snnfe_text *text, double value)
{
    if (isnan(value))
        snnfe_text_append(text, ",");
    else
        snnfe_text_append(text, ",%.10g", value);
}

/* The paper has two classes; further ones have columns behind theirs. */
static void append_class_names(snnfe_text *text, size_t n_classes)
{
    for (size_t c = 0; c < n_classes; c++)
        snnfe_text_append(text, "Class%zu_Accuracy,", c);
}

static void append_accuracies(snnfe_text *text, const snnfe_record_list *list, size_t i)
{
    append_number(text, list->rows[i].validation_accuracy);
    for (size_t c = 0; c < list->n_classes; c++)
        append_number(text, list->class_accuracy[i * list->n_classes + c]);
    append_number(text, list->rows[i].test_accuracy);
}

void snnfe_train_log_append_run(snnfe_text *text, uint64_t run)
{
    if (run)
        snnfe_text_append(text, ",%016llx\n", (unsigned long long)run);
    else
        snnfe_text_append(text, ",\n");
}

/* Behind all that the paper's logs have. */
#define LAST_COLUMNS ",Val_Trial_Accuracy,Test_Trial_Accuracy,Run\n"

static void append_last(snnfe_text *text, const snnfe_trainer_record *row, uint64_t run)
{
    append_number(text, row->validation_trial_accuracy);
    append_number(text, row->test_trial_accuracy);
    snnfe_train_log_append_run(text, run);
}

static snnfe_status save(snnfe_text *text, const char *path)
{
    const snnfe_status status = snnfe_text_save(text, path);
    snnfe_text_release(text);
    return status;
}

snnfe_status snnfe_train_log_save_epochs(const snnfe_record_list *list, const char *phase,
                                         uint64_t run, const char *path)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "Phase,Epoch,Train_Loss,Val_Accuracy,");
    append_class_names(&text, list->n_classes);
    snnfe_text_append(&text, "Test_Accuracy,learning_rate" LAST_COLUMNS);
    for (size_t i = 0; i < list->n; i++) {
        const snnfe_trainer_record *row = &list->rows[i];
        append_phase(&text, phase);
        snnfe_text_append(&text, ",%u", (unsigned)row->epoch);
        append_number(&text, row->train_loss);
        append_accuracies(&text, list, i);
        append_number(&text, row->learning_rate);
        append_last(&text, row, run);
    }
    return save(&text, path);
}

snnfe_status snnfe_train_log_save_samples(const snnfe_record_list *list, const char *phase,
                                          uint64_t run, const char *path)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "Phase,Epoch,BatchIdx,SamplesSeen,Val_Accuracy,");
    append_class_names(&text, list->n_classes);
    snnfe_text_append(&text, "Test_Accuracy,LTP_crossings,LTD_crossings,Total_LTP_crossings,"
                             "Total_LTD_crossings" LAST_COLUMNS);
    for (size_t i = 0; i < list->n; i++) {
        const snnfe_trainer_record *row = &list->rows[i];
        append_phase(&text, phase);
        snnfe_text_append(&text, ",%u,%u,%llu", (unsigned)row->epoch, (unsigned)row->batch,
                          (unsigned long long)row->samples_seen);
        append_accuracies(&text, list, i);
        snnfe_text_append(&text, ",%llu,%llu,%llu,%llu", (unsigned long long)row->ltp_crossings,
                          (unsigned long long)row->ltd_crossings,
                          (unsigned long long)row->total_ltp_crossings,
                          (unsigned long long)row->total_ltd_crossings);
        append_last(&text, row, run);
    }
    return save(&text, path);
}
