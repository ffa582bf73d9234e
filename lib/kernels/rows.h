/* Adding and subtracting rows of a table, for one element type: expects VALUE, VECTOR, LOAD,
   STORE and NAME. A strip of accumulators stays in registers while the rows stream by. A row to
   add and a row to subtract are taken as a pair. If they are sums of gradients from a neuron's
   switching times on, their difference is the small sum between the two times, so that
   subtracting them first loses the least precision. */
#define STRIP_NAME KERNEL_JOIN(NAME, _, strip)

static inline __attribute__((always_inline)) void STRIP_NAME(VALUE *sums, const VALUE *table,
                                                             size_t stride, const snnfe_rows *lists,
                                                             size_t n_lists, const size_t n_vectors)
{
    VECTOR sum[STRIP_VECTORS];
    for (size_t v = 0; v < n_vectors; v++)
        sum[v] = LOAD(sums + v * LANES);
    for (size_t l = 0; l < n_lists; l++) {
        const VALUE *base = table + lists[l].base;
        const uint32_t n_pairs = lists[l].n_on < lists[l].n_off ? lists[l].n_on : lists[l].n_off;
        for (uint32_t e = 0; e < n_pairs; e++) {
            const VALUE *on = base + lists[l].on[e] * stride;
            const VALUE *off = base + lists[l].off[e] * stride;
            for (size_t v = 0; v < n_vectors; v++)
                sum[v] += LOAD(on + v * LANES) - LOAD(off + v * LANES);
        }
        for (uint32_t e = n_pairs; e < lists[l].n_on; e++) {
            const VALUE *row = base + lists[l].on[e] * stride;
            for (size_t v = 0; v < n_vectors; v++)
                sum[v] += LOAD(row + v * LANES);
        }
        for (uint32_t e = n_pairs; e < lists[l].n_off; e++) {
            const VALUE *row = base + lists[l].off[e] * stride;
            for (size_t v = 0; v < n_vectors; v++)
                sum[v] -= LOAD(row + v * LANES);
        }
    }
    for (size_t v = 0; v < n_vectors; v++)
        STORE(sums + v * LANES, sum[v]);
}

void NAME(VALUE *sums, size_t width, const VALUE *table, size_t stride, const snnfe_rows *lists,
          size_t n_lists)
{
    size_t first = 0;
    for (; first + STRIP <= width; first += STRIP)
        STRIP_NAME(sums + first, table + first, stride, lists, n_lists, STRIP_VECTORS);
    for (; first < width; first += REST)
        STRIP_NAME(sums + first, table + first, stride, lists, n_lists, REST_VECTORS);
}
#undef STRIP_NAME
#undef VALUE
#undef VECTOR
#undef LOAD
#undef STORE
#undef NAME
