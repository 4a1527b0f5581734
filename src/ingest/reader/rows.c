/* From records to observations, as a description says. */
#include "ingest/reader/reader.h"

#include "entrepot/base/number.h"
#include "entrepot/cube/correlation.h"

/* ---- columns ---- */

static bool add_measure(struct input *input, size_t column, size_t quantity, uint32_t period, int flow)
{
    if (column != CSV_FIELDS_MAX)
        input->measure[input->n_measures++] =
            (struct measure){.column = column, .quantity = quantity, .period = period, .flow = flow};
    return true;
}

/* Values stand in one column; in one for exports and one for imports; or in one for each period. */
/* What the columns' names tell of units, or else the description. */
static void find_units(const struct dataset_csv *map, struct input *input, const struct csv *csv)
{
    for (size_t i = 0; i < input->n_measures; i++) {
        struct measure *m = &input->measure[i];
        struct str currency;
        m->shift = map->value_shift;
        m->quantity_shift = map->quantity_shift;
        if (map->find_unit && !m->period)
            (void)unit_spelled(csv->field[m->column], &m->shift, &currency);
        if (map->find_unit && m->quantity != CSV_FIELDS_MAX)
            (void)unit_spelled(csv->field[m->quantity], &m->quantity_shift, &currency);
    }
}

static enum status find_measures(struct importing *im, struct input *input, const struct csv *csv,
                                 const struct fit *fit, struct problem *problem)
{
    const struct dataset_csv *map = &im->map;
    const size_t *at = fit->column;
    bool flow_given =
        at[ROLE_FLOW] != CSV_FIELDS_MAX || map->constant[ROLE_FLOW].n || im->dataset.basis == BASIS_RECONCILED;
    input->measure = arena_new(&im->arena, struct measure, csv->n_fields + 2);
    input->n_measures = 0;
    if (!input->measure)
        return problem_set(problem, ST_NO_MEMORY, input->name, "out of memory");
    unsigned kind = map->find_frequency ? 0 : im->dataset.frequency;
    for (size_t i = 0; fit->n_across && i < csv->n_fields; i++) {
        uint32_t period;
        if (!reader_across(fit, i, csv->field[i], kind, &period))
            continue;
        kind =
            kind ? kind
                 : period_kind_of(period); /* years, quarters and months side by side: one dataset has one frequency */
        if (period_kind_of(period) == kind)
            (void)add_measure(input, i, CSV_FIELDS_MAX, period, -1);
    }
    if (fit->n_across)
        return ST_OK;
    if (at[ROLE_VALUE] != CSV_FIELDS_MAX || flow_given) /* with a flow, the two others are where "value" is empty */
        (void)add_measure(input, at[ROLE_VALUE] != CSV_FIELDS_MAX ? at[ROLE_VALUE] : at[ROLE_EXPORTS],
                          at[ROLE_QUANTITY], 0, -1);
    else
        (void)(add_measure(input, at[ROLE_EXPORTS], at[ROLE_EXPORTS_QUANTITY], 0, FLOW_EXPORTS) &&
               add_measure(input, at[ROLE_IMPORTS], at[ROLE_IMPORTS_QUANTITY], 0, FLOW_IMPORTS));
    return ST_OK;
}

/* Where neither the file nor anybody else says which money it is. */
static void tell_money(struct importing *im, const struct input *input)
{
    char key[KEY_BYTES];
    if (!im->map.find_unit || im->map.currency.n || input != im->input || input->n_measures == 0)
        return;
    const struct str name = input->measure[0].period ? str_span(NULL, 0) : input->heading[ROLE_VALUE];
    size_t n = word_key(name, key);
    if (n && !memmem(key, n, "us", 2) && !memmem(key, n, "dollar", 6))
        tell(im,
             "no name says the currency of column \"%.*s\": it is taken for US dollars; --set value_unit=EUR says "
             "otherwise",
             STR_ARG(name));
}

