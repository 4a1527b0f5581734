/* RFC 9457 problem documents, and the one table of their types. */
#include "api/contract/call.h"
#include "entrepot/base/jw.h"

const struct problem_kind problem_kinds[PROBLEM_TYPES] = {
    [PROBLEM_NOT_FOUND] = {"not-found", "No such resource", 404, SCOPE_SERVER, "Nothing is served at this path.",
                           "Look at the suggestions, or at the list under /v1.", "/v1/bilatral/IND/CHN"},
    [PROBLEM_NO_DATA] = {"no-data", "No data for this pair", 404, SCOPE_DATA,
                         "The codes are right, but no loaded dataset has anything of these countries or this product.",
                         "Ask /v1/availability who reported what, or load a dataset that has it.",
                         "/v1/bilateral/FRA/DEU"},
    [PROBLEM_UNKNOWN_CODE] = {"unknown-code", "Unknown code", 400, SCOPE_ANY,
                              "A parameter names a country, product, sector or dataset that is not known here.",
                              "Take one of the suggestions, or look the code up with /v1/search.",
                              "/v1/availability?reporter=CHI"},
    [PROBLEM_UNKNOWN_CODE_IN_PATH] = {"unknown-code", "Unknown code", 404, SCOPE_PATH,
                                      "The path names a country, product, sector, dataset or measure that is not "
                                      "known here.",
                                      "Take one of the suggestions, or look the code up with /v1/search.",
                                      "/v1/countries/CHI"},
    [PROBLEM_UNKNOWN_PARAMETER] = {"unknown-parameter", "Unknown parameter", 400, SCOPE_ANY,
                                   "The resource has no parameter, and no column to filter by, of this name.",
                                   "Take one of the suggestions; /v1/openapi.json and /docs list all.", "/v1?limits=5"},
    [PROBLEM_REPEATED_PARAMETER] = {"repeated-parameter", "Parameter given twice", 400, SCOPE_ANY,
                                    "The same parameter stands in the query more than once.",
                                    "Give it once; lists are written with commas.", "/v1?limit=1&limit=2"},
    [PROBLEM_MISSING_PARAMETER] = {"missing-parameter", "Missing parameter", 400, SCOPE_ANY,
                                   "The resource cannot answer without this parameter.",
                                   "Add it; the detail says what it means and gives an example.", "/v1/search"},
    [PROBLEM_INVALID_VALUE] = {"invalid-value", "Invalid value", 400, SCOPE_ANY,
                               "A parameter's value is not of the form or range that it takes.",
                               "Write it as the detail says, or take one of the suggestions.", "/v1?limit=0"},
    [PROBLEM_INVALID_REQUEST] = {"invalid-request", "Invalid request", 400, SCOPE_ANY,
                                 "Several things of different kinds are wrong with the request, or it is not proper "
                                 "HTTP.",
                                 "errors lists each with its own cure: mend them all.", "/v1?limit=0&limits=5"},
    [PROBLEM_CONFLICT] = {"conflicting-parameters", "Parameters contradict each other", 400, SCOPE_ANY,
                          "Each parameter is right by itself, but they cannot be asked together.",
                          "Leave one of them out, as the detail says.", "/v1/bilateral/IND/CHN?period=2019&freq=FY"},
    [PROBLEM_METHOD] = {"method-not-allowed", "Method not allowed", 405, SCOPE_SERVER,
                        "This server only gives answers.", "Use GET, HEAD or OPTIONS.", NULL},
    [PROBLEM_NOT_ACCEPTABLE] = {"not-acceptable", "No acceptable format", 406, SCOPE_TABLE,
                                "The resource is not served in the format that the suffix, format= or Accept asks for.",
                                "Take one of the suggested formats.", "/v1?format=xml"},
    [PROBLEM_RELEASE_GONE] = {"release-gone", "This release is not served any more", 410, SCOPE_TABLE,
                              "The release that release= pins is not loaded here: data have been replaced since.",
                              "Take the release that the detail or /v1/datasets names, or leave release= out for the "
                              "newest figures.",
                              "/v1/bilateral/IND/CHN?release=0123456789abcdef"},
    [PROBLEM_CONTENT] = {"content-not-allowed", "A request body is not accepted", 413, SCOPE_SERVER,
                         "The request came with a body; nothing here reads one.", "Send GET without a body.", NULL},
    [PROBLEM_URI_TOO_LONG] = {"uri-too-long", "Request target too long", 414, SCOPE_SERVER,
                              "Path and query together are longer than the server reads.",
                              "Ask for fewer codes at once, or for a section or sector in their place.", NULL},
    [PROBLEM_HEADERS_TOO_LARGE] = {"headers-too-large", "Request headers too large", 431, SCOPE_SERVER,
                                   "The header fields of the request are larger than the server reads.",
                                   "Send fewer or shorter header fields, such as cookies.", NULL},
    [PROBLEM_PERIOD_UNAVAILABLE] = {"period-unavailable", "No dataset holds this period", 422, SCOPE_DATA,
                                    "What is asked is known, but not for this period.",
                                    "Take one of the periods that the detail lists, or the other side's books that "
                                    "see links to.",
                                    "/v1/bilateral/IND/CHN?period=2025"},
    [PROBLEM_LEVEL_UNAVAILABLE] = {"level-unavailable", "No dataset holds this detail", 422, SCOPE_DATA,
                                   "No loaded dataset tells this pair's trade in that detail of products or partners.",
                                   "Ask for a coarser level, or load a dataset that has the detail.",
                                   "/v1/bilateral/IND/CHN/products?level=hs8"},
    [PROBLEM_DATASET_UNSUITABLE] = {"dataset-unsuitable", "The dataset cannot answer this", 422, SCOPE_DATA,
                                    "The dataset that is named, or the best there is, lacks what the question needs.",
                                    "Leave dataset= out, or load the kind of dataset that the detail names.",
                                    "/v1/bilateral/IND/CHN?dataset=gacc-total-month"},
    [PROBLEM_TOO_LARGE] = {"result-too-large", "The answer would be too large", 422, SCOPE_DATA,
                           "The question would read or give more than one request may; the detail says how much.",
                           "Ask for fewer periods, products or rows, as the detail says.", NULL},
    [PROBLEM_INTERNAL] = {"internal", "Internal error", 500, SCOPE_SERVER, "The data could not be read.",
                          "Nothing that a client can mend: the operator's log says why.", NULL},
    [PROBLEM_UNAVAILABLE] =
        {"unavailable", "Temporarily unavailable", 503, SCOPE_SERVER,
         "The server is starting, stopping, out of memory for this request, or has too many of them that wait to read "
         "millions of observations.",
         "Try again after the seconds that Retry-After names, or ask for less.", NULL},
};

