/* Checks the bytes of a cube file and finds its sections, runs and series. Whatever a damaged file claims, nothing
 * outside it is read. */
#include "cube/file/image.h"

#include <inttypes.h>
#include <xxhash.h>

#include "entrepot/base/bound.h"
#include "entrepot/cube/correlation.h"
#include "entrepot/cube/known.h"
#include "entrepot/cube/period.h"

#define CLOSING 6          /* at the end: SERIES, RESTS, RETURNS, DATASET, MEMBERS, PRODUCTS */
#define SECTIONS_OF_EACH 4 /* period: ROWS, RUNS, INDEX; and LEAVES */

static const char *section_name(const struct file_section *section)
{
    static const char *const name[] = {"?",     "ROWS",    "RUNS",    "INDEX",   "LEAVES",  "SERIES",
                                       "RESTS", "RETURNS", "DATASET", "MEMBERS", "PRODUCTS"};
    return name[section->kind <= SECTION_PRODUCTS ? section->kind : 0];
}

enum status image_corrupt(const struct image *image, const struct file_section *section, struct problem *problem,
                          const char *what)
{
    char place[256], period[PERIOD_TEXT] = "";
    if (section && section->period)
        (void)period_print(section->period, period);
    if (section)
        (void)snprintf(place, sizeof place, "%s: section %s%s%s", image->name, section_name(section),
                       period[0] ? " of " : "", period);
    else
        (void)snprintf(place, sizeof place, "%s: header", image->name);
    enum status status = problem_set(problem, ST_CORRUPT, place, "%s", what);
    return problem_cure(problem, status, "make the file again with entrepot import, or copy it again");
}

/* ---- header and contents ---- */

static enum status check_length(const struct image *image, struct problem *problem)
{
    const struct file_header *h = image->header;
    char what[128];
    if (h->file_bytes == image->n)
        return ST_OK;
    (void)snprintf(what, sizeof what, "the file has %zu bytes where %" PRIu64 " were written", image->n, h->file_bytes);
    return image_corrupt(image, NULL, problem, what);
}

static bool contents_fit(const struct image *image, uint64_t *bytes)
{
    const struct file_header *h = image->header;
    return !__builtin_mul_overflow(h->contents_count, sizeof(struct file_section), bytes) &&
           h->contents_offset % FILE_ALIGN == 0 && h->contents_offset <= image->n &&
           *bytes == image->n - h->contents_offset && h->contents_count >= CLOSING &&
           (h->contents_count - CLOSING) % SECTIONS_OF_EACH == 0;
}

static enum status check_header(struct image *image, struct problem *problem)
{
    if (image->n < sizeof(struct file_header))
        return image_corrupt(image, NULL, problem, "the file is shorter than a cube file's header");
    const struct file_header *h = image->header = (const struct file_header *)(const void *)image->bytes;
    if (memcmp(h->magic, FILE_MAGIC, sizeof h->magic) != 0)
        return image_corrupt(image, NULL, problem, "this is not a cube file");
    if (h->endian == FILE_ENDIAN && h->version < FILE_VERSION)
        return image_corrupt(image, NULL, problem,
                             "the file is of an older version, which does not say what its figures cover");
    if (h->version != FILE_VERSION || h->endian != FILE_ENDIAN)
        return image_corrupt(image, NULL, problem, "a version or byte order that this program does not read");
    if (h->header_hash != XXH3_64bits(h, offsetof(struct file_header, header_hash)))
        return image_corrupt(image, NULL, problem, "the header's checksum is wrong");
    uint64_t bytes;
    if (check_length(image, problem) != ST_OK)
        return ST_CORRUPT;
    if (!contents_fit(image, &bytes))
        return image_corrupt(image, NULL, problem, "the table of contents does not fit the file");
    if (h->contents_hash != XXH3_64bits(image->bytes + h->contents_offset, bytes))
        return image_corrupt(image, NULL, problem, "the checksum of the table of contents is wrong");
    image->section = (const struct file_section *)(const void *)(image->bytes + h->contents_offset);
    image->n_segments = (h->contents_count - CLOSING) / SECTIONS_OF_EACH;
    return ST_OK;
}

static enum status check_hash(const struct image *image, const struct file_section *section, struct problem *problem)
{
    if (section->hash != XXH3_64bits(image->bytes + section->offset, section->bytes))
        return image_corrupt(image, section, problem, "the checksum is wrong: the bytes are not what was written");
    return ST_OK;
}

