/* Query and path parameters: found in the route's table, typed once, all errors told together. */
#include "api/request/cursor.h"
#include "api/request/percent.h"
#include "api/request/request.h"
#include "api/table/names.h"
#include "entrepot/base/number.h"

static struct call_error *refuse(struct call *call, const struct param *param, struct str value, const char *detail)
{
    return call_problem(call, PROBLEM_INVALID_VALUE, param->name, value, str_view(detail));
}

/* ---- one type, one reader ---- */

static void read_country(struct call *call, const struct param *param, struct arg *arg)
{
    const struct countries *countries = catalogue_countries(call->catalogue);
    arg->country = countries_find(countries, arg->text);
    if (arg->country != NO_ID)
        return;
    struct call_error *e = call_problem(
        call, param->in_path ? PROBLEM_UNKNOWN_CODE_IN_PATH : PROBLEM_UNKNOWN_CODE, param->name, arg->text,
        arena_printf(call->arena, "\"%.*s\" is no country code: write ISO alpha-3, alpha-2, M49 or Comtrade",
                     STR_ARG(str_span(arg->text.p, arg->text.n < 60 ? arg->text.n : 60))));
    uint32_t near[SUGGESTIONS_MAX];
    size_t n = countries_suggest(countries, arg->text, near, SUGGESTIONS_MAX);
    for (size_t i = 0; i < n; i++)
        call_suggest(e, countries_at(countries, near[i])->id);
    e->see = STR("/v1/countries");
}

static void unknown_product(struct call *call, const struct param *param, struct str code)
{
    const struct products *products = catalogue_products(call->catalogue);
    struct call_error *e =
        call_problem(call, param->in_path ? PROBLEM_UNKNOWN_CODE_IN_PATH : PROBLEM_UNKNOWN_CODE, param->name, code,
                     arena_printf(call->arena,
                                  "\"%.*s\" is no product: write an HS code of 2, 4, 6 or 8 digits, a section "
                                  "(S01 to S21), or a sector id",
                                  STR_ARG(str_span(code.p, code.n < 60 ? code.n : 60))));
    uint32_t near[SUGGESTIONS_MAX];
    size_t n = products_suggest(products, code, near, SUGGESTIONS_MAX);
    struct str padded = code.n < 8 ? arena_printf(call->arena, "0%.*s", STR_ARG(code)) : code;
    if (catalogue_has_product(call->catalogue, padded)) /* a spreadsheet's 1 for 01 */
        call_suggest(e, padded);
    for (size_t i = 0; i < n; i++)
        call_suggest(e, products_at(products, near[i])->code);
    e->see = STR("/v1/products");
}

static struct str without_prefix(struct str code)
{
    struct str prefix = STR("sector:");
    return str_starts(code, prefix) ? str_span(code.p + prefix.n, code.n - prefix.n) : code;
}

/* Comtrade's AG2, AG4, AG6: all codes of that level. */
static bool read_aggregate(struct arg *arg)
{
    static const struct {
        const char *word;
        enum level level;
    } all[] = {{"AG2", LEVEL_HS2}, {"AG4", LEVEL_HS4}, {"AG6", LEVEL_HS6}};
    for (size_t i = 0; i < sizeof all / sizeof *all && !arg->all; i++)
        if (str_is(arg->text, all[i].word)) {
            arg->all = true;
            arg->level = all[i].level;
        }
    return arg->all;
}

static void read_products(struct call *call, const struct param *param, struct arg *arg)
{
    if (param->comtrade && read_aggregate(arg))
        return;
    struct str *list = arena_new(call->arena, struct str, LIST_MAX), rest = arg->text;
    if (!list)
        return;
    arg->list = list;
    while (rest.p) {
        struct str code = without_prefix(str_cut(&rest, ','));
        if (arg->n_list == LIST_MAX) {
            (void)refuse(call, param, arg->text, "at most 64 products in one request");
            return;
        }
        if (sectors_find(catalogue_sectors(call->catalogue), code) || catalogue_has_product(call->catalogue, code))
            list[arg->n_list++] = code;
        else
            unknown_product(call, param, code);
    }
}

