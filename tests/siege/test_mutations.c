/* The corpus with random changes, the same on every run: no crash, no failure of the server's, and good clients in between. $REQUEST_MUTATIONS
 * says how many; `make soak` takes a million. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "http/raw_client.h"
#include "siege/corpus.h"
#include "siege/process.h"

#define BATCH 100
#define WAIT_MS 20 /* for answers to a batch: what has none by then waits for more bytes that never come */

static struct process server;
static struct corpus corpus;
static uint64_t seed = 1;

static int setup(void **state)
{
    (void)state;
    static const char *const more[] = {"--config", "config/entrepot.json", "--drain", "500", "--access-log", "0", NULL};
    return corpus_read(&corpus, "tests/fixtures/requests") && process_serve(&server, more) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    int status = process_end(&server, SIGTERM, 30000);
    process_forget(&server);
    corpus_release(&corpus);
    return status == 0 ? 0 : -1;
}

static size_t dice(size_t sides)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (size_t)(seed >> 20) % (sides ? sides : 1);
}

static struct str some_bytes(void)
{
    for (;;) {
        struct str bytes = corpus.at[dice(corpus.n)].bytes;
        if (bytes.n && bytes.n < 4096)
            return bytes;
    }
}

/* A case with bytes changed, or its beginning with the end of another. */
static void mutate(struct buf *out)
{
    static const char odd[] = "\r\n\t :,;?&=%#/\\\"\0\x7F\xFF"
                              "01";
    struct str bytes = some_bytes(), other = some_bytes();
    buf_reset(out);
    if (dice(4) == 0) {
        size_t from = dice(other.n);
        buf_add(out, str_span(bytes.p, dice(bytes.n)));
        buf_add(out, str_span(other.p + from, other.n - from));
        return;
    }
    buf_add(out, bytes);
    for (size_t i = 0, n = 1 + dice(3); i < n; i++)
        out->p[dice(out->n)] = dice(2) ? odd[dice(sizeof odd - 1)] : (char)dice(256);
}

/* The status with which the answer begins, 0 if there is none by then. */
static int status_of(struct raw_client *client, int wait_ms)
{
    char text[16] = "";
    struct pollfd p = {.fd = client->fd, .events = POLLIN};
    if (poll(&p, 1, wait_ms) <= 0)
        return 0;
    ssize_t n = recv(client->fd, text, sizeof text - 1, MSG_DONTWAIT);
    return n > 12 ? (int)strtol(text + 9, NULL, 10) : 0;
}

static bool failure(int status) { return status >= 500 && status != 501 && status != 505; }

static void batch(size_t n, size_t *answered)
{
    static struct raw_client clients[BATCH];
    struct buf bytes;
    buf_init(&bytes, 1 << 16);
    for (size_t i = 0; i < n; i++) {
        assert_true(raw_connect(&clients[i], server.port));
        mutate(&bytes);
        (void)raw_send(&clients[i], buf_view(&bytes));
    }
    int64_t until = clock_ms() + WAIT_MS;
    for (size_t i = 0; i < n; i++) {
        int64_t left = until - clock_ms();
        int status = status_of(&clients[i], left > 0 ? (int)left : 0);
        if (failure(status))
            fail_msg("status %d", status);
        *answered += status > 0;
        raw_close(&clients[i]);
    }
    buf_release(&bytes);
}

static void random_changes_break_nothing(void **state)
{
    (void)state;
    const char *wanted = getenv("REQUEST_MUTATIONS");
    size_t all = wanted ? strtoul(wanted, NULL, 10) : 10000, answered = 0;
    for (size_t done = 0; done < all; done += BATCH) {
        struct raw_client good;
        struct raw_reply reply;
        batch(BATCH, &answered);
        assert_true(raw_connect(&good, server.port));
        assert_int_equal(raw_ask(&good, "GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n", &reply), RAW_OK);
        assert_int_equal(reply.status, 200);
        raw_close(&good);
    }
    print_message("# %zu changed requests, %zu answered\n", all, answered);
    assert_true(answered > all / 4);
    assert_int_equal(process_wait(&server, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_changes_break_nothing)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
