/* look: what a file is by its first bytes. Private to src/ingest. */
#ifndef INGEST_RECOGNISE_LOOK_H
#define INGEST_RECOGNISE_LOOK_H

#include "ingest/container/container.h"
#include "ingest/import.h"

#define LOOK_BYTES ((size_t)1 << 16)

/* A form of file that is no CSV, by its first bytes: its name ("a workbook of Excel") and how to get CSV out of it, in which %s is the file's
 * name. NULL if it is none of them. */
struct other_form {
    const char *what, *cure;
};
const struct other_form *other_form(struct str head);
/* The same of an archive, by the name of one of its members. */
const struct other_form *other_archive(struct str member);

/* JSON as UN Comtrade's API gives it, {"data": [{…}, …]}, or a list of flat objects, as CSV in the arena. ST_INVALID if it is something else. */
enum status json_rows(struct importing *importing, struct input *input, struct problem *problem) MUST_CHECK;

#endif
