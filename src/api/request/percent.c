/* Percent-encoded text. */
#include "api/request/percent.h"

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%41" at the start of `rest` stands for; -1 for anything else. */
static int escaped(struct str rest)
{
    if (rest.n < 3)
        return -1;
    int high = hex(rest.p[1]), low = hex(rest.p[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

bool percent_decode(struct str raw, bool form, char *text, struct str *out)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.n; i++) {
        int c = (unsigned char)raw.p[i];
        if (c == '%') {
            c = escaped(str_span(raw.p + i, raw.n - i));
            i += 2;
        }
        if (c < 0x20 || c == 0x7F) /* a bad escape is -1 */
            return false;
        text[n++] = raw.p[i] == '+' && form ? ' ' : (char)c;
    }
    *out = str_span(text, n);
    return str_utf8(*out);
}
