/* Synthetic recordings as BIDS trees: of a montage, a rate and a format. */
#include "base/file.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/text.h"
#include "recording/eegmmidb.h"
#include "synthetic/synthetic_model.h"
#include "synthetic/synthetic_sidecars.h"

#include <snnfe/signal.h>
#include <string.h>

/* --- what is recorded ----------------------------------------------------------------------- */

/* Sessions of a subject differ in all that is random but the subject. */
static snnfe_status make_recording(snnfe_recording *r, const snnfe_synthetic_options *options,
                                   const snnfe_synthetic_subject *subject, uint32_t session,
                                   int32_t run)
{
    snnfe_synthetic_options o = *options;
    o.seed += (session - 1) * UINT64_C(0x9E3779B97F4A7C15);
    return snnfe_synthetic_record(r, &o, subject, run);
}

/* "FPZ" as people write it: "Fpz". No electrode's name is shorter than two letters. */
static void spell(char name[SNNFE_NAME_SIZE])
{
    const size_t n = strlen(name);
    if (name[n - 1] == 'Z')
        name[n - 1] = 'z';
    if (name[0] == 'F' && name[1] == 'P')
        name[1] = 'p';
}

static snnfe_status choose_channels(snnfe_recording *r, const snnfe_synthetic_options *o)
{
    snnfe_channels channels;
    if (o->channel_names)
        SNNFE_TRY(snnfe_channels_take(&channels, o->channel_names, o->n_channels,
                                      "snnfe_synthetic_options.channel_names"));
    else
        snnfe_eegmmidb_channels(&channels);
    SNNFE_TRY(snnfe_recording_select(r, "a synthetic head", &channels));
    for (size_t c = 0; c < r->n_channels; c++)
        spell(r->names[c]);
    return SNNFE_OK;
}

static snnfe_status change_rate(snnfe_recording *r, uint32_t rate_hz)
{
    size_t n = 0;
    if (rate_hz == SNNFE_SYNTHETIC_RATE)
        return SNNFE_OK;
    SNNFE_TRY(snnfe_resample(r->samples, r->n_channels, r->n_samples, SNNFE_SYNTHETIC_RATE, rate_hz,
                             &n, NULL));
    float *changed = snnfe_alloc_raw(r->n_channels * n, sizeof *changed);
    if (!changed)
        return SNNFE_ERR_MEMORY;
    const snnfe_status status = snnfe_resample(r->samples, r->n_channels, r->n_samples,
                                               SNNFE_SYNTHETIC_RATE, rate_hz, &n, changed);
    snnfe_release(r->samples);
    r->samples = changed;
    r->n_samples = n;
    r->sampling_rate_hz = rate_hz;
    return status;
}

/* Names for what T0, T1 and T2 mean in a run. */
static void name_events(snnfe_recording *r, int32_t run)
{
    const bool both = run > 2 && (run - 3) % 4 >= 2;
    for (size_t e = 0; e < r->n_events; e++) {
        const char code = r->events[e].text[1];
        r->events[e].text = code == '0'   ? "rest"
                            : code == '1' ? (both ? "hands" : "left_hand")
                                          : (both ? "feet" : "right_hand");
    }
}

/* --- where it is written -------------------------------------------------------------------- */

static const char *task_of(int32_t run)
{
    return run <= 2 ? "rest" : run % 2 == 0 ? "imagery" : "execution";
}

static snnfe_status write_as(const char *stem, const snnfe_recording *r, int32_t format)
{
    static const char *const endings[] = {".edf", ".bdf", ".vhdr"};
    snnfe_text path = {0};
    snnfe_text_append(&path, "%s_eeg%s", stem, endings[format]);
    snnfe_status status = path.failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
    if (status == SNNFE_OK)
        status = format == SNNFE_FORMAT_BRAINVISION
                     ? snnfe_synthetic_write_brainvision(path.data, r)
                     : snnfe_synthetic_write_edf(path.data, r, format);
    snnfe_text_release(&path);
    return status;
}

/* Into the folder of the session, which is made. */
static snnfe_status write_run(const char *folder, const char *name, const snnfe_recording *r,
                              const snnfe_synthetic_options *o, int32_t run)
{
    snnfe_text session = {0}, recording = {0};
    snnfe_text_append(&session, "%s/%s", folder, name);
    snnfe_text_append(&recording, "%s/%s_task-%s_run-%d", folder, name, task_of(run), (int)run);
    const snnfe_bids_stem stem = {session.data, recording.data, task_of(run), o->line_hz};
    snnfe_status status = session.failed || recording.failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
    if (status == SNNFE_OK)
        status = snnfe_folder_create(folder);
    if (status == SNNFE_OK)
        status = write_as(stem.recording, r, o->format);
    if (status == SNNFE_OK)
        status = snnfe_synthetic_write_sidecars(&stem, r);
    if (status == SNNFE_OK && run == snnfe_synthetic_run(o, 0)) /* once for a session */
        status = snnfe_synthetic_write_places(&stem, r);
    snnfe_text_release(&session);
    snnfe_text_release(&recording);
    return status;
}

snnfe_status snnfe_synthetic_write_bids_run(const char *root, const snnfe_synthetic_options *o,
                                            const snnfe_synthetic_subject *subject,
                                            uint32_t session, int32_t run)
{
    snnfe_recording r = {0};
    snnfe_text folder = {0};
    char label[16] = "", name[40];
    if (o->n_sessions > 1)
        snnfe_format(label, sizeof label, "ses-%u", (unsigned)session);
    snnfe_format(name, sizeof name, "sub-%02d%s%s", (int)subject->number, *label ? "_" : "", label);
    snnfe_text_append(&folder, "%s/sub-%02d/%s%seeg", root, (int)subject->number, label,
                      *label ? "/" : "");
    snnfe_status status = folder.failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
    if (status == SNNFE_OK)
        status = make_recording(&r, o, subject, session, run);
    if (status == SNNFE_OK)
        status = choose_channels(&r, o);
    if (status == SNNFE_OK)
        status = change_rate(&r, o->sampling_rate_hz);
    if (status == SNNFE_OK) {
        name_events(&r, run);
        status = write_run(folder.data, name, &r, o, run);
    }
    snnfe_recording_release(&r);
    snnfe_text_release(&folder);
    return status;
}

snnfe_status snnfe_synthetic_write_bids(const char *root, const snnfe_synthetic_options *o)
{
    SNNFE_TRY(snnfe_folder_create(root));
    return snnfe_synthetic_write_description(root, o->n_subjects);
}
