/* The rules by which a return's products and partners are found, or what is stated of them is held against the rows. */
#include "cube/write/returns.h"

#include "cube/engine/engine.h"

#include <stdlib.h>

#define COUNTRIES_FOR_ALL 150 /* as many partners, exporters, importers make a list complete */
#define CHAPTERS_IN_USE 96
#define CHOSEN RETURN_CHOSEN

/* ---- revisions ---- */

static int by_return(const void *a_, const void *b_)
{
    const struct revision_note *a = a_, *b = b_;
    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return (a->hs > b->hs) - (a->hs < b->hs);
}

/* So that of equal ones the first of the input stays. */
static int by_place(const void *a_, const void *b_)
{
    const struct revision_note *a = a_, *b = b_;
    int order = by_return(a, b);
    if (order)
        return order;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

void revisions_sort(struct revision_list *list)
{
    size_t k = 0;
    if (list->n)
        qsort(list->note, list->n, sizeof *list->note, by_place);
    for (size_t i = 0; i < list->n; i++)
        if (k == 0 || by_return(&list->note[k - 1], &list->note[i]) != 0)
            list->note[k++] = list->note[i];
    list->n = k;
}

bool revisions_note(struct revision_list *list, const struct revision_note *note)
{
    if (list->n && by_return(&list->note[list->n - 1], note) == 0)
        return true;
    if (list->n == list->room) {
        revisions_sort(list); /* mostly repetitions, where rows of many returns stand mixed */
        size_t room = 2 * list->n >= list->room ? 2 * list->n + 64 : list->room;
        struct revision_note *grown = realloc(list->note, room * sizeof *grown);
        if (!grown)
            return false;
        list->note = grown;
        list->room = room;
    }
    list->note[list->n++] = *note;
    return true;
}

void revisions_release(struct revision_list *list)
{
    free(list->note);
    *list = (struct revision_list){.n = 0};
}

/* The note of a return in a sorted list, or NULL; *several: there is another one. */
static const struct revision_note *find_revision(const struct revision_list *list, uint32_t period, uint32_t row,
                                                 bool *several)
{
    const struct revision_note wanted = {.period = period, .row = row};
    size_t low = 0, high = list->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_return(&list->note[middle], &wanted) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == list->n)
        return NULL;
    const struct revision_note *at = list->note + low, *end = list->note + list->n;
    if (at->period != period || at->row != row)
        return NULL;
    *several = at + 1 < end && at[1].period == period && at[1].row == row;
    return at;
}

bool revisions_have(const struct revision_list *list, uint32_t period, uint32_t row)
{
    bool several;
    return find_revision(list, period, row, &several) != NULL;
}

bool revisions_have_period(const struct revision_list *list, uint32_t period)
{
    size_t low = 0, high = list->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->note[middle].period < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low < list->n && list->note[low].period == period;
}

/* ---- statements ---- */

struct statement {
    const struct dataset_statement *said;
    uint32_t reporter, partner; /* country ids, or ANY_MEMBER */
};

static enum status resolve(const struct returns *r, struct str code, uint32_t *out, struct problem *problem)
{
    *out = code.n ? countries_find_source(r->countries, CODES_ISO3, code) : ANY_MEMBER;
    if (*out != NO_ID)
        return ST_OK;
    enum status status = problem_set(problem, ST_INVALID, "key \"availability\"",
                                     "\"%.*s\" is not in the table of countries", STR_ARG(code));
    return problem_cure(problem, status, "write an ISO alpha-3 code, WLD, or X and the source's number");
}

enum status returns_init(struct returns *r, struct problem *problem)
{
    const struct dataset *d = r->dataset;
    enum status status = ST_OK;
    buf_init(&r->returns, SIZE_MAX / 2);
    buf_init(&r->exceptions, SIZE_MAX / 2);
    r->tables = correlation_shipped();
    r->least = LEVEL_SECTOR;
    revisions_sort(r->revisions);
    r->statement = calloc(d->n_statements + 1, sizeof *r->statement);
    if (!r->statement)
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory while laying out the cube");
    for (size_t i = 0; status == ST_OK && i < d->n_statements; i++) {
        struct statement *s = &r->statement[i];
        s->said = &d->statement[i];
        status = resolve(r, s->said->reporter, &s->reporter, problem);
        if (status == ST_OK)
            status = resolve(r, s->said->partner, &s->partner, problem);
    }
    return status;
}

