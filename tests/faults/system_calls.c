#include "system_calls.h"

#include "base/status.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

/* Processors that came later lack the calls that others replace. */
static const system_call failures[] = {
    {"openat", SYS_openat, EMFILE, false}, /* what cannot be looked at stays */
    {"read", SYS_read, EIO, false},        /* of how many processors there are */
    {"pread64", SYS_pread64, EIO, false},
    {"write", SYS_write, ENOSPC, true},
    {"lseek", SYS_lseek, EIO, false}, /* of fclose() */
    {"close", SYS_close, EIO, false},
    {"fstat", SYS_fstat, EIO, true},
    {"newfstatat", SYS_newfstatat, EIO, false},
    {"fsync", SYS_fsync, EIO, true},
    {"fchmod", SYS_fchmod, EPERM, true},
    {"fcntl", SYS_fcntl, EMFILE, false}, /* fdopendir()'s */
    {"flock", SYS_flock, ENOTSUP, false},
    {"faccessat", SYS_faccessat, EACCES, true},
    {"readlinkat", SYS_readlinkat, EIO, true},
    {"mkdirat", SYS_mkdirat, ENOSPC, false}, /* it may be there */
    {"unlinkat", SYS_unlinkat, EPERM, false},
    {"renameat2", SYS_renameat2, EACCES, true},
    {"getdents64", SYS_getdents64, EIO, false},
    {"getrandom", SYS_getrandom, ENOSYS, false}, /* also malloc()'s */
    {"memfd_create", SYS_memfd_create, EMFILE, false},
    {"clone", SYS_clone, EAGAIN, true},
#ifdef SYS_clone3
    {"clone3", SYS_clone3, EAGAIN, true},
#endif
#ifdef SYS_faccessat2
    {"faccessat2", SYS_faccessat2, EACCES, true},
#endif
#ifdef SYS_renameat
    {"renameat", SYS_renameat, EACCES, true},
#endif
#ifdef SYS_open
    {"open", SYS_open, EMFILE, false},
    {"stat", SYS_stat, EIO, false},
    {"access", SYS_access, EACCES, false},
    {"readlink", SYS_readlink, EIO, true},
    {"mkdir", SYS_mkdir, ENOSPC, false},
    {"unlink", SYS_unlink, EPERM, false},
    {"rename", SYS_rename, EACCES, true},
#endif
};

/* After these the same is tried again, or they mean that there is nothing to do. */
static const system_call hindrances[] = {
    {"read", SYS_read, EINTR, false},    {"pread64", SYS_pread64, EINTR, false},
    {"write", SYS_write, EINTR, false},  {"openat", SYS_openat, EEXIST, false},
    {"fsync", SYS_fsync, EINVAL, false},
};

static const struct {
    const system_call *calls;
    size_t n;
} tables[] = {
    [SYSTEM_CALLS_FAIL] = {failures, sizeof failures / sizeof failures[0]},
    [SYSTEM_CALLS_HINDER] = {hindrances, sizeof hindrances / sizeof hindrances[0]},
};
#define MOST_CALLS (sizeof failures / sizeof failures[0])

typedef struct trial {
    system_calls_kind kind;
    const call *call;
    world *world;
    snnfe_status status;
    char message[SNNFE_MESSAGE_SIZE];
    int listener; /* where the thread's calls arrive; -1 if it has no filter */
    sem_t filtered;
} trial;

static int install_filter(system_calls_kind kind)
{
    struct sock_filter program[2 + 2 * MOST_CALLS];
    unsigned short n = 0;
    program[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < tables[kind].n; i++) {
        program[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
                                                    (uint32_t)tables[kind].calls[i].number, 0, 1);
        program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF);
    }
    program[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    const struct sock_fprog filter = {n, program};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER,
                        &filter);
}

static void *run_filtered(void *argument)
{
    trial *t = argument;
    t->listener = install_filter(t->kind);
    sem_post(&t->filtered);
    if (t->listener >= 0)
        t->status = t->call->run(t->world);
    snnfe_error_get(t->message);
    return NULL;
}

static const system_call *find_call(system_calls_kind kind, int number)
{
    for (size_t i = 0; i < tables[kind].n; i++)
        if (tables[kind].calls[i].number == number)
            return &tables[kind].calls[i];
    abort();
}

/* A later kernel's structs may be larger. */
typedef union request {
    struct seccomp_notif call;
    char room[512];
} request;

typedef union response {
    struct seccomp_notif_resp answer;
    char room[512];
} response;

/* Whether the call fails is up to `fails`, NULL for no. A descriptor is closed all the same. */
static void answer(int listener, const request *asked, const system_call *fails)
{
    response given = {.answer = {.id = asked->call.id}};
    if (!fails)
        given.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    else
        given.answer.error = -fails->error;
    if (fails && fails->number == SYS_close)
        close((int)asked->call.data.args[0]);
    (void)ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &given);
}

/* What was open before, such as the file that Check notes in which assertion is being tried. */
typedef struct descriptors {
    bool open[64];
} descriptors;

static descriptors open_descriptors(void)
{
    descriptors d;
    for (int i = 0; i < 64; i++)
        d.open[i] = fcntl(i, F_GETFD) >= 0;
    return d;
}

static bool is_on_one_of(const descriptors *before, const request *asked)
{
    const uint64_t first = asked->call.data.args[0];
    return first < 64 && before->open[first];
}

/* Answer the thread's calls until it has ended: without answers it could not free its memory. */
static void serve(const trial *t, pthread_t thread, const descriptors *before, size_t index,
                  const system_call **struck)
{
    size_t n_calls = 0;
    while (pthread_tryjoin_np(thread, NULL) != 0) {
        struct pollfd event = {.fd = t->listener, .events = POLLIN};
        request asked = {.room = {0}};
        if (poll(&event, 1, 1) < 1 || !(event.revents & POLLIN) ||
            ioctl(t->listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0)
            continue;
        const bool fails = faults_armed() && !is_on_one_of(before, &asked) && n_calls++ == index;
        if (fails)
            *struck = find_call(t->kind, asked.call.data.nr);
        answer(t->listener, &asked, fails ? *struck : NULL);
    }
}

snnfe_status system_calls_run(system_calls_kind kind, const call *c, world *w, size_t index,
                              const system_call **struck)
{
    const descriptors before = open_descriptors();
    trial t = {.kind = kind, .call = c, .world = w, .listener = -1};
    pthread_t thread;
    *struck = NULL;
    ck_assert_int_eq(sem_init(&t.filtered, 0, 0), 0);
    /* No assertion until the thread has ended: it would wait for one of the thread's, which writes
       and waits for an answer. */
    if (pthread_create(&thread, NULL, run_filtered, &t) != 0)
        abort();
    while (sem_wait(&t.filtered) != 0)
        continue;
    serve(&t, thread, &before, index, struck);
    close(t.listener);
    sem_destroy(&t.filtered);
    ck_assert_msg(t.listener >= 0, "the kernel filters no system calls");
    snnfe_error_set(t.message);
    return t.status;
}
