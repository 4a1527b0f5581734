/* Random requests to the api, and the figures that SQLite gives for the same rows. What an absent key means, and which total a share
 * is of, is written here anew from the contract: 0 where the reporter has any record of that flow and period, else null; the
 * world's row where it covers all of the reporter's own periods, else the sum of the countable partners. A period has a row where the
 * pair would have been recorded: see `recorded`. */
#include "oracle/oracle.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PERIODS_MAX 3

enum endpoint { BILATERAL, PRODUCTS, DEFICITS, DEPENDENCE, ENDPOINTS };

struct request {
    struct sample *sample;
    unsigned number;
    enum endpoint endpoint;
    uint32_t reporter, partner, world;
    enum period_kind kind;
    uint32_t period[PERIODS_MAX]; /* ascending, distinct */
    size_t n_periods;
    enum level level;
    char product[12], only[1200]; /* as in the target, and as a condition of SQL; empty: all */
    const char *plus;             /* before columns that SQLite is to use no index for */
    char target[400];
};

/* ---- numbers from SQLite ---- */

struct amount {
    bool known;
    int64_t usd;
    double real;
};

#define COLUMNS_MAX 8
struct line {
    struct amount at[COLUMNS_MAX];
};

/* All rows of a query; malloc's. */
static size_t fetch(const struct sample *s, char *sql, struct line **out)
{
    size_t n = 0, room = 0;
    sqlite3_stmt *statement = sql_prepare(s, sql);
    *out = NULL;
    for (; sqlite3_step(statement) == SQLITE_ROW; n++) {
        if (n == room)
            *out = reallocarray(*out, room = room ? room * 2 : 32, sizeof **out);
        assert_non_null(*out);
        for (int c = 0; c < sqlite3_column_count(statement) && c < COLUMNS_MAX; c++)
            (*out)[n].at[c] = (struct amount){sqlite3_column_type(statement, c) != SQLITE_NULL,
                                              sqlite3_column_int64(statement, c), sqlite3_column_double(statement, c)};
    }
    if (sqlite3_finalize(statement) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(s->db));
    sqlite3_free(sql);
    return n;
}

static unsigned held(const struct request *r, uint32_t partner, int flow, uint32_t period)
{
    struct line *line;
    char whose[40] = "";
    if (partner != NO_AREA)
        (void)snprintf(whose, sizeof whose, "AND partner=%" PRIu32, partner);
    (void)fetch(r->sample,
                sqlite3_mprintf("SELECT count(DISTINCT period) FROM held WHERE reporter=%u AND flow=%d AND %s=%u %s",
                                r->reporter, flow, sql_period(r->sample, r->kind), period, whose),
                &line);
    unsigned n = (unsigned)line->at[0].usd;
    free(line);
    return n;
}

/* Whether the reporter tells of the flow: in reconciled data an area that is there tells of both. */
static bool tells(const struct request *r, int flow, uint32_t period)
{
    return held(r, NO_AREA, flow, period) > 0 ||
           (r->sample->basis == BASIS_RECONCILED && held(r, NO_AREA, !flow, period) > 0);
}

/* Whether it tells of both flows for the same months: figures of different ones are not set against each other. */
static bool same_months(const struct request *r, uint32_t period)
{
    struct line *line;
    const char *kind = sql_period(r->sample, r->kind);
    if (r->sample->basis == BASIS_RECONCILED)
        return true;
    size_t n = fetch(r->sample,
                     sqlite3_mprintf("SELECT count(*) FROM (SELECT period FROM held WHERE reporter=%u AND %s=%u"
                                     " GROUP BY period HAVING count(DISTINCT flow)=1)",
                                     r->reporter, kind, period),
                     &line);
    assert_true(n == 1);
    bool same = line->at[0].usd == 0;
    free(line);
    return same;
}

static bool any_held(const struct request *r, char *condition)
{
    struct line *line;
    size_t n = fetch(
        r->sample, sqlite3_mprintf("SELECT count(*) FROM held WHERE partner=%u AND %s", r->partner, condition), &line);
    assert_true(n == 1);
    bool any = line->at[0].usd > 0;
    free(line);
    sqlite3_free(condition);
    return any;
}

/* The pair trades in the period; or its reporter does with somebody, whose partners are all listed, and in reconciled data somebody with
 * its partner: then it traded nothing. */
