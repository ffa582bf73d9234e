/* What a person sees while a program runs and when it ends: one line of progress, messages, how to
   go on after Ctrl-C, and whether everything that was printed arrived. */
#include "cli.h"

#include "base/message.h"
#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#ifdef SNNFE_LINUX
#include <sys/prctl.h>
#endif
#include <unistd.h>

#define LINE_SIZE 512
enum { WIDEST_BAR = 30, NARROWEST_BAR = 10 };

/* --- interruption --------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;
static pid_t parent_sweep; /* of a job whose system does not tell it when its sweep ends */

static void on_interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* However a sweep ends, its jobs do not outlive it: they are interrupted, and a later run
   resumes them. */
static void end_with_sweep(void)
{
    const char *sweep = getenv(CLI_SWEEP_VARIABLE);
    if (!sweep)
        return;
    const pid_t parent = (pid_t)strtol(sweep, NULL, 10);
#ifdef SNNFE_LINUX
    prctl(PR_SET_PDEATHSIG, SIGINT);
#else
    parent_sweep = parent;
#endif
    if (getppid() != parent)
        raise(SIGINT);
}

void cli_catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    signal(SIGXFSZ, SIG_IGN);
    end_with_sweep();
}

bool cli_interrupted(void)
{
    if (parent_sweep && getppid() != parent_sweep)
        interrupted = 1;
    return interrupted != 0;
}

/* --- the line of progress ------------------------------------------------------------------- */

static bool silent;

static struct {
    bool open; /* it stands on the terminal, without an end of line */
    bool training;
    snnfe_progress trained; /* newest state of the training */
    char drawn[LINE_SIZE];
} line;

void cli_be_silent(void)
{
    silent = true;
    if (!freopen("/dev/null", "w", stdout))
        cli_error("/dev/null: cannot write: %s", strerror(errno));
}

bool cli_is_silent(void)
{
    return silent;
}

void cli_end_progress(void)
{
    if (line.open)
        fprintf(stderr, "\n");
    line.open = line.training = false;
    line.drawn[0] = '\0';
}

/* Take the line away for a message, after which the next progress draws it again. */
static void clear_line(void)
{
    if (line.open)
        fprintf(stderr, "\r\033[K");
    line.open = false;
    line.drawn[0] = '\0';
}

static size_t terminal_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
        return size.ws_col;
    return 80;
}

static int percent(const snnfe_progress *p)
{
    return (int)((double)p->done * 100 / (double)p->total);
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
append(char text[LINE_SIZE], const char *format, ...)
{
    const size_t n = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + n, LINE_SIZE - n, format, arguments);
    va_end(arguments);
}

/* `inner` is what is done within the training, or NULL: it stands in the place of the newest
   accuracy, which it is about to replace. */
static void describe(char text[LINE_SIZE], const snnfe_progress *p, const snnfe_progress *inner)
{
    text[0] = '\0';
    append(text, "%3d %%", percent(p));
    if (p->epoch)
        append(text, "  epoch %u", (unsigned)p->epoch);
    if (!isnan(p->loss))
        append(text, "  loss %.4f", p->loss);
    if (inner)
        append(text, "  %s %d %%", inner->phase, percent(inner));
    else if (!isnan(p->accuracy))
        append(text, "  validation %.1f %%", 100 * p->accuracy);
}

/* What does not fit into the terminal is left out: a line that wraps cannot be renewed. */
static void draw(const snnfe_progress *p, const snnfe_progress *inner)
{
    static const char full[] = "##############################";
    char text[LINE_SIZE], drawn[LINE_SIZE] = "";
    const size_t width = terminal_width() - 1;
    const size_t share = width / 4, bar = share < WIDEST_BAR ? share : WIDEST_BAR;
    describe(text, p, inner);
    if (bar < NARROWEST_BAR) {
        append(drawn, "%s %s", p->phase, text);
    } else {
        const int filled = (int)((double)p->done * (double)bar / (double)p->total);
        append(drawn, "%s [%.*s%*s] %s", p->phase, filled, full, (int)bar - filled, "", text);
    }
    if (width < strlen(drawn))
        drawn[width] = '\0';
    if (line.open && strcmp(drawn, line.drawn) == 0)
        return;
    fprintf(stderr, "\r%s\033[K", drawn);
    memcpy(line.drawn, drawn, sizeof drawn);
    line.open = true;
}

static bool is_phase(const snnfe_progress *p, const char *phase)
{
    return strcmp(p->phase, phase) == 0;
}

/* Evaluations within a training are shown behind its state. */
static void draw_progress(const snnfe_progress *p)
{
    if (is_phase(p, "train")) {
        line.training = true;
        line.trained = *p;
    }
    if (line.training && !is_phase(p, "train"))
        draw(&line.trained, p->done < p->total ? p : NULL);
    else
        draw(p, NULL);
}