static enum status take_columns(struct importing *im, struct input *input, const struct csv *csv, const struct fit *fit,
                                struct problem *problem)
{
    for (size_t role = 0; role < CSV_ROLES; role++) {
        size_t at = input->column[role] = fit->column[role];
        input->heading[role] =
            at == CSV_FIELDS_MAX ? im->map.column[role] : arena_str(&im->arena, str_trim(csv->field[at]));
        enum status status = at == CSV_FIELDS_MAX ? ST_OK : header_check_single(csv, at, problem);
        if (status != ST_OK)
            return status;
    }
    memcpy(input->rule_column, fit->rule, sizeof input->rule_column);
    enum status status = find_measures(im, input, csv, fit, problem);
    find_units(&im->map, input, csv);
    tell_money(im, input);
    return status;
}

/* A manifest names its columns, and each of them must be there; a shipped description names all that may be. */
static enum csv_role missing_name(const struct dataset_csv *map, const struct fit *fit)
{
    for (enum csv_role role = 0; !map->reader.n && role < CSV_ROLES; role++)
        if (map->column[role].n && fit->column[role] == CSV_FIELDS_MAX)
            return role;
    return fit->lacks;
}

enum status reader_columns(struct importing *im, struct input *input, const struct csv *csv, struct problem *problem)
{
    struct fit fit;
    (void)reader_fit(&im->dataset, &im->map, csv->field, csv->n_fields, &fit);
    enum csv_role lacks = missing_name(&im->map, &fit);
    if (lacks == CSV_ROLES)
        return take_columns(im, input, csv, &fit, problem);
    struct str name = im->map.column[lacks].n ? im->map.column[lacks] : str_view(csv_role_name[lacks]);
    return header_lacks(csv, name,
                        im->manifest
                            ? "correct \"columns\" in the manifest, or the CSV's header"
                            : "entrepot inspect FILE shows what the columns are taken for; a manifest names others",
                        problem);
}

/* ---- cells ---- */

struct str reader_cell(const struct importing *im, const struct csv *csv, const struct input *input, enum csv_role role)
{
    size_t column = input->column[role];
    return column == CSV_FIELDS_MAX  ? im->map.constant[role]
           : column >= csv->n_fields ? str_span(NULL, 0)
                                     : str_trim(csv->field[column]);
}

static struct str cell(const struct parse *p, enum csv_role role)
{
    return reader_cell(p->importing, &p->csv, p->input, role);
}

static struct str column_name(const struct parse *p, enum csv_role role)
{
    return p->input->heading[role].n ? p->input->heading[role] : str_view(csv_role_name[role]);
}

static enum status bad_cell(const struct parse *p, enum csv_role role, const char *what)
{
    return parse_refuse(p, column_name(p, role), cell(p, role), what);
}

/* ---- does the row count? ---- */

int reader_flow(const struct importing *im, struct str word)
{
    static const char *const usual[2][3] = {{"X", "exports", "export"}, {"M", "imports", "import"}};
    const struct csv_words *own = &im->map.flows;
    for (size_t i = 0; i < own->n; i++)
        if (str_eq_nocase(own->word[i].word, word))
            return (int)own->word[i].meaning;
    for (size_t i = 0; i < own->n; i++)
        if (word_same(own->word[i].word, word))
            return (int)own->word[i].meaning;
    for (int flow = 0; flow < 2; flow++)
        for (size_t i = 0; i < 3; i++)
            if (str_eq_nocase(word, str_view(usual[flow][i])))
                return flow == 0 ? CSV_EXPORTS : CSV_IMPORTS;
    return FLOW_WORD_NONE;
}

enum ingest_skip reader_skips(const struct importing *im, const struct csv *csv, const struct input *input, int flow)
{
    if (flow == CSV_PART || flow == CSV_DROP)
        return flow == CSV_PART ? SKIP_FLOW : SKIP_RULE;
    for (size_t i = 0; i < im->map.n_rules; i++) {
        size_t column = input->rule_column[i];
        if (column == CSV_FIELDS_MAX || column >= csv->n_fields)
            continue;
        if (texts_have(&im->map.rule[i].values, str_trim(csv->field[column])) != im->map.rule[i].keep)
            return (enum ingest_skip)im->rule_skip[i];
    }
    return INGEST_SKIPS;
}

