/* The system calls that a server needs once it runs, as a table; libseccomp makes the kernel's filter of it, for the machine's own
 * architecture, and compares whole arguments: both words of a pointer. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sandbox.h"

/* What a call may do. */
enum permission {
    ALLOW,
    OPEN_TO_READ,    /* the argument holds open's flags: nothing to write, nothing to make */
    NOT_TO_RUN,      /* the argument holds protections: no code */
    OF_A_THREAD,     /* the argument holds clone's flags: no process */
    OF_THIS_PROCESS, /* the argument is a process: this one, so that abort() does what it says */
    WITHOUT_VALUE,   /* the argument is where a new value is: there is none */
    UNKNOWN,         /* told to be unknown: the C library then takes the older call, which can be looked into */
    FATAL            /* no part of the server ever does it: somebody else is at work */
};

struct rule {
    int call; /* below 0: this architecture has none of that name, and the rule says nothing */
    enum permission permission;
    unsigned argument;
};

/* What is called for each request comes first. */
static const struct rule rules[] = {
    {SCMP_SYS(recvfrom), ALLOW, 0},
    {SCMP_SYS(sendmsg), ALLOW, 0},
    {SCMP_SYS(sendto), ALLOW, 0},
    {SCMP_SYS(epoll_pwait), ALLOW, 0},
    {SCMP_SYS(epoll_wait), ALLOW, 0},
    {SCMP_SYS(epoll_ctl), ALLOW, 0},
    {SCMP_SYS(futex), ALLOW, 0},
    {SCMP_SYS(write), ALLOW, 0},
    {SCMP_SYS(read), ALLOW, 0},
    /* connections */
    {SCMP_SYS(accept4), ALLOW, 0},
    {SCMP_SYS(accept), ALLOW, 0},
    {SCMP_SYS(close), ALLOW, 0},
    {SCMP_SYS(shutdown), ALLOW, 0},
    {SCMP_SYS(setsockopt), ALLOW, 0},
    {SCMP_SYS(getsockopt), ALLOW, 0},
    {SCMP_SYS(getsockname), ALLOW, 0},
    {SCMP_SYS(getpeername), ALLOW, 0},
    {SCMP_SYS(recvmsg), ALLOW, 0},
    {SCMP_SYS(writev), ALLOW, 0},
    {SCMP_SYS(readv), ALLOW, 0},
    {SCMP_SYS(fcntl), ALLOW, 0},
    {SCMP_SYS(ppoll), ALLOW, 0},
    {SCMP_SYS(poll), ALLOW, 0},
    /* memory and threads */
    {SCMP_SYS(mmap), NOT_TO_RUN, 2},
    {SCMP_SYS(mprotect), NOT_TO_RUN, 2},
    {SCMP_SYS(munmap), ALLOW, 0},
    {SCMP_SYS(mremap), ALLOW, 0},
    {SCMP_SYS(madvise), ALLOW, 0},
    {SCMP_SYS(brk), ALLOW, 0},
    {SCMP_SYS(clone), OF_A_THREAD, 0},
    {SCMP_SYS(clone3), UNKNOWN, 0},
    {SCMP_SYS(set_robust_list), ALLOW, 0},
    {SCMP_SYS(rseq), ALLOW, 0},
    {SCMP_SYS(exit), ALLOW, 0},
    {SCMP_SYS(exit_group), ALLOW, 0},
    {SCMP_SYS(sched_yield), ALLOW, 0},
    {SCMP_SYS(sched_getaffinity), ALLOW, 0},
    {SCMP_SYS(membarrier), ALLOW, 0},
    /* time and signals */
    {SCMP_SYS(clock_gettime), ALLOW, 0},
    {SCMP_SYS(clock_getres), ALLOW, 0},
    {SCMP_SYS(clock_nanosleep), ALLOW, 0},
    {SCMP_SYS(nanosleep), ALLOW, 0},
    {SCMP_SYS(gettimeofday), ALLOW, 0},
    {SCMP_SYS(time), ALLOW, 0},
    {SCMP_SYS(rt_sigaction), ALLOW, 0},
    {SCMP_SYS(rt_sigprocmask), ALLOW, 0},
    {SCMP_SYS(rt_sigreturn), ALLOW, 0},
    {SCMP_SYS(rt_sigtimedwait), ALLOW, 0},
    {SCMP_SYS(sigaltstack), ALLOW, 0},
    {SCMP_SYS(restart_syscall), ALLOW, 0},
    {SCMP_SYS(tgkill), OF_THIS_PROCESS, 0},
    /* data to load anew */
    {SCMP_SYS(openat), OPEN_TO_READ, 2},
    {SCMP_SYS(open), OPEN_TO_READ, 1},
    {SCMP_SYS(pread64), ALLOW, 0},
    {SCMP_SYS(lseek), ALLOW, 0},
    {SCMP_SYS(fstat), ALLOW, 0},
    {SCMP_SYS(newfstatat), ALLOW, 0},
    {SCMP_SYS(statx), ALLOW, 0},
    {SCMP_SYS(stat), ALLOW, 0},
    {SCMP_SYS(lstat), ALLOW, 0},
    {SCMP_SYS(getdents64), ALLOW, 0},
    {SCMP_SYS(readlinkat), ALLOW, 0},
    {SCMP_SYS(readlink), ALLOW, 0},
    {SCMP_SYS(fadvise64), ALLOW, 0},
    /* what the process is */
    {SCMP_SYS(getpid), ALLOW, 0},
    {SCMP_SYS(gettid), ALLOW, 0},
    {SCMP_SYS(getrandom), ALLOW, 0},
    {SCMP_SYS(getrusage), ALLOW, 0},
    {SCMP_SYS(sysinfo), ALLOW, 0},
    {SCMP_SYS(prlimit64), WITHOUT_VALUE, 2},
    {SCMP_SYS(getrlimit), ALLOW, 0},
    /* other people's business */
    {SCMP_SYS(execve), FATAL, 0},
    {SCMP_SYS(execveat), FATAL, 0},
    {SCMP_SYS(ptrace), FATAL, 0},
    {SCMP_SYS(process_vm_writev), FATAL, 0},
};
#define RULES (sizeof rules / sizeof *rules)
_Static_assert(RULES <= UINT8_MAX, "a rule's place is its priority");

