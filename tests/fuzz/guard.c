/* The guard of request heads: whoever passes it is sound by the rules themselves, told here once more and otherwise. */
#include "server/guard.h"
#include "fuzz/fuzz.h"

#define TARGET_MAX 200

static bool start(void) { return true; }

static bool all_from(struct str text, const char *set)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\0' || !strchr(set, text.p[i]))
            return false;
    return true;
}

#define ALNUM "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define TCHAR ALNUM "!#$%&'*+-.^_`|~"

struct seen {
    unsigned hosts, lengths, codings;
    bool bad;
};

static void note(struct guard_facts *facts, struct seen *seen, struct str name, struct str value)
{
    guard_note(facts, name, value);
    seen->hosts += str_eq_nocase(name, STR("host"));
    seen->lengths += str_eq_nocase(name, STR("content-length"));
    seen->codings += str_eq_nocase(name, STR("transfer-encoding"));
    seen->bad |= name.n == 0 || !all_from(name, TCHAR);
    for (size_t i = 0; i < value.n; i++)
        seen->bad |= ((unsigned char)value.p[i] < ' ' && value.p[i] != '\t') || value.p[i] == 0x7F;
}

static void check_passed(const struct guard_facts *facts, const struct seen *seen, struct guard_verdict verdict)
{
    FUZZ_CHECK(!seen->bad && seen->hosts <= 1 && seen->lengths <= 1 && seen->codings == 0);
    FUZZ_CHECK(seen->hosts == 1 || facts->http_1_0);
    FUZZ_CHECK(facts->n_headers <= GUARD_HEADERS_MAX);
    FUZZ_CHECK(facts->method.n > 0 && all_from(facts->method, TCHAR));
    FUZZ_CHECK(facts->target.n > 0 && facts->target.p[0] == '/' && facts->target_bytes <= TARGET_MAX);
    for (size_t i = 0; i < facts->target.n; i++)
        FUZZ_CHECK((unsigned char)facts->target.p[i] > ' ' && facts->target.p[i] != 0x7F && facts->target.p[i] != '#');
    if (seen->hosts)
        FUZZ_CHECK(facts->host.n > 0 && all_from(facts->host, ALNUM "-._~!$&'()*+;=%:[]"));
    if (seen->lengths)
        FUZZ_CHECK(facts->length.n > 0 && all_from(facts->length, "0123456789"));
    FUZZ_CHECK(!verdict.has_body || (!str_is(facts->method, "GET") && !str_is(facts->method, "HEAD")));
}

/* A byte of options, then method and target, a line each, then names and values, a line each. */
static void one(struct str input)
{
    struct guard_facts facts = {.http_1_0 = fuzz_byte(&input) & 1};
    struct seen seen = {.hosts = 0};
    facts.method = str_cut(&input, '\n');
    facts.target = str_cut(&input, '\n');
    facts.target_bytes = facts.target.n;
    while (input.p) {
        struct str name = str_cut(&input, '\n'), value = str_cut(&input, '\n');
        note(&facts, &seen, name, value.p ? value : str_span("", 0));
    }
    struct guard_verdict verdict = guard_judge(&facts, TARGET_MAX);
    if (verdict.status == 0)
        check_passed(&facts, &seen, verdict);
    else
        FUZZ_CHECK(verdict.detail.n > 0 && (verdict.status == 400 || verdict.status == 414 || verdict.status == 431));
}

const struct fuzz_target fuzz_guard = {"guard", start, one, NULL};
