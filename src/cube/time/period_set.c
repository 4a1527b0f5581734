/* What a request writes as period=. */
#include "entrepot/cube/period.h"

static bool read_latest(struct str text, struct period_set *out, const char **why)
{
    uint32_t count = 1;
    *why = "write latest, or latest:5 for the newest five";
    if (text.n > 6 && (text.p[6] != ':' || !str_u32(str_span(text.p + 7, text.n - 7), 1000, &count) || count == 0))
        return false;
    out->latest = count;
    return true;
}

/* Splits "a..b", or "2010-2019" where both sides are years. */
static bool split_range(struct str text, struct str *from, struct str *to)
{
    for (size_t i = 0; i + 1 < text.n; i++)
        if (text.p[i] == '.' && text.p[i + 1] == '.') {
            *from = str_span(text.p, i);
            *to = str_span(text.p + i + 2, text.n - i - 2);
            return true;
        }
    if (text.n == 9 && text.p[4] == '-' && str_digits(str_span(text.p, 4)) && str_digits(str_span(text.p + 5, 4))) {
        *from = str_span(text.p, 4);
        *to = str_span(text.p + 5, 4);
        return true;
    }
    return false;
}

static bool read_item(struct str text, struct period_range *item, const char **why)
{
    struct str from, to;
    if (!split_range(text, &from, &to)) {
        bool ok = period_read(text, &item->from, why);
        item->to = item->from;
        return ok;
    }
    if (!period_read(from, &item->from, why) || !period_read(to, &item->to, why))
        return false;
    *why = "both ends of a range must be of one kind, and the first not after the last";
    return period_kind_of(item->from) == period_kind_of(item->to) && item->from <= item->to;
}

bool period_set_read(struct str text, struct period_set *out, struct str *bad, const char **why)
{
    *out = (struct period_set){.n = 0};
    *bad = text;
    if (str_is(text, "all") || str_is(text, "*"))
        return true;
    if (str_starts(text, STR("latest")))
        return read_latest(text, out, why);
    *why = "name at least one period, or latest, or all";
    struct str rest = text;
    while (rest.p) {
        *bad = str_cut(&rest, ',');
        *why = "at most 64 periods and ranges in one request";
        if (out->n == PERIOD_ITEMS_MAX || !read_item(*bad, &out->item[out->n], why))
            return false;
        *why = "all periods of one request must be of one kind: years, fiscal years, quarters or months";
        if (out->n && period_kind_of(out->item[out->n].from) != out->kind)
            return false;
        out->kind = period_kind_of(out->item[0].from);
        out->n++;
    }
    return out->n > 0;
}
