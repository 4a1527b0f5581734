/* GET /v1/flows: the generic cube, by any of its dimensions. */
#include "entrepot/analysis/flows.h"
#include "api/ask/choose.h"
#include "api/ask/pairs.h"
#include "api/ask/products_of.h"
#include "api/contract/shared_columns.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

struct row {
    struct flows_row flow;
    struct cell period;
    const char *word; /* exports, imports or NULL */
    struct str product, name;
};

static const struct column columns[] = {
    COLUMN("period", "period; null where several are added up", FROM_CELL(STRING, struct row, period),
           .codes = &codes_period),
    COLUMN("reporter", "country whose books are read; null where several are added up",
           FROM_COUNTRY(struct row, flow.key[CUBE_REPORTER]), .codes = &codes_reporter),
    COLUMN("partner", "the other country; null where several are added up",
           FROM_COUNTRY(struct row, flow.key[CUBE_PARTNER]), .codes = &codes_partner),
    COLUMN("flow", "exports or imports; null where both are added up", FROM_NAME(struct row, word),
           .codes = &codes_flow),
    COLUMN("product", "HS code, section or sector id; null where all or several are added up",
           FROM_TEXT(struct row, product), .codes = &codes_product),
    COLUMN("name", "short name of the product; null where the table has none", FROM_TEXT(struct row, name)),
    COLUMN("value", "sum of what was recorded; exports and imports valued as the dataset values each",
           FROM_FIGURE(struct row, flow.value), .unit = "USD", .additive = true, .measure = MEASURE_VALUE),
    COLUMN("quantity",
           "tonnes of what has a weight; null where no weight is known or quantity is not among the measures",
           FROM_TONNES(struct row, flow.quantity), .unit = "t", .additive = true, .measure = MEASURE_QUANTITY),
    COLUMN("unit_value", "value of what has a weight / its tonnes", FROM_RATIO(struct row, flow.unit_value),
           .unit = "USD/t", .measure = MEASURE_UNIT_VALUE),
    COLUMN("share", "value / the sum over the dimension share_of, all else equal, before filters and top",
           FROM_RATIO(struct row, flow.share), .unit = "1", .additive = true, .measure = MEASURE_FLOWS_SHARE),
    COLUMN_AT_MOST("value", struct row, flow.value, 0),
    COLUMN("months_held", "months that the value is of; null where it is of several countries or periods",
           FROM_RANK(struct row, flow.months_held), .unit = "months"),
    COLUMN("flags", "why a figure is missing or to be read with care", FROM_FLAGS(struct row, flow.flags)),
};

/* In the order of enum cube_dim; columns are called so too, as they are by the measures. */
static const char *const dim_words[] = {"reporter", "partner", "flow", "product", "period", NULL};
static const char *const flow_words[] = {"exports", "imports", "X", "M", NULL};

enum { M_VALUE, M_QUANTITY, M_UNIT, M_SHARE };
static const char *const measure_words[] = {"value", "quantity", "unit_value", "share", NULL};

struct told {
    bool adds_partners, has_exports, has_imports, has_share;
    const char *partners, *share_of;
    struct str exports_valuation, imports_valuation;
};

static const struct column summary_columns[] = {
    COLUMN("partners_added_up", NULL, FROM_NAME(struct told, partners), .never_null = true,
           ONLY_IF(struct told, adds_partners)),
    COLUMN("exports_valuation", NULL, FROM_TEXT(struct told, exports_valuation), ONLY_IF(struct told, has_exports)),
    COLUMN("imports_valuation", NULL, FROM_TEXT(struct told, imports_valuation), ONLY_IF(struct told, has_imports)),
    COLUMN("share_of", NULL, FROM_NAME(struct told, share_of), .never_null = true, ONLY_IF(struct told, has_share)),
};

