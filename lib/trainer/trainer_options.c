#include "base/check.h"
#include "base/options.h"
#include "trainer/schedule.h"
#include "trainer/trainer_internal.h"

#include <math.h>

static const char struct_name[] = "snnfe_trainer_options";

static const snnfe_trainer_options default_options = {
    .struct_size = sizeof(snnfe_trainer_options),
    .n_epochs = 20,
    .batch_size = 64,
    .learning_rate = 1e-4,
    .decay_learning_rate = -1.0,
    .time_weight_learning_rate = -1.0,
    .least_learning_rate = 1e-5,
    .beta1 = 0.9,
    .beta2 = 0.999,
    .epsilon = 1e-8,
    .schedule = SNNFE_SCHEDULE_COSINE,
    .seed = 5,
    .n_shards = 16,
    .evaluations_per_epoch = 10,
    .threshold = 0.025,
    .threshold_asymmetry = 1,
};

snnfe_status snnfe_trainer_options_init(snnfe_trainer_options *options, size_t size)
{
    return snnfe_options_fill(options, size, &default_options, sizeof default_options, struct_name);
}

static snnfe_status check_counts(const snnfe_trainer_options *o)
{
    const struct {
        const char *name;
        uint32_t value, least, most;
    } counts[] = {{".n_epochs", o->n_epochs, 1, 100000},
                  {".batch_size", o->batch_size, 1, 65536},
                  {".n_shards", o->n_shards, 1, 1024},
                  {".evaluations_per_epoch", o->evaluations_per_epoch, 0, 1000},
                  {".n_threads", o->n_threads, 0, 1024},
                  {".reserved", o->reserved, 0, 0},
                  {".reserved2", o->reserved2, 0, 0}};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        SNNFE_TRY(snnfe_check_count(struct_name, counts[i].name, counts[i].value, counts[i].least,
                                    counts[i].most));
    SNNFE_TRY(snnfe_check_choice(struct_name, ".schedule", o->schedule, SNNFE_SCHEDULE_COSINE + 1,
                                 "a SNNFE_SCHEDULE_* value"));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".resume", o->resume));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".keep_best", o->keep_best));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".log_start", o->log_start));
    SNNFE_TRY(snnfe_check_switch(struct_name, ".allow_seen", o->allow_seen));
    return snnfe_check_switch(struct_name, ".allow_mismatch", o->allow_mismatch);
}

static snnfe_status check_numbers(const snnfe_trainer_options *o)
{
    const struct {
        const char *name;
        double value;
        bool valid;
        const char *range;
    } numbers[] = {
        {"learning_rate", o->learning_rate, o->learning_rate >= 0, "finite and >= 0"},
        {"decay_learning_rate", o->decay_learning_rate, true, "finite"},
        {"time_weight_learning_rate", o->time_weight_learning_rate, true, "finite"},
        {"least_learning_rate", o->least_learning_rate, o->least_learning_rate >= 0,
         "finite and >= 0"},
        {"beta1", o->beta1, o->beta1 >= 0 && o->beta1 < 1, ">= 0 and < 1"},
        {"beta2", o->beta2, o->beta2 >= 0 && o->beta2 < 1, ">= 0 and < 1"},
        {"epsilon", o->epsilon, (float)o->epsilon > 0, "> 0 in single precision"},
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!isfinite((float)numbers[i].value) || !numbers[i].valid)
            return snnfe_fail(SNNFE_ERR_ARGUMENT, "snnfe_trainer_options.%s is %g, not %s",
                              numbers[i].name, numbers[i].value, numbers[i].range);
    return SNNFE_OK;
}

#define IS_SET(member) SNNFE_IS_SET(o, &default_options, member)

