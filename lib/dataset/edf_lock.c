#include "dataset/edf_lock.h"

#include <pthread.h>

static pthread_mutex_t edf_mutex = PTHREAD_MUTEX_INITIALIZER;

void snnfe_edf_lock(void)
{
    (void)pthread_mutex_lock(&edf_mutex);
}

void snnfe_edf_unlock(void)
{
    (void)pthread_mutex_unlock(&edf_mutex);
}
