/* call: one request on its way through the api. Private to src/api.
 *
 * A handler reads typed arguments, asks the analysis, and puts rows into call->table (or a document into call->document). It knows
 * neither formats nor headers. It returns ST_OK; or ST_INVALID after call_problem; or what went wrong below (memory, size, rows).
 */
#ifndef API_CALL_H
#define API_CALL_H

#include <math.h>

#include "api/assets.h"
#include "entrepot/analysis/figures.h"
#include "entrepot/api/api.h"
#include "entrepot/base/jw.h"
#include "entrepot/cube/search.h"

struct description;

struct api {
    const struct catalogue *catalogue;
    struct search_index *search;
    const struct measure **link; /* of the columns of all routes in turn */
    struct prepared *prepared;
    struct description *description; /* OpenAPI, made when it is first asked for */
    struct api_options options;
    char assets_version[ASSETS_VERSION_SIZE];
};

/* ---- columns and rows ---- */

enum column_type { COLUMN_STRING, COLUMN_INTEGER, COLUMN_NUMBER, COLUMN_BOOLEAN, COLUMN_FLAGS, COLUMN_LIST };

struct column {
    const char *id;
    enum column_type type;
    const char *unit; /* "USD", "1" (a ratio), "pp", "months" … or NULL */
    char flow;        /* 'X' or 'M': valued as the dataset's exports or imports are; 0: neither */
    bool additive;    /* rows add up: `top` may sum the rest */
    const char *description;
};

struct cell {
    enum { CELL_NULL, CELL_STRING, CELL_INTEGER, CELL_NUMBER, CELL_BOOLEAN, CELL_FLAGS, CELL_LIST } kind;
    union {
        struct str text; /* CELL_LIST: items separated by '\n' */
        int64_t integer;
        double number;
        bool boolean;
        unsigned flags;
    };
};

#define COLUMNS_MAX 64 /* of a route, with those of names */

struct table {
    const struct column *column; /* the route's, and behind them those of names where they are asked for */
    size_t n_columns, n_rows, room;
    struct cell *cell; /* row by row */
};

extern const struct cell cell_null;

/* Field by field: an initialiser would fill the holes too, through a copy on the stack that is read before its writes have arrived. */
static inline struct cell cell_str(struct str text) /* empty: null */
{
    struct cell cell;
    cell.kind = text.n ? CELL_STRING : CELL_NULL;
    cell.text = text;
    return cell;
}
static inline struct cell cell_z(const char *text) { return cell_str(str_view(text)); } /* NULL or "": null */
static inline struct cell cell_known(bool known, int64_t value)
{
    struct cell cell;
    cell.kind = known ? CELL_INTEGER : CELL_NULL;
    cell.integer = value;
    return cell;
}
static inline struct cell cell_i64(int64_t value) { return cell_known(true, value); }
static inline struct cell cell_rank(unsigned rank) { return cell_known(rank > 0, rank); } /* 0: null */
static inline struct cell cell_figure(struct figure f) { return cell_known(f.known, f.usd); }
static inline struct cell cell_ratio(double ratio) /* NaN, infinity: null */
{
    struct cell cell;
    cell.kind = isfinite(ratio) ? CELL_NUMBER : CELL_NULL;
    cell.number = ratio;
    return cell;
}
static inline struct cell cell_tonnes(struct quantity q) { return cell_ratio(quantity_tonnes(q)); }
static inline struct cell cell_bool(bool value)
{
    struct cell cell;
    cell.kind = CELL_BOOLEAN;
    cell.boolean = value;
    return cell;
}
static inline struct cell cell_flags(unsigned flags)
{
    struct cell cell;
    cell.kind = CELL_FLAGS;
    cell.flags = flags;
    return cell;
}

/* ---- parameters and routes ---- */

