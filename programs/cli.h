/* What the programs share: options from a table, progress, atomic result files. */
#ifndef SNNFE_EXAMPLES_CLI_H
#define SNNFE_EXAMPLES_CLI_H

#include "base/output.h"

#include <snnfe/snnfe.h>
#include <stdbool.h>
#include <stdio.h>

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_INTERRUPTED = 130 };

typedef enum cli_kind {
    CLI_SWITCH,  /* bool: `--name` alone */
    CLI_INTEGER, /* int64_t */
    CLI_NUMBER,  /* double; NaN if it was not given and has no default */
    CLI_TEXT,    /* const char *, borrowed from argv */
    CLI_LIST,    /* cli_list: "1-10,15" */
    CLI_NAMES,   /* cli_names: "fc1,fc2"; with `choices` also "fc1 fc2", words of their own */
    CLI_CHOICE,  /* int32_t: index into `choices` */
    CLI_INPUT,   /* CLI_TEXT: path that is read */
    CLI_OUTPUT,  /* CLI_TEXT: path that is written, none of those that are read */
    CLI_BOOLEAN, /* int64_t: True, False, 1 or 0 */
    CLI_NUMBERS, /* cli_numbers: "0.333,0.0417" */
    CLI_IGNORED  /* no target: takes a value, which has no effect, and says so */
} cli_kind;

#define CLI_LIST_SIZE 1000
typedef struct cli_list {
    size_t n; /* 0 if the option was not given */
    int32_t items[CLI_LIST_SIZE];
} cli_list;

#define CLI_NUMBERS_SIZE 16
typedef struct cli_numbers {
    size_t n;     /* 0 if the option was not given */
    size_t whole; /* numbers that the option takes; a single one is taken too */
    double items[CLI_NUMBERS_SIZE];
} cli_numbers;

#define CLI_NAMES_SIZE 64
typedef struct cli_names {
    const char *given; /* the names between commas, NULL if the option was not given */
    size_t n;
    char joined[1024];
    const char *items[CLI_NAMES_SIZE]; /* into `text` */
    char text[1024];
} cli_names;

typedef struct cli_option {
    const char *name; /* with underscores; hyphens are taken for them */
    cli_kind kind;
    void *target;               /* holds the default */
    double least, most;         /* of numbers */
    const char *const *choices; /* NULL-terminated; of names those that may follow after a blank,
                                   "snn." for all that begin so */
    const char *help;
} cli_option;

/* Paths that are read. */
#define CLI_REST_SIZE 10000
typedef struct cli_rest {
    size_t n;
    const char *items[CLI_REST_SIZE];
} cli_rest;

/* An option that is refused where it would do nothing. The condition is of other options, between
   blanks, one of which has to be given, or NAME=CHOICE if this has to be its choice; behind "!"
   none of them may be. Lists end with an option NULL. */
typedef struct cli_need {
    const char *option, *condition;
} cli_need;
#define CLI_NEED_LISTS 3

typedef struct cli_program {
    const char *name;
    const char *usage; /* positional arguments, such as "DATA_DIR" */
    const char *about;
    const cli_option *options;
    size_t n_options;
    const char **positionals[2];
    size_t n_positionals;                  /* all of them are required */
    cli_rest *rest;                        /* arguments after them; NULL: there may be none */
    const cli_need *needs[CLI_NEED_LISTS]; /* NULL ends them */
} cli_program;

/* Returns true if the program is to go on; otherwise *exit_code says with what to end. */
bool cli_parse(const cli_program *program, int argc, char **argv, int *exit_code);

/* Before anything else; cli_parse() does it. From then on the program fails if anything that it
   printed did not arrive. */
void cli_begin(int argc, char **argv);
/* Whether all that was printed arrived; if not, a message was printed. For programs that end with
   _exit(). */
bool cli_printed(void);

/* Whether every option that was given (`given` [n_options]) has an effect; if not, with a message.
   cli_parse() calls it. */
bool cli_check_needs(const cli_program *program, const bool *given);
/* What an option needs, for --help. */
void cli_print_needs(FILE *out, const cli_program *program, const cli_option *option);
void cli_print_help(const cli_program *program);

/* No output is an input or another output; otherwise with a message. cli_parse() calls it. */
bool cli_check_paths(const cli_program *program);
/* Whether both are there and the same file or folder. */
bool cli_same_file(const char *a, const char *b);

/* A text that may come from a file or a name of one, as a terminal may show it, in less than
   CLI_SHOWN_SIZE bytes, for printing at once: the eighth call after this one writes into the same
   place. */
#define CLI_SHOWN_SIZE 4608
const char *cli_shown(const char *text);

/* The s of a word that is counted: "" for 1. */
const char *cli_s(uint64_t n);

/* Print the library's message, with the options that it speaks of, and turn a status into an exit
   code. */
