/* What a line of the log costs the thread that says it: a hundred thousand lines of one field into a file, in bursts. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "entrepot/base/log.h"

#define BURSTS 20
#define LINES 5000
#define PAUSE_MS 5

static double now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

int main(void)
{
    FILE *file = tmpfile();
    struct log *log = file ? log_new(fileno(file), LOG_LEVEL_INFO) : NULL;
    struct log_field field = LOG_TEXT("target", STR("/v1/bilateral/IND/CHN?period=FY2018-19"));
    double took_us = 0;
    if (!log)
        return EXIT_FAILURE;
    for (int i = 0; i < BURSTS; i++) {
        double start_us = now_us();
        for (int k = 0; k < LINES; k++)
            log_line(log, LOG_LEVEL_INFO, "request", &field, 1);
        took_us += now_us() - start_us;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
    }
    printf("a line of the log: %.2f us; %llu of %d dropped\n", took_us / (BURSTS * LINES),
           (unsigned long long)log_dropped(log), BURSTS * LINES);
    log_free(log);
    (void)fclose(file);
    return EXIT_SUCCESS;
}
