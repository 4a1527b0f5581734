/* UN Comtrade: the CSV of the API (about 47 columns, told by their names, in any order) and the older one of 35 columns.
 *
 * Only rows that are totals over customs procedure, mode of transport and second partner count, and of the flows only exports and
 * imports: the others are parts of these. The level is that of the finest rows; coarser ones are published aggregates of them.
 */
#include "entrepot/cube/correlation.h"
#include "ingest/format/format.h"

enum {
    C_PERIOD,
    C_REPORTER,
    C_PARTNER,
    C_FLOW,
    C_PRODUCT,
    C_HS,
    C_VALUE,
    C_FOB,
    C_CIF,
    C_WEIGHT,
    C_SECOND_PARTNER,
    C_CUSTOMS,
    C_TRANSPORT,
    COLUMNS
};

/* Names of a column, best first; the older file's come last. */
#define SPELLINGS 3
static const struct {
    const char *name[SPELLINGS];
    bool needed;
} columns[COLUMNS] = {
    [C_PERIOD] = {{"period", "refYear", "Period"}, true},
    [C_REPORTER] = {{"reporterCode", "reporterISO", "Reporter Code"}, true},
    [C_PARTNER] = {{"partnerCode", "partnerISO", "Partner Code"}, true},
    [C_FLOW] = {{"flowCode", "Trade Flow Code"}, true},
    [C_PRODUCT] = {{"cmdCode", "Commodity Code"}, true},
    [C_HS] = {{"classificationCode", "Classification"}, false},
    [C_VALUE] = {{"primaryValue", "Trade Value (US$)"}, false},
    [C_FOB] = {{"fobvalue", "FOB Trade Value (US$)"}, false},
    [C_CIF] = {{"cifvalue", "CIF Trade Value (US$)"}, false},
    [C_WEIGHT] = {{"netWgt", "Netweight (kg)"}, false},
    [C_SECOND_PARTNER] = {{"partner2Code", "partner2ISO", "2nd Partner Code"}, false},
    [C_CUSTOMS] = {{"customsCode", "Customs Proc. Code"}, false},
    [C_TRANSPORT] = {{"motCode", "Mode of Transport Code"}, false},
};

/* ---- the dataset ---- */

static enum status describe(struct importing *im, struct problem *problem)
{
    const struct ingest_options *o = im->options;
    im->dataset = (struct dataset){.id = STR("comtrade"),
                                   .title = STR("Trade as reported to UN Comtrade"),
                                   .source = STR("UN Comtrade"),
                                   .source_url = STR("https://comtradeplus.un.org"),
                                   .licence = STR("UN Comtrade: use with the source named; terms of use apply"),
                                   .exports_valuation = STR("FOB"),
                                   .imports_valuation = STR("CIF"),
                                   .frequency = PERIOD_YEAR,
                                   .level = LEVEL_TOTAL,
                                   .basis = BASIS_REPORTED,
                                   .coverage_told = TOLD_FOUND,
                                   .partners_told = TOLD_FOUND};
    im->level_given = o->level != NULL;
    im->dataset.level = o->level ? *o->level : LEVEL_TOTAL;
    im->hs_given = o->hs != NULL;
    if (o->hs)
        im->dataset.hs = hs_revision(str_view(o->hs));
    members_init(&im->members, im->countries, CODES_COMTRADE);
    return members_spell_aliases(&im->members, &im->arena, problem);
}

static void find_column(struct input *input, const struct csv *csv, size_t role)
{
    input->column[role] = CSV_FIELDS_MAX;
    input->spelling[role] = 0;
    for (uint8_t i = 0; i < SPELLINGS && columns[role].name[i] && input->column[role] == CSV_FIELDS_MAX; i++) {
        input->column[role] = csv_column(csv, str_view(columns[role].name[i]));
        input->spelling[role] = input->column[role] == CSV_FIELDS_MAX ? 0 : i;
    }
}