static void read_product(struct call *call, const struct param *param, struct arg *arg)
{
    if (!catalogue_has_product(call->catalogue, arg->text))
        unknown_product(call, param, arg->text);
}

static void read_sector(struct call *call, const struct param *param, struct arg *arg)
{
    const struct sectors *sectors = catalogue_sectors(call->catalogue);
    arg->sector = sectors_find(sectors, arg->text);
    if (arg->sector)
        return;
    struct call_error *e =
        call_problem(call, PROBLEM_UNKNOWN_CODE_IN_PATH, param->name, arg->text, STR("this is no sector id"));
    for (size_t i = 0; i < sectors_count(sectors); i++)
        if (str_distance(sectors_at(sectors, i)->id, arg->text, 3) <= 3 ||
            str_starts(sectors_at(sectors, i)->id, arg->text))
            call_suggest(e, sectors_at(sectors, i)->id);
    e->see = STR("/v1/sectors");
}

static size_t digits_from(struct str text, size_t i)
{
    size_t n = 0;
    while (i + n < text.n && text.p[i + n] >= '0' && text.p[i + n] <= '9')
        n++;
    return n;
}

/* 201904 becomes 2019-04: six digits are no period otherwise. */
static struct str with_hyphens(struct arena *arena, struct str text)
{
    char *out = arena_new(arena, char, text.n * 2);
    size_t n = 0;
    if (!out)
        return text;
    for (size_t i = 0; i < text.n;) {
        size_t digits = digits_from(text, i), take = digits ? digits : 1;
        for (size_t k = 0; k < take; k++) {
            if (digits == 6 && k == 4)
                out[n++] = '-';
            out[n++] = text.p[i + k];
        }
        i += take;
    }
    return str_span(out, n);
}

static void read_periods(struct call *call, const struct param *param, struct arg *arg)
{
    if (param->comtrade)
        arg->text = with_hyphens(call->arena, arg->text);
    struct period_set *set = arena_new(call->arena, struct period_set, 1);
    struct str bad = arg->text;
    const char *why = "this is no period";
    if (call->arena->starved)
        return;
    if (!period_set_read(arg->text, set, &bad, &why)) {
        struct call_error *e = refuse(call, param, arg->text, why);
        if (bad.n && bad.n < arg->text.n && bad.n < 60)
            e->detail = arena_printf(call->arena, "\"%.*s\": %s", STR_ARG(bad), why);
        return;
    }
    arg->periods = set;
    if (param->type == PARAM_PERIOD && (set->n != 1 || set->item[0].from != set->item[0].to))
        (void)refuse(call, param, arg->text,
                     "exactly one period is meant here, such as 2019, FY2018-19, 2019-Q2 or 2019-04");
}

static void read_freq(struct call *call, const struct param *param, struct arg *arg)
{
    if (!period_kind_read(arg->text, &arg->kind))
        (void)refuse(call, param, arg->text, "write A (calendar years), FY (fiscal years), Q (quarters) or M (months)");
}

static void read_level(struct call *call, const struct param *param, struct arg *arg)
{
    if (level_read(arg->text, &arg->level) && (param->levels & 1U << arg->level))
        return;
    struct call_error *e = refuse(call, param, arg->text, "this is no level that this resource is broken down by");
    for (enum level l = LEVEL_TOTAL; l < LEVELS; l++)
        if (param->levels & 1U << l)
            call_suggest(e, str_view(level_name[l]));
}

