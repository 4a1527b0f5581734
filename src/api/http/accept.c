/* What the client can read: the format of the answer and its coding. */
#include "api/call.h"
#include "entrepot/base/number.h"

/* The weight in thousandths; 1000 where none is given, -1 for nonsense. */
static int64_t weight_of(struct str params)
{
    while (params.p) {
        struct str one = str_trim(str_cut(&params, ';'));
        int64_t q;
        if (one.n > 2 && (one.p[0] == 'q' || one.p[0] == 'Q') && one.p[1] == '=')
            return decimal_read(str_span(one.p + 2, one.n - 2), 3, &q) == ST_OK ? q : -1;
    }
    return 1000;
}

/* 3: names the type; 2: its main type; 1: anything; 0: something else. */
static int precision(struct str range, const char *media)
{
    if (str_eq_nocase(range, str_view(media)))
        return 3;
    if (str_is(range, "*/*"))
        return 1;
    struct str main_type = str_span(media, str_find(str_view(media), '/') + 1);
    return range.n == main_type.n + 1 && str_starts(range, main_type) && range.p[range.n - 1] == '*' ? 2 : 0;
}

static int64_t weight_for(struct str accept, const char *media)
{
    int best = 0;
    int64_t weight = 0;
    while (accept.p) {
        struct str params = str_cut(&accept, ',');
        struct str range = str_trim(str_cut(&params, ';'));
        int p = precision(range, media);
        if (p > best) {
            best = p;
            weight = params.p ? weight_of(params) : 1000;
        }
    }
    return weight;
}

/* ---- Accept (RFC 9110 §12.5.1) ---- */

enum status negotiate(struct call *call)
{
    const struct arg *format = call_arg(call, "format");
    if (call->format_from_suffix)
        return ST_OK;
    if (format->given) {
        call->format = (enum format)format->number;
        return ST_OK;
    }
    call->format = FORMAT_JSON;
    struct str accept = call->request->accept;
    if (accept.n == 0)
        return ST_OK;
    int64_t best = 0;
    for (enum format f = FORMAT_JSON; f < FORMATS; f++) {
        int64_t weight = weight_for(accept, encoders[f].media);
        if (weight > best) {
            best = weight;
            call->format = f;
        }
    }
    if (best > 0)
        return ST_OK;
    struct call_error *e =
        call_problem(call, PROBLEM_NOT_ACCEPTABLE, "Accept", accept, STR("this resource is served as " FORMATS_TEXT));
    for (enum format f = FORMAT_JSON; f < FORMATS; f++)
        call_suggest(e, str_view(encoders[f].media));
    return ST_INVALID;
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
        int64_t weight = params.p ? weight_of(params) : 1000;
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
    call->coding = gzip > 0 && (gzip >= c.identity || !plain) ? CODING_GZIP : CODING_IDENTITY;
    call->must_code = !plain;
    if (plain || call->coding == CODING_GZIP)
        return ST_OK;
    struct call_error *e = call_problem(call, PROBLEM_NOT_ACCEPTABLE, "Accept-Encoding", call->request->accept_encoding,
                                        STR("answers come as they are (identity) or as gzip"));
    call_suggest(e, STR("identity"));
    call_suggest(e, STR("gzip"));
    return ST_INVALID;
}
