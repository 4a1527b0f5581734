/* Availability of returns, rests, and the one place where it is decided what a figure that is absent means. */
#include "entrepot/cube/known.h"

#include "cube/engine/engine.h"

const char *const cube_partners_name[CUBE_PARTNERS] = {"all", "listed", "world", "closed"};
const char *const cube_rule_name[CUBE_RULES] = {"stated", "reader", "aggregate", "codes", "none"};
const char *const cube_absence_name[CUBE_ABSENCES] = {"zero",        "not_reported", "other_revision",
                                                      "outside_set", "summed",       "no_world",
                                                      "no_group",    "not_listed",   "selected_products"};

/* ---- returns ---- */

static unsigned stored_flow(const struct cube *cube, enum flow flow)
{
    return cube->dataset.basis == BASIS_RECONCILED ? FLOW_EXPORTS : (unsigned)flow;
}

static const struct file_return *return_in(const struct cube *cube, uint32_t segment, uint32_t reporter, enum flow flow)
{
    uint16_t local = reporter == ANY_MEMBER ? NO_LOCAL : engine_local(cube, reporter);
    return local == NO_LOCAL ? NULL : image_return(&cube->image, segment, local, stored_flow(cube, flow));
}

/* The segment of a period of the dataset's own frequency, or UINT32_MAX. */
static uint32_t segment_at(const struct cube *cube, uint32_t period)
{
    size_t from, to;
    engine_segments(cube, period, &from, &to);
    return to == from + 1 ? (uint32_t)from : UINT32_MAX;
}

/* The level byte that holds with a partner, a local number or the number of all. */
static uint8_t level_with(const struct cube *cube, const struct file_return *r, uint32_t partner)
{
    const struct file_exception *exception = cube->image.returns.exception + r->first_exception;
    if (partner == cube->image.n_members)
        return r->least;
    for (uint32_t i = 0; i < r->n_exceptions; i++)
        if (exception[i].partner == partner)
            return exception[i].level;
    return r->level;
}

bool cube_return_of(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period,
                    struct cube_return *out)
{
    uint32_t segment = segment_at(cube, period);
    const struct file_return *r = segment == UINT32_MAX ? NULL : return_in(cube, segment, reporter, flow);
    *out = (struct cube_return){.selected = true};
    if (!r)
        return false;
    uint16_t local = partner == ANY_MEMBER ? NO_LOCAL : engine_local(cube, partner);
    uint8_t level = local == NO_LOCAL ? r->level : level_with(cube, r, local);
    *out = (struct cube_return){.selected = (level & RETURN_CHOSEN) != 0,
                                .any = RETURN_LEVEL(level) != 0,
                                .level = RETURN_LEVEL(level) ? (enum level)(RETURN_LEVEL(level) - 1U) : LEVEL_TOTAL,
                                .partners = (enum cube_partners)r->partners,
                                .world = (r->flags & RETURN_WORLD) != 0,
                                .totals = (r->flags & RETURN_TOTALS) != 0,
                                .revision = r->revision,
                                .rule = (enum cube_rule)r->rule};
    return true;
}

size_t cube_return_exceptions(const struct cube *cube, uint32_t reporter, enum flow flow, uint32_t period,
                              uint32_t *out, size_t max)
{
    uint32_t segment = segment_at(cube, period);
    const struct file_return *r = segment == UINT32_MAX ? NULL : return_in(cube, segment, reporter, flow);
    for (uint32_t i = 0; r && i < r->n_exceptions && i < max; i++) {
        uint16_t partner = cube->image.returns.exception[r->first_exception + i].partner;
        out[i] = partner < cube->image.n_members ? cube->country[partner] : NO_ID;
    }
    return r ? r->n_exceptions : 0;
}

unsigned cube_reported(const struct cube *cube, uint32_t reporter, enum flow flow, uint32_t period)
{
    size_t from, to;
    unsigned n = 0;
    engine_segments(cube, period, &from, &to);
    for (size_t i = from; i < to; i++)
        n += return_in(cube, (uint32_t)i, reporter, flow) != NULL;
    return n;
}

/* ---- products as nodes ---- */

/* A product and where it lies: its level, its node above the leaves or UINT32_MAX (sections, leaves). */
struct place {
    struct str code;
    enum level level;
    uint32_t node;
};

static struct place place_of(const struct cube *cube, struct str product)
{
    struct place p = {.code = product.n ? product : STR("TOTAL"), .level = LEVEL_TOTAL, .node = NODE(LEVEL_TOTAL, 0)};
    uint32_t number;
    if (product.n == 0 || str_is(product, "TOTAL")) {
        p.node = cube->dataset.level == LEVEL_TOTAL ? UINT32_MAX : p.node;
        return p;
    }
    p.node = UINT32_MAX;
    if (!product_level(p.code, &p.level))
        BUG("a product that is no code");
    if (p.level < cube->dataset.level && p.level != LEVEL_SECTION && product_number(p.code, p.level, &number))
        p.node = NODE(p.level, number);
    return p;
}

