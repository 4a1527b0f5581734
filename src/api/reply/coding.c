/* The coding of what is sent. */
#include "api/reply/reply.h"
#include "entrepot/base/gzip.h"

/* Smaller bodies fit a packet or two anyway. */
#define CODED_FROM_BYTES 1024

enum status encode_content(struct call *call, struct buf *body)
{
    if (call->coding != CODING_GZIP || (body->n <= CODED_FROM_BYTES && !call->must_code))
        return ST_OK;
    struct buf coded;
    buf_init(&coded, body->ceiling);
    enum status status = gzip_add(buf_view(body), call->arena, &coded);
    if (status == ST_OK) {
        buf_release(body);
        *body = coded;
        reply_header(call->reply, "Content-Encoding", STR("gzip"));
    } else {
        buf_release(&coded);
    }
    return status;
}
