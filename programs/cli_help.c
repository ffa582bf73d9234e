/* --help: a line an option in a file or pipe, which completion reads; on a terminal words do not
   break at its edge. */
#include "cli.h"

#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { INDENT = 35, NARROWEST = 60, TEXT_SIZE = 4096 };

static void print_default(FILE *out, const cli_option *option)
{
    switch (option->kind) {
    case CLI_INTEGER:
        fprintf(out, " (default %lld)", (long long)*(const int64_t *)option->target);
        break;
    case CLI_NUMBER:
        if (!isnan(*(const double *)option->target))
            fprintf(out, " (default %g)", *(const double *)option->target);
        break;
    case CLI_TEXT:
    case CLI_INPUT:
    case CLI_OUTPUT:
        if (*(const char *const *)option->target)
            fprintf(out, " (default %s)", *(const char *const *)option->target);
        break;
    case CLI_BOOLEAN:
        fprintf(out, " (default %s)", *(const int64_t *)option->target ? "True" : "False");
        break;
    case CLI_CHOICE:
        fprintf(out, " (default %s)", option->choices[*(const int32_t *)option->target]);
        break;
    case CLI_NAMES:
        if (((const cli_names *)option->target)->given)
            fprintf(out, " (default %s)", ((const cli_names *)option->target)->given);
        break;
    default:
        break;
    }
}

/* Columns of the terminal; 0: there is none, or too narrow a one. */
static size_t terminal_columns(void)
{
    struct winsize size;
    const bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
    return known && size.ws_col >= NARROWEST ? size.ws_col : 0;
}

/* Words up to the last column, 0: whatever their number; lines after the first are indented. */
static void print_words(const char *text, size_t columns)
{
    size_t column = INDENT;
    while (*text) {
        const size_t length = strcspn(text, " ");
        if (columns > 0 && column > INDENT && column + length + 1 >= columns) {
            printf("\n%*s", INDENT, "");
            column = INDENT;
        }
        column += (size_t)printf("%s%.*s", column > INDENT ? " " : "", (int)length, text);
        text += length + strspn(text + length, " ");
    }
    printf("\n");
}

static void print_option(const cli_program *program, const cli_option *option, size_t columns)
{
    static const char *const values[] = {"",      " N",    " X",    " TEXT", " LIST",    " NAMES",
                                         " NAME", " PATH", " PATH", " BOOL", " NUMBERS", " X"};
    char head[80], text[TEXT_SIZE] = "";
    FILE *out = fmemopen(text, sizeof text, "w");
    if (!out)
        return;
    fprintf(out, "%s", option->help);
    for (size_t c = 0; option->kind == CLI_CHOICE && option->choices[c]; c++)
        fprintf(out, "%s%s", c ? ", " : ": ", option->choices[c]);
    cli_print_needs(out, program, option);
    print_default(out, option);
    fclose(out);
    snprintf(head, sizeof head, "--%s%s", option->name, values[option->kind]);
    printf("  %-32s ", head);
    print_words(text, columns);
}

void cli_print_help(const cli_program *program)
{
    const size_t columns = terminal_columns();
    printf("usage: %s [options]%s%s\n\n%s\n\noptions:\n", program->name,
           program->n_positionals ? " " : "", program->usage, program->about);
    for (size_t i = 0; i < program->n_options; i++)
        print_option(program, &program->options[i], columns);
    printf("  %-32s this text\n  %-32s version of the library\n", "--help", "--version");
}
