/* image: a cube file's bytes, checked, with its sections found. Private to src/cube. */
#ifndef CUBE_FILE_IMAGE_H
#define CUBE_FILE_IMAGE_H

#include "cube/file/format.h"
#include "entrepot/base/problem.h"
#include "entrepot/base/str.h"

struct image_segment {
    uint32_t period;
    const struct file_run *run;
    size_t n_runs;
    const unsigned char *rows;
    uint64_t rows_bytes;
    const struct file_section *directory_section, *rows_section;
};

struct image {
    const char *name; /* for messages, borrowed */
    const char *bytes;
    size_t n;
    const struct file_header *header;
    const struct file_section *section;
    struct str dataset, members, products;
    size_t n_members, n_products;  /* lines of the dictionaries */
    struct image_segment *segment; /* heap */
    size_t n_segments;
};

/* Checks header, contents, dictionaries and directories of `n` bytes at an 8-aligned address; with `whole` the rows' checksums and
 * contents too. Afterwards no offset in the image leads outside it. On failure *problem names the section. */
enum status image_open(const char *name, const char *bytes, size_t n, bool whole, struct image *image,
                       struct problem *problem) MUST_CHECK;
/* The checks that `whole` adds. */
enum status image_verify_rows(const struct image *image, struct problem *problem) MUST_CHECK;
void image_release(struct image *image);

#endif
