/* Word by word: each word of the question is looked up in one sorted list of all words, and its fits are added up by entry. */
#include "entrepot/cube/search.h"

#include "entrepot/base/bound.h"

const char *const search_kind_name[SEARCH_KINDS] = {"country", "sector", "product", "dataset"};
const char *const search_match_name[4] = {"code", "name", "beginning", "near"};

#define TERMS_MAX 8
#define WORD_MAX 32

/* Where a word stands in its entry. */
enum place {
    PLACE_CODE,   /* the whole of a code; beginnings of it count */
    PLACE_NUMBER, /* a number that is meant whole or not at all */
    PLACE_FIRST,  /* first word of a name */
    PLACE_LATER
};

struct word {
    struct str text; /* folded */
    uint32_t entry;
    uint32_t letters; /* a bit for each letter in it */
    enum place place;
};

struct entry {
    enum search_kind kind;
    struct str id, name;
    const char *detail;
    bool lesser; /* a former country, an area that is none, a group */
};

struct search_index {
    struct arena arena;
    struct entry *entry;
    struct word *word; /* sorted by text */
    size_t n_entries, n_words, room_entries, room_words;
    bool failed;
};

/* ---- folding ---- */

/* U+00C0 to U+00FF without their accents; '.' where there is no letter. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo.ouuuuytsaaaaaaaceeeeiiiidnooooo.ouuuuyty";

/* The next letter or digit in small letters, 0 for anything between words; *i moves on. */
static char fold_at(struct str s, size_t *i)
{
    unsigned char c = (unsigned char)s.p[(*i)++];
    if (c == 0xC3 && *i < s.n) {
        char folded = latin[(unsigned char)s.p[(*i)++] & 0x3F];
        return folded == '.' ? '\0' : folded;
    }
    if (c >= 'A' && c <= 'Z')
        return (char)(c + 32);
    bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
    return letter ? (char)c : '\0';
}

/* The next word of a text, folded; false at its end. Apostrophes part words. */
static bool search_next_word(struct str text, size_t *i, char out[WORD_MAX], size_t *n)
{
    *n = 0;
    while (*i < text.n) {
        char c = fold_at(text, i);
        if (c && *n < WORD_MAX)
            out[(*n)++] = c;
        if (!c && *n)
            return true;
    }
    return *n > 0;
}

static uint32_t letters_of(struct str word)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < word.n; i++)
        bits |= 1U << ((unsigned char)word.p[i] & 31);
    return bits;
}

/* ---- building ---- */

static void add_word(struct search_index *x, struct str folded, enum place place)
{
    struct str kept = arena_str(&x->arena, folded);
    if (x->n_words == x->room_words || !kept.p) {
        x->failed = true;
        return;
    }
    x->word[x->n_words++] =
        (struct word){.text = kept, .entry = (uint32_t)x->n_entries - 1, .letters = letters_of(kept), .place = place};
}

/* A code's punctuation is dropped: dgcis-hs2-fy is dgcishs2fy, and its words stand beside it. */
static void add_code(struct search_index *x, struct str code, enum place place)
{
    char folded[WORD_MAX];
    size_t n = 0;
    for (size_t i = 0; i < code.n && n < WORD_MAX;) {
        char c = fold_at(code, &i);
        if (c)
            folded[n++] = c;
    }
    if (n)
        add_word(x, str_span(folded, n), place);
}

static void add_words(struct search_index *x, struct str text, bool first)
{
    char folded[WORD_MAX];
    size_t n, i = 0;
    for (; search_next_word(text, &i, folded, &n); first = false)
        add_word(x, str_span(folded, n), first ? PLACE_FIRST : PLACE_LATER);
}

static void add_entry(struct search_index *x, enum search_kind kind, struct str id, struct str name, const char *detail)
{
    if (x->n_entries == x->room_entries) {
        x->failed = true;
        return;
    }
    x->entry[x->n_entries++] = (struct entry){.kind = kind, .id = id, .name = name, .detail = detail};
    add_code(x, id, PLACE_CODE);
    add_words(x, name, true);
}

