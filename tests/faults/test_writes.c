/* Writing fails: at every byte, at every system call, in folders that are read-only, gone or no
   folders at all. An error comes back with the file's name, the old file is whole, nothing else is
   left in the folder, and the handle can write elsewhere afterwards. */
#include "small.h"
#include "support.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <snnfe/learner.h>
#include <snnfe/snnfe.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static snnfe_dataset *dataset;
static snnfe_network *network;
static snnfe_trainer *trainer;
static snnfe_device *device;
static snnfe_decoder *decoder;
static snnfe_learner *learner;
static snnfe_control *control;

static snnfe_status save_dataset(const char *path)
{
    return snnfe_dataset_save(dataset, path);
}

static snnfe_status save_network(const char *path)
{
    return snnfe_network_save(network, path);
}

static snnfe_status save_trainer(const char *path)
{
    return snnfe_trainer_save(trainer, path);
}

static snnfe_status save_device(const char *path)
{
    return snnfe_device_save(device, path);
}

static snnfe_status save_decoder(const char *path)
{
    return snnfe_decoder_save(decoder, path);
}

static snnfe_status save_learner(const char *path)
{
    return snnfe_learner_save(learner, path);
}

static snnfe_status save_control(const char *path)
{
    return snnfe_control_save(control, path);
}

/* A training that writes only the file that is asked for. */
static snnfe_status train_with(const char *path, size_t member)
{
    const snnfe_trainer_data lists = small_lists();
    snnfe_trainer_options options = small_options();
    options.n_epochs = 1;
    options.n_threads = 1; /* AddressSanitizer's allocator does not survive threads after a fork */
    options.device = device;
    memcpy((char *)&options + member, &path, sizeof path);
    snnfe_network *copy = NULL;
    snnfe_trainer *other = NULL;
    assert_ok(snnfe_network_clone(&copy, network));
    assert_ok(snnfe_trainer_create(&other, copy, &options));
    const snnfe_status status = snnfe_trainer_run(other, dataset, &lists);
    snnfe_trainer_free(other);
    snnfe_network_free(copy);
    return status;
}

static snnfe_status write_epoch_log(const char *path)
{
    return train_with(path, offsetof(snnfe_trainer_options, epoch_log_path));
}

static snnfe_status write_sample_log(const char *path)
{
    return train_with(path, offsetof(snnfe_trainer_options, sample_log_path));
}

static snnfe_status write_wear_log(const char *path)
{
    return train_with(path, offsetof(snnfe_trainer_options, wear_log_path));
}

static snnfe_status write_checkpoint(const char *path)
{
    return train_with(path, offsetof(snnfe_trainer_options, checkpoint_path));
}

/* One recording, which EDFlib writes: `path` is its tree. */
static snnfe_status write_recording(const char *path)
{
    static const int32_t runs[] = {4};
    snnfe_synthetic_options options;
    assert_ok(snnfe_synthetic_options_init(&options, sizeof options));
    options.n_subjects = 1;
    options.runs = runs;
    options.n_runs = 1;
    options.trials_per_run = 1;
    options.n_threads = 1;
    return snnfe_synthetic_write(path, &options);
}

/* `stride`: distance of the bytes at which writing fails, unless SNNFE_EVERY_BYTE is set; of the
   checkpoint even then, since each byte takes a training. */
static const struct writer {
    const char *name;
    snnfe_status (*write)(const char *path);
    size_t stride;
} writers[] = {
    {"device", save_device, 1},        {"network", save_network, 1},
    {"trainer", save_trainer, 13},     {"dataset", save_dataset, 97},
    {"epoch_log", write_epoch_log, 9}, {"sample_log", write_sample_log, 9},
    {"wear_log", write_wear_log, 23},  {"checkpoint", write_checkpoint, 1999},
    {"decoder", save_decoder, 97},     {"learner", save_learner, 97},
    {"control", save_control, 97},
};
#define N_WRITERS (sizeof writers / sizeof writers[0])

