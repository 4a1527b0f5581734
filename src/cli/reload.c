/* Loads settings and data anew on a thread of its own, and exchanges what is served once all is well. */
#include "cli/reload.h"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

struct reload {
    struct reload_context context;
    struct served served;
    struct api_options options; /* that `served` was made with */
    pthread_t thread;
    pthread_mutex_t lock; /* held while the server is told anything */
    pthread_cond_t wake;
    bool asked;         /* lock */
    atomic_bool ending; /* set under the lock */
};

/* ---- one reload ---- */

static bool same_options(const struct api_options *a, const struct api_options *b)
{
    return a->max_target_bytes == b->max_target_bytes && a->max_body_bytes == b->max_body_bytes &&
           a->max_rows == b->max_rows && a->max_cost == b->max_cost && a->max_age_s == b->max_age_s;
}

/* Whether `next` would answer as what is served does: then the answers that are kept may stay. */
static bool reload_same(const struct reload *reload, const struct served *next, const struct api_options *options)
{
    return str_eq(catalogue_id(reload->served.catalogue), catalogue_id(next->catalogue)) &&
           same_options(&reload->options, options);
}

/* Takes `next`; what is left over afterwards, the old or the new, is freed. */
static enum status exchange(struct reload *reload, struct served *next, const struct api_options *options,
                            struct problem *problem)
{
    enum status status = ST_OK;
    pthread_mutex_lock(&reload->lock);
    if (atomic_load(&reload->ending)) {
        status = problem_set(problem, ST_UNAVAILABLE, "data", "not taken over: the server is ending");
    } else if (!server_swap(reload->context.server, next->api)) {
        status = problem_set(problem, ST_NO_MEMORY, "data", "out of memory");
    } else {
        struct served old = reload->served;
        reload->served = *next;
        reload->options = *options;
        *next = old;
    }
    pthread_mutex_unlock(&reload->lock);
    served_free(next);
    return status;
}

/* A server that is asked to change what it cannot says so, rather than to leave people guessing. */
static void tell_fixed(const struct reload *reload, const struct settings *wanted)
{
    struct buf names;
    buf_init(&names, 4096);
    settings_fixed(reload->context.settings, wanted, &names);
    if (names.n) {
        struct log_field fields[] = {LOG_TEXT("options", buf_view(&names)),
                                     LOG_TEXT("cure", STR("these take effect when the server is started again"))};
        log_line(reload->context.log, LOG_LEVEL_WARNING, "restart_needed", fields, 2);
    }
    buf_release(&names);
}

static enum status load_anew(struct reload *reload, const struct settings *settings, bool *changed,
                             struct problem *problem)
{
    struct served next;
    enum status status = served_load(settings, &reload->ending, &next, problem);
    if (status != ST_OK) {
        sandbox_explain(reload->context.sandbox, problem);
        return status;
    }
    tell_fixed(reload, settings);
    *changed = !reload_same(reload, &next, &settings->api);
    if (*changed)
        return exchange(reload, &next, &settings->api, problem);
    served_free(&next);
    return ST_OK;
}

static int64_t reload_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void tell_result(const struct reload *reload, const struct problem *problem, bool changed, int64_t begun_ms)
{
    struct log_field catalogue = LOG_TEXT("catalogue", catalogue_id(reload->served.catalogue));
    if (problem) {
        log_problem(reload->context.log, LOG_LEVEL_ERROR, "reload_failed", problem, &catalogue, 1);
        return;
    }
    struct log_field fields[] = {catalogue, LOG_NUMBER("datasets", catalogue_count(reload->served.catalogue)),
                                 LOG_TEXT("data", changed ? STR("changed") : STR("unchanged")),
                                 LOG_NUMBER("duration_ms", reload_now_ms() - begun_ms)};
    log_line(reload->context.log, LOG_LEVEL_INFO, "reloaded", fields, 4);
}

