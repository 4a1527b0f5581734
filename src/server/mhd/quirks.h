/* quirks: what the server relies on in libmicrohttpd beyond what its manual promises; the file to read when a new version comes.
 *
 * Read in 0.9.75 (Debian 12) and 1.0.1 (Debian 13); lines are those of src/microhttpd there. tests/http/test_quirks.c asks the library itself,
 * so a version that behaves otherwise fails there. What is left where one no longer holds stands beside it.
 *
 * Of the same kind, without code of its own: an answer on the handler's first call closes the connection (request.c and admin.c answer on the
 * second); what MHD_get_connection_info tells is overwritten by the next question (since 1.0; shard.c copies it); the daemon panics if it is
 * stopped while a connection is suspended (daemon.c:7518, 9132; shard_stop wakes all first); a start that fails has closed the listener on
 * most of its ways (shard_start does not close it again); its timeout restarts with each byte (reaper.c has absolute ones); a folded header
 * line is joined to the field's name (0.9.75; guard.c).
 */
#ifndef ENTREPOT_SERVER_MHD_QUIRKS_H
#define ENTREPOT_SERVER_MHD_QUIRKS_H

#include <microhttpd.h>

#if MHD_VERSION < 0x00097500
#error "entrepot needs libmicrohttpd 0.9.75 or later"
#endif

/* How strictly the library itself reads requests, as options of MHD_start_daemon. Before 0.9.77 the strict mode refuses with two response
 * heads one after the other, so it stays off and guard.c judges alone; since then level 1 is meant for servers on a public network. */
#if MHD_VERSION >= 0x00097701
#define QUIRK_STRICTNESS MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1
#else
#define QUIRK_STRICTNESS MHD_OPTION_STRICT_FOR_CLIENT, 0
#endif

/* The library takes so many events at a time (daemon.c:4707, 5314) and, when it got exactly that many, waits for more before it looks at
 * them: so many clients that ask at once and then wait would wait for the idle timeout. Of the descriptors it watches some are its own. */
#define QUIRK_EVENTS 128u
#define QUIRK_EVENTS_OWN 4u /* rounded up */

/* The query, cut off in the library's own buffer: in MHD_OPTION_URI_LOG_CALLBACK the target lies there, writable though it is declared const,
 * and the arguments are parsed right behind that call (connection.c:3022, 5571). Given enough of them the library runs out of the
 * connection's pool without a word to the client. Where it no longer holds: a target of 3,000 arguments is cut off without an answer. */
void quirk_cut_query(const char *target);

/* For MHD_OPTION_UNESCAPE_CALLBACK: paths and arguments stay as they came, the api decodes them, strictly. */
size_t quirk_leave_escaped(void *cls, struct MHD_Connection *connection, char *text);

/* The bytes of a field in a response, to be written over with others of the same length; NULL: there is none. The response holds a copy of
 * its own (response.c:698, 855) and is turned into bytes before the handler of the daemon's next request runs (build_header_response,
 * connection.c:1980, 2468). Where it no longer holds: NULL here, and each request gets a response of its own (kept_copy). */
char *quirk_field(struct MHD_Response *response, const char *name);

/* A descriptor among the daemon's events with which quirk_kick wakes its thread, or -1: the library takes an event whose pointer is NULL for
 * its own call to look around (daemon.c:5020, 5637). Where it no longer holds: a crowd of exactly QUIRK_EVENTS may wait for the timeout. The
 * caller closes it once the daemon has stopped. */
int quirk_kick_open(struct MHD_Daemon *daemon);
void quirk_kick(int kick);

/* What a message to MHD_OPTION_EXTERNAL_LOGGER says of descriptors: that the process or the system has none for a client who waits. Nothing
 * but these texts says so (daemon.c:3663 and 3680, 3912 and 3929). With other connections the library stops accepting until one of them ends.
 * Without any (alone) it tries again at once and for ever. Where it no longer holds: nobody idle is cut to make room, and a server without
 * clients takes a whole processor. */
enum quirk_exhausted { QUIRK_NOT_EXHAUSTED, QUIRK_EXHAUSTED, QUIRK_EXHAUSTED_ALONE };
enum quirk_exhausted quirk_exhausted(const char *format);

/* For a 304 whose 200 would have a length that is not known: it must not claim 0 (RFC 9110 §8.6). Before 0.9.77 the library insists on a
 * Content-Length; caches do not take it over (RFC 9111 §3.2). */
void quirk_no_length(struct MHD_Response *response);

#endif
