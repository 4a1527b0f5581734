/* Random queries to a cube, the same as SQL, and every row of both side by side. */
#include "oracle/oracle.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Members of one dimension in the test's own numbers (areas, flows, places of products, months or years), ascending. */
struct chosen {
    bool given;
    uint32_t *own, *member;
    size_t n;
};

struct question {
    const struct sample *sample;
    unsigned number;
    struct cube_query query;
    struct chosen only[CUBE_DIMS];
    uint32_t anchor[CUBE_DIMS]; /* some observation, which narrow sets are drawn around */
};

/* ---- what is asked ---- */

static void add_member(struct chosen *c, uint32_t own) { c->own[c->n++] = own; }

static void make_room(struct chosen *c, size_t n)
{
    free(c->own);
    *c = (struct chosen){.given = true, .own = calloc(n + 1, sizeof *c->own)};
    assert_non_null(c->own);
}

static uint32_t place_of(const uint32_t *all, size_t n, uint32_t wanted)
{
    for (uint32_t i = 0; i < n; i++)
        if (all[i] == wanted)
            return i;
    return 0;
}

/* One, a few, a part, or a stretch of n numbers, near number `anchor` if they are few; seldom none. */
static void choose(struct dice *dice, struct chosen *c, uint32_t n, uint32_t anchor)
{
    uint32_t how = dice_below(dice, 12), rare = 1 + dice_below(dice, 9), first = 0, last = n - 1;
    make_room(c, n);
    if (how == 11 && dice_below(dice, 8) == 0)
        return;
    if (how < 6) {
        first = dice_below(dice, 6) ? anchor : dice_below(dice, n);
        last = how < 4 ? first : first + dice_below(dice, 6);
    } else if (how < 8) {
        first = dice_below(dice, n);
        last = first + dice_below(dice, n - first);
    }
    for (uint32_t i = first; i <= last && i < n; i++)
        if (how < 8 || dice_below(dice, rare) == 0)
            add_member(c, i);
}

/* Those that occur, sometimes with some that do not. */
static void choose_areas(struct dice *dice, const struct question *q, enum cube_dim side, struct chosen *c)
{
    uint32_t all[AREAS_MAX], n = 0;
    uint32_t strangers = dice_below(dice, 4) ? 0 : 1 + dice_below(dice, 40);
    for (uint32_t i = 0; i < n_areas; i++)
        if (q->sample->area_rows[side][i] || (strangers && dice_below(dice, strangers) == 0))
            all[n++] = i;
    choose(dice, c, n, place_of(all, n, q->anchor[side]));
    for (size_t i = 0; i < c->n; i++)
        c->own[i] = all[c->own[i]];
}

/* Products by place, or all that begin as the anchor's does. */
static void choose_products(struct dice *dice, const struct question *q, struct chosen *c)
{
    const struct sample *s = q->sample;
    if (dice_below(dice, 2)) {
        choose(dice, c, (uint32_t)s->n_products, place_of(s->product, s->n_products, q->anchor[CUBE_PRODUCT]));
        return;
    }
    uint32_t unit = text_power(dice_below(dice, text_digits(s->level) - 1));
    make_room(c, s->n_products);
    for (uint32_t i = 0; i < s->n_products; i++)
        if (s->product[i] / unit == q->anchor[CUBE_PRODUCT] / unit)
            add_member(c, i);
}

static uint32_t own_period(const struct sample *s, uint32_t period, enum period_kind kind)
{
    if (s->frequency != PERIOD_MONTH || kind == PERIOD_MONTH)
        return period;
    return kind == PERIOD_QUARTER ? period / 3 : kind == PERIOD_YEAR ? period / 12 : (period - 3) / 12;
}

