/* The corpus before other people's servers: what we take and at least two of four refuse must stand on a reviewed list with the reason why
 * that may be, and nothing else may stand there. Skipped where one of the four is missing; printed, but not held against the list, where one
 * has another version than the list was made with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "siege/corpus.h"
#include "siege/exchange.h"
#include "siege/peers.h"

#define LIST "tests/fixtures/accepted.txt"
#define REFUSALS_MIN 2
#define ENTRIES_MAX 128
#define LINE_BYTES 1024

static const struct peer *const peers[] = {&peer_nginx, &peer_haproxy, &peer_lighttpd, &peer_node};
#define PEERS (sizeof peers / sizeof *peers)

static struct corpus corpus;
static struct process server;
static struct peer_process running[PEERS];
static unsigned number = 1;

/* ---- the list ---- */

struct entry {
    char file[64], name[128], why[512];
    bool found;
    bool elsewhere; /* true with another version of one of the servers, and perhaps not with this one */
};

static struct entry list[ENTRIES_MAX];
static size_t n_list;
static bool reviewed_with[PEERS]; /* this version */

/* Whether `rest`, "SERVER VERSION", is what is installed. */
static bool is_installed(struct str rest, bool *which)
{
    char version[16];
    struct str program = str_cut(&rest, ' ');
    for (size_t i = 0; i < PEERS; i++) {
        if (!str_is(program, peers[i]->program))
            continue;
        peer_version(peers[i], version, sizeof version);
        bool same = strncmp(version, rest.p, rest.n) == 0 && (version[rest.n] == '.' || version[rest.n] == '\0');
        if (which) {
            print_message("# %s %s; the list was made with %.*s\n", peers[i]->program, version, STR_ARG(rest));
            which[i] = which[i] || same;
        }
        return same;
    }
    fail_msg(LIST ": no such server: %.*s", STR_ARG(program));
    return false;
}

static void copy(char *into, size_t room, struct str text)
{
    text = str_trim(text);
    (void)snprintf(into, room, "%.*s", STR_ARG(text));
}

static void take_entry(struct str line)
{
    assert_true(n_list < ENTRIES_MAX);
    struct entry *entry = &list[n_list++];
    copy(entry->file, sizeof entry->file, str_cut(&line, '|'));
    copy(entry->name, sizeof entry->name, str_cut(&line, '|'));
    line = str_trim(line);
    if (str_starts(line, STR("only "))) {
        struct str only = str_trim(str_cut(&line, '|'));
        entry->elsewhere = !is_installed(str_span(only.p + 5, only.n - 5), NULL);
    }
    copy(entry->why, sizeof entry->why, line);
    if (*entry->name == '\0' || *entry->why == '\0')
        fail_msg(LIST ": an entry without a case or a reason: %s", entry->file);
}

static void read_list(void **state)
{
    (void)state;
    char text[LINE_BYTES];
    FILE *file = fopen(LIST, "r");
    assert_non_null(file);
    while (fgets(text, sizeof text, file)) {
        struct str rest = str_view(text), line = str_trim(str_cut(&rest, '\n'));
        if (line.n == 0 || line.p[0] == '#')
            continue;
        if (str_starts(line, STR("with ")))
            (void)is_installed(str_span(line.p + 5, line.n - 5), reviewed_with);
        else
            take_entry(line);
    }
    (void)fclose(file);
    assert_true(n_list > 0);
}

static bool list_holds(void)
{
    bool all = true;
    for (size_t i = 0; i < PEERS; i++)
        all = all && reviewed_with[i];
    return all;
}

static struct entry *entry_of(const struct corpus_case *one)
{
    for (size_t i = 0; i < n_list; i++)
        if (str_is(one->file, list[i].file) && str_is(one->name, list[i].name))
            return &list[i];
    return NULL;
}

/* ---- verdicts ---- */