/* Whether `node` is `above` or lies below it. */
static bool lies_in(uint32_t node, uint32_t above)
{
    static const unsigned digits[LEVELS] = {[LEVEL_HS2] = 2, [LEVEL_HS4] = 4, [LEVEL_HS6] = 6, [LEVEL_HS8] = 8};
    unsigned own = digits[NODE_LEVEL(node)], its = digits[NODE_LEVEL(above)];
    uint32_t number = NODE_NUMBER(node);
    for (; own > its; own--)
        number /= 10;
    return NODE_LEVEL(above) == LEVEL_TOTAL || (own == its && number == NODE_NUMBER(above));
}

/* ---- runs ---- */

/* The key of a pair as it is stored; UINT32_MAX where the file has no number for one of them. */
static uint32_t key_of(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow)
{
    uint32_t all = (uint32_t)cube->image.n_members;
    uint32_t r = reporter == ANY_MEMBER ? all : engine_local(cube, reporter);
    uint32_t p = partner == ANY_MEMBER ? all : engine_local(cube, partner);
    if (r == NO_LOCAL || p == NO_LOCAL)
        return UINT32_MAX;
    return engine_turned(cube, flow) ? RUN_KEY(p, FLOW_EXPORTS, r) : RUN_KEY(r, flow, p);
}

static const struct file_run *run_of(const struct cube *cube, uint32_t segment, uint32_t key)
{
    return key == UINT32_MAX ? NULL
                             : segment_pair(&cube->image, &cube->image.segment[segment], RUN_REPORTER(key),
                                            RUN_FLOW(key), RUN_PARTNER(key));
}

/* The first of the segment's leaves that is not before the cube's `leaf`. */
static uint32_t local_bound(const struct image_segment *s, uint32_t leaf)
{
    uint32_t low = 0, high = s->n_leaves;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->leaf[middle] < leaf)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The place's leaves as the segment numbers them. */
static void place_leaves(const struct cube *cube, const struct image_segment *s, const struct place *place,
                         uint32_t *from, uint32_t *to)
{
    cube_leaf_range(cube, place->code, from, to);
    *from = local_bound(s, *from);
    *to = local_bound(s, *to);
}

/* The sum of a run's rows in the place's leaves; false where there is none. */
static bool sum_rows(const struct cube *cube, uint32_t segment, const struct file_run *run, const struct place *place,
                     int64_t *sum)
{
    const struct image_segment *s = &cube->image.segment[segment];
    struct run_view view;
    struct run_cursor cursor;
    struct rows_chunk chunk;
    uint32_t from, to;
    place_leaves(cube, s, place, &from, &to);
    bool any = false;
    *sum = 0;
    if (from >= to || !run_view(run, s->rows, s->rows_bytes, s->n_leaves, &view))
        return false;
    run_start(&cursor, &view, false);
    while (run_next(&cursor, &chunk))
        for (size_t i = 0; i < chunk.n; i++) {
            bool in = from <= chunk.leaf[i] && chunk.leaf[i] < to;
            any = any || in;
            if (in && __builtin_add_overflow(*sum, chunk.value_usd[i], sum))
                return false;
        }
    return any;
}

/* What a run holds at the place, its rests with it; false where nothing stands there. */
static bool value_at(const struct cube *cube, uint32_t segment, uint32_t key, const struct place *place, int64_t *value)
{
    const struct file_run *run = run_of(cube, segment, key);
    const struct file_rest *rest = NULL;
    *value = run ? run->value_usd : 0;
    if (!run || place->level == LEVEL_TOTAL)
        return run != NULL;
    bool any = sum_rows(cube, segment, run, place, value);
    uint32_t n = place->node == UINT32_MAX ? 0 : image_rests(&cube->image, segment, key, &rest);
    for (uint32_t i = 0; i < n; i++) {
        if (!lies_in(rest[i].node, place->node))
            continue;
        any = true;
        if (__builtin_add_overflow(*value, rest[i].value_usd, value))
            return false;
    }
    return any;
}

/* ---- rests ---- */

static bool add_rest_at(const struct cube *cube, uint32_t segment, uint32_t key, uint32_t node, int64_t *value)
{
    const struct file_rest *rest = NULL;
    uint32_t n = image_rests(&cube->image, segment, key, &rest), i = 0;
    while (i < n && rest[i].node != node)
        i++;
    return i < n && !__builtin_add_overflow(*value, rest[i].value_usd, value);
}

bool cube_rest_at(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period,
                  struct str product, int64_t *value)
{
    struct place place = place_of(cube, product);
    uint32_t key = key_of(cube, reporter, partner, flow);
    size_t from, to, found = 0, held = 0;
    *value = 0;
    if (place.node == UINT32_MAX || key == UINT32_MAX || cube->image.rests.n == 0)
        return false;
    engine_segments(cube, period, &from, &to);
    for (size_t i = from; i < to; i++) {
        held += run_of(cube, (uint32_t)i, key) != NULL;
        found += add_rest_at(cube, (uint32_t)i, key, place.node, value);
    }
    return found && found == held;
}

