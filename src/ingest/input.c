/* Opens what an import reads, wherever it lies. */
#include "ingest/input.h"

#include "entrepot/base/buf.h"
#include "ingest/container/container.h"
#include "ingest/format/format.h"

/* Text made of something else: what is left of it. */
static ptrdiff_t fill_text(void *context, char *into, size_t room, struct problem *problem)
{
    struct str *rest = context;
    size_t n = rest->n < room ? rest->n : room;
    (void)problem;
    if (n)
        memcpy(into, rest->p, n);
    *rest = str_span(rest->p + n, rest->n - n);
    return (ptrdiff_t)n;
}

static enum status open_anywhere(struct importing *im, struct input *input, struct source *source,
                                 struct problem *problem)
{
    enum status status = ST_OK;
    if (input->held) {
        *source = *input->held;
        free(input->held);
        input->held = NULL;
    } else if (input->text.p) {
        input->rest = input->text;
        source_over(source, input->name, fill_text, &input->rest);
    } else if (input->container) {
        status = container_go(input->container, input->member, problem);
        source_over(source, input->name, container_fill, input->container);
        source->total_bytes = input->bytes;
    } else {
        status = source_open(source, input->path, im->options->stop_fd, problem);
    }
    return status;
}

enum status input_open(struct importing *im, struct input *input, struct source *source, struct problem *problem)
{
    enum status status = open_anywhere(im, input, source, problem);
    if (status == ST_OK && input->encoding)
        status = source_decode(source, input->encoding, problem);
    if (status != ST_OK)
        source_close(source);
    return status;
}

enum status input_give_back(struct input *input, struct source *source, struct problem *problem)
{
    if (!source->waits) {
        source_close(source);
        return ST_OK;
    }
    input->held = malloc(sizeof *input->held);
    if (!input->held) {
        source_close(source);
        return problem_set(problem, ST_NO_MEMORY, input->name, "out of memory");
    }
    *input->held = *source;
    return ST_OK;
}

enum status input_slurp(struct importing *im, struct input *input, size_t limit, char **bytes, size_t *n,
                        struct problem *problem)
{
    struct source source;
    enum status status = input_open(im, input, &source, problem);
    return status == ST_OK ? source_take_all(&source, input->name, limit, bytes, n, problem) : status;
}
