/* Dependence on any supplier, and on one partner: one table, with one column more where there is a partner. */
#include "api/ask/choose.h"
#include "api/ask/dependence_options.h"
#include "api/ask/pairs.h"
#include "api/ask/prefer.h"
#include "api/ask/products_of.h"
#include "api/get/endpoints.h"

enum {
    C_PRODUCT,
    C_NAME,
    C_FROM, /* only with a partner */
    C_ALL,
    C_SHARE,
    C_HHI,
    C_EQUIVALENT,
    C_SUPPLIERS,
    C_TOP,
    C_TOP_SHARE,
    C_OVER,
    C_WORLD,
    C_EXTRA,
    C_EXTRA_SHARE,
    C_EXTRA_HHI,
    C_EXTRA_OVER,
    C_BY_HHI,
    C_BY_WORLD,
    C_BY_EXTRA,
    C_BY_OVER,
    C_BY_SHARE,
    C_DEPENDENT,
    C_YEARS,
    C_PERIOD,
    C_FLAGS,
    COLUMNS
};

#define COLUMNS_BEFORE                                                                                                 \
    {"product", COLUMN_STRING, NULL, 0, false, "HS code, section or sector id"},                                       \
    {                                                                                                                  \
        "name", COLUMN_STRING, NULL, 0, false, "short name; null where the table has none"                             \
    }
#define COLUMNS_BEHIND(share)                                                                                          \
    {"imports_total", COLUMN_INTEGER, "USD", 'M', true, "reporter's imports of the product from all partners"},        \
        {"share", COLUMN_NUMBER, "1", 0, false, share},                                                                \
        {"hhi", COLUMN_NUMBER,                                                                                         \
         "1",   0,                                                                                                     \
         false, "Herfindahl–Hirschman index of the suppliers, 0 to 1; with lower_bound the part that is known"},       \
        {"equivalent_suppliers",                                                                                       \
         COLUMN_NUMBER,                                                                                                \
         NULL,                                                                                                         \
         0,                                                                                                            \
         false,                                                                                                        \
         "1 / hhi: how many equal suppliers would be as concentrated; null with lower_bound"},                         \
        {"suppliers", COLUMN_INTEGER, NULL, 0, false, "number of suppliers; null where they are not in the data"},     \
        {"top_supplier",                                                                                               \
         COLUMN_STRING,                                                                                                \
         NULL,                                                                                                         \
         0,                                                                                                            \
         false,                                                                                                        \
         "largest supplier; null where other suppliers are not in the data and no share is above one half"},           \
        {"top_share", COLUMN_NUMBER, "1", 0, false, "imports from the largest supplier / imports_total"},              \
        {"imports_over_exports",                                                                                       \
         COLUMN_NUMBER,                                                                                                \
         "1",                                                                                                          \
         0,                                                                                                            \
         false,                                                                                                        \
         "the reporter's imports / exports of the product with all partners; null with no_exports"},                   \
        {"hhi_world_exports",                                                                                          \
         COLUMN_NUMBER,                                                                                                \
         "1",                                                                                                          \
         0,                                                                                                            \
         false,                                                                                                        \
         "Herfindahl–Hirschman index of the exporters of the product in the whole dataset"},                           \
        {"extra_imports", COLUMN_INTEGER, "USD", 'M', true, "imports from outside home; null without home"},           \
        {"extra_share", COLUMN_NUMBER, "1", 0, false, "extra_imports / imports_total"},                                \
        {"hhi_extra", COLUMN_NUMBER, "1", 0, false, "Herfindahl–Hirschman index of the suppliers outside home"},       \
        {"extra_over_exports", COLUMN_NUMBER, "1", 0, false, "extra_imports / exports of the product"},                \
        {"criterion_hhi",                                                                                              \
         COLUMN_BOOLEAN,                                                                                               \
         NULL,                                                                                                         \
         0,                                                                                                            \
         false,                                                                                                        \
         "concentration of suppliers above its threshold; null: not known, or not of the method"},                     \
        {"criterion_world_hhi",                                                                                        \
         COLUMN_BOOLEAN,                                                                                               \
         NULL,                                                                                                         \
         0,                                                                                                            \
         false,                                                                                                        \
         "concentration of world exports above its threshold; null likewise"},                                         \
        {"criterion_extra_imports",                                                                                    \
         COLUMN_BOOLEAN,                                                                                               \
         NULL,                                                                                                         \
         0,                                                                                                            \
         false,                                                                                                        \
         "share from outside home above its threshold; null likewise"},                                                \
        {"criterion_imports_over_exports",                                                                             \
         COLUMN_BOOLEAN,                                                                                               \
         NULL,                                                                                                         \
         0,                                                                                                            \
         false,                                                                                                        \
         "imports over exports above its threshold, also where nothing is exported; null likewise"},                   \
        {"criterion_share", COLUMN_BOOLEAN, NULL, 0, false, "share at or above its threshold; null likewise"},         \
        {"dependent",                                                                                                  \
         COLUMN_BOOLEAN,                                                                                               \
         NULL,                                                                                                         \
         0,                                                                                                            \
         false,                                                                                                        \
         "all criteria of the method hold (in two thirds of the window's years), and the partner, if there is one, "   \
         "is the largest supplier where the method is not a share; null where the data cannot decide it"},             \
        {"years_held", COLUMN_INTEGER, "years", 0, false, "years of the window in which they held"},                   \
        {"period", COLUMN_STRING, NULL, 0, false, "period of the figures"},                                            \
    {                                                                                                                  \
        "flags", COLUMN_FLAGS, NULL, 0, false, "why a figure is missing or to be read with care"                       \
    }

