/* How much of what is wanted the returns of a dataset know: nothing, a bound, a part, the whole. */
#include "cube/catalogue/grade.h"

#include "entrepot/cube/known.h"

static struct grading graded(enum grade grade, unsigned lacks)
{
    return (struct grading){grade, grade == GRADE_WHOLE ? 0 : lacks};
}

/* Of all that is wanted: as much as the least of it; some, where one thing is there and another is not. */
static struct grading both(struct grading a, struct grading b)
{
    struct grading low = a.grade < b.grade ? a : b, high = a.grade < b.grade ? b : a;
    low.lacks |= high.lacks;
    if (low.grade < GRADE_SOME && high.grade >= GRADE_SOME)
        low.grade = GRADE_SOME;
    return low;
}

static struct grading at_most(struct grading a, enum grade most, unsigned lacks)
{
    return (struct grading){a.grade < most ? a.grade : most, a.lacks | lacks};
}

/* ---- one cell ---- */

/* Of no reporter in particular: what anybody records. */
static struct grading by_records(unsigned held, unsigned expected)
{
    return graded(held == 0         ? GRADE_NONE
                  : held < expected ? GRADE_PART
                                    : GRADE_WHOLE,
                  held ? LACK_MONTHS : LACK_RETURNS);
}

static const unsigned lack_of[CUBE_ABSENCES] = {
    [CUBE_NOT_REPORTED] = LACK_RETURNS, [CUBE_OTHER_REVISION] = LACK_REVISION, [CUBE_OUTSIDE_SET] = LACK_PARTNERS,
    [CUBE_NO_WORLD] = LACK_PARTNERS,    [CUBE_NOT_LISTED] = LACK_PARTNERS,     [CUBE_SELECTED] = LACK_PRODUCTS,
};

/* Whether it is known that the figure is at most so much. What others have beside some partners that are listed says nothing of a partner who
 * is none of them. */
static bool is_bounded(const struct cube *cube, const struct cube_cell *cell, const struct cube_unknown *why,
                       uint32_t period)
{
    struct cube_return r;
    if (!why->bounded || why->why != CUBE_NOT_LISTED)
        return why->bounded;
    return cube_return_of(cube, cell->reporter, cell->partner, cell->flow, period, &r) &&
           (r.partners == CUBE_ALL || r.partners == CUBE_CLOSED);
}

/* What is there of a cell that is not whole. A total of chosen products is no total. */
static struct grading part_of(const struct cube *cube, const struct want *want, const struct cube_cell *cell,
                              const struct cube_unknown *why, uint32_t period)
{
    unsigned held = cube_held(cube, cell->reporter, cell->partner, cell->flow, period);
    unsigned expected = cube_expected(cube, period);
    bool total = str_is(cell->product, "TOTAL");
    bool told = held && (total ? want->level != LEVEL_TOTAL || want->n_products || why->why != CUBE_SELECTED
                               : cube_has_product(cube, cell->product));
    bool zeros = why->why == CUBE_NOT_REPORTED && why->reported &&
                 why->reported < expected; /* in the months that are reported */
    unsigned lacks = lack_of[why->why] | (why->reported && why->reported < expected ? LACK_MONTHS : 0);
    if (told)
        return graded(held < expected ? GRADE_PART : GRADE_MONTHS, lacks);
    return graded(zeros ? GRADE_PART : is_bounded(cube, cell, why, period) ? GRADE_BOUND : GRADE_NONE, lacks);
}

static struct grading grade_named(const struct cube *cube, const struct want *want, struct cube_cell cell,
                                  uint32_t period)
{
    struct cube_unknown why;
    if (cube_whole(cube, &cell, period, &why))
        return graded(GRADE_WHOLE, 0);
    if (why.why != CUBE_SUM_OF_PARTNERS && why.why != CUBE_NO_GROUP)
        return part_of(cube, want, &cell, &why, period);
    cell.partner = ANY_MEMBER;
    return cube_whole(cube, &cell, period, &why) ? graded(GRADE_WHOLE, 0) : part_of(cube, want, &cell, &why, period);
}

