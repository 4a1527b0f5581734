/* cube_run against a sum over the list of observations, which is slow and has nothing to go wrong. Some cubes have published aggregates
 * among them: of what lies below one nothing is added to it. */
#include "entrepot/analysis/breakdown.h"
#include "world.h"

#define MEMBERS 12
#define LEAVES 90
#define PERIODS 60
#define OBSERVATIONS 900
#define CUBES 40
#define QUERIES 25

/* Ascending by code; the world and an area among them. */
static const char *const member_code[MEMBERS] = {"BRA", "CHN", "DEU", "FRA", "GBR", "IDN",
                                                 "IND", "JPN", "USA", "VNM", "WLD", "X490"};

struct sample {
    struct dataset dataset;
    uint32_t member[MEMBERS];
    size_t n_members, n_leaves, n_periods, n;
    char code[LEAVES][7];
    uint32_t first_period;
    bool publishes;
    struct observation observation[OBSERVATIONS];
    struct cube *cube;
};

static uint64_t seed = 20190401;

static uint32_t dice(uint32_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 11) % sides;
}

/* ---- a random cube ---- */

/* Three leaves a heading, two headings a chapter, from chapter 25 on: several nodes at every level. */
static void make_codes(struct sample *s)
{
    for (size_t i = 0; i < s->n_leaves; i++)
        (void)snprintf(s->code[i], sizeof s->code[i], "%02u%02u%02u", (unsigned)(25 + i / 6) % 100,
                       (unsigned)(i / 3 % 2) + 1, (unsigned)(i % 3) * 10 + 10);
}

static void make_shape(struct sample *s, unsigned number)
{
    bool wide = number % 10 == 9; /* its largest box is beyond an array of cells */
    s->dataset = world_reported("sample", PARTNERS_ALL);
    s->dataset.basis = number % 2 ? BASIS_RECONCILED : BASIS_REPORTED;
    s->dataset.frequency = wide || dice(2) ? PERIOD_MONTH : PERIOD_YEAR;
    s->n_members = wide ? MEMBERS : 3 + dice(MEMBERS - 2);
    s->n_leaves = wide ? LEAVES : 1 + dice(20);
    s->n_periods = wide ? PERIODS : 1 + dice(20);
    s->n = wide ? OBSERVATIONS : 1 + dice(300);
    s->publishes = number % 3 == 0;
    s->first_period = world_period(s->dataset.frequency == PERIOD_MONTH ? "2016-08" : "2001");
    for (size_t i = 0; i < MEMBERS; i++)
        s->member[i] = world_id(member_code[i]);
    make_codes(s);
}

static int64_t random_value(void)
{
    return dice(9) ? (int64_t)dice(1U << (1 + dice(20))) : (int64_t)dice(1U << 20) << dice(20);
}

static struct observation random_observation(const struct sample *s)
{
    struct observation o = {.flow = dice(2) && s->dataset.basis == BASIS_REPORTED ? FLOW_IMPORTS : FLOW_EXPORTS};
    uint32_t reporter = dice((uint32_t)s->n_members), other = 1 + dice((uint32_t)s->n_members - 1);
    o.reporter = s->member[reporter];
    o.partner = s->member[(reporter + other) % s->n_members];
    o.period = s->first_period + dice((uint32_t)s->n_periods);
    o.product = str_view(s->code[dice((uint32_t)s->n_leaves)]);
    o.value_usd = random_value();
    o.quantity_kg = dice(3) ? random_value() : QUANTITY_UNKNOWN;
    o.status = dice(4) ? OBS_FINAL : dice(8);
    return o;
}

/* Of a heading, a chapter or all products. */
static struct observation as_published(struct observation o)
{
    const size_t digits = 2 * dice(3);
    o.product = digits ? str_span(o.product.p, digits < o.product.n ? digits : o.product.n) : STR("TOTAL");
    o.value_usd++;
    o.quantity_kg = QUANTITY_UNKNOWN;
    o.status = OBS_FINAL;
    return o;
}

