#include "oracle/oracle.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- DGCI&S: names become codes, years fiscal years, and rows of one country are added up in the CSV ---- */

#define NAMES_MAX 300
#define BLOCK_MAX 400
/* Instrumented builds keep one heading of so many. */
#define THIN 8

struct dgcis_row {
    uint32_t partner;
    int64_t hundredths, quantity; /* of a million USD */
    bool weighed;
};

struct dgcis {
    char *name[NAMES_MAX];
    uint32_t partner[NAMES_MAX];
    size_t n_names;
    FILE *out;
    char key[16]; /* of the block: hs8 and year */
    struct dgcis_row block[BLOCK_MAX];
    size_t n_block;
    uint64_t blank;
};

static void note_several(struct tidy *t, uint32_t partner)
{
    for (size_t i = 0; i < t->n_several; i++)
        if (t->several[i] == partner)
            return;
    assert_true(t->n_several < SEVERAL_MAX);
    t->several[t->n_several++] = partner;
}

static void read_names(struct tidy *t)
{
    struct dgcis *d = t->dgcis;
    char line[128], *field[FIELDS_MAX];
    FILE *in = fopen("tests/fixtures/dgcis-countries.csv", "r");
    assert_non_null(in);
    assert_non_null(fgets(line, sizeof line, in));
    for (; fgets(line, sizeof line, in); d->n_names++) {
        assert_true(d->n_names < NAMES_MAX && text_fields(line, field) == 2);
        d->name[d->n_names] = strdup(field[0]);
        d->partner[d->n_names] = text_area(field[1]);
        assert_true(d->name[d->n_names] && d->partner[d->n_names] != NO_AREA);
        for (size_t i = 0; i < d->n_names; i++)
            if (d->partner[i] == d->partner[d->n_names])
                note_several(t, d->partner[i]);
    }
    (void)fclose(in);
}

/* The fixture is sorted by name. */
static uint32_t partner_of(const struct dgcis *d, const char *name)
{
    size_t low = 0, high = d->n_names;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(d->name[middle], name);
        if (order == 0)
            return d->partner[middle];
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    fail_msg("\"%s\" is not in tests/fixtures/dgcis-countries.csv", name);
    return NO_AREA;
}

static void close_block(struct dgcis *d)
{
    unsigned year = (unsigned)strtoul(d->key + 9, NULL, 10);
    for (size_t i = 0; i < d->n_block; i++) {
        const struct dgcis_row *r = &d->block[i];
        (void)fprintf(d->out, "FY%04u-%02u,%s,%.8s,%" PRId64 ".%02d,", year, (year + 1) % 100, area[r->partner].id,
                      d->key, r->hundredths / 100, (int)(r->hundredths % 100));
        if (r->weighed)
            (void)fprintf(d->out, "%" PRId64, r->quantity);
        (void)fputc('\n', d->out);
    }
    d->n_block = 0;
}

static void add_to_block(struct dgcis *d, const char *key, const struct dgcis_row *row)
{
    if (strcmp(d->key, key) != 0) {
        if (strcmp(d->key, key) > 0)
            fail_msg("the source is not sorted by product and year: %s before %s", d->key, key);
        close_block(d);
        (void)snprintf(d->key, sizeof d->key, "%s", key);
    }
    for (size_t i = 0; i < d->n_block; i++)
        if (d->block[i].partner == row->partner) {
            d->block[i].hundredths += row->hundredths;
            d->block[i].quantity += row->quantity;
            d->block[i].weighed = d->block[i].weighed && row->weighed;
            return;
        }
    assert_true(d->n_block < BLOCK_MAX);
    d->block[d->n_block++] = *row;
}

