#include "network/torch_state.h"

#include "base/format.h"
#include "base/memory.h"
#include "network/torch_names.h"

#include <string.h>

#define MAX_NAME 200 /* bytes of a tensor's name */
#define MAX_NUMBER (UINT64_C(1) << 40)

typedef snnfe_pickle_value value;
typedef snnfe_torch_tensor tensor;

/* --- one tensor ------------------------------------------------------------------------------- */

static snnfe_status fail(const tensor *t, const char *what)
{
    return snnfe_fail(SNNFE_ERR_FORMAT, "tensor \"%s\" %s", t->name, what);
}

static bool get_size(value v, uint64_t *size)
{
    if (v.kind != SNNFE_PICKLE_INTEGER || v.number < 0 || (uint64_t)v.number > MAX_NUMBER)
        return false;
    *size = (uint64_t)v.number;
    return true;
}

/* Text without control characters and the like, which messages can quote. */
static snnfe_status copy_text(const snnfe_pickle *p, value text, char **copy)
{
    const char *bytes = snnfe_pickle_text(p, text);
    bool plain = text.count <= MAX_NAME;
    for (uint32_t i = 0; plain && i < text.count; i++)
        plain = bytes[i] >= ' ' && bytes[i] <= '~';
    if (!plain) {
        char quoted[SNNFE_QUOTE_SIZE];
        snnfe_quote(quoted, bytes, text.count);
        return snnfe_fail(SNNFE_ERR_FORMAT, "\"%s\" is no name of a tensor or storage", quoted);
    }
    *copy = snnfe_alloc((size_t)text.count + 1, 1);
    if (!*copy)
        return SNNFE_ERR_MEMORY;
    memcpy(*copy, bytes, text.count);
    return SNNFE_OK;
}

/* ("storage", type, key, place, number of elements) */
static snnfe_status read_storage(tensor *t, const snnfe_pickle *p, value storage, value element)
{
    const value type = snnfe_pickle_item(p, storage, 1), key = snnfe_pickle_item(p, storage, 2);
    const bool untyped = type.kind == SNNFE_PICKLE_UNTYPED;
    uint64_t n = 0;
    if (storage.kind != SNNFE_PICKLE_STORAGE ||
        !snnfe_pickle_is(p, snnfe_pickle_item(p, storage, 0), "storage") ||
        (!untyped && type.kind != SNNFE_PICKLE_TYPE) || key.kind != SNNFE_PICKLE_TEXT ||
        !get_size(snnfe_pickle_item(p, storage, 4), &n))
        return fail(t, "has a storage that is not described as PyTorch does");
    if (untyped && element.kind != SNNFE_PICKLE_TYPE)
        return fail(t, "has elements of no type");
    t->type = element.kind == SNNFE_PICKLE_TYPE ? element.detail : type.detail;
    t->storage_size = untyped ? n : n * snnfe_torch_type_size(type.detail);
    return copy_text(p, key, &t->storage);
}

static snnfe_status read_shape(tensor *t, const snnfe_pickle *p, value shape, value stride)
{
    if (shape.kind != SNNFE_PICKLE_TUPLE || stride.kind != SNNFE_PICKLE_TUPLE ||
        shape.count != stride.count || shape.count > SNNFE_MAX_DIMENSIONS)
        return fail(t, "has no shape and strides of one length, at most 8");
    t->n_dims = shape.count;
    t->count = 1;
    for (uint32_t d = 0; d < t->n_dims; d++) {
        if (!get_size(snnfe_pickle_item(p, shape, d), &t->shape[d]) ||
            !get_size(snnfe_pickle_item(p, stride, d), &t->stride[d]))
            return fail(t, "has a size or stride that is no whole number up to 2^40");
        if (t->shape[d] != 0 && t->count > MAX_NUMBER / t->shape[d])
            return fail(t, "is too large");
        t->count *= t->shape[d];
    }
    return SNNFE_OK;
}

/* The last element lies in the storage, and so do all. */
static snnfe_status check_reach(const tensor *t)
{
    const uint64_t n = t->storage_size / snnfe_torch_type_size(t->type);
    uint64_t last = t->offset;
    if (t->count == 0)
        return SNNFE_OK;
    for (uint32_t d = 0; last < n && d < t->n_dims; d++) {
        const uint64_t steps = t->shape[d] - 1;
        last = t->stride[d] != 0 && steps > n / t->stride[d] ? n : last + steps * t->stride[d];
    }
    return last < n ? SNNFE_OK : fail(t, "reaches beyond its storage");
}

static bool is_tensor(value v)
{
    return v.kind == SNNFE_PICKLE_CALL;
}