static void add_country(struct search_index *x, const struct country *c)
{
    add_entry(x, SEARCH_COUNTRY, c->id, c->name, member_kind_name[c->kind]);
    if (!x->failed)
        x->entry[x->n_entries - 1].lesser = c->kind != MEMBER_COUNTRY && c->kind != MEMBER_WORLD;
    add_code(x, c->iso2, PLACE_NUMBER);
    add_code(x, c->m49, PLACE_NUMBER);
    if (!str_eq(c->m49, c->comtrade))
        add_code(x, c->comtrade, PLACE_NUMBER);
    for (struct str rest = c->aliases; rest.n;)
        add_words(x, str_cut(&rest, '|'), false);
}

static void add_all(struct search_index *x, const struct catalogue *catalogue)
{
    const struct countries *countries = catalogue_countries(catalogue);
    const struct products *products = catalogue_products(catalogue);
    const struct sectors *sectors = catalogue_sectors(catalogue);
    for (uint32_t i = 0; i < countries_count(countries); i++)
        add_country(x, countries_at(countries, i));
    for (size_t i = 0; i < sectors_count(sectors); i++) {
        add_entry(x, SEARCH_SECTOR, sectors_at(sectors, i)->id, sectors_at(sectors, i)->name, NULL);
        add_words(x, sectors_at(sectors, i)->id, false);
    }
    for (uint32_t i = 0; i < products_count(products); i++) {
        const struct product *p = products_at(products, i);
        add_entry(x, SEARCH_PRODUCT, p->code, p->name, level_name[p->level]);
    }
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct dataset *d = cube_dataset(catalogue_at(catalogue, i));
        add_entry(x, SEARCH_DATASET, d->id, d->title, NULL);
        add_words(x, d->id, false);
    }
}

/* Words are at least a letter and what parts it from the next. */
static size_t words_in(struct str text) { return text.n / 2 + 2; }

static void count_room(struct search_index *x, const struct catalogue *catalogue)
{
    const struct countries *countries = catalogue_countries(catalogue);
    const struct products *products = catalogue_products(catalogue);
    const struct sectors *sectors = catalogue_sectors(catalogue);
    x->room_entries =
        countries_count(countries) + products_count(products) + sectors_count(sectors) + catalogue_count(catalogue);
    for (uint32_t i = 0; i < countries_count(countries); i++)
        x->room_words += 4 + words_in(countries_at(countries, i)->name) + words_in(countries_at(countries, i)->aliases);
    for (uint32_t i = 0; i < products_count(products); i++)
        x->room_words += 1 + words_in(products_at(products, i)->name);
    for (size_t i = 0; i < sectors_count(sectors); i++)
        x->room_words += 1 + words_in(sectors_at(sectors, i)->name) + words_in(sectors_at(sectors, i)->id);
    for (size_t i = 0; i < catalogue_count(catalogue); i++) {
        const struct dataset *d = cube_dataset(catalogue_at(catalogue, i));
        x->room_words += 1 + words_in(d->title) + words_in(d->id);
    }
}