static bool recorded(const struct request *r, uint32_t partner, uint32_t period)
{
    if (held(r, partner, 0, period) + held(r, partner, 1, period))
        return true;
    if (partner == NO_AREA || held(r, NO_AREA, 0, period) + held(r, NO_AREA, 1, period) == 0)
        return false;
    if (partner == r->reporter)
        return false;
    return (r->sample->basis == BASIS_REPORTED && !area[partner].former) ||
           any_held(r, sqlite3_mprintf("%s=%u", sql_period(r->sample, r->kind), period));
}

static bool has_world_row(const struct request *r, int flow, uint32_t period)
{
    unsigned world = held(r, r->world, flow, period);
    return world > 0 && world >= held(r, NO_AREA, flow, period);
}

/* What the reporter's rows of one period say, by `key`: columns key, pair's exports and imports, those with the world. */
#define L_PAIR 1
#define L_WORLD 3

static char *ledger_sql(const struct request *r, const char *key, uint32_t period)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "SELECT %s", key);
    for (int flow = 0; flow < 2; flow++)
        sqlite3_str_appendf(sql, ", sum(value) FILTER (WHERE flow=%d AND partner=%u)", flow, r->partner);
    for (int flow = 0; flow < 2; flow++) {
        sqlite3_str_appendf(sql, ", sum(value) FILTER (WHERE flow=%d AND ", flow);
        if (has_world_row(r, flow, period))
            sqlite3_str_appendf(sql, "partner=%u", r->world);
        else
            sql_countable(sql, "partner");
        sqlite3_str_appendall(sql, ")");
    }
    sqlite3_str_appendf(sql, " FROM obs WHERE %sreporter=%u AND %s=%u %s GROUP BY 1 ORDER BY 1", r->plus, r->reporter,
                        sql_period(r->sample, r->kind), period, r->only);
    return sqlite3_str_finish(sql);
}

static void fill_absent(const struct request *r, uint32_t period, struct line *line, size_t n)
{
    for (int flow = 0; flow < 2; flow++) {
        bool told = tells(r, flow, period);
        for (size_t i = 0; i < n; i++) {
            line[i].at[L_PAIR + flow].known |= told;
            line[i].at[L_WORLD + flow].known |= told;
        }
    }
}

static struct amount difference(struct amount a, struct amount b)
{
    return (struct amount){.known = a.known && b.known, .usd = a.usd - b.usd};
}

static double ratio(struct amount part, struct amount whole)
{
    return part.known && whole.known && whole.usd ? (double)part.usd / (double)whole.usd : (double)NAN;
}

/* ---- what is asked ---- */

static void print_period(enum period_kind kind, uint32_t period, char out[16])
{
    switch (kind) {
    case PERIOD_YEAR: (void)snprintf(out, 16, "%04u", (unsigned)period % 10000); break;
    case PERIOD_FISCAL:
        (void)snprintf(out, 16, "FY%04u-%02u", (unsigned)period % 10000, (unsigned)(period + 1) % 100);
        break;
    case PERIOD_QUARTER:
        (void)snprintf(out, 16, "%04u-Q%u", (unsigned)period / 4 % 10000, (unsigned)period % 4 + 1);
        break;
    case PERIOD_MONTH:
        (void)snprintf(out, 16, "%04u-%02u", (unsigned)period / 12 % 10000, (unsigned)period % 12 + 1);
        break;
    }
}

/* Around a real observation, most of the time. */
static void roll_pair(struct dice *dice, struct request *r)
{
    struct line *line;
    const struct sample *s = r->sample;
    size_t n = fetch(s,
                     sqlite3_mprintf("SELECT reporter, partner, %s, product FROM obs WHERE rowid>%u LIMIT 1",
                                     sql_period(s, r->kind), dice_below(dice, (uint32_t)s->rows)),
                     &line);
    assert_true(n == 1);
    r->reporter = (uint32_t)line->at[0].usd;
    r->partner = (uint32_t)line->at[1].usd;
    if (dice_below(dice, 12) == 0)
        r->partner = dice_below(dice, (uint32_t)n_areas);
    r->period[0] = (uint32_t)line->at[2].usd;
    (void)snprintf(r->product, sizeof r->product, "%0*" PRId64, (int)text_digits(s->level), line->at[3].usd);
    free(line);
    r->n_periods = 1;
    if (r->endpoint == BILATERAL && dice_below(dice, 2)) {
        r->n_periods = 2 + dice_below(dice, PERIODS_MAX - 1);
        for (size_t i = 1; i < r->n_periods; i++)
            r->period[i] = r->period[i - 1] + 1 + dice_below(dice, 2);
    }
}

