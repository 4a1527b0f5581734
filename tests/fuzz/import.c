/* Imports of CSV: an error names its place; a success is a cube file that is sound in every respect. */
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "entrepot/cube/catalogue.h"
#include "entrepot/ingest/ingest.h"
#include "fuzz/fuzz.h"
#include "http/test_api.h"

static char output[256], folder[256], description[300];

static bool start(void)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(folder, sizeof folder, "%s/fuzz-%d", tmp && *tmp ? tmp : "/tmp", (int)getpid());
    (void)snprintf(output, sizeof output, "%.200s.cube", folder);
    (void)snprintf(description, sizeof description, "%s/own.json", folder);
    return test_world() != NULL;
}

static void check_file(void)
{
    struct cube *cube;
    struct problem problem = {.detail = ""};
    enum status status =
        cube_open(output, catalogue_countries(test_catalogue()), catalogue_products(test_catalogue()), &cube, &problem);
    if (status == ST_OK) {
        status = cube_verify(cube, &problem);
        cube_close(cube);
    }
    if (status != ST_OK)
        problem_print(&problem, stderr);
    FUZZ_CHECK(status == ST_OK);
    FUZZ_CHECK(unlink(output) == 0);
}

/* A byte for the size of blocks, so that lines are cut everywhere; then the file. `readers`: a folder, or NULL. */
static void import_with(const char *format, const char *readers, struct str input)
{
    static struct ingest_report report;
    struct problem problem = {.detail = ""};
    struct ingest_options options = ingest_options_default();
    options.threads = 1;
    options.block_bytes = 64 + 16 * fuzz_byte(&input);
    options.memory_bytes = (size_t)1 << 20;
    options.hs = format && strcmp(format, "baci") == 0 ? "HS2017" : NULL;
    options.id = format && strcmp(format, "comtrade") == 0 ? "fuzz" : NULL;
    options.readers = readers;
    char path[64];
    int fd = memfd_create("input", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && (input.n == 0 || write(fd, input.p, input.n) == (ssize_t)input.n));
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    const char *const file[] = {path};
    memset(&report, 0, sizeof report);
    enum status status =
        ingest_import(format, file, 1, output, catalogue_countries(test_catalogue()), &options, &report, &problem);
    if (status == ST_OK)
        check_file();
    else
        FUZZ_CHECK(problem.detail[0] != '\0' && access(output, F_OK) != 0);
    close(fd);
}

static void import(const char *format, struct str input) { import_with(format, NULL, input); }

/* Anything at all: text, a table, JSON, an archive. */
static void one_file(struct str input) { import(NULL, input); }

/* A description, a zero byte, and a file that it may or may not describe. */
static void one_reader(struct str input)
{
    size_t n = str_find(input, '\0');
    FUZZ_CHECK(mkdir(folder, 0700) == 0);
    FILE *file = fopen(description, "wb");
    FUZZ_CHECK(file && fwrite(input.p, 1, n, file) == n && fclose(file) == 0);
    n = n < input.n ? n + 1 : n;
    import_with(NULL, folder, str_span(input.p + n, input.n - n));
    FUZZ_CHECK(unlink(description) == 0 && rmdir(folder) == 0);
}

static void one_baci(struct str input) { import("baci", input); }
static void one_comtrade(struct str input) { import("comtrade", input); }
static void one_tidy(struct str input) { import("tests/fixtures/toy-world.json", input); }

const struct fuzz_target fuzz_baci = {"baci", start, one_baci, NULL};
const struct fuzz_target fuzz_file = {"file", start, one_file, NULL};
const struct fuzz_target fuzz_reader = {"reader", start, one_reader, NULL};
const struct fuzz_target fuzz_comtrade = {"comtrade", start, one_comtrade, NULL};
const struct fuzz_target fuzz_tidy = {"tidy", start, one_tidy, NULL};