/* ---- absence, in one period of the dataset's own ---- */

/* A cell in a segment, and what is known of its return. */
struct asking {
    const struct cube *cube;
    const struct cube_cell *cell;
    struct place place;
    uint32_t segment, key;
    const struct file_return *own;
    bool there; /* there is an observation, as the caller knows */
};

static bool whole_in(const struct asking *a, struct cube_unknown *missing);

static struct cube_unknown because(enum cube_absence why) { return (struct cube_unknown){.why = why}; }

static struct cube_unknown at_most(enum cube_absence why, int64_t bound_usd)
{
    return (struct cube_unknown){.why = why, .bounded = true, .bound_usd = bound_usd > 0 ? bound_usd : 0};
}

static bool is_kind(const struct cube *cube, uint32_t country, enum member_kind kind)
{
    return country != ANY_MEMBER && country < countries_count(cube->countries) &&
           countries_at(cube->countries, country)->kind == kind;
}

/* Whether the return has the product with anybody, the world's row included: of reconciled data anybody with anybody. */
static bool is_in_use(const struct asking *a)
{
    const struct cube *cube = a->cube;
    const uint32_t all = (uint32_t)cube->image.n_members, reporter = a->cell->reporter;
    int64_t value;
    if (cube->dataset.basis == BASIS_RECONCILED)
        return value_at(cube, a->segment, RUN_KEY(all, FLOW_EXPORTS, all), &a->place, &value);
    return value_at(cube, a->segment, key_of(cube, reporter, ANY_MEMBER, a->cell->flow), &a->place, &value) ||
           value_at(cube, a->segment, key_of(cube, reporter, cube_world(cube), a->cell->flow), &a->place, &value);
}

/* National codes, of chapters 98 and 99, are in no revision and may be in any return; so may others, where the return has them. */
static bool of_other_revision(const struct asking *a)
{
    const struct str code = a->place.code;
    bool national = code.n && code.p[0] == '9' && code.p[1] >= '8';
    return !national && !correlation_has(&a->cube->tables, a->own->revision, code) && !is_in_use(a);
}

/* Whether a member occurs in the dataset at all. */
static bool occurs(const struct cube *cube, uint32_t country)
{
    for (size_t i = 0; i < cube->n_members; i++)
        if (cube->member[i] == country)
            return true;
    return false;
}

/* Whether the country did not exist on any day of the period. */
static bool out_of_existence(const struct cube *cube, uint32_t country, uint32_t period)
{
    const struct country *c = countries_at(cube->countries, country);
    uint32_t first = period_first_month(period), last = first + period_months(period_kind_of(period)) - 1;
    return (c->valid_from.n && engine_month_order(c->valid_from, last) > 0) ||
           (c->valid_to.n && engine_month_order(c->valid_to, first) < 0);
}

/* Whether the area stands in the period, as reporter or partner: then it existed, whatever the table says of its code. */
static bool occurs_then(const struct asking *a, uint32_t country)
{
    const struct image *image = &a->cube->image;
    const struct image_segment *s = &image->segment[a->segment];
    const uint16_t local = engine_local(a->cube, country);
    uint32_t first, n = 0;
    for (unsigned flow = FLOW_EXPORTS; local != NO_LOCAL && n == 0 && flow <= FLOW_IMPORTS; flow++)
        n = segment_row(image, s, local, flow, &first) + segment_column(image, s, local, flow, &first);
    return n > 0;
}

static bool outside_set(const struct asking *a)
{
    uint32_t partner = a->cell->partner;
    if (partner == ANY_MEMBER || !countries_countable(a->cube->countries, partner))
        return false;
    bool closed = a->own->partners == CUBE_CLOSED;
    return (closed && !occurs(a->cube, partner)) ||
           (out_of_existence(a->cube, partner, a->cube->period[a->segment]) && !occurs_then(a, partner));
}

/* The world's row at the place against the sum of all partners there. */
struct gap {
    bool row, known; /* the return has a world row; what it has at the place is known */
    int64_t gap_usd; /* world − Σ partners */
    bool none;       /* it is rounding */
};

/* Whether so many partners have something at the place, each of which may be rounded. */
static bool has_partners(const struct asking *a, uint32_t row, int64_t wanted)
{
    const struct cube *cube = a->cube;
    const struct image_segment *s = &cube->image.segment[a->segment];
    uint32_t first = 0, n = segment_row(&cube->image, s, RUN_REPORTER(row), RUN_FLOW(row), &first);
    int64_t count = 0, value;
    for (uint32_t i = first; count < wanted && i < first + n; i++) {
        uint32_t partner = RUN_PARTNER(s->run[i].key);
        bool single = partner < cube->image.n_members && cube->country[partner] != countries_world(cube->countries);
        count += single && value_at(cube, a->segment, s->run[i].key, &a->place, &value);
    }
    return count >= wanted;
}

static bool is_rounding_of(int64_t gap_usd, int64_t parts, int64_t unit_usd)
{
    int64_t most;
    return !__builtin_mul_overflow(parts, unit_usd, &most) && gap_usd <= most && gap_usd >= -most;
}

