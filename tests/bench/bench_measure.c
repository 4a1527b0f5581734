/* bench_measure: what a command costs, for scripts.
 *
 *   bench_measure run OUT COMMAND…          runs it; OUT gets "seconds peak_rss_kib"; its exit status is the command's
 *   bench_measure ready OUT PORT COMMAND…   starts a server and asks /readyz on 127.0.0.1:PORT until it says 200, 60 s at most;
 *                                           OUT gets "milliseconds rss_anon_kib pid"; the server is left running
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "bench_measure: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static pid_t start(char **command)
{
    pid_t pid = fork();
    if (pid < 0)
        die("fork");
    if (pid == 0) {
        execvp(command[0], command);
        die(command[0]);
    }
    return pid;
}

static void report(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        die(path);
}

static int run(const char *out, char **command)
{
    double started = now_ms();
    pid_t pid = start(command);
    struct rusage used;
    int status;
    while (wait4(pid, &status, 0, &used) < 0)
        if (errno != EINTR)
            die("wait4");
    char text[80];
    (void)snprintf(text, sizeof text, "%.3f %ld\n", (now_ms() - started) / 1000, used.ru_maxrss);
    report(out, text);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static bool is_ready(unsigned port)
{
    static const char request[] = "GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    struct sockaddr_in at = {.sin_family = AF_INET};
    at.sin_port = htons((in_port_t)port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    char answer[16] = "";
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0 &&
                send(fd, request, sizeof request - 1, MSG_NOSIGNAL) > 0 && recv(fd, answer, 12, MSG_WAITALL) == 12 &&
                memcmp(answer + 9, "200", 3) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

static long rss_anon_kib(pid_t pid)
{
    char line[256];
    long kib = -1;
    (void)snprintf(line, sizeof line, "/proc/%d/status", (int)pid);
    FILE *file = fopen(line, "r");
    while (file && fgets(line, sizeof line, file))
        (void)sscanf(line, "RssAnon: %ld", &kib);
    if (file)
        fclose(file);
    return kib;
}

static int ready(const char *out, unsigned port, char **command)
{
    if (is_ready(port)) {
        fprintf(stderr, "bench_measure: somebody else answers on port %u\n", port);
        return 1;
    }
    double started = now_ms();
    pid_t pid = start(command);
    while (!is_ready(port)) {
        if (waitpid(pid, NULL, WNOHANG) == pid)
            return 1;
        if (now_ms() - started > 60000) {
            kill(pid, SIGKILL);
            return 1;
        }
        nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    }
    char text[80];
    double took = now_ms() - started;
    (void)snprintf(text, sizeof text, "%.1f %ld %d\n", took, rss_anon_kib(pid), (int)pid);
    report(out, text);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 3 && strcmp(argv[1], "run") == 0)
        return run(argv[2], argv + 3);
    if (argc > 4 && strcmp(argv[1], "ready") == 0)
        return ready(argv[2], (unsigned)strtoul(argv[3], NULL, 10), argv + 4);
    fprintf(stderr, "usage: bench_measure run OUT COMMAND…\n       bench_measure ready OUT PORT COMMAND…\n");
    return 2;
}