/* All partners together may be in the data as the world's row alone. */
static struct grading grade_cell(const struct cube *cube, const struct want *want, struct cube_cell cell,
                                 uint32_t period)
{
    if (cell.reporter == ANY_MEMBER)
        return by_records(cube_held(cube, ANY_MEMBER, cell.partner, cell.flow, period), cube_expected(cube, period));
    if (cell.reporter == cell.partner)
        return graded(GRADE_NONE, LACK_PARTNERS);
    struct grading summed = grade_named(cube, want, cell, period);
    if (cell.partner != ANY_MEMBER || summed.grade == GRADE_WHOLE || want->partner_need == PARTNERS_EACH)
        return summed;
    cell.partner = cube_world(cube);
    struct grading row = grade_named(cube, want, cell, period);
    return row.grade > summed.grade ? row : summed;
}

/* ---- products ---- */

static bool has_all(enum level own, enum level wanted) { return own >= wanted; }

/* By the prefixes of the dataset's own revision: those of another would find other goods, or none. What lacks some of them knows a part. */
static struct grading grade_sector(const struct cube *cube, const struct want *want, const struct sector *sector,
                                   struct cube_cell cell, uint32_t period)
{
    const struct sector_prefixes *prefixes = sector_for(sector, cube_dataset(cube)->hs);
    struct grading all = {GRADE_NONE, LACK_REVISION};
    for (size_t i = 0; prefixes && i < prefixes->n; i++) {
        enum level level;
        cell.product = prefixes->prefix[i];
        bool fine = product_level(cell.product, &level) && has_all(cube_dataset(cube)->level, level);
        struct grading one = fine ? grade_cell(cube, want, cell, period) : graded(GRADE_NONE, LACK_DETAIL);
        all = i ? both(all, one) : one;
    }
    return all;
}

static struct grading grade_product(const struct cube *cube, const struct sectors *sectors, const struct want *want,
                                    size_t at, struct cube_cell cell, uint32_t period)
{
    const struct sector *sector = sectors_find(sectors, want->product[at]);
    enum level level;
    if (sector)
        return grade_sector(cube, want, sector, cell, period);
    cell.product = want->product[at];
    if (!product_level(cell.product, &level) ||
        !has_all(cube_dataset(cube)->level, level == LEVEL_SECTION ? LEVEL_HS2 : level))
        return graded(GRADE_NONE, LACK_DETAIL);
    return grade_cell(cube, want, cell, period);
}

/* All products that are named: what lacks some of them knows a part. */
static struct grading grade_products(const struct cube *cube, const struct sectors *sectors, const struct want *want,
                                     struct cube_cell cell, uint32_t period)
{
    struct grading all = {GRADE_WHOLE, 0};
    if (want->n_products == 0)
        return grade_cell(cube, want, cell, period);
    for (size_t i = 0; i < want->n_products; i++) {
        struct grading one = grade_product(cube, sectors, want, i, cell, period);
        all = i ? both(all, one) : one;
    }
    return all;
}

/* ---- what the returns tell ---- */

/* Whether the products that are named are told at the level that they are to be broken down to. */
static bool named_finely(const struct want *want, enum level level)
{
    enum level own;
    bool fine = want->n_products > 0;
    for (size_t i = 0; i < want->n_products; i++)
        fine = fine && product_level(want->product[i], &own) && own >= level;
    return fine;
}

/* In every own period with a return: its products down to what is wanted, and its partners. */
static struct grading grade_return(const struct cube *cube, const struct want *want, const struct cube_cell *cell,
                                   uint32_t period)
{
    bool every = want->all_partners || want->likes_all_partners ||
                 (want->partner_need == PARTNERS_EACH && cell->partner == ANY_MEMBER);
    enum level needed = want->level == LEVEL_SECTOR || want->level == LEVEL_SECTION ? LEVEL_HS2 : want->level;
    bool detailed = want->level != LEVEL_TOTAL && !named_finely(want, needed);
    enum period_kind own = cube_dataset(cube)->frequency;
    uint32_t month = period_first_month(period);
    struct grading all = {GRADE_WHOLE, 0};
    for (unsigned m = 0; (every || detailed) && m < period_months(period_kind_of(period)); m += period_months(own)) {
        struct cube_return r;
        if (!cube_return_of(cube, cell->reporter, cell->partner, cell->flow, period_of_month(month + m, own), &r))
            continue;
        if (want->partner_need == PARTNERS_EACH && r.partners == CUBE_WORLD)
            all = at_most(all, GRADE_NONE, LACK_PARTNERS); /* there is nobody to break down */
        else if (every && r.partners != CUBE_ALL && r.partners != CUBE_CLOSED)
            all = at_most(all, want->all_partners ? GRADE_NONE : GRADE_LISTED, LACK_PARTNERS);
        if (detailed && !(r.any && r.level >= needed))
            all = at_most(all, GRADE_MONTHS, LACK_PRODUCTS);
    }
    return all;
}

