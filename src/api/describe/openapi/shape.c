/* Shapes: the short notation of openapi.h, read by recursive descent and written as JSON Schema. */
#include "api/describe/openapi/openapi.h"

#define MEMBERS_MAX 96

static const struct {
    const char *word, *type, *format;
} types[] = {
    {"string", "string", NULL},   {"integer", "integer", "int64"}, {"number", "number", NULL},
    {"boolean", "boolean", NULL}, {"null", "null", NULL},          {"uri", "string", "uri-reference"},
};
#define TYPES (sizeof types / sizeof *types)

static void skip_space(const char **p)
{
    while (**p == ' ')
        ++*p;
}

/* Goes behind the sign, if it is the next; stays where it is otherwise. */
static bool take(const char **p, char c)
{
    const char *at = *p;
    skip_space(&at);
    if (*at != c)
        return false;
    *p = at + 1;
    return true;
}

static void need(const char **p, char c)
{
    if (!take(p, c))
        BUG("a shape is written wrongly");
}

static bool in_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '*' ||
           c == '-' || c == '$';
}

static struct str word(const char **p)
{
    skip_space(p);
    const char *from = *p;
    while (in_word(**p))
        ++*p;
    if (*p == from)
        BUG("a shape lacks a word");
    return str_span(from, (size_t)(*p - from));
}

/* What stands between two of a sign, the first of which is the next character. */
static struct str quoted(const char **p)
{
    const char sign = *(*p)++, *from = *p;
    while (**p && **p != sign)
        ++*p;
    struct str text = str_span(from, (size_t)(*p - from));
    need(p, sign);
    return text;
}

/* ---- alternatives ---- */

static void skip_union(const char **p);

static void skip_atom(const char **p)
{
    skip_space(p);
    if (take(p, '{')) {
        while (!take(p, '}')) {
            (void)word(p);
            (void)take(p, '?');
            need(p, ':');
            skip_union(p);
            if (take(p, '`')) {
                --*p;
                (void)quoted(p);
            }
            (void)take(p, ',');
        }
    } else if (take(p, '(')) {
        skip_union(p);
        need(p, ')');
    } else if (**p == '\'') {
        (void)quoted(p);
    } else {
        (void)word(p);
    }
    while (take(p, '['))
        need(p, ']');
}

static void skip_union(const char **p)
{
    do
        skip_atom(p);
    while (take(p, '|'));
}

static size_t type_index(struct str name)
{
    size_t i = 0;
    while (i < TYPES && !str_is(name, types[i].word))
        i++;
    return i;
}

enum kind { KIND_NULL, KIND_TYPE, KIND_WORD, KIND_OTHER, KINDS };

/* What the alternative at `p` is; lists are something else, whatever of. */
static enum kind kind_at(const char *p)
{
    skip_space(&p);
    const char *end = p;
    skip_atom(&end);
    if (end[-1] == ']' || *p == '{' || *p == '(')
        return KIND_OTHER;
    if (*p == '\'')
        return KIND_WORD;
    size_t type = type_index(word(&p));
    return type == TYPES ? KIND_OTHER : strcmp(types[type].type, "null") == 0 ? KIND_NULL : KIND_TYPE;
}

static void write_value(struct jw *jw, const char **p);
static void write_members(struct jw *jw, const char **p);

/* The members of a schema for one alternative that is neither a type nor a word. */
static void write_other(struct jw *jw, const char **p)
{
    const char *end = *p;
    skip_atom(&end);
    unsigned lists = 0;
    for (const char *c = end; c > *p && c[-1] == ']'; c -= 2)
        lists++;
    for (unsigned i = 0; i < lists; i++) {
        jw_kz(jw, "type", "array");
        jw_kobject(jw, "items");
    }
    skip_space(p);
    if (take(p, '{')) {
        write_members(jw, p);
    } else if (take(p, '(')) {
        jw_karray(jw, "allOf");
        write_value(jw, p);
        jw_end(jw);
    } else {
        struct str name = word(p);
        size_t type = type_index(name);
        struct buf ref;
        buf_init(&ref, 256);
        buf_printf(&ref, "#/components/schemas/%.*s", STR_ARG(name));
        if (type < TYPES)
            jw_kz(jw, "type", types[type].type);
        else
            jw_kstr(jw, "$ref", buf_view(&ref));
        buf_release(&ref);
    }
    for (unsigned i = 0; i < lists; i++)
        jw_end(jw);
    *p = end;
}