/* hs8, fy_start, country_dgcis, value_usd_mn, value_inr_crore, qty; false for a row without a value. */
static bool dgcis_row(struct tidy *t, char *field[FIELDS_MAX], struct tidy_row *row)
{
    struct dgcis *d = t->dgcis;
    struct dgcis_row r = {.weighed = *field[5] != '\0'};
    char key[16];
    if (INSTRUMENTED && strtoul(field[0], NULL, 10) / 10000 % THIN != 0)
        return false;
    if (*field[3] == '\0') {
        d->blank++;
        return false;
    }
    row->reporter = text_area("IND");
    row->partner = r.partner = partner_of(d, field[2]);
    row->flow = FLOW_EXPORTS;
    row->product = text_product(field[0]);
    row->period = text_period(field[1]);
    row->weighed = r.weighed;
    assert_true(text_decimal(field[3], 6, &row->value_usd) && text_decimal(field[3], 2, &r.hundredths));
    assert_int_equal(row->value_usd, r.hundredths * 10000);
    if (r.weighed)
        assert_true(text_decimal(field[5], 0, &r.quantity));
    row->quantity_kg = r.quantity;
    row->weighed = row->weighed && (row->quantity_kg > 0 || row->value_usd == 0);
    (void)snprintf(key, sizeof key, "%.8s,%.4s", field[0], field[1]);
    add_to_block(d, key, &r);
    return true;
}

static bool open_dgcis(struct tidy *t, const char *file, const char *csv)
{
    char command[200];
    if (system("command -v zstd >/dev/null") != 0) {
        printf("# zstd is not installed\n");
        return false;
    }
    (void)snprintf(command, sizeof command, "zstd -dcq '%s'", file);
    t->in = popen(command, "r");
    t->piped = true;
    t->thinned = INSTRUMENTED;
    t->dgcis = calloc(1, sizeof *t->dgcis);
    assert_true(t->in && t->dgcis);
    t->dgcis->out = fopen(csv, "w");
    assert_non_null(t->dgcis->out);
    (void)fputs("fy,partner,hs8,value,qty\n", t->dgcis->out);
    read_names(t);
    return true;
}

static void close_dgcis(struct dgcis *d)
{
    close_block(d);
    assert_int_equal(fclose(d->out), 0);
    for (size_t i = 0; i < d->n_names; i++)
        free(d->name[i]);
    printf("# hs8: %" PRIu64 " rows of the source have no value and are left out\n", d->blank);
    free(d);
}

/* ---- any of them ---- */

static const struct tidy source[SAMPLES] = {
    [SAMPLE_HS8] = {.columns = "\"period\":\"fy\",\"partner\":\"partner\",\"product\":\"hs8\",\"value\":\"value\","
                               "\"quantity\":\"qty\"",
                    .constants = ",\"constants\":{\"reporter\":\"IND\",\"flow\":\"X\"}",
                    .value_shift = 6},
    [SAMPLE_MATRIX] = {.columns = "\"period\":\"year\",\"reporter\":\"exporter\",\"partner\":\"importer\","
                                  "\"product\":\"hs4\",\"value\":\"value_usd_thousand\","
                                  "\"quantity\":\"quantity_tonnes\"",
                       .constants = "",
                       .column = {0, 1, 2, -1, 3, 4, 5, -1},
                       .value_shift = 3,
                       .quantity_shift = 3},
    [SAMPLE_BACI] = {.columns = "\"period\":\"t\",\"reporter\":\"i\",\"partner\":\"j\",\"product\":\"k\","
                                "\"value\":\"v\",\"quantity\":\"q\"",
                     .constants = "",
                     .column = {0, 1, 2, -1, 3, 4, 5, -1},
                     .numbers = true,
                     .value_shift = 3,
                     .quantity_shift = 3},
    [SAMPLE_MONTHS] = {.columns = "\"period\":\"month\",\"reporter\":\"reporter\",\"partner\":\"partner\","
                                  "\"flow\":\"flow\",\"product\":\"hs6\",\"value\":\"value\","
                                  "\"quantity\":\"tonnes\",\"status\":\"status\"",
                       .constants = "",
                       .column = {0, 1, 2, 3, 4, 5, 6, 7},
                       .value_shift = 3,
                       .quantity_shift = 3},
};

