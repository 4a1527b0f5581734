/* The rows: what is read for a year, and the figures made of it. The verdicts are in dependence_rules.c. */
#include "analysis/dependence_rules.h"

/* What one year's reading goes through. */
struct table {
    const struct frame *frame;
    const struct dependence_question *question;
    struct arena *arena;
    struct cube_set outside; /* suppliers that are not in the bloc */
    bool suppliers_known;
    uint64_t *cost; /* not NULL: nothing is read, the cost is added here */
};

/* The figures of all items in one year. */
struct year {
    uint32_t period;
    struct item_value *partner, *all, *imports, *exports, *extra, *world; /* all, extra, world: with the distribution */
    struct figure partner_absent, world_absent[2];
    enum world_kind kind[2];
    bool world_told;
    unsigned flags;
};

static enum status ask(struct table *t, struct cube_query *q, const uint32_t *flow, const uint32_t *period,
                       struct item_value **out)
{
    q->kind = period_kind_of(*period);
    q->trace = t->frame->trace;
    q->only[CUBE_FLOW] = (struct cube_set){flow, 1};
    q->only[CUBE_PERIOD] = (struct cube_set){period, 1};
    q->only[CUBE_PRODUCT] = t->frame->leaves;
    if (!t->cost)
        return breakdown_run(t->frame->cube, t->question->breakdown, q, t->arena, out);
    uint64_t cost = breakdown_cost(t->frame->cube, t->question->breakdown, q, t->arena);
    if (__builtin_add_overflow(*t->cost, cost, t->cost))
        *t->cost = UINT64_MAX;
    return ST_OK;
}

/* The reporter's trade with `partners` (none named: all). */
static enum status ask_own(struct table *t, struct cube_set partners, enum flow flow, enum cube_dim spread,
                           uint32_t period, struct item_value **out)
{
    uint32_t f = (uint32_t)flow;
    struct cube_query q = {.spread = spread};
    q.only[CUBE_REPORTER] = (struct cube_set){&t->frame->reporter, 1};
    q.only[CUBE_PARTNER] = partners;
    return ask(t, &q, &f, &period, out);
}

static enum status nothing(struct table *t, struct item_value **out)
{
    *out = arena_new(t->arena, struct item_value, t->question->breakdown->n);
    return *out ? ST_OK : ST_NO_MEMORY;
}

/* Trade with all partners: the world's row, the sum that the suppliers were read with, or a roll-up. */
static enum status ask_world_of(struct table *t, struct year *y, enum flow flow, struct item_value **out)
{
    uint32_t world = countries_world(t->frame->countries);
    enum world_kind kind = y->kind[flow] = frame_world(t->frame, flow, y->period);
    if (kind == WORLD_UNKNOWN)
        return nothing(t, out);
    y->world_absent[flow] = frame_absent(t->frame, kind == WORLD_ROW ? world : ANY_MEMBER, flow, y->period);
    if (kind == WORLD_ROW)
        return ask_own(t, (struct cube_set){&world, 1}, flow, CUBE_NO_SPREAD, y->period, out);
    if (flow == FLOW_IMPORTS) {
        *out = y->all;
        return ST_OK;
    }
    return ask_own(t, (struct cube_set){NULL, 0}, flow, CUBE_NO_SPREAD, y->period, out);
}

static enum status ask_world_exports(struct table *t, struct year *y)
{
    const uint32_t exports = FLOW_EXPORTS;
    struct cube_query q = {.spread = CUBE_REPORTER};
    y->world_told = cube_tells_world(t->frame->cube, FLOW_EXPORTS, y->period);
    return y->world_told ? ask(t, &q, &exports, &y->period, &y->world) : nothing(t, &y->world);
}

static unsigned year_flags(const struct table *t, const struct year *y)
{
    unsigned flags = frame_complete(t->frame, y->period) ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR);
    flags |= y->kind[FLOW_IMPORTS] == WORLD_UNKNOWN ? FLAG_BIT(FLAG_NO_WORLD_TOTAL) : 0;
    flags |= y->world_told ? 0 : FLAG_BIT(FLAG_NO_WORLD_EXPORTS);
    flags |= t->suppliers_known ? 0 : FLAG_BIT(FLAG_LOWER_BOUND);
    flags |= cube_dataset(t->frame->cube)->partners == PARTNERS_CLOSED ? FLAG_BIT(FLAG_CLOSED_SET) : 0;
    return flags;
}