/* All products, those that begin alike, or a section. A table of one reporter has an index on products only: always some there. */
static void roll_product(struct dice *dice, struct request *r)
{
    const struct sample *s = r->sample;
    unsigned digits = text_digits(s->level);
    bool section = s->reporters > 1 && dice_below(dice, 6) == 0;
    if (s->reporters > 1 && !section && dice_below(dice, 4) == 0) {
        *r->product = '\0';
        return;
    }
    uint32_t leaf = text_product(r->product), ancestor = text_ancestor(leaf, s->level, LEVEL_SECTION);
    if (section && ancestor % 100 == 0) {
        (void)snprintf(r->product, sizeof r->product, "S%02u", (unsigned)ancestor / 100);
        (void)snprintf(r->only, sizeof r->only, "AND %s=%" PRIu32, text_ancestor_sql(s->level, LEVEL_SECTION),
                       ancestor);
        return;
    }
    unsigned kept = s->reporters > 1 ? 2 + 2 * dice_below(dice, digits / 2) : 4 + 2 * dice_below(dice, digits / 2 - 1);
    uint32_t unit = text_power(digits - kept), first = leaf / unit * unit;
    r->product[kept] = '\0';
    r->plus = "+";
    (void)snprintf(r->only, sizeof r->only, "AND product BETWEEN %" PRIu32 " AND %" PRIu32, first, first + unit - 1);
}

static void print_target(struct request *r)
{
    static const char *const tail[ENDPOINTS] = {"", "&sort=product", "", "&sort=product"};
    char text[PERIODS_MAX][16];
    size_t n = r->endpoint == DEFICITS
                   ? (size_t)snprintf(r->target, sizeof r->target, "/v1/deficits/%s?", area[r->reporter].id)
                   : (size_t)snprintf(r->target, sizeof r->target, "/v1/%s/%s/%s%s?",
                                      r->endpoint == DEPENDENCE ? "dependence" : "bilateral", area[r->reporter].id,
                                      area[r->partner].id, r->endpoint == PRODUCTS ? "/products" : "");
    n += (size_t)snprintf(r->target + n, sizeof r->target - n, "dataset=%s&limit=50000%s&period=", r->sample->id,
                          tail[r->endpoint]);
    for (size_t i = 0; i < r->n_periods; i++) {
        print_period(r->kind, r->period[i], text[i]);
        n += (size_t)snprintf(r->target + n, sizeof r->target - n, "%s%s", i ? "," : "", text[i]);
    }
    if (*r->product)
        n += (size_t)snprintf(r->target + n, sizeof r->target - n, "&product=%s", r->product);
    if (r->endpoint == PRODUCTS || r->endpoint == DEPENDENCE)
        (void)snprintf(r->target + n, sizeof r->target - n, "&level=%s", level_name[r->level]);
}

static void roll_request(struct request *r, struct sample *s, unsigned number)
{
    static const enum period_kind of_months[] = {PERIOD_MONTH, PERIOD_QUARTER, PERIOD_FISCAL, PERIOD_YEAR};
    struct dice dice = dice_for("api", number);
    *r = (struct request){.sample = s, .number = number, .world = text_area("WLD"), .plus = ""};
    /* A table without imports has neither deficits nor dependences. */
    r->endpoint = dice_below(&dice, s->reporters > 1 ? ENDPOINTS : 2);
    r->kind = s->frequency == PERIOD_MONTH ? of_months[dice_below(&dice, 4)] : s->frequency;
    r->level = r->endpoint == DEPENDENCE ? LEVEL_HS2 + dice_below(&dice, s->level - LEVEL_HS2 + 1U)
                                         : LEVEL_SECTION + dice_below(&dice, s->level - LEVEL_SECTION + 1U);
    roll_pair(&dice, r);
    roll_product(&dice, r);
    print_target(r);
}

/* ---- row by row ---- */

struct answer {
    const struct request *request;
    json_t *root, *row;
    size_t at, n;
};

