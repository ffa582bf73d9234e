#include "train_log.h"

#include "base/memory.h"
#include "base/text.h"

#include <math.h>
#include <string.h>

snnfe_status snnfe_record_list_add(snnfe_record_list *list, const snnfe_trainer_record *row)
{
    if (list->n == list->capacity) {
        const size_t capacity = list->capacity ? 2 * list->capacity : 64;
        snnfe_trainer_record *rows =
            snnfe_realloc(list->rows, list->capacity, capacity, sizeof *rows);
        if (!rows)
            return SNNFE_ERR_MEMORY;
        list->rows = rows;
        list->capacity = capacity;
    }
    list->rows[list->n++] = *row;
    return SNNFE_OK;
}

void snnfe_record_list_release(snnfe_record_list *list)
{
    snnfe_release(list->rows);
    *list = (snnfe_record_list){0};
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

static void append_accuracies(snnfe_text *text, const snnfe_trainer_record *row)
{
    append_number(text, row->validation_accuracy);
    append_number(text, row->class_accuracy[0]);
    append_number(text, row->class_accuracy[1]);
    append_number(text, row->test_accuracy);
}

static snnfe_status save(snnfe_text *text, const char *path)
{
    const snnfe_status status = snnfe_text_save(text, path);
    snnfe_text_release(text);
    return status;
}

snnfe_status snnfe_train_log_save_epochs(const snnfe_record_list *list, const char *phase,
                                         const char *path)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "Phase,Epoch,Train_Loss,Val_Accuracy,Class0_Accuracy,Class1_Accuracy,"
                             "Test_Accuracy,learning_rate\n");
    for (size_t i = 0; i < list->n; i++) {
        const snnfe_trainer_record *row = &list->rows[i];
        append_phase(&text, phase);
        snnfe_text_append(&text, ",%u", (unsigned)row->epoch);
        append_number(&text, row->train_loss);
        append_accuracies(&text, row);
        append_number(&text, row->learning_rate);
        snnfe_text_append(&text, "\n");
    }
    return save(&text, path);
}

snnfe_status snnfe_train_log_save_samples(const snnfe_record_list *list, const char *phase,
                                          const char *path)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "Phase,Epoch,BatchIdx,SamplesSeen,Val_Accuracy,Class0_Accuracy,"
                             "Class1_Accuracy,Test_Accuracy,LTP_crossings,LTD_crossings,"
                             "Total_LTP_crossings,Total_LTD_crossings\n");
    for (size_t i = 0; i < list->n; i++) {
        const snnfe_trainer_record *row = &list->rows[i];
        append_phase(&text, phase);
        snnfe_text_append(&text, ",%u,%u,%llu", (unsigned)row->epoch, (unsigned)row->batch,
                          (unsigned long long)row->samples_seen);
        append_accuracies(&text, row);
        snnfe_text_append(&text, ",%llu,%llu,%llu,%llu\n", (unsigned long long)row->ltp_crossings,
                          (unsigned long long)row->ltd_crossings,
                          (unsigned long long)row->total_ltp_crossings,
                          (unsigned long long)row->total_ltd_crossings);
    }
    return save(&text, path);
}