static const struct param params[] = {
    PARAM("reporter", COUNTRIES,
          "countries whose books are read: codes with commas between, or * for each (without groups and the "
          "world); left out: all added up. WLD is the source's own row. Also reporterCode",
          .alias = "reporterCode", .codes = &codes_reporter, .star = true, .example = "IND"),
    PARAM("partner", COUNTRIES, "the other countries, likewise. Also partnerCode", .alias = "partnerCode",
          .codes = &codes_partner, .star = true, .example = "*"),
    PARAM("product", PRODUCTS,
          "HS codes, sections and sectors, a row each; * for each of `level`; with `level` those within the "
          "codes; left out: all added up. Also cmdCode, with AG2, AG4, AG6",
          .alias = "cmdCode", .codes = &codes_product, .star = true, .comtrade = true, .example = "850760"),
    PARAM("flow", WORDS, "exports, imports, or * for each; left out: both added up. Also flowCode and X, M",
          .alias = "flowCode", .star = true, .words = flow_words, .example = "exports"),
    PARAM("period", PERIODS,
          "periods, ranges, lists, latest:5, or * for each; left out: the latest complete one. Also 201904",
          .comtrade = true, .example = "2019"),
    PARAM("freq", FREQ, "A, FY, Q or M: adds up or breaks down to this kind of period", .example = "FY"),
    PARAM("level", LEVEL,
          "what product=* stands for, hs2 if nothing is said; what a list of products is broken down to",
          .levels = LEVELS_OF_PRODUCTS, .example = "hs4"),
    PARAM("group_by", WORDS,
          "what is broken down, whatever is named: reporter, partner, flow, product, period; the rest is "
          "added up. Without it all that is given is broken down",
          .words = dim_words, .example = "partner,period"),
    PARAM("measures", WORDS, "value, quantity, unit_value, share", .words = measure_words, .fallback = "value,share",
          .example = "value,quantity"),
    PARAM("share_of", WORD,
          "dimension over which a share's denominator is summed; without it the last one of group_by, else "
          "the last of period, flow, reporter, partner, product that is broken down",
          .words = dim_words, .example = "partner"),
    PARAM_OF_DATASET,
    PARAM("top", COUNT, "keep this many rows and add up the rest as other; by falling value unless sort says otherwise",
          .max = LIMIT_MAX, .example = "10"),
    PARAM_OF_EXPLAIN,
    PARAMS_OF_TABLES,
};

/* ---- what is asked ---- */

struct asked {
    struct flows_question q;
    struct want want;
    unsigned explicit_group; /* of group_by; 0: not given */
    bool items;              /* products of a list, a row each */
    struct flows *flows;
};

static enum status conflict(struct call *call, const char *parameter, const char *why)
{
    const struct arg *arg = call_find(call, parameter);
    (void)call_problem(call, PROBLEM_CONFLICT, parameter, arg ? arg->text : str_span(NULL, 0), str_view(why));
    return ST_INVALID;
}

static bool is_grouped(const struct asked *asked, enum cube_dim dim) { return (asked->q.group & CUBE_BIT(dim)) != 0; }

/* Broken down is what is given; with group_by what stands there, and what has but one member anyway. */
static void group(struct asked *asked, enum cube_dim dim, bool given, bool one)
{
    bool named = (asked->explicit_group & CUBE_BIT(dim)) != 0;
    if (asked->explicit_group ? named || one : given)
        asked->q.group |= CUBE_BIT(dim);
}

/* Each country once, in the order written. */
static enum status read_members(struct call *call, struct asked *asked, enum cube_dim dim)
{
    const struct arg *arg = call_arg(call, dim_words[dim]);
    uint32_t *member = arena_new(call->arena, uint32_t, arg->n_list);
    struct cube_set set = {arg->n_list ? member : NULL, 0};
    if (!member)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < arg->n_list; i++) {
        size_t at = 0;
        while (at < set.n && member[at] != arg->countries[i])
            at++;
        member[at] = arg->countries[i];
        set.n += at == set.n;
    }
    asked->q.only[dim] = set;
    group(asked, dim, arg->given, set.n == 1);
    if (!is_grouped(asked, dim) && flows_aggregates(catalogue_countries(call->catalogue), set))
        return conflict(call, dim_words[dim],
                        "the world or a group would be added up with others: name it alone, or break it down");
    return ST_OK;
}