enum param_type {
    PARAM_COUNTRY,  /* one code */
    PARAM_PRODUCTS, /* HS codes, sections and sectors, separated by commas */
    PARAM_PRODUCT,  /* one HS code or section */
    PARAM_SECTOR,
    PARAM_PERIODS,
    PARAM_PERIOD, /* exactly one */
    PARAM_FREQ,
    PARAM_LEVEL,
    PARAM_DATASET,  /* an id */
    PARAM_DATASETS, /* an id or * */
    PARAM_COUNT,    /* whole number, 1 … max */
    PARAM_SHARE,    /* 0 … 1 */
    PARAM_SORT,
    PARAM_FIELDS,
    PARAM_FORMAT,
    PARAM_FLAG, /* 0, 1 */
    PARAM_KIND, /* of a member */
    PARAM_CURSOR,
    PARAM_WORD,      /* one of `words` */
    PARAM_REAL,      /* a decimal number, low … high */
    PARAM_COUNTRIES, /* codes separated by commas */
    PARAM_PAIRS,     /* IND-CHN,USA-CHN: reporter and partner */
    PARAM_TEXT,      /* anything; what a search looks for */
    PARAM_WORDS,     /* some of `words`, separated by commas */
    PARAM_RELEASE    /* id of a dataset's release, or of the catalogue */
};

struct param {
    const char *name;
    enum param_type type;
    bool in_path;             /* these stand first in a route's table, in the path's order */
    uint32_t max;             /* PARAM_COUNT */
    unsigned levels;          /* PARAM_LEVEL: bit per allowed level */
    const char *const *words; /* PARAM_WORD, PARAM_WORDS: ended by NULL */
    double low, high;         /* PARAM_REAL */
    bool required;            /* in the query; path parameters are anyway */
    bool star;                /* lists: * stands for every member */
    bool comtrade;            /* UN Comtrade's spellings too: 201904, AG4 */
    unsigned formats;         /* how it is written: 1U << enum format of those that know it; else 0 */
    const char *alias;        /* another name for it, or NULL */
    const char *fallback;     /* the default as text, or NULL */
    const char *description, *example;
};

#define PARAMS_MAX 32
#define LIST_MAX 64

struct arg {
    bool given, all;          /* all: * where the parameter takes it */
    struct str text;          /* as the client wrote it, percent-decoded */
    uint32_t country, number; /* number: also the index of a word; of several a bit each */
    uint32_t last;            /* PARAM_WORDS: index of the last one */
    double ratio;             /* PARAM_SHARE, PARAM_REAL */
    enum level level;
    enum period_kind kind;
    const struct cube *cube;
    const struct sector *sector;
    const struct period_set *periods;
    const struct str *list;    /* PARAM_PRODUCTS: codes; sectors are written sector ids */
    const uint32_t *countries; /* PARAM_COUNTRIES: ids; PARAM_PAIRS: reporter and partner in turn */
    size_t n_list;             /* of either; pairs count once */
};

/* share.gte=0.8, dependent=1: which rows are kept. A row whose cell is null is not. */
enum filter_op { FILTER_GTE, FILTER_GT, FILTER_LTE, FILTER_LT, FILTER_OPS, FILTER_IS = FILTER_OPS };
#define FILTERS_MAX 8
struct filter {
    size_t column; /* of the route's */
    enum filter_op op;
    double value;
    struct str name, text; /* as written */
};

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
    bool unlisted;       /* parts of a page: in no list, in no description */
    const char *media;   /* ROUTE_DOCUMENT: its Content-Type */
    const char *shape;   /* ROUTE_DOCUMENT of JSON: what it holds, as api/openapi/openapi.h writes shapes */
    const char *figures; /* ROUTE_TABLE: the shape of meta.summary, or NULL: none */
    bool uncached;       /* health: no ETag, no-store */
    handler *handler;
    const struct param *param;
    size_t n_params;
    const struct column *column;
    size_t n_columns;
    const char *default_sort; /* or NULL */
    const struct route
        *with_summary; /* or NULL: what answers summary=1, with columns of its own over the same parameters */
    const struct route
        *as_table; /* or NULL: what answers instead those who would not rather have HTML, or ask something */
    struct str (*freshness)(const struct call *call); /* or NULL: its Cache-Control, where it is not that of data */
};

extern const struct route *const api_routes[];
extern const size_t api_n_routes;

/* ---- measures ---- */

/* What a column of figures holds. */
struct measure {
    const char *id;
    const char *columns; /* ids with spaces between; NULL: the id itself */
    const char *path;    /* beginning of the paths whose columns mean this; NULL: all others */
    const char *code, *formula, *unit, *citation, *description;
};