static const struct column columns_of_pair[] = {
    COLUMNS_BEFORE,
    {"imports_from_partner", COLUMN_INTEGER, "USD", 'M', true, "reporter's imports of the product from the partner"},
    COLUMNS_BEHIND("imports_from_partner / imports_total")};
static const struct column columns_of_any[] = {
    COLUMNS_BEFORE, COLUMNS_BEHIND("share of the largest supplier, as top_share: a partner in the path gives its own")};
_Static_assert(sizeof columns_of_pair / sizeof *columns_of_pair == COLUMNS, "one column, one number");
_Static_assert(sizeof columns_of_any / sizeof *columns_of_any == COLUMNS - 1, "one column less");

enum {
    S_PERIOD,
    S_PRODUCTS,
    S_DEPENDENT,
    S_UNDECIDED,
    S_IMPORTS,
    S_VALUE,
    S_OF_PRODUCTS,
    S_OF_IMPORTS,
    S_YEARS,
    S_FLAGS,
    SUMMARY_COLUMNS
};

static const struct column columns_of_summary[SUMMARY_COLUMNS] = {
    [S_PERIOD] = {"period", COLUMN_STRING, NULL, 0, false, "period of the figures"},
    [S_PRODUCTS] = {"products", COLUMN_INTEGER, NULL, 0, false, "products that are imported (from the partner)"},
    [S_DEPENDENT] = {"dependent_products", COLUMN_INTEGER, NULL, 0, false, "of these, dependent"},
    [S_UNDECIDED] = {"undecided_products", COLUMN_INTEGER, NULL, 0, false, "of these, not to be decided by the data"},
    [S_IMPORTS] = {"imports", COLUMN_INTEGER, "USD", 'M', false,
                   "imports of all products (from the partner); null for sectors, which overlap"},
    [S_VALUE] = {"dependent_imports", COLUMN_INTEGER, "USD", 'M', false, "imports of the dependent products"},
    [S_OF_PRODUCTS] = {"dependent_share_of_products", COLUMN_NUMBER, "1", 0, false,
                       "dependent_products / products; null where some are undecided"},
    [S_OF_IMPORTS] = {"dependent_share_of_imports", COLUMN_NUMBER, "1", 0, false,
                      "dependent_imports / imports; null likewise"},
    [S_YEARS] = {"years_looked_at", COLUMN_INTEGER, "years", 0, false,
                 "years of the window that the dataset holds completely"},
    [S_FLAGS] = {"flags", COLUMN_FLAGS, NULL, 0, false,
                 "flags of any of the products; lower_bound where some are undecided"},
};

static const struct param params_of_pair[] = {PARAM_OF_REPORTER, PARAM_OF_PARTNER, PARAMS_OF_DEPENDENCE};
static const struct param params_of_any[] = {PARAM_OF_REPORTER, PARAMS_OF_DEPENDENCE};

static struct cell cell_verdict(enum verdict v)
{
    return v == VERDICT_UNKNOWN ? cell_null : cell_bool(v == VERDICT_YES);
}

