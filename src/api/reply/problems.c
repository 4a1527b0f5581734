/* RFC 9457 problem documents, and the one table of their types. */
#include "api/call.h"

const struct problem_kind problem_kinds[PROBLEM_TYPES] = {
    [PROBLEM_NOT_FOUND] = {"not-found", "No such resource", 404},
    [PROBLEM_NO_DATA] = {"no-data", "No data for this pair", 404},
    [PROBLEM_UNKNOWN_CODE] = {"unknown-code", "Unknown code", 400},
    [PROBLEM_UNKNOWN_CODE_IN_PATH] = {"unknown-code", "Unknown code", 404},
    [PROBLEM_UNKNOWN_PARAMETER] = {"unknown-parameter", "Unknown parameter", 400},
    [PROBLEM_REPEATED_PARAMETER] = {"repeated-parameter", "Parameter given twice", 400},
    [PROBLEM_MISSING_PARAMETER] = {"missing-parameter", "Missing parameter", 400},
    [PROBLEM_INVALID_VALUE] = {"invalid-value", "Invalid value", 400},
    [PROBLEM_INVALID_REQUEST] = {"invalid-request", "Invalid request", 400},
    [PROBLEM_CONFLICT] = {"conflicting-parameters", "Parameters contradict each other", 400},
    [PROBLEM_METHOD] = {"method-not-allowed", "Method not allowed", 405},
    [PROBLEM_NOT_ACCEPTABLE] = {"not-acceptable", "No acceptable format", 406},
    [PROBLEM_RELEASE_GONE] = {"release-gone", "This release is not served any more", 410},
    [PROBLEM_CONTENT] = {"content-not-allowed", "A request body is not accepted", 413},
    [PROBLEM_URI_TOO_LONG] = {"uri-too-long", "Request target too long", 414},
    [PROBLEM_HEADERS_TOO_LARGE] = {"headers-too-large", "Request headers too large", 431},
    [PROBLEM_PERIOD_UNAVAILABLE] = {"period-unavailable", "No dataset holds this period", 422},
    [PROBLEM_LEVEL_UNAVAILABLE] = {"level-unavailable", "No dataset holds this detail", 422},
    [PROBLEM_DATASET_UNSUITABLE] = {"dataset-unsuitable", "The dataset cannot answer this", 422},
    [PROBLEM_TOO_LARGE] = {"result-too-large", "The answer would be too large", 422},
    [PROBLEM_INTERNAL] = {"internal", "Internal error", 500},
    [PROBLEM_UNAVAILABLE] = {"unavailable", "Temporarily unavailable", 503},
};

struct call_error *call_problem(struct call *call, enum problem_type type, const char *parameter, struct str value,
                                struct str detail)
{
    size_t at = call->n_errors < ERRORS_MAX ? call->n_errors++ : ERRORS_MAX - 1;
    call->error[at] =
        (struct call_error){.type = type, .parameter = str_view(parameter), .value = value, .detail = detail};
    return &call->error[at];
}

void call_suggest(struct call_error *error, struct str suggestion)
{
    if (error->n_suggestions < SUGGESTIONS_MAX)
        error->suggestion[error->n_suggestions++] = suggestion;
}

void call_summarise(struct call *call, const char *name, struct cell value)
{
    if (call->n_summary == SUMMARY_MAX)
        BUG("more figures in a summary than there is room for");
    call->summary[call->n_summary++] = (struct summary_item){name, value};
}

void call_warn(struct call *call, struct str warning)
{
    if (warning.p && call->n_warnings < WARNINGS_MAX)
        call->warning[call->n_warnings++] = warning;
}

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
    jw_kstr(&jw, "type", arena_printf(call->arena, "/problems/%s", kind->slug));
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