/* Of the bits of `mask`, those of `value` are set in the argument and no others. */
static int compare(scmp_filter_ctx filter, const struct rule *rule, uint64_t mask, uint64_t value)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, rule->call, 1,
                            SCMP_CMP64(rule->argument, SCMP_CMP_MASKED_EQ, mask, value));
}

static int permit(scmp_filter_ctx filter, const struct rule *rule)
{
    switch (rule->permission) {
    case ALLOW: return seccomp_rule_add(filter, SCMP_ACT_ALLOW, rule->call, 0);
    case OPEN_TO_READ: return compare(filter, rule, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, 0);
    case NOT_TO_RUN: return compare(filter, rule, PROT_EXEC, 0);
    case OF_A_THREAD: return compare(filter, rule, CLONE_THREAD, CLONE_THREAD);
    case OF_THIS_PROCESS: return compare(filter, rule, UINT64_MAX, (uint64_t)getpid());
    case WITHOUT_VALUE: return compare(filter, rule, UINT64_MAX, 0);
    case UNKNOWN: return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), rule->call, 0);
    case FATAL: return seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, rule->call, 0);
    }
    return -EINVAL;
}

/* 0, or a negative errno. Foreign calls, those of x32 too, end the process. */
static int load(scmp_filter_ctx filter)
{
    int error = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (error == 0)
        error = seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1);
    if (error == 0)
        error = seccomp_attr_set(filter, SCMP_FLTATR_API_SYSRAWRC, 1); /* the kernel's own errno */
    for (size_t i = 0; error == 0 && i < RULES; i++) {
        error = permit(filter, &rules[i]);
        if (error == 0 && rules[i].call >= 0)
            error = seccomp_syscall_priority(filter, rules[i].call, (uint8_t)(UINT8_MAX - i));
    }
    return error == 0 ? seccomp_load(filter) : error;
}

bool seccomp_enter(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int error = filter ? load(filter) : -ENOMEM;
    seccomp_release(filter);
    errno = -error;
    return error == 0;
}