static size_t count_filled(const struct csv *csv)
{
    size_t n = 0;
    for (size_t i = 0; i < csv->n_fields; i++)
        n += str_trim(csv->field[i]).n > 0;
    return n;
}

/* Titles, sources, sums: one cell alone, or no reporter, partner or product where the file has columns for them; or the header again. */
static bool is_note(const struct parse *p)
{
    static const enum csv_role who[] = {ROLE_REPORTER, ROLE_PARTNER, ROLE_PRODUCT};
    size_t filled = count_filled(&p->csv), columns = 0, empty = 0;
    if (filled <= 1 && p->input->n_columns > 1)
        return filled == 0 || !parse_may_be_cut(p) || str_has(str_trim(p->csv.field[0]), ' ');
    for (size_t i = 0; i < 3; i++) {
        columns += p->input->column[who[i]] != CSV_FIELDS_MAX;
        empty += p->input->column[who[i]] != CSV_FIELDS_MAX && cell(p, who[i]).n == 0;
    }
    bool nobody = p->input->column[ROLE_REPORTER] != CSV_FIELDS_MAX &&
                  p->input->column[ROLE_PARTNER] != CSV_FIELDS_MAX &&
                  cell(p, ROLE_REPORTER).n + cell(p, ROLE_PARTNER).n == 0;
    if (nobody || (columns && empty == columns))
        return true;
    size_t again = 0, roles = 0;
    for (enum csv_role role = 0; role < CSV_ROLES; role++) {
        roles += p->input->column[role] != CSV_FIELDS_MAX;
        again += p->input->column[role] != CSV_FIELDS_MAX && str_eq(cell(p, role), p->input->heading[role]);
    }
    return again == roles;
}

/* Text that is not UTF-8 matters only where it is used. */
static enum status check_text(const struct parse *p)
{
    for (enum csv_role role = 0; p->csv.not_utf8 && role < CSV_ROLES; role++) {
        struct str text = cell(p, role);
        if (p->input->column[role] == CSV_FIELDS_MAX || str_utf8(text))
            continue;
        enum status status =
            parse_refuse_row(p, "column \"%.*s\": this is not UTF-8 text", STR_ARG(column_name(p, role)));
        return problem_cure(p->problem, status, "say which it is: --encoding windows-1252, gb18030 or another");
    }
    return ST_OK;
}

/* ---- parts of an observation ---- */

bool reader_period(const struct importing *im, const struct csv *csv, const struct input *input, unsigned kind,
                   uint32_t *out)
{
    struct str text = reader_cell(im, csv, input, ROLE_PERIOD);
    if (input->column[ROLE_MONTH] == CSV_FIELDS_MAX)
        return period_spelled(text, kind, out);
    unsigned month = month_spelled(reader_cell(im, csv, input, ROLE_MONTH));
    if (!month || !period_spelled(text, PERIOD_YEAR, out) || period_kind_of(*out) != PERIOD_YEAR)
        return false;
    *out = period_make(PERIOD_MONTH, period_ordinal(*out) * 12 + month - 1);
    return true;
}

static enum status check_frequency(const struct parse *p, uint32_t period)
{
    enum period_kind wanted = p->importing->dataset.frequency, kind = period_kind_of(period);
    if (kind == wanted)
        return ST_OK;
    if (!p->importing->map.find_frequency || kind == PERIOD_FISCAL || wanted == PERIOD_FISCAL)
        return parse_refuse_row(p, "the period is not of the dataset's frequency %s", period_kind_word(wanted));
    enum status status = bad_cell(p, ROLE_PERIOD,
                                  kind == PERIOD_MONTH ? "is a month, and the rows before it are of years"
                                                       : "is a year, and the rows before it are of months");
    return problem_cure(p->problem, status, "one dataset has one frequency: import them apart");
}

