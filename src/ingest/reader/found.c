/* What only rows tell: frequency, level, revision, whose numbers countries have, how numbers are written. */
#include "ingest/reader/reader.h"

struct first_rows {
    uint32_t period;
    struct str hs;
    bool hs_mixed;
    enum level level;
    size_t n;
};

/* How values are written, by counts of what can be read in one way only. */
struct writing {
    size_t decimal_comma, thousands_comma, either, thousands_point, blanks, points;
};

struct finding {
    struct importing *im;
    const struct input *input;
    const struct csv *csv;
    struct first_rows counted, others; /* rows that count tell it; where there is none, the others do */
    struct writing writing;
    size_t only_comtrade, m49; /* numbers of countries that M49 has not, and that it has */
};

static void look_at_key(const struct finding *f, struct first_rows *seen)
{
    uint32_t period;
    char text[PRODUCT_CODE_MAX];
    struct str code = STR("TOTAL"), hs = hs_revision(reader_cell(f->im, f->csv, f->input, ROLE_HS));
    enum level level = LEVEL_TOTAL;
    struct str product = reader_cell(f->im, f->csv, f->input, ROLE_PRODUCT);
    period = f->input->n_measures ? f->input->measure[0].period : 0;
    if ((!period &&
         !reader_period(f->im, f->csv, f->input, f->im->map.find_frequency ? 0 : f->im->dataset.frequency, &period)) ||
        (product.n && !product_spelled(&f->im->map, product, LEVEL_TOTAL, false, text, &code, &level)))
        return; /* parsing refuses the row, with its line */
    if (seen->n++ == 0) {
        seen->period = period;
        seen->hs = hs;
        seen->level = level;
    }
    seen->hs_mixed = seen->hs_mixed || !str_eq(seen->hs, hs);
    seen->level = level > seen->level ? level : seen->level;
}

static void look_at_member(struct finding *f, enum csv_role role)
{
    struct str code = reader_cell(f->im, f->csv, f->input, role);
    if (!str_digits(code))
        return;
    bool m49 = countries_find_source(f->im->countries, CODES_M49, code) != NO_ID;
    f->only_comtrade += !m49 && countries_find_source(f->im->countries, CODES_COMTRADE, code) != NO_ID;
    f->m49 += m49;
}

static size_t digits_behind(struct str text, size_t at)
{
    size_t n = 0;
    while (at + 1 + n < text.n && text.p[at + 1 + n] >= '0' && text.p[at + 1 + n] <= '9')
        n++;
    return n;
}

/* Text without a digit, as ".." for what is not there, shows nothing. */
static void look_at_number(struct writing *w, struct str text)
{
    bool digit = false;
    for (size_t i = 0; i < text.n; i++)
        digit = digit || (text.p[i] >= '0' && text.p[i] <= '9');
    if (!digit)
        return;
    size_t commas = 0, points = 0, comma = str_find(text, ','), point = str_find(text, '.');
    for (size_t i = 0; i < text.n; i++) {
        commas += text.p[i] == ',';
        points += text.p[i] == '.';
        w->blanks += i > 0 && text.p[i - 1] >= '0' && text.p[i - 1] <= '9' &&
                     (text.p[i] == ' ' || (unsigned char)text.p[i] >= 0x80);
    }
    if (commas && points) {
        w->thousands_comma += comma < point;
        w->decimal_comma += comma > point;
        w->thousands_point += comma > point;
    } else if (commas > 1) {
        w->thousands_comma++;
    } else if (commas == 1) {
        bool group = digits_behind(text, comma) == 3 && comma >= 1 && comma <= 3 && text.p[0] != '0';
        w->either += group;
        w->decimal_comma += !group;
    } else if (points > 1) {
        w->thousands_point++;
        w->decimal_comma++;
    }
    w->points += points == 1 && !commas;
}

