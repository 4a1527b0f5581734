/* Figures that may be missing, the names of the flags, and what a dataset tells of a frame's absent keys. */
#include "entrepot/analysis/figures.h"

const char *const flag_name[FLAGS] = {
    [FLAG_NOT_REPORTED] = "not_reported",
    [FLAG_PARTIAL_YEAR] = "partial_year",
    [FLAG_PROVISIONAL] = "provisional",
    [FLAG_ESTIMATED] = "estimated",
    [FLAG_ROUNDED] = "rounded",
    [FLAG_NO_WORLD_TOTAL] = "no_world_total",
    [FLAG_CLOSED_SET] = "closed_set",
    [FLAG_LEVEL_UNAVAILABLE] = "level_unavailable",
    [FLAG_PARTIAL_SECTOR] = "partial_sector",
    [FLAG_LOWER_BOUND] = "lower_bound",
    [FLAG_PARTIAL_QUANTITY] = "partial_quantity",
    [FLAG_CIF_CONVERTED] = "cif_converted",
    [FLAG_ONE_VALUE] = "one_value",
    [FLAG_YEAR_TO_DATE] = "year_to_date",
    [FLAG_NO_PARTNER_BOOKS] = "no_partner_books",
    [FLAG_NO_OTHER_SUPPLIERS] = "no_other_suppliers",
    [FLAG_UNBOUNDED_LOSS] = "unbounded_loss",
    [FLAG_NO_UNIT_VALUE] = "no_unit_value",
    [FLAG_NO_EXPORTS] = "no_exports",
    [FLAG_UNDEFINED] = "undefined",
    [FLAG_SYNTHETIC] = "synthetic",
    [FLAG_NO_WORLD_EXPORTS] = "no_world_exports",
    [FLAG_OTHER_REVISION] = "other_revision",
    [FLAG_OUTSIDE_SET] = "outside_set",
    [FLAG_NOT_LISTED] = "not_listed",
    [FLAG_SELECTED_PRODUCTS] = "selected_products",
    [FLAG_SUMMED] = "summed",
    [FLAG_MEMBERS_MISSING] = "members_missing",
    [FLAG_MONTHS_DIFFER] = "months_differ",
    [FLAG_BOUNDED] = "bounded",
    [FLAG_WORLD_DIFFERS] = "world_differs",
    [FLAG_REPORTERS_MISSING] = "reporters_missing",
};

const char *const flag_meaning[FLAGS] = {
    [FLAG_NOT_REPORTED] = "a figure of this row is not in the dataset: null, which is not zero",
    [FLAG_PARTIAL_YEAR] =
        "the period is not complete; months_held says how many months are in it, growth and ranks are null",
    [FLAG_PROVISIONAL] = "the source marks a part as provisional",
    [FLAG_ESTIMATED] = "the source, or this server, estimated a part",
    [FLAG_ROUNDED] = "the figure was published in round numbers",
    [FLAG_NO_WORLD_TOTAL] = "the dataset has no total over all partners, so shares of it are null",
    [FLAG_CLOSED_SET] = "the dataset covers a closed set of countries; shares are within that set",
    [FLAG_LEVEL_UNAVAILABLE] = "the dataset's product level is too coarse to express this sector",
    [FLAG_PARTIAL_SECTOR] = "the dataset covers only a part of this product group; figures are for that part",
    [FLAG_LOWER_BOUND] = "other suppliers are not in the data; hhi is at least this",
    [FLAG_PARTIAL_QUANTITY] =
        "a part of the value has no quantity: the quantity is of the rest, and so is the unit value",
    [FLAG_CIF_CONVERTED] = "imports valued CIF were divided by the CIF/FOB factor (or exports multiplied): an estimate",
    [FLAG_ONE_VALUE] =
        "reconciled data has one value for each exporter and importer: there are no two reports to compare",
    [FLAG_YEAR_TO_DATE] = "growth compares the months that are held with the same months of the year before",
    [FLAG_NO_PARTNER_BOOKS] = "the dataset does not hold the partner's own books: its side of the figures is null",
    [FLAG_NO_OTHER_SUPPLIERS] =
        "the dataset does not hold what other countries sell and buy: what they could take over is null",
    [FLAG_UNBOUNDED_LOSS] = "the cut leaves nothing of the imports: the loss index has no finite value and is null",
    [FLAG_NO_UNIT_VALUE] = "the data has no weights to price the replacement with: the cost is null",
    [FLAG_NO_EXPORTS] =
        "the reporter imports but exports nothing of it: imports over exports is null, and above any threshold",
    [FLAG_UNDEFINED] = "a ratio of this row has zero below the bar: null",
    [FLAG_SYNTHETIC] = "the dataset is made up to try the program with: not trade statistics",
    [FLAG_NO_WORLD_EXPORTS] =
        "the dataset does not hold the exports of the world's countries: their concentration is null",
    [FLAG_OTHER_REVISION] = "a figure is null: the code is not in the revision of the Harmonized System that the "
                            "reporter used; /v1/products/{code} names what it was or became",
    [FLAG_OUTSIDE_SET] =
        "a figure is null: the partner is outside the dataset's closed set, or did not exist in the period",
    [FLAG_NOT_LISTED] = "a figure is null: the reporter's return lists some partners, and this is not among them",
    [FLAG_SELECTED_PRODUCTS] =
        "a figure is null or a part: the reporter's return holds chosen products, and not all that are asked for",
    [FLAG_SUMMED] = "a figure of the world is the sum of the partners: the source has no row for the world",
    [FLAG_MEMBERS_MISSING] = "a group's figure is of those members that reported; at least one did not",
    [FLAG_MONTHS_DIFFER] = "the two sides of a figure do not hold the same months: what sets them against each other "
                           "is null, and months_held says how many both have",
    [FLAG_BOUNDED] = "a figure is null, and the most that it can be stands beside it (…_at_most)",
    [FLAG_WORLD_DIFFERS] = "the source's row for the world is not the sum of its partners: one of them, or this sum of "
                           "products, may lack something",
    [FLAG_REPORTERS_MISSING] =
        "a figure of the world is of the countries that report: the summary says how many, and their share",
};