/* Several errors of one type are of that type; of several types, an invalid request, unless a path names nothing. */
static enum problem_type overall(const struct call *call)
{
    enum problem_type type = call->error[0].type;
    for (size_t i = 1; i < call->n_errors; i++)
        if (call->error[i].type == PROBLEM_UNKNOWN_CODE_IN_PATH)
            return PROBLEM_UNKNOWN_CODE_IN_PATH;
        else if (call->error[i].type != type && type != PROBLEM_UNKNOWN_CODE_IN_PATH)
            type = PROBLEM_INVALID_REQUEST;
    return type;
}

static void write_error(const struct call_error *error, struct jw *jw)
{
    jw_object(jw);
    jw_key(jw, STR("parameter"));
    if (error->parameter.n)
        jw_str(jw, error->parameter);
    else
        jw_null(jw);
    jw_kstr(jw, "value", str_span(error->value.p, error->value.n < 200 ? error->value.n : 200));
    jw_kstr(jw, "detail", error->detail);
    jw_karray(jw, "suggestions");
    for (size_t i = 0; i < error->n_suggestions; i++)
        jw_str(jw, error->suggestion[i]);
    jw_end(jw);
    jw_key(jw, STR("see"));
    if (error->see.n)
        jw_str(jw, error->see);
    else
        jw_null(jw);
    jw_end(jw);
}

struct str problem_body(struct call *call, enum problem_type *type)
{
    *type = overall(call);
    const struct problem_kind *kind = &problem_kinds[*type];
    struct buf *out = &call->reply->body;
    struct jw jw;
    jw_init(&jw, out, false);
    jw_object(&jw);
    char uri[64]; /* not the arena's: it may be empty */
    (void)snprintf(uri, sizeof uri, "/problems/%s", kind->slug);
    jw_kz(&jw, "type", uri);
    jw_kz(&jw, "title", kind->title);
    jw_ki64(&jw, "status", kind->status);
    jw_kstr(&jw, "detail", call->error[0].detail);
    jw_kstr(&jw, "instance",
            str_span(call->request->target.p, call->request->target.n < 1024 ? call->request->target.n : 1024));
    jw_karray(&jw, "errors");
    for (size_t i = 0; i < call->n_errors; i++)
        write_error(&call->error[i], &jw);
    jw_end(&jw);
    jw_end(&jw);
    jw_finish(&jw);
    buf_byte(out, '\n');
    return buf_view(out);
}
