/* The web page at "/" and its files. The page is a client of this API like any other: nothing here knows what it shows. */
#include "api/get/endpoints.h"
#include "api/reply/reply.h"

/* No script, style or connection but our own, and nobody's frame; images also as data, which the icon is. */
#define CONTENT_SECURITY                                                                                               \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "              \
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
#define VERSION_MARK "@VERSION@"

/* Kept by caches, but asked for again each time: it names the version of everything else. */
static struct str always_asked(const struct call *call)
{
    (void)call;
    return STR("public, no-cache");
}

static enum status get_page(struct call *call)
{
    struct str html = asset_bytes(asset_find(STR(""), STR("index.html")));
    const struct str mark = STR(VERSION_MARK);
    while (html.n) {
        const char *at = memmem(html.p, html.n, mark.p, mark.n);
        struct str before = str_span(html.p, at ? (size_t)(at - html.p) : html.n);
        buf_add(&call->document, before);
        html = str_span(html.p + before.n, html.n - before.n);
        if (at) {
            buf_add(&call->document, str_view(call->api->assets_version));
            html = str_span(html.p + mark.n, html.n - mark.n);
        }
    }
    call->document_type = "text/html; charset=utf-8";
    reply_header(call->reply, "Content-Security-Policy", STR(CONTENT_SECURITY));
    reply_header(call->reply, "Referrer-Policy", STR("no-referrer"));
    return ST_OK;
}

/* What is asked for by its version never changes; latest is whatever this build has. */
static struct str by_version(const struct call *call)
{
    bool own = str_is(call_arg(call, "version")->text, call->api->assets_version);
    return own ? STR(FOR_EVER) : always_asked(call);
}

/* Files of two builds do not mix: a page of another one is told so, and loads itself anew. */
static enum status get_asset(struct call *call)
{
    struct str name = call_arg(call, "name")->text, version = call_arg(call, "version")->text;
    if (!str_is(version, call->api->assets_version) && !str_is(version, "latest")) {
        struct call_error *e =
            call_problem(call, PROBLEM_NOT_FOUND, "version", version, STR("these are the files of another build"));
        call_suggest(e, str_view(call->api->assets_version));
        call_suggest(e, STR("latest"));
        return ST_INVALID;
    }
    const struct asset *asset = asset_find(call_arg(call, "folder")->text, name);
    if (!asset) {
        (void)call_problem(call, PROBLEM_NOT_FOUND, "name", name, STR("the page has no such file"));
        return ST_INVALID;
    }
    buf_add(&call->document, asset_bytes(asset));
    call->document_type = asset->type;
    return ST_OK;
}

const struct route route_page = {.id = "getPage",
                                 .group = GROUP_SERVICE,
                                 .unlisted = true, /* for the API it is /v1 */
                                 .path = "/",
                                 .summary = "The dashboard for browsers (Accept: text/html), else what there is to ask",
                                 .example = "/",
                                 .kind = ROUTE_DOCUMENT,
                                 .description =
                                     "A web page on this API; for all others the list of endpoints, as /v1 has it.",
                                 .as_table = &route_index,
                                 .freshness = always_asked,
                                 .handler = get_page};

static const struct param params[] = {
    PARAM("version", TEXT, "what the page names; latest is the present one, to be asked for again each time",
          .in_path = true, .example = "latest"),
    PARAM("folder", TEXT, "folder of the file", .in_path = true, .example = "app"),
    PARAM("name", TEXT, "name of the file", .in_path = true, .example = "style.css"),
};

const struct route route_asset = {.id = "getAsset",
                                  .group = GROUP_SERVICE,
                                  .unlisted = true,
                                  .media = "text/css; charset=utf-8", /* of the example; each file has its own */
                                  .path = "/assets/{version}/{folder}/{name}",
                                  .summary = "A file of the dashboard",
                                  .example = "/assets/latest/app/style.css",
                                  .kind = ROUTE_DOCUMENT,
                                  .description = "Scripts, styles and the icon of the web page.",
                                  .freshness = by_version,
                                  .handler = get_asset,
                                  TAKES(params)};