static uint32_t expected_kind(const struct image *image, uint64_t i)
{
    uint64_t segments = image->n_segments, leaves = segments * (SECTIONS_OF_EACH - 1);
    if (i < leaves)
        return SECTION_ROWS + (uint32_t)(i % (SECTIONS_OF_EACH - 1));
    return i < leaves + segments ? SECTION_LEAVES : SECTION_SERIES + (uint32_t)(i - leaves - segments);
}

/* Sections stand one behind the other, in the order that format.h gives. The dictionaries are always checked whole. */
static enum status check_contents(const struct image *image, bool whole, struct problem *problem)
{
    uint64_t end = sizeof(struct file_header);
    for (uint64_t i = 0; i < image->header->contents_count; i++) {
        const struct file_section *s = &image->section[i];
        if (s->kind != expected_kind(image, i) || (s->kind >= SECTION_SERIES) != (s->period == 0))
            return image_corrupt(image, s, problem, "this section does not belong here");
        if (s->offset != end || s->bytes > image->header->contents_offset - end)
            return image_corrupt(image, s, problem, "the section does not fit the file");
        end = (s->offset + s->bytes + FILE_ALIGN - 1) / FILE_ALIGN * FILE_ALIGN;
        if ((whole || s->kind >= SECTION_RETURNS) && check_hash(image, s, problem) != ST_OK)
            return ST_CORRUPT;
    }
    if (end != image->header->contents_offset)
        return image_corrupt(image, NULL, problem, "the sections do not reach to the table of contents");
    return ST_OK;
}

/* Non-empty lines, at most `most`, ascending (but for a mark before them), each ended by LF. */
static enum status check_dictionary(const struct image *image, const struct file_section *section, char mark,
                                    size_t most, struct str *text, size_t *lines, struct problem *problem)
{
    *text = str_span(image->bytes + section->offset, section->bytes);
    *lines = 0;
    if (text->n == 0 || text->p[text->n - 1] != '\n' || !str_utf8(*text))
        return image_corrupt(image, section, problem, "the dictionary is empty or is no text");
    struct str rest = str_span(text->p, text->n - 1), last = {NULL, 0};
    while (rest.p) {
        struct str line = str_cut(&rest, '\n');
        if (line.n && mark && line.p[0] == mark)
            line = str_span(line.p + 1, line.n - 1);
        if (line.n == 0 || (*lines && str_cmp(last, line) >= 0))
            return image_corrupt(image, section, problem, "the dictionary is not in order");
        last = line;
        ++*lines;
    }
    return *lines <= most ? ST_OK : image_corrupt(image, section, problem, "the dictionary is too long");
}

static enum status open_dictionaries(struct image *image, struct problem *problem)
{
    const struct file_section *dataset = image->section + image->header->contents_count - CLOSING + 3;
    image->dataset = str_span(image->bytes + dataset->offset, dataset->bytes);
    image->members_section = dataset + 1;
    image->products_section = dataset + 2;
    enum status status = check_dictionary(image, image->members_section, '-', FILE_MEMBERS_MAX, &image->members,
                                          &image->n_members, problem);
    return status != ST_OK ? status
                           : check_dictionary(image, image->products_section, 0, FILE_PRODUCTS_MAX, &image->products,
                                              &image->n_products, problem);
}

/* ---- segments ---- */

