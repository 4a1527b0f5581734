/* Which function writes which format. */
#include "api/represent/encode.h"

#include "api/represent/encoders.h"

void encode_table(struct call *call, struct buf *out)
{
    static void (*const encode[FORMATS])(struct call *, struct buf *) = {
        [FORMAT_JSON] = encode_json,         [FORMAT_CSV] = encode_csv,           [FORMAT_NDJSON] = encode_ndjson,
        [FORMAT_JSONSTAT] = encode_jsonstat, [FORMAT_SDMX_CSV] = encode_sdmx_csv,
    };
    encode[call->format](call, out);
}
