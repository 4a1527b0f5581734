/* What the client can read: the format of the answer and its coding. */
#include "api/contract/shared_params.h"
#include "api/request/request.h"
#include "entrepot/base/number.h"

/* ---- Accept (RFC 9110 §12.5.1) ---- */

/* As str_cut, but not inside a quoted string. */
static struct str cut_unquoted(struct str *rest, char sep)
{
    bool quoted = false;
    size_t i = 0;
    for (; i < rest->n && (quoted || rest->p[i] != sep); i++)
        if (rest->p[i] == '"')
            quoted = !quoted;
        else if (rest->p[i] == '\\' && quoted)
            i++;
    if (i >= rest->n) {
        struct str all = *rest;
        *rest = str_span(NULL, 0);
        return all;
    }
    struct str head = str_span(rest->p, i);
    *rest = str_span(rest->p + i + 1, rest->n - i - 1);
    return head;
}

/* The next name=value of a media range, quotes taken off. */
static struct str cut_parameter(struct str *rest, struct str *value)
{
    *value = str_trim(cut_unquoted(rest, ';'));
    struct str name = str_trim(str_cut(value, '='));
    *value = str_trim(*value);
    if (value->n > 1 && value->p[0] == '"' && value->p[value->n - 1] == '"')
        *value = str_span(value->p + 1, value->n - 2);
    return name;
}

/* The value of a parameter of a media range; empty if it has none. */
static struct str range_parameter(struct str params, const char *name)
{
    struct str value;
    while (params.p)
        if (str_eq_nocase(cut_parameter(&params, &value), str_view(name)))
            return value;
    return str_span(NULL, 0);
}

static bool is_word_of(struct str word, const char *words)
{
    struct str rest = str_view(words);
    while (rest.p)
        if (str_eq_nocase(str_cut(&rest, ' '), word))
            return true;
    return false;
}

/* The weight in thousandths; 1000 where none is given, -1 for nonsense. */
static int64_t weight_of(struct str params)
{
    struct str q = range_parameter(params, "q");
    int64_t weight;
    if (!q.n)
        return 1000;
    return decimal_read(q, 3, &weight) == ST_OK && weight >= 0 && weight <= 1000 ? weight : -1;
}

/* 3: names the type, 4: with parameters that ours has; 2: its main type; 1: anything; 0: something else, or the type with parameters
 * that contradict ours. Parameters that we do not know are passed over. */
static int precision(struct str range, struct str params, const struct format_facts *facts)
{
    if (str_is(range, "*/*"))
        return 1;
    struct str media = str_view(facts->media), main_type = str_span(media.p, str_find(media, '/') + 1);
    if (!str_eq_nocase(range, media))
        return range.n == main_type.n + 1 && range.p[range.n - 1] == '*' &&
                       str_eq_nocase(str_span(range.p, main_type.n), main_type)
                   ? 2
                   : 0;
    int precision = 3;
    for (size_t i = 0; facts->parameters[i].name; i++) {
        struct str value = range_parameter(params, facts->parameters[i].name);
        if (value.n && !is_word_of(value, facts->parameters[i].values))
            return 0;
        if (value.n)
            precision = 4;
    }
    return precision;
}

/* The weight of the most precise range that fits, and its parameters. */
static int64_t weight_for(struct str accept, const struct format_facts *facts, struct str *params)
{
    int best = 0;
    int64_t weight = 0;
    *params = str_span(NULL, 0);
    while (accept.p) {
        struct str rest = cut_unquoted(&accept, ',');
        struct str range = str_trim(cut_unquoted(&rest, ';'));
        int p = precision(range, rest, facts);
        if (p > best) {
            best = p;
            weight = weight_of(rest);
            *params = rest;
        }
    }
    return weight;
}

/* `labels` of an SDMX media range is our parameter of the same name. */
static enum status take_labels(struct call *call, struct str params)
{
    struct str labels = range_parameter(params, "labels");
    struct arg *arg = &call->arg[call_arg(call, "labels") - call->arg];
    if (call->format != FORMAT_SDMX_CSV || !labels.n || arg->given)
        return ST_OK;
    arg->given = true;
    for (size_t w = 0; words_of_labels[w]; w++)
        if (str_eq_nocase(labels, str_view(words_of_labels[w]))) {
            arg->number = (uint32_t)w;
            arg->text = str_view(words_of_labels[w]);
        }
    return canonicalise(call);
}

static enum status choose_by_accept(struct call *call)
{
    struct str accept = call->request->accept, params, chosen = str_span(NULL, 0);
    int64_t best = 0;
    call->format = FORMAT_JSON;
    if (accept.n == 0)
        return ST_OK;
    for (enum format f = FORMAT_JSON; f < FORMATS; f++) {
        int64_t weight = format_serves(f, call->route) ? weight_for(accept, &format_of[f], &params) : 0;
        if (weight > best) {
            best = weight;
            call->format = f;
            chosen = params;
        }
    }
    if (best > 0)
        return take_labels(call, chosen);
    refuse_format(call, "Accept", accept);
    return ST_INVALID;
}

bool prefers_html(struct str accept)
{
    static const struct format_facts page = {.media = "text/html"};
    struct str params;
    int64_t html = weight_for(accept, &page, &params);
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        if (weight_for(accept, &format_of[f], &params) >= html)
            return false;
    return true;
}

enum status negotiate(struct call *call)
{
    const struct arg *format = call_arg(call, "format");
    enum status status = ST_OK;
    if (!call->format_from_suffix && format->given)
        call->format = (enum format)format->number;
    else if (!call->format_from_suffix)
        status = choose_by_accept(call);
    if (status != ST_OK)
        return status;
    if (!format_serves(call->format, call->route)) {
        refuse_format(call, "format", str_view(format_of[call->format].name));
        return ST_INVALID;
    }
    format_check(call);
    return call->n_errors ? ST_INVALID : ST_OK;
}

/* ---- Accept-Encoding (RFC 9110 §12.5.3) ---- */

/* Weights in thousandths; -1: not mentioned. */
struct codings {
    int64_t gzip, identity, others;
};

static struct codings read_codings(struct str accept)
{
    struct codings c = {-1, -1, -1};
    while (accept.p) {
        struct str params = str_cut(&accept, ',');
        struct str name = str_trim(str_cut(&params, ';'));
        int64_t weight = weight_of(params);
        if (str_eq_nocase(name, STR("gzip")) || str_eq_nocase(name, STR("x-gzip")))
            c.gzip = weight;
        else if (str_eq_nocase(name, STR("identity")))
            c.identity = weight;
        else if (str_is(name, "*"))
            c.others = weight;
    }
    return c;
}

enum status negotiate_coding(struct call *call)
{
    struct codings c = read_codings(call->request->accept_encoding);
    int64_t gzip = c.gzip >= 0 ? c.gzip : c.others;
    bool plain = c.identity > 0 || (c.identity < 0 && c.others != 0);
    call->coding = gzip > 0 && gzip >= c.identity ? CODING_GZIP : CODING_IDENTITY;
    call->must_code = !plain;
    if (plain || call->coding == CODING_GZIP)
        return ST_OK;
    struct call_error *e = call_problem(call, PROBLEM_NOT_ACCEPTABLE, "Accept-Encoding", call->request->accept_encoding,
                                        STR("answers come as they are (identity) or as gzip"));
    call_suggest(e, STR("identity"));
    call_suggest(e, STR("gzip"));
    return ST_INVALID;
}