static enum status find_columns(struct importing *im, struct input *input, const struct csv *csv,
                                struct problem *problem)
{
    static const char cure[] = "a file of the API (period, reporterCode, …) or of the older 35 columns is needed";
    (void)im;
    for (size_t role = 0; role < COLUMNS; role++) {
        find_column(input, csv, role);
        size_t at = input->column[role];
        if (at == CSV_FIELDS_MAX && columns[role].needed)
            return header_lacks(csv, str_view(columns[role].name[0]), cure, problem);
        enum status status = at == CSV_FIELDS_MAX ? ST_OK : header_check_single(csv, at, problem);
        if (status != ST_OK)
            return status;
    }
    if (input->column[C_VALUE] == CSV_FIELDS_MAX &&
        (input->column[C_FOB] == CSV_FIELDS_MAX || input->column[C_CIF] == CSV_FIELDS_MAX))
        return header_lacks(csv, str_view(columns[C_VALUE].name[0]), cure, problem);
    return ST_OK;
}

/* ---- cells ---- */

static struct str cell(const struct csv *csv, const struct input *input, size_t role)
{
    size_t column = input->column[role];
    return column == CSV_FIELDS_MAX || column >= csv->n_fields ? str_span(NULL, 0) : str_trim(csv->field[column]);
}

static struct str own_cell(const struct parse *p, size_t role) { return cell(&p->csv, p->input, role); }

/* The column as its file calls it; as the API does where the file has none. */
static struct str column_name(const struct parse *p, size_t role)
{
    size_t spelling = p->input->spelling[role];
    return str_view(columns[role].name[spelling]);
}

static enum status bad_cell(const struct parse *p, size_t role, const char *what)
{
    return parse_refuse(p, column_name(p, role), own_cell(p, role), what);
}

enum flow_word { FLOW_IS_EXPORTS, FLOW_IS_IMPORTS, FLOW_IS_PART, FLOW_IS_NONE };

static enum flow_word read_flow(struct str word)
{
    static const struct {
        const char *word;
        enum flow_word flow;
    } words[] = {{"X", FLOW_IS_EXPORTS}, {"M", FLOW_IS_IMPORTS}, {"2", FLOW_IS_EXPORTS}, {"1", FLOW_IS_IMPORTS},
                 {"RX", FLOW_IS_PART},   {"RM", FLOW_IS_PART},   {"DX", FLOW_IS_PART},   {"FM", FLOW_IS_PART},
                 {"3", FLOW_IS_PART},    {"4", FLOW_IS_PART},    {"MIP", FLOW_IS_PART},  {"MOP", FLOW_IS_PART},
                 {"XIP", FLOW_IS_PART},  {"XOP", FLOW_IS_PART}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i].word))
            return words[i].flow;
    return FLOW_IS_NONE;
}

static bool is_one_of(struct str word, const char *a, const char *b)
{
    return word.n == 0 || str_is(word, a) || str_is(word, b);
}

/* Why a row is not a figure of its own, or INGEST_SKIPS. */
static enum ingest_skip part_of_another(const struct csv *csv, const struct input *input)
{
    if (read_flow(cell(csv, input, C_FLOW)) == FLOW_IS_PART)
        return SKIP_FLOW;
    if (!is_one_of(cell(csv, input, C_TRANSPORT), "0", "TOTAL"))
        return SKIP_TRANSPORT;
    if (!is_one_of(cell(csv, input, C_CUSTOMS), "C00", "0"))
        return SKIP_CUSTOMS;
    if (!is_one_of(cell(csv, input, C_SECOND_PARTNER), "0", "W00"))
        return SKIP_SECOND_PARTNER;
    return INGEST_SKIPS;
}

/* 2019 is a year, 201904 a month. */
static bool read_period(struct str text, uint32_t *out)
{
    uint32_t year, month = 0;
    if ((text.n != 4 && text.n != 6) || !str_u32(str_span(text.p, 4), PERIOD_YEAR_MAX, &year) || year < PERIOD_YEAR_MIN)
        return false;
    if (text.n == 6 && (!str_u32(str_span(text.p + 4, 2), 12, &month) || month == 0))
        return false;
    *out = text.n == 4 ? period_make(PERIOD_YEAR, year) : period_make(PERIOD_MONTH, year * 12 + month - 1);
    return true;
}

