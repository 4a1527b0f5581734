/* Health for orchestrators: alive, ready, and what is loaded. */
#include <time.h>

#include "api/contract/call.h"
#include "api/get/endpoints.h"
#include "entrepot/base/jw.h"

static enum status text(struct call *call, struct str body)
{
    buf_add(&call->document, body);
    call->document_type = call->route->media;
    return ST_OK;
}

static enum status get_live(struct call *call) { return text(call, STR("ok\n")); }

/* The catalogue is complete before the server listens, so whoever can ask gets an answer. */
static enum status get_ready(struct call *call)
{
    const struct api_process *process = call->request->process;
    if (!process || !process->draining)
        return text(call, STR("ready\n"));
    (void)call_problem(call, PROBLEM_UNAVAILABLE, NULL, call->path,
                       STR("the server is ending; ask another one, or this one again when it is back"));
    return ST_INVALID;
}

/* The last time that the data were to be loaded anew; why it failed stands in the log, which is not for the public. */
static void tell_reload(struct jw *jw, const struct api_process *process)
{
    char at[32];
    struct tm tm;
    time_t seconds = (time_t)process->reloaded_s;
    (void)gmtime_r(&seconds, &tm);
    jw_kobject(jw, "reload");
    jw_kz(jw, "result", process->reload);
    jw_kstr(jw, "at", str_span(at, strftime(at, sizeof at, "%Y-%m-%dT%H:%M:%SZ", &tm)));
    jw_end(jw);
}

static enum status get_health(struct call *call)
{
    const struct catalogue *catalogue = call->catalogue;
    const struct api_process *process = call->request->process;
    struct jw jw;
    jw_init(&jw, &call->document, false);
    jw_object(&jw);
    jw_kz(&jw, "status", process && process->draining ? "draining" : "ready");
    jw_kz(&jw, "version", ENTREPOT_VERSION);
    jw_kstr(&jw, "catalogue", catalogue_id(catalogue));
    jw_karray(&jw, "datasets");
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct cube *cube = catalogue_at(catalogue, i);
        jw_object(&jw);
        jw_kstr(&jw, "id", cube_dataset(cube)->id);
        jw_kstr(&jw, "release", cube_release(cube));
        jw_ki64(&jw, "observations", (int64_t)cube_observations(cube));
        jw_end(&jw);
    }
    jw_end(&jw);
    if (process && process->reload)
        tell_reload(&jw, process);
    jw_end(&jw);
    jw_finish(&jw);
    buf_byte(&call->document, '\n');
    call->document_type = call->route->media;
    return ST_OK;
}

const struct route route_livez = {.id = "getLive",
                                  .group = GROUP_SERVICE,
                                  .path = "/livez",
                                  .media = "text/plain; charset=utf-8",
                                  .summary = "200 while the process runs",
                                  .example = "/livez",
                                  .kind = ROUTE_DOCUMENT,
                                  .description = "For liveness probes.",
                                  .uncached = true,
                                  .handler = get_live};
const struct route route_readyz = {.id = "getReady",
                                   .group = GROUP_SERVICE,
                                   .path = "/readyz",
                                   .media = "text/plain; charset=utf-8",
                                   .summary = "200 once all datasets are loaded, 503 when the server is about to end",
                                   .example = "/readyz",
                                   .kind = ROUTE_DOCUMENT,
                                   .description = "For readiness probes.",
                                   .uncached = true,
                                   .handler = get_ready};
const struct route route_healthz = {.id = "getHealth",
                                    .group = GROUP_SERVICE,
                                    .path = "/healthz",
                                    .media = "application/json",
                                    .shape = "{status: 'ready', version: string, catalogue: string,"
                                             " datasets: {id: string, release: string, observations: integer}[]}",
                                    .summary = "Version, catalogue and releases as JSON",
                                    .example = "/healthz",
                                    .kind = ROUTE_DOCUMENT,
                                    .description = "What is loaded, and what came of the last attempt to load it anew.",
                                    .uncached = true,
                                    .handler = get_health};
