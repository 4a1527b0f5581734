/* format: the formats of a table: what each is called, what it can show, what may be asked of it. How they are written stands in
 * api/represent. Private to src/api.
 */
#ifndef API_CONTRACT_FORMAT_H
#define API_CONTRACT_FORMAT_H

#include "api/contract/route.h"

enum format { FORMAT_JSON, FORMAT_CSV, FORMAT_NDJSON, FORMAT_JSONSTAT, FORMAT_SDMX_CSV, FORMATS };

#define MEDIA_PARAMETERS 6
struct format_facts {
    const char *name, *suffix, *media; /* as format=, behind the path (after a dot), and in Accept */
    const char *content_type;
    struct {
        const char *name, *values;  /* in lower case; the values that are served, with spaces between */
    } parameters[MEDIA_PARAMETERS]; /* of the media type, that Accept may name; ended by one without a name */
    bool of_figures;                /* there must be a column of figures */
    bool is_file;                   /* is given a file name */
};
extern const struct format_facts format_of[FORMATS];

/* Whether a route's table can be shown so; and whether what this call has chosen of it can. */
bool format_serves(enum format format, const struct route *route);
bool format_fits(enum format format, const struct call *call);
/* Adds the problems of what the call asks of its format and that has no meaning there. */
void format_check(struct call *call);
/* Adds a 406 that lists the formats of the call's route; `parameter` "Accept" lists media types. */
void refuse_format(struct call *call, const char *parameter, struct str value);
struct str reply_content_type(const struct call *call);
/* Content-Disposition with a file name made of path and period; empty for formats that are read where they are. */
struct str reply_disposition(const struct call *call);

#endif
