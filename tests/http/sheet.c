#include "http/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "entrepot/base/csv.h"
#include "http/asking.h"

struct sheet sheet_read(void)
{
    struct sheet sheet = {.bytes = malloc(reply.body.n + 1)};
    struct problem problem;
    struct csv csv;
    assert_non_null(sheet.bytes);
    memcpy(sheet.bytes, reply.body.p, reply.body.n);
    csv_init_memory(&csv, "answer", sheet.bytes, reply.body.n);
    enum status status;
    while ((status = csv_next(&csv, &problem)) == ST_OK) {
        if (sheet.rows == 0)
            sheet.columns = csv.n_fields;
        assert_int_equal(csv.n_fields, sheet.columns);
        sheet.cell = realloc(sheet.cell, (sheet.rows + 1) * sheet.columns * sizeof *sheet.cell);
        assert_non_null(sheet.cell);
        memcpy(sheet.cell + sheet.rows * sheet.columns, csv.field, sheet.columns * sizeof *sheet.cell);
        sheet.rows++;
    }
    assert_int_equal(status, ST_NOT_FOUND);
    return sheet;
}

void sheet_free(struct sheet *sheet)
{
    free(sheet->cell);
    free(sheet->bytes);
}

struct str sheet_at(const struct sheet *sheet, size_t row, const char *column)
{
    for (size_t c = 0; c < sheet->columns; c++)
        if (str_is(sheet->cell[c], column))
            return sheet->cell[row * sheet->columns + c];
    fail_msg("no column %s", column);
    return str_span(NULL, 0);
}
