/* mhd_compat: libmicrohttpd from 0.9.75 (Debian 12) to 1.0 (Debian 13) under one face. */
#ifndef ENTREPOT_SERVER_MHD_COMPAT_H
#define ENTREPOT_SERVER_MHD_COMPAT_H

#include <microhttpd.h>

#if MHD_VERSION < 0x00097500
#error "entrepot needs libmicrohttpd 0.9.75 or later"
#endif

/* How strictly the library itself reads requests. Before 0.9.77 the strict mode refuses with two response heads one after the
 * other, so it stays off and guard.c judges alone; since then level 1 is meant for servers on a public network. */
#if MHD_VERSION >= 0x00097701
#define MHD_COMPAT_STRICTNESS MHD_OPTION_CLIENT_DISCIPLINE_LVL, 1
#else
#define MHD_COMPAT_STRICTNESS MHD_OPTION_STRICT_FOR_CLIENT, 0
#endif

/* For a 304 whose 200 would have a length that is not known: it must not claim 0 (RFC 9110 §8.6). Before 0.9.77 the library
 * insists on a Content-Length; caches do not take it over (RFC 9111 §3.2). */
static inline void mhd_compat_no_length(struct MHD_Response *response)
{
#if MHD_VERSION >= 0x00097701
    (void)MHD_set_response_options(response, MHD_RF_HEAD_ONLY_RESPONSE, MHD_RO_END);
#else
    (void)response;
#endif
}

#endif
