/* The rows: what is asked for, and the figures that are made of it year by year. The verdicts are in dependence_rules.c. */
#include "analysis/concentration.h"
#include "analysis/dependence_rules.h"

struct dependence {
    struct frame frame;
    struct dependence_question question;
    struct cube_set outside; /* suppliers that are not in the bloc */
    struct cube_set
        specified; /* suppliers that are not areas not elsewhere specified; none named: there are no such areas */
    items_asked partner, all, extra, exporters; /* all, extra, exporters: with the distribution */
    bool summed;                                /* `all` is the sum of all suppliers too */
    struct world world;
    struct cover_asked *cover; /* of the exporters */
};

/* ---- asking ---- */

/* Every countable member that is neither in the bloc nor the reporter. */
static void list_outside(struct dependence *d)
{
    const struct dependence_question *q = &d->question;
    size_t n;
    const uint32_t *member = cube_countable(d->frame.cube, &n);
    if (!q->home || q->method != DEPENDENCE_EU2021)
        return;
    uint32_t *list = ask_make(d->frame.ask, uint32_t, n);
    d->outside = (struct cube_set){list, 0};
    for (size_t i = 0; list && i < n; i++) {
        bool inside = member[i] == d->frame.reporter || !cube_specified(d->frame.cube, member[i]);
        for (size_t k = 0; !inside && k < q->n_home; k++)
            inside = member[i] == q->home[k];
        if (!inside)
            list[d->outside.n++] = member[i];
    }
}

/* The reporter's imports from `partners` (none named: all). */
static items_asked ask_imports(const struct dependence *d, struct cube_set partners, enum cube_dim spread,
                               const uint32_t *period, size_t n)
{
    const uint32_t imports = FLOW_IMPORTS;
    struct cube_query q = frame_query(&d->frame, period, n);
    q.spread = spread;
    q.only[CUBE_PARTNER] = partners;
    q.only[CUBE_FLOW] = (struct cube_set){&imports, 1};
    return breakdown_ask(d->frame.ask, d->frame.cube, d->question.breakdown, &q);
}

/* All countries' exports, in those of the years for which the data tell them. */
static items_asked ask_exporters(const struct dependence *d, const uint32_t *period, size_t n)
{
    const uint32_t exports = FLOW_EXPORTS;
    uint32_t *told = ask_make(d->frame.ask, uint32_t, n), world;
    size_t n_told = 0;
    for (size_t i = 0; told && i < n; i++)
        if (cube_tells_world(d->frame.cube, FLOW_EXPORTS, period[i]))
            told[n_told++] = period[i];
    if (n_told == 0)
        return NULL;
    struct cube_query q = frame_query(&d->frame, told, n_told);
    q.spread = CUBE_REPORTER;
    q.only[CUBE_REPORTER] = (struct cube_set){NULL, 0};
    q.only[CUBE_PARTNER] = world_of_all(&d->frame, FLOW_EXPORTS, told, n_told, &world);
    q.only[CUBE_FLOW] = (struct cube_set){&exports, 1};
    return breakdown_ask(d->frame.ask, d->frame.cube, d->question.breakdown, &q);
}

static unsigned years_back(const struct dependence *d) { return d->question.window ? d->question.window - 1 : 0; }

/* The periods themselves and, of the years before them that are in their windows, those that are held completely; ascending. */
static uint32_t *list_years(const struct dependence *d, const uint32_t *period, size_t n, size_t *n_years)
{
    uint32_t *year = ask_make(d->frame.ask, uint32_t, n * (years_back(d) + 1));
    size_t all = 0;
    for (size_t i = 0; year && i < n; i++) {
        year[all++] = period[i];
        for (unsigned back = 1; back <= years_back(d); back++) {
            year[all] = period_add_years(period[i], -(int)back);
            all += frame_complete(&d->frame, year[all]);
        }
    }
    *n_years = year ? period_order(year, all) : 0;
    return year;
}

static bool needs(const struct dependence_question *q, enum criterion criterion)
{
    return !q->verdicts_only || dependence_criteria(q->method, q->home != NULL) & 1U << criterion;
}