static void fill_figures(const struct call *call, const struct dependence_row *row, struct cell *cell)
{
    cell[C_PRODUCT] = cell_str(row->product);
    cell[C_NAME] = cell_str(row->name);
    cell[C_FROM] = cell_figure(row->imports_from_partner);
    cell[C_ALL] = cell_figure(row->imports_total);
    cell[C_SHARE] = cell_ratio(row->share);
    cell[C_HHI] = cell_ratio(row->hhi);
    cell[C_EQUIVALENT] = cell_ratio(row->equivalent_suppliers);
    cell[C_SUPPLIERS] = cell_rank(row->suppliers);
    cell[C_TOP] = cell_country(call, row->top_supplier);
    cell[C_TOP_SHARE] = cell_ratio(row->top_share);
    cell[C_OVER] = cell_ratio(row->imports_over_exports);
    cell[C_WORLD] = cell_ratio(row->hhi_world_exports);
    cell[C_EXTRA] = cell_figure(row->extra_imports);
    cell[C_EXTRA_SHARE] = cell_ratio(row->extra_share);
    cell[C_EXTRA_HHI] = cell_ratio(row->hhi_extra);
    cell[C_EXTRA_OVER] = cell_ratio(row->extra_over_exports);
}

static void fill_verdicts(const struct dependence_row *row, struct cell period, struct cell *cell)
{
    for (enum criterion c = 0; c < CRITERIA; c++)
        cell[C_BY_HHI + (int)c] = cell_verdict(row->criterion[c]);
    cell[C_DEPENDENT] = cell_verdict(row->dependent);
    cell[C_YEARS] = cell_i64(row->years_held);
    cell[C_PERIOD] = period;
    cell[C_FLAGS] = cell_flags(row->flags);
}

static enum status add_rows(struct call *call, const struct dependence_answer *answer, struct cell period)
{
    size_t skipped = COLUMNS - call->route->n_columns; /* the column of the partner */
    enum status status = call_reserve(call, answer->n);
    for (size_t i = 0; status == ST_OK && i < answer->n; i++) {
        struct cell full[COLUMNS], *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        fill_figures(call, &answer->row[i], full);
        fill_verdicts(&answer->row[i], period, full);
        memcpy(cell, full, C_FROM * sizeof *cell);
        memcpy(cell + C_FROM, full + C_FROM + skipped, (COLUMNS - C_FROM - skipped) * sizeof *cell);
    }
    return status;
}

static enum status add_summary(struct call *call, const struct dependence_answer *answer, struct cell period)
{
    const struct dependence_summary *s = &answer->summary;
    struct cell *cell = call_row(call);
    unsigned flags = 0;
    if (!cell)
        return ST_NO_MEMORY;
    for (size_t i = 0; i < answer->n; i++)
        flags |= answer->row[i].flags;
    flags &= ~(FLAG_BIT(FLAG_LOWER_BOUND) | FLAG_BIT(FLAG_NO_EXPORTS));
    cell[S_PERIOD] = period;
    cell[S_PRODUCTS] = cell_i64((int64_t)s->products);
    cell[S_DEPENDENT] = cell_i64((int64_t)s->dependent);
    cell[S_UNDECIDED] = cell_i64((int64_t)s->undecided);
    cell[S_IMPORTS] = cell_figure(s->imports);
    cell[S_VALUE] = cell_figure(s->dependent_imports);
    cell[S_OF_PRODUCTS] = dependence_share_of_products(s);
    cell[S_OF_IMPORTS] = dependence_share_of_imports(s);
    cell[S_YEARS] = cell_i64(answer->years);
    cell[S_FLAGS] = cell_flags(flags | (s->undecided ? FLAG_BIT(FLAG_LOWER_BOUND) : 0));
    return ST_OK;
}

/* Without `level`: as fine as the products that are asked for, or as the dataset that is named. */
static enum level wanted_level(const struct call *call)
{
    const struct arg *level = call_arg(call, "level"), *product = call_arg(call, "product"),
                     *dataset = call_arg(call, "dataset");
    enum level finest = LEVEL_HS2, one;
    if (level->given)
        return level->level;
    if (product->n_list == 0 && dataset->cube) {
        one = cube_dataset(dataset->cube)->level;
        return one > LEVEL_HS6 ? LEVEL_HS6 : one;
    }
    for (size_t i = 0; i < product->n_list; i++)
        if (product_level(product->list[i], &one) && one > finest && one <= LEVEL_HS6)
            finest = one;
    return finest;
}

/* What is left for the work. */
struct asked {
    struct frame frame;
    struct dependence_question question;
    struct breakdown breakdown;
    struct dependence *dependence;
    const struct offer *offer;
};

