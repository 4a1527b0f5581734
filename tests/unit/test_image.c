/* Cube files whose checksums are right and whose contents are not: somebody made them so, or an importer of ours is wrong. Each rule of the
 * format (cube/file/format.h, image.h) is broken once, alone; the message names the section and says what is wrong with it. */
#include "world.h"

#include <sys/mman.h>
#include <xxhash.h>

#include "cube/file/image.h"
#include "entrepot/cube/known.h"

/* ---- a file, taken apart and put together again ---- */

#define SECTIONS 14
enum {
    ROWS_18,
    RUNS_18,
    INDEX_18,
    ROWS_19,
    RUNS_19,
    INDEX_19,
    LEAVES_18,
    LEAVES_19,
    SERIES,
    RESTS,
    RETURNS,
    DATASET,
    MEMBERS,
    PRODUCTS
};

struct forgery {
    struct file_header header;
    struct section {
        uint32_t kind, period;
        char *bytes;
        size_t n;
    } section[SECTIONS];
    size_t filling;  /* zero bytes that do not belong between the last section and the contents */
    struct buf file; /* put together */
};

static struct forgery forgery;

static const struct world_row rows[] = {
    {"IND", "CHN", FLOW_EXPORTS, "2018", "260111", 200, 7, OBS_FINAL},
    {"IND", "CHN", FLOW_IMPORTS, "2018", "850760", 3, 0, OBS_FINAL},
    {"IND", "USA", FLOW_EXPORTS, "2019", "854140", 70000, QUANTITY_UNKNOWN, OBS_FINAL},
    {"IND", "CHN", FLOW_IMPORTS, "2019", "850760", 5, 255, OBS_ROUNDED},
};

/* The bytes of a section, `n` of them: copied, filled up with zeros, the rest cut. */
static void resize(size_t section, size_t n)
{
    struct section *s = &forgery.section[section];
    char *bytes = calloc(1, n + 1);
    assert_non_null(bytes);
    if (s->n)
        memcpy(bytes, s->bytes, n < s->n ? n : s->n);
    free(s->bytes);
    s->bytes = bytes;
    s->n = n;
}

static void set_text(size_t section, const char *text)
{
    resize(section, strlen(text));
    memcpy(forgery.section[section].bytes, text, strlen(text));
}

static void take_apart(void)
{
    struct observation o[COUNT(rows)];
    struct dataset d = world_reported("small", PARTNERS_ALL);
    for (size_t i = 0; i < COUNT(rows); i++)
        o[i] = world_observation(&rows[i]);
    struct str whole = world_bytes(&d, o, COUNT(rows));
    forgery = (struct forgery){.filling = 0};
    buf_init(&forgery.file, (size_t)1 << 24);
    memcpy(&forgery.header, whole.p, sizeof forgery.header);
    assert_int_equal(forgery.header.contents_count, SECTIONS);
    for (size_t i = 0; i < SECTIONS; i++) {
        struct file_section from;
        memcpy(&from, whole.p + forgery.header.contents_offset + i * sizeof from, sizeof from);
        struct section *s = &forgery.section[i];
        *s = (struct section){
            .kind = from.kind, .period = from.period, .n = from.bytes, .bytes = calloc(1, from.bytes + 1)};
        assert_non_null(s->bytes);
        memcpy(s->bytes, whole.p + from.offset, from.bytes);
    }
    free((void *)(uintptr_t)whole.p);
}

static void forget(void)
{
    for (size_t i = 0; i < SECTIONS; i++)
        free(forgery.section[i].bytes);
    buf_release(&forgery.file);
}

static void fill_up(struct buf *file, size_t n)
{
    while (n--)
        buf_byte(file, '\0');
}

static struct file_header *header(void) { return (struct file_header *)(void *)forgery.file.p; }

static struct file_section *contents(void)
{
    return (struct file_section *)(void *)(forgery.file.p + forgery.header.contents_offset);
}

/* Makes the checksums of header and contents right. */
static void seal(void)
{
    struct file_header *h = header();
    h->contents_hash = XXH3_64bits(contents(), forgery.file.n - forgery.header.contents_offset);
    h->header_hash = XXH3_64bits(h, offsetof(struct file_header, header_hash));
}