/* Periods of the query's kind that occur, and the ones before and after them. */
static void choose_periods(struct dice *dice, const struct question *q, struct chosen *c)
{
    const struct sample *s = q->sample;
    uint32_t first = own_period(s, s->period[0], q->query.kind) - 1;
    uint32_t last = own_period(s, s->period[s->n_periods - 1], q->query.kind) + 1;
    choose(dice, c, last - first + 1, own_period(s, q->anchor[CUBE_PERIOD], q->query.kind) - first);
    for (size_t i = 0; i < c->n; i++)
        c->own[i] += first;
}

static void choose_dimension(struct dice *dice, struct question *q, enum cube_dim dim)
{
    struct chosen *c = &q->only[dim];
    switch (dim) {
    case CUBE_REPORTER:
    case CUBE_PARTNER: choose_areas(dice, q, dim, c); break;
    case CUBE_FLOW: choose(dice, c, 2, q->anchor[CUBE_FLOW]); break;
    case CUBE_PRODUCT: choose_products(dice, q, c); break;
    case CUBE_PERIOD: choose_periods(dice, q, c); break;
    case CUBE_DIMS: break;
    }
}

/* Rows of the sample that have one of the dimension's members. */
static uint64_t rows_of(const struct question *q, enum cube_dim dim)
{
    const struct sample *s = q->sample;
    const struct chosen *c = &q->only[dim];
    uint64_t rows = 0;
    if (!c->given)
        return s->rows;
    for (size_t i = 0; i < c->n; i++)
        rows += dim == CUBE_PRODUCT ? s->product_rows[c->own[i]] : s->area_rows[dim == CUBE_PARTNER][c->own[i]];
    return rows;
}

/* The dimension whose set leaves the fewest rows: SQLite reads these, and only these. Only the three have an index. */
static enum cube_dim narrowest(const struct question *q, uint64_t *rows)
{
    static const enum cube_dim dim[] = {CUBE_PRODUCT, CUBE_PARTNER, CUBE_REPORTER};
    size_t n = q->sample->reporters > 1 ? 3 : 2;
    enum cube_dim best = CUBE_PRODUCT;
    *rows = UINT64_MAX;
    for (size_t i = 0; i < n; i++)
        if (rows_of(q, dim[i]) < *rows) {
            best = dim[i];
            *rows = rows_of(q, best);
        }
    return best;
}

/* Most questions touch few rows, so that there can be many; a few may touch all. */
static void keep_narrow(struct dice *dice, struct question *q)
{
    uint32_t width = dice_below(dice, 400);
    uint64_t limit = width < 280 ? 3000 : width < 370 ? 20000 : width < 397 ? 100000 : UINT64_MAX, rows;
    while ((void)narrowest(q, &rows), rows > limit) {
        uint32_t side = dice_below(dice, 5);
        choose_dimension(dice, q, side == 0 ? CUBE_REPORTER : side < 3 ? CUBE_PARTNER : CUBE_PRODUCT);
    }
}

static enum period_kind roll_kind(struct dice *dice, const struct sample *s)
{
    static const enum period_kind of_months[] = {PERIOD_MONTH, PERIOD_QUARTER, PERIOD_FISCAL, PERIOD_YEAR};
    return s->frequency == PERIOD_MONTH ? of_months[dice_below(dice, 4)] : s->frequency;
}

/* The sets as the cube wants them. */
static void translate(struct question *q)
{
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++) {
        struct chosen *c = &q->only[d];
        if (!c->given)
            continue;
        c->member = calloc(c->n + 1, sizeof *c->member);
        assert_non_null(c->member);
        for (size_t i = 0; i < c->n; i++)
            c->member[i] = d == CUBE_PERIOD    ? period_make(q->query.kind, c->own[i])
                           : d <= CUBE_PARTNER ? q->sample->country[c->own[i]]
                                               : c->own[i]; /* products: a leaf's number is its place */
        q->query.only[d] = (struct cube_set){c->member, c->n};
    }
}