void returns_release(struct returns *r)
{
    buf_release(&r->returns);
    buf_release(&r->exceptions);
    free(r->statement);
    r->statement = NULL;
}

/* What is stated of a run, or of a return where `partner` is ANY_MEMBER. */
struct stated {
    bool products, partners;
    enum coverage coverage;
    enum level level;
    enum partners listed;
    unsigned hs;
};

/* Of whose runs something is to be said. */
struct about {
    uint32_t period, reporter; /* reporter: a country id */
    unsigned flow;
};

static bool applies(const struct statement *s, const struct about *about, uint32_t partner)
{
    const struct dataset_statement *said = s->said;
    return (s->reporter == ANY_MEMBER || s->reporter == about->reporter) &&
           (s->partner == ANY_MEMBER || s->partner == partner) && (said->flows & 1U << about->flow) &&
           (said->from == 0 || (said->from <= about->period && about->period <= said->to));
}

static void take_statement(struct stated *out, const struct dataset_statement *said)
{
    if (said->says_products) {
        out->products = true;
        out->coverage = said->products;
    }
    if (said->says_level)
        out->level = said->level;
    if (said->says_partners) {
        out->partners = true;
        out->listed = said->partners;
    }
    out->hs = said->hs.n ? hs_number(said->hs) : out->hs;
}

static struct stated stated_of(const struct returns *r, const struct about *about, uint32_t partner)
{
    const struct dataset *d = r->dataset;
    struct stated out = {.products = d->coverage_told == TOLD_STATED,
                         .partners = d->partners_told == TOLD_STATED && !r->find_partners,
                         .coverage = d->coverage,
                         .level = d->level,
                         .listed = d->partners};
    for (size_t i = 0; i < d->n_statements; i++)
        if (applies(&r->statement[i], about, partner))
            take_statement(&out, r->statement[i].said);
    return out;
}

/* ---- what occurs in a flow of a period, over all reporters ---- */

struct occurring {
    unsigned chapters;           /* in use */
    bool most[HS_REVISIONS + 1]; /* 85 % of the codes of the leaves' level; [0]: in some revision */
    unsigned codes[HS_REVISIONS + 1], codes_of[HS_REVISIONS + 1];
    unsigned all_codes, in_none; /* of the leaves' level, chapters 98 and 99 aside; those that no revision has */
    unsigned partners, exporters, importers;
};

static void note_chapter(bool *seen, unsigned chapter)
{
    if (chapter < 98 && chapter != 77)
        seen[chapter] = true;
}

static unsigned count_chapters(const bool *seen)
{
    unsigned n = 0;
    for (unsigned i = 1; i < 98; i++)
        n += seen[i];
    return n;
}

/* Adds a leaf's code to the counts of the revisions that have it; of codes finer than six digits each six once. */
static void note_code(const struct returns *r, uint32_t number, uint32_t *last, struct occurring *out)
{
    char text[PRODUCT_CODE_MAX];
    enum level level = r->dataset->level == LEVEL_HS8 ? LEVEL_HS6 : r->dataset->level;
    uint32_t own = node_number(number, r->dataset->level, level);
    if (own == *last)
        return;
    *last = own;
    size_t n = product_print(own, level, text);
    unsigned mask = correlation_revisions(&r->tables, str_span(text, n));
    const bool national = text[0] == '9' && text[1] >= '8';
    out->all_codes += !national;
    out->in_none += !national && mask == 0;
    for (unsigned i = 1; i <= HS_REVISIONS; i++)
        out->codes[i] += mask >> (i - 1) & 1;
}

static void find_codes(const struct returns *r, const struct returns_segment *s, unsigned flow, struct occurring *out)
{
    const enum level level = r->dataset->level;
    bool chapter[100] = {false};
    uint32_t last = UINT32_MAX;
    for (size_t i = 0; i < s->n_codes; i++) {
        if (!(s->occurs[i] >> flow & 1))
            continue;
        note_chapter(chapter, node_number(s->code[i], level, LEVEL_HS2));
        note_code(r, s->code[i], &last, out);
    }
    for (size_t i = 0; i < s->rests->n; i++) {
        const struct file_rest *rest = &s->rests->rest[i];
        if (RUN_FLOW(rest->key) == flow && NODE_LEVEL(rest->node) != LEVEL_TOTAL)
            note_chapter(chapter, node_number(NODE_NUMBER(rest->node), NODE_LEVEL(rest->node), LEVEL_HS2));
    }
    out->chapters = count_chapters(chapter);
    for (unsigned i = 1; i <= HS_REVISIONS; i++) {
        enum level counted = level == LEVEL_HS8 ? LEVEL_HS6 : level;
        out->codes_of[i] = (unsigned)correlation_count(&r->tables, i, counted);
        out->most[i] = out->codes_of[i] && out->codes[i] * 100 >= out->codes_of[i] * 85;
        out->most[0] = out->most[0] || out->most[i];
    }
}

