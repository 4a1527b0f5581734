/* The shares of those that are somebody in particular. */
#include "analysis/concentration.h"

struct cube_set specified_partners(struct ask *ask, const struct cube *cube)
{
    size_t n;
    const uint32_t *member = cube_countable(cube, &n);
    uint32_t *list = ask_make(ask, uint32_t, n);
    struct cube_set found = {list, 0};
    for (size_t i = 0; list && i < n; i++)
        if (cube_specified(cube, member[i]))
            list[found.n++] = member[i];
    return found.n < n ? found : (struct cube_set){NULL, 0};
}

static int64_t vague_usd(const struct cube *cube, bool specified, const struct distribution *all, struct figure total)
{
    int64_t vague = total.usd - all->value_usd, most;
    if (specified)
        return vague > 0 ? vague : 0;
    bool fits = !__builtin_mul_overflow((int64_t)all->members + 1, cube_unit_usd(cube), &most);
    return vague > 0 && !(fits && vague <= most) ? vague : 0;
}

struct concentration concentration_of(const struct cube *cube, bool specified, const struct distribution *all,
                                      struct figure total)
{
    const int64_t vague = vague_usd(cube, specified, all, total);
    const double whole = (double)total.usd;
    const bool leads = all->top_value_usd - all->second_usd > vague; /* by more than what nobody in particular has */
    return (struct concentration){.hhi = hhi_of_sums(vague ? total.usd : all->value_usd, all->sum_sq),
                                  .sum = (double)all->value_usd / whole,
                                  .top_share = (double)all->top_value_usd / whole,
                                  .members = all->members,
                                  .top = leads || !vague ? all->top_id : NO_ID,
                                  .vague = vague != 0};
}
