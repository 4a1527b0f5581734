/* Which peers are proxies of ours, and for whom they say that they ask. */
#include <arpa/inet.h>

#include "entrepot/server/proxies.h"

#define HOPS_MAX 32 /* a longer chain is a fake */
#define IPV4_BITS 96u

static const unsigned char ipv4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/* ---- addresses ---- */

/* An address alone, without port and brackets. */
static bool read_address(struct str s, struct ip *out, bool *v4)
{
    char text[INET6_ADDRSTRLEN];
    if (s.n == 0 || s.n >= sizeof text || memchr(s.p, '\0', s.n))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    memcpy(out->byte, ipv4_prefix, sizeof ipv4_prefix);
    *v4 = inet_pton(AF_INET, text, out->byte + sizeof ipv4_prefix) == 1;
    return *v4 || inet_pton(AF_INET6, text, out->byte) == 1;
}

static bool is_port(struct str s)
{
    uint32_t port;
    return str_u32(s, 65535, &port);
}

/* "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80". */
static bool read_node(struct str s, struct ip *out)
{
    bool v4;
    if (s.n && s.p[0] == '[') {
        size_t end = str_find(s, ']');
        if (end == s.n || !read_address(str_span(s.p + 1, end - 1), out, &v4) || v4)
            return false;
        struct str rest = str_span(s.p + end + 1, s.n - end - 1);
        return rest.n == 0 || (rest.p[0] == ':' && is_port(str_span(rest.p + 1, rest.n - 1)));
    }
    if (read_address(s, out, &v4))
        return true;
    size_t colon = str_find(s, ':');
    return colon < s.n && read_address(str_span(s.p, colon), out, &v4) && v4 &&
           is_port(str_span(s.p + colon + 1, s.n - colon - 1));
}

/* Whether the first `bits` bits of the two are the same. */
static bool same_bits(const struct ip *a, const struct ip *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a->byte, b->byte, whole) != 0)
        return false;
    return rest == 0 || ((a->byte[whole] ^ b->byte[whole]) >> (8 - rest)) == 0;
}

/* ---- whom to trust ---- */

static enum status refuse(const char *text, const char *what, struct problem *problem)
{
    (void)problem_set(problem, ST_INVALID, "trusted_proxy", "'%.100s' %s", text, what);
    return problem_cure(problem, ST_INVALID,
                        "write the address of the proxy or its network: 127.0.0.1, 10.0.0.0/8, fd00::/8");
}

enum status proxies_add(struct proxies *proxies, const char *text, struct problem *problem)
{
    struct str length = str_view(text), address = str_cut(&length, '/');
    struct ip_network network;
    struct ip cut = {{0}};
    bool v4;
    if (!read_address(address, &network.base, &v4))
        return refuse(text, "is no address and no network", problem);
    uint32_t bits = v4 ? 32 : 128;
    if (length.p && !str_u32(length, bits, &bits))
        return refuse(text, "has no such length of a prefix", problem);
    network.bits = bits + (v4 ? IPV4_BITS : 0);
    for (unsigned i = 0; i < network.bits; i++)
        cut.byte[i / 8] = (unsigned char)(cut.byte[i / 8] | (network.base.byte[i / 8] & (0x80U >> i % 8)));
    if (memcmp(&cut, &network.base, sizeof cut) != 0)
        return refuse(text, "has bits set behind its prefix", problem);
    if (proxies->n == PROXIES_MAX)
        return problem_set(problem, ST_TOO_LARGE, "trusted_proxy", "more than %d networks", PROXIES_MAX);
    proxies->network[proxies->n++] = network;
    return ST_OK;
}

bool proxies_trust(const struct proxies *proxies, const struct ip *address)
{
    for (size_t i = 0; i < proxies->n; i++)
        if (same_bits(&proxies->network[i].base, address, proxies->network[i].bits))
            return true;
    return false;
}

/* ---- the headers ---- */

/* Cuts what stands before the first `sep` that is not in quotes off *rest. */
static struct str cut_unquoted(struct str *rest, char sep)
{
    bool quoted = false;
    for (size_t i = 0; i < rest->n; i++) {
        char c = rest->p[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (c == sep && !quoted) {
            struct str before = str_span(rest->p, i);
            *rest = str_span(rest->p + i + 1, rest->n - i - 1);
            return before;
        }
    }
    struct str all = *rest;
    *rest = str_span(NULL, 0);
    return all;
}

/* A token, or a quoted string without its quotes. No address has anything to escape, so an escape in it is a fake. */
static bool unquote(struct str s, struct str *out)
{
    *out = s;
    if (s.n == 0 || s.p[0] != '"')
        return str_find(s, '"') == s.n;
    if (s.n < 2 || s.p[s.n - 1] != '"')
        return false;
    *out = str_span(s.p + 1, s.n - 2);
    return str_find(*out, '"') == out->n && str_find(*out, '\\') == out->n;
}

/* for=192.0.2.60;proto=http;by=203.0.113.43 (RFC 7239 §4): exactly one `for`. */
static bool read_forwarded(struct str element, struct ip *out)
{
    bool found = false;
    while (element.p) {
        struct str value = str_trim(cut_unquoted(&element, ';')), name = str_cut(&value, '='), node;
        if (!str_eq_nocase(name, STR("for")))
            continue;
        if (found || !value.p || !unquote(value, &node) || !read_node(node, out))
            return false;
        found = true;
    }
    return found;
}

bool proxies_client(const struct proxies *proxies, struct str header, struct ip *out)
{
    struct str hop[HOPS_MAX];
    size_t n = 0;
    while (header.p) {
        if (n == HOPS_MAX)
            return false;
        struct str one = cut_unquoted(&header, ',');
        hop[n++] = str_trim(one);
    }
    for (size_t i = n; i-- > 0;) {
        bool sound = proxies->standard ? read_forwarded(hop[i], out) : read_node(hop[i], out);
        if (!sound || !proxies_trust(proxies, out))
            return sound;
    }
    return n > 0;
}
