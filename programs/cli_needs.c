/* Options that do nothing without others, or beside them. */
#include "cli.h"

#include <string.h>

static const cli_option *find(const cli_program *program, const char *name, size_t length)
{
    for (size_t i = 0; i < program->n_options; i++)
        if (strlen(program->options[i].name) == length &&
            strncmp(program->options[i].name, name, length) == 0)
            return &program->options[i];
    return NULL;
}

/* Whether one alternative of a condition, NAME or NAME=CHOICE up to a blank, is met. */
static bool is_met(const cli_program *program, const bool *given, const char *alternative)
{
    const size_t length = strcspn(alternative, "= ");
    const cli_option *option = find(program, alternative, length);
    if (!option)
        return false;
    if (alternative[length] != '=')
        return given[option - program->options];
    const char *choice = option->choices[*(const int32_t *)option->target];
    const char *wanted = alternative + length + 1;
    return strlen(choice) == strcspn(wanted, " ") && strncmp(choice, wanted, strlen(choice)) == 0;
}

static bool any_is_met(const cli_program *program, const bool *given, const char *condition)
{
    for (const char *p = condition; *p; p += strspn(p, " ")) {
        if (is_met(program, given, p))
            return true;
        p += strcspn(p, " ");
    }
    return false;
}

/* "--adapt or --dut", "--programming mixed, tiki_taka or verify": an option is named once for all
   its choices. */
static void describe(char *text, size_t size, const char *condition)
{
    const char *named = "";
    size_t length = 0;
    for (const char *p = condition; *p && length < size;) {
        const size_t name = strcspn(p, "= "), whole = strcspn(p, " ");
        const char *next = p + whole + strspn(p + whole, " ");
        const bool again = strncmp(named, p, name) == 0 && strcspn(named, "= ") == name;
        const char *before = p == condition ? "" : *next ? ", " : " or ";
        length += (size_t)snprintf(text + length, size - length, "%s", before);
        if (!again && length < size)
            length += (size_t)snprintf(text + length, size - length, "--%.*s%s", (int)name, p,
                                       p[name] == '=' ? " " : "");
        if (p[name] == '=' && length < size)
            length += (size_t)snprintf(text + length, size - length, "%.*s",
                                       (int)(whole - name - 1), p + name + 1);
        named = p;
        p = next;
    }
}

void cli_print_needs(FILE *out, const cli_program *program, const cli_option *option)
{
    char text[200];
    const char *before = " (";
    for (size_t list = 0; list < CLI_NEED_LISTS && program->needs[list]; list++)
        for (const cli_need *need = program->needs[list]; need->option; need++)
            if (strcmp(need->option, option->name) == 0) {
                const bool without = need->condition[0] == '!';
                describe(text, sizeof text, need->condition + without);
                fprintf(out, "%s%s %s", before, without ? "without" : "with", text);
                before = ", ";
            }
    if (*before == ',')
        fputc(')', out);
}

bool cli_check_needs(const cli_program *program, const bool *given)
{
    for (size_t list = 0; list < CLI_NEED_LISTS && program->needs[list]; list++)
        for (const cli_need *need = program->needs[list]; need->option; need++) {
            const cli_option *option = find(program, need->option, strlen(need->option));
            const bool without = need->condition[0] == '!';
            const char *condition = need->condition + without;
            if (!option || !given[option - program->options] ||
                any_is_met(program, given, condition) != without)
                continue;
            char text[200];
            describe(text, sizeof text, condition);
            fprintf(stderr, "%s: --%s has no effect %s %s\n", program->name, need->option,
                    without ? "beside" : "without", text);
            return false;
        }
    return true;
}
