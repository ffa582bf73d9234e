/* Tables of BIDS trees: whatever the text is, it is refused with a message, or every cell can be
   read and none reaches beyond it. */
#include "base/memory.h"
#include "fuzz.h"
#include "recording/bids_name.h"
#include "recording/tsv.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_limit_memory();
    char *text = snnfe_alloc(size + 1, 1);
    fuzz_check(text != NULL, "the input fits into memory");
    memcpy(text, data, size);
    snnfe_tsv tsv;
    snnfe_bids_name name;
    snnfe_bids_name_parse(&name, text);
    if (!fuzz_ok(snnfe_tsv_parse(&tsv, "input.tsv", text, size)))
        return 0;
    size_t length = 0, column = 0;
    double number = 0;
    for (size_t row = 0; row < tsv.n_rows; row++)
        for (size_t c = 0; c < tsv.n_columns; c++) {
            const char *cell = snnfe_tsv_cell(&tsv, row, c);
            length += cell ? strlen(cell) : 0;
            fuzz_ok(snnfe_tsv_number(&tsv, row, c, &number));
        }
    fuzz_check(length <= size, "cells are parts of the input");
    fuzz_check(snnfe_tsv_find(&tsv, tsv.cells[0], &column) && column == 0, "names are distinct");
    fuzz_ok(snnfe_tsv_require(&tsv, "no such column", &column));
    snnfe_tsv_release(&tsv);
    return 0;
}