extern const struct measure measures[];
extern const size_t n_measures;

/* NULL for columns that are no figures. */
const struct measure *measure_of(const struct route *route, const struct column *column);
/* measure_of for every column of every route in turn: malloc's, or NULL. */
const struct measure **measures_link(void);
/* Sets has[i] where route i has a column that holds the measure; the others stay as they are. */
void measure_routes(const struct api *api, const struct measure *measure, bool *has);
/* Those of the columns of the call's route. */
const struct measure *const *call_measures(const struct call *call);

/* ---- problems ---- */

enum problem_type {
    PROBLEM_NOT_FOUND,
    PROBLEM_NO_DATA,
    PROBLEM_UNKNOWN_CODE,
    PROBLEM_UNKNOWN_CODE_IN_PATH,
    PROBLEM_UNKNOWN_PARAMETER,
    PROBLEM_REPEATED_PARAMETER,
    PROBLEM_MISSING_PARAMETER,
    PROBLEM_INVALID_VALUE,
    PROBLEM_INVALID_REQUEST,
    PROBLEM_CONFLICT,
    PROBLEM_METHOD,
    PROBLEM_NOT_ACCEPTABLE,
    PROBLEM_RELEASE_GONE,
    PROBLEM_CONTENT,
    PROBLEM_URI_TOO_LONG,
    PROBLEM_HEADERS_TOO_LARGE,
    PROBLEM_PERIOD_UNAVAILABLE,
    PROBLEM_LEVEL_UNAVAILABLE,
    PROBLEM_DATASET_UNSUITABLE,
    PROBLEM_TOO_LARGE,
    PROBLEM_INTERNAL,
    PROBLEM_UNAVAILABLE,
    PROBLEM_TYPES
};

/* Which answers can be of a kind, beside those of unknown paths and methods. */
enum problem_scope {
    SCOPE_SERVER, /* none in particular */
    SCOPE_ANY,
    SCOPE_PATH,  /* of routes with path parameters */
    SCOPE_TABLE, /* of tables */
    SCOPE_DATA   /* of what is asked of datasets */
};

struct problem_kind {
    const char *slug, *title;
    int status;
    enum problem_scope scope;
    const char *meaning, *cure;
    const char *example; /* a target that is answered so over the shipped data, or NULL */
};
extern const struct problem_kind problem_kinds[PROBLEM_TYPES];

#define ERRORS_MAX 24
#define SUGGESTIONS_MAX 6

struct call_error {
    enum problem_type type;
    struct str parameter, value, detail, see;
    struct str suggestion[SUGGESTIONS_MAX];
    size_t n_suggestions;
};

/* ---- the call ---- */

enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_NDJSON, FORMAT_JSONSTAT, FORMAT_SDMX_CSV, FORMATS };

struct call;
#define MEDIA_PARAMETERS 6
/* One shape of a table. A handler knows none of them. */
struct encoder {
    const char *name, *suffix, *media; /* as format=, behind the path (after a dot), and in Accept */
    const char *content_type;
    struct {
        const char *name, *values;  /* in lower case; the values that are served, with spaces between */
    } parameters[MEDIA_PARAMETERS]; /* of the media type, that Accept may name; ended by one without a name */
    bool of_figures;                /* there must be a column of figures */
    bool is_file;                   /* is given a file name */
    /* Appends the answer. May call call_problem instead, and then leaves what it has written. */
    void (*encode)(struct call *call, struct buf *out);
};
extern const struct encoder encoders[FORMATS];

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
    struct buf document;
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
    const struct column *other; /* column in which `top` writes "other"; NULL: product, else partner */
    uint64_t unsummed;          /* columns that `top` may not add up in this answer, a bit each */
    struct cube_trace *trace;   /* with explain=1 what the queries did, else NULL */
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
/* A figure for meta.summary; `name` lives as long as the program. */
void call_summarise(struct call *call, const char *name, struct cell value);

/* A new row of null cells, or NULL when memory is out. */
struct cell *call_row(struct call *call);
/* Room for `n` rows more, so that call_row finds it. */
enum status call_reserve(struct call *call, size_t n) MUST_CHECK;

/* The catalogue's best offer in call->cube and call->offers, and *offer; or a problem that says why none fits (404 no-data, 422 with what
 * there is and a link to the mirror). */
