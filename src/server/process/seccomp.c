#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif
#define FOREIGN_CALLS 0x40000000U /* x86-64: from here on those of x32 */

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
    int call;
    enum permission permission;
    unsigned argument;
};

/* What is called for each request comes first. */
static const struct rule rules[] = {
    {__NR_recvfrom, ALLOW, 0},
    {__NR_sendmsg, ALLOW, 0},
    {__NR_sendto, ALLOW, 0},
    {__NR_epoll_pwait, ALLOW, 0},
#ifdef __NR_epoll_wait
    {__NR_epoll_wait, ALLOW, 0},
#endif
    {__NR_epoll_ctl, ALLOW, 0},
    {__NR_futex, ALLOW, 0},
    {__NR_write, ALLOW, 0},
    {__NR_read, ALLOW, 0},
    /* connections */
    {__NR_accept4, ALLOW, 0},
    {__NR_accept, ALLOW, 0},
    {__NR_close, ALLOW, 0},
    {__NR_shutdown, ALLOW, 0},
    {__NR_setsockopt, ALLOW, 0},
    {__NR_getsockopt, ALLOW, 0},
    {__NR_getsockname, ALLOW, 0},
    {__NR_getpeername, ALLOW, 0},
    {__NR_recvmsg, ALLOW, 0},
    {__NR_writev, ALLOW, 0},
    {__NR_readv, ALLOW, 0},
    {__NR_fcntl, ALLOW, 0},
    {__NR_ppoll, ALLOW, 0},
#ifdef __NR_poll
    {__NR_poll, ALLOW, 0},
#endif
    /* memory and threads */
    {__NR_mmap, NOT_TO_RUN, 2},
    {__NR_mprotect, NOT_TO_RUN, 2},
    {__NR_munmap, ALLOW, 0},
    {__NR_mremap, ALLOW, 0},
    {__NR_madvise, ALLOW, 0},
    {__NR_brk, ALLOW, 0},
    {__NR_clone, OF_A_THREAD, 0},
    {__NR_clone3, UNKNOWN, 0},
    {__NR_set_robust_list, ALLOW, 0},
#ifdef __NR_rseq
    {__NR_rseq, ALLOW, 0},
#endif
    {__NR_exit, ALLOW, 0},
    {__NR_exit_group, ALLOW, 0},
    {__NR_sched_yield, ALLOW, 0},
    {__NR_sched_getaffinity, ALLOW, 0},
    {__NR_membarrier, ALLOW, 0},
    /* time and signals */
    {__NR_clock_gettime, ALLOW, 0},
    {__NR_clock_getres, ALLOW, 0},
    {__NR_clock_nanosleep, ALLOW, 0},
    {__NR_nanosleep, ALLOW, 0},
    {__NR_gettimeofday, ALLOW, 0},
#ifdef __NR_time
    {__NR_time, ALLOW, 0},
#endif
    {__NR_rt_sigaction, ALLOW, 0},
    {__NR_rt_sigprocmask, ALLOW, 0},
    {__NR_rt_sigreturn, ALLOW, 0},
    {__NR_rt_sigtimedwait, ALLOW, 0},
    {__NR_sigaltstack, ALLOW, 0},
    {__NR_restart_syscall, ALLOW, 0},
    {__NR_tgkill, OF_THIS_PROCESS, 0},
    /* data to load anew */
    {__NR_openat, OPEN_TO_READ, 2},
#ifdef __NR_open
    {__NR_open, OPEN_TO_READ, 1},
#endif
    {__NR_pread64, ALLOW, 0},
    {__NR_lseek, ALLOW, 0},
    {__NR_fstat, ALLOW, 0},
    {__NR_newfstatat, ALLOW, 0},
    {__NR_statx, ALLOW, 0},
#ifdef __NR_stat
    {__NR_stat, ALLOW, 0},
    {__NR_lstat, ALLOW, 0},
#endif
    {__NR_getdents64, ALLOW, 0},
    {__NR_readlinkat, ALLOW, 0},
#ifdef __NR_readlink
    {__NR_readlink, ALLOW, 0},
#endif
    {__NR_fadvise64, ALLOW, 0},
    /* what the process is */
    {__NR_getpid, ALLOW, 0},
    {__NR_gettid, ALLOW, 0},
    {__NR_getrandom, ALLOW, 0},
    {__NR_getrusage, ALLOW, 0},
    {__NR_sysinfo, ALLOW, 0},
    {__NR_prlimit64, WITHOUT_VALUE, 2},
#ifdef __NR_getrlimit
    {__NR_getrlimit, ALLOW, 0},
#endif
    /* other people's business */
    {__NR_execve, FATAL, 0},
    {__NR_execveat, FATAL, 0},
    {__NR_ptrace, FATAL, 0},
    {__NR_process_vm_writev, FATAL, 0},
};
#define RULES (sizeof rules / sizeof *rules)