static void put_together(void)
{
    struct file_section section[SECTIONS];
    struct buf *file = &forgery.file;
    fill_up(file, sizeof forgery.header);
    for (size_t i = 0; i < SECTIONS; i++) {
        const struct section *s = &forgery.section[i];
        section[i] = (struct file_section){.kind = s->kind,
                                           .period = s->period,
                                           .offset = file->n,
                                           .bytes = s->n,
                                           .hash = XXH3_64bits(s->bytes, s->n)};
        buf_add(file, str_span(s->bytes, s->n));
        fill_up(file, (FILE_ALIGN - s->n % FILE_ALIGN) % FILE_ALIGN);
    }
    fill_up(file, forgery.filling);
    forgery.header.contents_offset = file->n;
    buf_add(file, str_span((const char *)section, sizeof section));
    assert_false(file->failed);
    forgery.header.file_bytes = file->n;
    memcpy(file->p, &forgery.header, sizeof forgery.header);
    seal();
}

static enum status open_it(bool whole)
{
    struct image image;
    enum status status = image_open("forged.cube", forgery.file.p, forgery.file.n, whole, &image, &world.problem);
    if (status == ST_OK)
        image_release(&image);
    return status;
}

/* `change` before the file is put together, `after` on its bytes; both may be NULL. */
struct rule {
    const char *place, *what; /* of the message */
    void (*change)(void), (*after)(void);
    bool whole_only; /* of a large, mapped file it is checked when a run is read */
};

static void expect_refusal(const struct rule *rule)
{
    take_apart();
    if (rule->change)
        rule->change();
    put_together();
    if (rule->after)
        rule->after();
    enum status whole = open_it(true);
    bool told = strstr(world.problem.place, rule->place) && strstr(world.problem.detail, rule->what);
    enum status mapped = open_it(false);
    forget();
    if (whole != ST_CORRUPT || !told)
        fail_msg("not \"%s: %s\" but %d, \"%s: %s\"", rule->place, rule->what, whole, world.problem.place,
                 world.problem.detail);
    if (mapped != (rule->whole_only ? ST_OK : ST_CORRUPT))
        fail_msg("\"%s: %s\": %d where it is mapped", rule->place, rule->what, mapped);
}

#define expect_refusals(rules)                                                                                         \
    for (size_t i_ = 0; i_ < COUNT(rules); i_++)                                                                       \
    expect_refusal(&(rules)[i_])

static void what_is_put_together_again_opens(void **state)
{
    (void)state;
    take_apart();
    put_together();
    assert_int_equal(open_it(true), ST_OK);
    assert_int_equal(open_it(false), ST_OK);
    forget();
}

/* ---- header ---- */

static void seal_header(void)
{
    header()->header_hash = XXH3_64bits(header(), offsetof(struct file_header, header_hash));
}

static void too_short(void) { forgery.file.n = sizeof(struct file_header) - 1; }
static void no_magic(void) { header()->magic[7]++; }
static void new_version(void) { header()->version++; }
static void old_version(void) { header()->version--; }
static void other_order(void) { header()->endian = 0x04030201U; }
static void wrong_header_hash(void) { header()->observations++; }
static void wrong_contents_hash(void) { contents()[0].hash++; }
static void other_length(void)
{
    header()->file_bytes++;
    seal_header();
}
static void uneven_contents(void)
{
    header()->contents_offset++;
    seal_header();
}
static void contents_behind_the_end(void)
{
    header()->contents_offset = forgery.file.n + FILE_ALIGN;
    seal_header();
}
static void contents_of_other_length(void)
{
    header()->contents_count += 4;
    seal_header();
}
static void contents_without_end(void)
{
    header()->contents_count = UINT64_MAX / 8;
    seal_header();
}
/* The last sections alone: their table fits the file, but is none. */
static void keep_sections(uint64_t n)
{
    header()->contents_offset += (SECTIONS - n) * sizeof(struct file_section);
    header()->contents_count = n;
    seal_header();
}
static void too_few_sections(void) { keep_sections(3); }
static void part_of_a_period(void) { keep_sections(9); }