static void find_members(const struct returns *r, const struct returns_segment *s, unsigned flow, struct occurring *out)
{
    const struct file_members *m = r->members;
    for (size_t i = 0; i < s->n_runs; i++) {
        uint32_t key = s->run[i].key, reporter = RUN_REPORTER(key), partner = RUN_PARTNER(key);
        if (RUN_FLOW(key) != flow)
            continue;
        if (partner == m->n && reporter < m->n)
            out->exporters += m->countable[reporter];
        if (reporter == m->n && partner < m->n && m->countable[partner]) {
            out->importers++;
            out->partners += countries_at(r->countries, m->country[partner])->kind == MEMBER_COUNTRY;
        }
    }
}

/* ---- how far down a run tells its products ---- */

struct telling {
    uint8_t level; /* as in struct file_return, with CHOSEN */
    enum cube_rule rule;
    bool own, speaks; /* it has aggregates of its own; some have parts */
};

/* What a run's aggregates say. */
struct aggregates {
    bool speaks;       /* some have parts */
    bool total, wrong; /* the total is published; some aggregate is not the sum of its parts */
    enum level worst;  /* the coarsest of those */
    bool parts;        /* of which there are some */
    bool cover;        /* each of the run's products lies below an aggregate */
};

static bool lies_below_another(const struct file_rest *rest, size_t n, uint32_t node)
{
    for (enum level l = LEVEL_TOTAL; l < NODE_LEVEL(node); l++)
        if (l != LEVEL_SECTION && rests_have(rest, n, NODE(l, node_number(NODE_NUMBER(node), NODE_LEVEL(node), l))))
            return true;
    return false;
}

static struct aggregates aggregates_of(const struct returns *r, const struct file_run *run,
                                       const struct file_rest *rest, size_t n)
{
    struct aggregates a = {.total = n && rest[0].node == NODE(LEVEL_TOTAL, 0), .worst = r->dataset->level};
    uint64_t below = 0;
    for (size_t i = 0; i < n; i++) {
        const int64_t value = rest[i].value_usd;
        const uint64_t gap = value < 0 ? -(uint64_t)value : (uint64_t)value;
        const enum level level = NODE_LEVEL(rest[i].node);
        below += rest[i].parts - (uint64_t)lies_below_another(rest, n, rest[i].node);
        a.speaks = a.speaks || rest[i].parts;
        if (gap <= rest[i].parts * (uint64_t)r->unit_usd) /* without parts it is never theirs */
            continue;
        a.wrong = true;
        a.parts = level < a.worst ? rest[i].parts > 0 : a.parts || (level == a.worst && rest[i].parts > 0);
        a.worst = level < a.worst ? level : a.worst;
    }
    a.cover = n && below == run->count;
    return a;
}

static uint8_t level_byte(enum level level) { return (uint8_t)(level + 1U); }

/* Without a total: chapters must all be there, and where the leaves are finer, most of their codes or aggregates above them. */
static struct telling told_as(uint8_t level, enum cube_rule rule)
{
    return (struct telling){.level = level, .rule = rule};
}

static struct telling tell_by_codes(const struct returns *r, const struct aggregates *a, const struct occurring *seen,
                                    unsigned hs)
{
    const enum level leaf = r->dataset->level;
    if (seen->chapters < CHAPTERS_IN_USE)
        return told_as(CHOSEN, CUBE_NONE);
    if (a->wrong)
        return told_as(level_byte(a->worst), CUBE_AGGREGATE);
    if (leaf != LEVEL_HS2 && a->cover)
        return told_as(level_byte(leaf), CUBE_AGGREGATE);
    return leaf == LEVEL_HS2 || seen->most[hs] ? told_as(level_byte(leaf), CUBE_CODES) : told_as(CHOSEN, CUBE_NONE);
}

