/* problem: what can be wrong with a request, as RFC 9457 wants it said. Private to src/api. */
#ifndef API_CONTRACT_PROBLEM_H
#define API_CONTRACT_PROBLEM_H

#include "entrepot/base/str.h"

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

#endif