static void a_header_that_lies_is_refused(void **state)
{
    (void)state;
    static const struct rule rules[] = {
        {"forged.cube: header", "shorter than a cube file's header", NULL, too_short, false},
        {"forged.cube: header", "not a cube file", NULL, no_magic, false},
        {"forged.cube: header", "does not read", NULL, new_version, false},
        {"forged.cube: header", "of an older version", NULL, old_version, false},
        {"forged.cube: header", "does not read", NULL, other_order, false},
        {"forged.cube: header", "the header's checksum", NULL, wrong_header_hash, false},
        {"forged.cube: header", "were written", NULL, other_length, false},
        {"forged.cube: header", "does not fit the file", NULL, uneven_contents, false},
        {"forged.cube: header", "does not fit the file", NULL, contents_behind_the_end, false},
        {"forged.cube: header", "does not fit the file", NULL, contents_of_other_length, false},
        {"forged.cube: header", "does not fit the file", NULL, contents_without_end, false},
        {"forged.cube: header", "does not fit the file", NULL, too_few_sections, false},
        {"forged.cube: header", "does not fit the file", NULL, part_of_a_period, false},
        {"forged.cube: header", "checksum of the table of contents", NULL, wrong_contents_hash, false},
    };
    expect_refusals(rules);
}

/* ---- contents ---- */

static void unknown_kind(void) { forgery.section[LEAVES_18].kind = 99; }
static void kind_of_another(void) { forgery.section[RUNS_18].kind = SECTION_INDEX; }
static void rows_of_no_period(void) { forgery.section[ROWS_18].period = 0; }
static void dictionary_of_a_period(void) { forgery.section[MEMBERS].period = forgery.section[ROWS_18].period; }
static void elsewhere(void)
{
    contents()[INDEX_19].offset += FILE_ALIGN;
    seal();
}
static void too_long(void)
{
    contents()[SERIES].bytes = forgery.file.n;
    seal();
}
static void something_behind(void) { forgery.filling = FILE_ALIGN; }
static void wrong_rows_hash(void)
{
    contents()[ROWS_19].hash++;
    seal();
}
static void wrong_members_hash(void)
{
    contents()[MEMBERS].hash++;
    seal();
}

static void contents_that_lie_are_refused(void **state)
{
    (void)state;
    static const struct rule rules[] = {
        {"section ? of 2018", "does not belong here", unknown_kind, NULL, false},
        {"section INDEX of 2018", "does not belong here", kind_of_another, NULL, false},
        {"section ROWS", "does not belong here", rows_of_no_period, NULL, false},
        {"section MEMBERS of 2018", "does not belong here", dictionary_of_a_period, NULL, false},
        {"section INDEX of 2019", "does not fit the file", NULL, elsewhere, false},
        {"section SERIES", "does not fit the file", NULL, too_long, false},
        {"header", "do not reach to the table of contents", something_behind, NULL, false},
        {"section ROWS of 2019", "the checksum is wrong", NULL, wrong_rows_hash, true},
        {"section MEMBERS", "the checksum is wrong", NULL, wrong_members_hash, false},
    };
    expect_refusals(rules);
}

/* ---- dictionaries ---- */

static void no_members(void) { set_text(MEMBERS, ""); }
static void members_without_end(void) { set_text(MEMBERS, "CHN\nIND"); }
static void members_of_no_text(void) { set_text(MEMBERS, "CHN\nIN\xFF\n"); }
static void a_member_without_code(void) { set_text(MEMBERS, "CHN\n\nIND\n"); }
static void a_mark_without_code(void) { set_text(MEMBERS, "CHN\n-\nIND\n"); }
static void the_same_member_twice(void) { set_text(MEMBERS, "CHN\n-CHN\n"); }
static void products_in_no_order(void) { set_text(PRODUCTS, "850760\n260111\n"); }
static void a_product_with_a_mark(void) { set_text(PRODUCTS, "260111\n-850760\n"); }

/* As many lines as a dictionary must not have. */
static void fill_dictionary(size_t section, unsigned lines)
{
    struct buf text;
    buf_init(&text, (size_t)1 << 20);
    for (unsigned i = 0; i < lines; i++)
        buf_printf(&text, "%05u\n", i);
    buf_byte(&text, '\0');
    assert_false(text.failed);
    set_text(section, text.p);
    buf_release(&text);
}
static void too_many_members(void) { fill_dictionary(MEMBERS, FILE_MEMBERS_MAX + 1); }
static void too_many_products(void) { fill_dictionary(PRODUCTS, FILE_PRODUCTS_MAX + 1); }