static void look_at_row(struct finding *f)
{
    int flow = reader_flow(f->im, reader_cell(f->im, f->csv, f->input, ROLE_FLOW));
    bool counts = reader_skips(f->im, f->csv, f->input, flow) == INGEST_SKIPS;
    look_at_key(f, counts ? &f->counted : &f->others);
    if (f->im->map.find_codes) {
        look_at_member(f, ROLE_REPORTER);
        look_at_member(f, ROLE_PARTNER);
    }
    for (size_t i = 0; f->im->map.find_numbers && i < f->input->n_measures; i++)
        if (f->input->measure[i].column < f->csv->n_fields)
            look_at_number(&f->writing, str_trim(f->csv->field[f->input->measure[i].column]));
}

/* ---- what follows ---- */

static void settle_numbers(const struct finding *f)
{
    struct dataset_csv *map = &f->im->map;
    const struct writing *w = &f->writing;
    bool comma = w->decimal_comma > 0 && w->thousands_comma == 0;
    /* "1,234" alone says neither; where fields are not parted by commas, commas are mostly decimal signs. */
    bool guess = w->either > 0 && w->decimal_comma == 0 && w->thousands_comma == 0;
    comma = comma || (guess && f->input->delimiter == ';' && w->points == 0);
    map->decimal = comma ? ',' : '.';
    if (comma)
        map->thousands = w->thousands_point || w->points ? '.' : w->blanks ? ' ' : '\0';
    else
        map->thousands = w->thousands_comma || w->either ? ',' : w->blanks ? ' ' : '\0';
    if (guess)
        tell(f->im, "commas in values are taken for %s; \"decimal\" and \"thousands\" in a manifest say otherwise",
             comma ? "decimal signs" : "separators of thousands");
}

static enum status settle_codes(const struct finding *f, struct problem *problem)
{
    struct members *m = &f->im->members, again;
    bool comtrade = f->only_comtrade > 0;
    members_init(&again, f->im->countries, comtrade ? CODES_COMTRADE : CODES_M49);
    m->codes = again.codes;
    memcpy(m->number, again.number, sizeof m->number);
    m->alpha2 = true;
    f->im->map.codes = again.codes;
    f->im->map.alpha2 = f->im->map.names = true;
    if (f->only_comtrade + f->m49)
        tell(f->im, "numbers of countries are taken for those of %s", comtrade ? "UN Comtrade" : "M49");
    return members_spell_names(m, &f->im->arena, problem);
}

static void settle_key(const struct finding *f)
{
    struct importing *im = f->im;
    const struct first_rows *seen = f->counted.n ? &f->counted : &f->others;
    if (!seen->n)
        return;
    if (im->map.find_frequency)
        im->dataset.frequency = period_kind_of(seen->period);
    if (im->level_found && !im->level_given)
        im->dataset.level = seen->level;
    bool total = im->dataset.level == LEVEL_TOTAL && seen->hs_mixed;
    if (!im->hs_given && f->input->column[ROLE_HS] != CSV_FIELDS_MAX && im->dataset.hs.n == 0 && !total)
        im->dataset.hs = seen->hs;
}

enum status reader_settle(struct importing *im, const struct input *input, struct csv *csv, struct problem *problem)
{
    struct finding f = {.im = im, .input = input, .csv = csv};
    enum status status;
    bool any = false;
    bool asked = im->map.find_frequency || im->level_found || im->map.find_numbers || im->map.find_codes ||
                 input->column[ROLE_HS] != CSV_FIELDS_MAX;
    csv->tolerant = true;
    if (!asked)
        return csv_next(csv, problem) == ST_NOT_FOUND ? ST_NOT_FOUND : ST_OK; /* parsing tells what is wrong with it */
    while ((status = csv_next(csv, problem)) == ST_OK) {
        any = true;
        look_at_row(&f);
    }
    if (!any && status == ST_NOT_FOUND)
        return ST_NOT_FOUND;
    settle_key(&f);
    if (im->map.find_numbers)
        settle_numbers(&f);
    return im->map.find_codes ? settle_codes(&f, problem)
                              : ST_OK; /* a row that cannot be read is refused when it is parsed */
}
