#include <unistd.h>

#include "cli/reload.h"

struct serving {
    const struct settings *settings;
    struct server *server;
    struct log *log;
    struct reload *reload;
    struct service service;
};

static void wait_for_the_end(struct serving *s)
{
    int signal;
    while (server_wait_signal(&signal) == SERVER_RELOAD)
        reload_ask(s->reload);
    log_line(s->log, LOG_INFO, "stopping", &LOG_NUMBER("signal", signal), 1);
    reload_end(s->reload);
    service_stopping(&s->service);
}

/* Takes what is served. */
static int serve(struct serving *s, int argc, char **argv, struct served *served)
{
    struct problem problem;
    enum status status = server_start(&s->settings->server, served->api, s->log, &s->server, &problem);
    if (status == ST_OK) {
        struct reload_context context = {argc, argv, s->settings, s->server, s->log, &s->service};
        s->reload = reload_new(&context, served);
        if (s->reload) {
            reload_announce(s->reload);
            wait_for_the_end(s);
        } else {
            status = problem_set(&problem, ST_NO_MEMORY, "start", "no memory or no thread for reloading");
        }
        server_stop(s->server);
    }
    if (s->reload)
        reload_free(s->reload);
    else
        served_free(served);
    return status == ST_OK ? EXIT_DONE : print_problem(&problem);
}

static int load_and_serve(const struct settings *settings, int argc, char **argv)
{
    struct served served;
    struct problem problem;
    if (served_load(settings, NULL, &served, &problem) != ST_OK)
        return print_problem(&problem);
    server_block_signals();
    struct serving s = {.settings = settings, .log = log_new(STDERR_FILENO, settings->log_level)};
    int status = EXIT_REFUSED;
    if (service_open(&s.service, getenv("NOTIFY_SOCKET"), &problem) != ST_OK)
        log_problem(s.log, LOG_WARNING, "service_manager", &problem, NULL, 0);
    if (s.log)
        status = serve(&s, argc, argv, &served);
    else
        served_free(&served);
    service_close(&s.service);
    log_free(s.log);
    return status;
}

int command_serve(int argc, char **argv)
{
    const char *rest[REST_MAX];
    size_t n;
    struct settings settings;
    int status = settings_take(&settings, argc, argv, rest, &n);
    if (status == EXIT_DONE && n > 0) {
        fprintf(stderr, "entrepot: serve takes options only, not \"%s\"\n", rest[0]);
        status = EXIT_USAGE;
    }
    if (status == EXIT_DONE)
        status = load_and_serve(&settings, argc, argv);
    settings_release(&settings);
    return status;
}