bool tidy_open(struct tidy *t, enum sample_name name, const char *file, const char *csv)
{
    char whole[PATH_MAX];
    *t = source[name];
    t->name = name;
    if (name == SAMPLE_HS8 && !open_dgcis(t, file, csv))
        return false;
    if (name == SAMPLE_MONTHS)
        months_write(csv);
    else if (name != SAMPLE_HS8)
        assert_true(realpath(file, whole) && symlink(whole, csv) == 0);
    if (name != SAMPLE_HS8)
        t->in = fopen(csv, "r");
    assert_non_null(t->in);
    assert_true(getline(&t->line, &t->room, t->in) > 0);
    return true;
}

static uint32_t area_of(const struct tidy *t, const char *code)
{
    uint32_t number = t->numbers ? text_area_number((unsigned)strtoul(code, NULL, 10)) : text_area(code);
    if (number == NO_AREA)
        fail_msg("\"%s\" is no area", code);
    return number;
}

static unsigned status_of(const char *word)
{
    switch (*word | 0x20) {
    case 'p': return OBS_PROVISIONAL;
    case 'e': return OBS_ESTIMATED;
    case 'r': return OBS_ROUNDED;
    default: return OBS_FINAL;
    }
}

static void plain_row(const struct tidy *t, char *field[FIELDS_MAX], struct tidy_row *row)
{
    const int *at = t->column;
    const char *weight = field[at[T_QUANTITY]] + strspn(field[at[T_QUANTITY]], " ");
    row->period = text_period(field[at[T_PERIOD]]);
    row->reporter = area_of(t, field[at[T_REPORTER]]);
    row->partner = area_of(t, field[at[T_PARTNER]]);
    row->flow = at[T_FLOW] >= 0 && *field[at[T_FLOW]] == 'M' ? FLOW_IMPORTS : FLOW_EXPORTS;
    row->product = text_product(field[at[T_PRODUCT]]);
    row->status = at[T_STATUS] >= 0 ? status_of(field[at[T_STATUS]]) : OBS_FINAL;
    row->weighed = *weight && strcmp(weight, "NA") != 0;
    if (!text_decimal(field[at[T_VALUE]], t->value_shift, &row->value_usd) ||
        (row->weighed && !text_decimal(weight, t->quantity_shift, &row->quantity_kg)))
        fail_msg("\"%s\" or \"%s\" is no number", field[at[T_VALUE]], weight);
    row->weighed = row->weighed && (row->quantity_kg > 0 || row->value_usd == 0); /* 0: nobody weighed it */
}

bool tidy_next(struct tidy *t, struct tidy_row *row)
{
    char *field[FIELDS_MAX];
    while (getline(&t->line, &t->room, t->in) > 0) {
        *row = (struct tidy_row){.status = OBS_FINAL};
        assert_true(text_fields(t->line, field) >= 6);
        if (!t->dgcis)
            plain_row(t, field, row);
        else if (!dgcis_row(t, field, row))
            continue;
        return true;
    }
    return false;
}

void tidy_close(struct tidy *t)
{
    assert_int_equal(t->piped ? pclose(t->in) : fclose(t->in), 0);
    free(t->line);
    if (t->dgcis)
        close_dgcis(t->dgcis);
}

/* ---- months ---- */

#define MONTHS 46
#define PARTNERS 11
#define LEAVES 64
#define WORLD (PARTNERS - 1)
#define GROUP (PARTNERS - 2)

#define REPORTERS 5
static const char *const reporters[REPORTERS] = {"IND", "CHN", "USA", "DEU", "X490"};
/* The group holds DEU and FRA; the world everybody but the group. */
static const char *const partners[PARTNERS] = {"DEU", "FRA",  "IND",  "CHN", "USA", "BRA",
                                               "ZAF", "X490", "X899", "X97", "WLD"};
static const char *const status_word[] = {"", "F", "P", "E", "R", "final", "provisional"};

struct cell {
    int64_t tenths, kg; /* of a USD */
    bool there, weighed;
};

/* What the rows of all partners share. */
struct block {
    unsigned year, month;
    size_t reporter;
    char flow, code[7];
};

