/* The test's own reading of lines, numbers, periods and codes: plain, slow, and nothing of it from src/. */
#include "oracle/oracle.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct area area[AREAS_MAX];
size_t n_areas;

/* ---- dice ---- */

uint64_t dice_seed(void)
{
    const char *text = getenv("ORACLE_SEED");
    return text ? strtoull(text, NULL, 10) : 20190401;
}

struct dice dice_for(const char *what, unsigned number)
{
    uint64_t state = dice_seed() + 0x9E3779B97F4A7C15U * (number + 1);
    for (; *what; what++)
        state = (state ^ (unsigned char)*what) * 0x100000001B3U;
    return (struct dice){state ? state : 1};
}

/* splitmix64 */
uint32_t dice_below(struct dice *dice, uint32_t sides)
{
    uint64_t z = dice->state += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return (uint32_t)((z ^ z >> 31) >> 33) % sides;
}

unsigned dice_questions(unsigned usual)
{
    const char *text = getenv("ORACLE_QUESTIONS");
    return text ? (unsigned)strtoul(text, NULL, 10) : INSTRUMENTED ? usual / 2 : usual;
}

/* ---- lines and numbers ---- */

/* Takes the quotes off a field in place; returns its end. */
static char *unquote(char *p, char **start)
{
    char *to = p++;
    *start = to;
    while (*p && !(*p == '"' && p[1] != '"')) {
        p += *p == '"';
        *to++ = *p++;
    }
    char *end = *p ? p + 1 : p;
    *to = '\0';
    return end;
}

size_t text_fields(char *line, char *field[FIELDS_MAX])
{
    size_t n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *p = line; n < FIELDS_MAX;) {
        char *end;
        if (*p == '"') {
            end = unquote(p, &field[n++]);
        } else {
            field[n++] = p;
            end = p + strcspn(p, ",");
        }
        if (*end != ',')
            break;
        *end = '\0';
        p = end + 1;
    }
    return n;
}

static int64_t power(int n) { return n > 0 ? 10 * power(n - 1) : 1; }

bool text_decimal(const char *text, int shift, int64_t *out)
{
    int64_t digits = 0;
    int places = 0, seen = 0;
    bool point = false;
    text += strspn(text, " ");
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
        point = point || *text == '.';
        if (*text == '.')
            continue;
        digits = digits * 10 + (*text - '0');
        places += point;
        if (++seen > 18)
            return false;
    }
    if (seen == 0 || text[strspn(text, " ")])
        return false;
    if (places <= shift)
        return !__builtin_mul_overflow(digits, power(shift - places), out);
    int64_t unit = power(places - shift), whole = digits / unit, rest = digits % unit * 2;
    *out = whole + (rest > unit || (rest == unit && whole % 2));
    return true;
}

uint32_t text_period(const char *text)
{
    uint32_t year = (uint32_t)strtoul(text + (*text == 'F' ? 2 : 0), NULL, 10);
    const char *dash = *text == 'F' ? NULL : strchr(text, '-');
    if (!dash)
        return year;
    uint32_t part = (uint32_t)strtoul(dash + (dash[1] == 'Q' ? 2 : 1), NULL, 10) - 1;
    return year * (dash[1] == 'Q' ? 4 : 12) + part;
}

/* ---- products ---- */

/* First chapter behind each of the 21 sections of the Harmonized System. */
static const unsigned section_end[] = {6,  15, 16, 25, 28, 39, 41, 44, 47, 50, 64,
                                       68, 71, 72, 84, 86, 90, 93, 94, 97, 98};
#define SECTIONS 21

/* Sections are hundreds. A chapter of no section (77, 98, 99) stands for itself, behind the section that begins before it. */
static uint32_t chapter_section(uint32_t chapter)
{
    uint32_t section = 1;
    while (section < SECTIONS && chapter >= section_end[section - 1])
        section++;
    return section * 100 + (chapter == 77 || chapter >= 98 ? chapter : 0);
}

