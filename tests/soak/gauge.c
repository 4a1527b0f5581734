#include "soak/gauge.h"

#include <stdlib.h>

#include "http/raw_client.h"

double gauge(const struct process *server, const char *metric)
{
    struct raw_client client;
    struct raw_reply reply;
    double value = -1;
    if (!raw_connect(&client, server->admin))
        return value;
    if (raw_ask(&client, "GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n", &reply) == RAW_OK && reply.status == 200)
        while (reply.body.n) {
            struct str line = str_cut(&reply.body, '\n');
            size_t n = strlen(metric);
            if (str_starts(line, str_view(metric)) && line.n > n && line.p[n] == ' ')
                value = strtod(line.p + n, NULL);
        }
    raw_close(&client);
    return value;
}