static void want_members(struct asked *asked)
{
    const struct cube_set *r = &asked->q.only[CUBE_REPORTER], *p = &asked->q.only[CUBE_PARTNER];
    asked->want.reporter = r->n ? r->member[0] : ANY_MEMBER;
    asked->want.partner = p->n ? p->member[0] : ANY_MEMBER;
    if (r->n > 1)
        asked->want.reporters = *r;
    if (p->n > 1)
        asked->want.partners = *p;
    if (p->n == 0)
        asked->want.partner_need = is_grouped(asked, CUBE_PARTNER) ? PARTNERS_EACH : PARTNERS_SUMMED;
}

static void read_flow(struct call *call, struct asked *asked)
{
    static const uint32_t flow[2] = {FLOW_EXPORTS, FLOW_IMPORTS};
    const struct arg *arg = call_arg(call, "flow");
    unsigned bits = (arg->number | arg->number >> 2) & 3; /* X and M are behind exports and imports */
    if (bits == 1 || bits == 2)
        asked->q.only[CUBE_FLOW] = (struct cube_set){&flow[bits - 1], 1};
    else if (bits)
        asked->q.only[CUBE_FLOW] = (struct cube_set){flow, 2};
    asked->want.flows = bits ? bits : WANT_BOTH;
    group(asked, CUBE_FLOW, arg->given, bits == 1 || bits == 2);
}

static enum status check_level(struct call *call, const struct arg *product, const struct arg *level, bool grouped)
{
    if (level->given && !grouped)
        return conflict(call, "level",
                        "products are added up: product=* or a list of products is broken down to a level");
    if (level->given && product->all && product->level != LEVEL_TOTAL && product->level != level->level)
        return conflict(call, "level", "the product asked for says another level");
    if (level->given && level->level == LEVEL_SECTOR && product->n_list)
        return conflict(call, "level", "sectors are baskets of products of their own: leave product out, or write *");
    return ST_OK;
}

static enum status read_product(struct call *call, struct asked *asked)
{
    const struct arg *product = call_arg(call, "product"), *level = call_arg(call, "level");
    bool spread = level->given && product->n_list > 0;
    group(asked, CUBE_PRODUCT, product->given, product->n_list == 1 && !spread);
    bool grouped = is_grouped(asked, CUBE_PRODUCT);
    asked->items = grouped && product->n_list && !spread;
    if (grouped && !asked->items)
        asked->q.level = level->given ? level->level : product->level != LEVEL_TOTAL ? product->level : LEVEL_HS2;
    asked->want.level = asked->q.level;
    want_products(call, &asked->want);
    if (product->n_list == 1 && str_is(product->list[0], "TOTAL"))
        asked->want.n_products = 0; /* not one of the products: a dataset of chosen ones has no total */
    return check_level(call, product, level, grouped);
}

static void read_period(struct call *call, struct asked *asked)
{
    const struct arg *arg = call_arg(call, "period"), *freq = call_arg(call, "freq"),
                     *dataset = call_arg(call, "dataset");
    if (arg->periods)
        asked->want.period = *arg->periods;
    asked->want.series = arg->given || (asked->explicit_group & CUBE_BIT(CUBE_PERIOD));
    asked->want.freq = freq->given ? freq->kind : 0;
    if (dataset->cube)
        asked->want.dataset = cube_dataset(dataset->cube)->id;
}

static enum status read_question(struct call *call, struct asked *asked)
{
    *asked = (struct asked){.explicit_group = call_arg(call, "group_by")->number, .q = {.share_of = CUBE_DIMS}};
    enum status status = read_members(call, asked, CUBE_REPORTER);
    if (status == ST_OK)
        status = read_members(call, asked, CUBE_PARTNER);
    if (status != ST_OK)
        return status;
    want_members(asked);
    read_flow(call, asked);
    read_period(call, asked);
    status = check_freq(call, &asked->want);
    return status == ST_OK ? read_product(call, asked) : status;
}