static snnfe_status read_tensor(tensor *t, const snnfe_pickle *p, value name, value call)
{
    SNNFE_TRY(copy_text(p, name, &t->name));
    if (call.detail == SNNFE_PICKLE_PARAMETER)
        call = snnfe_pickle_item(p, call, 0);
    if (!is_tensor(call) || call.detail == SNNFE_PICKLE_PARAMETER)
        return fail(t, "is a parameter that holds no tensor");
    const value none = {.kind = SNNFE_PICKLE_OTHER};
    const bool typed = call.detail == SNNFE_PICKLE_TYPED_TENSOR;
    SNNFE_TRY(read_storage(t, p, snnfe_pickle_item(p, call, 0),
                           typed ? snnfe_pickle_item(p, call, 6) : none));
    if (!get_size(snnfe_pickle_item(p, call, 1), &t->offset))
        return fail(t, "has an offset that is no whole number up to 2^40");
    SNNFE_TRY(read_shape(t, p, snnfe_pickle_item(p, call, 2), snnfe_pickle_item(p, call, 3)));
    return check_reach(t);
}

/* --- which dictionary ---------------------------------------------------------------------------
 */

static bool find_dict(const snnfe_pickle *p, value in, const char *key, value *found)
{
    const snnfe_pickle_entry *e = snnfe_pickle_first(p, in);
    for (; e; e = snnfe_pickle_next(p, e))
        if (e->value.kind == SNNFE_PICKLE_DICT && snnfe_pickle_is(p, e->key, key)) {
            *found = e->value;
            return true;
        }
    return false;
}

static value choose_dict(const snnfe_pickle *p, value dict)
{
    static const char *const keys[] = {"state_dict", "model_state_dict", "model"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (find_dict(p, dict, keys[i], &dict))
            break;
    return dict;
}

static snnfe_status fail_empty(const snnfe_pickle *p, value dict)
{
    char names[400] = "", quoted[SNNFE_QUOTE_SIZE];
    const snnfe_pickle_entry *e = snnfe_pickle_first(p, dict);
    for (; e; e = snnfe_pickle_next(p, e)) {
        if (e->key.kind != SNNFE_PICKLE_TEXT)
            continue;
        snnfe_quote(quoted, snnfe_pickle_text(p, e->key), e->key.count);
        snnfe_list_name(names, sizeof names, quoted);
    }
    return snnfe_fail(SNNFE_ERR_FORMAT,
                      "it holds no dictionary of tensors, nor one under \"state_dict\", "
                      "\"model_state_dict\" or \"model\"; its entries: %s",
                      names[0] ? names : "none");
}

/* --- all tensors --------------------------------------------------------------------------------
 */

/* Wrappers of a model put these in front of every name. */
static const char *const prefixes[] = {"module.", "_orig_mod."};

static bool all_begin_with(const snnfe_torch_state *state, const char *prefix)
{
    for (size_t i = 0; i < state->n; i++)
        if (strncmp(state->tensors[i].name, prefix, strlen(prefix)) != 0)
            return false;
    return true;
}

static void drop_prefixes(snnfe_torch_state *state)
{
    for (size_t k = 0; k < sizeof prefixes / sizeof prefixes[0];) {
        const size_t length = strlen(prefixes[k]);
        if (!all_begin_with(state, prefixes[k])) {
            k++;
            continue;
        }
        for (size_t i = 0; i < state->n; i++) {
            char *name = state->tensors[i].name;
            memmove(name, name + length, strlen(name + length) + 1);
        }
        k = 0;
    }
}

static snnfe_status check_names(const snnfe_torch_state *state)
{
    for (size_t i = 0; i < state->n; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(state->tensors[i].name, state->tensors[j].name) == 0)
                return fail(&state->tensors[i], "is there twice");
    return SNNFE_OK;
}

snnfe_status snnfe_torch_state_read(snnfe_torch_state *state, const snnfe_pickle *p, value root)
{
    *state = (snnfe_torch_state){0};
    if (root.kind != SNNFE_PICKLE_DICT)
        return snnfe_fail(SNNFE_ERR_FORMAT, "it holds no dictionary of tensors");
    const value dict = choose_dict(p, root);
    size_t n = 0;
    const snnfe_pickle_entry *e = snnfe_pickle_first(p, dict);
    for (; e; e = snnfe_pickle_next(p, e))
        n += is_tensor(e->value) && e->key.kind == SNNFE_PICKLE_TEXT;
    if (n == 0)
        return fail_empty(p, dict);
    if (n > SNNFE_TORCH_MAX_TENSORS)
        return snnfe_fail(SNNFE_ERR_FORMAT, "it holds %zu tensors, more than %d", n,
                          SNNFE_TORCH_MAX_TENSORS);
    state->tensors = snnfe_alloc(n, sizeof *state->tensors);
    if (!state->tensors)
        return SNNFE_ERR_MEMORY;
    for (e = snnfe_pickle_first(p, dict); e; e = snnfe_pickle_next(p, e))
        if (is_tensor(e->value) && e->key.kind == SNNFE_PICKLE_TEXT)
            SNNFE_TRY(read_tensor(&state->tensors[state->n++], p, e->key, e->value));
    drop_prefixes(state);
    return check_names(state);
}

void snnfe_torch_state_release(snnfe_torch_state *state)
{
    for (size_t i = 0; i < state->n; i++) {
        snnfe_release(state->tensors[i].name);
        snnfe_release(state->tensors[i].storage);
    }
    snnfe_release(state->tensors);
    *state = (snnfe_torch_state){0};
}
