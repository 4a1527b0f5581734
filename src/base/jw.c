/* Writes JSON event by event: commas, escapes, and numbers by way of digits.h. */
#include "entrepot/base/jw.h"

#include <math.h>

#include "entrepot/base/problem.h"

void jw_init(struct jw *jw, struct buf *buf, bool pretty) { *jw = (struct jw){.buf = buf, .pretty = pretty}; }

void jw_finish(struct jw *jw)
{
    if (jw->depth != 0)
        BUG("jw_finish inside an object or array");
}

static uint32_t level_bit(const struct jw *jw) { return (uint32_t)1 << (jw->depth - 1); }

static void indent(struct jw *jw)
{
    if (!jw->pretty)
        return;
    buf_byte(jw->buf, '\n');
    for (unsigned i = 0; i < jw->depth; i++)
        buf_lit(jw->buf, "  ");
}

static void separate(struct jw *jw)
{
    if (jw->depth == 0)
        return;
    if (jw->has_item & level_bit(jw))
        buf_byte(jw->buf, ',');
    jw->has_item |= level_bit(jw);
    indent(jw);
}

static void before_value(struct jw *jw)
{
    bool in_object = jw->depth && (jw->in_object & level_bit(jw));
    if (in_object != jw->after_key)
        BUG("a JSON object takes key, value, key, value");
    if (!in_object)
        separate(jw);
    jw->after_key = false;
}

static void open_level(struct jw *jw, bool object)
{
    before_value(jw);
    if (jw->depth == JW_DEPTH)
        BUG("JSON nested too deep");
    buf_byte(jw->buf, object ? '{' : '[');
    jw->depth++;
    jw->has_item &= ~level_bit(jw);
    jw->in_object = object ? jw->in_object | level_bit(jw) : jw->in_object & ~level_bit(jw);
}

void jw_object(struct jw *jw) { open_level(jw, true); }
void jw_array(struct jw *jw) { open_level(jw, false); }

void jw_end(struct jw *jw)
{
    if (jw->depth == 0 || jw->after_key)
        BUG("jw_end without a beginning");
    bool object = (jw->in_object & level_bit(jw)) != 0, items = (jw->has_item & level_bit(jw)) != 0;
    jw->depth--;
    if (items)
        indent(jw);
    buf_byte(jw->buf, object ? '}' : ']');
}

