/* The made-up world: who trades what with whom, and for how much. The constants were fitted so that the quantiles of values,
 * quantities and rows a pair lie near those of a real BACI sample: `bench_synth --report` prints both. */
#include <stdio.h>
#include <stdlib.h>

#include "bench/synth.h"

#define UNIT 64            /* scores are in 1/64 logit */
#define SCORES (32 * UNIT) /* from −16 to 16 */
#define QUANTILES 4096
#define FULL_AREAS 226.0
#define FULL_PRODUCTS 5018.0
#define FULL_ROWS 10.4e6   /* of the reference year */
#define PAIR_SHARE 0.6     /* of all ordered pairs may trade; not all of them do */
#define WORLD_TOTAL 2.0e10 /* thousand USD in the reference year */
#define REFERENCE_YEAR 2020
#define ROWS_GROWTH 0.013  /* logits a year */
#define VALUE_GROWTH 0.047 /* ln a year, beside what more rows bring */

/* The largest traders first; all others follow in an order made by hashing. */
static const char *const leading[] = {
    "CHN", "USA", "DEU", "JPN", "NLD", "KOR", "FRA", "ITA", "GBR", "MEX", "BEL", "CAN", "HKG", "IND", "ESP", "X490",
    "SGP", "CHE", "POL", "VNM", "RUS", "MYS", "ARE", "THA", "BRA", "AUS", "IDN", "CZE", "TUR", "AUT", "SAU", "SWE",
    "HUN", "IRL", "DNK", "NOR", "PHL", "ZAF", "ROU", "SVK", "CHL", "PRT", "ISR", "ARG", "FIN", "UKR", "GRC", "NZL",
    "PER", "COL", "EGY", "BGD", "MAR", "PAK", "KAZ", "SVN", "LTU", "BGR", "NGA", "QAT", "HRV", "LKA", "KEN", "TUN",
    "ECU", "SRB", "DZA", "IRN", "VEN", "KWT", "GTM", "CRI", "KHM", "JOR", "LBN", "UZB", "MMR", "GHA", "CIV", "BLR"};

static void *claim(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) {
        fprintf(stderr, "bench_synth: out of memory\n");
        exit(1);
    }
    return p;
}

/* ---- draws ---- */

static uint64_t hash3(const struct synth_world *w, uint64_t what, uint64_t a, uint64_t b)
{
    return synth_mix(synth_mix(w->options.seed * 0x100000001B3U + what) ^ (a << 32) ^ b);
}

static double normal(const struct synth_world *w, uint64_t bits)
{
    return (w->quantile[bits & (QUANTILES - 1)] + w->quantile[bits >> 12 & (QUANTILES - 1)]) * 0.7071067811865476;
}

static double uniform(uint64_t bits) { return (double)(bits >> 11) / 9007199254740992.0; }

static double sigmoid(double x) { return 1 / (1 + synth_exp(-x)); }

/* lowbias32 (Wellons): one per candidate row, so it is a cheap one. */
static inline uint32_t mix32(uint32_t x)
{
    x = (x ^ (x >> 16)) * 0x7FEB352DU;
    x = (x ^ (x >> 15)) * 0x846CA68BU;
    return x ^ (x >> 16);
}

enum draw {
    DRAW_ORDER,
    DRAW_PLACE,
    DRAW_PLACE_OWN,
    DRAW_SIZE,
    DRAW_POPULAR,
    DRAW_CHAPTER,
    DRAW_SKILL,
    DRAW_DEMAND,
    DRAW_TASTE,
    DRAW_UNIT_VALUE,
    DRAW_NA,
    DRAW_PAIR,
    DRAW_GATE,
    DRAW_ROW,
    DRAW_ROW_YEAR
};

/* ---- codes ---- */

static int by_rank(const void *a, const void *b)
{
    const struct synth_area *x = a, *y = b;
    return x->size > y->size ? -1 : x->size < y->size;
}

