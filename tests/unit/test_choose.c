#include "world.h"

#include "entrepot/cube/catalogue.h"

static struct catalogue *catalogue;

/* The catalogue takes the tables; the cubes borrow them. */
static int begin(void **state)
{
    if (world_setup(state) != 0)
        return -1;
    catalogue = catalogue_new(world.countries, world.products, world.sectors);
    return catalogue ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    catalogue_free(catalogue);
    arena_release(&world.arena);
    return 0;
}

static void add(struct cube *cube) { assert_int_equal(catalogue_add(catalogue, cube, "test", &world.problem), ST_OK); }

static struct world_row imports(const char *period, const char *product)
{
    return (struct world_row){"IND", "CHN", FLOW_IMPORTS, period, product, 10, 0, 0};
}

/* India's imports from China in six digits, one product, for the years given. */
static void add_years(const char *id, enum partners partners, enum coverage coverage, unsigned from, unsigned to)
{
    static char text[64][8];
    struct world_row rows[64];
    struct dataset d = world_reported(id, partners);
    size_t n = 0;
    d.coverage = coverage;
    for (unsigned y = from; y <= to; y++, n++) {
        (void)snprintf(text[n], sizeof text[n], "%u", y % 10000);
        rows[n] = imports(text[n], "854140");
    }
    add(world_cube(&d, rows, n));
}

static void add_months(const char *id, const char *from, unsigned count)
{
    static char text[64][PERIOD_TEXT];
    struct world_row rows[64];
    struct dataset d = world_reported(id, PARTNERS_ALL);
    d.frequency = PERIOD_MONTH;
    for (unsigned i = 0; i < count; i++) {
        (void)period_print(world_period(from) + i, text[i]);
        rows[i] = imports(text[i], "854140");
    }
    add(world_cube(&d, rows, count));
}

static struct want pair(const char *periods)
{
    struct want want = {.reporter = world_id("IND"), .partner = world_id("CHN"), .level = LEVEL_TOTAL};
    struct str bad;
    const char *why;
    if (periods)
        assert_true(period_set_read(str_view(periods), &want.period, &bad, &why));
    return want;
}

static struct offer *offers(const struct want *want, size_t *n)
{
    struct offer *out;
    assert_int_equal(catalogue_offers(catalogue, want, &world.arena, &out, n), ST_OK);
    return out;
}