static struct gap gap_at(const struct asking *a)
{
    const struct cube *cube = a->cube;
    const uint32_t world = countries_world(cube->countries);
    struct cube_cell cell = {a->cell->reporter, world, a->cell->flow, a->cell->product};
    struct asking of_world = *a;
    struct cube_unknown missing;
    struct gap gap = {.row = false};
    int64_t world_usd = 0, sum_usd = 0;
    of_world.cell = &cell;
    of_world.there = false;
    of_world.key = key_of(cube, cell.reporter, world, cell.flow);
    if (a->place.level == LEVEL_TOTAL && (a->own->flags & RETURN_CLOSE) &&
        RETURN_LEVEL(level_with(cube, a->own, RUN_PARTNER(of_world.key))))
        return (struct gap){.row = true, .known = true, .none = true};
    gap.row = cube->dataset.basis == BASIS_REPORTED && run_of(cube, a->segment, of_world.key);
    if (!gap.row || a->place.level == LEVEL_SECTION || !whole_in(&of_world, &missing))
        return gap;
    if (!value_at(cube, a->segment, of_world.key, &a->place, &world_usd))
        world_usd = 0;
    if (!value_at(cube, a->segment, key_of(cube, cell.reporter, ANY_MEMBER, cell.flow), &a->place, &sum_usd))
        sum_usd = 0;
    const int64_t unit_usd = cube->image.returns.head->unit_usd;
    gap.known = true;
    gap.gap_usd = world_usd - sum_usd; /* both are sums of values that fit, and not negative */
    const int64_t apart = gap.gap_usd < 0 ? -gap.gap_usd : gap.gap_usd,
                  parts = apart / unit_usd + (apart % unit_usd != 0);
    gap.none = parts <= 1 || (parts <= (int64_t)cube->image.n_members && has_partners(a, of_world.key, parts));
    return gap;
}

/* Whether the return tells its products down to the place, for partners that are no exceptions. */
static bool tells_place(const struct asking *a, uint8_t level)
{
    return RETURN_LEVEL(level) > (unsigned)a->place.level;
}

static bool published_at(const struct cube *cube, uint32_t segment, uint32_t key, uint32_t node)
{
    const struct file_rest *rest = NULL;
    uint32_t n = node == UINT32_MAX ? 0 : image_rests(&cube->image, segment, key, &rest);
    for (uint32_t i = 0; i < n; i++)
        if (rest[i].node == node)
            return true;
    return false;
}

/* Whether this very product stands in the return, with any partner or with the world: a leaf, or an aggregate other than the total. In
 * reconciled data a leaf between any two areas. */
static bool occurs_in_return(const struct asking *a)
{
    const struct cube *cube = a->cube;
    const struct image_segment *s = &cube->image.segment[a->segment];
    const uint32_t all = (uint32_t)cube->image.n_members;
    bool reconciled = cube->dataset.basis == BASIS_RECONCILED, found = false;
    uint32_t row =
        reconciled ? RUN_KEY(all, FLOW_EXPORTS, all) : key_of(cube, a->cell->reporter, ANY_MEMBER, a->cell->flow);
    uint32_t first = 0, n = segment_row(&cube->image, s, RUN_REPORTER(row), RUN_FLOW(row), &first);
    bool leaf = a->place.level == cube->dataset.level && a->place.level != LEVEL_TOTAL;
    int64_t value;
    for (uint32_t i = first; !found && i < first + n && a->place.level != LEVEL_TOTAL; i++)
        found = leaf ? value_at(cube, a->segment, s->run[i].key, &a->place, &value)
                     : published_at(cube, a->segment, s->run[i].key, a->place.node);
    return found;
}

static struct cube_unknown partner_absent(const struct asking *a)
{
    bool all = a->own->partners == CUBE_ALL || a->own->partners == CUBE_CLOSED;
    struct asking of_all = *a;
    if (a->place.level == LEVEL_SECTION) /* nobody publishes sections: of all products together */
        of_all.place = place_of(a->cube, STR("TOTAL"));
    struct gap gap = gap_at(&of_all);
    if (!all)
        return gap.known ? at_most(CUBE_NOT_LISTED, gap.gap_usd) : because(CUBE_NOT_LISTED);
    if (gap.known)
        return gap.none ? because(CUBE_ZERO) : at_most(CUBE_NOT_LISTED, gap.gap_usd);
    bool covered = tells_place(a, a->own->level) || occurs_in_return(a);
    return because(!gap.row && covered ? CUBE_ZERO : CUBE_SELECTED);
}