/* ---- measures and shares ---- */

static bool lists(const struct arg *arg, const char *column)
{
    struct str rest = arg->text;
    while (rest.p) {
        struct str id = str_cut(&rest, ',');
        if (str_is(id, column) || (id.n && id.p[0] == '-' && str_is(str_span(id.p + 1, id.n - 1), column)))
            return true;
    }
    return false;
}

static size_t column_of(const char *id)
{
    size_t i = 0;
    while (strcmp(columns[i].id, id) != 0)
        i++;
    return i;
}

/* What is filtered, sorted or chosen by is wanted too. */
static bool measured(const struct call *call, unsigned measure)
{
    const size_t column = column_of(measure_words[measure]);
    bool wanted = (call_arg(call, "measures")->number & 1U << measure) ||
                  lists(call_arg(call, "sort"), columns[column].id) ||
                  lists(call_arg(call, "fields"), columns[column].id);
    for (size_t i = 0; i < call->n_filters; i++)
        wanted = wanted || call->filter[i].column == column;
    return wanted;
}

static bool is_one(const struct flows_question *q, enum cube_dim dim)
{
    return dim == CUBE_PRODUCT ? q->item && q->n_items == 1 : q->only[dim].member && q->only[dim].n == 1;
}

static enum status choose_share(struct call *call, struct asked *asked)
{
    static const enum cube_dim order[CUBE_DIMS] = {CUBE_PERIOD, CUBE_FLOW, CUBE_REPORTER, CUBE_PARTNER, CUBE_PRODUCT};
    const struct arg *of = call_arg(call, "share_of"), *by = call_arg(call, "group_by");
    if (of->given && !is_grouped(asked, (enum cube_dim)of->number))
        return conflict(call, "share_of", "this dimension is not broken down, so there is nothing to have a share of");
    if (!of->given && !measured(call, M_SHARE))
        return ST_OK;
    for (size_t i = 0; i < CUBE_DIMS; i++)
        if (is_grouped(asked, order[i]) && !is_one(&asked->q, order[i]))
            asked->q.share_of = order[i];
    if (by->given)
        asked->q.share_of = (enum cube_dim)by->last;
    if (of->given)
        asked->q.share_of = (enum cube_dim)of->number;
    return ST_OK;
}

/* ---- products of a list ---- */

static enum status make_item(struct call *call, const struct cube *cube, const struct str *code,
                             struct breakdown_item *item)
{
    const struct products *products = catalogue_products(call->catalogue);
    const struct sector *sector = sectors_find(catalogue_sectors(call->catalogue), *code);
    const struct arg one = {.list = code, .n_list = 1};
    bool total = str_is(*code, "TOTAL");
    const struct str *prefix;
    size_t n;
    *item = (struct breakdown_item){.code = *code, .name = sector ? sector->name : products_name(products, *code)};
    enum status status = call_products(call, &one, cube, &prefix, &n);
    if (status != ST_OK)
        return status;
    if (n == 0) /* no basket for the dataset's revision */
        item->flags = FLAG_BIT(FLAG_LEVEL_UNAVAILABLE);
    item->prefix = prefix;
    item->n_prefixes = total ? 0 : n;
    return total ? ST_OK : leaves_of(cube, products, prefix, n, call->arena, &item->leaves);
}

/* The same product twice is one row. */
static enum status make_items(struct call *call, struct asked *asked)
{
    const struct arg *product = call_arg(call, "product");
    struct breakdown_item *item = arena_new(call->arena, struct breakdown_item, product->n_list);
    enum status status = item ? ST_OK : ST_NO_MEMORY;
    for (size_t i = 0; status == ST_OK && i < product->n_list; i++) {
        bool twice = false;
        for (size_t k = 0; k < asked->q.n_items; k++)
            twice = twice || str_eq(item[k].code, product->list[i]);
        if (!twice)
            status = make_item(call, asked->q.cube, &product->list[i], &item[asked->q.n_items++]);
    }
    asked->q.item = item;
    asked->q.overlap = status == ST_OK && flows_overlap(item, asked->q.n_items);
    return status;
}