/* The coarsest aggregate that is not the sum of its parts: what is below it is not all there. */
static uint8_t level_of_worst(const struct aggregates *a)
{
    return (uint8_t)(level_byte(a->worst) | (a->parts && a->worst == LEVEL_TOTAL ? CHOSEN : 0));
}

static struct telling tell_stated(const struct returns *r, const struct aggregates *a, const struct stated *stated)
{
    bool total = a->total || r->dataset->level == LEVEL_TOTAL;
    if (stated->coverage == COVERAGE_SELECTED)
        return told_as((uint8_t)((total ? level_byte(LEVEL_TOTAL) : 0) | CHOSEN), CUBE_STATED);
    bool less = a->wrong && a->worst < stated->level; /* what is published and has no parts is not nothing */
    return told_as(less ? level_of_worst(a) : level_byte(stated->level), CUBE_STATED);
}

static struct telling tell_found(const struct returns *r, const struct aggregates *a, const struct occurring *seen,
                                 unsigned hs)
{
    const enum level leaf = r->dataset->level;
    if (r->dataset->coverage_told == TOLD_BY_FORMAT && !a->total)
        return seen->most[hs] ? told_as(level_byte(leaf), CUBE_READER) : told_as(CHOSEN, CUBE_NONE);
    if (leaf == LEVEL_TOTAL)
        return told_as(level_byte(LEVEL_TOTAL), CUBE_AGGREGATE);
    return a->total ? told_as(level_of_worst(a), CUBE_AGGREGATE) : tell_by_codes(r, a, seen, hs);
}

static struct telling tell_run(const struct returns *r, const struct file_run *run, const struct rest_list *rests,
                               const struct occurring *seen, const struct stated *stated, unsigned hs)
{
    const struct file_rest *rest;
    size_t n = rests_of(rests, run->key, &rest);
    struct aggregates a = aggregates_of(r, run, rest, n);
    struct telling told = stated->products ? tell_stated(r, &a, stated) : tell_found(r, &a, seen, hs);
    told.own = n > 0;
    told.speaks = a.speaks;
    return told;
}

/* ---- a return ---- */

/* The runs of a reporter and flow. */
struct row_of_runs {
    const struct file_run *run;
    size_t n;
    struct about about;
    int64_t world_usd, partners_usd; /* -1: there is none */
    size_t n_partners;
};

static struct row_of_runs read_row(const struct returns *r, const struct returns_segment *s, size_t at)
{
    const struct file_members *m = r->members;
    struct row_of_runs row = {.run = s->run + at, .world_usd = -1, .partners_usd = -1};
    uint32_t key = row.run->key;
    for (; at + row.n < s->n_runs && row.run[row.n].key >> 16 == key >> 16; row.n++) {
        uint32_t partner = RUN_PARTNER(row.run[row.n].key);
        if (partner == m->world)
            row.world_usd = row.run[row.n].value_usd;
        else if (partner == m->n)
            row.partners_usd = row.run[row.n].value_usd;
        else
            row.n_partners += m->countable[partner];
    }
    row.about = (struct about){s->period, m->country[RUN_REPORTER(key)], RUN_FLOW(key)};
    return row;
}

static bool misses_world(const struct row_of_runs *row)
{
    int64_t sum = row->partners_usd > 0 ? row->partners_usd : 0;
    int64_t gap = sum > row->world_usd ? sum - row->world_usd : row->world_usd - sum;
    return row->world_usd >= 0 && gap > row->world_usd / 1000;
}

/* Whether the world's row differs from the partners by no more than the last digit of each. */
static bool is_rounding(const struct returns *r, const struct row_of_runs *row)
{
    const int64_t sum = row->partners_usd > 0 ? row->partners_usd : 0, gap = row->world_usd - sum;
    const uint64_t apart = gap < 0 ? -(uint64_t)gap : (uint64_t)gap, parts = row->n_partners ? row->n_partners : 1;
    return row->world_usd >= 0 && apart / parts + (apart % parts != 0) <= (uint64_t)r->unit_usd;
}

static void note_miss(struct returns *r, const struct row_of_runs *row)
{
    if (r->found.n_missed++)
        return;
    r->found.reporter = row->about.reporter;
    r->found.period = row->about.period;
    r->found.flow = (enum flow)row->about.flow;
    r->found.world_usd = row->world_usd;
    r->found.partners_usd = row->partners_usd > 0 ? row->partners_usd : 0;
}