static void differ(const struct answer *a, const char *column, const char *wanted)
{
    char *row = json_dumps(a->row, JSON_COMPACT);
    printf("# sample %s, request %u; to ask again: ORACLE_SEED=%" PRIu64 "\n# %s\n# row %zu of %zu: %s\n",
           a->request->sample->id, a->request->number, dice_seed(), a->request->target, a->at, a->n,
           row ? row : "none");
    free(row);
    fail_msg("%s: %s is wanted", column, wanted);
}

static void next_row(struct answer *a)
{
    a->row = json_array_get(json_object_get(a->root, "data"), a->at);
    if (!a->row)
        differ(a, "rows", "one more");
    a->at++;
}

static bool has_flag(const struct answer *a, const char *flag)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(a->row, "flags"), i, one)
    {
        if (strcmp(json_string_value(one), flag) == 0)
            return true;
    }
    return false;
}

/* A figure of two that are known for different months is null: in some months the world's row misses its partners, who are then but listed. */
static bool is_apart(const struct answer *a, const char *column)
{
    return json_is_null(json_object_get(a->row, column)) && has_flag(a, "months_differ");
}

static void want_integer(const struct answer *a, const char *column, struct amount wanted)
{
    const json_t *cell = json_object_get(a->row, column);
    char text[32] = "null";
    bool same = wanted.known ? json_is_integer(cell) && json_integer_value(cell) == wanted.usd : json_is_null(cell);
    if (wanted.known)
        (void)snprintf(text, sizeof text, "%" PRId64, wanted.usd);
    if (!same)
        differ(a, column, text);
}

static void want_balance(const struct answer *a, struct amount exports, struct amount imports)
{
    if (!is_apart(a, "balance"))
        want_integer(a, "balance", difference(exports, imports));
}

/* Served to six places. */
static void want_ratio(const struct answer *a, const char *column, double wanted)
{
    if (is_apart(a, column))
        return;
    const json_t *cell = json_object_get(a->row, column);
    char text[32] = "null";
    bool same = isnan(wanted) ? json_is_null(cell)
                              : json_is_number(cell) &&
                                    fabs(json_number_value(cell) - wanted) <= 5.0001e-7 + fabs(wanted) * 1e-12;
    if (!isnan(wanted))
        (void)snprintf(text, sizeof text, "%.9g", wanted);
    if (!same)
        differ(a, column, text);
}

static void want_text(const struct answer *a, const char *column, const char *wanted)
{
    const char *text = json_string_value(json_object_get(a->row, column));
    if (wanted ? !text || strcmp(text, wanted) != 0 : !json_is_null(json_object_get(a->row, column)))
        differ(a, column, wanted ? wanted : "null");
}

static void want_product(const struct answer *a, uint32_t node)
{
    char text[16];
    const struct request *r = a->request;
    if (r->level == LEVEL_SECTION && node % 100 == 0)
        (void)snprintf(text, sizeof text, "S%02u", (unsigned)node / 100);
    else
        (void)snprintf(text, sizeof text, "%0*u", r->level == LEVEL_SECTION ? 2 : (int)text_digits(r->level),
                       (unsigned)(r->level == LEVEL_SECTION ? node % 100 : node));
    want_text(a, "product", text);
}

/* ---- the endpoints ---- */

static void check_bilateral(struct answer *a)
{
    const struct request *r = a->request;
    for (size_t i = 0; i < r->n_periods; i++) {
        char text[16];
        struct line *line;
        struct line nothing = {.at = {{.known = false}}};
        if (!recorded(r, r->partner, r->period[i]))
            continue;
        size_t n = fetch(r->sample, ledger_sql(r, "0", r->period[i]), &line);
        struct line l = n ? line[0] : nothing;
        free(line);
        fill_absent(r, r->period[i], &l, 1);
        next_row(a);
        print_period(r->kind, r->period[i], text);
        want_text(a, "period", text);
        want_integer(a, "exports", l.at[L_PAIR]);
        want_integer(a, "imports", l.at[L_PAIR + 1]);
        want_balance(a, l.at[L_PAIR], l.at[L_PAIR + 1]);
        want_ratio(a, "share_of_exports", ratio(l.at[L_PAIR], l.at[L_WORLD]));
        want_ratio(a, "share_of_imports", ratio(l.at[L_PAIR + 1], l.at[L_WORLD + 1]));
    }
}