struct dependence *dependence_ask(const struct frame *frame, const struct dependence_question *question,
                                  const uint32_t *period, size_t n)
{
    struct dependence *d = ask_make(frame->ask, struct dependence, 1);
    size_t n_years = 0;
    const bool named = frame->partner != ANY_MEMBER;
    if (!d)
        return NULL;
    d->frame = *frame;
    d->question = *question;
    list_outside(d);
    d->specified = specified_partners(frame->ask, frame->cube);
    const uint32_t *year = list_years(d, period, n, &n_years);
    if (!year)
        return NULL;
    const unsigned flows = needs(question, CRITERION_IMPORTS_OVER_EXPORTS) ? BOTH_FLOWS : FLOW_BIT(FLOW_IMPORTS);
    if (named)
        d->partner = ask_imports(d, (struct cube_set){&frame->partner, 1}, CUBE_NO_SPREAD, year, n_years);
    bool listed = !named;
    for (size_t i = 0; i < n_years; i++)
        listed = listed || world_lists_all(frame, FLOW_IMPORTS, year[i]);
    if (listed)
        d->all = ask_imports(d, d->specified, CUBE_PARTNER, year, n_years);
    d->summed = listed && !d->specified.member;
    d->world = world_ask(frame, question->breakdown, flows, d->summed ? FLOW_BIT(FLOW_IMPORTS) : 0, year, n_years);
    if (d->outside.member)
        d->extra = ask_imports(d, d->outside, CUBE_PARTNER, year, n_years);
    if (needs(question, CRITERION_WORLD_HHI))
        d->exporters = ask_exporters(d, year, n_years);
    if (d->exporters)
        d->cover = cover_ask(frame, FLOW_EXPORTS, year, n_years);
    return d;
}

/* ---- one year's figures ---- */

struct year {
    uint32_t period;
    struct items partner, all, world[2], extra, exporters;
    bool lists_all; /* every supplier is in the data */
    struct world_cover cover;
    flag_bits flags;
};

static flag_bits year_flags(const struct dependence *d, uint32_t period)
{
    flag_bits flags = frame_complete(&d->frame, period) ? 0 : FLAG_BIT(FLAG_PARTIAL_YEAR);
    flags |= world_kind(&d->frame, FLOW_IMPORTS, period) == WORLD_UNKNOWN ? FLAG_BIT(FLAG_NO_WORLD_TOTAL) : 0;
    flags |= cube_tells_world(d->frame.cube, FLOW_EXPORTS, period) ? 0 : FLAG_BIT(FLAG_NO_WORLD_EXPORTS);
    flags |= world_lists_all(&d->frame, FLOW_IMPORTS, period) ? 0 : FLAG_BIT(FLAG_LOWER_BOUND);
    flags |= cube_dataset(d->frame.cube)->partners == PARTNERS_CLOSED ? FLAG_BIT(FLAG_CLOSED_SET) : 0;
    return flags;
}

static enum status take_year(const struct dependence *d, uint32_t period, struct arena *arena, struct year *y)
{
    const struct item_slice slice = {.period = period};
    const struct {
        items_asked asked;
        struct items *items;
    } part[] = {{d->partner, &y->partner}, {d->all, &y->all}, {d->extra, &y->extra}, {d->exporters, &y->exporters}};
    enum status status = ST_OK;
    *y = (struct year){.period = period, .flags = year_flags(d, period)};
    for (size_t i = 0; status == ST_OK && i < sizeof part / sizeof *part; i++)
        status = items_of(part[i].asked, d->question.breakdown, slice, arena, part[i].items);
    for (enum flow f = FLOW_EXPORTS; status == ST_OK && f <= FLOW_IMPORTS; f++) {
        status = world_items(&d->world, f, period, arena, &y->world[f]);
    }
    if (d->cover)
        y->cover = cover_of(d->cover, period);
    y->lists_all = world_lists_all(&d->frame, FLOW_IMPORTS, period);
    if (d->summed && world_kind(&d->frame, FLOW_IMPORTS, period) == WORLD_SUM)
        y->world[FLOW_IMPORTS] = y->all; /* the suppliers' sum */
    return status;
}

/* ---- the figures of an item ---- */