/* They hold what a session fills: samples, and a trial to be replayed. */
static void set_up_live(void)
{
    static float samples[64 * 20], trial[10 * 11 * SMALL_STEPS];
    snnfe_decoder_options decoder_options;
    snnfe_learner_options learner_options;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        samples[i] = (float)(i * 31 % 43) - 21.0F;
    memcpy(trial, samples, sizeof samples);
    assert_ok(snnfe_decoder_options_init(&decoder_options, sizeof decoder_options));
    assert_ok(snnfe_decoder_create(&decoder, network, &decoder_options));
    assert_ok(snnfe_decoder_push(decoder, SNNFE_NOT_NUMBERED, samples, 20));
    assert_ok(snnfe_learner_options_init(&learner_options, sizeof learner_options));
    learner_options.device = device;
    learner_options.n_replay = 2;
    assert_ok(snnfe_learner_create(&learner, network, NULL, &learner_options));
    assert_ok(snnfe_learner_adapt(learner, trial, 0, NULL));
    snnfe_dataset_info info = {.struct_size = sizeof info};
    assert_ok(snnfe_dataset_get_info(dataset, &info));
    snnfe_signal signal = *info.signal;
    signal.struct_size = sizeof signal;
    signal.alignment = SNNFE_ALIGNMENT_EUCLIDEAN;
    assert_ok(snnfe_control_create(&control, &signal, NULL));
}

static void set_up(void)
{
    const snnfe_trainer_options options = small_options();
    dataset = small_dataset(1);
    network = small_network();
    assert_ok(snnfe_trainer_create(&trainer, network, &options));
    assert_ok(snnfe_device_create(&device, NULL));
    set_up_live();
}

static void tear_down(void)
{
    snnfe_control_free(control);
    snnfe_learner_free(learner);
    snnfe_decoder_free(decoder);
    snnfe_trainer_free(trainer);
    snnfe_network_free(network);
    snnfe_dataset_free(dataset);
    snnfe_device_free(device);
}

/* A folder with an old file of that name. */
static const char old_content[] = "the old file";
static const char *old_file(const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "folder-%s", name);
    mkdir(support_path(path), 0777);
    snprintf(path, sizeof path, "folder-%s/file", name);
    const char *file = support_path(path);
    support_write(file, old_content, sizeof old_content);
    return file;
}

static void check_old_file(const char *name, const char *file)
{
    size_t size = 0;
    char folder[4096], *content = support_read(file, &size);
    ck_assert_uint_eq(size, sizeof old_content);
    ck_assert_mem_eq(content, old_content, size);
    free(content);
    snprintf(folder, sizeof folder, "%s", file);
    *strrchr(folder, '/') = '\0';
    ck_assert_msg(support_count_files(folder) == 1, "%s left a file", name);
}

static void check_whole(const char *name, const char *file, snnfe_status status)
{
    ck_assert_msg(status == SNNFE_ERR_IO, "%s: %s", name, snnfe_status_name(status));
    ck_assert_msg(strstr(snnfe_last_error(), file) != NULL, "%s: \"%s\"", name, snnfe_last_error());
    check_old_file(name, file);
}

START_TEST(disk_is_full_at_every_byte)
{
    const struct writer *w = &writers[_i];
    set_up();
    const char *file = old_file(w->name), *whole = support_path("whole");
    assert_ok(w->write(whole));
    struct stat info;
    ck_assert_int_eq(stat(whole, &info), 0);
    const size_t size = (size_t)info.st_size;
    const bool every = getenv("SNNFE_EVERY_BYTE") && w->write != write_checkpoint;
    size_t tries = 0;
    for (size_t room = 0; room < size; room += every ? 1 : w->stride, tries++) {
        support_fill_disk(room);
        const snnfe_status status = w->write(file);
        support_empty_disk();
        check_whole(w->name, file, status);
    }
    support_fill_disk(size - 1);
    const snnfe_status status = w->write(file);
    support_empty_disk();
    check_whole(w->name, file, status);
    assert_ok(w->write(file));
    printf("%-12s %6zu bytes, writing failed at %zu of them\n", w->name, size, tries + 1);
    tear_down();
}
END_TEST

/* EDFlib writes the recording itself; the file that it would replace is whole all the same. */
START_TEST(disk_is_full_for_recordings)
{
    char tree[4096], folder[4200], file[4300];
    snprintf(tree, sizeof tree, "%s", support_path("tree"));
    snprintf(folder, sizeof folder, "%s/S001", tree);
    snprintf(file, sizeof file, "%s/S001R04.edf", folder);
    assert_ok(write_recording(tree));
    struct stat info;
    ck_assert_int_eq(stat(file, &info), 0);
    char *before = support_read(file, NULL);
    for (off_t room = 0; room < info.st_size; room += info.st_size / 7) {
        support_fill_disk((size_t)room);
        const snnfe_status status = write_recording(tree);
        support_empty_disk();
        ck_assert_int_eq(status, SNNFE_ERR_IO);
        size_t size = 0;
        char *after = support_read(file, &size);
        ck_assert_uint_eq(size, (size_t)info.st_size);
        ck_assert_mem_eq(after, before, size);
        free(after);
        ck_assert_uint_eq(support_count_files(folder), 1);
    }
    free(before);
}
END_TEST