/* The pair's trade in all products. */
static void pair_total(const struct request *r, struct amount out[2])
{
    struct line *line;
    (void)fetch(r->sample,
                sqlite3_mprintf("SELECT sum(value) FILTER (WHERE flow=0), sum(value) FILTER (WHERE flow=1) FROM obs"
                                " WHERE partner=%u AND +reporter=%u AND %s=%u",
                                r->partner, r->reporter, sql_period(r->sample, r->kind), r->period[0]),
                &line);
    for (int flow = 0; flow < 2; flow++) {
        out[flow] = line->at[flow];
        out[flow].known |= tells(r, flow, r->period[0]);
    }
    free(line);
}

/* In the order of the products' text: chapters of no section come before "S01". */
static int by_text(const void *a_, const void *b_)
{
    const struct line *a = a_, *b = b_;
    bool x = a->at[0].usd % 100 != 0, y = b->at[0].usd % 100 != 0;
    int64_t p = a->at[0].usd % (x ? 100 : INT64_MAX), q = b->at[0].usd % (y ? 100 : INT64_MAX);
    return x != y ? y - x : (p > q) - (p < q);
}

/* One line a product; the order is that of the answer. */
static size_t ledger(const struct request *r, struct line **line)
{
    size_t n = fetch(r->sample, ledger_sql(r, text_ancestor_sql(r->sample->level, r->level), r->period[0]), line);
    if (n && r->level == LEVEL_SECTION)
        qsort(*line, n, sizeof **line, by_text);
    return n;
}

static void check_products(struct answer *a)
{
    const struct request *r = a->request;
    struct line *line;
    struct amount total[2];
    size_t n = ledger(r, &line), k = 0;
    for (size_t i = 0; i < n; i++) /* those in which the pair trades */
        if (line[i].at[L_PAIR].known || line[i].at[L_PAIR + 1].known)
            line[k++] = line[i];
    fill_absent(r, r->period[0], line, k);
    pair_total(r, total);
    for (size_t i = 0; i < k; i++) {
        const struct amount *at = line[i].at;
        next_row(a);
        want_product(a, (uint32_t)at[0].usd);
        want_integer(a, "exports", at[L_PAIR]);
        want_integer(a, "imports", at[L_PAIR + 1]);
        want_balance(a, at[L_PAIR], at[L_PAIR + 1]);
        want_ratio(a, "share_of_exports", ratio(at[L_PAIR], at[L_WORLD]));
        want_ratio(a, "share_of_imports", ratio(at[L_PAIR + 1], at[L_WORLD + 1]));
        want_ratio(a, "share_of_bilateral_exports", ratio(at[L_PAIR], total[0]));
        want_ratio(a, "share_of_bilateral_imports", ratio(at[L_PAIR + 1], total[1]));
    }
    free(line);
}

/* Largest deficit first, then in the order of the table of countries. Columns: partner, exports, imports. */
static int by_balance(const void *a_, const void *b_)
{
    const struct line *a = a_, *b = b_;
    int64_t x = a->at[1].usd - a->at[2].usd, y = b->at[1].usd - b->at[2].usd;
    uint32_t p = area[a->at[0].usd].place, q = area[b->at[0].usd].place;
    return x != y ? (x > y) - (x < y) : (p > q) - (p < q);
}

static size_t deficits(const struct request *r, struct line **out, struct amount *sum)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql,
                        "SELECT partner, sum(value) FILTER (WHERE flow=0), sum(value) FILTER (WHERE flow=1) FROM obs"
                        " WHERE %sreporter=%u AND %s=%u %s AND +",
                        r->plus, r->reporter, sql_period(r->sample, r->kind), r->period[0], r->only);
    sql_countable(sql, "partner");
    sqlite3_str_appendall(sql, " GROUP BY 1");
    size_t n = fetch(r->sample, sqlite3_str_finish(sql), out), k = 0;
    bool told = tells(r, 0, r->period[0]) && tells(r, 1, r->period[0]) && same_months(r, r->period[0]);
    *sum = (struct amount){.known = true};
    for (size_t i = 0; i < n; i++)
        if (told && (*out)[i].at[1].usd < (*out)[i].at[2].usd) {
            (*out)[k++] = (*out)[i];
            sum->usd += (*out)[i].at[1].usd - (*out)[i].at[2].usd;
        }
    if (k)
        qsort(*out, k, sizeof **out, by_balance);
    return k;
}

