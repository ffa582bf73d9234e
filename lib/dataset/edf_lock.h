/* EDFlib keeps a global table of open files that nothing guards: files are opened and closed
   between these two. Work on an open file needs no lock. Not recursive. */
#ifndef SNNFE_LIB_EDF_LOCK_H
#define SNNFE_LIB_EDF_LOCK_H

void snnfe_edf_lock(void);
void snnfe_edf_unlock(void);

#endif