static void dictionaries_are_in_order(void **state)
{
    (void)state;
    static const struct rule rules[] = {
        {"section MEMBERS", "empty or is no text", no_members, NULL, false},
        {"section MEMBERS", "empty or is no text", members_without_end, NULL, false},
        {"section MEMBERS", "empty or is no text", members_of_no_text, NULL, false},
        {"section MEMBERS", "not in order", a_member_without_code, NULL, false},
        {"section MEMBERS", "not in order", a_mark_without_code, NULL, false},
        {"section MEMBERS", "not in order", the_same_member_twice, NULL, false},
        {"section PRODUCTS", "not in order", products_in_no_order, NULL, false},
        {"section PRODUCTS", "not in order", a_product_with_a_mark, NULL, false},
        {"section MEMBERS", "too long", too_many_members, NULL, false},
        {"section PRODUCTS", "too long", too_many_products, NULL, false},
    };
    expect_refusals(rules);
}

/* ---- periods ---- */

static void the_second_period(uint32_t period)
{
    static const size_t of_2019[] = {ROWS_19, RUNS_19, INDEX_19, LEAVES_19};
    for (size_t i = 0; i < COUNT(of_2019); i++)
        forgery.section[of_2019[i]].period = period;
}
static void another_period(size_t section) { forgery.section[section].period = world_period("2017"); }
static void runs_of_another(void) { another_period(RUNS_18); }
static void index_of_another(void) { another_period(INDEX_18); }
static void leaves_of_another(void) { another_period(LEAVES_18); }
static void the_same_year_twice(void) { the_second_period(world_period("2018")); }
static void part_of_a_run(void) { resize(RUNS_18, forgery.section[RUNS_18].n - 1); }
static void no_run(void) { resize(RUNS_18, 0); }
static void index_too_short(void) { resize(INDEX_18, forgery.section[INDEX_18].n - 2); }
static void part_of_a_leaf(void) { resize(LEAVES_18, forgery.section[LEAVES_18].n - 1); }
static void no_leaf(void) { resize(LEAVES_18, 0); }
static void more_leaves_than_products(void) { resize(LEAVES_18, 4 * sizeof(uint16_t)); }

static uint16_t *leaves_of(size_t section) { return (uint16_t *)(void *)forgery.section[section].bytes; }
static void a_leaf_that_is_no_product(void) { leaves_of(LEAVES_18)[1] = 3; }
static void leaves_in_no_order(void) { leaves_of(LEAVES_19)[1] = leaves_of(LEAVES_19)[0]; }

static void sections_of_a_period_fit_each_other(void **state)
{
    (void)state;
    static const struct rule rules[] = {
        {"section ROWS of 2018", "the periods are not in order", runs_of_another, NULL, false},
        {"section ROWS of 2018", "the periods are not in order", index_of_another, NULL, false},
        {"section ROWS of 2018", "the periods are not in order", leaves_of_another, NULL, false},
        {"section ROWS of 2018", "the periods are not in order", the_same_year_twice, NULL, false},
        {"section RUNS of 2018", "do not fit each other", part_of_a_run, NULL, false},
        {"section RUNS of 2018", "do not fit each other", no_run, NULL, false},
        {"section RUNS of 2018", "do not fit each other", index_too_short, NULL, false},
        {"section RUNS of 2018", "do not fit each other", part_of_a_leaf, NULL, false},
        {"section RUNS of 2018", "do not fit each other", no_leaf, NULL, false},
        {"section RUNS of 2018", "do not fit each other", more_leaves_than_products, NULL, false},
        {"section LEAVES of 2018", "the products are not in order", a_leaf_that_is_no_product, NULL, false},
        {"section LEAVES of 2019", "the products are not in order", leaves_in_no_order, NULL, false},
    };
    expect_refusals(rules);
}

static struct file_run *runs(void) { return (struct file_run *)(void *)forgery.section[RUNS_18].bytes; }
static void runs_in_no_order(void) { runs()[1].key = runs()[0].key; }
static void a_reporter_that_is_none(void)
{
    runs()[forgery.section[RUNS_18].n / sizeof(struct file_run) - 1].key |= 0xFFFEU << 16;
}
static void a_partner_that_is_none(void) { runs()[0].key |= 0x7FFFU; }
static void another_partner_in_the_index(void)
{
    forgery.section[INDEX_18].bytes[forgery.section[INDEX_18].n - 1] ^= 1;
}
static void a_run_elsewhere(void) { runs()[1].offset++; }
static void a_run_without_rows(void) { runs()[0].count = 0; }
static void rows_of_no_run(void) { resize(ROWS_18, forgery.section[ROWS_18].n + 1); }

