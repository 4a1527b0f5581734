/* assets: the files of the web page, compiled into the program. Private to src/api.
 *
 * A file of src/web is served as /assets/VERSION/FOLDER/NAME. All files share one version, the hash of all of them, so that a page and
 * the modules that it imports by relative addresses always come from one build.
 */
#ifndef API_ASSETS_H
#define API_ASSETS_H

#include "entrepot/base/str.h"

struct asset {
    const char *folder, *name;
    const char *type;        /* Content-Type */
    const char *start, *end; /* its bytes */
};

/* NULL if there is none. */
const struct asset *asset_find(struct str folder, struct str name);
struct str asset_bytes(const struct asset *asset);

#define ASSETS_VERSION_SIZE 17
/* The version of all assets together and the page: 16 hexadecimal digits and a NUL. */
void assets_version(char version[ASSETS_VERSION_SIZE]);

#endif