/* --- system calls ---------------------------------------------------------------------------- */

static const struct call {
    const char *name;
    int number, error;
} calls[] = {
    {"write", SYS_write, ENOSPC},
    {"fsync", SYS_fsync, EIO},
#ifdef SYS_renameat
    {"renameat", SYS_renameat, EACCES},
#else
    {"renameat2", SYS_renameat2, EACCES},
#endif
    {"openat", SYS_openat, EMFILE},
};
#define N_CALLS (sizeof calls / sizeof calls[0])

/* From now on the process's calls of this number fail with this error. */
static bool forbid(const struct call *call)
{
    struct sock_filter program[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call->number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)call->error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {sizeof program / sizeof program[0], program};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/* The child can no longer write: its exit code says what it saw. */
START_TEST(system_calls_fail)
{
    const struct writer *w = &writers[(size_t)_i / N_CALLS];
    const struct call *call = &calls[(size_t)_i % N_CALLS];
    set_up();
    const char *file = old_file(w->name);
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        if (!forbid(call))
            _exit(100);
        const snnfe_status status = w->write(file);
        _exit(status == SNNFE_ERR_IO && strstr(snnfe_last_error(), file) ? 0 : 1 + status);
    }
    int result = 0;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    ck_assert_msg(WIFEXITED(result) && WEXITSTATUS(result) == 0, "%s, failing %s: %#x", w->name,
                  call->name, (unsigned)result);
    check_old_file(w->name, file);
    tear_down();
}
END_TEST

/* --- folders --------------------------------------------------------------------------------- */

START_TEST(folder_is_gone)
{
    const struct writer *w = &writers[_i];
    set_up();
    mkdir(support_path("gone"), 0777);
    const char *file = support_path("gone/file"), *below_file = support_path("plain/file");
    rmdir(support_path("gone"));
    support_write(support_path("plain"), "", 0);
    assert_fails(w->write(file), SNNFE_ERR_IO, "gone/file");
    assert_fails(w->write(below_file), SNNFE_ERR_IO, "plain/file");
    mkdir(support_path("taken"), 0777);
    mkdir(support_path("taken/file"), 0777);
    assert_fails(w->write(support_path("taken/file")), SNNFE_ERR_IO, "taken/file");
    ck_assert_uint_eq(support_count_files(support_path("taken")), 1);
    assert_ok(w->write(support_path("elsewhere")));
    tear_down();
}
END_TEST

/* The super-user may write everywhere: the child is nobody. */
START_TEST(folder_is_read_only)
{
    const struct writer *w = &writers[_i];
    set_up();
    const char *file = old_file(w->name);
    char folder[64];
    snprintf(folder, sizeof folder, "folder-%s", w->name);
    ck_assert_int_eq(chmod(support_path(folder), 0555), 0);
    ck_assert_int_eq(chmod(support_folder(), 0755), 0);
    fflush(NULL);
    const pid_t child = fork();
    if (child == 0) {
        if (geteuid() == 0 && setuid(65534) != 0)
            _exit(100);
        const snnfe_status status = w->write(file);
        _exit(status == SNNFE_ERR_IO && strstr(snnfe_last_error(), file) ? 0 : 1 + status);
    }
    int result = 0;
    ck_assert_int_eq(waitpid(child, &result, 0), child);
    chmod(support_path(folder), 0777);
    ck_assert_msg(WIFEXITED(result) && WEXITSTATUS(result) == 0, "%s: %#x", w->name,
                  (unsigned)result);
    check_old_file(w->name, file);
    tear_down();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("writes");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 600);
    tcase_add_loop_test(all, disk_is_full_at_every_byte, 0, N_WRITERS);
    tcase_add_test(all, disk_is_full_for_recordings);
    tcase_add_loop_test(all, system_calls_fail, 0, N_WRITERS * N_CALLS);
    tcase_add_loop_test(all, folder_is_gone, 0, N_WRITERS);
    tcase_add_loop_test(all, folder_is_read_only, 0, N_WRITERS);
    suite_add_tcase(suite, all);
    return support_run(suite);
}