static void read_dataset(struct call *call, const struct param *param, struct arg *arg)
{
    const struct catalogue *catalogue = call->catalogue;
    if (param->type == PARAM_DATASETS && str_is(arg->text, "*"))
        return;
    arg->cube = catalogue_find(catalogue, arg->text);
    if (arg->cube)
        return;
    if (call->pinned && (str_is(arg->text, "*") || catalogue_find(call->api->catalogue, arg->text))) {
        (void)call_problem(call, PROBLEM_CONFLICT, param->name, arg->text,
                           STR("release= names a release of another dataset: leave one of the two out"));
        return;
    }
    struct call_error *e = call_problem(call, param->in_path ? PROBLEM_UNKNOWN_CODE_IN_PATH : PROBLEM_UNKNOWN_CODE,
                                        param->name, arg->text, STR("no dataset with this id is loaded"));
    for (size_t i = 0; i < catalogue_count(catalogue); i++)
        if (str_distance(cube_dataset(catalogue_at(catalogue, i))->id, arg->text, 5) <= 5)
            call_suggest(e, cube_dataset(catalogue_at(catalogue, i))->id);
    e->see = STR("/v1/datasets");
}

/* What the client wrote has the form of the ids that are given out. */
static bool is_release(struct str text) { return (text.n == 12 || text.n == 16) && str_hex(text); }

/* choose_release has looked for it; what it did not find is told here. */
static void read_release(struct call *call, const struct param *param, struct arg *arg)
{
    if (call->pinned || str_is(arg->text, "latest"))
        return;
    bool gone = is_release(arg->text);
    struct call_error *e = call_problem(
        call, gone ? PROBLEM_RELEASE_GONE : PROBLEM_INVALID_VALUE, param->name, arg->text,
        gone ? STR("this release is not loaded here, or not any more: ask without release= for the present "
                   "figures, or take a release from /v1/datasets")
             : STR("a release is what meta.release of an answer says, such as 0123456789ab; latest pins "
                   "nothing"));
    const struct arg *dataset = call_find(call, "dataset");
    const struct cube *cube = dataset ? catalogue_find(call->catalogue, dataset->text) : NULL;
    if (cube)
        call_suggest(e, cube_release(cube));
    e->see = STR("/v1/datasets");
}

static void read_count(struct call *call, const struct param *param, struct arg *arg)
{
    if (!str_u32(arg->text, param->max, &arg->number) || arg->number == 0)
        refuse(call, param, arg->text, NULL)->detail =
            arena_printf(call->arena, "write a whole number from 1 to %u", param->max);
}

static void read_share(struct call *call, const struct param *param, struct arg *arg)
{
    int64_t micro;
    if (decimal_read(arg->text, 6, &micro) != ST_OK || micro < 0 || micro > 1000000)
        (void)refuse(call, param, arg->text, "write a share from 0 to 1, such as 0.4");
    else
        arg->ratio = (double)micro / 1e6;
}

/* The columns that were nearly written; where there are none, the first of all. */
static void suggest_columns(const struct route *route, struct str id, struct call_error *e)
{
    for (size_t i = 0; i < route->n_columns; i++)
        if (str_distance(str_view(route->column[i].id), id, 3) <= 3)
            call_suggest(e, str_view(route->column[i].id));
    for (size_t i = 0; e->n_suggestions == 0 && i < route->n_columns && i < SUGGESTIONS_MAX; i++)
        e->suggestion[i] = str_view(route->column[i].id);
    if (e->n_suggestions == 0)
        e->n_suggestions = route->n_columns < SUGGESTIONS_MAX ? route->n_columns : SUGGESTIONS_MAX;
}

static bool has_column(const struct route *route, struct str id)
{
    for (size_t i = 0; i < route->n_columns; i++)
        if (str_is(id, route->column[i].id))
            return true;
    return false;
}

/* What is wrong with the column that the rest of a list begins with; NULL for nothing. */
static const char *wrong_column(const struct route *route, enum param_type type, struct str id, struct str rest)
{
    size_t named, count = 1;
    bool twice = false;
    if (!has_column(route, id) && !(type == PARAM_FIELDS && name_column(route, id, &named)))
        return "this answer has no such column";
    for (; rest.p; count++)
        twice = str_eq(str_cut(&rest, ','), id) || twice;
    if (twice && type == PARAM_FIELDS)
        return "this stands twice";
    return count > COLUMNS_MAX ? "too many columns" : NULL;
}

