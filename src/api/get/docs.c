/* The page for people, with its script and style. */
#include "api/describe/docs/docs.h"
#include "api/get/endpoints.h"
#include "api/reply/reply.h"

/* Nothing but our own script, style and answers; nobody's frame. */
#define CONTENT_SECURITY                                                                                               \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "    \
    "form-action 'none'; frame-ancestors 'none'"

/* docs.css and docs.js of src/web/docs, as the linker names them. */
extern const char _binary_docs_css_start[], _binary_docs_css_end[], _binary_docs_js_start[], _binary_docs_js_end[];

static enum status get_page(struct call *call)
{
    docs_write(call->api->routes, &call->document);
    call->document_type = call->route->media;
    reply_header(call->reply, "Content-Security-Policy", STR(CONTENT_SECURITY));
    reply_header(call->reply, "Referrer-Policy", STR("no-referrer"));
    return ST_OK;
}

static enum status get_file(struct call *call, const char *start, const char *end)
{
    buf_add(&call->document, str_span(start, (size_t)(end - start)));
    call->document_type = call->route->media;
    return ST_OK;
}

static enum status get_style(struct call *call) { return get_file(call, _binary_docs_css_start, _binary_docs_css_end); }
static enum status get_script(struct call *call) { return get_file(call, _binary_docs_js_start, _binary_docs_js_end); }

/* Links of the page are relative to /docs. */
static enum status get_slash(struct call *call)
{
    call->reply->status = 308;
    reply_header(call->reply, "Location", STR("../docs"));
    buf_lit(&call->document, "/docs\n");
    call->document_type = call->route->media;
    return ST_OK;
}

const struct route route_docs = {
    .id = "getDocs",
    .group = GROUP_SERVICE,
    .path = "/docs",
    .summary = "This API as a page to read, with examples that run by a click",
    .example = "/docs",
    .kind = ROUTE_DOCUMENT,
    .no_example = true,
    .media = "text/html; charset=utf-8",
    .description =
        "Every call with its parameters and columns, every problem and flag, from the table that checks requests.",
    .handler = get_page};
const struct route route_docs_style = {.id = "getDocsStyle",
                                       .group = GROUP_SERVICE,
                                       .unlisted = true,
                                       .path = "/docs/docs.css",
                                       .summary = "The page's style",
                                       .example = "/docs/docs.css",
                                       .kind = ROUTE_DOCUMENT,
                                       .media = "text/css; charset=utf-8",
                                       .description = "Part of /docs.",
                                       .handler = get_style};
const struct route route_docs_script = {.id = "getDocsScript",
                                        .group = GROUP_SERVICE,
                                        .unlisted = true,
                                        .path = "/docs/docs.js",
                                        .summary = "The page's script",
                                        .example = "/docs/docs.js",
                                        .kind = ROUTE_DOCUMENT,
                                        .media = "text/javascript; charset=utf-8",
                                        .description = "Part of /docs.",
                                        .handler = get_script};
const struct route route_docs_slash = {.id = "getDocsSlash",
                                       .group = GROUP_SERVICE,
                                       .unlisted = true,
                                       .path = "/docs/",
                                       .summary = "Leads to /docs",
                                       .example = "/docs/",
                                       .kind = ROUTE_DOCUMENT,
                                       .media = "text/plain; charset=utf-8",
                                       .uncached = true,
                                       .description = "For those who write a slash.",
                                       .handler = get_slash};