static void check_deficits(struct answer *a)
{
    const struct request *r = a->request;
    struct line *line, *world;
    struct amount sum, so_far = {.known = true};
    size_t n = deficits(r, &line, &sum);
    struct line nothing = {.at = {{.known = false}}};
    size_t worlds = fetch(r->sample, ledger_sql(r, "0", r->period[0]), &world);
    struct line l = worlds ? world[0] : nothing;
    free(world);
    fill_absent(r, r->period[0], &l, 1);
    for (size_t i = 0; i < n; i++) {
        struct amount exports = {true, line[i].at[1].usd, 0}, imports = {true, line[i].at[2].usd, 0};
        struct amount balance = difference(exports, imports);
        so_far.usd += balance.usd;
        next_row(a);
        want_integer(a, "rank", (struct amount){true, (int64_t)i + 1, 0});
        want_text(a, "partner", area[line[i].at[0].usd].id);
        want_integer(a, "exports", exports);
        want_integer(a, "imports", imports);
        want_integer(a, "balance", balance);
        want_ratio(a, "share_of_deficit", ratio(balance, sum));
        want_ratio(a, "cumulative_share", ratio(so_far, sum));
        want_ratio(a, "share_of_balance", ratio(balance, difference(l.at[L_WORLD], l.at[L_WORLD + 1])));
    }
    free(line);
}

/* Areas that are nobody in particular. */
static void sql_nowhere(sqlite3_str *sql)
{
    sqlite3_str_appendall(sql, "partner IN (-1");
    for (size_t i = 0; i < n_areas; i++)
        if (area[i].nowhere)
            sqlite3_str_appendf(sql, ",%d", (int)i);
    sqlite3_str_appendall(sql, ")");
}

/* Columns: product, sum over countable partners; of those that are somebody in particular how many, the top one, the sum of squares, the
 * largest and the next value; then what the others have. */
static size_t suppliers(const struct request *r, struct line **out)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "WITH cell AS (SELECT %s AS k, partner, sum(value) AS v, NOT ",
                        text_ancestor_sql(r->sample->level, r->level));
    sql_nowhere(sql);
    sqlite3_str_appendf(sql, " AS s FROM obs WHERE %sreporter=%u AND flow=1 AND %s=%u %s AND +", r->plus, r->reporter,
                        sql_period(r->sample, r->kind), r->period[0], r->only);
    sql_countable(sql, "partner");
    sqlite3_str_appendall(sql, " GROUP BY 1, 2), best AS (SELECT *, row_number() OVER (PARTITION BY k, s ORDER BY v "
                               "DESC, partner) AS n FROM cell)"
                               " SELECT k, sum(v), sum(v>0 AND s), min(CASE WHEN s AND n=1 THEN partner END),"
                               " sum(CASE WHEN s THEN 1.0*v*v ELSE 0 END), max(CASE WHEN s AND n=1 THEN v ELSE 0 END),"
                               " max(CASE WHEN s AND n=2 THEN v ELSE 0 END), sum(CASE WHEN s THEN 0 ELSE v END)"
                               " FROM best GROUP BY 1 ORDER BY 1");
    return fetch(r->sample, sqlite3_str_finish(sql), out);
}

/* `total`: the imports from the world's row, where there is one. What it has beside the suppliers, and what nobody in particular sold, makes the
 * concentration a bound, and may hide the leader. */
static void check_suppliers(const struct answer *a, const struct line *all, struct amount total)
{
    bool known = all && all->at[1].usd > 0;
    const int64_t beside = known && total.known ? total.usd - all->at[1].usd : 0;
    const bool bound = has_flag(a, "lower_bound");
    const int64_t vague = known ? all->at[7].usd + (bound && beside > 0 ? beside : 0) : 0;
    if (known && bound != (vague > 0) && !(bound || (beside > 0 && !all->at[7].usd))) /* a little beside is rounding */
        differ(a, "flags", bound ? "no lower_bound" : "lower_bound");
    const bool named = known && all->at[3].known && (vague == 0 || all->at[5].usd - all->at[6].usd > vague);
    const double whole = known ? (double)(bound && total.known ? total.usd : all->at[1].usd) : (double)NAN;
    double hhi = known ? all->at[4].real / (whole * whole) : (double)NAN;
    want_ratio(a, "hhi", hhi);
    want_integer(a, "suppliers", known && all->at[2].usd ? all->at[2] : (struct amount){.known = false});
    want_text(a, "top_supplier", named ? area[all->at[3].usd].id : NULL);
    const json_t *dependent = json_object_get(a->row, "dependent");
    bool yes = known && hhi > 0.4 && all->at[3].usd == a->request->partner;
    if (vague && json_is_null(dependent))
        return;
    if (known ? !json_is_boolean(dependent) || json_boolean_value(dependent) != yes : !json_is_null(dependent))
        differ(a, "dependent", known ? yes ? "true" : "false" : "null");
}

