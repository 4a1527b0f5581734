/* A set of product numbers as bits, with the place of each among them. */
#include "cube/write/code_set.h"

#include <stdlib.h>

bool code_set_init(struct code_set *set, enum level level)
{
    static const uint32_t codes[LEVELS] = {
        [LEVEL_TOTAL] = 1, [LEVEL_HS2] = 100, [LEVEL_HS4] = 10000, [LEVEL_HS6] = 1000000, [LEVEL_HS8] = 100000000};
    set->n_words = codes[level] / 64 + 1;
    set->word = calloc(set->n_words, sizeof *set->word);
    set->before = calloc(set->n_words, sizeof *set->before);
    return set->word && set->before;
}

void code_set_release(struct code_set *set)
{
    free(set->word);
    free(set->before);
    *set = (struct code_set){.n_words = 0};
}

size_t code_set_count(struct code_set *set)
{
    uint32_t n = 0;
    for (size_t i = 0; i < set->n_words; i++) {
        set->before[i] = n;
        n += bits_count(set->word[i]);
    }
    return n;
}

void code_set_list(const struct code_set *set, uint32_t *out)
{
    for (size_t i = 0; i < set->n_words; i++)
        for (uint64_t word = set->word[i]; word; word &= word - 1)
            *out++ = (uint32_t)(i * 64) + bits_lowest(word);
}
