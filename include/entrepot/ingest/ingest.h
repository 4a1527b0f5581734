/* ingest: files in, cubes out. Beside the floors: uses cube and base; only start-up and the command line use it. */
#ifndef ENTREPOT_INGEST_INGEST_H
#define ENTREPOT_INGEST_INGEST_H

#include "entrepot/base/problem.h"
#include "entrepot/cube/build.h"
#include "entrepot/cube/codes.h"

/* Reads a manifest and the CSV it names (".gz" is unpacked; the CSV lies beside the manifest) into the bytes of a cube file. Every
 * refusal names file and line: unknown country or status, a number that is none, a product code of another level, a missing
 * column (with the columns there are), a double key with both lines. Unknown country codes are collected (up to 20) and
 * listed together. *bytes is malloc's and the caller's. */
enum status ingest_manifest(const char *path, const struct countries *countries, char **bytes, size_t *n,
                            struct problem *problem) MUST_CHECK;

/* The whole of a small file into memory (malloc's, NUL added behind the n bytes), refused above `limit` bytes. */
enum status ingest_slurp(const char *path, size_t limit, char **bytes, size_t *n, struct problem *problem) MUST_CHECK;

#endif