static void read_columns(struct call *call, const struct param *param, struct arg *arg)
{
    struct str rest = arg->text;
    while (rest.p) {
        struct str id = str_cut(&rest, ',');
        if (param->type == PARAM_SORT && id.n && id.p[0] == '-')
            id = str_span(id.p + 1, id.n - 1);
        const char *wrong = wrong_column(call->route, param->type, id, rest);
        if (!wrong)
            continue;
        suggest_columns(call->route, id, refuse(call, param, id, wrong));
        return;
    }
}

static void read_format(struct call *call, const struct param *param, struct arg *arg)
{
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        if (str_is(arg->text, format_of[f].name)) {
            arg->number = (uint32_t)f;
            return;
        }
    refuse_format(call, param->name, arg->text);
}

static void read_flag(struct call *call, const struct param *param, struct arg *arg)
{
    if (!str_u32(arg->text, 1, &arg->number))
        (void)refuse(call, param, arg->text, "write 0 or 1");
}

static void read_kind(struct call *call, const struct param *param, struct arg *arg)
{
    for (unsigned k = 0; k < MEMBER_KINDS; k++)
        if (str_is(arg->text, member_kind_name[k])) {
            arg->number = k;
            return;
        }
    struct call_error *e = refuse(call, param, arg->text, "this is no kind of member");
    for (unsigned k = 0; k < MEMBER_KINDS; k++)
        call_suggest(e, str_view(member_kind_name[k]));
}

static void read_cursor(struct call *call, const struct param *param, struct arg *arg)
{
    struct str binding = arg->text, row = str_cut(&binding, '-');
    if (!str_u32(row, 1000000000, &arg->number) || binding.n != 17 || binding.p[8] != '-')
        (void)refuse(call, param, arg->text, "a cursor is what meta.page.next of the page before says");
}

static void read_word(struct call *call, const struct param *param, struct arg *arg)
{
    for (arg->number = 0; param->words[arg->number]; arg->number++)
        if (str_is(arg->text, param->words[arg->number]))
            return;
    struct call_error *e = refuse(call, param, arg->text, "this is none of the words that are known here");
    for (size_t i = 0; param->words[i]; i++)
        call_suggest(e, str_view(param->words[i]));
}

static size_t word_index(const struct param *param, struct str word)
{
    size_t i = 0;
    while (param->words[i] && !str_is(word, param->words[i]))
        i++;
    return i;
}

static void read_words(struct call *call, const struct param *param, struct arg *arg)
{
    struct str rest = arg->text;
    while (rest.p) {
        struct str word = str_cut(&rest, ',');
        size_t at = word_index(param, word);
        bool known = param->words[at] != NULL;
        if (!known || (arg->number & 1U << at)) {
            struct call_error *e = refuse(
                call, param, word, known ? "this stands twice" : "this is none of the words that are known here");
            for (size_t i = 0; param->words[i] && !known; i++)
                call_suggest(e, str_view(param->words[i]));
            return;
        }
        arg->number |= 1U << at;
        arg->last = (uint32_t)at;
    }
}

/* False if it is no decimal number. Six decimals are kept, none of a number beyond a trillion. */
static bool read_decimal(struct str text, double *out)
{
    int64_t number;
    enum status status = decimal_read(text, 6, &number);
    *out = (double)number / 1e6;
    if (status == ST_TOO_LARGE) {
        status = decimal_read(text, 0, &number);
        *out = (double)number;
    }
    return status == ST_OK;
}

static void read_real(struct call *call, const struct param *param, struct arg *arg)
{
    if (!read_decimal(arg->text, &arg->ratio) || arg->ratio < param->low || arg->ratio > param->high)
        refuse(call, param, arg->text, NULL)->detail = arena_printf(
            call->arena, "write a number from %g to %g, such as %s", param->low, param->high, param->example);
}

/* One code of a list, with the errors of a single one. */
static uint32_t read_one_country(struct call *call, const struct param *param, struct str code)
{
    struct arg one = {.text = code};
    read_country(call, param, &one);
    return one.country;
}