static bool same_run(const struct observation *a, const struct observation *b)
{
    return a->reporter == b->reporter && a->partner == b->partner && a->flow == b->flow && a->period == b->period;
}

static bool same_key(const struct observation *a, const struct observation *b)
{
    return same_run(a, b) && str_eq(a->product, b->product);
}

static void make_sample(struct sample *s, unsigned number)
{
    make_shape(s, number);
    size_t wanted = s->n;
    s->n = 0;
    for (size_t tried = 0; tried < wanted; tried++) {
        struct observation o = random_observation(s);
        if (s->publishes && s->n && dice(2)) { /* more often of what is there than of nothing */
            o = s->observation[dice((uint32_t)s->n)];
            o = str_is(o.product, "TOTAL") ? random_observation(s) : as_published(o);
        }
        bool there = false;
        for (size_t i = 0; i < s->n && !there; i++)
            there = same_key(&s->observation[i], &o);
        if (!there)
            s->observation[s->n++] = o;
    }
    s->cube = world_open(world_bytes(&s->dataset, s->observation, s->n));
}

/* ---- the plain sum ---- */

/* One observation as a reporter sees it: the key of its group, and its member of the spread. */
struct part {
    uint32_t key[CUBE_DIMS], spread;
    int64_t value_usd, quantity_kg, unweighed_usd;
    unsigned status;
};

static const enum cube_dim key_order[CUBE_DIMS] = {CUBE_PERIOD, CUBE_REPORTER, CUBE_PARTNER, CUBE_FLOW, CUBE_PRODUCT};

static int by_group(const struct part *a, const struct part *b)
{
    for (size_t i = 0; i < CUBE_DIMS; i++)
        if (a->key[key_order[i]] != b->key[key_order[i]])
            return a->key[key_order[i]] < b->key[key_order[i]] ? -1 : 1;
    return 0;
}

static int by_part(const void *a_, const void *b_)
{
    const struct part *a = a_, *b = b_;
    int order = by_group(a, b);
    return order ? order : a->spread < b->spread ? -1 : a->spread > b->spread;
}

static bool in(const struct cube_set *set, uint32_t member)
{
    for (size_t i = 0; i < set->n; i++)
        if (set->member[i] == member)
            return true;
    return false;
}

static bool country_counts(const struct cube_set *set, uint32_t id)
{
    return set->member ? in(set, id) : countries_countable(world.countries, id);
}

/* The node that stands for a leaf; its number comes from the cube, its code from the rule. */
static uint32_t node_number(const struct cube *cube, struct str code, enum level level)
{
    static const size_t digits[LEVELS] = {[LEVEL_HS2] = 2, [LEVEL_HS4] = 4, [LEVEL_HS6] = 6};
    struct str wanted = level == LEVEL_TOTAL     ? STR("TOTAL")
                        : level == LEVEL_SECTION ? products_section(world.products, code)
                                                 : str_span(code.p, digits[level]);
    size_t n;
    const struct str *node = cube_nodes(cube, level, &n);
    for (size_t i = 0; i < n; i++)
        if (str_eq(node[i], wanted))
            return (uint32_t)i;
    fail_msg("no node for %.*s", STR_ARG(code));
    return 0;
}

/* Ids of a table are not in the order of the codes. */
static uint32_t member_rank(const struct cube *cube, uint32_t id)
{
    size_t n;
    const uint32_t *member = cube_members(cube, &n);
    for (size_t i = 0; i < n; i++)
        if (member[i] == id)
            return (uint32_t)i;
    fail_msg("a member is missing");
    return 0;
}

/* Codes that are asked for together: none are all products. */
struct code_list {
    struct str code[4];
    size_t n;
};

