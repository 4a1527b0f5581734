/* Periods, products and numbers as sources spell them. */
#include "ingest/reader/reader.h"

/* ---- periods ---- */

/* "2019M04" is three pieces. */
struct piece {
    struct str text;
    bool digits;
};
#define PIECES 4

static size_t cut_pieces(struct str text, struct piece out[PIECES])
{
    size_t n = 0;
    for (size_t i = 0, from; i < text.n;) {
        char c = text.p[i];
        bool digit = c >= '0' && c <= '9', letter = (c | 32) >= 'a' && (c | 32) <= 'z';
        if (!digit && !letter) {
            if (!strchr(" -/.:_,()", c))
                return 0;
            i++;
            continue;
        }
        if (n == PIECES)
            return 0;
        for (from = i; i < text.n; i++) {
            c = text.p[i];
            if (digit ? c < '0' || c > '9' : (c | 32) < 'a' || (c | 32) > 'z')
                break;
        }
        out[n++] = (struct piece){str_span(text.p + from, i - from), digit};
    }
    return n;
}

static uint32_t number_of(const struct piece *p)
{
    uint32_t number;
    return p->digits && str_u32(p->text, 99999999, &number) ? number : UINT32_MAX;
}

static bool is_year(const struct piece *p)
{
    uint32_t year = number_of(p);
    return p->digits && p->text.n == 4 && year >= PERIOD_YEAR_MIN && year <= PERIOD_YEAR_MAX;
}

static bool make_month(uint32_t year, uint32_t month, uint32_t *out)
{
    if (year < PERIOD_YEAR_MIN || year > PERIOD_YEAR_MAX || month < 1 || month > 12)
        return false;
    *out = period_make(PERIOD_MONTH, year * 12 + month - 1);
    return true;
}

unsigned month_spelled(struct str text)
{
    static const char names[12][10] = {"january", "february", "march",     "april",   "may",      "june",
                                       "july",    "august",   "september", "october", "november", "december"};
    uint32_t number;
    if (str_u32(text, 12, &number))
        return number;
    for (unsigned i = 0; i < 12; i++)
        if (text.n >= 3 && text.n <= strlen(names[i]) && str_eq_nocase(text, str_span(names[i], text.n)))
            return i + 1;
    return str_eq_nocase(text, STR("sept")) ? 9 : 0;
}

/* 2018-19 and 2018-2019. */
static bool read_fiscal(const struct piece *first, const struct piece *second, uint32_t *out)
{
    uint32_t year = number_of(first), next = number_of(second);
    bool follows = second->text.n == 4 ? next == year + 1 : second->text.n == 2 && next == (year + 1) % 100;
    if (!is_year(first) || !second->digits || !follows)
        return false;
    *out = period_make(PERIOD_FISCAL, year);
    return true;
}

static bool read_one_number(const struct piece *p, unsigned kind, uint32_t *out)
{
    uint32_t number = number_of(p);
    if (is_year(p)) {
        *out = period_make(PERIOD_YEAR, number);
        return true;
    }
    if (p->text.n == 8 && kind == PERIOD_MONTH)
        return make_month(number / 10000, number / 100 % 100, out);
    return p->text.n == 6 && make_month(number / 100, number % 100, out);
}

static bool read_two_numbers(const struct piece *p, unsigned kind, uint32_t *out)
{
    if (kind == PERIOD_FISCAL)
        return read_fiscal(&p[0], &p[1], out);
    if (is_year(&p[0]) && p[1].text.n <= 2 && make_month(number_of(&p[0]), number_of(&p[1]), out))
        return true;
    if (is_year(&p[1]) && p[0].text.n <= 2)
        return make_month(number_of(&p[1]), number_of(&p[0]), out);
    return read_fiscal(&p[0], &p[1], out);
}

/* A word and a number, in either order: Apr 2019, 2019-Apr, Jan-19. */
static bool read_named_month(const struct piece *word, const struct piece *number, uint32_t *out)
{
    uint32_t year = number_of(number);
    unsigned month = month_spelled(word->text);
    if (number->text.n == 2)
        year += year < 70 ? 2000 : 1900;
    return month && (number->text.n == 4 || number->text.n == 2) && make_month(year, month, out);
}

