/* Locks of the whole process, around third-party libraries that have state of their own. fork()
   waits until nobody holds them, so that a child finds them free and what they guard whole. Not
   recursive. A thread that holds several has taken them in this order. */
#ifndef SNNFE_LIB_PROCESS_LOCK_H
#define SNNFE_LIB_PROCESS_LOCK_H

typedef enum snnfe_process_lock {
    SNNFE_LOCK_BLAS,         /* the BLAS's number of threads */
    SNNFE_LOCK_EDFLIB_PLACE, /* a place in EDFlib's table of open files: one for each reader */
    SNNFE_LOCK_EDFLIB,       /* that table itself */
    SNNFE_N_LOCKS
} snnfe_process_lock;

/* EDFlib has 64 places; the one that is not here is that of the file being written. */
#define SNNFE_EDFLIB_PLACES 63

/* SNNFE_LOCK_EDFLIB_PLACE is held by as many threads as there are places, the others by one. */
void snnfe_process_lock_take(snnfe_process_lock which);
void snnfe_process_lock_release(snnfe_process_lock which);

#endif
