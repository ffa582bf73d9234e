/* The hash of what a device does: checkpoints hold it, so it stays; and it knows all that
   programming depends on, nothing else. */
#include "device/device_internal.h"
#include "devices.h"

typedef struct given {
    snnfe_device_options device;
    snnfe_cells_options cells;
    snnfe_pulse_form forms[2];
    double table[3][3], aging[2][3];
} given;

static given defaults(void)
{
    given g = {.device = device_defaults(),
               .forms = {{.amplitude = {0.1, 0.2}, .alpha = {1.5, 2}, .beta = {2, 1.5}},
                         {.amplitude = {0.3, 0.4}, .alpha = {1, 3}, .beta = {3, 1}}},
               .table = {{0, 0.5, 1}, {0.1, 0.2, 0.3}, {0.3, 0.2, 0.1}},
               .aging = {{0, 10, 100}, {1, 2, 0.5}}};
    assert_ok(snnfe_cells_options_init(&g.cells, sizeof g.cells));
    return g;
}

static uint64_t hash_of(given *g)
{
    g->device.cells = &g->cells;
    g->device.table_w = g->table[0];
    g->device.table_ltp = g->table[1];
    g->device.table_ltd = g->table[2];
    g->device.n_table = g->device.response == SNNFE_RESPONSE_TABLE ? 3 : 0;
    g->device.forms = g->forms;
    g->device.n_forms = 2;
    g->cells.aging_pulses = g->aging[0];
    g->cells.aging_factors = g->aging[1];
    snnfe_device *device = device_make(&g->device);
    const uint64_t hash = snnfe_device_hash(device);
    snnfe_device_free(device);
    return hash;
}

#define EVERYTHING 5

/* 0 is the default device, the others have more to them, the last has everything. */
static given kind(int number)
{
    given g = defaults();
    if (number == 1)
        g.device.response = SNNFE_RESPONSE_TABLE;
    if (number == EVERYTHING)
        g.cells.retention = SNNFE_RETENTION_POWER;
    if (number == 2 || number == EVERYTHING) {
        g.device.c2c_distribution = SNNFE_SPREAD_LOGNORMAL;
        g.device.rsd_c2c_state = 0.25;
        g.device.policy = SNNFE_POLICY_NEAREST;
    }
    if (number == 3 || number == EVERYTHING) {
        g.cells.imprint = 0.5;
        g.cells.held_s = 2;
        g.cells.history = -0.5;
    }
    if (number == 4 || number == EVERYTHING) {
        g.cells.spread_amplitude = 0.25;
        g.cells.endurance = 1000;
        g.cells.n_aging = 3;
    }
    return g;
}

START_TEST(hashes_stay)
{
    static const uint64_t hashes[EVERYTHING + 1] = {
        UINT64_C(0x4d2b042de7b0cda9), UINT64_C(0x3287156774d36d51), UINT64_C(0x1ee21a3d80dcf35c),
        UINT64_C(0xf982f32fcc7495c7), UINT64_C(0x7d8bccaa5e3a820c), UINT64_C(0xbdb2f29043b3d93a)};
    for (int i = 0; i <= EVERYTHING; i++) {
        given g = kind(i);
        const uint64_t hash = hash_of(&g);
        ck_assert_msg(hash == hashes[i], "kind %d has %#llx", i, (unsigned long long)hash);
    }
    /* A spread below 0 at high conductances, an imprint and histories, each alone. */
    for (int i = 0; i < 4; i++) {
        given g = defaults(), none = defaults();
        none.cells.held_s = g.cells.held_s = 0.5;
        *(i == 0   ? &g.device.rsd_c2c_state
          : i == 1 ? &g.cells.imprint
                   : &g.cells.history) = i == 1 || i == 2 ? 0.25 : -0.25;
        ck_assert(hash_of(&g) != hash_of(&none));
    }
}
END_TEST

