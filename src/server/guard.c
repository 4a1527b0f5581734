/* Which request heads are believed, and which are refused before anything else looks at them. */
#include "guard.h"

#include <arpa/inet.h>

static bool in_set(char c, const char *set) { return c != '\0' && strchr(set, c) != NULL; }

static bool digit(char c) { return c >= '0' && c <= '9'; }
static bool alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/* RFC 9110 §5.6.2 */
static bool token(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!digit(s.p[i]) && !alpha(s.p[i]) && !in_set(s.p[i], "!#$%&'*+-.^_`|~"))
            return false;
    return s.n > 0;
}

static bool control(char c) { return ((unsigned char)c < 0x20 && c != '\t') || c == 0x7F; }

/* libmicrohttpd 0.9.75 joins a folded line (RFC 9112 §5.2) to the field's name instead of its value: of a length that goes on in the next line
 * neither it nor we would see that it is one. No field is called so. */
static bool lost_in_fold(struct str name)
{
    static const struct str framing[] = {STR_INIT("Content-Length"), STR_INIT("Transfer-Encoding")};
    for (size_t i = 0; i < sizeof framing / sizeof framing[0]; i++)
        if (name.n > framing[i].n && str_eq_nocase(str_span(name.p, framing[i].n), framing[i]))
            return true;
    return false;
}

void guard_note(struct guard_facts *facts, struct str name, struct str value)
{
    facts->n_headers++;
    facts->bad_name = facts->bad_name || !token(name) || lost_in_fold(name);
    for (size_t i = 0; i < value.n; i++)
        facts->bad_value = facts->bad_value || control(value.p[i]);
    if (name.n == 4 && str_eq_nocase(name, STR("Host"))) {
        facts->n_hosts++;
        facts->host = value;
    } else if (name.n == 14 && str_eq_nocase(name, STR("Content-Length"))) {
        facts->n_lengths++;
        facts->length = value;
    } else if (name.n == 17 && str_eq_nocase(name, STR("Transfer-Encoding"))) {
        facts->n_transfer_encodings++;
    }
}

static bool port_ok(struct str s)
{
    uint32_t port;
    return s.n == 0 || str_u32(s, 65535, &port);
}

static bool ipv6_host(struct str host)
{
    size_t end = str_find(host, ']');
    char text[INET6_ADDRSTRLEN] = "";
    struct in6_addr address;
    if (end == host.n || end - 1 >= sizeof text)
        return false;
    memcpy(text, host.p + 1, end - 1);
    struct str rest = str_span(host.p + end + 1, host.n - end - 1);
    return inet_pton(AF_INET6, text, &address) == 1 &&
           (rest.n == 0 || (rest.p[0] == ':' && port_ok(str_span(rest.p + 1, rest.n - 1))));
}

/* RFC 3986 §3.2.2, but for the comma, which two Hosts folded into one would leave. */
static bool host_ok(struct str host)
{
    if (host.n && host.p[0] == '[')
        return ipv6_host(host);
    size_t end = str_find(host, ':');
    for (size_t i = 0; i < end; i++) {
        char c = host.p[i];
        bool escape = c == '%' && i + 2 < end && hex(host.p[i + 1]) && hex(host.p[i + 2]);
        if (!digit(c) && !alpha(c) && !in_set(c, "-._~!$&'()*+;=") && !escape)
            return false;
    }
    return end > 0 && (end == host.n || port_ok(str_span(host.p + end + 1, host.n - end - 1)));
}

static struct guard_verdict refuse(int status, struct str detail)
{
    return (struct guard_verdict){.status = status, .detail = detail};
}

static const struct guard_verdict fine = {.status = 0};

static struct guard_verdict judge_target(const struct guard_facts *facts, size_t max_target_bytes)
{
    if (facts->target_bytes > max_target_bytes)
        return refuse(414, STR("The request target is too long."));
    if (facts->target.n == 0 || facts->target.p[0] != '/')
        return refuse(400, STR("The request target must be a path that begins with '/'."));
    for (size_t i = 0; i < facts->target.n; i++) {
        unsigned char c = (unsigned char)facts->target.p[i];
        if (c <= 0x20 || c == 0x7F || c == '#')
            return refuse(400, STR("The request target holds a space, a control byte or '#'; percent-encode it."));
    }
    return fine;
}

static struct guard_verdict judge_host(const struct guard_facts *facts)
{
    if (facts->n_hosts > 1)
        return refuse(400, STR("More than one Host header."));
    if (facts->n_hosts == 0)
        return facts->http_1_0 ? fine : refuse(400, STR("HTTP/1.1 requires a Host header."));
    return host_ok(facts->host) ? fine : refuse(400, STR("The Host header is not a host name with an optional port."));
}

/* Content-Length: none, or one of digits only; on methods that we serve only "0". */
static struct guard_verdict judge_length(const struct guard_facts *facts)
{
    if (facts->n_lengths == 0)
        return fine;
    if (facts->n_lengths > 1)
        return refuse(400, STR("More than one Content-Length header."));
    if (str_eq(facts->length, STR("0")))
        return fine;
    if (str_is(facts->method, "GET") || str_is(facts->method, "HEAD") || str_is(facts->method, "OPTIONS"))
        return refuse(400, STR("A request of this method must not have a body."));
    if (!str_digits(facts->length))
        return refuse(400, STR("The Content-Length header is not a number."));
    return (struct guard_verdict){.has_body = true};
}

struct guard_verdict guard_judge(const struct guard_facts *facts, size_t max_target_bytes)
{
    if (facts->n_headers > GUARD_HEADERS_MAX)
        return refuse(431, STR("Too many header fields."));
    if (facts->bad_name || !token(facts->method))
        return refuse(400, STR("A method or header name holds a character that is not allowed there."));
    if (facts->bad_value)
        return refuse(400, STR("A header value holds a control byte."));
    if (facts->n_transfer_encodings > 0)
        return refuse(400, STR("Transfer-Encoding is not accepted: requests have no body here."));
    struct guard_verdict verdict = judge_host(facts);
    if (verdict.status == 0)
        verdict = judge_target(facts, max_target_bytes);
    return verdict.status ? verdict : judge_length(facts);
}
