/* Read-only sight of the data, where the kernel has Landlock. */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

/* <linux/landlock.h> of Debian 12 is older than many kernels, so what is needed of it stands here. */
enum { CREATE_RULESET = 444, ADD_RULE = 445, RESTRICT_SELF = 446 }; /* on all architectures */
#define ASK_VERSION 1U
#define RULE_PATH_BENEATH 1
#define FS_EXECUTE (UINT64_C(1) << 0)
#define FS_READ_FILE (UINT64_C(1) << 2)
#define FS_READ_DIR (UINT64_C(1) << 3)
#define NET_CONNECT_TCP (UINT64_C(1) << 1)

struct ruleset {
    uint64_t files, net; /* what is refused unless a rule allows it; net since version 4 */
};

struct path_beneath {
    uint64_t allowed;
    int32_t folder;
} __attribute__((packed));

/* All rights over files that a version knows: 13 in the first, one more in the second, third and fifth. */
static uint64_t rights_of(unsigned version)
{
    unsigned n = 13U + (version >= 2) + (version >= 3) + (version >= 5);
    return (UINT64_C(1) << n) - 1;
}

static bool allow(int ruleset, const char *path)
{
    struct stat info;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR; /* whoever opens it will hear */
    bool folder = fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
    struct path_beneath rule = {.allowed = FS_READ_FILE | (folder ? FS_READ_DIR : 0), .folder = fd};
    bool ok = syscall(ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) == 0;
    int error = errno;
    close(fd);
    errno = error;
    return ok;
}

unsigned landlock_enter(const char *const *folder, size_t n)
{
    long version = syscall(CREATE_RULESET, NULL, 0, ASK_VERSION);
    if (version <= 0)
        return 0;
    struct ruleset wanted = {.files = rights_of((unsigned)version), .net = NET_CONNECT_TCP};
    int ruleset = (int)syscall(CREATE_RULESET, &wanted, version >= 4 ? sizeof wanted : sizeof wanted.files, 0);
    if (ruleset < 0)
        return 0;
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = allow(ruleset, folder[i]);
    ok = ok && syscall(RESTRICT_SELF, ruleset, 0) == 0;
    int error = errno;
    close(ruleset);
    errno = error;
    return ok ? (unsigned)version : 0;
}