static enum status make_sectors(struct call *call, struct asked *asked)
{
    struct breakdown breakdown;
    enum status status =
        breakdown_make(asked->q.cube, catalogue_sectors(call->catalogue), LEVEL_SECTOR, call->arena, &breakdown);
    if (status != ST_OK)
        return status;
    asked->q.item = breakdown.item;
    asked->q.n_items = breakdown.n;
    asked->q.overlap = true;
    return ST_OK;
}

static enum status resolve_products(struct call *call, struct asked *asked)
{
    const struct arg *product = call_arg(call, "product");
    if (asked->items)
        return make_items(call, asked);
    if (is_grouped(asked, CUBE_PRODUCT) && asked->q.level == LEVEL_SECTOR)
        return make_sectors(call, asked);
    struct frame frame = {.cube = asked->q.cube};
    enum status status = product->n_list ? frame_products(call, &frame) : ST_OK;
    asked->q.only[CUBE_PRODUCT] = frame.leaves;
    asked->q.goods = frame_goods(&frame);
    return status;
}

/* ---- what the reader must know ---- */

static void warn_of_sums(struct call *call, const struct asked *asked)
{
    const struct flows_question *q = &asked->q;
    bool both = !is_grouped(asked, CUBE_FLOW) && q->only[CUBE_FLOW].n != 1, many = !is_grouped(asked, CUBE_REPORTER);
    if (both)
        call_warn(call, STR("flow is added up: values are exports and imports together; flow=* keeps them apart"));
    if (both && many)
        call_warn(call, STR("reporters are added up too: a trade between two of them counts in the books of both"));
    if (many && cube_dataset(q->cube)->basis == BASIS_REPORTED)
        call_warn(call, STR("reporter is added up: the sum of what the reporters in this dataset recorded, which need "
                            "not be all countries"));
    if (q->item && q->overlap)
        call_warn(call, STR("the products overlap: their figures must not be added up, and have no share of a sum"));
    if (is_grouped(asked, CUBE_PARTNER) && !q->only[CUBE_PARTNER].member &&
        cube_dataset(q->cube)->partners == PARTNERS_LISTED)
        call_warn(call, STR("the dataset lists some partners only: these are not all there are"));
}

static void warn_of_shares(struct call *call, enum flows_share basis)
{
    static const char *const why[] = {
        [FLOWS_SHARE_PARTNERS_LISTED] = "the dataset does not list all partners, so their sum is not the total",
        [FLOWS_SHARE_PRODUCTS_SELECTED] = "the dataset has chosen products only, so their sum is not the total",
        [FLOWS_SHARE_AGGREGATE] = "the world or a group stands beside its members, so they have no sum",
    };
    if ((size_t)basis < sizeof why / sizeof *why && why[basis])
        call_warn(call, arena_printf(call->arena, "share is null: %s", why[basis]));
}

static void summarise(struct call *call, const struct asked *asked)
{
    const struct flows_question *q = &asked->q;
    const struct dataset *d = cube_dataset(q->cube);
    const unsigned flows = asked->want.flows;
    const bool shared = flows_share_basis(q) == FLOWS_SHARE_GIVEN;
    call_summary(call,
                 &(struct told){.adds_partners = !is_grouped(asked, CUBE_PARTNER) && !q->only[CUBE_PARTNER].member,
                                .has_exports = flows == 0 || flows & 1U << FLOW_EXPORTS,
                                .has_imports = flows == 0 || flows & 1U << FLOW_IMPORTS,
                                .has_share = shared,
                                .partners = flows_from_world(asked->flows) ? "the source's row for the world"
                                                                           : "sum of all partners",
                                .share_of = shared ? dim_words[q->share_of] : NULL,
                                .exports_valuation = d->exports_valuation,
                                .imports_valuation = d->imports_valuation});
    warn_of_sums(call, asked);
    warn_of_shares(call, flows_share_basis(q));
}

/* ---- rows ---- */

