/* Names of options where the library's messages have others. */
#include "cli.h"

#include <string.h>

/* A field or argument, and a program's option for it; of several that the program has the first. */
static const char *const names[][2] = {
    {"asymmetry", "A_asym"},
    {"band_high_hz", "bands"},
    {"band_low_hz", "bands"},
    {"batch_size", "finetuning_batch_size"},
    {"batch_size", "pretraining_batch_size"},
    {"batch_size", "retuning_batch_size"},
    {"channel_mean_uv", "statistics"},
    {"channel_names", "channels"},
    {"channel_std_uv", "statistics"},
    {"decay_learning_rate", "finetune_lr"},
    {"decay_learning_rate", "lr"},
    {"early_confidence", "early"},
    {"envelope_hop_s", "envelope_hop"},
    {"envelope_window_s", "envelope_window"},
    {"event_labels", "events"},
    {"event_names", "events"},
    {"filter_high_hz", "high_hz"},
    {"filter_kind", "filter"},
    {"filter_low_hz", "low_hz"},
    {"label_set", "labels"},
    {"learning_rate", "finetune_lr"},
    {"learning_rate", "lr"},
    {"least_learning_rate", "least_lr"},
    {"levels", "q"},
    {"ltd_energy_j", "ltd_energy"},
    {"ltp_energy_j", "ltp_energy"},
    {"n_columns", "columns"},
    {"n_epochs", "finetune_epochs"},
    {"n_epochs", "pretrain_epochs"},
    {"n_epochs", "retuning_epochs"},
    {"n_folds", "subject_folds"},
    {"n_hidden", "hidden"},
    {"n_lags", "lags"},
    {"n_replay", "replay"},
    {"n_rows", "rows"},
    {"n_sessions", "sessions"},
    {"n_subjects", "subjects"},
    {"notch_hz", "notch"},
    {"notch_width_hz", "notch_width"},
    {"reference_names", "references"},
    {"sampling_rate_hz", "rate"},
    {"sampling_rate_hz", "rate_hz"},
    {"scale", "A_scale"},
    {"spread_amplitude", "spread"},
    {"threshold", "thr"},
    {"threshold_asymmetry", "thr_asym"},
    {"time_weight_learning_rate", "finetune_lr"},
    {"time_weight_learning_rate", "lr"},
};

static const cli_program *running;

void cli_know_names(const cli_program *program)
{
    running = program;
}

static bool belongs_to_a_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool mentions(const char *message, const char *name)
{
    const size_t length = strlen(name);
    for (const char *p = strstr(message, name); p; p = strstr(p + 1, name))
        if (!(p > message && belongs_to_a_name(p[-1])) && !belongs_to_a_name(p[length]))
            return true;
    return false;
}

static bool has_option(const char *name)
{
    for (size_t i = 0; running && i < running->n_options; i++)
        if (strcmp(running->options[i].name, name) == 0)
            return true;
    return false;
}

void cli_tell_names(const char *message)
{
    const char *told = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(told, names[i][0]) != 0 && mentions(message, names[i][0]) &&
            has_option(names[i][1])) {
            told = names[i][0];
            fprintf(stderr, "%s is --%s here\n", told, names[i][1]);
        }
}
