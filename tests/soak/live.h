/* live: a folder of data that are replaced while a server has them, and what the server's log says of it. What fails here fails the test. */
#ifndef ENTREPOT_TESTS_SOAK_LIVE_H
#define ENTREPOT_TESTS_SOAK_LIVE_H

#include "siege/process.h"

/* Makes the folder; for cmocka_run_group_tests. */
int live_setup(void **state);
/* The path of a file in it. */
const char *live_file(const char *name, char *into, size_t room);
void live_write(const char *path, struct str text);

/* Two releases of one dataset: a.csv, and b.csv, where everything is ten times as much. */
void live_put_releases(void);
/* Puts the manifest of the toy world with `csv` at `name`, as somebody does who replaces by rename. */
void live_put_manifest(const char *name, const char *csv);
/* The toy world as a cube file. */
void live_compile(const char *cube);

/* How often its log tells of an event. */
unsigned live_events(const struct process *server, const char *event);
/* Waits until it has so often. False if it does not within twenty seconds. */
bool live_await(const struct process *server, const char *event, unsigned wanted);

#endif