static const enum cube_partners as_stated[] = {
    [PARTNERS_ALL] = CUBE_ALL, [PARTNERS_LISTED] = CUBE_LISTED, [PARTNERS_CLOSED] = CUBE_CLOSED};

static enum cube_partners partners_of(struct returns *r, const struct row_of_runs *row, const struct stated *stated,
                                      const struct occurring *seen)
{
    bool misses = misses_world(row);
    if (row->n_partners == 0)
        return CUBE_WORLD;
    if (stated->partners && (stated->listed == PARTNERS_LISTED || !misses))
        return as_stated[stated->listed];
    if (misses) {
        note_miss(r, row);
        return CUBE_LISTED;
    }
    return row->world_usd >= 0 || seen->partners >= COUNTRIES_FOR_ALL ? CUBE_ALL : CUBE_LISTED;
}

static unsigned revision_of(const struct returns *r, const struct about *about, uint32_t key, unsigned stated)
{
    bool several;
    const struct revision_note *note = find_revision(r->revisions, about->period, key >> 16, &several);
    return note ? note->hs : stated ? stated : hs_number(r->dataset->hs);
}

/* The rows of a return are of one revision; the message names the later of two that are not. */
static enum status check_revisions(const struct returns *r, const struct about *about, uint32_t key,
                                   struct problem *problem)
{
    bool several = false;
    const struct revision_note *note = find_revision(r->revisions, about->period, key >> 16, &several);
    char period[PERIOD_TEXT], place[256] = "";
    if (!several || r->dataset->level == LEVEL_TOTAL) /* a total has no revision */
        return ST_OK;
    bool swapped = note[0].source != note[1].source ? note[0].source > note[1].source : note[0].line > note[1].line;
    const struct revision_note *first = &note[swapped], *again = &note[!swapped];
    if (again->source < r->n_sources)
        (void)snprintf(place, sizeof place, "%.*s:%llu", STR_ARG(r->source[again->source]),
                       (unsigned long long)again->line);
    (void)period_print(about->period, period);
    enum status status = problem_set(
        problem, ST_INVALID, place, "this row is of %.*s, and other rows of the %s of %.*s in %s are of %.*s",
        STR_ARG(hs_name(again->hs)), about->flow ? "imports" : "exports",
        STR_ARG(countries_at(r->countries, about->reporter)->id), period, STR_ARG(hs_name(first->hs)));
    return problem_cure(problem, status, "one return has one revision: leave one of them out");
}

static void add_exception(struct returns *r, struct file_return *out, uint32_t partner, uint8_t level)
{
    const struct file_exception exception = {.partner = (uint16_t)partner, .level = level};
    buf_add(&r->exceptions, str_span((const char *)&exception, sizeof exception));
    out->n_exceptions++;
}

static void count_return(struct returns *r, const struct file_return *out)
{
    struct cube_found *f = &r->found;
    f->n++;
    f->selected += (out->level & CHOSEN) != 0;
    f->by_rule[out->rule]++;
    f->by_partners[out->partners]++;
    r->listed = r->listed || out->partners == CUBE_LISTED || out->partners == CUBE_WORLD;
    r->least_none = r->least_none || RETURN_LEVEL(out->least) == 0;
    if (RETURN_LEVEL(out->least) && (enum level)(RETURN_LEVEL(out->least) - 1U) < r->least)
        r->least = (enum level)(RETURN_LEVEL(out->least) - 1U);
    r->mixed_hs = r->mixed_hs || (f->n > 1 && r->hs != out->revision);
    r->hs = out->revision;
}

/* The word of the runs whose aggregates have parts: the world's own, else the least of them. NULL where there are none. */
static const struct telling *spoken(const struct returns *r, const struct row_of_runs *row, const struct telling *told)
{
    const struct telling *least = NULL;
    for (size_t i = 0; i < row->n; i++) {
        uint32_t partner = RUN_PARTNER(row->run[i].key);
        if (!told[i].speaks || partner == r->members->n)
            continue;
        if (partner == r->members->world)
            return &told[i];
        if (!least || RETURN_LEVEL(told[i].level) < RETURN_LEVEL(least->level))
            least = &told[i];
    }
    return least;
}

