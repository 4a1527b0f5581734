/* docs: the page that tells people how to use this API, made from the route table. Private to src/api.
 *
 * The page is one HTML text without scripts or styles of its own; docs.js adds what runs examples. Links are relative to /docs, so that a
 * proxy may serve all of it below a prefix.
 */
#ifndef API_DESCRIBE_DOCS_DOCS_H
#define API_DESCRIBE_DOCS_DOCS_H

#include "api/describe/openapi/openapi.h"

/* The whole page. */
void docs_write(const struct routes *routes, struct buf *out);

/* Text with HTML's own signs escaped, also for attributes in double quotes. */
void html_text(struct buf *out, struct str text);
/* A target of this server as an example: a link that docs.js runs in place, and the same for curl. */
void html_example(struct buf *out, const char *target);
/* A table of parameters; those that all tables have are only named unless `all`. Nothing if there are none. */
void html_parameters(struct buf *out, const struct route *route, bool all);
/* What changes for users, by version. */
void html_changes(struct buf *out);
/* One route with parameters, columns and example. */
void html_route(struct buf *out, const struct route *route);

#endif