/* Text of the periods, one for each and not one for each row. */
static struct cell *period_cells(struct call *call, const struct cube_set *period)
{
    struct cell *cell = arena_new(call->arena, struct cell, period->n);
    for (size_t i = 0; cell && i < period->n; i++)
        cell[i] = cell_period(call, period->member[i]);
    return cell;
}

struct filling {
    struct call *call;
    const struct flows_question *q;
    const struct cell *period;
    const struct str *node, *name; /* codes of the level, and their names */
    bool quantity, unit;
};

static void make_row(const struct filling *f, const struct flows_row *flow, struct row *row)
{
    const uint32_t *key = flow->key, product = key[CUBE_PRODUCT];
    const struct cube_set *period = &f->q->only[CUBE_PERIOD];
    const struct breakdown_item *item = f->q->item;
    row->flow = *flow;
    row->period = cell_null;
    for (size_t i = 0; key[CUBE_PERIOD] != NO_ID && i < period->n; i++)
        if (period->member[i] == key[CUBE_PERIOD])
            row->period = f->period[i];
    row->word = key[CUBE_FLOW] == NO_ID ? NULL : flow_words[key[CUBE_FLOW]];
    row->product = product == NO_ID ? str_span(NULL, 0) : item ? item[product].code : f->node[product];
    row->name = product == NO_ID ? str_span(NULL, 0) : item ? item[product].name : f->name[product];
    if (!f->quantity)
        row->flow.quantity = QUANTITY_NONE;
    if (!f->unit)
        row->flow.unit_value = (double)NAN;
}

#define ROWS_AT_ONCE 64

static enum status add_rows(struct call *call, const struct filling *f, const struct flows_row *flow, size_t n)
{
    struct row row[ROWS_AT_ONCE];
    enum status status = ST_OK;
    for (size_t first = 0, some; status == ST_OK && first < n; first += some) {
        some = n - first < ROWS_AT_ONCE ? n - first : ROWS_AT_ONCE;
        for (size_t i = 0; i < some; i++)
            make_row(f, &flow[first + i], &row[i]);
        status = call_rows(call, row, some, sizeof *row);
    }
    return status;
}

/* Made-up figures are flagged row by row in the whole table. */
static bool needs_all_rows(const struct call *call, const struct cube *cube)
{
    return call->n_filters || call_arg(call, "sort")->given || call_arg(call, "top")->given ||
           cube_dataset(cube)->synthetic;
}

/* Where nothing is left out or moved, only the rows of the page are made; the others are counted. */
static enum status fill_table(struct call *call, const struct asked *asked, const struct flows_row *row, size_t n)
{
    size_t n_nodes = 0;
    struct filling f = {.call = call,
                        .q = &asked->q,
                        .period = period_cells(call, &asked->q.only[CUBE_PERIOD]),
                        .node = cube_nodes(asked->q.cube, asked->q.level, &n_nodes),
                        .name = cube_node_names(asked->q.cube, asked->q.level),
                        .quantity = measured(call, M_QUANTITY),
                        .unit = measured(call, M_UNIT)};
    size_t first = 0, end = n;
    if (!needs_all_rows(call, asked->q.cube)) {
        size_t from = call_arg(call, "cursor")->number, limit = call_arg(call, "limit")->number;
        first = from < n ? from : n;
        end = limit < n - first ? first + limit : n;
    }
    if (!f.period || call_reserve(call, end) != ST_OK)
        return ST_NO_MEMORY;
    call->table.n_rows = first;
    enum status status = add_rows(call, &f, row + first, end - first);
    call->table.n_rows = n;
    return status;
}

static uint64_t bit_of(unsigned measure) { return (uint64_t)1 << column_of(measure_words[measure]); }

