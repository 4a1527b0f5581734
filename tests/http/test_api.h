/* test_api: what the HTTP tests serve. */
#ifndef ENTREPOT_TESTS_HTTP_TEST_API_H
#define ENTREPOT_TESTS_HTTP_TEST_API_H

#include "entrepot/api/api.h"

/* An api over the shipped figures: the same one on every call, alive until the process ends, not to be freed by the caller.
 * NULL (and a message on stderr) if it cannot be made. */
struct api *test_api(void);
/* The same with a whole world behind the shipped figures: four countries and three products, invented (tests/fixtures/toy-world.json). It
 * answers what needs the books of many countries, which no shipped dataset holds. */
struct api *test_world(void);
/* The same with a dataset whose texts are what somebody would write who wants a spreadsheet to run them (tests/fixtures/hostile.json). */
struct api *test_hostile(void);
/* What test_world serves, once it has been called. */
const struct catalogue *test_catalogue(void);

#endif
