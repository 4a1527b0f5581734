/* The line that says how far an import is. */
#include "cli/import/progress.h"

#include <unistd.h>

static double seconds_since(const struct timespec *then)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) * 1e-9;
}

void progress_begin(struct progress *p, FILE *out)
{
    *p = (struct progress){.out = out, .terminal = isatty(fileno(out)) == 1};
    (void)clock_gettime(CLOCK_MONOTONIC, &p->began);
    p->told = p->began;
}

double progress_seconds(const struct progress *p) { return seconds_since(&p->began); }

static void print_count(struct buf *buf, double n)
{
    if (n >= 1e5)
        buf_printf(buf, "%.1f M", n / 1e6);
    else
        buf_printf(buf, "%.0f", n);
}

void progress_print(struct buf *buf, const struct ingest_progress *s, double seconds)
{
    buf_printf(buf, "%s: %.1f of %zu file%s, ", s->format, s->files, s->n_files, s->n_files == 1 ? "" : "s");
    print_count(buf, (double)s->rows);
    buf_lit(buf, " rows, ");
    print_count(buf, seconds > 0 ? (double)s->rows / seconds : 0);
    buf_lit(buf, " rows/s");
    if (s->writing) {
        buf_lit(buf, ", writing");
    } else if (s->total_bytes && s->read_bytes) {
        double share = (double)s->read_bytes / (double)s->total_bytes;
        unsigned left_s = (unsigned)(share < 1 ? seconds / share - seconds + 0.5 : 0);
        buf_printf(buf, ", %u:%02u left", left_s / 60, left_s % 60);
    }
}

void progress_tell(void *progress, const struct ingest_progress *state)
{
    struct progress *p = progress;
    char text[256];
    struct buf line;
    bool last = state->writing && (p->terminal || p->shown); /* a short import says nothing into a log */
    if (seconds_since(&p->told) < (p->terminal ? 0.2 : 5) && !last)
        return;
    (void)clock_gettime(CLOCK_MONOTONIC, &p->told);
    buf_init(&line, sizeof text);
    progress_print(&line, state, progress_seconds(p));
    /* A terminal's line is overwritten: back to its start, the text, the rest of the line cleared. */
    fprintf(p->out, p->terminal ? "\r%.*s\033[K" : "%.*s\n", STR_ARG(buf_view(&line)));
    (void)fflush(p->out);
    p->shown = true;
    buf_release(&line);
}

void progress_end(struct progress *p)
{
    if (p->shown && p->terminal)
        fputs("\r\033[K", p->out);
    (void)fflush(p->out);
    p->shown = false;
}