/* Each of a kind's numbers in turn is another one. */
static void check_numbers(int number, size_t offset, size_t n, bool matters)
{
    for (size_t i = 0; i < n; i++) {
        given before = kind(number), after = kind(number);
        double value;
        char *at = (char *)&after + offset + i * sizeof value;
        memcpy(&value, at, sizeof value);
        value = value > 1e300 ? 1 : value * 0.875 + 0.06;
        memcpy(at, &value, sizeof value);
        ck_assert_msg((hash_of(&before) != hash_of(&after)) == matters,
                      "kind %d, offset %zu, [%zu]", number, offset, i);
    }
}

#define CHECK(number, member, matters)                                                             \
    check_numbers(number, offsetof(given, member), sizeof((given *)0)->member / sizeof(double),    \
                  matters)

START_TEST(hashes_know_what_programming_depends_on)
{
    CHECK(0, device.amplitude, true);
    CHECK(0, device.alpha, true);
    CHECK(0, device.beta, true);
    CHECK(0, device.scale, true);
    CHECK(0, device.asymmetry, true);
    CHECK(0, device.rsd_c2c, true);
    CHECK(0, device.sigma_add, true);
    CHECK(0, device.sigma_mul, true);
    CHECK(0, device.bounds, true);
    CHECK(0, device.rsd_c2c_state, true);
    CHECK(1, table[0][1], true);
    CHECK(1, table[1], true);
    CHECK(1, table[2], true);
    CHECK(1, device.amplitude, false);
    CHECK(EVERYTHING, device.rsd_c2c_state, true);
    CHECK(EVERYTHING, forms[0].amplitude, true);
    CHECK(EVERYTHING, forms[1].alpha, true);
    CHECK(EVERYTHING, forms[1].beta, true);
    CHECK(0, forms[0].amplitude, false); /* not picked from */
    CHECK(0, device.energy_j, false);    /* what it costs is not what it does */
    CHECK(3, cells.imprint, true);
    CHECK(3, cells.imprint_s, true);
    CHECK(3, cells.held_s, true);
    CHECK(3, cells.history, true);
    CHECK(3, cells.history_pulses, true);
    CHECK(0, cells.imprint_s, false);
    CHECK(0, cells.history_pulses, false);
    CHECK(4, cells.spread_amplitude, true);
    CHECK(4, cells.spread_alpha, true);
    CHECK(4, cells.spread_beta, true);
    CHECK(4, cells.spread_window, true);
    CHECK(4, cells.correlation, true);
    CHECK(4, cells.truncation, true);
    CHECK(4, cells.stuck_low, true);
    CHECK(4, cells.stuck_high, true);
    CHECK(4, cells.stuck_anywhere, true);
    CHECK(4, cells.pulses_before, true);
    CHECK(4, cells.wakeup_pulses, true);
    CHECK(4, cells.wakeup_start, true);
    CHECK(4, cells.fatigue_pulses, true);
    CHECK(4, cells.fatigue_exponent, true);
    CHECK(4, cells.fatigue_end, true);
    CHECK(4, cells.endurance, true);
    CHECK(4, cells.endurance_spread, true);
    CHECK(4, aging[0][0], true);
    CHECK(4, aging[1], true);
    CHECK(0, cells.truncation, false);
    CHECK(EVERYTHING, cells.retention_s, false);
    CHECK(EVERYTHING, cells.retention_rest, false);
    CHECK(EVERYTHING, cells.read_noise, false);
    CHECK(EVERYTHING, cells.wire, false);
    for (int i = 0; i < 2; i++) {
        given g = kind(4), other = kind(4);
        if (i)
            other.cells.array++;
        else
            other.cells.distribution = SNNFE_SPREAD_LOGNORMAL;
        ck_assert(hash_of(&g) != hash_of(&other));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("device_hash");
    TCase *all = tcase_create("all");
    tcase_add_test(all, hashes_stay);
    tcase_add_test(all, hashes_know_what_programming_depends_on);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
