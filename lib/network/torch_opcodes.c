#include "base/format.h"
#include "network/torch_names.h"
#include "network/torch_pickle_internal.h"

#include <string.h>

typedef snnfe_pickle_value value;

#define MAX_NAME 200 /* bytes of a module's or a class's name */

static int64_t with_sign(uint64_t number, unsigned size)
{
    const uint64_t sign = size > 0 ? UINT64_C(1) << (8 * size - 1) : 0;
    const uint64_t extended = number & sign ? number | ~(sign | (sign - 1)) : number;
    int64_t result;
    memcpy(&result, &extended, sizeof result);
    return result;
}

static snnfe_status skip(snnfe_pickle *p)
{
    const uint8_t *bytes = NULL;
    return snnfe_pickle_take(p, p->operand, &bytes);
}

static snnfe_status push_mark(snnfe_pickle *p)
{
    return snnfe_pickle_push_kind(p, SNNFE_PICKLE_MARK);
}

static snnfe_status push_other(snnfe_pickle *p)
{
    SNNFE_TRY(skip(p));
    return snnfe_pickle_push_kind(p, SNNFE_PICKLE_OTHER);
}

static snnfe_status push_list(snnfe_pickle *p)
{
    return snnfe_pickle_push_kind(p, SNNFE_PICKLE_LIST);
}

static snnfe_status push_dict(snnfe_pickle *p)
{
    SNNFE_TRY(snnfe_pickle_room(p, &p->dicts, 1, sizeof(snnfe_pickle_dict)));
    ((snnfe_pickle_dict *)p->dicts.rows)[p->dicts.n] = (snnfe_pickle_dict){0};
    return snnfe_pickle_push(p,
                             (value){.kind = SNNFE_PICKLE_DICT, .number = (int64_t)p->dicts.n++});
}

static snnfe_status push_unsigned(snnfe_pickle *p)
{
    uint64_t number = 0;
    SNNFE_TRY(snnfe_pickle_take_number(p, p->operand, &number));
    return snnfe_pickle_push(p, (value){.kind = SNNFE_PICKLE_INTEGER, .number = (int64_t)number});
}

static snnfe_status push_signed(snnfe_pickle *p)
{
    uint64_t number = 0;
    SNNFE_TRY(snnfe_pickle_take_number(p, p->operand, &number));
    return snnfe_pickle_push(
        p, (value){.kind = SNNFE_PICKLE_INTEGER, .number = with_sign(number, p->operand)});
}

static snnfe_status push_long(snnfe_pickle *p)
{
    uint64_t size = 0;
    SNNFE_TRY(snnfe_pickle_take_number(p, p->operand, &size));
    p->operand = (unsigned)size;
    return size <= 8 ? push_signed(p) : push_other(p);
}

static snnfe_status push_text(snnfe_pickle *p)
{
    uint64_t length = 0;
    const uint8_t *bytes = NULL;
    SNNFE_TRY(snnfe_pickle_take_number(p, p->operand, &length));
    const size_t begin = p->at;
    SNNFE_TRY(snnfe_pickle_take(p, length, &bytes));
    return snnfe_pickle_push(
        p, (value){.kind = SNNFE_PICKLE_TEXT, .count = (uint32_t)length, .number = (int64_t)begin});
}

/* The uppermost values, which hold no mark, become a tuple. */
static snnfe_status push_tuple(snnfe_pickle *p)
{
    const unsigned n = p->operand;
    size_t marked = 0;
    for (; marked < n && marked < p->stack.n; marked++)
        if (snnfe_pickle_values(&p->stack)[p->stack.n - 1 - marked].kind == SNNFE_PICKLE_MARK)
            break;
    if (marked < n)
        return snnfe_pickle_fail(p, "needs a value that is not there");
    SNNFE_TRY(snnfe_pickle_room(p, &p->items, n, sizeof(value)));
    const value tuple = {.kind = SNNFE_PICKLE_TUPLE, .count = n, .number = (int64_t)p->items.n};
    p->stack.n -= n;
    for (size_t i = 0; i < n; i++)
        snnfe_pickle_values(&p->items)[p->items.n++] =
            snnfe_pickle_values(&p->stack)[p->stack.n + i];
    return snnfe_pickle_push(p, tuple);
}

