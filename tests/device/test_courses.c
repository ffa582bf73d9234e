/* What pulses, steps of every way, time and reading make of every kind of device stays: the same
   seeds give the same numbers in later versions, too. */
#include "device/kinds.h"
#include "devices.h"
#include "digest.h"

enum { N = 48, STATES = SNNFE_WAY_STATES * N };
enum { PULSES, TRAIN, AGE, READ, STEPS, N_NUMBERS = STEPS + SNNFE_PROGRAMMING_PAIRS + 1 };

static const uint64_t seed = (UINT64_C(1) << 35) + 3, first = 100;
static const double bound = 0.0625;

static double pulse(const snnfe_device *device)
{
    digest d = {0};
    double w[N];
    for (size_t i = 0; i < N; i++)
        w[i] = (double)i / (N - 1);
    for (uint64_t k = 0; k < 12; k++) {
        const uint64_t number = k < 9 ? k : (UINT64_C(1) << 40) + k;
        assert_ok(
            snnfe_device_pulse(device, k / 3 % 2 ? SNNFE_LTD : SNNFE_LTP, w, N, seed, number));
        digest_add_all(&d, w, N);
    }
    return d.sum;
}

static double train(const snnfe_device *device)
{
    enum { LENGTH = 24 };
    digest d = {0};
    int32_t directions[LENGTH];
    double w[LENGTH + 1];
    for (int k = 0; k < LENGTH; k++)
        directions[k] = k / 5 % 2 ? SNNFE_LTD : SNNFE_LTP;
    assert_ok(snnfe_device_pulse_train(device, directions, LENGTH, 0.3, seed, w));
    digest_add_all(&d, w, LENGTH + 1);
    return d.sum;
}

static void begin(float *weights)
{
    for (size_t i = 0; i < N; i++)
        weights[i] = (float)(0.9 * bound * cos((double)i));
}

static snnfe_cells_options cells_of(const snnfe_device *device)
{
    snnfe_device_options o = {.struct_size = sizeof o};
    assert_ok(snnfe_device_get_options(device, &o));
    return o.cells ? *o.cells : cells_defaults();
}

/* Time and readings where cells lose by them; elsewhere they are refused. */
static double age(const snnfe_device *device)
{
    const snnfe_cells_options cells = cells_of(device);
    digest d = {0};
    float weights[N];
    begin(weights);
    assert_ok(snnfe_device_age(device, weights, N, bound, first, 10,
                               cells.retention == SNNFE_RETENTION_NONE ? 10 : 2000,
                               cells.read_disturb > 0 ? 30 : 0));
    for (size_t i = 0; i < N; i++)
        digest_add(&d, (double)weights[i]);
    return d.sum;
}

static double read(const snnfe_device *device)
{
    const snnfe_cells_options cells = cells_of(device);
    digest d = {0};
    float weights[N];
    begin(weights);
    if (cells.read_noise > 0 || cells.read_noise_state > 0 || cells.wire > 0 ||
        cells.adc_bits > 0 || cells.reference_spread > 0)
        assert_ok(snnfe_device_read(device, weights, N, N / 4, bound, first, seed));
    for (size_t i = 0; i < N; i++)
        digest_add(&d, (double)weights[i]);
    return d.sum;
}

typedef struct arrays {
    float weights[N], sums[N], updates[N], states[STATES], runs[2 * N], imprints[N];
    uint32_t pulses[2][N], second[2 * N];
} arrays;

static void add_arrays(digest *d, const arrays *a)
{
    for (size_t i = 0; i < N; i++) {
        digest_add(d, (double)a->weights[i]);
        digest_add(d, (double)a->sums[i]);
        digest_add(d, a->pulses[0][i]);
        digest_add(d, a->pulses[1][i]);
    }
    for (size_t i = 0; i < 2 * N; i++) {
        digest_add(d, (double)a->runs[i]);
        digest_add(d, a->second[i]);
    }
    for (size_t i = 0; i < STATES; i++)
        digest_add(d, (double)a->states[i]);
}

static double step(const snnfe_device *device, int32_t method)
{
    digest d = {0};
    arrays a = {.weights = {0}};
    snnfe_device_step_options o;
    snnfe_programming_options way;
    assert_ok(snnfe_device_step_options_init(&o, sizeof o));
    assert_ok(snnfe_programming_options_init(&way, sizeof way));
    way.method = method;
    way.period = 2;
    way.shift_pairs = 2;
    way.refresh = 0.5;
    way.most_pulses = 4;
    way.fast_rate = 1.5;
    way = device_way(way);
    if (method != SNNFE_PROGRAMMING_VERIFY) {
        o.threshold = 0.02;
        o.threshold_asymmetry = 1.3;
    }
    o.levels = method == SNNFE_PROGRAMMING_MIXED ? 40 : 0;
    o.bound = bound;
    o.seed = seed;
    o.step = (UINT64_C(1) << 33) + 1;
    o.offset = first;
    o.histories = a.runs;
    o.imprints = a.imprints;
    o.states = a.states;
    o.second_pulses = a.second;
    o.programming = &way;
    begin(a.weights);
    for (size_t i = 0; i < N; i++)
        a.imprints[i] = sinf((float)i);
    for (int k = 0; k < 8; k++, o.step++) {
        uint64_t ltp = 0, ltd = 0;
        for (size_t i = 0; i < N; i++)
            a.updates[i] = 0.006F * sinf((float)(i + 37 * (size_t)k));
        assert_ok(snnfe_device_step(device, &o, a.weights, a.sums, a.updates, N, a.pulses[0],
                                    a.pulses[1], &ltp, &ltd));
        digest_add(&d, (double)ltp);
        digest_add(&d, (double)ltd);
        add_arrays(&d, &a);
    }
    return d.sum;
}