static void runs_are_in_order_and_cover_their_rows(void **state)
{
    (void)state;
    static const struct rule rules[] = {
        {"section RUNS of 2018", "the runs are not in order", runs_in_no_order, NULL, true},
        {"section RUNS of 2018", "the runs are not in order", a_reporter_that_is_none, NULL, true},
        {"section RUNS of 2018", "the runs are not in order", a_partner_that_is_none, NULL, true},
        {"section RUNS of 2018", "the runs are not in order", another_partner_in_the_index, NULL, true},
        {"section RUNS of 2018", "a run does not fit its rows", a_run_elsewhere, NULL, true},
        {"section RUNS of 2018", "a run does not fit its rows", a_run_without_rows, NULL, true},
        {"section RUNS of 2018", "the runs do not cover the rows", rows_of_no_run, NULL, true},
    };
    expect_refusals(rules);
}

static struct file_series *series(void) { return (struct file_series *)(void *)forgery.section[SERIES].bytes; }
static void no_series(void) { resize(SERIES, sizeof(struct file_series) - 1); }
static void too_many_pairs(void) { series()->n_pairs = UINT32_MAX; }
static void too_many_totals(void) { series()->n_totals = (uint64_t)UINT32_MAX + 1; }
static void a_total_more(void) { series()->n_totals++; }

static void series_fit_their_own_figures(void **state)
{
    (void)state;
    static const struct rule rules[] = {
        {"section SERIES", "does not fit its own figures", no_series, NULL, false},
        {"section SERIES", "does not fit its own figures", too_many_pairs, NULL, false},
        {"section SERIES", "does not fit its own figures", too_many_totals, NULL, false},
        {"section SERIES", "does not fit its own figures", a_total_more, NULL, false},
    };
    expect_refusals(rules);
}

/* ---- finding runs ---- */

static void a_member_beyond_the_last_has_no_runs(void **state)
{
    (void)state;
    struct image image;
    const struct file_total *total;
    uint32_t first = 0, partner;
    take_apart();
    put_together();
    assert_int_equal(image_open("sound.cube", forgery.file.p, forgery.file.n, true, &image, &world.problem), ST_OK);
    const struct image_segment *segment = &image.segment[0];
    uint32_t all = (uint32_t)image.n_members, reporter = RUN_REPORTER(segment->run[0].key);
    unsigned flow = RUN_FLOW(segment->run[0].key);
    partner = RUN_PARTNER(segment->run[0].key);
    assert_true(segment_row(&image, segment, reporter, flow, &first) > 0);
    assert_true(segment_column(&image, segment, partner, flow, &first) > 0);
    assert_ptr_equal(segment_pair(&image, segment, reporter, flow, partner), &segment->run[0]);
    assert_true(image_pair_series(&image, reporter, flow, partner, &total) > 0);
    assert_int_equal(segment_row(&image, segment, all + 1, flow, &first), 0);
    assert_int_equal(segment_column(&image, segment, all + 1, flow, &first), 0);
    assert_null(segment_pair(&image, segment, all + 1, flow, partner));
    assert_null(segment_pair(&image, segment, reporter, flow, all + 1));
    assert_int_equal(image_pair_series(&image, all + 1, flow, partner, &total), 0);
    assert_int_equal(image_pair_series(&image, reporter, flow, all + 1, &total), 0);
    image_release(&image);
    forget();
}

/* ---- what the tables must know ---- */

/* Puts `to` in the place of the line `from`, which is as long. */
static void rename_line(size_t section, const char *from, const char *to)
{
    char line[16];
    assert_int_equal(strlen(from), strlen(to));
    (void)snprintf(line, sizeof line, "\n%s\n", from);
    char *at = strstr(forgery.section[section].bytes, line);
    assert_non_null(at);
    memcpy(at + 1, to, strlen(to));
}