static void roll_anchor(struct dice *dice, struct question *q)
{
    char sql[100];
    (void)snprintf(sql, sizeof sql, "SELECT reporter, partner, flow, product, period FROM obs WHERE rowid>%u LIMIT 1",
                   (unsigned)dice_below(dice, (uint32_t)q->sample->rows));
    sqlite3_stmt *row = sql_prepare(q->sample, sql);
    assert_int_equal(sqlite3_step(row), SQLITE_ROW);
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        q->anchor[d] = (uint32_t)sqlite3_column_int64(row, (int)d);
    (void)sqlite3_finalize(row);
}

static void roll_question(struct question *q, const struct sample *s, unsigned number)
{
    struct dice dice = dice_for(s->id, number);
    *q = (struct question){.sample = s, .number = number};
    roll_anchor(&dice, q);
    struct cube_query *query = &q->query;
    query->spread = dice_below(&dice, 2) ? CUBE_NO_SPREAD : (enum cube_dim)dice_below(&dice, CUBE_DIMS);
    query->group = dice_below(&dice, 1U << CUBE_DIMS);
    if (query->spread != CUBE_NO_SPREAD)
        query->group &= ~CUBE_BIT(query->spread);
    query->kind = roll_kind(&dice, s);
    bool products = (query->group & CUBE_BIT(CUBE_PRODUCT)) || query->spread == CUBE_PRODUCT;
    query->level = products ? (enum level)dice_below(&dice, s->level + 1U) : LEVEL_TOTAL;
    query->measures = dice_below(&dice, 2) ? CUBE_QUANTITY : 0;
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        if (dice_below(&dice, 5) < 2)
            choose_dimension(&dice, q, d);
    keep_narrow(&dice, q);
    translate(q);
}

static void forget_question(struct question *q)
{
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++) {
        free(q->only[d].own);
        free(q->only[d].member);
    }
}

/* ---- the same as SQL ---- */

/* Keys in the order of rows. */
static const enum cube_dim key_order[CUBE_DIMS] = {CUBE_PERIOD, CUBE_REPORTER, CUBE_PARTNER, CUBE_FLOW, CUBE_PRODUCT};

static const char *column_of(const struct question *q, enum cube_dim dim)
{
    static const char *const plain[CUBE_DIMS] = {"reporter", "partner", "flow", "product", "period"};
    if (dim == CUBE_PERIOD)
        return sql_period(q->sample, q->query.kind);
    return dim == CUBE_PRODUCT ? text_ancestor_sql(q->sample->level, q->query.level) : plain[dim];
}

/* A plus keeps SQLite from using an index for this set. */
static void append_set(sqlite3_str *sql, const struct question *q, enum cube_dim dim, bool drives)
{
    const struct chosen *c = &q->only[dim];
    if (!c->given && dim > CUBE_PARTNER)
        return;
    sqlite3_str_appendall(sql, " AND ");
    if (!c->given) {
        sql_countable(sql, dim == CUBE_REPORTER ? "reporter" : "partner");
        return;
    }
    sqlite3_str_appendf(sql, "%s%s IN (", drives ? "" : "+", dim == CUBE_PRODUCT ? "product" : column_of(q, dim));
    for (size_t i = 0; i < c->n; i++)
        sqlite3_str_appendf(sql, "%s%u", i ? "," : "", dim == CUBE_PRODUCT ? q->sample->product[c->own[i]] : c->own[i]);
    sqlite3_str_appendall(sql, ")");
}

/* "k4, k0, …" of the grouped dimensions, with `behind` after each. */
static void append_keys(sqlite3_str *sql, const struct question *q, const char *before, const char *behind)
{
    for (size_t i = 0; i < CUBE_DIMS; i++)
        if (q->query.group & CUBE_BIT(key_order[i]))
            sqlite3_str_appendf(sql, "%sk%d%s", before, (int)key_order[i], behind);
}

