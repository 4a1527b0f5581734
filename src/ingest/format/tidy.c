/* Tidy CSV: a manifest says what its columns mean. */
#include "entrepot/cube/correlation.h"
#include "ingest/format/format.h"

#define MANIFEST_BYTES_MAX ((size_t)1 << 20)

static enum status describe(struct importing *im, struct problem *problem)
{
    char *text;
    size_t n;
    enum status status = ingest_slurp(im->manifest, MANIFEST_BYTES_MAX, &text, &n, problem);
    if (status != ST_OK)
        return status;
    status = dataset_read(im->manifest, str_span(text, n), &im->arena, &im->dataset, &im->map, problem);
    free(text);
    if (status != ST_OK)
        return status;
    if (im->options->level)
        return problem_set(problem, ST_INVALID, im->manifest, "a manifest has its own level: leave --level out");
    if (im->options->hs) {
        im->dataset.hs = hs_revision(str_view(im->options->hs));
        im->hs_given = true;
    }
    members_init(&im->members, im->countries, im->map.codes);
    return members_spell(&im->members, &im->map, &im->arena, im->manifest, problem);
}

static enum status find_columns(struct importing *im, struct input *input, const struct csv *csv,
                                struct problem *problem)
{
    enum status status = ST_OK;
    for (size_t role = 0; status == ST_OK && role < CSV_ROLES; role++) {
        struct str name = im->map.column[role];
        input->column[role] = name.n ? csv_column(csv, name) : CSV_FIELDS_MAX;
        if (name.n && input->column[role] == CSV_FIELDS_MAX)
            status = header_lacks(csv, name, "correct \"columns\" in the manifest, or the CSV's header", problem);
        else if (name.n)
            status = header_check_single(csv, input->column[role], problem);
    }
    return status;
}

/* ---- cells ---- */

static struct str cell(const struct parse *p, enum csv_role role)
{
    size_t column = p->input->column[role];
    return column == CSV_FIELDS_MAX ? p->importing->map.constant[role] : str_trim(p->csv.field[column]);
}

static struct str column_name(const struct parse *p, enum csv_role role)
{
    struct str name = p->importing->map.column[role];
    return name.n ? name : str_view(csv_role_name[role]);
}

static enum status bad_cell(const struct parse *p, enum csv_role role, const char *what)
{
    return parse_refuse(p, column_name(p, role), cell(p, role), what);
}

static enum status read_period(const struct parse *p, uint32_t *out)
{
    const char *why;
    if (!period_read(cell(p, ROLE_PERIOD), out, &why))
        return bad_cell(p, ROLE_PERIOD, "is no period: write 2019, FY2018-19, 2019-Q2 or 2019-04");
    if (period_kind_of(*out) != p->importing->dataset.frequency)
        return parse_refuse_row(p, "the period is not of the dataset's frequency %s",
                                period_kind_word(p->importing->dataset.frequency));
    return ST_OK;
}

static enum status read_flow(const struct parse *p, enum flow *out)
{
    static const char *const exports[] = {"X", "exports", "export"}, *const imports[] = {"M", "imports", "import"};
    struct str word = cell(p, ROLE_FLOW);
    bool reconciled = p->importing->dataset.basis == BASIS_RECONCILED;
    *out = FLOW_EXPORTS;
    if (word.n == 0 && reconciled)
        return ST_OK;
    for (size_t i = 0; i < 3; i++) {
        if (str_eq_nocase(word, str_view(exports[i])))
            return ST_OK;
        if (str_eq_nocase(word, str_view(imports[i]))) {
            *out = FLOW_IMPORTS;
            return !reconciled
                       ? ST_OK
                       : bad_cell(p, ROLE_FLOW, "is no flow of reconciled data: each pair stands once, as exports");
        }
    }
    return bad_cell(p, ROLE_FLOW, "is no flow: write X (exports) or M (imports)");
}