static snnfe_status push_marked_tuple(snnfe_pickle *p)
{
    size_t marked = 0;
    SNNFE_TRY(snnfe_pickle_count_marked(p, &marked));
    p->operand = (unsigned)marked;
    SNNFE_TRY(push_tuple(p));
    const value tuple = snnfe_pickle_values(&p->stack)[--p->stack.n];
    snnfe_pickle_values(&p->stack)[p->stack.n - 1] = tuple; /* where the mark was */
    return SNNFE_OK;
}

/* A pickler numbers what it keeps from 0 or 1 on. */
static snnfe_status keep_as(snnfe_pickle *p, uint64_t index)
{
    value v;
    SNNFE_TRY(snnfe_pickle_top(p, &v));
    if (index > p->memo.n + 1)
        return snnfe_pickle_fail(p, "keeps a value under a number out of order");
    SNNFE_TRY(snnfe_pickle_room(p, &p->memo, 2, sizeof v));
    while (p->memo.n <= index)
        snnfe_pickle_values(&p->memo)[p->memo.n++] = (value){.kind = SNNFE_PICKLE_MARK};
    snnfe_pickle_values(&p->memo)[index] = v;
    return SNNFE_OK;
}

static snnfe_status keep(snnfe_pickle *p)
{
    uint64_t index = 0;
    SNNFE_TRY(snnfe_pickle_take_number(p, p->operand, &index));
    return keep_as(p, index);
}

static snnfe_status keep_next(snnfe_pickle *p)
{
    return keep_as(p, p->memo.n);
}

static snnfe_status get(snnfe_pickle *p)
{
    uint64_t index = 0;
    SNNFE_TRY(snnfe_pickle_take_number(p, p->operand, &index));
    if (index >= p->memo.n || snnfe_pickle_values(&p->memo)[index].kind == SNNFE_PICKLE_MARK)
        return snnfe_pickle_fail(p, "wants a value that it has not kept");
    return snnfe_pickle_push(p, snnfe_pickle_values(&p->memo)[index]);
}

static snnfe_status push_name(snnfe_pickle *p, const char *module, size_t n_module,
                              const char *attribute, size_t n_attribute)
{
    char name[2 * MAX_NAME + 2];
    value found;
    if (n_module > MAX_NAME || n_attribute > MAX_NAME)
        return snnfe_pickle_fail(p, "refers to a name that no tensor needs");
    memcpy(name, module, n_module);
    name[n_module] = ' ';
    memcpy(name + n_module + 1, attribute, n_attribute);
    const size_t length = n_module + 1 + n_attribute;
    name[length] = '\0';
    if (strlen(name) == length && snnfe_torch_find_name(name, &found))
        return snnfe_pickle_push(p, found);
    char quoted[SNNFE_QUOTE_SIZE];
    name[n_module] = '.';
    snnfe_quote(quoted, name, length);
    return snnfe_fail(SNNFE_ERR_FORMAT,
                      "it refers to %s, which no dictionary of tensors needs: open the file in "
                      "PyTorch and save model.state_dict() alone",
                      quoted);
}

static snnfe_status take_line(snnfe_pickle *p, const char **line, size_t *length)
{
    const uint8_t *begin = p->data + p->at;
    const uint8_t *end = memchr(begin, '\n', p->size - p->at);
    if (!end)
        return snnfe_pickle_fail(p, "is cut off");
    *line = (const char *)begin;
    *length = (size_t)(end - begin);
    p->at += *length + 1;
    return SNNFE_OK;
}

static snnfe_status push_global(snnfe_pickle *p)
{
    const char *module = "", *attribute = "";
    size_t n_module = 0, n_attribute = 0;
    SNNFE_TRY(take_line(p, &module, &n_module));
    SNNFE_TRY(take_line(p, &attribute, &n_attribute));
    return push_name(p, module, n_module, attribute, n_attribute);
}