static enum status read_period(struct parse *p, uint32_t *out)
{
    struct meaning *last = &p->last[MEANS_PERIOD];
    struct str text = cell(p, ROLE_PERIOD);
    bool alone = p->input->column[ROLE_MONTH] == CSV_FIELDS_MAX;
    if (alone && means(last, text)) {
        *out = last->value;
        return ST_OK;
    }
    if (!reader_period(p->importing, &p->csv, p->input, p->importing->dataset.frequency, out))
        return bad_cell(p, ROLE_PERIOD, "is no period: write 2019, FY2018-19, 2019-Q2 or 2019-04 (1900 to 2199)");
    enum status status = check_frequency(p, *out);
    if (status == ST_OK)
        meaning_keep(last, text, *out);
    return status;
}

/* An enum csv_flow, or FLOW_WORD_NONE. */
static int flow_word(struct parse *p)
{
    struct meaning *last = &p->last[MEANS_FLOW];
    struct str word = cell(p, ROLE_FLOW);
    if (word.n == 0 && p->importing->dataset.basis == BASIS_RECONCILED)
        return CSV_EXPORTS;
    if (!means(last, word))
        meaning_keep(last, word, (uint32_t)(reader_flow(p->importing, word) + 1));
    return (int)last->value - 1;
}

static enum status read_flow(const struct parse *p, int flow, enum flow *out)
{
    bool reconciled = p->importing->dataset.basis == BASIS_RECONCILED;
    *out = flow == CSV_IMPORTS ? FLOW_IMPORTS : FLOW_EXPORTS;
    if (flow == CSV_IMPORTS && reconciled)
        return bad_cell(p, ROLE_FLOW, "is no flow of reconciled data: each pair stands once, as exports");
    return flow == CSV_EXPORTS || flow == CSV_IMPORTS
               ? ST_OK
               : bad_cell(p, ROLE_FLOW,
                          "is no flow: write X (exports) or M (imports), or say under \"flows\" what the word means");
}

/* "*" stands for what a description does not know. */
static enum status read_odd_status(struct parse *p, struct str word, uint8_t *out)
{
    const struct csv_words *own = &p->importing->map.statuses;
    size_t i = 0;
    while (i < own->n && !str_is(own->word[i].word, "*"))
        i++;
    if (i == own->n)
        return bad_cell(p, ROLE_STATUS, "is no status: write final, provisional, estimated or rounded");
    *out = (uint8_t)own->word[i].meaning;
    return codes_note_as(&p->tally.taken, &p->csv, "status %.*s for final", (int)(word.n < 20 ? word.n : 20), word.p)
               ? ST_OK
               : problem_set(p->problem, ST_NO_MEMORY, p->input->name, "out of memory");
}

static enum status read_status(struct parse *p, uint8_t *out)
{
    static const struct {
        const char *word;
        uint8_t status;
    } words[] = {
        {"", OBS_FINAL},        {"final", OBS_FINAL},         {"F", OBS_FINAL},     {"provisional", OBS_PROVISIONAL},
        {"P", OBS_PROVISIONAL}, {"estimated", OBS_ESTIMATED}, {"E", OBS_ESTIMATED}, {"rounded", OBS_ROUNDED},
        {"R", OBS_ROUNDED}};
    const struct csv_words *own = &p->importing->map.statuses;
    struct str word = cell(p, ROLE_STATUS);
    for (size_t i = 0; i < own->n; i++)
        if (str_eq(word, own->word[i].word)) {
            *out = (uint8_t)own->word[i].meaning;
            return ST_OK;
        }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(word, words[i].word)) {
            *out = words[i].status;
            return ST_OK;
        }
    return read_odd_status(p, word, out);
}

/* ---- products ---- */

/* Coarser codes are published aggregates. Where the level is that of the finest rows, finer ones come too late. */
static enum status check_level(const struct parse *p, enum level level, enum ingest_skip *skip)
{
    enum level wanted = p->importing->dataset.level;
    if (level <= wanted)
        return ST_OK;
    if (p->importing->level_given) {
        *skip = SKIP_DETAIL;
        return ST_OK;
    }
    char what[80];
    (void)snprintf(what, sizeof what, "is of level %s, and the rows before it are of %s", level_name[level],
                   level_name[wanted]);
    enum status status = bad_cell(p, ROLE_PRODUCT, what);
    return problem_cure(p->problem, status, "say which level you want: --level %s or --level %s", level_name[level],
                        level_name[wanted]);
}