static void fill_suppliers(const struct dependence *d, const struct year *y, size_t i, struct dependence_row *row,
                           struct known_suppliers *known)
{
    const struct distribution all = item_distribution(&y->all, i);
    const struct figure total = row->imports_total;
    if (!figure_whole(total) || total.usd <= 0)
        return;
    const struct concentration c = concentration_of(d->frame.cube, d->specified.member != NULL, &all, total);
    row->hhi = c.hhi;
    if (isnan(row->hhi))
        return;
    row->equivalent_suppliers = c.vague ? (double)NAN : 1 / row->hhi;
    row->suppliers = c.members;
    row->top_supplier = c.top;
    row->top_share = c.top == NO_ID ? (double)NAN : c.top_share;
    if (!c.vague)
        return;
    row->flags |= FLAG_BIT(FLAG_LOWER_BOUND);
    *known = (struct known_suppliers){.partner = known->partner,
                                      .nobody = known->nobody,
                                      .vague = true,
                                      .sum = c.sum,
                                      .sum_sq = c.hhi,
                                      .top_share = c.top_share};
}

/* Of the suppliers only the partner, or only some, are in the data. */
static void fill_known_suppliers(const struct dependence *d, const struct year *y, size_t i, struct dependence_row *row,
                                 struct known_suppliers *known)
{
    double total = figure_whole(row->imports_total) ? (double)row->imports_total.usd : (double)NAN;
    known->sum = known->sum_sq = known->top_share = (double)NAN;
    uint32_t top = d->frame.partner;
    if (top != ANY_MEMBER) {
        known->sum = known->top_share = row->share;
        known->sum_sq = row->share * row->share;
    } else if (total > 0) {
        const struct distribution all = item_distribution(&y->all, i);
        top = all.top_id;
        known->sum = (double)all.value_usd / total;
        known->sum_sq = all.sum_sq / (total * total);
        known->top_share = (double)all.top_value_usd / total;
    }
    row->hhi = top == NO_ID ? (double)NAN : known->sum_sq; /* of nobody there is none */
    if (known->top_share > 0.5) {
        row->top_supplier = top;
        row->top_share = known->top_share;
    }
}

/* CDI1 to CDI3 look at what comes from outside the bloc. */
static void fill_extra(const struct year *y, size_t i, struct figure exports, struct dependence_row *row)
{
    const struct distribution extra = item_distribution(&y->extra, i);
    row->extra_imports = item_figure(&y->extra, i, (struct figure){.known = row->imports_total.known});
    row->extra_imports.part = row->imports_total.part;
    row->extra_imports.months = row->imports_total.months;
    row->extra_share = figure_ratio(row->extra_imports, row->imports_total);
    row->hhi_extra = hhi_of_sums(extra.value_usd, extra.sum_sq);
    row->extra_over_exports = figure_ratio(row->extra_imports, exports);
}