/* What holds for the whole return, and so for partners that have no aggregate of their own. */
static struct telling word_of(const struct returns *r, const struct row_of_runs *row, const struct telling *told,
                              const struct occurring *seen, const struct stated *stated, unsigned hs)
{
    const struct aggregates none = {.worst = r->dataset->level};
    const struct telling *word = spoken(r, row, told);
    bool totals_alone = true;
    for (size_t i = 0; i < row->n; i++)
        totals_alone = totals_alone && (told[i].own || RUN_PARTNER(row->run[i].key) == r->members->n);
    if (stated->products)
        return tell_stated(r, &none, stated);
    if (word)
        return *word;
    return totals_alone ? told[0] : tell_found(r, &none, seen, hs);
}

static void add_exceptions(struct returns *r, const struct row_of_runs *row, const struct telling *told,
                           struct file_return *out)
{
    out->first_exception = (uint32_t)(r->exceptions.n / sizeof(struct file_exception));
    out->least = out->level;
    for (size_t i = 0; i < row->n; i++) {
        uint32_t partner = RUN_PARTNER(row->run[i].key);
        if (partner == r->members->n)
            continue;
        if (told[i].level != out->level)
            add_exception(r, out, partner, told[i].level);
        if (RETURN_LEVEL(told[i].level) < RETURN_LEVEL(out->least))
            out->least = told[i].level;
    }
}

/* ---- returns of an older cube ---- */

/* What the older cube knows of a return that no new row has; NULL: nothing. */
static const struct file_return *kept_return(const struct returns *r, uint32_t period, uint32_t reporter, unsigned flow)
{
    if (!r->old)
        return NULL;
    bool fresh = r->dataset->basis == BASIS_RECONCILED ? revisions_have_period(r->fresh, period)
                                                       : revisions_have(r->fresh, period, reporter << 1 | flow);
    const uint16_t local = engine_local(r->old, r->members->country[reporter]);
    size_t from, to;
    engine_segments(r->old, period, &from, &to);
    return fresh || local == NO_LOCAL || from == to ? NULL : image_return(&r->old->image, (uint32_t)from, local, flow);
}

static void keep_return(struct returns *r, uint32_t segment, uint32_t reporter, const struct file_return *was)
{
    const struct file_exception *exception = r->old->image.returns.exception + was->first_exception;
    struct file_return out = *was;
    out.segment = segment;
    out.reporter = (uint16_t)reporter;
    out.first_exception = (uint32_t)(r->exceptions.n / sizeof(struct file_exception));
    out.n_exceptions = 0;
    for (uint32_t i = 0; i < was->n_exceptions; i++) {
        const uint32_t country = r->old->country[exception[i].partner];
        if (country < countries_count(r->countries))
            add_exception(r, &out, r->members->of_country[country], exception[i].level);
    }
    count_return(r, &out);
    buf_add(&r->returns, str_span((const char *)&out, sizeof out));
}

static enum status add_return(struct returns *r, const struct returns_segment *s, const struct row_of_runs *row,
                              const struct occurring *seen, struct problem *problem)
{
    uint32_t key = row->run->key;
    const struct file_return *was = kept_return(r, s->period, RUN_REPORTER(key), RUN_FLOW(key));
    if (was) {
        keep_return(r, s->number, RUN_REPORTER(key), was);
        return ST_OK;
    }
    struct telling *told = calloc(row->n, sizeof *told);
    struct stated stated = stated_of(r, &row->about, ANY_MEMBER);
    enum status status = check_revisions(r, &row->about, key, problem);
    if (!told || status != ST_OK) {
        free(told);
        return told ? status : problem_set(problem, ST_NO_MEMORY, "", "out of memory while laying out the cube");
    }
    unsigned hs = revision_of(r, &row->about, key, stated.hs);
    for (size_t i = 0; i < row->n; i++) {
        uint32_t partner = RUN_PARTNER(row->run[i].key);
        struct stated own = partner < r->members->n ? stated_of(r, &row->about, r->members->country[partner]) : stated;
        told[i] = tell_run(r, &row->run[i], s->rests, seen, &own, hs);
    }
    struct telling whole = word_of(r, row, told, seen, &stated, hs);
    bool own = true;
    for (size_t i = 0; i < row->n; i++) {
        own = own && (told[i].own || RUN_PARTNER(row->run[i].key) == r->members->n);
        if (told[i].own || stated.products)
            continue;
        told[i] = whole;
        if (RETURN_LEVEL(whole.level) <
            level_byte(r->dataset->level)) /* totals that others publish are none of its own */
            told[i].level = CHOSEN;
    }
    const enum cube_partners partners = partners_of(r, row, &stated, seen);
    const bool close = is_rounding(r, row);
    struct file_return out = {
        .segment = s->number,
        .reporter = (uint16_t)RUN_REPORTER(key),
        .flow = (uint8_t)row->about.flow,
        .level = whole.level,
        .rule = (uint8_t)whole.rule,
        .revision = (uint8_t)hs,
        .partners = (uint8_t)partners,
        .flags = (uint8_t)((row->world_usd >= 0 ? RETURN_WORLD : 0) |
                           (stated.partners && partners == as_stated[stated.listed] ? RETURN_STATED : 0) |
                           (own ? RETURN_OWN : 0) | (close ? RETURN_CLOSE : 0))};
    add_exceptions(r, row, told, &out);
    out.flags |= RETURN_LEVEL(out.least) ? RETURN_TOTALS : 0;
    count_return(r, &out);
    buf_add(&r->returns, str_span((const char *)&out, sizeof out));
    free(told);
    return ST_OK;
}

