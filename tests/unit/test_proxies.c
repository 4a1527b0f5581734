/* Whose word about the client is taken, and what it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "entrepot/server/proxies.h"

static struct ip ip_of(const char *text)
{
    struct ip ip = {{[10] = 0xFF, [11] = 0xFF}};
    if (inet_pton(AF_INET, text, ip.byte + 12) != 1)
        assert_int_equal(inet_pton(AF_INET6, text, ip.byte), 1);
    return ip;
}

static struct proxies proxies_of(const char *const *networks, bool standard)
{
    struct proxies proxies = {.standard = standard};
    struct problem problem;
    for (size_t i = 0; networks[i]; i++)
        assert_int_equal(proxies_add(&proxies, networks[i], &problem), ST_OK);
    return proxies;
}

static void refuses_what_is_no_network(void **state)
{
    (void)state;
    static const char *const bad[] = {"",           "localhost",      "10.0.0.0/33",  "10.0.0.0/-1", "10.0.0.0/",
                                      "10.0.0.1/8", "10.0.0/8",       "10.0.0.0/8/8", "::1/129",     "fe80::1%eth0",
                                      "[::1]",      "2001:db8::1/32", "10.0.0.0/08x", "0x7f.0.0.1",  "1.2.3.4:80",
                                      "*",          "10.0.0.0 /8",    "300.1.1.1",    "1.2.3.4.5",   "unix:"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct proxies proxies = {.n = 0};
        struct problem problem;
        if (proxies_add(&proxies, bad[i], &problem) != ST_INVALID)
            fail_msg("'%s' is taken", bad[i]);
        assert_int_equal(proxies.n, 0);
        assert_true(problem.detail[0] && problem.cure[0]);
    }
    struct proxies proxies = {.n = 0};
    struct problem problem;
    for (int i = 0; i < PROXIES_MAX; i++)
        assert_int_equal(proxies_add(&proxies, "10.0.0.0/8", &problem), ST_OK);
    assert_int_equal(proxies_add(&proxies, "10.0.0.0/8", &problem), ST_TOO_LARGE);
}

static void trusts_networks(void **state)
{
    (void)state;
    static const struct {
        const char *network, *address;
        bool trusted;
    } cases[] = {
        {"10.0.0.0/8", "10.255.1.2", true},
        {"10.0.0.0/8", "11.0.0.0", false},
        {"10.0.0.0/8", "::ffff:10.1.1.1", true},
        {"127.0.0.1", "127.0.0.1", true},
        {"127.0.0.1", "127.0.0.2", false},
        {"192.168.4.0/22", "192.168.7.255", true},
        {"192.168.4.0/22", "192.168.8.0", false},
        {"0.0.0.0/0", "203.0.113.9", true},
        {"0.0.0.0/0", "2001:db8::1", false}, /* every IPv4 address, and no other */
        {"::/0", "203.0.113.9", true},
        {"2001:db8::/33", "2001:db8:7fff::", true},
        {"2001:db8::/33", "2001:db8:8000::", false},
        {"::1", "::1", true},
        {"::1", "127.0.0.1", false},
        {"::ffff:10.0.0.0/104", "10.9.9.9", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const networks[] = {cases[i].network, NULL};
        struct proxies proxies = proxies_of(networks, false);
        struct ip ip = ip_of(cases[i].address);
        if (proxies_trust(&proxies, &ip) != cases[i].trusted)
            fail_msg("%s in %s", cases[i].address, cases[i].network);
    }
    struct proxies nobody = {.n = 0};
    struct ip loopback = ip_of("127.0.0.1");
    assert_false(proxies_trust(&nobody, &loopback));
}

struct chain {
    const char *header, *client; /* NULL: the header says nothing that may be believed */
};

static const char *const ours[] = {"10.0.0.0/8", "fd00::/8", NULL};

static void check(const struct chain *chains, size_t n, bool standard)
{
    struct proxies proxies = proxies_of(ours, standard);
    for (size_t i = 0; i < n; i++) {
        struct ip ip = {{0}};
        bool found = proxies_client(&proxies, str_view(chains[i].header), &ip);
        if (found != (chains[i].client != NULL))
            fail_msg("\"%s\": %s", chains[i].header, found ? "believed" : "not believed");
        if (!found)
            continue;
        struct ip wanted = ip_of(chains[i].client);
        if (memcmp(&ip, &wanted, sizeof ip) != 0)
            fail_msg("\"%s\": not %s", chains[i].header, chains[i].client);
    }
}