/* A line for every tenth, for logs. Trainings have a line an epoch already, from cli_log(). */
static void write_line(const snnfe_progress *p)
{
    static uint64_t last_tenth;
    const uint64_t tenth = p->done * 10 / p->total;
    if (is_phase(p, "train") || is_phase(p, "evaluate") || tenth == last_tenth)
        return;
    last_tenth = tenth;
    if (tenth > 0)
        fprintf(stderr, "%s %d %%\n", p->phase, (int)(tenth * 10));
}

int32_t cli_progress(const snnfe_progress *progress, void *user_data)
{
    (void)user_data;
    /* After Ctrl-C the line stays as it is until the message. */
    if (progress->total > 0 && !silent && !interrupted) {
        if (isatty(STDERR_FILENO))
            draw_progress(progress);
        else
            write_line(progress);
    }
    return cli_interrupted();
}

/* --- messages ------------------------------------------------------------------------------- */

const char *cli_s(uint64_t n)
{
    return n == 1 ? "" : "s";
}

const char *cli_shown(const char *text)
{
    static _Thread_local char shown[8][CLI_SHOWN_SIZE];
    static _Thread_local size_t next;
    return snnfe_utf8_show(shown[next++ % 8], CLI_SHOWN_SIZE, text);
}

/* Whether the line of progress already says what this message says. */
static bool is_shown_by_line(const char *message)
{
    return line.training && line.open && strstr(message, ": epoch ");
}

void cli_log(int32_t level, const char *message, void *user_data)
{
    (void)user_data;
    if (level < SNNFE_LOG_INFO || silent || (level == SNNFE_LOG_INFO && is_shown_by_line(message)))
        return;
    clear_line();
    fprintf(stderr, "%s%s\n", level == SNNFE_LOG_WARNING ? "warning: " : "", cli_shown(message));
}

int cli_failure(snnfe_status status)
{
    if (status == SNNFE_ERR_CANCELLED && cli_interrupted())
        return cli_interruption("nothing is saved");
    cli_end_progress();
    fprintf(stderr, "error: %s (%s)\n", snnfe_last_error(), snnfe_status_name(status));
    cli_tell_names(snnfe_last_error());
    return CLI_FAILED;
}

int cli_error(const char *format, ...)
{
    char whole[SNNFE_WHOLE_SIZE], message[CLI_SHOWN_SIZE];
    va_list arguments;
    cli_end_progress();
    va_start(arguments, format);
    const int length = vsnprintf(whole, sizeof whole, format, arguments);
    va_end(arguments);
    fprintf(stderr, "error: %s\n", snnfe_message_show(message, sizeof message, whole, length));
    return CLI_FAILED;
}

/* --- the command ---------------------------------------------------------------------------- */

static struct {
    int argc;
    char **argv;
} command;

/* As a shell reads it, and a terminal may show it. */
static void print_argument(const char *argument)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789_./=:,+%@-";
    if (*argument && strspn(argument, plain) == strlen(argument)) {
        fputs(argument, stderr);
        return;
    }
    const bool escaped = strcmp(cli_shown(argument), argument) != 0;
    fputs(escaped ? "$'" : "'", stderr);
    for (; *argument; argument++)
        if (escaped && (*argument < ' ' || *argument > '~' || strchr("'\\", *argument)))
            fprintf(stderr, "\\x%02x", (unsigned)(unsigned char)*argument);
        else if (*argument == '\'')
            fputs("'\\''", stderr);
        else
            fputc(*argument, stderr);
    fputc('\'', stderr);
}

static bool is_given(const char *option)
{
    for (int i = 1; i < command.argc; i++)
        if (strcmp(command.argv[i], option) == 0)
            return true;
    return false;
}

int cli_interruption(const char *saved)
{
    cli_end_progress();
    fprintf(stderr, "interrupted: %s\n", cli_shown(saved));
    return CLI_INTERRUPTED;
}

int cli_interruption_resumes(const char *saved)
{
    cli_interruption(saved);
    fprintf(stderr, "go on with:\n  ");
    for (int i = 0; i < command.argc; i++) {
        fputs(i ? " " : "", stderr);
        print_argument(command.argv[i]);
    }
    fprintf(stderr, "%s\n", is_given("--resume") ? "" : " --resume");
    return CLI_INTERRUPTED;
}

/* --- the end -------------------------------------------------------------------------------- */

/* Replace closed standard streams by a descriptor that can be neither read nor written.
   Otherwise a file that is opened later could get their number, and what is printed would go
   into it. */
static void fill_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            _exit(CLI_FAILED);
}

bool cli_printed(void)
{
    errno = 0;
    if (fflush(stdout) == 0 && !ferror(stdout))
        return true;
    if (errno == 0) { /* it failed long ago: the next try fails for the same reason */
        fputc('\n', stdout);
        fflush(stdout);
    }
    cli_error("standard output: cannot write: %s", strerror(errno ? errno : EIO));
    return false;
}

static void end(void)
{
    cli_end_progress();
    if (!cli_printed())
        _exit(CLI_FAILED);
}

void cli_begin(int argc, char **argv)
{
    command.argc = argc;
    command.argv = argv;
    fill_standard_streams();
    if (atexit(end) != 0)
        _exit(cli_error("out of memory"));
}
