/* gauge: what a server that was started with an admin listener says of itself there. */
#ifndef ENTREPOT_TESTS_SOAK_GAUGE_H
#define ENTREPOT_TESTS_SOAK_GAUGE_H

#include "siege/process.h"

/* The value of a metric, written as it stands before the value: a name, with its labels if it has some. -1: there is none. */
double gauge(const struct process *server, const char *metric);

#endif