/* A code with its leading zero, which some program may have taken for nothing; 9999AA is what 999999 is. */
static bool read_code(struct str text, char out[PRODUCT_CODE_MAX], struct str *code, enum level *level)
{
    if (str_is(text, "9999AA"))
        text = STR("999999");
    *code = text;
    if (text.n % 2 == 1 && text.n < PRODUCT_CODE_MAX - 1 && str_digits(text)) {
        out[0] = '0';
        memcpy(out + 1, text.p, text.n);
        *code = str_span(out, text.n + 1);
    }
    return product_level(*code, level) && *level != LEVEL_SECTION;
}

/* ---- what the first rows tell ---- */

struct first_rows {
    uint32_t period;
    struct str hs;
    enum level level;
    size_t n;
};

static void look(struct first_rows *seen, const struct csv *csv, const struct input *input)
{
    uint32_t period;
    char text[PRODUCT_CODE_MAX];
    struct str code;
    enum level level;
    if (!read_period(cell(csv, input, C_PERIOD), &period) ||
        !read_code(cell(csv, input, C_PRODUCT), text, &code, &level))
        return; /* parsing refuses the row, with its line */
    if (seen->n++ == 0) {
        seen->period = period;
        seen->hs = hs_revision(cell(csv, input, C_HS));
        seen->level = level;
    }
    seen->level = level > seen->level ? level : seen->level;
}

/* Rows that count tell it; where the block has none, the others do. */
static enum status settle(struct importing *im, const struct input *input, struct csv *csv, struct problem *problem)
{
    struct first_rows counted = {.n = 0}, others = {.n = 0};
    enum status status;
    bool any = false;
    while ((status = csv_next(csv, problem)) == ST_OK) {
        any = true;
        look(part_of_another(csv, input) == INGEST_SKIPS ? &counted : &others, csv, input);
    }
    if (!any && status == ST_NOT_FOUND)
        return ST_NOT_FOUND;
    const struct first_rows *seen = counted.n ? &counted : &others;
    if (seen->n) {
        im->dataset.frequency = period_kind_of(seen->period);
        im->dataset.level = im->level_given ? im->dataset.level : seen->level;
        im->dataset.hs = im->hs_given ? im->dataset.hs : seen->hs;
    }
    return ST_OK; /* a row that cannot be read is refused when it is parsed */
}

/* ---- rows ---- */

static enum status check_period(const struct parse *p, uint32_t *period)
{
    if (!read_period(own_cell(p, C_PERIOD), period))
        return bad_cell(p, C_PERIOD, "is no period: 2019 or 201904 is needed, from 1900 to 2199");
    if (period_kind_of(*period) == p->importing->dataset.frequency)
        return ST_OK;
    enum status status =
        bad_cell(p, C_PERIOD,
                 p->importing->dataset.frequency == PERIOD_YEAR ? "is a month, and the rows before it are of years"
                                                                : "is a year, and the rows before it are of months");
    return problem_cure(p->problem, status, "one dataset has one frequency: import them apart");
}

/* Each return has a revision of its own; a total has none. */
static enum status check_revision(const struct parse *p, enum level level, uint8_t *hs)
{
    struct str text = own_cell(p, C_HS), wanted = p->importing->dataset.hs;
    if (p->input->column[C_HS] == CSV_FIELDS_MAX)
        return ST_OK;
    unsigned revision = hs_number(text);
    if (revision == 0)
        return bad_cell(p, C_HS, "is no revision of the Harmonized System: H0 to H6 are");
    *hs = level == LEVEL_TOTAL ? 0 : (uint8_t)revision;
    if (!p->importing->hs_given || str_eq(hs_name(revision), wanted))
        return ST_OK;
    enum status status = parse_refuse_row(p, "this row is of %.*s (\"%.*s\"), and --hs says %.*s",
                                          STR_ARG(hs_name(revision)), STR_ARG(text), STR_ARG(wanted));
    return problem_cure(p->problem, status, "leave --hs out: each row says its revision");
}

