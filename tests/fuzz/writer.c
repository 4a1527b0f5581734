/* The JSON writer: a document made by random calls is read by jansson as the one that the same calls make there. */
#include <jansson.h>
#include <math.h>

#include "entrepot/base/jw.h"
#include "fuzz/fuzz.h"

#define RATIO_MAX                                                                                                      \
    9e15 /* beyond, jansson takes a number without a point for an integer that is too large; no ratio is */

static bool start(void) { return true; }

struct twin {
    struct jw jw;
    json_t *open[JW_DEPTH + 1]; /* the containers that are open, borrowed but for the first */
    unsigned depth, items;
};

/* A value of jansson's goes where the writer's went. */
static void place(struct twin *twin, const char *key, json_t *value)
{
    json_t *in = twin->open[twin->depth];
    FUZZ_CHECK(value != NULL);
    FUZZ_CHECK((json_is_object(in) ? json_object_set_new_nocheck(in, key, value) : json_array_append_new(in, value)) ==
               0);
}

static struct str take_text(struct str *input)
{
    size_t n = fuzz_byte(input);
    n = n < input->n ? n : input->n;
    struct str text = str_span(input->p, n);
    *input = str_span(input->p + n, input->n - n);
    return text;
}

static int64_t take_number(struct str *input)
{
    uint64_t bits = 0;
    for (unsigned i = 0, n = fuzz_byte(input) % 9; i < n; i++)
        bits = bits << 8 | fuzz_byte(input);
    return (int64_t)bits;
}

/* What is not UTF-8 is replaced, so that only its being there can be compared. */
static json_t *text_of(struct str text)
{
    return str_utf8(text) ? json_stringn_nocheck(text.p, text.n) : json_string("?");
}

static void write_value(struct twin *twin, unsigned what, const char *key, struct str *input)
{
    double real;
    int64_t number;
    struct str text;
    switch (what) {
    case 0:
        text = take_text(input);
        jw_str(&twin->jw, text);
        place(twin, key, text_of(text));
        break;
    case 1:
        number = take_number(input);
        jw_i64(&twin->jw, number);
        place(twin, key, json_integer(number));
        break;
    case 2:
        jw_null(&twin->jw);
        place(twin, key, json_null());
        break;
    case 3:
        number = take_number(input);
        jw_bool(&twin->jw, number & 1);
        place(twin, key, json_boolean(number & 1));
        break;
    default:
        number = take_number(input);
        memcpy(&real, &number, sizeof real);
        real = fabs(real) < RATIO_MAX || !isfinite(real) ? real : 1;
        jw_ratio(&twin->jw, real);
        place(twin, key, isfinite(real) ? json_real(real) : json_null());
        break;
    }
}

static void step(struct twin *twin, struct str *input)
{
    unsigned what = fuzz_byte(input) % 8;
    char key[32];
    if (what == 7 && twin->depth > 0) {
        jw_end(&twin->jw);
        twin->depth--;
        return;
    }
    (void)snprintf(key, sizeof key, "\"%u\\\xC3\xA9\n", twin->items++);
    bool in_object = json_is_object(twin->open[twin->depth]);
    if (what >= 5 && twin->depth + 2 >= JW_DEPTH)
        what = 2;
    if (in_object)
        jw_key(&twin->jw, str_view(key));
    if (what < 5) {
        write_value(twin, what, key, input);
        return;
    }
    json_t *inner = what == 5 ? json_object() : json_array();
    if (what == 5)
        jw_object(&twin->jw);
    else
        jw_array(&twin->jw);
    place(twin, key, inner);
    twin->open[++twin->depth] = inner;
}

static void compare(json_t *read, json_t *made);

static void compare_real(json_t *read, double made)
{
    double got = json_number_value(read);
    FUZZ_CHECK(json_is_number(read));
    double step = fabs(made) < 9e12 ? 1e-6 : 1; /* beyond, decimals are not written */
    FUZZ_CHECK(fabs(got - made) <= 0.5000001 * step + fabs(made) * 1e-15);
}

static void compare_object(json_t *read, json_t *made)
{
    const char *key;
    json_t *value;
    FUZZ_CHECK(json_is_object(read) && json_object_size(read) == json_object_size(made));
    json_object_foreach(made, key, value) compare(json_object_get(read, key), value);
}

static void compare(json_t *read, json_t *made)
{
    FUZZ_CHECK(read != NULL);
    if (json_is_object(made)) {
        compare_object(read, made);
    } else if (json_is_array(made)) {
        FUZZ_CHECK(json_is_array(read) && json_array_size(read) == json_array_size(made));
        for (size_t i = 0; i < json_array_size(made); i++)
            compare(json_array_get(read, i), json_array_get(made, i));
    } else if (json_is_real(made)) {
        compare_real(read, json_real_value(made));
    } else if (json_is_string(made) && strcmp(json_string_value(made), "?") == 0) {
        FUZZ_CHECK(json_is_string(read));
    } else {
        FUZZ_CHECK(json_equal(read, made));
    }
}

static void one(struct str input)
{
    struct buf buf;
    struct twin twin = {.depth = 0};
    bool pretty = fuzz_byte(&input) & 1;
    buf_init(&buf, (size_t)16 << 20);
    jw_init(&twin.jw, &buf, pretty);
    jw_array(&twin.jw);
    json_t *root = twin.open[0] = json_array();
    while (input.n)
        step(&twin, &input);
    for (; twin.depth > 0; twin.depth--)
        jw_end(&twin.jw);
    jw_end(&twin.jw);
    jw_finish(&twin.jw);
    json_error_t error;
    json_t *read = json_loadb(buf.p, buf.n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    if (!read)
        fprintf(stderr, "%s at %d: %.*s\n", error.text, error.position, STR_ARG(buf_view(&buf)));
    compare(read, root);
    json_decref(read);
    json_decref(root);
    buf_release(&buf);
}

const struct fuzz_target fuzz_writer = {"writer", start, one, NULL};
