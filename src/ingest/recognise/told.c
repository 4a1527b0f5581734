/* Forms of files that are told, not read. */
#include "ingest/recognise/look.h"

#define BY_PANDAS(reader) "python3 -c \"import pandas as p; p." reader "('%s').to_csv('figures.csv', index=False)\""
#define BY_DUCKDB "duckdb -c \"COPY (FROM '%s') TO 'figures.csv'\""

enum form { EXCEL, OLD_EXCEL, OPEN_SHEET, PARQUET, ARROW, PDF, HTML, XML, SQLITE, STATA, R_DATA, WORD };

static const struct other_form form[] = {
    [EXCEL] = {"a workbook of Excel", "save the sheet as CSV, or: " BY_PANDAS("read_excel")},
    [OLD_EXCEL] = {"a workbook of an old Excel", "save the sheet as CSV, or: " BY_PANDAS("read_excel")},
    [OPEN_SHEET] = {"a sheet of LibreOffice", "save it as CSV, or: soffice --headless --convert-to csv '%s'"},
    [PARQUET] = {"a Parquet file", BY_DUCKDB},
    [ARROW] = {"an Arrow file", BY_PANDAS("read_feather")},
    [PDF] = {"a PDF", "fetch the same table as CSV from its source, or: pdftotext -layout '%s'"},
    [HTML] = {"a web page",
              "the download may have given a message in place of a file: look at it in a browser; or: " BY_PANDAS(
                  "read_html")},
    [XML] = {"XML", "fetch it again as CSV: APIs of SDMX give it for the header Accept: text/csv"},
    [SQLITE] = {"a database of SQLite", "sqlite3 -csv -header '%s' 'SELECT * FROM table' >figures.csv"},
    [STATA] = {"a file of Stata", BY_PANDAS("read_stata")},
    [R_DATA] = {"a file of R", "Rscript -e 'write.csv(readRDS(\"%s\"), \"figures.csv\", row.names=FALSE)'"},
    [WORD] = {"a document of Word", "copy the table into a sheet and save that as CSV"},
};

static bool html_begins(struct str head)
{
    static const char *const tags[] = {"<!doctype html", "<html", "<head", "<table", "<body"};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        size_t n = strlen(tags[i]);
        if (head.n >= n && str_eq_nocase(str_span(head.p, n), str_view(tags[i])))
            return true;
    }
    return false;
}

static struct str without_blanks(struct str head)
{
    size_t n = str_starts(head, STR("\xEF\xBB\xBF")) ? 3 : 0;
    while (n < head.n && strchr(" \t\r\n", head.p[n]) && head.p[n])
        n++;
    return str_span(head.p + n, head.n - n);
}

const struct other_form *other_form(struct str head)
{
    static const struct {
        size_t n;
        const char *bytes;
        enum form form;
    } magic[] = {{4, "PAR1", PARQUET},
                 {6, "ARROW1", ARROW},
                 {4, "FEA1", ARROW},
                 {5, "%PDF-", PDF},
                 {8, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", OLD_EXCEL},
                 {15, "SQLite format 3", SQLITE},
                 {11, "<stata_dta>", STATA},
                 {2, "X\n", R_DATA},
                 {5, "RDX3\n", R_DATA},
                 {5, "RDX2\n", R_DATA},
                 {5, "<?xml", XML}};
    for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
        if (head.n >= magic[i].n && memcmp(head.p, magic[i].bytes, magic[i].n) == 0)
            return &form[magic[i].form == XML && memmem(head.p, head.n < 512 ? head.n : 512, "<html", 5)
                             ? HTML
                             : magic[i].form];
    struct str text = without_blanks(head);
    if (html_begins(text))
        return &form[HTML];
    return str_starts(text, STR("<?xml")) || str_starts(text, STR("<message:")) ? &form[XML] : NULL;
}

const struct other_form *other_archive(struct str member)
{
    if (str_starts(member, STR("xl/")))
        return &form[EXCEL];
    if (str_starts(member, STR("word/")))
        return &form[WORD];
    return str_is(member, "mimetype") || str_is(member, "META-INF/manifest.xml") ? &form[OPEN_SHEET] : NULL;
}
