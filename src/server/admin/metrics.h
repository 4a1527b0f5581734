/* metrics: all that the server counts, as Prometheus reads it. */
#ifndef ENTREPOT_SERVER_METRICS_H
#define ENTREPOT_SERVER_METRICS_H

#include "../edition.h"
#include "../process/probe.h"
#include "../shard.h"

/* Whose figures they are; all borrowed. */
struct metrics_source {
    struct shard *shards;
    unsigned n_shards;
    const struct life *life;
    const struct edition *edition; /* held */
    const struct probe *probe;
    struct log *log;
};

#define METRICS_TEXT_TYPE "text/plain; version=0.0.4; charset=utf-8"
#define METRICS_OPEN_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

/* Writes all families. `open_metrics`: in OpenMetrics 1.0, else in the text format 0.0.4. */
void metrics_write(const struct metrics_source *source, bool open_metrics, struct buf *out);

#endif
