/* take_over: what an older cube holds and the new rows do not replace. Private to src/cube/write.
 *
 * A return (reporter, flow, period; of reconciled data a period) that the new rows have replaces the older one. Periods without new rows are
 * copied as they lie; of the others the rows that stay are laid out again. What the older cube knows of its returns stays known.
 */
#ifndef CUBE_WRITE_TAKE_OVER_H
#define CUBE_WRITE_TAKE_OVER_H

#include "cube/write/writer.h"

/* ST_INVALID: the cube is of another frequency, level or basis. */
enum status take_over_check(const struct cube *old, const struct dataset *dataset, struct problem *problem) MUST_CHECK;
/* Once all new rows were taken. */
void take_over_begin(struct cube_writer *writer);
/* Whether the period is copied as it lies. */
bool take_over_copies(const struct cube_writer *writer, uint32_t segment);
/* Else: its rows that stay, into an empty batch, to be taken before the last rows are laid out. */
enum status take_over_rows(const struct cube_writer *writer, uint32_t segment, struct cube_batch *batch,
                           struct cube_taken_over *out, struct problem *problem) MUST_CHECK;
/* After: the other periods become parts. */
enum status take_over_periods(struct cube_writer *writer, struct cube_taken_over *out,
                              struct problem *problem) MUST_CHECK;

#endif
