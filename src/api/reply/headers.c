/* Header fields, and the entity tag. */
#include <inttypes.h>
#include <xxhash.h>

#include "api/reply/reply.h"

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
    reply_header(reply, "Access-Control-Expose-Headers",
                 STR("ETag, Link, Content-Disposition, Retry-After, Server-Timing, X-Request-Id"));
    reply_header(reply, "Timing-Allow-Origin", STR("*"));
    reply_header(reply, "X-Content-Type-Options", STR("nosniff"));
    reply_header(reply, "Link", reply_links(call));
}

/* What a representation is made of: the data, the question, the format. The coding is added by whoever needs it. */
static uint64_t representation(const struct call *call)
{
    struct str id = catalogue_id(call->catalogue), format = str_view(format_of[call->format].name);
    uint64_t hash = XXH3_64bits(id.p, id.n);
    hash = XXH3_64bits_withSeed(call->api->assets_version, sizeof call->api->assets_version, hash);
    hash = XXH3_64bits_withSeed(call->route->id, strlen(call->route->id), hash); /* page and index share a path */
    hash = XXH3_64bits_withSeed(call->canonical.p, call->canonical.n, hash);
    return XXH3_64bits_withSeed(format.p, format.n, hash);
}

/* By the coding that was agreed upon, also where the body turns out too small for it: then the tag is as unique, and known before. */
struct str reply_etag(const struct call *call)
{
    const char *coding = call->coding == CODING_GZIP ? "-gzip" : "";
    return arena_printf(call->arena, "\"%016" PRIx64 "%s\"", representation(call), coding);
}

/* A suffix or format= decides alone; otherwise Accept has its word too, where there is a choice: of formats, or of a page instead. */
static struct str vary(const struct call *call)
{
    const struct arg *format = call_find(call, "format");
    bool chosen = call->format_from_suffix || !format || format->given;
    return chosen && !call->is_page ? STR("Accept-Encoding") : STR("Accept, Accept-Encoding");
}

struct str reply_key(const struct call *call)
{
    return arena_printf(call->arena, "%.*s %s %s %d%d%d %.*s %.*s", STR_ARG(catalogue_id(call->catalogue)),
                        call->route->id, format_of[call->format].name, (int)call->coding, call->must_code,
                        call->format_from_suffix, STR_ARG(vary(call)), STR_ARG(call->canonical));
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

static struct str freshness(const struct call *call)
{
    if (call->route->freshness)
        return call->route->freshness(call);
    return call->pinned ? STR(FOR_EVER)
                        : arena_printf(call->arena, "public, max-age=%u, stale-while-revalidate=86400",
                                       call->api->options.max_age_s);
}

void reply_cache_headers(struct call *call)
{
    if (call->route->uncached) {
        reply_header(call->reply, "Cache-Control", STR("no-store"));
        return;
    }
    reply_header(call->reply, "ETag", reply_etag(call));
    reply_header(call->reply, "Cache-Control", freshness(call));
    reply_header(call->reply, "Vary", vary(call));
    reply_header(call->reply, "Accept-Ranges", STR("none")); /* a Range is not looked at: the whole comes, with 200 */
}