/* At level total a product column is not needed; where there is one, a row of a single product is no total. *level is the code's own. */
static enum status read_product(const struct parse *p, uint32_t *out, enum level *level, enum ingest_skip *skip)
{
    char text[PRODUCT_CODE_MAX];
    const struct importing *im = p->importing;
    bool found = im->level_found,
         given = p->input->column[ROLE_PRODUCT] != CSV_FIELDS_MAX || im->map.constant[ROLE_PRODUCT].n;
    struct str written = given ? cell(p, ROLE_PRODUCT) : STR("TOTAL"), code;
    bool good = product_spelled(&im->map, written, im->dataset.level, !found, text, &code, level);
    if (!good && found)
        return bad_cell(p, ROLE_PRODUCT, "is no code of the Harmonized System");
    if (found) {
        enum status status = check_level(p, *level, skip);
        if (status != ST_OK || *skip != INGEST_SKIPS)
            return status;
    }
    if (!good || *level > im->dataset.level)
        *level = im->dataset.level;
    return good && product_number(code, *level, out)
               ? ST_OK
               : parse_refuse_row(p, "product \"%.*s\" is not a code of level %s",
                                  (int)(written.n < 40 ? written.n : 40), written.p ? written.p : "",
                                  level_name[im->dataset.level]);
}

/* Each return has a revision of its own; a total has none. */
static enum status read_revision(const struct parse *p, enum level level, uint8_t *hs)
{
    struct str text = cell(p, ROLE_HS), wanted = p->importing->dataset.hs;
    *hs = 0;
    if (text.n == 0 && p->input->column[ROLE_HS] == CSV_FIELDS_MAX)
        return ST_OK;
    if (level == LEVEL_TOTAL)
        return ST_OK;
    unsigned revision = hs_number(text);
    if (revision == 0)
        return bad_cell(p, ROLE_HS, "is no revision of the Harmonized System: H0 to H6 are");
    *hs = (uint8_t)revision;
    if (!p->importing->hs_given || str_eq(hs_name(revision), wanted))
        return ST_OK;
    enum status status = parse_refuse_row(p, "this row is of %.*s (\"%.*s\"), and --hs says %.*s",
                                          STR_ARG(hs_name(revision)), STR_ARG(text), STR_ARG(wanted));
    return problem_cure(p->problem, status, "leave --hs out: each row says its revision");
}

/* ---- members ---- */

static bool ended_before(const struct country *country, uint32_t period)
{
    uint32_t year, from = period_ordinal(period_first_month(period)) / 12;
    return country->valid_to.n >= 4 && str_u32(str_span(country->valid_to.p, 4), PERIOD_YEAR_MAX, &year) && year < from;
}

/* A number of a country that had ended then, or that nobody uses, means what M49 says: 840 is the USA, 356 India. */
static enum status take_for_heir(struct parse *p, struct str code, uint32_t period, uint32_t *id)
{
    const struct members *m = &p->importing->members;
    const struct country *found = countries_at(m->countries, *id);
    if (p->importing->dataset.basis == BASIS_RECONCILED || m->codes != CODES_COMTRADE || found->kind != MEMBER_FORMER ||
        (found->valid_to.n && !ended_before(found, period)))
        return ST_OK;
    uint32_t heir = countries_find_source(m->countries, CODES_M49, code);
    if (heir == NO_ID || heir == *id || countries_at(m->countries, heir)->kind != MEMBER_COUNTRY)
        return ST_OK;
    *id = heir;
    return codes_note_as(&p->tally.taken, &p->csv, "%.*s for %.*s", STR_ARG(code),
                         STR_ARG(countries_at(m->countries, heir)->id))
               ? ST_OK
               : problem_set(p->problem, ST_NO_MEMORY, p->input->name, "out of memory");
}

