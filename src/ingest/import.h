/* import: what the parts of an import ask of each other. Private to src/ingest. */
#ifndef INGEST_IMPORT_H
#define INGEST_IMPORT_H

#include "ingest/format/format.h"

/* The path of a file that lies beside the manifest; p NULL when memory is out. */
struct str import_beside(const char *manifest, struct str file, struct arena *arena);

/* Takes what im->dataset and im->map describe for the description of the import; `name` for messages. */
enum status reader_take(struct importing *importing, const char *name, struct problem *problem) MUST_CHECK;

/* Members anew, after im->countries has become another table. */
enum status reader_members(struct importing *importing, const char *name, struct problem *problem) MUST_CHECK;

/* Values that no column has, from "flow=X,partner=CHN", as constants of the description. ST_INVALID. */
enum status reader_set(const char *options, struct dataset_csv *map, struct problem *problem) MUST_CHECK;

/* What the files were taken for, for a person; and the manifest that says the same, as JSON. After all was read. */
void explain_inputs(const struct importing *importing, struct buf *out);
enum status print_manifest(const struct importing *importing, struct buf *out, struct problem *problem) MUST_CHECK;

/* Looks at the first bytes of all inputs: opens archives (their files become inputs), sets encoding, delimiter and header line of each, sets
 * tables of codes aside. Where no format was named, im->dataset, im->map and im->adapter are those that fit. ST_INVALID says what a file is, and how
 * figures can be got out of it. */
enum status recognise(struct importing *importing, struct problem *problem) MUST_CHECK;

#endif