unsigned text_digits(enum level level)
{
    return level == LEVEL_HS2 ? 2 : level == LEVEL_HS4 ? 4 : level == LEVEL_HS6 ? 6 : 8;
}

uint32_t text_power(unsigned n) { return n ? 10 * text_power(n - 1) : 1; }

uint32_t text_product(const char *code)
{
    if (strcmp(code, "TOTAL") == 0)
        return 0;
    return (uint32_t)strtoul(code + (*code == 'S'), NULL, 10) * (*code == 'S' ? 100 : 1);
}

uint32_t text_ancestor(uint32_t leaf, enum level leaves, enum level level)
{
    unsigned digits = text_digits(leaves);
    if (level == LEVEL_TOTAL)
        return 0;
    return level == LEVEL_SECTION ? chapter_section(leaf / text_power(digits - 2))
                                  : leaf / text_power(digits - text_digits(level));
}

const char *text_ancestor_sql(enum level leaves, enum level level)
{
    static char text[1000];
    unsigned digits = text_digits(leaves);
    if (level == LEVEL_TOTAL)
        return "0";
    if (level != LEVEL_SECTION) {
        (void)snprintf(text, sizeof text, "product/%" PRIu32, text_power(digits - text_digits(level)));
        return text;
    }
    uint32_t chapter = text_power(digits - 2);
    size_t n = (size_t)snprintf(text, sizeof text, "CASE");
    for (uint32_t i = 0; i < SECTIONS; i++) {
        if (section_end[i] == 84) /* in the middle of section 15 */
            n += (size_t)snprintf(text + n, sizeof text - n, " WHEN product/%" PRIu32 "=77 THEN 1577", chapter);
        n += (size_t)snprintf(text + n, sizeof text - n, " WHEN product<%" PRIu32 " THEN %" PRIu32,
                              section_end[i] * chapter, (i + 1) * 100);
    }
    (void)snprintf(text + n, sizeof text - n, " ELSE 2100+product/%" PRIu32 " END", chapter);
    return text;
}

/* ---- areas ---- */

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct area *)a)->id, ((const struct area *)b)->id);
}

/* The columns id, m49, comtrade, kind and valid_to of the table of countries. */
void text_areas(char *csv)
{
    char *rest = csv, *field[FIELDS_MAX];
    n_areas = 0;
    (void)strsep(&rest, "\n"); /* the names of the columns */
    for (char *line; (line = strsep(&rest, "\n")) != NULL && *line;) {
        assert_true(text_fields(line, field) >= 10 && n_areas < AREAS_MAX);
        struct area *a = &area[n_areas];
        *a = (struct area){.m49 = (unsigned)strtoul(field[3], NULL, 10),
                           .comtrade = (unsigned)strtoul(field[4], NULL, 10),
                           .place = (uint32_t)n_areas++,
                           .counts = strcmp(field[6], "world") != 0 && strcmp(field[6], "group") != 0,
                           .former = *field[10] != '\0',
                           .nowhere = strcmp(field[6], "area_nes") == 0 && strcmp(field[0], "X490") != 0};
        (void)snprintf(a->id, sizeof a->id, "%s", field[0]);
    }
    qsort(area, n_areas, sizeof *area, by_id);
}

uint32_t text_area(const char *id)
{
    struct area wanted = {.id = ""};
    (void)snprintf(wanted.id, sizeof wanted.id, "%s", id);
    const struct area *found = bsearch(&wanted, area, n_areas, sizeof *area, by_id);
    return found ? (uint32_t)(found - area) : NO_AREA;
}

uint32_t text_area_number(unsigned number)
{
    for (uint32_t i = 0; number && i < n_areas; i++)
        if (area[i].comtrade == number)
            return i;
    for (uint32_t i = 0; number && i < n_areas; i++)
        if (area[i].m49 == number && !area[i].former)
            return i;
    return NO_AREA;
}
