#include "soak/attackers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "siege/process.h"

#define LARGE_PAGE "/v1/products?level=hs6&limit=50000"
#define STEP_MS 2000

struct attacker {
    int fd;
    int64_t since_ms, next_ms;
    bool asked, answered, gone;
};

static const char *first_bytes(const struct attackers *all)
{
    switch (all->attack) {
    case ATTACK_HEAD: return "GET /v1 HTTP/1.1\r\nHost: h\r\n";
    case ATTACK_BODY: return "POST /v1 HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
    case ATTACK_READ: return all->request ? all->request : "GET " LARGE_PAGE " HTTP/1.1\r\nHost: h\r\n\r\n";
    case ATTACK_IDLE: return "GET /livez HTTP/1.1\r\nHost: h\r\n\r\n";
    }
    return "";
}

static void open_one(struct attackers *all, struct attacker *one, int64_t now)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)all->port)};
    int small = 4096, segment = 1460;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *one = (struct attacker){.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), .since_ms = now};
    if (one->fd >= 0 && all->attack == ATTACK_READ) {
        (void)setsockopt(one->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        /* As from afar: at the segments of loopback the server's kernel takes two megabytes at once, and the server has nothing left to send. */
        (void)setsockopt(one->fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
    }
    if (one->fd >= 0 && (connect(one->fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS))
        return;
    if (one->fd >= 0)
        close(one->fd);
    one->fd = -1;
    atomic_fetch_add(&all->failed, 1);
}

static void close_one(struct attackers *all, struct attacker *one, int64_t now)
{
    if (one->answered)
        atomic_fetch_sub(&all->open, 1);
    if (now - one->since_ms > atomic_load(&all->longest_ms))
        atomic_store(&all->longest_ms, now - one->since_ms);
    close(one->fd);
    one->fd = -1;
    one->gone = all->once;
}

/* Counts it among the open ones once it has reached what its kind wants to hold. */
static void hold(struct attackers *all, struct attacker *one)
{
    if (!one->answered)
        atomic_fetch_add(&all->open, 1);
    one->answered = true;
}

/* False when the server has closed. */
static bool listen_to(struct attackers *all, struct attacker *one)
{
    char bytes[4096];
    ssize_t n = recv(one->fd, bytes, all->attack == ATTACK_READ ? 1024 : sizeof bytes, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR && errno != ENOTCONN))
        return false;
    if (n > 0)
        hold(all, one);
    return true;
}

/* The next bytes, when it is time for some. */
static bool speak(struct attackers *all, struct attacker *one, int64_t now)
{
    if (now < one->next_ms)
        return true;
    const char *text = !one->asked                  ? first_bytes(all)
                       : all->attack == ATTACK_HEAD ? "X-a: b\r\n"
                       : all->attack == ATTACK_BODY ? "x"
                                                    : "";
    ssize_t n = send(one->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == ENOTCONN))
        return true;
    one->asked = true;
    one->next_ms = now + STEP_MS;
    if (n >= 0 && (all->attack == ATTACK_HEAD || all->attack == ATTACK_BODY))
        hold(all, one);
    return n >= 0;
}

static void *attack(void *argument)
{
    struct attackers *all = argument;
    struct attacker *each = all->each;
    while (!atomic_load(&all->stop)) {
        int64_t now = clock_ms();
        for (size_t i = 0; i < all->n && !atomic_load(&all->stop); i++) {
            struct attacker *one = &each[i];
            if (one->fd < 0 && !one->gone)
                open_one(all, one, now);
            if (one->fd >= 0 && (!speak(all, one, now) || !listen_to(all, one))) {
                close_one(all, one, now);
                atomic_fetch_add(&all->closed, 1);
            }
        }
        pause_ms(all->attack == ATTACK_READ ? 2000 : 50);
    }
    for (size_t i = 0; i < all->n; i++)
        if (each[i].fd >= 0)
            close_one(all, &each[i], clock_ms());
    return NULL;
}

bool attackers_start(struct attackers *all)
{
    struct attacker *each = calloc(all->n ? all->n : 1, sizeof *each);
    if (!each)
        return false;
    for (size_t i = 0; i < all->n; i++)
        each[i].fd = -1;
    all->each = each;
    return pthread_create(&all->thread, NULL, attack, all) == 0;
}

size_t attackers_await(struct attackers *all, size_t wanted)
{
    int64_t until = clock_ms() + 30000;
    while (atomic_load(&all->open) < wanted && clock_ms() < until)
        pause_ms(20);
    return atomic_load(&all->open);
}

void attackers_stop(struct attackers *all)
{
    atomic_store(&all->stop, true);
    pthread_join(all->thread, NULL);
    free(all->each);
    all->each = NULL;
}