static void write_cell(FILE *out, const struct block *b, const char *partner, const struct cell *c, const char *status)
{
    (void)fprintf(out, "%04u-%02u,%s,%s,%c,%s,%" PRId64 ".%04d,", b->year, b->month, reporters[b->reporter], partner,
                  b->flow, b->code, c->tenths / 10000, (int)(c->tenths % 10000));
    if (c->weighed)
        (void)fprintf(out, "%" PRId64 ".%03d", c->kg / 1000, (int)(c->kg % 1000));
    else
        (void)fputs(c->tenths % 3 ? "NA" : "", out);
    (void)fprintf(out, ",%s\n", status);
}

static void add_cell(struct cell *sum, const struct cell *part)
{
    sum->weighed = part->weighed && (!sum->there || sum->weighed);
    sum->there = true;
    sum->tenths += part->tenths;
    sum->kg += part->kg;
}

/* Zero, a small number that others have too, or anything; often exactly half a dollar too much. */
static struct cell roll_cell(struct dice *dice)
{
    uint32_t kind = dice_below(dice, 10);
    struct cell c = {.there = true, .weighed = dice_below(dice, 5) != 0};
    c.tenths = kind == 0  ? 0
               : kind < 4 ? 5 * (1 + dice_below(dice, 40))
                          : (int64_t)dice_below(dice, 1U << (8 + kind * 2));
    c.tenths = kind == 9 ? c.tenths * 100000 : c.tenths;
    c.kg = c.weighed ? (int64_t)dice_below(dice, 1U << 20) : 0;
    return c;
}

static void write_block(FILE *out, struct dice *dice, const struct block *b)
{
    struct cell cell[PARTNERS] = {{.there = false}};
    bool any = false;
    for (size_t p = 0; p < GROUP; p++) {
        if (strcmp(partners[p], reporters[b->reporter]) == 0 || dice_below(dice, 3))
            continue;
        cell[p] = roll_cell(dice);
        add_cell(&cell[WORLD], &cell[p]);
        if (p < 2)
            add_cell(&cell[GROUP], &cell[p]);
        any = true;
    }
    cell[WORLD].there = any && b->reporter != 3; /* Germany gives no world row */
    for (size_t p = 0; p < PARTNERS; p++)
        if (cell[p].there)
            write_cell(out, b, partners[p], &cell[p], status_word[dice_below(dice, 40) < 7 ? dice_below(dice, 7) : 0]);
}

/* Chapters in and out of the sections, several leaves each. */
static void month_leaf(size_t i, char code[7])
{
    static const unsigned chapter[] = {1, 7, 27, 29, 30, 52, 72, 76, 77, 78, 84, 85, 87, 97, 98, 99};
    (void)snprintf(code, 7, "%02u%02u%02u", chapter[i / 4], (unsigned)(i % 4 / 2) + 41, (unsigned)(i % 2) * 40 + 10);
}

/* Nobody has 2020-07; China lacks a month, X490 all imports, the USA's are there in most months only. */
static bool is_gap(size_t reporter, unsigned m, bool imports)
{
    return m == 18 || (reporter == 1 && m == 27) || (imports && (reporter == 4 || (reporter == 2 && m % 7 == 3)));
}

void months_write(const char *csv)
{
    struct dice dice = dice_for("months", 0);
    FILE *out = fopen(csv, "w");
    assert_non_null(out);
    (void)fputs("month,reporter,partner,flow,hs6,value,tonnes,status\n", out);
    for (unsigned m = 2; m <= MONTHS; m++) /* 2019-03, one month of a fiscal year, … 2022-11 */
        for (size_t r = 0; r < REPORTERS; r++)
            for (size_t i = 0; i < 2 * LEAVES; i++) {
                struct block b = {2019 + m / 12, m % 12 + 1, r, i % 2 ? 'M' : 'X', ""};
                month_leaf(i / 2, b.code);
                if (!is_gap(r, m, i % 2))
                    write_block(out, &dice, &b);
            }
    assert_int_equal(fclose(out), 0);
}
