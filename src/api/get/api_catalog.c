/* RFC 9727: where programs find this API's description, page and health. */
#include "api/get/endpoints.h"
#include "api/reply/reply.h"
#include "entrepot/base/jw.h"

static void put_link(struct jw *jw, const char *relation, const struct route *route)
{
    jw_karray(jw, relation);
    jw_object(jw);
    jw_kz(jw, "href", route->path);
    jw_kz(jw, "type", route->kind == ROUTE_TABLE ? "application/json" : route->media);
    jw_end(jw);
    jw_end(jw);
}

static enum status get(struct call *call)
{
    struct jw jw;
    jw_init(&jw, &call->document, false);
    jw_object(&jw);
    jw_karray(&jw, "linkset");
    jw_object(&jw);
    jw_kz(&jw, "anchor", route_index.path);
    put_link(&jw, "service-desc", &route_openapi);
    put_link(&jw, "service-doc", &route_docs);
    put_link(&jw, "service-meta", &route_datasets);
    put_link(&jw, "status", &route_healthz);
    jw_end(&jw);
    jw_end(&jw);
    jw_end(&jw);
    jw_finish(&jw);
    buf_byte(&call->document, '\n');
    call->document_type = call->route->media;
    reply_header(call->reply, "Link",
                 STR("</.well-known/api-catalog>; rel=\"api-catalog\"")); /* RFC 9727 §2, of HEAD */
    return ST_OK;
}

const struct route route_api_catalog = {
    .id = "getApiCatalog",
    .group = GROUP_SERVICE,
    .path = "/.well-known/api-catalog",
    .summary = "Where this API's description, page and health are (RFC 9727)",
    .example = "/.well-known/api-catalog",
    .kind = ROUTE_DOCUMENT,
    .media = "application/linkset+json; profile=\"https://www.rfc-editor.org/info/rfc9727\"",
    .shape =
        "{linkset: {anchor: uri, service-desc: {href: uri, type: string}[], service-doc: {href: uri, type: string}[],"
        " service-meta: {href: uri, type: string}[], status: {href: uri, type: string}[]}[]}",
    .description = "A set of links (RFC 9264) at the place where programs look for it.",
    .handler = get};
