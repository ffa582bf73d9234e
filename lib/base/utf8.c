#include "utf8.h"

#include <stdint.h>
#include <string.h>

size_t snnfe_utf8_character(const char *text, size_t left)
{
    const uint8_t *at = (const uint8_t *)text;
    if (at[0] < 0x80)
        return 1;
    const size_t n = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4 || left < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    const bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    const bool surrogate = at[0] == 0xed && at[1] > 0x9f;
    const bool too_large = at[0] == 0xf4 && at[1] > 0x8f;
    return overlong || surrogate || too_large ? 0 : n;
}

bool snnfe_utf8_valid(const char *text, size_t n)
{
    for (size_t i = 0, length; i < n; i += length) {
        length = snnfe_utf8_character(text + i, n - i);
        if (length == 0)
            return false;
    }
    return true;
}

static uint32_t code_of(const char *text, size_t n)
{
    static const uint8_t first[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const uint8_t *at = (const uint8_t *)text;
    uint32_t code = at[0] & first[n];
    for (size_t i = 1; i < n; i++)
        code = code << 6 | (at[i] & 0x3f);
    return code;
}

/* Controls of ASCII and of ISO 8859-1; marks, embeddings, overrides and isolates of direction; the
   separators of lines and paragraphs. */
static bool is_command(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e ||
           code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

/* How the character that `text` of `left` > 0 bytes begins with is shown. */
typedef struct shown {
    size_t taken;  /* bytes of the text */
    size_t length; /* bytes that show them, in `bytes` */
    char bytes[4];
} shown;

static shown show_character(const char *text, size_t left)
{
    static const char digits[] = "0123456789abcdef";
    const size_t valid = snnfe_utf8_character(text, left);
    const uint8_t byte = (uint8_t)*text;
    shown s = {.taken = 1, .length = 4, .bytes = {'\\', 'x', digits[byte >> 4], digits[byte & 15]}};
    if (valid && !is_command(code_of(text, valid))) {
        s.taken = s.length = valid;
        memcpy(s.bytes, text, valid);
    }
    return s;
}

static size_t shown_length(const char *text, size_t n)
{
    size_t length = 0;
    for (size_t i = 0; i < n;) {
        const shown s = show_character(text + i, n - i);
        length += s.length;
        i += s.taken;
    }
    return length;
}

char *snnfe_utf8_show(char *out, size_t size, const char *text)
{
    static const char mark[] = "…";
    const size_t n = strlen(text), total = shown_length(text, n), room = size - 1;
    const bool fits = total <= room, marked = !fits && room >= strlen(mark);
    const size_t left = room - (marked ? strlen(mark) : 0);
    const size_t head = fits ? total : left / 3; /* the end tells why */
    const size_t end = fits ? total : total - (left - head);
    size_t used = 0, seen = 0;
    bool open = marked; /* the mark is still to come */
    for (size_t i = 0; i < n;) {
        const shown s = show_character(text + i, n - i);
        if (seen + s.length <= head || seen >= end) {
            memcpy(out + used, s.bytes, s.length);
            used += s.length;
        } else if (open) {
            memcpy(out + used, mark, strlen(mark));
            used += strlen(mark);
            open = false;
        }
        seen += s.length;
        i += s.taken;
    }
    out[used] = '\0';
    return out;
}

bool snnfe_utf8_copy(char *out, const char *text, size_t n, size_t *size)
{
    const bool valid = snnfe_utf8_valid(text, n);
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t byte = (uint8_t)text[i];
        if (valid || byte < 0x80) {
            out[length++] = text[i];
        } else {
            out[length++] = (char)(0xc0 | byte >> 6);
            out[length++] = (char)(0x80 | (byte & 0x3f));
        }
    }
    out[length] = '\0';
    *size = length;
    return valid;
}