/* A server that takes the bytes for no sound request says one of these, or nothing. What comes before the first final answer is passed over. */
static bool refused(const struct outcome *outcome)
{
    static const unsigned long refusals[] = {0, 400, 411, 413, 414, 417, 431, 501, 505};
    const char *at = outcome->text;
    unsigned long status = strtoul(at, NULL, 10);
    if (status == 100)
        status = strtoul(at + strcspn(at, " "), NULL, 10);
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (status == refusals[i])
            return true;
    return false;
}

static struct outcome ask(const struct corpus_case *one, unsigned port, bool other)
{
    struct exchange what = {
        .port = port, .bytes = one->bytes, .alone = one->alone, .marker = number++, .through = other};
    struct outcome outcome;
    if (!exchange(&what, &outcome))
        fail_msg("%s: nobody takes the call", one->name.p);
    return outcome;
}

struct sum {
    size_t taken, disagreements, unlisted, stale;
};

static void judge(const struct corpus_case *one, struct sum *sum)
{
    struct outcome ours = ask(one, server.port, false), theirs[PEERS];
    struct entry *entry = entry_of(one);
    unsigned refusals = 0;
    if (entry)
        entry->found = true;
    if (refused(&ours)) {
        /* An entry may be about another version of the library, if the corpus says so. */
        bool stale = entry && one->on[0].version.n == 0;
        if (stale)
            print_error("# no longer taken: %s | %s\n", entry->file, entry->name);
        sum->stale += stale;
        return;
    }
    for (size_t i = 0; i < PEERS; i++) {
        theirs[i] = ask(one, running[i].process.port, true);
        refusals += refused(&theirs[i]);
    }
    sum->taken++;
    sum->disagreements += refusals >= REFUSALS_MIN;
    if ((refusals >= REFUSALS_MIN) == (entry != NULL) || (entry && entry->elsewhere))
        return;
    sum->unlisted += !entry;
    sum->stale += entry != NULL;
    print_error("# %s: %s | %s: ours \"%s\"", entry ? "refused by fewer than two" : "not on the list", one->file.p,
                one->name.p, ours.text);
    for (size_t i = 0; i < PEERS; i++)
        print_error(", %s \"%s\"", peers[i]->program, theirs[i].text);
    print_error("\n");
}

static void stricter_servers_disagree_only_as_listed(void **state)
{
    (void)state;
    struct sum sum = {.taken = 0};
    for (size_t i = 0; i < corpus.n; i++)
        judge(&corpus.at[i], &sum);
    for (size_t i = 0; i < n_list; i++)
        if (!list[i].found) {
            print_error("# no such case: %s | %s\n", list[i].file, list[i].name);
            sum.stale++;
        }
    print_message("# %zu cases, %zu taken here, %zu of them refused by at least two of %zu; %zu not on the list, %zu "
                  "listed in vain\n",
                  corpus.n, sum.taken, sum.disagreements, PEERS, sum.unlisted, sum.stale);
    if (!list_holds())
        skip();
    assert_int_equal(sum.unlisted + sum.stale, 0);
    assert_true(sum.taken > 50);
}

/* ---- all together ---- */

static int setup(void **state)
{
    (void)state;
    static const char *const more[] = {"--config", "config/entrepot.json", "--drain", "500", NULL};
    bool ok = corpus_read(&corpus, "tests/fixtures/requests") && process_serve(&server, more);
    for (size_t i = 0; ok && i < PEERS; i++)
        ok = peer_start(peers[i], 0, &running[i]);
    return ok ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    for (size_t i = 0; i < PEERS; i++)
        if (running[i].process.pid)
            peer_stop(&running[i]);
    int status = process_end(&server, SIGTERM, 30000);
    process_forget(&server);
    corpus_release(&corpus);
    return status;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_list),
        cmocka_unit_test(stricter_servers_disagree_only_as_listed),
    };
    for (size_t i = 0; i < PEERS; i++)
        if (!peer_installed(peers[i])) {
            print_message("skip peers # %s is not installed\n", peers[i]->program);
            return 0;
        }
    return cmocka_run_group_tests(tests, setup, teardown);
}