/* The nearest published aggregate above the place: false where there is none. */
static bool rest_above(const struct asking *a, struct file_rest *out)
{
    const struct file_rest *rest = NULL;
    uint32_t n = image_rests(&a->cube->image, a->segment, a->key, &rest), number;
    bool found = false;
    enum level level = a->place.level == LEVEL_SECTION ? LEVEL_TOTAL : a->place.level;
    bool numbered = product_number(a->place.code, level, &number);
    for (uint32_t i = 0; i < n; i++) { /* coarser nodes come first */
        bool above =
            NODE_LEVEL(rest[i].node) < a->place.level &&
            (NODE_LEVEL(rest[i].node) == LEVEL_TOTAL || (numbered && lies_in(NODE(level, number), rest[i].node)));
        if (above)
            *out = rest[i];
        found = found || above;
    }
    return found;
}

/* Within the unit of the source's last digit for each part: an aggregate without parts is never their sum. */
static bool is_rounding(const struct cube *cube, const struct file_rest *rest)
{
    return rest->parts && is_rounding_of(rest->value_usd, rest->parts, cube->image.returns.head->unit_usd);
}

/* Full products, and what all partners have of the product is not what the world has: one of them lacks it. Where it is stated that some
 * partners are listed, others have the difference. */
static struct cube_unknown full_absent(const struct asking *a, const struct gap *gap)
{
    bool others = a->own->rule == CUBE_STATED && a->own->partners == CUBE_LISTED && (a->own->flags & RETURN_STATED);
    bool lacks = gap->known && !gap->none && !others;
    return lacks ? at_most(CUBE_SELECTED, gap->gap_usd) : because(CUBE_ZERO);
}

/* The partner is there. Its nearest aggregate above the product bounds it, or else what the world has of it beside all partners. */
static struct cube_unknown product_absent(const struct asking *a)
{
    struct file_rest rest;
    bool full = tells_place(a, level_with(a->cube, a->own, RUN_PARTNER(a->key)));
    bool above = RUN_PARTNER(a->key) < a->cube->image.n_members && rest_above(a, &rest);
    bool summed = a->cell->partner == ANY_MEMBER || is_kind(a->cube, a->cell->partner, MEMBER_WORLD);
    if ((above && is_rounding(a->cube, &rest)) || (full && (above || (a->own->flags & RETURN_OWN))))
        return because(CUBE_ZERO);
    struct gap gap = summed || above ? (struct gap){.known = false} : gap_at(a);
    if (full)
        return full_absent(a, &gap);
    if (above)
        return at_most(CUBE_SELECTED, rest.value_usd);
    bool whole = a->own->partners == CUBE_ALL || a->own->partners == CUBE_CLOSED;
    return gap.known && whole ? at_most(CUBE_SELECTED, gap.gap_usd) : because(CUBE_SELECTED);
}

static struct cube_unknown world_absent(const struct asking *a)
{
    bool sum = a->own->partners == CUBE_ALL || a->own->partners == CUBE_CLOSED;
    return because(sum ? CUBE_SUM_OF_PARTNERS : CUBE_NO_WORLD);
}

/* Reconciled data: both areas occur in the period and the set is whole, or nothing is known. */
static struct cube_unknown reconciled_absent(const struct asking *a, bool there)
{
    if (there)
        return because(tells_place(a, a->own->level) ? CUBE_ZERO : CUBE_SELECTED);
    bool whole = a->own->partners == CUBE_ALL || a->own->partners == CUBE_CLOSED;
    if (a->cell->partner != ANY_MEMBER && !return_in(a->cube, a->segment, a->cell->partner, a->cell->flow))
        return because(CUBE_NOT_REPORTED);
    if (!whole)
        return because(CUBE_NOT_LISTED);
    return tells_place(a, a->own->level) || occurs_in_return(a) ? because(CUBE_ZERO) : because(CUBE_SELECTED);
}

/* Whether a member of a group has figures of what the group's own rows lack: then these are not all that the group has. */
static bool member_has(const struct asking *a)
{
    const struct group_member *member;
    size_t n = countries_group(a->cube->countries, a->cell->partner, &member);
    bool found = false;
    int64_t value;
    for (size_t i = 0; !found && i < n; i++)
        found = engine_in_group(&member[i], a->cube->period[a->segment]) &&
                value_at(a->cube, a->segment, key_of(a->cube, a->cell->reporter, member[i].id, a->cell->flow),
                         &a->place, &value);
    return found;
}

/* In the order of DESIGN 9.3. */
static struct cube_unknown absent_in(const struct asking *a)
{
    const struct cube *cube = a->cube;
    bool there = run_of(cube, a->segment, a->key) != NULL;
    if (!a->own)
        return because(CUBE_NOT_REPORTED);
    if (of_other_revision(a))
        return because(CUBE_OTHER_REVISION);
    if (!there && outside_set(a))
        return because(CUBE_OUTSIDE_SET);
    if (!there && is_kind(cube, a->cell->partner, MEMBER_WORLD))
        return world_absent(a);
    if (is_kind(cube, a->cell->partner, MEMBER_GROUP) && (!there || member_has(a)))
        return because(CUBE_NO_GROUP);
    if (cube->dataset.basis == BASIS_RECONCILED)
        return reconciled_absent(a, there);
    return there ? product_absent(a) : partner_absent(a);
}