/* *level is the code's own: coarser than the dataset's for an aggregate. Sets *skip where it is finer than what was asked for. */
static enum status check_product(const struct parse *p, uint32_t *product, enum level *level_, enum ingest_skip *skip)
{
    char text[PRODUCT_CODE_MAX];
    struct str code;
    enum level level, wanted = p->importing->dataset.level;
    if (!read_code(own_cell(p, C_PRODUCT), text, &code, &level))
        return bad_cell(p, C_PRODUCT, "is no code of the Harmonized System");
    *level_ = level;
    if (level > wanted && p->importing->level_given) {
        *skip = SKIP_DETAIL;
        return ST_OK;
    }
    if (level <= wanted && product_number(code, level, product))
        return ST_OK;
    char what[80];
    (void)snprintf(what, sizeof what, "is of level %s, and the rows before it are of %s", level_name[level],
                   level_name[wanted]);
    enum status status = bad_cell(p, C_PRODUCT, what);
    return problem_cure(p->problem, status, "say which level you want: --level %s or --level %s", level_name[level],
                        level_name[wanted]);
}

static enum status read_numbers(const struct parse *p, struct cube_row *row)
{
    size_t role = C_VALUE;
    if (own_cell(p, role).n == 0)
        role = row->flow == FLOW_EXPORTS ? C_FOB : C_CIF;
    if (own_cell(p, role).n == 0)
        role = C_VALUE;
    enum status status = parse_value(p, column_name(p, role), own_cell(p, role), 0, &row->value_usd);
    if (status == ST_OK)
        status = parse_quantity(p, column_name(p, C_WEIGHT), own_cell(p, C_WEIGHT), 0, &row->quantity_kg);
    return status;
}

static enum status read_row(struct parse *p)
{
    struct cube_row row = {.line = p->csv.line, .status = OBS_FINAL};
    enum level level = LEVEL_TOTAL;
    enum status status = parse_check_width(p, COLUMNS);
    if (status != ST_OK)
        return status;
    enum flow_word flow = read_flow(own_cell(p, C_FLOW));
    if (flow == FLOW_IS_NONE)
        return bad_cell(p, C_FLOW, "is no flow of UN Comtrade");
    enum ingest_skip skip = part_of_another(&p->csv, p->input);
    if (skip == INGEST_SKIPS)
        status = check_period(p, &row.period);
    if (status == ST_OK && skip == INGEST_SKIPS)
        status = check_product(p, &row.product, &level, &skip);
    if (status == ST_OK && skip == INGEST_SKIPS)
        status = check_revision(p, level, &row.hs);
    if (status != ST_OK)
        return status;
    if (skip != INGEST_SKIPS) {
        p->tally.skipped[skip]++;
        return ST_OK;
    }
    row.flow = flow == FLOW_IS_EXPORTS ? FLOW_EXPORTS : FLOW_IMPORTS;
    status = parse_member(p, own_cell(p, C_REPORTER), &row.reporter);
    if (status == ST_OK)
        status = parse_member(p, own_cell(p, C_PARTNER), &row.partner);
    if (status == ST_OK)
        status = read_numbers(p, &row);
    return status == ST_OK ? parse_add(p, &row, level) : status;
}

static enum status parse_rows(struct parse *p)
{
    enum status status;
    while ((status = csv_next(&p->csv, p->problem)) == ST_OK && (status = read_row(p)) == ST_OK)
        continue;
    return status == ST_NOT_FOUND ? ST_OK : status;
}

const struct adapter adapter_comtrade = {
    .name = "comtrade", .describe = describe, .header = find_columns, .settle = settle, .parse = parse_rows};