static bool has_code(const struct code_list *codes, struct str code)
{
    bool has = codes->n == 0;
    for (size_t i = 0; !has && i < codes->n; i++)
        has = str_is(codes->code[i], "TOTAL") || str_starts(code, codes->code[i]) ||
              str_eq(products_section(world.products, code), codes->code[i]);
    return has;
}

struct question {
    struct cube_query query;
    struct code_list named, basket[3]; /* what only[CUBE_PRODUCT] and the baskets stand for */
    struct cube_baskets baskets;
    uint32_t country[2][MEMBERS], flow[2], period[PERIODS + 2];
    struct arena arena;
};

/* Whether a product counts in a basket (the first: also where there are none), be it published or a leaf. */
static bool product_counts(const struct question *question, struct str code, size_t basket)
{
    const struct cube_query *q = &question->query;
    const bool apart = (q->group & CUBE_BIT(CUBE_PRODUCT) || q->spread == CUBE_PRODUCT) && !q->baskets;
    enum level own, coarsest = q->spread == CUBE_PRODUCT && q->level ? LEVEL_HS6 : apart ? q->level : LEVEL_TOTAL;
    assert_true(product_level(code, &own));
    return own >= coarsest && has_code(&question->named, code) &&
           (!q->baskets || has_code(&question->basket[basket], code));
}

/* Whether what is published above it, and counts too, has it in it. */
static bool is_covered(const struct sample *s, const struct question *question, const struct observation *o,
                       size_t basket)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct observation *above = &s->observation[i];
        if (above != o && same_run(above, o) && above->product.n != 6 &&
            (str_is(above->product, "TOTAL") || str_starts(o->product, above->product)) &&
            product_counts(question, above->product, basket))
            return true;
    }
    return false;
}

static bool make_part(const struct sample *s, const struct question *question, const struct observation *o, bool turned,
                      size_t basket, struct part *out)
{
    const struct cube *cube = s->cube;
    const struct cube_query *q = &question->query;
    uint32_t reporter = turned ? o->partner : o->reporter, partner = turned ? o->reporter : o->partner;
    uint32_t flow = turned ? FLOW_IMPORTS : (uint32_t)o->flow, period = period_within(o->period, q->kind);
    if (!country_counts(&q->only[CUBE_REPORTER], reporter) || !country_counts(&q->only[CUBE_PARTNER], partner) ||
        (q->only[CUBE_FLOW].member && !in(&q->only[CUBE_FLOW], flow)) ||
        (q->only[CUBE_PERIOD].member && !in(&q->only[CUBE_PERIOD], period)) ||
        !product_counts(question, o->product, basket))
        return false;
    uint32_t key[CUBE_DIMS] = {member_rank(cube, reporter), member_rank(cube, partner), flow,
                               q->baskets ? (uint32_t)basket : node_number(cube, o->product, q->level), period};
    *out = (struct part){.quantity_kg = o->quantity_kg, .status = o->status};
    out->value_usd = is_covered(s, question, o, basket) ? 0 : o->value_usd;
    out->unweighed_usd = out->value_usd - (o->quantity_kg == QUANTITY_UNKNOWN ? 0 : o->value_usd);
    for (size_t d = 0; d < CUBE_DIMS; d++)
        out->key[d] = q->group & CUBE_BIT(d) ? key[d] : 0;
    out->spread = q->spread == CUBE_NO_SPREAD ? 0 : key[q->spread];
    return true;
}

static size_t plain_parts(const struct sample *s, const struct question *q, struct part *part)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t basket = 0; basket < (q->query.baskets ? q->baskets.n : 1); basket++) {
            n += make_part(s, q, &s->observation[i], false, basket, &part[n]);
            if (s->dataset.basis == BASIS_RECONCILED)
                n += make_part(s, q, &s->observation[i], true, basket, &part[n]);
        }
    if (n)
        qsort(part, n, sizeof *part, by_part);
    return n;
}

struct plain {
    struct part sum;
    uint32_t members, top;
    int64_t top_value_usd, second_usd;
    double sum_sq;
};