enum status call_choose(struct call *call, const struct want *want, const struct offer **offer) MUST_CHECK;
/* Says once that figures are made up, if the dataset's are. */
void call_warn_synthetic(struct call *call, const struct cube *cube);

/* Both sides' books of one pair. */
struct two_books {
    const struct cube *own, *other; /* in which the reporter, and in which the partner, reports; one may be NULL */
    enum period_kind kind;          /* of the rows */
    const uint32_t *period; /* ascending; those asked for that a side holds, else those that both hold completely */
    size_t n_periods;
    bool common; /* there is a period that both hold completely */
};

/* The datasets whose reports of the pair can be compared over the most months: one dataset with both sides' books before two, reported
 * books before reconciled ones. `want` is of the reporter; its dataset and `other_dataset` name the books, if not empty. A problem, as
 * call_choose gives it, where neither side has any. */
enum status call_two_books(struct call *call, const struct want *want, struct str other_dataset,
                           struct two_books *out) MUST_CHECK;

/* Adds PROBLEM_TOO_LARGE and returns ST_INVALID if the query would read more than the options allow. */
enum status call_afford(struct call *call, const struct cube *cube, const struct cube_query *query) MUST_CHECK;
/* The same for what `n` queries read together; `hint` says what to ask for instead. */
enum status call_afford_all(struct call *call, const struct cube *cube, const struct cube_query *query, size_t n,
                            const char *hint) MUST_CHECK;
/* The same for a cost that is known, in observations. */
enum status call_afford_cost(struct call *call, uint64_t cost) MUST_CHECK;
/* Codes of `product` with sectors resolved for the cube's HS revision. */
enum status call_products(struct call *call, const struct arg *arg, const struct cube *cube, const struct str **code,
                          size_t *n) MUST_CHECK;

/* ---- route/ ---- */

/* Finds the route, the format suffix and the captures; ST_INVALID with a problem otherwise. */
enum status route_match(struct call *call) MUST_CHECK;
/* Types all arguments; all errors together. */
enum status params_read(struct call *call) MUST_CHECK;
/* Gives arguments and filters their one spelling, and the call its canonical target. */
enum status canonicalise(struct call *call) MUST_CHECK;
/* Percent-decoding into `text`, which has room for raw.n bytes: false for bad escapes, NUL and control bytes, or bytes that are not UTF-8.
 * '+' is a space if `form`. */
bool percent_decode(struct str raw, bool form, char *text, struct str *out);

/* ---- reply/ ---- */

enum status table_arrange(struct call *call) MUST_CHECK; /* filters, sort, top */
/* The dataset that a row names, else that of the whole answer; NULL if there is neither. */
const struct cube *call_row_cube(const struct call *call, const struct cell *row);

/* prepared.c: what is the same in each JSON answer of a route or dataset. NULL when memory is out. */
struct prepared *prepared_new(const struct catalogue *catalogue, const struct measure *const *link);
void prepared_free(struct prepared *prepared);
/* The columns' names as they stand before their values, with commas between; KEY_PADDING bytes from the beginning of each may be read.
 * False when memory is out. */
#define KEY_PADDING 32
bool column_keys(const struct call *call, const size_t *index, size_t n, struct str *key) MUST_CHECK;
/* "columns" of an answer, and the members of "meta" that say which dataset answered. */
void write_columns(const struct call *call, const size_t *index, size_t n, struct jw *jw);
void write_dataset(const struct call *call, struct jw *jw);

struct page {
    size_t first, returned, total, limit;
};
struct page call_page(const struct call *call);
struct str call_next_cursor(const struct call *call); /* empty on the last page */
/* Column indexes that `fields` chooses, in its order; returns how many. */
size_t call_fields(const struct call *call, size_t *index);
struct str problem_body(struct call *call, enum problem_type *type);
/* Compresses the body if that was agreed upon and is worth it, and says so in a header. */
enum status encode_content(struct call *call, struct buf *body) MUST_CHECK;

/* ---- http/ ---- */

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
/* Whether Accept ranks HTML above all that tables are served as, as browsers do. */
bool prefers_html(struct str accept);