/* One row for each group and, with a spread, each of its members. k9 stands where nothing is grouped: no row without a part. */
static void append_cells(sqlite3_str *sql, const struct question *q)
{
    uint64_t rows;
    enum cube_dim driver = narrowest(q, &rows);
    sqlite3_str_appendall(sql, "SELECT 0 AS k9, ");
    for (size_t i = 0; i < CUBE_DIMS; i++)
        if (q->query.group & CUBE_BIT(key_order[i]))
            sqlite3_str_appendf(sql, "%s AS k%d, ", column_of(q, key_order[i]), (int)key_order[i]);
    if (q->query.spread != CUBE_NO_SPREAD)
        sqlite3_str_appendf(sql, "%s AS s, ", column_of(q, q->query.spread));
    sqlite3_str_appendall(sql, "sum(value) AS v, count(*)-count(kg) AS u, sum(kg) AS q,"
                               " sum(CASE WHEN kg IS NULL THEN value ELSE 0 END) AS w,"
                               " max(status&1)|max(status&2)|max(status&4) AS a FROM obs WHERE 1");
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        append_set(sql, q, d, d == driver);
    sqlite3_str_appendall(sql, " GROUP BY k9");
    append_keys(sql, q, ", ", "");
    sqlite3_str_appendall(sql, q->query.spread != CUBE_NO_SPREAD ? ", s" : "");
}

/* Columns: the keys, v, u, q, w, a and with a spread members, top, top's value, sum of squares. Of several largest members the
 * first is the top. */
static char *sql_of(const struct question *q)
{
    sqlite3_str *sql = sqlite3_str_new(NULL);
    if (q->query.spread == CUBE_NO_SPREAD) {
        sqlite3_str_appendall(sql, "SELECT ");
        append_keys(sql, q, "", ", ");
        sqlite3_str_appendall(sql, "v, u, q, w, a FROM (");
        append_cells(sql, q);
        sqlite3_str_appendall(sql, ")");
    } else {
        sqlite3_str_appendall(sql, "WITH cell AS (");
        append_cells(sql, q);
        sqlite3_str_appendall(sql, "), best AS (SELECT *, max(v) OVER (PARTITION BY k9");
        append_keys(sql, q, ", ", "");
        sqlite3_str_appendall(sql, ") AS t FROM cell) SELECT ");
        append_keys(sql, q, "", ", ");
        sqlite3_str_appendall(
            sql, "sum(v), sum(u), sum(q), sum(w), max(a&1)|max(a&2)|max(a&4), sum(v>0),"
                 " coalesce(min(CASE WHEN v=t AND v>0 THEN s END),-1), max(v), sum(1.0*v*v) FROM best GROUP BY k9");
        append_keys(sql, q, ", ", "");
    }
    sqlite3_str_appendall(sql, " ORDER BY 0+0");
    append_keys(sql, q, ", ", "");
    return sqlite3_str_finish(sql);
}

/* ---- row by row ---- */

static void tell_question(const struct question *q, const char *sql)
{
    static const char *const name[CUBE_DIMS] = {"reporter", "partner", "flow", "product", "period"};
    printf("# sample %s, question %u; to ask again: ORACLE_SEED=%" PRIu64 "\n# group", q->sample->id, q->number,
           dice_seed());
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        if (q->query.group & CUBE_BIT(d))
            printf(" %s", name[d]);
    printf("; spread %s; level %s; kind %s\n# only", q->query.spread == CUBE_NO_SPREAD ? "none" : name[q->query.spread],
           level_name[q->query.level], period_kind_word(q->query.kind));
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++) {
        if (!q->only[d].given)
            continue;
        printf(" %s:", name[d]);
        for (size_t i = 0; i < q->only[d].n && i < 12; i++)
            printf(" %u", (unsigned)q->query.only[d].member[i]);
        printf("%s;", q->only[d].n > 12 ? " …" : "");
    }
    printf("\n# areas by number:");
    for (enum cube_dim d = CUBE_REPORTER; d <= CUBE_PARTNER; d++)
        for (size_t i = 0; i < q->only[d].n && i < 12; i++)
            printf(" %u=%s", (unsigned)q->only[d].own[i], area[q->only[d].own[i]].id);
    printf("\n# SQL: %s\n", sql);
}

