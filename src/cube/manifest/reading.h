/* reading: one manifest on its way from JSON. Private to src/cube/manifest. */
#ifndef CUBE_MANIFEST_READING_H
#define CUBE_MANIFEST_READING_H

#include <jansson.h>

#include "entrepot/cube/dataset.h"
#include "entrepot/cube/json_text.h"

struct reading {
    const char *name;
    struct arena *arena;
    struct problem *problem;
    json_t *root;
    enum status status; /* sticky: the first thing that was wrong */
    bool with_csv;
};

/* The first refusal stays: ST_INVALID at the key. */
void reading_refuse(struct reading *reading, const char *key, const char *what);
/* A copy in the arena. */
struct str reading_keep(struct reading *reading, const char *text);
/* The text under the key; empty if there is none and none is required. */
struct str reading_text(struct reading *reading, json_t *object, const char *key, bool required);
/* Which of `n` words stands under the key of the root. `allowed` tells them. */
unsigned reading_word(struct reading *reading, const char *key, const char *const *word, unsigned n,
                      const char *allowed);

/* The part of a manifest that is about its CSV: whether a key is of it, whether the word "found" stands under the key, and all of it. */
bool columns_key(const char *key);
bool columns_found(const struct reading *reading, const char *key);
void columns_read(struct reading *reading, const struct dataset *dataset, struct dataset_csv *csv);

#endif