int cli_failure(snnfe_status status);
/* Of which program, that stays; cli_parse() says it. */
void cli_know_names(const cli_program *program);
/* For each field in a message of the library's the program's option for it, where it has another
   name. */
void cli_tell_names(const char *message);
/* Say after Ctrl-C what is saved; the second also how the same command goes on from there. */
int cli_interruption(const char *saved);
int cli_interruption_resumes(const char *saved);
/* Print a message of the program's own, as cli_shown(); returns CLI_FAILED. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
int cli_error(const char *format, ...);

/* From here on print no progress and write no files: another process does. */
void cli_be_silent(void);
bool cli_is_silent(void);

/* Callbacks: one line that renews itself on a terminal; in a log a line an epoch, or every tenth of
   what has no epochs. Ctrl-C stops the call, and a file that grows beyond
   the system's limit is an error like a full disk. */
void cli_catch_interrupt(void);

/* The process that a job of a sweep is a child of, for cli_catch_interrupt(). */
#define CLI_SWEEP_VARIABLE "SNNFE_SWEEP"
bool cli_interrupted(void);
int32_t cli_progress(const snnfe_progress *progress, void *user_data);
void cli_log(int32_t level, const char *message, void *user_data);
/* End the line of progress, before anything is printed. */
void cli_end_progress(void);

/* A file written as the library writes its own: it takes its name only when complete. */
typedef struct cli_file {
    FILE *stream; /* NULL when closed */
    char path[4096];
    snnfe_output output;
} cli_file;
bool cli_open(cli_file *file, const char *path);
bool cli_commit(cli_file *file);
/* Leave what was there; accepts a file that is closed. */
void cli_drop(cli_file *file);

/* Open a text for reading, behind the mark of its encoding that some editors put first (the byte
   order mark of UTF-8); NULL with errno. */
FILE *cli_open_text(const char *path);

/* The file of the running program, of which `called` is argv[0]; false (without a message) if it
   cannot be found. */
bool cli_own_path(char path[4096], const char *called);
/* `folder/name` into `path`; false (with a message) if it is too long. */
bool cli_join(char path[4096], const char *folder, const char *name);
/* The network of a fold (1-based) in a folder: model_foldK.safetensors, or model_foldK.pth where
   only that is there (where both are, it says which it takes); false if the path is too long. */
bool cli_find_model(char path[4096], const char *folder, int64_t fold);
/* Create a folder and its parents. */
bool cli_make_folder(const char *path);
bool cli_is_folder(const char *path);

typedef enum cli_lock_kind {
    CLI_LOCK_ALONE,           /* refused, with a message, while another process has it */
    CLI_LOCK_SHARED_WITH_JOBS /* waits for it; processes that are started keep it, too */
} cli_lock_kind;
/* Be the only program that writes the set of files in the folder, or beside the file, `out`, until
   this process ends. The lock file, `out/lock` or `out.lock`, says who has it: program, process,
   machine, start. What a process left that was killed is taken over, and that is said. */
bool cli_lock(const char *out, const char *program, cli_lock_kind kind);

/* The library's version, such as "0.1.0". */
const char *cli_version(void);

/* Write `folder/manifest.json`: program, versions, arguments, what `data_path` holds, the value of
   every option, and the run's identifier, which its networks carry, too. */
bool cli_write_manifest(const cli_program *program, int argc, char **argv, const char *folder,
                        const char *data_path, const snnfe_dataset *dataset, uint64_t run);
/* The identifier in the manifest of a folder; false if nothing says it. */
bool cli_read_run(const char *folder, uint64_t *run);
/* The end of a row of a table with the column "Run"; 0 is an empty field. */
void cli_write_run(FILE *stream, uint64_t run);

/* ",Class0_Accuracy,Class1_Accuracy" and so on, each behind `prefix`. */
void cli_write_class_names(FILE *stream, const char *prefix, size_t n_classes);

/* A saved data set, or a folder of recordings with all options at their defaults. */
snnfe_status cli_open_data(snnfe_dataset **dataset, const char *path, uint32_t n_threads);

/* What a data set, which is not NULL, holds. */
snnfe_dataset_info cli_dataset_info(const snnfe_dataset *dataset);

/* 64-bit FNV-1a of a data set's epochs and labels, to tell what a result was made from. */
uint64_t cli_data_hash(const snnfe_dataset *dataset);

/* Whether nothing is at `path` that the program would write over; otherwise with a message that
   names --overwrite, and --resume where there is one. Pipes and devices may be written to. */
bool cli_may_write(const char *path, bool overwrite, bool can_resume);

double cli_mean(const double *values, size_t n);
/* Of a sample (n - 1) and of a population (n): published tables have the first over a subject's
   folds, the second over the groups of subjects. */
double cli_deviation(const double *values, size_t n);
double cli_population_deviation(const double *values, size_t n);

#endif
