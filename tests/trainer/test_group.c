/* Members that train together: the same bits as one alone, for any number of them. Here members are
   threads and messages go through memory. */
#include "devices.h"
#include "small.h"

#include <math.h>
#include <pthread.h>

#define MAX_RANKS 20

/* One message on its way between two members. */
typedef struct mailbox {
    void *data;
    size_t size;
    bool full;
} mailbox;

typedef struct office {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint32_t n_ranks;
    mailbox boxes[MAX_RANKS][MAX_RANKS]; /* from, to */
    size_t n_bytes;
    bool broken; /* from now on nothing arrives */
} office;

typedef struct member {
    office *office;
    snnfe_group group;
    snnfe_network *network;
    snnfe_trainer *trainer;
    const char *checkpoint;
    uint32_t n_epochs;
    bool resume;
    const snnfe_device_options *device;   /* NULL: the defaults */
    const snnfe_programming_options *way; /* likewise */
    snnfe_status status;
    char message[512];
} member;

static int32_t post(uint32_t to, const void *data, size_t size, void *user_data)
{
    member *m = user_data;
    office *o = m->office;
    mailbox *box = &o->boxes[m->group.rank][to];
    pthread_mutex_lock(&o->lock);
    while (box->full)
        pthread_cond_wait(&o->changed, &o->lock);
    box->data = malloc(size);
    memcpy(box->data, data, size);
    box->size = size;
    box->full = true;
    o->n_bytes += size;
    pthread_cond_broadcast(&o->changed);
    pthread_mutex_unlock(&o->lock);
    return 0;
}

static int32_t fetch(uint32_t from, void *data, size_t size, void *user_data)
{
    member *m = user_data;
    office *o = m->office;
    mailbox *box = &o->boxes[from][m->group.rank];
    pthread_mutex_lock(&o->lock);
    while (!box->full && !o->broken)
        pthread_cond_wait(&o->changed, &o->lock);
    const bool good = box->full && box->size == size;
    if (good) {
        memcpy(data, box->data, size);
        free(box->data);
        box->full = false;
    }
    pthread_cond_broadcast(&o->changed);
    pthread_mutex_unlock(&o->lock);
    return good ? 0 : 7;
}

static int32_t hand_out(uint32_t from, void *data, size_t size, void *user_data)
{
    member *m = user_data;
    if (m->group.rank != from)
        return fetch(from, data, size, user_data);
    for (uint32_t to = 0; to < m->group.n_ranks; to++)
        if (to != from)
            post(to, data, size, user_data);
    return 0;
}

static void *run_member(void *argument)
{
    member *m = argument;
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, m->device));
    snnfe_trainer_options options = small_options();
    options.batch_size = 5;
    options.n_shards = 4;
    options.n_epochs = m->n_epochs;
    options.schedule_epochs = 3;
    options.device = device;
    options.programming = m->way;
    options.learning_rate = 5e-3;
    options.group = &m->group;
    options.checkpoint_path = m->checkpoint;
    options.epoch_log_path = m->checkpoint ? support_path("epochs.csv") : NULL;
    options.resume = m->resume;
    m->network = small_network();
    const snnfe_trainer_data lists = small_lists();
    m->status = snnfe_trainer_create(&m->trainer, m->network, &options);
    if (m->status == SNNFE_OK)
        m->status = snnfe_trainer_run(m->trainer, dataset, &lists);
    snprintf(m->message, sizeof m->message, "%s", snnfe_last_error());
    snnfe_dataset_free(dataset);
    return device;
}

/* All members side by side; devices outlive the trainers. */
typedef struct crew {
    office office;
    member members[MAX_RANKS];
    void *devices[MAX_RANKS];
} crew;

static crew *run_crew_on(const snnfe_device_options *device, const snnfe_programming_options *way,
                         uint32_t n_ranks, uint32_t n_epochs, const char *checkpoint, bool resume,
                         bool broken)
{
    crew *c = calloc(1, sizeof *c);
    pthread_t threads[MAX_RANKS];
    pthread_mutex_init(&c->office.lock, NULL);
    pthread_cond_init(&c->office.changed, NULL);
    c->office.broken = broken;
    for (uint32_t r = 0; r < n_ranks; r++) {
        member *m = &c->members[r];
        *m = (member){.office = &c->office,
                      .checkpoint = checkpoint,
                      .n_epochs = n_epochs,
                      .resume = resume,
                      .device = device,
                      .way = way,
                      .group = {.struct_size = sizeof m->group,
                                .rank = r,
                                .n_ranks = n_ranks,
                                .send = post,
                                .receive = fetch,
                                .broadcast = hand_out,
                                .user_data = m}};
    }
    for (uint32_t r = 0; r < n_ranks; r++)
        ck_assert_int_eq(pthread_create(&threads[r], NULL, run_member, &c->members[r]), 0);
    for (uint32_t r = 0; r < n_ranks; r++)
        pthread_join(threads[r], &c->devices[r]);
    return c;
}

