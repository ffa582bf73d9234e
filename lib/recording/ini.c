#include "recording/ini.h"

#include "base/file.h"
#include "base/format.h"
#include "base/memory.h"
#include "base/utf8.h"

#include <string.h>
#include <strings.h>

#define MAX_FILE (UINT64_C(64) << 20)
#define MAX_LINES 2000000

bool snnfe_ini_same(const char *a, const char *b)
{
    return strcasecmp(a, b) == 0;
}

/* "Brain Vision Data Exchange Header File", in the spellings that programs write. */
static bool is_identified(const char *line, const char *kind)
{
    static const char *const spellings[] = {"Brain Vision", "BrainVision", "Brain Vision Core",
                                            "BrainVision Core"};
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        char wanted[80];
        const int n =
            snnfe_format(wanted, sizeof wanted, "%s Data Exchange %s File", spellings[i], kind);
        if (strncasecmp(line, wanted, (size_t)n) == 0)
            return true;
    }
    return false;
}

snnfe_status snnfe_ini_is_header(const char *path, bool *header)
{
    char text[16] = "";
    size_t size = sizeof text - 1;
    SNNFE_TRY(snnfe_file_beginning(path, text, &size));
    const char *first = text + snnfe_byte_order_mark(text, size);
    *header = strncmp(first, "Brain Vision", 12) == 0 || strncmp(first, "BrainVision", 11) == 0;
    return SNNFE_OK;
}

/* Cut off a line; NULL behind the last. */
static char *next_line(char **rest)
{
    char *line = *rest;
    if (*line == '\0')
        return NULL;
    char *end = line + strcspn(line, "\n");
    *rest = *end ? end + 1 : end;
    *end = '\0';
    return line;
}

/* Without blanks at both ends. */
static char *trimmed(char *text)
{
    text += strspn(text, " \t\r");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r", text[n - 1]))
        n--;
    text[n] = '\0';
    return text;
}

static snnfe_status bad_line(const snnfe_ini *ini, size_t line, const char *text, const char *what)
{
    char quoted[SNNFE_QUOTE_SIZE];
    snnfe_quote(quoted, text, strlen(text));
    return snnfe_fail(SNNFE_ERR_FORMAT, "%s: line %zu: \"%s\" %s", ini->path, line, quoted, what);
}

static snnfe_status add_entry(snnfe_ini *ini, const char *section, char *line, size_t number)
{
    char *equals = strchr(line, '=');
    if (!equals || !section)
        return bad_line(ini, number, line,
                        equals ? "stands before the first section" : "is no \"key=value\"");
    *equals = '\0';
    ini->entries[ini->n++] = (snnfe_ini_entry){section, trimmed(line), trimmed(equals + 1), number};
    return SNNFE_OK;
}

/* Behind [Comment] everything is free text. */
static snnfe_status read_lines(snnfe_ini *ini, char *rest)
{
    const char *section = NULL;
    size_t number = 1;
    for (char *line; (line = next_line(&rest)) != NULL;) {
        number++;
        line = trimmed(line);
        const size_t n = strlen(line);
        if (n > 1 && line[0] == '[' && line[n - 1] == ']') {
            line[n - 1] = '\0';
            section = line + 1;
        } else if (n > 0 && line[0] != ';' && !(section && snnfe_ini_same(section, "Comment"))) {
            SNNFE_TRY(add_entry(ini, section, line, number));
        }
    }
    return SNNFE_OK;
}

static snnfe_status parse(snnfe_ini *ini, const char *kind, const char *bytes, size_t size)
{
    size_t length = 0, n_lines = 1;
    const size_t mark = snnfe_byte_order_mark(bytes, size);
    ini->text = snnfe_alloc_raw(2 * size + 1, 1);
    if (!ini->text)
        return SNNFE_ERR_MEMORY;
    ini->latin1 = !snnfe_utf8_copy(ini->text, bytes + mark, size - mark, &length);
    char *rest = ini->text;
    char *first = next_line(&rest);
    if (!first || !is_identified(first, kind))
        return snnfe_fail(SNNFE_ERR_FORMAT,
                          "%s: does not begin with \"Brain Vision Data Exchange %s File\"",
                          ini->path, kind);
    if (strlen(first) + 1 + strlen(rest) < length)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: is no text: it has a byte that is 0", ini->path);
    for (const char *c = rest; *c; c++)
        n_lines += *c == '\n';
    if (n_lines > MAX_LINES)
        return snnfe_fail(SNNFE_ERR_FORMAT, "%s: has more than %d lines", ini->path, MAX_LINES);
    ini->entries = snnfe_alloc(n_lines, sizeof *ini->entries);
    return ini->entries ? read_lines(ini, rest) : SNNFE_ERR_MEMORY;
}

snnfe_status snnfe_ini_parse(snnfe_ini *ini, const char *path, const char *kind, const char *bytes,
                             size_t size)
{
    *ini = (snnfe_ini){.path = path};
    const snnfe_status status = parse(ini, kind, bytes, size);
    if (status != SNNFE_OK)
        snnfe_ini_release(ini);
    return status;
}

snnfe_status snnfe_ini_read(snnfe_ini *ini, const char *path, const char *kind)
{
    uint8_t *content = NULL;
    size_t size = 0;
    *ini = (snnfe_ini){0};
    SNNFE_TRY(snnfe_file_read(&content, path, MAX_FILE, &size));
    const snnfe_status status = snnfe_ini_parse(ini, path, kind, (const char *)content, size);
    snnfe_release(content);
    return status;
}

void snnfe_ini_release(snnfe_ini *ini)
{
    snnfe_release(ini->entries);
    snnfe_release(ini->text);
    *ini = (snnfe_ini){0};
}

snnfe_status snnfe_ini_note_latin1(const snnfe_ini *ini, snnfe_text *notes)
{
    if (ini->latin1)
        snnfe_text_append(notes, "%s: is not UTF-8 and is taken as Latin-1\n", ini->path);
    return notes->failed ? SNNFE_ERR_MEMORY : SNNFE_OK;
}

const char *snnfe_ini_value(const snnfe_ini *ini, const char *section, const char *key)
{
    for (size_t i = 0; i < ini->n; i++) {
        const snnfe_ini_entry *e = &ini->entries[i];
        if (snnfe_ini_same(e->key, key) && snnfe_ini_same(e->section, section))
            return *e->value ? e->value : NULL;
    }
    return NULL;
}

snnfe_status snnfe_ini_fail(const snnfe_ini *ini, snnfe_status status, const char *section,
                            const char *key, const char *what)
{
    const char *value = snnfe_ini_value(ini, section, key);
    if (!value)
        return snnfe_fail(status, "%s: [%s] has no %s", ini->path, section, key);
    char quoted[SNNFE_QUOTE_SIZE];
    snnfe_quote(quoted, value, strlen(value));
    return snnfe_fail(status, "%s: [%s] %s is \"%s\", %s", ini->path, section, key, quoted, what);
}
