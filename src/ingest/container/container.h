/* container: files inside a file, by libarchive: zip, tar, 7z and single files packed with xz, zstd, bzip2 or LZ4.
 *
 * Nothing is ever written to the disk, so names in an archive lead nowhere; those that try to are refused all the same. Bounds:
 * CONTAINER_MEMBERS_MAX members, UNPACKED_RATIO_MAX times the bytes. An archive inside an archive is not opened. Private to src/ingest. One
 * thread at a time.
 */
#ifndef INGEST_CONTAINER_CONTAINER_H
#define INGEST_CONTAINER_CONTAINER_H

#include "entrepot/base/arena.h"
#include "ingest/text/source.h"

#define CONTAINER_MEMBERS_MAX 10000

/* Whether a file that begins so (512 bytes are enough, unpacked where it is gzip) is a container. */
bool container_is(struct str head);

struct container;
/* ST_NOT_FOUND, ST_IO, ST_INVALID (encrypted, unknown form), ST_NO_MEMORY. `path` outlives the container. `stop_fd` as for source_open. */
enum status container_open(const char *path, int stop_fd, struct container **out, struct problem *problem) MUST_CHECK;
void container_close(struct container *container);
/* The next file; folders, links and what Macs leave behind ("__MACOSX/…", "._…", ".DS_Store") are passed over. *name is copied into `arena`
 * (empty for a packed single file), *bytes is its size unpacked or 0 where nobody knows; *index counts the files from 0. ST_NOT_FOUND at the end. */
enum status container_next(struct container *container, struct arena *arena, struct str *name, uint64_t *bytes,
                           size_t *index, struct problem *problem) MUST_CHECK;
/* Goes on to file `index`; one that lies behind is reached by opening the archive again. */
enum status container_go(struct container *container, size_t index, struct problem *problem) MUST_CHECK;
/* A byte_giver over the present file. */
byte_giver container_fill;

#endif