static void close_member(struct plain *p, uint32_t member, int64_t value)
{
    p->members += value > 0;
    p->sum_sq += (double)value * (double)value;
    p->second_usd = value > p->top_value_usd ? p->top_value_usd : value > p->second_usd ? value : p->second_usd;
    if (value > p->top_value_usd) {
        p->top_value_usd = value;
        p->top = member;
    }
}

/* Takes the parts of one group off the list and returns how many there were. */
static size_t take_group(const struct part *part, size_t n, struct plain *p)
{
    size_t i = 0;
    int64_t of_member = 0;
    *p = (struct plain){.sum = part[0], .top = NO_ID};
    p->sum.value_usd = p->sum.unweighed_usd = 0;
    p->sum.quantity_kg = QUANTITY_UNKNOWN;
    for (; i < n && by_group(&part[i], &part[0]) == 0; i++) {
        if (i && part[i].spread != part[i - 1].spread) {
            close_member(p, part[i - 1].spread, of_member);
            of_member = 0;
        }
        of_member += part[i].value_usd;
        p->sum.value_usd += part[i].value_usd;
        p->sum.status |= part[i].status;
        p->sum.unweighed_usd += part[i].unweighed_usd;
        if (part[i].quantity_kg != QUANTITY_UNKNOWN)
            p->sum.quantity_kg =
                part[i].quantity_kg + (p->sum.quantity_kg == QUANTITY_UNKNOWN ? 0 : p->sum.quantity_kg);
    }
    close_member(p, part[i - 1].spread, of_member);
    return i;
}

/* ---- comparing ---- */

static uint32_t as_answered(const struct cube *cube, enum cube_dim dim, uint32_t key)
{
    size_t n;
    return dim == CUBE_REPORTER || dim == CUBE_PARTNER ? cube_members(cube, &n)[key] : key;
}

static void compare_row(const struct cube *cube, const struct cube_query *q, const struct cube_rows *rows, size_t i,
                        const struct plain *p, bool rounded)
{
    for (enum cube_dim d = 0; d < CUBE_DIMS; d++) {
        assert_int_equal(rows->key[d] != NULL, (q->group & CUBE_BIT(d)) != 0);
        if (rows->key[d])
            assert_int_equal(rows->key[d][i], as_answered(cube, d, p->sum.key[d]));
    }
    assert_int_equal(rows->value_usd[i], p->sum.value_usd);
    assert_int_equal(rows->quantity_kg != NULL, (q->measures & CUBE_QUANTITY) != 0);
    if (rows->quantity_kg) {
        assert_int_equal(rows->quantity_kg[i], p->sum.quantity_kg);
        if (!rounded)
            assert_int_equal(rows->unweighed_usd[i], p->sum.unweighed_usd);
    }
    assert_int_equal(rows->status[i], p->sum.status);
    assert_int_equal(rows->members != NULL, q->spread != CUBE_NO_SPREAD);
    if (!rows->members)
        return;
    assert_int_equal(rows->members[i], p->members);
    assert_int_equal(rows->top_id[i], p->top == NO_ID ? NO_ID : as_answered(cube, q->spread, p->top));
    assert_int_equal(rows->top_value_usd[i], p->top_value_usd);
    assert_int_equal(rows->second_usd[i], p->second_usd);
    assert_true(fabs(rows->sum_sq[i] - p->sum_sq) <= 1e-12 * p->sum_sq);
}

static void check_limits(const struct cube *cube, const struct cube_query *query, size_t n, struct arena *arena)
{
    struct cube_query q = *query;
    struct cube_rows rows;
    q.max_rows = n ? n : 1;
    assert_int_equal(cube_run(cube, &q, &rows, 1, arena, NULL), ST_OK);
    q.max_rows = n - 1;
    if (n > 1)
        assert_int_equal(cube_run(cube, &q, &rows, 1, arena, NULL), ST_TOO_LARGE);
}