static enum status read_status(const struct parse *p, uint8_t *out)
{
    static const struct {
        const char *word;
        uint8_t status;
    } words[] = {
        {"", OBS_FINAL},        {"final", OBS_FINAL},         {"F", OBS_FINAL},     {"provisional", OBS_PROVISIONAL},
        {"P", OBS_PROVISIONAL}, {"estimated", OBS_ESTIMATED}, {"E", OBS_ESTIMATED}, {"rounded", OBS_ROUNDED},
        {"R", OBS_ROUNDED}};
    struct str word = cell(p, ROLE_STATUS);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i].word)) {
            *out = words[i].status;
            return ST_OK;
        }
    return bad_cell(p, ROLE_STATUS, "is no status: write final, provisional, estimated or rounded");
}

/* Digits behind the point, zeros at the end not counted: they are a matter of spelling. */
static unsigned decimals_of(struct str value)
{
    unsigned decimals = 0;
    for (size_t point = str_find(value, '.'), i = point + 1; i < value.n; i++)
        decimals = value.p[i] == '0' ? decimals : (unsigned)(i - point);
    return decimals;
}

static enum status read_numbers(struct parse *p, struct cube_row *row)
{
    const struct dataset_csv *map = &p->importing->map;
    struct str value = cell(p, ROLE_VALUE);
    unsigned decimals = decimals_of(value);
    p->tally.decimals = decimals > p->tally.decimals ? decimals : p->tally.decimals;
    enum status status =
        parse_value(p, column_name(p, ROLE_VALUE), cell(p, ROLE_VALUE), map->value_shift, &row->value_usd);
    if (status == ST_OK)
        status = parse_quantity(p, column_name(p, ROLE_QUANTITY), cell(p, ROLE_QUANTITY), map->quantity_shift,
                                &row->quantity_kg);
    return status;
}

/* At level total a product column is not needed; where there is one, a row of a single product is no total. A code coarser than the level
 * is a published aggregate: *level is its own then. */
static enum status read_product(const struct parse *p, enum level *level, uint32_t *out)
{
    const struct dataset_csv *map = &p->importing->map;
    bool given = map->column[ROLE_PRODUCT].n || map->constant[ROLE_PRODUCT].n;
    struct str code = given ? cell(p, ROLE_PRODUCT) : STR("TOTAL");
    enum level wanted = p->importing->dataset.level;
    bool coarser = product_level(code, level) && *level < wanted && *level != LEVEL_SECTION;
    *level = coarser ? *level : wanted;
    return product_number(code, *level, out)
               ? ST_OK
               : parse_refuse_row(p, "product \"%.*s\" is not a code of level %s", (int)(code.n < 40 ? code.n : 40),
                                  code.p ? code.p : "", level_name[wanted]);
}

/* A total has no revision. */
static enum status read_hs(const struct parse *p, enum level level, uint8_t *out)
{
    struct str word = cell(p, ROLE_HS);
    *out = 0;
    if (word.n == 0 || level == LEVEL_TOTAL)
        return ST_OK;
    *out = (uint8_t)hs_number(word);
    return *out ? ST_OK : bad_cell(p, ROLE_HS, "is no revision of the Harmonized System: HS1992 to HS2022 are");
}

static enum status read_row(struct parse *p)
{
    struct cube_row row = {.line = p->csv.line};
    enum level level = p->importing->dataset.level;
    enum status status = parse_check_width(p, CSV_ROLES);
    if (status == ST_OK)
        status = parse_member(p, cell(p, ROLE_REPORTER), &row.reporter);
    if (status == ST_OK)
        status = parse_member(p, cell(p, ROLE_PARTNER), &row.partner);
    if (status == ST_OK)
        status = read_period(p, &row.period);
    if (status == ST_OK)
        status = read_flow(p, &row.flow);
    if (status == ST_OK)
        status = read_numbers(p, &row);
    if (status == ST_OK)
        status = read_status(p, &row.status);
    if (status == ST_OK)
        status = read_product(p, &level, &row.product);
    if (status == ST_OK)
        status = read_hs(p, level, &row.hs);
    return status == ST_OK ? parse_add(p, &row, level) : status;
}

static enum status parse_rows(struct parse *p)
{
    enum status status;
    while ((status = csv_next(&p->csv, p->problem)) == ST_OK && (status = read_row(p)) == ST_OK)
        continue;
    return status == ST_NOT_FOUND ? ST_OK : status;
}

const struct adapter adapter_tidy = {.name = "tidy", .describe = describe, .header = find_columns, .parse = parse_rows};