struct figure figure_sum(struct figure a, struct figure b)
{
    struct figure sum = {.known = a.known && b.known && figure_months_match(a, b),
                         .part = a.part || b.part,
                         .months = a.months ? a.months : b.months,
                         .flags = a.flags | b.flags};
    sum.known = sum.known && !__builtin_add_overflow(a.usd, b.usd, &sum.usd);
    sum.usd = sum.known ? sum.usd : 0;
    return sum;
}

struct figure figure_difference(struct figure a, struct figure b)
{
    b.usd = -b.usd; /* of what is not negative, or a balance of such */
    return figure_sum(a, b);
}

unsigned months_in_common(struct figure a, struct figure b)
{
    return (unsigned)__builtin_popcount(a.known && b.known ? a.months & b.months : a.known ? a.months : b.months);
}

flag_bits flags_of_months(struct figure a, struct figure b)
{
    return a.known && b.known && !figure_months_match(a, b) ? FLAG_BIT(FLAG_MONTHS_DIFFER) : 0;
}

double figure_growth(struct figure now, struct figure before) { return figure_ratio(now, before) - 1.0; }

double hhi_of_sums(int64_t value_usd, double sum_sq)
{
    return value_usd > 0 ? sum_sq / ((double)value_usd * (double)value_usd) : (double)NAN;
}

double hhi_normalised(double hhi, unsigned n) { return n < 2 ? (double)NAN : (hhi - 1.0 / n) / (1 - 1.0 / n); }

struct quantity quantity_of(const struct cube_rows *rows, size_t i)
{
    if (rows->quantity_kg[i] == QUANTITY_UNKNOWN)
        return QUANTITY_NONE;
    return (struct quantity){rows->quantity_kg[i], rows->unweighed_usd[i], true};
}

double quantity_tonnes(struct quantity q) { return q.known ? (double)q.kg / 1000.0 : (double)NAN; }

double unit_value(struct figure value, struct quantity q)
{
    return value.known && q.known && q.kg > 0 ? (double)(value.usd - q.unweighed_usd) / quantity_tonnes(q)
                                              : (double)NAN;
}

flag_bits flags_of_quantity(struct quantity q)
{
    return q.known && q.unweighed_usd > 0 ? FLAG_BIT(FLAG_PARTIAL_QUANTITY) : 0;
}

flag_bits flags_of_status(unsigned status)
{
    return (status & OBS_PROVISIONAL ? FLAG_BIT(FLAG_PROVISIONAL) : 0) |
           (status & OBS_ESTIMATED ? FLAG_BIT(FLAG_ESTIMATED) : 0) |
           (status & OBS_ROUNDED ? FLAG_BIT(FLAG_ROUNDED) : 0);
}

flag_bits flags_of_ratio(struct figure part, struct figure whole)
{
    return part.known && whole.known && whole.usd == 0 ? FLAG_BIT(FLAG_UNDEFINED) : 0;
}

struct cube_query frame_query(const struct frame *frame, const uint32_t *period, size_t n)
{
    struct cube_query q = {.group = n > 1 ? CUBE_BIT(CUBE_PERIOD) : 0,
                           .kind = n ? period_kind_of(period[0]) : cube_dataset(frame->cube)->frequency,
                           .spread = CUBE_NO_SPREAD};
    q.only[CUBE_REPORTER] = (struct cube_set){&frame->reporter, 1};
    q.only[CUBE_PERIOD] = (struct cube_set){period, n};
    q.only[CUBE_PRODUCT] = frame->leaves;
    return q;
}

/* ---- what is known ---- */

