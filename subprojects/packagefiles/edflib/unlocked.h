/* EDFlib takes its samples byte by byte. The stream of a file that is read belongs to one thread,
   so that it need not be locked for each of them. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>

#define fgetc getc_unlocked
