/* corpus: requests as no decent client sends them, from text files.
 *
 *   # a remark
 *   case NAME
 *   expect OUTCOME [| OUTCOME]…      what must come of it
 *   on VERSION OUTCOME [| OUTCOME]…  what comes of it with a libmicrohttpd whose version begins so; must be listed here to be accepted
 *   direct                           not through proxies, which wait for a body that never comes
 *   alone                            nothing follows the bytes: the client ends its side and waits
 *   < TEXT                           bytes, and CR LF behind them
 *   - TEXT                           bytes
 *
 * In bytes \r \n \t \0 \\ \xHH stand for what they do in C, and {N*TEXT} for TEXT N times (not nested). An OUTCOME is what exchange.h
 * says of a conversation.
 */
#ifndef ENTREPOT_TESTS_SIEGE_CORPUS_H
#define ENTREPOT_TESTS_SIEGE_CORPUS_H

#include "entrepot/base/arena.h"

#define CORPUS_VERSIONS 2

struct corpus_case {
    struct str name, file;
    struct str bytes;
    struct str expect;
    struct {
        struct str version, outcome;
    } on[CORPUS_VERSIONS]; /* deviations of versions, or empty */
    bool alone, direct;
};

struct corpus {
    struct arena arena;
    struct corpus_case *at;
    size_t n;
};

/* Reads all *.txt of `folder`. On a mistake there it says where on stderr and returns false. */
bool corpus_read(struct corpus *corpus, const char *folder);
void corpus_release(struct corpus *corpus);
/* The outcomes that are right with this version of libmicrohttpd, and whether `outcome` is among them. */
struct str corpus_expected(const struct corpus_case *one, struct str version);
bool corpus_allows(struct str expected, struct str outcome);

#endif