static struct asking ask_in(const struct cube *cube, const struct cube_cell *cell)
{
    return (struct asking){.cube = cube,
                           .cell = cell,
                           .place = place_of(cube, cell->product),
                           .key = key_of(cube, cell->reporter, cell->partner, cell->flow)};
}

/* ---- absence, over the periods that one is made of ---- */

static void add_up(struct cube_unknown *sum, const struct cube_unknown *one, bool first)
{
    bool known = one->why == CUBE_ZERO || one->bounded;
    sum->bounded = (first || sum->bounded) && known;
    if (sum->why == CUBE_ZERO)
        sum->why = one->why;
    if (__builtin_add_overflow(sum->bound_usd, one->bound_usd, &sum->bound_usd))
        sum->bounded = false;
}

static struct cube_unknown absent_over(struct asking *a, uint32_t period)
{
    struct cube_unknown sum = {.why = CUBE_ZERO};
    size_t from, to;
    engine_segments(a->cube, period, &from, &to);
    for (size_t i = from; i < to; i++) {
        a->segment = (uint32_t)i;
        a->own = return_in(a->cube, a->segment, a->cell->reporter, a->cell->flow);
        if (!a->own)
            continue;
        struct cube_unknown one = absent_in(a);
        add_up(&sum, &one, sum.reported == 0);
        sum.reported++;
    }
    if (sum.reported == 0)
        return because(CUBE_NOT_REPORTED);
    sum.bounded = sum.bounded && sum.why != CUBE_ZERO && sum.reported == cube_expected(a->cube, period);
    sum.bound_usd = sum.bounded ? sum.bound_usd : 0;
    return sum;
}

void cube_absences(const struct cube *cube, const struct cube_cell *cell, const uint32_t *period, size_t n,
                   struct cube_unknown *out)
{
    struct asking a = ask_in(cube, cell);
    for (size_t i = 0; i < n; i++)
        out[i] = absent_over(&a, period[i]);
}

struct cube_unknown cube_absence(const struct cube *cube, const struct cube_cell *cell, uint32_t period)
{
    struct cube_unknown out;
    cube_absences(cube, cell, &period, 1, &out);
    return out;
}

/* ---- wholes and parts ---- */

/* Whether the run has each code that the return's revision has below the place. */
static bool has_every_code(const struct asking *a)
{
    const struct cube *cube = a->cube;
    const struct image_segment *s = &cube->image.segment[a->segment];
    const struct file_run *run = run_of(cube, a->segment, a->key);
    const struct str *leaf = cube->level[cube->dataset.level].code;
    size_t wanted = correlation_count_below(&cube->tables, a->own->revision, a->place.code, cube->dataset.level);
    struct run_view view;
    uint32_t row;
    if (wanted == 0 || !run || !run_view(run, s->rows, s->rows_bytes, s->n_leaves, &view))
        return false;
    uint32_t from, to;
    place_leaves(cube, s, &a->place, &from, &to);
    for (uint32_t i = from; i < to; i++)
        wanted -=
            wanted && run_find(&view, i, &row) && correlation_has(&cube->tables, a->own->revision, leaf[s->leaf[i]]);
    return wanted == 0;
}

/* Whether what stands at the place is all of it; *missing is why it is not. */
static bool whole_in(const struct asking *a, struct cube_unknown *missing)
{
    struct file_rest rest;
    int64_t value;
    uint32_t partner = engine_turned(a->cube, a->cell->flow) ? RUN_REPORTER(a->key) : RUN_PARTNER(a->key);
    *missing = because(CUBE_ZERO);
    if (!a->own || !(a->there || value_at(a->cube, a->segment, a->key, &a->place, &value))) {
        *missing = absent_in(a);
        return missing->why == CUBE_ZERO;
    }
    if (a->place.level >= a->cube->dataset.level || tells_place(a, level_with(a->cube, a->own, partner)) ||
        published_at(a->cube, a->segment, a->key, a->place.node))
        return true;
    bool above = partner < a->cube->image.n_members && rest_above(a, &rest);
    if (above ? is_rounding(a->cube, &rest) : has_every_code(a))
        return true;
    *missing = above ? at_most(CUBE_SELECTED, rest.value_usd) : because(CUBE_SELECTED);
    return false;
}

bool cube_whole(const struct cube *cube, const struct cube_cell *cell, uint32_t period, struct cube_unknown *out)
{
    struct asking a = ask_in(cube, cell);
    size_t from, to;
    unsigned parts = 0;
    *out = (struct cube_unknown){.why = CUBE_ZERO};
    engine_segments(cube, period, &from, &to);
    for (size_t i = from; i < to; i++) {
        struct cube_unknown missing = {.why = CUBE_ZERO};
        a.segment = (uint32_t)i;
        a.own = return_in(cube, a.segment, cell->reporter, cell->flow);
        out->reported += a.own != NULL;
        if (whole_in(&a, &missing))
            continue;
        add_up(out, &missing, parts++ == 0);
    }
    if (parts == 0 && out->reported < cube_expected(cube, period)) {
        out->why = CUBE_NOT_REPORTED;
        return false;
    }
    return parts == 0;
}

