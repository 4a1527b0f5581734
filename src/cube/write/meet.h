/* meet: figures of one key that stand in several inputs. Private to src/cube/write.
 *
 * What an input said before a newer one is superseded, unless both say the same as far as the coarser of them is written. Pure.
 */
#ifndef CUBE_WRITE_MEET_H
#define CUBE_WRITE_MEET_H

#include "cube/file/format.h"
#include "entrepot/cube/write.h"

struct standings {
    const struct cube_standing *of; /* by source */
    size_t n;
};

/* What became of figures that met. */
struct superseded_list {
    struct cube_superseded
        item[CUBE_SUPERSEDED_MAX]; /* the first of them; reporter and partner are member numbers until the summary */
    size_t n;
    uint64_t all, agreed;
};

/* A figure and where it was read. */
struct told_figure {
    uint32_t source;
    int64_t value_usd;
};

/* The key that they share. */
struct met_key {
    uint32_t period, key, product;
    enum level level;
};

/* Whether both inputs have a standing, so that one of two figures stays. */
bool standings_decide(const struct standings *standings, uint32_t a, uint32_t b);
/* Whether the second of two figures stays; counted, and noted where they differ. */
bool second_stays(const struct standings *standings, const struct met_key *key, struct told_figure a,
                  struct told_figure b, struct superseded_list *out);
void superseded_join(struct superseded_list *into, const struct superseded_list *from);

#endif
