/* Which annotations begin a window, and of which class. */
#ifndef SNNFE_EXAMPLES_LIVE_CUES_H
#define SNNFE_EXAMPLES_LIVE_CUES_H

#include "cli.h"

typedef struct live_cues {
    size_t n;
    const char *texts[CLI_NAMES_SIZE];
    int32_t classes[CLI_NAMES_SIZE];
    char text[2048]; /* what the names point into */
} live_cues;

/* From `--cues`: TEXT (its place is the class) or TEXT=CLASS, a class's name or number; without
   them, what the data set's classes (NULL: two classes) are cued by. False: a message was printed.
 */
bool live_cues_make(live_cues *cues, const cli_names *given, const snnfe_dataset *dataset,
                    uint32_t n_classes, const char *const *class_names);

/* The class that an annotation stands for; -1 for none. */
int32_t live_cues_class(const live_cues *cues, const char *text);

#endif
