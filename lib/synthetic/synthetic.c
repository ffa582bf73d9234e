/* Options, and a tree of files. */
#include "recording/eegmmidb.h"
#include "synthetic/synthetic_model.h"

#include "base/check.h"
#include "base/file.h"
#include "base/floating.h"
#include "base/options.h"
#include "base/pool.h"
#include "base/text.h"

#include <math.h>

#define MAX_SUBJECTS 109
#define MAX_TRIALS 15
#define MAX_UV 1000.0

static const char struct_name[] = "snnfe_synthetic_options";

static const snnfe_synthetic_options default_options = {
    .struct_size = sizeof(snnfe_synthetic_options),
    .seed = 5,
    .n_subjects = 10,
    .trials_per_run = 15,
    .effect = 0.6,
    .subject_spread = 0.5,
    .noise_uv = 10,
    .line_uv = 2,
    .blink_uv = 100,
    .glance_share = 1,
    .sampling_rate_hz = SNNFE_SYNTHETIC_RATE,
    .n_sessions = 1,
    .line_hz = 60,
};

snnfe_status snnfe_synthetic_options_init(snnfe_synthetic_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

static snnfe_status check_runs(const snnfe_synthetic_options *o)
{
    SNNFE_TRY(snnfe_check_array(struct_name, ".runs", o->runs, o->n_runs));
    if (o->runs)
        SNNFE_TRY(snnfe_check_count(struct_name, ".n_runs", o->n_runs, 1, SNNFE_LAST_RUN));
    for (size_t i = 0; i < o->n_runs; i++) {
        if (o->runs[i] < 1 || o->runs[i] > SNNFE_LAST_RUN)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.runs[%zu] is %d, not in 1…%d", struct_name, i,
                              (int)o->runs[i], SNNFE_LAST_RUN);
        for (size_t j = 0; j < i; j++)
            if (o->runs[j] == o->runs[i])
                return snnfe_fail(SNNFE_ERR_ARGUMENT, "%s.runs has %d twice", struct_name,
                                  (int)o->runs[i]);
    }
    return SNNFE_OK;
}

#define IS_SET(member) SNNFE_IS_SET(o, &default_options, member)

/* Trees of EEGMMIDB have one shape. */
static snnfe_status check_needs(const snnfe_synthetic_options *o)
{
    static const char bids[] = "layout is BIDS";
    const bool is_bids = o->layout == SNNFE_LAYOUT_BIDS;
    const snnfe_need needs[] = {
        {".format", IS_SET(format), is_bids, bids},
        {".sampling_rate_hz", IS_SET(sampling_rate_hz), is_bids, bids},
        {".n_sessions", IS_SET(n_sessions), is_bids, bids},
        {".channel_names", IS_SET(channel_names), is_bids, bids},
        {".glance_share", IS_SET(glance_share), o->glance_uv > 0, "there are glances (glance_uv)"},
    };
    return snnfe_check_needs(struct_name, needs, sizeof needs / sizeof *needs);
}

static snnfe_status check_layout(const snnfe_synthetic_options *o)
{
    SNNFE_TRY(snnfe_check_choice(struct_name, ".layout", o->layout, 2, "EEGMMIDB or BIDS"));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".format", o->format, 3, "EDF, BDF or BRAINVISION"));
    SNNFE_TRY(snnfe_check_count(struct_name, ".sampling_rate_hz", o->sampling_rate_hz, 100, 1000));
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_sessions", o->n_sessions, 1, 9));
    SNNFE_TRY(snnfe_check_array(struct_name, ".channel_names", o->channel_names, o->n_channels));
    if (o->channel_names)
        SNNFE_TRY(
            snnfe_check_count(struct_name, ".n_channels", o->n_channels, 1, SNNFE_MAX_CHANNELS));
    return SNNFE_OK;
}