static enum status open_segment(struct image *image, size_t at, struct problem *problem)
{
    const struct file_section *rows = &image->section[at * (SECTIONS_OF_EACH - 1)], *runs = rows + 1, *index = rows + 2;
    const struct file_section *leaves = &image->section[image->n_segments * (SECTIONS_OF_EACH - 1) + at];
    const char *bytes = image->bytes;
    uint64_t n_runs = runs->bytes / sizeof(struct file_run), heads = 2 * (image->n_members + 1) + 1;
    if (rows->period != runs->period || rows->period != index->period || rows->period != leaves->period ||
        (at && image->segment[at - 1].period >= rows->period))
        return image_corrupt(image, rows, problem, "the periods are not in order");
    if (runs->bytes % sizeof(struct file_run) || n_runs == 0 || n_runs > UINT32_MAX ||
        index->bytes != index_bytes(image->n_members, n_runs) || leaves->bytes % sizeof(uint16_t) ||
        leaves->bytes / sizeof(uint16_t) > image->n_products || (leaves->bytes == 0 && rows->bytes))
        return image_corrupt(image, runs, problem, "the sections of a period do not fit each other");
    const uint32_t *numbers = (const void *)(bytes + index->offset);
    image->segment[at] = (struct image_segment){.period = rows->period,
                                                .run = (const void *)(bytes + runs->offset),
                                                .n_runs = (uint32_t)n_runs,
                                                .rows = (const unsigned char *)bytes + rows->offset,
                                                .rows_bytes = rows->bytes,
                                                .row_first = numbers,
                                                .column_first = numbers + heads,
                                                .column_run = numbers + 2 * heads,
                                                .partner = (const void *)(numbers + 2 * heads + n_runs),
                                                .leaf = (const void *)(bytes + leaves->offset),
                                                .n_leaves = (uint32_t)(leaves->bytes / sizeof(uint16_t)),
                                                .rows_section = rows,
                                                .runs_section = runs,
                                                .leaves_section = leaves};
    return ST_OK;
}

/* Leaves ascend: in every file, since they lead into tables that have no check of their own. */
static enum status check_leaves(const struct image *image, const struct image_segment *s, struct problem *problem)
{
    for (uint32_t i = 0; i < s->n_leaves; i++)
        if (s->leaf[i] >= image->n_products || (i && s->leaf[i] <= s->leaf[i - 1]))
            return image_corrupt(image, s->leaves_section, problem, "the products are not in order");
    return ST_OK;
}

/* Runs stand in order, each within ROWS. */
static enum status check_runs(const struct image *image, const struct image_segment *s, struct problem *problem)
{
    uint64_t offset = 0;
    for (uint32_t i = 0; i < s->n_runs; i++) {
        const struct file_run *run = &s->run[i];
        struct run_view view;
        if ((i && run[-1].key >= run->key) || RUN_REPORTER(run->key) > image->n_members ||
            RUN_PARTNER(run->key) > image->n_members || s->partner[i] != RUN_PARTNER(run->key))
            return image_corrupt(image, s->runs_section, problem, "the runs are not in order");
        if (run->offset != offset || !run_view(run, s->rows, s->rows_bytes, s->n_leaves, &view))
            return image_corrupt(image, s->runs_section, problem, "a run does not fit its rows");
        offset += run_bytes(run, s->n_leaves);
    }
    if (offset != s->rows_bytes)
        return image_corrupt(image, s->runs_section, problem, "the runs do not cover the rows");
    return ST_OK;
}

static enum status open_series(struct image *image, struct problem *problem)
{
    const struct file_section *section = image->section + image->header->contents_count - CLOSING;
    const struct file_series *head = (const void *)(image->bytes + section->offset);
    uint64_t heads = 2 * (image->n_members + 1) + 1;
    if (section->bytes < sizeof *head || head->n_pairs >= UINT32_MAX || head->n_totals > UINT32_MAX ||
        section->bytes != series_bytes(image->n_members, head->n_pairs, head->n_totals))
        return image_corrupt(image, section, problem, "the section does not fit its own figures");
    struct image_series *s = &image->series;
    *s = (struct image_series){.n_pairs = (uint32_t)head->n_pairs,
                               .n_totals = (uint32_t)head->n_totals,
                               .total = (const void *)(head + 1),
                               .section = section};
    s->row_first = (const void *)(s->total + s->n_totals);
    s->total_first = s->row_first + heads;
    s->partner = (const void *)(s->total_first + s->n_pairs + 1);
    return ST_OK;
}

