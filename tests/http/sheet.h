/* sheet: the last answer's CSV body, read whole. What is none fails the test. */
#ifndef ENTREPOT_TESTS_HTTP_SHEET_H
#define ENTREPOT_TESTS_HTTP_SHEET_H

#include "entrepot/base/str.h"

struct sheet {
    size_t rows, columns;
    char *bytes;
    struct str *cell; /* the header first */
};

struct sheet sheet_read(void);
void sheet_free(struct sheet *sheet);
/* A cell by its row (the header is row 0) and the name of its column; fails the test where there is no such column. */
struct str sheet_at(const struct sheet *sheet, size_t row, const char *column);

#endif
