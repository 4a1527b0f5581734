/* ingest: files in, cubes out. Beside the floors: uses cube and base; only start-up and the command line use it.
 *
 * What a file means a description says: a manifest, or one of those that are shipped (config/readers), which are recognised by a file's columns. Files
 * are plain, packed, in archives (told by content) or "-", the standard input; text in other encodings becomes UTF-8. They are read in blocks that several threads parse; the first mistake
 * in the order of the input is reported, whatever the number of threads. Functions may run in any thread, each call by itself.
 */
#ifndef ENTREPOT_INGEST_INGEST_H
#define ENTREPOT_INGEST_INGEST_H

#include "entrepot/base/buf.h"
#include "entrepot/base/problem.h"
#include "entrepot/cube/codes.h"
#include "entrepot/cube/write.h"

/* Rows that are not figures of their own, and so left out. */
enum ingest_skip {
    SKIP_FLOW,            /* re-exports and others that are part of exports or imports */
    SKIP_TRANSPORT,       /* one mode of transport */
    SKIP_CUSTOMS,         /* one customs procedure */
    SKIP_SECOND_PARTNER,  /* one second partner */
    SKIP_DETAIL,          /* finer than the level that was asked for */
    SKIP_BETWEEN_UNKNOWN, /* reconciled data: neither side is known */
    SKIP_NO_VALUE,        /* a word for "not there" in place of the value */
    SKIP_MEMBER,          /* groups and others that the description leaves out */
    SKIP_RULE,            /* by a rule of the description */
    SKIP_NOTE,            /* titles, sources, sums at the end: no observation */
    SKIP_CONTRADICTED,    /* of returns in which two rows of one key say different things */
    INGEST_SKIPS
};
extern const char *const ingest_skip_name[INGEST_SKIPS]; /* plural, for a person: "rows of re-exports …" */

/* Codes that are in no table. At most INGEST_CODES_MAX different ones are remembered; `more_rows` counts rows of others. */
#define INGEST_CODES_MAX 200
#define INGEST_CODE_BYTES 48
struct ingest_code {
    char text[INGEST_CODE_BYTES]; /* cut if longer */
    char place[256];              /* file:line where it stood first */
    uint64_t rows;
};
struct ingest_codes {
    struct ingest_code code[INGEST_CODES_MAX];
    size_t n;
    uint64_t rows, more_rows;
};

struct ingest_progress {
    const char *format;
    double files; /* read so far, with the part of the present one */
    size_t n_files;
    uint64_t rows;                    /* parsed */
    uint64_t read_bytes, total_bytes; /* as the files lie on the disk; total 0: not known (standard input) */
    bool writing;                     /* all is read: the cube file is being finished */
};

struct ingest_options {
    /* NULL: what the format, the file names or the manifest say. `hs` as HS2017, HS17 or H5. */
    const char *id, *title, *hs, *published, *licence, *source;
    const enum level *level;       /* Comtrade only; NULL: the finest of the first block */
    const enum partners *partners; /* NULL: the manifest's, or found out */
    const enum coverage *coverage; /* likewise */
    bool synthetic;                /* set the flag; false leaves it as it is */
    bool sum;                      /* rows of one key are parts of one figure: added up */
    bool allow_unknown;            /* countries that nobody knows become X899 (areas, not elsewhere specified) */
    const char *set;               /* "flow=X,partner=CHN": what no column says; NULL: nothing */
    struct buf *explanation;       /* told what the files are taken for, column by column; NULL: nobody asks */
    struct buf *manifest;          /* likewise, as a manifest that says the same */
    const char *readers;           /* a folder of descriptions, which come before those that are shipped; NULL: none */
    const struct cube
        *into;            /* an older cube, of which everything stays but the returns that the files have; NULL: none */
    const char *encoding; /* of all files; NULL: UTF-8, UTF-16, or a guess that is told */
    const char *countries_file; /* BACI: its own table of country codes; NULL: none */
    const char *products_file;  /* BACI: its own table of product codes; NULL: any code of six digits goes */
    size_t memory_bytes;        /* of the writer; 0: its own bound */
    size_t threads;             /* 0: as many as there are processors */
    size_t block_bytes;         /* 0: 4 MiB */
    int stop_fd;                /* becomes readable: give up; -1: none, and only plain files and "-" are read */
    void (*progress)(void *context, const struct ingest_progress *progress); /* by the calling thread; may be NULL */
    void *context;
};

#define INGEST_FIRST_ROWS 5
#define INGEST_TOLD_MAX 32
#define INGEST_TOLD_BYTES 256

struct ingest_report {
    struct cube_summary written;
    uint64_t rows; /* parsed and kept */
    uint64_t skipped[INGEST_SKIPS];
    struct ingest_codes countries, products; /* unknown ones; filled on failure too */
    struct ingest_codes groups;              /* whose rows stand beside their members' and are in no sum */
    struct ingest_codes left_out,
        taken;       /* members that were left out, numbers that were taken for what they must mean ("840 for USA") */
    char format[32]; /* "baci", "comtrade", … or "manifest" */
    char told[INGEST_TOLD_MAX][INGEST_TOLD_BYTES]; /* what was found out about the files, a sentence each */
    size_t n_told;
    struct cube_row first[INGEST_FIRST_ROWS]; /* of the input, as understood */
    size_t n_first;
};

/* Options that change nothing. */
struct ingest_options ingest_options_default(void);

/* Whether the word is a manifest or the name of a description that is shipped, not a file of figures: a file ".json" is a manifest if it has
 * columns. `readers` as in the options; what is wrong with it the import tells. */
bool ingest_is_format(const char *word, const char *readers);

/* Compiles `n` files into the cube file `output`, which appears when it is whole. `format`: "baci", "comtrade" or another description's name,
 * the path of a manifest (".json"; with n == 0 the CSV it names is read), or NULL: the files say it. ST_INVALID: wrong input, with file and line, or an unknown format; ST_UNAVAILABLE:
 * interrupted; ST_NOT_FOUND, ST_IO, ST_NO_MEMORY. Whatever was at `output` is untouched then. */
enum status ingest_import(const char *format, const char *const *file, size_t n, const char *output,
                          const struct countries *countries, const struct ingest_options *options,
                          struct ingest_report *report, struct problem *problem) MUST_CHECK;

/* Reads a manifest and the CSV it names (the CSV lies beside the manifest) into the bytes of a cube file. Every refusal names file and
 * line: unknown country or status, a number that is none, a product code of another level, a missing column (with the columns there
 * are), a double key with both lines. Unknown country codes are collected and listed together. *bytes is malloc's and the caller's. */
enum status ingest_manifest(const char *path, const struct countries *countries, char **bytes, size_t *n,
                            struct problem *problem) MUST_CHECK;

/* The whole of a small file into memory (malloc's, NUL added behind the n bytes), refused above `limit` bytes; of a pipe, a socket or a device
 * (but standard input, "-") it says so, and waits for none. */
enum status ingest_slurp(const char *path, size_t limit, char **bytes, size_t *n, struct problem *problem) MUST_CHECK;

#endif