static struct grading grade_flow(const struct cube *cube, const struct sectors *sectors, const struct want *want,
                                 struct cube_cell cell, uint32_t period)
{
    static const unsigned lack[] = {[FLOW_EXPORTS] = LACK_EXPORTS, [FLOW_IMPORTS] = LACK_IMPORTS};
    struct grading cells = grade_products(cube, sectors, want, cell, period);
    if (cells.grade != GRADE_NONE && cell.reporter != ANY_MEMBER) {
        struct grading told = grade_return(cube, want, &cell, period);
        cells = at_most(cells, told.grade, told.lacks);
    }
    cells.lacks |= cells.grade < GRADE_SOME ? lack[cell.flow] : 0;
    return cells;
}

/* Both flows, or the one that is wanted, or that of which more is known. */
static struct grading grade_pair(const struct cube *cube, const struct sectors *sectors, const struct want *want,
                                 uint32_t reporter, uint32_t partner, uint32_t period)
{
    struct grading of[2] = {{GRADE_NONE, 0}, {GRADE_NONE, 0}};
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++)
        if (!want->flows || want->flows & 1U << f)
            of[f] = grade_flow(cube, sectors, want, (struct cube_cell){reporter, partner, f, STR("TOTAL")}, period);
    if (want->flows == WANT_BOTH)
        return both(of[FLOW_EXPORTS], of[FLOW_IMPORTS]);
    return of[FLOW_EXPORTS].grade >= of[FLOW_IMPORTS].grade ? of[FLOW_EXPORTS] : of[FLOW_IMPORTS];
}

static struct grading grade_pairs(const struct cube *cube, const struct sectors *sectors, const struct want *want,
                                  struct cube_set reporters, struct cube_set partners, uint32_t period)
{
    struct grading all = {GRADE_WHOLE, 0};
    for (size_t i = 0; i < reporters.n; i++)
        for (size_t k = 0; k < partners.n; k++) {
            struct grading one = grade_pair(cube, sectors, want, reporters.member[i], partners.member[k], period);
            all = i + k ? both(all, one) : one;
        }
    return all;
}

/* Whether the period has what is wanted beside the reporter's own books. */
static bool tells_rest(const struct cube *cube, const struct want *want, uint32_t period)
{
    bool told = true;
    for (enum flow f = FLOW_EXPORTS; told && f <= FLOW_IMPORTS; f++)
        told = !(want->world & 1U << f) || cube_tells_world(cube, f, period);
    for (size_t i = 0; told && i < want->books.n; i++)
        told = cube_reported(cube, want->books.member[i], FLOW_EXPORTS, period) ||
               cube_reported(cube, want->books.member[i], FLOW_IMPORTS, period);
    return told;
}

/* Of many pairs each reporter with anybody and each partner with anybody: between two that are recorded an absent pair is a zero. */
struct grading grade_period(const struct cube *cube, const struct sectors *sectors, const struct want *want,
                            uint32_t period)
{
    static const uint32_t any = ANY_MEMBER;
    const struct cube_set anybody = {&any, 1};
    struct cube_set r = want->reporters, p = want->partners;
    if (!tells_rest(cube, want, period))
        return graded(GRADE_NONE, LACK_RETURNS);
    if (!r.member)
        r = (struct cube_set){&want->reporter, 1};
    if (!p.member)
        p = (struct cube_set){&want->partner, 1};
    if (r.n <= 1 || p.n <= 1)
        return grade_pairs(cube, sectors, want, r, p, period);
    struct grading one = grade_pairs(cube, sectors, want, r, anybody, period),
                   other = grade_pairs(cube, sectors, want, anybody, p, period);
    return at_most(one, other.grade, other.lacks);
}
