/* Responses: the answer in each format, 304, and problems by status. */
#include <stdio.h>

#include "api/contract/problem.h"
#include "api/describe/openapi/openapi.h"

/* ---- header fields ---- */

enum header_scope {
    HEADER_ANY,
    HEADER_CACHED,
    HEADER_FILE /* of tables, in some formats */
};

static const struct {
    const char *name, *description;
    enum header_scope scope;
} headers[] = {
    {"ETag", "Strong entity tag of this representation, for If-None-Match", HEADER_CACHED},
    {"Content-Disposition", "A file name, for formats that are kept as files", HEADER_FILE},
    {"Cache-Control", "How long the answer may be kept; no-store for problems and health", HEADER_ANY},
    {"Vary", "Request header fields that the choice of the representation hangs on", HEADER_CACHED},
    {"Link", "Links (RFC 8288): service-desc leads to this document, next and prev to other pages", HEADER_ANY},
    {"X-Request-Id", "The request's own X-Request-Id or the trace id of its traceparent, else one made here",
     HEADER_ANY},
    {"Server-Timing", "What the server needed for the answer, or that it had it ready", HEADER_ANY},
};
#define HEADERS (sizeof headers / sizeof *headers)

static bool has_header(const struct route *route, size_t header)
{
    return headers[header].scope == HEADER_ANY || (headers[header].scope == HEADER_CACHED && !route->uncached) ||
           (headers[header].scope == HEADER_FILE && route->kind == ROUTE_TABLE);
}

static void write_header(size_t header, struct jw *jw)
{
    struct buf ref;
    buf_init(&ref, 128);
    buf_printf(&ref, "#/components/headers/%s", headers[header].name);
    jw_kobject(jw, headers[header].name);
    jw_kstr(jw, "$ref", buf_view(&ref));
    jw_end(jw);
    buf_release(&ref);
}

static void write_headers(const struct route *route, struct jw *jw)
{
    jw_kobject(jw, "headers");
    for (size_t i = 0; i < HEADERS; i++)
        if (has_header(route, i))
            write_header(i, jw);
    jw_end(jw);
}

/* ---- the answer ---- */

static void write_example(const struct route *route, const char *media, struct examples *examples, struct jw *jw)
{
    char target[TARGET_BYTES];
    examples_target(route, target);
    if (route->no_example || examples_ask(examples, "GET", target, media) != 200)
        return;
    struct buf summary;
    buf_init(&summary, 512);
    buf_printf(&summary, "GET %s", target);
    jw_kobject(jw, "examples");
    examples_write(examples, "example", buf_view(&summary), jw);
    jw_end(jw);
    buf_release(&summary);
}

static void write_table(const struct routes *routes, const struct route *route, struct examples *examples,
                        struct jw *jw)
{
    for (enum format f = FORMAT_JSON; f < FORMATS; f++) {
        if (!format_serves(f, route))
            continue;
        jw_kobject(jw, format_of[f].media);
        jw_key(jw, STR("schema"));
        schema_of_answer(routes, route, f, jw);
        write_example(route, format_of[f].media, examples, jw);
        jw_end(jw);
    }
}

/* The media type without its parameters. */
static struct str media_of(const struct route *route)
{
    struct str rest = str_view(route->media ? route->media : "*/*");
    return str_cut(&rest, ';');
}

static void write_document(const struct routes *routes, const struct route *route, struct examples *examples,
                           struct jw *jw)
{
    jw_key(jw, media_of(route));
    jw_object(jw);
    jw_key(jw, STR("schema"));
    schema_of_answer(routes, route, FORMAT_JSON, jw);
    write_example(route, NULL, examples, jw);
    jw_end(jw);
}

/* ---- problems ---- */

static bool has_path_parameters(const struct route *route) { return strchr(route->path, '{') != NULL; }

static bool can_be(const struct route *route, enum problem_scope scope)
{
    switch (scope) {
    case SCOPE_ANY: return true;
    case SCOPE_PATH: return has_path_parameters(route);
    case SCOPE_TABLE: return route->kind == ROUTE_TABLE;
    case SCOPE_DATA: return route->group != GROUP_SERVICE && route->group != GROUP_CODES;
    case SCOPE_SERVER: break;
    }
    return false;
}

/* Whether the kind is the first of its status that `route` can be answered with (of any, if NULL). */
static bool first_of_status(const struct route *route, size_t kind)
{
    for (size_t k = 0; k <= kind; k++) {
        enum problem_scope scope = problem_kinds[k].scope;
        if (problem_kinds[k].status == problem_kinds[kind].status &&
            (route ? can_be(route, scope) : scope != SCOPE_SERVER))
            return k == kind;
    }
    return false;
}

static void write_problems(const struct route *route, struct jw *jw)
{
    for (int status = 400; status < 500; status++)
        for (size_t k = 0; k < PROBLEM_TYPES; k++) {
            if (problem_kinds[k].status != status || !first_of_status(route, k))
                continue;
            char key[16], ref[64];
            (void)snprintf(key, sizeof key, "%d", status);
            (void)snprintf(ref, sizeof ref, "#/components/responses/Problem%d", status);
            jw_kobject(jw, key);
            jw_kz(jw, "$ref", ref);
            jw_end(jw);
        }
    jw_key(jw, STR("default"));
    jw_raw(jw, STR("{\"$ref\":\"#/components/responses/Problem\"}"));
}

