/* A folder of descriptions of the user's own: they come before those that are shipped. */
#include <dirent.h>
#include <stdlib.h>

#include "ingest/reader/reader.h"

#define READER_BYTES_MAX ((size_t)1 << 20)
#define READERS_MAX 256

static int by_name(const void *a, const void *b)
{
    return str_cmp(str_view(((const struct own_reader *)a)->path), str_view(((const struct own_reader *)b)->path));
}

static enum status list_files(const char *folder, struct arena *arena, struct own_readers *out, struct problem *problem)
{
    enum status status = ST_OK;
    DIR *dir = opendir(folder);
    out->reader = arena_new(arena, struct own_reader, READERS_MAX);
    if (!dir)
        return problem_cure(problem, problem_set(problem, ST_NOT_FOUND, folder, "this is no folder that can be read"),
                            "name a folder of descriptions: config/readers shows some");
    for (struct dirent *entry; status == ST_OK && out->reader && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.' || !str_ends(str_view(entry->d_name), STR(".json")))
            continue;
        if (out->n == READERS_MAX)
            status = problem_set(problem, ST_TOO_LARGE, folder, "more than %d descriptions", READERS_MAX);
        else
            out->reader[out->n++].path = arena_printf(arena, "%s/%s", folder, entry->d_name).p;
    }
    (void)closedir(dir);
    if (status == ST_OK && (!out->reader || (out->n && !out->reader[out->n - 1].path)))
        status = problem_set(problem, ST_NO_MEMORY, folder, "out of memory");
    if (status == ST_OK)
        qsort(out->reader, out->n, sizeof *out->reader, by_name);
    return status;
}

/* Checked as it will be read, so that a mistake is told before a file is. */
static enum status read_one(struct own_reader *reader, struct arena *arena, struct problem *problem)
{
    struct dataset dataset;
    struct dataset_csv map;
    char *bytes;
    size_t n;
    enum status status = ingest_slurp(reader->path, READER_BYTES_MAX, &bytes, &n, problem);
    if (status != ST_OK)
        return status;
    reader->text = arena_str(arena, str_span(bytes, n));
    free(bytes);
    if (!reader->text.p)
        return problem_set(problem, ST_NO_MEMORY, reader->path, "out of memory");
    status = dataset_read(reader->path, reader->text, arena, &dataset, &map, problem);
    if (status == ST_OK && map.reader.n == 0)
        status = problem_cure(problem, problem_set(problem, ST_INVALID, reader->path, "key \"reader\" is missing"),
                              "write the name of the form under it, in the place of \"file\"");
    reader->name = map.reader;
    return status;
}

enum status own_readers(const char *folder, struct arena *arena, struct own_readers *out, struct problem *problem)
{
    *out = (struct own_readers){.n = 0};
    enum status status = folder ? list_files(folder, arena, out, problem) : ST_OK;
    for (size_t i = 0; status == ST_OK && i < out->n; i++)
        status = read_one(&out->reader[i], arena, problem);
    return status;
}

struct str reader_find(const struct own_readers *own, struct str name)
{
    for (size_t i = 0; i < own->n; i++)
        if (str_eq(own->reader[i].name, name))
            return own->reader[i].text;
    return shipped_find(name);
}