/* 2019Q1, Q1 2019, 2019M04: pieces a word, a year and a part of it. */
static bool read_part(const struct piece *word, const struct piece *year, const struct piece *part, uint32_t *out)
{
    uint32_t number = number_of(part);
    if (!is_year(year) || part->text.n > 2)
        return false;
    if (str_eq_nocase(word->text, STR("M")))
        return make_month(number_of(year), number, out);
    if (!str_eq_nocase(word->text, STR("Q")) || number < 1 || number > 4)
        return false;
    *out = period_make(PERIOD_QUARTER, number_of(year) * 4 + number - 1);
    return true;
}

static bool read_three(const struct piece *p, uint32_t *out)
{
    if (p[0].digits && p[1].digits && p[2].digits &&
        is_year(&p[2])) /* 31/01/2019, where that cannot be a month and a day */
        return (number_of(&p[0]) > 12 || number_of(&p[0]) == number_of(&p[1])) && number_of(&p[0]) <= 31 &&
               make_month(number_of(&p[2]), number_of(&p[1]), out);
    if (p[0].digits && p[1].digits && p[2].digits) /* a day of a month: which one does not matter */
        return is_year(&p[0]) && p[1].text.n <= 2 && make_month(number_of(&p[0]), number_of(&p[1]), out);
    if (!p[0].digits && p[1].digits && p[2].digits && str_eq_nocase(p[0].text, STR("FY")))
        return read_fiscal(&p[1], &p[2], out);
    if (p[0].digits && !p[1].digits && p[2].digits)
        return read_part(&p[1], &p[0], &p[2], out);
    return !p[0].digits && p[1].digits && p[2].digits && read_part(&p[0], &p[2], &p[1], out);
}

/* 2019.0 is how a table of numbers with gaps is written. */
static struct str without_zero_decimals(struct str text)
{
    size_t n = text.n;
    while (n && text.p[n - 1] == '0')
        n--;
    return n > 1 && n < text.n && text.p[n - 1] == '.' ? str_span(text.p, n - 1) : text;
}

bool period_spelled(struct str text, unsigned kind, uint32_t *out)
{
    struct piece p[PIECES];
    const char *why;
    text = str_trim(text);
    if (kind != PERIOD_FISCAL && period_read(text, out, &why))
        return true;
    size_t n = cut_pieces(without_zero_decimals(text), p);
    if (n == 1)
        return p[0].digits && read_one_number(&p[0], kind, out);
    if (n == 2 && p[0].digits && p[1].digits)
        return read_two_numbers(p, kind, out);
    if (n == 2)
        return p[0].digits ? read_named_month(&p[1], &p[0], out) : read_named_month(&p[0], &p[1], out);
    return n == 3 && read_three(p, out);
}

/* ---- products ---- */

/* The digits of a code that stands before its name, as "85 - Electrical machinery" or "0101: Horses". */
static struct str first_word(struct str text)
{
    size_t n = 0;
    while (n < text.n && text.p[n] >= '0' && text.p[n] <= '9')
        n++;
    bool ends = n && n < text.n && strchr(" :;-\t", text.p[n]);
    return ends ? str_span(text.p, n) : text;
}

/* 8507.60 and 8507.60.00, as the books of tariffs print them. */
static bool without_points(struct str text, char out[PRODUCT_CODE_MAX], struct str *code)
{
    size_t n = 0;
    if (text.n < 7 || text.p[4] != '.')
        return false;
    for (size_t i = 0; i < text.n; i++) {
        bool point = i >= 4 && (i - 4) % 3 == 0;
        if (point ? text.p[i] != '.' : text.p[i] < '0' || text.p[i] > '9')
            return false;
        if (!point && n < PRODUCT_CODE_MAX - 1)
            out[n++] = text.p[i];
    }
    *code = str_span(out, n);
    return (text.n - 4) % 3 == 0 && (n == 6 || n == 8);
}

