/* GET /v1/search: codes and names by what is typed. */
#include "entrepot/cube/search.h"
#include "api/contract/call.h"
#include "api/contract/shared_params.h"
#include "api/get/endpoints.h"

static const struct column columns[] = {
    COLUMN("kind", "country, product, sector or dataset", FROM_WORD(struct search_hit, kind, search_kind_name)),
    COLUMN("id", "what the other calls name it by", FROM_TEXT(struct search_hit, id), .codes = &codes_id),
    COLUMN("name", "name; null where the table has none", FROM_TEXT(struct search_hit, name)),
    COLUMN("score", "1: the code itself; above 0.5 codes, words and beginnings of words; below it near misses",
           FROM_RATIO(struct search_hit, score)),
    COLUMN("match", "what fits: code (or its beginning), name (whole words), beginning (of words), near (mistyped)",
           FROM_WORD(struct search_hit, match, search_match_name)),
    COLUMN("detail", "a member's kind (country, area_nes …) or a product's level (hs2, hs4, hs6 …); else null",
           FROM_NAME(struct search_hit, detail)),
};

static const struct column summary_columns[] = {{.id = "found",
                                                 .type = COLUMN_INTEGER,
                                                 .from = VALUE_SIZE,
                                                 .description = "hits there are, also those beyond the best 200"}};

#define HITS_MAX 200

static const char *const kind_words[] = {"country", "sector", "product", "dataset", NULL};

static const struct param params[] = {
    PARAM("q", TEXT, "a code, words or beginnings of words of a name, or nearly so", .required = true,
          .example = "lith"),
    PARAM("kind", WORDS, "only these kinds: country, product, sector, dataset", .words = kind_words,
          .example = "country,product"),
    PARAMS_OF_TABLES,
};

/* A code that is nowhere has neighbours. */
static enum status add_neighbours(struct call *call, struct str code)
{
    const struct products *products = catalogue_products(call->catalogue);
    const struct arg *kind = call_arg(call, "kind");
    uint32_t near[SUGGESTIONS_MAX];
    struct search_hit hit[SUGGESTIONS_MAX];
    size_t n = str_digits(code) && (!kind->given || (kind->number & 1U << SEARCH_PRODUCT))
                   ? products_suggest(products, code, near, SUGGESTIONS_MAX)
                   : 0;
    for (size_t i = 0; i < n; i++) {
        const struct product *p = products_at(products, near[i]);
        hit[i] = (struct search_hit){.kind = SEARCH_PRODUCT,
                                     .id = p->code,
                                     .name = p->name,
                                     .score = 0.3 - 0.01 * (double)i,
                                     .match = SEARCH_NEAR,
                                     .detail = level_name[p->level]};
    }
    return call_rows(call, hit, n, sizeof *hit);
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
    if (status != ST_OK)
        return status;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) /* datasets only of the release that is asked for */
        if (hit[i].kind != SEARCH_DATASET || catalogue_find(call->catalogue, hit[i].id))
            hit[kept++] = hit[i];
    status = call_rows(call, hit, kept, sizeof *hit);
    if (status == ST_OK && n == 0)
        status = add_neighbours(call, q);
    call_summary(call, &found);
    if (found > n)
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
    SUMS_UP(summary_columns),
    .handler = get,
    TAKES(params),
    GIVES(columns)};
