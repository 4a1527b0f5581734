/* An answer kept as the library's response, shared by all who ask the same. */
#include "kept.h"

#include "request_id.h"

#define HEADER_ID "X-Request-Id"
#define HEADER_TIMING "Server-Timing"

bool response_header(struct MHD_Response *response, const char *name, struct str value)
{
    char text[512], *own = NULL;
    char *z = value.n < sizeof text ? text : (own = malloc(value.n + 1));
    if (!z)
        return false;
    memcpy(z, value.n ? value.p : "", value.n);
    z[value.n] = '\0';
    bool added = MHD_add_response_header(response, name, z) == MHD_YES;
    free(own);
    return added;
}

static bool add_headers(struct MHD_Response *response, const struct api_reply *reply)
{
    static const char blank[REQUEST_ID_BYTES + 1] = "00000000000000000000000000000000";
    bool added = true;
    for (size_t i = 0; added && i < reply->n_headers; i++)
        added = response_header(response, reply->header[i].name, reply->header[i].value);
    return added && response_header(response, HEADER_TIMING, STR("cache;desc=hit")) &&
           response_header(response, HEADER_ID, str_view(blank));
}

struct kept *kept_new(struct api_reply *reply)
{
    struct kept *kept = malloc(sizeof *kept);
    size_t n = reply->body.n;
    char *body = buf_take(&reply->body);
    struct MHD_Response *response =
        kept ? MHD_create_response_from_buffer_with_free_callback_cls(n, body, free, body) : NULL;
    if (!response)
        free(body);
    if (!response || !add_headers(response, reply)) {
        if (response)
            MHD_destroy_response(response);
        free(kept);
        return NULL;
    }
    if (reply->status == MHD_HTTP_NOT_MODIFIED && n == 0)
        quirk_no_length(response);
    *kept = (struct kept){.refs = 1,
                          .response = response,
                          .id = quirk_field(response, HEADER_ID),
                          .body = body,
                          .body_bytes = n,
                          .status = reply->status,
                          .route = reply->route ? reply->route : "-"};
    return kept;
}

void kept_hold(struct kept *kept) { kept->refs++; }

void kept_drop(struct kept *kept)
{
    if (--kept->refs > 0)
        return;
    MHD_destroy_response(kept->response); /* with the body, once the last connection has sent it */
    free(kept);
}

struct MHD_Response *kept_share(struct kept *kept, struct str id)
{
    if (id.n != REQUEST_ID_BYTES || !kept->id)
        return NULL;
    memcpy(kept->id, id.p, REQUEST_ID_BYTES);
    return kept->response;
}

struct copying {
    struct MHD_Response *to;
    struct str id, timing;
    bool failed;
};

static enum MHD_Result copy_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    struct copying *copying = cls;
    struct str text = str_view(value);
    if (strcmp(name, HEADER_ID) == 0)
        text = copying->id;
    else if (strcmp(name, HEADER_TIMING) == 0 && copying->timing.n)
        text = copying->timing;
    copying->failed = copying->failed || !response_header(copying->to, name, text);
    return MHD_YES;
}

static void drop_body(void *kept) { kept_drop(kept); }

struct MHD_Response *kept_copy(struct kept *kept, struct str id, struct str timing)
{
    kept_hold(kept);
    struct MHD_Response *response =
        MHD_create_response_from_buffer_with_free_callback_cls(kept->body_bytes, kept->body, drop_body, kept);
    if (!response) {
        kept_drop(kept);
        return NULL;
    }
    struct copying copying = {.to = response, .id = id, .timing = timing};
    (void)MHD_get_response_headers(kept->response, copy_header, &copying);
    if (kept->status == MHD_HTTP_NOT_MODIFIED)
        quirk_no_length(response);
    if (!copying.failed)
        return response;
    MHD_destroy_response(response);
    return NULL;
}
