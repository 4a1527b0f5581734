/* The formats, and the way from a table to the bytes that are sent. */
#include "api/call.h"
#include "entrepot/base/gzip.h"

/* Smaller bodies fit a packet or two anyway. */
#define CODED_FROM_BYTES 1024

const struct encoder encoders[FORMATS] = {
    [FORMAT_JSON] = {"json", "application/json", "application/json", encode_json},
    [FORMAT_CSV] = {"csv", "text/csv", "text/csv; charset=utf-8; header=present", encode_csv},
    [FORMAT_NDJSON] = {"ndjson", "application/x-ndjson", "application/x-ndjson", encode_ndjson},
};

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
