/* verify: is a cube file what its observations would be written as? Private to src/cube. */
#ifndef CUBE_WRITE_VERIFY_H
#define CUBE_WRITE_VERIFY_H

#include "cube/file/image.h"
#include "entrepot/cube/dataset.h"

/* Compares every checksum; then reads the observations of each period back, lays them out again, and compares the sections byte for
 * byte: a period has one right form only. Needs memory for one period at a time. */
enum status segments_verify(const struct image *image, const struct dataset *dataset, const struct countries *countries,
                            struct problem *problem) MUST_CHECK;

#endif