static void reads_x_forwarded_for(void **state)
{
    (void)state;
    static const struct chain chains[] = {
        {"203.0.113.7", "203.0.113.7"},
        {" 203.0.113.7 ", "203.0.113.7"},
        {"203.0.113.7, 10.1.1.1", "203.0.113.7"},
        {"203.0.113.7,10.1.1.1,10.2.2.2", "203.0.113.7"},
        {"6.6.6.6, 203.0.113.7", "203.0.113.7"}, /* the client's own invention stands before what the proxy adds */
        {"6.6.6.6, 203.0.113.7, 10.1.1.1", "203.0.113.7"},
        {"nonsense, 203.0.113.7", "203.0.113.7"},
        {"10.9.9.9, 10.1.1.1", "10.9.9.9"}, /* all ours: the first of them */
        {"10.1.1.1", "10.1.1.1"},
        {"203.0.113.7:4711", "203.0.113.7"},
        {"2001:db8::7", "2001:db8::7"},
        {"[2001:db8::7]", "2001:db8::7"},
        {"[2001:db8::7]:4711", "2001:db8::7"},
        {"203.0.113.7, fd00::1", "203.0.113.7"},
        {"::ffff:203.0.113.7", "203.0.113.7"},
        {"6.6.6.6, ::ffff:10.1.1.1", "6.6.6.6"},
        {"203.0.113.7\t,\t10.1.1.1", "203.0.113.7"},
        {"", NULL},
        {",", NULL},
        {"203.0.113.7,", NULL},
        {"203.0.113.7, ", NULL},
        {"unknown", NULL},
        {"_hidden", NULL},
        {"203.0.113.7, unknown", NULL},
        {"203.0.113.7, unknown, 10.1.1.1", NULL},
        {"203.0.113", NULL},
        {"203.0.113.7.1", NULL},
        {"203.0.113.07", NULL},
        {"203.0.113.7:", NULL},
        {"203.0.113.7:99999", NULL},
        {"203.0.113.7:80:80", NULL},
        {"203.0.113.7 10.1.1.1", NULL},
        {"[203.0.113.7]", NULL},
        {"[2001:db8::7", NULL},
        {"2001:db8::7]", NULL},
        {"[2001:db8::7]x", NULL},
        {"[2001:db8::7]:", NULL},
        {"fe80::1%eth0", NULL},
        {"\"203.0.113.7\"", NULL},
        {"for=203.0.113.7", NULL},
        {"203.0.113.7\r\nX: y", NULL},
        {"3405803783", NULL},
        {"0xcb.0.113.7", NULL},
        {"localhost", NULL},
    };
    check(chains, sizeof chains / sizeof *chains, false);
}

static void reads_forwarded(void **state)
{
    (void)state;
    static const struct chain chains[] = {
        {"for=203.0.113.7", "203.0.113.7"},
        {"For=203.0.113.7", "203.0.113.7"},
        {"for=\"203.0.113.7\"", "203.0.113.7"},
        {"for=\"203.0.113.7:4711\"", "203.0.113.7"},
        {"for=203.0.113.7:4711", "203.0.113.7"}, /* should be quoted; nothing else can be meant */
        {"for=\"[2001:db8::7]\"", "2001:db8::7"},
        {"for=\"[2001:DB8::7]:4711\"", "2001:db8::7"},
        {"for=203.0.113.7;proto=https;by=10.0.0.1", "203.0.113.7"},
        {"proto=https; for=203.0.113.7 ;host=example.org", "203.0.113.7"},
        {"for=6.6.6.6, for=203.0.113.7", "203.0.113.7"},
        {"for=203.0.113.7, for=10.1.1.1;by=10.0.0.1", "203.0.113.7"},
        {"for=203.0.113.7;host=\"a,for=6.6.6.6\"", "203.0.113.7"},
        {"for=203.0.113.7;host=\"a;for=6.6.6.6\"", "203.0.113.7"},
        {"for=203.0.113.7;host=\"a\\\",for=6.6.6.6\"", "203.0.113.7"},
        {"for=10.9.9.9, for=10.1.1.1", "10.9.9.9"},
        {"for=203.0.113.7, for=\"[fd00::1]:80\"", "203.0.113.7"},
        {"for=_hidden, for=203.0.113.7", "203.0.113.7"},
        {"", NULL},
        {"203.0.113.7", NULL},
        {"for=", NULL},
        {"for", NULL},
        {"for=unknown", NULL},
        {"for=_hidden", NULL},
        {"for=203.0.113.7, for=unknown", NULL},
        {"for=203.0.113.7;for=6.6.6.6", NULL},
        {"by=203.0.113.7", NULL},
        {"proto=https", NULL},
        {"for=\"203.0.113.7", NULL},
        {"for=203.0.113.7\"", NULL},
        {"for=\"203.0.113\\.7\"", NULL},
        {"for=\"\"", NULL},
        {"for=\"203.0.113.7\" x", NULL},
        {"for=203.0.113.7,", NULL},
        {"xfor=203.0.113.7", NULL},
        {"for =203.0.113.7", NULL},
    };
    check(chains, sizeof chains / sizeof *chains, true);
}

static void a_chain_too_long_is_not_believed(void **state)
{
    (void)state;
    struct proxies proxies = proxies_of(ours, false);
    char header[1024] = "203.0.113.7";
    struct ip ip;
    for (int i = 1; i < 32; i++)
        (void)snprintf(header + strlen(header), sizeof header - strlen(header), ",10.0.0.%d", i);
    assert_true(proxies_client(&proxies, str_view(header), &ip));
    (void)snprintf(header + strlen(header), sizeof header - strlen(header), ",10.0.0.1");
    assert_false(proxies_client(&proxies, str_view(header), &ip));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_is_no_network),
        cmocka_unit_test(trusts_networks),
        cmocka_unit_test(reads_x_forwarded_for),
        cmocka_unit_test(reads_forwarded),
        cmocka_unit_test(a_chain_too_long_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