static enum status add_period(struct call *call, const struct asked *asked, uint32_t period, bool last)
{
    bool summary = call->route->column == columns_of_summary;
    struct dependence_answer made;
    const struct cell text = cell_period(call, period);
    const struct arena_mark mark = arena_mark(call->arena); /* of all but the last only the rows stay */
    enum status status = dependence_fold(asked->dependence, period, call->arena, &made);
    if (status == ST_OK)
        status = (summary ? add_summary : add_rows)(call, &made, text);
    if (status == ST_OK && last) {
        dependence_echo(call, &asked->question, &made);
        dependence_warn(call, &asked->frame, &asked->question, &made);
    } else {
        arena_rewind(call->arena, mark);
    }
    return status;
}

static enum status dependence_plan(struct call *call)
{
    struct asked *asked = call_keep(call, sizeof *asked);
    struct want want = want_of(call);
    if (!asked)
        return ST_NO_MEMORY;
    want.level = wanted_level(call);
    want.likes_all_partners = true;
    asked->question.breakdown = &asked->breakdown;
    if (call_find(call, "partner") && call_refuse_world(call, "partner"))
        return ST_INVALID;
    want_products(call, &want);
    enum status status = dependence_options(call, &asked->question);
    if (status == ST_OK)
        status = call_choose(call, &want, &asked->offer);
    if (status != ST_OK)
        return status;
    const struct offer *offer = asked->offer;
    asked->frame = frame_of(call, offer->cube);
    status = frame_products(call, &asked->frame);
    if (status == ST_OK)
        status =
            breakdown_make(offer->cube, catalogue_sectors(call->catalogue), want.level, call->arena, &asked->breakdown);
    if (status == ST_OK)
        asked->dependence = dependence_ask(&asked->frame, &asked->question, offer->period, offer->n_periods);
    return status;
}

/* Of several periods the rows are given room first, so that what each is made of can be given back. */
static enum status reserve(struct call *call, const struct asked *asked)
{
    size_t n = 0;
    if (asked->offer->n_periods == 1)
        return ST_OK;
    for (size_t i = 0; i < asked->offer->n_periods; i++)
        n += dependence_rows(asked->dependence, asked->offer->period[i], call->arena);
    return call_reserve(call, n);
}

static enum status dependence_work(struct call *call)
{
    const struct asked *asked = call->state;
    const struct offer *offer = asked->offer;
    enum status status = reserve(call, asked);
    for (size_t i = 0; status == ST_OK && i < offer->n_periods; i++)
        status = add_period(call, asked, offer->period[i], i + 1 == offer->n_periods);
    call->empty_reason = "no_trade_recorded";
    return status;
}

#define PATH_OF_ANY "/v1/dependence/{reporter}"
#define PATH_OF_PAIR "/v1/dependence/{reporter}/{partner}"
#define TABLE(params_, columns_)                                                                                       \
    .figures = dependence_figures, .plan = dependence_plan, .work = dependence_work, .param = (params_),               \
    .n_params = sizeof(params_) / sizeof *(params_), .column = (columns_),                                             \
    .n_columns = sizeof(columns_) / sizeof *(columns_)

static const struct route summary_of_any = {
    .id = "getDependenceOfSummary", .path = PATH_OF_ANY, TABLE(params_of_any, columns_of_summary)};
static const struct route summary_of_pair = {
    .id = "getDependenceSummary", .path = PATH_OF_PAIR, TABLE(params_of_pair, columns_of_summary)};

const struct route route_dependence_any = {
    .id = "getDependenceOnAny",
    .group = GROUP_DEPENDENCE,
    .path = PATH_OF_ANY,
    .summary = "Which of a country's imports hang on one dominant supplier, whoever it is",
    .description = "Concentration of the suppliers of each product, imports over exports and concentration of world "
                   "exports, with the criteria and the verdict of a named method. summary=1 gives one row a period.",
    .example = "/v1/dependence/IND?period=FY2018-19&level=hs2&method=share&threshold=0.4&top_share.gt=0.5",
    .default_sort = "-imports_total",
    .with_summary = &summary_of_any,
    TABLE(params_of_any, columns_of_any)};

const struct route route_dependence = {
    .id = "getDependence",
    .group = GROUP_DEPENDENCE,
    .path = PATH_OF_PAIR,
    .summary = "Where a country's imports hang on one partner, product by product",
    .description =
        "Share of the partner in the reporter's imports of each product, and the concentration of suppliers, with the "
        "criteria and the verdict of a named method. summary=1 gives one row a period.",
    .example = "/v1/dependence/IND/CHN?period=FY2018-19&level=hs2&sort=-share",
    .default_sort = "-imports_from_partner",
    .with_summary = &summary_of_pair,
    TABLE(params_of_pair, columns_of_pair)};