/* ---- reconciled data: an area's return holds what it exports and what it imports ---- */

static enum cube_partners world_of(const struct returns *r, const struct stated *stated, const struct occurring *seen)
{
    (void)r;
    if (stated->partners)
        return stated->listed == PARTNERS_CLOSED ? CUBE_CLOSED
               : stated->listed == PARTNERS_ALL  ? CUBE_ALL
                                                 : CUBE_LISTED;
    return seen->exporters >= COUNTRIES_FOR_ALL && seen->importers >= COUNTRIES_FOR_ALL ? CUBE_ALL : CUBE_LISTED;
}

static void add_area(struct returns *r, const struct returns_segment *s, uint32_t member, const struct occurring *seen)
{
    const struct about about = {s->period, r->members->country[member], FLOW_EXPORTS};
    const struct file_return *was = kept_return(r, s->period, member, FLOW_EXPORTS);
    if (was) {
        keep_return(r, s->number, member, was);
        return;
    }
    const struct file_run none = {.key = RUN_KEY(member, 0, r->members->n), .count = 1};
    const struct rest_list no_rests = {.n = 0};
    struct stated stated = stated_of(r, &about, ANY_MEMBER);
    unsigned hs = revision_of(r, &about, none.key, stated.hs);
    struct telling told = tell_run(r, &none, &no_rests, seen, &stated, hs);
    struct file_return out = {.segment = s->number,
                              .reporter = (uint16_t)member,
                              .level = told.level,
                              .least = told.level,
                              .rule = (uint8_t)told.rule,
                              .revision = (uint8_t)hs,
                              .partners = (uint8_t)world_of(r, &stated, seen),
                              .flags = RETURN_LEVEL(told.level) ? RETURN_TOTALS : 0,
                              .first_exception = (uint32_t)(r->exceptions.n / sizeof(struct file_exception))};
    count_return(r, &out);
    buf_add(&r->returns, str_span((const char *)&out, sizeof out));
}

static enum status add_areas(struct returns *r, const struct returns_segment *s, const struct occurring *seen,
                             struct problem *problem)
{
    const struct file_members *m = r->members;
    bool *there = calloc(m->n + 1, sizeof *there);
    if (!there)
        return problem_set(problem, ST_NO_MEMORY, "", "out of memory while laying out the cube");
    for (size_t i = 0; i < s->n_runs; i++)
        there[RUN_REPORTER(s->run[i].key)] = there[RUN_PARTNER(s->run[i].key)] = true;
    for (uint32_t i = 0; i < m->n; i++)
        if (there[i])
            add_area(r, s, i, seen);
    free(there);
    return ST_OK;
}

/* ---- a period ---- */

