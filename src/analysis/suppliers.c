/* Who sells a product: eight statements at most, and a row for each country that does. */
#include "entrepot/analysis/suppliers.h"

#include <math.h>

struct suppliers {
    struct frame frame;
    struct suppliers_question question;
    const struct cube_rows *exports, *to_importer, *all_products; /* by reporter; NULL: not asked for */
    const struct cube_rows *world_exports;                        /* by reporter: their rows for the world */
    const struct cube_rows *imports;                              /* by partner */
    struct cover_asked *cover;
    struct world world; /* the importer's row for the world */
};

struct country_sales {
    struct figure world, to_importer, all_products, imports;
    struct quantity quantity;
    unsigned status;
    bool excluded, named;
};

struct table {
    const struct frame *frame;
    const struct suppliers_question *question;
    const struct suppliers *asked;
    struct country_sales *country; /* by id */
    size_t n_countries;
    struct figure imports, all_products;
    flag_bits flags;
};

int64_t capacity_by_growth(int64_t total_usd, double expand) { return llround(expand * (double)total_usd); }

int64_t capacity_by_diversion(int64_t total_usd, int64_t now_usd, double divert)
{
    return total_usd > now_usd ? llround(divert * (double)(total_usd - now_usd)) : 0;
}

/* ---- asking ---- */

static bool has_importer(const struct frame *frame) { return frame->reporter != ANY_MEMBER; }

/* Each country's exports, of the products or of all, to one partner or to all. */
static const struct cube_rows *ask_exports(const struct suppliers *s, struct cube_set leaves, struct cube_set partner,
                                           unsigned measures)
{
    const uint32_t exports = FLOW_EXPORTS;
    struct cube_query q = frame_query(&s->frame, &s->question.period, 1);
    q.group = CUBE_BIT(CUBE_REPORTER);
    q.measures = measures;
    q.only[CUBE_REPORTER] = (struct cube_set){NULL, 0};
    q.only[CUBE_PARTNER] = partner;
    q.only[CUBE_FLOW] = (struct cube_set){&exports, 1};
    q.only[CUBE_PRODUCT] = leaves;
    return ask_add(s->frame.ask, s->frame.cube, &q);
}

/* Each supplier's own books tell what it sells, whether or not those of all do. */
static void ask_sales(struct suppliers *s)
{
    const struct cube_set all = {NULL, 0};
    const uint32_t world = countries_world(s->frame.countries);
    s->exports = ask_exports(s, s->frame.leaves, all, CUBE_QUANTITY);
    if (cube_dataset(s->frame.cube)->basis == BASIS_REPORTED)
        s->world_exports = ask_exports(s, s->frame.leaves, (struct cube_set){&world, 1}, CUBE_QUANTITY);
    if (!s->question.worldwide)
        return;
    s->cover = cover_ask(&s->frame, FLOW_EXPORTS, &s->question.period, 1);
    if (has_importer(&s->frame))
        s->to_importer = ask_exports(s, s->frame.leaves, (struct cube_set){&s->frame.reporter, 1}, 0);
    s->all_products = ask_exports(s, all, all, 0);
}

static void ask_importer(struct suppliers *s)
{
    const uint32_t imports = FLOW_IMPORTS;
    struct cube_query q = frame_query(&s->frame, &s->question.period, 1);
    q.group = CUBE_BIT(CUBE_PARTNER);
    q.only[CUBE_FLOW] = (struct cube_set){&imports, 1};
    s->imports = ask_add(s->frame.ask, s->frame.cube, &q);
    s->world = world_ask(&s->frame, NULL, FLOW_BIT(FLOW_IMPORTS), FLOW_BIT(FLOW_IMPORTS), &s->question.period, 1);
}

struct suppliers *suppliers_ask(const struct frame *frame, const struct suppliers_question *question)
{
    struct suppliers *s = ask_make(frame->ask, struct suppliers, 1);
    if (!s)
        return NULL;
    *s = (struct suppliers){.frame = *frame, .question = *question};
    ask_sales(s);
    if (has_importer(frame))
        ask_importer(s);
    return s;
}

/* ---- what was read ---- */

/* The supplier's own books. */
static struct frame books_of(const struct table *t, uint32_t supplier)
{
    struct frame frame = *t->frame;
    frame.reporter = supplier;
    frame.partner = t->frame->reporter;
    return frame;
}

/* A supplier's exports to all are its row for the world, or the sum of its partners: whichever its own books have. */
static void take_world(struct table *t, const struct cube_rows *rows, enum world_kind kind)
{
    for (size_t i = 0; rows && i < rows->n; i++) {
        const uint32_t id = rows->key[CUBE_REPORTER][i];
        struct country_sales *c = &t->country[id];
        const struct frame own = books_of(t, id);
        c->named = c->named || t->question->worldwide;
        if (world_kind(&own, FLOW_EXPORTS, t->question->period) != kind)
            continue;
        c->world = figure_of(rows->value_usd[i]);
        c->quantity = quantity_of(rows, i);
        c->status |= rows->status[i];
    }
}

