#include "siege/exchange.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/raw_client.h"
#include "siege/process.h"

#define MARKER "/follows-"
#define ALONE_MS 150 /* so long nothing comes where nothing more can be expected */

/* All response headers there may be (without those of a proxy). What is not here is news to this test, and may not come from a client. */
static const char *const known_headers[] = {
    "Date",
    "Connection",
    "Content-Length",
    "Content-Type",
    "Content-Encoding",
    "Content-Disposition",
    "Accept-Ranges",
    "Cache-Control",
    "ETag",
    "Vary",
    "Link",
    "Allow",
    "Location",
    "Retry-After",
    "Server-Timing",
    "X-Request-Id",
    "traceparent",
    "X-Content-Type-Options",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
    "Content-Security-Policy",
    "Referrer-Policy",
    "Permissions-Policy",
    "Cross-Origin-Opener-Policy",
    "Cross-Origin-Resource-Policy",
    "X-Frame-Options",
    "Last-Modified",
    "Deprecation",
    "Sunset",
    "Content-Language",
    "Content-Location",
    "Timing-Allow-Origin",
};

/* ---- one answer ---- */

struct answer {
    struct str head, body;
    unsigned status;
    bool cut; /* Content-Length says more than came */
};

static struct str header_of(const struct answer *answer, const char *name)
{
    return raw_header(&(struct raw_reply){.head = answer->head}, name);
}

/* Who made an error: libmicrohttpd's own have no type. */
static bool by_library(const struct answer *answer)
{
    return answer->status >= 400 && !header_of(answer, "Content-Type").p && !header_of(answer, "Allow").p;
}

/* Cuts the first answer off *rest; false if none is there. What looks like a head where a body should be is one, but behind a proxy, which
 * takes libmicrohttpd's second head for the body of the first. */
static bool next_answer(struct str *rest, bool through, struct answer *answer)
{
    const char *end = rest->n ? memmem(rest->p, rest->n, "\r\n\r\n", 4) : NULL;
    uint32_t length = 0;
    *answer = (struct answer){.status = 0};
    if (!end || !str_starts(*rest, STR("HTTP/1.")) || !str_u32(str_span(rest->p + 9, 3), 999, &answer->status))
        return false;
    answer->head = str_span(rest->p, (size_t)(end - rest->p) + 4);
    struct str after = str_span(end + 4, rest->n - answer->head.n);
    bool bodiless = answer->status < 200 || answer->status == 204 || answer->status == 304;
    if (!bodiless)
        (void)str_u32(header_of(answer, "Content-Length"), UINT32_MAX, &length);
    bool head = str_starts(after, STR("HTTP/1.")) && !(through && by_library(answer));
    answer->cut = length > 0 && (after.n < length || head);
    answer->body = str_span(after.p, answer->cut ? 0 : length);
    *rest = str_span(after.p + answer->body.n, after.n - answer->body.n);
    return true;
}

static bool known(struct str name)
{
    for (size_t i = 0; i < sizeof known_headers / sizeof *known_headers; i++)
        if (str_eq_nocase(name, str_view(known_headers[i])))
            return true;
    return false;
}

const char *head_fault(struct str head)
{
    static char found[48];
    struct str rest = head;
    (void)str_cut(&rest, '\n');
    while (rest.n > 2) {
        struct str line = str_cut(&rest, '\n'), name = str_span(line.p, str_find(line, ':'));
        bool sound = line.n && line.p[line.n - 1] == '\r' && name.n < line.n && known(name);
        for (size_t i = 0; sound && i + 1 < line.n; i++)
            sound = (unsigned char)line.p[i] >= ' ' && (unsigned char)line.p[i] < 0x7F;
        if (!sound) {
            (void)snprintf(found, sizeof found, "%.*s", (int)(name.n < 40 ? name.n : 40), name.p);
            return found;
        }
    }
    return NULL;
}

/* What is wrong with an answer of ours, as a word; NULL: nothing. */
static const char *fault_of(const struct answer *answer)
{
    struct raw_reply reply = {.head = answer->head};
    if (raw_header_count(&reply, "Content-Length") > 1)
        return "lengths";
    if (raw_header_count(&reply, "Transfer-Encoding") > 0)
        return "coding";
    if (answer->status < 400 || by_library(answer))
        return NULL;
    if (!str_starts(header_of(answer, "Content-Type"), STR("application/problem+json")))
        return "type";
    if (!str_is(header_of(answer, "X-Content-Type-Options"), "nosniff"))
        return "sniffed";
    return NULL;
}

