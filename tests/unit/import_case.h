/* import_case: what the tests of imports share: a folder for each test, files in it, cubes as text. */
#ifndef UNIT_IMPORT_CASE_H
#define UNIT_IMPORT_CASE_H

#include "entrepot/base/buf.h"
#include "entrepot/cube/cube.h"
#include "entrepot/ingest/ingest.h"

/* For cmocka: the folder of a test, and the tables of all. */
int import_make_folder(void **state);
int import_remove_folder(void **state);
int import_read_tables(void **state);
int import_free_tables(void **state);
const struct countries *import_countries(void);

/* The file's path in the test's folder; valid until the test ends. */
const char *import_path(const char *file);
/* Writes a file of the folder and gives its path. */
const char *import_file(const char *name, struct str bytes);
const char *import_packed(const char *name, struct str bytes);

/* What import_run leaves behind. */
struct import_result {
    enum status status;
    struct problem problem;
    struct ingest_report report;
    char *bytes; /* of the cube file; NULL if there is none */
    size_t n;
};
/* Imports files (up to a NULL) into the folder's out.cube. */
void import_run(struct import_result *result, const char *format, const struct ingest_options *options,
                const char *const *files);
void import_release(struct import_result *result);

/* Imports one file and holds all its observations, in order, against `wanted`: lines of «period reporter partner flow product usd kg»; kg is
 * - where it is unknown. */
void import_gives(const char *format, const struct ingest_options *options, const char *path, const char *wanted);
/* The rows of a cube file in memory. */
void import_transcribe(const char *bytes, size_t n, struct buf *out);
/* The import is refused at FILE:line (line 0: at FILE) and the message has `part` in it. */
void import_refuses(const char *format, const struct ingest_options *options, const char *path, int line,
                    const char *part);

#endif
