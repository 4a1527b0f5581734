/* Archives: members come out within bounds, or a problem says what is wrong; whatever the order in which they are read. */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz/fuzz.h"
#include "ingest/container/container.h"

#define READ_MOST ((size_t)1 << 22) /* of a member */

static bool start(void) { return true; }

/* Reads the present member; false where it is refused. */
static bool read_member(struct container *container, struct problem *problem)
{
    char room[4096];
    size_t read = 0;
    ptrdiff_t got = 1;
    while (got > 0 && read < READ_MOST) {
        got = container_fill(container, room, sizeof room, problem);
        FUZZ_CHECK(got <= (ptrdiff_t)sizeof room);
        read += got > 0 ? (size_t)got : 0;
    }
    FUZZ_CHECK(got >= 0 || problem->detail[0] != '\0');
    return got >= 0;
}

static void read_all(struct container *container, bool back)
{
    struct problem problem = {.detail = ""};
    struct arena arena;
    struct str name;
    uint64_t bytes;
    size_t index, n = 0;
    enum status status = ST_OK;
    arena_init(&arena, (size_t)1 << 24);
    while ((status = container_next(container, &arena, &name, &bytes, &index, &problem)) == ST_OK) {
        FUZZ_CHECK(index == n++ && (name.n == 0 || (name.p[0] != '/' && !str_starts(name, STR("../")) &&
                                                    !memmem(name.p, name.n, "/../", 4))));
        if (!back && !read_member(container, &problem))
            break;
    }
    FUZZ_CHECK(status == ST_OK || status == ST_NOT_FOUND || problem.detail[0] != '\0');
    for (size_t i = n; back && i-- > 0 && i + 4 > n;)
        if (container_go(container, i, &problem) != ST_OK || !read_member(container, &problem))
            break;
    arena_release(&arena);
}

/* A byte that says in which order, then the archive. */
static void one_archive(struct str input)
{
    struct problem problem = {.detail = ""};
    struct container *container;
    char path[64];
    const bool back = fuzz_byte(&input) & 1;
    int fd = memfd_create("archive", MFD_CLOEXEC);
    FUZZ_CHECK(fd >= 0 && (input.n == 0 || write(fd, input.p, input.n) == (ssize_t)input.n));
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    (void)container_is(input);
    if (container_open(path, -1, &container, &problem) == ST_OK) {
        read_all(container, back);
        container_close(container);
    } else {
        FUZZ_CHECK(problem.detail[0] != '\0');
    }
    close(fd);
}

const struct fuzz_target fuzz_archive = {"archive", start, one_archive, NULL};
