/* Encodings: guessed from the first bytes, and turned into UTF-8 by iconv. */
#include "ingest/text/encoding.h"

#include <errno.h>
#include <iconv.h>

#define UNDECODED_BYTES ((size_t)1 << 16)
#define LETTER_BYTES_MAX 4

/* ---- guessing ---- */

/* UTF-8, but for a letter that the end cuts. */
static bool utf8_so_far(struct str head)
{
    for (size_t cut = 0; cut < LETTER_BYTES_MAX && cut <= head.n; cut++)
        if (str_utf8(str_span(head.p, head.n - cut)))
            return true;
    return false;
}

/* Every second byte is zero: plain letters of two bytes, without a mark. 0: no; 1: the first of each pair; 2: the second. */
static int zeros_alternate(struct str head)
{
    size_t zeros[2] = {0, 0}, n = head.n / 2;
    for (size_t i = 0; i < n * 2; i++)
        zeros[i % 2] += head.p[i] == '\0';
    if (n < 4)
        return 0;
    return zeros[1] > n * 3 / 4 && zeros[0] == 0 ? 2 : zeros[0] > n * 3 / 4 && zeros[1] == 0 ? 1 : 0;
}

/* Chinese comes in pairs of bytes, accents of European letters stand alone. */
static bool pairs_prevail(struct str head)
{
    size_t alone = 0, paired = 0;
    for (size_t i = 0, run; i < head.n; i += run + 1) {
        for (run = 0; i + run < head.n && (unsigned char)head.p[i + run] >= 0x80;)
            run++;
        if (run == 1)
            alone++;
        else
            paired += run;
    }
    return paired > alone * 4;
}

const char *encoding_guess(struct str head, bool *sure)
{
    *sure = true;
    if (str_starts(head, STR("\xFF\xFE")))
        return "UTF-16LE";
    if (str_starts(head, STR("\xFE\xFF")))
        return "UTF-16BE";
    int zeros = zeros_alternate(head);
    if (zeros == 0 && utf8_so_far(head))
        return NULL;
    *sure = false;
    if (zeros)
        return zeros == 2 ? "UTF-16LE" : "UTF-16BE";
    return pairs_prevail(head) ? "GB18030" : "WINDOWS-1252";
}

/* ---- decoding ---- */

struct decoding {
    iconv_t iconv;
    size_t n, at, n_out, out_at;
    bool ended;
    char bytes[UNDECODED_BYTES], out[UNDECODED_BYTES]; /* as they came; as UTF-8 */
};

enum status decoding_new(const char *encoding, struct decoding **out, struct problem *problem)
{
    struct decoding *d = malloc(sizeof *d);
    if (!d)
        return problem_set(problem, ST_NO_MEMORY, "encoding", "out of memory");
    memset(d, 0, offsetof(struct decoding, bytes));
    d->iconv = iconv_open("UTF-8", encoding);
    if (d->iconv != (iconv_t)-1) {
        *out = d;
        return ST_OK;
    }
    free(d);
    enum status status = problem_set(problem, ST_INVALID, "--encoding", "\"%s\" is unknown", encoding);
    return problem_cure(problem, status,
                        "write UTF-8, UTF-16, Windows-1252, GB18030 or another name that iconv -l lists");
}

void decoding_free(struct decoding *d)
{
    if (!d)
        return;
    (void)iconv_close(d->iconv);
    free(d);
}

static bool refill(struct decoding *d, byte_giver *fill, void *source, struct problem *problem)
{
    d->n -= d->at;
    memmove(d->bytes, d->bytes + d->at, d->n);
    d->at = 0;
    ptrdiff_t got = fill(source, d->bytes + d->n, sizeof d->bytes - d->n, problem);
    d->ended = got == 0;
    d->n += got > 0 ? (size_t)got : 0;
    return got >= 0;
}

/* Decodes what is there; false if all of it, or the beginning of a letter, waits for more. A byte that is of no letter becomes U+FFFD. */
static bool decode(struct decoding *d)
{
    char *from = d->bytes + d->at, *to = d->out;
    size_t left = d->n - d->at, room = sizeof d->out;
    int error = left && iconv(d->iconv, &from, &left, &to, &room) == (size_t)-1 ? errno : 0;
    if ((error == EILSEQ || (error == EINVAL && d->ended)) && room >= 3) {
        memcpy(to, "\xEF\xBF\xBD", 3);
        to += 3;
        left--;
    }
    d->at = d->n - left;
    d->out_at = 0;
    d->n_out = (size_t)(to - d->out);
    return d->n_out > 0;
}

ptrdiff_t decoding_fill(struct decoding *d, byte_giver *fill, void *source, char *into, size_t room,
                        struct problem *problem)
{
    while (d->out_at == d->n_out && !decode(d)) {
        if (d->ended)
            return 0;
        if (!refill(d, fill, source, problem))
            return -1;
    }
    size_t n = d->n_out - d->out_at;
    n = n < room ? n : room;
    if (n)
        memcpy(into, d->out + d->out_at, n);
    d->out_at += n;
    return (ptrdiff_t)n;
}

static ptrdiff_t fill_rest(void *context, char *into, size_t room, struct problem *problem)
{
    struct str *rest = context;
    size_t n = rest->n < room ? rest->n : room;
    (void)problem;
    if (n)
        if (n)
            memcpy(into, rest->p, n);
    *rest = str_span(rest->p + n, rest->n - n);
    return (ptrdiff_t)n;
}

enum status encoding_text(const char *encoding, struct str text, struct buf *out, struct problem *problem)
{
    struct decoding *decoding;
    if (!encoding) {
        buf_add(out, text);
        return out->failed ? problem_set(problem, ST_NO_MEMORY, "encoding", "out of memory") : ST_OK;
    }
    enum status status = decoding_new(encoding, &decoding, problem);
    if (status != ST_OK)
        return status;
    ptrdiff_t got = 1;
    while (got > 0 && buf_reserve(out, 4096)) {
        got = decoding_fill(decoding, fill_rest, &text, out->p + out->n, 4096, problem);
        out->n += got > 0 ? (size_t)got : 0;
    }
    decoding_free(decoding);
    return out->failed ? problem_set(problem, ST_NO_MEMORY, "encoding", "out of memory") : ST_OK;
}