/* Suffix, format=, Accept, in that order; ST_INVALID with a 406, or with what the format cannot do. */
enum status negotiate(struct call *call) MUST_CHECK;
/* Accept-Encoding; ST_INVALID with a 406 where neither gzip nor identity will do. */
enum status negotiate_coding(struct call *call) MUST_CHECK;
/* The cursor of the page that begins at `row`. */
struct str cursor_at(const struct call *call, size_t row);
/* Whether the call's cursor was made for this data (410) and this question (400). */
enum status cursor_check(struct call *call) MUST_CHECK;
/* Targets of the neighbouring pages (empty where there is none), of another format, and of the same pinned to its release. */
struct str link_next(const struct call *call);
struct str link_prev(const struct call *call);
struct str link_first(const struct call *call);
struct str link_as(const struct call *call, enum format format);
struct str link_pinned(const struct call *call);
/* The value of Link. */
struct str reply_links(const struct call *call);

/* ---- format/ ---- */

void encode_json(struct call *call, struct buf *out);
void encode_csv(struct call *call, struct buf *out);
void encode_ndjson(struct call *call, struct buf *out);
void encode_jsonstat(struct call *call, struct buf *out);
void encode_sdmx_csv(struct call *call, struct buf *out);
/* About how large an answer is as JSON, in bytes, for messages. */
size_t call_bytes(size_t rows, size_t columns);
/* The members of an answer's "meta" into the object that is open. */
void write_meta(const struct call *call, struct jw *jw);
/* A text as a cell of CSV: quoted where needed, and no formula to a spreadsheet. */
void csv_text(struct buf *out, struct str text);
void csv_flags(struct buf *out, unsigned flags);

/* Whether a route's table can be shown so; and whether what this call has chosen of it can. */
bool format_serves(enum format format, const struct route *route);
bool format_fits(enum format format, const struct call *call);
/* Adds the problems of what the call asks of its format and that has no meaning there. */
void format_check(struct call *call);
/* Adds a 406 that lists the formats of the call's route; `parameter` "Accept" lists media types. */
void refuse_format(struct call *call, const char *parameter, struct str value);
struct str reply_content_type(const struct call *call);
/* Content-Disposition with a file name made of path and period; empty for formats that are read where they are. */
struct str reply_disposition(const struct call *call);

/* ---- codes and their names ---- */

/* What a column is in formats of dimensions and figures. */
enum column_role { ROLE_FIGURE, ROLE_TIME, ROLE_PLACE, ROLE_CLASS, ROLE_TEXT };
enum names_of { NAMES_OF_NOTHING, NAMES_OF_COUNTRIES, NAMES_OF_PRODUCTS, NAMES_OF_DATASETS };

enum labels { LABELS_ID, LABELS_NAME, LABELS_BOTH };
extern const char *const words_of_labels[]; /* their words; ended by NULL */

/* A column of codes. */
struct code_kind {
    const char *id; /* of the column */
    enum column_role role;
    enum names_of names;
    const char *concept, *title; /* in SDMX, and for people */
    const char *none;            /* the code that stands for null: _T all together, _Z not applicable */
    bool prefixed;               /* codes=prefixed writes HS before digits */
};
/* NULL for a column that holds no codes. */
const struct code_kind *code_kind_of(const char *id);
enum column_role column_role(const struct column *column);
/* The name of a code, borrowed from the catalogue; empty if it has none. */
struct str call_code_name(const struct call *call, enum names_of names, struct str code);

/* The column "partner_name" that labels=both and fields= add to a route, of the column `named`; false if the route has none such. */
bool name_column(const struct route *route, struct str id, size_t *named);
/* All of them in the order of the columns that they name: the indexes of those; returns how many. */
size_t name_columns(const struct route *route, size_t named[COLUMNS_MAX]);
/* Starts the call's table: the route's columns, and those of names that the request shows. */
enum status names_start(struct call *call) MUST_CHECK;
/* How the table's codes are shown; formats of figures have ways of their own, and get codes. */
enum labels call_labels(const struct call *call);
/* Whether this column called name falls away, because its names stand in the place of the codes before it. */
bool name_is_shown_as_code(const struct call *call, size_t column);
/* Writes the names of the page's rows, once the rows are in their order. */
void names_fill(struct call *call);

#endif