/* ---- the whole conversation ---- */

/* The number behind the marker in an answer's body, or 0. */
static unsigned marker_in(const struct answer *answer)
{
    const char *at = answer->body.n ? memmem(answer->body.p, answer->body.n, MARKER, sizeof MARKER - 1) : NULL;
    return at ? (unsigned)strtoul(at + sizeof MARKER - 1, NULL, 10) : 0;
}

struct telling {
    char *text;
    size_t room, n;
    char last[64]; /* the word that is repeated so far */
    unsigned times;
};

static void tell(struct telling *t, const char *word)
{
    if (t->times && strcmp(t->last, word) == 0) {
        t->times++;
        return;
    }
    char many[16] = "";
    if (t->times > 1)
        (void)snprintf(many, sizeof many, "*%u", t->times);
    if (t->times && t->n < t->room)
        t->n += (size_t)snprintf(t->text + t->n, t->room - t->n, "%s%s ", t->last, many);
    (void)snprintf(t->last, sizeof t->last, "%s", word);
    t->times = 1;
}

static void tell_answer(struct telling *t, const struct answer *answer, bool through)
{
    char word[64];
    const char *fault = through ? NULL : fault_of(answer);
    if (!through && !fault)
        fault = head_fault(answer->head);
    int n = snprintf(word, sizeof word, "%u%s%s", answer->status, answer->cut ? "-" : "",
                     !answer->cut && by_library(answer) ? "!" : "");
    if (fault)
        (void)snprintf(word + n, sizeof word - (size_t)n, "(%s)", fault);
    tell(t, word);
}

static void judge(const struct exchange *what, struct str all, bool ended, struct outcome *outcome)
{
    struct telling t = {.text = outcome->text, .room = sizeof outcome->text};
    struct answer answer;
    while (next_answer(&all, what->through, &answer)) {
        unsigned marker = marker_in(&answer);
        outcome->inside += answer.body.n && memmem(answer.body.p, answer.body.n, "\"/inside\"", 9) != NULL;
        if (marker == what->marker && answer.status == 404) {
            outcome->markers++;
            continue;
        }
        if (marker && marker != what->marker)
            outcome->other_marker = marker;
        outcome->answers++;
        tell_answer(&t, &answer, what->through);
    }
    if (all.n && !str_starts(all, STR("<html>"))) /* the body behind libmicrohttpd's second head */
        tell(&t, "(rubbish)");
    tell(&t, !ended ? (what->alone ? "waits" : "stuck") : outcome->markers ? "open" : "close");
    (void)snprintf(t.text + t.n, t.room - t.n, "%s", t.last);
}

static void send_all(struct raw_client *client, const struct exchange *what, struct str follows)
{
    switch (what->fragments) {
    case WHOLE: (void)raw_send(client, what->bytes); break;
    case BY_BYTE: (void)raw_send_slowly(client, what->bytes); break;
    case SPLIT:
        (void)raw_send(client, str_span(what->bytes.p, what->split_at));
        pause_ms(1);
        (void)raw_send(client, str_span(what->bytes.p + what->split_at, what->bytes.n - what->split_at));
        break;
    }
    if (what->alone)
        (void)shutdown(client->fd, SHUT_WR);
    else
        (void)raw_send(client, follows);
}

bool exchange(const struct exchange *what, struct outcome *outcome)
{
    struct raw_client client;
    char follows[256];
    *outcome = (struct outcome){.text = ""};
    if (!raw_connect(&client, what->port))
        return false;
    client.timeout_ms = what->alone ? ALONE_MS : 5000;
    (void)snprintf(follows, sizeof follows,
                   "GET " MARKER "%u HTTP/1.1\r\nHost: h\r\n\r\nGET " MARKER
                   "%u HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n",
                   what->marker, what->marker);
    send_all(&client, what, str_view(follows));
    struct str all = raw_read_rest(&client);
    bool ended = all.p != NULL;
    if (!ended)
        all = str_span(client.in.p, client.in.n);
    judge(what, all, ended, outcome);
    raw_close(&client);
    return true;
}