/* Only words and null: an enumeration. */
static void write_words(struct jw *jw, const char **p, bool nullable)
{
    if (nullable) {
        jw_key(jw, STR("type"));
        jw_raw(jw, STR("[\"string\",\"null\"]"));
    } else {
        jw_kz(jw, "type", "string");
    }
    jw_karray(jw, "enum");
    do {
        skip_space(p);
        if (**p == '\'') {
            jw_str(jw, quoted(p));
        } else {
            skip_atom(p);
            jw_null(jw);
        }
    } while (take(p, '|'));
    jw_end(jw);
}

/* Only types: one of them, or several. */
static void write_types(struct jw *jw, const char **p, size_t n)
{
    const char *format = NULL;
    jw_key(jw, STR("type"));
    if (n > 1)
        jw_array(jw);
    do {
        size_t type = type_index(word(p));
        jw_str(jw, str_view(types[type].type));
        format = types[type].format ? types[type].format : format;
    } while (take(p, '|'));
    if (n > 1)
        jw_end(jw);
    if (format)
        jw_kz(jw, "format", format);
}

static void write_any_of(struct jw *jw, const char **p)
{
    jw_karray(jw, "anyOf");
    do {
        jw_object(jw);
        enum kind kind = kind_at(*p);
        if (kind == KIND_OTHER)
            write_other(jw, p);
        else if (kind == KIND_WORD)
            jw_kstr(jw, "const", (skip_space(p), quoted(p)));
        else
            jw_kz(jw, "type", types[type_index(word(p))].type);
        jw_end(jw);
    } while (take(p, '|'));
    jw_end(jw);
}

/* The members of the schema of a union, and its description if there is one. */
static void write_union(struct jw *jw, const char **p)
{
    size_t n[KINDS] = {0}, all = 0;
    const char *at = *p;
    do {
        n[kind_at(at)]++;
        all++;
        skip_atom(&at);
    } while (take(&at, '|'));
    if (n[KIND_OTHER] == 0 && n[KIND_WORD] == 0)
        write_types(jw, p, all);
    else if (n[KIND_OTHER] == 0 && n[KIND_TYPE] == 0)
        write_words(jw, p, n[KIND_NULL] > 0);
    else if (all == 1)
        write_other(jw, p);
    else
        write_any_of(jw, p);
    skip_space(p);
    if (**p == '`')
        jw_kstr(jw, "description", quoted(p));
}

static void write_value(struct jw *jw, const char **p)
{
    jw_object(jw);
    write_union(jw, p);
    jw_end(jw);
}

static void write_required(struct jw *jw, const struct str *name, size_t n)
{
    if (n == 0)
        return;
    jw_karray(jw, "required");
    for (size_t i = 0; i < n; i++)
        jw_str(jw, name[i]);
    jw_end(jw);
}

/* The members of the schema of an object, whose opening brace is read. */
static void write_members(struct jw *jw, const char **p)
{
    struct str required[MEMBERS_MAX];
    size_t n = 0;
    const char *any = NULL;
    jw_kz(jw, "type", "object");
    jw_kobject(jw, "properties");
    while (!take(p, '}')) {
        struct str name = word(p);
        bool optional = take(p, '?');
        need(p, ':');
        if (str_is(name, "*")) {
            any = *p;
            skip_union(p);
        } else {
            jw_key(jw, name);
            write_value(jw, p);
            if (!optional && n == MEMBERS_MAX)
                BUG("a shape has too many members");
            if (!optional)
                required[n++] = name;
        }
        (void)take(p, ',');
    }
    jw_end(jw);
    write_required(jw, required, n);
    jw_key(jw, STR("additionalProperties"));
    if (any)
        write_value(jw, &any);
    else
        jw_bool(jw, false);
}

void shape_write(struct jw *jw, const char *shape)
{
    write_value(jw, &shape);
    skip_space(&shape);
    if (*shape)
        BUG("a shape goes on behind its end");
}
