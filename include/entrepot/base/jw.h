/* jw: a streaming JSON writer (RFC 8259).
 *
 * Events go straight into a struct buf; a stack of one bit a level knows whether a comma is due and whether we are in an
 * object. Text that is not UTF-8 is written with U+FFFD for each bad byte. Misuse (a value without a key in an object, an end
 * too many, more than JW_DEPTH levels) is a programmer's error and aborts. One writer belongs to one thread.
 */
#ifndef ENTREPOT_BASE_JW_H
#define ENTREPOT_BASE_JW_H

#include "entrepot/base/buf.h"

#define JW_DEPTH 32

struct jw {
    struct buf *buf;
    unsigned depth;
    uint32_t in_object, has_item; /* one bit a level */
    bool after_key, pretty;
};

/* Starts a document that is appended to *buf. `pretty`: line breaks and two spaces a level. */
void jw_init(struct jw *jw, struct buf *buf, bool pretty);
/* Checks that everything that was opened is closed. */
void jw_finish(struct jw *jw);

void jw_object(struct jw *jw);
void jw_array(struct jw *jw);
/* Ends the innermost object or array. */
void jw_end(struct jw *jw);

void jw_key(struct jw *jw, struct str key);
void jw_str(struct jw *jw, struct str text);
void jw_i64(struct jw *jw, int64_t value);
void jw_bool(struct jw *jw, bool value);
void jw_null(struct jw *jw);
/* At most six decimals; a number that is not finite is written as null. */
void jw_ratio(struct jw *jw, double value);
/* Text that is JSON already, taken as it is. */
void jw_raw(struct jw *jw, struct str json);
/* One or more members of the object, key and value, that are JSON already: "a":1,"b":2. Taken as they are, also when pretty. */
void jw_members(struct jw *jw, struct str members);

/* Key and value in one call. jw_kz takes C strings and writes null for NULL. */
void jw_kstr(struct jw *jw, const char *key, struct str text);
void jw_kz(struct jw *jw, const char *key, const char *text);
void jw_ki64(struct jw *jw, const char *key, int64_t value);
void jw_kbool(struct jw *jw, const char *key, bool value);
void jw_knull(struct jw *jw, const char *key);
void jw_kobject(struct jw *jw, const char *key);
void jw_karray(struct jw *jw, const char *key);

/* The text with JSON's escapes and quotes, for those who write JSON without a writer (the log). */
void jw_quote(struct buf *buf, struct str text);

#endif