static void take_exports(struct table *t)
{
    static const struct cube_rows none = {.n = 0};
    const struct suppliers *s = t->asked;
    const struct cube_rows *to = s->to_importer ? s->to_importer : &none,
                           *all = s->all_products ? s->all_products : &none;
    take_world(t, s->exports, WORLD_SUM);
    take_world(t, s->world_exports, WORLD_ROW);
    for (size_t i = 0; i < to->n; i++)
        t->country[to->key[CUBE_REPORTER][i]].to_importer = figure_of(to->value_usd[i]);
    for (size_t i = 0; i < all->n; i++)
        t->country[all->key[CUBE_REPORTER][i]].all_products = figure_of(all->value_usd[i]);
    t->all_products.known = all->n > 0;
}

static void take_imports(struct table *t)
{
    const struct cube_rows *from = t->asked->imports;
    for (size_t i = 0; from && i < from->n; i++) {
        struct country_sales *c = &t->country[from->key[CUBE_PARTNER][i]];
        c->imports = figure_of(from->value_usd[i]);
        c->status |= from->status[i];
        c->named = true;
    }
}

static void judge_country(const struct table *t, uint32_t id)
{
    struct country_sales *c = &t->country[id];
    const struct frame own = books_of(t, id);
    const struct goods goods = frame_goods(t->frame);
    const uint32_t period = t->question->period;
    bool worldwide = t->question->worldwide;
    c->world = world_figure(&own, FLOW_EXPORTS, period, goods, c->world);
    if (worldwide)
        c->all_products =
            frame_figure(&own, ANY_MEMBER, FLOW_EXPORTS, period, (struct goods){NULL, 0}, c->all_products);
    if (!has_importer(t->frame))
        return;
    c->imports = frame_figure(t->frame, id, FLOW_IMPORTS, period, goods, c->imports);
    c->to_importer =
        worldwide ? frame_figure(&own, own.partner, FLOW_EXPORTS, period, goods, c->to_importer) : c->imports;
}

static void judge_countries(struct table *t)
{
    for (uint32_t id = 0; id < t->n_countries; id++)
        if (t->country[id].named || t->country[id].excluded)
            judge_country(t, id);
}

static void find_imports(struct table *t)
{
    const struct cube_rows *from = t->asked->imports;
    const uint32_t period = t->question->period;
    unsigned status = 0;
    if (!has_importer(t->frame))
        return;
    enum world_kind world = world_kind(t->frame, FLOW_IMPORTS, period);
    t->imports = world_total(&t->asked->world, FLOW_IMPORTS, period, &status);
    if (world == WORLD_SUM && from->n) {
        int64_t sum_usd = 0;
        for (size_t i = 0; i < from->n; i++)
            sum_usd += from->value_usd[i];
        t->imports = world_figure(t->frame, FLOW_IMPORTS, period, frame_goods(t->frame), figure_of(sum_usd));
    }
    t->flags |= t->imports.part ? FLAG_BIT(FLAG_PARTIAL_SECTOR) : 0;
    if (world == WORLD_UNKNOWN)
        t->flags |= FLAG_BIT(FLAG_NO_WORLD_TOTAL);
}

/* ---- the answer ---- */

static void summarise(struct table *t, struct suppliers_summary *s)
{
    struct figure others = {.known = t->question->worldwide}, excluded = {.known = t->question->n_excluded > 0};
    *s = (struct suppliers_summary){
        .imports = t->imports, .worldwide = t->question->worldwide, .cover = {.trade_share = (double)NAN}};
    s->world_exports = (struct figure){.known = t->question->worldwide};
    if (t->asked->cover)
        s->cover = cover_of(t->asked->cover, t->question->period);
    for (uint32_t id = 0; id < t->n_countries; id++) {
        const struct country_sales *c = &t->country[id];
        if (c->excluded)
            excluded = figure_sum(excluded, c->imports);
        if (c->world.known && id != t->frame->reporter && !c->excluded)
            others.usd += c->world.usd;
        s->world_exports.usd += c->world.usd;
        t->all_products.usd += c->all_products.usd;
        s->without_books += t->question->worldwide && c->named && !c->world.known;
    }
    if (!has_importer(t->frame))
        excluded = FIGURE_NONE;
    s->imports_from_excluded = excluded;
    if (excluded.known)
        s->gap = figure_of(llround(t->question->cut * (double)excluded.usd));
    s->resourcing_multiple = t->question->cut * figure_ratio(excluded, figure_difference(t->imports, excluded));
    s->market_tightness = t->question->cut * figure_ratio(excluded, others);
    s->capacity_total = (struct figure){.known = t->question->worldwide && has_importer(t->frame)};
}

