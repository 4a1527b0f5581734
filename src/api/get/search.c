#include "entrepot/cube/search.h"
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

enum { C_KIND, C_ID, C_NAME, C_SCORE, C_MATCH, C_DETAIL, COLUMNS };

static const struct column columns[COLUMNS] = {
    [C_KIND] = COLUMN("kind", "country, product, sector or dataset", .type = COLUMN_STRING),
    [C_ID] = COLUMN("id", "what the other calls name it by", FROM_TEXT(struct product, code), .codes = &codes_id),
    [C_NAME] = COLUMN("name", "name; null where the table has none", FROM_TEXT(struct product, name)),
    [C_SCORE] =
        COLUMN("score", "1: the code itself; above 0.5 codes, words and beginnings of words; below it near misses",
               .type = COLUMN_NUMBER),
    [C_MATCH] =
        COLUMN("match", "what fits: code (or its beginning), name (whole words), beginning (of words), near (mistyped)",
               .type = COLUMN_STRING),
    [C_DETAIL] =
        COLUMN("detail", "a member's kind (country, area_nes …) or a product's level (hs2, hs4, hs6 …); else null",
               .type = COLUMN_STRING),
};

#define HITS_MAX 200

static const char *const kind_words[] = {"country", "sector", "product", "dataset", NULL};

static const struct param params[] = {
    {.name = "q",
     .type = PARAM_TEXT,
     .required = true,
     .description = "a code, words or beginnings of words of a name, or nearly so",
     .example = "lith"},
    {.name = "kind",
     .type = PARAM_WORDS,
     .words = kind_words,
     .description = "only these kinds: country, product, sector, dataset",
     .example = "country,product"},
    PARAMS_OF_TABLES,
};

/* A code that is nowhere has neighbours. */
static enum status add_neighbours(struct call *call, struct str code)
{
    const struct products *products = catalogue_products(call->catalogue);
    const struct arg *kind = call_arg(call, "kind");
    uint32_t near[SUGGESTIONS_MAX];
    size_t n = str_digits(code) && (!kind->given || (kind->number & 1U << SEARCH_PRODUCT))
                   ? products_suggest(products, code, near, SUGGESTIONS_MAX)
                   : 0;
    for (size_t i = 0; i < n; i++) {
        const struct product *p = products_at(products, near[i]);
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        cell[C_KIND] = cell_z(search_kind_name[SEARCH_PRODUCT]);
        cell[C_ID] = cell_str(p->code);
        cell[C_NAME] = cell_str(p->name);
        cell[C_SCORE] = cell_ratio(0.3 - 0.01 * (double)i);
        cell[C_MATCH] = cell_z(search_match_name[SEARCH_NEAR]);
        cell[C_DETAIL] = cell_z(level_name[p->level]);
    }
    return ST_OK;
}

static enum status get(struct call *call)
{
    struct str q = str_trim(call_arg(call, "q")->text);
    if (!search_text_good(q)) {
        (void)call_problem(call, PROBLEM_INVALID_VALUE, "q", q, STR("write at least one letter or digit"));
        return ST_INVALID;
    }
    struct search_hit *hit;
    size_t n, found;
    enum status status =
        search_find(call->api->search, q, call_arg(call, "kind")->number, HITS_MAX, call->arena, &hit, &n, &found);
    for (size_t i = 0; status == ST_OK && i < n; i++) {
        if (hit[i].kind == SEARCH_DATASET && !catalogue_find(call->catalogue, hit[i].id))
            continue; /* not of the release that is asked for */
        struct cell *cell = call_row(call);
        if (!cell)
            return ST_NO_MEMORY;
        cell[C_KIND] = cell_z(search_kind_name[hit[i].kind]);
        cell[C_ID] = cell_str(hit[i].id);
        cell[C_NAME] = cell_str(hit[i].name);
        cell[C_SCORE] = cell_ratio(hit[i].score);
        cell[C_MATCH] = cell_z(search_match_name[hit[i].match]);
        cell[C_DETAIL] = cell_z(hit[i].detail);
    }
    if (status == ST_OK && n == 0)
        status = add_neighbours(call, q);
    if (status == ST_OK)
        call_summarise(call, "found", cell_i64((int64_t)found));
    if (status == ST_OK && found > n)
        call_warn(call, arena_printf(call->arena, "the best %zu of %zu hits: write more of it", n, found));
    call->empty_reason = "nothing_fits";
    return status;
}

const struct route route_search = {
    .id = "search",
    .group = GROUP_CODES,
    .path = "/v1/search",
    .summary = "Countries, products, sectors and datasets by code, name, beginning of a word, or nearly so",
    .description = "Best first. Beginnings come before near misses, which are looked for only where no word begins so; "
                   "the beginning of an HS code lists what is below it. At most 200 hits.",
    .example = "/v1/search?q=lith&limit=10",
    .figures = "{found: integer `hits there are, also those beyond the best 200`}",
    .handler = get,
    .param = params,
    .n_params = sizeof params / sizeof *params,
    .column = columns,
    .n_columns = COLUMNS};