static int search_by_text(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    int order = str_cmp(x->text, y->text);
    return order ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

struct search_index *search_new(const struct catalogue *catalogue)
{
    struct search_index *x = calloc(1, sizeof *x);
    if (!x)
        return NULL;
    arena_init(&x->arena, SIZE_MAX);
    count_room(x, catalogue);
    x->entry = arena_new(&x->arena, struct entry, x->room_entries);
    x->word = arena_new(&x->arena, struct word, x->room_words);
    x->failed = !x->entry || !x->word;
    if (!x->failed)
        add_all(x, catalogue);
    if (x->failed) {
        search_free(x);
        return NULL;
    }
    qsort(x->word, x->n_words, sizeof *x->word, search_by_text);
    return x;
}

void search_free(struct search_index *x)
{
    if (!x)
        return;
    arena_release(&x->arena);
    free(x);
}

/* ---- looking ---- */

/* What is known of an entry while the words of a question are gone through. */
struct search_tally {
    float sum, best; /* of the words before; of the present one */
    uint8_t terms;   /* words that fit */
    uint8_t match;   /* the worst enum search_match of them; of the present one in `now` */
    uint8_t now;
};

struct looking {
    const struct search_index *index;
    struct search_tally *tally;
    uint32_t *touched; /* entries that fit the present word */
    size_t n_touched;
    unsigned kinds;
};

static void fit(struct looking *l, uint32_t entry, double score, enum search_match match)
{
    struct search_tally *t = &l->tally[entry];
    if (l->kinds && !(l->kinds & 1U << l->index->entry[entry].kind))
        return;
    if (t->best <= 0)
        l->touched[l->n_touched++] = entry;
    if ((float)score > t->best) {
        t->best = (float)score;
        t->now = (uint8_t)match;
    }
}

static bool word_before(const void *words, size_t at, const void *term)
{
    return str_cmp(((const struct word *)words)[at].text, *(const struct str *)term) < 0;
}

/* Of codes that begin alike the shorter comes first: a heading before its subheadings. */
static void fit_beginning(struct looking *l, const struct word *w, struct str term)
{
    bool whole = w->text.n == term.n, first = w->place == PLACE_FIRST;
    double rest = (double)(w->text.n - term.n), less = rest < 10 ? rest : 10;
    if (w->place == PLACE_CODE)
        fit(l, w->entry, whole ? 1 : 0.9 - 0.02 * less, SEARCH_CODE);
    else if (w->place != PLACE_NUMBER && !whole)
        fit(l, w->entry, (first ? 0.78 : 0.7) - 0.01 * less, SEARCH_BEGINNING);
    else if (w->place != PLACE_NUMBER)
        fit(l, w->entry, first ? 0.9 : 0.84, SEARCH_NAME);
    else if (whole)
        fit(l, w->entry, 0.99, SEARCH_CODE);
}

static unsigned bits(uint32_t x) { return (unsigned)__builtin_popcount(x); }

/* How far the term is from the word or from a beginning of it about as long as the term; `whole`: from no beginning less than from all. */
static unsigned word_distance(const struct word *w, struct str term, uint32_t letters, unsigned limit, bool *whole)
{
    unsigned best = limit + 1;
    if (w->text.n + limit < term.n || bits(letters & ~w->letters) > limit)
        return best;
    for (size_t n = term.n - 1; n <= term.n + 1; n++) {
        size_t length = n < w->text.n ? n : w->text.n;
        unsigned d = str_distance(term, str_span(w->text.p, length), limit);
        d = d == 0 ? 1 : d; /* a beginning was looked for before: something is too much */
        best = d < best ? d : best;
    }
    unsigned all = str_distance(term, w->text, limit);
    *whole = all <= best;
    return *whole ? all : best;
}

/* `d` letters away, from the whole word or from a beginning of it. */
static double near_score(const struct word *w, unsigned d, bool whole)
{
    return (w->place == PLACE_FIRST ? 0.5 : 0.45) - 0.12 * d - (whole ? 0 : 0.03);
}

static void fit_near(struct looking *l, struct str term)
{
    const struct search_index *x = l->index;
    unsigned limit = term.n < 4 ? 0 : term.n < 7 ? 1 : 2, d = 0;
    uint32_t letters = letters_of(term);
    bool whole = false;
    for (size_t i = 0; limit && i < x->n_words; i++) {
        const struct word *w = &x->word[i];
        if (i == 0 || !str_eq(w->text, x->word[i - 1].text))
            d = word_distance(w, term, letters, limit, &whole);
        bool shorter = w->text.n < 3 || w->place == PLACE_NUMBER;
        if (d <= limit && !shorter)
            fit(l, w->entry, near_score(w, d, whole), SEARCH_NEAR);
    }
}

/* A word counts for the entries that all words before it have fitted. */
static void end_term(struct looking *l, unsigned terms_before)
{
    for (size_t i = 0; i < l->n_touched; i++) {
        struct search_tally *t = &l->tally[l->touched[i]];
        if (t->terms == terms_before) {
            t->terms++;
            t->sum += t->best;
            t->match = t->now > t->match ? t->now : t->match;
        }
        t->best = 0;
    }
}

static void look_up(struct looking *l, struct str term, unsigned terms_before)
{
    const struct search_index *x = l->index;
    l->n_touched = 0;
    for (size_t i = lower_bound(x->word, x->n_words, word_before, &term);
         i < x->n_words && str_starts(x->word[i].text, term); i++)
        fit_beginning(l, &x->word[i], term);
    if (l->n_touched == 0)
        fit_near(l, term);
    end_term(l, terms_before);
}

/* ---- ranking ---- */

/* The whole name with nothing else beside it comes before names that only have the words in them. */
static double closeness(const struct entry *e, size_t letters)
{
    double name = (double)(e->name.n > e->id.n ? e->name.n : e->id.n);
    double part = name > 0 ? (double)letters / name : 0;
    return part < 1 ? part : 1;
}

static int by_score(const struct search_hit *a, const struct search_hit *b)
{
    if (a->score < b->score || a->score > b->score)
        return a->score > b->score ? -1 : 1;
    return a->kind != b->kind ? (int)a->kind - (int)b->kind : str_cmp(a->id, b->id);
}

static void keep_best(struct search_hit *hit, size_t *n, size_t max, struct search_hit next)
{
    if (*n == max && (max == 0 || by_score(&next, &hit[*n - 1]) >= 0))
        return;
    size_t at = *n < max ? (*n)++ : *n - 1;
    for (; at > 0 && by_score(&next, &hit[at - 1]) < 0; at--)
        hit[at] = hit[at - 1];
    hit[at] = next;
}

static struct search_hit make_hit(const struct entry *e, const struct search_tally *t, size_t letters)
{
    double score = (double)t->sum / t->terms;
    if (t->match != SEARCH_CODE)
        score += 0.05 * closeness(e, letters) + (t->match == SEARCH_NEAR ? 0 : 0.01 * (3 - (double)e->kind) / 3);
    if (e->lesser && t->match != SEARCH_CODE)
        score -= 0.03;
    if (t->match == SEARCH_NEAR && score > 0.499)
        score = 0.499;
    return (struct search_hit){.kind = e->kind,
                               .match = (enum search_match)t->match,
                               .id = e->id,
                               .name = e->name,
                               .detail = e->detail,
                               .score = score};
}

/* The question without what parts its words, as codes are kept: 8507.60, dgcis-hs2-fy. */
static struct str join(struct str text, char out[WORD_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < text.n && n < WORD_MAX;) {
        char c = fold_at(text, &i);
        if (c)
            out[n++] = c;
    }
    return str_span(out, n);
}

/* The code that several words are together. */
static void look_up_joined(struct looking *l, struct str joined, unsigned terms)
{
    const struct search_index *x = l->index;
    for (size_t i = lower_bound(x->word, x->n_words, word_before, &joined);
         i < x->n_words && str_eq(x->word[i].text, joined); i++) {
        struct search_tally *t = &l->tally[x->word[i].entry];
        if (x->word[i].place == PLACE_CODE && (!l->kinds || (l->kinds & 1U << x->entry[x->word[i].entry].kind)))
            *t = (struct search_tally){.sum = (float)terms, .terms = (uint8_t)terms, .match = SEARCH_CODE};
    }
}

/* Returns the number of words; *letters is how long they are together. */
static unsigned look_up_all(struct looking *l, struct str text, size_t *letters)
{
    char word[WORD_MAX], whole[WORD_MAX];
    struct str joined = join(text, whole);
    size_t n, i = 0;
    unsigned terms = 0;
    *letters = joined.n;
    if (str_digits(joined)) { /* points and spaces in a code mean nothing */
        look_up(l, joined, 0);
        return 1;
    }
    while (terms < TERMS_MAX && search_next_word(text, &i, word, &n))
        look_up(l, str_span(word, n), terms++);
    if (terms > 1) {
        look_up_joined(l, joined, terms);
        *letters += terms - 1;
    }
    return terms;
}

bool search_text_good(struct str text)
{
    char word[WORD_MAX];
    size_t n, i = 0;
    return search_next_word(text, &i, word, &n);
}

enum status search_find(const struct search_index *x, struct str text, unsigned kinds, size_t max, struct arena *arena,
                        struct search_hit **out, size_t *n, size_t *found)
{
    struct looking l = {.index = x, .kinds = kinds};
    l.tally = arena_new(arena, struct search_tally, x->n_entries);
    l.touched = arena_new(arena, uint32_t, x->n_entries);
    *out = arena_new(arena, struct search_hit, max);
    if (!l.tally || !l.touched || !*out)
        return ST_NO_MEMORY;
    size_t letters;
    unsigned terms = look_up_all(&l, text, &letters);
    *n = *found = 0;
    for (uint32_t e = 0; e < x->n_entries; e++)
        if (terms && l.tally[e].terms == terms) {
            (*found)++;
            keep_best(*out, n, max, make_hit(&x->entry[e], &l.tally[e], letters));
        }
    return ST_OK;
}