static void fill_row(const struct table *t, uint32_t id, const struct suppliers_summary *s, struct supplier_row *row)
{
    const struct country_sales *c = &t->country[id];
    *row = (struct supplier_row){.supplier = id,
                                 .sales_to_importer = c->to_importer,
                                 .share_of_imports = figure_ratio(c->imports, t->imports),
                                 .world_exports = c->world,
                                 .world_share = figure_ratio(c->world, s->world_exports),
                                 .quantity = c->quantity,
                                 .unit_value = unit_value(c->world, c->quantity),
                                 .rca = figure_ratio(c->world, c->all_products) /
                                        figure_ratio(s->world_exports, t->all_products),
                                 .flags = t->flags | flags_of_status(c->status) | flags_of_quantity(c->quantity)};
    row->flags |= t->asked->cover ? flags_of_cover(s->cover) : 0;
    if (t->question->worldwide && has_importer(t->frame)) /* else the two are of different books */
        row->sales_elsewhere = figure_difference(c->world, c->to_importer);
    if (t->question->worldwide && has_importer(t->frame) && c->world.known && c->to_importer.known)
        row->capacity = figure_of(capacity_by_growth(c->world.usd, t->question->expand) +
                                  capacity_by_diversion(c->world.usd, c->to_importer.usd, t->question->divert));
    row->flags |= (has_importer(t->frame) ? flags_of_figure(c->to_importer) : 0) | flags_of_figure(c->world) |
                  flags_of_months(c->imports, t->imports);
    if (!c->world.known || (has_importer(t->frame) && !c->to_importer.known))
        row->flags |= FLAG_BIT(FLAG_NOT_REPORTED);
}

static int by_size(const void *a, const void *b)
{
    const struct supplier_row *x = a, *y = b;
    const struct figure left[] = {x->capacity, x->world_exports, x->sales_to_importer},
                        right[] = {y->capacity, y->world_exports, y->sales_to_importer};
    for (size_t i = 0; i < 3; i++) {
        int64_t p = left[i].known ? left[i].usd : -1, q = right[i].known ? right[i].usd : -1;
        if (p != q)
            return p > q ? -1 : 1;
    }
    return x->supplier < y->supplier ? -1 : x->supplier > y->supplier;
}

static void set_flags(struct table *t)
{
    const struct dataset *d = cube_dataset(t->frame->cube);
    if (has_importer(t->frame) ? !frame_complete(t->frame, t->question->period)
                               : cube_held(t->frame->cube, ANY_MEMBER, ANY_MEMBER, FLOW_EXPORTS, t->question->period) <
                                     cube_expected(t->frame->cube, t->question->period))
        t->flags |= FLAG_BIT(FLAG_PARTIAL_YEAR);
    if (!t->question->worldwide)
        t->flags |= FLAG_BIT(FLAG_NO_OTHER_SUPPLIERS);
    if (d->partners == PARTNERS_CLOSED)
        t->flags |= FLAG_BIT(FLAG_CLOSED_SET);
}

enum status suppliers_fold(const struct suppliers *suppliers, struct arena *arena, struct supplier_row **out, size_t *n,
                           struct suppliers_summary *summary)
{
    const struct frame *frame = &suppliers->frame;
    const struct suppliers_question *question = &suppliers->question;
    struct table t = {.frame = frame, .question = question, .asked = suppliers, .flags = frame->flags};
    t.n_countries = countries_count(frame->countries);
    t.country = arena_new(arena, struct country_sales, t.n_countries);
    struct supplier_row *row = arena_new(arena, struct supplier_row, t.n_countries);
    if (!t.country || !row)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < question->n_excluded; i++)
        t.country[question->excluded[i]].excluded = true;
    take_exports(&t);
    take_imports(&t);
    judge_countries(&t);
    set_flags(&t);
    find_imports(&t);
    summarise(&t, summary);
    *n = 0;
    for (uint32_t id = 0; id < t.n_countries; id++) {
        if (!t.country[id].named || t.country[id].excluded || id == frame->reporter || !cube_specified(frame->cube, id))
            continue;
        struct supplier_row *r = &row[(*n)++];
        fill_row(&t, id, summary, r);
        summary->capacity_total.usd += r->capacity.usd;
        summary->alternatives += r->world_share > question->min_share;
    }
    if (*n)
        qsort(row, *n, sizeof *row, by_size);
    for (size_t i = 0; i < *n; i++)
        row[i].rank = (unsigned)i + 1;
    summary->flags = t.flags | (summary->without_books ? FLAG_BIT(FLAG_NOT_REPORTED) : 0);
    *out = row;
    return ST_OK;
}
