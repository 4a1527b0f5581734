/* two_editions: two states of one small invented dataset, for tests that swap them under a server. */
#ifndef ENTREPOT_TESTS_HTTP_TWO_EDITIONS_H
#define ENTREPOT_TESTS_HTTP_TWO_EDITIONS_H

#include "entrepot/api/api.h"

#define EDITION_PATH "/v1/bilateral/IND/CHN.csv?fields=period,exports,imports"
#define EDITION_YEARS 20

/* In each state every figure is `thousands` thousand dollars. The dataset is compiled in memory from files in a folder of its own. */
struct edition_data {
    struct catalogue *catalogue;
    struct api *api;
};

/* False and a message if it cannot be made. */
bool edition_data_make(unsigned thousands, struct edition_data *out);
void edition_data_free(struct edition_data *data);

/* Writes world.json and world.csv with such figures into `folder`; false if that fails. */
bool edition_write(const char *folder, unsigned thousands);

#endif