static crew *run_crew(uint32_t n_ranks, uint32_t n_epochs, const char *checkpoint, bool resume,
                      bool broken)
{
    return run_crew_on(NULL, NULL, n_ranks, n_epochs, checkpoint, resume, broken);
}

static void free_crew(crew *c)
{
    for (int r = 0; r < MAX_RANKS; r++) {
        for (int to = 0; to < MAX_RANKS; to++)
            if (c->office.boxes[r][to].full)
                free(c->office.boxes[r][to].data);
        snnfe_trainer_free(c->members[r].trainer);
        snnfe_network_free(c->members[r].network);
        snnfe_device_free(c->devices[r]);
    }
    free(c);
}

START_TEST(same_bits_for_any_number)
{
    crew *alone = run_crew(1, 3, NULL, false, false);
    ck_assert_int_eq(alone->members[0].status, SNNFE_OK);
    ck_assert_uint_eq(alone->office.n_bytes, 0);
    const uint32_t sizes[] = {2, 3, 4, 7};
    for (size_t k = 0; k < 4; k++) {
        crew *c = run_crew(sizes[k], 3, NULL, false, false);
        for (uint32_t r = 0; r < sizes[k]; r++) {
            ck_assert_msg(c->members[r].status == SNNFE_OK, "%s", c->members[r].message);
            ck_assert(small_same_values(c->members[r].network, alone->members[0].network));
            small_assert_same_logs(c->members[r].trainer, alone->members[0].trainer);
        }
        ck_assert_uint_gt(c->office.n_bytes, 0);
        free_crew(c);
    }
    free_crew(alone);
}
END_TEST

/* Also the same as a trainer without a group. */
START_TEST(same_bits_as_without_a_group)
{
    crew *two = run_crew(2, 3, NULL, false, false);
    member m = {.n_epochs = 3};
    snnfe_device *device = NULL;
    assert_ok(snnfe_device_create(&device, NULL));
    snnfe_dataset *dataset = small_dataset(1);
    snnfe_trainer_options options = small_options();
    options.batch_size = 5;
    options.n_shards = 4;
    options.schedule_epochs = 3;
    options.device = device;
    options.learning_rate = 5e-3;
    m.network = small_network();
    const snnfe_trainer_data lists = small_lists();
    assert_ok(snnfe_trainer_create(&m.trainer, m.network, &options));
    assert_ok(snnfe_trainer_run(m.trainer, dataset, &lists));
    ck_assert(small_same_values(two->members[1].network, m.network));
    small_assert_same_logs(two->members[1].trainer, m.trainer);
    snnfe_trainer_free(m.trainer);
    snnfe_network_free(m.network);
    snnfe_device_free(device);
    snnfe_dataset_free(dataset);
    free_crew(two);
}
END_TEST

/* Only the first writes; any number of members goes on from what it wrote. */
START_TEST(goes_on_with_another_number)
{
    const char *path = support_path("checkpoint");
    crew *whole = run_crew(1, 3, NULL, false, false);
    crew *begun = run_crew(3, 2, path, false, false);
    ck_assert_int_eq(begun->members[2].status, SNNFE_OK);
    ck_assert(small_exists(path));
    ck_assert(small_exists(support_path("epochs.csv")));
    crew *ended = run_crew(2, 3, path, true, false);
    for (uint32_t r = 0; r < 2; r++) {
        ck_assert_msg(ended->members[r].status == SNNFE_OK, "%s", ended->members[r].message);
        ck_assert(small_same_values(ended->members[r].network, whole->members[0].network));
    }
    free_crew(whole);
    free_crew(begun);
    free_crew(ended);
}
END_TEST

static void assert_same_wear(const snnfe_trainer *a, const snnfe_trainer *b)
{
    snnfe_wear wear[2] = {{.struct_size = sizeof wear[0]}, {.struct_size = sizeof wear[0]}};
    assert_ok(snnfe_trainer_wear(a, -1, NULL, &wear[0], NULL, 0));
    assert_ok(snnfe_trainer_wear(b, -1, NULL, &wear[1], NULL, 0));
    ck_assert_uint_gt(wear[0].ltp_pulses, 0);
    ck_assert_mem_eq(&wear[0], &wear[1], sizeof wear[0]);
}

