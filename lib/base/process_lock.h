/* Locks of the whole process, around third-party libraries that have state of their own. fork()
   waits until nobody holds them, so that a child finds them free and what they guard whole. Not
   recursive; nobody holds two. */
#ifndef SNNFE_LIB_PROCESS_LOCK_H
#define SNNFE_LIB_PROCESS_LOCK_H

typedef enum snnfe_process_lock {
    SNNFE_LOCK_BLAS,   /* the BLAS's number of threads */
    SNNFE_LOCK_EDFLIB, /* EDFlib's table of open files */
    SNNFE_N_LOCKS
} snnfe_process_lock;

void snnfe_process_lock_take(snnfe_process_lock which);
void snnfe_process_lock_release(snnfe_process_lock which);

#endif