static void an_unknown_country(void) { rename_line(MEMBERS, "IND", "INA"); }
static void a_country_that_has_left(void) { rename_line(MEMBERS, "-AFG", "-AFF"); }
static void a_country_spelt_otherwise(void) { rename_line(MEMBERS, "-ZWE", "-Zwe"); }
static void no_product(void) { rename_line(PRODUCTS, "850760", "85076X"); }
static void a_product_of_another_level(void) { rename_line(PRODUCTS, "850760", "85\n854"); }
static void no_dataset(void) { set_text(DATASET, "[]"); }
static void a_month(void) { the_second_period(world_period("2019-04")); }
static void a_year_that_is_not_known(void) { the_second_period(period_make(PERIOD_YEAR, PERIOD_YEAR_MAX + 1)); }
static void a_year_of_five_digits(void) { the_second_period(period_make(PERIOD_YEAR, 12019)); }

static void expect_opening(void (*change)(void), enum status wanted, const char *detail)
{
    struct cube *cube = NULL;
    take_apart();
    change();
    put_together();
    size_t n = forgery.file.n;
    char *bytes = buf_take(&forgery.file);
    enum status status =
        cube_open_take("forged.cube", bytes, n, world.countries, world.products, &cube, &world.problem);
    forget();
    cube_close(cube);
    if (status != wanted || (status != ST_OK && !strstr(world.problem.detail, detail)))
        fail_msg("not %d, \"%s\" but %d, \"%s\"", wanted, detail, status, world.problem.detail);
}

static void what_a_file_names_is_known(void **state)
{
    (void)state;
    expect_opening(a_country_that_has_left, ST_OK, ""); /* nothing is told of it */
    expect_opening(a_country_spelt_otherwise, ST_OK, "");
    expect_opening(an_unknown_country, ST_INVALID, "member \"INA\" is not in the table of countries");
    expect_opening(no_product, ST_INVALID, "product \"85076X\" is not of level hs6");
    expect_opening(a_product_of_another_level, ST_INVALID, "product \"85\" is not of level hs6");
    expect_opening(no_dataset, ST_INVALID, "a manifest is a JSON object");
    expect_opening(a_month, ST_CORRUPT, "a period is not of frequency A");
    expect_opening(a_year_that_is_not_known, ST_CORRUPT, "a period is not of frequency A");
    expect_opening(a_year_of_five_digits, ST_CORRUPT, "a period is not of frequency A");
}

/* ---- a file of more than 250 GB, of which a few pages are there ---- */

/* Moves the sections in the contents to where they stand if the first period has `n_runs` runs. Returns the header of that file. */
static struct file_header stretch(uint64_t n_runs, struct file_section *section)
{
    struct file_header h = forgery.header;
    uint64_t end = sizeof h;
    section[RUNS_18].bytes = n_runs * sizeof(struct file_run);
    section[INDEX_18].bytes = index_bytes(1, n_runs);
    section[SERIES].bytes = series_bytes(1, 0, 0);
    for (size_t i = 0; i < SECTIONS; i++) {
        section[i].offset = end;
        end = (end + section[i].bytes + FILE_ALIGN - 1) / FILE_ALIGN * FILE_ALIGN;
    }
    h.contents_offset = end;
    h.file_bytes = end + SECTIONS * sizeof *section;
    h.contents_hash = XXH3_64bits(section, SECTIONS * sizeof *section);
    h.header_hash = XXH3_64bits(&h, offsetof(struct file_header, header_hash));
    return h;
}

/* ---- rests and returns ---- */

static struct file_returns *returns_head(void) { return (struct file_returns *)(void *)forgery.section[RETURNS].bytes; }
static struct file_return *returns(void) { return (struct file_return *)(void *)(returns_head() + 1); }
static struct file_rests *rests_head(void) { return (struct file_rests *)(void *)forgery.section[RESTS].bytes; }