/* Cells that differ, age, remember and are noisy, programmed in every way. */
START_TEST(real_cells_go_on_with_another_number)
{
    const char *path = support_path("cells_checkpoint");
    snnfe_device_options o;
    snnfe_cells_options cells;
    snnfe_programming_options way;
    assert_ok(snnfe_device_options_init(&o, sizeof o));
    assert_ok(snnfe_programming_options_init(&way, sizeof way));
    way.method = _i;
    way.period = 2;
    way.shift_pairs = 2;
    way = device_way(way);
    assert_ok(snnfe_cells_options_init(&cells, sizeof cells));
    cells.spread_amplitude = cells.spread_alpha = cells.spread_beta = cells.spread_window = 0.2;
    cells.stuck_low = cells.stuck_high = cells.stuck_anywhere = 0.02;
    cells.fatigue_pulses = 5;
    cells.endurance = 8;
    cells.endurance_spread = 0.3;
    cells.imprint = 0.05;
    cells.held_s = 1e3;
    cells.history = 0.5;
    o.rsd_c2c = 0.2;
    o.rsd_c2c_state = 0.1;
    o.c2c_distribution = SNNFE_SPREAD_LOGNORMAL;
    o.sigma_add = o.sigma_mul = 0.01;
    o.cells = &cells;
    crew *whole = run_crew_on(&o, &way, 1, 3, NULL, false, false);
    crew *begun = run_crew_on(&o, &way, 3, 2, path, false, false);
    crew *ended = run_crew_on(&o, &way, 2, 3, path, true, false);
    crew *perfect = run_crew(1, 3, NULL, false, false);
    for (uint32_t r = 0; r < 2; r++) {
        ck_assert_msg(ended->members[r].status == SNNFE_OK, "%s", ended->members[r].message);
        ck_assert(small_same_values(ended->members[r].network, whole->members[0].network));
        assert_same_wear(ended->members[r].trainer, whole->members[0].trainer);
    }
    ck_assert(!small_same_values(perfect->members[0].network, whole->members[0].network));
    free_crew(whole);
    free_crew(begun);
    free_crew(ended);
    free_crew(perfect);
}
END_TEST

START_TEST(messages_that_fail)
{
    crew *c = run_crew(2, 1, NULL, false, true);
    ck_assert_int_eq(c->members[1].status, SNNFE_ERR_IO);
    ck_assert_ptr_nonnull(strstr(c->members[1].message, "rank 0 failed (7)"));
    free_crew(c);
}
END_TEST

START_TEST(bad_groups)
{
    snnfe_network *network = small_network();
    snnfe_trainer *trainer = NULL;
    snnfe_trainer_options options = small_options();
    member m = {0};
    snnfe_group group = {.struct_size = sizeof group,
                         .n_ranks = 2,
                         .rank = 2,
                         .send = post,
                         .receive = fetch,
                         .broadcast = hand_out,
                         .user_data = &m};
    options.group = &group;
    assert_fails(snnfe_trainer_create(&trainer, network, &options), SNNFE_ERR_ARGUMENT,
                 "rank is 2 of n_ranks 2");
    group.rank = 0;
    group.n_ranks = 0;
    assert_fails(snnfe_trainer_create(&trainer, network, &options), SNNFE_ERR_ARGUMENT,
                 "n_ranks 0");
    group.n_ranks = 1;
    group.receive = NULL;
    assert_fails(snnfe_trainer_create(&trainer, network, &options), SNNFE_ERR_ARGUMENT,
                 "receive is NULL");
    group.struct_size = 3;
    assert_fails(snnfe_trainer_create(&trainer, network, &options), SNNFE_ERR_ARGUMENT,
                 "struct_size is 3");
    snnfe_network_free(network);
}
END_TEST

int main(int argc, char **argv)
{
    (void)argc;
    support_set_program(argv[0]);
    Suite *suite = suite_create("group");
    TCase *tests = tcase_create("group");
    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, same_bits_for_any_number);
    tcase_add_test(tests, same_bits_as_without_a_group);
    tcase_add_test(tests, goes_on_with_another_number);
    tcase_add_loop_test(tests, real_cells_go_on_with_another_number, 0,
                        SNNFE_PROGRAMMING_PAIRS + 1);
    tcase_add_test(tests, messages_that_fail);
    tcase_add_test(tests, bad_groups);
    suite_add_tcase(suite, tests);
    return support_run(suite);
}