struct comparison {
    const struct question *question;
    const struct cube_rows *rows;
    const char *sql;
    sqlite3_stmt *statement;
    size_t row;
};

static void differ(const struct comparison *c, const char *what, int64_t cube, int64_t sql)
{
    tell_question(c->question, c->sql);
    fail_msg("row %zu: %s is %" PRId64 " in the cube, %" PRId64 " in SQLite", c->row, what, cube, sql);
}

static void same(const struct comparison *c, const char *what, int64_t cube, int column)
{
    int64_t sql = sqlite3_column_int64(c->statement, column);
    if (cube != sql)
        differ(c, what, cube, sql);
}

/* A key or a top member of the cube in the test's own numbers. */
static int64_t own_number(const struct question *q, enum cube_dim dim, uint32_t key)
{
    if (key == NO_ID)
        return -1;
    const struct sample *s = q->sample;
    if (dim <= CUBE_PARTNER && key < n_areas)
        return s->own_area[key];
    if (dim == CUBE_PRODUCT && key < s->n_nodes[q->query.level])
        return s->node[q->query.level][key];
    if (dim == CUBE_PERIOD && key >> 24 == (uint32_t)q->query.kind)
        return key & 0xFFFFFF;
    if (dim != CUBE_FLOW)
        return -1;
    return key;
}

/* SQL: how many parts are unweighed (u), the sum of the known quantities (q, NULL if there is none), the value of the unweighed (w). */
static void compare_quantity(const struct comparison *c, int column)
{
    assert_int_equal(c->rows->quantity_kg != NULL, c->question->query.measures != 0);
    if (!c->rows->quantity_kg)
        return;
    bool unknown = sqlite3_column_type(c->statement, column + 1) == SQLITE_NULL;
    int64_t sum = unknown ? QUANTITY_UNKNOWN : sqlite3_column_int64(c->statement, column + 1);
    if (c->rows->quantity_kg[c->row] != sum)
        differ(c, "quantity", c->rows->quantity_kg[c->row], sum);
    same(c, "unweighed value", c->rows->unweighed_usd[c->row], column + 2);
}

static void compare_spread(const struct comparison *c, int column)
{
    const struct cube_rows *rows = c->rows;
    double wanted = sqlite3_column_double(c->statement, column + 3), got = rows->sum_sq[c->row];
    same(c, "members", rows->members[c->row], column);
    same(c, "top value", rows->top_value_usd[c->row], column + 2);
    same(c, "top", own_number(c->question, c->question->query.spread, rows->top_id[c->row]), column + 1);
    if (!(fabs(got - wanted) <= 1e-9 * wanted))
        differ(c, "sum of squares (without decimals)", (int64_t)got, (int64_t)wanted);
}

static void compare_row(const struct comparison *c)
{
    const struct cube_query *query = &c->question->query;
    int column = 0;
    if (c->row >= c->rows->n)
        differ(c, "number of rows", (int64_t)c->rows->n, (int64_t)c->row + 1);
    for (size_t i = 0; i < CUBE_DIMS; i++) {
        enum cube_dim d = key_order[i];
        if (query->group & CUBE_BIT(d))
            same(c, "a key", own_number(c->question, d, c->rows->key[d][c->row]), column++);
    }
    same(c, "value", c->rows->value_usd[c->row], column);
    compare_quantity(c, column + 1);
    same(c, "status", c->rows->status[c->row], column + 4);
    if (query->spread != CUBE_NO_SPREAD)
        compare_spread(c, column + 5);
}

static void check_shape(const struct question *q, const struct cube_rows *rows)
{
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++)
        assert_int_equal(rows->key[d] != NULL, (q->query.group & CUBE_BIT(d)) != 0);
    assert_int_equal(rows->members != NULL, q->query.spread != CUBE_NO_SPREAD);
}

