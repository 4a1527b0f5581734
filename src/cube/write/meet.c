/* Which of two figures of one key stays. */
#include "cube/write/meet.h"

static const struct cube_standing *standing_of(const struct standings *s, uint32_t source)
{
    return source < s->n && s->of[source].order ? &s->of[source] : NULL;
}

bool standings_decide(const struct standings *s, uint32_t a, uint32_t b)
{
    return a != b && standing_of(s, a) && standing_of(s, b);
}

static void note(struct superseded_list *out, const struct met_key *key, struct told_figure stays,
                 struct told_figure goes)
{
    out->all++;
    if (out->n < CUBE_SUPERSEDED_MAX)
        out->item[out->n++] = (struct cube_superseded){.period = key->period,
                                                       .reporter = RUN_REPORTER(key->key),
                                                       .partner = RUN_PARTNER(key->key),
                                                       .flow = (enum flow)RUN_FLOW(key->key),
                                                       .product = key->product,
                                                       .level = key->level,
                                                       .value_usd = stays.value_usd,
                                                       .older_usd = goes.value_usd,
                                                       .source = stays.source,
                                                       .older_source = goes.source};
}

bool second_stays(const struct standings *s, const struct met_key *key, struct told_figure a, struct told_figure b,
                  struct superseded_list *out)
{
    const struct cube_standing *x = &s->of[a.source], *y = &s->of[b.source];
    const int64_t unit = x->unit_usd > y->unit_usd ? x->unit_usd : y->unit_usd;
    const int64_t gap = a.value_usd > b.value_usd ? a.value_usd - b.value_usd : b.value_usd - a.value_usd;
    const bool newer = y->order >= x->order;
    if (gap == 0 || gap < unit) {
        out->agreed++;
        return y->unit_usd == x->unit_usd ? newer : y->unit_usd < x->unit_usd;
    }
    note(out, key, newer ? b : a, newer ? a : b);
    return newer;
}

void superseded_join(struct superseded_list *into, const struct superseded_list *from)
{
    for (size_t i = 0; i < from->n && into->n < CUBE_SUPERSEDED_MAX; i++)
        into->item[into->n++] = from->item[i];
    into->all += from->all;
    into->agreed += from->agreed;
}