static int by_number(const void *a, const void *b)
{
    const struct synth_area *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

static double lead(const struct synth_world *w, const struct countries *countries, uint32_t id)
{
    const size_t n = sizeof leading / sizeof *leading;
    for (size_t i = 0; i < n; i++)
        if (str_is(countries_at(countries, id)->id, leading[i]))
            return (double)(n + 1 - i);
    return uniform(hash3(w, DRAW_ORDER, countries_at(countries, id)->comtrade.n, id));
}

/* Present countries with a Comtrade number, and Other Asia, the largest first; `size` holds their order for now. */
static size_t list_areas(const struct synth_world *w, const struct countries *countries, struct synth_area *out)
{
    size_t n = 0;
    for (uint32_t id = 0; id < countries_count(countries); id++) {
        const struct country *c = countries_at(countries, id);
        bool wanted = (c->kind == MEMBER_COUNTRY && c->valid_to.n == 0) || str_is(c->id, "X490");
        uint32_t number;
        if (!wanted || !str_u32(c->comtrade, 9999, &number))
            continue;
        bool seen = false;
        for (size_t i = 0; i < n; i++)
            seen = seen || out[i].number == number;
        if (!seen)
            out[n++] = (struct synth_area){.number = number, .country = id, .size = lead(w, countries, id)};
    }
    qsort(out, n, sizeof *out, by_rank);
    return n;
}

static uint64_t hash_text(struct str s)
{
    uint64_t h = s.n;
    for (size_t i = 0; i < s.n; i++)
        h = synth_mix(h ^ (unsigned char)s.p[i]);
    return h;
}

static void make_areas(struct synth_world *w, const struct countries *countries)
{
    struct synth_area *all = claim(countries_count(countries), sizeof *all);
    size_t n = list_areas(w, countries, all);
    if (w->options.areas > n || w->options.areas < 2) {
        fprintf(stderr, "bench_synth: --areas must lie between 2 and %zu\n", n);
        exit(2);
    }
    for (unsigned r = 0; r < w->options.areas; r++) {
        struct synth_area *a = &all[r];
        uint64_t region = hash3(w, DRAW_PLACE, hash_text(countries_at(countries, a->country)->subregion), 0),
                 own = hash3(w, DRAW_PLACE_OWN, a->number, 0), draw = hash3(w, DRAW_SIZE, a->number, 0);
        double zipf = -synth_ln(r + 4.0) + synth_ln(20.0);
        a->rank = r;
        a->size = 1.9 * zipf - 0.017 * r + 0.45 * normal(w, draw);
        a->buys = 1.05 * zipf - 0.006 * r + 0.3 * normal(w, draw >> 24);
        a->x = 0.75 * uniform(region) + 0.25 * uniform(own);
        a->y = 0.75 * uniform(synth_mix(region)) + 0.25 * uniform(synth_mix(own));
    }
    qsort(all, w->options.areas, sizeof *all, by_number);
    w->area = all;
}

static int by_code(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* More than the table has: the free numbers of its headings. */
static size_t pad_products(uint32_t *code, size_t n, size_t wanted)
{
    size_t known = n;
    for (size_t i = 0; i < known && n < wanted; i++) {
        uint32_t next = i + 1 < known ? code[i + 1] : 1000000;
        if (next / 100 == code[i] / 100)
            continue;
        for (uint32_t c = code[i] + 1; c % 100 && c % 100 < 99 && n < wanted; c++)
            code[n++] = c;
    }
    qsort(code, n, sizeof *code, by_code);
    return n;
}

static void make_products(struct synth_world *w, const struct products *products)
{
    size_t n = 0, wanted = w->options.products;
    uint32_t *code = claim(products_count(products) + wanted, sizeof *code);
    for (uint32_t id = 0; id < products_count(products); id++) {
        const struct product *p = products_at(products, id);
        if (p->level == LEVEL_HS6 && str_u32(p->code, 999999, &code[n]))
            n++;
    }
    qsort(code, n, sizeof *code, by_code);
    if (n > wanted)
        for (size_t i = 0; i < wanted; i++)
            code[i] = code[i * n / wanted];
    else
        n = pad_products(code, n, wanted);
    if (wanted == 0 || n < wanted) {
        fprintf(stderr, "bench_synth: --products must lie between 1 and %zu\n", n);
        exit(2);
    }
    w->product = code;
}

/* ---- what each area sells and buys ---- */

static int16_t score(double logits) { return (int16_t)(logits * UNIT); }

static void make_profiles(struct synth_world *w)
{
    size_t areas = w->options.areas, products = w->options.products;
    w->sells = claim(areas * products, sizeof *w->sells);
    w->wants = claim(areas * products, sizeof *w->wants);
    w->ln_unit_value = claim(products, sizeof *w->ln_unit_value);
    w->na_share = claim(products, sizeof *w->na_share);
    for (size_t k = 0; k < products; k++) {
        uint64_t draw = hash3(w, DRAW_UNIT_VALUE, w->product[k], 0);
        w->ln_unit_value[k] = (float)(2.2 + 1.5 * normal(w, draw));
        w->na_share[k] = draw >> 60 ? 1350 : 11000;
    }
    for (size_t a = 0; a < areas; a++)
        for (size_t k = 0; k < products; k++) {
            uint32_t number = w->area[a].number, code = w->product[k];
            double popular = normal(w, hash3(w, DRAW_POPULAR, code, 0)),
                   chapter = normal(w, hash3(w, DRAW_CHAPTER, number, code / 10000)),
                   skill = normal(w, hash3(w, DRAW_SKILL, number, code)),
                   demand = normal(w, hash3(w, DRAW_DEMAND, number, code / 10000)),
                   taste = normal(w, hash3(w, DRAW_TASTE, number, code));
            w->sells[a * products + k] = score(0.75 * popular + 0.85 * chapter + 0.8 * skill);
            w->wants[a * products + k] = score(0.3 * popular + 0.35 * demand + 0.4 * taste);
        }
}

static double pair_score(const struct synth_world *w, unsigned i, unsigned j)
{
    const struct synth_area *a = &w->area[i], *b = &w->area[j];
    double dx = a->x - b->x, dy = a->y - b->y, far = dx * dx + dy * dy;
    uint64_t key =
        a->number < b->number ? (uint64_t)a->number << 16 | b->number : (uint64_t)b->number << 16 | a->number;
    double ties = normal(w, hash3(w, DRAW_PAIR, key, 0)), own = normal(w, hash3(w, DRAW_PAIR, a->number, b->number));
    return a->size + b->buys - 0.55 * synth_ln(far + 0.01) + 0.7 * ties + 0.4 * own;
}

static bool pair_trades(const struct synth_world *w, unsigned i, unsigned j, double pair)
{
    double u = uniform(hash3(w, DRAW_GATE, w->area[i].number, w->area[j].number));
    return i != j && u < sigmoid(1.1 * (pair + w->pair_offset));
}

/* ---- rows ---- */

/* What a product says to a pair: `base` is the pair's score and the year's, in 1/64 logit, counted from −16. */
static inline unsigned score_at(int base, int sells, int wants)
{
    int at = base + sells + wants;
    return at < 0 ? 0 : at >= SCORES ? SCORES - 1 : (unsigned)at;
}

static int pair_base(const struct synth_world *w, double pair, int year)
{
    return (int)((pair + w->row_offset + ROWS_GROWTH * (year - REFERENCE_YEAR) + 16) * UNIT);
}

static int64_t milli(double x) { return (int64_t)(x * 1000 + 0.5); }

static struct synth_row make_row(const struct synth_world *w, uint64_t lasting, int year, size_t k, double score)
{
    uint64_t now = synth_mix(lasting ^ ((uint64_t)(unsigned)year << 40));
    double ln = w->value_offset + VALUE_GROWTH * (year - REFERENCE_YEAR) + 0.62 * score + 2.75 * normal(w, lasting) +
                1.0 * normal(w, now);
    if (ln > 14) /* no single flow is larger than the world's largest */
        ln = 14 + 0.45 * (ln - 14);
    double tonnes = ln - (double)w->ln_unit_value[k] - 1.0 * normal(w, lasting >> 24) - 0.5 * normal(w, now >> 24);
    struct synth_row row = {.product = (uint32_t)k, .value_milli = milli(synth_exp(ln))};
    if (row.value_milli < 1)
        row.value_milli = 1;
    row.quantity_milli = (now >> 48) < w->na_share[k] ? -1 : milli(synth_exp(tonnes));
    if (row.quantity_milli == 0)
        row.quantity_milli = 1;
    return row;
}

size_t synth_pair(const struct synth_world *w, unsigned exporter, unsigned importer, int year, struct synth_row *row)
{
    double pair = pair_score(w, exporter, importer);
    if (!pair_trades(w, exporter, importer, pair))
        return 0;
    size_t n = 0, products = w->options.products;
    const int16_t *sells = w->sells + exporter * products, *wants = w->wants + importer * products;
    uint64_t key = hash3(w, DRAW_ROW, w->area[exporter].number, w->area[importer].number);
    uint32_t start = (uint32_t)key, again = (uint32_t)hash3(w, DRAW_ROW_YEAR, (uint64_t)(unsigned)year, 0);
    int base = pair_base(w, pair, year);
    for (size_t k = 0; k < products; k++) {
        uint32_t draw = mix32(start + w->product[k] * 0x9E3779B9U);
        if ((draw & 7) == 0) /* one in eight is drawn anew each year */
            draw = mix32(draw ^ again);
        unsigned at = score_at(base, sells[k], wants[k]);
        if (draw < w->threshold[at])
            row[n++] = make_row(w, synth_mix(key ^ w->product[k]), year, k, (double)at / UNIT - 16);
    }
    return n;
}

/* ---- calibration ---- */

static void make_tables(struct synth_world *w)
{
    w->quantile = claim(QUANTILES, sizeof *w->quantile);
    for (int i = 0; i < QUANTILES; i++)
        w->quantile[i] = synth_normal_quantile((i + 0.5) / QUANTILES);
    w->threshold = claim(SCORES, sizeof *w->threshold);
    for (int i = 0; i < SCORES; i++)
        w->threshold[i] = (uint32_t)(0.93 * sigmoid((double)i / UNIT - 16) * 4294967295.0);
}

static double pair_share(const struct synth_world *w, const double *pair)
{
    size_t areas = w->options.areas, n = 0;
    for (unsigned i = 0; i < areas; i++)
        for (unsigned j = 0; j < areas; j++)
            n += pair_trades(w, i, j, pair[i * areas + j]);
    return (double)n / (double)(areas * (areas - 1));
}

/* Expected rows, from every 17th product of the pairs that trade. */
static double expected_rows(const struct synth_world *w, const double *pair)
{
    size_t areas = w->options.areas, products = w->options.products, step = products > 170 ? 17 : 1;
    double sum = 0;
    for (unsigned i = 0; i < areas; i++)
        for (unsigned j = i % 3; j < areas; j += 3) {
            if (!pair_trades(w, i, j, pair[i * areas + j]))
                continue;
            int base = pair_base(w, pair[i * areas + j], REFERENCE_YEAR);
            for (size_t k = 0; k < products; k += step)
                sum += w->threshold[score_at(base, w->sells[i * products + k], w->wants[j * products + k])];
        }
    return sum / 4294967296.0 * 3 * (double)step;
}

/* The world total with value_offset 0, from the pairs of the larger areas (most of it) in full and a part of the others. */
static double total_of_sample(const struct synth_world *w)
{
    struct synth_row *row = claim(w->options.products, sizeof *row);
    double sum = 0;
    for (unsigned i = 0; i < w->options.areas; i++)
        for (unsigned j = i % 5; j < w->options.areas; j += 5) {
            size_t n = synth_pair(w, i, j, REFERENCE_YEAR, row);
            for (size_t r = 0; r < n; r++)
                sum += (double)row[r].value_milli / 1000;
        }
    free(row);
    return sum * 5;
}

static void calibrate(struct synth_world *w)
{
    size_t areas = w->options.areas;
    double *pair = claim(areas * areas, sizeof *pair);
    for (unsigned i = 0; i < areas; i++)
        for (unsigned j = 0; j < areas; j++)
            pair[i * areas + j] = pair_score(w, i, j);
    double rows = FULL_ROWS * w->options.scale * (double)(areas * (areas - 1)) / (FULL_AREAS * (FULL_AREAS - 1)) *
                  w->options.products / FULL_PRODUCTS;
    w->pair_offset = -32;
    /* NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): halves are exact */
    for (double step = 32; step > 0.01; step /= 2) {
        w->pair_offset += step;
        if (pair_share(w, pair) > PAIR_SHARE)
            w->pair_offset -= step;
    }
    w->row_offset = -32;
    /* NOLINTNEXTLINE(clang-analyzer-security.FloatLoopCounter): halves are exact */
    for (double step = 32; step > 0.01; step /= 2) {
        w->row_offset += step;
        if (expected_rows(w, pair) > rows)
            w->row_offset -= step;
    }
    for (int i = 0; i < 4; i++) /* a few turns, since the largest values are bent down */
        w->value_offset += synth_ln(WORLD_TOTAL / (total_of_sample(w) + 1));
    free(pair);
}

struct synth_world *synth_world_new(const struct synth_options *options, const struct countries *countries,
                                    const struct products *products)
{
    struct synth_world *w = claim(1, sizeof *w);
    w->options = *options;
    make_tables(w);
    make_areas(w, countries);
    make_products(w, products);
    make_profiles(w);
    calibrate(w);
    return w;
}

void synth_world_free(struct synth_world *w)
{
    if (!w)
        return;
    free(w->area);
    free(w->product);
    free(w->sells);
    free(w->wants);
    free(w->ln_unit_value);
    free(w->na_share);
    free(w->threshold);
    free(w->quantile);
    free(w);
}