static bool zero_is_lost(struct str code, enum level level, bool sure)
{
    static const size_t digits[LEVELS] = {[LEVEL_HS2] = 2, [LEVEL_HS4] = 4, [LEVEL_HS6] = 6, [LEVEL_HS8] = 8};
    return str_digits(code) && (sure ? code.n + 1 == digits[level] : code.n % 2 == 1 && code.n < PRODUCT_CODE_MAX - 1);
}

bool product_spelled(const struct dataset_csv *map, struct str text, enum level level, bool sure,
                     char out[PRODUCT_CODE_MAX], struct str *code, enum level *found)
{
    text = text.n && text.p[0] == '\'' ? str_span(text.p + 1, text.n - 1) : text;
    if (text.n > 3 && str_eq_nocase(str_span(text.p, 2), STR("HS"))) /* HS 0101 */
        text = str_trim(str_span(text.p + 2, text.n - 2));
    if (str_is(text, "9999AA")) /* what 999999 is */
        text = STR("999999");
    *code = text;
    if (texts_have(&map->totals, text)) {
        *code = STR("TOTAL");
    } else if (!without_points(text, out, code)) {
        *code = first_word(without_zero_decimals(text));
        if (zero_is_lost(*code, level, sure)) {
            out[0] = '0';
            memcpy(out + 1, code->p, code->n);
            *code = str_span(out, code->n + 1);
        }
    }
    return product_level(*code, found) && *found != LEVEL_SECTION;
}

/* ---- numbers ---- */

/* Length of a separator at p: a blank is also one that does not break or is narrow. */
static size_t separator_at(const char *p, size_t n, char separator)
{
    if (n && p[0] == separator)
        return 1;
    if (separator != ' ')
        return 0;
    if (n >= 2 && memcmp(p, "\xC2\xA0", 2) == 0)
        return 2;
    return n >= 3 && (memcmp(p, "\xE2\x80\xAF", 3) == 0 || memcmp(p, "\xE2\x80\x89", 3) == 0) ? 3 : 0;
}

/* The whole part: groups of two or three digits behind the first separator, the last of three (12,34,567 is Indian). */
static bool copy_groups(struct str whole, char thousands, char *out, size_t *n)
{
    size_t group = 0, groups = 0;
    for (size_t i = 0; i < whole.n;) {
        size_t sign = separator_at(whole.p + i, whole.n - i, thousands);
        if (sign && (group == 0 || group > 3 || (groups && group < 2)))
            return false;
        if (sign) {
            group = 0;
            groups++;
            i += sign;
            continue;
        }
        if (*n + 1 >= NUMBER_TEXT)
            return false;
        group += whole.p[i] != '-' && whole.p[i] != '+';
        out[(*n)++] = whole.p[i++];
    }
    return groups == 0 || group == 3;
}

/* Dollars may be signed as such. */
static struct str without_dollar(const struct dataset_csv *map, struct str text)
{
    const size_t n = str_starts(text, STR("US$")) ? 3 : str_starts(text, STR("$"));
    return n && map->currency.n == 0 ? str_trim(str_span(text.p + n, text.n - n)) : text;
}

bool number_spelled(const struct dataset_csv *map, struct str text, char room[NUMBER_TEXT], struct str *out)
{
    size_t n = 0;
    text = without_dollar(map, text);
    *out = text;
    if (!map->thousands && (map->decimal == '\0' || map->decimal == '.'))
        return true;
    char decimal = map->decimal ? map->decimal : '.';
    size_t point = str_find(text, decimal);
    if (!copy_groups(str_span(text.p, point), map->thousands ? map->thousands : '\1', room, &n) ||
        n + (text.n - point) + 1 >= NUMBER_TEXT)
        return false;
    for (size_t i = point; i < text.n; i++)
        room[n++] = i == point ? '.' : text.p[i];
    *out = str_span(room, n);
    return decimal == '.' || !str_has(str_span(text.p, point), '.') || map->thousands == '.';
}
