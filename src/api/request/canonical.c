/* One spelling for each request: canonical codes and numbers, parameters in the route's order, nothing that was not asked for. What is the same
 * question has the same entity tag, and is worked out and kept once. */
#include "api/request/request.h"

/* ---- values ---- */

static struct str country_text(const struct call *call, uint32_t id)
{
    return countries_at(catalogue_countries(call->catalogue), id)->id;
}

/* What was written, in the call's memory; p is NULL where some of it could not be. */
static struct str kept(const struct call *call, struct buf *out)
{
    struct str text = out->failed ? str_span(NULL, 0) : arena_str(call->arena, buf_view(out));
    buf_release(out);
    return text;
}

static struct str list_text(const struct call *call, const uint32_t *id, size_t n, const char *between)
{
    struct buf out;
    buf_init(&out, 16384);
    for (size_t i = 0; i < n; i++) {
        buf_add(&out, i ? str_span(&between[i % 2 == 0], 1) : STR(""));
        buf_add(&out, country_text(call, id[i]));
    }
    return kept(call, &out);
}

static struct str number_text(struct call *call, double number)
{
    struct buf out;
    buf_init(&out, 64);
    buf_ratio(&out, number);
    return kept(call, &out);
}

static struct str value_text(struct call *call, const struct param *param, const struct arg *arg)
{
    if (arg->all || arg->text.n == 0)
        return arg->text;
    enum param_type type = param->type;
    if (type == PARAM_COUNTRY)
        return country_text(call, arg->country);
    if (type == PARAM_COUNTRIES)
        return list_text(call, arg->countries, arg->n_list, ",,");
    if (type == PARAM_PAIRS)
        return list_text(call, arg->countries, 2 * arg->n_list, "-,");
    if (type == PARAM_COUNT || type == PARAM_FLAG)
        return arena_printf(call->arena, "%u", arg->number);
    if (type == PARAM_SHARE || type == PARAM_REAL)
        return number_text(call, arg->ratio);
    return arg->text;
}

/* ---- the target ---- */

static void canonical_path(const struct call *call, struct buf *out)
{
    struct str template = str_view(call->route->path);
    size_t at = 0;
    for (bool first = true; template.p; first = false) {
        struct str segment = str_cut(&template, '/');
        if (!first)
            buf_byte(out, '/');
        if (segment.n && segment.p[0] == '{') {
            bool country = call->route->param[at].type == PARAM_COUNTRY;
            segment = country ? countries_at(catalogue_countries(call->catalogue), call->arg[at].country)->id
                              : call->arg[at].text;
            at++;
        }
        buf_add(out, segment);
    }
}

static void percent_encode(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a text of any length has a place */
        unsigned char c = (unsigned char)text.p[i];
        if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || str_has(STR("-_.~,:*"), (char)c))
            buf_byte(out, (char)c);
        else
            buf_printf(out, "%%%02X", (unsigned)c);
    }
}

static void add_pair(struct buf *out, char *sign, struct str name, struct str value)
{
    buf_byte(out, *sign);
    buf_add(out, name);
    buf_byte(out, '=');
    percent_encode(value, out);
    *sign = '&';
}

/* A default that is written out stays: to some handlers it says more than nothing. */
static bool matters(const struct call *call, size_t i)
{
    const struct param *param = &call->route->param[i];
    const struct arg *arg = &call->arg[i];
    if (param->in_path || !arg->given || param->type == PARAM_FORMAT)
        return false;
    return param->type != PARAM_RELEASE || call->pinned;
}

static enum status write_target(struct call *call)
{
    struct buf out;
    char sign = '?';
    buf_init(&out, 16384);
    canonical_path(call, &out);
    for (size_t i = 0; i < call->route->n_params; i++)
        if (matters(call, i))
            add_pair(&out, &sign, str_view(call->route->param[i].name), call->arg[i].text);
    for (size_t i = 0; i < call->n_filters; i++)
        add_pair(&out, &sign, call->filter[i].name, call->filter[i].text);
    call->canonical = kept(call, &out);
    return call->canonical.p ? ST_OK : ST_NO_MEMORY;
}

enum status canonicalise(struct call *call)
{
    for (size_t i = 0; i < call->route->n_params; i++) {
        struct str text = value_text(call, &call->route->param[i], &call->arg[i]);
        if (call->arg[i].text.p && !text.p)
            return ST_NO_MEMORY;
        call->arg[i].text = text;
    }
    for (size_t i = 0; i < call->n_filters; i++) {
        call->filter[i].text = number_text(call, call->filter[i].value);
        if (!call->filter[i].text.p)
            return ST_NO_MEMORY;
    }
    return write_target(call);
}