/* What would be taken for done, and is not. */
static snnfe_status check_needs(const snnfe_trainer_options *o,
                                const snnfe_programming_options *way)
{
    static const char device[] = "there is a device", cosine[] = "schedule is COSINE";
    const bool has_device = o->device != NULL, has_units = !snnfe_way_of(way)->reads;
    const bool anneals = o->schedule == SNNFE_SCHEDULE_COSINE;
    /* 0 is what a constant schedule keeps of both, and a stage's period is nobody's choice. */
    const bool own_least = IS_SET(least_learning_rate) && o->least_learning_rate > 0;
    const bool own_period = IS_SET(schedule_epochs) && o->schedule_epochs != SNNFE_PAPER_PERIOD;
    const snnfe_need needs[] = {
        {".least_learning_rate", own_least, anneals, cosine},
        {".schedule_epochs", own_period, anneals, cosine},
        {".levels", IS_SET(levels), has_device, device},
        {".threshold", IS_SET(threshold), has_device, device},
        {".threshold_asymmetry", IS_SET(threshold_asymmetry), has_device, device},
        {".threshold", IS_SET(threshold), has_units, SNNFE_UNLESS_UNITS},
        {".threshold_asymmetry", IS_SET(threshold_asymmetry), has_units, SNNFE_UNLESS_UNITS},
        {".programming", way->method != SNNFE_PROGRAMMING_ACCUMULATE, has_device, device},
        {".wear_log_path", IS_SET(wear_log_path), has_device, device},
        {".ltp_energy_j", IS_SET(ltp_energy_j), has_device, device},
        {".ltd_energy_j", IS_SET(ltd_energy_j), has_device, device},
        {".endurance", IS_SET(endurance), has_device, device},
        {".resume", IS_SET(resume), o->checkpoint_path != NULL, "there is a checkpoint_path"},
    };
    return snnfe_check_needs(struct_name, needs, sizeof needs / sizeof *needs);
}

static snnfe_status check_device(const snnfe_trainer_options *o)
{
    if (o->levels != 0 && (o->levels > 65536 || o->levels % 2 != 0))
        return snnfe_fail(SNNFE_ERR_ARGUMENT,
                          "snnfe_trainer_options.levels is %u, not 0 or even and up to 65536",
                          (unsigned)o->levels);
    SNNFE_TRY(snnfe_check_scale(struct_name, ".threshold", o->threshold));
    SNNFE_TRY(snnfe_check_scale(struct_name, ".threshold_asymmetry", o->threshold_asymmetry));
    const snnfe_wear_options wear = snnfe_trainer_wear_options(o);
    SNNFE_TRY(snnfe_wear_options_check(&wear, struct_name));
    snnfe_programming_options way;
    SNNFE_TRY(snnfe_programming_options_take(&way, o->programming, o->levels));
    return check_needs(o, &way);
}

snnfe_status snnfe_trainer_options_take(snnfe_trainer_options *adopted,
                                        const snnfe_trainer_options *options)
{
    snnfe_trainer_options o;
    SNNFE_TRY(snnfe_options_adopt(&o, &default_options, sizeof o, options, struct_name));
    SNNFE_TRY(check_counts(&o));
    SNNFE_TRY(check_numbers(&o));
    SNNFE_TRY(check_device(&o));
    if (o.decay_learning_rate < 0)
        o.decay_learning_rate = o.learning_rate;
    if (o.time_weight_learning_rate < 0)
        o.time_weight_learning_rate = o.learning_rate;
    /* A constant schedule does not use these: a checkpoint is resumed whatever was given for them.
     */
    if (o.schedule == SNNFE_SCHEDULE_CONSTANT) {
        o.schedule_epochs = 0;
        o.least_learning_rate = 0;
    }
    *adopted = o;
    return SNNFE_OK;
}

snnfe_rates snnfe_trainer_rates(const snnfe_trainer_options *o, uint32_t epoch)
{
    const double rates[3] = {o->learning_rate, o->decay_learning_rate,
                             o->time_weight_learning_rate};
    double now[3];
    for (int i = 0; i < 3; i++)
        now[i] = snnfe_schedule_rate(o->schedule, rates[i], o->least_learning_rate, epoch,
                                     o->schedule_epochs);
    return (snnfe_rates){now[0], now[1], now[2]};
}