static void start_row(const struct dependence *d, const struct year *y, size_t i, struct dependence_row *row)
{
    const struct breakdown_item *item = &d->question.breakdown->item[i];
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

static void fill_row(const struct dependence *d, const struct year *y, size_t i, struct dependence_row *row)
{
    struct known_suppliers known = {.all = y->lists_all, .partner = d->frame.partner};
    known.nobody = known.partner != ANY_MEMBER && !(countries_countable(d->frame.countries, known.partner) &&
                                                    cube_specified(d->frame.cube, known.partner));
    start_row(d, y, i, row);
    if (row->flags & FLAG_BIT(FLAG_LEVEL_UNAVAILABLE))
        return;
    bool named = d->frame.partner != ANY_MEMBER;
    const struct item_slice slice = {d->frame.partner, y->period, FLOW_IMPORTS};
    struct figure exports = FIGURE_NONE;
    if (needs(&d->question, CRITERION_IMPORTS_OVER_EXPORTS))
        exports = world_cell(&d->world, &y->world[FLOW_EXPORTS], i, FLOW_EXPORTS, y->period);
    row->imports_total = world_cell(&d->world, &y->world[FLOW_IMPORTS], i, FLOW_IMPORTS, y->period);
    if (named)
        row->imports_from_partner = item_cell(&d->frame, d->question.breakdown, &y->partner, i, slice);
    row->flags |= flags_of_figure(row->imports_from_partner) | flags_of_figure(row->imports_total) |
                  flags_of_months(row->imports_from_partner, row->imports_total) |
                  (row->imports_total.part ? FLAG_BIT(FLAG_PARTIAL_SECTOR) : 0);
    row->share = figure_ratio(row->imports_from_partner, row->imports_total);
    const bool of_partner = named && !row->imports_total.part;
    row->codes = frame_codes(&d->frame, of_partner ? d->frame.partner : cube_world(d->frame.cube), FLOW_IMPORTS,
                             y->period, item_goods(&d->frame, d->question.breakdown, i),
                             of_partner ? row->imports_from_partner : row->imports_total);
    row->imports_over_exports = figure_ratio(row->imports_total, exports);
    row->flags |= flags_of_months(row->imports_total, exports);
    const struct distribution world = item_distribution(&y->exporters, i);
    row->hhi_world_exports = hhi_of_sums(world.value_usd, world.sum_sq);
    row->flags |= isnan(row->hhi_world_exports) ? 0 : flags_of_cover(y->cover);
    if (y->lists_all)
        fill_suppliers(d, y, i, row, &known);
    else
        fill_known_suppliers(d, y, i, row, &known);
    if (!named)
        row->share = row->top_share;
    if (d->outside.member)
        fill_extra(y, i, exports, row);
    known.extra_top = item_distribution(&y->extra, i).top_id;
    if (named ? !row->imports_from_partner.known : !row->imports_total.known)
        row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
    if (figure_whole(exports) && exports.usd == 0 && figure_whole(row->imports_total) && row->imports_total.usd > 0)
        row->flags |= FLAG_BIT(FLAG_NO_EXPORTS);
    row->flags |= flags_of_status(item_status(&y->world[FLOW_IMPORTS], i) | item_status(&y->partner, i));
    dependence_judge(&d->question, &known, row);
}

/* ---- the window ---- */

/* How often an item's criteria held, and how often it is not known. */
struct tally {
    unsigned yes, unknown;
};

static bool has_row(const struct dependence *d, const struct year *y, size_t i)
{
    return d->question.breakdown->level == LEVEL_SECTOR || item_present(&y->world[FLOW_IMPORTS], i) ||
           item_present(&y->partner, i) || item_present(&y->all, i);
}

size_t dependence_rows(const struct dependence *d, uint32_t period, struct arena *arena)
{
    struct year y;
    size_t n = 0;
    const struct arena_mark mark = arena_mark(arena);
    if (take_year(d, period, arena, &y) == ST_OK)
        for (size_t i = 0; i < d->question.breakdown->n; i++)
            n += has_row(d, &y, i);
    arena_rewind(arena, mark);
    return n;
}

/* Years before the last one that are held completely. */
static enum status count_window(const struct dependence *d, uint32_t last, struct arena *arena, struct tally *tally,
                                unsigned *years)
{
    struct year y;
    struct dependence_row row;
    const struct arena_mark mark = arena_mark(arena); /* of a year that is past only the tally stays */
    for (unsigned back = years_back(d); back > 0; back--) {
        uint32_t period = period_add_years(last, -(int)back);
        if (!frame_complete(&d->frame, period))
            continue;
        (*years)++;
        if (take_year(d, period, arena, &y) != ST_OK)
            return ST_NO_MEMORY;
        for (size_t i = 0; i < d->question.breakdown->n; i++) {
            fill_row(d, &y, i, &row);
            tally[i].yes += row.dependent == VERDICT_YES;
            bool nothing_came = row.imports_total.known && row.imports_total.usd == 0;
            tally[i].unknown += row.dependent == VERDICT_UNKNOWN && !nothing_came;
        }
        arena_rewind(arena, mark);
    }
    return ST_OK;
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

enum status dependence_fold(const struct dependence *d, uint32_t period, struct arena *arena,
                            struct dependence_answer *out)
{
    struct year y;
    size_t n = d->question.breakdown->n;
    *out = (struct dependence_answer){.row = arena_new(arena, struct dependence_row, n), .period = period, .years = 1};
    struct tally *tally = arena_new(arena, struct tally, n);
    if (!tally || !out->row || count_window(d, period, arena, tally, &out->years) != ST_OK ||
        take_year(d, period, arena, &y) != ST_OK)
        return ST_NO_MEMORY;
    out->needed = (2 * out->years + 2) / 3;
    for (size_t i = 0; i < n; i++) {
        if (!has_row(d, &y, i))
            continue;
        fill_row(d, &y, i, &out->row[out->n]);
        settle(out, &tally[i], &out->row[out->n++]);
    }
    dependence_sum_up(&d->question, d->frame.partner != ANY_MEMBER, out);
    out->summary.cover = y.cover;
    if (frame_months(&d->frame, FLOW_IMPORTS, period) == 0) /* nothing is known, which is not nothing */
        out->summary = (struct dependence_summary){.unknown = true, .cover = y.cover};
    return ST_OK;
}