static void tell_ready(const struct reload *reload, const char *last)
{
    char text[256];
    int n = snprintf(text, sizeof text, "Serving %zu datasets, catalogue %.*s%s",
                     catalogue_count(reload->served.catalogue), STR_ARG(catalogue_id(reload->served.catalogue)), last);
    service_ready(reload->context.service, str_span(text, (size_t)n));
}

void reload_announce(const struct reload *reload)
{
    struct log_field fields[] = {LOG_TEXT("version", STR(ENTREPOT_VERSION)),
                                 LOG_TEXT("catalogue", catalogue_id(reload->served.catalogue)),
                                 LOG_NUMBER("datasets", catalogue_count(reload->served.catalogue))};
    log_line(reload->context.log, LOG_LEVEL_INFO, "serving", fields, sizeof fields / sizeof *fields);
    tell_ready(reload, "");
}

static void reload_run(struct reload *reload)
{
    const struct reload_context *context = &reload->context;
    const struct settings *first = context->settings;
    struct settings settings;
    struct problem problem;
    bool changed = false;
    int64_t begun_ms = reload_now_ms();
    enum status status = ST_OK;
    service_reloading(context->service);
    if (settings_read(&settings, first->command, first->argc, first->argv) == EXIT_DONE) {
        status = load_anew(reload, &settings, &changed, &problem);
    } else {
        status = ST_INVALID;
        problem = settings.problem;
    }
    settings_release(&settings);
    pthread_mutex_lock(&reload->lock);
    if (!atomic_load(&reload->ending)) { /* else the server may be gone */
        server_note_reload(context->server, status == ST_OK);
        tell_result(reload, status == ST_OK ? NULL : &problem, changed, begun_ms);
        tell_ready(reload, status == ST_OK ? "" : "; the last reload failed, the log says why");
    }
    pthread_mutex_unlock(&reload->lock);
    (void)malloc_trim(0); /* the data before are gone: their memory goes back to the system */
}

/* ---- the thread ---- */

static void *reload_work(void *argument)
{
    struct reload *reload = argument;
    pthread_mutex_lock(&reload->lock);
    for (;;) {
        while (!reload->asked && !atomic_load(&reload->ending))
            pthread_cond_wait(&reload->wake, &reload->lock);
        if (atomic_load(&reload->ending))
            break;
        reload->asked = false;
        pthread_mutex_unlock(&reload->lock);
        reload_run(reload);
        pthread_mutex_lock(&reload->lock);
    }
    pthread_mutex_unlock(&reload->lock);
    return NULL;
}

struct reload *reload_new(const struct reload_context *context, const struct served *served)
{
    struct reload *reload = calloc(1, sizeof *reload);
    if (!reload)
        return NULL;
    reload->context = *context;
    reload->options = context->settings->api;
    pthread_mutex_init(&reload->lock, NULL);
    pthread_cond_init(&reload->wake, NULL);
    if (pthread_create(&reload->thread, NULL, reload_work, reload) == 0) {
        reload->served = *served;
        return reload;
    }
    pthread_cond_destroy(&reload->wake);
    pthread_mutex_destroy(&reload->lock);
    free(reload);
    return NULL;
}

void reload_ask(struct reload *reload)
{
    pthread_mutex_lock(&reload->lock);
    reload->asked = true;
    pthread_cond_signal(&reload->wake);
    pthread_mutex_unlock(&reload->lock);
}

void reload_end(struct reload *reload)
{
    pthread_mutex_lock(&reload->lock);
    atomic_store(&reload->ending, true);
    pthread_cond_signal(&reload->wake);
    pthread_mutex_unlock(&reload->lock);
}

void reload_free(struct reload *reload)
{
    pthread_join(reload->thread, NULL);
    pthread_cond_destroy(&reload->wake);
    pthread_mutex_destroy(&reload->lock);
    served_free(&reload->served);
    free(reload);
}