static enum status read_year(struct table *t, uint32_t period, struct year *y)
{
    const struct frame *frame = t->frame;
    bool named = frame->partner != ANY_MEMBER;
    enum status status = ST_OK;
    *y = (struct year){.period = period};
    if (named) {
        y->partner_absent = frame_absent(frame, frame->partner, FLOW_IMPORTS, period);
        status = ask_own(t, (struct cube_set){&frame->partner, 1}, FLOW_IMPORTS, CUBE_NO_SPREAD, period, &y->partner);
    }
    if (status == ST_OK && (t->suppliers_known || !named))
        status = ask_own(t, (struct cube_set){NULL, 0}, FLOW_IMPORTS, CUBE_PARTNER, period, &y->all);
    if (status == ST_OK)
        status = ask_world_of(t, y, FLOW_IMPORTS, &y->imports);
    if (status == ST_OK)
        status = ask_world_of(t, y, FLOW_EXPORTS, &y->exports);
    if (status == ST_OK && t->outside.member)
        status = ask_own(t, t->outside, FLOW_IMPORTS, CUBE_PARTNER, period, &y->extra);
    if (status == ST_OK)
        status = ask_world_exports(t, y);
    y->flags = year_flags(t, y);
    return status;
}

/* ---- the figures of an item ---- */

static struct figure figure_of(const struct item_value *value, struct figure absent)
{
    return value->present ? (struct figure){value->value_usd, true} : absent;
}

static void fill_suppliers(const struct year *y, size_t i, struct dependence_row *row)
{
    const struct item_value *all = &y->all[i];
    row->hhi = hhi_of_sums(all->value_usd, all->sum_sq);
    if (isnan(row->hhi))
        return;
    row->equivalent_suppliers = 1 / row->hhi;
    row->suppliers = all->members;
    row->top_supplier = all->top_id;
    row->top_share = figure_ratio((struct figure){all->top_value_usd, true}, row->imports_total);
}

/* Of the suppliers only the partner, or only some, are in the data. */
static void fill_known_suppliers(const struct table *t, const struct year *y, size_t i, struct dependence_row *row,
                                 struct known_suppliers *known)
{
    double total = row->imports_total.known ? (double)row->imports_total.usd : (double)NAN;
    known->sum = known->sum_sq = known->top_share = (double)NAN;
    uint32_t top = t->frame->partner;
    if (top != ANY_MEMBER) {
        known->sum = known->top_share = row->share;
        known->sum_sq = row->share * row->share;
    } else if (total > 0) {
        top = y->all[i].top_id;
        known->sum = (double)y->all[i].value_usd / total;
        known->sum_sq = y->all[i].sum_sq / (total * total);
        known->top_share = (double)y->all[i].top_value_usd / total;
    }
    row->hhi = known->sum_sq;
    if (known->top_share > 0.5) {
        row->top_supplier = top;
        row->top_share = known->top_share;
    }
}

/* CDI1 to CDI3 look at what comes from outside the bloc. */
static void fill_extra(const struct year *y, size_t i, struct figure exports, struct dependence_row *row)
{
    row->extra_imports = figure_of(&y->extra[i], y->world_absent[FLOW_IMPORTS]);
    row->extra_share = figure_ratio(row->extra_imports, row->imports_total);
    row->hhi_extra = hhi_of_sums(y->extra[i].value_usd, y->extra[i].sum_sq);
    row->extra_over_exports = figure_ratio(row->extra_imports, exports);
}

static void start_row(const struct table *t, const struct year *y, size_t i, struct dependence_row *row)
{
    const struct breakdown_item *item = &t->question->breakdown->item[i];
    const double none = (double)NAN;
    *row = (struct dependence_row){.product = item->code,
                                   .name = item->name,
                                   .flags = item->flags | y->flags,
                                   .top_supplier = NO_ID,
                                   .share = none,
                                   .hhi = none,
                                   .equivalent_suppliers = none,
                                   .top_share = none,
                                   .imports_over_exports = none,
                                   .hhi_world_exports = none,
                                   .extra_share = none,
                                   .hhi_extra = none,
                                   .extra_over_exports = none};
}

