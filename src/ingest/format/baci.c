/* CEPII BACI: t,i,j,k,v,q = year, exporter, importer, product (HS6), value in thousand USD, quantity in tonnes.
 *
 * A year is some ten million lines, so there are two readers of a line: a fast one for lines as CEPII writes them, and the general one,
 * which is right for every line. The fast one refuses nothing: what it does not understand it leaves to the other.
 */
#include <inttypes.h>

#include "ingest/format/format.h"
#include "ingest/input.h"
#include "ingest/text/source.h"

#define PRODUCTS 1000000U
#define TABLE_BYTES_MAX ((size_t)64 << 20)

enum { C_YEAR, C_EXPORTER, C_IMPORTER, C_PRODUCT, C_VALUE, C_QUANTITY, COLUMNS };
static const char *const column_name[COLUMNS] = {"t", "i", "j", "k", "v", "q"};
static const char product_before_2018[] = "hs6";

/* ---- names of files ---- */

/* What BACI_HS17_Y2020_V202501.csv says. */
struct file_name {
    struct str hs, release; /* hs as HS2017 */
    uint32_t year;
};

static struct str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct str name = str_view(slash ? slash + 1 : path);
    if (str_ends(name, STR(".gz")))
        name.n -= 3;
    if (str_ends(name, STR(".csv")))
        name.n -= 4;
    return name;
}

/* Before 2018 files were called baci07_2014.csv. */
static bool read_old_file_name(struct str name, struct file_name *out)
{
    char hs[] = "HS00";
    if (name.n != 11 || !str_eq_nocase(str_span(name.p, 4), STR("BACI")) || name.p[6] != '_')
        return false;
    memcpy(hs + 2, name.p + 4, 2);
    out->hs = hs_revision(str_view(hs));
    return out->hs.n && str_u32(str_span(name.p + 7, 4), PERIOD_YEAR_MAX, &out->year);
}

static bool read_file_name(const char *path, struct file_name *out)
{
    struct str rest = base_name(path), whole = rest, word = str_cut(&rest, '_'), hs = str_cut(&rest, '_'),
               year = str_cut(&rest, '_');
    *out = (struct file_name){.hs = hs_revision(hs), .release = rest};
    if (read_old_file_name(whole, out))
        return true;
    return str_eq_nocase(word, STR("BACI")) && out->hs.n && year.n == 5 && year.p[0] == 'Y' &&
           str_u32(str_span(year.p + 1, 4), PERIOD_YEAR_MAX, &out->year) && rest.n >= 2 && rest.p[0] == 'V';
}

static enum status refuse_mix(const char *a, struct str first, const char *b, struct str second, const char *what,
                              struct problem *problem)
{
    enum status status =
        problem_set(problem, ST_INVALID, b, "%s %.*s, but %s has %.*s", what, STR_ARG(second), a, STR_ARG(first));
    return problem_cure(problem, status, "one dataset has one revision and one release: import them apart");
}

static enum status read_file_names(struct importing *im, struct str *release, struct problem *problem)
{
    struct str *hs = &im->dataset.hs;
    const char *first = "--hs";
    if (im->options->hs)
        *hs = hs_revision(str_view(im->options->hs));
    for (size_t i = 0; i < im->n_inputs; i++) {
        struct file_name name;
        struct input *input = &im->input[i];
        if (!read_file_name(input->path, &name))
            continue;
        input->year = name.year;
        if (hs->n && !str_eq(*hs, name.hs))
            return refuse_mix(first, *hs, input->path, name.hs, "holds", problem);
        if (release->n && name.release.n && !str_eq(*release, name.release))
            return refuse_mix(first, *release, input->path, name.release, "is of release", problem);
        first = release->n ? first : input->path;
        *hs = name.hs;
        *release = name.release.n ? name.release : *release;
    }
    if (hs->n || im->recognised)
        return ST_OK;
    enum status status = problem_set(problem, ST_INVALID, im->n_inputs ? im->input[0].name : "baci",
                                     "the file's name does not say which revision of the Harmonized System it holds");
    return problem_cure(problem, status,
                        "give --hs HS2017 (or another), or keep CEPII's name BACI_HS17_Y2020_V202501.csv");
}

/* ---- CEPII's table of products ---- */