/* In the order of kinds, and of numbers. */
static const double courses[][N_NUMBERS] = {
    {0.17207754, -0.33587210, 1.15571295, 1.15571295, -4.96650058, 14.62600215, 13.12334249,
     178.35244492, 145.89031094, 4.79325214, -3.47942437},
    {-0.00293851, -0.40200961, 1.15571295, 1.15571295, -5.00196332, 14.62945306, 13.14358489,
     173.05845577, 164.48910023, 37.09716756, -22.42069200},
    {0.24195141, -0.41702066, 1.15571295, 1.15571295, -4.99340617, 14.61817474, 13.14264277,
     170.18587761, 155.75840667, 68.70244837, -13.12447869},
    {0.18529786, -0.10137537, 1.15571295, 1.15571295, -4.98262139, 14.62154540, 13.15412570,
     166.98587626, 144.93618681, 26.86949861, -21.51740129},
    {0.25561114, -0.60027328, 1.15571295, 1.15571295, -4.95513322, 14.54023199, 13.10745649,
     188.60775281, 163.60744654, 26.84354813, -74.11037138},
    {0.17207754, -0.33587210, 1.15571295, 1.15571295, -5.05739518, 14.60621272, 13.16093328,
     171.03338623, 172.25010045, 41.39245471, -13.02722850},
    {0.25561114, -0.60027328, 1.15571295, 1.15571295, -5.08312341, 14.60432601, 13.16655348,
     171.03338623, 172.25010045, 31.96628646, -27.51160766},
    {0.39433253, -0.41201627, 1.15571295, 1.15571295, -5.05534458, 14.52410739, 13.11229786,
     168.28606928, 158.57573833, 61.48087479, -5.07238164},
    {0.59894801, -0.25539885, 1.15571295, 1.15571295, -4.96121273, 14.58833613, 13.13732469,
     175.37188619, 164.22024103, 65.44716284, -3.98151870},
    {0.11378271, -0.43698706, 1.15571295, 1.15571295, -5.04235424, 14.58400783, 13.09398013,
     174.21975498, 145.01435499, 46.66724734, -8.92788822},
    {0.19631172, -0.42194495, 1.15571295, 1.15571295, -5.05384512, 14.57191156, 13.10387402,
     171.93363502, 150.60750795, 35.00357295, -9.16770718},
    {1.02955044, -0.16120555, 1.15571295, 1.15571295, -4.88957636, 14.84851493, 13.29615305,
     177.46413256, 164.37994653, 3.06962855, 2.78799212},
    {0.04216480, -0.33912906, 1.15571295, 1.15571295, -4.98899404, 14.67600642, 13.14087575,
     165.53227817, 154.94509643, 28.73894950, 2.35694683},
    {-0.14831685, 0.25244130, 1.15571295, 1.15571295, -4.97879814, 14.66356075, 13.18027127,
     174.33187323, 158.58794932, 41.60466322, 7.79562297},
    {0.05354826, -0.16997108, 1.15571295, 1.15571295, -5.00009036, 14.61838674, 13.16262950,
     167.27995933, 152.72542395, 21.90427091, -30.02893445},
    {0.03779795, -0.11270495, 1.15571295, 1.15571295, -5.00451528, 14.62862170, 13.16660012,
     163.18502041, 147.41391284, 24.75288470, -37.54845333},
    {0.03311495, -0.03885673, 1.15571295, 1.15571295, -4.95625622, 14.69012790, 13.12837518,
     178.35171744, 145.83333329, 50.61308141, -21.39770665},
    {0.39295666, -0.57387766, 1.15571295, 1.15571295, -4.13002413, 14.26598192, 15.26613350,
     201.22921557, 181.15434236, 112.00935503, 16.09439523},
    {0.17207754, -0.33587210, 0.24254291, 1.15571295, -4.96650058, 14.62600215, 13.12334249,
     178.35244492, 145.89031094, 4.79325214, -3.47942437},
    {0.17207754, -0.33587210, 1.15571295, 0.71619252, -4.96650058, 14.62600215, 13.12334249,
     178.35244492, 145.89031094, 54.11980460, -3.47942437},
    {0.11432545, 0.25244130, 0.72677771, 1.15617291, -4.14043613, 14.41675826, 15.44305977,
     167.68942330, 171.39814530, 56.29483247, 4.73525124},
};