static void put_rests(uint32_t first, uint32_t second, uint32_t node)
{
    const struct file_rest rest[2] = {{.value_usd = 1, .key = first, .node = node},
                                      {.value_usd = 1, .key = second, .node = node}};
    resize(RESTS, sizeof(struct file_rests) + sizeof rest + sizeof node);
    *rests_head() = (struct file_rests){2, 1};
    memcpy(rests_head() + 1, rest, sizeof rest);
    memcpy((char *)(rests_head() + 1) + sizeof rest, &node, sizeof node);
}
static void rests_in_order(void) { put_rests(1, 2, NODE(LEVEL_HS2, 85)); }
static void rests_in_no_order(void) { put_rests(2, 1, NODE(LEVEL_HS2, 85)); }
static void rests_of_nobody(void) { put_rests(1, RUN_KEY(30000, 0, 0), NODE(LEVEL_HS2, 85)); }
static void rests_of_leaves(void) { put_rests(1, 2, NODE(LEVEL_HS8, 85)); }
static void more_rests_than_there_are(void) { rests_head()->n_rests++; }
static void no_rests_at_all(void) { resize(RESTS, 8); }
static void more_returns_than_there_are(void) { returns_head()->n_returns++; }
static void no_returns_at_all(void) { resize(RETURNS, 8); }
static void a_unit_of_nothing(void) { returns_head()->unit_usd = 0; }
static void a_return_twice(void) { returns()[1] = returns()[0]; }
static void a_return_of_no_period(void) { returns()[0].segment = 99; }
static void a_level_there_is_none(void) { returns()[0].level = 100; }
static void a_rule_there_is_none(void) { returns()[0].rule = CUBE_RULES; }
static void exceptions_there_are_none(void) { returns()[0].n_exceptions = 1; }

static void rests_and_returns_are_in_order(void **state)
{
    (void)state;
    static const struct rule rules[] = {
        {"section RESTS", "rests are not in order", rests_in_no_order, NULL, true},
        {"section RESTS", "rests are not in order", rests_of_nobody, NULL, true},
        {"section RESTS", "rests are not in order", rests_of_leaves, NULL, false},
        {"section RESTS", "does not fit its own figures", more_rests_than_there_are, NULL, false},
        {"section RESTS", "does not fit its own figures", no_rests_at_all, NULL, false},
        {"section RETURNS", "does not fit its own figures", more_returns_than_there_are, NULL, false},
        {"section RETURNS", "does not fit its own figures", no_returns_at_all, NULL, false},
        {"section RETURNS", "does not fit its own figures", a_unit_of_nothing, NULL, false},
        {"section RETURNS", "returns are not in order", a_return_twice, NULL, false},
        {"section RETURNS", "returns are not in order", a_return_of_no_period, NULL, false},
        {"section RETURNS", "returns are not in order", a_level_there_is_none, NULL, false},
        {"section RETURNS", "returns are not in order", a_rule_there_is_none, NULL, false},
        {"section RETURNS", "returns are not in order", exceptions_there_are_none, NULL, false},
    };
    expect_refusals(rules);
    take_apart();
    rests_in_order();
    put_together();
    assert_int_equal(open_it(true), ST_OK);
    forget();
}

/* More runs than 32 bits count. Only a mapped file can be so long, so nothing of RUNS or INDEX is looked at. */
static void more_runs_than_can_be_numbered_are_refused(void **state)
{
    (void)state;
    take_apart();
    set_text(MEMBERS, "IND\n");
    put_together();
    struct file_section *section = contents();
    struct file_header h = stretch((uint64_t)UINT32_MAX + 1, section);
    char *file = mmap(NULL, h.file_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (file == MAP_FAILED) {
        forget();
        skip();
    }
    memcpy(file, &h, sizeof h);
    for (size_t i = RETURNS; i < SECTIONS; i++)
        memcpy(file + section[i].offset, forgery.section[i].bytes, section[i].bytes);
    memcpy(file + h.contents_offset, section, SECTIONS * sizeof *section);
    struct image opened;
    enum status status = image_open("long.cube", file, h.file_bytes, false, &opened, &world.problem);
    (void)munmap(file, h.file_bytes);
    forget();
    assert_int_equal(status, ST_CORRUPT);
    assert_non_null(strstr(world.problem.place, "section RUNS of 2018"));
    assert_non_null(strstr(world.problem.detail, "do not fit each other"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_together_again_opens),
        cmocka_unit_test(a_header_that_lies_is_refused),
        cmocka_unit_test(contents_that_lie_are_refused),
        cmocka_unit_test(dictionaries_are_in_order),
        cmocka_unit_test(sections_of_a_period_fit_each_other),
        cmocka_unit_test(runs_are_in_order_and_cover_their_rows),
        cmocka_unit_test(series_fit_their_own_figures),
        cmocka_unit_test(a_member_beyond_the_last_has_no_runs),
        cmocka_unit_test(what_a_file_names_is_known),
        cmocka_unit_test(rests_and_returns_are_in_order),
        cmocka_unit_test(more_runs_than_can_be_numbered_are_refused),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
