/* Tells systemd how the service fares. */
#include "entrepot/server/service.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* False for what is no address of a socket. */
static bool read_address(struct str text, struct sockaddr_un *to, socklen_t *size)
{
    *to = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (text.n < 2 || text.n >= sizeof to->sun_path || (text.p[0] != '/' && text.p[0] != '@'))
        return false;
    memcpy(to->sun_path, text.p, text.n);
    if (text.p[0] == '@')
        to->sun_path[0] = '\0'; /* the abstract namespace; there the length counts, not a NUL */
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + text.n + (text.p[0] == '/'));
    return true;
}

enum status service_open(struct service *service, const char *address, struct problem *problem)
{
    struct sockaddr_un to;
    socklen_t size;
    service->fd = -1;
    if (!address || !*address)
        return ST_OK;
    if (!read_address(str_view(address), &to, &size))
        return problem_set(problem, ST_INVALID, "NOTIFY_SOCKET", "'%.100s' is no path and no abstract socket", address);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&to, size) == 0) {
        service->fd = fd;
        return ST_OK;
    }
    enum status status =
        problem_set(problem, ST_IO, "NOTIFY_SOCKET", "cannot reach '%.100s': %s", address, strerror(errno));
    if (fd >= 0)
        close(fd);
    return status;
}

void service_close(struct service *service)
{
    if (service->fd >= 0)
        close(service->fd);
    service->fd = -1;
}

/* A manager that does not read loses the message: the server does not wait for it. */
static void tell(const struct service *service, const char *text, size_t n)
{
    if (service->fd >= 0)
        (void)send(service->fd, text, n, MSG_NOSIGNAL);
}

void service_ready(const struct service *service, struct str status)
{
    char text[512];
    int n = snprintf(text, sizeof text, "READY=1\nSTATUS=%.*s", STR_ARG(status));
    if (n > 0 && (size_t)n < sizeof text)
        tell(service, text, (size_t)n);
}

/* The time proves to systemd (253 and later, Type=notify-reload) that this answers its signal and no earlier one. */
void service_reloading(const struct service *service)
{
    struct timespec t;
    char text[128];
    clock_gettime(CLOCK_MONOTONIC, &t);
    int n = snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%" PRId64 "\nSTATUS=Loading the data anew",
                     (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000);
    tell(service, text, (size_t)n);
}

void service_stopping(const struct service *service)
{
    static const char text[] = "STOPPING=1\nSTATUS=Letting open requests finish";
    tell(service, text, sizeof text - 1);
}