static void make_all(const snnfe_device *device, double made[N_NUMBERS])
{
    made[PULSES] = pulse(device);
    made[TRAIN] = train(device);
    made[AGE] = age(device);
    made[READ] = read(device);
    for (int32_t method = 0; method <= SNNFE_PROGRAMMING_PAIRS; method++)
        made[STEPS + method] = step(device, method);
}

START_TEST(courses_stay)
{
    double made[N_NUMBERS];
    ck_assert_uint_eq(n_device_kinds, sizeof courses / sizeof courses[0]);
    snnfe_device *device = device_of_kind(&device_kinds[_i]);
    make_all(device, made);
    for (int k = 0; k < N_NUMBERS; k++)
        ck_assert_msg(fabs(made[k] - courses[_i][k]) < 1e-5, "%s, number %d: %.9g, not %.9g",
                      device_kinds[_i].name, k, made[k], courses[_i][k]);
    snnfe_device_free(device);
}
END_TEST

/* --- one effect alone ------------------------------------------------------------------------- */

typedef struct both {
    snnfe_device_options device;
    snnfe_cells_options cells;
} both;

/* What an option changes when nothing else is there, however small it is. Pairs
   only rise. */
enum {
    OF_PULSES = 1 << PULSES | 1 << TRAIN,
    OF_STEPS = (1 << N_NUMBERS) - (1 << STEPS),
    OF_VERIFY = 1 << (STEPS + SNNFE_PROGRAMMING_VERIFY),
    PROGRAMMING = OF_PULSES | OF_STEPS
};

static const struct {
    const char *name;
    size_t offset;
    double value;
    int changes;
} options[] = {
#define DEVICE(field, value, changes)                                                              \
    {                                                                                              \
#field, offsetof(both, device.field), value, changes                                       \
    }
#define CELLS(field, value, changes)                                                               \
    {                                                                                              \
#field, offsetof(both, cells.field), value, changes                                        \
    }
    DEVICE(scale, 0.5, PROGRAMMING),
    DEVICE(asymmetry, 0.5, PROGRAMMING & ~(1 << (STEPS + SNNFE_PROGRAMMING_PAIRS))),
    DEVICE(rsd_c2c, 0.5, PROGRAMMING),
    DEVICE(rsd_c2c_state, 0.5, PROGRAMMING),
    DEVICE(rsd_c2c_state, -0.5, 0),
    DEVICE(sigma_add, 0.5, PROGRAMMING),
    DEVICE(sigma_mul, 0.5, PROGRAMMING),
    CELLS(spread_amplitude, 0.5, PROGRAMMING),
    CELLS(spread_alpha, 0.5, PROGRAMMING),
    CELLS(spread_beta, 0.5, PROGRAMMING),
    CELLS(spread_window, 0.5, PROGRAMMING | 1 << AGE),
    CELLS(stuck_low, 0.5, PROGRAMMING | 1 << AGE),
    CELLS(stuck_high, 0.5, PROGRAMMING | 1 << AGE),
    CELLS(stuck_anywhere, 0.5, PROGRAMMING | 1 << AGE),
    CELLS(wakeup_pulses, 0.5, PROGRAMMING),
    CELLS(fatigue_pulses, 0.5, PROGRAMMING),
    CELLS(endurance, 0.5, PROGRAMMING),
    CELLS(pulses_before, 0.5, 0),
    CELLS(imprint, 0.5, PROGRAMMING),
    CELLS(history, 0.5, PROGRAMMING),
    CELLS(history, -0.5, PROGRAMMING),
    CELLS(read_noise, 0.5, 1 << READ | OF_VERIFY),
    CELLS(read_noise_state, 0.5, 1 << READ | OF_VERIFY),
    CELLS(wire, 0.5, 1 << READ),
    CELLS(read_disturb, 0.5, 1 << AGE),
#undef DEVICE
#undef CELLS
};

START_TEST(each_option_has_its_effect_alone)
{
    both b = {.device = device_defaults(), .cells = cells_defaults()};
    double without[N_NUMBERS], with[N_NUMBERS];
    b.device.cells = &b.cells;
    b.cells.array = 1;
    b.cells.held_s = 0.5;
    b.cells.wakeup_start = 0.5;
    b.cells.fatigue_end = 0.5;
    b.cells.retention = SNNFE_RETENTION_POWER;
    snnfe_device *device = device_make(&b.device);
    make_all(device, without);
    snnfe_device_free(device);
    memcpy((char *)&b + options[_i].offset, &options[_i].value, sizeof(double));
    device = device_make(&b.device);
    make_all(device, with);
    snnfe_device_free(device);
    for (int k = 0; k < N_NUMBERS; k++)
        ck_assert_msg((with[k] < without[k] || with[k] > without[k]) ==
                          (options[_i].changes >> k & 1),
                      "%s %g, number %d: %.9g, without it %.9g", options[_i].name,
                      options[_i].value, k, with[k], without[k]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("courses");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, courses_stay, 0, (int)n_device_kinds);
    tcase_add_loop_test(all, each_option_has_its_effect_alone, 0,
                        sizeof options / sizeof options[0]);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
