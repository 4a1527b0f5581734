/* statements: a manifest's "availability", read. Private to src/cube/manifest. */
#ifndef CUBE_MANIFEST_STATEMENTS_H
#define CUBE_MANIFEST_STATEMENTS_H

#include <jansson.h>

#include "entrepot/cube/dataset.h"

/* `list` is the key's value, or NULL where it is not given. ST_INVALID names the entry and its key; `name` is the manifest's. */
enum status statements_read(const char *name, const json_t *list, struct arena *arena, struct dataset *out,
                            struct problem *problem) MUST_CHECK;

#endif