static size_t check_query(const struct sample *s, const struct question *question)
{
    const struct cube_query *q = &question->query;
    static struct part part[6 * OBSERVATIONS + 1]; /* one more: a part that does not count is written, too */
    struct cube_rows rows;
    struct plain plain;
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    struct cube_plan plan;
    assert_int_equal(cube_plan(s->cube, q, &arena, &plan), ST_OK);
    assert_int_equal(cube_run(s->cube, q, &rows, 1, &arena, NULL), ST_OK);
    assert_int_equal(rows.observations_read, plan.observations);
    assert_true(plan.observations <= cube_cost_at_most(s->cube, q));
    /* a run's total says of no value below zero that it has no quantity */
    const bool rounded = s->publishes && plan.totals;
    size_t n = plain_parts(s, question, part), row = 0;
    for (size_t at = 0; at < n; row++) {
        at += take_group(part + at, n - at, &plain);
        assert_true(row < rows.n);
        compare_row(s->cube, q, &rows, row, &plain, rounded);
    }
    assert_int_equal(rows.n, row);
    check_limits(s->cube, q, row, &arena);
    arena_release(&arena);
    return row;
}

/* ---- random questions ---- */

/* Some of `all`, in order; sometimes none of them. */
static struct cube_set some(const uint32_t *all, size_t n, uint32_t *room)
{
    struct cube_set set = {room, 0};
    uint32_t rare = 1 + dice(6);
    for (size_t i = 0; i < n; i++)
        if (dice(rare) == 0)
            room[set.n++] = all[i];
    return set;
}

static enum period_kind random_kind(enum period_kind own)
{
    static const enum period_kind of_months[] = {PERIOD_MONTH, PERIOD_QUARTER, PERIOD_FISCAL, PERIOD_YEAR};
    return own == PERIOD_MONTH ? of_months[dice(4)] : own;
}

/* Periods of the query's kind that the sample touches, and one after them that it does not hold. */
static size_t list_periods(const struct sample *s, enum period_kind kind, uint32_t *out)
{
    size_t n = 0;
    for (uint32_t i = 0; i < s->n_periods; i++) {
        uint32_t p = period_within(s->first_period + i, kind);
        if (n == 0 || out[n - 1] != p)
            out[n++] = p;
    }
    assert_true(n > 0);
    out[n] = out[n - 1] + 1;
    return n + 1;
}

/* Leaves, headings, chapters, a section, all of them. */
static struct code_list random_codes(const struct sample *s)
{
    struct code_list codes = {.n = 1 + dice(COUNT(codes.code))};
    for (size_t i = 0; i < codes.n; i++) {
        const char *leaf = s->code[dice((uint32_t)s->n_leaves)];
        const uint32_t digits = 2 * (1 + dice(3));
        codes.code[i] = dice(12) == 0  ? STR("TOTAL")
                        : dice(6) == 0 ? products_section(world.products, str_view(leaf))
                                       : str_span(leaf, digits);
    }
    return codes;
}

static struct cube_set set_of(const struct sample *s, const struct code_list *codes, struct arena *arena)
{
    struct cube_set set;
    assert_int_equal(leaves_of(s->cube, world.products, codes->code, codes->n, arena, &set), ST_OK);
    return set;
}

static void ask_baskets(const struct sample *s, struct question *out)
{
    const struct str *rest;
    size_t n_leaves;
    (void)cube_leaves(s->cube, &n_leaves);
    uint64_t *of_leaf = arena_new(&out->arena, uint64_t, n_leaves + cube_rests(s->cube, &rest));
    assert_non_null(of_leaf);
    out->baskets = (struct cube_baskets){1 + dice(COUNT(out->basket)), of_leaf};
    for (size_t i = 0; i < out->baskets.n; i++) {
        out->basket[i] = random_codes(s);
        struct cube_set set = set_of(s, &out->basket[i], &out->arena);
        for (size_t k = 0; k < set.n; k++)
            of_leaf[set.member[k]] |= (uint64_t)1 << i;
    }
    out->query.baskets = &out->baskets;
    out->query.level = LEVEL_TOTAL;
}