/* Codes of two or four digits most of which no revision has are of another classification: read as HS they would be other goods. */
static enum status check_classification(const struct returns *r, const struct occurring *seen, struct problem *problem)
{
    const struct dataset *d = r->dataset;
    if (d->level >= LEVEL_HS6 || d->synthetic || d->hs.n || r->revisions->n || 2 * seen->in_none <= seen->all_codes)
        return ST_OK;
    enum status status = problem_set(
        problem, ST_INVALID, "product codes",
        "%u of %u are in no revision of the Harmonized System: they look like those of another classification",
        seen->in_none, seen->all_codes);
    return problem_cure(problem, status,
                        "translate them to HS first (SITC, BEC and national lists cannot be read yet); if they are HS, "
                        "say of which revision (\"hs\")");
}

static void note_occurring(struct returns *r, const struct occurring *seen, unsigned hs)
{
    struct cube_found *f = &r->found;
    f->chapters = seen->chapters > f->chapters ? seen->chapters : f->chapters;
    if (seen->codes[hs] >= f->codes) {
        f->codes = seen->codes[hs];
        f->codes_of = seen->codes_of[hs];
    }
}

enum status returns_add(struct returns *r, const struct returns_segment *s, struct problem *problem)
{
    struct occurring seen[2] = {{.chapters = 0}};
    enum status status = ST_OK;
    for (unsigned flow = 0; flow < 2; flow++) {
        if (r->dataset->level != LEVEL_TOTAL)
            find_codes(r, s, flow, &seen[flow]);
        if (check_classification(r, &seen[flow], problem) != ST_OK)
            return ST_INVALID;
        find_members(r, s, flow, &seen[flow]);
        note_occurring(r, &seen[flow], hs_number(r->dataset->hs));
    }
    if (r->dataset->basis == BASIS_RECONCILED)
        return add_areas(r, s, &seen[FLOW_EXPORTS], problem);
    for (size_t i = 0; status == ST_OK && i < s->n_runs && RUN_REPORTER(s->run[i].key) < r->members->n;) {
        struct row_of_runs row = read_row(r, s, i);
        status = add_return(r, s, &row, &seen[row.about.flow], problem);
        i += row.n;
    }
    return status;
}

/* The level of a run's partner in a return. */
static uint8_t level_with(const struct returns *r, const struct file_return *own, uint32_t partner)
{
    const struct file_exception *exception = (const void *)r->exceptions.p;
    for (uint32_t i = own->first_exception; i < own->first_exception + own->n_exceptions; i++)
        if (exception[i].partner == partner)
            return exception[i].level;
    return own->level;
}

void returns_drop_rests(const struct returns *r, uint32_t segment, struct rest_list *rests)
{
    const struct file_return *own = (const void *)r->returns.p, *end = own + r->returns.n / sizeof *own;
    size_t k = 0;
    while (own < end && own->segment < segment)
        own++;
    for (size_t i = 0; i < rests->n; i++) {
        const struct file_rest *rest = &rests->rest[i];
        const uint32_t row = rest->key >> 16;
        while (own < end && ((uint32_t)own->reporter << 1 | own->flow) < row)
            own++;
        bool known = own < end && ((uint32_t)own->reporter << 1 | own->flow) == row;
        bool whole = !known || ((own->flags & RETURN_OWN) &&
                                level_with(r, own, RUN_PARTNER(rest->key)) == level_byte(r->dataset->level));
        if (rest->value_usd || rest->status || !whole)
            rests->rest[k++] = rests->rest[i];
    }
    rests->n = k;
}

bool returns_print(const struct returns *r, struct buf *out)
{
    const struct file_returns head = {.n_returns = r->returns.n / sizeof(struct file_return),
                                      .n_exceptions = r->exceptions.n / sizeof(struct file_exception),
                                      .unit_usd = r->unit_usd};
    buf_add(out, str_span((const char *)&head, sizeof head));
    buf_add(out, buf_view(&r->returns));
    buf_add(out, buf_view(&r->exceptions));
    return !out->failed && !r->returns.failed && !r->exceptions.failed;
}

void returns_summary(const struct returns *r, struct dataset *d)
{
    if (d->coverage_told != TOLD_STATED)
        d->coverage = r->least_none || r->least < d->level ? COVERAGE_SELECTED : COVERAGE_FULL;
    if (d->partners_told != TOLD_STATED || r->find_partners)
        d->partners = r->listed ? PARTNERS_LISTED : PARTNERS_ALL;
    if (r->revisions->n && d->level != LEVEL_TOTAL)
        d->hs = r->mixed_hs ? str_span(NULL, 0) : hs_name(r->hs);
    d->coverage_told = d->partners_told = TOLD_STATED;
}
