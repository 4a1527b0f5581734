/* The counters of all shards as Prometheus text. */
#include "metrics.h"

struct writer {
    const struct metrics_source *source;
    struct buf *out;
    bool open; /* OpenMetrics */
};

/* ---- families and samples ---- */

/* OpenMetrics names a family of counters without the _total of its samples. */
static void family(struct writer *w, const char *name, const char *type, const char *help)
{
    size_t n = strlen(name);
    if (w->open && strcmp(type, "counter") == 0)
        n -= strlen("_total");
    buf_printf(w->out, "# HELP %.*s %s\n# TYPE %.*s %s\n", (int)n, name, help, (int)n, name, type);
}

/* A label's value: backslash, quote and line feed escaped. */
static void label(struct buf *out, const char *before, struct str value)
{
    buf_add(out, str_view(before));
    buf_lit(out, "=\"");
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (c == '\\' || c == '"')
            buf_byte(out, '\\');
        if (c == '\n')
            buf_lit(out, "\\n");
        else
            buf_byte(out, c);
    }
    buf_byte(out, '"');
}

static void end_count(struct writer *w, uint64_t value)
{
    buf_byte(w->out, ' ');
    buf_u64(w->out, value);
    buf_byte(w->out, '\n');
}

static void single(struct writer *w, const char *name, const char *type, const char *help, uint64_t value)
{
    family(w, name, type, help);
    buf_add(w->out, str_view(name));
    end_count(w, value);
}

static void single_real(struct writer *w, const char *name, const char *type, const char *help, double value)
{
    family(w, name, type, help);
    buf_printf(w->out, "%s %.6f\n", name, value);
}

/* One sample of a family with one label. */
static void labelled(struct writer *w, const char *name, const char *key, struct str value, uint64_t n)
{
    buf_printf(w->out, "%s{", name);
    label(w->out, key, value);
    buf_byte(w->out, '}');
    end_count(w, n);
}

/* Adds up one counter of all shards, which lies `offset` bytes into each meter. */
static uint64_t total(const struct metrics_source *source, size_t offset)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < source->n_shards; i++)
        sum += meter_read((const void *)((const char *)&source->shards[i].meter + offset));
    return sum;
}
#define TOTAL(source, field) total((source), offsetof(struct meter, field))

/* The same of a counter of one route. */
static uint64_t route_total(const struct metrics_source *source, size_t route, size_t offset)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < source->n_shards; i++)
        sum += meter_read((const void *)((const char *)&source->shards[i].meter.route[route] + offset));
    return sum;
}

static struct str route_name(size_t route)
{
    return route < api_route_count() ? str_view(api_route_path(route)) : STR("-");
}

/* ---- requests ---- */

static void write_requests_of(struct writer *w, size_t route)
{
    for (size_t m = 0; m < METER_METHODS; m++)
        for (size_t c = 0; c < METER_CODES; c++) {
            uint64_t n = route_total(w->source, route, offsetof(struct route_meter, requests[m][c]));
            if (n == 0)
                continue;
            label(w->out, "entrepot_http_requests_total{route", route_name(route));
            label(w->out, ",method", str_view(meter_method_name[m]));
            label(w->out, ",code", str_view(meter_code_name[c]));
            buf_byte(w->out, '}');
            end_count(w, n);
        }
}

static void write_durations_of(struct writer *w, size_t route)
{
    uint64_t within[METER_BOUNDS + 1], n = 0;
    for (size_t b = 0; b <= METER_BOUNDS; b++)
        n += within[b] = route_total(w->source, route, offsetof(struct route_meter, within[b]));
    if (n == 0)
        return;
    for (size_t b = 0, sum = 0; b <= METER_BOUNDS; b++) {
        sum += within[b];
        label(w->out, "entrepot_http_request_duration_seconds_bucket{route", route_name(route));
        if (b < METER_BOUNDS)
            buf_printf(w->out, ",le=\"%g%s\"}", (double)meter_bound_ns[b] / 1e9,
                       meter_bound_ns[b] % 1000000000 ? "" : ".0");
        else
            buf_lit(w->out, ",le=\"+Inf\"}");
        end_count(w, sum);
    }
    label(w->out, "entrepot_http_request_duration_seconds_sum{route", route_name(route));
    uint64_t ns = route_total(w->source, route, offsetof(struct route_meter, duration_ns));
    buf_printf(w->out, "} %.9f\n", (double)ns / 1e9);
    label(w->out, "entrepot_http_request_duration_seconds_count{route", route_name(route));
    buf_byte(w->out, '}');
    end_count(w, n);
}