void responses_write(const struct routes *routes, const struct route *route, bool head, struct examples *examples,
                     struct jw *jw)
{
    jw_kobject(jw, "responses");
    jw_kobject(jw, "200");
    jw_kz(jw, "description", head ? "The header fields that GET has" : route->summary);
    write_headers(route, jw);
    if (!head) {
        jw_kobject(jw, "content");
        if (route->kind == ROUTE_TABLE)
            write_table(routes, route, examples, jw);
        else
            write_document(routes, route, examples, jw);
        jw_end(jw);
    }
    jw_end(jw);
    if (!route->uncached) {
        jw_key(jw, STR("304"));
        jw_raw(jw, STR("{\"$ref\":\"#/components/responses/NotModified\"}"));
    }
    if (head) {
        jw_key(jw, STR("4XX"));
        jw_raw(jw, STR("{\"$ref\":\"#/components/responses/ProblemOfHead\"}"));
    } else {
        write_problems(route, jw);
    }
    jw_end(jw);
}

/* ---- what operations refer to ---- */

/* The example of a kind, if the loaded data answer it so. */
static void write_problem_example(const struct problem_kind *kind, struct examples *examples, struct jw *jw)
{
    char wanted[96], summary[TARGET_BYTES];
    const char *method = kind->example ? "GET" : "DELETE", *target = kind->example ? kind->example : "/v1";
    (void)snprintf(wanted, sizeof wanted, "{\"type\":\"/problems/%s\"", kind->slug);
    (void)snprintf(summary, sizeof summary, "%s %s", method, target);
    if (examples_ask(examples, method, target, NULL) == kind->status &&
        str_starts(buf_view(&examples->reply.body), str_view(wanted)))
        examples_write(examples, kind->slug, str_view(summary), jw);
}

/* All problems of one status; of none in particular, for 0. */
static void write_problem_response(int status, struct examples *examples, struct jw *jw)
{
    char key[32] = "Problem";
    struct buf text;
    if (status)
        (void)snprintf(key, sizeof key, "Problem%d", status);
    buf_init(&text, 4096);
    buf_lit(&text, "Problems of this status:\n");
    jw_kobject(jw, key);
    for (size_t k = 0; k < PROBLEM_TYPES; k++) {
        const struct problem_kind *kind = &problem_kinds[k];
        if (status ? kind->status == status && kind->scope != SCOPE_SERVER : kind->scope == SCOPE_SERVER)
            buf_printf(&text, "\n- %d `%s`: %s %s", kind->status, kind->slug, kind->meaning, kind->cure);
    }
    jw_kstr(jw, "description", buf_view(&text));
    buf_release(&text);
    jw_kobject(jw, "content");
    jw_kobject(jw, "application/problem+json");
    jw_key(jw, STR("schema"));
    jw_raw(jw, STR("{\"$ref\":\"#/components/schemas/Problem\"}"));
    jw_kobject(jw, "examples");
    for (size_t k = 0; k < PROBLEM_TYPES; k++) {
        const struct problem_kind *kind = &problem_kinds[k];
        if (status ? kind->status == status && kind->scope != SCOPE_SERVER : kind->scope == SCOPE_SERVER)
            write_problem_example(kind, examples, jw);
    }
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
    jw_end(jw);
}

static void write_not_modified(struct jw *jw)
{
    jw_kobject(jw, "NotModified");
    jw_kz(jw, "description", "If-None-Match names the entity tag of the answer: the client's copy is still right");
    jw_kobject(jw, "headers");
    for (size_t i = 0; i < HEADERS; i++)
        if (headers[i].scope != HEADER_FILE)
            write_header(i, jw);
    jw_end(jw);
    jw_end(jw);
}

static void write_shared_headers(struct jw *jw)
{
    jw_kobject(jw, "headers");
    for (size_t i = 0; i < HEADERS; i++) {
        jw_kobject(jw, headers[i].name);
        jw_kz(jw, "description", headers[i].description);
        jw_kbool(jw, "required", headers[i].scope != HEADER_FILE);
        jw_key(jw, STR("schema"));
        jw_raw(jw, STR("{\"type\":\"string\"}"));
        jw_end(jw);
    }
    jw_end(jw);
}

void responses_write_shared(struct examples *examples, struct jw *jw)
{
    jw_kobject(jw, "responses");
    write_not_modified(jw);
    for (int status = 400; status < 500; status++)
        for (size_t k = 0; k < PROBLEM_TYPES; k++)
            if (problem_kinds[k].status == status && first_of_status(NULL, k))
                write_problem_response(status, examples, jw);
    write_problem_response(0, examples, jw);
    jw_key(jw, STR("ProblemOfHead"));
    jw_raw(jw, STR("{\"description\":\"The header fields of the problem that GET answers with\"}"));
    jw_end(jw);
    write_shared_headers(jw);
}