static void read_countries(struct call *call, const struct param *param, struct arg *arg)
{
    uint32_t *list = arena_new(call->arena, uint32_t, LIST_MAX);
    struct str rest = arg->text;
    if (!list)
        return;
    arg->countries = list;
    while (rest.p) {
        if (arg->n_list == LIST_MAX) {
            (void)refuse(call, param, arg->text, "at most 64 countries in one request");
            return;
        }
        list[arg->n_list++] = read_one_country(call, param, str_cut(&rest, ','));
    }
}

static void read_pairs(struct call *call, const struct param *param, struct arg *arg)
{
    uint32_t *list = arena_new(call->arena, uint32_t, (size_t)2 * LIST_MAX);
    struct str rest = arg->text;
    if (!list)
        return;
    arg->countries = list;
    while (rest.p) {
        struct str partner = str_cut(&rest, ','), reporter = str_cut(&partner, '-');
        if (arg->n_list == LIST_MAX || partner.n == 0) {
            (void)refuse(call, param, arg->text,
                         partner.n ? "at most 64 pairs in one request" : "write pairs as IND-CHN,USA-CHN");
            return;
        }
        list[2 * arg->n_list] = read_one_country(call, param, reporter);
        list[2 * arg->n_list + 1] = read_one_country(call, param, partner);
        arg->n_list++;
    }
}

static void read_text(struct call *call, const struct param *param, struct arg *arg)
{
    if (arg->text.n > 100)
        (void)refuse(call, param, str_span(arg->text.p, 100), "at most 100 bytes");
}

typedef void reader(struct call *call, const struct param *param, struct arg *arg);

static reader *const readers[] = {
    [PARAM_COUNTRY] = read_country,  [PARAM_PRODUCTS] = read_products, [PARAM_PRODUCT] = read_product,
    [PARAM_SECTOR] = read_sector,    [PARAM_PERIODS] = read_periods,   [PARAM_PERIOD] = read_periods,
    [PARAM_FREQ] = read_freq,        [PARAM_LEVEL] = read_level,       [PARAM_DATASET] = read_dataset,
    [PARAM_DATASETS] = read_dataset, [PARAM_COUNT] = read_count,       [PARAM_SHARE] = read_share,
    [PARAM_SORT] = read_columns,     [PARAM_FIELDS] = read_columns,    [PARAM_FORMAT] = read_format,
    [PARAM_FLAG] = read_flag,        [PARAM_KIND] = read_kind,         [PARAM_CURSOR] = read_cursor,
    [PARAM_WORD] = read_word,        [PARAM_REAL] = read_real,         [PARAM_COUNTRIES] = read_countries,
    [PARAM_PAIRS] = read_pairs,      [PARAM_TEXT] = read_text,         [PARAM_WORDS] = read_words,
    [PARAM_RELEASE] = read_release,
};

/* ---- the query ---- */

static bool is_called(const struct param *param, struct str name)
{
    return !param->in_path && (str_is(name, param->name) || (param->alias && str_is(name, param->alias)));
}

static size_t param_index(const struct route *route, struct str name)
{
    size_t i = 0;
    while (i < route->n_params && !is_called(&route->param[i], name))
        i++;
    return i;
}

static void unknown_parameter(struct call *call, struct str name, struct str value)
{
    const struct route *route = call->route;
    struct call_error *e =
        call_problem(call, PROBLEM_UNKNOWN_PARAMETER, NULL, value, STR("this resource has no such parameter"));
    e->parameter = name;
    for (size_t i = 0; i < route->n_params; i++)
        if (!route->param[i].in_path && str_distance(str_view(route->param[i].name), name, 2) <= 2)
            call_suggest(e, str_view(route->param[i].name));
    for (size_t i = 0; e->n_suggestions == 0 && i < route->n_params; i++)
        if (!route->param[i].in_path)
            call_suggest(e, str_view(route->param[i].name));
    e->see = STR("/v1/openapi.json");
}

/* ---- filters ---- */

