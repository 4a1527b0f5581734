/* route: one address, what may be asked there, and what answers. Private to src/api.
 *
 * A handler reads typed arguments, asks the analysis, and puts rows into call->table (or what a document is about into call->told, or
 * the document itself into call->document). It knows neither formats nor headers. It returns ST_OK; or ST_INVALID after call_problem; or what went wrong below (memory, size, rows).
 */
#ifndef API_CONTRACT_ROUTE_H
#define API_CONTRACT_ROUTE_H

#include "api/contract/column.h"
#include "api/contract/param.h"

struct call;
typedef enum status handler(struct call *call);

enum route_kind { ROUTE_TABLE, ROUTE_DOCUMENT };

/* Under which heading a route is listed. */
enum route_group {
    GROUP_BALANCE,
    GROUP_DEPENDENCE,
    GROUP_BOOKS,
    GROUP_INDICES,
    GROUP_CODES,
    GROUP_SERVICE,
    ROUTE_GROUPS
};

struct group_heading {
    const char *name, *description;
};
extern const struct group_heading group_headings[ROUTE_GROUPS];

struct route {
    const char *id, *path, *summary, *description, *example;
    enum route_kind kind;
    enum route_group group;
    bool unlisted;     /* parts of a page: in no list, in no description */
    const char *media; /* ROUTE_DOCUMENT: its Content-Type */
    const struct columns
        *document;        /* ROUTE_DOCUMENT: what it holds, of the struct in call->told; or NULL, and perhaps this: */
    const char *shape;    /* ROUTE_DOCUMENT of JSON: what it holds, as api/openapi/openapi.h writes shapes */
    bool no_example;      /* too long to stand in the description of the API */
    bool uncached;        /* health: no ETag, no-store */
    handler *handler;     /* of documents, and of tables that read nothing; else NULL, and these two: */
    handler *plan, *work; /* chooses datasets and asks (call->ask, call->state); makes rows of what was read */
    const struct param *param;
    size_t n_params;
    const struct column *column;
    size_t n_columns;
    const struct column *summary_column; /* of meta.summary; NULL: there is none */
    size_t n_summary_columns;
    const char *default_sort; /* or NULL */
    const struct route
        *with_summary; /* or NULL: what answers summary=1, with columns of its own over the same parameters */
    const struct route
        *as_table; /* or NULL: what answers instead those who would not rather have HTML, or ask something */
    struct str (*freshness)(const struct call *call); /* or NULL: its Cache-Control, where it is not that of data */
};

/* The members of a route that say its parameters, its columns, and the columns of its meta.summary. */
#define TAKES(list) .param = (list), .n_params = sizeof(list) / sizeof *(list)
#define GIVES(list) .column = (list), .n_columns = sizeof(list) / sizeof *(list)
#define SUMS_UP(list) .summary_column = (list), .n_summary_columns = sizeof(list) / sizeof *(list)

/* THE table: what is served, in the order in which it is listed. */
struct routes {
    const struct route *const *route;
    size_t n;
};

#endif
