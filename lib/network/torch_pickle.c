#include "network/torch_pickle_internal.h"

#include "base/memory.h"

#include <string.h>

typedef snnfe_pickle_value value;

snnfe_status snnfe_pickle_fail(const snnfe_pickle *p, const char *what)
{
    return snnfe_fail(SNNFE_ERR_FORMAT, "its pickle, before byte %zu, %s", p->at, what);
}

snnfe_status snnfe_pickle_room(const snnfe_pickle *p, snnfe_pickle_rows *r, size_t more,
                               size_t row_size)
{
    if (more <= r->capacity - r->n)
        return SNNFE_OK;
    if (more > SNNFE_PICKLE_MAX_ROWS - r->n)
        return snnfe_pickle_fail(p, "is larger than that of any network");
    size_t capacity = r->capacity ? r->capacity * 2 : 64;
    while (capacity < r->n + more)
        capacity *= 2;
    void *grown = snnfe_realloc(r->rows, r->n, capacity, row_size);
    if (!grown)
        return SNNFE_ERR_MEMORY;
    r->rows = grown;
    r->capacity = capacity;
    return SNNFE_OK;
}

value *snnfe_pickle_values(const snnfe_pickle_rows *r)
{
    return r->rows;
}

snnfe_status snnfe_pickle_push(snnfe_pickle *p, value v)
{
    SNNFE_TRY(snnfe_pickle_room(p, &p->stack, 1, sizeof v));
    snnfe_pickle_values(&p->stack)[p->stack.n++] = v;
    return SNNFE_OK;
}

snnfe_status snnfe_pickle_push_kind(snnfe_pickle *p, snnfe_pickle_kind kind)
{
    return snnfe_pickle_push(p, (value){.kind = (uint16_t)kind});
}

snnfe_status snnfe_pickle_top(const snnfe_pickle *p, value *v)
{
    if (p->stack.n == 0 || snnfe_pickle_values(&p->stack)[p->stack.n - 1].kind == SNNFE_PICKLE_MARK)
        return snnfe_pickle_fail(p, "needs a value that is not there");
    *v = snnfe_pickle_values(&p->stack)[p->stack.n - 1];
    return SNNFE_OK;
}

snnfe_status snnfe_pickle_pop(snnfe_pickle *p, value *v)
{
    SNNFE_TRY(snnfe_pickle_top(p, v));
    p->stack.n--;
    return SNNFE_OK;
}

snnfe_status snnfe_pickle_count_marked(const snnfe_pickle *p, size_t *n)
{
    for (*n = 0; *n < p->stack.n; ++*n)
        if (snnfe_pickle_values(&p->stack)[p->stack.n - 1 - *n].kind == SNNFE_PICKLE_MARK)
            return SNNFE_OK;
    return snnfe_pickle_fail(p, "needs a mark that is not there");
}

snnfe_status snnfe_pickle_take(snnfe_pickle *p, uint64_t n, const uint8_t **bytes)
{
    if (n > p->size - p->at)
        return snnfe_pickle_fail(p, "is cut off");
    *bytes = p->data + p->at;
    p->at += (size_t)n;
    return SNNFE_OK;
}

snnfe_status snnfe_pickle_take_number(snnfe_pickle *p, unsigned size, uint64_t *number)
{
    const uint8_t *bytes = NULL;
    SNNFE_TRY(snnfe_pickle_take(p, size, &bytes));
    *number = 0;
    for (unsigned i = size; i-- > 0;)
        *number = *number << 8 | bytes[i];
    return SNNFE_OK;
}

static snnfe_status read_protocol(snnfe_pickle *p)
{
    const uint8_t *bytes = NULL;
    SNNFE_TRY(snnfe_pickle_take(p, 2, &bytes));
    if (bytes[0] != 0x80 || bytes[1] < 2 || bytes[1] > 5)
        return snnfe_fail(SNNFE_ERR_FORMAT, "its pickle is not of protocol 2 to 5");
    return SNNFE_OK;
}

snnfe_status snnfe_pickle_read(snnfe_pickle *p, const uint8_t *data, size_t size, value *root)
{
    const uint8_t *code = NULL;
    *p = (snnfe_pickle){.data = data, .size = size};
    SNNFE_TRY(read_protocol(p));
    SNNFE_TRY(snnfe_pickle_take(p, 1, &code));
    while (*code != '.') {
        SNNFE_TRY(snnfe_pickle_step(p, *code));
        SNNFE_TRY(snnfe_pickle_take(p, 1, &code));
    }
    SNNFE_TRY(snnfe_pickle_pop(p, root));
    if (p->stack.n > 0 || p->at != size)
        return snnfe_pickle_fail(p, "ends with something left over");
    return SNNFE_OK;
}

void snnfe_pickle_release(snnfe_pickle *p)
{
    snnfe_release(p->stack.rows);
    snnfe_release(p->memo.rows);
    snnfe_release(p->items.rows);
    snnfe_release(p->entries.rows);
    snnfe_release(p->dicts.rows);
    *p = (snnfe_pickle){0};
}

value snnfe_pickle_item(const snnfe_pickle *p, value of, size_t i)
{
    const value none = {.kind = SNNFE_PICKLE_OTHER};
    return i < of.count ? snnfe_pickle_values(&p->items)[(size_t)of.number + i] : none;
}

const char *snnfe_pickle_text(const snnfe_pickle *p, value text)
{
    return (const char *)p->data + text.number;
}

bool snnfe_pickle_is(const snnfe_pickle *p, value text, const char *wanted)
{
    return text.kind == SNNFE_PICKLE_TEXT && text.count == strlen(wanted) &&
           memcmp(snnfe_pickle_text(p, text), wanted, text.count) == 0;
}

const snnfe_pickle_entry *snnfe_pickle_first(const snnfe_pickle *p, value dict)
{
    const size_t first = ((const snnfe_pickle_dict *)p->dicts.rows)[dict.number].first;
    return first ? (const snnfe_pickle_entry *)p->entries.rows + first - 1 : NULL;
}

const snnfe_pickle_entry *snnfe_pickle_next(const snnfe_pickle *p, const snnfe_pickle_entry *entry)
{
    return entry->next ? (const snnfe_pickle_entry *)p->entries.rows + entry->next - 1 : NULL;
}
