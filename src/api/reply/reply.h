/* reply: header fields, links and coding of what is sent. Private to src/api. */
#ifndef API_REPLY_REPLY_H
#define API_REPLY_REPLY_H

#include "api/contract/call.h"

/* Cache-Control of what stays as it is under its address. */
#define FOR_EVER "public, max-age=31536000, immutable"
void reply_header(struct api_reply *reply, const char *name, struct str value);
void reply_common_headers(struct call *call);
/* ETag, Cache-Control and Vary, as the route and release= have them. */
void reply_cache_headers(struct call *call);
/* The strong entity tag of this call's representation. */
struct str reply_etag(const struct call *call);
/* What the representation hangs on, in full: two calls of one key have the same bytes. */
struct str reply_key(const struct call *call);
bool etag_matches(struct str if_none_match, struct str etag);
/* Compresses the body if that was agreed upon and is worth it, and says so in a header. */
enum status encode_content(struct call *call, struct buf *body) MUST_CHECK;

/* Targets of the neighbouring pages (empty where there is none), of another format, and of the same pinned to its release. */
struct str link_next(const struct call *call);
struct str link_prev(const struct call *call);
struct str link_first(const struct call *call);
struct str link_as(const struct call *call, enum format format);
struct str link_pinned(const struct call *call);
/* The value of Link. */
struct str reply_links(const struct call *call);

#endif