static const char *const filter_word[FILTER_OPS] = {"gte", "gt", "lte", "lt"};

/* "share.gte" of a route that has such a column of numbers; "dependent" of one that has such a column of truths. */
static bool filter_name(const struct route *route, struct str name, struct filter *out)
{
    struct str op = name, id = str_cut(&op, '.');
    for (out->op = FILTER_GTE; out->op < FILTER_OPS && !str_is(op, filter_word[out->op]);)
        out->op++;
    for (out->column = 0; out->column < route->n_columns && !str_is(id, route->column[out->column].id);)
        out->column++;
    if (out->column == route->n_columns)
        return false;
    enum column_type type = route->column[out->column].type;
    if (type == COLUMN_BOOLEAN)
        return !op.p;
    return out->op < FILTER_OPS && (type == COLUMN_INTEGER || type == COLUMN_NUMBER);
}

static bool read_truth(struct str text, double *out)
{
    *out = str_is(text, "1") || str_is(text, "true");
    return *out > 0 || str_is(text, "0") || str_is(text, "false");
}

/* NULL, or what is wrong with it. */
static const char *read_filter(struct filter *filter)
{
    if (filter->op == FILTER_IS)
        return read_truth(filter->text, &filter->value) ? NULL : "1 or 0 is meant here";
    return read_decimal(filter->text, &filter->value) ? NULL : "a filter compares with a number, such as 0.8 or 5e7";
}

/* In the order of their names: which came first means nothing. */
static void insert_filter(struct call *call, const struct filter *filter)
{
    size_t at = call->n_filters++;
    while (at > 0 && str_cmp(call->filter[at - 1].name, filter->name) > 0) {
        call->filter[at] = call->filter[at - 1];
        at--;
    }
    call->filter[at] = *filter;
}

static void take_filter(struct call *call, struct filter *filter, struct str name, struct str value)
{
    struct call_error *e = NULL;
    for (size_t i = 0; i < call->n_filters && !e; i++)
        if (str_eq(call->filter[i].name, name))
            e = call_problem(call, PROBLEM_REPEATED_PARAMETER, NULL, value, STR("give each filter once"));
    filter->name = name;
    filter->text = value;
    const char *wrong = e ? NULL : read_filter(filter);
    if (wrong)
        e = call_problem(call, PROBLEM_INVALID_VALUE, NULL, value, str_view(wrong));
    if (!e && call->n_filters == FILTERS_MAX)
        e = call_problem(call, PROBLEM_INVALID_VALUE, NULL, value, STR("at most 8 filters in one request"));
    if (e)
        e->parameter = name;
    else
        insert_filter(call, filter);
}

/* One name=value, percent-decoded; value.p is NULL where there is no '='. */
struct pair {
    struct str text, name, value;
    bool sound; /* it could be decoded */
};

struct pairs {
    struct pair *pair;
    size_t n;
};

/* All of the query at once, each decoded where it stands in it, so that nothing behind this can run out of memory. */
static enum status decode_query(struct call *call, struct pairs *out)
{
    struct str query = call->query, rest = query;
    size_t n = 0;
    for (; rest.p; n++)
        (void)str_cut(&rest, '&');
    char *text = arena_new(call->arena, char, query.n);
    *out = (struct pairs){.pair = arena_new(call->arena, struct pair, n)};
    if (!text || !out->pair)
        return ST_NO_MEMORY;
    for (rest = query; rest.p;) {
        struct pair p = {.text = str_cut(&rest, '&')};
        struct str value = p.text, name = str_cut(&value, '=');
        if (p.text.n == 0)
            continue;
        p.sound = percent_decode(name, true, text + (name.p - query.p), &p.name) &&
                  (!value.p || percent_decode(value, true, text + (value.p - query.p), &p.value));
        out->pair[out->n++] = p;
    }
    return ST_OK;
}

