/* code_set: which product numbers of a level occur, and each one's place among them. Private to src/cube/write.
 *
 * A bit for each code there could be; places by counting bits before. One thread at a time while it is filled.
 */
#ifndef CUBE_WRITE_CODE_SET_H
#define CUBE_WRITE_CODE_SET_H

#include "cube/file/bits.h"
#include "entrepot/cube/codes.h"

struct code_set {
    uint64_t *word;
    uint32_t *before; /* by word: members in the words before */
    size_t n_words;
};

/* False when memory is out. */
bool code_set_init(struct code_set *set, enum level level) MUST_CHECK;
void code_set_release(struct code_set *set);

static inline void code_set_add(struct code_set *set, uint32_t code)
{
    set->word[code / 64] |= (uint64_t)1 << code % 64;
}
/* After the last add: makes places known, returns the number of members. */
size_t code_set_count(struct code_set *set);
/* Place of a member. */
static inline uint32_t code_set_place(const struct code_set *set, uint32_t code)
{
    return set->before[code / 64] + bits_count(set->word[code / 64] & bits_mask(code % 64));
}
/* Members, ascending, into `out`, which has room for them. */
void code_set_list(const struct code_set *set, uint32_t *out);

#endif
