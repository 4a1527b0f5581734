#include <unistd.h>

#include "cli/options.h"

static int serve(const struct settings *settings, const struct catalogue *catalogue, struct log *log)
{
    struct problem problem;
    struct server *server;
    struct api *api = api_new(catalogue, &settings->api);
    if (!api)
        return EXIT_REFUSED;
    if (server_start(&settings->server, api, log, &server, &problem) != ST_OK) {
        fputs("entrepot: ", stderr);
        problem_print(&problem, stderr);
        api_free(api);
        return EXIT_REFUSED;
    }
    struct log_field started[] = {LOG_TEXT("version", STR(ENTREPOT_VERSION)),
                                  LOG_TEXT("catalogue", catalogue_id(catalogue)),
                                  LOG_NUMBER("datasets", catalogue_count(catalogue))};
    log_line(log, LOG_INFO, "serving", started, sizeof started / sizeof *started);
    struct log_field stopping[] = {LOG_NUMBER("signal", server_wait_signal())};
    log_line(log, LOG_INFO, "stopping", stopping, 1);
    server_stop(server);
    api_free(api);
    return EXIT_DONE;
}

int command_serve(int argc, char **argv)
{
    const char *rest[64];
    size_t n;
    struct settings settings;
    int status = argc > 64 ? EXIT_USAGE : settings_read(&settings, argc, argv, rest, &n);
    if (status == EXIT_DONE && n > 0) {
        fprintf(stderr, "entrepot: serve takes options only, not \"%s\"\n", rest[0]);
        status = EXIT_USAGE;
    }
    struct catalogue *catalogue = status == EXIT_DONE ? load_catalogue(&settings) : NULL;
    if (catalogue) {
        server_block_signals();
        struct log *log = log_new(STDERR_FILENO, settings.log_level);
        status = log ? serve(&settings, catalogue, log) : EXIT_REFUSED;
        log_free(log);
        catalogue_free(catalogue);
    } else if (status == EXIT_DONE) {
        status = EXIT_REFUSED;
    }
    settings_release(&settings);
    return status;
}
