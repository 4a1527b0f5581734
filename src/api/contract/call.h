/* call: one request on its way through the api. Private to src/api. */
#ifndef API_CONTRACT_CALL_H
#define API_CONTRACT_CALL_H

#include "api/contract/api.h"
#include "api/contract/format.h"
#include "api/contract/problem.h"

/* Content codings. */
enum coding { CODING_IDENTITY, CODING_GZIP };

#define WARNINGS_MAX 8
#define SUMMARY_MAX 24

/* A figure about the whole answer: meta.summary. */
struct summary_item {
    const char *name;
    struct cell value;
};

struct call {
    const struct api *api;
    struct arena *arena;
    const struct api_request *request;
    struct api_reply *reply;
    struct str path, query;            /* raw */
    const struct catalogue *catalogue; /* that is read: the api's, or what release= pins of it */
    bool pinned;                       /* by release= */
    enum format format;
    bool format_from_suffix;
    bool is_page;       /* HTML was preferred, where there is some */
    enum coding coding; /* agreed upon; small bodies go without */
    bool must_code;     /* the client refuses bodies as they are */
    const struct route *route;
    struct str capture[4];      /* decoded path segments, in the order of the route's path parameters */
    struct arg arg[PARAMS_MAX]; /* beside route->param */
    struct filter filter[FILTERS_MAX];
    size_t n_filters;
    struct str canonical; /* path and query in one spelling */
    struct call_error error[ERRORS_MAX];
    size_t n_errors;
    /* what the handler makes */
    struct table table;
    size_t named[COLUMNS_MAX]; /* of the table's columns behind the route's: the column whose codes they name */
    const void *told;          /* what the route's document is about */
    struct buf document;       /* of a route without columns */
    const char *document_type;
    const struct cube *cube;    /* that answered, or NULL */
    const struct offer *offers; /* all that could have */
    size_t n_offers;
    struct str warning[WARNINGS_MAX];
    size_t n_warnings;
    struct summary_item summary[SUMMARY_MAX];
    size_t n_summary;
    struct str mirror; /* link to the other side's view, or empty */
    const char *empty_reason;
    struct rows_share shared;   /* by the rows that call_rows adds */
    const struct column *other; /* column in which `top` writes "other"; NULL: product, else partner */
    uint64_t unsummed;          /* columns that `top` may not add up in this answer, a bit each */
    struct ask *ask;            /* the batch of all that is read */
    void *state;                /* what `plan` leaves for `work` */
    uint64_t price;             /* of the batch, in observations */
    bool explained;             /* explain=1 */
    size_t max_rows;            /* that the plan has room for; 0: it knows of no limit but the memory's */
    const char *instead; /* what to ask for instead of what would read too much; NULL: fewer periods or products */
};

/* The argument of a parameter; NULL if the route has no such parameter. */
const struct arg *call_find(const struct call *call, const char *name);
/* The same of a parameter that the route must have. */
const struct arg *call_arg(const struct call *call, const char *name);

/* Adds an error; returns it for suggestions, or a scratch entry when there are too many. Texts are borrowed. */
struct call_error *call_problem(struct call *call, enum problem_type type, const char *parameter, struct str value,
                                struct str detail);
void call_suggest(struct call_error *error, struct str suggestion);
void call_warn(struct call *call, struct str warning);
/* Why the answer will be a 500, for the operator's log: clients are not told of files and sections. The first reason stays. */
void call_reason(struct call *call, const struct problem *problem);
/* meta.summary: what the route's columns of summaries say of the struct that they are about. */
void call_summary(struct call *call, const void *summary);

/* Adds the `n` rows that begin at `row`, one every `bytes`, by the route's columns. */
enum status call_rows(struct call *call, const void *row, size_t n, size_t bytes) MUST_CHECK;
/* The value of a column in one row. */
struct cell call_cell(struct call *call, const struct column *column, const void *row);
/* Room for `n` rows more, so that call_rows finds it. */
enum status call_reserve(struct call *call, size_t n) MUST_CHECK;

extern const struct cell cell_null;
struct cell cell_period(struct call *call, uint32_t period);
static inline struct cell cell_country(const struct call *call, uint32_t id) /* NO_ID: null */
{
    return cell_str(id == NO_ID ? str_span(NULL, 0) : countries_at(catalogue_countries(call->catalogue), id)->id);
}

/* Which rows of the table are sent. */
struct page {
    size_t first, returned, total, limit;
};
struct page call_page(const struct call *call);
/* About how large an answer is as JSON, in bytes, for messages. */
size_t call_bytes(size_t rows, size_t columns);
/* The problem document into the reply's body; *type is what all errors together are. */
struct str problem_body(struct call *call, enum problem_type *type);

#endif