/* Bytes that may be copied as they are: printable ASCII but for quote and backslash. */
static bool plain(unsigned char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

#define EACH(byte) (0x0101010101010101U * (byte))

/* Of the top bits of eight bytes at once those of bytes that are zero, and perhaps of some above such a one. */
static uint64_t zeros(uint64_t word) { return (word - EACH(1U)) & ~word & EACH(0x80U); }

/* The same as `plain` for eight bytes. */
static bool plain_word(uint64_t word)
{
    uint64_t below = (word - EACH(0x20U)) & ~word, above = (word + EACH(1U)) | word;
    return (((below | above) & EACH(0x80U)) | zeros(word ^ EACH(0x22U)) | zeros(word ^ EACH(0x5CU))) == 0;
}

static bool copy_word(char *to, const char *from)
{
    uint64_t word;
    memcpy(&word, from, 8);
    if (!plain_word(word))
        return false;
    memcpy(to, &word, 8);
    return true;
}

/* Copies plain bytes up to the first other one; how many. There is room for all. */
static size_t copy_plain(char *to, struct str text)
{
    size_t i = 0, whole = text.n / 8 * 8;
    while (i < whole && copy_word(to + i, text.p + i))
        i += 8;
    if (i == whole && text.n > 8 && copy_word(to + text.n - 8, text.p + text.n - 8))
        return text.n; /* the last word overlaps the one before it */
    while (i < text.n && plain((unsigned char)text.p[i])) {
        to[i] = text.p[i];
        i++;
    }
    return i;
}

static size_t quote_special(struct buf *buf, struct str rest)
{
    unsigned char c = (unsigned char)rest.p[0];
    static const char short_form[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    const char *at = c ? strchr(short_form, c) : NULL;
    if (at) {
        buf_byte(buf, '\\');
        buf_byte(buf, letter[at - short_form]);
        return 1;
    }
    size_t control = str_control(rest);
    if (control) { /* a terminal obeys those above 0x7F too; their number is their last byte */
        buf_printf(buf, "\\u%04x", (unsigned)(unsigned char)rest.p[control - 1]);
        return control;
    }
    size_t step = str_utf8_step(rest);
    buf_add(buf, step ? str_span(rest.p, step) : STR("\xEF\xBF\xBD"));
    return step ? step : 1;
}

/* What follows a byte that is not plain. */
static void quote_rest(struct buf *buf, struct str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t run = i;
        while (run < text.n && plain((unsigned char)text.p[run]))
            run++;
        buf_add(buf, str_span(text.p + i, run - i));
        i = run;
        if (i < text.n)
            i += quote_special(buf, str_span(text.p + i, text.n - i));
    }
}

void jw_quote(struct buf *buf, struct str text)
{
    if (!buf_reserve(buf, text.n + 2))
        return;
    buf->p[buf->n++] = '"';
    size_t n = copy_plain(buf->p + buf->n, text);
    buf->n += n;
    if (n < text.n)
        quote_rest(buf, str_span(text.p + n, text.n - n));
    buf_byte(buf, '"');
}

void jw_key(struct jw *jw, struct str key)
{
    if (jw->depth == 0 || !(jw->in_object & level_bit(jw)) || jw->after_key)
        BUG("a JSON key outside an object");
    separate(jw);
    jw_quote(jw->buf, key);
    buf_byte(jw->buf, ':');
    if (jw->pretty)
        buf_byte(jw->buf, ' ');
    jw->after_key = true;
}

void jw_str(struct jw *jw, struct str text)
{
    before_value(jw);
    jw_quote(jw->buf, text);
}

void jw_i64(struct jw *jw, int64_t value)
{
    before_value(jw);
    buf_i64(jw->buf, value);
}

void jw_raw(struct jw *jw, struct str json)
{
    before_value(jw);
    buf_add(jw->buf, json);
}

void jw_members(struct jw *jw, struct str members)
{
    if (jw->depth == 0 || !(jw->in_object & level_bit(jw)) || jw->after_key)
        BUG("members of JSON outside an object");
    separate(jw);
    buf_add(jw->buf, members);
}

void jw_bool(struct jw *jw, bool value) { jw_raw(jw, value ? STR("true") : STR("false")); }
void jw_null(struct jw *jw) { jw_raw(jw, STR("null")); }

void jw_ratio(struct jw *jw, double value)
{
    before_value(jw);
    if (isfinite(value))
        buf_ratio(jw->buf, value);
    else
        buf_lit(jw->buf, "null");
}

void jw_kstr(struct jw *jw, const char *key, struct str text)
{
    jw_key(jw, str_view(key));
    jw_str(jw, text);
}

void jw_kz(struct jw *jw, const char *key, const char *text)
{
    jw_key(jw, str_view(key));
    if (text)
        jw_str(jw, str_view(text));
    else
        jw_null(jw);
}

void jw_ki64(struct jw *jw, const char *key, int64_t value)
{
    jw_key(jw, str_view(key));
    jw_i64(jw, value);
}

void jw_kbool(struct jw *jw, const char *key, bool value)
{
    jw_key(jw, str_view(key));
    jw_bool(jw, value);
}

void jw_knull(struct jw *jw, const char *key)
{
    jw_key(jw, str_view(key));
    jw_null(jw);
}

void jw_kobject(struct jw *jw, const char *key)
{
    jw_key(jw, str_view(key));
    jw_object(jw);
}

void jw_karray(struct jw *jw, const char *key)
{
    jw_key(jw, str_view(key));
    jw_array(jw);
}
