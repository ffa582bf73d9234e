#include "recording/bdf_status.h"

#include "recording/channels.h"
#include "recording/event_list.h"

#include <string.h>

#define TRIGGER_BITS 0xFFFF

static const snnfe_edf_signal *find_status(const snnfe_edf_file *file)
{
    for (size_t i = 0; i < file->n_signals; i++) {
        char name[SNNFE_NAME_SIZE];
        snnfe_channel_name_plain(file->signals[i].label, name);
        if (strcmp(name, "STATUS") == 0)
            return &file->signals[i];
    }
    return NULL;
}

static uint32_t trigger_at(const snnfe_edf_file *file, const snnfe_edf_signal *status, size_t t)
{
    const uint8_t *record =
        file->content + file->header_size + t / status->n_samples * file->record_size;
    const uint8_t *bytes = record + status->offset + t % status->n_samples * file->sample_bytes;
    return (uint32_t)snnfe_edf_sample(file, bytes) & TRIGGER_BITS;
}

static snnfe_status add_trigger(snnfe_event_list *list, double onset_s, uint32_t trigger)
{
    char text[8];
    const int size = snnfe_format(text, sizeof text, "%u", (unsigned)trigger);
    return snnfe_event_list_add(list, onset_s, text, (size_t)size);
}

static snnfe_status list_triggers(const snnfe_edf_file *file, const snnfe_edf_signal *status,
                                  snnfe_event_list *list)
{
    const size_t n = file->n_records * status->n_samples;
    const double step_s = file->record_s / (double)status->n_samples;
    uint32_t last = trigger_at(file, status, 0);
    for (size_t t = 1; t < n; t++) {
        const uint32_t trigger = trigger_at(file, status, t);
        if (trigger != last && trigger != 0)
            SNNFE_TRY(add_trigger(list, (double)t * step_s, trigger));
        last = trigger;
    }
    return SNNFE_OK;
}

snnfe_status snnfe_bdf_status_read(const snnfe_edf_file *file, snnfe_recording *recording)
{
    const snnfe_edf_signal *status = file->bdf && !file->plus ? find_status(file) : NULL;
    if (!status)
        return SNNFE_OK;
    size_t n_doubled = 0;
    snnfe_event_list list = {.path = file->path};
    snnfe_status result = list_triggers(file, status, &list);
    if (result == SNNFE_OK)
        result = snnfe_event_list_give(&list, 0, recording, &n_doubled);
    snnfe_event_list_release(&list);
    return result;
}
