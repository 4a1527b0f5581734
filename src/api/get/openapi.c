/* OpenAPI 3.1 from the route table. */
#include "api/describe/openapi/openapi.h"
#include "api/contract/call.h"
#include "api/get/endpoints.h"

static enum status get(struct call *call)
{
    struct str document = description_openapi(call->api, call->arena->ceiling_bytes);
    if (!document.n)
        return ST_NO_MEMORY;
    buf_add(&call->document, document);
    call->document_type = call->route->media;
    return ST_OK;
}

const struct route route_openapi = {
    .id = "getOpenapi",
    .group = GROUP_SERVICE,
    .path = "/v1/openapi.json",
    .summary = "This API as OpenAPI 3.1",
    .example = "/v1/openapi.json",
    .kind = ROUTE_DOCUMENT,
    .no_example = true,
    .media = "application/json",
    .shape = "{openapi: string, info: {*: string|{*: string}}, servers: {*: string}[], tags: {*: string}[],"
             " security: string[], paths: {*: {*: Anything}}, components: {*: {*: Anything}}}",
    .description = "Made from the same table that routes and checks requests; its examples are this server's answers.",
    .handler = get};
