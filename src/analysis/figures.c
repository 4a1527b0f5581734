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
};

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

unsigned flags_of_quantity(struct quantity q)
{
    return q.known && q.unweighed_usd > 0 ? FLAG_BIT(FLAG_PARTIAL_QUANTITY) : 0;
}

unsigned flags_of_status(unsigned status)
{
    return (status & OBS_PROVISIONAL ? FLAG_BIT(FLAG_PROVISIONAL) : 0) |
           (status & OBS_ESTIMATED ? FLAG_BIT(FLAG_ESTIMATED) : 0) |
           (status & OBS_ROUNDED ? FLAG_BIT(FLAG_ROUNDED) : 0);
}

unsigned flags_of_ratio(struct figure part, struct figure whole)
{
    return part.known && whole.known && whole.usd == 0 ? FLAG_BIT(FLAG_UNDEFINED) : 0;
}

/* The partner through which the presence of a pair is seen: itself, or anybody where all partners are recorded. */
static uint32_t witness(const struct frame *frame, uint32_t partner)
{
    return cube_dataset(frame->cube)->partners == PARTNERS_LISTED ? partner : ANY_MEMBER;
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

struct figure frame_absent(const struct frame *frame, uint32_t partner, enum flow flow, uint32_t period)
{
    bool told = cube_dataset(frame->cube)->coverage == COVERAGE_FULL &&
                cube_held(frame->cube, frame->reporter, witness(frame, partner), flow, period) > 0;
    return (struct figure){0, told};
}

unsigned frame_held(const struct frame *frame, enum flow flow, uint32_t period)
{
    return cube_held(frame->cube, frame->reporter, witness(frame, frame->partner), flow, period);
}

/* Months of a period of whose parts so many are held of either flow. */
static unsigned months_of(const struct frame *frame, unsigned exports, unsigned imports)
{
    unsigned least = exports && imports ? (exports < imports ? exports : imports) : exports + imports;
    return least * period_months(cube_dataset(frame->cube)->frequency);
}

unsigned frame_months_held(const struct frame *frame, uint32_t period)
{
    return months_of(frame, frame_held(frame, FLOW_EXPORTS, period), frame_held(frame, FLOW_IMPORTS, period));
}

bool frame_complete(const struct frame *frame, uint32_t period)
{
    return frame_months_held(frame, period) == period_months(period_kind_of(period));
}

enum status frame_presence(const struct frame *frame, const uint32_t *period, size_t n, struct arena *arena,
                           struct presence_series *out)
{
    for (enum flow f = FLOW_EXPORTS; f <= FLOW_IMPORTS; f++) {
        unsigned *held = arena_new(arena, unsigned, n);
        if (!held)
            return ST_NO_MEMORY;
        cube_held_series(frame->cube, frame->reporter, witness(frame, frame->partner), f, period, n, held);
        out->held[f] = held;
    }
    return ST_OK;
}

struct figure presence_absent(const struct frame *frame, const struct presence_series *presence, enum flow flow,
                              size_t at)
{
    bool told = cube_dataset(frame->cube)->coverage == COVERAGE_FULL && presence->held[flow][at] > 0;
    return (struct figure){0, told};
}

bool presence_complete(const struct frame *frame, const struct presence_series *presence, size_t at, uint32_t period)
{
    return months_of(frame, presence->held[FLOW_EXPORTS][at], presence->held[FLOW_IMPORTS][at]) ==
           period_months(period_kind_of(period));
}
