/* Names for requests: a client's own where they are sound, else new ones. */
#include "request_id.h"

#include <sys/random.h>
#include <time.h>

void request_ids_init(struct request_ids *ids)
{
    if (getrandom(ids->state, sizeof ids->state, GRND_NONBLOCK) == (ssize_t)sizeof ids->state)
        return;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    ids->state[0] = (uint64_t)now.tv_sec * 1000000007U + (uint64_t)now.tv_nsec;
    ids->state[1] = (uint64_t)(uintptr_t)ids;
}

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15U;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
    z = (z ^ z >> 27) * 0x94D049BB133111EBU;
    return z ^ z >> 31;
}

void request_ids_make(struct request_ids *ids, char text[REQUEST_ID_BYTES + 1])
{
    static const char digit[] = "0123456789abcdef";
    for (size_t half = 0; half < 2; half++) {
        uint64_t bits = next(&ids->state[half]);
        for (size_t i = 0; i < 16; i++, bits >>= 4)
            text[half * 16 + i] = digit[bits & 15];
    }
    text[REQUEST_ID_BYTES] = '\0';
}

bool request_id_sound(struct str id)
{
    for (size_t i = 0; i < id.n; i++)
        if (id.p[i] <= ' ' || id.p[i] > '~' || id.p[i] == '"' || id.p[i] == '\\')
            return false;
    return id.n > 0 && id.n <= REQUEST_ID_MAX;
}

/* `n` lower hex digits, not all of them zero where `some` says so. */
static bool hex_field(struct str text, size_t n, bool some)
{
    bool any = false;
    for (size_t i = 0; i < text.n; i++)
        any = any || text.p[i] != '0';
    return text.n == n && str_hex(text) && (any || !some);
}

/* Version 00 ends behind the flags; a later one may go on behind another hyphen. */
struct str traceparent_id(struct str header)
{
    struct str rest = str_trim(header), version = str_cut(&rest, '-'), trace = str_cut(&rest, '-'),
               parent = str_cut(&rest, '-'), flags = str_cut(&rest, '-');
    bool ends = !rest.p || !str_is(version, "00");
    bool valid = hex_field(version, 2, false) && !str_is(version, "ff") && hex_field(trace, REQUEST_ID_BYTES, true) &&
                 hex_field(parent, 16, true) && hex_field(flags, 2, false) && ends;
    return valid ? trace : str_span(NULL, 0);
}