/* `ids` in the order of the offers, with a comma behind each: "a,b,". */
static void expect_offers(const struct want *want, const char *ids)
{
    char text[128] = "";
    size_t n, at = 0;
    const struct offer *offer = offers(want, &n);
    for (size_t i = 0; i < n; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%.*s,", STR_ARG(cube_dataset(offer[i].cube)->id));
    assert_string_equal(text, ids);
}

static void expect_periods(const struct offer *offer, const char *first, size_t n)
{
    assert_int_equal(offer->n_periods, n);
    assert_int_equal(offer->period[0], world_period(first));
}

static void whole_goes_before_part(void **state)
{
    (void)state;
    add_years("short", PARTNERS_ALL, COVERAGE_FULL, 2018, 2019);
    add_years("long", PARTNERS_ALL, COVERAGE_FULL, 2015, 2019);
    add_years("old", PARTNERS_ALL, COVERAGE_FULL, 2000, 2001);
    struct want want = pair("2016..2019");
    size_t n;
    expect_offers(&want, "long,short,");
    struct offer *offer = offers(&want, &n);
    assert_true(offer[0].whole);
    assert_int_equal(offer[0].n_missing, 0);
    expect_periods(&offer[0], "2016", 4);
    assert_false(offer[1].whole);
    assert_int_equal(offer[1].n_missing, 2);
    expect_periods(&offer[1], "2018", 2);
}

static void equals_stand_in_the_order_of_the_configuration(void **state)
{
    (void)state;
    add_years("first", PARTNERS_ALL, COVERAGE_FULL, 2018, 2019);
    add_years("part", PARTNERS_ALL, COVERAGE_FULL, 2019, 2019);
    add_years("second", PARTNERS_ALL, COVERAGE_FULL, 2010, 2019);
    add_years("other-part", PARTNERS_ALL, COVERAGE_FULL, 2018, 2018);
    struct want want = pair("2018,2019");
    expect_offers(&want, "first,second,part,other-part,");
    want.dataset = STR("second");
    expect_offers(&want, "second,");
    want.dataset = STR("nobody");
    expect_offers(&want, "");
}

static void nobody_holds_another_pair_or_time(void **state)
{
    (void)state;
    add_years("only", PARTNERS_LISTED, COVERAGE_FULL, 2018, 2019);
    struct want want = pair("1990");
    expect_offers(&want, "");
    want = pair("2019");
    want.partner = world_id("USA");
    expect_offers(&want, "");
    want.partner = ANY_MEMBER;
    expect_offers(&want, "only,");
    want.reporter = world_id("CHN");
    expect_offers(&want, ""); /* reported: the mirror is another dataset's business */
}

static void rankings_need_every_partner(void **state)
{
    (void)state;
    add_years("listed", PARTNERS_LISTED, COVERAGE_FULL, 2019, 2019);
    add_years("closed", PARTNERS_CLOSED, COVERAGE_FULL, 2019, 2019);
    add_years("all", PARTNERS_ALL, COVERAGE_FULL, 2019, 2019);
    struct want want = pair("2019");
    expect_offers(&want, "listed,closed,all,");
    want.partner = ANY_MEMBER;
    want.all_partners = true;
    expect_offers(&want, "closed,all,");
}

/* Any of several is a part, all of them are whole. */
static void several_are_held_in_part_or_whole(void **state)
{
    (void)state;
    static const struct world_row few[] = {{"IND", "CHN", FLOW_IMPORTS, "2019", "854140", 10, 0, 0}};
    static const struct world_row many[] = {{"IND", "CHN", FLOW_IMPORTS, "2019", "854140", 10, 0, 0},
                                            {"IND", "USA", FLOW_EXPORTS, "2019", "854140", 10, 0, 0},
                                            {"DEU", "USA", FLOW_IMPORTS, "2019", "854140", 10, 0, 0}};
    struct dataset d = world_reported("few", PARTNERS_LISTED);
    add(world_cube(&d, few, COUNT(few)));
    d = world_reported("many", PARTNERS_LISTED);
    add(world_cube(&d, many, COUNT(many)));
    const uint32_t partners[] = {world_id("USA"), world_id("CHN")}, reporters[] = {world_id("DEU"), world_id("IND")},
                   strangers[] = {world_id("FRA"), world_id("BRA")};
    struct want want = pair("2019");
    size_t n;
    want.partners = (struct cube_set){partners, 2};
    expect_offers(&want, "many,few,");
    assert_true(offers(&want, &n)[0].whole && !offers(&want, &n)[1].whole);
    want.reporters = (struct cube_set){reporters, 2};
    expect_offers(&want, "many,few,");
    want.flows = 1U << FLOW_EXPORTS;
    expect_offers(&want, "many,"); /* few has imports only */
    want.flows = 0;
    want.reporters = (struct cube_set){strangers, 2};
    expect_offers(&want, "");
    want.reporters = (struct cube_set){NULL, 0};
    want.partners = (struct cube_set){strangers, 2};
    expect_offers(&want, "");
}

/* Where partners are added up, a list of some needs the world's row; where they are broken down, it is a part. */
static void a_list_of_partners_is_no_sum(void **state)
{
    (void)state;
    static const struct world_row row[] = {{"IND", "CHN", FLOW_IMPORTS, "2019", "854140", 10, 0, 0},
                                           {"IND", "WLD", FLOW_IMPORTS, "2018", "854140", 10, 0, 0}};
    struct dataset d = world_reported("listed", PARTNERS_LISTED);
    add(world_cube(&d, row, COUNT(row)));
    add_years("all", PARTNERS_ALL, COVERAGE_FULL, 2018, 2019);
    struct want want = pair("2019");
    size_t n;
    want.partner = ANY_MEMBER;
    expect_offers(&want, "listed,all,");
    want.partner_need = PARTNERS_SUMMED;
    expect_offers(&want, "all,");
    want.partner_need = PARTNERS_EACH;
    expect_offers(&want, "all,listed,");
    assert_false(offers(&want, &n)[1].whole);
    want = pair("2018");
    want.partner = ANY_MEMBER;
    want.partner_need = PARTNERS_SUMMED;
    expect_offers(&want, "listed,all,");
}

static void chosen_products_make_no_total(void **state)
{
    (void)state;
    struct str product[] = {STR("854140"), STR("85"), STR("01")};
    add_years("chosen", PARTNERS_ALL, COVERAGE_SELECTED, 2019, 2019);
    struct want want = pair("2019");
    size_t n;
    expect_offers(&want, "");
    want.level = LEVEL_HS6; /* a table of what is there is a part */
    expect_offers(&want, "chosen,");
    assert_false(offers(&want, &n)->whole);
    want.level = LEVEL_TOTAL;
    want.product = product;
    want.n_products = 1; /* a leaf is held whole, a chapter in part, another chapter not at all */
    assert_true(offers(&want, &n)->whole);
    want.n_products = 2;
    expect_offers(&want, "chosen,");
    assert_false(offers(&want, &n)->whole);
    want.n_products = 3;
    expect_offers(&want, "chosen,");
    assert_false(offers(&want, &n)->whole);
    want.product = &product[2];
    want.n_products = 1;
    expect_offers(&want, "");
}

/* Full coverage answers zero for products that nobody traded; only finer ones than its own it cannot tell. */
static void full_coverage_knows_its_zeros(void **state)
{
    (void)state;
    static const struct world_row row = {"IND", "CHN", FLOW_IMPORTS, "2019", "85", 10, 0, 0};
    struct dataset d = world_reported("chapters", PARTNERS_ALL);
    struct str product = STR("01");
    size_t n;
    d.level = LEVEL_HS2;
    add(world_cube(&d, &row, 1));
    struct want want = pair("2019");
    want.product = &product;
    want.n_products = 1;
    assert_true(offers(&want, &n)->whole);
    product = STR("S16");
    assert_true(offers(&want, &n)->whole);
    product = STR("8541");
    expect_offers(&want, "");
    want.n_products = 0;
    want.level = LEVEL_SECTOR; /* chapters are enough */
    expect_offers(&want, "chapters,");
    want.level = LEVEL_HS4;
    expect_offers(&want, "");
}

/* A sector is told by the codes of the dataset's own revision, or not at all: never by codes that mean other goods there. */
static void sectors_need_codes_of_the_revision(void **state)
{
    (void)state;
    static const struct world_row row = {"IND", "CHN", FLOW_IMPORTS, "2019", "854140", 10, 0, 0};
    static const char *const revision[] = {"HS2017", "HS2012", "HS1992", ""};
    static const char *const id[] = {"of-2017", "of-2012", "of-1992", "of-none"};
    struct str product = STR("solar-panels");
    for (size_t i = 0; i < COUNT(revision); i++) {
        struct dataset d = world_reported(id[i], PARTNERS_ALL);
        d.hs = str_view(revision[i]);
        add(world_cube(&d, &row, 1));
    }
    const struct sector *sector = sectors_find(catalogue_sectors(catalogue), product);
    struct want want = pair("2019");
    char expected[64] = "";
    want.product = &product;
    want.n_products = 1;
    for (size_t i = 0; i < COUNT(revision); i++)
        if (sector_for(sector, str_view(revision[i])))
            (void)snprintf(expected + strlen(expected), sizeof expected - strlen(expected), "%s,", id[i]);
    assert_non_null(strstr(expected, "of-2017,"));
    assert_null(strstr(expected, "of-none,"));
    expect_offers(&want, expected);
}

/* Where all partners are recorded, no trade is a zero, also with a partner that is never recorded. */
static void a_pair_without_trade_is_a_zero(void **state)
{
    (void)state;
    static const struct world_row row[] = {{"IND", "CHN", FLOW_IMPORTS, "2018", "854140", 10, 0, 0},
                                           {"IND", "USA", FLOW_IMPORTS, "2018", "854140", 10, 0, 0},
                                           {"IND", "CHN", FLOW_IMPORTS, "2019", "854140", 10, 0, 0},
                                           {"USA", "CHN", FLOW_IMPORTS, "2019", "854140", 10, 0, 0},
                                           {"DEU", "CHN", FLOW_IMPORTS, "2019", "854140", 10, 0, 0}};
    struct dataset d = world_reported("all", PARTNERS_ALL);
    add(world_cube(&d, row, COUNT(row)));
    d = world_reported("listed", PARTNERS_LISTED);
    add(world_cube(&d, row, COUNT(row)));
    static const struct world_row closed[] = {{"CHN", "IND", FLOW_EXPORTS, "2018", "854140", 10, 0, 0},
                                              {"CHN", "IND", FLOW_EXPORTS, "2019", "854140", 10, 0, 0},
                                              {"CHN", "USA", FLOW_EXPORTS, "2019", "854140", 10, 0, 0},
                                              {"CHN", "DEU", FLOW_EXPORTS, "2019", "854140", 10, 0, 0}};
    d = world_dataset("world");
    add(world_cube(&d, closed, COUNT(closed)));
    struct want want = pair("2019");
    size_t n;
    want.partner = world_id("USA");
    expect_offers(&want, "all,world,");
    assert_true(offers(&want, &n)->whole);
    want.partner = world_id("IND"); /* nobody is partner of its own */
    expect_offers(&want, "");
    want.partner = world_id("DEU");
    expect_offers(&want, "all,world,");
    want.partner = world_id("FRA"); /* outside the closed world */
    expect_offers(&want, "all,");
    want = pair("2018");
    want.partner = world_id("DEU"); /* nobody's partner in that year */
    expect_offers(&want, "all,");
}

static void no_period_means_the_latest_complete_one(void **state)
{
    (void)state;
    add_months("months", "2017-06", 26); /* until July 2019: only 2018 is whole */
    struct want want = pair(NULL);
    size_t n;
    struct offer *offer = offers(&want, &n);
    expect_periods(offer, "2018", 1); /* years, unless something else is asked for */
    assert_true(offer->whole);
    want.freq = PERIOD_MONTH;
    expect_periods(offers(&want, &n), "2019-07", 1);
    want.freq = PERIOD_YEAR;
    expect_periods(offers(&want, &n), "2018", 1);
    want.freq = PERIOD_QUARTER;
    expect_periods(offers(&want, &n), "2019-Q2", 1);
    want.freq = PERIOD_FISCAL;
    expect_periods(offers(&want, &n), "FY2018-19", 1);
    want.series = true;
    expect_periods(offers(&want, &n), "FY2017-18", 3);
}

static void latest_counts_back_from_the_newest_complete_one(void **state)
{
    (void)state;
    add_months("months", "2017-06", 26);
    struct want want = pair("latest:3");
    size_t n;
    expect_periods(offers(&want, &n), "2018", 1); /* the only complete year */
    assert_false(offers(&want, &n)->whole);
    want.freq = PERIOD_MONTH;
    expect_periods(offers(&want, &n), "2019-05", 3);
    want.freq = PERIOD_QUARTER;
    expect_periods(offers(&want, &n), "2018-Q4", 3);
    want = pair("latest:99");
    want.freq = PERIOD_MONTH;
    expect_periods(offers(&want, &n), "2017-06", 26);
}

static void where_none_is_complete_the_newest_part_answers(void **state)
{
    (void)state;
    add_months("few", "2019-10", 6);
    struct want want = pair(NULL);
    size_t n;
    want.freq = PERIOD_YEAR;
    expect_periods(offers(&want, &n), "2020", 1);
}

static void a_part_of_a_year_is_a_part(void **state)
{
    (void)state;
    add_months("months", "2018-01", 19);
    add_years("years", PARTNERS_ALL, COVERAGE_FULL, 2018, 2019);
    struct want want = pair("2018");
    expect_offers(&want, "months,years,");
    want = pair("2019");
    expect_offers(&want, "years,months,");
    want = pair("2018-01");
    expect_offers(&want, "months,"); /* years do not hold months */
    want = pair("FY2018-19");
    expect_offers(&want, "months,"); /* nor fiscal years */
}

static void freq_says_what_the_rows_are(void **state)
{
    (void)state;
    add_months("months", "2018-01", 24);
    struct want want = pair("2018");
    size_t n;
    struct offer *offer = offers(&want, &n);
    assert_int_equal(offer->kind, PERIOD_YEAR);
    expect_periods(offer, "2018", 1);
    want.freq = PERIOD_MONTH;
    offer = offers(&want, &n);
    assert_int_equal(offer->kind, PERIOD_MONTH);
    expect_periods(offer, "2018-01", 12);
    want.freq = PERIOD_QUARTER;
    expect_periods(offers(&want, &n), "2018-Q1", 4);
    want = pair("2018-02,2018-03,2018-11");
    want.freq = PERIOD_YEAR;
    expect_periods(offers(&want, &n), "2018", 1); /* three months of one year are one row */
    want = pair(NULL);
    assert_int_equal(offers(&want, &n)->kind, PERIOD_YEAR);
    want.own_frequency = true;
    assert_int_equal(offers(&want, &n)->kind, PERIOD_MONTH);
}

/* A dataset with one of two flows is a part, however new; of whole ones the newest year answers, then the order. */
static void the_newest_whole_year_answers(void **state)
{
    (void)state;
    static const struct world_row both[] = {{"IND", "CHN", FLOW_IMPORTS, "2018", "854140", 10, 0, 0},
                                            {"IND", "CHN", FLOW_EXPORTS, "2018", "854140", 10, 0, 0}},
                                  newer[] = {{"IND", "CHN", FLOW_IMPORTS, "2019", "854140", 10, 0, 0},
                                             {"IND", "CHN", FLOW_EXPORTS, "2019", "854140", 10, 0, 0}};
    struct dataset d;
    add_years("imports", PARTNERS_ALL, COVERAGE_FULL, 2017, 2021);
    d = world_reported("old", PARTNERS_ALL);
    add(world_cube(&d, both, COUNT(both)));
    d = world_reported("new", PARTNERS_ALL);
    add(world_cube(&d, newer, COUNT(newer)));
    d = world_reported("new-too", PARTNERS_ALL);
    add(world_cube(&d, newer, COUNT(newer)));
    struct want want = pair(NULL);
    size_t n;
    want.flows = WANT_BOTH;
    expect_offers(&want, "new,new-too,old,imports,");
    expect_periods(offers(&want, &n), "2019", 1);
    assert_true(offers(&want, &n)[3].lacks & LACK_EXPORTS);
    want.flows = 1U << FLOW_IMPORTS;
    expect_offers(&want, "imports,new,new-too,old,");
}

static void an_id_is_there_once(void **state)
{
    (void)state;
    static const struct world_row row = {"IND", "CHN", FLOW_IMPORTS, "2019", "854140", 10, 0, 0};
    struct dataset d = world_reported("same", PARTNERS_ALL);
    add(world_cube(&d, &row, 1));
    assert_int_equal(catalogue_add(catalogue, world_cube(&d, &row, 1), "b.json", &world.problem), ST_INVALID);
    assert_string_equal(world.problem.place, "b.json");
    assert_int_equal(catalogue_count(catalogue), 1);
    assert_ptr_equal(catalogue_find(catalogue, STR("same")), catalogue_at(catalogue, 0));
    assert_null(catalogue_find(catalogue, STR("other")));
    assert_true(catalogue_has_product(catalogue, STR("854140")));
    assert_false(catalogue_has_product(catalogue, STR("854199")));
}

static void the_id_follows_the_content(void **state)
{
    (void)state;
    char before[17];
    assert_int_equal(catalogue_seal(catalogue, STR("seed")), ST_OK);
    assert_int_equal(catalogue_id(catalogue).n, 16);
    (void)snprintf(before, sizeof before, "%.*s", STR_ARG(catalogue_id(catalogue)));
    assert_int_equal(catalogue_seal(catalogue, STR("seed")), ST_OK);
    assert_true(str_is(catalogue_id(catalogue), before));
    assert_int_equal(catalogue_seal(catalogue, STR("other")), ST_OK);
    assert_false(str_is(catalogue_id(catalogue), before));
    add_years("one", PARTNERS_ALL, COVERAGE_FULL, 2019, 2019);
    assert_int_equal(catalogue_seal(catalogue, STR("seed")), ST_OK);
    assert_false(str_is(catalogue_id(catalogue), before));
}

static void a_release_pins_its_dataset_alone(void **state)
{
    (void)state;
    add_years("one", PARTNERS_ALL, COVERAGE_FULL, 2018, 2019);
    assert_int_equal(catalogue_seal(catalogue, STR("seed")), ST_OK);
    struct str release = cube_release(catalogue_at(catalogue, 0));
    const struct catalogue *pinned = catalogue_pinned(catalogue, release);
    assert_non_null(pinned);
    assert_int_equal(catalogue_count(pinned), 1);
    assert_ptr_equal(catalogue_at(pinned, 0), catalogue_at(catalogue, 0));
    assert_ptr_equal(catalogue_pinned(catalogue, catalogue_id(catalogue)), catalogue);
    assert_null(catalogue_pinned(catalogue, STR("000000000000")));
    char before[17];
    (void)snprintf(before, sizeof before, "%.*s", STR_ARG(catalogue_id(pinned)));
    add_years("two", PARTNERS_ALL, COVERAGE_FULL, 2019, 2019);
    assert_int_equal(catalogue_seal(catalogue, STR("seed")), ST_OK);
    pinned = catalogue_pinned(catalogue, cube_release(catalogue_at(catalogue, 0)));
    assert_non_null(pinned);
    assert_true(str_is(catalogue_id(pinned), before));
    assert_int_equal(catalogue_seal(catalogue, STR("other")), ST_OK);
    assert_false(str_is(catalogue_id(catalogue_pinned(catalogue, release)), before));
}

static void an_empty_catalogue_offers_nothing(void **state)
{
    (void)state;
    struct want want = pair("2019");
    expect_offers(&want, "");
}

/* Every supplier is better than some, but a whole answer is better than either. */
static void a_liking_for_all_partners_is_no_demand(void **state)
{
    (void)state;
    add_years("some", PARTNERS_LISTED, COVERAGE_FULL, 2015, 2019);
    add_years("all", PARTNERS_ALL, COVERAGE_FULL, 2018, 2019);
    struct want want = pair("2019");
    expect_offers(&want, "some,all,");
    want.likes_all_partners = true;
    expect_offers(&want, "all,some,");
    want = pair("2016..2019");
    want.likes_all_partners = true;
    expect_offers(&want, "some,all,");
}

/* One country's books are no world; a reconciled one is, and there each country has its own. */
static void a_world_needs_many_reporters(void **state)
{
    (void)state;
    add_years("books", PARTNERS_ALL, COVERAGE_FULL, 2022, 2023);
    add(world_trade("four"));
    const uint32_t usa = world_id("USA"), china = world_id("CHN");
    struct want want = pair("2023");
    expect_offers(&want, "books,four,");
    want.world = 1U << FLOW_EXPORTS;
    expect_offers(&want, "four,");
    want.world = 0;
    want.books = (struct cube_set){&china, 1};
    expect_offers(&want, "four,");
    want.books = (struct cube_set){&usa, 1};
    expect_offers(&want, "four,");
    want = pair("2022");
    want.books = (struct cube_set){&usa, 1};
    expect_offers(&want, ""); /* in 2022 the world is China and India */
    want.books = (struct cube_set){&china, 1};
    expect_offers(&want, "four,");
}

#define fresh(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        fresh(whole_goes_before_part),
        fresh(equals_stand_in_the_order_of_the_configuration),
        fresh(nobody_holds_another_pair_or_time),
        fresh(rankings_need_every_partner),
        fresh(several_are_held_in_part_or_whole),
        fresh(a_list_of_partners_is_no_sum),
        fresh(chosen_products_make_no_total),
        fresh(full_coverage_knows_its_zeros),
        fresh(sectors_need_codes_of_the_revision),
        fresh(a_pair_without_trade_is_a_zero),
        fresh(no_period_means_the_latest_complete_one),
        fresh(latest_counts_back_from_the_newest_complete_one),
        fresh(where_none_is_complete_the_newest_part_answers),
        fresh(a_part_of_a_year_is_a_part),
        fresh(freq_says_what_the_rows_are),
        fresh(the_newest_whole_year_answers),
        fresh(an_id_is_there_once),
        fresh(the_id_follows_the_content),
        fresh(a_release_pins_its_dataset_alone),
        fresh(an_empty_catalogue_offers_nothing),
        fresh(a_liking_for_all_partners_is_no_demand),
        fresh(a_world_needs_many_reporters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
