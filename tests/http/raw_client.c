#include "http/raw_client.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define REPLY_BYTES ((size_t)64 << 20)

bool raw_connect(struct raw_client *client, unsigned port)
{
    *client = (struct raw_client){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), .timeout_ms = 10000};
    buf_init(&client->in, REPLY_BYTES);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    (void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(client->fd, (struct sockaddr *)&to, sizeof to) == 0)
        return true;
    raw_close(client);
    return false;
}

void raw_close(struct raw_client *client)
{
    if (client->fd >= 0)
        close(client->fd);
    client->fd = -1;
    buf_release(&client->in);
}

bool raw_send(struct raw_client *client, struct str bytes)
{
    while (bytes.n) {
        ssize_t n = send(client->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            bytes = str_span(bytes.p + n, bytes.n - (size_t)n);
    }
    return true;
}

bool raw_send_slowly(struct raw_client *client, struct str bytes)
{
    for (size_t i = 0; i < bytes.n; i++)
        if (!raw_send(client, str_span(bytes.p + i, 1)))
            return false;
    return true;
}

static struct str unread(const struct raw_client *client)
{
    return client->in.n > client->used ? str_span(client->in.p + client->used, client->in.n - client->used)
                                       : str_span("", 0);
}

static enum raw_result receive(struct raw_client *client)
{
    struct pollfd p = {.fd = client->fd, .events = POLLIN};
    if (poll(&p, 1, (int)client->timeout_ms) == 0)
        return RAW_TIMEOUT;
    if (!buf_reserve(&client->in, 16384))
        return RAW_BAD;
    ssize_t n = recv(client->fd, client->in.p + client->in.n, 16384, 0);
    if (n <= 0)
        return n < 0 && errno == EINTR ? RAW_OK : RAW_CLOSED;
    client->in.n += (size_t)n;
    return RAW_OK;
}

/* Drops what was read before, so that a long conversation does not fill the buffer. */
static void forget_used(struct raw_client *client)
{
    if (client->used == 0)
        return;
    memmove(client->in.p, client->in.p + client->used, client->in.n - client->used);
    client->in.n -= client->used;
    client->used = 0;
}

static size_t head_length(struct str s)
{
    const char *end = s.n ? memmem(s.p, s.n, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - s.p) + 4 : 0;
}

/* Calls back for each "name: value" line; the count of those called `name`, the first one's value in *value. */
static unsigned find_header(struct str head, struct str name, struct str *value)
{
    unsigned count = 0;
    (void)str_cut(&head, '\n');
    while (head.n > 2) {
        struct str line = str_cut(&head, '\n');
        if (line.n && line.p[line.n - 1] == '\r')
            line.n--;
        struct str key = str_cut(&line, ':');
        if (str_eq_nocase(key, name) && count++ == 0)
            *value = line.p ? str_trim(line) : str_span("", 0);
    }
    return count;
}

struct str raw_header(const struct raw_reply *reply, const char *name)
{
    struct str value = str_span(NULL, 0);
    (void)find_header(reply->head, str_view(name), &value);
    return value;
}

unsigned raw_header_count(const struct raw_reply *reply, const char *name)
{
    struct str value;
    return find_header(reply->head, str_view(name), &value);
}

static enum raw_result read_head(struct raw_client *client, struct raw_reply *reply)
{
    size_t n;
    while ((n = head_length(unread(client))) == 0) {
        enum raw_result result = receive(client);
        if (result != RAW_OK)
            return result;
    }
    reply->head = str_span(unread(client).p, n);
    uint32_t status;
    if (reply->head.n < 13 || !str_starts(reply->head, STR("HTTP/1.1 ")) ||
        !str_u32(str_span(reply->head.p + 9, 3), 999, &status))
        return RAW_BAD;
    reply->status = (int)status;
    return RAW_OK;
}

static enum raw_result body_length(const struct raw_reply *reply, bool no_body, size_t *n)
{
    *n = 0;
    if (no_body || reply->status == 304 || reply->status == 204 || reply->status < 200)
        return RAW_OK;
    uint32_t length;
    if (raw_header_count(reply, "Content-Length") != 1 ||
        !str_u32(raw_header(reply, "Content-Length"), REPLY_BYTES, &length))
        return RAW_BAD;
    *n = length;
    return RAW_OK;
}

enum raw_result raw_read(struct raw_client *client, bool no_body, struct raw_reply *reply)
{
    *reply = (struct raw_reply){.status = 0};
    forget_used(client);
    enum raw_result result = read_head(client, reply);
    while (result == RAW_OK && reply->status < 200) {
        client->used += reply->head.n;
        result = read_head(client, reply);
    }
    size_t n, head_n = reply->head.n;
    if (result == RAW_OK)
        result = body_length(reply, no_body, &n);
    while (result == RAW_OK && unread(client).n < head_n + n)
        result = receive(client);
    if (result != RAW_OK)
        return result;
    reply->head = str_span(unread(client).p, head_n); /* the buffer may have moved */
    reply->body = str_span(reply->head.p + head_n, n);
    client->used += head_n + n;
    return RAW_OK;
}

enum raw_result raw_ask(struct raw_client *client, const char *request, struct raw_reply *reply)
{
    *reply = (struct raw_reply){.status = 0};
    return raw_send(client, str_view(request)) ? raw_read(client, strncmp(request, "HEAD ", 5) == 0, reply)
                                               : RAW_CLOSED;
}

struct str raw_read_rest(struct raw_client *client)
{
    forget_used(client);
    enum raw_result result;
    while ((result = receive(client)) == RAW_OK)
        continue;
    return result == RAW_CLOSED ? unread(client) : str_span(NULL, 0);
}