static snnfe_status push_stacked_global(snnfe_pickle *p)
{
    value module, attribute;
    SNNFE_TRY(snnfe_pickle_pop(p, &attribute));
    SNNFE_TRY(snnfe_pickle_pop(p, &module));
    if (module.kind != SNNFE_PICKLE_TEXT || attribute.kind != SNNFE_PICKLE_TEXT)
        return snnfe_pickle_fail(p, "has a name that is no text");
    return push_name(p, snnfe_pickle_text(p, module), module.count, snnfe_pickle_text(p, attribute),
                     attribute.count);
}

static snnfe_status push_storage(snnfe_pickle *p)
{
    value v;
    SNNFE_TRY(snnfe_pickle_pop(p, &v));
    if (v.kind != SNNFE_PICKLE_TUPLE)
        return snnfe_pickle_fail(p, "has a storage that is no tuple");
    v.kind = SNNFE_PICKLE_STORAGE;
    return snnfe_pickle_push(p, v);
}

static snnfe_status reduce(snnfe_pickle *p)
{
    value arguments, function;
    SNNFE_TRY(snnfe_pickle_pop(p, &arguments));
    SNNFE_TRY(snnfe_pickle_pop(p, &function));
    if (function.kind != SNNFE_PICKLE_FUNCTION || arguments.kind != SNNFE_PICKLE_TUPLE)
        return snnfe_pickle_fail(p, "calls something else than the makers of tensors");
    if (function.detail != SNNFE_PICKLE_ORDERED_DICT) {
        arguments.kind = SNNFE_PICKLE_CALL;
        arguments.detail = function.detail;
        return snnfe_pickle_push(p, arguments);
    }
    if (arguments.count > 0)
        return snnfe_pickle_fail(p, "makes a dictionary from arguments");
    return push_dict(p);
}

/* Attributes of dictionaries (_metadata) and tensors are dropped. */
static snnfe_status build(snnfe_pickle *p)
{
    value attributes, object;
    SNNFE_TRY(snnfe_pickle_pop(p, &attributes));
    SNNFE_TRY(snnfe_pickle_top(p, &object));
    if (object.kind != SNNFE_PICKLE_DICT && object.kind != SNNFE_PICKLE_CALL)
        return snnfe_pickle_fail(p,
                                 "gives attributes to something else than a dictionary or tensor");
    return SNNFE_OK;
}

static snnfe_status set_item(snnfe_pickle *p, value dict, value key, value item)
{
    SNNFE_TRY(snnfe_pickle_room(p, &p->entries, 1, sizeof(snnfe_pickle_entry)));
    snnfe_pickle_entry *entries = p->entries.rows;
    snnfe_pickle_dict *d = (snnfe_pickle_dict *)p->dicts.rows + dict.number;
    entries[p->entries.n++] = (snnfe_pickle_entry){.key = key, .value = item};
    if (d->last)
        entries[d->last - 1].next = p->entries.n;
    else
        d->first = p->entries.n;
    d->last = p->entries.n;
    return SNNFE_OK;
}

/* The uppermost `n` values are keys and values of the dictionary below them. */
static snnfe_status set_uppermost(snnfe_pickle *p, size_t n, size_t below)
{
    if (p->stack.n < n + below + 1)
        return snnfe_pickle_fail(p, "needs a dictionary that is not there");
    const size_t first = p->stack.n - n;
    const value dict = snnfe_pickle_values(&p->stack)[first - below - 1];
    if (dict.kind != SNNFE_PICKLE_DICT || n % 2 != 0)
        return snnfe_pickle_fail(p, "sets items of something else than a dictionary");
    for (size_t i = first; i < p->stack.n; i += 2) {
        const value *pair = snnfe_pickle_values(&p->stack) + i;
        if (pair[0].kind == SNNFE_PICKLE_MARK || pair[1].kind == SNNFE_PICKLE_MARK)
            return snnfe_pickle_fail(p, "needs a value that is not there");
        SNNFE_TRY(set_item(p, dict, pair[0], pair[1]));
    }
    p->stack.n = first - below;
    return SNNFE_OK;
}