/* ---- what is known of a cell ---- */

/* The bits of an own period's months inside a period: all of it where the two are of one kind. */
static unsigned months_of(const struct cube *cube, uint32_t own, uint32_t period)
{
    unsigned length = period_months(cube->dataset.frequency);
    unsigned first = (unsigned)(period_first_month(own) - period_first_month(period));
    return ((1U << length) - 1U) << first;
}

static bool lists_all(const struct file_return *r) { return r->partners == CUBE_ALL || r->partners == CUBE_CLOSED; }

/* Whether a group has a member with figures there. */
static bool has_member(const struct cube *cube, uint32_t segment, uint32_t reporter, uint32_t group, enum flow flow)
{
    const struct group_member *member;
    size_t n = countries_group(cube->countries, group, &member);
    bool found = false;
    for (size_t i = 0; !found && i < n; i++)
        found = engine_in_group(&member[i], cube->period[segment]) &&
                run_of(cube, segment, key_of(cube, reporter, member[i].id, flow));
    return found;
}

unsigned cube_months(const struct cube *cube, uint32_t reporter, uint32_t partner, enum flow flow, uint32_t period)
{
    const uint32_t key = key_of(cube, reporter, partner, flow);
    size_t from, to;
    unsigned months = 0;
    engine_segments(cube, period, &from, &to);
    for (size_t i = from; i < to; i++) {
        const struct file_return *r = return_in(cube, (uint32_t)i, reporter, flow);
        bool told = r && (partner == ANY_MEMBER || lists_all(r) || run_of(cube, (uint32_t)i, key) ||
                          has_member(cube, (uint32_t)i, reporter, partner, flow));
        if (told && cube->dataset.basis == BASIS_RECONCILED && partner != ANY_MEMBER &&
            !is_kind(cube, partner, MEMBER_WORLD))
            told = return_in(cube, (uint32_t)i, partner, flow) != NULL;
        months |= told ? months_of(cube, cube->period[i], period) : 0;
    }
    return months;
}

/* Whether all partners together have all of the product where the return is of chosen ones: a partner that is there may lack it. */
static bool sum_is_whole(const struct asking *a, struct cube_unknown *missing)
{
    const struct image_segment *s = &a->cube->image.segment[a->segment];
    uint32_t first, n = segment_row(&a->cube->image, s, RUN_REPORTER(a->key), RUN_FLOW(a->key), &first);
    for (uint32_t i = 0; i < n; i++) {
        const uint32_t local = RUN_PARTNER(s->run[first + i].key),
                       partner = local < a->cube->image.n_members ? a->cube->country[local] : NO_ID;
        struct asking one = *a;
        struct cube_cell cell = *a->cell;
        int64_t value;
        cell.partner = partner;
        one.cell = &cell;
        one.key = s->run[first + i].key;
        if (partner == NO_ID || !countries_countable(a->cube->countries, partner) ||
            value_at(a->cube, a->segment, one.key, &a->place, &value))
            continue;
        *missing = absent_in(&one);
        if (missing->why != CUBE_ZERO)
            return false;
    }
    return true;
}

/* Of all partners together: the roll-up says nothing of each. */
static bool is_vague_sum(const struct asking *a)
{
    return a->cell->partner == ANY_MEMBER && a->cube->dataset.basis == BASIS_REPORTED && !tells_place(a, a->own->least);
}

/* A group that has no row of its own is what is known of its members. What of them is known, and whether all of each is. */
struct members_known {
    size_t n, whole, of;
};

static struct members_known know_members(const struct asking *a)
{
    const struct group_member *member;
    struct members_known known = {.n = 0};
    size_t n = countries_group(a->cube->countries, a->cell->partner, &member);
    for (size_t i = 0; i < n; i++) {
        struct cube_cell cell = *a->cell;
        struct asking one = *a;
        struct cube_unknown missing = {.why = CUBE_ZERO};
        int64_t value;
        cell.partner = member[i].id;
        one.cell = &cell;
        one.key = key_of(a->cube, cell.reporter, cell.partner, cell.flow);
        if (cell.partner == cell.reporter || !engine_in_group(&member[i], a->cube->period[a->segment]))
            continue;
        bool there = value_at(a->cube, a->segment, one.key, &a->place, &value), whole = whole_in(&one, &missing);
        known.of++;
        known.n += there || whole;
        known.whole += whole || (!there && missing.why == CUBE_OUTSIDE_SET);
    }
    return known;
}

static bool is_group_of_members(const struct asking *a)
{
    return is_kind(a->cube, a->cell->partner, MEMBER_GROUP) && !run_of(a->cube, a->segment, a->key);
}

static void know_group_in(const struct asking *a, unsigned months, struct cube_knowledge *out)
{
    const struct members_known known = know_members(a);
    if (known.n == 0) {
        out->why = out->why == CUBE_ZERO ? CUBE_NO_GROUP : out->why;
        return;
    }
    out->months |= months;
    out->members = out->members || known.whole < known.of;
}