static void write_requests(struct writer *w)
{
    family(w, "entrepot_http_requests_total", "counter",
           "Requests by path template, method and class of the answer's status code; code none: cut before an answer.");
    for (size_t r = 0; r <= api_route_count(); r++)
        write_requests_of(w, r);
    family(w, "entrepot_http_request_duration_seconds", "histogram",
           "From a request's first line to the last byte of its answer, the client's own slowness included.");
    for (size_t r = 0; r <= api_route_count(); r++)
        write_durations_of(w, r);
    single(w, "entrepot_http_response_bytes_total", "counter", "Bytes of the bodies of all answers.",
           TOTAL(w->source, response_bytes));
    single(w, "entrepot_http_requests_aborted_total", "counter", "Requests that ended before their answer was taken.",
           TOTAL(w->source, aborted));
    single(w, "entrepot_http_slow_requests_total", "counter",
           "Answers that took longer to make than the threshold of the slow-request log.", TOTAL(w->source, slow));
    single(w, "entrepot_http_internal_errors_total", "counter",
           "Answers that could not be made (status 500); each has a line internal_error in the log.",
           TOTAL(w->source, internal));
    family(w, "entrepot_cache_lookups_total", "counter", "Questions looked up among the answers that are kept.");
    labelled(w, "entrepot_cache_lookups_total", "result", STR("hit"), TOTAL(w->source, cache_hits));
    labelled(w, "entrepot_cache_lookups_total", "result", STR("miss"), TOTAL(w->source, cache_misses));
}

/* ---- connections ---- */

static void write_connections(struct writer *w)
{
    uint64_t open = 0, limit = 0, waiting = 0;
    for (unsigned i = 0; i < w->source->n_shards; i++) {
        open += shard_connections(&w->source->shards[i]);
        waiting += atomic_load(&w->source->shards[i].queue.waiting);
        limit += w->source->shards[i].connection_limit;
    }
    single(w, "entrepot_connections_open", "gauge", "Open connections of clients.", open);
    single(w, "entrepot_requests_waiting", "gauge", "Costly requests that wait for one another.", waiting);
    single(w, "entrepot_connections_limit", "gauge", "Most open connections.", limit);
    single(w, "entrepot_connections_total", "counter", "Connections taken.", TOTAL(w->source, connections));
    family(
        w, "entrepot_connections_reaped_total", "counter",
        "Connections cut: head (request not complete in time), answer (not taken in time), idle, crowded (idle when no "
        "room was left).");
    for (size_t i = 0; i < METER_REAPED; i++)
        labelled(w, "entrepot_connections_reaped_total", "reason", str_view(meter_reaped_name[i]),
                 total(w->source, offsetof(struct meter, reaped[i])));
    single(w, "entrepot_shards", "gauge", "Serving threads.", w->source->n_shards);
}

/* ---- data ---- */

/* Days from 1970-01-01 to the first of a month (Gregorian). */
static int64_t days_before(int64_t year, int64_t month)
{
    int64_t y = year - (month <= 2), m = (month + 9) % 12; /* the year begins in March: the leap day is its last */
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 - 719468;
}

/* When a period was over: the first second behind it. */
static int64_t end_of(uint32_t period)
{
    uint32_t next = period_ordinal(period_first_month(period)) + period_months(period_kind_of(period));
    return days_before(next / 12, next % 12 + 1) * 86400; /* months are numbered from that of the year 0 on */
}

struct dataset_metric {
    const char *name, *help;
    uint64_t (*value)(const struct cube *cube);
};

static uint64_t last_period_end(const struct cube *cube)
{
    size_t n;
    const uint32_t *period = cube_periods(cube, &n);
    int64_t end = n ? end_of(period[n - 1]) : 0;
    return end > 0 ? (uint64_t)end : 0;
}

static uint64_t bytes_of(const struct cube *cube) { return cube_bytes(cube); }