static void ask_anything(const struct sample *s, struct question *out)
{
    struct cube_query *q = &out->query;
    uint32_t all[PERIODS + 2];
    static const uint32_t flows[2] = {FLOW_EXPORTS, FLOW_IMPORTS};
    *out = (struct question){.named.n = 0};
    arena_init(&out->arena, SIZE_MAX);
    *q = (struct cube_query){.spread = dice(2) ? CUBE_NO_SPREAD : (enum cube_dim)dice(CUBE_DIMS),
                             .measures = dice(2) ? CUBE_QUANTITY : 0};
    q->group = dice(1U << CUBE_DIMS);
    if (q->spread != CUBE_NO_SPREAD)
        q->group &= ~CUBE_BIT(q->spread);
    q->kind = random_kind(s->dataset.frequency);
    bool products = (q->group & CUBE_BIT(CUBE_PRODUCT)) || q->spread == CUBE_PRODUCT;
    q->level = products ? (enum level)dice(LEVEL_HS6 + 1) : LEVEL_TOTAL;
    for (size_t i = 0; i < 2; i++)
        if (dice(2))
            q->only[i] = some(s->member, MEMBERS, out->country[i]); /* also members that the cube does not have */
    if (dice(3) == 0)
        q->only[CUBE_FLOW] = some(flows, 2, out->flow);
    if (dice(2) == 0) {
        out->named = random_codes(s);
        q->only[CUBE_PRODUCT] = set_of(s, &out->named, &out->arena);
    }
    if (q->group & CUBE_BIT(CUBE_PRODUCT) && dice(3) == 0)
        ask_baskets(s, out);
    size_t n = list_periods(s, q->kind, all);
    if (dice(2))
        q->only[CUBE_PERIOD] = some(all, n, out->period);
}

static void a_thousand_queries_are_plain_sums(void **state)
{
    (void)state;
    static struct sample s;
    size_t rows = 0;
    for (unsigned i = 0; i < CUBES; i++) {
        make_sample(&s, i);
        for (unsigned k = 0; k < QUERIES; k++) {
            struct question question;
            ask_anything(&s, &question);
            rows += check_query(&s, &question);
            arena_release(&question.arena);
        }
        cube_close(s.cube);
    }
    assert_true(rows > 5000); /* or the questions were too narrow to mean anything */
}

/* 12 × 12 × 2 × 90 × 60 cells: a hash table holds them. */
static void a_box_too_large_for_an_array(void **state)
{
    (void)state;
    static struct sample s;
    unsigned all = (1U << CUBE_DIMS) - 1;
    static const enum cube_dim spread[] = {CUBE_PARTNER, CUBE_PRODUCT, CUBE_PERIOD};
    for (size_t i = 0; i < COUNT(spread); i++) {
        make_sample(&s, 9);
        struct question q = {
            .query = {.group = all, .level = LEVEL_HS6, .kind = PERIOD_MONTH, .spread = CUBE_NO_SPREAD}};
        assert_true(check_query(&s, &q) > 200);
        q.query.spread = spread[i];
        q.query.group = all & ~CUBE_BIT(spread[i]);
        assert_true(check_query(&s, &q) > 200);
        cube_close(s.cube);
    }
}

/* ---- presence ---- */

static bool seen(const struct observation *o, uint32_t reporter, uint32_t partner, enum flow flow, bool turned)
{
    uint32_t r = turned ? o->partner : o->reporter, p = turned ? o->reporter : o->partner;
    enum flow f = turned ? FLOW_IMPORTS : o->flow;
    return (reporter == ANY_MEMBER || reporter == r) && (partner == ANY_MEMBER || partner == p) && flow == f;
}

