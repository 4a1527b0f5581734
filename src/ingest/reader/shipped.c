/* The descriptions that are shipped: the files of config/readers, embedded one behind the other. */
#include "ingest/reader/reader.h"

extern const char _binary_readers_start[], _binary_readers_end[];

#define END_OF_FILE '\x1E'

static struct str next(struct str *rest) { return str_cut(rest, END_OF_FILE); }

static struct str whole(void)
{
    return str_span(_binary_readers_start, (size_t)(_binary_readers_end - _binary_readers_start));
}

size_t shipped_count(void)
{
    size_t n = 0;
    struct str rest = whole();
    for (size_t i = 0; i < rest.n; i++)
        n += rest.p[i] == END_OF_FILE;
    return n;
}

struct str shipped_at(size_t index)
{
    struct str rest = whole(), text = next(&rest);
    while (index-- && rest.n)
        text = next(&rest);
    return text;
}

struct str shipped_find(struct str name)
{
    char key[64];
    int n = snprintf(key, sizeof key, "\"reader\": \"%.*s\",", (int)(name.n < 32 ? name.n : 32), name.p);
    for (size_t i = 0; i < shipped_count(); i++) {
        struct str text = shipped_at(i);
        if (memmem(text.p, text.n, key, (size_t)n))
            return text;
    }
    return str_span(NULL, 0);
}
