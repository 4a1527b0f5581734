/* openapi: what tells programs how to use this API, made from the route table. Private to src/api.
 *
 * A shape is a JSON Schema written short, as TypeScript writes types:
 *     {status: 'ready'|'starting', rows: {id: string, value: number|null}[], note?: string `what to know`, flags: Flags}
 * An object has the members that are named and no others (?: may be absent; {*: string} has members of any name); words in single
 * quotes are the values that a text may have; capitalised words are schemas of the document's components; what stands in backquotes
 * describes. Types: string integer number boolean null, and uri (a reference).
 */
#ifndef API_DESCRIBE_OPENAPI_OPENAPI_H
#define API_DESCRIBE_OPENAPI_OPENAPI_H

#include "api/contract/api.h"
#include "api/contract/format.h"
#include "entrepot/base/jw.h"

/* ---- shape.c ---- */

/* Writes the schema that the shape stands for, as one value. Aborts at a shape that is written wrongly. */
void shape_write(struct jw *jw, const char *shape);

/* ---- examples.c ---- */

/* Asks an api for the document's examples, one after the other. */
struct examples {
    const struct api *api; /* NULL: there is no data, and so no examples */
    struct arena arena;
    struct api_reply reply; /* the last */
};
void examples_init(struct examples *examples, const struct api *api, size_t arena_bytes);
void examples_release(struct examples *examples);
/* Asks; the status of the answer, or 0 where there is no api. Answers stay until the next one is asked for. */
int examples_ask(struct examples *examples, const char *method, const char *target, const char *accept);
/* "example": {…} under the key "examples": the last answer, JSON as it is and all else as a text. */
void examples_write(struct examples *examples, const char *key, struct str summary, struct jw *jw);
/* What a route's example is asked with here: tables are cut to their first rows. */
#define TARGET_BYTES 256
void examples_target(const struct route *route, char *room);

/* ---- parameters.c ---- */

/* How a parameter is written. */
struct notation {
    const char *type;  /* JSON's */
    bool list;         /* several, with commas between */
    const char *prose; /* what one value is; NULL: the type says it */
};
const struct notation *param_notation(const struct param *param);
/* Writes each value that the parameter is confined to by calling `put`; returns how many. */
size_t param_words(const struct param *param, void (*put)(void *to, const char *word), void *to);

/* "parameters": [...] of one path. */
void parameters_write(const struct routes *routes, const struct route *route, struct jw *jw);
/* "parameters": {…}: those that several routes have. */
void parameters_write_shared(const struct routes *routes, struct jw *jw);

/* ---- schemas.c ---- */

/* "BilateralProducts" of the route whose columns these are: routes with the same columns share schemas. */
struct str route_noun(const struct routes *routes, const struct route *route, char *room, size_t bytes);
#define NOUN_BYTES 64
bool route_has_filters(const struct route *route);
/* {"$ref": "#/components/schemas/<noun><suffix>"} */
void schema_ref(const struct routes *routes, const struct route *route, const char *suffix, struct jw *jw);
/* "schemas": {…}: rows and filters of all tables, and what all answers share. */
void schemas_write(const struct routes *routes, struct jw *jw);
/* The schema of a route's answer in a format (a document has one, called JSON), as a value. */
void schema_of_answer(const struct routes *routes, const struct route *route, enum format format, struct jw *jw);

/* ---- responses.c ---- */

/* "responses": {…} of one operation; without bodies for HEAD. */
void responses_write(const struct routes *routes, const struct route *route, bool head, struct examples *examples,
                     struct jw *jw);
/* "responses": {…} and "headers": {…} that operations refer to. */
void responses_write_shared(struct examples *examples, struct jw *jw);

/* ---- document.c ---- */

/* The OpenAPI document. `api`: whose answers are the examples, or NULL. */
void openapi_write(const struct routes *routes, const struct api *api, size_t arena_bytes, struct buf *out);

/* What an api keeps of it. Made by the first that asks; any number of threads may ask. */
struct description *description_new(void);
void description_free(struct description *description);
/* The document with examples, made once. Empty when memory is out. */
struct str description_openapi(const struct api *api, size_t arena_bytes);

#endif
