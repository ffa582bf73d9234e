/* Temporary files of processes that were killed while they wrote. */
#ifndef SNNFE_LIB_LEFTOVERS_H
#define SNNFE_LIB_LEFTOVERS_H

/* Seconds without a change before a file that nobody holds is one; in between its writer may not
   hold it yet, or no longer. */
#define SNNFE_LEFTOVER_S 60

/* Hold a temporary file that is being written, until it is closed. */
void snnfe_leftovers_hold(int fd);

/* Remove from a folder what was left of `stem`: files STEM.<16 hexadecimal digits>.tmp that no
   process holds and that are old. Where the file system has no locks nothing is removed. */
void snnfe_leftovers_remove(int folder, const char *stem);

#endif