static flag_bits flags_of_absence(enum cube_absence why)
{
    static const flag_bits flags[CUBE_ABSENCES] = {
        [CUBE_NOT_REPORTED] = FLAG_BIT(FLAG_NOT_REPORTED),
        [CUBE_OTHER_REVISION] = FLAG_BIT(FLAG_NOT_REPORTED) | FLAG_BIT(FLAG_OTHER_REVISION),
        [CUBE_OUTSIDE_SET] = FLAG_BIT(FLAG_NOT_REPORTED) | FLAG_BIT(FLAG_OUTSIDE_SET),
        [CUBE_SUM_OF_PARTNERS] = FLAG_BIT(FLAG_NOT_REPORTED),
        [CUBE_NO_WORLD] = FLAG_BIT(FLAG_NOT_REPORTED) | FLAG_BIT(FLAG_NOT_LISTED),
        [CUBE_NO_GROUP] = FLAG_BIT(FLAG_NOT_REPORTED),
        [CUBE_NOT_LISTED] = FLAG_BIT(FLAG_NOT_REPORTED) | FLAG_BIT(FLAG_NOT_LISTED),
        [CUBE_SELECTED] = FLAG_BIT(FLAG_NOT_REPORTED) | FLAG_BIT(FLAG_SELECTED_PRODUCTS)};
    return flags[why];
}

/* A basket is what is known of its parts, and a part itself where one of them is not whole. */
struct basket {
    unsigned months;
    flag_bits flags;
    bool part, lacking, members, differs;
    struct cube_knowledge first; /* that is not known */
};

static void add_code(struct basket *basket, const struct cube_knowledge *known)
{
    basket->months |= known->months;
    basket->part = basket->part || known->part;
    basket->members = basket->members || known->members;
    basket->differs = basket->differs || known->differs;
    if (known->why == CUBE_ZERO || (known->months && !known->part))
        return;
    if (!basket->lacking)
        basket->first = *known;
    basket->lacking = true;
}

/* Some products are no total. */
static bool is_total(struct str code) { return str_is(code, "TOTAL") || (code.n && code.p[0] == 'S'); }

static struct figure unknown_figure(const struct cube_knowledge *known, int64_t held_usd)
{
    struct figure f = {.flags = flags_of_absence(known->why), .bounded = known->bounded};
    if (f.bounded && !__builtin_add_overflow(held_usd, known->bound_usd, &f.most_usd))
        f.flags |= FLAG_BIT(FLAG_BOUNDED);
    else
        f.bounded = false;
    return f;
}

struct figure frame_figure(const struct frame *frame, uint32_t partner, enum flow flow, uint32_t period,
                           struct goods goods, struct figure read)
{
    static const struct str total = STR_INIT("TOTAL");
    struct basket basket = {.months = 0};
    const struct str *code = goods.n ? goods.code : &total;
    const size_t n = goods.n ? goods.n : 1;
    for (size_t i = 0; i < n; i++) {
        const struct cube_cell cell = {frame->reporter, partner, flow, code[i]};
        const enum cube_seen seen = !read.known ? CUBE_ABSENT : n == 1 ? CUBE_PRESENT : CUBE_LOOK;
        const struct cube_knowledge known = cube_know(frame->cube, &cell, period, seen);
        add_code(&basket, &known);
    }
    if (basket.months == 0 || (basket.part && n == 1 && is_total(code[0])))
        return unknown_figure(&basket.first, read.usd);
    struct figure f = {.usd = read.usd, .known = true, .months = (uint16_t)basket.months};
    f.part = basket.part || (basket.lacking && n > 1);
    f.flags = (f.part ? FLAG_BIT(FLAG_PARTIAL_SECTOR) : 0) | (basket.differs ? FLAG_BIT(FLAG_WORLD_DIFFERS) : 0);
    if (basket.members) {
        f.part = true;
        f.flags |= FLAG_BIT(FLAG_MEMBERS_MISSING);
    }
    return f;
}

struct codes frame_codes(const struct frame *frame, uint32_t partner, enum flow flow, uint32_t period,
                         struct goods goods, struct figure figure)
{
    struct codes codes = {.held = FIGURE_NONE};
    bool part = figure.part || (!figure.known && figure.flags & FLAG_BIT(FLAG_SELECTED_PRODUCTS));
    for (size_t i = 0; part && i < goods.n; i++) {
        const struct cube_cell cell = {frame->reporter, partner, flow, goods.code[i]};
        struct cube_codes one;
        if (!cube_codes_of(frame->cube, &cell, period, &one))
            continue;
        codes.held = figure_of(codes.held.usd + one.held);
        codes.total = figure_of(codes.total.usd + one.total);
    }
    return codes;
}

struct codes codes_of_both(struct codes exports, struct codes imports)
{
    bool more = !exports.total.known || (imports.total.known && imports.held.usd < exports.held.usd);
    struct codes both = more ? imports : exports;
    both.exports = exports.held;
    both.imports = imports.held;
    return both;
}

unsigned frame_months(const struct frame *frame, enum flow flow, uint32_t period)
{
    return cube_months(frame->cube, frame->reporter, frame->partner, flow, period);
}

unsigned frame_months_held(const struct frame *frame, uint32_t period)
{
    unsigned x = frame_months(frame, FLOW_EXPORTS, period), m = frame_months(frame, FLOW_IMPORTS, period);
    return (unsigned)__builtin_popcount(x & m ? x & m : x | m);
}

bool frame_complete(const struct frame *frame, uint32_t period)
{
    return frame_months_held(frame, period) == period_months(period_kind_of(period));
}