static enum status take_product(uint64_t *known, const struct csv *csv, size_t column, struct problem *problem)
{
    uint32_t number;
    if (csv->n_fields <= column)
        return csv_refuse(csv, problem, "the row has fewer fields than the header", csv->field[0]);
    struct str code = str_trim(csv->field[column]);
    /* 9999AA: commodities not specified according to kind. BACI itself has no such rows. */
    if (str_is(code, "9999AA"))
        return ST_OK;
    if ((code.n != 5 && code.n != 6) || !str_u32(code, PRODUCTS - 1, &number))
        return csv_refuse(csv, problem, "this is no product code of six digits", code);
    known[number / 64] |= (uint64_t)1 << number % 64;
    return ST_OK;
}

static enum status read_products(struct importing *im, const char *name, char *bytes, size_t n, struct problem *problem)
{
    static const char *const names[] = {"code"};
    struct csv csv;
    size_t column;
    im->product_known = arena_new(&im->arena, uint64_t, PRODUCTS / 64 + 1);
    if (!im->product_known)
        return problem_set(problem, ST_NO_MEMORY, name, "out of memory");
    csv_init_memory(&csv, name, bytes, n);
    csv.tolerant = true;
    enum status status = csv_header(&csv, names, 1, &column, problem);
    while (status == ST_OK && (status = csv_next(&csv, problem)) == ST_OK)
        status = take_product(im->product_known, &csv, column, problem);
    return status == ST_NOT_FOUND ? ST_OK : status;
}

/* A table that was named, or that lies beside the figures. */
static enum status read_table(struct importing *im, const char *path, struct input *found, bool countries,
                              struct problem *problem)
{
    char *bytes;
    size_t n;
    const char *name = path ? path : found ? found->name : NULL;
    if (!name)
        return ST_OK;
    enum status status = path ? source_slurp(path, TABLE_BYTES_MAX, im->options->stop_fd, &bytes, &n, problem)
                              : input_slurp(im, found, TABLE_BYTES_MAX, &bytes, &n, problem);
    if (status != ST_OK)
        return status;
    status = countries ? members_read_baci(&im->members, name, bytes, n, problem)
                       : read_products(im, name, bytes, n, problem);
    free(bytes);
    return status;
}

/* ---- the dataset ---- */

static enum status describe(struct importing *im, struct problem *problem)
{
    struct str release = {NULL, 0};
    const struct ingest_options *o = im->options;
    if (o->level && *o->level != LEVEL_HS6)
        return problem_set(problem, ST_INVALID, "--level", "BACI is of level hs6");
    im->dataset =
        (struct dataset){.source = STR("CEPII, BACI"),
                         .source_url = STR("https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37"),
                         .licence = STR("Etalab Open Licence 2.0"),
                         .exports_valuation = STR("FOB"),
                         .imports_valuation = STR("FOB"),
                         .frequency = PERIOD_YEAR,
                         .level = LEVEL_HS6,
                         .basis = BASIS_RECONCILED,
                         .coverage_told = TOLD_BY_FORMAT,
                         .partners_told = TOLD_FOUND};
    enum status status = read_file_names(im, &release, problem);
    if (status != ST_OK)
        return status;
    struct dataset *d = &im->dataset;
    d->published = arena_str(&im->arena, release);
    if (d->hs.n == 0)
        tell(im, "no file's name says which revision of the Harmonized System it holds; --hs does");
    d->id = d->hs.n ? arena_printf(&im->arena, "baci-hs%.*s", 2, d->hs.p + 4) : STR("baci");
    d->title = d->hs.n ? arena_printf(&im->arena, "World trade by product (HS %.*s), reconciled", 4, d->hs.p + 2)
                       : STR("World trade by product, reconciled");
    if ((release.n && !d->published.p) || !d->id.p || !d->title.p)
        return problem_set(problem, ST_NO_MEMORY, "baci", "out of memory");
    members_init(&im->members, im->countries, CODES_COMTRADE);
    status = read_table(im, o->countries_file, im->countries_table, true, problem);
    return status == ST_OK ? read_table(im, o->products_file, im->products_table, false, problem) : status;
}