static unsigned plain_held(const struct sample *s, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period)
{
    unsigned held = 0;
    for (uint32_t own = s->first_period; own < s->first_period + s->n_periods; own++) {
        bool any = false;
        for (size_t i = 0; i < s->n && !any; i++)
            any = s->observation[i].period == own && period_within(own, period_kind_of(period)) == period &&
                  (seen(&s->observation[i], reporter, partner, flow, false) ||
                   (s->dataset.basis == BASIS_RECONCILED && seen(&s->observation[i], reporter, partner, flow, true)));
        held += any;
    }
    return held;
}

static void held_counts_the_periods_with_a_record(void **state)
{
    (void)state;
    static struct sample s;
    for (unsigned i = 0; i < 20; i++) {
        make_sample(&s, i);
        for (unsigned k = 0; k < 60; k++) {
            uint32_t all[PERIODS + 2] = {0};
            enum period_kind kind = random_kind(s.dataset.frequency);
            uint32_t period = all[dice((uint32_t)list_periods(&s, kind, all))];
            uint32_t reporter = dice(3) ? s.member[dice(MEMBERS)] : ANY_MEMBER,
                     partner = dice(3) ? s.member[dice(MEMBERS)] : ANY_MEMBER;
            enum flow flow = dice(2) ? FLOW_EXPORTS : FLOW_IMPORTS;
            assert_int_equal(cube_held(s.cube, reporter, partner, flow, period),
                             plain_held(&s, reporter, partner, flow, period));
            size_t n = list_periods(&s, kind, all);
            unsigned held[PERIODS + 2];
            cube_held_series(s.cube, reporter, partner, flow, all, n, held);
            for (size_t p = 0; p < n; p++)
                assert_int_equal(held[p], plain_held(&s, reporter, partner, flow, all[p]));
        }
        cube_close(s.cube);
    }
}

static void a_period_of_another_kind_holds_nothing(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    uint32_t ind = world_id("IND");
    assert_int_equal(cube_held(cube, ind, ANY_MEMBER, FLOW_IMPORTS, world_period("2023")), 1);
    assert_int_equal(cube_held(cube, ind, ANY_MEMBER, FLOW_IMPORTS, world_period("2023-04")), 0);
    assert_int_equal(cube_held(cube, ind, ANY_MEMBER, FLOW_IMPORTS, world_period("FY2022-23")), 0);
    assert_int_equal(cube_held(cube, world_id("FRA"), ANY_MEMBER, FLOW_IMPORTS, world_period("2023")), 0);
    assert_int_equal(cube_expected(cube, world_period("2023")), 1);
    cube_close(cube);
}

static void a_narrow_arena_is_no_memory(void **state)
{
    (void)state;
    struct cube *cube = world_trade("four");
    struct cube_query q = {
        .group = CUBE_BIT(CUBE_PRODUCT), .level = LEVEL_HS6, .kind = PERIOD_YEAR, .spread = CUBE_PARTNER};
    enum status status = ST_NO_MEMORY;
    for (size_t ceiling = 0; status == ST_NO_MEMORY && ceiling < 100000; ceiling += 16) {
        struct arena arena;
        struct cube_rows rows;
        arena_init(&arena, ceiling);
        status = cube_run(cube, &q, &rows, 1, &arena, NULL);
        assert_true(status == ST_OK || status == ST_NO_MEMORY);
        assert_true(ceiling > 0 || status == ST_NO_MEMORY);
        arena_release(&arena);
    }
    assert_int_equal(status, ST_OK);
    cube_close(cube);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thousand_queries_are_plain_sums),
        cmocka_unit_test(a_box_too_large_for_an_array),
        cmocka_unit_test(held_counts_the_periods_with_a_record),
        cmocka_unit_test(a_period_of_another_kind_holds_nothing),
        cmocka_unit_test(a_narrow_arena_is_no_memory),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