#define EACH 5 /* instructions of a rule at the most */
#define PROGRAM_MAX (8 + RULES * EACH)

struct program {
    struct sock_filter op[PROGRAM_MAX];
    unsigned short n;
};

static void statement(struct program *p, unsigned code, uint32_t value)
{
    p->op[p->n++] = (struct sock_filter)BPF_STMT((unsigned short)code, value);
}

/* Goes on behind the next `yes` or `no` instructions. */
static void jump(struct program *p, unsigned code, uint32_t value, unsigned yes, unsigned no)
{
    p->op[p->n++] = (struct sock_filter)BPF_JUMP((unsigned short)code, value, (uint8_t)yes, (uint8_t)no);
}

#define LOAD (BPF_LD | BPF_W | BPF_ABS)
#define RETURN (BPF_RET | BPF_K)
#define IF_EQUAL (BPF_JMP | BPF_JEQ | BPF_K)
#define IF_ANY_BIT (BPF_JMP | BPF_JSET | BPF_K)
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)

/* Allows the call if the low half of its argument compares as `test` says; 4 instructions. */
static void compare(struct program *p, unsigned argument, unsigned test, uint32_t value, bool wanted)
{
    statement(p, LOAD, (uint32_t)(offsetof(struct seccomp_data, args) + 8 * (size_t)argument)); /* little-endian */
    jump(p, test, value, wanted ? 0 : 1, wanted ? 1 : 0);
    statement(p, RETURN, SECCOMP_RET_ALLOW);
    statement(p, RETURN, REFUSE);
}

static void permit(struct program *p, const struct rule *rule)
{
    switch (rule->permission) {
    case ALLOW: statement(p, RETURN, SECCOMP_RET_ALLOW); break;
    case OPEN_TO_READ: compare(p, rule->argument, IF_ANY_BIT, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, false); break;
    case NOT_TO_RUN: compare(p, rule->argument, IF_ANY_BIT, PROT_EXEC, false); break;
    case OF_A_THREAD: compare(p, rule->argument, IF_ANY_BIT, CLONE_THREAD, true); break;
    case OF_THIS_PROCESS: compare(p, rule->argument, IF_EQUAL, (uint32_t)getpid(), true); break;
    case WITHOUT_VALUE: compare(p, rule->argument, IF_EQUAL, 0, true); break;
    case UNKNOWN: statement(p, RETURN, SECCOMP_RET_ERRNO | ENOSYS); break;
    case FATAL: statement(p, RETURN, SECCOMP_RET_KILL_PROCESS); break;
    }
}

static void write_program(struct program *p)
{
    p->n = 0;
    statement(p, LOAD, offsetof(struct seccomp_data, arch));
    jump(p, IF_EQUAL, ARCHITECTURE, 1, 0);
    statement(p, RETURN, SECCOMP_RET_KILL_PROCESS);
    statement(p, LOAD, offsetof(struct seccomp_data, nr));
    jump(p, BPF_JMP | BPF_JGE | BPF_K, FOREIGN_CALLS, 0, 1);
    statement(p, RETURN, SECCOMP_RET_KILL_PROCESS);
    for (size_t i = 0; i < RULES; i++) {
        unsigned short at = p->n;
        jump(p, IF_EQUAL, (uint32_t)rules[i].call, 0, 0);
        permit(p, &rules[i]);
        p->op[at].jf = (uint8_t)(p->n - at - 1); /* another call: over this rule */
    }
    statement(p, RETURN, REFUSE);
}

bool seccomp_enter(void)
{
    struct program program;
    if (ARCHITECTURE == 0) {
        errno = ENOSYS;
        return false;
    }
    write_program(&program);
    struct sock_fprog filter = {.len = program.n, .filter = program.op};
    return syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter) == 0;
}