static void check_dependence(struct answer *a)
{
    const struct request *r = a->request;
    struct line *line, *all;
    size_t n = ledger(r, &line), n_all = suppliers(r, &all), at = 0, k = 0;
    for (size_t i = 0; i < n; i++) /* what is imported from anybody */
        if (line[i].at[L_PAIR + 1].known || line[i].at[L_WORLD + 1].known)
            line[k++] = line[i];
    fill_absent(r, r->period[0], line, k);
    for (size_t i = 0; i < k; i++) {
        const struct amount *l = line[i].at;
        while (at < n_all && all[at].at[0].usd < l[0].usd)
            at++;
        next_row(a);
        want_product(a, (uint32_t)l[0].usd);
        want_integer(a, "imports_from_partner", l[L_PAIR + 1]);
        want_integer(a, "imports_total", l[L_WORLD + 1]);
        want_ratio(a, "share", ratio(l[L_PAIR + 1], l[L_WORLD + 1]));
        want_ratio(a, "imports_over_exports", ratio(l[L_WORLD + 1], l[L_WORLD]));
        check_suppliers(a, at < n_all && all[at].at[0].usd == l[0].usd ? &all[at] : NULL, l[L_WORLD + 1]);
    }
    free(line);
    free(all);
}

static bool expect_data(const struct request *r)
{
    uint32_t partner = r->endpoint == DEFICITS ? NO_AREA : r->partner;
    bool any = false;
    if (r->endpoint == DEPENDENCE && r->partner == r->world)
        return false; /* the world is no supplier */
    for (size_t i = 0; !any && i < r->n_periods; i++)
        any = recorded(r, partner, r->period[i]) && (r->endpoint != DEPENDENCE || tells(r, 1, r->period[i]));
    return any;
}

static size_t check_answer(const struct request *r, const struct api_reply *reply)
{
    static void (*const check[ENDPOINTS])(struct answer *) = {check_bilateral, check_products, check_deficits,
                                                              check_dependence};
    struct answer a = {.request = r};
    if (!expect_data(r)) {
        if (reply->status < 400 || reply->status >= 500)
            differ(&a, "HTTP status", "a problem, because there is no data");
        return 0;
    }
    a.root = json_loadb(reply->body.p, reply->body.n, JSON_REJECT_DUPLICATES, NULL);
    if (reply->status != 200 || !a.root) {
        printf("# %d %.*s\n", reply->status, (int)(reply->body.n < 500 ? reply->body.n : 500), reply->body.p);
        differ(&a, "HTTP status", "200");
    }
    a.n = json_array_size(json_object_get(a.root, "data"));
    check[r->endpoint](&a);
    if (a.at != a.n)
        differ(&a, "rows", "fewer");
    json_decref(a.root);
    return a.n;
}

void ask_api(struct sample *s, unsigned n)
{
    size_t rows = 0, empty = 0;
    double start = sample_now();
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    for (unsigned i = 0; i < n; i++) {
        struct request r;
        struct api_reply reply;
        roll_request(&r, s, i);
        struct api_request request = {.method = STR("GET"), .target = str_view(r.target)};
        api_answer(sample_api(), &arena, &request, &reply);
        size_t got = check_answer(&r, &reply);
        rows += got;
        empty += got == 0;
        buf_release(&reply.body);
        arena_reset(&arena);
    }
    arena_release(&arena);
    printf("# %s: %u requests, %zu without rows, %zu rows compared; %.2f s\n", s->id, n, empty, rows,
           sample_now() - start);
    assert_true(rows > n && empty < n / 2);
}
