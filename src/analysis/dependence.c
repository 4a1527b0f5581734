#include "entrepot/analysis/dependence.h"

#include <math.h>

struct table {
    const struct frame *frame;
    const struct dependence_question *question;
    struct arena *arena;
    struct item_value *partner, *all, *world_imports, *world_exports; /* all: with the distribution over suppliers */
    struct figure partner_absent, world_absent[2];
    enum world_kind world[2];
    bool suppliers_known;
    unsigned flags;
};

static enum status ask(struct table *t, uint32_t partner, enum flow flow, enum cube_dim spread, struct item_value **out)
{
    uint32_t f = (uint32_t)flow;
    const struct frame *frame = t->frame;
    struct cube_query q = {.kind = period_kind_of(t->question->period), .spread = spread, .trace = frame->trace};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_FLOW] = (struct cube_set){&f, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){&t->question->period, 1};
    q.only[CUBE_PRODUCT] = frame->leaves;
    if (partner != ANY_MEMBER)
        q.only[CUBE_PARTNER] = (struct cube_set){&partner, 1};
    return breakdown_run(frame->cube, t->question->breakdown, &q, t->arena, out);
}

static enum status ask_world(struct table *t, enum flow flow, struct item_value **out)
{
    uint32_t world = countries_world(t->frame->countries);
    t->world[flow] = frame_world(t->frame, flow, t->question->period);
    t->world_absent[flow] =
        t->world[flow] == WORLD_UNKNOWN
            ? FIGURE_NONE
            : frame_absent(t->frame, t->world[flow] == WORLD_ROW ? world : ANY_MEMBER, flow, t->question->period);
    if (t->world[flow] == WORLD_UNKNOWN) {
        *out = arena_new(t->arena, struct item_value, t->question->breakdown->n);
        return *out ? ST_OK : ST_NO_MEMORY;
    }
    return ask(t, t->world[flow] == WORLD_ROW ? world : ANY_MEMBER, flow, CUBE_NO_SPREAD, out);
}

static enum status read_all(struct table *t)
{
    enum status status = ask(t, t->frame->partner, FLOW_IMPORTS, CUBE_NO_SPREAD, &t->partner);
    t->partner_absent = frame_absent(t->frame, t->frame->partner, FLOW_IMPORTS, t->question->period);
    t->suppliers_known = cube_dataset(t->frame->cube)->partners != PARTNERS_LISTED;
    if (status == ST_OK)
        status = ask_world(t, FLOW_IMPORTS, &t->world_imports);
    if (status == ST_OK)
        status = ask_world(t, FLOW_EXPORTS, &t->world_exports);
    if (status == ST_OK && t->suppliers_known)
        status = ask(t, ANY_MEMBER, FLOW_IMPORTS, CUBE_PARTNER, &t->all);
    return status;
}

static struct figure figure_of(const struct item_value *value, struct figure absent)
{
    return value->present ? (struct figure){value->value_usd, true} : absent;
}

static void judge_bounds(const struct table *t, struct dependence_row *row)
{
    row->flags |= FLAG_BIT(FLAG_LOWER_BOUND);
    row->hhi = row->share * row->share;
    row->top_supplier = row->share > 0.5 ? t->frame->partner : NO_ID;
    if (isnan(row->share))
        return;
    if (row->share > 0.5 && row->hhi > t->question->threshold)
        row->dependent = VERDICT_YES;
    else if (row->share <= t->question->threshold)
        row->dependent = VERDICT_NO;
}

static void judge_suppliers(const struct table *t, const struct item_value *all, struct dependence_row *row)
{
    row->hhi = (double)NAN;
    if (!all->present || all->value_usd == 0)
        return;
    row->hhi = all->sum_sq / ((double)all->value_usd * (double)all->value_usd);
    row->top_supplier = all->top_id;
    row->suppliers = all->members;
    row->dependent = row->hhi > t->question->threshold && all->top_id == t->frame->partner ? VERDICT_YES : VERDICT_NO;
}

static void fill_row(const struct table *t, size_t i, struct dependence_row *row)
{
    const struct breakdown_item *item = &t->question->breakdown->item[i];
    *row = (struct dependence_row){.product = item->code,
                                   .name = item->name,
                                   .flags = item->flags | t->flags,
                                   .top_supplier = NO_ID,
                                   .share = (double)NAN,
                                   .hhi = (double)NAN,
                                   .imports_over_exports = (double)NAN};
    if (item->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
        return;
    row->imports_from_partner = figure_of(&t->partner[i], t->partner_absent);
    row->imports_total = figure_of(&t->world_imports[i], t->world_absent[FLOW_IMPORTS]);
    row->share = figure_ratio(row->imports_from_partner, row->imports_total);
    row->imports_over_exports =
        figure_ratio(row->imports_total, figure_of(&t->world_exports[i], t->world_absent[FLOW_EXPORTS]));
    if (t->suppliers_known)
        judge_suppliers(t, &t->all[i], row);
    else
        judge_bounds(t, row);
    if (!row->imports_from_partner.known)
        row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    row->flags |= flags_of_status(t->partner[i].status | t->world_imports[i].status);
}

static unsigned table_flags(const struct table *t)
{
    unsigned flags = frame_complete(t->frame, t->question->period) ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR);
    if (t->world[FLOW_IMPORTS] == WORLD_UNKNOWN)
        flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
    if (cube_dataset(t->frame->cube)->partners == PARTNERS_CLOSED)
        flags |= FLAG_BIT(FLAG_CLOSED_SET);
    return flags;
}

enum status dependence_table(const struct frame *frame, const struct dependence_question *question, struct arena *arena,
                             struct dependence_row **out, size_t *n)
{
    struct table t = {.frame = frame, .question = question, .arena = arena};
    enum status status = read_all(&t);
    struct dependence_row *row = arena_new(arena, struct dependence_row, question->breakdown->n);
    if (status != ST_OK || !row)
        return status != ST_OK ? status : ST_NO_MEMORY;
    t.flags = table_flags(&t);
    *out = row;
    *n = 0;
    for (size_t i = 0; i < question->breakdown->n; i++)
        if (question->breakdown->level == LEVEL_SECTOR || t.world_imports[i].present || t.partner[i].present)
            fill_row(&t, i, &row[(*n)++]);
    return ST_OK;
}
