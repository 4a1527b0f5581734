/* What is found out about files and left out of them, in words for whoever reads the report. */
#include <stdarg.h>

#include "ingest/format/format.h"

const char *const ingest_skip_name[INGEST_SKIPS] = {"rows of re-exports and other parts of a flow",
                                                    "rows of one mode of transport",
                                                    "rows of one customs procedure",
                                                    "rows of one second partner",
                                                    "rows finer than the level",
                                                    "rows between two unknown countries",
                                                    "rows without a value",
                                                    "rows of groups and other areas that do not count",
                                                    "rows by the description's rules",
                                                    "notes and sums among the rows",
                                                    "rows of returns that contradict themselves"};

void tell(struct importing *im, const char *format, ...)
{
    struct ingest_report *report = im->report;
    va_list args;
    if (!report || report->n_told == INGEST_TOLD_MAX)
        return;
    va_start(args, format);
    (void)vsnprintf(report->told[report->n_told++], INGEST_TOLD_BYTES, format, args);
    va_end(args);
}