static size_t ask_one(struct sample *s, const struct question *q, struct arena *arena)
{
    struct cube_rows rows;
    struct cube_plan plan;
    assert_int_equal(cube_plan(s->cube, &q->query, arena, &plan), ST_OK);
    double start = sample_now();
    enum status status = cube_run(s->cube, &q->query, &rows, 1, arena, NULL);
    s->cube_s += sample_now() - start;
    char *sql = sql_of(q);
    assert_non_null(sql);
    if (status != ST_OK) {
        tell_question(q, sql);
        fail_msg("cube_run says %d", (int)status);
    }
    check_shape(q, &rows);
    assert_int_equal(rows.observations_read, plan.observations);
    start = sample_now();
    struct comparison c = {.question = q, .rows = &rows, .sql = sql, .statement = sql_prepare(s, sql)};
    for (; sqlite3_step(c.statement) == SQLITE_ROW; c.row++)
        compare_row(&c);
    if (sqlite3_finalize(c.statement) != SQLITE_OK)
        fail_msg("%s", sqlite3_errmsg(s->db));
    s->sql_s += sample_now() - start;
    if (c.row != rows.n)
        differ(&c, "number of rows", (int64_t)rows.n, (int64_t)c.row);
    sqlite3_free(sql);
    return c.row;
}

/* In how many of its own periods the sample has anything between two areas, either of which may be any. */
static void ask_held(const struct sample *s, unsigned number)
{
    struct dice dice = dice_for("held", number);
    struct question q = {.sample = s, .query.kind = roll_kind(&dice, s)};
    roll_anchor(&dice, &q);
    uint32_t *own = q.anchor, id[2];
    own[CUBE_PERIOD] = own_period(s, own[CUBE_PERIOD], q.query.kind);
    own[CUBE_PERIOD] += dice_below(&dice, 10) == 0;
    own[CUBE_FLOW] ^= dice_below(&dice, 5) == 0;
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendf(sql, "SELECT count(DISTINCT period) FROM held WHERE flow=%u AND %s=%u", own[CUBE_FLOW],
                        sql_period(s, q.query.kind), own[CUBE_PERIOD]);
    for (enum cube_dim d = CUBE_REPORTER; d <= CUBE_PARTNER; d++) {
        bool any = dice_below(&dice, 3) == 0;
        own[d] = dice_below(&dice, 5) ? own[d] : dice_below(&dice, (uint32_t)n_areas);
        id[d] = any ? ANY_MEMBER : s->country[own[d]];
        if (!any)
            sqlite3_str_appendf(sql, " AND %s=%u", d == CUBE_REPORTER ? "reporter" : "partner", own[d]);
    }
    char *text = sqlite3_str_finish(sql);
    sqlite3_stmt *statement = sql_prepare(s, text);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    unsigned wanted = (unsigned)sqlite3_column_int(statement, 0);
    unsigned got =
        cube_held(s->cube, id[0], id[1], (enum flow)own[CUBE_FLOW], period_make(q.query.kind, own[CUBE_PERIOD]));
    if (got != wanted)
        fail_msg("sample %s, seed %" PRIu64 ", held %u: %u in the cube, %u in SQLite: %s", s->id, dice_seed(), number,
                 got, wanted, text);
    (void)sqlite3_finalize(statement);
    sqlite3_free(text);
}

void ask_cube(struct sample *s, unsigned n)
{
    size_t rows = 0, empty = 0;
    for (unsigned i = 0; i < n; i++) {
        struct arena arena;
        struct question question;
        arena_init(&arena, SIZE_MAX);
        roll_question(&question, s, i);
        size_t got = ask_one(s, &question, &arena);
        rows += got;
        empty += got == 0;
        ask_held(s, i);
        forget_question(&question);
        arena_release(&arena);
    }
    printf("# %s: %u queries, %zu without rows, %zu rows compared; cube %.2f s, SQLite %.2f s\n", s->id, n, empty, rows,
           s->cube_s, s->sql_s);
    assert_true(rows > n && empty < n / 2); /* or the questions were too narrow to mean anything */
}
