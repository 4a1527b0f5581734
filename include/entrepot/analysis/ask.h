/* ask: the one door from the analysis to the data.
 *
 * A request has one batch. Every analysis is two functions: its ask puts all its statements into the batch and reads nothing; its fold
 * makes figures of the rows once the batch has run. Between the two the batch is priced: by exactly the statements that it will run.
 * No statement hangs on what another has read, and they are few, however many products, suppliers or years a question is about: group by
 * them instead (products by a level or by baskets). So a batch can also be answered by an engine far away, in one turn.
 *
 * The batch and all rows lie in the request's arena. It belongs to one thread at a time.
 */
#ifndef ENTREPOT_ANALYSIS_ASK_H
#define ENTREPOT_ANALYSIS_ASK_H

#include "entrepot/cube/cube.h"

struct ask;

/* An empty batch; NULL when memory is out. */
struct ask *ask_new(struct arena *arena);
struct arena *ask_arena(struct ask *ask);

/* Adds a statement. The query is copied, with its members of reporters, partners, flows and periods; leaves and baskets are borrowed:
 * they lie in the arena. A statement that the batch has already is not read twice. Returns the rows, which ask_run fills; NULL when
 * memory is out, of which ask_price and ask_run tell too, so that callers need not. */
const struct cube_rows *ask_add(struct ask *ask, const struct cube *cube, const struct cube_query *query);

/* `count` zeroed things for whoever asks, in the batch's arena: NULL when memory is out, and then the batch fails as if it had been its own. */
#define ask_make(ask, type, count) ((type *)ask_room((ask), (count), sizeof(type)))
void *ask_room(struct ask *ask, size_t count, size_t size);
/* Memory was out on the way to a statement. */
void ask_fail(struct ask *ask);

/* Up to this many observations a batch need not be counted: an upper bound is its price. */
#define ASK_CHEAP 1000

/* Counts what ask_run will read, in observations, without reading: exactly, or where an upper bound is no more than ASK_CHEAP that bound.
 * UINT64_MAX where it does not fit. ST_NO_MEMORY. */
enum status ask_price(struct ask *ask, uint64_t *observations) MUST_CHECK;

/* Runs the statements that have not run yet, those of one cube together. As cube_run; *problem may be NULL. */
enum status ask_run(struct ask *ask, struct problem *problem) MUST_CHECK;

/* ---- for whoever wants to know how it was answered ---- */

/* Has each statement planned, however cheap the batch is. Before ask_price. */
void ask_explain(struct ask *ask);

struct ask_statement {
    const struct cube *cube;
    struct cube_plan plan; /* where ask_explain was called; else observations may be 0: not counted */
    uint64_t observations_read;
    size_t rows;
};
size_t ask_count(const struct ask *ask);
struct ask_statement ask_statement(const struct ask *ask, size_t i);

#endif
