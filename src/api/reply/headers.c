/* Header fields, entity tags and the choice of a format. */
#include <inttypes.h>
#include <xxhash.h>

#include "api/call.h"
#include "entrepot/base/number.h"

const struct encoder encoders[FORMATS] = {
    [FORMAT_JSON] = {"json", "application/json", "application/json", encode_json},
    [FORMAT_CSV] = {"csv", "text/csv", "text/csv; charset=utf-8; header=present", encode_csv},
    [FORMAT_NDJSON] = {"ndjson", "application/x-ndjson", "application/x-ndjson", encode_ndjson},
};

void reply_header(struct api_reply *reply, const char *name, struct str value)
{
    if (reply->n_headers == API_HEADERS_MAX)
        BUG("more header fields than API_HEADERS_MAX");
    if (value.p)
        reply->header[reply->n_headers++] = (struct api_header){name, value};
}

void reply_common_headers(struct call *call)
{
    struct api_reply *reply = call->reply;
    reply_header(reply, "Access-Control-Allow-Origin", STR("*"));
    reply_header(reply, "Access-Control-Expose-Headers", STR("ETag, Link"));
    reply_header(reply, "X-Content-Type-Options", STR("nosniff"));
    reply_header(reply, "Link", STR("</v1/openapi.json>; rel=\"service-desc\""));
}

struct str reply_etag(const struct call *call)
{
    struct str id = catalogue_id(call->api->catalogue);
    uint64_t hash = XXH3_64bits(id.p, id.n);
    hash = XXH3_64bits_withSeed(call->canonical.p, call->canonical.n, hash);
    struct str format = str_view(encoders[call->format].name);
    hash = XXH3_64bits_withSeed(format.p, format.n, hash);
    return arena_printf(call->arena, "\"%016" PRIx64 "\"", hash);
}

/* RFC 9110 §13.1.2: a list, or *, compared weakly. */
bool etag_matches(struct str list, struct str etag)
{
    while (list.p) {
        struct str one = str_trim(str_cut(&list, ','));
        if (str_is(one, "*"))
            return true;
        if (str_starts(one, STR("W/")))
            one = str_span(one.p + 2, one.n - 2);
        if (one.n && str_eq(one, etag))
            return true;
    }
    return false;
}

/* ---- Accept (RFC 9110 §12.5.1) ---- */

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