static const struct dataset_metric dataset_metrics[] = {
    {"entrepot_dataset_observations", "Rows of a dataset.", cube_observations},
    {"entrepot_dataset_bytes", "Size of a dataset.", bytes_of},
    {"entrepot_dataset_last_period_end_timestamp_seconds",
     "When the last period that a dataset holds was over: its age is the time since then.", last_period_end},
};

static void write_datasets(struct writer *w)
{
    const struct catalogue *catalogue = api_catalogue(w->source->edition->api);
    size_t n = catalogue_count(catalogue);
    for (size_t m = 0; m < sizeof dataset_metrics / sizeof *dataset_metrics; m++) {
        family(w, dataset_metrics[m].name, "gauge", dataset_metrics[m].help);
        for (size_t i = 0; i < n; i++) {
            const struct cube *cube = catalogue_at(catalogue, i);
            labelled(w, dataset_metrics[m].name, "dataset", cube_dataset(cube)->id, dataset_metrics[m].value(cube));
        }
    }
    family(w, "entrepot_dataset_info", "gauge", "The release of a dataset.");
    for (size_t i = 0; i < n; i++) {
        const struct cube *cube = catalogue_at(catalogue, i);
        label(w->out, "entrepot_dataset_info{dataset", cube_dataset(cube)->id);
        label(w->out, ",release", cube_release(cube));
        buf_lit(w->out, "} 1\n");
    }
    family(w, "entrepot_catalogue_info", "gauge", "The id of all that is served.");
    labelled(w, "entrepot_catalogue_info", "catalogue", catalogue_id(catalogue), 1);
    single(w, "entrepot_catalogue_loaded_timestamp_seconds", "gauge", "When it began to be served.",
           (uint64_t)w->source->edition->loaded_s);
}

static void write_life(struct writer *w)
{
    const struct life *life = w->source->life;
    family(w, "entrepot_reloads_total", "counter", "Attempts to load the data anew.");
    labelled(w, "entrepot_reloads_total", "result", STR("ok"), meter_read(&life->reloads_ok));
    labelled(w, "entrepot_reloads_total", "result", STR("failed"), meter_read(&life->reloads_failed));
    single(w, "entrepot_last_reload_successful", "gauge",
           "0 if the last attempt failed: the data are older than they should be.", !atomic_load(&life->reload_failed));
    single(w, "entrepot_last_reload_timestamp_seconds", "gauge", "When the last attempt ended; 0: there was none.",
           (uint64_t)atomic_load(&life->reloaded_s));
    single(w, "entrepot_draining", "gauge", "1 while the server is ending.", atomic_load(&life->draining));
    single(w, "entrepot_log_lines_dropped_total", "counter", "Log lines lost because nobody took them in time.",
           log_dropped(w->source->log));
}

/* ---- process and build ---- */

static void write_process(struct writer *w)
{
    struct probe_figures p = probe_read(w->source->probe);
    single_real(w, "process_cpu_seconds_total", "counter", "Processor time used, user and system.", p.cpu_s);
    single(w, "process_resident_memory_bytes", "gauge", "Memory resident.", p.resident_bytes);
    single(w, "process_virtual_memory_bytes", "gauge", "Memory mapped, large datasets with it.", p.virtual_bytes);
    single(w, "process_open_fds", "gauge", "Open files.", p.open_files);
    single(w, "process_max_fds", "gauge", "Most open files.", p.max_files);
    single_real(w, "process_start_time_seconds", "gauge", "When the process started.", p.started_s);
    family(w, "entrepot_build_info", "gauge", "Version of the program and of the HTTP library.");
    label(w->out, "entrepot_build_info{version", STR(ENTREPOT_VERSION));
    label(w->out, ",libmicrohttpd", str_view(MHD_get_version()));
    buf_lit(w->out, "} 1\n");
}

void metrics_write(const struct metrics_source *source, bool open_metrics, struct buf *out)
{
    struct writer w = {.source = source, .out = out, .open = open_metrics};
    write_requests(&w);
    write_connections(&w);
    write_datasets(&w);
    write_life(&w);
    write_process(&w);
    if (open_metrics)
        buf_lit(out, "# EOF\n");
}
