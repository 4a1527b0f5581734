/* A file of JSON takes part as the CSV that says the same. */
#include "entrepot/base/buf.h"
#include "entrepot/cube/json_text.h"
#include "ingest/input.h"
#include "ingest/recognise/look.h"

#define JSON_BYTES_MAX ((size_t)256 << 20)

enum status json_rows(struct importing *im, struct input *input, struct problem *problem)
{
    char *bytes;
    size_t n;
    struct buf csv;
    enum status status = input_slurp(im, input, JSON_BYTES_MAX, &bytes, &n, problem);
    if (status != ST_OK)
        return status;
    buf_init(&csv, JSON_BYTES_MAX);
    status = json_rows_as_csv(input->name, str_span(bytes, n), &csv, problem);
    free(bytes);
    if (status == ST_OK) {
        input->text = arena_str(&im->arena, buf_view(&csv));
        input->encoding = NULL;
        if (!input->text.p)
            status = problem_set(problem, ST_NO_MEMORY, input->name, "out of memory");
    }
    buf_release(&csv);
    return status;
}