/* How `top` adds up: not what overlaps, nor shares of several wholes; and it takes the largest unless it is told otherwise. */
static void arrange(struct call *call, const struct asked *asked)
{
    const struct flows_question *q = &asked->q;
    struct arg *sort = &call->arg[call_arg(call, "sort") - call->arg];
    bool sums = !q->overlap &&
                !(is_grouped(asked, CUBE_REPORTER) && flows_aggregates(q->countries, q->only[CUBE_REPORTER])) &&
                !(is_grouped(asked, CUBE_PARTNER) && flows_aggregates(q->countries, q->only[CUBE_PARTNER]));
    unsigned wholes = 0;
    for (enum cube_dim d = CUBE_REPORTER; d < CUBE_DIMS; d++) {
        bool many = d != q->share_of && is_grouped(asked, d) && !is_one(q, d);
        wholes += many;
        if (many)
            call->other = call->other ? call->other : &columns[column_of(dim_words[d])];
    }
    if (q->share_of != CUBE_DIMS)
        call->other = &columns[column_of(dim_words[q->share_of])];
    if (wholes || !sums)
        call->unsummed |= bit_of(M_SHARE);
    if (!sums)
        call->unsummed |= bit_of(M_VALUE) | bit_of(M_QUANTITY);
    if (call_arg(call, "top")->given && !sort->given) {
        sort->given = true;
        sort->text = STR("-value");
    }
}

/* Rows for which a request has memory: cells (twice if they are sorted), rows of the analysis and of the cube, and its groups. */
static size_t row_room(struct call *call)
{
    const struct arena *arena = call->arena;
    bool sorted = call_arg(call, "sort")->given || call_arg(call, "top")->given;
    size_t cells = call->table.n_columns * sizeof(struct cell),
           row = cells + (sorted ? cells + sizeof(void *) : 0) + sizeof(struct flows_row) + 192;
    size_t room = (arena->ceiling_bytes - arena->used_bytes) / row;
    return room < call->api->options.max_rows ? room : call->api->options.max_rows;
}

static enum status flows_plan(struct call *call)
{
    struct asked *asked = call_keep(call, sizeof *asked);
    const struct offer *offer;
    enum status status = asked ? read_question(call, asked) : ST_NO_MEMORY;
    if (status == ST_OK)
        status = call_choose(call, &asked->want, &offer);
    if (status != ST_OK)
        return status;
    asked->q.cube = offer->cube;
    asked->q.countries = catalogue_countries(call->catalogue);
    asked->q.kind = offer->kind;
    asked->q.only[CUBE_PERIOD] = (struct cube_set){offer->period, offer->n_periods};
    asked->q.max_rows = call->max_rows = row_room(call);
    asked->q.quantities = measured(call, M_QUANTITY) || measured(call, M_UNIT);
    group(asked, CUBE_PERIOD, true, offer->n_periods == 1);
    status = resolve_products(call, asked);
    if (status == ST_OK)
        status = choose_share(call, asked);
    if (status != ST_OK)
        return status;
    asked->flows = flows_ask(call->ask, &asked->q);
    call->instead = "name reporters, partners or products, take fewer periods or one flow, or add up over partners "
                    "instead of breaking them down";
    return ST_OK;
}

static enum status flows_work(struct call *call)
{
    const struct asked *asked = call->state;
    struct flows_row *row;
    size_t n = 0;
    enum status status = flows_fold(asked->flows, call->arena, &row, &n);
    if (status == ST_OK)
        status = fill_table(call, asked, row, n);
    if (status != ST_OK)
        return status;
    summarise(call, asked);
    arrange(call, asked);
    call->empty_reason = "no_trade_recorded";
    return ST_OK;
}

const struct route route_flows = {
    .id = "getFlows",
    .group = GROUP_BALANCE,
    .path = "/v1/flows",
    .summary = "The generic cube: trade by any of reporter, partner, flow, product and period",
    .description =
        "A dimension that is left out is added up, a list gives exactly those, * each member but groups and the world; "
        "group_by says it outright. Columns of what is added up are null. Where all that is broken down is named, each "
        "combination has a row, 0 where the dataset would have told of trade; else those with an observation.",
    .example = "/v1/flows?reporter=IND&partner=*&flow=imports&period=2019&top=10",
    SUMS_UP(summary_columns),
    .plan = flows_plan,
    .work = flows_work,
    TAKES(params),
    GIVES(columns)};