/* Whether a sum that has no aggregate of its own may lack products that the world's row has. */
static bool may_lack(const struct asking *a)
{
    const uint32_t partner = RUN_PARTNER(a->key);
    struct file_rest rest;
    if (partner >= a->cube->image.n_members || a->cell->partner == cube_world(a->cube) ||
        a->place.level >= a->cube->dataset.level ||
        (a->own->partners == CUBE_LISTED && (a->own->flags & RETURN_STATED)) || !(a->own->flags & RETURN_WORLD) ||
        published_at(a->cube, a->segment, a->key, a->place.node) || rest_above(a, &rest))
        return false;
    const struct gap gap = gap_at(a);
    return gap.known && !gap.none;
}

/* One own period of it. */
static void know_in(const struct asking *a, uint32_t period, enum cube_seen seen, struct cube_knowledge *out)
{
    const unsigned months = months_of(a->cube, a->cube->period[a->segment], period);
    struct cube_unknown missing = {.why = CUBE_ZERO};
    int64_t value;
    if (is_group_of_members(a)) {
        know_group_in(a, months, out);
        return;
    }
    const bool there = a->there || (seen != CUBE_ABSENT && value_at(a->cube, a->segment, a->key, &a->place, &value));
    if (there && is_vague_sum(a) ? sum_is_whole(a, &missing) && whole_in(a, &missing)
                                 : there && (a->place.level >= a->cube->dataset.level || whole_in(a, &missing))) {
        out->months |= months;
        out->differs = out->differs || may_lack(a);
        return;
    }
    if (!there)
        missing = absent_in(a);
    if (there || missing.why == CUBE_ZERO)
        out->months |= months;
    out->part = out->part || there;
    if (missing.why == CUBE_ZERO)
        return;
    out->why = out->why == CUBE_ZERO ? missing.why : out->why;
    out->bounded = missing.bounded;
    out->bound_usd += missing.bounded ? missing.bound_usd : 0;
}

struct cube_knowledge cube_know(const struct cube *cube, const struct cube_cell *cell, uint32_t period,
                                enum cube_seen seen)
{
    struct cube_knowledge out = {.why = CUBE_ZERO};
    struct asking a = {.cube = cube, .cell = cell};
    size_t from, to;
    engine_segments(cube, period, &from, &to);
    if (from < to)
        a = ask_in(cube, cell);
    for (size_t i = from; i < to; i++) {
        a.segment = (uint32_t)i;
        a.own = return_in(cube, a.segment, cell->reporter, cell->flow);
        a.there = seen == CUBE_PRESENT && to == from + 1;
        if (a.own)
            know_in(&a, period, seen, &out);
    }
    if (out.months == 0 && out.why == CUBE_ZERO)
        out.why = CUBE_NOT_REPORTED;
    out.bounded = out.bounded && cube_expected(cube, period) == 1;
    return out;
}

/* Codes of the place that stand in the cell's run. */
static unsigned codes_in(const struct asking *a)
{
    const struct cube *cube = a->cube;
    const struct image_segment *s = &cube->image.segment[a->segment];
    const struct str *leaf = cube->level[cube->dataset.level].code;
    const struct file_run *run = run_of(cube, a->segment, a->key);
    struct run_view view;
    uint32_t row;
    unsigned held = 0;
    if (!run || !run_view(run, s->rows, s->rows_bytes, s->n_leaves, &view))
        return 0;
    uint32_t from, to;
    place_leaves(cube, s, &a->place, &from, &to);
    for (uint32_t i = from; i < to; i++)
        held += run_find(&view, i, &row) && correlation_has(&cube->tables, a->own->revision, leaf[s->leaf[i]]);
    return held;
}

bool cube_codes_of(const struct cube *cube, const struct cube_cell *cell, uint32_t period, struct cube_codes *out)
{
    struct asking a = ask_in(cube, cell);
    size_t from, to;
    *out = (struct cube_codes){.held = UINT32_MAX};
    engine_segments(cube, period, &from, &to);
    for (size_t i = from; i < to && a.place.level < cube->dataset.level; i++) {
        a.segment = (uint32_t)i;
        a.own = return_in(cube, a.segment, cell->reporter, cell->flow);
        if (!a.own)
            continue;
        unsigned held = codes_in(&a);
        out->held = held < out->held ? held : out->held;
        out->total = (unsigned)correlation_count_below(
            &cube->tables, a.own->revision, a.place.level == LEVEL_TOTAL ? STR("") : a.place.code, cube->dataset.level);
    }
    return out->total > 0 && out->held != UINT32_MAX;
}

int64_t cube_unit_usd(const struct cube *cube)
{
    return cube->image.returns.head ? cube->image.returns.head->unit_usd : 1;
}

uint32_t cube_world(const struct cube *cube) { return countries_world(cube->countries); }

bool cube_specified(const struct cube *cube, uint32_t country)
{
    const struct country *c = countries_at(cube->countries, country);
    return c->kind != MEMBER_AREA_NES || str_is(c->id, "X490"); /* Other Asia stands for Taiwan */
}