static enum status find_columns(struct importing *im, struct input *input, const struct csv *csv,
                                struct problem *problem)
{
    (void)im;
    input->in_order = csv->n_fields == COLUMNS && csv->delimiter == ',';
    for (size_t i = 0; i < COLUMNS; i++) {
        input->column[i] = csv_column(csv, str_view(column_name[i]));
        if (i == C_PRODUCT && input->column[i] == CSV_FIELDS_MAX)
            input->column[i] = csv_column(csv, str_view(product_before_2018));
        if (input->column[i] == CSV_FIELDS_MAX)
            return header_lacks(csv, str_view(column_name[i]), "a BACI file begins with t,i,j,k,v,q", problem);
        enum status status = header_check_single(csv, input->column[i], problem);
        if (status != ST_OK)
            return status;
        input->in_order = input->in_order && input->column[i] == i;
    }
    return ST_OK;
}

/* ---- the general reader of a line ---- */

static struct str cell(const struct parse *p, size_t column)
{
    return str_trim(p->csv.field[p->input->column[column]]);
}

static enum status bad_cell(const struct parse *p, size_t column, const char *what)
{
    return parse_refuse(p, str_view(column_name[column]), cell(p, column), what);
}

static enum status read_year(const struct parse *p, uint32_t *period)
{
    uint32_t year;
    struct str text = cell(p, C_YEAR);
    if (text.n != 4 || !str_u32(text, PERIOD_YEAR_MAX, &year) || year < PERIOD_YEAR_MIN)
        return bad_cell(p, C_YEAR, "is no year from 1900 to 2199");
    if (p->input->year && year != p->input->year)
        return bad_cell(p, C_YEAR, "is not the year in the file's name");
    *period = period_make(PERIOD_YEAR, year);
    return ST_OK;
}

static bool product_known(const struct importing *im, uint32_t product)
{
    return !im->product_known || im->product_known[product / 64] >> product % 64 & 1;
}

/* Five digits: some program took the code for a number, and its leading zero is lost. *ok is false for a code that is noted as unknown. */
static enum status read_product(struct parse *p, uint32_t *product, bool *ok)
{
    struct str code = cell(p, C_PRODUCT);
    if ((code.n != 5 && code.n != 6) || !str_u32(code, PRODUCTS - 1, product))
        return parse_refuse_row(p, "product \"%.*s\" is not a code of level hs6", (int)(code.n < 40 ? code.n : 40),
                                code.p ? code.p : "");
    *ok = product_known(p->importing, *product);
    if (*ok || codes_note(&p->tally.products, code, &p->csv))
        return ST_OK;
    return problem_set(p->problem, ST_NO_MEMORY, p->input->name, "out of memory");
}

static enum status read_row(struct parse *p)
{
    struct cube_row row = {.line = p->csv.line, .flow = FLOW_EXPORTS};
    bool ok = true;
    enum status status = parse_check_width(p, COLUMNS);
    if (status == ST_OK)
        status = read_year(p, &row.period);
    if (status == ST_OK)
        status = parse_member(p, cell(p, C_EXPORTER), &row.reporter);
    if (status == ST_OK)
        status = parse_member(p, cell(p, C_IMPORTER), &row.partner);
    if (status == ST_OK)
        status = read_product(p, &row.product, &ok);
    if (status == ST_OK)
        status = parse_value(p, STR("v"), cell(p, C_VALUE), 3, &row.value_usd);
    if (status == ST_OK)
        status = parse_quantity(p, STR("q"), cell(p, C_QUANTITY), 3, &row.quantity_kg);
    return status == ST_OK && ok ? parse_add(p, &row, LEVEL_HS6) : status;
}

/* ---- the fast reader of a line ---- */

/* All of these read on from `p`, stop at the first byte that is not theirs, and give NULL for what the general reader is to judge. The
 * zero bytes behind a block end every field, so nobody looks for the end. */

static inline unsigned digit_at(const char *p) { return (unsigned)(unsigned char)*p - '0'; }

static inline const char *skip_spaces(const char *p)
{
    uint64_t eight;
    memcpy(&eight, p, 8);
    if (eight == 0x2020202020202020)
        p += 8;
    while (*p == ' ')
        p++;
    return p;
}

/* One to `most` digits, then `stop`. */
static inline const char *take_number(const char *p, unsigned least, unsigned most, char stop, uint32_t *out)
{
    uint32_t number = 0;
    unsigned n = 0;
    for (; n < most && digit_at(p) <= 9; n++, p++)
        number = number * 10 + digit_at(p);
    *out = number;
    return n >= least && *p == stop ? p + 1 : NULL;
}

