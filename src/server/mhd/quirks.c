/* The places where the server knows more of libmicrohttpd than its manual says. */
#include "quirks.h"

#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

void quirk_cut_query(const char *target)
{
    char *query = strchr(target, '?');
    if (query)
        query[1] = '\0';
}

size_t quirk_leave_escaped(void *cls, struct MHD_Connection *connection, char *text)
{
    (void)cls;
    (void)connection;
    return strlen(text);
}

char *quirk_field(struct MHD_Response *response, const char *name)
{
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): the response's own copy */
    return (char *)(uintptr_t)MHD_get_response_header(response, name);
}

int quirk_kick_open(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.ptr = NULL};
    int kick = info ? eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC) : -1;
    if (kick < 0 || epoll_ctl(info->epoll_fd, EPOLL_CTL_ADD, kick, &event) == 0)
        return kick;
    (void)close(kick);
    return -1;
}

/* Nobody reads the counter: each write is an edge. */
void quirk_kick(int kick)
{
    if (kick >= 0)
        (void)eventfd_write(kick, 1);
}

enum quirk_exhausted quirk_exhausted(const char *format)
{
    if (!strstr(format, "resource limit"))
        return QUIRK_NOT_EXHAUSTED;
    return strstr(format, "FIRST connection") ? QUIRK_EXHAUSTED_ALONE : QUIRK_EXHAUSTED;
}

void quirk_no_length(struct MHD_Response *response)
{
#if MHD_VERSION >= 0x00097701
    (void)MHD_set_response_options(response, MHD_RF_HEAD_ONLY_RESPONSE, MHD_RO_END);
#else
    (void)response;
#endif
}