/* Which of two places comes first, of those that RESTS and RETURNS are ordered by. */
static int by_place(const uint32_t *a, const uint32_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static int order_rests(const struct file_rest *a, const struct file_rest *b)
{
    const uint32_t x[] = {a->segment, a->key, a->node}, y[] = {b->segment, b->key, b->node};
    return by_place(x, y, 3);
}

static int order_returns(const struct file_return *a, const struct file_return *b)
{
    const uint32_t x[] = {a->segment, a->reporter, a->flow}, y[] = {b->segment, b->reporter, b->flow};
    return by_place(x, y, 3);
}

static bool rest_fits(const struct image *image, const struct file_rest *r)
{
    return r->segment < image->n_segments && RUN_REPORTER(r->key) <= image->n_members &&
           RUN_PARTNER(r->key) <= image->n_members && NODE_LEVEL(r->node) < LEVEL_HS8;
}

static enum status open_rests(struct image *image, bool whole, struct problem *problem)
{
    const struct file_section *section = image->section + image->header->contents_count - CLOSING + 1;
    const struct file_rests *head = (const void *)(image->bytes + section->offset);
    struct image_rests *r = &image->rests;
    if (section->bytes < sizeof *head || head->n_rests > UINT32_MAX || head->n_nodes > UINT32_MAX ||
        section->bytes != sizeof *head + head->n_rests * sizeof *r->rest + head->n_nodes * sizeof *r->node)
        return image_corrupt(image, section, problem, "the section does not fit its own figures");
    *r = (struct image_rests){.rest = (const void *)(head + 1),
                              .n = (uint32_t)head->n_rests,
                              .n_nodes = (uint32_t)head->n_nodes,
                              .section = section};
    r->node = (const void *)(r->rest + r->n);
    bool good = true;
    for (uint32_t i = 0; good && i < r->n_nodes; i++)
        good = NODE_LEVEL(r->node[i]) < LEVEL_HS8 && NODE_NUMBER(r->node[i]) < 1000000 &&
               (i == 0 || r->node[i - 1] < r->node[i]);
    for (uint32_t i = 0; whole && good && i < r->n; i++)
        good = rest_fits(image, &r->rest[i]) && (i == 0 || order_rests(&r->rest[i - 1], &r->rest[i]) < 0);
    return good ? ST_OK : image_corrupt(image, section, problem, "the rests are not in order");
}

static bool return_fits(const struct image *image, const struct file_return *r)
{
    return r->segment < image->n_segments && r->reporter < image->n_members && r->flow < 2 &&
           RETURN_LEVEL(r->level) <= LEVEL_SECTOR && RETURN_LEVEL(r->least) <= LEVEL_SECTOR &&
           r->partners < CUBE_PARTNERS && r->rule < CUBE_RULES && r->revision <= HS_REVISIONS &&
           (uint64_t)r->first_exception + r->n_exceptions <= image->returns.head->n_exceptions;
}

static enum status open_returns(struct image *image, struct problem *problem)
{
    const struct file_section *section = image->section + image->header->contents_count - CLOSING + 2;
    const struct file_returns *head = (const void *)(image->bytes + section->offset);
    if (section->bytes < sizeof *head || head->n_returns > section->bytes || head->n_exceptions > section->bytes ||
        section->bytes != sizeof *head + head->n_returns * sizeof(struct file_return) +
                              head->n_exceptions * sizeof(struct file_exception) ||
        head->unit_usd < 1)
        return image_corrupt(image, section, problem, "the section does not fit its own figures");
    struct image_returns *r = &image->returns;
    r->head = head;
    r->n = (uint32_t)head->n_returns;
    r->at = (const void *)(head + 1);
    r->exception = (const void *)(r->at + r->n);
    for (uint32_t i = 0; i < r->n; i++)
        if (!return_fits(image, &r->at[i]) || (i && order_returns(&r->at[i - 1], &r->at[i]) >= 0))
            return image_corrupt(image, section, problem, "the returns are not in order");
    for (uint32_t i = 0; i < r->n; i++) {
        struct image_segment *s = &image->segment[r->at[i].segment];
        s->first_return = s->n_returns++ ? s->first_return : i;
    }
    return ST_OK;
}

static enum status open_segments(struct image *image, bool whole, struct problem *problem)
{
    image->segment = calloc(image->n_segments + 1, sizeof *image->segment);
    if (!image->segment)
        return problem_set(problem, ST_NO_MEMORY, image->name, "out of memory while opening");
    enum status status = ST_OK;
    for (size_t i = 0; status == ST_OK && i < image->n_segments; i++) {
        status = open_segment(image, i, problem);
        if (status == ST_OK)
            status = check_leaves(image, &image->segment[i], problem);
        if (status == ST_OK && whole)
            status = check_runs(image, &image->segment[i], problem);
    }
    return status;
}

enum status image_open(const char *name, const char *bytes, size_t n, bool whole, struct image *image,
                       struct problem *problem)
{
    *image = (struct image){.name = name, .bytes = bytes, .n = n};
    enum status status = check_header(image, problem);
    if (status == ST_OK)
        status = check_contents(image, whole, problem);
    if (status == ST_OK)
        status = open_dictionaries(image, problem);
    if (status == ST_OK)
        status = open_series(image, problem);
    if (status == ST_OK)
        status = open_segments(image, whole, problem);
    if (status == ST_OK)
        status = open_rests(image, whole, problem);
    if (status == ST_OK)
        status = open_returns(image, problem);
    if (status != ST_OK)
        image_release(image);
    return status;
}

void image_release(struct image *image)
{
    free(image->segment);
    image->segment = NULL;
}

/* ---- finding runs ---- */

/* Numbers [first, first + n) of `heads`, if that is a range within `limit`. */
static uint32_t range_of(const uint32_t *heads, uint64_t at, uint32_t limit, uint32_t *first)
{
    uint32_t from = heads[at], to = heads[at + 1];
    *first = from;
    return from <= to && to <= limit ? to - from : 0;
}

uint32_t segment_row(const struct image *image, const struct image_segment *s, uint32_t reporter, unsigned flow,
                     uint32_t *first)
{
    return reporter > image->n_members ? 0 : range_of(s->row_first, 2 * (uint64_t)reporter + flow, s->n_runs, first);
}

uint32_t segment_column(const struct image *image, const struct image_segment *s, uint32_t partner, unsigned flow,
                        uint32_t *first)
{
    return partner > image->n_members ? 0 : range_of(s->column_first, 2 * (uint64_t)partner + flow, s->n_runs, first);
}

/* Where `partner` stands among `n` ascending ones from `low` on, or UINT32_MAX. */
static uint32_t find_partner(const uint16_t *list, uint32_t low, uint32_t n, uint32_t partner)
{
    size_t at = find_u16(list + low, n, partner);
    return at < n ? low + (uint32_t)at : UINT32_MAX;
}

const struct file_run *segment_pair(const struct image *image, const struct image_segment *s, uint32_t reporter,
                                    unsigned flow, uint32_t partner)
{
    uint32_t first = 0, n = segment_row(image, s, reporter, flow, &first);
    uint32_t at = find_partner(s->partner, first, n, partner);
    if (at == UINT32_MAX)
        return NULL;
    const struct file_run *run = &s->run[at];
    return run->key == RUN_KEY(reporter, flow, partner) ? run : NULL;
}

uint32_t image_pair_series(const struct image *image, uint32_t reporter, unsigned flow, uint32_t partner,
                           const struct file_total **first)
{
    const struct image_series *s = &image->series;
    uint32_t pair = 0, total = 0;
    if (reporter > image->n_members)
        return 0;
    uint32_t n = range_of(s->row_first, 2 * (uint64_t)reporter + flow, s->n_pairs, &pair);
    uint32_t at = find_partner(s->partner, pair, n, partner);
    if (at == UINT32_MAX)
        return 0;
    n = range_of(s->total_first, at, s->n_totals, &total);
    *first = s->total + total;
    return n;
}

/* First of the rests that does not come before the place. */
static uint32_t rest_bound(const struct image_rests *rests, const struct file_rest *place)
{
    uint32_t low = 0, high = rests->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (order_rests(&rests->rest[middle], place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t image_rests(const struct image *image, uint32_t segment, uint32_t key, const struct file_rest **first)
{
    const struct image_rests *rests = &image->rests;
    const struct file_rest place = {.segment = segment, .key = key};
    if (rests->n == 0)
        return 0;
    uint32_t at = rest_bound(rests, &place), n = 0;
    *first = rests->rest + at;
    while (at + n < rests->n && (*first)[n].segment == segment && (*first)[n].key == key)
        n++;
    return n;
}

const struct file_return *image_return(const struct image *image, uint32_t segment, uint32_t reporter, unsigned flow)
{
    const struct image_returns *r = &image->returns;
    const struct file_return place = {.segment = segment, .reporter = (uint16_t)reporter, .flow = (uint8_t)flow};
    const struct image_segment *s = &image->segment[segment];
    uint32_t low = s->first_return, high = reporter < image->n_members ? low + s->n_returns : low;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = order_returns(&r->at[middle], &place);
        if (order == 0)
            return &r->at[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