/* Up to three decimals behind a point at p, as digits of `number`, which is in thousandths then. */
static inline const char *take_decimals(const char *p, uint64_t number, int64_t *out)
{
    static const uint16_t missing[4] = {1000, 100, 10, 1};
    unsigned n = 0;
    for (p++; n < 3 && digit_at(p) <= 9; n++, p++)
        number = number * 10 + digit_at(p);
    *out = (int64_t)(number * missing[n]);
    return n ? p : NULL;
}

/* A number with at most twelve digits and three decimals, times a thousand: exact, so nothing is rounded. */
static inline const char *take_thousandths(const char *p, int64_t *out)
{
    uint64_t number = 0;
    const char *start = p;
    for (; digit_at(p) <= 9; p++)
        number = number * 10 + digit_at(p);
    if (p == start || p - start > 12)
        return NULL;
    if (*p == '.')
        return take_decimals(p, number, out);
    *out = (int64_t)(number * 1000);
    return p;
}

static inline const char *take_quantity(const char *p, int64_t *out)
{
    p = skip_spaces(p);
    if (p[0] != 'N')
        return take_thousandths(p, out);
    *out = QUANTITY_UNKNOWN;
    return p[1] == 'A' ? p + 2 : NULL;
}

/* The year that the lines have at present, as its four bytes. */
struct fast {
    uint32_t year_bytes, period;
};

static inline const char *take_line(const struct importing *im, const struct fast *fast, const char *p,
                                    struct cube_row *row)
{
    uint32_t year_bytes, exporter, importer;
    memcpy(&year_bytes, p, 4);
    if (year_bytes != fast->year_bytes || p[4] != ',')
        return NULL;
    p = take_number(p + 5, 1, 3, ',', &exporter);
    p = p ? take_number(p, 1, 3, ',', &importer) : NULL;
    p = p ? take_number(p, 5, 6, ',', &row->product) : NULL;
    p = p ? take_thousandths(skip_spaces(p), &row->value_usd) : NULL;
    if (!p || *p != ',')
        return NULL;
    p = take_quantity(p + 1, &row->quantity_kg);
    if (!p)
        return NULL;
    p += *p == '\r';
    row->period = fast->period;
    row->quantity_kg = quantity_meant(row->quantity_kg, row->value_usd);
    row->reporter = im->members.number[exporter];
    row->partner = im->members.number[importer];
    bool good = *p == '\n' && row->reporter != NO_ID && row->partner != NO_ID && row->reporter != row->partner &&
                product_known(im, row->product);
    return good ? p + 1 : NULL;
}

/* Takes lines as long as it understands them. */
static enum status take_lines(struct parse *p, const struct fast *fast)
{
    const struct importing *im = p->importing;
    struct cube_row row = {.flow = FLOW_EXPORTS, .line = p->csv.next_line};
    const char *at = p->csv.p, *end = at + p->csv.n, *next;
    while (at < end && (next = take_line(im, fast, at, &row))) {
        if (!cube_batch_add(p->batch, &row))
            return problem_set(p->problem, ST_NO_MEMORY, p->input->name, "out of memory");
        at = next;
        row.line++;
    }
    p->csv.p += at - p->csv.p;
    p->csv.n = (size_t)(end - at);
    p->csv.next_line = row.line;
    return ST_OK;
}

/* The year of a line that was found good: the next ones mostly have it too. */
static void note_year(const struct parse *p, struct fast *fast)
{
    uint32_t year;
    struct str text = cell(p, C_YEAR);
    if (p->input->in_order && str_u32(text, PERIOD_YEAR_MAX, &year)) {
        memcpy(&fast->year_bytes, text.p, 4);
        fast->period = period_make(PERIOD_YEAR, year);
    }
}

static enum status parse_rows(struct parse *p)
{
    struct fast fast = {.year_bytes = 0};
    enum status status = ST_OK;
    while (status == ST_OK) {
        if (fast.year_bytes)
            status = take_lines(p, &fast);
        if (status == ST_OK)
            status = csv_next(&p->csv, p->problem);
        if (status == ST_OK)
            status = read_row(p);
        if (status == ST_OK)
            note_year(p, &fast);
    }
    return status == ST_NOT_FOUND ? ST_OK : status;
}

const struct adapter adapter_baci = {
    .name = "baci", .figures_alone = true, .describe = describe, .header = find_columns, .parse = parse_rows};
