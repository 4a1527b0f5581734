/* report: what an import has done, as lines for a person and as JSON. Private to src/cli. */
#ifndef CLI_IMPORT_REPORT_H
#define CLI_IMPORT_REPORT_H

#include "entrepot/cube/cube.h"
#include "entrepot/ingest/ingest.h"

/* Codes with their counts and first places, on the standard error output. */
void report_codes(const struct ingest_codes *codes, const char *what);
/* Text of files' words on the standard output, line by line. */
void report_text(const struct buf *text);
/* Some plain lines on the standard output; with the first rows and who and what occurs if `inspected`. */
void report_print(const struct ingest_report *report, const char *output, const struct cube *cube,
                  const struct countries *countries, double seconds, bool inspected);
/* The same as JSON into a file. ST_IO. */
enum status report_write(const char *path, const struct ingest_report *report, const char *output,
                         const struct cube *cube, const struct countries *countries,
                         struct problem *problem) MUST_CHECK;

#endif