snnfe_status snnfe_synthetic_options_take(snnfe_synthetic_options *adopted,
                                          const snnfe_synthetic_options *options)
{
    SNNFE_TRY(snnfe_options_adopt(adopted, &default_options, sizeof default_options, options,
                                  struct_name));
    const snnfe_synthetic_options *o = adopted;
    SNNFE_TRY(snnfe_check_count(struct_name, ".n_subjects", o->n_subjects, 1, MAX_SUBJECTS));
    SNNFE_TRY(snnfe_check_count(struct_name, ".trials_per_run", o->trials_per_run, 1, MAX_TRIALS));
    SNNFE_TRY(snnfe_check_number(struct_name, ".effect", o->effect, 0, 1));
    SNNFE_TRY(snnfe_check_number(struct_name, ".subject_spread", o->subject_spread, 0, 1));
    SNNFE_TRY(snnfe_check_number(struct_name, ".noise_uv", o->noise_uv, 1e-3, MAX_UV));
    SNNFE_TRY(snnfe_check_number(struct_name, ".line_uv", o->line_uv, 0, MAX_UV));
    SNNFE_TRY(snnfe_check_number(struct_name, ".line_hz", o->line_hz, 1, 79));
    SNNFE_TRY(snnfe_check_number(struct_name, ".blink_uv", o->blink_uv, 0, MAX_UV));
    SNNFE_TRY(snnfe_check_number(struct_name, ".glance_uv", o->glance_uv, 0, MAX_UV));
    SNNFE_TRY(snnfe_check_number(struct_name, ".glance_share", o->glance_share, 0, 1));
    SNNFE_TRY(check_layout(o));
    SNNFE_TRY(check_needs(o));
    return check_runs(o);
}

int32_t snnfe_synthetic_run(const snnfe_synthetic_options *options, size_t index)
{
    return options->runs ? options->runs[index] : (int32_t)index + 1;
}

size_t snnfe_synthetic_run_count(const snnfe_synthetic_options *options)
{
    return options->runs ? options->n_runs : SNNFE_LAST_RUN;
}

/* --- the tree ------------------------------------------------------------------------------- */

typedef struct tree {
    const char *root;
    const snnfe_synthetic_options *options;
} tree;

static snnfe_status write_plain(const tree *t, const snnfe_synthetic_subject *subject, int32_t run)
{
    snnfe_recording recording = {0};
    SNNFE_TRY(snnfe_synthetic_record(&recording, t->options, subject, run));
    char path[4096];
    const snnfe_status status =
        snnfe_tree_path(path, sizeof path, t->root, subject->number, run)
            ? snnfe_synthetic_write_edf(path, &recording, SNNFE_FORMAT_EDF)
            : snnfe_fail(SNNFE_ERR_ARGUMENT, "%.100s…: path is too long", t->root);
    snnfe_recording_release(&recording);
    return status;
}

static snnfe_status write_recording(void *context, size_t task, uint32_t worker)
{
    (void)worker;
    const tree *t = context;
    const size_t n_runs = snnfe_synthetic_run_count(t->options);
    const size_t of_subject = n_runs * t->options->n_sessions;
    const int32_t run = snnfe_synthetic_run(t->options, task % n_runs);
    const uint32_t session = (uint32_t)(task % of_subject / n_runs) + 1;
    snnfe_synthetic_subject subject;
    snnfe_synthetic_subject_make(&subject, t->options, (int32_t)(task / of_subject) + 1);
    return t->options->layout == SNNFE_LAYOUT_BIDS
               ? snnfe_synthetic_write_bids_run(t->root, t->options, &subject, session, run)
               : write_plain(t, &subject, run);
}

static snnfe_status create_folders(const char *root, uint32_t n_subjects)
{
    for (uint32_t number = 1; number <= n_subjects; number++) {
        snnfe_text path = {0};
        snnfe_text_append(&path, "%s/S%03u", root, (unsigned)number);
        const snnfe_status status = path.failed ? SNNFE_ERR_MEMORY : snnfe_folder_create(path.data);
        snnfe_text_release(&path);
        SNNFE_TRY(status);
    }
    return SNNFE_OK;
}

static snnfe_status synthetic_write(const char *root, const snnfe_synthetic_options *options)
{
    if (!root || root[0] == '\0')
        return snnfe_fail(SNNFE_ERR_ARGUMENT, "root is %s", root ? "empty" : "NULL");
    snnfe_synthetic_options o;
    SNNFE_TRY(snnfe_synthetic_options_take(&o, options));
    SNNFE_TRY(o.layout == SNNFE_LAYOUT_BIDS ? snnfe_synthetic_write_bids(root, &o)
                                            : create_folders(root, o.n_subjects));
    tree t = {.root = root, .options = &o};
    const snnfe_sink sink = {.log = o.log, .progress = o.progress, .user_data = o.user_data};
    snnfe_pool *pool = NULL;
    SNNFE_TRY(snnfe_pool_create(&pool, o.n_threads));
    const snnfe_status status =
        snnfe_pool_run(pool, o.n_subjects * o.n_sessions * snnfe_synthetic_run_count(&o),
                       write_recording, &t, &sink, "write");
    snnfe_pool_free(pool);
    return status;
}

snnfe_status snnfe_synthetic_write(const char *root, const snnfe_synthetic_options *options)
{
    SNNFE_RETURN_COMPUTED(synthetic_write(root, options));
}
