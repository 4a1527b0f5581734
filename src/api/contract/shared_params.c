/* The words of parameters that several routes take. */
#include "api/contract/shared_params.h"

const char *const words_of_labels[] = {"id", "name", "both", NULL};
const char *const words_of_shapes[] = {"objects", "arrays", NULL};
const char *const words_of_codes[] = {"plain", "prefixed", NULL};
const char *const words_of_count[] = {"exact", "none", NULL};