static enum status read_member(struct parse *p, enum csv_role role, uint32_t period, uint32_t *id,
                               enum ingest_skip *skip)
{
    struct str code = cell(p, role);
    struct meaning *last = &p->last[role == ROLE_REPORTER ? MEANS_REPORTER : MEANS_PARTNER];
    bool known = means(last, code);
    *id = last->value;
    enum status status = known ? ST_OK : parse_member(p, code, id);
    if (status != ST_OK || *id == NO_ID)
        return status;
    if (!known && *id != p->importing->members.unknown_as)
        meaning_keep(last, code, *id);
    if (*id != MEMBER_LEFT_OUT)
        return take_for_heir(p, code, period, id);
    *skip = SKIP_MEMBER;
    return codes_note(&p->tally.left_out, code, &p->csv)
               ? ST_OK
               : problem_set(p->problem, ST_NO_MEMORY, p->input->name, "out of memory");
}

/* ---- numbers ---- */

__extension__ typedef __int128 wide;

static const struct rate *find_rate(const struct importing *im, uint32_t period)
{
    size_t low = 0, high = im->n_rates;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (im->rate[middle].period < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low < im->n_rates && im->rate[low].period == period ? &im->rate[low] : NULL;
}

/* Dollars of an amount in hundredths of the source's currency; half-even. */
static enum status in_dollars(const struct parse *p, uint32_t period, int64_t *value)
{
    const struct importing *im = p->importing;
    const struct rate *rate = find_rate(im, period);
    if (!rate && period_kind_of(period) != PERIOD_FISCAL)
        rate = find_rate(im, period_make(PERIOD_YEAR, period_ordinal(period_first_month(period)) / 12));
    if (!rate) {
        char text[PERIOD_TEXT];
        (void)period_print(period, text);
        return parse_refuse_row(p, "there is no rate of %.*s for %s in %.*s", STR_ARG(im->map.currency), text,
                                STR_ARG(im->map.rates));
    }
    const wide unit = (wide)1000000000 * 100;
    wide product = (wide)*value * rate->usd_e9, whole = product / unit, twice = (product - whole * unit) * 2;
    *value = (int64_t)(whole + (twice > unit || (twice == unit && (whole & 1))));
    return ST_OK;
}

/* How fine a unit the number is written to: zeros behind the point are a matter of spelling. */
static unsigned fineness_of(struct str number, int shift)
{
    unsigned decimals = 0;
    for (size_t point = str_find(number, '.'), i = point + 1; i < number.n; i++)
        decimals = number.p[i] == '0' ? decimals : (unsigned)(i - point);
    return FINENESS_USD - (unsigned)shift + decimals;
}

static enum status read_value(struct parse *p, struct str name, struct str text, int shift, uint32_t period,
                              int64_t *out)
{
    const struct dataset_csv *map = &p->importing->map;
    char room[NUMBER_TEXT];
    struct str number;
    if (!number_spelled(map, text, room, &number))
        return parse_refuse(p, name, text, "is not a number");
    unsigned fineness = map->currency.n ? FINENESS_USD : fineness_of(number, shift);
    p->tally.fineness = fineness > p->tally.fineness ? fineness : p->tally.fineness;
    if (map->currency.n == 0 || decimal_read(number, shift + 2, out) != ST_OK || *out < 0)
        return parse_value(p, name, number, shift, out);
    enum status status = in_dollars(p, period, out);
    return status == ST_OK && *out > VALUE_USD_MAX ? parse_refuse(p, name, text, "is larger than any trade") : status;
}

static struct str measure_cell(const struct parse *p, size_t column)
{
    return column >= p->csv.n_fields ? str_span(NULL, 0) : str_trim(p->csv.field[column]);
}

/* The value's text and its column's name: where the column of all values is empty, that of the flow may not be. */
static struct str value_text(const struct parse *p, const struct measure *m, enum flow flow, struct str *name)
{
    const struct input *input = p->input;
    struct str text = measure_cell(p, m->column);
    enum csv_role other = flow == FLOW_EXPORTS ? ROLE_EXPORTS : ROLE_IMPORTS;
    *name = column_name(p, m->flow < 0 ? ROLE_VALUE : other);
    if (m->flow < 0 && m->period == 0 && input->column[other] != CSV_FIELDS_MAX &&
        (text.n == 0 || input->column[ROLE_VALUE] == CSV_FIELDS_MAX) && cell(p, other).n) {
        *name = column_name(p, other);
        return cell(p, other);
    }
    return text;
}

static enum status read_quantity(const struct parse *p, const struct measure *m, int64_t *out)
{
    const struct dataset_csv *map = &p->importing->map;
    char room[NUMBER_TEXT];
    struct str text = m->quantity == CSV_FIELDS_MAX ? p->importing->map.constant[ROLE_QUANTITY]
                                                    : measure_cell(p, m->quantity),
               number;
    if (texts_have(&map->missing, text))
        text = str_span(NULL, 0);
    if (!number_spelled(map, text, room, &number))
        return bad_cell(p, ROLE_QUANTITY, "is not a number");
    return parse_quantity(p, column_name(p, ROLE_QUANTITY), number, m->quantity_shift, out);
}

/* One value of the row. */
static enum status read_measure(struct parse *p, const struct measure *m, struct cube_row *row, enum level level)
{
    struct str name;
    if (m->flow >= 0)
        row->flow = (enum flow)m->flow;
    if (m->period) {
        row->period = m->period;
        enum status status = check_frequency(p, m->period);
        if (status != ST_OK)
            return status;
    }
    struct str text = value_text(p, m, row->flow, &name);
    if (texts_have(&p->importing->map.missing, text) || (text.n == 0 && p->input->n_measures > 1)) {
        p->tally.skipped[SKIP_NO_VALUE]++;
        return ST_OK;
    }
    enum status status = read_value(p, name, text, m->shift, row->period, &row->value_usd);
    if (status == ST_OK)
        status = read_quantity(p, m, &row->quantity_kg);
    return status == ST_OK ? parse_add(p, row, level) : status;
}

/* ---- rows ---- */

/* What all values of the row share; *skip says why it does not count. */
static enum status read_key(struct parse *p, struct cube_row *row, enum level *level, enum ingest_skip *skip)
{
    enum status status = ST_OK;
    bool one_flow = p->input->measure[0].flow < 0;
    int flow = flow_word(p);
    *skip = reader_skips(p->importing, &p->csv, p->input, flow);
    if (one_flow && *skip == INGEST_SKIPS)
        status = read_flow(p, flow, &row->flow);
    if (status == ST_OK && *skip == INGEST_SKIPS && !p->input->measure[0].period)
        status = read_period(p, &row->period);
    if (status == ST_OK && *skip == INGEST_SKIPS)
        status = read_product(p, &row->product, level, skip);
    if (status == ST_OK && *skip == INGEST_SKIPS)
        status = read_revision(p, *level, &row->hs);
    if (status == ST_OK && *skip == INGEST_SKIPS)
        status = read_status(p, &row->status);
    uint32_t when = p->input->measure[0].period ? p->input->measure[0].period : row->period;
    if (status == ST_OK && *skip == INGEST_SKIPS)
        status = read_member(p, ROLE_REPORTER, when, &row->reporter, skip);
    if (status == ST_OK && *skip == INGEST_SKIPS)
        status = read_member(p, ROLE_PARTNER, when, &row->partner, skip);
    return status;
}

static enum status read_row(struct parse *p)
{
    struct cube_row row = {.line = p->csv.line};
    enum ingest_skip skip = INGEST_SKIPS;
    enum level level = LEVEL_TOTAL;
    if (p->importing->map.footer && is_note(p)) {
        p->tally.skipped[SKIP_NOTE]++;
        return ST_OK;
    }
    enum status status = parse_check_width(p, CSV_ROLES);
    if (status == ST_OK)
        status = check_text(p);
    if (status == ST_OK)
        status = read_key(p, &row, &level, &skip);
    if (status == ST_OK && skip != INGEST_SKIPS)
        p->tally.skipped[skip]++;
    for (size_t i = 0; status == ST_OK && skip == INGEST_SKIPS && i < p->input->n_measures; i++)
        status = read_measure(p, &p->input->measure[i], &row, level);
    return status;
}

enum status reader_rows(struct parse *p)
{
    enum status status;
    p->csv.tolerant = true;
    while ((status = csv_next(&p->csv, p->problem)) == ST_OK && (status = read_row(p)) == ST_OK)
        continue;
    return status == ST_NOT_FOUND ? ST_OK : status;
}
