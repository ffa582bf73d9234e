#include "synthetic/synthetic_sidecars.h"

#include "base/text.h"
#include "recording/edf.h"
#include "recording/electrodes.h"

#include <math.h>

#define HEAD_M 0.095 /* radius of the head */

/* The ears and the nasion lie 115 degrees from Cz, in the plane z = 0 of BIDS's CapTrak system,
   whose origin is between the ears. */
#define EAR_M (HEAD_M * 0.90630778703664996)
#define CENTER_M (HEAD_M * 0.42261826174069944)

/* Saves and releases the text. */
static snnfe_status save(snnfe_text *text, const char *stem, const char *ending)
{
    snnfe_text path = {0};
    snnfe_text_append(&path, "%s%s", stem, ending);
    const snnfe_status status = path.failed ? SNNFE_ERR_MEMORY : snnfe_text_save(text, path.data);
    snnfe_text_release(&path);
    snnfe_text_release(text);
    return status;
}

static snnfe_status write_events(const char *stem, const snnfe_recording *r)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "onset\tduration\ttrial_type\n");
    const double end_s = (double)r->n_samples / r->sampling_rate_hz;
    for (size_t e = 0; e < r->n_events; e++) {
        const double onset_s = r->events[e].onset_s;
        const double next_s = e + 1 < r->n_events ? r->events[e + 1].onset_s : end_s;
        snnfe_text_append(&text, "%.10g\t%.10g\t%s\n", onset_s, next_s - onset_s,
                          r->events[e].text);
    }
    return save(&text, stem, "_events.tsv");
}

static snnfe_status write_channels(const char *stem, const snnfe_recording *r)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "name\ttype\tunits\tsampling_frequency\tstatus\n");
    for (size_t c = 0; c < r->n_channels; c++)
        snnfe_text_append(&text, "%s\tEEG\t\xc2\xb5V\t%.10g\tgood\n", r->names[c],
                          r->sampling_rate_hz);
    return save(&text, stem, "_channels.tsv");
}

static snnfe_status write_description(const snnfe_bids_stem *stem, const snnfe_recording *r)
{
    snnfe_text text = {0};
    snnfe_text_append(&text,
                      "{\n  \"TaskName\": \"%s\",\n  \"SamplingFrequency\": %.10g,\n"
                      "  \"EEGReference\": \"none: " SNNFE_SYNTHETIC_MARK "\",\n"
                      "  \"PowerLineFrequency\": %.10g,\n  \"SoftwareFilters\": \"n/a\",\n"
                      "  \"RecordingType\": \"continuous\",\n  \"RecordingDuration\": %.10g,\n"
                      "  \"EEGChannelCount\": %u\n}\n",
                      stem->task, r->sampling_rate_hz, stem->line_hz,
                      (double)r->n_samples / r->sampling_rate_hz, (unsigned)r->n_channels);
    return save(&text, stem->recording, "_eeg.json");
}

static snnfe_status write_electrodes(const char *stem, const snnfe_recording *r)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "name\tx\ty\tz\n");
    for (size_t c = 0; c < r->n_channels; c++) {
        snnfe_electrode electrode;
        double at[3] = {0};
        if (snnfe_electrode_find(r->names[c], &electrode))
            snnfe_electrode_direction(&electrode, at);
        snnfe_text_append(&text, "%s\t%.6f\t%.6f\t%.6f\n", r->names[c], HEAD_M * at[0],
                          HEAD_M * at[1], HEAD_M * at[2] + CENTER_M);
    }
    return save(&text, stem, "_electrodes.tsv");
}

static snnfe_status write_coordinates(const char *stem)
{
    snnfe_text text = {0};
    snnfe_text_append(&text,
                      "{\n  \"EEGCoordinateSystem\": \"CapTrak\",\n"
                      "  \"EEGCoordinateUnits\": \"m\",\n  \"AnatomicalLandmarkCoordinates\": {\n"
                      "    \"NAS\": [0, %.6f, 0],\n    \"LPA\": [%.6f, 0, 0],\n"
                      "    \"RPA\": [%.6f, 0, 0]\n  },\n"
                      "  \"AnatomicalLandmarkCoordinateSystem\": \"CapTrak\",\n"
                      "  \"AnatomicalLandmarkCoordinateUnits\": \"m\"\n}\n",
                      EAR_M, -EAR_M, EAR_M);
    return save(&text, stem, "_coordsystem.json");
}

snnfe_status snnfe_synthetic_write_sidecars(const snnfe_bids_stem *stem, const snnfe_recording *r)
{
    SNNFE_TRY(write_events(stem->recording, r));
    SNNFE_TRY(write_channels(stem->recording, r));
    return write_description(stem, r);
}

snnfe_status snnfe_synthetic_write_places(const snnfe_bids_stem *stem, const snnfe_recording *r)
{
    SNNFE_TRY(write_electrodes(stem->session, r));
    return write_coordinates(stem->session);
}

static snnfe_status write_participants(const char *root, uint32_t n_subjects)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "participant_id\tage\tsex\n");
    for (uint32_t s = 1; s <= n_subjects; s++)
        snnfe_text_append(&text, "sub-%02u\tn/a\tn/a\n", (unsigned)s);
    return save(&text, root, "/participants.tsv");
}

snnfe_status snnfe_synthetic_write_description(const char *root, uint32_t n_subjects)
{
    snnfe_text text = {0};
    snnfe_text_append(&text, "{\n  \"Name\": \"" SNNFE_SYNTHETIC_MARK
                             "\",\n  \"BIDSVersion\": \"1.8.0\",\n  \"DatasetType\": \"raw\",\n"
                             "  \"License\": \"CC0\",\n  \"Authors\": [\"libsnnfe\"]\n}\n");
    SNNFE_TRY(save(&text, root, "/dataset_description.json"));
    snnfe_text_append(&text, "Synthetic recordings, made by snnfe-synth. No result obtained from "
                             "them says anything about people.\n");
    SNNFE_TRY(save(&text, root, "/README"));
    return write_participants(root, n_subjects);
}