static void take_pair(struct call *call, const struct pair *pair)
{
    struct str name = pair->name, value = pair->value;
    if (!pair->sound) {
        (void)call_problem(call, PROBLEM_INVALID_VALUE, NULL, pair->text,
                           STR("this is not properly percent-encoded UTF-8 text without control characters"));
        return;
    }
    size_t at = param_index(call->route, name);
    struct filter filter;
    if (at == call->route->n_params && filter_name(call->route, name, &filter)) {
        take_filter(call, &filter, name, value);
    } else if (at == call->route->n_params) {
        unknown_parameter(call, name, value);
    } else if (call->arg[at].given) {
        (void)call_problem(call, PROBLEM_REPEATED_PARAMETER, call->route->param[at].name, value,
                           STR("give each parameter once; lists are written with commas"));
    } else if (value.n == 0) {
        call->arg[at].given = true;
        (void)refuse(call, &call->route->param[at], value,
                     "the value is empty: leave the parameter out, or give it a value");
    } else {
        call->arg[at].given = true;
        call->arg[at].text = value;
    }
}

static void take_captures(struct call *call)
{
    size_t n = 0;
    for (size_t i = 0; i < call->route->n_params; i++)
        if (call->route->param[i].in_path) {
            call->arg[i].given = true;
            call->arg[i].text = call->capture[n++];
        }
}

static void use_fallbacks(struct call *call)
{
    for (size_t i = 0; i < call->route->n_params; i++)
        if (!call->arg[i].given && call->route->param[i].fallback)
            call->arg[i].text = str_view(call->route->param[i].fallback);
}

/* The first value of a parameter, ahead of the others; p is NULL where there is none that can be read. */
static struct str look_ahead(const struct pairs *pairs, const char *wanted)
{
    for (size_t i = 0; i < pairs->n; i++)
        if (pairs->pair[i].sound && str_is(pairs->pair[i].name, wanted) && pairs->pair[i].value.p)
            return pairs->pair[i].value;
    return str_span(NULL, 0);
}

/* summary=1 chooses other columns, which sort, fields and filters must be read against. */
static void choose_columns(struct call *call, const struct pairs *pairs)
{
    uint32_t chosen = 0;
    if (call->route->with_summary && str_u32(look_ahead(pairs, "summary"), 1, &chosen) && chosen)
        call->route = call->route->with_summary;
}

/* release= chooses the data, which codes, datasets and periods must be read against. */
static void choose_release(struct call *call, const struct pairs *pairs)
{
    if (!call_find(call, "release"))
        return;
    struct str release = look_ahead(pairs, "release");
    const struct catalogue *pinned = release.n ? catalogue_pinned(call->catalogue, release) : NULL;
    call->pinned = pinned != NULL;
    if (pinned)
        call->catalogue = pinned;
}

static void read_arguments(struct call *call)
{
    for (size_t i = 0; i < call->route->n_params; i++)
        if (call->route->param[i].required && !call->arg[i].given)
            (void)call_problem(call, PROBLEM_MISSING_PARAMETER, call->route->param[i].name, str_span(NULL, 0),
                               arena_printf(call->arena, "this parameter is needed: %s, such as %s",
                                            call->route->param[i].description, call->route->param[i].example));
    for (size_t i = 0; i < call->route->n_params; i++)
        if (call->route->param[i].star && str_is(call->arg[i].text, "*"))
            call->arg[i].all = true;
        else if (call->arg[i].text.n)
            readers[call->route->param[i].type](call, &call->route->param[i], &call->arg[i]);
}

enum status params_read(struct call *call)
{
    struct pairs pairs;
    if (decode_query(call, &pairs) != ST_OK)
        return ST_NO_MEMORY;
    choose_columns(call, &pairs);
    choose_release(call, &pairs);
    take_captures(call);
    for (size_t i = 0; i < pairs.n; i++)
        take_pair(call, &pairs.pair[i]);
    use_fallbacks(call);
    read_arguments(call);
    if (call->n_errors || call->arena->starved)
        return call->n_errors ? ST_INVALID : ST_NO_MEMORY;
    enum status status = canonicalise(call);
    return status == ST_OK ? cursor_check(call) : status;
}