static snnfe_status set_one(snnfe_pickle *p)
{
    return set_uppermost(p, 2, 0);
}

static snnfe_status set_marked(snnfe_pickle *p)
{
    size_t marked = 0;
    SNNFE_TRY(snnfe_pickle_count_marked(p, &marked));
    return set_uppermost(p, marked, 1);
}

static snnfe_status expect_list(const snnfe_pickle *p)
{
    value v;
    SNNFE_TRY(snnfe_pickle_top(p, &v));
    return v.kind == SNNFE_PICKLE_LIST
               ? SNNFE_OK
               : snnfe_pickle_fail(p, "appends to something else than a list");
}

static snnfe_status append_one(snnfe_pickle *p)
{
    value v;
    SNNFE_TRY(snnfe_pickle_pop(p, &v));
    return expect_list(p);
}

static snnfe_status append_marked(snnfe_pickle *p)
{
    size_t marked = 0;
    SNNFE_TRY(snnfe_pickle_count_marked(p, &marked));
    p->stack.n -= marked + 1;
    return expect_list(p);
}

/* What picklers write for dictionaries of tensors, numbers, texts, tuples and lists. */
static const struct {
    uint8_t code;
    uint8_t operand; /* its bytes; of a tuple, the items */
    snnfe_status (*run)(snnfe_pickle *p);
} opcodes[] = {
    {0x95, 8, skip},                /* FRAME */
    {'(', 0, push_mark},            /* MARK */
    {'N', 0, push_other},           /* NONE */
    {0x88, 0, push_other},          /* NEWTRUE */
    {0x89, 0, push_other},          /* NEWFALSE */
    {'G', 8, push_other},           /* BINFLOAT */
    {'K', 1, push_unsigned},        /* BININT1 */
    {'M', 2, push_unsigned},        /* BININT2 */
    {'J', 4, push_signed},          /* BININT */
    {0x8a, 1, push_long},           /* LONG1 */
    {'X', 4, push_text},            /* BINUNICODE */
    {0x8c, 1, push_text},           /* SHORT_BINUNICODE */
    {')', 0, push_tuple},           /* EMPTY_TUPLE */
    {0x85, 1, push_tuple},          /* TUPLE1 */
    {0x86, 2, push_tuple},          /* TUPLE2 */
    {0x87, 3, push_tuple},          /* TUPLE3 */
    {'t', 0, push_marked_tuple},    /* TUPLE */
    {'}', 0, push_dict},            /* EMPTY_DICT */
    {'s', 0, set_one},              /* SETITEM */
    {'u', 0, set_marked},           /* SETITEMS */
    {']', 0, push_list},            /* EMPTY_LIST */
    {'a', 0, append_one},           /* APPEND */
    {'e', 0, append_marked},        /* APPENDS */
    {'q', 1, keep},                 /* BINPUT */
    {'r', 4, keep},                 /* LONG_BINPUT */
    {0x94, 0, keep_next},           /* MEMOIZE */
    {'h', 1, get},                  /* BINGET */
    {'j', 4, get},                  /* LONG_BINGET */
    {'c', 0, push_global},          /* GLOBAL */
    {0x93, 0, push_stacked_global}, /* STACK_GLOBAL */
    {'Q', 0, push_storage},         /* BINPERSID */
    {'R', 0, reduce},               /* REDUCE */
    {'b', 0, build},                /* BUILD */
};
#define N_OPCODES (sizeof opcodes / sizeof opcodes[0])

snnfe_status snnfe_pickle_step(snnfe_pickle *p, uint8_t code)
{
    for (size_t i = 0; i < N_OPCODES; i++)
        if (opcodes[i].code == code) {
            p->operand = opcodes[i].operand;
            return opcodes[i].run(p);
        }
    return snnfe_fail(SNNFE_ERR_FORMAT,
                      "its pickle uses opcode 0x%02x at byte %zu, which no dictionary of tensors, "
                      "numbers, texts and lists needs: open the file in PyTorch and save "
                      "model.state_dict() alone",
                      (unsigned)code, p->at - 1);
}