static void fill_row(const struct table *t, const struct year *y, size_t i, struct dependence_row *row)
{
    struct known_suppliers known = {.all = t->suppliers_known, .partner = t->frame->partner};
    start_row(t, y, i, row);
    if (row->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
        return;
    bool named = t->frame->partner != ANY_MEMBER;
    struct figure exports = figure_of(&y->exports[i], y->world_absent[FLOW_EXPORTS]);
    row->imports_total = figure_of(&y->imports[i], y->world_absent[FLOW_IMPORTS]);
    row->imports_from_partner = named ? figure_of(&y->partner[i], y->partner_absent) : FIGURE_NONE;
    row->share = figure_ratio(row->imports_from_partner, row->imports_total);
    row->imports_over_exports = figure_ratio(row->imports_total, exports);
    row->hhi_world_exports = hhi_of_sums(y->world[i].value_usd, y->world[i].sum_sq);
    if (t->suppliers_known)
        fill_suppliers(y, i, row);
    else
        fill_known_suppliers(t, y, i, row, &known);
    if (!named)
        row->share = row->top_share;
    if (t->outside.member)
        fill_extra(y, i, exports, row);
    known.extra_top = y->extra ? y->extra[i].top_id : NO_ID;
    if (named ? !row->imports_from_partner.known : !row->imports_total.known)
        row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    if (exports.known && exports.usd == 0 && row->imports_total.known && row->imports_total.usd > 0)
        row->flags |= FLAG_BIT(FLAG_NO_EXPORTS);
    row->flags |= flags_of_status(y->imports[i].status | (named ? y->partner[i].status : 0U));
    dependence_judge(t->question, &known, row);
}

/* ---- the window ---- */

/* How often an item's criteria held, and how often it is not known. */
struct tally {
    unsigned yes, unknown;
};

static bool has_row(const struct table *t, const struct year *y, size_t i)
{
    return t->question->breakdown->level == LEVEL_SECTOR || y->imports[i].present ||
           (y->partner && y->partner[i].present) || (y->all && y->all[i].present);
}

/* Without a tally the year is only priced. */
static enum status count_year(struct table *t, uint32_t period, struct tally *tally)
{
    struct year y;
    struct dependence_row row;
    enum status status = read_year(t, period, &y);
    for (size_t i = 0; status == ST_OK && tally && i < t->question->breakdown->n; i++) {
        fill_row(t, &y, i, &row);
        tally[i].yes += row.dependent == VERDICT_YES;
        bool nothing_came = row.imports_total.known && row.imports_total.usd == 0;
        tally[i].unknown += row.dependent == VERDICT_UNKNOWN && !nothing_came;
    }
    return status;
}

/* Years before the last one that are held completely. */
static enum status count_window(struct table *t, struct tally *tally, unsigned *years)
{
    struct arena scratch; /* of a year that is past only the tally stays */
    struct table past = *t;
    enum status status = ST_OK;
    arena_init(&scratch, t->arena->ceiling_bytes);
    past.arena = &scratch;
    for (unsigned back = t->question->window ? t->question->window - 1 : 0; status == ST_OK && back > 0; back--) {
        uint32_t period = period_add_years(t->question->period, -(int)back);
        if (!frame_complete(t->frame, period))
            continue;
        (*years)++;
        arena_reset(&scratch);
        status = count_year(&past, period, tally);
    }
    arena_release(&scratch);
    return status;
}

static void settle(const struct dependence_answer *answer, const struct tally *before, struct dependence_row *row)
{
    unsigned yes = before->yes + (row->dependent == VERDICT_YES ? 1U : 0U);
    unsigned unknown = before->unknown + (row->dependent == VERDICT_UNKNOWN ? 1U : 0U);
    row->years_held = yes;
    row->dependent = yes >= answer->needed             ? VERDICT_YES
                     : yes + unknown >= answer->needed ? VERDICT_UNKNOWN
                                                       : VERDICT_NO;
}

/* Every countable member that is neither in the bloc nor the reporter. */
static enum status list_outside(struct table *t)
{
    const struct dependence_question *q = t->question;
    size_t n;
    const uint32_t *member = cube_countable(t->frame->cube, &n);
    if (!q->home || q->method != DEPENDENCE_EU2021 || !t->suppliers_known)
        return ST_OK;
    uint32_t *list = arena_new(t->arena, uint32_t, n);
    if (!list)
        return ST_NO_MEMORY;
    t->outside = (struct cube_set){list, 0};
    for (size_t i = 0; i < n; i++) {
        bool inside = member[i] == t->frame->reporter;
        for (size_t k = 0; !inside && k < q->n_home; k++)
            inside = member[i] == q->home[k];
        if (!inside)
            list[t->outside.n++] = member[i];
    }
    return ST_OK;
}

static enum status start(struct table *t)
{
    t->suppliers_known = cube_dataset(t->frame->cube)->partners != PARTNERS_LISTED;
    return list_outside(t);
}

enum status dependence_table(const struct frame *frame, const struct dependence_question *question, struct arena *arena,
                             struct dependence_answer *out)
{
    struct table t = {.frame = frame, .question = question, .arena = arena};
    struct year y;
    size_t n = question->breakdown->n;
    struct tally *tally = arena_new(arena, struct tally, n);
    *out = (struct dependence_answer){.row = arena_new(arena, struct dependence_row, n), .years = 1};
    if (!tally || !out->row)
        return ST_NO_MEMORY;
    enum status status = start(&t);
    if (status == ST_OK)
        status = count_window(&t, tally, &out->years);
    if (status == ST_OK)
        status = read_year(&t, question->period, &y);
    if (status != ST_OK)
        return status;
    out->needed = (2 * out->years + 2) / 3;
    for (size_t i = 0; i < n; i++) {
        if (!has_row(&t, &y, i))
            continue;
        fill_row(&t, &y, i, &out->row[out->n]);
        settle(out, &tally[i], &out->row[out->n++]);
    }
    dependence_sum_up(question, frame->partner != ANY_MEMBER, out);
    return ST_OK;
}

uint64_t dependence_cost(const struct frame *frame, const struct dependence_question *question, struct arena *arena)
{
    uint64_t cost = 0;
    unsigned years = 0;
    struct year y;
    struct table t = {.frame = frame, .question = question, .arena = arena, .cost = &cost};
    bool priced =
        start(&t) == ST_OK && count_window(&t, NULL, &years) == ST_OK && read_year(&t, question->period, &y) == ST_OK;
    return priced ? cost : UINT64_MAX;
}
